# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Results returned by several kinds of modules."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import (
    AsyncInvokeConfig,
    as_options,
    as_returned,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError


def error_result(error: Exception) -> dict[str, Any]:
    """Return the ``error`` result, or an empty dictionary if the API did not respond."""
    cause = error.cause if isinstance(error, ReconcileError) else error
    details = cause.details() if isinstance(cause, ApiError) else None
    return {} if details is None else {"error": details}


def outcome_result(planned: Plan, config: AsyncInvokeConfig | None, diff_mode: bool) -> dict[str, Any]:
    """Return the results for a configuration. ``config`` is the resulting or predicted configuration."""
    result: dict[str, Any] = {
        "changed": planned.changed,
        "action": planned.action,
        "async_invoke_config": as_returned(planned.generation, config),
    }
    if diff_mode:
        result["diff"] = diff(planned, planned.after)
    return result


def failed_result(
    planned: Plan, error: Exception, left: AsyncInvokeConfig | None, changed: bool, diff_mode: bool
) -> dict[str, Any]:
    """Return the results for a failed configuration. ``left`` is the resulting configuration, or None if unknown."""
    result = {**outcome_result(planned, left, diff_mode=False), "changed": changed, **error_result(error)}
    if diff_mode and changed and left is not None:
        result["diff"] = diff(planned, left.settings)
    return result


def diff(planned: Plan, after: Settings | None) -> dict[str, Any]:
    """Return the diff between a configuration's current settings and the ``after`` settings."""
    return {
        "before": as_options(planned.generation, planned.before),
        "after": as_options(planned.generation, after),
        "before_header": planned.identity.id,
        "after_header": planned.identity.id,
    }
