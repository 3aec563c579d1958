# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the checkout, wherever it lies, the path ansible_collections/alicloud/fc: as a link and as a copy below .build.

    python tools/make_tree.py

Standard library only.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from project import BUILD, COLLECTION, ROOT, environment


def git(*arguments: str, where: Path) -> bytes:
    """Run git in a folder and return what it printed; raises CalledProcessError where git refuses."""
    return subprocess.run(["git", *arguments], cwd=where, env=environment(), stdout=subprocess.PIPE, check=True).stdout


def known_files() -> list[Path]:
    """Return the files of the checkout that git knows or would add, relative to its root."""
    listed = git("ls-files", "-z", "--cached", "--others", "--exclude-standard", where=ROOT)
    names = sorted({os.fsdecode(name) for name in listed.split(b"\0") if name})
    return [Path(name) for name in names if os.path.lexists(ROOT / name)]


def make_link() -> None:
    """Make the collection's path below .build point at the checkout, relatively, so that the checkout can be moved."""
    link = BUILD / COLLECTION
    link.parent.mkdir(parents=True, exist_ok=True)
    target = os.path.relpath(ROOT, link.parent)
    if link.is_symlink() and os.readlink(link) == target:
        return
    link.unlink(missing_ok=True)
    link.symlink_to(target)


def make_copy(name: str) -> Path:
    """Copy the files that git knows, and nothing else, to the collection's path below .build/copy/NAME; return it.

    For programs that resolve links, look into .build and .venv, or write where they run. The copy is made anew and is
    a repository of its own, because ansible-test, ansible-lint and reuse ask git which files there are, and the
    repository around it ignores the whole folder.
    """
    copy = BUILD / "copy" / name / COLLECTION
    shutil.rmtree(copy, ignore_errors=True)
    for file in known_files():
        (copy / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / file, copy / file, follow_symlinks=False)
    git("init", "--quiet", where=copy)
    git("add", "--all", "--force", where=copy)
    return copy


if __name__ == "__main__":
    make_link()
    print(make_copy("by-hand"))
