# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create the virtual environment .venv from requirements files, unless it is up to date.

    python tools/make_venv.py requirements-demo.txt [requirements-dev.txt ...]

Uses only the standard library. The output of the installers is written to .build/log/venv.log.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time

from project import BIN, LOGS, ROOT, VENV, environment

OLDEST_PYTHON = (3, 11)
CONSTRAINTS = ("-c", str(ROOT / "constraints.txt"))
LOG = LOGS / "venv.log"
PIP = (str(BIN / "python"), "-m", "pip")
INSTALL = (*PIP, "install", "--no-input", "--disable-pip-version-check", *CONSTRAINTS)


def fingerprint() -> str:
    """Return a hash of the requirements, the interpreter and the .venv path (scripts in .venv contain this path)."""
    # ansible-test requires the path of the requirements of the unit tests.
    files = [*sorted(ROOT.glob("*.txt")), ROOT / "tests" / "unit" / "requirements.txt"]
    parts = [sys.version, str(VENV), *(file.read_text("utf-8") for file in files)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def run(*command: str, check: bool = True) -> bool:
    """Run a command, log its output and return whether it succeeded. With ``check``, raise SystemExit if it fails."""
    with LOG.open("a", encoding="utf-8") as log:
        status = subprocess.call(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment())
    if status and check:
        tail = LOG.read_text("utf-8", errors="replace").splitlines()[-30:]
        raise SystemExit("\n".join([*tail, f"Creating .venv failed: {' '.join(command)}\nComplete log: {LOG}"]))
    return status == 0


def create(requirements: list[str]) -> None:
    """Create .venv with the newest pip. Install the requirements with uv, which needs about a third of pip's time."""
    files = [part for name in requirements for part in ("-r", str(ROOT / name))]
    run(sys.executable, "-m", "venv", "--clear", str(VENV))
    run(*INSTALL, "--upgrade", "pip")
    # uv does not read the configuration of pip, and is not available for all platforms.
    config = subprocess.run([*PIP, "config", "list"], env=environment(), stdout=subprocess.PIPE, text=True, check=True)
    own_index = re.search(r"(?<!extra-)index-url|no-index", config.stdout)
    has_uv = not own_index and run(*INSTALL, "--only-binary", ":all:", "uv", check=False)
    uv = (str(BIN / "uv"), "pip", "install", "--python", str(BIN / "python"), *CONSTRAINTS)
    if not has_uv or not run(*uv, *files, check=False):
        run(*INSTALL, *files)


def main(requirements: list[str]) -> None:
    """Install the requirements in .venv and print what was done."""
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        raise SystemExit(
            f"Python 3.11 or newer is required; {sys.executable} is {version}. "
            "Run `make PYTHON=/path/to/python3.13 ...`."
        )
    print(f".venv: Python {version}, {', '.join(requirements)} ... ", end="", flush=True)
    started, wanted = time.monotonic(), fingerprint()
    stamps = [VENV / f"{name}.installed" for name in requirements]
    if all(stamp.exists() and stamp.read_text("utf-8") == wanted for stamp in stamps):
        print("up to date", flush=True)
        return
    LOGS.mkdir(parents=True, exist_ok=True)
    LOG.write_text("", "utf-8")
    create(requirements)
    for stamp in stamps:
        stamp.write_text(wanted, "utf-8")
    print(f"installed in {time.monotonic() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
