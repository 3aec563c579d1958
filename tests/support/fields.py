# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The field whose name depends on the generation."""

from __future__ import annotations

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation


def task_field(generation: Generation) -> Field:
    """Return the field that enables asynchronous tasks."""
    return next(field for field in generation.fields if field.name in ("stateful_invocation", "async_task"))
