# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create ansible_collections/alicloud/fc under .build, both as a link to the checkout and as a copy of it.

    python tools/make_tree.py

Uses only the standard library.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from project import BUILD, COLLECTION, ROOT, environment


def git(*arguments: str, folder: Path) -> bytes:
    """Run git in a folder and return its output. Raise CalledProcessError if it fails."""
    return subprocess.run(["git", *arguments], cwd=folder, env=environment(), stdout=subprocess.PIPE, check=True).stdout


def make_link() -> None:
    """Create a link to the checkout in .build. The link is relative so that the checkout can be moved."""
    link = BUILD / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    target = os.path.relpath(ROOT, link.parent)
    if link.is_symlink() and os.readlink(link) == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def make_copy(name: str) -> Path:
    """Copy all files not ignored by git to .build/copy/NAME and return the collection's path in the copy.

    Use the copy for programs that resolve links, read .build and .venv, or write to the current folder. The copy is
    created from scratch. It is a separate git repository because ansible-test, ansible-lint and reuse get the list of
    files from git, and the checkout's repository ignores .build.
    """
    copy = BUILD / "copy" / name / COLLECTION
    shutil.rmtree(copy, ignore_errors=True)
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", folder=ROOT)
    for file in map(os.fsdecode, filter(None, set(listed.split(b"\0")))):
        if os.path.lexists(ROOT / file):
            (copy / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / file, copy / file, follow_symlinks=False)
    git("init", "--quiet", folder=copy)
    git("add", "--all", "--force", folder=copy)
    return copy


if __name__ == "__main__":
    make_link()
    print(make_copy("by-hand"))
