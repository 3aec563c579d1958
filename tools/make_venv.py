# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create or update the virtual environment .venv from requirements files.

    python tools/make_venv.py requirements-demo.txt [requirements-dev.txt ...]
    python tools/make_venv.py --lock         (update constraints.txt to the newest allowed releases)

Uses only the standard library. The pip output is written to .build/log/venv.log. If pip fails, the end of the log is
also printed.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time

from project import BIN, LOGS, ROOT, VENV, environment

OLDEST_PYTHON = (3, 11)
CONSTRAINTS = ROOT / "constraints.txt"
#: Included by requirements-dev.txt. ansible-test requires this path.
UNIT_TESTS = ROOT / "tests" / "unit" / "requirements.txt"
CONSTRAINTS_HEAD = """\
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# The releases that `make demo` and `make test` install. Written by `make lock`; the bounds are in requirements*.txt.

"""
LOG = LOGS / "venv.log"
#: The folder that contains a fingerprint file for each installed requirements file.
INSTALLED = VENV / "installed"


def fingerprint() -> str:
    """Return a hash of the requirements, the interpreter and the .venv path (scripts in .venv contain this path)."""
    files = [*sorted(ROOT.glob("requirements*.txt")), UNIT_TESTS, CONSTRAINTS]
    parts = [sys.version, str(VENV), *(file.read_text("utf-8") for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(*command: str) -> None:
    """Run a command and log its output. Raise SystemExit with the end of the log if it fails."""
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment(), check=False
        )
    if process.returncode:
        tail = LOG.read_text("utf-8", errors="replace").splitlines()[-30:]
        raise SystemExit("\n".join([*tail, f"Creating .venv failed: {' '.join(command)}\nComplete log: {LOG}"]))


def create() -> None:
    """Create an empty .venv."""
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    INSTALLED.mkdir()


def pip_install(requirements: list[str], *options: str) -> None:
    """Install the requirements in these files with pip."""
    files = [argument for name in requirements for argument in ("-r", str(ROOT / name))]
    run(str(BIN / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check", *options, *files)


def install(requirements: list[str]) -> list[str]:
    """Install the requirements files that are not yet installed and return their names."""
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
    """Install all requirements in a new .venv without constraints and write the releases to constraints.txt."""
    create()
    pip_install([path.name for path in ROOT.glob("requirements*.txt")])
    frozen = subprocess.run(
        [str(BIN / "python"), "-m", "pip", "freeze"], env=environment(), stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    CONSTRAINTS.write_text(CONSTRAINTS_HEAD + frozen, "utf-8")


def main(arguments: list[str]) -> None:
    """Install requirements in .venv or update constraints.txt."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(
            f"Python 3.11 or newer is required; {sys.executable} is {found}. Run `make PYTHON=/path/to/python3.11 ...`."
        )
    started = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", "utf-8")
    if arguments == ["--lock"]:
        lock()
        return
    print(f".venv: {', '.join(arguments)} ... ", end="", flush=True)
    done = install(arguments)
    print(f"installed in {time.monotonic() - started:.0f} s" if done else "up to date", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
