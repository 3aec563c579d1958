# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let ansible-test create virtual environments without downloading its bootstrap script.

    python tools/seed_pip_bootstrap.py

ansible-test downloads and caches a script that installs a specific pip release in an empty environment. If the script
is not in the cache, this tool adds one that does the same using the pip bundled with Python. Run this tool with an
interpreter that has ansible-test installed.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

from ansible_test._internal.constants import SUPPORTED_PYTHON_VERSIONS
from ansible_test._internal.python_requirements import get_venv_packages

CACHE = Path.home() / ".ansible" / "test" / "cache"

# ansible-test runs this in the new environment as `SCRIPT [pip option ...] pip==VERSION --no-setuptools --no-wheel`.
# ensurepip runs in a separate process because importing it disables the pip configuration, including the index.
BOOTSTRAP = '''\
"""Install the bundled pip in an empty virtual environment. Created by the alicloud.fc tools."""
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

if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    for version in {get_venv_packages(SimpleNamespace(version=python))["pip"] for python in SUPPORTED_PYTHON_VERSIONS}:
        script = CACHE / f"get_pip_{version.replace('.', '_')}.py"
        if not script.exists():
            # Another check may be reading the folder.
            temporary = script.with_suffix(f".{os.getpid()}")
            temporary.write_text(BOOTSTRAP, "utf-8")
            temporary.replace(script)
