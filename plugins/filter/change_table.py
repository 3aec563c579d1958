# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: change_table
short_description: Format the changes to configurations as a table
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Lists the configurations that were created, updated or deleted (including purged configurations) and those that
    failed.
  - The last line contains the totals.
positional: _input, check_mode
options:
  _input:
    description:
      - The result of M(alicloud.fc.function_async_invoke_configs) or M(alicloud.fc.v3_async_invoke_configs).
    type: dict
    required: true
  check_mode:
    description:
      - Whether the result was predicted in check mode.
    type: bool
    default: false
seealso:
  - plugin: alicloud.fc.audit_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Apply the configurations
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ configs }}"
    purge: service
  register: applied

- name: Show the changes
  ansible.builtin.debug:
    msg: "{{ applied | alicloud.fc.change_table(ansible_check_mode) }}"
"""

RETURN = r"""
_value:
  description: The lines of the table. They contain only printable characters.
  type: list
  elements: str
  sample:
    - "update  shop:resize:LATEST"
    - "delete  shop:old:LATEST"
    - 0 created, 1 updated, 1 deleted, 40 unchanged
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import LONGEST_MESSAGE
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

#: Maps each key in ``summary`` to its labels in the totals: one for actual changes and one for check mode.
_TOTALS = {
    "created": ("created", "to create"),
    "updated": ("updated", "to update"),
    "deleted": ("deleted", "to delete"),
    "unchanged": ("unchanged", "unchanged"),
    "failed": ("failed", "failed"),
}
_WIDTH = len("update")


def change_table(result: Any, check_mode: bool = False) -> list[str]:
    """Format the result of a bulk module as a table. The last line contains the totals.

    Raises ``AnsibleFilterError`` for any other input.
    """
    if not isinstance(result, Mapping) or "results" not in result or "summary" not in result:
        raise AnsibleFilterError("change_table: the input must be the result of a module for many configurations.")
    summary = result["summary"]
    totals = [
        f"{summary[key]} {names[1 if check_mode else 0]}"
        for key, names in _TOTALS.items()
        if key != "failed" or summary[key]
    ]
    lines: list[str] = untrusted([*_lines(result["results"]), ", ".join(totals)])
    return lines


def _lines(results: Any) -> Iterator[str]:
    for one in results:
        if one["failed"]:
            message = printable(str(one.get("msg", "")), LONGEST_MESSAGE)
            yield f"{'failed':<{_WIDTH}}  {printable(one['id'])}  {message}".rstrip()
        elif one["action"] != "none":
            yield f"{one['action']:<{_WIDTH}}  {printable(one['id'])}"


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"change_table": change_table}
