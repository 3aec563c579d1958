# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure playbooks and the bare SDK while they run against the emulator."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import Any

BENCH = Path(__file__).resolve().parent
#: Seconds after which a program is killed.
TIMEOUT = 300
Task = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """The cost of a program, including its child processes."""

    #: Elapsed time in seconds.
    wall: float
    #: User and system CPU time in seconds.
    cpu: float
    #: Peak memory usage of the largest process, in bytes.
    memory: int
    #: Number of requests received by the emulator.
    calls: int = 0
    #: For each task in a playbook: its name, its duration in seconds and whether it succeeded.
    tasks: list[tuple[str, float, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Sample:
    """A figure that was measured several times, or never."""

    values: tuple[float, ...] = ()

    @property
    def median(self) -> float:
        """The median."""
        return statistics.median(self.values)

    def text(self, digits: int = 2) -> str:
        """Format the median with its spread, for example ``2.30 (2.21 to 2.52)``."""
        if not self.values:
            return ""
        low, high = (f"{value:.{digits}f}" for value in (min(self.values), max(self.values)))
        return f"{self.median:.{digits}f}" + ("" if low == high else f" ({low} to {high})")

    def scaled(self, factor: float) -> Sample:
        """Return the sample in another unit."""
        return Sample(tuple(value * factor for value in self.values))


@dataclass(frozen=True)
class Costs:
    """The costs of several runs of a program. See ``Cost``."""

    wall: Sample
    cpu: Sample = Sample()
    memory: Sample = Sample()
    calls: Sample = Sample()
    #: The duration of the first task, if the program is a playbook.
    task: Sample = Sample()

    @classmethod
    def of(cls, runs: Sequence[Cost]) -> Costs:
        """Return the costs of these runs."""

        def sample(name: str) -> Sample:
            return Sample(tuple(getattr(run, name) for run in runs))

        first_tasks = Sample(tuple(run.tasks[0][1] for run in runs if run.tasks))
        return cls(sample("wall"), sample("cpu"), sample("memory"), sample("calls"), first_tasks)


class Emulator:
    """A client for the control API of a running emulator."""

    def __init__(self, url: str) -> None:
        self._url = url

    def reset(self, state: Any, **switches: float) -> None:
        """Reset the emulator and set its state and behavior switches."""
        self._request("POST", "reset", {})
        self._request("PUT", "state", state)
        self._request("PUT", "switches", switches)

    def calls(self) -> int:
        """Return the number of requests received since this method was last called."""
        counts = self._request("GET", "journal?operation=none")["counts"]
        self._request("DELETE", "journal")
        return int(sum(counts.values()))

    def state(self) -> Any:
        """Return the state of the account."""
        return self._request("GET", "state")

    def _request(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_emulator/{path}", data=data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
            return json.loads(response.read())


class Runner:
    """Runs and measures programs against an emulator.

    Args:
        folder: The folder for playbooks, variables and logs.
        env: The environment variables for the programs, including the connection settings.
    """

    def __init__(self, emulator: Emulator, folder: Path, env: dict[str, str]) -> None:
        self.emulator = emulator
        self._folder = folder
        self._env = env

    def playbook(self, name: str, tasks: Sequence[Task], configs: Sequence[Any] = ()) -> Cost:
        """Run a playbook with these tasks and the ``configs`` variable. Raise RuntimeError if a task fails."""
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        playbook = self._write(f"{name}.yml", [play])
        times = self._folder / f"{name}.times.json"
        command = ["ansible-playbook", str(playbook), "-e", f"@{self._configs(configs)}"]
        cost = self._run(name, command, BENCH_TASK_TIMES=str(times))
        return Cost(
            cost.wall, cost.cpu, cost.memory, cost.calls, [tuple(task) for task in json.loads(times.read_text())]
        )

    def bare_sdk(self, configs: Sequence[Any], threads: int) -> Cost:
        """Get these configurations with the bare SDK."""
        program = [sys.executable, str(BENCH / "bare_sdk.py"), str(self._configs(configs)), str(threads)]
        return self._run("bare_sdk", program)

    def bare_python(self) -> Cost:
        """Start Python and exit immediately."""
        return self._run("bare_python", [sys.executable, "-c", "pass"])

    def calculation(self) -> Cost:
        """Run a calculation that always does the same work. Its duration varies only because of the machine."""
        return self._run("calculation", [sys.executable, "-c", "sum(number * number for number in range(10**7))"])

    def _configs(self, configs: Sequence[Any]) -> Path:
        return self._write("configs.json", {"configs": list(configs)})

    def _write(self, name: str, content: Any) -> Path:
        path = self._folder / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    def _run(self, name: str, command: list[str], **env: str) -> Cost:
        self.emulator.calls()
        log = self._folder / f"{name}.log"
        with log.open("wb") as output:
            started = perf_counter()
            process = subprocess.Popen(
                command, env=self._env | env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            watchdog = threading.Timer(TIMEOUT, os.killpg, (process.pid, signal.SIGKILL))
            watchdog.start()
            try:
                # Popen.wait does not return the resource usage.
                _pid, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            finally:
                watchdog.cancel()
            wall = perf_counter() - started
        if process.returncode:
            raise RuntimeError(f"{name} failed with exit status {process.returncode}; see {log}")
        # ru_maxrss is in bytes on macOS and in kilobytes on other systems.
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Cost(wall, usage.ru_utime + usage.ru_stime, memory, self.emulator.calls())
