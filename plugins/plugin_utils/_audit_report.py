# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Create a report from the reports of its accounts. Pure.

The reports are described in ``docs/audit.schema.json`` and ``docs/preflight.schema.json``.
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
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import LONGEST_MESSAGE, Row
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    AUDIT,
    INVALID_INPUT,
    ReportKind,
)

#: The keys of the report of an account that are not part of its entry in ``accounts``.
_INTERNAL = ("rows", "reads_account")


@dataclass(frozen=True)
class Scope:
    """What an audit searches for."""

    purge: str = "none"
    #: The names of the rules.
    rules: list[str] = field(default_factory=list)
    unconfigured: bool = False
    #: Whether the destinations were verified.
    verify_destinations: bool = False
    #: The patterns that limit what is read in the account. None if there are none.
    services: list[str] | None = None
    functions: list[str] | None = None


def account_report(
    name: str | None,
    rows: Iterable[Row] = (),
    *,
    kind: ReportKind = AUDIT,
    generation: str | None,
    connection: Mapping[str, Any] | None = None,
    config_file: str | None = None,
    revision: Mapping[str, Any] | None = None,
    warnings: Sequence[str] = (),
    error: str | None = None,
    invalid: bool = False,
    reads_account: bool = False,
    **scope: Any,
) -> dict[str, Any]:
    """Return the report of an account: its entry in ``accounts`` and the keys in ``_INTERNAL``.

    Args:
        name: the name of the inventory host, or None if there is only one unnamed account.
        connection: the ``connection`` result of the module, if there is one.
        error: the reason why the account could not be read.
        invalid: whether the error is caused by invalid variables or options.
        reads_account: whether all configurations in the scope were read, not only those that are listed.
        scope: the fields of ``Scope``, if this is an audit.
    """
    found = [{**row, "account": name} for row in rows]
    known = connection or {}
    return {
        "name": name,
        **{key: known.get(key) for key in ("account_id", "region", "endpoint")},
        "generation": generation,
        "config_file": config_file,
        "revision": None if revision is None else dict(revision),
        **(asdict(Scope(**scope)) if kind is AUDIT else {}),
        "outcome": kind.outcome(found, error, invalid),
        "error": None if error is None else printable(error, LONGEST_MESSAGE),
        "totals": kind.count(found),
        "warnings": [printable(warning, LONGEST_MESSAGE) for warning in warnings],
        **dict(zip(_INTERNAL, (found, reads_account))),
    }


def joined_report(
    accounts: Sequence[Mapping[str, Any]],
    title: str,
    time: str,
    collection_version: str,
    previous: Mapping[str, Any] | None = None,
    kind: ReportKind = AUDIT,
) -> dict[str, Any]:
    """Return the joined report on all accounts.

    Args:
        accounts: the reports of the accounts, from ``account_report``.
        previous: the previous report, from ``parse_previous``. Only an audit can have one.
    """
    rows = kind.ordered(row for account in accounts for row in account["rows"])
    if previous is not None:
        rows = with_since(rows, previous)
    outcomes = [account["outcome"] for account in accounts]
    facts = [{key: value for key, value in account.items() if key not in _INTERNAL} for account in accounts]
    summary = outcome_text({"kind": kind.name, "accounts": facts, "rows": rows})
    compared = None if previous is None else {"audited_at": previous["audited_at"]}
    resolved = [] if previous is None else resolved_findings(accounts, rows, previous)
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind.name,
        "title": title,
        kind.time_key: time,
        "collection_version": collection_version,
        # Without accounts, nothing was read.
        "outcome": min(outcomes, key=kind.outcomes.index, default=INVALID_INPUT),
        "summary": f"{summary[:1].upper()}{summary[1:]}",
        **({"previous": compared} if kind is AUDIT else {}),
        "totals": kind.count(rows),
        "accounts": facts,
        "rows": rows,
        **({"resolved": resolved} if kind is AUDIT else {}),
    }
