# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Decide how the playbooks that create reports end. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    FAILURE,
    INVALID_INPUT,
    UNREADABLE,
    kind_of,
)

#: Maximum number of accounts whose errors are part of the message.
_MOST_ACCOUNTS = 5


def ending(report: Mapping[str, Any], fail_on_findings: bool) -> tuple[str, str]:
    """Return how the playbook ends (``ok``, ``failed`` or ``unreadable``) and a message.

    Invalid input takes precedence, followed by what could not be read.

    Args:
        fail_on_findings: whether the playbook also fails if there are only other findings, such as drift or warnings.
    """
    outcome, kind = report["outcome"], kind_of(report)
    if outcome == UNREADABLE:
        return "unreadable", _message(report)
    failed = outcome in (INVALID_INPUT, FAILURE) or (outcome == kind.other_findings and fail_on_findings)
    return ("failed" if failed else "ok"), _message(report)


def _message(report: Mapping[str, Any]) -> str:
    failed = [account for account in report["accounts"] if account["error"] is not None]
    if failed and len(report["accounts"]) == 1:
        return str(failed[0]["error"])
    errors = [f"{account['name']}: {account['error']}" for account in failed[:_MOST_ACCOUNTS]]
    more = len(failed) - len(errors)
    return " ".join([f"{report['summary']}.", *errors, *([f"And {more} more."] if more > 0 else [])])
