# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The errors of a reconcile. They are separate because most tasks write nothing and do not import the rest."""

from __future__ import annotations

from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig


class ReconcileError(Exception):
    """A configuration could not be brought into the desired state. ``str()`` describes the resulting state.

    ``cause`` is the error from the failed call, or None if all calls succeeded but the stored configuration differs
    from the desired one. ``left`` is the configuration as last read, or None if it does not exist or is unknown.
    ``changed`` is True if the configuration differs, or may differ, from the previous one.
    """

    def __init__(
        self,
        message: str,
        cause: ApiError | None = None,
        left: AsyncInvokeConfig | None = None,
        changed: bool = True,
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.left = left
        self.changed = changed


class DestinationError(Exception):
    """A configuration was not written because it has destinations that cannot receive anything."""
