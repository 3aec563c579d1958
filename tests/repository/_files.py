# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files in git, from which the tests in this directory read."""

from __future__ import annotations

import ast
import os
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]


def files() -> list[str]:
    """Return the names of all files that git tracks or does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    names = sorted({os.fsdecode(name) for name in listed.split(b"\0") if name})
    return [name for name in names if (ROOT / name).is_file()]


def load(name: str) -> Any:
    """Return the content of a YAML file."""
    return yaml.safe_load((ROOT / name).read_text("utf-8"))


def constants(path: Path) -> dict[str, str]:
    """Return the string constants in a Python file, such as DOCUMENTATION."""
    return {
        target.id: str(node.value.value)
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
