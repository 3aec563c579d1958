# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Create the report of an audit from the reports of its accounts, and compare it with the previous report. Pure.

The report is described in ``docs/audit.schema.json``. A *finding* is a row that is not in sync.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Dict, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_groups import outcome_text
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import (
    IN_SYNC,
    LONGEST_MESSAGE,
    NONCOMPLIANT,
    UNREADABLE,
    VERDICTS,
    Row,
    ordered,
    totals,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables

SCHEMA_VERSION = 1
INVALID_INPUT = "invalid input"
DRIFT = "drift"
#: The outcomes of an account or of a whole audit, in order of importance.
OUTCOMES = (INVALID_INPUT, UNREADABLE, DRIFT, IN_SYNC)

#: The account, ID, verdict, rule and, if the verdict is noncompliant, option of a finding.
Key = Tuple[Optional[str], str, str, Optional[str], Optional[str]]
Content = Tuple[Any, Any]
Findings = Dict[Key, "list[Content]"]


def account_report(
    name: str | None,
    rows: Iterable[Row] = (),
    *,
    generation: str | None,
    connection: Mapping[str, Any] | None = None,
    config_file: str | None = None,
    revision: Mapping[str, Any] | None = None,
    purge: str = "none",
    warnings: Sequence[str] = (),
    error: str | None = None,
    invalid: bool = False,
) -> dict[str, Any]:
    """Return the report of an account: its entry in ``accounts`` and, in ``rows``, its rows in the given order.

    Args:
        name: the name of the inventory host, or None if there is only one unnamed account.
        connection: the ``connection`` result of the module, if there is one.
        error: the reason why the audit of the account failed.
        invalid: whether the error is caused by invalid variables or options.
    """
    found = [{**row, "account": name} for row in rows]
    known = connection or {}
    return {
        "name": name,
        "account_id": known.get("account_id"),
        "region": known.get("region"),
        "endpoint": known.get("endpoint"),
        "generation": generation,
        "config_file": config_file,
        "revision": None if revision is None else dict(revision),
        "purge": purge,
        "outcome": _account_outcome(found, error, invalid),
        "error": None if error is None else printable(error, LONGEST_MESSAGE),
        "totals": totals(found),
        "warnings": [printable(warning, LONGEST_MESSAGE) for warning in warnings],
        "rows": found,
    }


def joined_report(
    accounts: Sequence[Mapping[str, Any]],
    title: str,
    audited_at: str,
    collection_version: str,
    previous: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the report of an audit.

    Args:
        accounts: the reports of the accounts, from ``account_report``.
        previous: the previous report, from ``parse_previous``.
    """
    rows = ordered(row for account in accounts for row in account["rows"])
    if previous is not None:
        rows = _with_since(rows, previous)
    outcomes = [account["outcome"] for account in accounts]
    facts = [{key: value for key, value in account.items() if key != "rows"} for account in accounts]
    summary = outcome_text({"accounts": facts, "rows": rows})
    return {
        "schema_version": SCHEMA_VERSION,
        "title": title,
        "audited_at": audited_at,
        "collection_version": collection_version,
        # Without accounts, nothing was audited.
        "outcome": min(outcomes, key=OUTCOMES.index, default=INVALID_INPUT),
        "summary": f"{summary[:1].upper()}{summary[1:]}",
        "previous": None if previous is None else {"audited_at": previous["audited_at"]},
        "totals": totals(rows),
        "accounts": facts,
        "rows": rows,
        "resolved": [] if previous is None else _resolved(accounts, rows, previous),
    }


def _account_outcome(rows: Sequence[Row], error: str | None, invalid: bool) -> str:
    if invalid:
        return INVALID_INPUT
    verdicts = {row["verdict"] for row in rows}
    if error is not None or UNREADABLE in verdicts:
        return UNREADABLE
    return DRIFT if verdicts - {IN_SYNC} else IN_SYNC


# --- Comparison with the previous report ------------------------------------------------------------------------


def _with_since(rows: Sequence[Row], previous: Mapping[str, Any]) -> list[Row]:
    """Return the rows, with the findings marked as new, changed or known."""
    before = _findings(previous["rows"])
    return [row if row["verdict"] == IN_SYNC else {**row, "since": _since(row, before)} for row in rows]


def _since(row: Row, before: Findings) -> str:
    found = before.get(_key(row))
    if found is None:
        return "new"
    return "known" if _content(row) in found else "changed"


def _resolved(
    accounts: Sequence[Mapping[str, Any]], rows: Sequence[Row], previous: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the findings of the previous report that do not exist anymore."""
    now = _findings(rows)
    by_name = {account["name"]: account for account in accounts}
    unread = {(row["account"], row["id"]) for row in rows if row["verdict"] == UNREADABLE}
    read = {(row["account"], row["id"]) for row in rows} - unread
    resolved: dict[tuple[Any, ...], None] = {}
    for key in _findings(previous["rows"]):
        account = by_name.get(key[0])
        if key in now or account is None or account["outcome"] == INVALID_INPUT or account["error"] is not None:
            continue
        # If anything could not be read, a missing row is not sufficient. For example, the module then returns no
        # unexpected configurations.
        if account["outcome"] != UNREADABLE or key[:2] in read:
            resolved[key[:4]] = None
    return [dict(zip(("account", "id", "verdict", "rule"), key)) for key in resolved]


def _findings(rows: Iterable[Row]) -> Findings:
    # Several rows can have the same key, because Ansible may mask different IDs in the same way.
    findings: Findings = {}
    for row in rows:
        if row["verdict"] != IN_SYNC:
            findings.setdefault(_key(row), []).append(_content(row))
    return findings


def _key(row: Row) -> Key:
    # A rule can have several checks.
    option = row["differences"][0]["option"] if row["verdict"] == NONCOMPLIANT and row["differences"] else None
    return row["account"], row["id"], row["verdict"], row["rule"], option


def _content(row: Row) -> Content:
    # Each request has another ID.
    message = None if row["message"] is None else re.sub(r"request id [^\s,)]+", "request id", row["message"])
    return row["differences"], message


# --- Parsing the previous report --------------------------------------------------------------------------------

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_OPTIONAL = (str, type(None))
#: The types of the values in a row that are used.
_ROW: Mapping[str, Any] = {
    "account": _OPTIONAL,
    "id": str,
    "verdict": str,
    "rule": _OPTIONAL,
    "differences": list,
    "message": _OPTIONAL,
}


def parse_previous(text: str) -> dict[str, Any]:
    """Return the parts of a previous report that ``joined_report`` uses. Raises ``InvalidVariables``."""
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidVariables("previous: must be the JSON file of an earlier audit.") from None
    version = report.get("schema_version") if isinstance(report, dict) else None
    # True equals 1.
    if version != SCHEMA_VERSION or isinstance(version, bool):
        raise InvalidVariables(
            f"previous: must be the JSON file of an earlier audit with schema_version {SCHEMA_VERSION}."
        )
    audited_at, rows = report.get("audited_at"), report.get("rows")
    if not isinstance(audited_at, str) or _TIME.fullmatch(audited_at) is None:
        raise InvalidVariables("previous: audited_at must be a time such as 2026-01-31T05:00:00Z.")
    if not isinstance(rows, list):
        raise InvalidVariables("previous: rows must be a list.")
    for position, row in enumerate(rows):
        if not _is_row(row):
            raise InvalidVariables(f"previous: rows[{position}] is not a valid row.")
    return {"audited_at": audited_at, "rows": rows}


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and all(name in row and isinstance(row[name], types) for name, types in _ROW.items())
        and row["verdict"] in VERDICTS
        and all(_is_difference(one) for one in row["differences"])
    )


def _is_difference(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("option"), str)
        and all(name in one and not isinstance(one[name], (dict, list)) for name in ("desired", "current"))
    )
