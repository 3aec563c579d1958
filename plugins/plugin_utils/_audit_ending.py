# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Decide how the ``audit`` playbook ends. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import DRIFT
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import INVALID_INPUT, UNREADABLE

#: Maximum number of accounts whose errors are part of the message.
_MOST_ACCOUNTS = 5


def ending(report: Mapping[str, Any], fail_on_drift: bool) -> tuple[str, str]:
    """Return how the playbook ends (``ok``, ``failed`` or ``unreadable``) and a message.

    Invalid input takes precedence, followed by unreadable accounts and configurations.
    """
    outcome = report["outcome"]
    if outcome == INVALID_INPUT:
        return "failed", _message(report)
    if outcome == UNREADABLE:
        return "unreadable", _message(report)
    return ("failed" if outcome == DRIFT and fail_on_drift else "ok"), _message(report)


def _message(report: Mapping[str, Any]) -> str:
    failed = [account for account in report["accounts"] if account["error"] is not None]
    if failed and len(report["accounts"]) == 1:
        return str(failed[0]["error"])
    errors = [f"{account['name']}: {account['error']}" for account in failed[:_MOST_ACCOUNTS]]
    more = len(failed) - len(errors)
    return " ".join([f"{report['summary']}.", *errors, *([f"And {more} more."] if more > 0 else [])])
