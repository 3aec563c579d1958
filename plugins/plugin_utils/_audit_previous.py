# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Compare an audit with the previous report. Pure.

A *finding* is a row that is not in sync.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Dict, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import Row, destination_option
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    AUDIT,
    BAD_DESTINATION,
    IN_SYNC,
    INVALID_INPUT,
    NONCOMPLIANT,
    UNCONFIGURED,
    UNREADABLE,
    kind_of,
)

SCHEMA_VERSION = 1
#: The account, ID, verdict and rule of a finding and, if a configuration can have several such findings, the option.
Key = Tuple[Optional[str], str, str, Optional[str], Optional[str]]
Content = Tuple[Any, Any]
Findings = Dict[Key, "list[Content]"]


def with_since(rows: Sequence[Row], previous: Mapping[str, Any]) -> list[Row]:
    """Return the rows, with the findings marked as new, changed or known."""
    before = _findings(previous["rows"])
    return [row if row["verdict"] == IN_SYNC else {**row, "since": _since(row, before)} for row in rows]


def _since(row: Row, before: Findings) -> str:
    found = before.get(_key(row))
    if found is None:
        return "new"
    return "known" if _content(row) in found else "changed"


def resolved_findings(
    accounts: Sequence[Mapping[str, Any]], rows: Sequence[Row], previous: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Return the findings of the previous report that do not exist anymore.

    A finding is resolved only if this audit would have reported it again.
    """
    now = _findings(rows)
    audits = {account["name"]: _Audit(account, rows) for account in accounts}
    scopes = {account["name"]: _scope(account) for account in previous["accounts"]}
    resolved: dict[tuple[Any, ...], None] = {}
    for row in previous["rows"]:
        key, audit = _key(row), audits.get(row["account"])
        if row["verdict"] == IN_SYNC or key in now or audit is None:
            continue
        if audit.checks(row, scopes.get(row["account"])):
            resolved[key[:4]] = None
    return [dict(zip(("account", "id", "verdict", "rule"), key)) for key in resolved]


class _Audit:
    """What the current audit of an account has checked."""

    def __init__(self, account: Mapping[str, Any], rows: Sequence[Row]) -> None:
        own = [row for row in rows if row["account"] == account["name"]]
        unread = {row["id"] for row in own if row["verdict"] == UNREADABLE}
        self._account = account
        self._failed = account["error"] is not None or account["outcome"] == INVALID_INPUT
        self._read = {row["id"] for row in own} - unread
        functions = {one.rpartition(":")[0] for one in self._read}
        #: The functions and services of which at least one configuration was read.
        self._parents = {"function": functions, "service": {one.rpartition(":")[0] for one in functions}}
        # If anything could not be read, a missing row is not sufficient. For example, the module then returns no
        # unexpected configurations.
        self._complete = not unread

    def checks(self, row: Row, scope: Any) -> bool:
        """Return whether the audit would have reported a previous finding again.

        Args:
            scope: the scope of the rules in the previous audit.
        """
        if self._failed or (row["verdict"] == NONCOMPLIANT and row["rule"] not in self._account["rules"]):
            return False
        if row["verdict"] == BAD_DESTINATION and not self._account["verify_destinations"]:
            return False
        return row["id"] in self._read or (self._complete and self._covers(row, scope))

    def _covers(self, row: Row, scope: Any) -> bool:
        """Return whether a resource that has no row has been searched for."""
        verdict, reads_account = row["verdict"], self._account["reads_account"]
        if verdict == "unexpected":
            return self._purges(row["id"])
        if verdict == NONCOMPLIANT:
            return bool(scope == _scope(self._account))
        if verdict == BAD_DESTINATION:
            return bool(reads_account and scope == _scope(self._account))
        if verdict == UNCONFIGURED:
            return bool(self._account["unconfigured"] and scope == _scope(self._account))
        return verdict == UNREADABLE and bool(self._account["purge"] != "none" or reads_account)

    def _purges(self, resource_id: str) -> bool:
        """Return whether a configuration is in the purge scope, as far as the rows show."""
        purge = self._account["purge"]
        function = resource_id.rpartition(":")[0]
        parent = function.rpartition(":")[0] if purge == "service" else function
        return purge == "account" or parent in self._parents.get(purge, ())


def _scope(account: Mapping[str, Any]) -> tuple[Any, Any]:
    return account.get("services"), account.get("functions")


def _findings(rows: Iterable[Row]) -> Findings:
    # Several rows can have the same key, because Ansible may mask different IDs in the same way.
    findings: Findings = {}
    for row in rows:
        if row["verdict"] != IN_SYNC:
            findings.setdefault(_key(row), []).append(_content(row))
    return findings


def _key(row: Row) -> Key:
    return row["account"], row["id"], row["verdict"], row["rule"], _option(row)


def _option(row: Row) -> str | None:
    if row["verdict"] == NONCOMPLIANT and row["differences"]:
        return str(row["differences"][0]["option"])  # a rule can have several checks
    return destination_option(row) if row["verdict"] == BAD_DESTINATION else None


def _content(row: Row) -> Content:
    # Each request has another ID.
    message = None if row["message"] is None else re.sub(r"request id [^\s,)]+", "request id", row["message"])
    return row["differences"], message


# --- Parsing the previous report --------------------------------------------------------------------------------

_TIME = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_OPTIONAL = (str, type(None))
#: The keys that identify an account.
_LOCATION = ("account_id", "region", "generation")
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
    if version != SCHEMA_VERSION or isinstance(version, bool) or kind_of(report) is not AUDIT:
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
    accounts = report.get("accounts")
    if not isinstance(accounts, list) or not all(isinstance(one, dict) and _is_account(one) for one in accounts):
        raise InvalidVariables("previous: accounts must be a list of accounts.")
    return {"audited_at": audited_at, "accounts": accounts, "rows": rows}


def check_same_accounts(accounts: Sequence[Mapping[str, Any]], previous: Mapping[str, Any]) -> None:
    """Raise ``InvalidVariables`` if the previous report is about other accounts with the same names."""
    before = {account["name"]: account for account in previous["accounts"]}
    for account in accounts:
        for key in _LOCATION:
            now, then = account[key], before.get(account["name"], account).get(key)
            if now is not None and then is not None and now != then:
                of_account = "" if account["name"] is None else f" of {account['name']}"
                raise InvalidVariables(
                    f"previous: the {key}{of_account} must be {shown(now)}, as in this audit, not {shown(then)}."
                )


def _is_account(account: Mapping[str, Any]) -> bool:
    texts = all(isinstance(account.get(key), _OPTIONAL) for key in ("name", *_LOCATION))
    return (
        "name" in account
        and texts
        and all(isinstance(account.get(key), (list, type(None))) for key in ("services", "functions"))
    )


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and all(name in row and isinstance(row[name], types) for name, types in _ROW.items())
        and row["verdict"] in AUDIT.verdicts
        and all(_is_difference(one) for one in row["differences"])
    )


def _is_difference(one: Any) -> bool:
    return (
        isinstance(one, dict)
        and isinstance(one.get("option"), str)
        and all(name in one and not isinstance(one[name], (dict, list)) for name in ("desired", "current"))
    )
