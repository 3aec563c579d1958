# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A reader's shell: a folder, the environment that the guides tell to export, and an emulated account behind it."""

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

#: Stands in for what a reader does with the connection that a page shows, where a play has no task.
_ANY_TASK = {"name": "Read", "alicloud.fc.function_async_invoke_config_info": {"service_name": "shop"}}


class Reader:
    """Somebody who types what a document shows, in a folder of their own, into a shell that stays open."""

    def __init__(self, folder: Path, emulator: Emulator) -> None:
        """Prepare the folder; nothing of the machine's own Ansible or Alibaba Cloud settings is used."""
        self.folder = folder
        self._settings = folder / ".settings"
        self._count = 0
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
        self._settings.write_text("".join(exports), "utf-8")

    def type(self, commands: str) -> subprocess.CompletedProcess[str]:
        """Run commands, up to the first that fails; what they export holds for the next ones too."""
        script = f". {self._settings}\nset -eu\n{commands}\nexport -p > {self._settings}\n"
        return subprocess.run(
            ["bash", "-c", script], cwd=self.folder, env={}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            check=False,
        )  # fmt: skip

    def play(self, content: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
        """Run a playbook, or a list of tasks, with the variables of ``variables.json``."""
        self._count += 1
        playbook = self.folder / f"playbook-{self._count}.yml"
        playbook.write_text(yaml.safe_dump(as_plays(content), sort_keys=False), "utf-8")
        variables = "-e @variables.json" if (self.folder / "variables.json").exists() else ""
        return self.type(f"ansible-playbook {variables} {playbook.name}")

    def keep(self, name: str, content: str) -> None:
        """Write a file in the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")

    def keep_json(self, name: str, content: Any) -> None:
        """Write a file of JSON in the folder."""
        self.keep(name, json.dumps(content))


def as_plays(content: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a playbook for what a block shows: plays, with a task where they have none, or tasks on localhost."""
    if any("hosts" in item for item in content):
        return [{"gather_facts": False, **play, "tasks": play.get("tasks") or [_ANY_TASK]} for play in content]
    return [{"name": "The tasks shown", "hosts": "localhost", "gather_facts": False, "tasks": content}]
