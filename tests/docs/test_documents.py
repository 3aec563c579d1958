# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every command and playbook of README.md and docs/ runs, in the order of its document, and prints what is shown."""

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

from .ansible import ROOT, Reader, as_plays
from .blocks import RUN, Block, blocks, commands, plain, shows

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
VERSIONS: dict[str, Any] = {"versions": ["1"], "aliases": {"live": "1"}}
#: What a reader finds, whatever the document: the functions that the pages speak of.
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
def reader(tmp_path: Path, emulator: Emulator) -> Reader:
    """A reader who has the repository's examples, the vault's variables, and the profiles that a page names."""
    reader = Reader(tmp_path, emulator)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    temporary = emulator.issue_key()
    key = {
        "mode": "AK",
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "region_id": "cn-hangzhou",
    }
    reader.keep_json(
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
        reader.keep_json(name, {"current": "default", "profiles": [{"name": "staging", **key}]})
    return reader


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_document(document: Path, reader: Reader) -> None:
    for language, group in groupby(to_run(document), lambda block: "file" if block.file else block.language):
        RUNNERS[language](reader, list(group))


def to_run(document: Path) -> Iterator[Block]:
    """Yield the blocks that are run or written to a file; print why others are not."""
    for block in blocks(document):
        if block.not_run:
            print(f"not run: {block.place}: {block.not_run}")
        elif block.file or block.language in RUN:
            yield block


def write_files(reader: Reader, group: list[Block]) -> None:
    for block in group:
        check_file(block)
        reader.keep(block.file, block.text)


def check_file(block: Block) -> None:
    """Fail where a file that is to be of a language is not."""
    if block.language == "yaml":
        yaml.safe_load(block.text)
    elif block.language == "json":
        json.loads(block.text)


def run_shell(reader: Reader, group: list[Block]) -> None:
    for block in group:
        ended = reader.type(block.text)
        assert ended.returncode == 0, f"{block.place}\n{ended.stdout}{ended.stderr}"


def run_console(reader: Reader, group: list[Block]) -> None:
    for block in group:
        for one in commands(block):
            ended = reader.type(one.command)
            assert shows(one.output, ended.stdout), (
                f"{block.place}: $ {one.command}\n--- shown\n{plain(one.output)}\n--- printed\n{plain(ended.stdout)}\n"
                f"--- and\n{ended.stderr}"
            )


def run_yaml(reader: Reader, group: list[Block]) -> None:
    # In one run, because most of the time goes into starting Ansible.
    ended = reader.play([play for block in group for play in as_plays(yaml.safe_load(block.text))])
    assert ended.returncode == 0, f"{group[0].place} and on\n{ended.stdout}{ended.stderr}"


RUNNERS = {"file": write_files, "shell": run_shell, "console": run_console, "yaml": run_yaml}
