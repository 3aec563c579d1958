# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The baseline for the benchmarks: a program that uses only the official SDK to get configurations.

    python bare_sdk.py CONFIGS.json THREADS

Like the modules, the program reads the connection settings from environment variables. It prints the duration of the
requests in seconds.
"""

from __future__ import annotations

import json
import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

from alibabacloud_fc_open20210406.client import Client
from alibabacloud_fc_open20210406.models import (
    GetFunctionAsyncInvokeConfigHeaders,
    GetFunctionAsyncInvokeConfigRequest,
)
from alibabacloud_tea_openapi.models import Config
from alibabacloud_tea_util.models import RuntimeOptions


def main(configs: list[dict[str, str]], threads: int) -> None:
    """Use the given number of threads to get all configurations."""
    endpoint = urlsplit(os.environ["FC_ENDPOINT"])
    client = Client(
        Config(
            access_key_id=os.environ["ALIBABA_CLOUD_ACCESS_KEY_ID"],
            access_key_secret=os.environ["ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
            endpoint=endpoint.netloc,
            protocol=endpoint.scheme.upper(),
        )
    )
    runtime = RuntimeOptions(max_idle_conns=max(threads, 4))

    def get(config: dict[str, str]) -> None:
        request = GetFunctionAsyncInvokeConfigRequest(qualifier="LATEST")
        headers = GetFunctionAsyncInvokeConfigHeaders()
        client.get_function_async_invoke_config_with_options(
            config["service_name"], config["function_name"], request, headers, runtime
        )

    started = time.perf_counter()
    with ThreadPoolExecutor(max_workers=threads) as pool:
        for _result in pool.map(get, configs):
            pass
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))["configs"], int(sys.argv[2]))
