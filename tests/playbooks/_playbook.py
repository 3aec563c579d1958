# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the playbooks, for example ``ansible-playbook alicloud.fc.audit``, in separate folders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]
#: Files written by Terraform 1.11 with the aliyun/alicloud provider.
TERRAFORM = ROOT / "tests/unit/plugins/filter/terraform"
_ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")


@dataclass(frozen=True)
class Run:
    """A playbook run: its folder, exit status, output and API operations."""

    folder: Path
    status: int
    output: str
    reads: list[str]
    writes: list[str]

    def shown(self, task: str) -> Any:
        """Return the message that a task displayed."""
        message = self.output.split(f"TASK [{task}]", 1)[1].split('"msg": ', 1)[1]
        return json.JSONDecoder().raw_decode(message)[0]

    def lines(self, task: str) -> list[str]:
        """Return the lines that a task displayed above its result."""
        _heading, *lines = self.output.split(f"TASK [{task}]", 1)[1].split("\nok: [", 1)[0].splitlines()
        return lines

    def changes(self) -> list[str]:
        """Return the table that the ``apply`` playbook displayed."""
        return self.lines("Show the changes")

    def error(self, host: str = "localhost") -> str:
        """Return the message from the task that failed."""
        message = self.output.split(f"fatal: [{host}]: ", 1)[1].split("! => ", 1)[1]
        return str(json.JSONDecoder().raw_decode(message)[0]["msg"]).removeprefix("Task failed: ")


class Audit(Run):
    """A run of the ``audit`` playbook."""

    def page(self, name: str = "audit") -> Path:
        """Return the path of the HTML report."""
        return self.folder / f"{name}.html"

    def report(self, name: str = "audit") -> dict[str, Any]:
        """Return the content of the JSON report."""
        report: dict[str, Any] = json.loads((self.folder / f"{name}.json").read_text("utf-8"))
        return report

    def verdicts(self) -> dict[str, str]:
        """Return the verdicts by configuration ID."""
        return {row["id"]: row["verdict"] for row in self.report()["rows"]}

    def differences(self, name: str) -> dict[str, tuple[Any, Any]]:
        """Return the desired and current values of the options that differ in the configuration with this ID."""
        [row] = [row for row in self.report()["rows"] if row["id"] == name]
        return {
            difference["option"]: (difference["desired"], difference["current"]) for difference in row["differences"]
        }

    def table(self) -> list[str]:
        """Return the lines of the table printed by the playbook."""
        return self.lines("Show the differences")


class Preflight(Run):
    """A run of the ``preflight`` playbook."""

    def report(self) -> dict[str, Any]:
        """Return the content of the JSON report."""
        report: dict[str, Any] = json.loads((self.folder / "preflight.json").read_text("utf-8"))
        return report

    def findings(self) -> dict[tuple[str, str, str | None], str | None]:
        """Return the messages by ID, verdict and check."""
        return {(row["id"], row["verdict"], row["rule"]): row["message"] for row in self.report()["rows"]}

    def table(self) -> list[str]:
        """Return the lines of the table printed by the playbook."""
        return self.lines("Show the findings")


def run_playbook(
    name: str, emulator: Emulator, folder: Path, *arguments: str, environment: Mapping[str, str] | None = None
) -> Run:
    """Run one of the collection's playbooks or another playbook in a folder.

    ``environment`` overrides the emulator's variables.
    """
    emulator.journal.clear()
    variables = connection(emulator) if environment is None else environment
    process = subprocess.run(
        [_ANSIBLE_PLAYBOOK, name if name.endswith(".yml") else f"alicloud.fc.{name}", *arguments],
        cwd=folder, env={**ansible_environment(folder), **variables}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    writes = [entry["operation"] for entry in emulator.journal.writes]
    calls = [entry["operation"] for entry in emulator.journal.requests if entry not in emulator.journal.writes]
    return Run(folder, process.returncode, process.stdout, calls, writes)


def run_audit(emulator: Emulator, folder: Path, desired: dict[str, Any], *arguments: str) -> Audit:
    """Audit the emulated account with the variables in ``desired``."""
    (folder / "desired.yml").write_text(json.dumps(desired), "utf-8")  # JSON is valid YAML
    return audit_account(emulator, folder, "-e", "@desired.yml", *arguments)


def audit_account(emulator: Emulator, folder: Path, *arguments: str) -> Audit:
    """Audit the emulated account with these ``ansible-playbook`` arguments."""
    return Audit(**vars(run_playbook("audit", emulator, folder, *arguments)))


def run_preflight(emulator: Emulator, folder: Path, desired: dict[str, Any], *arguments: str) -> Preflight:
    """Check the configurations in ``desired`` in the emulated account."""
    (folder / "configs.yml").write_text(json.dumps(desired), "utf-8")  # JSON is valid YAML
    run = run_playbook("preflight", emulator, folder, "-e", "config_file=configs.yml", *arguments)
    return Preflight(**vars(run))


def ansible_environment(folder: Path) -> dict[str, str]:
    """Return an environment without the machine's Ansible and Alibaba Cloud settings."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_NOCOLOR": "1",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
    }


def connection(emulator: Emulator) -> dict[str, str]:
    """Return the environment variables for requests to the emulator."""
    return {
        "ALIBABA_CLOUD_ACCESS_KEY_ID": emulator.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": emulator.access_key_secret,
        "ALIBABA_CLOUD_ACCOUNT_ID": emulator.account_id,
        "ALIBABA_CLOUD_REGION": emulator.region,
        "FC_ENDPOINT": emulator.url,
    }
