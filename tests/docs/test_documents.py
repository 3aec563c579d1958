# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands and playbooks in README.md and docs/ succeed, and their output matches the documentation."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
import yaml
from emulator import Emulator

from .blocks import RUN, Block, blocks, commands, matches, normalize
from .packages import prepare_pip
from .shell import ROOT, Shell, to_plays

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
VERSIONS: dict[str, Any] = {"versions": ["1"], "aliases": {"live": "1"}}
#: The functions and configurations that the documents refer to.
STATE: dict[str, Any] = {
    "services": {"shop": {"functions": ["legacy", "order", "refund", "resize"], **VERSIONS}},
    "functions": {"order-v3": VERSIONS, "refund-v3": {}},
    "configs": [
        {
            "service": "shop", "function": "refund", "maxAsyncRetryAttempts": 1, "statefulInvocation": True,
            "destinationConfig": {
                "onFailure": {"destination": "acs:fc:cn-hangzhou:1234567890123456:services/shop.live/functions/order"}},
        },
        {"service": "shop", "function": "order", "qualifier": "live", "maxAsyncEventAgeInSeconds": 3600},
    ],
}  # fmt: skip


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(state=STATE) as running:
        yield running


@pytest.fixture
def shell(tmp_path: Path, emulator: Emulator) -> Shell:
    """A shell with the repository's examples and with the plan, vault variables and profiles that the documents use."""
    shell = Shell(tmp_path, emulator)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copy(Path(__file__).with_name("terraform.json"), tmp_path)
    temporary = emulator.issue_key()
    key = {
        "mode": "AK",
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "region_id": "cn-hangzhou",
    }
    shell.write_json(
        "variables.json",
        {
            "vault_access_key_id": emulator.access_key_id,
            "vault_access_key_secret": emulator.access_key_secret,
            "vault_external_id": "of-the-vault",
            "sts": {
                "AccessKeyId": temporary.id,
                "AccessKeySecret": temporary.secret,
                "SecurityToken": temporary.token,
            },
        },
    )
    for name in (".aliyun/config.json", "keys/aliyun.json"):
        profiles = [{"name": profile, **key} for profile in ("staging", "production")]
        shell.write_json(name, {"current": "default", "profiles": profiles})
    return shell


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document(document: Path, shell: Shell) -> None:
    if document.name == "testing.md":
        prepare_pip(shell)
    for language, group in groupby(runnable_blocks(document), lambda block: "file" if block.file else block.language):
        RUNNERS[language](shell, list(group))


def runnable_blocks(document: Path) -> Iterator[Block]:
    """Yield the blocks that are run or written to a file. Print the reasons for skipping the others."""
    for block in blocks(document):
        if block.not_run:
            print(f"not run: {block.location}: {block.not_run}")
        elif block.file or block.language in RUN:
            yield block


def write_files(shell: Shell, group: list[Block]) -> None:
    for block in group:
        check_file(block)
        shell.write_file(block.file, block.text)


def check_file(block: Block) -> None:
    """Check the syntax of a YAML or JSON file."""
    if block.language == "yaml":
        yaml.safe_load(block.text)
    elif block.language == "json":
        json.loads(block.text)


def run_shell(shell: Shell, group: list[Block]) -> None:
    for block in group:
        process = shell.run(block.text)
        assert process.returncode == 0, f"{block.location}\n{process.stdout}{process.stderr}"


def run_console(shell: Shell, group: list[Block]) -> None:
    for block in group:
        for command in commands(block):
            process = shell.run(command.command)
            assert matches(command.output, process.stdout), (
                f"{block.location}: $ {command.command}\n--- expected\n{normalize(command.output)}\n"
                f"--- actual\n{normalize(process.stdout)}\n--- stderr\n{process.stderr}"
            )


def run_yaml(shell: Shell, group: list[Block]) -> None:
    # Run all blocks at once, because starting Ansible takes most of the time.
    process = shell.run_playbook([play for block in group for play in to_plays(yaml.safe_load(block.text))])
    assert process.returncode == 0, f"{group[0].location} and following blocks\n{process.stdout}{process.stderr}"


RUNNERS = {"file": write_files, "shell": run_shell, "console": run_console, "yaml": run_yaml}
