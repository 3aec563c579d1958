# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that apply the audit filters to results from the bulk modules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.audit_report import VERDICTS, audit_report
from ansible_collections.alicloud.fc.plugins.filter.audit_table import audit_table
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, differences, plan
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_result
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import BulkEntry
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
        "id": "shop:resize:LATEST",
        "verdict": "drifted",
        "differences": [{"option": "maximum_retry_attempts", "declared": 0, "actual": 5}],
        "message": None,
    }


def test_missing_rows_contain_declared_values() -> None:
    [row] = report(compare({"destination_config.on_failure.destination": QUEUE}, None))["rows"]
    assert row["verdict"] == "missing"
    assert row["differences"] == [
        {"option": "destination_config.on_failure.destination", "declared": QUEUE, "actual": None},
        {"option": "maximum_retry_attempts", "declared": 2, "actual": None},
        {"option": "stateful_invocation", "declared": False, "actual": None},
    ]


def test_unexpected_rows_contain_actual_values() -> None:
    [row] = report(compare(None, {"maximum_event_age_in_seconds": 60}))["rows"]
    assert row["verdict"] == "unexpected"
    assert {"option": "maximum_event_age_in_seconds", "declared": None, "actual": 60} in row["differences"]
    assert {difference["declared"] for difference in row["differences"]} == {None}


def test_removed_destination_is_one_difference() -> None:
    entry = compare({"maximum_retry_attempts": 3}, {"destination_config.on_success.destination": QUEUE})
    [row] = report(entry)["rows"]
    assert row["differences"] == [
        {"option": "destination_config.on_success.destination", "declared": None, "actual": QUEUE}
    ]


def test_failed_rows_contain_the_error() -> None:
    [row] = report(unreadable_entry())["rows"]
    assert (row["verdict"], row["differences"]) == ("failed", [])
    assert "secret" in row["message"]


def test_rows_are_sorted_by_severity() -> None:
    entries = [compare({}, {"maximum_retry_attempts": 2}), compare({}, None), compare({}, {}), unreadable_entry()]
    result = report(*entries)
    assert [row["verdict"] for row in result["rows"]] == ["failed", "drifted", "missing", "in sync"]
    assert list(result["totals"].items()) == [
        ("failed", 1), ("drifted", 1), ("missing", 1), ("unexpected", 0), ("in sync", 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "result", [{"failed": True, "msg": "configs: nothing was done"}, {"results": [], "changed": False}, None, []]
)
def test_results_without_check_and_diff_mode_are_rejected(result: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="check mode and diff mode"):
        audit_report(result)


@given(st.data())
def test_report_matches_the_plan(data: st.DataObject) -> None:
    generation = data.draw(st.sampled_from([FC2, FC3]))
    names = {"service_name": "shop"} if "service_name" in generation.identity_options else {}
    desired = parse_desired(generation, {**names, "function_name": "resize", **data.draw(task_options(generation))})
    current = data.draw(st.none() | settings(generation))
    planned = plan(desired, None if current is None else AsyncInvokeConfig(desired.identity, current))
    [row] = report(checked_entry(planned), generation=generation)["rows"]

    assert row["verdict"] == VERDICTS[planned.action]
    if planned.action == "update":
        assert options(row) == differences(generation, planned.before or {}, planned.after or {})
    else:
        assert bool(row["differences"]) == planned.changed
    for difference in row["differences"]:
        declared, actual = (planned.after or {}), (planned.before or {})
        field = next(item for item in generation.fields if item.option == difference["option"])
        assert difference["declared"] in (declared.get(field.option), field.returned_default)
        assert difference["actual"] in (actual.get(field.option), field.returned_default)


# --- External text ----------------------------------------------------------------------------------------------


def test_configs_with_the_same_masked_id_keep_their_differences() -> None:
    result = bulk_result(
        FC2, [compare({"maximum_retry_attempts": 0}, {"maximum_retry_attempts": 5}), compare({}, None)], diff_mode=True
    )
    masked = json.loads(json.dumps(result).replace("resize", "********"))
    first, second = audit_report(masked)["rows"]
    assert first["differences"] == [{"option": "maximum_retry_attempts", "declared": 0, "actual": 5}]
    assert second["differences"][0] == {"option": "maximum_retry_attempts", "declared": 2, "actual": None}
    assert audit_table({"rows": [first], "totals": {"drifted": 1}})[1].startswith("shop:********:LATEST  drifted")


def test_messages_are_printable_and_truncated() -> None:
    result = bulk_result(FC2, [unreadable_entry()], diff_mode=True)
    result["results"][0]["msg"] = "\x1b[2J\ud800 {{ x }} " + "y" * 1_000_000
    audit = audit_report(result)
    message = audit["rows"][0]["message"]
    assert message.startswith(r"\x1b[2J\ud800 {{ x }} yyy")
    assert message.endswith("more characters]")
    assert max(len(line) for line in audit_table(audit)) < 3000


def test_values_are_truncated_only_in_the_table() -> None:
    destination = "acs:mns:::/" + "y" * 100_000 + "\ud800"
    audit = report(compare({}, {"destination_config.on_failure.destination": destination}))
    values = [difference["actual"] for difference in audit["rows"][0]["differences"]]
    assert destination in values
    assert max(len(line) for line in audit_table(audit)) < 1000
