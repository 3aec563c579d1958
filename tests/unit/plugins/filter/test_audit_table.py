# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that formats audit reports as tables."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_table import audit_table
from hypothesis import given
from support.audit_reports import account, brief, difference, report, reports, row

IN_SYNC = row("media:encode:LATEST", "in sync")
UNREADABLE = row("shop:order:LATEST", "unreadable", message="it is\tsecret " + "y" * 60)


def test_columns_are_aligned_and_verdicts_are_counted() -> None:
    differences = [
        difference(86400, 60, "maximum_event_age_in_seconds"),
        difference(2, 5),
        difference(True, None, "stateful_invocation"),
    ]
    assert audit_table(brief(report(IN_SYNC, row(differences=differences)))) == [
        "id                  verdict  option                        desired  current",
        "shop:resize:LATEST  drifted  maximum_event_age_in_seconds  86400    60",
        "                             maximum_retry_attempts        2        5",
        "                             stateful_invocation           true     not set",
        "1 drifted, 1 in sync",
    ]


def test_accounts_with_names_have_a_column() -> None:
    lines = audit_table(
        report(row(account="prod"), row(account="staging", verdict="missing"), accounts=[account("prod")])
    )
    assert lines == [
        "account  id                  verdict  option                  desired  current",
        "prod     shop:resize:LATEST  drifted  maximum_retry_attempts  0        5",
        "staging  shop:resize:LATEST  missing  maximum_retry_attempts  0        no configuration",
        "1 drifted, 1 missing",
    ]  # fmt: skip


def test_one_account_without_a_name_has_no_column() -> None:
    assert audit_table(report(row()))[0].startswith("id ")
    assert audit_table(report(row(), accounts=[account(), account("other")]))[0].startswith("account ")


def test_absent_configurations_are_distinguished_from_unset_options() -> None:
    unset = [difference(None, None)]
    assert audit_table(report(row(verdict="missing", differences=unset)))[1].endswith("not set  no configuration")
    assert audit_table(report(row(verdict="no function", differences=unset)))[1].endswith("not set  no configuration")
    assert audit_table(report(row(verdict="unexpected", differences=unset)))[1].endswith("no configuration  not set")
    assert audit_table(report(row(differences=unset)))[1].endswith("not set  not set")


def test_findings_without_differences_have_a_line() -> None:
    assert audit_table(report(row("shop:resize", "unconfigured"))) == [
        "id           verdict       option  desired  current",
        "shop:resize  unconfigured",
        "1 unconfigured",
    ]


def test_rules_are_named() -> None:
    found = row(verdict="noncompliant", rule="few retries", differences=[difference("at most 3", 5)])
    assert audit_table(report(found))[1].split("  ")[1:] == [
        "noncompliant (few retries)", "maximum_retry_attempts", "at most 3", "5"
    ]  # fmt: skip


def test_messages_come_before_differences() -> None:
    message = "service 'shpo' does not exist"
    lines = audit_table(report(row(verdict="no function", message=message, differences=[difference()])))
    assert lines[1].endswith(message)
    assert lines[2].endswith("no configuration")


def test_messages_do_not_affect_column_widths() -> None:
    lines = audit_table(report(UNREADABLE, row(verdict="missing")))
    assert "it is\\tsecret" in lines[1]
    assert lines[2].index("no configuration") == lines[0].index("current")


def test_failing_accounts_are_listed_before_the_totals() -> None:
    accounts = [
        account("prod"),
        account("staging", error="The host\ndoes not exist."),
        account("dev", error="purge: must be all.", outcome="invalid input"),
    ]
    assert audit_table(report({**IN_SYNC, "account": "prod"}, accounts=accounts)) == [
        r"staging: could not be read: The host\ndoes not exist.",
        "dev: invalid input: purge: must be all.",
        "1 in sync",
    ]
    assert audit_table(report(accounts=[account(error="No.")])) == ["account: could not be read: No."]
    assert audit_table(report(accounts=[account()])) == ["no configurations"]


@pytest.mark.parametrize(
    ("rows", "resolved", "end"),
    [
        ([row(since="new"), row(since="new"), row(since="known")], 1, "3 drifted (2 new, 1 resolved)"),
        ([row(since="changed"), IN_SYNC], 0, "1 drifted, 1 in sync (0 new, 1 changed, 0 resolved)"),
    ],
)
def test_totals_contain_changes_since_the_previous_report(rows: list[dict[str, Any]], resolved: int, end: str) -> None:
    gone = [{"account": None, "id": "a", "verdict": "drifted", "rule": None}] * resolved
    assert audit_table(report(*rows, resolved=gone, previous={"audited_at": None}))[-1] == end
    assert "(" not in audit_table(report(*rows))[-1]


def test_empty_table() -> None:
    assert audit_table(report()) == ["no configurations"]
    assert audit_table({"rows": []}) == ["no configurations"]


def test_long_values_are_truncated_and_lines_are_not_wrapped() -> None:
    found = row(differences=[difference("y" * 100_000 + "\ud800", "z" * 300)], message="m" * 1_000_000)
    lines = audit_table(report(found))
    assert len(lines) == 4
    assert max(map(len, lines)) < 3000
    assert lines[2].endswith("z" * 300)


def test_messages_that_the_report_shortened_keep_their_note() -> None:
    message = "m" * 2000 + " [... 998000 more characters]"
    assert audit_table(report({**UNREADABLE, "message": message}))[1].endswith(message)


@given(reports())
def test_lines_are_printable(audit: dict[str, Any]) -> None:
    for one in (audit, brief(audit)):
        lines = audit_table(one)
        assert all(line.isprintable() for line in lines)
        found = [row for row in one["rows"] if row["verdict"] != "in sync"]
        errors = [entry for entry in one.get("accounts", []) if entry["error"] is not None]
        body = sum(max(len(row["differences"]) + (row["message"] is not None), 1) for row in found)
        assert len(lines) == bool(found) + body + len(errors) + (bool(one["rows"]) or not errors)


@pytest.mark.parametrize("value", [None, {"totals": {}}, {"rows": [{"verdict": "drifted"}]}])
def test_other_input_is_rejected(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="audit_table: the input must be an audit report"):
        audit_table(value)


def test_bad_destinations_are_counted_in_the_plural() -> None:
    bad = row(verdict="bad destination", message="destination_config: the service shop has no role.")
    assert audit_table(report(bad))[1:] == [
        "shop:resize:LATEST  bad destination  destination_config: the service shop has no role.", "1 bad destination"
    ]  # fmt: skip
    assert audit_table(report(bad, {**bad, "id": "shop:crop:LATEST"}))[-1] == "2 bad destinations"
