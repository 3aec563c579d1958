# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: an emulated account with all kinds of drift, audits of this account and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from emulator import Emulator
from selenium.webdriver import Chrome

from ._browser import browser, install
from ._playbook import Audit, run_audit

QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
#: Malicious destinations that attack the report or its readers.
SCRIPT_INJECTION = (
    "acs:mns:::/</td></script><script>document.title='harmed'</script><img/src=x/onerror=document.title='harmed'>"
)
TEMPLATE_INJECTION = "acs:mns:::/{{lookup('pipe','echo${IFS}harmed')}}\"'&amp;"

STATE: dict[str, Any] = {
    "services": {
        "shop": {
            "functions": ["same", "drifted", "missing", "unnamed", "unwanted", "hostile"],
            "versions": ["1"],
            "aliases": {"live": "1"},
        },
        "locked": {"functions": ["secret"]},
    },
    "configs": [
        {"service": "shop", "function": "same", "maxAsyncRetryAttempts": 1},
        {"service": "shop", "function": "drifted", "maxAsyncRetryAttempts": 5, "statefulInvocation": True},
        {"service": "shop", "function": "unnamed", "qualifier": "live", "maxAsyncEventAgeInSeconds": 60},
        {"service": "shop", "function": "unwanted", "maxAsyncRetryAttempts": 0},
        {
            "service": "shop",
            "function": "hostile",
            "destinationConfig": {
                "onSuccess": {"destination": SCRIPT_INJECTION},
                "onFailure": {"destination": TEMPLATE_INJECTION},
            },
        },
    ],
}
DESIRED: dict[str, Any] = {
    "defaults": {"service_name": "shop", "maximum_retry_attempts": 1},
    "configs": [
        {"function_name": "same"},
        {"function_name": "drifted", "destination_config": {"on_failure": {"destination": QUEUE}}},
        {"function_name": "missing", "maximum_event_age_in_seconds": 3600},
        {"function_name": "unwanted", "state": "absent"},
        {"function_name": "hostile"},
    ],
    "purge": "service",
    "title": "<script>document.title='harmed'</script>",
}
VERDICTS = {
    "shop:same:LATEST": "in sync",
    "shop:drifted:LATEST": "drifted",
    "shop:hostile:LATEST": "drifted",
    "shop:missing:LATEST": "missing",
    "shop:unwanted:LATEST": "unexpected",
    "shop:unnamed:live": "unexpected",
}
#: Includes an unreadable function. Purging is disabled because a purge has to read all functions.
DESIRED_WITH_UNREADABLE: dict[str, Any] = {
    **DESIRED,
    "configs": [*DESIRED["configs"], {"service_name": "locked", "function_name": "secret"}],
    "purge": "none",
}


@pytest.fixture(scope="session")
def emulator() -> Iterator[Emulator]:
    """The emulated account. Access to ``locked:secret`` is denied."""
    denied = "not for </script><script>document.title='harmed'</script>"
    with Emulator(state=STATE) as running:
        running.faults.add(
            "*AsyncInvokeConfig*", function="secret", status=403, code="AccessDenied", message=denied
        )  # fmt: skip
        yield running


@pytest.fixture(scope="session")
def audit(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """An audit run outside check mode, without unreadable functions."""
    return run_audit(emulator, tmp_path_factory.mktemp("audit"), DESIRED)


@pytest.fixture(scope="session")
def unreadable_audit(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Audit:
    """An audit run in check mode, with an unreadable function."""
    return run_audit(emulator, tmp_path_factory.mktemp("locked"), DESIRED_WITH_UNREADABLE, "--check", "--diff")


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """A browser. The test is skipped if no browser is installed and the installation fails."""
    reason = install()
    if reason:
        pytest.skip(reason)
    with browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver
