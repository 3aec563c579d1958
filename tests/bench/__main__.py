# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare the performance of the modules with that of Ansible and the bare SDK.

    make bench [FULL=1]

Each result is compared with others from the same run, because machines and their load differ. The programs being
compared take turns, and the median of their runs is used. A missed target is not an error. The table shows which
targets were met.
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

import emulator
from resilience import process

import demo
from bench import emulator_load
from bench.measure import BENCH, Cost, Costs, Emulator, Runner, Sample, Task
from make_tree import make_link
from project import BUILD, plain

CONCURRENCY = 16
LATENCY = 0.03
SERVICES = 50
FUNCTIONS = 2000
LOOP_SIZE = 10
TURNS = 5
MEGABYTE = 1000 * 1000
MODULE = "alicloud.fc.function_async_invoke_config"
MODULE3 = "alicloud.fc.v3_async_invoke_configs"
BY_LIST, BY_GET = "bulk task for FC 3.0 by list", "bulk task for FC 3.0 by Get"
CHANGES_ONLY = f"{BY_LIST} without unchanged results"
CA_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
VERSIONS = (
    "ansible-core",
    "alibabacloud_fc-open20210406",
    "alibabacloud_fc20230330",
    "alibabacloud-tea-openapi",
    "requests",
)


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
    costs: Costs

    def row(self) -> str:
        """Format a table row. Extrapolated results have only a duration and a number of calls."""
        costs = self.costs
        usage = (costs.wall.text(), costs.cpu.text(), costs.memory.scaled(1 / MEGABYTE).text(0), costs.calls.text(0))
        return _row(self.configs, f"{self.latency * 1000:.0f} ms", self.name, *usage)


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


def desired_configs3(number: int) -> list[dict[str, Any]]:
    """Return the same input for FC 3.0."""
    configs = desired_configs(number)
    return [{key: value for key, value in config.items() if key != "service_name"} for config in configs]


def account3(configs: list[dict[str, Any]]) -> dict[str, Any]:
    """Return an account state for FC 3.0 that contains the functions and the configurations."""
    stored = account(desired_configs(len(configs)))["configs"]
    return {
        "functions": {config["function_name"]: {} for config in configs},
        "configs": [{key: value for key, value in config.items() if key != "service"} for config in stored],
    }


PING: Task = {"name": "ping", "ansible.builtin.ping": {}}
NOOP: Task = {"name": "no-op", "bench_noop": {"configs": "{{ configs }}"}}
BULK: Task = {"name": "bulk", f"{MODULE}s": {"configs": "{{ configs }}", "concurrency": CONCURRENCY}}
BULK3: Task = {"name": "bulk", MODULE3: {"configs": "{{ configs }}", "concurrency": CONCURRENCY}}
CHANGES3: Task = {"name": "bulk", MODULE3: {**BULK3[MODULE3], "return_unchanged": False}}
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
    ping, module = (_median_task(costs, name) for name in ("ping", "single"))
    sdk = Costs.of([runner.bare_sdk(configs, 1) for _turn in range(TURNS)]).wall.median
    start = Costs.of([runner.bare_python() for _turn in range(TURNS)]).wall.median
    explanation = (
        f"1.15 times the sum of ping ({ping:.2f} s) and one Get with the bare SDK "
        f"({sdk - start:.2f} s, excluding Python startup)"
    )
    title = "Module, one unchanged configuration: duration"
    yield Aim(title, module, 1.15 * (ping + sdk - start), explanation=explanation)
    turns = [(runner.playbook("ping", [PING]), runner.playbook("single", [single])) for _turn in range(2 * TURNS)]
    before, with_module = (Costs.of([turn[position] for turn in turns]).wall.median for position in (0, 1))
    explanation = f"0.45 s plus the same playbook with ping ({before:.2f} s)"
    yield Aim("Playbook with one unchanged configuration: duration", with_module, before + 0.45, "s", explanation)


def _median_task(costs: list[Cost], name: str) -> float:
    times = (seconds for cost in costs for task, seconds, succeeded in cost.tasks if task == name and succeeded)
    return Sample(tuple(times)).median


def whole_account(runner: Runner) -> Iterator[Aim]:
    """Measure the info module when it reads all configurations in an account."""
    runner.emulator.reset(account(desired_configs(FUNCTIONS)), latency=LATENCY)
    turns = [(runner.playbook("start", [PING]), runner.playbook("info", [INFO])) for _turn in range(TURNS)]
    start, info = Costs.of([turn[0] for turn in turns]), Costs.of([turn[1] for turn in turns])
    calls = info.calls.median
    ideal = calls * LATENCY / CONCURRENCY
    title = (
        f"Info module, {FUNCTIONS} functions in {SERVICES} services, latency 30 ms: duration "
        f"({calls:.0f} calls, {info.cpu.median:.1f} s of CPU time)"
    )
    explanation = f"2 times the ideal duration ({ideal:.2f} s), plus Ansible startup ({start.wall.median:.2f} s)"
    yield Aim(title, info.wall.median, 2 * ideal + start.wall.median, explanation=explanation)
    # The emulator's initial state adds one service and one function.
    services = runner.emulator.state()["services"].values()
    required_calls = 1 + len(services) + sum(len(service["functions"]) for service in services)
    explanation = "one to list the services, one for each service and one for each function"
    yield Aim("Info module: calls", calls, required_calls, "", explanation)
    yield Aim("Info module: memory", info.memory.median / MEGABYTE, 400, "MB")


def measure_methods(runner: Runner, number: int, latency: float) -> Iterator[Measurement]:
    """Measure the bare SDK, a no-op task, the bulk tasks and, for the smallest size, a loop.

    All configurations are in sync.
    """
    turns = [_fc2_turn(runner, number, latency) | _fc3_turn(runner, number, latency) for _turn in range(TURNS)]
    for name in turns[0]:
        yield Measurement(number, latency, name, Costs.of([turn[name] for turn in turns]))
    if number == LOOP_SIZE:
        configs = desired_configs(number)
        runner.emulator.reset(account(configs), latency=latency)
        loops = [runner.playbook("loop", [LOOP], configs) for _turn in range(TURNS)]
        yield Measurement(number, latency, "loop", Costs.of(loops))


def _fc2_turn(runner: Runner, number: int, latency: float) -> dict[str, Cost]:
    configs = desired_configs(number)
    runner.emulator.reset(account(configs), latency=latency)
    return {
        f"bare SDK, {CONCURRENCY} threads": runner.bare_sdk(configs, CONCURRENCY),
        "no-op task": runner.playbook("noop", [NOOP], configs),
        "bulk task": runner.playbook("bulk", [BULK], configs),
    }


def _fc3_turn(runner: Runner, number: int, latency: float) -> dict[str, Cost]:
    """Run the bulk task for FC 3.0 with listed ARNs that contain qualifiers (by list) and that do not (by Get)."""
    configs = desired_configs3(number)
    runner.emulator.reset(account3(configs), latency=latency, function_arn_qualifier=True)
    turn = {
        BY_LIST: runner.playbook("bulk3", [BULK3], configs),
        CHANGES_ONLY: runner.playbook("bulk3", [CHANGES3], configs),
    }
    runner.emulator.reset(account3(configs), latency=latency, function_arn_qualifier=False)
    return turn | {BY_GET: runner.playbook("bulk3", [BULK3], configs)}


def _extrapolated(loop: Measurement, number: int) -> Measurement:
    factor = number / loop.configs
    # Everything except the task itself occurs only once.
    wall = loop.costs.wall.median + (factor - 1) * loop.costs.task.median
    costs = Costs(Sample((wall,)), calls=loop.costs.calls.scaled(factor))
    return Measurement(number, loop.latency, f"loop, extrapolated from {loop.configs} configurations", costs)


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
        (measurement.configs, measurement.name.partition(",")[0]): measurement.costs
        for measurement in measurements
        if measurement.latency
    }
    names = ("bare SDK", "no-op task", "bulk task", BY_LIST, BY_GET)
    sdk, noop, bulk, by_list, by_get = (costs[1000, name] for name in names)
    sdk_time, noop_time, bulk_time = (one.wall.median for one in (sdk, noop, bulk))
    explanation = f"1.5 times the bare SDK ({sdk_time:.2f} s), plus the no-op task ({noop_time:.2f} s)"
    title = "Bulk module, 1000 configurations in sync"
    limit = 1.5 * sdk_time + noop_time
    yield Aim(f"{title}, latency 30 ms: duration", bulk_time, limit, explanation=explanation)
    yield Aim(f"{title}: calls", bulk.calls.median, 1000, "", "one Get per configuration")
    yield Aim(f"{title}: memory", bulk.memory.median / MEGABYTE, 400, "MB")
    explanation = f"1.5 s plus the no-op task ({noop_time:.2f} s)"
    title3 = f"{title}, FC 3.0"
    yield Aim(f"{title3} by list, latency 30 ms: duration", by_list.wall.median, 1.5 + noop_time, "s", explanation)
    yield Aim(f"{title3} by list: calls", by_list.calls.median, 12, "", "one List per 100 configurations, plus 2")
    yield Aim(f"{title3} by Get: calls", by_get.calls.median, 1001, "", "one Get per configuration, plus one List")
    large_bulk = costs.get((10000, "bulk task"))
    if large_bulk is not None:
        explanation = f"11 times the duration for 1000 configurations ({bulk_time:.2f} s)"
        title = "Bulk module, 10000 configurations in sync"
        wall = large_bulk.wall.median
        yield Aim(f"{title}, latency 30 ms: duration", wall, 11 * bulk_time, explanation=explanation)
        yield Aim(f"{title}: memory", large_bulk.memory.median / MEGABYTE, 400, "MB")


def memory_of_the_module(runner: Runner, env: dict[str, str]) -> Iterator[Aim]:
    """Measure the memory usage of a module process without Ansible's own processes."""
    configs = desired_configs3(10000)
    runner.emulator.reset(account3(configs), function_arn_qualifier=True)
    arguments = {"configs": configs, "concurrency": CONCURRENCY, "return_unchanged": False}
    done = process.run(MODULE3.rpartition(".")[2], arguments, env)
    if done.result.get("changed") is not False:
        raise RuntimeError(f"The module should have changed nothing: {done.output[:2000]}")
    title = "Bulk module, 10000 configurations in sync, FC 3.0 by list without unchanged results: memory of the module"
    yield Aim(title, done.peak_megabytes * 1024 * 1024 / MEGABYTE, 150, "MB")


def throttled(runner: Runner) -> Iterator[Aim]:
    """Measure the creation of 1,000 configurations while the emulator allows only 100 calls per second."""
    configs = desired_configs(1000)
    runner.emulator.reset(account(configs, in_sync=False), rate_limit=100)
    bulk = runner.playbook("throttled", [BULK], configs)
    # The emulator's initial state contains other configurations too.
    stored = {(config["service"], config["function"]) for config in runner.emulator.state()["configs"]}
    missing = sum((config["service_name"], config["function_name"]) not in stored for config in configs)
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


def report(command: str, environment: str, noise: Sample, aims: list[Aim], measurements: list[Measurement]) -> str:
    """Return the report as Markdown."""
    return "\n".join(
        [
            f"`{command}` on {environment}",
            "",
            f"To show the noise of the machine, a calculation that always does the same work ran {len(noise.values)}",
            f"times. It took {noise.text()} s.",
            "",
            _row("Measurement", "Result", "Target", "Result ÷ target", "Status"),
            _row(*["---"] * 5),
            *[aim.row() for aim in aims],
            "",
            "The following table compares several ways to read configurations that are in sync.",
            f"The bare SDK and the bulk task send up to {CONCURRENCY} concurrent requests.",
            "The no-op task sends no requests.",
            f"Each figure is the median of {TURNS} runs, followed by the lowest and the highest figure.",
            "",
            _row("Configurations", "Latency", "Method", "Wall time (s)", "CPU time (s)", "Memory (MB)", "Calls"),
            _row(*["---:"] * 2, "---", *["---:"] * 4),
            *[measurement.row() for measurement in measurements],
            "",
        ]
    )


def _log_progress(step: str) -> None:
    print(f"bench: {step}", file=sys.stderr, flush=True)


def settings(account: emulator.Emulator, temporary: Path) -> dict[str, str]:
    """Return the environment variables for the measured programs."""
    env = demo.settings(account, temporary) | {
        "ANSIBLE_CALLBACKS_ENABLED": "task_times",
        "ANSIBLE_CALLBACK_PLUGINS": str(BENCH / "callback_plugins"),
        "ANSIBLE_LIBRARY": str(BENCH / "library"),
    }
    # The time it takes to read a CA file depends on the machine, and the emulator does not use TLS.
    return {name: value for name, value in env.items() if name not in CA_VARIABLES}


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
        env = settings(account, build / "ansible" / "tmp")
        runner = Runner(Emulator(account.url), folder, env)
        noise = [runner.calculation().wall for _turn in range(TURNS)]
        _log_progress("one unchanged configuration")
        aims += unchanged_config(runner)
        _log_progress(f"account with {FUNCTIONS} functions")
        aims += whole_account(runner)
        measurements = measure_all(runner, [LOOP_SIZE, 100, 1000] + [10000] * full)
        aims += bulk_aims(measurements)
        _log_progress("memory of the module")
        aims += memory_of_the_module(runner, env)
        _log_progress("1000 configurations with throttling")
        aims += throttled(runner)
        noise += [runner.calculation().wall for _turn in range(TURNS)]
    command = "make bench FULL=1" if full else "make bench"
    text = report(command, environment, Sample(tuple(noise)), aims, measurements)
    (BUILD / "bench.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
