# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which Python interpreters this machine has.

ansible-test compiles and imports the modules with each of them, and the version matrix runs on each.
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
from pathlib import Path

_NAME = re.compile(r"python3\.\d+")
# Where version managers keep interpreters that are not in PATH.
_MANAGED = (
    Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions",
    Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local" / "share" / "uv" / "python")),
)


def _candidates(folder: Path) -> list[Path]:
    """Return the files in a folder that are named as a Python interpreter with its version."""
    if not folder.is_dir():
        return []
    return [path for path in folder.iterdir() if _NAME.fullmatch(path.name)]


def _runs(interpreter: Path) -> bool:
    """Tell whether an interpreter starts: a version manager's stand-in for one that is not chosen does not."""
    try:
        ended = subprocess.run([interpreter, "-c", ""], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError:
        return False
    return ended.returncode == 0


@functools.cache
def search_folders() -> tuple[Path, ...]:
    """Return PATH's folders without those that hold an interpreter that doesn't run, then the version managers'."""
    named = [Path(folder) for folder in os.environ.get("PATH", os.defpath).split(os.pathsep) if folder]
    managed = [folder for root in _MANAGED for folder in sorted(root.glob("*/bin"), reverse=True)]
    return tuple(folder for folder in named + managed if all(map(_runs, _candidates(folder))))


def interpreters() -> dict[str, Path]:
    """Return the first interpreter found of each version, by ``"3.X"``."""
    found: dict[str, Path] = {}
    for folder in search_folders():
        for path in _candidates(folder):
            found.setdefault(path.name.removeprefix("python"), path)
    return found
