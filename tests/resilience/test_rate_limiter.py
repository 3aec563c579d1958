# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the rate limiter with many threads and a throttling service. They run in real time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from emulator import Emulator
from support.connecting import connect

from .harness import ACCOUNT, Harness

THREADS = 16
#: Maximum ratio of all requests (including throttled requests) to required requests.
MAX_OVERHEAD = 1.3


@pytest.mark.parametrize(("header", "calls"), [("none", 1000), ("x-acs-retry-after", 300)])
def test_concurrent_threads_share_one_rate_limiter(header: str, calls: int) -> None:
    with Emulator(state=ACCOUNT, switches={"rate_limit": 100, "rate_header": header}, journal_limit=10) as emulator:
        identity = Harness(emulator).identity
        connection = connect(
            access_key_id=emulator.access_key_id,
            access_key_secret=emulator.access_key_secret,
            account_id=emulator.account_id,
            endpoint=emulator.url,
        )
        client = Client(FC2, connection, Retrier(60, 120), THREADS)

        def get(_number: int) -> Any:
            return client.get(identity)

        with ThreadPoolExecutor(THREADS) as pool:
            assert list(pool.map(get, range(calls))) == [None] * calls
        requests = emulator.journal.counts[FC2.operations.get]
    assert calls < requests <= calls * MAX_OVERHEAD
