# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Workarounds for the SDK."""

from __future__ import annotations

import importlib
import importlib.util
import os
import re
import threading
import warnings
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._api.deferred_imports import import_deferring
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import limit_requests


class _LastResponse(threading.local):
    """The last response that this thread received. It is recorded because the SDK does not expose the full response."""

    status: int | None = None
    headers: Mapping[str, str] = {}
    body: Any = b""


last_response = _LastResponse()


#: Set to false to import everything that the SDK imports.
DEFER_IMPORTS = "ALIBABACLOUD_FC_DEFER_IMPORTS"


#: The texts that Ansible accepts for false.
_FALSE = ("false", "no", "off", "n", "f", "0")


def load_package(package: str) -> Any:
    """Import an SDK package. Raises ImportError, even if the package is installed but broken."""
    deferring = os.environ.get(DEFER_IMPORTS, "").strip().lower() not in _FALSE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the SDK's dependencies emit warnings on some Python versions
        try:
            return import_deferring(package) if deferring else importlib.import_module(package)
        except ImportError:
            raise
        except (Exception, SystemExit) as error:  # any code of any library
            raise ImportError(f"{type(error).__name__}: {error}") from error


def is_installed(package: str) -> bool:
    """Return whether an SDK package is installed. It may still be impossible to import it."""
    try:
        return importlib.util.find_spec(package) is not None
    except ValueError:  # the package is being imported, or blocked
        return False


def prepare_sdk() -> None:
    """Patch the SDK to record responses, enforce the request limits and print nothing."""
    openapi = load_package("alibabacloud_tea_openapi.client")
    # The SDK calls deprecated functions. If the user turns warnings into errors, they would look like failed requests.
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="Tea|darabonba|alibabacloud_")
    limit_requests()
    name = "DaraCore" if hasattr(openapi, "DaraCore") else "TeaCore"
    core = getattr(openapi, name)
    if hasattr(core, "remembers"):
        return

    class RecordingTransport(core):  # type: ignore[misc, valid-type]
        """The SDK's transport, extended to record responses."""

        remembers = True

        @staticmethod
        def do_action(request: Any, runtime_option: Any = None) -> Any:
            response = core.do_action(request, runtime_option)
            last_response.status, last_response.headers = response.status_code, response.headers
            last_response.body = response.body
            return response

    setattr(openapi, name, RecordingTransport)
    # With DEBUG=sdk, the SDK prints all headers, including signatures.
    if os.environ.get("DEBUG", "").lower() == "sdk":
        del os.environ["DEBUG"]


def runtime_options(connection: Connection, concurrency: int) -> Any:
    """Return the SDK's options for timeouts (in milliseconds), TLS and the size of the connection pool."""
    models = load_package("alibabacloud_tea_util.models")
    if not connection.validate_certs:
        load_package("urllib3").disable_warnings()
    return models.RuntimeOptions(
        connect_timeout=int(connection.connect_timeout * 1000),
        read_timeout=int(connection.read_timeout * 1000),
        max_idle_conns=max(concurrency, 4),
        ignore_ssl=not connection.validate_certs,
    )


def snake_case(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


def retry_after_of(headers: Mapping[str, str]) -> float | None:
    """Return the number of seconds in the ``Retry-After`` header. The service does not send dates in this header."""
    for name in ("x-acs-retry-after", "retry-after"):
        text = headers.get(name, "")
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text):
            return float(text)
    return None


_PROXY_NAMES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")


def hide_proxies() -> None:
    """Hide the proxy variables from the SDK because it ignores NO_PROXY. The proxy is passed to the SDK explicitly."""
    for name in _PROXY_NAMES:
        os.environ.pop(name, None)
