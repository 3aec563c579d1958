# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that apply the audit_report filter to results from the bulk modules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_report import audit_report
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, differences, plan
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_result
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.entry import BulkEntry
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import LONGEST_MESSAGE
from ansible_collections.alicloud.fc.tests.unit.plugins.module_utils.strategies import settings, task_options
from hypothesis import given
from hypothesis import strategies as st

RESIZE = Identity("resize", service_name="shop")
QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"
UNSET = dict.fromkeys(field.option for field in FC2.fields)


def checked_entry(planned: Plan) -> BulkEntry:
    """Return an entry in the format that a bulk module returns in check mode."""
    return BulkEntry(planned.identity.id, planned, planned.predicted)


def unreadable_entry() -> BulkEntry:
    """Return the entry for a config that could not be read."""
    name = "shop:order:LATEST"
    return BulkEntry(
        name, error=ApiError("GetFunctionAsyncInvokeConfig", name, "it is\tsecret", Cause.DENIED, status=403)
    )


def report(*entries: BulkEntry, generation: Generation = FC2) -> dict[str, Any]:
    """Return the audit report for these entries."""
    return audit_report(bulk_result(generation, list(entries), diff_mode=True))


def compare(declared: Settings | None, actual: Settings | None) -> BulkEntry:
    """Return the entry for ``shop:resize:LATEST``. Settings are None if the config is absent."""
    given_values = {option: value for option, value in (declared or {}).items() if value is not None}
    desired = Desired(FC2, RESIZE, given_values, present=declared is not None)
    return checked_entry(plan(desired, None if actual is None else AsyncInvokeConfig(RESIZE, {**UNSET, **actual})))


def options(row: dict[str, Any]) -> list[str]:
    """Return the options that differ."""
    return [difference["option"] for difference in row["differences"]]


# --- The report -------------------------------------------------------------------------------------------------


def test_drifted_rows_contain_only_differences() -> None:
    [row] = report(compare({"maximum_retry_attempts": 0}, {"maximum_retry_attempts": 5}))["rows"]
    assert row == {
        "account": None,
        "id": "shop:resize:LATEST",
        "service_name": "shop",
        "verdict": "drifted",
        "rule": None,
        "differences": [{"option": "maximum_retry_attempts", "desired": 0, "current": 5}],
        "message": None,
        "console_url": None,
        "since": None,
    }


def test_missing_rows_contain_desired_values() -> None:
    [row] = report(compare({"destination_config.on_failure.destination": QUEUE}, None))["rows"]
    assert row["verdict"] == "missing"
    assert row["differences"] == [
        {"option": "destination_config.on_failure.destination", "desired": QUEUE, "current": None},
        {"option": "maximum_retry_attempts", "desired": 2, "current": None},
        {"option": "stateful_invocation", "desired": False, "current": None},
    ]


def test_unexpected_rows_contain_current_values() -> None:
    [row] = report(compare(None, {"maximum_event_age_in_seconds": 60}))["rows"]
    assert row["verdict"] == "unexpected"
    assert {"option": "maximum_event_age_in_seconds", "desired": None, "current": 60} in row["differences"]
    assert {difference["desired"] for difference in row["differences"]} == {None}


def test_removed_destination_is_one_difference() -> None:
    entry = compare({"maximum_retry_attempts": 3}, {"destination_config.on_success.destination": QUEUE})
    [row] = report(entry)["rows"]
    assert row["differences"] == [
        {"option": "destination_config.on_success.destination", "desired": None, "current": QUEUE}
    ]


def test_unreadable_rows_contain_the_error() -> None:
    [row] = report(unreadable_entry())["rows"]
    assert (row["verdict"], row["differences"]) == ("unreadable", [])
    assert "secret" in row["message"]


def test_rows_are_sorted_by_severity() -> None:
    entries = [compare({}, {"maximum_retry_attempts": 2}), compare({}, None), compare({}, {}), unreadable_entry()]
    result = report(*entries)
    assert [row["verdict"] for row in result["rows"]] == ["unreadable", "drifted", "missing", "in sync"]
    assert list(result["totals"].items()) == [
        ("unreadable", 1), ("no function", 0), ("bad destination", 0), ("drifted", 1), ("missing", 1),
        ("unexpected", 0), ("noncompliant", 0), ("unconfigured", 0), ("in sync", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "result", [{"failed": True, "msg": "configs: nothing was done"}, {"results": [], "changed": False}, None, []]
)
def test_results_without_check_and_diff_mode_are_rejected(result: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="check mode and diff mode"):
        audit_report(result)


BY_ACTION = {"update": "drifted", "create": "missing", "delete": "unexpected", "none": "in sync"}


@given(st.data())
def test_report_matches_the_plan(data: st.DataObject) -> None:
    generation = data.draw(st.sampled_from([FC2, FC3]))
    names = {"service_name": "shop"} if "service_name" in generation.identity_options else {}
    desired = parse_desired(generation, {**names, "function_name": "resize", **data.draw(task_options(generation))})
    current = data.draw(st.none() | settings(generation))
    planned = plan(desired, None if current is None else AsyncInvokeConfig(desired.identity, current))
    [row] = report(checked_entry(planned), generation=generation)["rows"]

    assert row["verdict"] == BY_ACTION[planned.action]
    assert row["service_name"] == names.get("service_name")
    if planned.action == "update":
        assert options(row) == differences(generation, planned.before or {}, planned.after or {})
    else:
        assert bool(row["differences"]) == planned.changed
    for difference in row["differences"]:
        after, before = (planned.after or {}), (planned.before or {})
        field = next(item for item in generation.fields if item.option == difference["option"])
        assert difference["desired"] in (after.get(field.option), field.returned_default)
        assert difference["current"] in (before.get(field.option), field.returned_default)


# --- Connection and missing functions ---------------------------------------------------------------------------


def located_report(generation: Generation, *ids: str, region: Any = "cn-hangzhou", **item: Any) -> list[dict[str, Any]]:
    """Return the rows for a result that contains a connection and the same item for each ID."""
    connection = {"generation": generation.name, "account_id": "1", "region": region, "endpoint": "https://fc.example"}
    common = {"action": "none", "changed": False, "failed": False, **item}
    results = [{"id": one, **common} for one in ids]
    rows: list[dict[str, Any]] = audit_report({"results": results, "diff": [], "connection": connection})["rows"]
    return rows


def test_rows_contain_the_console_url_and_the_service() -> None:
    [fc2] = located_report(FC2, "shop:resize:live")
    assert fc2["console_url"] == (
        "https://fcnext.console.aliyun.com/cn-hangzhou/services/shop/function-detail/resize/LATEST"
    )
    assert fc2["service_name"] == "shop"
    [fc3] = located_report(FC3, "shop$resize:LATEST")
    assert fc3["console_url"] == "https://fcnext.console.aliyun.com/cn-hangzhou/functions/shop%24resize"
    assert fc3["service_name"] is None


def test_rows_of_functions_services_and_accounts() -> None:
    resize, shop, account = located_report(FC2, "shop:resize", "shop", "account", failed=True, msg="it failed")
    assert (resize["service_name"], shop["service_name"], account["service_name"]) == ("shop", "shop", None)
    assert str(resize["console_url"]).endswith("/services/shop/function-detail/resize/LATEST")
    assert (shop["console_url"], account["console_url"]) == (None, None)
    [function] = located_report(FC3, "resize", failed=True, msg="it failed")
    assert str(function["console_url"]).endswith("/functions/resize")
    [account] = located_report(FC3, "account", failed=True, msg="it failed")
    assert account["console_url"] is None


@pytest.mark.parametrize(
    "identity", ["shop:********:LATEST", "shop:a/../b:LATEST", "shop", "a:b:c:d", "", "::", "shop:"]
)
def test_invalid_names_have_no_console_url(identity: str) -> None:
    assert located_report(FC2, identity)[0]["console_url"] is None


@pytest.mark.parametrize("region", [None, "", "cn-hangzhou/../x", "CN-hangzhou", "hangzhou", "cn-hangzhou\n", 5])
def test_unknown_regions_have_no_console_url(region: Any) -> None:
    assert located_report(FC2, "shop:resize:LATEST", region=region)[0]["console_url"] is None


def test_services_of_unknown_generations_are_taken_from_complete_ids() -> None:
    rows = [{"id": one, "action": "none", "changed": False, "failed": False} for one in ("a:b:c", "a:b", "a")]
    report = audit_report({"results": rows, "diff": []})
    assert [row["service_name"] for row in report["rows"]] == ["a", None, None]
    assert located_report(FC2, "")[0]["service_name"] is None


def test_configs_of_missing_functions_have_their_own_verdict() -> None:
    result = bulk_result(FC2, [compare({}, None), compare({"maximum_retry_attempts": 1}, None)], diff_mode=True)
    not_found = {"code": "ServiceNotFound", "message": "service 'shpo'\tdoes not exist", "status": 404}
    result["results"][1]["not_found"] = {**not_found, "request_id": "1", "operation": "GetFunctionAsyncInvokeConfig"}
    first, second = audit_report(result)["rows"]
    assert (first["verdict"], first["message"]) == ("no function", r"service 'shpo'\tdoes not exist")
    assert first["differences"] == []
    assert (second["verdict"], second["message"]) == ("missing", None)


# --- External text ----------------------------------------------------------------------------------------------


def test_configs_with_the_same_masked_id_keep_their_differences() -> None:
    result = bulk_result(
        FC2, [compare({"maximum_retry_attempts": 0}, {"maximum_retry_attempts": 5}), compare({}, None)], diff_mode=True
    )
    masked = json.loads(json.dumps(result).replace("resize", "********"))
    first, second = audit_report(masked)["rows"]
    assert first["differences"] == [{"option": "maximum_retry_attempts", "desired": 0, "current": 5}]
    assert second["differences"][0] == {"option": "maximum_retry_attempts", "desired": 2, "current": None}


def test_configs_in_sync_do_not_take_the_differences_of_the_same_masked_id() -> None:
    result = bulk_result(FC2, [compare({}, {"maximum_retry_attempts": 2}), compare({}, None)], diff_mode=True)
    missing, in_sync = audit_report(json.loads(json.dumps(result).replace("resize", "********")))["rows"]
    assert (missing["verdict"], bool(missing["differences"])) == ("missing", True)
    assert (in_sync["verdict"], in_sync["differences"]) == ("in sync", [])


def test_messages_are_printable_and_truncated() -> None:
    result = bulk_result(FC2, [unreadable_entry()], diff_mode=True)
    result["results"][0]["msg"] = "\x1b[2J\ud800 {{ x }} " + "y" * 1_000_000
    audit = audit_report(result)
    message = audit["rows"][0]["message"]
    assert message.startswith(r"\x1b[2J\ud800 {{ x }} yyy")
    assert message.endswith("more characters]")
    assert len(message) < LONGEST_MESSAGE + 100


def test_values_are_not_truncated() -> None:
    destination = "acs:mns:::/" + "y" * 100_000 + "\ud800"
    audit = report(compare({}, {"destination_config.on_failure.destination": destination}))
    values = [difference["current"] for difference in audit["rows"][0]["differences"]]
    assert destination in values


def test_problems_of_destinations_have_rows_of_their_own() -> None:
    result = bulk_result(FC2, [compare({}, {"maximum_retry_attempts": 2}), compare({}, None)], diff_mode=True)
    problem = {
        "id": result["results"][1]["id"], "option": "destination_config", "destination": None, "problem": "no_role",
        "severity": "failure", "message": "destination_config: the service shop has no role.",
    }  # fmt: skip
    result["results"][1]["destination_problems"] = [problem]
    result["results"][0]["destination_problems"] = []
    found = audit_report(result)
    assert [(row["verdict"], row["message"]) for row in found["rows"]] == [
        ("bad destination", problem["message"]), ("missing", None), ("in sync", None)
    ]  # fmt: skip
    assert found["totals"]["bad destination"] == 1
