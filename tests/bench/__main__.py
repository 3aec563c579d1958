# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the modules with real ansible-playbook against the emulator, beside Ansible itself and the bare SDK.

    make bench [FULL=1]

Every figure is held against another one of the same run, since machines differ and are shared. What is compared runs in
turns, and the quickest of the turns counts. Nothing fails here: the table says which aims were met.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import demo
from bench import emulator_load
from bench.measure import BENCH, Cost, Emulator, Runner, Task, quickest
from make_tree import make_link
from project import BUILD, plain

CONCURRENCY = 16
LATENCY = 0.03
SERVICES = 50
FUNCTIONS = 2000
LOOPED = 10
TURNS = 3
MEGABYTE = 1000 * 1000
MISSION = "alicloud.fc.function_async_invoke_config"
VERSIONS = ("ansible-core", "alibabacloud_fc-open20210406", "alibabacloud-tea-openapi", "requests")


@dataclass(frozen=True)
class Aim:
    """What a figure should be."""

    what: str
    measured: float
    limit: float
    unit: str = "s"
    #: What the limit is made of.
    how: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether it is."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def row(self) -> str:
        """As a row of a table."""
        limit = f"at {'least' if self.at_least else 'most'} {_number(self.limit)} {self.unit}".rstrip()
        how = f": {self.how}" if self.how else ""
        ratio = self.measured / self.limit if self.limit else float(self.measured > 0)
        verdict = "met" if self.met else "**not met**"
        return _row(self.what, f"{_number(self.measured)} {self.unit}".rstrip(), limit + how, f"{ratio:.2f}", verdict)


@dataclass(frozen=True)
class Way:
    """What one way of doing the same work cost."""

    configs: int
    latency: float
    name: str
    cost: Cost

    def row(self) -> str:
        """As a row of a table."""
        cost = self.cost
        # What was extrapolated has no more than a duration and its calls.
        used = (f"{cost.cpu:.2f}", f"{cost.memory / MEGABYTE:.0f}") if cost.memory else ("", "")
        return _row(self.configs, f"{self.latency * 1000:.0f} ms", self.name, f"{cost.wall:.2f}", *used, cost.calls)


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


# --- What there is to work on -----------------------------------------------------------------------------------


def declared(number: int) -> list[dict[str, Any]]:
    """So many configs, of as many functions in 50 services, as the bulk module takes them."""
    destination = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
    return [
        {
            "service_name": f"service-{position % SERVICES}",
            "function_name": f"function-{position}",
            "maximum_retry_attempts": 1,
            "maximum_event_age_in_seconds": 3600,
            "destination_config": {"on_failure": {"destination": destination}},
        }
        for position in range(number)
    ]


def account(configs: list[dict[str, Any]], in_sync: bool = True) -> dict[str, Any]:
    """The state document of an account with their functions and, where it is in sync, with them."""
    services: dict[str, dict[str, list[str]]] = {}
    for config in configs:
        services.setdefault(config["service_name"], {"functions": []})["functions"].append(config["function_name"])
    stored = [
        {
            "service": config["service_name"],
            "function": config["function_name"],
            "maxAsyncRetryAttempts": config["maximum_retry_attempts"],
            "maxAsyncEventAgeInSeconds": config["maximum_event_age_in_seconds"],
            "destinationConfig": {"onFailure": config["destination_config"]["on_failure"]},
        }
        for config in configs
    ]
    return {"services": services, "configs": stored if in_sync else []}


PING: Task = {"name": "ping", "ansible.builtin.ping": {}}
NOOP: Task = {"name": "no-op", "bench_noop": {"configs": "{{ configs }}"}}
BULK: Task = {"name": "bulk", f"{MISSION}s": {"configs": "{{ configs }}", "concurrency": CONCURRENCY}}
INFO: Task = {"name": "info", f"{MISSION}_info": {"concurrency": CONCURRENCY}}
LOOP: Task = {
    "name": "loop",
    MISSION: {key: f"{{{{ item.{key} }}}}" for key in declared(1)[0]},
    "loop": "{{ configs }}",
}


# --- What is measured -------------------------------------------------------------------------------------------


def emulator_under_load(folder: Path) -> Iterator[Aim]:
    """Whether the emulator is fast enough not to be what is measured."""
    load = emulator_load.measure(20000, 32, emulator_load.CHECKPOINT, folder)
    where = "one core" if load.on_one_core else "any core"
    what = f"Emulator on {where}: {load.requests} signed Gets through 32 connections"
    yield Aim(what, load.requests / load.seconds, 1500, "a second", at_least=True)
    yield Aim("The same by its own CPU, whatever else runs", load.requests / load.cpu, 1500, "a second", at_least=True)
    yield Aim("Wrong answers among them", load.errors, 0, "")
    settled, ended = load.memory[1][1], load.memory[-1][1]
    what = f"Emulator's memory after {load.requests} requests"
    yield Aim(what, ended / 1000, 1.05 * settled / 1000, "MB", "1.05 times that after 5000, when its journal is full")


def one_unchanged(runner: Runner) -> Iterator[Aim]:
    """One config that is as declared, beside ping and the bare SDK."""
    configs = declared(1)
    runner.emulator.begin(account(configs))
    single: Task = {"name": "single", MISSION: configs[0]}
    costs = [runner.playbook("single", [PING, single] * 3) for _turn in range(TURNS)]
    ping, module = (_quickest_task(costs, name) for name in ("ping", "single"))
    sdk = quickest([runner.bare_sdk(configs, 1) for _turn in range(TURNS * 3)]).wall
    start = quickest([runner.bare_python() for _turn in range(TURNS * 3)]).wall
    how = f"1.15 times (ping {ping:.2f} + the SDK's import, client and Get {sdk - start:.2f})"
    yield Aim("One unchanged run of the module", module, 1.15 * (ping + sdk - start), how=how)


def _quickest_task(costs: list[Cost], name: str) -> float:
    return min(seconds for cost in costs for task, seconds, succeeded in cost.tasks if task == name and succeeded)


def whole_account(runner: Runner) -> Iterator[Aim]:
    """Everything that there is, read in one task."""
    runner.emulator.begin(account(declared(FUNCTIONS)), latency=LATENCY)
    turns = [(runner.playbook("start", [PING]), runner.playbook("info", [INFO])) for _turn in range(TURNS)]
    start, info = quickest([turn[0] for turn in turns]), quickest([turn[1] for turn in turns])
    ideal = info.calls * LATENCY / CONCURRENCY
    what = f"info: {FUNCTIONS} functions in {SERVICES} services, {info.calls} calls of 30 ms, {info.cpu:.1f} s of CPU"
    how = f"2 times ideal {ideal:.2f} + Ansible's start {start.wall:.2f}"
    yield Aim(what, info.wall, 2 * ideal + start.wall, how=how)
    # The emulator begins with a service and a function of its own.
    services = runner.emulator.state()["services"].values()
    need = 1 + len(services) + sum(len(service["functions"]) for service in services)
    yield Aim("The same, calls", info.calls, need, "", "a List of services, each's functions, each one's configs")
    yield Aim("The same, memory", info.memory / MEGABYTE, 400, "MB")


def ways(runner: Runner, number: int, latency: float) -> Iterator[Way]:
    """Configs that are all in sync: the bare SDK, a no-op module, the bulk module, and a loop where it is bearable."""
    configs = declared(number)
    runner.emulator.begin(account(configs), latency=latency)
    turns = [
        {
            f"bare SDK, {CONCURRENCY} threads": runner.bare_sdk(configs, CONCURRENCY),
            "no-op task": runner.playbook("noop", [NOOP], configs),
            "bulk task": runner.playbook("bulk", [BULK], configs),
        }
        for _turn in range(TURNS if number <= 1000 else 1)
    ]
    for name in turns[0]:
        yield Way(number, latency, name, quickest([turn[name] for turn in turns]))
    if number == LOOPED:
        yield Way(number, latency, "loop", runner.playbook("loop", [LOOP], configs))


def _extrapolated(loop: Way, number: int) -> Way:
    each = loop.cost.tasks[0][1] / loop.configs
    cost = Cost(loop.cost.wall + (number - loop.configs) * each, 0, 0, number * loop.cost.calls // loop.configs)
    return Way(number, loop.latency, f"loop, extrapolated from {loop.configs}", cost)


def all_ways(runner: Runner, sizes: list[int]) -> list[Way]:
    """All sizes, with and without latency."""
    found: list[Way] = []
    for latency in (0.0, LATENCY):
        loop = None
        for number in sizes:
            _say(f"{number} configs, {latency * 1000:.0f} ms a call")
            found += ways(runner, number, latency)
            if loop is None:
                loop = found[-1]
            else:
                found.append(_extrapolated(loop, number))
    return found


def bulk_aims(measured: list[Way]) -> Iterator[Aim]:
    """What is asked of the bulk task."""
    costs = {(way.configs, way.name.partition(",")[0]): way.cost for way in measured if way.latency}
    sdk, noop, bulk = (costs[1000, name] for name in ("bare SDK", "no-op task", "bulk task"))
    how = f"1.5 times bare SDK {sdk.wall:.2f} + no-op task {noop.wall:.2f}"
    yield Aim("bulk: 1000 configs in sync, 30 ms", bulk.wall, 1.5 * sdk.wall + noop.wall, how=how)
    yield Aim("The same, calls", bulk.calls, 1000, "", "a Get each")
    yield Aim("The same, memory", bulk.memory / MEGABYTE, 400, "MB")
    more = costs.get((10000, "bulk task"))
    if more is not None:
        how = f"11 times that of 1000, {bulk.wall:.2f}"
        yield Aim("bulk: 10000 configs in sync, 30 ms", more.wall, 11 * bulk.wall, how=how)
        yield Aim("The same, memory", more.memory / MEGABYTE, 400, "MB")


def throttled(runner: Runner) -> Iterator[Aim]:
    """A service that lets 100 calls a second pass, and 1,000 configs to create."""
    configs = declared(1000)
    runner.emulator.begin(account(configs, in_sync=False), rate_limit=100)
    bulk = runner.playbook("throttled", [BULK], configs)
    left = 1000 - len(runner.emulator.state()["configs"])
    what = f"bulk: 1000 configs to create, 100 calls a second let through, {bulk.wall:.0f} s; calls"
    yield Aim(what, bulk.calls, 1.3 * 2000, "", "1.3 times a Get and a Put each")
    yield Aim("The same, configs that are not there after it", left, 0, "")


# --- The report -------------------------------------------------------------------------------------------------


def machine() -> str:
    """What it was measured on."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONS]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), load average {load} when it began, "
        f"Python {platform.python_version()}, {', '.join(versions)}."
    )


def report(command: str, place: str, aims: list[Aim], measured: list[Way]) -> str:
    """Everything as text, in Markdown."""
    return "\n".join(
        [
            f"`{command}` on {place}",
            "",
            _row("what", "measured", "aim", "measured ÷ aim", "verdict"),
            _row(*["---"] * 5),
            *[aim.row() for aim in aims],
            "",
            f"The same configs, all in sync, read in different ways ({CONCURRENCY} at once, but the loop):",
            "",
            _row("configs", "a call takes", "way", "wall, s", "CPU, s", "memory, MB", "calls"),
            _row(*["---:"] * 2, "---", *["---:"] * 4),
            *[way.row() for way in measured],
            "",
        ]
    )


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure, print the tables and write them to .build/bench.md."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="with 10,000 configs too")
    full = parser.parse_args().full
    place = machine()
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    make_link()
    _say("the emulator under load")
    aims = list(emulator_under_load(folder))
    user = demo.Account()
    with demo.emulator(user) as url, plain(BUILD) as build:
        env = demo.settings(user, url, build / "ansible" / "tmp") | {
            "ANSIBLE_CALLBACKS_ENABLED": "task_times",
            "ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
            "ANSIBLE_LIBRARY": str(BENCH / "library"),
        }
        runner = Runner(Emulator(url), folder, env)
        _say("one unchanged config")
        aims += one_unchanged(runner)
        _say(f"an account of {FUNCTIONS} functions")
        aims += whole_account(runner)
        measured = all_ways(runner, [LOOPED, 100, 1000] + [10000] * full)
        aims += bulk_aims(measured)
        _say("1000 configs, throttled")
        aims += throttled(runner)
    text = report("make bench FULL=1" if full else "make bench", place, aims, measured)
    (BUILD / "bench.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
