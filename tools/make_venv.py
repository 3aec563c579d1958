# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create or update the virtual environment .venv from requirements files.

    python tools/make_venv.py requirements-demo.txt [requirements-dev.txt ...]

Uses only the standard library. The output of the installer is written to .build/log/venv.log.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time

from project import BIN, LOGS, ROOT, VENV, environment

OLDEST_PYTHON = (3, 11)
CONSTRAINTS = ROOT / "constraints.txt"
#: Included by requirements-dev.txt. ansible-test requires this path.
UNIT_TESTS = ROOT / "tests" / "unit" / "requirements.txt"
LOG = LOGS / "venv.log"
#: The folder that contains a fingerprint file for each installed requirements file.
INSTALLED = VENV / "installed"
PIP = (str(BIN / "python"), "-m", "pip", "install", "--no-input", "--disable-pip-version-check")
UV = (str(BIN / "uv"), "pip", "install", "--python", str(BIN / "python"))


def fingerprint() -> str:
    """Return a hash of the requirements, the interpreter and the .venv path (scripts in .venv contain this path)."""
    files = [*sorted(ROOT.glob("requirements*.txt")), UNIT_TESTS, CONSTRAINTS]
    parts = [sys.version, str(VENV), *(file.read_text("utf-8") for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(*command: str, check: bool = True) -> bool:
    """Run a command, log its output and return whether it succeeded. With ``check``, raise SystemExit if it fails."""
    with LOG.open("a", encoding="utf-8") as log:
        process = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, env=environment(), check=False
        )
    if process.returncode and check:
        tail = LOG.read_text("utf-8", errors="replace").splitlines()[-30:]
        raise SystemExit("\n".join([*tail, f"Creating .venv failed: {' '.join(command)}\nComplete log: {LOG}"]))
    return process.returncode == 0


def has_own_index() -> bool:
    """Return whether pip is configured with an index, which uv would not use."""
    command = (*PIP[:3], "config", "list")
    config = subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)
    return re.search(r"(?<!extra-)index-url|no-index", config.stdout) is not None


def create() -> None:
    """Create .venv with the current releases of pip and, if possible, uv."""
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    run(*PIP, "--upgrade", "-c", str(CONSTRAINTS), "pip")
    if not has_own_index():
        run(*PIP, "--only-binary", ":all:", "-c", str(CONSTRAINTS), "uv", check=False)
    INSTALLED.mkdir()


def install(requirements: list[str]) -> list[str]:
    """Install the requirements files that are not yet installed and return their names."""
    wanted = fingerprint()
    if not INSTALLED.is_dir() or any(stamp.read_text("utf-8") != wanted for stamp in INSTALLED.iterdir()):
        create()
    missing = [name for name in requirements if not (INSTALLED / name).exists()]
    if missing:
        arguments = ["-c", str(CONSTRAINTS), *(part for name in missing for part in ("-r", str(ROOT / name)))]
        # uv needs about a third of the time. pip also works without a binary package of uv.
        if not (BIN / "uv").exists() or not run(*UV, *arguments, check=False):
            run(*PIP, *arguments)
    for name in missing:
        (INSTALLED / name).write_text(wanted, "utf-8")
    return missing


def main(requirements: list[str]) -> None:
    """Install the requirements in .venv and print what was done."""
    if sys.version_info < OLDEST_PYTHON:
        found = ".".join(map(str, sys.version_info[:3]))
        raise SystemExit(
            f"Python 3.11 or newer is required; {sys.executable} is {found}. Run `make PYTHON=/path/to/python3.13 ...`."
        )
    started = time.monotonic()
    LOG.parent.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", "utf-8")
    python = f"Python {sys.version_info.major}.{sys.version_info.minor}"
    print(f".venv: {python}, {', '.join(requirements)} ... ", end="", flush=True)
    done = install(requirements)
    print(f"installed in {time.monotonic() - started:.0f} s" if done else "up to date", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
