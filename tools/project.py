# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths in this repository and the environment for programs that the tools run.

Uses only the standard library because ``make_venv.py`` runs before the virtual environment exists.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / ".build"
LOGS = BUILD / "log"
VENV = ROOT / ".venv"
BIN = VENV / "bin"
#: The path of the collection, relative to a folder in ANSIBLE_COLLECTIONS_PATH.
COLLECTION = Path("ansible_collections") / "alicloud" / "fc"

# The user's account, Ansible settings and git hooks must not affect the programs that the tools run. Without bytecode,
# each program would compile Ansible and the SDK, which takes longer than most tasks.
_REMOVED = re.compile(
    r"(ALIBABA|ALICLOUD|ANSIBLE_|FC_|GIT_|STS_).*"
    r"|PYTHONDONTWRITEBYTECODE|PYTHONHOME|PYTHONPATH|REGION|REGION_ID|VIRTUAL_ENV",
    re.DOTALL,
)
# Paths that are valid in the first line of a script on all systems. Some systems limit the length of this line.
_PLAIN = re.compile(r"[\w./+@-]{1,90}", re.ASCII)


def search_path(venv: Path = VENV) -> str:
    """Return PATH, preceded by a virtual environment and by the interpreters of pyenv and uv.

    Otherwise, ansible-test would run pyenv's shims, which fail for versions that are not selected.
    """
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR") or Path.home() / ".local" / "share" / "uv" / "python")
    interpreters = [folder for root in (pyenv, uv) for folder in sorted(root.glob("*/bin"), reverse=True)]
    return os.pathsep.join(map(str, (venv / "bin", *interpreters, os.environ.get("PATH", os.defpath))))


def environment(**extra: str) -> dict[str, str]:
    """Return the environment for a program: the current environment without user settings, plus ``extra``.

    The virtual environment is first in PATH, caches are in .build and requests to the loopback address do not use a
    proxy.
    """
    result = {name: value for name, value in os.environ.items() if not _REMOVED.fullmatch(name)}
    no_proxy = ",".join(filter(None, (result.get("NO_PROXY"), "127.0.0.1,localhost")))
    result.update(
        PATH=os.pathsep.join((str(BIN), result.get("PATH", os.defpath))),
        NO_PROXY=no_proxy,
        no_proxy=no_proxy,
        ALIBABA_CLOUD_ECS_METADATA_DISABLED="true",
        ANSIBLE_COLLECTIONS_PATH=str(BUILD),
        ANSIBLE_CONFIG=str(ROOT / "tools" / "ansible.cfg"),
        ANSIBLE_HOME=str(BUILD / "ansible"),
        HYPOTHESIS_STORAGE_DIRECTORY=str(BUILD / "cache" / "hypothesis"),
        PYTHONPYCACHEPREFIX=str(BUILD / "cache" / "bytecode"),
        RUFF_CACHE_DIR=str(BUILD / "cache" / "ruff"),
    )
    return result | extra


@contextlib.contextmanager
def plain(folder: Path) -> Iterator[Path]:
    """Yield a path that leads to a folder and contains no spaces or special characters.

    ansible-test writes scripts whose first line contains the interpreter path, which cannot be quoted there. If the
    path of the folder is not valid there, a temporary link is used.
    """
    if _PLAIN.fullmatch(str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="alicloud-fc-") as temporary:
        link = Path(temporary) / "link"
        link.symlink_to(folder)
        yield link
