# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the performance of the modules with that of Ansible and the bare SDK.

    make bench [FULL=1]

Each result is compared with others from the same run, because machines and their load differ. The programs being
compared take turns, and the fastest run of each is used. A missed target is not an error. The table shows which targets
were met.
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
from bench.measure import BENCH, Cost, Emulator, Runner, Task, fastest
from make_tree import make_link
from project import BUILD, plain

CONCURRENCY = 16
LATENCY = 0.03
SERVICES = 50
FUNCTIONS = 2000
LOOP_SIZE = 10
TURNS = 3
MEGABYTE = 1000 * 1000
MODULE = "alicloud.fc.function_async_invoke_config"
VERSIONS = ("ansible-core", "alibabacloud_fc-open20210406", "alibabacloud-tea-openapi", "requests")


@dataclass(frozen=True)
class Aim:
    """A result and its target."""

    title: str
    measured: float
    limit: float
    unit: str = "s"
    #: How the limit is calculated.
    explanation: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool:
        """Whether the target is met."""
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    def row(self) -> str:
        """Format a table row."""
        limit = f"at {'least' if self.at_least else 'most'} {_number(self.limit)} {self.unit}".rstrip()
        explanation = f": {self.explanation}" if self.explanation else ""
        ratio = self.measured / self.limit if self.limit else float(self.measured > 0)
        verdict = "met" if self.met else "**not met**"
        return _row(
            self.title, f"{_number(self.measured)} {self.unit}".rstrip(), limit + explanation, f"{ratio:.2f}", verdict
        )


@dataclass(frozen=True)
class Measurement:
    """The cost of reading configurations with one method."""

    configs: int
    latency: float
    name: str
    cost: Cost

    def row(self) -> str:
        """Format a table row."""
        cost = self.cost
        # Extrapolated results have only a duration and a number of calls.
        usage = (f"{cost.cpu:.2f}", f"{cost.memory / MEGABYTE:.0f}") if cost.memory else ("", "")
        return _row(self.configs, f"{self.latency * 1000:.0f} ms", self.name, f"{cost.wall:.2f}", *usage, cost.calls)


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"


def _row(*cells: object) -> str:
    return f"| {' | '.join(str(cell) for cell in cells)} |"


# --- Accounts and tasks -----------------------------------------------------------------------------------------


def desired_configs(number: int) -> list[dict[str, Any]]:
    """Return input for the bulk module: a configuration for each of ``number`` functions in 50 services."""
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
    """Return an account state that contains the functions and, if ``in_sync``, the configurations."""
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
BULK: Task = {"name": "bulk", f"{MODULE}s": {"configs": "{{ configs }}", "concurrency": CONCURRENCY}}
INFO: Task = {"name": "info", f"{MODULE}_info": {"concurrency": CONCURRENCY}}
LOOP: Task = {
    "name": "loop",
    MODULE: {key: f"{{{{ item.{key} }}}}" for key in desired_configs(1)[0]},
    "loop": "{{ configs }}",
}


# --- Measurements -----------------------------------------------------------------------------------------------


def emulator_under_load(folder: Path) -> Iterator[Aim]:
    """Check that the emulator is not the bottleneck."""
    load = emulator_load.measure(20000, 32, emulator_load.CHECKPOINT, folder)
    cores = "one core" if load.on_one_core else "any core"
    title = f"Emulator on {cores}, {load.requests} signed Get requests over 32 connections: requests per second"
    yield Aim(title, load.requests / load.seconds, 1500, "", at_least=True)
    yield Aim("Emulator: requests per second of CPU time", load.requests / load.cpu, 1500, "", at_least=True)
    yield Aim("Emulator: unexpected responses", load.errors, 0, "")
    settled, final = load.memory[1][1], load.memory[-1][1]
    title = f"Emulator: memory after {load.requests} requests"
    explanation = "1.05 times the memory after 5000 requests, when the journal is full"
    yield Aim(title, final / 1000, 1.05 * settled / 1000, "MB", explanation)


def unchanged_config(runner: Runner) -> Iterator[Aim]:
    """Compare a module task for one unchanged configuration with ping and the bare SDK."""
    configs = desired_configs(1)
    runner.emulator.reset(account(configs))
    single: Task = {"name": "single", MODULE: configs[0]}
    costs = [runner.playbook("single", [PING, single] * 3) for _turn in range(TURNS)]
    ping, module = (_fastest_task(costs, name) for name in ("ping", "single"))
    sdk = fastest([runner.bare_sdk(configs, 1) for _turn in range(TURNS * 3)]).wall
    start = fastest([runner.bare_python() for _turn in range(TURNS * 3)]).wall
    explanation = (
        f"1.15 times the sum of ping ({ping:.2f} s) and one Get with the bare SDK "
        f"({sdk - start:.2f} s, excluding Python startup)"
    )
    title = "Module, one unchanged configuration: duration"
    yield Aim(title, module, 1.15 * (ping + sdk - start), explanation=explanation)


def _fastest_task(costs: list[Cost], name: str) -> float:
    return min(seconds for cost in costs for task, seconds, succeeded in cost.tasks if task == name and succeeded)


def whole_account(runner: Runner) -> Iterator[Aim]:
    """Measure the info module when it reads all configurations in an account."""
    runner.emulator.reset(account(desired_configs(FUNCTIONS)), latency=LATENCY)
    turns = [(runner.playbook("start", [PING]), runner.playbook("info", [INFO])) for _turn in range(TURNS)]
    start, info = fastest([turn[0] for turn in turns]), fastest([turn[1] for turn in turns])
    ideal = info.calls * LATENCY / CONCURRENCY
    title = (
        f"Info module, {FUNCTIONS} functions in {SERVICES} services, latency 30 ms: duration "
        f"({info.calls} calls, {info.cpu:.1f} s of CPU time)"
    )
    explanation = f"2 times the ideal duration ({ideal:.2f} s), plus Ansible startup ({start.wall:.2f} s)"
    yield Aim(title, info.wall, 2 * ideal + start.wall, explanation=explanation)
    # The emulator's initial state adds one service and one function.
    services = runner.emulator.state()["services"].values()
    required_calls = 1 + len(services) + sum(len(service["functions"]) for service in services)
    explanation = "one to list the services, one for each service and one for each function"
    yield Aim("Info module: calls", info.calls, required_calls, "", explanation)
    yield Aim("Info module: memory", info.memory / MEGABYTE, 400, "MB")


def measure_methods(runner: Runner, number: int, latency: float) -> Iterator[Measurement]:
    """Measure the bare SDK, a no-op task, the bulk task and, for the smallest size, a loop.

    All configurations are in sync.
    """
    configs = desired_configs(number)
    runner.emulator.reset(account(configs), latency=latency)
    turns = [
        {
            f"bare SDK, {CONCURRENCY} threads": runner.bare_sdk(configs, CONCURRENCY),
            "no-op task": runner.playbook("noop", [NOOP], configs),
            "bulk task": runner.playbook("bulk", [BULK], configs),
        }
        for _turn in range(TURNS if number <= 1000 else 1)
    ]
    for name in turns[0]:
        yield Measurement(number, latency, name, fastest([turn[name] for turn in turns]))
    if number == LOOP_SIZE:
        yield Measurement(number, latency, "loop", runner.playbook("loop", [LOOP], configs))


def _extrapolated(loop: Measurement, number: int) -> Measurement:
    seconds_per_config = loop.cost.tasks[0][1] / loop.configs
    cost = Cost(
        loop.cost.wall + (number - loop.configs) * seconds_per_config, 0, 0, number * loop.cost.calls // loop.configs
    )
    return Measurement(number, loop.latency, f"loop, extrapolated from {loop.configs} configurations", cost)


def measure_all(runner: Runner, sizes: list[int]) -> list[Measurement]:
    """Measure all numbers of configurations, with and without latency."""
    measurements: list[Measurement] = []
    for latency in (0.0, LATENCY):
        loop = None
        for number in sizes:
            _log_progress(f"{number} configurations, latency {latency * 1000:.0f} ms")
            measurements += measure_methods(runner, number, latency)
            if loop is None:
                loop = measurements[-1]
            else:
                measurements.append(_extrapolated(loop, number))
    return measurements


def bulk_aims(measurements: list[Measurement]) -> Iterator[Aim]:
    """Yield the bulk module results and their targets."""
    costs = {
        (measurement.configs, measurement.name.partition(",")[0]): measurement.cost
        for measurement in measurements
        if measurement.latency
    }
    sdk, noop, bulk = (costs[1000, name] for name in ("bare SDK", "no-op task", "bulk task"))
    explanation = f"1.5 times the bare SDK ({sdk.wall:.2f} s), plus the no-op task ({noop.wall:.2f} s)"
    title = "Bulk module, 1000 configurations in sync"
    limit = 1.5 * sdk.wall + noop.wall
    yield Aim(f"{title}, latency 30 ms: duration", bulk.wall, limit, explanation=explanation)
    yield Aim(f"{title}: calls", bulk.calls, 1000, "", "one Get per configuration")
    yield Aim(f"{title}: memory", bulk.memory / MEGABYTE, 400, "MB")
    large_bulk = costs.get((10000, "bulk task"))
    if large_bulk is not None:
        explanation = f"11 times the duration for 1000 configurations ({bulk.wall:.2f} s)"
        title = "Bulk module, 10000 configurations in sync"
        yield Aim(f"{title}, latency 30 ms: duration", large_bulk.wall, 11 * bulk.wall, explanation=explanation)
        yield Aim(f"{title}: memory", large_bulk.memory / MEGABYTE, 400, "MB")


def throttled(runner: Runner) -> Iterator[Aim]:
    """Measure the creation of 1,000 configurations while the emulator allows only 100 calls per second."""
    configs = desired_configs(1000)
    runner.emulator.reset(account(configs, in_sync=False), rate_limit=100)
    bulk = runner.playbook("throttled", [BULK], configs)
    missing = 1000 - len(runner.emulator.state()["configs"])
    title = "Bulk module, 1000 configurations to create"
    calls = f"{title}, at most 100 calls per second: calls (in {bulk.wall:.0f} s)"
    explanation = "1.3 times the required calls (one Get and one Put per configuration)"
    yield Aim(calls, bulk.calls, 1.3 * 2000, "", explanation)
    yield Aim(f"{title}: configurations missing after the run", missing, 0, "")


# --- The report -------------------------------------------------------------------------------------------------


def machine() -> str:
    """Return a description of the machine and the software versions."""
    versions = [f"{name} {importlib.metadata.version(name)}" for name in VERSIONS]
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), load average {load} at the start, "
        f"Python {platform.python_version()}, {', '.join(versions)}."
    )


def report(command: str, environment: str, aims: list[Aim], measurements: list[Measurement]) -> str:
    """Return the report as Markdown."""
    return "\n".join(
        [
            f"`{command}` on {environment}",
            "",
            _row("Measurement", "Result", "Target", "Result ÷ target", "Status"),
            _row(*["---"] * 5),
            *[aim.row() for aim in aims],
            "",
            "The following table compares several ways to read configurations that are in sync.",
            f"The bare SDK and the bulk task send up to {CONCURRENCY} concurrent requests.",
            "The no-op task sends no requests.",
            "",
            _row("Configurations", "Latency", "Method", "Wall time (s)", "CPU time (s)", "Memory (MB)", "Calls"),
            _row(*["---:"] * 2, "---", *["---:"] * 4),
            *[measurement.row() for measurement in measurements],
            "",
        ]
    )


def _log_progress(step: str) -> None:
    print(f"bench: {step}", file=sys.stderr, flush=True)


def main() -> None:
    """Run the benchmarks, print the tables and write them to .build/bench.md."""
    parser = argparse.ArgumentParser(prog="make bench", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="also measure 10,000 configurations")
    full = parser.parse_args().full
    environment = machine()
    folder = BUILD / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    make_link()
    _log_progress("emulator load test")
    aims = list(emulator_under_load(folder))
    with demo.create_emulator() as account, plain(BUILD) as build:
        env = demo.settings(account, build / "ansible" / "tmp") | {
            "ANSIBLE_CALLBACKS_ENABLED": "task_times",
            "ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
            "ANSIBLE_LIBRARY": str(BENCH / "library"),
        }
        runner = Runner(Emulator(account.url), folder, env)
        _log_progress("one unchanged configuration")
        aims += unchanged_config(runner)
        _log_progress(f"account with {FUNCTIONS} functions")
        aims += whole_account(runner)
        measurements = measure_all(runner, [LOOP_SIZE, 100, 1000] + [10000] * full)
        aims += bulk_aims(measurements)
        _log_progress("1000 configurations with throttling")
        aims += throttled(runner)
    text = report("make bench FULL=1" if full else "make bench", environment, aims, measurements)
    (BUILD / "bench.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
