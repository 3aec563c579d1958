# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters of the audit, fed with what the bulk modules return."""

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
UNSET = dict.fromkeys(known.option for known in FC2.fields)


def checked(planned: Plan) -> BulkEntry:
    """What a bulk module has of a config at the end of check mode."""
    return BulkEntry(planned.identity.id, planned, planned.predicted)


def refused() -> BulkEntry:
    """What it has of a config that it could not read."""
    name = "shop:order:LATEST"
    return BulkEntry(
        name, error=ApiError("GetFunctionAsyncInvokeConfig", name, "it is\tsecret", Cause.DENIED, status=403)
    )


def report(*entries: BulkEntry, generation: Generation = FC2) -> dict[str, Any]:
    """The audit report of a check with these results."""
    return audit_report(bulk_result(generation, list(entries), diff_mode=True))


def compare(declared: Settings | None, actual: Settings | None) -> BulkEntry:
    """The result for ``shop:resize:LATEST`` where this is declared (None: absent) and that is there."""
    given_values = {option: value for option, value in (declared or {}).items() if value is not None}
    desired = Desired(FC2, RESIZE, given_values, present=declared is not None)
    return checked(plan(desired, None if actual is None else AsyncInvokeConfig(RESIZE, {**UNSET, **actual})))


def options(row: dict[str, Any]) -> list[str]:
    """The options in which a row differs."""
    return [difference["option"] for difference in row["differences"]]


# --- The report -------------------------------------------------------------------------------------------------


def test_drifted_shows_both_sides_of_what_differs_and_no_more() -> None:
    [row] = report(compare({"maximum_retry_attempts": 0}, {"maximum_retry_attempts": 5}))["rows"]
    assert row == {
        "id": "shop:resize:LATEST",
        "verdict": "drifted",
        "differences": [{"option": "maximum_retry_attempts", "declared": 0, "actual": 5}],
        "message": None,
    }


def test_missing_shows_what_is_declared() -> None:
    [row] = report(compare({"destination_config.on_failure.destination": QUEUE}, None))["rows"]
    assert row["verdict"] == "missing"
    assert row["differences"] == [
        {"option": "destination_config.on_failure.destination", "declared": QUEUE, "actual": None},
        {"option": "maximum_retry_attempts", "declared": 2, "actual": None},
        {"option": "stateful_invocation", "declared": False, "actual": None},
    ]


def test_unexpected_shows_what_is_there() -> None:
    [row] = report(compare(None, {"maximum_event_age_in_seconds": 60}))["rows"]
    assert row["verdict"] == "unexpected"
    assert {"option": "maximum_event_age_in_seconds", "declared": None, "actual": 60} in row["differences"]
    assert {difference["declared"] for difference in row["differences"]} == {None}


def test_a_destination_that_goes_to_nowhere_is_one_difference() -> None:
    entry = compare({"maximum_retry_attempts": 3}, {"destination_config.on_success.destination": QUEUE})
    [row] = report(entry)["rows"]
    assert row["differences"] == [
        {"option": "destination_config.on_success.destination", "declared": None, "actual": QUEUE}
    ]


def test_failed_says_why() -> None:
    [row] = report(refused())["rows"]
    assert (row["verdict"], row["differences"]) == ("failed", [])
    assert "secret" in row["message"]


def test_the_most_pressing_comes_first() -> None:
    entries = [compare({}, {"maximum_retry_attempts": 2}), compare({}, None), compare({}, {}), refused()]
    found = report(*entries)
    assert [row["verdict"] for row in found["rows"]] == ["failed", "drifted", "missing", "in sync"]
    assert list(found["totals"].items()) == [
        ("failed", 1), ("drifted", 1), ("missing", 1), ("unexpected", 0), ("in sync", 1)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "result", [{"failed": True, "msg": "configs: nothing was done"}, {"results": [], "changed": False}, None, []]
)
def test_what_is_no_check_is_refused(result: Any) -> None:
    with pytest.raises(AnsibleFilterError, match="check mode with diff mode"):
        audit_report(result)


@given(st.data())
def test_the_report_says_what_the_plan_says(data: st.DataObject) -> None:
    generation = data.draw(st.sampled_from([FC2, FC3]))
    names = {"service_name": "shop"} if "service_name" in generation.identity_options else {}
    desired = parse_desired(generation, {**names, "function_name": "resize", **data.draw(task_options(generation))})
    current = data.draw(st.none() | settings(generation))
    planned = plan(desired, None if current is None else AsyncInvokeConfig(desired.identity, current))
    [row] = report(checked(planned), generation=generation)["rows"]

    assert row["verdict"] == VERDICTS[planned.action]
    if planned.action == "update":
        assert options(row) == differences(generation, planned.before or {}, planned.after or {})
    else:
        assert bool(row["differences"]) == planned.changed
    for difference in row["differences"]:
        declared, actual = (planned.after or {}), (planned.before or {})
        known = next(field for field in generation.fields if field.option == difference["option"])
        assert difference["declared"] in (declared.get(known.option), known.returned_default)
        assert difference["actual"] in (actual.get(known.option), known.returned_default)


# --- The table --------------------------------------------------------------------------------------------------


def test_the_table_aligns_its_columns_and_counts_what_is_in_sync() -> None:
    actual = {"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 60}
    found = report(compare({}, {"maximum_retry_attempts": 2}), compare({"stateful_invocation": True}, actual))
    assert audit_table(found) == [
        "id                  verdict  option                        declared  actual",
        "shop:resize:LATEST  drifted  maximum_event_age_in_seconds  86400     60",
        "                             maximum_retry_attempts        2         5",
        "                             stateful_invocation           true      false",
        "1 drifted, 1 in sync",
    ]


def test_the_table_tells_a_missing_config_from_an_unset_option() -> None:
    _head, first, *_rest = audit_table(report(compare({}, None)))
    assert first.endswith("  no config")
    _head, first, *_rest = audit_table(report(compare(None, {})))
    assert "  no config  " in first


def test_a_message_does_not_push_the_columns_apart() -> None:
    lines = audit_table(report(refused(), compare({}, None)))
    assert "it is\\tsecret" in lines[1]
    assert lines[2].index("no config") == lines[0].index("actual")


def test_a_table_of_nothing_says_so() -> None:
    assert audit_table(report()) == ["no configs"]


ROWS = st.fixed_dictionaries(
    {
        "id": st.text(),
        "verdict": st.sampled_from(list(VERDICTS.values())),
        "differences": st.lists(
            st.fixed_dictionaries(
                {
                    "option": st.sampled_from([known.option for known in FC2.fields]),
                    "declared": st.none() | st.booleans() | st.integers() | st.text(),
                    "actual": st.none() | st.booleans() | st.integers() | st.text(),
                }
            ),
            max_size=3,
        ),
        "message": st.none() | st.text(),
    }
)


@given(st.lists(ROWS, max_size=5))
def test_no_line_holds_what_a_terminal_obeys(rows: list[dict[str, Any]]) -> None:
    totals = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS.values()}
    lines = audit_table({"rows": rows, "totals": totals})
    assert all(line.isprintable() for line in lines)
    shown = [row for row in rows if row["verdict"] != "in sync"]
    body = [row for row in shown if row["differences"] or row["message"] is not None]
    assert len(lines) == 1 + bool(body) + sum(len(row["differences"]) + (row["message"] is not None) for row in body)


# --- Text from outside ------------------------------------------------------------------------------------------


def test_configurations_that_ansible_masked_alike_keep_their_own_differences() -> None:
    result = bulk_result(
        FC2, [compare({"maximum_retry_attempts": 0}, {"maximum_retry_attempts": 5}), compare({}, None)], diff_mode=True
    )
    masked = json.loads(json.dumps(result).replace("resize", "********"))
    first, second = audit_report(masked)["rows"]
    assert first["differences"] == [{"option": "maximum_retry_attempts", "declared": 0, "actual": 5}]
    assert second["differences"][0] == {"option": "maximum_retry_attempts", "declared": 2, "actual": None}
    assert audit_table({"rows": [first], "totals": {"drifted": 1}})[1].startswith("shop:********:LATEST  drifted")


def test_a_message_is_printable_and_short() -> None:
    result = bulk_result(FC2, [refused()], diff_mode=True)
    result["results"][0]["msg"] = "\x1b[2J\ud800 {{ x }} " + "y" * 1_000_000
    found = audit_report(result)
    message = found["rows"][0]["message"]
    assert message.startswith(r"\x1b[2J\ud800 {{ x }} yyy")
    assert message.endswith("more characters]")
    assert max(len(line) for line in audit_table(found)) < 3000


def test_a_value_is_whole_in_the_report_and_short_in_the_table() -> None:
    destination = "acs:mns:::/" + "y" * 100_000 + "\ud800"
    found = report(compare({}, {"destination_config.on_failure.destination": destination}))
    shown = [difference["actual"] for difference in found["rows"][0]["differences"]]
    assert destination in shown
    assert max(len(line) for line in audit_table(found)) < 1000
