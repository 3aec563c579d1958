# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the version of the collection and of git revisions."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
import yaml
from ansible_collections.alicloud.fc.plugins.plugin_utils import _revision
from ansible_collections.alicloud.fc.plugins.plugin_utils._revision import collection_version, revision_of


def git(folder: Path, *arguments: str) -> str:
    """Run a git command and return its output."""
    command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Return a repository in which ``a b.yml`` and ``folder/c.yml`` are committed."""
    (tmp_path / "a b.yml").write_text("a: 1\n", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "c.yml").write_text("c: 1\n", "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "Add files")
    return tmp_path


def test_files_and_directories_have_the_revision_of_the_checkout(repository: Path) -> None:
    commit = git(repository, "rev-parse", "HEAD")
    for name in ("a b.yml", "folder", "folder/c.yml"):
        assert revision_of(str(repository / name)) == {"commit": commit, "modified": False}
    (repository / "folder" / "c.yml").write_text("c: 2\n", "utf-8")
    assert [revision_of(str(repository / name)) for name in ("a b.yml", "folder", "folder/c.yml")] == [
        {"commit": commit, "modified": modified} for modified in (False, True, True)
    ]


def test_a_new_file_in_a_directory_modifies_the_directory(repository: Path) -> None:
    (repository / "folder" / "new.yml").write_text("", "utf-8")
    found = revision_of(str(repository / "folder"))
    assert found is not None
    assert found["modified"] is True
    assert revision_of(str(repository / "folder" / "new.yml")) is None


def test_files_outside_a_repository_have_no_revision(tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text("", "utf-8")
    assert revision_of(str(tmp_path / "file.yml")) is None
    assert revision_of(str(tmp_path / "missing" / "file.yml")) is None


def test_a_repository_without_commits_has_no_revision(tmp_path: Path) -> None:
    (tmp_path / "file.yml").write_text("", "utf-8")
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    assert revision_of(str(tmp_path / "file.yml")) is None


def test_git_is_optional(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert revision_of(str(repository / "a b.yml")) is None


def test_version_of_a_checkout_and_of_an_installed_collection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "alicloud" / "fc"
    (root / "plugins" / "plugin_utils").mkdir(parents=True)
    monkeypatch.setattr(_revision, "__file__", str(root / "plugins" / "plugin_utils" / "_revision.py"))
    (root / "galaxy.yml").write_text(yaml.safe_dump({"version": "1.2.3-dev"}), "utf-8")
    assert collection_version() == "1.2.3-dev"
    (root / "MANIFEST.json").write_text(json.dumps({"collection_info": {"version": "1.2.3"}}), "utf-8")
    assert collection_version() == "1.2.3"
