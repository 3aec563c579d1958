# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the ``show_lines`` action under different callbacks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from ._playbook import Run, run_playbook

LINES = ["id      verdict", "shop:a  drifted  {{ 1 + 1 }}\x1b[31m", "", '"1" in sync, [2]']
SHOWN = ["id      verdict", "shop:a  drifted  2\\x1b[31m", "", '"1" in sync, [2]']


def show(folder: Path, task: dict[str, Any], **environment: str) -> Run:
    """Run a play with one task."""
    play = {"hosts": "localhost", "gather_facts": False, "tasks": [{"name": "Show", **task}]}
    (folder / "show.yml").write_text(json.dumps([play]), "utf-8")
    return run_playbook("show.yml", Emulator(), folder, environment=environment)


@pytest.mark.parametrize("result_format", ["json", "yaml"])
def test_lines_are_displayed_as_they_are(tmp_path: Path, result_format: str) -> None:
    task = {"alicloud.fc.show_lines": {"lines": LINES}}
    run = show(tmp_path, task, ANSIBLE_CALLBACK_RESULT_FORMAT=result_format)
    assert run.status == 0, run.output
    assert run.lines("Show") == SHOWN


@pytest.mark.parametrize(
    ("task", "environment"),
    [({"no_log": True}, {}), ({}, {"ANSIBLE_STDOUT_CALLBACK": "my_json"})],
    ids=["no_log", "machine-readable callback"],
)
def test_lines_are_not_displayed_if_output_is_not_wanted(
    tmp_path: Path, task: dict[str, Any], environment: dict[str, str]
) -> None:
    callbacks = tmp_path / "callbacks"
    callbacks.mkdir()
    (callbacks / "my_json.py").write_text(
        "from ansible.plugins.callback.minimal import CallbackModule as Minimal\n"
        "DOCUMENTATION = 'name: my_json\\ntype: stdout\\nshort_description: a test\\ndescription: a test\\n'\n"
        "class CallbackModule(Minimal):\n"
        "    CALLBACK_NAME = 'my_json'\n"
        "    CALLBACK_TYPE = 'stdout'\n"
        "    CALLBACK_VERSION = 2.0\n"
        "    def v2_runner_on_ok(self, result):\n"
        "        print('ended')\n",
        "utf-8",
    )
    shown = {**task, "alicloud.fc.show_lines": {"lines": ["never displayed"]}}
    run = show(tmp_path, shown, ANSIBLE_CALLBACK_PLUGINS=str(callbacks), **environment)
    assert run.status == 0, run.output
    assert "ended" in run.output or "ok: [localhost]" in run.output
    assert "never displayed" not in run.output


@pytest.mark.parametrize("options", [{}, {"lines": "text"}, {"lines": ["a"], "other": 1}], ids=str)
def test_invalid_options_are_one_message(tmp_path: Path, options: dict[str, Any]) -> None:
    run = show(tmp_path, {"alicloud.fc.show_lines": options})
    assert run.status == 2
    assert "lines: is required and must be a list; no other options are supported." in run.output
    assert "Traceback" not in run.output
