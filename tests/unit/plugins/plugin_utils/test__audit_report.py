# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of reports for several accounts, their comparison and their schema."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_previous import check_same_accounts, parse_previous
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report, joined_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import (
    Row,
    destination_rows,
    new_row,
    result_rows,
    unconfigured_rows,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

VERDICTS, OUTCOMES = AUDIT.verdicts, AUDIT.outcomes
SCHEMA = json.loads((Path(__file__).parents[4] / "docs" / "audit.schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)
BEFORE, NOW = "2026-11-25T05:00:00Z", "2026-11-26T05:00:00Z"
RETRIES = {"option": "maximum_retry_attempts", "desired": 1, "current": 5}
AGE = {"option": "maximum_event_age_in_seconds", "desired": "at most 60", "current": 86400}


def row(resource_id: str, verdict: str, *differences: dict[str, Any], **more: Any) -> Row:
    """Return a row for an FC 3.0 configuration."""
    return new_row(FC3, "cn-hangzhou", resource_id, verdict, differences=differences, **more)


def audited(*rows: Row, name: str | None = None, **more: Any) -> dict[str, Any]:
    """Return the report of an account."""
    return account_report(name, rows, generation="FC 3.0", **more)


def report(*accounts: dict[str, Any], previous: Any = None) -> dict[str, Any]:
    """Return the report of an audit, which is compared with a previous report if there is one."""
    parsed = None if previous is None else parse_previous(json.dumps(previous))
    return joined_report(accounts, "Audit", BEFORE if previous is None else NOW, "1.1.0", parsed)


def since(result: dict[str, Any]) -> list[tuple[str, str | None]]:
    """Return the ID and the comparison of each row."""
    return [(one["id"], one["since"]) for one in result["rows"]]


def resolved(before: dict[str, Any], *accounts: dict[str, Any]) -> list[str]:
    """Return the IDs that are resolved after an earlier audit."""
    return [one["id"] for one in report(*accounts, previous=before)["resolved"]]


# --- Accounts ---------------------------------------------------------------------------------------------------


def test_accounts_contain_the_facts_of_the_audit() -> None:
    connection = {"generation": "FC 3.0", "account_id": "1", "region": "cn-hangzhou", "endpoint": "https://fc.example"}
    revision = {"commit": "0" * 40, "modified": False}
    account = audited(
        row("a:LATEST", "drifted", RETRIES),
        name="prod",
        connection=connection,
        config_file="/configs.yml",
        revision=revision,
        purge="account",
        warnings=["beware\x1b"],
    )
    [found] = account.pop("rows")
    assert account.pop("reads_account") is False
    assert (found["account"], found["id"]) == ("prod", "a:LATEST")
    totals = {**dict.fromkeys(VERDICTS, 0), "drifted": 1}
    assert account == {
        "name": "prod",
        "account_id": "1",
        "region": "cn-hangzhou",
        "endpoint": "https://fc.example",
        "generation": "FC 3.0",
        "config_file": "/configs.yml",
        "revision": revision,
        "purge": "account",
        "rules": [],
        "unconfigured": False,
        "verify_destinations": False,
        "services": None,
        "functions": None,
        "outcome": "drift",
        "error": None,
        "totals": totals,
        "warnings": [r"beware\x1b"],
    }
    assert list(account["totals"]) == list(VERDICTS)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_outcome_follows_from_the_verdicts(verdict: str) -> None:
    outcome = {"unreadable": "unreadable", "in sync": "in sync"}.get(verdict, "drift")
    assert audited(row("a:LATEST", "in sync"), row("b:LATEST", verdict))["outcome"] == outcome


def test_errors_determine_the_outcome() -> None:
    assert audited()["outcome"] == "in sync"
    assert audited(error="region: is required.", invalid=True)["outcome"] == "invalid input"
    failed = audited(row("a:LATEST", "drifted"), error="it\tfailed")
    assert (failed["outcome"], failed["error"]) == ("unreadable", r"it\tfailed")


# --- The report -------------------------------------------------------------------------------------------------


def test_rows_are_ordered_by_verdict_and_account() -> None:
    first = audited(row("b:LATEST", "in sync"), row("a:LATEST", "drifted"), row("9:LATEST", "drifted"), name="z")
    second = audited(*unconfigured_rows("FC 3.0", ["f"], "cn-hangzhou"), row("0:LATEST", "drifted"), name="a")
    result = report(first, second)
    assert [(one["account"], one["id"]) for one in result["rows"]] == [
        ("z", "a:LATEST"), ("z", "9:LATEST"), ("a", "0:LATEST"), ("a", "f"), ("z", "b:LATEST"),
    ]  # fmt: skip
    assert [account["name"] for account in result["accounts"]] == ["z", "a"]
    assert (result["totals"]["drifted"], result["totals"]["unconfigured"], result["totals"]["in sync"]) == (3, 1, 1)
    assert (result["previous"], result["resolved"]) == (None, [])


def test_the_worst_outcome_is_the_outcome_of_the_report() -> None:
    accounts = [
        audited(name="1"),
        audited(row("a:LATEST", "missing"), name="2"),
        audited(error="it failed", name="3"),
        audited(error="region: is required.", invalid=True, name="4"),
    ]
    found = [report(*accounts[: number + 1])["outcome"] for number in range(len(accounts))]
    assert found == ["in sync", "drift", "unreadable", "invalid input"]
    assert report()["outcome"] == "invalid input"


def test_unconfigured_rows() -> None:
    [fc2] = unconfigured_rows("FC 2.0", ["shop:resize"], "cn-hangzhou")
    [fc3] = unconfigured_rows("FC 3.0", ["a$b"], None)
    assert (fc2["id"], fc2["service_name"], fc2["verdict"]) == ("shop:resize", "shop", "unconfigured")
    assert fc2["console_url"].endswith("/cn-hangzhou/services/shop/function-detail/resize/LATEST")
    assert (fc3["service_name"], fc3["console_url"]) == (None, None)


# --- Comparison with the previous report ------------------------------------------------------------------------


def test_findings_are_new_changed_or_known() -> None:
    failed = "Get of a failed: no (HTTP 403, AccessDenied, request id {}). Grant it."
    before = report(
        audited(
            row("a:LATEST", "drifted", RETRIES),
            row("b:LATEST", "drifted", RETRIES),
            row("c:LATEST", "unreadable", message=failed.format("1-2")),
            row("d:LATEST", "unreadable", message="it failed"),
            row("e:LATEST", "in sync"),
            row("f:LATEST", "missing", RETRIES),
        )
    )
    assert {one["since"] for one in before["rows"]} == {None}
    after = audited(
        row("a:LATEST", "drifted", RETRIES),
        row("b:LATEST", "drifted", {**RETRIES, "current": 6}),
        row("c:LATEST", "unreadable", message=failed.format("3-4")),
        row("d:LATEST", "unreadable", message="it failed again"),
        row("e:LATEST", "drifted", RETRIES),
        row("f:LATEST", "drifted", RETRIES),
        row("g:LATEST", "in sync"),
    )
    result = report(after, previous=before)
    assert result["previous"] == {"audited_at": BEFORE}
    assert sorted(since(result)) == [
        ("a:LATEST", "known"), ("b:LATEST", "changed"), ("c:LATEST", "known"), ("d:LATEST", "changed"),
        ("e:LATEST", "new"), ("f:LATEST", "new"), ("g:LATEST", None),
    ]  # fmt: skip


def test_violations_are_identified_by_rule_and_option() -> None:
    before = report(audited(row("a:LATEST", "noncompliant", AGE, rule="one")))
    other_option = row("a:LATEST", "noncompliant", {**AGE, "option": "async_task"}, rule="one")
    other_rule = row("a:LATEST", "noncompliant", AGE, rule="two")
    changed = row("a:LATEST", "noncompliant", {**AGE, "current": 90}, rule="one")
    found = since(report(audited(other_option, other_rule, changed), previous=before))
    assert [one for _id, one in found] == ["new", "new", "changed"]


def test_findings_of_other_accounts_are_different() -> None:
    before = report(audited(row("a:LATEST", "drifted"), name="prod"))
    test = audited(row("a:LATEST", "drifted"), name="test")
    result = report(audited(row("a:LATEST", "in sync"), name="prod"), test, previous=before)
    assert since(result) == [("a:LATEST", "new"), ("a:LATEST", None)]
    assert result["resolved"] == [{"account": "prod", "id": "a:LATEST", "verdict": "drifted", "rule": None}]


@pytest.mark.parametrize("verdict", ["unreadable", "no function", "drifted", "missing", "unexpected"])
def test_findings_are_resolved_if_the_config_was_read_again(verdict: str) -> None:
    before = report(audited(row("a:LATEST", verdict), row("b:LATEST", "in sync")))
    other = "missing" if verdict == "drifted" else "drifted"
    assert resolved(before, audited(row("a:LATEST", "in sync"))) == ["a:LATEST"]
    assert resolved(before, audited(row("a:LATEST", other))) == ["a:LATEST"]
    assert resolved(before, audited(row("a:LATEST", verdict, RETRIES))) == []
    # The config is not part of this audit.
    assert resolved(before, audited(row("b:LATEST", "in sync"))) == []


#: The verdict, the ID and the rule of a finding, and the scopes of audits that have no row for it and in which it is
#: resolved.
GONE: list[tuple[str, str, str | None, dict[str, Any], bool]] = [
    ("unexpected", "a:live", None, {"purge": "none"}, False),
    ("unexpected", "a:live", None, {"purge": "function"}, True),
    ("unexpected", "z:live", None, {"purge": "function"}, False),
    ("unexpected", "z:live", None, {"purge": "account"}, True),
    ("unexpected", "shop:z:live", None, {"purge": "service"}, True),
    ("unexpected", "mail:z:live", None, {"purge": "service"}, False),
    ("noncompliant", "a:live", "one", {"rules": ["one"]}, True),
    ("noncompliant", "a:live", "one", {"rules": ["two"]}, False),
    ("noncompliant", "a:live", "one", {"rules": ["one"], "functions": ["x*"]}, False),
    ("bad destination", "z:live", None, {"verify_destinations": True, "reads_account": True}, True),
    ("bad destination", "z:live", None, {"reads_account": True}, False),
    ("bad destination", "z:live", None, {"verify_destinations": True}, False),
    (
        "bad destination",
        "z:live",
        None,
        {"verify_destinations": True, "reads_account": True, "functions": ["x*"]},
        False,
    ),
    ("unconfigured", "z", None, {"unconfigured": True}, True),
    ("unconfigured", "z", None, {"unconfigured": True, "functions": ["x*"]}, False),
    ("unconfigured", "z", None, {}, False),
    ("unreadable", "mail", None, {"purge": "account"}, True),
    ("unreadable", "mail", None, {"reads_account": True}, True),
    ("unreadable", "mail", None, {}, False),
    ("drifted", "z:LATEST", None, {"purge": "account", "rules": ["one"], "unconfigured": True}, False),
]


@pytest.mark.parametrize(("verdict", "name", "rule", "scope", "expected"), GONE)
def test_findings_without_a_row_are_resolved_if_they_were_searched_for(
    verdict: str, name: str, rule: str | None, scope: dict[str, Any], expected: bool
) -> None:
    before = report(audited(row(name, verdict, rule=rule)))
    rows = [row("a:LATEST", "in sync"), row("shop:b:LATEST", "in sync")]
    assert resolved(before, audited(*rows, **scope)) == ([name] if expected else [])
    # If anything could not be read, the search is not complete.
    assert resolved(before, audited(*rows, row("u:LATEST", "unreadable"), **scope)) == []


def test_violations_of_rules_that_were_not_checked_are_not_resolved() -> None:
    before = report(audited(row("a:LATEST", "noncompliant", AGE, rule="one"), rules=["one"]))
    assert resolved(before, audited(row("a:LATEST", "in sync"))) == []
    assert resolved(before, audited(row("a:LATEST", "in sync"), rules=["one"])) == ["a:LATEST"]


def bad_destination(option: str, text: str, name: str = "a:LATEST") -> Row:
    """Return a row for a destination with a problem."""
    return row(name, "bad destination", message=f"destination_config.{option}.destination: {text}")


def test_destinations_that_were_not_verified_are_not_resolved() -> None:
    gone = bad_destination("on_failure", "'b' does not exist.")
    before = report(audited(row("a:LATEST", "in sync"), gone, verify_destinations=True))
    in_sync = row("a:LATEST", "in sync")
    assert resolved(before, audited(in_sync)) == []
    assert resolved(before, audited(in_sync, rules=["one"], reads_account=True)) == []
    assert resolved(before, audited(in_sync, verify_destinations=True)) == ["a:LATEST"]
    unverified = row("a:LATEST", "unreadable", message="destination_config.on_failure.destination: 'b' could not be")
    assert resolved(before, audited(in_sync, unverified, verify_destinations=True)) == []


def test_bad_destinations_are_identified_by_option() -> None:
    before = report(audited(bad_destination("on_failure", "'b' does not exist."), verify_destinations=True))
    found = [
        bad_destination("on_failure", "'b' does not exist."),
        bad_destination("on_success", "'b' does not exist."),
    ]
    assert [one for _id, one in since(report(audited(*found), previous=before))] == ["known", "new"]
    other = audited(bad_destination("on_failure", "'c' does not exist."), verify_destinations=True)
    assert since(report(other, previous=before)) == [("a:LATEST", "changed")]
    assert resolved(before, other) == []


def test_violations_of_several_options_are_resolved_once() -> None:
    violations = [row("a:LATEST", "noncompliant", one, rule="one") for one in (AGE, RETRIES)]
    after = audited(row("a:LATEST", "in sync"), rules=["one"])
    result = report(after, previous=report(audited(*violations)))
    assert result["resolved"] == [{"account": None, "id": "a:LATEST", "verdict": "noncompliant", "rule": "one"}]


@pytest.mark.parametrize(
    "accounts",
    [
        [],
        [audited(name="other")],
        [audited(name="prod", error="it failed")],
        [audited(row("a:LATEST", "in sync"), name="prod", error="it failed")],
        [audited(name="prod", error="region: is required.", invalid=True)],
        [audited(name="prod", invalid=True)],
        [audited(row("a:LATEST", "unreadable"), name="prod")],
        [audited(row("z:LATEST", "unreadable"), name="prod")],
    ],
)
def test_findings_of_accounts_that_were_not_read_are_not_resolved(accounts: list[dict[str, Any]]) -> None:
    before = report(audited(row("a:LATEST", "drifted"), name="prod"))
    assert resolved(before, *accounts) == []


def test_findings_that_were_read_in_unreadable_accounts_are_resolved() -> None:
    before = report(audited(row("a:LATEST", "drifted"), row("b:LATEST", "drifted"), row("c:LATEST", "drifted")))
    after = audited(row("a:LATEST", "in sync"), row("b:LATEST", "unreadable"), row("b:LATEST", "in sync"))
    assert resolved(before, after) == ["a:LATEST"]


@pytest.mark.parametrize(("key", "value"), [("account_id", "2"), ("region", "cn-shanghai"), ("generation", "FC 2.0")])
@pytest.mark.parametrize("name", [None, "prod"])
def test_previous_report_must_be_about_the_same_account(key: str, value: str, name: str | None) -> None:
    location = {"account_id": "1", "region": "cn-hangzhou"}
    before = report(audited(name=name, connection=location))
    now = {**audited(name=name, connection=location), key: value}
    check_same_accounts([audited(name=name, connection=location)], before)
    check_same_accounts([audited(name=name)], before)
    check_same_accounts([{**now, "name": "another"}], before)
    with pytest.raises(InvalidVariables, match=f"^previous: the {key}{' of prod' if name else ''} must be '{value}'"):
        check_same_accounts([now], before)


def test_configs_with_the_same_masked_id_are_compared() -> None:
    rows = [row("***:LATEST", "drifted", {**RETRIES, "current": number}) for number in (5, 6)]
    before = report(audited(*rows))
    result = report(audited(*rows, row("***:LATEST", "drifted", {**RETRIES, "current": 7})), previous=before)
    assert [one["since"] for one in result["rows"]] == ["known", "known", "changed"]


# --- Generated reports ------------------------------------------------------------------------------------------

IDS = st.sampled_from(["a:LATEST", "b:live", "shop:a:LATEST", "account", "shop", ""]) | st.text(max_size=5)
SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
DIFFERENCES = st.fixed_dictionaries({"option": st.text(max_size=5), "desired": SCALARS, "current": SCALARS})


@st.composite
def rows(draw: st.DrawFn) -> Row:
    """Generate a row."""
    verdict = draw(st.sampled_from(VERDICTS))
    return new_row(
        draw(st.sampled_from([FC2, FC3, None])),
        draw(st.sampled_from(["cn-hangzhou", None, "nowhere"])),
        draw(IDS),
        verdict,
        rule=draw(st.text(max_size=5)) if verdict == "noncompliant" else None,
        differences=draw(st.lists(DIFFERENCES, max_size=2)),
        message=draw(st.none() | st.text(max_size=5)),
    )


def account_reports(name: str | None) -> st.SearchStrategy[dict[str, Any]]:
    """Generate the report of an account."""
    text = st.none() | st.text(max_size=5)
    connection = st.fixed_dictionaries({"account_id": text, "region": text, "endpoint": text, "generation": text})
    revision = st.fixed_dictionaries({"commit": st.just("0123456789" * 4), "modified": st.booleans()})
    return st.builds(
        account_report,
        st.just(name),
        st.lists(rows(), max_size=4),
        generation=st.sampled_from(["FC 2.0", "FC 3.0"]),
        connection=st.none() | connection,
        config_file=text,
        revision=st.none() | revision,
        purge=st.sampled_from(["none", "function", "service", "account"]),
        rules=st.lists(st.text(max_size=5), max_size=2),
        unconfigured=st.booleans(),
        services=st.none() | st.lists(st.text(max_size=5), max_size=2),
        functions=st.none() | st.lists(st.text(max_size=5), max_size=2),
        warnings=st.lists(st.text(max_size=5), max_size=2),
        error=text,
        invalid=st.booleans(),
    )


ACCOUNTS = st.lists(st.sampled_from([None, "prod", "test"]), unique=True).flatmap(
    lambda names: st.tuples(*map(account_reports, names))
)
REPORTS = st.builds(lambda accounts: report(*accounts), ACCOUNTS)


@given(ACCOUNTS, st.none() | REPORTS)
def test_reports_match_the_schema(accounts: Any, previous: Any) -> None:
    result = report(*accounts, previous=previous)
    VALIDATOR.validate(result)
    assert json.loads(json.dumps(result)) == result
    assert sum(result["totals"].values()) == len(result["rows"])
    assert [VERDICTS.index(one["verdict"]) for one in result["rows"]] == sorted(
        VERDICTS.index(one["verdict"]) for one in result["rows"]
    )
    assert all(OUTCOMES.index(result["outcome"]) <= OUTCOMES.index(one["outcome"]) for one in result["accounts"])
    for verdict in VERDICTS:
        assert result["totals"][verdict] == sum(account["totals"][verdict] for account in result["accounts"])


@given(ACCOUNTS)
def test_an_unchanged_audit_has_only_known_findings(accounts: Any) -> None:
    result = report(*accounts, previous=report(*accounts))
    assert {one["since"] for one in result["rows"] if one["verdict"] != "in sync"} <= {"known"}
    assert {one["since"] for one in result["rows"] if one["verdict"] == "in sync"} <= {None}
    assert result["resolved"] == []


# --- The schema -------------------------------------------------------------------------------------------------


def test_the_schema_is_valid_and_complete() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$id"] == "https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/audit.schema.json"
    assert SCHEMA["$defs"]["verdict"]["enum"] == list(VERDICTS)
    assert SCHEMA["$defs"]["outcome"]["enum"] == list(OUTCOMES)
    objects = [SCHEMA, *SCHEMA["$defs"].values()]
    for one in objects:
        assert one["description"]
        if "properties" in one:
            assert one["additionalProperties"] is False
            assert one["required"] == list(one["properties"])
            assert all("description" in value or "$ref" in value for value in one["properties"].values())


def paths(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the path of each value in a JSON document."""
    pairs = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ()
    return [path, *(found for key, value in pairs for found in paths(value, (*path, key)))]


FULL = report(
    audited(
        row("a:LATEST", "noncompliant", AGE, rule="one"),
        row("b:LATEST", "drifted", RETRIES, message="why"),
        row("c:LATEST", "in sync"),
    ),
    previous=report(audited(row("c:LATEST", "missing"), row("b:LATEST", "drifted", RETRIES))),
)
FULL["accounts"][0]["revision"] = {"commit": "0" * 40, "modified": True}
FULL["accounts"][0]["warnings"] = ["beware"]


@pytest.mark.parametrize("path", paths(FULL)[1:], ids=lambda path: ".".join(map(str, path)))
def test_mutated_reports_do_not_match_the_schema(path: tuple[Any, ...]) -> None:
    VALIDATOR.validate(FULL)
    *parents, key = path
    for change in ("replace", "remove", "add"):
        mutated: Any = copy.deepcopy(FULL)
        parent = mutated
        for step in parents:
            parent = parent[step]
        if change == "replace":
            parent[key] = [{}]
        elif isinstance(parent, list):
            continue  # Lists can have any length.
        elif change == "remove":
            del parent[key]
        else:
            parent[f"{key}_"] = None
        assert not VALIDATOR.is_valid(mutated), change


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema_version",), 2),
        (("outcome",), "drifted"),
        (("audited_at",), "yesterday"),
        (("totals", "drifted"), -1),
        (("accounts", 0, "purge"), "all"),
        (("accounts", 0, "revision", "commit"), "HEAD"),
        (("rows", 0, "verdict"), "failed"),
        (("rows", 0, "since"), "old"),
        (("rows", 0, "console_url"), "javascript:alert(1)"),
        (("rows", 0, "rule"), "one"),
        (("rows", 1, "rule"), None),
        (("accounts", 0, "rules"), None),
        (("accounts", 0, "services"), "shop"),
        (("resolved", 0, "verdict"), "in sync"),
    ],
)
def test_invalid_values_do_not_match_the_schema(path: tuple[Any, ...], value: Any) -> None:
    mutated: Any = copy.deepcopy(FULL)
    parent = mutated
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    assert not VALIDATOR.is_valid(mutated)


# --- Parsing the previous report --------------------------------------------------------------------------------


def error_of(text: str) -> str:
    """Return the message about an invalid previous report."""
    with pytest.raises(InvalidVariables) as exc_info:
        parse_previous(text)
    return str(exc_info.value)


@pytest.mark.parametrize("text", ["", "{", "\ufeff{}", "[" * 100_000, "1" * 5000, "<html>"])
def test_files_that_are_not_json_are_rejected(text: str) -> None:
    assert error_of(text) == "previous: must be the JSON file of an earlier audit."


@pytest.mark.parametrize(
    "value",
    [
        None,
        1,
        [],
        {},
        {"rows": []},
        {"schema_version": 1, "kind": "preflight"},
        {"schema_version": 2},
        {"schema_version": True},
    ],
)
def test_other_versions_are_rejected(value: Any) -> None:
    expected = "previous: must be the JSON file of an earlier audit with schema_version 1."
    assert error_of(json.dumps(value)) == expected


def test_malformed_reports_are_rejected() -> None:
    assert error_of(json.dumps({**FULL, "audited_at": "x"})).startswith("previous: audited_at must be a time")
    assert error_of(json.dumps({**FULL, "rows": {}})) == "previous: rows must be a list."
    for name in ("account", "id", "verdict", "rule", "differences", "message"):
        mutated = copy.deepcopy(FULL)
        mutated["rows"][1][name] = {"a": 1}
        assert error_of(json.dumps(mutated)) == "previous: rows[1] is not a valid row."
        del mutated["rows"][1][name]
        assert error_of(json.dumps(mutated)) == "previous: rows[1] is not a valid row."
    mutated = copy.deepcopy(FULL)
    mutated["rows"][1]["verdict"] = "failed"
    assert error_of(json.dumps(mutated)) == "previous: rows[1] is not a valid row."
    for name in ("option", "desired", "current"):
        mutated = copy.deepcopy(FULL)
        mutated["rows"][0]["differences"][0][name] = [[]]
        assert error_of(json.dumps(mutated)) == "previous: rows[0] is not a valid row."


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(paths(FULL)[1:]), JSON)
def test_any_previous_report_is_compared_or_rejected(path: tuple[Any, ...], value: Any) -> None:
    mutated: Any = copy.deepcopy(FULL)
    parent = mutated
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    try:
        previous = parse_previous(json.dumps(mutated))
    except InvalidVariables:
        return
    VALIDATOR.validate(joined_report([audited(row("a:LATEST", "drifted", RETRIES))], "t", NOW, "1.1.0", previous))


# --- Module results ---------------------------------------------------------------------------------------------


def problem(name: str = "a:LATEST", kind: str = "not_found", option: str = "on_failure") -> dict[str, Any]:
    """Return a problem of a destination, as a module returns it."""
    path = f"destination_config.{option}.destination"
    return {
        "id": name, "option": path, "destination": "acs:fc:::functions/b", "problem": kind, "severity": "failure",
        "message": f"{path}: {kind}",
    }  # fmt: skip


def test_each_problem_of_a_destination_has_one_row() -> None:
    problems = [problem(), problem(option="on_success"), problem(), problem("b:LATEST", "unverified"), problem()]
    rows = destination_rows("FC 3.0", problems, "cn-hangzhou")
    assert [(one["id"], one["verdict"], one["message"]) for one in rows] == [
        ("a:LATEST", "bad destination", "destination_config.on_failure.destination: not_found"),
        ("a:LATEST", "bad destination", "destination_config.on_success.destination: not_found"),
        ("b:LATEST", "unreadable", "destination_config.on_failure.destination: unverified"),
    ]
    assert rows[0]["console_url"].endswith("/functions/a")


def test_several_mistakes_in_an_arn_have_rows_of_their_own() -> None:
    mistakes = [{**problem(kind="form"), "message": f"destination_config: {one}"} for one in ("first", "second")]
    assert len(destination_rows("FC 3.0", [*mistakes, *mistakes], None)) == 2
    failed = [{**problem(kind="unverified"), "message": f"failed (request id {one})"} for one in (1, 2)]
    assert len(destination_rows("FC 3.0", failed, None)) == 1


def test_bad_destinations_are_counted_by_configuration() -> None:
    rows = [bad_destination("on_failure", "b"), bad_destination("on_success", "b"), row("a:LATEST", "in sync")]
    assert report(audited(*rows))["summary"] == "1 configuration has a bad destination"
    more = [*rows, bad_destination("on_failure", "b", "c:LATEST"), row("c:LATEST", "drifted", RETRIES)]
    assert report(audited(*more))["summary"] == "1 of 2 configurations differs, 2 have bad destinations"


def test_rows_of_a_module_result_are_in_the_order_of_the_results() -> None:
    results = [
        {"id": "a:LATEST", "action": "none", "changed": False, "failed": False},
        {"id": "b:LATEST", "action": "none", "changed": False, "failed": True, "msg": "it failed"},
    ]
    assert [one["id"] for one in result_rows({"results": results, "diff": []})] == ["a:LATEST", "b:LATEST"]
