# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the virtual environment .venv from requirements files, or leave it alone where it is right already.

    python tools/make_venv.py requirements-demo.txt [requirements-dev.txt ...]
    python tools/make_venv.py --lock         (write constraints.txt: the newest releases that the bounds allow)

Standard library only. Prints one line; what pip says goes to .build/log/venv.log and is shown if it fails.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

from project import BIN, LOGS, ROOT, VENV, environment

OLDEST_PYTHON = (3, 11)
CONSTRAINTS = ROOT / "constraints.txt"
#: Included by one of the requirements files; it lies where ansible-test looks for it.
UNIT_TESTS = ROOT / "tests" / "unit" / "requirements.txt"
CONSTRAINTS_HEAD = """\
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The releases that `make demo` and `make test` run. Written by `make lock`; bounds are in requirements*.txt.

"""
LOG = LOGS / "venv.log"
#: One file for each requirements file that is installed; its content says from what.
INSTALLED = VENV / "installed"


def fingerprint() -> str:
    """Return what an installation depends on: the requirements, the interpreter, and the place (scripts name it)."""
    files = [*sorted(ROOT.glob("requirements*.txt")), UNIT_TESTS, CONSTRAINTS]
    parts = [sys.version, str(VENV), *(file.read_text("utf-8") for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(*command: str) -> None:
    """Run a command with its output in the log; raises SystemExit with the end of the log if it fails."""
    with LOG.open("a", encoding="utf-8") as log:
        ended = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment(), check=False
        )
    if ended.returncode:
        tail = LOG.read_text("utf-8", errors="replace").splitlines()[-30:]
        raise SystemExit("\n".join([*tail, f"making .venv failed at: {' '.join(command)}\nwhole log: {LOG}"]))


def create() -> None:
    """Make .venv anew and empty."""
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    INSTALLED.mkdir()


def pip_install(requirements: list[str], *options: str) -> None:
    """Install what the requirements files name."""
    files = [argument for name in requirements for argument in ("-r", str(ROOT / name))]
    run(str(BIN / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *options, *files)


def install(requirements: list[str]) -> list[str]:
    """Install those of the requirements files that are not installed yet; return their names."""
    wanted = fingerprint()
    if not INSTALLED.is_dir() or any(stamp.read_text("utf-8") != wanted for stamp in INSTALLED.iterdir()):
        create()
    missing = [name for name in requirements if not (INSTALLED / name).exists()]
    if missing:
        pip_install(missing, "-c", str(CONSTRAINTS))
    for name in missing:
        (INSTALLED / name).write_text(wanted, "utf-8")
    return missing


def lock() -> None:
    """Write the constraints file from what pip chooses for all requirements without one; .venv is made for it."""
    create()
    pip_install([path.name for path in ROOT.glob("requirements*.txt")])
    frozen = subprocess.run(
        [str(BIN / "python"), "-m", "pip", "freeze"], env=environment(), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    CONSTRAINTS.write_text(CONSTRAINTS_HEAD + frozen, "utf-8")


def main(arguments: list[str]) -> None:
    """Bring .venv up to date with the requirements files named and say so in one line, or write the constraints."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(
            f"Python 3.11 or newer is needed, {sys.executable} is {found}: run `make PYTHON=/path/to/python3.11 ...`"
        )
    started = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", "utf-8")
    if arguments == ["--lock"]:
        lock()
        return
    print(f".venv: {', '.join(arguments)} ... ", end="", flush=True)
    done = install(arguments)
    print(f"installed in {time.monotonic() - started:.0f} s" if done else "there already", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
