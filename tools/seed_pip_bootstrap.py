# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let ansible-test make its virtual environments without the one download that it needs beside a package index.

    python tools/seed_pip_bootstrap.py

ansible-test fetches a script that puts a certain pip into an empty environment, and keeps it in its cache. Where the
cache has none yet, this puts one there that does the same with the pip that Python itself carries. To be run by an
interpreter that has ansible-test installed.
"""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.constants import SUPPORTED_PYTHON_VERSIONS
from ansible_test._internal.python_requirements import get_venv_packages

CACHE = Path.home() / ".ansible" / "test" / "cache"

# ansible-test runs it in the new environment, as `SCRIPT [pip option ...] pip==VERSION --no-setuptools --no-wheel`.
# ensurepip gets a process of its own: it switches pip's configuration, the package index among it, off for good in
# the process that imports it.
BOOTSTRAP = '''\
"""Put pip into an empty virtual environment, from Python's own copy. Made by alicloud.fc's tools."""
import subprocess
import sys

own_options = ("--no-setuptools", "--no-wheel")
wanted = [argument for argument in sys.argv[1:] if argument not in own_options]
pip = [sys.executable, "-m", "pip"]
subprocess.check_call([sys.executable, "-m", "ensurepip", "--default-pip"], stdout=subprocess.DEVNULL)
subprocess.check_call(pip + ["install", "--quiet"] + wanted)
if sys.version_info < (3, 12) and "--no-setuptools" in sys.argv:
    subprocess.check_call(pip + ["uninstall", "--quiet", "--yes", "setuptools"])
'''


def wanted_versions() -> set[str]:
    """Return the pip versions that the installed ansible-test asks for, over all Pythons that it knows."""
    return {get_venv_packages(SimpleNamespace(version=python))["pip"] for python in SUPPORTED_PYTHON_VERSIONS}


def seed(cache: Path = CACHE) -> None:
    """Write the bootstrap script for each wanted version that ``cache`` lacks; what is there stays."""
    cache.mkdir(parents=True, exist_ok=True)
    for version in wanted_versions():
        script = cache / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            script.write_text(BOOTSTRAP, "utf-8")


if __name__ == "__main__":
    seed()
