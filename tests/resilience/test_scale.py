# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole accounts: every edge of paging, as few calls as can be, and tasks that are killed in the middle."""

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
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter, ReadResult
from emulator import Emulator

from .world import QUEUE, World

EDGES = pytest.mark.parametrize("number", [0, 1, 20, 21, 100, 101, 250])
PAGE = 100


@pytest.fixture
def empty() -> Iterator[Emulator]:
    """An account with nothing in it."""
    with Emulator() as emulator:
        yield emulator


def survey(world: World, **wanted: Any) -> ReadResult:
    """What a survey of the whole account, or of this scope, finds with 16 calls at once."""
    return ConfigReader(world.connect(concurrency=16), 16).read(Filter(**wanted))


def pages(number: int) -> int:
    """The calls that listing so many takes."""
    return max(1, -(-number // PAGE))


def ids(found: ReadResult) -> list[str]:
    return [config.identity.id for config in found.configs]


# --- Paging -----------------------------------------------------------------------------------------------------


@EDGES
def test_every_service_is_found(empty: Emulator, number: int) -> None:
    names = [f"s{index:03}" for index in range(number)]
    empty.store.load({"services": {name: {"functions": ["f"]} for name in names}})
    found = survey(World(empty), unconfigured=True)
    assert found.unconfigured == [f"{name}:f" for name in names]
    assert empty.journal.counts["ListServices"] == pages(number)


@EDGES
def test_every_function_is_found(empty: Emulator, number: int) -> None:
    names = [f"f{index:03}" for index in range(number)]
    configs = [{"service": "s", "function": name} for name in names]
    empty.store.load({"services": {"s": {"functions": names}}, "configs": configs})
    assert ids(survey(World(empty), service_name="s")) == [f"s:{name}:LATEST" for name in names]
    assert empty.journal.counts["ListFunctions"] == pages(number)


@EDGES
@pytest.mark.parametrize("api", [FC2, FC3], ids=lambda api: api.name)
def test_every_config_of_a_function_is_found(empty: Emulator, api: Any, number: int) -> None:
    empty.switches.update({"alias_must_exist": False, "function_arn_qualifier": True})
    service = {"service": "s"} if api is FC2 else {}
    names = [f"q{index:03}" for index in range(number)]
    empty.store.load(
        {
            "services": {"s": {"functions": ["f"]}},
            "functions": {"f": {}},
            "configs": [{**service, "function": "f", "qualifier": name} for name in names],
        }
    )
    owner = {"service_name": "s"} if service else {}
    found = survey(World(empty, api), function_name="f", **owner)
    assert ids(found) == [f"{'s:' if service else ''}f:{name}" for name in names]
    assert empty.journal.counts == {api.operations.list: pages(number)}


# --- As few calls as can be -------------------------------------------------------------------------------------


def test_two_thousand_configs_of_fc_3_are_read_in_twenty_calls(empty: Emulator) -> None:
    empty.switches.update({"function_arn_qualifier": True})
    names = [f"f{index:04}" for index in range(2000)]
    empty.store.load({"functions": {name: {} for name in names}, "configs": [{"function": name} for name in names]})
    assert ids(survey(World(empty, FC3))) == [f"{name}:LATEST" for name in names]
    assert empty.journal.counts == {"ListAsyncInvokeConfigs": 20}


@pytest.mark.parametrize("form", ["colon", "slash"])
def test_where_arns_name_no_qualifier_one_call_for_each_finds_it_out(empty: Emulator, form: str) -> None:
    empty.switches.update({"function_arn_form": form})
    names = [f"f{index:04}" for index in range(150)]
    versions = {"versions": ["1"], "aliases": {"live": "1"}}
    empty.store.load(
        {
            "functions": {**{name: {} for name in names}, "g": versions},
            "configs": [*({"function": name} for name in names), {"function": "g", "qualifier": "live"}],
        }
    )
    assert ids(survey(World(empty, FC3))) == [*(f"{name}:LATEST" for name in names), "g:live"]
    # A Get of LATEST for each, which is not there for g: so its aliases are asked for, and one of them.
    assert empty.journal.counts == {"ListAsyncInvokeConfigs": 2, "GetAsyncInvokeConfig": 152, "ListAliases": 1}


# --- Killed in the middle ---------------------------------------------------------------------------------------

RUN = """
import importlib, json, sys
from support.module_args import patch_module_args
with patch_module_args(json.load(sys.stdin)):
    importlib.import_module("ansible_collections.alicloud.fc.plugins.modules.function_async_invoke_configs").main()
"""
CHECKOUT = Path(__file__).parents[2]


@contextlib.contextmanager
def bulk(emulator: Emulator, configs: list[dict[str, Any]]) -> Iterator[subprocess.Popen[str]]:
    """A task on many configs, in a process of its own."""
    arguments = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "endpoint": emulator.url,
        "configs": configs,
    }
    path = os.pathsep.join([str(CHECKOUT / ".build"), str(CHECKOUT / "tests"), *filter(None, sys.path)])
    with subprocess.Popen(
        [sys.executable, "-c", RUN], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
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


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL], ids=["SIGTERM", "SIGKILL"])
def test_after_a_kill_no_config_is_lost_and_a_second_run_converges(
    empty: Emulator, number: signal.Signals, wait_for: Callable[[Callable[[], bool]], None]
) -> None:
    """Each config has to be deleted and put again, since its destination has to go."""
    names = [f"f{index:03}" for index in range(300)]
    destinations = {"onFailure": {"destination": QUEUE}}
    configs = [{"service": "s", "function": name, "destinationConfig": destinations} for name in names]
    empty.store.load({"services": {"s": {"functions": names}}, "configs": configs})
    empty.switches.update({"latency": 0.01})
    declared = [{"service_name": "s", "function_name": name} for name in names]
    with bulk(empty, declared) as killed:
        wait_for(lambda: empty.journal.counts.get("DeleteFunctionAsyncInvokeConfig", 0) >= 20)
        killed.send_signal(number)
        output, _errors = killed.communicate()
    if number == signal.SIGTERM:
        # It finished what it had begun, so that every config is there, and said so.
        told = json.loads(output)
        assert "The task was interrupted" in told["msg"]
        assert len(empty.store.configs) == 300
        done = {entry["id"] for entry in told["results"] if not entry["failed"]}
        assert done == {
            f"s:{key.function}:LATEST" for key, config in empty.store.configs.items() if config.on_failure is None
        }
        assert (told["summary"]["updated"], told["summary"]["failed"]) == (len(done), 300 - len(done))
    empty.switches.update({"latency": 0.0})
    with bulk(empty, declared) as again:
        result = json.loads(again.communicate()[0])
    assert result["summary"]["failed"] == 0
    assert 0 < result["summary"]["unchanged"] < 300
    assert len(empty.store.configs) == 300
    assert {config.on_failure for config in empty.store.configs.values()} == {None}
