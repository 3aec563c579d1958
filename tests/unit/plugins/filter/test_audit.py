# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that apply the audit filters to results from the bulk modules."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.alicloud.fc.plugins.filter.audit_report import audit_report
from ansible_collections.alicloud.fc.plugins.filter.audit_table import audit_table
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, plan
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_result
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import BulkEntry
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import VERDICTS
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


# --- The table --------------------------------------------------------------------------------------------------


def test_table_columns_are_aligned_and_verdicts_are_counted() -> None:
    actual = {"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 60}
    result = report(compare({}, {"maximum_retry_attempts": 2}), compare({"stateful_invocation": True}, actual))
    assert audit_table(result) == [
        "id                  verdict  option                        declared  actual",
        "shop:resize:LATEST  drifted  maximum_event_age_in_seconds  86400     60",
        "                             maximum_retry_attempts        2         5",
        "                             stateful_invocation           true      false",
        "1 drifted, 1 in sync",
    ]


def test_table_distinguishes_missing_configs_from_unset_options() -> None:
    _head, first, *_rest = audit_table(report(compare({}, None)))
    assert first.endswith("  no config")
    _head, first, *_rest = audit_table(report(compare(None, {})))
    assert "  no config  " in first


def test_messages_do_not_affect_column_widths() -> None:
    lines = audit_table(report(unreadable_entry(), compare({}, None)))
    assert "it is\\tsecret" in lines[1]
    assert lines[2].index("no config") == lines[0].index("actual")


def test_empty_table() -> None:
    assert audit_table(report()) == ["no configs"]


ROWS = st.fixed_dictionaries(
    {
        "id": st.text(),
        "verdict": st.sampled_from(list(VERDICTS)),
        "differences": st.lists(
            st.fixed_dictionaries(
                {
                    "option": st.sampled_from([field.option for field in FC2.fields]),
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
def test_table_lines_are_printable(rows: list[dict[str, Any]]) -> None:
    totals = {verdict: sum(row["verdict"] == verdict for row in rows) for verdict in VERDICTS}
    lines = audit_table({"rows": rows, "totals": totals})
    assert all(line.isprintable() for line in lines)
    visible = [row for row in rows if row["verdict"] != "in sync"]
    body = [row for row in visible if row["differences"] or row["message"] is not None]
    assert len(lines) == 1 + bool(body) + sum(len(row["differences"]) + (row["message"] is not None) for row in body)


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
