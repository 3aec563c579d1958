# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The action plugin for the module of the same name, which is documented in ``plugins/modules``."""

from __future__ import annotations

from ansible_collections.alicloud.fc.plugins.plugin_utils._progress import ProgressAction


class ActionModule(ProgressAction):
    """Runs the module and displays its progress."""
