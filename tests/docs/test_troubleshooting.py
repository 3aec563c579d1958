# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages in docs/troubleshooting.md match the modules' messages."""

from __future__ import annotations

import json
import platform
import re
import sys
from pathlib import Path
from typing import Any

import yaml
from emulator import Emulator
from emulator.certificate import self_signed

from .blocks import matches
from .shell import ROOT, Shell

FAILURES = Path(__file__).with_name("failures.yml")
DENIED = (
    "the caller is not authorized to perform 'fc:{}' on resource 'acs:fc:cn-hangzhou:1234567890123456:services/shop'"
)
STATE: dict[str, Any] = {
    "services": {
        "shop": {"functions": ["busy", "denied", "foreign", "order", "refund", "unreadable"]},
        "back": {"functions": ["job", "mail", "report"]},
        "mail": {"functions": ["send"]},
    },
    # No role has permissions for destinations.
    "ram": {"roles": {}},
    "configs": [{"service": "back", "function": name} for name in ("job", "mail", "report")],
}
FAULTS: list[dict[str, Any]] = [
    {
        "operation": "Put*", "function": "denied", "status": 403,
        "message": DENIED.format("PutFunctionAsyncInvokeConfig"),
    },
    {
        "operation": "ListFunctionAsync*", "function": "unreadable", "status": 403,
        "message": DENIED.format("ListFunctionAsyncInvokeConfigs"),
    },
    {"function": "foreign", "status": 403, "message": "The service or function doesn't belong to you."},
    {"function": "busy", "status": 429},
]  # fmt: skip


def documented_messages() -> dict[str, str]:
    """Return the documented messages by section title, with each message on a single line."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    sections = re.findall(r"^### ([^\n]+)\n\n```text\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    return {title.replace("`", ""): " ".join(message.split()) for title, message in sections}


def actual_messages(shell: Shell, **variables: str) -> dict[str, str]:
    """Run the tasks in failures.yml and return their error messages by task name."""
    tasks = yaml.safe_load(FAILURES.read_text("utf-8"))
    registered = {task["name"]: f"failure_{number}" for number, task in enumerate(tasks)}
    failing_tasks = [{**task, "register": registered[task["name"]], "ignore_errors": True} for task in tasks]
    messages = ", ".join(f"'{name}': {variable}.msg" for name, variable in registered.items())
    variables = {"bare_python": sys._base_executable, "purges": "service", **variables}  # type: ignore[attr-defined]
    shell.write_json("variables.json", variables)
    process = shell.run_playbook(
        [
            *failing_tasks,
            {"ansible.builtin.copy": {"content": f"{{{{ {{{messages}}} | to_json }}}}", "dest": "messages.json"}},
        ]
    )
    assert process.returncode == 0, process.stdout + process.stderr
    text = (shell.folder / "messages.json").read_text("utf-8")
    for old, new in ((str(shell.folder), "/home/you"), (sys._base_executable, "/usr/bin/python3")):  # type: ignore[attr-defined]
        text = text.replace(old, new)
    result: dict[str, str] = json.loads(text.replace(f"on {platform.node()}'s", "on host's"))
    return result


def test_documented_messages_match_the_actual_messages(tmp_path: Path) -> None:
    with (
        Emulator(state=STATE, switches={"altered_field": "event_age"}) as emulator,
        Emulator(state=STATE, tls=self_signed(tmp_path)) as https_emulator,
    ):
        emulator.faults.add_all(FAULTS)
        actual = actual_messages(Shell(tmp_path, emulator), https_endpoint=https_emulator.url)

    documented = documented_messages()
    assert list(documented) == list(actual)
    differing = {title: actual[title] for title in documented if not matches(documented[title], actual[title])}
    assert not differing, json.dumps(differing, indent=1)
