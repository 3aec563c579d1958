# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run all checks that a change must pass, or only the given checks.

    python tools/gates.py [NAME ...]

Two checks run concurrently. The output of each check is written to .build/log/NAME.log. If a check fails, the end of
its log is printed. The last line is ``N passed, N failed``; the exit status is 1 if a check failed.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor, as_completed, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock

from make_tree import make_copy, make_link
from project import BIN, BUILD, LOGS, ROOT, VENV, environment, plain
from pythons import search_folders
from seed_pip_bootstrap import seed

#: Required coverage of plugins/module_utils in percent, for lines and branches.
COVERAGE_FLOOR = 95
#: Seconds without output after which a check is stopped. The total duration is not limited because it depends on the
#: load on the machine. Most checks print a dot for each test or a line for each task. Others, such as mypy and
#: ansible-lint, print nothing until they end, which takes less than one minute on an idle machine.
SILENCE_TIMEOUT = 600
#: Seconds between readings of a log's size.
POLL_INTERVAL = 1
#: Seconds allowed for a check to exit after an interrupt.
STOP_TIMEOUT = 10
CONCURRENCY = 2
LOG_LINES = 40

# Log lines about skipped tests. They are printed with the result of the check.
_SKIPPED = re.compile(r"^(?:WARNING: Skipping |SKIPPED \[|WARNING: Required program ).*", re.MULTILINE)


@dataclass(frozen=True)
class Check:
    """A check that passes if ``command`` exits with status 0 in the checkout or, with ``in_copy``, in a copy of it."""

    name: str
    description: str
    command: tuple[str, ...]
    in_copy: bool = False


def ansible_test(*arguments: str) -> tuple[str, ...]:
    """Return the command that runs ansible-test with this interpreter.

    The script is not run directly because ansible-test would reuse the interpreter path in the script's first line.
    """
    return ("python", str(BIN / "ansible-test"), *arguments, "--local", "--color", "no")


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs one of the scripts in tools/."""
    return ("python", str(ROOT / "tools" / name), *arguments)


PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LINKED = ".build/ansible_collections/alicloud/fc"

# The longest checks come first to minimize the total duration.
CHECKS = (
    Check("integration", "integration tests: playbooks against the emulator",
          ansible_test("integration"), in_copy=True),
    Check("sanity", "ansible-test sanity tests with all installed Python versions",
          ansible_test("sanity"), in_copy=True),
    Check("unit", f"unit tests, property tests and module tests, with {COVERAGE_FLOOR}% coverage of module_utils",
          ("python", "-m", "pytest", "tests/unit", "tests/modules", "--cov", "--cov-report=term", "--cov-report=html",
           f"--cov-fail-under={COVERAGE_FLOOR}")),
    Check("resilience", "tests with faults: a failed task leaves the configuration applied or restored",
          # These tests spend most of their time waiting.
          ("python", "-m", "pytest", "tests/resilience", "-n", "4")),
    Check("contract", "emulator contract tests with other clients",
          ("python", "-m", "pytest", "tests/contract")),
    Check("playbooks", "playbook tests, including the audit report in a browser",
          ("python", "-m", "pytest", "tests/playbooks")),
    Check("manual", "commands and examples in the documentation",
          ("python", "-m", "pytest", "tests/docs")),
    Check("emulator", "emulator tests",
          ("python", "-m", "pytest", "tests/emulator")),
    Check("units", "unit tests with ansible-test",
          ansible_test("units", "--python", PYTHON), in_copy=True),
    Check("galaxy", "package build and test with the importer used by Galaxy and Automation Hub",
          tool("galaxy.py"), in_copy=True),
    Check("types", "type checks with mypy",
          ("python", "-m", "mypy", f"{LINKED}/plugins", "tests", "tools", "noxfile.py")),
    Check("lint", "ansible-lint with the production profile",
          ("ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor"), in_copy=True),
    Check("docs", "module documentation and its references",
          ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "."),
          in_copy=True),
    Check("returned", "shared return values in the module documentation",
          tool("write_docs.py", "--check")),
    Check("site", "documentation site build",
          tool("docsite.py")),
    Check("demo", "playbook demonstration",
          tool("demo.py")),
    Check("repository", "package, workflows and requirements of the Ansible community",
          ("python", "-m", "pytest", "tests/repository")),
    Check("changelog", "changelog fragments",
          ("antsibull-changelog", "lint"), in_copy=True),
    Check("licenses", "license headers",
          ("reuse", "lint"), in_copy=True),
    Check("spelling", "American English spelling",
          ("codespell",), in_copy=True),
    Check("style", "ruff lint rules",
          ("python", "-m", "ruff", "check", ".")),
    Check("format", "ruff formatting",
          ("python", "-m", "ruff", "format", "--check", "--diff", ".")),
)  # fmt: skip


@dataclass
class Result:
    """The result of a check, including its duration in seconds and the log lines about skipped tests."""

    check: Check
    passed: bool
    seconds: float
    skipped: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the result on one line, followed by the lines about skipped tests."""
        word = "ok" if self.passed else "FAILED"
        first = f"{word:<7}{self.check.name:<13}{self.seconds:6.1f} s  {self.check.description}"
        return "\n".join([first, *(f"{'':<28}  {line}" for line in self.skipped)])


class Runner:
    """Runs checks in separate processes and can stop running checks."""

    def __init__(self, **environ: str) -> None:
        """Set the environment variables for all checks."""
        self._environ = environ
        self._running: set[int] = set()
        self._lock = Lock()
        self._stopped = False

    def run(self, check: Check) -> Result:
        """Run a check and return its result."""
        log = LOGS / f"{check.name}.log"
        started = time.monotonic()
        folder, collections = ROOT, BUILD
        if check.in_copy:
            folder, collections = make_copy(check.name), BUILD / "copy" / check.name
        # With buffering, running checks would appear to be silent.
        env = environment(ANSIBLE_COLLECTIONS_PATH=str(collections), PYTHONUNBUFFERED="1", **self._environ)
        with log.open("wb") as output:
            status = self._run(check.command, folder, env, output.fileno())
        text = log.read_text("utf-8", errors="replace")
        return Result(check, status == 0, time.monotonic() - started, sorted(set(_SKIPPED.findall(text))))

    def _run(self, command: tuple[str, ...], folder: Path, env: dict[str, str], output: int) -> int:
        """Run a command, kill its remaining child processes and return its exit status."""
        with self._lock:
            if self._stopped:
                return 1
            # Start a new session so that all child processes of the check can be killed.
            process = subprocess.Popen(
                command, cwd=folder, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            self._running.add(process.pid)
        try:
            status = wait_until_silent(process, output)
            if status is not None:
                return status
            signal_group(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_TIMEOUT)
            os.write(output, f"\nStopped because it printed nothing for {SILENCE_TIMEOUT} s.\n".encode())
            return 1
        finally:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
            with self._lock:
                self._running.discard(process.pid)

    def stop(self, number: signal.Signals) -> None:
        """Send a signal to all running checks and prevent others from starting."""
        with self._lock:
            self._stopped = True
            for group in self._running:
                signal_group(group, number)


def wait_until_silent(process: subprocess.Popen[bytes], output: int) -> int | None:
    """Return the exit status of a process, or None if its log has not grown for ``SILENCE_TIMEOUT`` seconds."""
    size, printed = -1, 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(POLL_INTERVAL)
        grown = os.fstat(output).st_size
        if grown != size:
            size, printed = grown, time.monotonic()
        if time.monotonic() - printed >= SILENCE_TIMEOUT:
            return None


def signal_group(group: int, number: signal.Signals) -> None:
    """Send a signal to a process group if it still exists."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def print_end_of_log(check: Check) -> None:
    """Print the last lines of a check's log."""
    log = LOGS / f"{check.name}.log"
    for line in log.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:]:
        print(f"       | {line}")
    print(f"       complete log: {log.relative_to(ROOT)}", flush=True)


def run_all(checks: list[Check]) -> list[Result]:
    """Run the checks and print each result when its check ends. Return all results in the order of the checks."""
    results: list[Result] = []
    # Temporary files that the checks leave behind are removed with the folder.
    with (
        plain(VENV) as venv,
        tempfile.TemporaryDirectory(prefix="alicloud-fc-", ignore_cleanup_errors=True) as temporary,
        ThreadPoolExecutor(CONCURRENCY) as pool,
    ):
        runner = Runner(PATH=os.pathsep.join(map(str, (venv / "bin", *search_folders()))), TMPDIR=temporary)
        futures = [pool.submit(runner.run, check) for check in checks]
        try:
            for future in as_completed(futures):
                results.append(future.result())
                print(results[-1].line(), flush=True)
                if not results[-1].passed:
                    print_end_of_log(results[-1].check)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.stop(signal.SIGINT)
            wait(futures, STOP_TIMEOUT)
            runner.stop(signal.SIGKILL)
            raise
    return sorted(results, key=lambda result: checks.index(result.check))


def select_checks(names: list[str]) -> list[Check]:
    """Return the checks with these names, or all checks if no names are given. Raise SystemExit for unknown names."""
    known = [check.name for check in CHECKS]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"Unknown checks: {', '.join(unknown)}. Use one of: {', '.join(known)}.")
    return [check for check in CHECKS if not names or check.name in names]


def main(names: list[str]) -> int:
    """Run the checks with these names and return the exit status."""
    checks = select_checks(names)
    LOGS.mkdir(parents=True, exist_ok=True)
    make_link()
    seed()
    started = time.monotonic()
    results = run_all(checks)
    failed = sum(not result.passed for result in results)
    print(f"\nAll checks, {time.monotonic() - started:.0f} s:")
    for result in results:
        print(result.line())
    print(f"{len(results) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def exit_on_signal(number: int, _frame: object) -> None:
    """Raise SystemExit to stop the running checks in the same way as Ctrl-C."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, exit_on_signal)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
