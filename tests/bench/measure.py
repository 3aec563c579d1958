# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs run and measured: playbooks, the bare SDK, and the emulator's account that they work on."""

from __future__ import annotations

import json
import os
import signal
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
LIMIT = 300
Task = dict[str, Any]


@dataclass(frozen=True)
class Cost:
    """What a program and the programs that it started cost."""

    #: Seconds.
    wall: float
    #: Seconds, user and system.
    cpu: float
    #: Bytes that the largest of them held.
    memory: int
    #: Requests that the emulator got meanwhile.
    calls: int = 0
    #: Of a playbook: name, seconds and success of each task.
    tasks: list[tuple[str, float, bool]] = field(default_factory=list)


def quickest(costs: Sequence[Cost]) -> Cost:
    """The run that others on the machine disturbed least."""
    return min(costs, key=lambda cost: cost.wall)


class Emulator:
    """The emulator as it is controlled from outside."""

    def __init__(self, url: str) -> None:
        self._url = url

    def begin(self, state: Any, **switches: float) -> None:
        """Start anew with this state document and these switches."""
        self._ask("POST", "reset", {})
        self._ask("PUT", "state", state)
        self._ask("PUT", "switches", switches)

    def calls(self) -> int:
        """The number of requests since the last time."""
        counts = self._ask("GET", "journal?operation=none")["counts"]
        self._ask("DELETE", "journal")
        return int(sum(counts.values()))

    def state(self) -> Any:
        """The account, as a state document."""
        return self._ask("GET", "state")

    def _ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self._url}/_emulator/{path}", data=data, method=method)
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as answer:
            return json.loads(answer.read())


class Runner:
    """Runs programs against one emulator, each measured with all that it starts.

    Args:
        folder: where playbooks, variables and logs are written.
        env: the programs' environment, with the connection.
    """

    def __init__(self, emulator: Emulator, folder: Path, env: dict[str, str]) -> None:
        self.emulator = emulator
        self._folder = folder
        self._env = env

    def playbook(self, name: str, tasks: Sequence[Task], configs: Sequence[Any] = ()) -> Cost:
        """Run tasks, for which ``configs`` is a variable, with ansible-playbook. Raises RuntimeError if one fails."""
        play = {"hosts": "localhost", "gather_facts": False, "tasks": list(tasks)}
        playbook = self._write(f"{name}.yml", [play])
        times = self._folder / f"{name}.times.json"
        command = ["ansible-playbook", str(playbook), "-e", f"@{self._configs(configs)}"]
        cost = self._run(name, command, BENCH_TASK_TIMES=str(times))
        return Cost(cost.wall, cost.cpu, cost.memory, cost.calls, [tuple(one) for one in json.loads(times.read_text())])

    def bare_sdk(self, configs: Sequence[Any], threads: int) -> Cost:
        """Get these configs with the SDK alone."""
        program = [sys.executable, str(BENCH / "bare_sdk.py"), str(self._configs(configs)), str(threads)]
        return self._run("bare_sdk", program)

    def bare_python(self) -> Cost:
        """Start Python and end it."""
        return self._run("bare_python", [sys.executable, "-c", "pass"])

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
            killer = threading.Timer(LIMIT, os.killpg, (process.pid, signal.SIGKILL))
            killer.start()
            try:
                # Popen's own wait does not tell what the program cost.
                _pid, status, usage = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            except BaseException:
                os.killpg(process.pid, signal.SIGKILL)
                raise
            finally:
                killer.cancel()
            wall = perf_counter() - started
        if process.returncode:
            raise RuntimeError(f"{name} ended with {process.returncode}; what it printed is in {log}")
        # Kilobytes, but on macOS bytes.
        memory = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        return Cost(wall, usage.ru_utime + usage.ru_stime, memory, self.emulator.calls())
