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
  - If the accounts have names, the first column contains the name of the account.
  - Lists the accounts that could not be audited, with the error.
  - The last line contains the totals. If there is a previous report, it also contains the number of new and resolved
    findings.
positional: _input
options:
  _input:
    description:
      - A report of the C(alicloud.fc.audit) or C(alicloud.fc.preflight) playbook, or a report from
        P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_junit
    plugin_type: filter
  - plugin: alicloud.fc.audit_markdown
    plugin_type: filter
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
    - "id                  verdict  option                  desired  current"
    - "shop:resize:LATEST  drifted  maximum_retry_attempts  0        5"
    - 1 drifted, 41 in sync
"""

from typing import Any, Callable, Iterator, Mapping

from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_input import checked_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import PREFLIGHT, kind_of
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

HEADINGS = ("id", "verdict", "option", "desired", "current")
PREFLIGHT_HEADINGS = ("id", "verdict", "message")


def audit_table(report: Any) -> list[str]:
    """Format an audit report as a table with aligned columns. The last line contains the totals.

    Raises ``AnsibleFilterError`` for any other input.
    """
    report = checked_report("audit_table", report)
    named = groups.named(report)
    cells = [line for row in groups.findings(report) for line in _lines(row, named)]
    if cells:
        headings = PREFLIGHT_HEADINGS if kind_of(report) is PREFLIGHT else HEADINGS
        cells.insert(0, ("account", *headings) if named else headings)
    errors = list(_errors(report))
    # If no account could be audited, there is nothing to count.
    totals = [] if errors and not report["rows"] else [_totals(report)]
    lines: list[str] = untrusted([*_aligned(cells), *errors, *totals])
    return lines


def _aligned(cells: list[tuple[str, ...]]) -> Iterator[str]:
    # The last cell in a line is not padded, so a long message does not widen the columns.
    columns = max(map(len, cells), default=0)
    widths = [max((len(line[at]) for line in cells if at + 1 < len(line)), default=0) for at in range(columns)]
    for line in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip()


def _lines(row: Mapping[str, Any], named: bool) -> Iterator[tuple[str, ...]]:
    verdict = groups.plain_text(row["verdict"])
    if row.get("rule") is not None:
        verdict = f"{verdict} ({groups.plain_text(row['rule'])})"
    account = "" if row.get("account") is None else groups.plain_text(row["account"])
    name = (*([account] if named else []), groups.plain_text(row["id"]), verdict)
    message, differences = groups.message_text(row), groups.difference_texts(row)
    if message is not None:
        yield (*name, message)
    elif not differences:
        # The empty cell makes the verdict widen its column.
        yield (*name, "")
    for difference in differences:
        yield (*name, *difference)
        name = ("",) * len(name)


def _errors(report: Mapping[str, Any]) -> Iterator[str]:
    for name, error in groups.account_errors(report):
        yield f"{name or 'account'}: {error}"


def _totals(report: Mapping[str, Any]) -> str:
    text, comparison = groups.totals_text(groups.totals(report)), groups.comparison_text(report)
    return text if comparison is None else f"{text} ({comparison})"


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_table": audit_table}
