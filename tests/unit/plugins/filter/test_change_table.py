# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that formats changes as a table."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.change_table import change_table
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import LONGEST_MESSAGE
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import HAS_TRUST
from hypothesis import given
from hypothesis import strategies as st

ACTIONS = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


def entry(action: str, identity: str = "shop:order:LATEST", msg: str | None = None) -> dict[str, Any]:
    """Return the result for a configuration."""
    failed = {"msg": msg} if msg is not None else {}
    return {"id": identity, "action": action, "changed": action != "none", "failed": msg is not None, **failed}


def result(*entries: dict[str, Any]) -> dict[str, Any]:
    """Return a module's result for these configurations."""
    keys = ["failed" if one["failed"] else ACTIONS[one["action"]] for one in entries]
    return {"results": list(entries), "summary": {key: keys.count(key) for key in ("failed", *ACTIONS.values())}}


def test_changes_are_listed_with_their_totals() -> None:
    entries = [entry("update", "a"), entry("none", "b"), entry("create", "c"), entry("delete", "d")]
    assert change_table(result(*entries)) == [
        "update  a",
        "create  c",
        "delete  d",
        "1 created, 1 updated, 1 deleted, 1 unchanged",
    ]


def test_predicted_changes() -> None:
    assert change_table(result(entry("delete", "d")), True)[-1] == "0 to create, 0 to update, 1 to delete, 0 unchanged"


def test_no_changes() -> None:
    assert change_table(result()) == ["0 created, 0 updated, 0 deleted, 0 unchanged"]


def test_failures_are_listed_with_their_messages() -> None:
    entries = [entry("update", "a", "bad\x1b[2J"), entry("none", "b", ""), entry("create", "c", "x" * 3000)]
    lines = change_table(result(*entries))
    assert lines[:2] == ["failed  a  bad\\x1b[2J", "failed  b"]
    assert len(lines[2]) < LONGEST_MESSAGE + 100
    assert lines[3] == "0 created, 0 updated, 0 deleted, 0 unchanged, 3 failed"


@pytest.mark.parametrize(
    "value", [None, [], "text", {}, {"results": []}, {"msg": "failed", "failed": True}, {"summary": {}}]
)
def test_other_input_is_an_error(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match=r"^change_table: the input must be the result of a module for many"):
        change_table(value)


@given(st.lists(st.builds(entry, st.sampled_from(list(ACTIONS)), st.text(), st.none() | st.text())), st.booleans())
def test_lines_are_printable_and_only_changes_are_listed(entries: list[dict[str, Any]], check_mode: bool) -> None:
    *lines, totals = change_table(result(*entries), check_mode)
    assert all(line.isprintable() for line in [*lines, totals])
    assert len(lines) == sum(one["failed"] or one["action"] != "none" for one in entries)
    assert sum(int(total.split()[0]) for total in totals.split(", ")) == len(entries)


@pytest.mark.skipif(HAS_TRUST, reason="Filter results are not templated.")
def test_lines_are_marked_as_unsafe() -> None:
    from ansible.utils.unsafe_proxy import AnsibleUnsafe

    assert all(isinstance(line, AnsibleUnsafe) for line in change_table(result(entry("update", "{{ 1 }}"))))
