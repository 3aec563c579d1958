# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""What the SDK hides or does wrongly, patched in one place."""

from __future__ import annotations

import importlib
import os
import re
import threading
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import limit_requests


class _LastResponse(threading.local):
    """The answer that this thread got last, of which the SDK does not tell all."""

    status: int | None = None
    headers: Mapping[str, str] = {}
    body: Any = b""


last_response = _LastResponse()


def load_package(package: str) -> Any:
    """Import a part of the SDK. ImportError passes through."""
    return importlib.import_module(package)


def prepare_sdk() -> None:
    """Make the SDK fit for a module: it must tell what it was answered, keep to limits, and print nothing."""
    limit_requests()
    openapi = load_package("alibabacloud_tea_openapi.client")
    name = "DaraCore" if hasattr(openapi, "DaraCore") else "TeaCore"
    core = getattr(openapi, name)
    if hasattr(core, "remembers"):
        return

    class RecordingTransport(core):  # type: ignore[misc, valid-type]
        """The SDK's transport, which remembers what it was answered."""

        remembers = True

        @staticmethod
        def do_action(request: Any, runtime_option: Any = None) -> Any:
            response = core.do_action(request, runtime_option)
            last_response.status, last_response.headers = response.status_code, response.headers
            last_response.body = response.body
            return response

    setattr(openapi, name, RecordingTransport)
    # With DEBUG=sdk the SDK prints every header, signatures included.
    if os.environ.get("DEBUG", "").lower() == "sdk":
        del os.environ["DEBUG"]


def snake_case(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, as a throttled answer says (``Retry-After``: seconds; dates are not used by the service)."""
    for name in ("x-acs-retry-after", "retry-after"):
        text = headers.get(name, "")
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text):
            return float(text)
    return None


_PROXY_NAMES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")


def hide_proxies() -> None:
    """Keep the environment's proxies from the SDK, which would not look at NO_PROXY. The connection knows them."""
    for name in _PROXY_NAMES:
        os.environ.pop(name, None)
