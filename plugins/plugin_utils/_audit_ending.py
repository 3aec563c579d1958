# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Decide how the ``audit`` playbook ends. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import DRIFT, INVALID_INPUT
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import IN_SYNC, UNREADABLE

#: Maximum number of accounts whose errors are part of the message.
_MOST_ACCOUNTS = 5


def ending(report: Mapping[str, Any], fail_on_drift: bool) -> tuple[str, str]:
    """Return how the playbook ends (``ok``, ``failed`` or ``unreadable``) and a message.

    Invalid input takes precedence, followed by unreadable accounts and configurations.
    """
    outcome = report["outcome"]
    if outcome == INVALID_INPUT:
        return "failed", _errors(report, INVALID_INPUT, "have invalid variables or options")
    if outcome == UNREADABLE:
        return "unreadable", _unreadable(report)
    number, differing = _number(report["rows"]), _number(_findings(report["rows"]))
    message = f"{differing} of {number} configurations differ from the desired state."
    if outcome == DRIFT:
        return ("failed" if fail_on_drift else "ok"), message
    return "ok", f"{number} configurations are in sync."


def _unreadable(report: Mapping[str, Any]) -> str:
    sentences = []
    if any(account["error"] is not None for account in report["accounts"]):
        sentences.append(_errors(report, UNREADABLE, "could not be read"))
    unread = [row for row in report["rows"] if row["verdict"] == UNREADABLE]
    if unread:
        sentences.append(f"{_number(unread)} of {_number(report['rows'])} configurations could not be read.")
    return " ".join(sentences)


def _errors(report: Mapping[str, Any], outcome: str, problem: str) -> str:
    accounts = report["accounts"]
    failed = [one for one in accounts if one["outcome"] == outcome and one["error"] is not None]
    if len(accounts) == 1 and failed[0]["name"] is None:
        return str(failed[0]["error"])
    shown = [f"{one['name']}: {one['error']}" for one in failed[:_MOST_ACCOUNTS]]
    more = len(failed) - len(shown)
    ending = [f"And {more} more."] if more > 0 else []
    return " ".join([f"{len(failed)} of {len(accounts)} accounts {problem}.", *shown, *ending])


def _findings(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["verdict"] != IN_SYNC]


def _number(rows: Iterable[Mapping[str, Any]]) -> int:
    """Return the number of configurations, functions and services. A configuration may violate several rules."""
    return len({(row["account"], row["id"]) for row in rows})
