# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find the installed Python interpreters.

ansible-test uses them to compile and import the modules, and the version matrix uses them to run the tests.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

_NAME = re.compile(r"python3\.\d+")
# The folders used by version managers, whose interpreters may not be in PATH.
_MANAGED = (
    Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
    Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local" / "share" / "uv" / "python")),
)


def _candidates(folder: Path) -> list[Path]:
    """Return the files in a folder that are named like Python interpreters."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]


def _runs(interpreter: Path) -> bool:
    """Return whether an interpreter can be run. Version manager shims fail if their version is not selected."""
    try:
        process = subprocess.run([interpreter, "-c", ""], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return process.returncode == 0


@functools.cache
def search_folders() -> tuple[Path, ...]:
    """Return the folders in PATH and those of version managers, except folders that contain a failing interpreter."""
    named = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    managed = [folder for root in _MANAGED for folder in sorted(root.glob("*/bin"), reverse=True)]
    return tuple(folder for folder in named + managed if all(map(_runs, _candidates(folder))))


def interpreters() -> dict[str, Path]:
    """Return the first interpreter found for each Python version. The keys are the versions, such as ``"3.11"``."""
    found: dict[str, Path] = {}
    for folder in search_folders():
        for path in _candidates(folder):
            found.setdefault(path.name.removeprefix("python"), path)
    return found
