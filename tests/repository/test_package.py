# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package contains only the files that users need, and ansible-builder finds its Python requirements."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from ._files import ROOT, files

BIN = Path(sys.executable).parent
CONTENTS = {
    "CHANGELOG.md", "CHANGELOG.rst", "COPYING", "FILES.json", "LICENSES", "MANIFEST.json", "README.md", "REUSE.toml",
    "changelogs", "docs", "examples", "meta", "playbooks", "plugins", "requirements.txt", "tests",
}  # fmt: skip
#: The largest package that Galaxy accepts, in bytes.
MAX_SIZE = 20 * 2**20


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the package from the files in git and return its path."""
    folder = tmp_path_factory.mktemp("package")
    for name in files():
        (folder / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / "source" / name)
    command = [str(BIN / "ansible-galaxy"), "collection", "build", "--output-path", str(folder)]
    subprocess.run(command, cwd=folder / "source", stdout=subprocess.DEVNULL, check=True)
    (built,) = folder.glob("*.tar.gz")
    return built


def test_the_package_contains_only_files_for_users(package: Path) -> None:
    with tarfile.open(package) as archive:
        names = archive.getnames()
    assert {name.partition("/")[0] for name in names} == CONTENTS
    assert [name for name in names if name.endswith((".pyc", "~", ".swp", ".log"))] == []
    assert package.stat().st_size < MAX_SIZE


def requirements(text: str) -> list[str]:
    """Return the requirements in a file, without comments."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return sorted(line for line in lines if line)


def test_execution_environments_contain_the_libraries(package: Path, tmp_path: Path) -> None:
    with tarfile.open(package) as archive:
        archive.extractall(tmp_path / "ansible_collections" / "alicloud" / "fc", filter="data")
    found = tmp_path / "found.txt"
    command = [str(BIN / "ansible-builder"), "introspect", "--write-pip", str(found), str(tmp_path)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    wanted = requirements((ROOT / "requirements.txt").read_text("utf-8"))
    assert wanted
    assert requirements(found.read_text("utf-8")) == wanted
