# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that formats audit reports as JUnit XML. The documents are read by a JUnit library."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_junit import audit_junit
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from hypothesis import given, settings
from hypothesis import strategies as st
from junitparser import Error, Failure, JUnitXml, TestCase, TestSuite
from support.audit_reports import account, brief, difference, report, reports, row

IN_SYNC = row("media:encode:LATEST", "in sync")
#: All code points, among them many that XML does not allow.
ANY_TEXT = st.text(
    st.characters(codec=None)
    | st.sampled_from("\x00\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud800\udfff\U0001fffe<>&\"'\n\r\t"),
    max_size=20,
)
#: The characters that XML 1.0 allows.
XML = re.compile("[\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")


def read(audit: dict[str, Any]) -> JUnitXml:
    """Return the document as the library reads it."""
    document = audit_junit(audit)
    found = JUnitXml.fromstring(document.encode())
    assert isinstance(found, JUnitXml)
    return found


def suites(audit: dict[str, Any]) -> list[TestSuite]:
    """Return the test suites in the document."""
    found = list(read(audit))
    assert all(isinstance(suite, TestSuite) for suite in found)
    return found


def cases(suite: TestSuite) -> list[TestCase]:
    """Return the test cases in a test suite."""
    return list(suite)


def result(case: TestCase) -> tuple[str, str | None, str | None, str | None]:
    """Return the kind, type, message and text of the only result."""
    [found] = case.result
    return type(found).__name__.lower(), found.type, found.message, found.text


def test_each_configuration_is_a_test_case() -> None:
    shop, media = suites(report(row(), row("shop:crop:LATEST", "in sync"), IN_SYNC))
    assert [shop.name, media.name] == ["shop", "media"]
    assert [(case.classname, case.name, case.is_passed) for case in cases(shop)] == [
        ("alicloud.fc.shop", "shop:resize:LATEST", False),
        ("alicloud.fc.shop", "shop:crop:LATEST", True),
    ]
    assert (shop.tests, shop.failures, shop.errors, shop.timestamp) == (2, 1, 0, "2026-11-26T05:00:00")


def test_account_names_are_part_of_the_names() -> None:
    rows = [row("resize:LATEST", account="prod", service_name=None), row(account="prod")]
    first, second = suites(report(*rows, accounts=[account("prod")]))
    assert [first.name, second.name] == ["prod", "prod / shop"]
    assert cases(first)[0].classname == "alicloud.fc.prod"
    assert cases(second)[0].classname == "alicloud.fc.prod.shop"
    [unnamed] = suites(report(row("resize:LATEST", service_name=None)))
    assert (unnamed.name, cases(unnamed)[0].classname) == ("alicloud.fc", "alicloud.fc")


def test_differences_are_failures() -> None:
    found = row(differences=[difference(), difference("a\nb", None, "destination")], console_url="https://a.example")
    [case] = cases(suites(report(found))[0])
    lines = ["maximum_retry_attempts: desired 0, current 5", r"destination: desired a\nb, current not set"]
    assert result(case) == ("failure", "drifted", "; ".join(lines), "\n".join([*lines, "https://a.example"]))


def test_rules_are_part_of_the_name() -> None:
    found = row(verdict="noncompliant", rule="few retries", differences=[difference("at most 3", 5)])
    [case] = cases(suites(report(found))[0])
    assert case.name == "shop:resize:LATEST (few retries)"
    assert result(case)[:3] == ("failure", "noncompliant", "maximum_retry_attempts: desired at most 3, current 5")


def test_findings_about_different_destinations_have_different_names() -> None:
    messages = [f"destination_config.{one}.destination: 'x' does not exist." for one in ("on_failure", "on_success")]
    rows = [row(verdict="bad destination", message=message) for message in messages]
    assert [case.name for case in cases(suites(report(*rows))[0])] == [
        f"shop:resize:LATEST ({message.partition(':')[0]})" for message in messages
    ]


def test_findings_without_differences_are_failures() -> None:
    [case] = cases(suites(report(row("shop:resize", "unconfigured")))[0])
    assert result(case) == ("failure", "unconfigured", "unconfigured", "unconfigured")


def test_unreadable_configurations_are_errors() -> None:
    [suite] = suites(report(row(verdict="unreadable", message="Access denied.")))
    assert (suite.tests, suite.failures, suite.errors) == (1, 0, 1)
    assert result(cases(suite)[0]) == ("error", "unreadable", "Access denied.", "Access denied.")


def test_failing_accounts_are_errors() -> None:
    accounts = [
        account("prod", error="No such host.", outcome="unreadable"),
        account("dev", error="purge: must be all.", outcome="invalid input"),
    ]
    first, second = suites(report(accounts=accounts))
    assert (first.name, first.tests, first.failures, first.errors) == ("prod", 1, 0, 1)
    assert [(case.classname, case.name) for case in cases(first)] == [("alicloud.fc.prod", "account")]
    assert result(cases(first)[0]) == ("error", "unreadable", "No such host.", "No such host.")
    assert result(cases(second)[0])[1] == "invalid input"


def test_properties_describe_the_account() -> None:
    document = ET.fromstring(audit_junit(report(row(), accounts=[account(region=None)])))
    assert {item.get("name"): item.get("value") for item in document.iterfind("testsuite/properties/property")} == {
        "account_id": "123456789012",
        "endpoint": "https://123456789012.cn-hangzhou.fc.aliyuncs.com",
        "generation": "FC 2.0",
        "config_file": "/project/configs.yml",
        "purge": "none",
        "commit": "0123456789abcdef0123456789abcdef01234567",
        "modified": "false",
    }
    assert "properties" not in audit_junit(brief(report(row())))


def test_other_times_are_omitted() -> None:
    [suite] = suites(report(row(), audited_at="yesterday"))
    assert suite.timestamp is None


def test_empty_document() -> None:
    assert suites({"rows": []}) == []


@settings(max_examples=60)
@given(reports(ANY_TEXT))
def test_documents_are_valid_for_any_text(audit: dict[str, Any]) -> None:
    for one in (audit, brief(audit)):
        assert XML.fullmatch(audit_junit(one))
        found = read(one)
        errors = groups.account_errors(one)
        names = [case.name for suite in found for case in suite if case.name != "account"]
        expected = [
            printable(row["id"]) + (f" ({printable(row['rule'])})" if row["rule"] is not None else "")
            for row in one["rows"]
        ]
        assert sorted(names) == sorted(name for name in expected if name != "account")
        results = [item for suite in found for case in suite for item in case.result]
        unreadable = sum(row["verdict"] == "unreadable" for row in one["rows"])
        assert sum(isinstance(item, Error) for item in results) == unreadable + len(errors)
        assert sum(isinstance(item, Failure) for item in results) == len(groups.findings(one)) - unreadable
        check_counts(found)


def check_counts(document: JUnitXml) -> None:
    """Check the counts in the document against the counts that the library calculates."""
    for element in (document, *document):
        given_counts = (element.tests, element.failures, element.errors)
        element.update_statistics()
        assert (element.tests, element.failures, element.errors) == given_counts


@pytest.mark.parametrize("value", [None, {"totals": {}}, {"rows": [{"verdict": "drifted"}]}])
def test_other_input_is_rejected(value: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="audit_junit: the input must be an audit report"):
        audit_junit(value)
