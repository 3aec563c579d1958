# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Python package: the wheel contains the emulator, and its command and fixtures work without this repository.

The package index must be available.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest

from emulator import __version__

SOURCE = Path(__file__).resolve().parents[1]
ROOT = SOURCE.parents[1]
#: Only these variables are passed to the programs. None of them makes this repository importable.
ENVIRONMENT = {
    name: value
    for name, value in os.environ.items()
    if name.startswith(("PIP_", "SSL_"))
    or name.lower().endswith("_proxy")
    or name in ("HOME", "LANG", "PATH", "TMPDIR")
}

#: The tests of a user. The file account.json is in the same directory.
TESTS = """
import json, os, subprocess, sys, urllib.request
from pathlib import Path

import pytest
from alicloud_fc_emulator import ConfigKey, Emulator
from alicloud_fc_emulator.pytest_plugin import EmulatorFactory

pytestmark = pytest.mark.fc_emulator(state="account.json", switches={"put_merge": "replace"})


def read(path: str) -> dict:
    with urllib.request.urlopen(f"{os.environ['FC_ENDPOINT']}/_emulator/{path}") as response:
        return json.load(response)


def test_parameters(fc_emulator: Emulator) -> None:
    assert list(read("state")["services"]) == ["shop"]
    assert read("switches")["put_merge"] == "replace"
    fc_emulator.store.put_config(ConfigKey("shop", "order", "LATEST"), {"maxAsyncRetryAttempts": 1})
    assert len(read("state")["configs"]) == 1


def test_initial_state(fc_emulator: Emulator) -> None:
    assert read("state")["configs"] == []
    assert fc_emulator.journal.requests == []


@pytest.mark.fc_emulator(state={"functions": {"order": {}}})
def test_marker_of_test_takes_precedence(fc_emulator: Emulator) -> None:
    assert list(fc_emulator.store.dump()["functions"]) == ["order"]
    assert fc_emulator.switches.put_merge == "replace"


def test_environment(fc_emulator: Emulator) -> None:
    expected = {
        "ALIBABACLOUD_FC_PROGRESS": "false",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": fc_emulator.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": fc_emulator.access_key_secret,
        "ALIBABA_CLOUD_ACCOUNT_ID": fc_emulator.account_id,
        "ALIBABA_CLOUD_REGION": fc_emulator.region,
        "FC_ENDPOINT": fc_emulator.url,
        "STS_ENDPOINT": fc_emulator.url,
        "no_proxy": "internal.example,127.0.0.1",
        "NO_PROXY": "internal.example,127.0.0.1",
    }
    found = {name: value for name, value in os.environ.items() if name in expected or name.startswith(("ALI", "FC_"))}
    assert found == expected


def test_environment_is_restored() -> None:
    assert os.environ["ALICLOUD_ACCESS_KEY"] == "LTAIreal"
    assert "FC_ENDPOINT" not in os.environ


def test_factory(fc_emulator_factory: EmulatorFactory) -> None:
    first, second = fc_emulator_factory(account_id="1"), fc_emulator_factory(state={"functions": {"order": {}}})
    assert first.url != second.url
    assert first.environment()["ALIBABA_CLOUD_ACCOUNT_ID"] == "1"
    assert "ALICLOUD_ACCESS_KEY" not in first.environment()
    assert os.environ["ALICLOUD_ACCESS_KEY"] == "LTAIreal"
"""
#: A test that uses the marker incorrectly.
INVALID_TEST = """
import pytest


@pytest.mark.fc_emulator("account.json")
def test_it(fc_emulator):
    pass
"""


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command and return its output."""
    return subprocess.run(
        list(map(str, command)), cwd=folder, env={**ENVIRONMENT, **environment}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip


def install(python: Path, *arguments: str | Path, folder: Path) -> None:
    """Run a pip command that builds or installs packages."""
    process = run(python, "-m", "pip", *arguments, folder=folder)
    assert process.returncode == 0, process.stdout + process.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with a virtual environment."""
    folder = tmp_path_factory.mktemp("distribution")
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], env=ENVIRONMENT, check=True)
    return folder


@pytest.fixture(scope="module")
def python(folder: Path) -> Path:
    """The interpreter in the virtual environment."""
    return folder / "venv" / "bin" / "python"


@pytest.fixture(scope="module")
def wheel(folder: Path, python: Path) -> Path:
    """The wheel."""
    install(python, "wheel", "--no-deps", "--wheel-dir", "dist", SOURCE, folder=folder)
    [wheel] = (folder / "dist").iterdir()
    return wheel


@pytest.fixture(scope="module")
def installed(folder: Path, python: Path, wheel: Path) -> Path:
    """The scripts directory of the virtual environment. The wheel is installed, with the releases used by this test."""
    constraints = folder / "constraints.txt"
    releases = {f"{distribution.metadata['Name']}=={distribution.version}\n" for distribution in distributions()}
    constraints.write_text("".join(sorted(releases)), encoding="utf-8")
    install(python, "install", "--constraint", constraints, f"{wheel}[pytest]", folder=folder)
    return python.parent


def test_wheel_contains_emulator(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        metadata = archive.read(f"alicloud_fc_emulator-{__version__}.dist-info/METADATA").decode()
    package = {path.name for path in SOURCE.iterdir() if path.suffix == ".py" or path.name == "py.typed"}
    information = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/COPYING"}
    assert names == {f"alicloud_fc_emulator/{name}" for name in package} | {
        f"alicloud_fc_emulator-{__version__}.dist-info/{name}" for name in information
    }
    assert metadata.endswith((SOURCE / "README.md").read_text(encoding="utf-8"))


def test_version_is_version_of_collection() -> None:
    assert re.findall(r"^version: (.+)$", (ROOT / "galaxy.yml").read_text(encoding="utf-8"), re.MULTILINE) == [
        __version__
    ]


def test_license_is_license_of_collection() -> None:
    assert (SOURCE / "COPYING").read_bytes() == (ROOT / "COPYING").read_bytes()


def test_command(installed: Path, tmp_path: Path) -> None:
    command = installed / "fc-emulator"
    assert run(command, "--version", folder=tmp_path).stdout == f"fc-emulator {__version__}\n"
    assert run(command, "--help", folder=tmp_path).stdout.startswith("usage: fc-emulator ")
    (tmp_path / "account.json").write_text('{"services": {"shop": {"functions": ["order"]}}}', encoding="utf-8")
    options = ("--quiet", "--state", "account.json")
    process = subprocess.Popen([command, *options], cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{url}/_emulator/state", timeout=30) as response:
            assert list(json.load(response)["services"]) == ["shop"]
    finally:
        process.terminate()
        process.communicate()
    assert process.returncode == 0


def test_package_does_not_require_ansible_or_the_sdk(installed: Path, tmp_path: Path) -> None:
    names = run(installed / "python", "-m", "pip", "list", "--format", "json", folder=tmp_path).stdout
    packages = {package["name"].lower() for package in json.loads(names)}
    assert "alicloud-fc-emulator" in {name.replace("_", "-") for name in packages}
    assert not {name for name in packages if "ansible" in name or "alibabacloud" in name}


def test_fixtures(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "account.json").write_text('{"services": {"shop": {"functions": ["order"]}}}', encoding="utf-8")
    (tmp_path / "test_shop.py").write_text(TESTS, encoding="utf-8")
    process = run(
        installed / "python", "-m", "pytest", "--strict-markers", "-W", "error", "-p", "no:cacheprovider",
        folder=tmp_path, ALICLOUD_ACCESS_KEY="LTAIreal", ALIBABA_CLOUD_PROFILE="real", ALIBABACLOUD_FC_PROGRESS="false",
        no_proxy="internal.example", NO_PROXY="",
    )  # fmt: skip
    assert process.returncode == 0, process.stdout + process.stderr
    assert f" {TESTS.count('def test_')} passed" in process.stdout


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("services={}", "The fc_emulator marker: unsupported parameter 'services'; use switches, "),
        ("state=['x']", "The fc_emulator marker: state: must be a dictionary, not ['x']."),
    ],
)
def test_marker_with_invalid_argument(installed: Path, tmp_path: Path, argument: str, message: str) -> None:
    (tmp_path / "test_shop.py").write_text(INVALID_TEST.replace('"account.json"', argument), encoding="utf-8")
    process = run(installed / "python", "-m", "pytest", "-p", "no:cacheprovider", folder=tmp_path)
    assert process.returncode == 1
    assert message in process.stdout
    assert "Traceback" not in process.stdout


def test_marker_with_positional_argument(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "test_shop.py").write_text(INVALID_TEST, encoding="utf-8")
    process = run(installed / "python", "-m", "pytest", "-p", "no:cacheprovider", folder=tmp_path)
    assert process.returncode == 1
    assert "supports only keyword arguments" in process.stdout
