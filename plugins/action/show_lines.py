# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Displays lines of text, documented in ``plugins/modules/show_lines.py``."""

from __future__ import annotations

from typing import Any

from ansible.constants import DEFAULT_STDOUT_CALLBACK
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils._output import is_machine_readable

display = Display()


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no type information
    """Displays lines as they are, regardless of the callback's result format."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Display and return the lines."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        lines = self._task.args.get("lines")
        if set(self._task.args) != {"lines"} or not isinstance(lines, list):
            raise AnsibleActionFail("lines: is required and must be a list; no other options are supported.")
        text = [printable(str(line)) for line in lines]
        if text and not self._task.no_log and not is_machine_readable(DEFAULT_STDOUT_CALLBACK):
            display.display("\n".join(text))
        return {**result, "changed": False, "lines": text}
