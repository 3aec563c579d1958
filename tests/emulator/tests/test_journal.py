# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The request journal."""

from __future__ import annotations

from emulator import Entry, Journal


def entry(operation: str, method: str = "GET", path: str = "/2021-04-06/services") -> Entry:
    """Return a journal entry."""
    return {
        "n": 0,
        "time": 0.0,
        "method": method,
        "path": path,
        "query": {},
        "version": "",
        "operation": operation,
        "access_key_id": "id",
        "status": 200,
        "code": "",
        "service": None,
        "function": None,
        "qualifier": None,
        "body": None,
        "stored": False,
    }


def test_limit_removes_oldest_requests_but_not_counts() -> None:
    journal = Journal(limit=3)
    for number in range(5):
        journal.add(entry("Get" if number % 2 else "Put"))
    assert [recorded["n"] for recorded in journal.requests] == [3, 4, 5]
    assert journal.counts == {"Put": 3, "Get": 2}
    journal.clear()
    assert (journal.requests, journal.counts) == ([], {})
    journal.add(entry("Get"))
    assert journal.requests[0]["n"] == 1


def test_select_by_operation_and_writes() -> None:
    journal = Journal()
    for operation, method in (("PutX", "PUT"), ("GetX", "GET"), ("DeleteX", "DELETE"), ("CreateY", "POST")):
        journal.add(entry(operation, method))
    journal.add(entry("AssumeRole", "POST", "/"))
    assert [recorded["operation"] for recorded in journal.select("*X")] == ["PutX", "GetX", "DeleteX"]
    assert [recorded["operation"] for recorded in journal.writes] == ["PutX", "DeleteX", "CreateY"]
    assert [recorded["operation"] for recorded in journal.select("*X", writes=True)] == ["PutX", "DeleteX"]
