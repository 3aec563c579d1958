# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installation of the emulator with the pip command in a document, from this checkout instead of from GitHub."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from .shell import ROOT, Shell

_URL = "https://github.com/alicloud-fc/alicloud.fc"


def prepare_pip(shell: Shell) -> None:
    """Make pip available in a shell. The package index must be available.

    Packages are installed in an environment that also contains the packages of the tests. If pip clones the repository
    from GitHub, it gets the emulator in this checkout, including uncommitted changes.
    """
    environment = {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    environment.update((name, os.environ[name]) for name in ("HTTPS_PROXY", "https_proxy") if name in os.environ)
    environment["GIT_CONFIG_COUNT"] = "1"
    environment["GIT_CONFIG_KEY_0"] = f"url.{_make_repository(shell.folder).as_uri()}.insteadOf"
    environment["GIT_CONFIG_VALUE_0"] = _URL
    exports = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
    bin_directory = shlex.quote(str(_make_venv(shell.folder) / "bin"))
    process = shell.run(f'export PATH={bin_directory}:"$PATH"\n{"".join(exports)}')
    assert process.returncode == 0, process.stderr


def _make_venv(folder: Path) -> Path:
    venv = folder / ".packages"
    subprocess.run([sys.executable, "-m", "venv", str(venv)], check=True)
    paths = sysconfig.get_paths(vars={"base": str(venv), "platbase": str(venv)})
    (Path(paths["purelib"]) / "packages-of-the-tests.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return venv


def _make_repository(folder: Path) -> Path:
    """Create a repository that contains only the emulator."""
    repository = folder / ".repository"
    source = Path("tests") / "emulator"
    shutil.copytree(ROOT / source, repository / source, ignore=shutil.ignore_patterns("__pycache__"))
    identity = ("-c", "user.name=Tests", "-c", "user.email=tests@example.com")
    for command in (("init", "--quiet"), ("add", "--all"), (*identity, "commit", "--quiet", "--message", "Emulator")):
        subprocess.run(["git", *command], cwd=repository, check=True)
    return repository
