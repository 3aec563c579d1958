# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of how the ``audit`` playbook ends."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_ending import ending
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report, joined_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import new_row

Account = dict[str, Any]


def account(name: str | None, *verdicts: str, **values: Any) -> Account:
    """Return the report of an account with a row for each verdict."""
    rows = [new_row(None, None, f"s:f{number}:LATEST", verdict) for number, verdict in enumerate(verdicts)]
    return account_report(name, rows, generation="FC 2.0", **values)


def end(*accounts: Account, fail_on_drift: bool = True) -> tuple[str, str]:
    """Return how an audit of these accounts ends."""
    return ending(joined_report(accounts, "Title", "2026-11-26T05:00:00Z", "1.1.0"), fail_on_drift)


@pytest.mark.parametrize(
    ("accounts", "expected"),
    [
        ([account(None, "in sync", "in sync")], ("ok", "2 configurations in sync.")),
        ([account(None, "in sync", "drifted")], ("failed", "1 of 2 configurations differs.")),
        (
            [account(None, "unreadable", "drifted")],
            ("unreadable", "1 of 1 configuration differs, 1 could not be read."),
        ),
        ([account(None, error="Denied.")], ("unreadable", "Denied.")),
        ([account(None, error="region: is wrong.", invalid=True)], ("failed", "region: is wrong.")),
        (
            [account("a", "in sync"), account("b", error="Denied.")],
            ("unreadable", "1 of 2 accounts could not be audited. b: Denied."),
        ),
        (
            [account("a", "unreadable"), account("b", error="region: is wrong.", invalid=True)],
            ("failed", "1 of 2 accounts could not be audited, 1 could not be read. b: region: is wrong."),
        ),
    ],
)
def test_the_worst_outcome_determines_the_end(accounts: list[Account], expected: tuple[str, str]) -> None:
    assert end(*accounts) == expected


@pytest.mark.parametrize(
    "verdict", ["drifted", "missing", "unexpected", "no function", "bad destination", "noncompliant", "unconfigured"]
)
def test_findings_fail_only_on_request(verdict: str) -> None:
    assert end(account(None, verdict))[0] == "failed"
    assert end(account(None, verdict), fail_on_drift=False)[0] == "ok"


def test_the_message_contains_the_errors_of_the_first_accounts() -> None:
    _status, message = end(*(account(f"a{number}", error="No.") for number in range(7)))
    assert message == (
        "7 of 7 accounts could not be audited. a0: No. a1: No. a2: No. a3: No. a4: No. And 2 more."
    )  # fmt: skip
