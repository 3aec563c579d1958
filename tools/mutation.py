# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Break the model and the reconciler in every small way, and see whether their unit tests notice.

    python tools/mutation.py [NAME ...]

For each of the files named (``_config``, ``_reconcile``; both for none), cosmic-ray changes one thing at a time in a
copy and runs the tests. A change that they let pass must be explained in tests/mutation/survivors.yml, and what is
explained there must have survived; else this fails.

Not mutmut: it switches its mutants on after the import, and what is computed then, the description of the fields above
all, would stay as it is.
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

EXPLAINED = ROOT / "tests" / "mutation" / "survivors.yml"
#: What is mutated, below plugins/module_utils, with the unit tests that have to notice: its own ones first.
TESTS = {
    "_async_invoke/plan": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/field": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/identity": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/desired": ("test__config.py", "test__reconcile.py"),
    "_async_invoke/wire": ("test__config.py", "test__reconcile.py"),
    "_reconcile/write": ("test__reconcile.py", "test__config.py"),
}
#: Seconds for the tests of one mutant: they take a few, unless the mutant goes on for ever.
LIMIT = 120
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
    """What a mutant changes: the line before and after, and the function it is in (an empty name for none)."""

    file: str
    function: str
    was: str
    becomes: str

    def __str__(self) -> str:
        where = f"{self.file}, {self.function}" if self.function else self.file
        return f"{where}\n    was:     {self.was}\n    becomes: {self.becomes}"


@dataclass
class Verdict:
    """What came of the mutants of one file."""

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


def run(where: Path, *command: str, **settings: str) -> str:
    """Run a program in a folder and return what it printed; raises SystemExit, with that, where it fails."""
    ended = subprocess.run(
        command, cwd=where, env=environment(**settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        raise SystemExit(f"{ended.stdout}\nfailed: {shlex.join(command)}")
    return ended.stdout


def cosmic_ray(where: Path, *arguments: str) -> str:
    """Run cosmic-ray in a folder and return what it printed; raises SystemExit where it fails."""
    # No bytecode: two mutants within one second, of equal length, look the same to Python's cache.
    return run(where, str(BIN / "cosmic-ray"), *arguments, PYTHONDONTWRITEBYTECODE="1")


def flat(name: str) -> str:
    """Return a file's name as that of one folder or file."""
    return name.replace("/", "-").lstrip("_")


def tests_of(name: str) -> list[str]:
    """Return the command that runs a file's tests until the first that fails."""
    folder = Path("tests", "unit", "plugins", "module_utils")
    files = [str(folder / file) for file in TESTS[name]]
    return [str(BIN / "python"), "-m", "pytest", "-x", "-q", "--hypothesis-profile=mutation", *files]


def prepare(name: str) -> tuple[Path, Path]:
    """Return a copy of the collection, importable from within, and cosmic-ray's settings for it."""
    copy = make_copy(f"mutation-{flat(name)}")
    link = copy / ".build" / "ansible_collections" / "alicloud" / "fc"
    link.parent.mkdir(parents=True)
    link.symlink_to(copy)
    command = tests_of(name)
    # With bytecode, this once: that of the tests serves every mutant.
    run(copy, *command)
    settings = BUILD / "mutation" / f"{flat(name)}.toml"
    settings.parent.mkdir(exist_ok=True)
    settings.write_text(SETTINGS.format(name=name, limit=LIMIT, command=json.dumps(shlex.join(command))), "utf-8")
    return copy, settings


def changed_lines(diff: str) -> Iterator[str]:
    """Yield, of a unified diff, the lines taken away as one, then those put in their place as one."""
    lines = diff.partition("\n@@")[2].splitlines()[1:]
    for sign in "-+":
        yield " ".join(line[1:].strip() for line in lines if line.startswith(sign))


def mutate(name: str) -> Verdict:
    """Try every mutant of a file."""
    started = time.monotonic()
    copy, settings = prepare(name)
    session = settings.with_suffix(".sqlite")
    session.unlink(missing_ok=True)
    cosmic_ray(copy, "init", str(settings), str(session))
    print(f"{name}.py: {len(cosmic_ray(copy, 'dump', str(session)).splitlines())} mutants, about 3 s each", flush=True)
    cosmic_ray(copy, "exec", str(settings), str(session))
    verdict = Verdict(name, 0, Counter(), 0)
    for line in cosmic_ray(copy, "dump", str(session)).splitlines():
        mutant, result = json.loads(line)
        if result is None or result["worker_outcome"] == "exception":
            raise SystemExit(f"cosmic-ray did not try a mutant of {name}: {line}")
        if result["test_outcome"] == "survived":
            function = mutant["mutations"][0]["definition_name"] or ""
            verdict.survived[Change(f"{name}.py", function, *changed_lines(result["diff"]))] += 1
        else:
            verdict.killed += 1
    verdict.seconds = time.monotonic() - started
    return verdict


def explained(names: list[str]) -> set[Change]:
    """Return the changes in these files that survivors.yml explains; raises SystemExit for one without a reason."""
    entries: list[dict[str, Any]] = yaml.safe_load(EXPLAINED.read_text("utf-8")) or []
    for entry in entries:
        if set(entry) != {"file", "because", "changes"} or not entry["because"].strip():
            raise SystemExit(f"{EXPLAINED.name}: an entry has a file, a reason (because) and changes, not {entry}")
    return {
        Change(entry["file"], change.get("in", ""), change["was"], change["becomes"])
        for entry in entries
        for change in entry["changes"]
        if entry["file"].removesuffix(".py") in names
    }


def main(names: list[str]) -> int:
    """Try the mutants of the files named, print what came of them, and return the exit status."""
    unknown = set(names) - set(TESTS)
    if unknown:
        raise SystemExit(f"no such file: {', '.join(sorted(unknown))}; there are: {', '.join(TESTS)}")
    names = names or list(TESTS)
    known = explained(names)
    with ThreadPoolExecutor(len(names)) as pool:
        verdicts = list(pool.map(mutate, names))
    survivors = {change for verdict in verdicts for change in verdict.survived}
    for heading, changes in (
        ("survived, not explained", survivors - known),
        ("explained, but killed or gone", known - survivors),
    ):
        for change in sorted(changes):
            print(f"{heading}: {change}\n")
    for verdict in verdicts:
        print(verdict)
    return int(survivors != known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
