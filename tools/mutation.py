# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run mutation tests on the model and the reconciler.

    python tools/mutation.py [NAME ...]

In a copy of each given file (by default, all files), cosmic-ray changes one detail at a time and runs the unit tests.
Every surviving mutant must be explained in tests/mutation/survivors.yml, and every mutant in that file must survive.

mutmut is not used because it activates mutants after the import. It would not change values computed during the import,
such as the field descriptions.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from make_tree import make_copy
from project import BIN, BUILD, ROOT, environment

SURVIVORS = ROOT / "tests" / "mutation" / "survivors.yml"
#: The files to mutate, relative to plugins/module_utils, and their unit tests.
TESTS = {
    "_async_invoke/plan": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/field": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/identity": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/desired": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/wire": ("test__config.py", "test__reconcile.py"),
    "_reconcile/write": ("test__reconcile.py", "test__config.py"),
}
#: Timeout in seconds for testing a mutant.
TIMEOUT = 120
SETTINGS = """\
[cosmic-ray]
module-path = "plugins/module_utils/{name}.py"
timeout = {limit}
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"
"""


@dataclass(frozen=True, order=True)
class Change:
    """A mutant's changed line and the function that contains it (empty at the top level)."""

    file: str
    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        location = f"{self.file}, {self.function}" if self.function else self.file
        return f"{location}\n    was:     {self.was}\n    becomes: {self.becomes}"


@dataclass
class Result:
    """The results for a file's mutants."""

    name: str
    killed: int
    survived: Counter[Change]
    seconds: float

    def __str__(self) -> str:
        survived = self.survived.total()
        return (
            f"{self.name}.py: {self.killed + survived} mutants, {self.killed} killed, {survived} survived, "
            f"{self.seconds:.0f} s"
        )


def run(folder: Path, *command: str, **settings: str) -> str:
    """Run a program in a folder and return its output. Raise SystemExit with the output if it fails."""
    process = subprocess.run(
        command, cwd=folder, env=environment(**settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if process.returncode:
        raise SystemExit(f"{process.stdout}\nFailed: {shlex.join(command)}")
    return process.stdout


def cosmic_ray(folder: Path, *arguments: str) -> str:
    """Run cosmic-ray in a folder and return its output. Raise SystemExit if it fails."""
    # Disable the bytecode cache because it cannot distinguish mutants that have the same size and are written within
    # the same second.
    return run(folder, str(BIN / "cosmic-ray"), *arguments, PYTHONDONTWRITEBYTECODE="1")


def flatten_name(name: str) -> str:
    """Return the name of a mutated file with the slashes replaced."""
    return name.replace("/", "-").lstrip("_")


def get_test_command(name: str) -> list[str]:
    """Return the command that runs a file's tests until the first failure."""
    folder = Path("tests", "unit", "plugins", "module_utils")
    files = [str(folder / file) for file in TESTS[name]]
    return [str(BIN / "python"), "-m", "pytest", "-x", "-q", "--hypothesis-profile=mutation", *files]


def prepare(name: str) -> tuple[Path, Path]:
    """Create an importable copy of the collection and the cosmic-ray settings. Return both paths."""
    copy = make_copy(f"mutation-{flatten_name(name)}")
    link = copy / ".build" / "ansible_collections" / "alicloud" / "fc"
    link.parent.mkdir(parents=True)
    link.symlink_to(copy)
    command = get_test_command(name)
    # Run the tests once to create the bytecode that the runs with mutants use.
    run(copy, *command)
    settings = BUILD / "mutation" / f"{flatten_name(name)}.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(SETTINGS.format(name=name, limit=TIMEOUT, command=json.dumps(shlex.join(command))), "utf-8")
    return copy, settings


def changed_lines(diff: str) -> Iterator[str]:
    """Yield the removed lines of a unified diff as one line, and then the added lines as another line."""
    lines = diff.partition("\n@@")[2].splitlines()[1:]
    for sign in "-+":
        yield " ".join(line[1:].strip() for line in lines if line.startswith(sign))


def mutate(name: str) -> Result:
    """Run the tests with each mutant of a file."""
    started = time.monotonic()
    copy, settings = prepare(name)
    session = settings.with_suffix(".sqlite")
    session.unlink(missing_ok=True)
    cosmic_ray(copy, "init", str(settings), str(session))
    print(f"{name}.py: {len(cosmic_ray(copy, 'dump', str(session)).splitlines())} mutants, about 3 s each", flush=True)
    cosmic_ray(copy, "exec", str(settings), str(session))
    summary = Result(name, 0, Counter(), 0)
    for line in cosmic_ray(copy, "dump", str(session)).splitlines():
        mutant, result = json.loads(line)
        if result is None or result["worker_outcome"] == "exception":
            raise SystemExit(f"cosmic-ray did not run a mutant of {name}: {line}")
        if result["test_outcome"] == "survived":
            function = mutant["mutations"][0]["definition_name"] or ""
            summary.survived[Change(f"{name}.py", function, *changed_lines(result["diff"]))] += 1
        else:
            summary.killed += 1
    summary.seconds = time.monotonic() - started
    return summary


def read_survivors(names: list[str]) -> set[Change]:
    """Return the explained mutants for these files. Raise SystemExit for invalid entries."""
    entries: list[dict[str, Any]] = yaml.safe_load(SURVIVORS.read_text("utf-8")) or []
    for entry in entries:
        if set(entry) != {"file", "because", "changes"} or not entry["because"].strip():
            raise SystemExit(f"{SURVIVORS.name}: entries must have the keys file, because and changes, not {entry}.")
    return {
        Change(entry["file"], change.get("in", ""), change["was"], change["becomes"])
        for entry in entries
        for change in entry["changes"]
        if entry["file"].removesuffix(".py") in names
    }


def main(names: list[str]) -> int:
    """Run the mutation tests for the given files, print the results and return the exit status."""
    unknown = set(names) - set(TESTS)
    if unknown:
        raise SystemExit(f"Unknown files: {', '.join(sorted(unknown))}. Use one of: {', '.join(TESTS)}.")
    names = names or list(TESTS)
    known = read_survivors(names)
    with ThreadPoolExecutor(len(names)) as pool:
        results = list(pool.map(mutate, names))
    survivors = {change for result in results for change in result.survived}
    for heading, changes in (
        ("survived, not explained", survivors - known),
        ("explained, but killed or not found", known - survivors),
    ):
        for change in sorted(changes):
            print(f"{heading}: {change}\n")
    for result in results:
        print(result)
    return int(survivors != known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
