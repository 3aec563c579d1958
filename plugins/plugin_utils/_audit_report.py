# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Create the report of an audit from the reports of its accounts. Pure.

The report is described in ``docs/audit.schema.json``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_groups import outcome_text
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_previous import (
    SCHEMA_VERSION,
    resolved_findings,
    with_since,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import (
    IN_SYNC,
    INVALID_INPUT,
    LONGEST_MESSAGE,
    UNREADABLE,
    Row,
    count_verdicts,
    ordered,
)

DRIFT = "drift"
#: The outcomes of an account or of a whole audit, in order of importance.
OUTCOMES = (INVALID_INPUT, UNREADABLE, DRIFT, IN_SYNC)


@dataclass(frozen=True)
class Scope:
    """What an audit searches for."""

    purge: str = "none"
    #: The names of the rules.
    rules: list[str] = field(default_factory=list)
    unconfigured: bool = False
    #: The patterns that limit the rules and the search for unconfigured functions. None if there are none.
    services: list[str] | None = None
    functions: list[str] | None = None


def account_report(
    name: str | None,
    rows: Iterable[Row] = (),
    *,
    generation: str | None,
    connection: Mapping[str, Any] | None = None,
    config_file: str | None = None,
    revision: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    error: str | None = None,
    invalid: bool = False,
    **scope: Any,
) -> dict[str, Any]:
    """Return the report of an account: its entry in ``accounts`` and, in ``rows``, its rows in the given order.

    Args:
        name: the name of the inventory host, or None if there is only one unnamed account.
        connection: the ``connection`` result of the module, if there is one.
        error: the reason why the audit of the account failed.
        invalid: whether the error is caused by invalid variables or options.
        scope: the fields of ``Scope``.
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
        **asdict(Scope(**scope)),
        "outcome": _account_outcome(found, error, invalid),
        "error": None if error is None else printable(error, LONGEST_MESSAGE),
        "totals": count_verdicts(found),
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
        rows = with_since(rows, previous)
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
        "totals": count_verdicts(rows),
        "accounts": facts,
        "rows": rows,
        "resolved": [] if previous is None else resolved_findings(accounts, rows, previous),
    }


def _account_outcome(rows: Sequence[Row], error: str | None, invalid: bool) -> str:
    if invalid:
        return INVALID_INPUT
    verdicts = {row["verdict"] for row in rows}
    if error is not None or UNREADABLE in verdicts:
        return UNREADABLE
    return DRIFT if verdicts - {IN_SYNC} else IN_SYNC
