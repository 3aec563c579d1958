# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of large accounts: pagination boundaries, request counts and interrupted tasks."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter, ReadResult
from emulator import Emulator

from .harness import QUEUE, Harness

PAGE_BOUNDARIES = pytest.mark.parametrize("count", [0, 1, 20, 21, 100, 101, 250])
PAGE_SIZE = 100


@pytest.fixture
def empty() -> Iterator[Emulator]:
    """An empty account."""
    with Emulator() as emulator:
        yield emulator


def read_configs(harness: Harness, **filters: Any) -> ReadResult:
    """Read the configurations that match the filters (by default, all) with a concurrency of 16."""
    return ConfigReader(harness.connect(concurrency=16), 16).read(Filter(**filters))


def page_count(count: int) -> int:
    """Return the number of requests needed to list this many items."""
    return max(1, -(-count // PAGE_SIZE))


def ids(result: ReadResult) -> list[str]:
    return [config.identity.id for config in result.configs]


# --- Pagination -------------------------------------------------------------------------------------------------


@PAGE_BOUNDARIES
def test_all_services_are_listed(empty: Emulator, count: int) -> None:
    names = [f"s{index:03}" for index in range(count)]
    empty.store.load({"services": {name: {"functions": ["f"]} for name in names}})
    result = read_configs(Harness(empty), unconfigured=True)
    assert result.unconfigured == [f"{name}:f" for name in names]
    assert empty.journal.counts["ListServices"] == page_count(count)


@PAGE_BOUNDARIES
def test_all_functions_are_listed(empty: Emulator, count: int) -> None:
    names = [f"f{index:03}" for index in range(count)]
    configs = [{"service": "s", "function": name} for name in names]
    empty.store.load({"services": {"s": {"functions": names}}, "configs": configs})
    assert ids(read_configs(Harness(empty), service_name="s")) == [f"s:{name}:LATEST" for name in names]
    assert empty.journal.counts["ListFunctions"] == page_count(count)


@PAGE_BOUNDARIES
@pytest.mark.parametrize("api", [FC2, FC3], ids=lambda api: api.name)
def test_all_configs_of_a_function_are_listed(empty: Emulator, api: Any, count: int) -> None:
    empty.switches.update({"alias_must_exist": False, "function_arn_qualifier": True})
    service = {"service": "s"} if api is FC2 else {}
    names = [f"q{index:03}" for index in range(count)]
    empty.store.load(
        {
            "services": {"s": {"functions": ["f"]}},
            "functions": {"f": {}},
            "configs": [{**service, "function": "f", "qualifier": name} for name in names],
        }
    )
    service_option = {"service_name": "s"} if service else {}
    result = read_configs(Harness(empty, api), function_name="f", **service_option)
    assert ids(result) == [f"{'s:' if service else ''}f:{name}" for name in names]
    assert empty.journal.counts == {api.operations.list: page_count(count)}


# --- Number of requests -----------------------------------------------------------------------------------------


def test_fc3_configs_are_read_with_one_request_per_page(empty: Emulator) -> None:
    empty.switches.update({"function_arn_qualifier": True})
    names = [f"f{index:04}" for index in range(2000)]
    empty.store.load({"functions": {name: {} for name in names}, "configs": [{"function": name} for name in names]})
    assert ids(read_configs(Harness(empty, FC3))) == [f"{name}:LATEST" for name in names]
    assert empty.journal.counts == {"ListAsyncInvokeConfigs": 20}


@pytest.mark.parametrize("form", ["colon", "slash"])
def test_missing_qualifiers_in_arns_are_resolved_with_one_request_per_config(empty: Emulator, form: str) -> None:
    empty.switches.update({"function_arn_form": form})
    names = [f"f{index:04}" for index in range(150)]
    versions = {"versions": ["1"], "aliases": {"live": "1"}}
    empty.store.load(
        {
            "functions": {**{name: {} for name in names}, "g": versions},
            "configs": [*({"function": name} for name in names), {"function": "g", "qualifier": "live"}],
        }
    )
    assert ids(read_configs(Harness(empty, FC3))) == [*(f"{name}:LATEST" for name in names), "g:live"]
    # LATEST is read for each function. Function g has no configuration for LATEST, so its aliases are listed and read.
    assert empty.journal.counts == {"ListAsyncInvokeConfigs": 2, "GetAsyncInvokeConfig": 152, "ListAliases": 1}


def compare(harness: Harness, names: list[str]) -> None:
    """Plan configurations without options in check mode, with a concurrency of 16."""
    desired = [parse_desired(FC3, {"function_name": name, "omitted_options": "keep"}) for name in names]
    warnings: list[str] = []
    bulk = Bulk(harness.connect(concurrency=16), 16, "none", True, warnings.append, Interruption())
    entries = bulk.run(desired)
    assert warnings == []
    assert [(entry.id, entry.changed, entry.error) for entry in entries] == [
        (f"{name}:LATEST", False, None) for name in names
    ]


@pytest.mark.parametrize(
    ("first", "other", "arn_qualifier", "calls"),
    [
        pytest.param(0, 0, True, {"ListAsyncInvokeConfigs": 10}, id="in sync"),
        pytest.param(0, 0, False, {"ListAsyncInvokeConfigs": 1, "GetAsyncInvokeConfig": 1000}, id="no qualifiers"),
        # The list is sorted by name. The other functions come before or after those that are named.
        pytest.param(
            200, 200, True, {"ListAsyncInvokeConfigs": 1, "GetAsyncInvokeConfig": 1000}, id="others come first"
        ),
        pytest.param(0, 2000, True, {"ListAsyncInvokeConfigs": 10}, id="others come last"),
    ],
)
def test_fc3_configs_are_compared_with_the_fewest_requests(
    empty: Emulator, first: int, other: int, arn_qualifier: bool, calls: dict[str, int]
) -> None:
    empty.switches.update({"function_arn_qualifier": arn_qualifier})
    names = [f"f{index:04}" for index in range(1000 + other)]
    empty.store.load({"functions": {name: {} for name in names}, "configs": [{"function": name} for name in names]})
    compare(Harness(empty, FC3), names[first : first + 1000])
    assert empty.journal.counts == calls


@pytest.mark.parametrize("page", [0, 1], ids=["first page", "second page"])
@pytest.mark.parametrize(
    "fault", [{"status": 429, "code": "Throttling"}, {"status": 500}, {"drop": "before"}, {"body": "<html>"}], ids=str
)
def test_a_failing_list_neither_fails_nor_delays_the_task(empty: Emulator, fault: dict[str, Any], page: int) -> None:
    empty.switches.update({"function_arn_qualifier": True})
    names = [f"f{index:04}" for index in range(250)]
    empty.store.load({"functions": {name: {} for name in names}, "configs": [{"function": name} for name in names]})
    empty.faults.add("ListAsyncInvokeConfigs", skip=page, **fault)
    # The list must not use up the time for retries of other calls.
    empty.faults.add("GetAsyncInvokeConfig", status=500, times=1)
    harness = Harness(empty, FC3, retry_timeout=60)
    compare(harness, names)
    assert harness.now < 30


def test_a_rejected_key_is_reported_as_without_the_list(empty: Emulator) -> None:
    names = [f"f{index:04}" for index in range(40)]
    empty.store.load({"functions": {name: {} for name in names}})
    harness = Harness(empty, FC3, access_key_id="LTAIunknown")
    warnings: list[str] = []
    bulk = Bulk(harness.connect(concurrency=16), 16, "none", True, warnings.append, Interruption())
    entries = bulk.run([parse_desired(FC3, {"function_name": name}) for name in names])
    assert all(entry.error for entry in entries)
    answered = [entry.error for entry in entries if getattr(entry.error, "tried", True)]
    assert answered
    assert all("HTTP 403, InvalidAccessKeyID" in str(error) for error in answered)


# --- Interrupted tasks ------------------------------------------------------------------------------------------

RUN_MODULE = """
import importlib, json, sys
from support.module_args import patch_module_args
with patch_module_args(json.load(sys.stdin)):
    importlib.import_module("ansible_collections.alicloud.fc.plugins.modules.function_async_invoke_configs").main()
"""
CHECKOUT = Path(__file__).parents[2]


@contextlib.contextmanager
def bulk_process(emulator: Emulator, configs: list[dict[str, Any]]) -> Iterator[subprocess.Popen[str]]:
    """Run the bulk module in a separate process."""
    arguments = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "endpoint": emulator.url,
        "configs": configs,
    }
    path = os.pathsep.join([str(CHECKOUT / ".build"), str(CHECKOUT / "tests"), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-c", RUN_MODULE],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps(arguments))
        process.stdin.close()
        process.stdin = None
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize("signal_number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_no_config_is_lost_after_a_signal_and_the_next_run_converges(
    empty: Emulator, signal_number: signal.Signals, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    """To unset the destinations, the module has to recreate all configurations."""
    names = [f"f{index:03}" for index in range(300)]
    destinations = {"onFailure": {"destination": QUEUE}}
    configs = [{"service": "s", "function": name, "destinationConfig": destinations} for name in names]
    empty.store.load({"services": {"s": {"functions": names}}, "configs": configs})
    empty.switches.update({"latency": 0.01})
    configs_to_reset = [{"service_name": "s", "function_name": name} for name in names]
    with bulk_process(empty, configs_to_reset) as process:
        wait_for(lambda: empty.journal.counts.get("DeleteFunctionAsyncInvokeConfig", 0) >= 20)
        process.send_signal(signal_number)
        output, _errors = process.communicate()
    if signal_number == signal.SIGTERM:
        # The module completes the entries in progress so that no configuration is missing. It then returns the results.
        interrupted = json.loads(output)
        assert "The task was interrupted" in interrupted["msg"]
        assert len(empty.store.configs) == 300
        updated = {entry["id"] for entry in interrupted["results"] if not entry["failed"]}
        assert updated == {
            f"s:{key.function}:LATEST" for key, config in empty.store.configs.items() if config.on_failure is None
        }
        summary = interrupted["summary"]
        assert (summary["updated"], summary["failed"]) == (len(updated), 300 - len(updated))
    empty.switches.update({"latency": 0.0})
    with bulk_process(empty, configs_to_reset) as process:
        result = json.loads(process.communicate()[0])
    assert result["summary"]["failed"] == 0
    assert 0 < result["summary"]["unchanged"] < 300
    assert len(empty.store.configs) == 300
    assert {config.on_failure for config in empty.store.configs.values()} == {None}
