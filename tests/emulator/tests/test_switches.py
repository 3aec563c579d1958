# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behavior switches and their documentation."""

from __future__ import annotations

import dataclasses
import typing
from pathlib import Path

import pytest

from emulator import Switches
from emulator._switches import render_table

README = Path(__file__).resolve().parent.parent / "README.md"


def test_readme_table_is_up_to_date() -> None:
    text = README.read_text(encoding="utf-8")
    table = text[text.index("| Switch |") :].split("\n\n")[0]
    assert table == render_table()


def test_every_switch_has_evidence() -> None:
    for field in dataclasses.fields(Switches):
        evidence = field.metadata["doc"].evidence
        assert evidence == "For tests." or any(mark in evidence for mark in ("[V", "[I", "[U]")), field.name


def test_choices() -> None:
    switches = Switches()
    for name, kind in typing.get_type_hints(Switches).items():
        for choice in typing.get_args(kind):
            switches.update({name: choice})
            assert getattr(switches, name) == choice
            setattr(switches, name, choice)
            assert Switches.parse(f"{name}={choice}") == (name, choice)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stale_reads=2", ("stale_reads", 2)),
        ("latency=0.03", ("latency", 0.03)),
        ("fc_enabled=false", ("fc_enabled", False)),
        ("fc_enabled=True", ("fc_enabled", True)),
        ("put_merge=replace", ("put_merge", "replace")),
    ],
)
def test_parse(text: str, expected: tuple[str, object]) -> None:
    name, value = Switches.parse(text)
    assert (name, value) == expected
    assert type(value) is type(expected[1])


@pytest.mark.parametrize(
    "text", ["put_merge", "put_merge=x", "unknown=1", "stale_reads=x", "stale_reads=1.5", "latency=", "fc_enabled=1"]
)
def test_parse_invalid_text(text: str) -> None:
    with pytest.raises(ValueError, match="switch"):
        Switches.parse(text)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("put_merge", "x"),
        ("put_merge", None),
        ("put_mrege", "merge"),
        ("fc_enabled", 1),
        ("stale_reads", 1.5),
        ("stale_reads", -1),
        ("stale_reads", True),
        ("latency", "1"),
        ("latency", float("nan")),
        ("latency", float("inf")),
    ],
)
def test_invalid_value_changes_no_switch(name: str, value: object) -> None:
    switches = Switches()
    with pytest.raises(ValueError, match=name):
        switches.update({"put_answer": "echo", name: value})
    with pytest.raises(ValueError, match=name):
        setattr(switches, name, value)
    assert switches == Switches()
