# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the rows of preflight reports, and of how these reports are formatted."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.audit_common import audit_common
from ansible_collections.alicloud.fc.plugins.filter.audit_junit import audit_junit
from ansible_collections.alicloud.fc.plugins.filter.audit_markdown import audit_markdown
from ansible_collections.alicloud.fc.plugins.filter.audit_sections import audit_sections
from ansible_collections.alicloud.fc.plugins.filter.audit_table import audit_table
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_ending import ending
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report, joined_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._preflight_rows import (
    has_rows,
    other_warnings,
    preflight_rows,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import PREFLIGHT
from jsonschema import Draft202012Validator

SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "preflight.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
CONNECTION = {"generation": "FC 2.0", "region": "cn-hangzhou", "account_id": "1", "endpoint": "https://fc.example"}
GONE = "destination_config.on_failure.destination: 'acs:fc:::services/shop/functions/gone' does not exist."
FORM = "destination_config.on_success.destination: 'acs:mns:::queue' is not the ARN of a queue or topic."
NO_ROLE = "destination_config: the service shop has no role."


def item(name: str = "shop:order:LATEST", **values: Any) -> dict[str, Any]:
    """Return an item of the results of the bulk module."""
    return {"id": name, "failed": False, "changed": False, "action": "none", **values}


def denied(name: str = "shop:order:LATEST", status: int = 403) -> dict[str, Any]:
    """Return an item for a configuration that could not be read."""
    return item(name, failed=True, msg=f"Get of {name} failed.", error={"status": status, "code": "AccessDenied"})


def problem(message: str, severity: str = "failure", kind: str = "not_found") -> dict[str, Any]:
    """Return a problem of a destination."""
    option = message.partition(":")[0]
    return {
        "id": "shop:order:LATEST", "option": option, "destination": None, "problem": kind, "severity": severity,
        "message": message,
    }  # fmt: skip


def result(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return the result of the bulk module."""
    return {"results": list(items), "diff": [], "connection": CONNECTION, **values}


def findings(*items: dict[str, Any]) -> list[tuple[str, str | None, str | None]]:
    """Return the verdict, the check and the message of each row."""
    return [(row["verdict"], row["rule"], row["message"]) for row in preflight_rows(FC2, result(*items))]


def report(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    """Return a preflight report on one account."""
    rows = preflight_rows(FC2, result(*items))
    account = account_report(None, rows, kind=PREFLIGHT, generation="FC 2.0", connection=CONNECTION, **values)
    found = joined_report([account], "Check", "2026-11-26T05:00:00Z", "1.1.0", kind=PREFLIGHT)
    VALIDATOR.validate(found)
    return found


BAD = item(destination_problems=[problem(GONE), problem(FORM, "warning", "form"), problem(NO_ROLE, kind="no_role")])


def test_a_configuration_without_problems_has_one_row() -> None:
    assert findings(item(), item("shop:refund:LATEST", destination_problems=[])) == [("ok", None, None)] * 2


def test_each_problem_of_a_destination_has_a_row() -> None:
    assert findings(BAD) == [
        ("failure", "destination", GONE), ("warning", "destination", FORM), ("failure", "role", NO_ROLE)
    ]  # fmt: skip


def test_missing_functions_are_failures_with_advice() -> None:
    not_found = {"code": "AliasNotFound", "message": "alias 'live' does not exist.", "status": 404}
    text = "alias 'live' does not exist (AliasNotFound). Create the alias first, or check qualifier."
    assert findings(item(not_found=not_found, changed=True)) == [("failure", "function", text)]


@pytest.mark.parametrize(("status", "check"), [(403, "caller"), (500, "read"), (None, "read")])
def test_unreadable_configurations_are_failures(status: int | None, check: str) -> None:
    failed = denied(status=status) if status else item(failed=True, msg="Get of shop:order:LATEST failed.")
    assert findings(failed) == [("failure", check, "Get of shop:order:LATEST failed.")]


def test_suspicious_qualifiers_are_warnings() -> None:
    [(verdict, check, message)] = findings(item("shop:order:latest"))
    assert (verdict, check) == ("warning", "qualifier")
    assert str(message).startswith("qualifier: 'latest' is the name of an alias.")


def test_warnings_that_have_a_row_are_not_repeated() -> None:
    [qualifier] = [text for _verdict, _check, text in findings(item("shop:order:latest"))]
    warnings = [
        f"shop:order:LATEST: {GONE} Outside check mode, the task would fail.", FORM, qualifier,
        "12 more destinations have problems.", "Function Compute is throttling.",
    ]  # fmt: skip
    found = result(BAD, item("shop:order:latest"), warnings=warnings)
    assert other_warnings(found) == ["Function Compute is throttling."]


def test_errors_of_the_whole_account_are_not_repeated_for_each_configuration() -> None:
    assert has_rows(result(denied(), failed=True))
    assert has_rows(result(denied(), denied("b:c:LATEST"), failed=True))
    assert has_rows(result(denied(status=503), item(), failed=True))
    assert not has_rows(result(denied(status=503), denied("b:c:LATEST", 503), failed=True))
    assert not has_rows({"failed": True, "msg": "region: is required."})


# --- Reports ----------------------------------------------------------------------------------------------------


def test_the_worst_verdict_is_the_outcome() -> None:
    warned = item("shop:order:latest")
    assert [report(*items)["outcome"] for items in ((), (item(),), (item(), warned), (warned, BAD))] == [
        "ok", "ok", "warning", "failure"
    ]  # fmt: skip
    assert report(error="Denied.")["outcome"] == "failure"
    assert report(error="region: is required.", invalid=True)["outcome"] == "invalid input"
    assert report(BAD)["totals"] == {"failure": 2, "warning": 1, "ok": 0}


@pytest.mark.parametrize(
    ("items", "text"),
    [
        ([], "No configurations to check"),
        ([item()], "1 configuration ready"),
        ([item(), BAD], "1 of 1 configuration not ready, 1 with warnings"),
        ([item("a:b:LATEST"), BAD], "1 of 2 configurations not ready, 1 with warnings"),
        ([item("a:b:LATEST"), item("a:b:latest")], "2 configurations ready, 1 with warnings"),
    ],
)
def test_the_summary_counts_configurations(items: list[dict[str, Any]], text: str) -> None:
    assert report(*items)["summary"] == text


def test_failures_always_fail_and_warnings_only_on_request() -> None:
    warned = report(item("shop:order:latest"))
    assert [ending(warned, fail)[0] for fail in (False, True)] == ["ok", "failed"]
    assert [ending(report(BAD), fail)[0] for fail in (False, True)] == ["failed", "failed"]
    assert [ending(report(item()), fail)[0] for fail in (False, True)] == ["ok", "ok"]
    assert ending(report(error="region: is required.", invalid=True), False) == ("failed", "region: is required.")


def test_the_table_has_a_column_for_messages() -> None:
    assert audit_table(report(BAD, item("shop:refund:LATEST"))) == [
        "id                 verdict                message",
        f"shop:order:LATEST  failure (destination)  {GONE}",
        f"shop:order:LATEST  failure (role)         {NO_ROLE}",
        f"shop:order:LATEST  warning (destination)  {FORM}",
        "2 failures, 1 warning, 1 ok",
    ]
    assert audit_table(report(error="Denied.")) == ["account: could not be read: Denied."]


def test_markdown_has_a_column_for_messages() -> None:
    lines = audit_markdown(report(BAD, item("shop:refund:LATEST"))).splitlines()
    assert lines[0] == "## Check: 1 of 2 configurations not ready, 1 with warnings"
    assert "| failure | warning | ok |" in lines
    assert "| configuration | verdict | message |" in lines
    [row] = [line for line in lines if "no role" in line]
    assert row.endswith("| failure (`role`) | `destination_config`: the service shop has no role. |")


def test_identical_findings_are_combined_in_markdown() -> None:
    items = [item(f"shop:f{number}:LATEST", destination_problems=[problem(NO_ROLE)]) for number in range(5)]
    lines = audit_markdown(report(*items)).splitlines()
    assert "### 5 configurations: failure (`role`)" in lines
    assert "| message |" in lines
    [common] = audit_common(report(*items))
    assert (common["rule"], len(common["ids"])) == ("role", 5)


def test_warnings_are_skipped_tests_in_junit() -> None:
    root = ET.fromstring(audit_junit(report(BAD, item("shop:refund:LATEST"))))
    counts = {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "4", "failures": "2", "errors": "0", "skipped": "1"}
    [suite] = root
    assert suite.get("timestamp") == "2026-11-26T05:00:00"
    assert [(case.get("name"), [part.tag for part in case]) for case in suite.iter("testcase")] == [
        ("shop:order:LATEST (destination, destination_config.on_failure.destination)", ["failure"]),
        ("shop:order:LATEST (role, destination_config)", ["failure"]),
        ("shop:order:LATEST (destination, destination_config.on_success.destination)", ["skipped"]),
        ("shop:refund:LATEST", []),
    ]


def test_sections_count_the_verdicts_of_the_report() -> None:
    [section] = audit_sections(report(BAD))
    assert section["totals"] == {"failure": 2, "warning": 1, "ok": 0}


def test_the_schema_is_valid_and_complete() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/preflight.schema.json"
    assert SCHEMA["$defs"]["verdict"]["enum"] == list(PREFLIGHT.verdicts)
    assert SCHEMA["$defs"]["outcome"]["enum"] == list(PREFLIGHT.outcomes)
    for one in [SCHEMA, *SCHEMA["$defs"].values()]:
        assert one["description"]
        if "properties" in one:
            assert one["required"] == list(one["properties"])


@pytest.mark.parametrize(
    ("key", "value"),
    [("verdict", "drifted"), ("rule", None), ("rule", "few retries"), ("message", None), ("since", "new")],
)
def test_invalid_rows_do_not_match_the_schema(key: str, value: Any) -> None:
    found = report(BAD)
    found["rows"][0][key] = value
    assert not VALIDATOR.is_valid(found)
