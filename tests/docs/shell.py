# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A shell that has its own folder, the environment variables described in the guides and an emulated account."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from emulator import Emulator

ROOT = Path(__file__).resolve().parents[2]

#: The task that is added to plays without tasks. Documents use such plays to show only the connection options.
_DEFAULT_TASK = {"name": "Read", "alicloud.fc.function_async_invoke_config_info": {"service_name": "shop"}}


class Shell:
    """A shell that runs the commands and playbooks in a document. Exported variables are kept between commands."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        """Prepare an environment without the machine's Ansible and Alibaba Cloud settings."""
        self.folder = folder
        self._environment_file = folder / ".settings"
        self._playbook_count = 0
        environment = {
            "PATH": os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath))),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "COLUMNS": "120",
            "NO_PROXY": "127.0.0.1,localhost",
            "COLLECTION": str(ROOT),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
            "ANSIBLE_NOCOLOR": "1",
            "ANSIBLE_DEPRECATION_WARNINGS": "False",
            "ALIBABA_CLOUD_ACCESS_KEY_ID": emulator.access_key_id,
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET": emulator.access_key_secret,
            "ALIBABA_CLOUD_ACCOUNT_ID": emulator.account_id,
            "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
            "FC_ENDPOINT": emulator.url,
            "STS_ENDPOINT": emulator.url,
        }
        exports = [f"export {name}={shlex.quote(value)}\n" for name, value in environment.items()]
        self._environment_file.write_text("".join(exports), "utf-8")

    def run(self, commands: str) -> subprocess.CompletedProcess[str]:
        """Run commands until one fails. Exported variables remain set for later commands."""
        script = f". {self._environment_file}\nset -eu\n{commands}\nexport -p > {self._environment_file}\n"
        return subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def run_playbook(self, content: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
        """Run a playbook or a list of tasks with the variables in ``variables.json``."""
        self._playbook_count += 1
        playbook = self.folder / f"playbook-{self._playbook_count}.yml"
        playbook.write_text(yaml.safe_dump(to_plays(content), sort_keys=False), "utf-8")
        variables = "-e @variables.json" if (self.folder / "variables.json").exists() else ""
        return self.run(f"ansible-playbook {variables} {playbook.name}")

    def write_file(self, name: str, content: str) -> None:
        """Write a text file."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")

    def write_json(self, name: str, content: Any) -> None:
        """Write a JSON file."""
        self.write_file(name, json.dumps(content))


def to_plays(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Convert plays or tasks to a playbook. Add a task to plays without tasks."""
    if any("hosts" in item for item in content):
        return [{"gather_facts": False, **play, "tasks": play.get("tasks") or [_DEFAULT_TASK]} for play in content]
    return [{"name": "Run the tasks of the document", "hosts": "localhost", "gather_facts": False, "tasks": content}]
