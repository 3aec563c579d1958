# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_report
short_description: Create an audit report from a comparison of many configurations
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Returns a verdict for each configuration and lists the options whose desired and current values differ.
  - The C(alicloud.fc.audit) playbook uses the report for its table, JSON file and HTML page.
positional: _input
options:
  _input:
    description:
      - The result of running M(alicloud.fc.function_async_invoke_configs) or M(alicloud.fc.v3_async_invoke_configs) in
        check mode and diff mode.
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_table
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

- name: Show the configurations that are not in sync
  ansible.builtin.debug:
    msg: "{{ (compared | alicloud.fc.audit_report).rows | rejectattr('verdict', 'eq', 'in sync') }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    totals:
      description: The number of configurations with each verdict.
      type: dict
      returned: always
      sample: {failed: 0, drifted: 1, missing: 0, unexpected: 0, in sync: 41}
    rows:
      description: The configurations, grouped by verdict. Each group keeps the order of the module results.
      type: list
      elements: dict
      returned: always
      contains:
        id:
          description: The ID of the configuration, or of the function or service that could not be read.
          type: str
          returned: always
          sample: shop:resize:LATEST
        verdict:
          description:
            - V(failed) if the configuration could not be read.
            - V(drifted) if it differs from the desired state.
            - V(missing) if it does not exist.
            - V(unexpected) if it exists but should be absent, or if it is in the purge scope but not listed.
            - V(in sync) if it matches the desired state.
          type: str
          returned: always
          sample: drifted
        differences:
          description: The options that differ.
          type: list
          elements: dict
          returned: always
          contains:
            option:
              description: The option path.
              type: str
              returned: always
              sample: destination_config.on_failure.destination
            declared:
              description: The desired value. V(null) if it is unset or if the configuration should be absent.
              type: raw
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
            actual:
              description: The current value. V(null) if it is unset or if the configuration does not exist.
              type: raw
              returned: always
              sample: null
        message:
          description: The error message, possibly shortened. V(null) for verdicts other than V(failed).
          type: str
          returned: always
          sample: null
"""

from typing import Any, Callable, Iterator, Mapping

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Path, get_path
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

#: Maps module actions to verdicts, in order of importance.
VERDICTS = {"failed": "failed", "update": "drifted", "create": "missing", "delete": "unexpected", "none": "in sync"}
#: Maximum length of a message. Module messages are shorter unless they quote an excessively long response.
LONGEST_MESSAGE = 2000


def audit_report(result: Any) -> dict[str, Any]:
    """Convert a module result into ``totals`` and ``rows``, as documented above.

    Raises ``AnsibleFilterError`` for any other input, such as the result of a task with invalid options.
    """
    if not isinstance(result, Mapping) or "results" not in result or "diff" not in result:
        raise AnsibleFilterError(
            "audit_report: the input must be the result of running a module for many configurations in check mode and "
            "diff mode."
        )
    rows = [_row(one, diff) for one, diff in _paired(result["results"], result["diff"])]
    by_verdict = {verdict: [row for row in rows if row["verdict"] == verdict] for verdict in VERDICTS.values()}
    report: dict[str, Any] = untrusted(
        {
            "totals": {verdict: len(found) for verdict, found in by_verdict.items()},
            "rows": [row for found in by_verdict.values() for row in found],
        }
    )
    return report


def _paired(results: Any, diffs: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each result with its diff, or with None if it has no diff.

    An ID alone does not identify a diff, because Ansible may mask different IDs in the same way.
    """
    left = list(reversed(diffs))
    for one in results:
        yield one, left.pop() if one["changed"] and left and left[-1]["after_header"] == one["id"] else None


def _row(one: Mapping[str, Any], diff: Mapping[str, Any] | None) -> dict[str, Any]:
    return {
        "id": one["id"],
        "verdict": VERDICTS["failed" if one["failed"] else one["action"]],
        "differences": [] if diff is None else list(_differences(diff["after"], diff["before"])),
        "message": None if one.get("msg") is None else printable(one["msg"], LONGEST_MESSAGE),
    }


def _differences(declared: Mapping[str, Any], actual: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in _leaves(declared, actual):
        left, right = get_path(declared, path), get_path(actual, path)
        if left != right:
            yield {"option": ".".join(path), "declared": left, "actual": right}


def _leaves(*trees: Any) -> list[Path]:
    """Return the paths of all leaves in the trees, in the order of the first tree that contains them."""
    branches = [tree for tree in trees if isinstance(tree, Mapping)]
    if not branches:
        return [()]
    keys = dict.fromkeys(key for branch in branches for key in branch)
    return [(key, *path) for key in keys for path in _leaves(*(branch.get(key) for branch in branches))]


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_report": audit_report}
