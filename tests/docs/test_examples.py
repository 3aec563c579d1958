# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The tasks in the modules' EXAMPLES succeed, and the module documentation uses ARNs for the correct generation."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path
from typing import Any

import yaml
from emulator import Emulator

from .shell import ROOT, Shell

#: The account ID used in the EXAMPLES.
ACCOUNT = "123456789012"
SHOP = ["legacy", "resize", "thumbnail"]
VERSIONS: dict[str, Any] = {"versions": ["1"], "aliases": {"production": "1"}}
STATE: dict[str, Any] = {
    "services": {"shop": {"functions": SHOP, **VERSIONS}, "prod-mail": {"functions": ["send", "sort"]}},
    "functions": {**dict.fromkeys(SHOP, VERSIONS), "prod-send": {}, "prod-sort": {}},
    "configs": [
        {"service": "prod-mail", "function": "send", "maxAsyncRetryAttempts": 1},
        {"function": "prod-send", "maxAsyncEventAgeInSeconds": 3600, "asyncTask": True},
    ],
}


def examples(module: Path) -> list[dict[str, Any]]:
    """Return the tasks in a module's EXAMPLES."""
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "EXAMPLES":
            tasks: list[dict[str, Any]] = yaml.safe_load(ast.literal_eval(node.value))
            return tasks
    raise AssertionError(f"{module.name} has no EXAMPLES")


def test_examples_succeed(tmp_path: Path) -> None:
    # Sort by name because the info modules must write their files before the bulk modules read them.
    modules = sorted((ROOT / "plugins" / "modules").glob("*.py"))
    plays: list[dict[str, Any]] = [
        {"name": module.stem, "hosts": "localhost", "gather_facts": False, "tasks": examples(module)}
        for module in modules
    ]
    with Emulator(state=STATE, account_id=ACCOUNT) as emulator:
        process = Shell(tmp_path, emulator).run_playbook(plays)

    assert process.returncode == 0, process.stdout + process.stderr
    recap = re.search(r"localhost +: ok=(\d+) .* skipped=(\d+) .* ignored=(\d+)", process.stdout)
    assert recap is not None
    tasks = sum(len(play["tasks"]) for play in plays)
    assert recap.groups() == (str(tasks), "0", "0")


def test_documentation_uses_function_arns_of_its_own_generation(tmp_path: Path) -> None:
    with Emulator() as emulator:
        modules = [module.stem for module in (ROOT / "plugins" / "modules").glob("*.py")]
        names = " ".join(f"alicloud.fc.{module}" for module in modules)
        process = Shell(tmp_path, emulator).run(f"ansible-doc --json {names}")
    assert process.returncode == 0, process.stderr
    for module, documentation in json.loads(process.stdout).items():
        arns = re.findall(r"acs:fc:[^:\s]+:[^:\s]+:(services/|functions/)", json.dumps(documentation))
        assert set(arns) == arn_types(module), module


def arn_types(module: str) -> set[str]:
    """Return the ARN resource prefixes for the generation that a module manages. Empty for actions."""
    if module in ("alicloud.fc.playbook", "alicloud.fc.show_lines"):
        return set()
    return {"functions/" if ".v3_" in module else "services/"}
