# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of ``python -m emulator``."""

from __future__ import annotations

import errno
import json
import os
import shlex
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from emulator._account import Settings
from emulator._environment import client_environment, shell_commands

TESTS = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-m", "emulator"]
TIMEOUT = 300.0

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start emulators and stop them after the test."""
    running: list[subprocess.Popen[str]] = []

    def run(*options: str, stdin: int = subprocess.DEVNULL, **settings: Any) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [*COMMAND, *options], cwd=TESTS, stdin=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
            **settings,
        )  # fmt: skip
        running.append(process)
        return process

    yield run
    for process in running:
        process.kill()
        process.communicate()  # also closes the pipes


def read_url(process: subprocess.Popen[str]) -> str:
    """Return the first line, which the emulator prints when it accepts connections."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def read_rest(process: subprocess.Popen[str]) -> str:
    """Return everything that the emulator prints after the URL until it exits."""
    assert process.stdout is not None
    text = process.stdout.read()
    process.wait(TIMEOUT)
    return text


def get_json(url: str) -> Any:
    """Return the JSON from a URL."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=TIMEOUT) as response:
        return json.load(response)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_emulator_prints_url_and_stops_on_signal(start: Start, number: signal.Signals) -> None:
    process = start("--quiet")
    assert get_json(f"{read_url(process)}/_emulator/health") == {"status": "ok"}
    process.send_signal(number)
    assert read_rest(process) == ""
    assert process.stderr is not None
    assert process.stderr.read() == ""
    assert process.returncode == 0


def test_options_configure_account(start: Start, tmp_path: Path) -> None:
    state, ready = tmp_path / "state.json", tmp_path / "ready"
    state.write_text(json.dumps({"services": {"a": {"functions": ["x"]}}}), encoding="utf-8")
    process = start(
        *("--state", str(state), "--ready-file", str(ready), "--switch", "put_merge=replace", "--switch", "latency=0"),
        *("--service-function", "a/y", "--service-function", "b/z", "--function", "g"),
        *("--alias", "b/live", "--alias", "b/next", "--alias", "g@live", "--region", "cn-beijing"),
    )
    url = read_url(process)
    assert ready.read_text(encoding="utf-8") == f"{url}\n"
    assert get_json(f"{url}/_emulator/state") == {
        "services": {
            "a": {"functions": ["x", "y"], "versions": [], "aliases": {}},
            "b": {"functions": ["z"], "versions": ["1", "2"], "aliases": {"live": "1", "next": "2"}},
        },
        "functions": {"g": {"versions": ["1"], "aliases": {"live": "1"}}},
        "configs": [],
    }
    assert get_json(f"{url}/_emulator/switches")["put_merge"] == "replace"


#: Variables that could connect programs to a real account.
REAL = (
    *("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALIBABA_CLOUD_ENDPOINT_FC", "ALIBABACLOUD_PROFILE"),
    *("FC_ACCOUNT_ID", "FC_ENDPOINT", "REGION", "REGION_ID"),
)
#: Variables that select no account.
KEPT = {"ALIBABACLOUD_FC_PROGRESS": "false", "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}


def run_shell(commands: str, environment: Mapping[str, str]) -> dict[str, str]:
    """Run shell commands and return the environment afterwards."""
    program = "import json, os; print(json.dumps(dict(os.environ)))"
    output = subprocess.run(
        ["sh", "-eu", "-c", f'{commands}\n"$0" -c "$1"', sys.executable, program],
        env=dict(environment), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    ignored = {"LC_CTYPE", "OLDPWD", "PWD", "SHLVL", "_"}
    return {name: value for name, value in json.loads(output).items() if name not in ignored}


@pytest.mark.parametrize(
    "base",
    [
        {},
        {"NO_PROXY": "a.example"},
        {"no_proxy": "b.example", "NO_PROXY": "a.example"},
        {"HOME": "/x", **KEPT, **dict.fromkeys(REAL, "real")},
    ],
)
def test_shell_commands_are_equivalent_to_client_environment(base: dict[str, str]) -> None:
    base = {**base, "PATH": os.environ["PATH"]}
    url = "http://127.0.0.1:1"
    assert run_shell("\n".join(shell_commands(url, Settings())), base) == client_environment(url, Settings(), base)


@pytest.mark.parametrize("path", ["docs/getting-started.md", "tests/emulator/README.md"])
def test_documented_shell_commands(path: str) -> None:
    lines = [line.strip() for line in (TESTS.parent / path).read_text(encoding="utf-8").splitlines()]
    assert {line.strip() for line in shell_commands("http://127.0.0.1:43211", Settings())} <= set(lines)


def test_instructions(start: Start) -> None:
    process = start("--access-key", "ID:SECRET:TOKEN", "--account-id", "42", "--service-function", "shop/order")
    url = read_url(process)
    process.terminate()
    output = read_rest(process)
    commands = output.split("in your shell:\n")[1].split("\n\n")[0]
    real = dict.fromkeys(REAL, "real")
    assert run_shell(commands, {**real, **KEPT, "no_proxy": "internal.example", "PATH": os.environ["PATH"]}) == {
        **KEPT,
        "PATH": os.environ["PATH"],
        "no_proxy": "internal.example,127.0.0.1",
        "NO_PROXY": "internal.example,127.0.0.1",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": "ID",
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "SECRET",
        "ALIBABA_CLOUD_SECURITY_TOKEN": "TOKEN",
        "ALIBABA_CLOUD_ACCOUNT_ID": "42",
        "ALIBABA_CLOUD_REGION": "cn-hangzhou",
        "FC_ENDPOINT": url,
        "STS_ENDPOINT": url,
    }
    command = output[output.index("  ansible ") :].split("\n\n")[0].replace("\\\n", " ")
    assert shlex.split(command) == [
        *("ansible", "localhost", "-m", "alicloud.fc.function_async_invoke_config", "-a"),
        "service_name=shop function_name=order maximum_retry_attempts=1",
        "--diff",
    ]


def test_instructions_to_create_function(start: Start) -> None:
    process = start()
    url = read_url(process)
    process.terminate()
    output = read_rest(process)
    command = output[output.index("  curl ") :].split("\n\n")[0].replace("\\\n", " ")
    assert shlex.split(command) == [
        *("curl", "-X", "PUT", f"{url}/_emulator/state", "-d"),
        '{"services": {"demo": {"functions": ["hello"]}}}',
    ]


@pytest.mark.parametrize("reaped", [True, False])
def test_emulator_exits_with_watched_process(start: Start, reaped: bool) -> None:
    if not reaped and not Path("/proc/self/stat").exists():
        pytest.skip("zombie processes are detected only on systems with /proc")
    watched = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=subprocess.PIPE)
    process = start("--quiet", "--watch-pid", str(watched.pid))
    assert get_json(f"{read_url(process)}/_emulator/health") == {"status": "ok"}
    assert watched.stdin is not None
    watched.stdin.close()
    if reaped:
        watched.wait(TIMEOUT)
    assert process.wait(TIMEOUT) == 0
    watched.wait(TIMEOUT)


def test_port_in_use(start: Start) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        process = start("--port", str(port))
        output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output) == (1, "")
    assert errors == f"python -m emulator: Cannot listen on 127.0.0.1:{port}: {os.strerror(errno.EADDRINUSE)}.\n"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--switch", "put_merge=x"], "put_merge"),
        (["--access-key", "id"], "ID:SECRET"),
        (["--service-function", "shop"], "SERVICE/FUNCTION"),
        (["--alias", "shop"], "SERVICE/ALIAS"),
        (["--state", os.devnull], "JSON"),
        (["--state", "/nonexistent"], "/nonexistent"),
        (["--tls-cert", "/nonexistent", "--tls-key", "/nonexistent"], "/nonexistent"),
        (["--port", "99999"], "99999"),
        (["--function", "my shop!"], "python -m emulator: --function: the name must consist of"),
        (["--service-function", "shop/a b"], "--service-function: the name must consist of"),
        (["--alias", "shop/a b"], "--alias: the name must consist of"),
        (["--account-id", "x"], "account_id: must be a string of digits, not 'x'."),
        (["--region", ""], "region: must be a non-empty string"),
        (["--journal-limit", "-1"], "must be a non-negative integer, not '-1'."),
        (["--watch-pid", "0"], "must be the ID of a process, not '0'."),
        (["--watch-pid", str(2**31 - 1)], f"python -m emulator: --watch-pid: process {2**31 - 1} does not exist."),
        (["--tls-cert", "x"], "python -m emulator: --tls-cert and --tls-key must be used together.\n"),
        (["--ready-file", "/nonexistent/url"], "Cannot write the ready file /nonexistent/url: No such file"),
        (["--ready-file", "/"], "Cannot remove the ready file /: "),
        (["--"], "python -m emulator: -- must be followed by a command.\n"),
    ],
)
def test_invalid_option(start: Start, options: list[str], text: str) -> None:
    process = start(*options)
    output, errors = process.communicate(timeout=TIMEOUT)
    assert process.returncode != 0
    assert output == ""
    assert text in errors
    assert "Traceback" not in errors


#: A program that prints its arguments and the service names in the emulator, waits for a line of input and exits.
PROGRAM = """
import json, os, sys, urllib.request
with urllib.request.urlopen(os.environ["FC_ENDPOINT"] + "/_emulator/state") as response:
    print(sys.argv[1:], list(json.load(response)["services"]), os.environ.get("ALICLOUD_ACCESS_KEY"), flush=True)
sys.exit(sys.stdin.readline() and 3)
"""


def test_command_runs_with_emulator(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALICLOUD_ACCESS_KEY", "LTAIreal")
    monkeypatch.setenv("HTTP_PROXY", "http://192.0.2.1:1")
    process = start(
        "--service-function", "shop/order", "--", sys.executable, "-c", PROGRAM, "--quiet", stdin=subprocess.PIPE
    )
    output, errors = process.communicate("\n", timeout=TIMEOUT)
    assert (output, errors) == ("['--quiet'] ['shop'] None\n", "")
    assert process.returncode == 3


@pytest.mark.parametrize("separator", [[], ["--"]])
@pytest.mark.parametrize("argument", ["--version", "--p", "-h", "--"])
def test_arguments_after_command_belong_to_command(start: Start, separator: list[str], argument: str) -> None:
    program = "import sys; print(sys.argv[1:])"
    process = start("--quiet", *separator, sys.executable, "-c", program, argument, "x")
    assert process.communicate(timeout=TIMEOUT) == (f"{[argument, 'x']}\n", "")
    assert process.returncode == 0


@pytest.mark.parametrize(("command", "status"), [("/nonexistent", 127), ("/", 126)])
def test_command_cannot_be_run(start: Start, command: str, status: int) -> None:
    process = start(command)
    output, errors = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output) == (status, "")
    assert errors.startswith(f"python -m emulator: Cannot run {command}: ")


#: A program that accesses the emulator when it is interrupted.
INTERRUPTED = """
import os, sys, urllib.request
print("started", flush=True)
try:
    sys.stdin.read()
except KeyboardInterrupt:
    sys.stdin.readline()
    with urllib.request.urlopen(os.environ["FC_ENDPOINT"] + "/_emulator/health") as response:
        sys.exit(response.status - 196)
"""


def test_interrupted_command_can_use_emulator(start: Start) -> None:
    process = start(sys.executable, "-c", INTERRUPTED, stdin=subprocess.PIPE, start_new_session=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    os.killpg(process.pid, signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):  # the emulator waits for the command
        process.wait(0.5)
    process.communicate("\n", timeout=TIMEOUT)
    assert process.returncode == 4


def test_ready_file_exists_while_emulator_runs(start: Start, tmp_path: Path) -> None:
    ready = tmp_path / "url"
    ready.write_text("http://127.0.0.1:1\n", encoding="utf-8")
    process = start("--ready-file", str(ready), "cat", str(ready))
    url = process.communicate(timeout=TIMEOUT)[0].strip()
    assert url.startswith("http://127.0.0.1:")
    assert url != "http://127.0.0.1:1"
    assert list(tmp_path.iterdir()) == []


def test_ready_file_of_earlier_run_is_removed(start: Start, tmp_path: Path) -> None:
    ready = tmp_path / "url"
    ready.write_text("http://127.0.0.1:1\n", encoding="utf-8")
    process = start("--ready-file", str(ready), "--host", "192.0.2.1")
    process.communicate(timeout=TIMEOUT)
    assert process.returncode == 1
    assert not ready.exists()


def test_command_ends_with_emulator(start: Start) -> None:
    process = start("--", sys.executable, "-c", PROGRAM, stdin=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == "[] [] None\n"
    process.terminate()
    assert process.wait(TIMEOUT) == 128 + signal.SIGTERM


def test_print_switches(start: Start) -> None:
    process = start("--print-switches")
    output, _errors = process.communicate(timeout=TIMEOUT)
    assert output.startswith("| Switch | Default | Values |")
    assert process.returncode == 0
