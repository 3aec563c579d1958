# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filters that group audit reports, and of the shared functions."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_common import audit_common
from ansible_collections.alicloud.fc.plugins.filter.audit_sections import audit_sections
from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT
from hypothesis import given
from support.audit_reports import account, brief, difference, report, reports, row

IN_SYNC = row("media:encode:LATEST", "in sync")


def order(audit: dict[str, Any]) -> list[tuple[str | None, str | None]]:
    """Return the account and service of each section."""
    return [(section["account"], section["service_name"]) for section in audit_sections(audit)]


# --- Sections ---------------------------------------------------------------------------------------------------


def test_accounts_keep_their_order_and_the_worst_service_comes_first() -> None:
    audit = report(
        row("a:f:LATEST", "in sync", account="staging"),
        row("b:f:LATEST", "missing", account="staging"),
        row("c:f:LATEST", "drifted", account="staging"),
        row("d:f:LATEST", "unreadable", account="prod"),
        row("a:g:LATEST", "in sync", account="prod"),
        accounts=[account("staging"), account("prod")],
    )
    assert order(audit) == [("staging", "c"), ("staging", "b"), ("staging", "a"), ("prod", "d"), ("prod", "a")]


def test_sections_have_the_totals_of_their_rows() -> None:
    audit = report(row("shop:a:LATEST"), row("shop:b:LATEST", "in sync"), IN_SYNC)
    shop, media = audit_sections(audit)
    assert list(shop["totals"]) == list(AUDIT.verdicts)
    assert (shop["totals"]["drifted"], shop["totals"]["in sync"]) == (1, 1)
    assert media["rows"] == [IN_SYNC]


@given(reports())
def test_each_row_is_in_one_section(audit: dict[str, Any]) -> None:
    sections = audit_sections(audit)
    found = [one for section in sections for one in section["rows"]]
    assert sorted(map(json.dumps, found)) == sorted(map(json.dumps, audit["rows"]))
    assert len({(section["account"], section["service_name"]) for section in sections}) == len(sections)
    for section in sections:
        assert section["rows"] == [one for one in audit["rows"] if one in section["rows"]]
    names = [entry["name"] for entry in audit["accounts"]]
    positions = [names.index(section["account"]) for section in sections]
    assert positions == sorted(positions)
    for first, second in zip(sections, sections[1:]):
        if first["account"] == second["account"]:
            assert worst(first) <= worst(second)


def worst(section: dict[str, Any]) -> int:
    """Return the position of the most important verdict."""
    return min(AUDIT.verdicts.index(one["verdict"]) for one in section["rows"])


# --- Identical findings -----------------------------------------------------------------------------------------


def test_identical_findings_are_listed_by_frequency() -> None:
    other = [difference(current=9)]
    audit = report(
        row("shop:a:LATEST"),
        row("shop:b:LATEST", differences=other),
        row("shop:c:LATEST", differences=other, account="prod"),
        row("shop:d:LATEST", differences=other, since="new"),
        row("shop:e:LATEST"),
        row("shop:f:LATEST", "missing"),
        accounts=[account(), account("prod")],
    )
    first, second = audit_common(audit)
    assert first == {
        "verdict": "drifted",
        "rule": None,
        "differences": other,
        "message": None,
        "ids": [
            {"account": None, "id": "shop:b:LATEST"},
            {"account": "prod", "id": "shop:c:LATEST"},
            {"account": None, "id": "shop:d:LATEST"},
        ],
    }
    assert [one["id"] for one in second["ids"]] == ["shop:a:LATEST", "shop:e:LATEST"]


@pytest.mark.parametrize(
    "changed",
    [{"verdict": "unexpected"}, {"rule": "other"}, {"message": "other"}, {"differences": [difference(current=True)]}],
)
def test_other_findings_are_not_identical(changed: dict[str, Any]) -> None:
    first = row(differences=[difference(current=1)])
    assert audit_common(report(first, {**first, **changed})) == []
    assert len(audit_common(report(first, first))) == 1


def test_configurations_in_sync_are_not_findings() -> None:
    assert audit_common(report(IN_SYNC, IN_SYNC)) == []


@given(reports())
def test_identical_findings_are_complete(audit: dict[str, Any]) -> None:
    common = audit_common(audit)
    sizes = [len(one["ids"]) for one in common]
    assert sizes == sorted(sizes, reverse=True)
    for one in common:
        same = [
            other
            for other in audit["rows"]
            if json.dumps([other[key] for key in ("verdict", "rule", "differences", "message")])
            == json.dumps([one[key] for key in ("verdict", "rule", "differences", "message")])
        ]
        assert [{"account": other["account"], "id": other["id"]} for other in same] == one["ids"]
        assert len(same) > 1


# --- Shared functions -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "text"),
    [
        ([], "no configurations to compare"),
        ([IN_SYNC], "1 configuration in sync"),
        ([IN_SYNC, row(), row(verdict="missing")], "2 of 3 configurations differ"),
        ([row()], "1 of 1 configuration differs"),
        ([IN_SYNC, row(verdict="unreadable")], "0 of 1 configuration differ, 1 could not be read"),
        ([row(verdict="unreadable")], "1 could not be read"),
        ([row("shop:resize", "unconfigured")] * 2, "2 functions without configuration"),
        (
            [row(verdict="noncompliant", rule="a"), row(verdict="noncompliant", rule="b")],
            "1 configuration violates rules",
        ),
        ([row(), row(verdict="noncompliant", rule="a")], "1 of 1 configuration differs, 1 violates rules"),
    ],
)
def test_outcome_in_words(rows: list[dict[str, Any]], text: str) -> None:
    assert groups.outcome_text(report(*rows)) == text


def test_failing_accounts_are_part_of_the_outcome() -> None:
    failing = [account("a", error="No."), account("b", error="No.", outcome="invalid input"), account("c")]
    assert groups.outcome_text(report(accounts=failing)) == "2 of 3 accounts could not be audited"
    assert groups.outcome_text(report(accounts=failing[:1])) == "the account could not be read"
    assert groups.outcome_text(report(accounts=failing[1:2])) == "invalid input"
    assert groups.account_errors(report(accounts=failing)) == [
        ("a", "could not be read: No."),
        ("b", "invalid input: No."),
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "not set"), (0, "0"), (False, "false"), ("", '""'), ("a\nb", r"a\nb"), ({"a": [1]}, '{"a": [1]}')
    ],
)  # fmt: skip
def test_values_as_text(value: Any, text: str) -> None:
    assert groups.value_text(value) == text


def test_times_are_short_and_other_text_is_unchanged() -> None:
    assert groups.time_text("2026-11-26T05:00:59Z") == "2026-11-26 05:00 UTC"
    assert groups.time_text("2026-11-26T05:00:59+08:00") == "2026-11-26T05:00:59+08:00"


def test_totals_are_in_order_of_importance_even_if_the_report_was_sorted() -> None:
    audit = json.loads(json.dumps(report(row(verdict="missing"), row(), IN_SYNC), sort_keys=True))
    assert groups.totals_text(groups.totals(audit)) == "1 drifted, 1 missing, 1 in sync"
    del audit["totals"]
    assert groups.totals_text(groups.totals(audit)) == "1 drifted, 1 missing, 1 in sync"


@given(reports())
def test_text_of_any_report_is_printable(audit: dict[str, Any]) -> None:
    for one in (audit, brief(audit), {"rows": audit["rows"]}):
        texts = [groups.outcome_text(one), groups.totals_text(groups.totals(one)), groups.comparison_text(one) or ""]
        texts += [part for found in groups.findings(one) for texts in groups.difference_texts(found) for part in texts]
        texts += [error for _name, error in groups.account_errors(one)]
        assert all(text.isprintable() for text in texts)


@pytest.mark.parametrize("value", [None, [], "text", {}, {"rows": None}, {"rows": [1]}, {"rows": [{"id": "a"}]}])
def test_other_input_is_rejected(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="audit_sections: the input must be an audit report"):
        audit_sections(value)
    with pytest.raises(AnsibleFilterError, match="audit_common: the input must be an audit report"):
        audit_common(value)
