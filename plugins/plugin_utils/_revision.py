# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The version of this collection and the git revision of a file."""

from __future__ import annotations

import json
import os
import re
import subprocess
from typing import Any

import yaml

#: Number of seconds after which a git command is aborted.
_TIMEOUT = 10


def collection_version() -> str:
    """Return the version of this collection: that of the installed package, or that in a checkout."""
    root = os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, os.pardir)
    try:
        with open(os.path.join(root, "MANIFEST.json"), encoding="utf-8") as file:
            return str(json.load(file)["collection_info"]["version"])
    except OSError:
        with open(os.path.join(root, "galaxy.yml"), encoding="utf-8") as file:
            return str(yaml.safe_load(file)["version"])


def revision_of(path: str) -> dict[str, Any] | None:
    """Return the commit that is checked out and whether the file or directory differs from it.

    Returns None if the path is not tracked by git or git is not installed.
    """
    folder, name = os.path.split(os.path.abspath(path))
    if not _git(folder, "ls-files", "--", name):
        return None
    commit = _git(folder, "rev-parse", "--verify", "HEAD").strip()
    if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", commit) is None:
        return None
    return {"commit": commit, "modified": bool(_git(folder, "status", "--porcelain", "--", name))}


def _git(folder: str, *arguments: str) -> str:
    """Return the output of a git command, or an empty string if it fails."""
    # An audit must not write to the repository.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "-C", folder, "-c", "core.fsmonitor=false", "--no-pager", *arguments]
    try:
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=_TIMEOUT
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.decode("utf-8", "replace")
