# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the gates that a change must pass: all of them, or those named.

    python tools/gates.py [NAME ...]

Two run at once. Each gate's output goes to .build/log/NAME.log, and its end is shown if the gate fails. Ends with one
line, ``N passed, N failed``, and fails if a gate did.
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

#: Percentage of plugins/module_utils that the unit tests must cover, lines and branches together.
COVERAGE_FLOOR = 95
#: A gate hangs if it prints nothing for so many seconds. Its total has no limit: on a busy machine everything takes
#: longer. Most gates print a dot for each test or a line for each task; those that are silent until their end, such as
#: mypy and ansible-lint, end within a minute on an idle machine.
SILENCE = 600
#: Seconds between two looks at a gate's log.
INTERVAL = 1
#: Seconds for a gate to tidy up when it is to end early.
GRACE = 10
AT_ONCE = 2
TAIL = 40

# Lines by which a gate says that it left something out; they are repeated under its verdict.
_LEFT_OUT = re.compile(r"^(?:WARNING: Skipping |SKIPPED \[|WARNING: Required program ).*", re.MULTILINE)


@dataclass(frozen=True)
class Gate:
    """One check: ``command`` passes by ending with 0, run in the checkout or in a fresh copy of its own."""

    name: str
    why: str
    command: tuple[str, ...]
    in_copy: bool = False


def ansible_test(*arguments: str) -> tuple[str, ...]:
    """Return the command that runs ansible-test with this interpreter.

    Not by its own name: the script's first line names the interpreter by a path that ansible-test hands on.
    """
    return ("python", str(BIN / "ansible-test"), *arguments, "--local", "--color", "no")


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    """Return the command that runs one of the scripts in tools/."""
    return ("python", str(ROOT / "tools" / name), *arguments)


PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LINKED = ".build/ansible_collections/alicloud/fc"

# The long ones first, so that two at once end together.
GATES = (
    Gate("integration", "the modules do what they promise, with real ansible-playbook over HTTP",
         ansible_test("integration"), in_copy=True),
    Gate("sanity", "Ansible's own rules for modules, on every Python that is here",
         ansible_test("sanity"), in_copy=True),
    Gate("unit", f"unit and property tests, and the modules; they cover {COVERAGE_FLOOR} % of module_utils",
         ("python", "-m", "pytest", "tests/unit", "tests/modules", "--cov", "--cov-report=term", "--cov-report=html",
          f"--cov-fail-under={COVERAGE_FLOOR}")),
    Gate("resilience", "whatever fails, a config is as declared or as it was before",
         # Many of its tests wait most of the time.
         ("python", "-m", "pytest", "tests/resilience", "-n", "4")),
    Gate("contract", "clients that no one here wrote accept the emulator",
         ("python", "-m", "pytest", "tests/contract")),
    Gate("audit", "the audit's playbook and its page, in a real browser",
         ("python", "-m", "pytest", "tests/audit")),
    Gate("manual", "every command and example of the documentation does what it says",
         ("python", "-m", "pytest", "tests/docs")),
    Gate("emulator", "the emulator's own tests",
         ("python", "-m", "pytest", "tests/emulator")),
    Gate("units", "the unit tests again, as ansible-test runs them",
         ansible_test("units", "--python", PYTHON), in_copy=True),
    Gate("galaxy", "the package builds, and Galaxy and Automation Hub would import it without a warning",
         tool("galaxy.py"), in_copy=True),
    Gate("types", "mypy, strict",
         ("python", "-m", "mypy", f"{LINKED}/plugins", "tests", "tools", "noxfile.py")),
    Gate("lint", "ansible-lint's production profile, no rule skipped",
         ("ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor"), in_copy=True),
    Gate("docs", "the modules' documentation is complete and its references resolve",
         ("antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "self", "."),
         in_copy=True),
    Gate("returned", "what several modules return is documented in the same words",
         tool("write_docs.py", "--check")),
    Gate("site", "the documentation site builds without a warning",
         tool("docsite.py")),
    Gate("demo", "the quick start works as a newcomer runs it",
         tool("demo.py")),
    Gate("checklist", "what the community, Galaxy and Automation Hub ask of a collection, point by point",
         tool("checklist.py"), in_copy=True),
    Gate("changelog", "the changelog's fragments are in order",
         ("antsibull-changelog", "lint"), in_copy=True),
    Gate("licences", "every file says its licence",
         ("reuse", "lint"), in_copy=True),
    Gate("style", "ruff's rules",
         ("python", "-m", "ruff", "check", ".")),
    Gate("format", "ruff's formatting",
         ("python", "-m", "ruff", "format", "--check", "--diff", ".")),
)  # fmt: skip


@dataclass
class Verdict:
    """What became of a gate: whether it passed, the seconds that it took, what it says it left out."""

    gate: Gate
    passed: bool
    seconds: float
    left_out: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Return the verdict as one line, and one more for each thing left out."""
        word = "ok" if self.passed else "FAILED"
        first = f"{word:<7}{self.gate.name:<13}{self.seconds:6.1f} s  {self.gate.why}"
        return "\n".join([first, *(f"{'':<28}  {said}" for said in self.left_out)])


class Runner:
    """Runs gates in processes of their own, and can end those that run."""

    def __init__(self, **settings: str) -> None:
        """Take the environment variables that are the same for all gates."""
        self._settings = settings
        self._running: set[int] = set()
        self._lock = Lock()
        self._stopped = False

    def run(self, gate: Gate) -> Verdict:
        """Run a gate to its end and return the verdict."""
        log = LOGS / f"{gate.name}.log"
        started = time.monotonic()
        where, collections = ROOT, BUILD
        if gate.in_copy:
            where, collections = make_copy(gate.name), BUILD / "copy" / gate.name
        # Unbuffered, or a gate would seem silent while its output waits.
        env = environment(ANSIBLE_COLLECTIONS_PATH=str(collections), PYTHONUNBUFFERED="1", **self._settings)
        with log.open("wb") as output:
            status = self._run(gate.command, where, env, output.fileno())
        text = log.read_text("utf-8", errors="replace")
        return Verdict(gate, status == 0, time.monotonic() - started, sorted(set(_LEFT_OUT.findall(text))))

    def _run(self, command: tuple[str, ...], where: Path, env: dict[str, str], output: int) -> int:
        """Run a command, end what it left behind, and return its exit status."""
        with self._lock:
            if self._stopped:
                return 1
            # A session of its own: everything that the gate starts can be ended with it.
            process = subprocess.Popen(
                command, cwd=where, env=env, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip
            self._running.add(process.pid)
        try:
            status = wait_while_it_prints(process, output)
            if status is not None:
                return status
            signal_group(process.pid, signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
            os.write(output, f"\nended, because it printed nothing for {SILENCE} s\n".encode())
            return 1
        finally:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()
            with self._lock:
                self._running.discard(process.pid)

    def stop(self, number: signal.Signals) -> None:
        """Send the gates that run a signal, and let none start any more."""
        with self._lock:
            self._stopped = True
            for group in self._running:
                signal_group(group, number)


def wait_while_it_prints(process: subprocess.Popen[bytes], output: int) -> int | None:
    """Return the exit status of a process, None as soon as its log has not grown for ``SILENCE`` seconds."""
    size, printed = -1, 0.0
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(INTERVAL)
        grown = os.fstat(output).st_size
        if grown != size:
            size, printed = grown, time.monotonic()
        if time.monotonic() - printed >= SILENCE:
            return None


def signal_group(group: int, number: signal.Signals) -> None:
    """Send what is left of a process group a signal."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, number)


def show_end_of_log(gate: Gate) -> None:
    """Print the last lines that a gate wrote."""
    log = LOGS / f"{gate.name}.log"
    for line in log.read_text("utf-8", errors="replace").splitlines()[-TAIL:]:
        print(f"       | {line}")
    print(f"       whole log: {log.relative_to(ROOT)}", flush=True)


def run_all(gates: list[Gate]) -> list[Verdict]:
    """Run the gates, print each verdict as it comes, and return all in the order of the gates."""
    verdicts: list[Verdict] = []
    # What the gates leave in the temporary folder goes with it.
    with (
        plain(VENV) as venv,
        tempfile.TemporaryDirectory(prefix="alicloud-fc-", ignore_cleanup_errors=True) as temporary,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        runner = Runner(PATH=os.pathsep.join(map(str, (venv / "bin", *search_folders()))), TMPDIR=temporary)
        futures = [pool.submit(runner.run, gate) for gate in gates]
        try:
            for future in as_completed(futures):
                verdicts.append(future.result())
                print(verdicts[-1].line(), flush=True)
                if not verdicts[-1].passed:
                    show_end_of_log(verdicts[-1].gate)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            runner.stop(signal.SIGINT)
            wait(futures, GRACE)
            runner.stop(signal.SIGKILL)
            raise
    return sorted(verdicts, key=lambda verdict: gates.index(verdict.gate))


def chosen(names: list[str]) -> list[Gate]:
    """Return the gates named, all for no name; raises SystemExit for a name that no gate has."""
    known = [gate.name for gate in GATES]
    unknown = [name for name in names if name not in known]
    if unknown:
        raise SystemExit(f"no such gate: {', '.join(unknown)}; there are: {', '.join(known)}")
    return [gate for gate in GATES if not names or gate.name in names]


def main(names: list[str]) -> int:
    """Run the gates named and return the exit status."""
    gates = chosen(names)
    LOGS.mkdir(parents=True, exist_ok=True)
    make_link()
    seed()
    started = time.monotonic()
    verdicts = run_all(gates)
    failed = sum(not verdict.passed for verdict in verdicts)
    print(f"\nAll gates, {time.monotonic() - started:.0f} s:")
    for verdict in verdicts:
        print(verdict.line())
    print(f"{len(verdicts) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def stop_on_signal(number: int, _frame: object) -> None:
    """End as on Ctrl-C, so that the gates that run are ended too."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, stop_on_signal)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
