# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The workflows, the other files in .github and the scripts in .ci are valid and agree with noxfile.py."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ._files import ROOT, files, load

GITHUB = ROOT / ".github"
WORKFLOWS = sorted(GITHUB.glob("workflows/*.yml"))
ACTIONS = sorted(GITHUB.glob("actions/*/action.yml"))
FORMS = sorted(set(GITHUB.glob("ISSUE_TEMPLATE/*.yml")) - {GITHUB / "ISSUE_TEMPLATE" / "config.yml"})
SCHEMAS = [
    *((path, "vendor.github-workflows") for path in WORKFLOWS),
    *((path, "vendor.github-actions") for path in ACTIONS),
    *((path, "vendor.github-issue-forms") for path in FORMS),
    (GITHUB / "ISSUE_TEMPLATE" / "config.yml", "vendor.github-issue-config"),
    (GITHUB / "dependabot.yml", "vendor.dependabot"),
]
#: An action of another repository, pinned by commit, with its version in a comment.
PINNED = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+")
JOBS: dict[str, Any] = load(".github/workflows/ci.yml")["jobs"]


def run(*command: str, folder: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a program and return its output."""
    return subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("path", "schema"), SCHEMAS, ids=[path.relative_to(GITHUB).as_posix() for path, schema in SCHEMAS]
)
def test_files_for_github_are_valid(path: Path, schema: str) -> None:
    result = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path))
    assert result.returncode == 0, result.stdout


def test_each_yaml_file_for_github_is_validated() -> None:
    validated = {path.relative_to(ROOT).as_posix() for path, schema in SCHEMAS}
    assert {name for name in files() if name.startswith(".github/") and name.endswith(".yml")} == validated


def test_workflows_have_no_security_problems() -> None:
    result = run(str(Path(sys.executable).with_name("zizmor")), "--offline", "--min-severity", "medium", str(GITHUB))
    assert result.returncode == 0, result.stdout


def test_actions_are_pinned_and_have_a_version() -> None:
    lines = [line.strip() for path in (*WORKFLOWS, *ACTIONS) for line in path.read_text("utf-8").splitlines()]
    uses = [line.removeprefix("- ") for line in lines if re.match(r"(?:- )?uses: (?!\./)", line)]
    assert uses
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


def commands(job: str) -> str:
    """Return the commands of a job."""
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


def python_versions(job: str) -> set[str]:
    """Return the Python versions that a job sets up."""
    (versions,) = [step["with"]["versions"] for step in JOBS[job]["steps"] if "versions" in step.get("with", {})]
    return set(versions.split())


def sessions(name: str) -> list[dict[str, Any]]:
    """Return the sessions in noxfile.py that have a name, one for each combination of parameters."""
    result = run(sys.executable, "-m", "nox", "--list", "--json", "--sessions", name)
    assert result.returncode == 0, result.stderr
    listed: list[dict[str, Any]] = json.loads(result.stdout)
    return listed


def matrix(job: str) -> list[dict[str, str]]:
    """Return the combinations with which a job runs."""
    combinations: list[dict[str, str]] = JOBS[job]["strategy"]["matrix"]["include"]
    return combinations


def test_ci_tests_all_releases_of_ansible_core() -> None:
    expected = {(one["call_spec"]["core"], one["python"]) for one in sessions("core")}
    assert {(job["core"], version) for job in matrix("core") for version in job["versions"].split()} == expected
    assert {version for release, version in expected} <= python_versions("core")


def test_ci_runs_the_other_sessions_of_the_matrix() -> None:
    names = {job["session"] for job in matrix("others")}
    assert names == {"sdk", "managed"}
    for name in names:
        calls = [(one["python"], one["call_spec"].get("host")) for one in sessions(name)]
        assert {version for call in calls for version in call if version} <= python_versions("others")


def test_a_pre_release_of_ansible_core_does_not_block_changes() -> None:
    job = JOBS["prerelease"]
    assert job["continue-on-error"] is True
    assert "schedule" in job["if"]
    name = commands("prerelease").split()[-1]
    assert {one["python"] for one in sessions(name)} == python_versions("prerelease")


def test_ci_runs_weekly_and_for_pull_requests() -> None:
    events = load(".github/workflows/ci.yml")["on"]
    assert {"push", "pull_request", "schedule"} <= set(events)
    assert ".ci/run" in commands("checks")


def test_a_release_is_published_only_after_ci() -> None:
    jobs = load(".github/workflows/release.yml")["jobs"]
    assert jobs["tests"]["uses"] == "./.github/workflows/ci.yml"
    [publishing] = [name for name, job in jobs.items() if "publish" in str(job.get("steps")) and "needs" in job]
    assert set(jobs[publishing]["needs"]) == {"tests", "build"}
    assert jobs["github"]["needs"] == [publishing]


def test_the_playbooks_run_in_the_image_that_ci_builds(tmp_path: Path) -> None:
    """A stub of the container engine runs the command on this machine, in the mounted directory."""
    (built,) = re.findall(r"ansible-builder build .*--tag (\S+)", commands("execution-environment"))
    engine = tmp_path / "engine"
    engine.write_text(
        f"""#!/bin/sh
set -eu
test "$1" = run
while test "$1" != "{built}"; do
    case $1 in
        --env-file) set -a; . "$2"; set +a ;;
        --volume) cd "${{2%%:*}}" ;;
    esac
    shift
done
shift
exec "$@"
""",
        "utf-8",
    )
    engine.chmod(0o755)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    variables = {"ENGINE": str(engine), "PATH": path, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build")}
    result = subprocess.run(
        ["sh", "-c", commands("execution-environment").splitlines()[-1]], cwd=ROOT, env={**os.environ, **variables},
        stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("PLAY RECAP") == 3


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """Return a copy of the files from which release notes are generated, without unreleased fragments."""
    for name in files():
        if name.startswith((".ci/", "changelogs/", "plugins/")) or name in {"galaxy.yml", "CHANGELOG.md"}:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tmp_path / name)
    for fragment in (tmp_path / "changelogs" / "fragments").glob("*.yml"):
        fragment.unlink()
    (tmp_path / ".venv").symlink_to(Path(sys.prefix))
    return tmp_path


def version(folder: Path) -> str:
    """Return the version of the collection in a folder."""
    (found,) = re.findall(r"^version: (.+)$", (folder / "galaxy.yml").read_text("utf-8"), re.MULTILINE)
    return str(found)


def notes(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    """Run the script that prints the release notes."""
    return run("sh", ".ci/release-notes", name, folder=folder)


def test_release_notes_contain_only_the_release(release: Path) -> None:
    name = version(release)
    changelog = release / "changelogs" / "changelog.yaml"
    content = yaml.safe_load(changelog.read_text("utf-8"))
    content["releases"]["0.9.0"] = {
        "changes": {"release_summary": "An older release."}, "release_date": "2026-01-01"
    }  # fmt: skip
    summary = content["releases"][name]["changes"]["release_summary"] = "A release that is described here"
    changelog.write_text(yaml.safe_dump(content), "utf-8")
    before = (release / "CHANGELOG.md").read_text("utf-8")
    result = notes(release, name)
    assert result.returncode == 0, result.stderr
    assert result.stdout.count(summary) == 1
    assert "An older release" not in result.stdout
    assert (release / "CHANGELOG.md").read_text("utf-8") == before


def test_release_notes_require_the_version_of_the_collection(release: Path) -> None:
    result = notes(release, "9.9.9")
    assert (result.returncode, result.stdout) == (1, "")
    assert "galaxy.yml" in result.stderr


def test_release_notes_require_the_release_in_the_changelog(release: Path) -> None:
    (release / "galaxy.yml").write_text("version: 9.9.9\n", "utf-8")
    result = notes(release, "9.9.9")
    assert (result.returncode, result.stdout) == (1, "")
    assert "changelog.yaml" in result.stderr


def test_release_notes_require_that_all_fragments_are_released(release: Path) -> None:
    (release / "changelogs" / "fragments" / "new.yml").write_text("---\nbugfixes:\n  - Fixed.\n", "utf-8")
    result = notes(release, version(release))
    assert (result.returncode, result.stdout) == (1, "")
    assert "new.yml" in result.stderr
