# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where things lie in this checkout, and the environment that every tool runs programs in.

Standard library only: ``make_venv.py`` runs before there is a virtual environment.
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
#: The path by which Python and Ansible import the collection, below a folder of collections.
COLLECTION = Path("ansible_collections") / "alicloud" / "fc"

# A person's own account, Ansible settings or git hook must not reach what the tools run.
_FOREIGN_PREFIXES = ("ALIBABA", "ALICLOUD", "ANSIBLE_", "FC_", "GIT_", "STS_")
_FOREIGN_NAMES = frozenset({"PYTHONHOME", "PYTHONPATH", "REGION", "REGION_ID", "VIRTUAL_ENV"})
# What the first line of a script can name: no blanks, not too long for the systems that cut such lines.
_PLAIN = re.compile(r"[\w./+@-]{1,90}", re.ASCII)


def environment(**extra: str) -> dict[str, str]:
    """Return the environment for a program started from here: this one without foreign settings, plus ``extra``.

    The virtual environment's programs come first in PATH, caches stay in .build, the loopback address needs no proxy.
    """
    result = {
        name: value
        for name, value in os.environ.items()
        if name not in _FOREIGN_NAMES and not name.startswith(_FOREIGN_PREFIXES)
    }
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
    """Yield a path to a folder that is free of blanks and other odd characters, wherever the checkout lies.

    ansible-test writes scripts whose first line names the interpreter, and such a line has no quoting. Where the
    folder's own path is not plain, a link in the temporary folder stands for it meanwhile.
    """
    if _PLAIN.fullmatch(str(folder)):
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="alicloud-fc-") as place:
        link = Path(place) / "link"
        link.symlink_to(folder)
        yield link
