# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run ``ansible-playbook alicloud.fc.audit`` in a separate folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Audit:
    """A playbook run: its folder, exit status and output, and the operations it called."""

    folder: Path
    status: int
    output: str
    reads: list[str]
    writes: list[str]

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
        """Return the options that differ for the configuration with this ID, with their desired and actual values."""
        [row] = [row for row in self.report()["rows"] if row["id"] == name]
        return {
            difference["option"]: (difference["declared"], difference["actual"]) for difference in row["differences"]
        }

    def table(self) -> list[str]:
        """Return the lines of the table printed by the playbook."""
        message = self.output.split("TASK [Show the differences]", 1)[1].split('"msg": ', 1)[1]
        lines: list[str] = json.JSONDecoder().raw_decode(message)[0]
        return lines


def run_audit(emulator: Emulator, folder: Path, desired: dict[str, Any], *arguments: str) -> Audit:
    """Audit the emulated account with the variables in ``desired``."""
    emulator.journal.clear()
    (folder / "desired.yml").write_text(json.dumps(desired), "utf-8")  # JSON is valid YAML
    process = subprocess.run(
        ["ansible-playbook", "alicloud.fc.audit", "-e", "@desired.yml", *arguments],
        cwd=folder, env=_environment(emulator, folder), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    writes = [entry["operation"] for entry in emulator.journal.writes]
    calls = [entry["operation"] for entry in emulator.journal.requests if entry not in emulator.journal.writes]
    return Audit(folder, process.returncode, process.stdout, calls, writes)


def _environment(emulator: Emulator, folder: Path) -> dict[str, str]:
    """Return an environment without the machine's Ansible and Alibaba Cloud settings."""
    return {
        "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1,localhost",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_NOCOLOR": "1",
        "ALIBABA_CLOUD_ACCESS_KEY_ID": emulator.access_key_id,
        "ALIBABA_CLOUD_ACCESS_KEY_SECRET": emulator.access_key_secret,
        "ALIBABA_CLOUD_ACCOUNT_ID": emulator.account_id,
        "ALIBABA_CLOUD_REGION": emulator.region,
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "FC_ENDPOINT": emulator.url,
    }
