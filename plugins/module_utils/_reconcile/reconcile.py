# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Reconcile one configuration: read, plan, write and verify."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import NotFound, missing_resource
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, plan

#: The end of warnings about problems that are errors outside check mode.
WOULD_FAIL = "Outside check mode, the task would fail."


@dataclass(frozen=True)
class Reading:
    """The current configuration, if any."""

    config: AsyncInvokeConfig | None
    #: The error response if the service, function, version or alias does not exist.
    not_found: NotFound | None = None


@dataclass(frozen=True)
class Outcome:
    """The plan for a configuration and the resulting configuration, which is predicted in check mode."""

    plan: Plan
    config: AsyncInvokeConfig | None


def reconcile(client: Client, desired: Desired, check_mode: bool, warn: Callable[[str], None]) -> Outcome:
    """Read, plan, write and verify a configuration. Raises ``ApiError`` or ``ReconcileError``."""
    planned = plan(desired, read(client, desired, check_mode, warn).config)
    return Outcome(planned, planned.predicted if check_mode else apply(client, planned))


def read(client: Client, desired: Desired, check_mode: bool, warn: Callable[[str], None]) -> Reading:
    """Read the current configuration. In check mode, warn if the function is missing."""
    try:
        return Reading(client.get(desired.identity))
    except NotFound as error:
        if check_mode and desired.present:
            prediction = f"The prediction assumes that the {missing_resource(error)} exists."
            warn(f"{error} {WOULD_FAIL} {prediction}")
        return Reading(None, error)


def apply(client: Client, planned: Plan) -> AsyncInvokeConfig | None:
    """Apply a plan and return the resulting configuration, or None if it does not exist."""
    if not planned.changed:
        return planned.current
    # Most tasks write nothing.
    from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import Write, delete

    if planned.action == "delete":
        delete(client, planned)
        return None
    return Write(client, planned).run()
