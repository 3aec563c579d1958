# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the progress that long tasks display."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from ._playbook import ansible_environment, connection, run_playbook

LINE = re.compile(
    r"^\[(\S+)\] (Listed|Read|Wrote) ([0-9,]+) of ([0-9,]+) (\w+)(, about [0-9]+ (?:s|min) left)?\.\r?$", re.MULTILINE
)
#: Words that occur in all lines.
ANY_LINE = re.compile(r"^\[\S+\] (?:No progress|\w+ [0-9,]+ of [0-9,]+ )", re.MULTILINE)
INFO, BULK = "alicloud.fc.function_async_invoke_config_info", "alicloud.fc.function_async_invoke_configs"
#: With this latency and one request at a time, a task takes more than seven seconds. The first line follows after five.
COUNT, LATENCY = 70, 0.1
NAMES = [f"f{number:04}" for number in range(COUNT)]
STATE: dict[str, Any] = {
    "services": {"shop": {"functions": NAMES}},
    "configs": [{"service": "shop", "function": name, "maxAsyncRetryAttempts": 1} for name in NAMES],
}
READ_ALL: dict[str, Any] = {INFO: {"concurrency": 1}, "register": "result"}
COMPARE: dict[str, Any] = {
    BULK: {
        "configs": [{"id": f"shop:{name}", "maximum_retry_attempts": 1 + (name == NAMES[0])} for name in NAMES],
        "concurrency": 1,
    },
    "check_mode": True,
    "diff": True,
    "register": "result",
}
#: A stdout callback whose output is meant for programs.
JSON_CALLBACK = """
from ansible.plugins.callback.default import CallbackModule as Default
DOCUMENTATION = '''
name: my_json
type: stdout
short_description: For programs
description: For programs.
extends_documentation_fragment: [default_callback]
'''
class CallbackModule(Default):
    CALLBACK_NAME = "my_json"
"""


@dataclass
class Played:
    """A playbook run: its exit status, its output and the registered result."""

    status: int
    output: str
    result: dict[str, Any] = field(default_factory=dict)

    @property
    def reports(self) -> list[tuple[str, str, int, int, str]]:
        """The host, verb, numbers and items of each line."""
        found = [match.groups() for match in LINE.finditer(self.output)]
        return [
            (host, verb, int(done.replace(",", "")), int(total.replace(",", "")), items)
            for host, verb, done, total, items, _rest in found
        ]


def command(folder: Path, task: dict[str, Any], hosts: str = "localhost") -> list[str]:
    """Write a playbook that runs a task and writes its result to a file. Return the command that runs it."""
    write = {
        "ansible.builtin.copy": {
            "content": "{{ result | to_json }}",
            "dest": str(folder / "result.json"),
            "mode": "0600",
        },
        "delegate_to": "localhost",
        "no_log": True,  # the result is not part of the output
        "check_mode": False,
    }
    # ansible-core does not run asynchronous tasks if the path to the interpreter contains spaces.
    environment = folder / "environment"
    if not environment.exists():
        environment.symlink_to(Path(sys.executable).parents[1])
    variables = {"ansible_python_interpreter": str(environment / "bin" / "python")}
    play = {"hosts": hosts, "gather_facts": False, "vars": variables, "tasks": [task, write]}
    (folder / "play.yml").write_text(json.dumps([play]), "utf-8")
    return [str(Path(sys.executable).with_name("ansible-playbook")), "play.yml"]


def play(
    emulator: Emulator,
    folder: Path,
    task: dict[str, Any],
    *arguments: str,
    hosts: str = "localhost",
    environment: dict[str, str] | None = None,
) -> Played:
    """Run a task in a playbook."""
    folder.mkdir(exist_ok=True)
    process = subprocess.run(
        [*command(folder, task, hosts), *arguments],
        cwd=folder, env={**ansible_environment(folder), **connection(emulator), **(environment or {})},
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    result = json.loads((folder / "result.json").read_text("utf-8")) if process.returncode == 0 else {}
    return Played(process.returncode, process.stdout, result)


def leftovers(folder: Path) -> list[Path]:
    """Return the directories of progress files in a home directory, in which Ansible has its temporary files."""
    return [path for path in folder.rglob("*alicloud-fc-progress*") if "environment" not in path.parts]


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """A slow emulated account, which the tests only read."""
    with Emulator(state=STATE) as running:
        running.switches.update({"latency": LATENCY})
        yield running


@dataclass
class Scenario:
    """A playbook run: its task, arguments, host pattern and environment."""

    task: dict[str, Any]
    arguments: tuple[str, ...] = ()
    hosts: str = "localhost"
    environment: dict[str, str] = field(default_factory=dict)


DISABLED: dict[str, str] = {"ALIBABACLOUD_FC_PROGRESS": "false"}
SCENARIOS: dict[str, Scenario] = {
    "info": Scenario(READ_ALL),
    "info disabled": Scenario(READ_ALL, environment=DISABLED),
    "bulk": Scenario(COMPARE),
    "bulk disabled": Scenario(COMPARE, environment=DISABLED),
    "delegated": Scenario({**READ_ALL, "delegate_to": "localhost"}, ("-i", "prod,"), hosts="prod"),
    "no_log": Scenario({**READ_ALL, "no_log": True}),
    "json": Scenario(
        READ_ALL, environment={"ANSIBLE_CALLBACK_PLUGINS": "../callbacks", "ANSIBLE_STDOUT_CALLBACK": "my_json"}
    ),
    "variable": Scenario(READ_ALL, ("-e", "alicloud_fc_progress=false")),
    "async": Scenario({**READ_ALL, "async": 100, "poll": 1}),
    "file": Scenario({INFO: {"concurrency": 1, "progress_file": "{{ playbook_dir }}/mine.json"}, "register": "result"}),
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a subdirectory for each scenario."""
    return tmp_path_factory.mktemp("progress")


@pytest.fixture(scope="module")
def played(emulator: Emulator, home: Path) -> dict[str, Played]:
    """The results of all scenarios."""
    (home / "callbacks").mkdir()
    (home / "callbacks/my_json.py").write_text(JSON_CALLBACK, "utf-8")

    def run(name: str) -> Played:
        scenario = SCENARIOS[name]
        jobs = {"ANSIBLE_ASYNC_DIR": str(home / "jobs")}
        environment: dict[str, str] = {**jobs, **scenario.environment}
        folder, arguments = home / name.replace(" ", "-"), scenario.arguments
        return play(emulator, folder, scenario.task, *arguments, hosts=scenario.hosts, environment=environment)

    with ThreadPoolExecutor(5) as pool:
        results = dict(zip(SCENARIOS, pool.map(run, SCENARIOS), strict=True))
    assert {name: run.output for name, run in results.items() if run.status} == {}
    assert leftovers(home) == []
    return results


def check_reports(run: Played, items: str, host: str = "localhost") -> None:
    """Verify that the run displayed at least one line, and that the numbers in all lines are consistent.

    On a slow machine, the services may still be listed when the first line is displayed.
    """
    assert run.reports, run.output
    assert {report[0] for report in run.reports} == {host}
    assert {report[1:2] + report[3:] for report in run.reports} <= {("Listed", 1, "service"), ("Read", COUNT, items)}
    positions = [(verb, done) for _host, verb, done, _total, _items in run.reports]
    assert positions == sorted(set(positions))  # "Listed" sorts before "Read"
    assert all(done <= total for _host, _verb, done, total, _items in run.reports)


@pytest.mark.parametrize(("name", "items"), [("info", "functions"), ("bulk", "configurations")])
def test_a_long_task_displays_its_progress(played: dict[str, Played], name: str, items: str) -> None:
    check_reports(played[name], items)


def test_the_line_contains_the_name_of_the_inventory_host(played: dict[str, Played]) -> None:
    check_reports(played["delegated"], "functions", host="prod")


@pytest.mark.parametrize("name", ["info disabled", "bulk disabled", "no_log", "json", "variable", "async"])
def test_progress_is_not_displayed(played: dict[str, Played], name: str) -> None:
    assert played[name].result
    assert not ANY_LINE.search(played[name].output), played[name].output


@pytest.mark.parametrize("name", ["info", "bulk"])
def test_the_result_is_the_same_with_and_without_progress(played: dict[str, Played], name: str) -> None:
    assert played[name].result == played[f"{name} disabled"].result


def test_the_invocation_shows_only_what_the_user_specified(emulator: Emulator, tmp_path: Path) -> None:
    environment = {"ANSIBLE_INJECT_INVOCATION": "true"}  # ansible-core 2.20 and newer omit the invocation by default
    task: dict[str, Any] = {INFO: {"services": ["other"]}, "register": "result"}
    shown = play(emulator, tmp_path, task, environment=environment).result["invocation"]["module_args"]
    assert shown["services"] == ["other"]
    assert shown.get("progress_file") is None
    task[INFO] = {**task[INFO], "progress_file": str(tmp_path / "mine.json")}
    shown = play(emulator, tmp_path, task, environment=environment).result["invocation"]["module_args"]
    assert shown["progress_file"] == f"{tmp_path}/mine.json"


def test_a_throttled_task_displays_its_progress(tmp_path: Path) -> None:
    with Emulator(state=STATE, switches={"rate_limit": 8, "rate_burst": 1}) as emulator:
        run = play(emulator, tmp_path, {INFO: {}, "register": "result"})
    assert run.status == 0, run.output
    check_reports(run, "functions")


def test_the_file_of_the_user_is_written_instead(played: dict[str, Played], home: Path) -> None:
    report = json.loads((home / "file/mine.json").read_text("utf-8"))
    assert report == {"phase": "read", "items": "functions", "done": COUNT, "total": COUNT}
    assert not ANY_LINE.search(played["file"].output)


def test_the_playbooks_display_their_progress(emulator: Emulator, tmp_path: Path) -> None:
    run = run_playbook("export", emulator, tmp_path, "-e", "config_file=out.yml", "-e", "concurrency=1")
    assert run.status == 0, run.output
    check_reports(Played(0, run.output), "functions")


# --- Terminals and interruptions ------------------------------------------------------------------------------------


def terminal_lines(number: int) -> Iterator[str]:
    """Yield the lines that are written to a terminal until it is closed."""
    pending = b""
    while True:
        try:
            data = os.read(number, 65536)
        except OSError:  # all writers have closed the terminal
            data = b""
        if not data:
            return
        *lines, pending = (pending + data).split(b"\n")
        yield from (line.decode() for line in lines)


#: Runs the command in its arguments. In a background process, such as one of a CI system, interruptions may be ignored.
WITH_INTERRUPTIONS = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


def wait_for_another_request(emulator: Emulator, process: subprocess.Popen[bytes]) -> None:
    """Wait until the module sends another request, or the process ends.

    If Ansible's worker process is killed while it passes a line to the main process, the main process waits forever for
    the lock of its queue. So the test does not interrupt the task just when a line is displayed.
    """
    number = len(emulator.journal.requests)
    while len(emulator.journal.requests) == number and process.poll() is None:
        time.sleep(0.05)


def test_a_terminal_gets_lines_every_few_seconds_until_the_task_is_interrupted(tmp_path: Path) -> None:
    """The task would take minutes. It is interrupted after the third line."""
    task = {INFO: {"concurrency": 1}, "register": "result"}
    main, terminal = pty.openpty()
    with Emulator(state=STATE) as emulator:
        emulator.switches.update({"latency": 2.0})
        process = subprocess.Popen(
            [sys.executable, "-c", WITH_INTERRUPTIONS, *command(tmp_path, task)],
            cwd=tmp_path, env={**ansible_environment(tmp_path), **connection(emulator)},
            stdin=terminal, stdout=terminal, stderr=terminal, start_new_session=True,
        )  # fmt: skip
        os.close(terminal)
        lines: list[str] = []
        rescue = threading.Timer(120, os.killpg, (process.pid, signal.SIGKILL))
        for line in terminal_lines(main):
            lines.append(line)
            if len(Played(0, "\n".join(lines)).reports) == 3 and not rescue.is_alive():
                wait_for_another_request(emulator, process)
                rescue.start()
                os.killpg(process.pid, signal.SIGINT)
        status = process.wait(30)
        rescue.cancel()
        os.close(main)
    run = Played(status, "\n".join(lines))
    check_reports(run, "functions")
    assert len(run.reports) == 3, lines
    assert status not in (0, -signal.SIGKILL)
    assert len(emulator.journal.requests) < COUNT
    assert leftovers(tmp_path) == []
