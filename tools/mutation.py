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
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import yaml

from make_tree import make_copy
from project import BIN, ROOT, environment

SURVIVORS = ROOT / "tests" / "mutation" / "survivors.yml"
#: The files to mutate, relative to plugins/module_utils. The first of their tests most often detects a mutant.
CONFIG, RECONCILE = "test__config.py", "test__reconcile.py"
TESTS = {
    **{f"_async_invoke/{name}": (CONFIG, RECONCILE) for name in ("plan", "field", "identity", "desired", "wire")},
    "_reconcile/write": (RECONCILE, CONFIG),
}
#: The configuration of cosmic-ray, with a timeout in seconds for testing a mutant.
SETTINGS = """\
[cosmic-ray]
module-path = "plugins/module_utils/{name}.py"
timeout = 120
excluded-modules = []
test-command = {command}

[cosmic-ray.distributor]
name = "local"
"""


class Change(NamedTuple):
    """A mutant's changed line and the function that contains it (empty at the top level)."""

    file: str
    function: str
    was: str
    becomes: str


def run(folder: Path, *command: str, **settings: str) -> str:
    """Run a program in a folder and return its output. Raise SystemExit with the output if it fails."""
    process = subprocess.run(
        command, cwd=folder, env=environment(**settings), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if process.returncode:
        raise SystemExit(f"{process.stdout}\nFailed: {shlex.join(command)}")
    return process.stdout


def prepare(name: str) -> Path:
    """Create an importable copy of the collection that contains the cosmic-ray settings, and return its path."""
    copy = make_copy(f"mutation-{name.replace('/', '-')}")
    link = copy / ".build" / "ansible_collections" / "alicloud" / "fc"
    link.parent.mkdir(parents=True)
    link.symlink_to(copy)
    files = [f"tests/unit/plugins/module_utils/{file}" for file in TESTS[name]]
    command = [str(BIN / "python"), "-m", "pytest", "-x", "-q", "--hypothesis-profile=mutation", *files]
    # Run the tests once to create the bytecode that the runs with mutants use.
    run(copy, *command)
    settings = SETTINGS.format(name=name, command=json.dumps(shlex.join(command)))
    (copy / "cosmic-ray.toml").write_text(settings, "utf-8")
    return copy


def changed_lines(diff: str) -> Iterator[str]:
    """Yield the removed lines of a unified diff as one line, and then the added lines as another line."""
    lines = diff.partition("\n@@")[2].splitlines()[1:]
    for sign in "-+":
        yield " ".join(line[1:].strip() for line in lines if line.startswith(sign))


def mutate(name: str) -> set[Change]:
    """Run the tests with each mutant of a file and return those that survived."""
    copy = prepare(name)

    def cosmic_ray(*arguments: str) -> list[str]:
        # Disable the bytecode cache because it cannot distinguish mutants that have the same size and are written
        # within the same second.
        return run(copy, str(BIN / "cosmic-ray"), *arguments, PYTHONDONTWRITEBYTECODE="1").splitlines()

    cosmic_ray("init", "cosmic-ray.toml", "session.sqlite")
    print(f"{name}.py: {len(cosmic_ray('dump', 'session.sqlite'))} mutants, about 3 s each", flush=True)
    cosmic_ray("exec", "cosmic-ray.toml", "session.sqlite")
    survived, total = set(), 0
    for line in cosmic_ray("dump", "session.sqlite"):
        mutant, result = json.loads(line)
        if result is None or result["worker_outcome"] == "exception":
            raise SystemExit(f"cosmic-ray did not run a mutant of {name}: {line}")
        if result["test_outcome"] == "survived":
            total += 1
            function = mutant["mutations"][0]["definition_name"] or ""
            survived.add(Change(f"{name}.py", function, *changed_lines(result["diff"])))
    print(f"{name}.py: {total} survived", flush=True)
    return survived


def read_survivors(names: list[str]) -> set[Change]:
    """Return the explained mutants for these files. Raise SystemExit for invalid entries."""
    entries = yaml.safe_load(SURVIVORS.read_text("utf-8")) or []
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
        survivors = set().union(*pool.map(mutate, names))
    for change in sorted(survivors ^ known):
        heading = "survived, not explained" if change in survivors else "explained, but killed or not found"
        print(f"{heading}: {change.file}, {change.function}\n  was:     {change.was}\n  becomes: {change.becomes}\n")
    return int(survivors != known)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
