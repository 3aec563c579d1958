# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_table
short_description: Format an audit report as a table
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Lists the configurations that are not in sync, with a line for each option that differs.
  - The last line contains the totals.
positional: _input
options:
  _input:
    description:
      - A report from P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Compare the configurations
  alicloud.fc.function_async_invoke_configs:
    configs:
      - service_name: shop
        function_name: resize
        maximum_retry_attempts: 0
  check_mode: true
  diff: true
  register: compared

- name: Show the table
  ansible.builtin.debug:
    msg: "{{ compared | alicloud.fc.audit_report | alicloud.fc.audit_table }}"
"""

RETURN = r"""
_value:
  description: The lines of the table. They contain only printable characters, and long values are shortened.
  type: list
  elements: str
  sample:
    - "id                  verdict  option                  declared  actual"
    - "shop:resize:LATEST  drifted  maximum_retry_attempts  0         5"
    - 1 drifted, 41 in sync
"""

import json
from typing import Any, Callable, Iterator, Mapping

from ansible_collections.alicloud.fc.plugins.filter.audit_report import LONGEST_MESSAGE
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

HEADINGS = ("id", "verdict", "option", "declared", "actual")


def audit_table(report: Mapping[str, Any]) -> list[str]:
    """Format a report from ``audit_report`` as a table with aligned columns. The last line contains the totals."""
    cells = [line for row in report["rows"] for line in _lines(row)]
    if cells:
        cells.insert(0, HEADINGS)
    # The last cell in a line is not padded, so a long message does not widen the columns.
    widths = [max((len(line[at]) for line in cells if at + 1 < len(line)), default=0) for at in range(len(HEADINGS))]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells]
    counts = [f"{count} {verdict}" for verdict, count in report["totals"].items() if count]
    lines: list[str] = untrusted([*table, ", ".join(counts) or "no configs"])
    return lines


def _lines(row: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    if row["verdict"] == "in sync":
        return
    name = (printable(row["id"]), row["verdict"])
    if row["message"] is not None:
        yield (*name, printable(row["message"], LONGEST_MESSAGE))
    for difference in row["differences"]:
        declared = "no config" if row["verdict"] == "unexpected" else _value(difference["declared"])
        actual = "no config" if row["verdict"] == "missing" else _value(difference["actual"])
        yield (*name, difference["option"], declared, actual)
        name = ("", "")


def _value(value: Any) -> str:
    if value is None:
        return "not set"
    return printable(value if isinstance(value, str) else json.dumps(value))


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_table": audit_table}
