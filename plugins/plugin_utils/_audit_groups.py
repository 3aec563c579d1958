# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Group the rows of a report and format them as text. Pure.

All functions accept a complete report or only its ``totals`` and ``rows``. The text that they return is printable.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.module_utils._text import LONGEST_TEXT
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    BAD_DESTINATION,
    FAILURE,
    IN_SYNC,
    NONCOMPLIANT,
    PREFLIGHT,
    UNCONFIGURED,
    UNREADABLE,
    WARNING,
    importance,
    is_finding,
    kind_of,
)

Report = Mapping[str, Any]
Row = Mapping[str, Any]

#: Verdicts of configurations that differ from the desired state.
_DIFFERENT = ("no function", "drifted", "missing", "unexpected")
#: Verdicts of configurations that do not exist.
_ABSENT = ("no function", "missing")
#: Verdicts that have a plural.
_COUNTABLE = (BAD_DESTINATION, FAILURE, WARNING)
NO_CONFIGURATION = "no configuration"
#: Maximum length of a message. Reports contain messages of up to 2000 characters and a note about the omitted rest.
LONGEST_MESSAGE = 2100


def plain_text(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Return text that is printable, shortened, and not marked by Ansible."""
    return str.__str__(printable(value, longest))


def value_text(value: Any) -> str:
    """Format the value of an option."""
    if value is None:
        return "not set"
    return plain_text(value if isinstance(value, str) and value else json.dumps(value, default=str))


def difference_texts(row: Row) -> list[tuple[str, str, str]]:
    """Return the option, the desired value and the current value of each difference in a row."""
    return [
        (
            plain_text(difference["option"]),
            NO_CONFIGURATION if row["verdict"] == "unexpected" else value_text(difference["desired"]),
            NO_CONFIGURATION if row["verdict"] in _ABSENT else value_text(difference["current"]),
        )
        for difference in row.get("differences") or ()
    ]


def message_text(row: Row) -> str | None:
    """Return the message of a row, or None if there is none."""
    return None if row.get("message") is None else plain_text(row["message"], LONGEST_MESSAGE)


def time_text(value: Any) -> str:
    """Return a time such as ``2026-11-26T05:00:00Z`` in the form ``2026-11-26 05:00 UTC``."""
    text = plain_text(value)
    return re.sub(r"\A(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z\Z", r"\1 \2 UTC", text, flags=re.ASCII)


def findings(report: Report) -> list[Row]:
    """Return the rows that are findings."""
    return [row for row in report["rows"] if is_finding(row)]


def named(report: Report) -> bool:
    """Return whether the rows have to be shown with the name of their account."""
    return len(report.get("accounts") or ()) > 1 or any(row.get("account") is not None for row in report["rows"])


def count_text(count: int, singular: str) -> str:
    """Return a number with a noun, such as ``2 warnings``."""
    return f"{count:,} {singular}{'' if count == 1 else 's'}"


def totals(report: Report) -> dict[str, int]:
    """Return the number of rows with each verdict, in order of importance. Sorted JSON does not keep this order."""
    given = report.get("totals")
    if given is None:
        return kind_of(report).count(report["rows"])
    return dict(sorted(given.items(), key=lambda item: importance(item[0])))


def verdict_text(verdict: str, count: int) -> str:
    """Return a verdict, in the plural if it is a noun."""
    return f"{verdict}s" if verdict in _COUNTABLE and count != 1 else plain_text(verdict)


def totals_text(counts: Mapping[str, int]) -> str:
    """Return totals such as ``1 drifted, 41 in sync``."""
    parts = [f"{count} {verdict_text(verdict, count)}" for verdict, count in counts.items() if count]
    return ", ".join(parts) or "no configurations"


def comparison_text(report: Report) -> str | None:
    """Return the changes since the previous report, such as ``2 new, 1 resolved``. None if there is no such report."""
    if report.get("previous") is None:
        return None
    since = Counter(row.get("since") for row in report["rows"])
    changed = [f"{since['changed']} changed"] if since["changed"] else []
    return ", ".join([f"{since['new']} new", *changed, f"{len(report.get('resolved') or ())} resolved"])


def account_errors(report: Report) -> list[tuple[str | None, str]]:
    """Return the name and the error of each account that could not be audited."""
    found = []
    for account in report.get("accounts") or ():
        if account.get("error") is not None:
            kind = "invalid input" if account.get("outcome") == "invalid input" else "could not be read"
            name = account.get("name")
            error = f"{kind}: {plain_text(account['error'], LONGEST_MESSAGE)}"
            found.append((None if name is None else plain_text(name), error))
    return found


def outcome_text(report: Report) -> str:
    """Return the outcome in words, such as ``5 of 42 configurations differ``."""
    if kind_of(report) is PREFLIGHT:
        return _preflight_text(report)
    counts = Counter(totals(report))
    different = sum(counts[verdict] for verdict in _DIFFERENT)
    compared = different + counts[IN_SYNC]
    parts = _failed_accounts(report)
    if different or (compared and counts[UNREADABLE]):
        verb = "differs" if different == 1 else "differ"
        parts.append(f"{different:,} of {count_text(compared, 'configuration')} {verb}")
    if counts[UNREADABLE]:
        parts.append(f"{counts[UNREADABLE]:,} could not be read")
    for verdict, singular, plural in (
        (BAD_DESTINATION, "has a bad destination", "have bad destinations"),
        (NONCOMPLIANT, "violates rules", "violate rules"),
    ):
        affected = _affected(report, verdict)
        if affected:
            number = f"{affected:,}" if parts else count_text(affected, "configuration")
            parts.append(f"{number} {singular if affected == 1 else plural}")
    if counts[UNCONFIGURED]:
        parts.append(f"{count_text(counts[UNCONFIGURED], 'function')} without configuration")
    if parts:
        return ", ".join(parts)
    return f"{count_text(compared, 'configuration')} in sync" if compared else "no configurations to compare"


def _affected(report: Report, *verdicts: str) -> int:
    """Return the number of configurations that have at least one row with one of these verdicts."""
    return len({(row.get("account"), row["id"]) for row in report["rows"] if row["verdict"] in verdicts})


def _preflight_text(report: Report) -> str:
    number = _affected(report, *PREFLIGHT.verdicts)
    failed, warned = _affected(report, FAILURE), _affected(report, WARNING)
    parts = _failed_accounts(report)
    if failed:
        parts.append(f"{failed:,} of {count_text(number, 'configuration')} not ready")
    elif number:
        parts.append(f"{count_text(number, 'configuration')} ready")
    if warned:
        parts.append(f"{warned:,} with warnings")
    return ", ".join(parts) or "no configurations to check"


def _failed_accounts(report: Report) -> list[str]:
    failed, accounts = account_errors(report), list(report.get("accounts") or [])
    if not failed:
        return []
    if len(accounts) > 1:
        accounts_text = count_text(len(accounts), "account")
        return [f"{len(failed):,} of {accounts_text} could not be {kind_of(report).participle}"]
    invalid = accounts[0].get("outcome") == "invalid input"
    return ["invalid input" if invalid else "the account could not be read"]


def sections(report: Report) -> list[dict[str, Any]]:
    """Group the rows by account and service. In each account, the sections with the worst verdict come first."""
    groups: dict[tuple[Any, Any], list[Row]] = {}
    for row in report["rows"]:
        groups.setdefault((row.get("account"), row.get("service_name")), []).append(row)
    accounts = [account.get("name") for account in report.get("accounts") or ()]
    order = list(dict.fromkeys([*accounts, *(account for account, _service in groups)]))
    found = [
        {"account": account, "service_name": service, "totals": kind_of(report).count(rows), "rows": rows}
        for (account, service), rows in groups.items()
    ]
    return sorted(found, key=lambda section: (order.index(section["account"]), _worst(section["rows"])))


def _worst(rows: Sequence[Row]) -> int:
    return min(importance(row["verdict"]) for row in rows)


def identical_rows(report: Report) -> list[list[Row]]:
    """Group the findings that differ in the same way. The largest groups come first."""
    groups: dict[str, list[Row]] = {}
    for row in findings(report):
        key = [row["verdict"], row.get("rule"), row.get("differences"), row.get("message")]
        groups.setdefault(json.dumps(key, default=str, sort_keys=True), []).append(row)
    return sorted((rows for rows in groups.values() if len(rows) > 1), key=len, reverse=True)


def identical_differences(report: Report) -> list[dict[str, Any]]:
    """Return the findings that occur more than once, with the configurations. The most frequent findings come first."""
    return [
        {
            **{key: rows[0].get(key) for key in ("verdict", "differences", "message", "rule")},
            "ids": [{"account": row.get("account"), "id": row["id"]} for row in rows],
        }
        for rows in identical_rows(report)
    ]
