# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The messages of docs/troubleshooting.md are those that the modules give when things go wrong that way."""

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

from .ansible import ROOT, Reader
from .blocks import shows

FAILURES = Path(__file__).with_name("failures.yml")
DENIED = (
    "the caller is not authorized to perform 'fc:{}' on resource 'acs:fc:cn-hangzhou:1234567890123456:services/shop'"
)
STATE: dict[str, Any] = {
    "services": {"shop": {"functions": ["busy", "denied", "foreign", "order", "refund", "unreadable"]}},
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


def chapters() -> dict[str, str]:
    """Return the messages of the page by their chapters' titles, each as one line."""
    page = (ROOT / "docs" / "troubleshooting.md").read_text("utf-8")
    found = re.findall(r"^### ([^\n]+)\n\n```text\n(.+?)^```", page, re.MULTILINE | re.DOTALL)
    return {title.replace("`", ""): " ".join(message.split()) for title, message in found}


def failures(reader: Reader, **variables: str) -> dict[str, str]:
    """Return the messages with which the tasks of failures.yml fail, by the tasks' names."""
    tasks = yaml.safe_load(FAILURES.read_text("utf-8"))
    registered = {task["name"]: f"failure_{number}" for number, task in enumerate(tasks)}
    failing = [{**task, "register": registered[task["name"]], "ignore_errors": True} for task in tasks]
    messages = ", ".join(f"'{name}': {variable}.msg" for name, variable in registered.items())
    reader.keep_json("variables.json", {"bare_python": sys._base_executable, **variables})  # type: ignore[attr-defined]
    ended = reader.play(
        [
            *failing,
            {"ansible.builtin.copy": {"content": f"{{{{ {{{messages}}} | to_json }}}}", "dest": "messages.json"}},
        ]
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    text = (reader.folder / "messages.json").read_text("utf-8")
    for here, there in ((str(reader.folder), "/home/you"), (sys._base_executable, "/usr/bin/python3")):  # type: ignore[attr-defined]
        text = text.replace(here, there)
    result: dict[str, str] = json.loads(text.replace(f"on {platform.node()}'s", "on host's"))
    return result


def test_messages_are_real(tmp_path: Path) -> None:
    with (
        Emulator(state=STATE, switches={"altered_field": "event_age"}) as emulator,
        Emulator(state=STATE, tls=self_signed(tmp_path)) as secure,
    ):
        emulator.faults.add_all(FAULTS)
        given = failures(Reader(tmp_path, emulator), https_endpoint=secure.url)

    shown = chapters()
    assert list(shown) == list(given)
    wrong = {title: given[title] for title in shown if not shows(shown[title], given[title])}
    assert not wrong, json.dumps(wrong, indent=1)
