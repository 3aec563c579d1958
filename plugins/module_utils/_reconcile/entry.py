# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The result for one of many configurations."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Union

from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import DestinationProblem
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import DestinationError, ReconcileError


class EntryInterrupted(Exception):
    """The task was interrupted before this configuration was written."""


Failure = Union[ApiError, ReconcileError, CredentialError, DestinationError, EntryInterrupted]


@dataclass(frozen=True)
class BulkEntry:
    """The result for a listed or purged configuration."""

    id: str
    #: None if the current configuration could not be read.
    plan: Plan | None = None
    #: The resulting configuration, which is predicted in check mode. None if it does not exist or is unknown.
    config: AsyncInvokeConfig | None = None
    error: Failure | None = None
    #: The error response if the service, function, version or alias does not exist. Only known if it was searched for.
    not_found: NotFound | None = None
    #: The problems of the resulting configuration. None if its destinations were not verified.
    destination_problems: list[DestinationProblem] | None = None

    @property
    def changed(self) -> bool:
        """Whether the configuration was or may have been changed or, in check mode, would be changed."""
        if self.error is not None:
            return isinstance(self.error, ReconcileError) and self.error.changed
        return self.plan is not None and self.plan.changed
