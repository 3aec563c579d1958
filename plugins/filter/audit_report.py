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
  - The reports of the C(alicloud.fc.audit) playbook contain the same rows, and also rows for audit rules and functions
    without configuration.
positional: _input
options:
  _input:
    description:
      - The result of running M(alicloud.fc.function_async_invoke_configs) or M(alicloud.fc.v3_async_invoke_configs) in
        check mode and diff mode.
    type: dict
    required: true
notes:
  - In release 2.0.0, the keys C(declared) and C(actual) were renamed to C(desired) and C(current), and the verdict
    C(failed) was renamed to C(unreadable).
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
      description: The number of rows with each verdict.
      type: dict
      returned: always
      sample:
        unreadable: 0
        no function: 0
        bad destination: 0
        drifted: 1
        missing: 0
        unexpected: 0
        noncompliant: 0
        unconfigured: 0
        in sync: 41
    rows:
      description: A row for each configuration, grouped by verdict. Each group keeps the order of the module results.
      type: list
      elements: dict
      returned: always
      contains:
        account:
          description: V(null). In reports of the playbook, the name of the account.
          type: str
          returned: always
          sample: null
        id:
          description: The ID of the configuration, or of the function or service that could not be read.
          type: str
          returned: always
          sample: shop:resize:LATEST
        service_name:
          description: The name of the service. V(null) if there is none.
          type: str
          returned: always
          sample: shop
        verdict:
          description:
            - V(unreadable) if the configuration could not be read.
            - V(no function) if its service, function, version or alias does not exist.
            - V(bad destination) if one of its destinations has a problem. Such rows exist only if the module option
              O(alicloud.fc.function_async_invoke_configs#module:verify_destinations) is true, in addition to the row
              with the result of the comparison.
            - V(drifted) if it differs from the desired state.
            - V(missing) if it does not exist.
            - V(unexpected) if it exists but should be absent, or if it is in the purge scope but not listed.
            - V(in sync) if it matches the desired state.
            - In reports of the playbook, V(noncompliant) if it violates an audit rule, and V(unconfigured) if a
              function has no configuration.
          type: str
          returned: always
          sample: drifted
        rule:
          description: V(null). In reports of the playbook, the name of the violated rule.
          type: str
          returned: always
          sample: null
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
            desired:
              description: The desired value. V(null) if it is unset or if the configuration should be absent.
              type: raw
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
            current:
              description: The current value. V(null) if it is unset or if the configuration does not exist.
              type: raw
              returned: always
              sample: null
        message:
          description:
            - The error message, possibly shortened. V(null) for verdicts other than V(unreadable), V(no function) and
              V(bad destination).
          type: str
          returned: always
          sample: null
        console_url:
          description: The URL of the function in the console. V(null) if the region or the function is unknown.
          type: str
          returned: always
          sample: https://fcnext.console.aliyun.com/cn-hangzhou/services/shop/function-detail/resize/LATEST
        since:
          description: V(null). In reports of the playbook, a comparison with the previous report.
          type: str
          returned: always
          sample: null
"""

from typing import Any, Callable, Mapping

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import destination_rows, result_rows
from ansible_collections.alicloud.fc.plugins.plugin_utils._module_results import destination_problems
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted


def audit_report(result: Any) -> dict[str, Any]:
    """Convert a module result into ``totals`` and ``rows``, as documented above.

    Raises ``AnsibleFilterError`` for any other input, such as the result of a task with invalid options.
    """
    if not isinstance(result, Mapping) or "results" not in result or "diff" not in result:
        raise AnsibleFilterError(
            "audit_report: the input must be the result of running a module for many configurations in check mode and "
            "diff mode."
        )
    connection = result.get("connection") or {}
    problems = destination_problems(result)
    rows = [
        *result_rows(result),
        *destination_rows(connection.get("generation"), problems, connection.get("region")),
    ]
    report: dict[str, Any] = untrusted({"totals": AUDIT.count(rows), "rows": AUDIT.ordered(rows)})
    return report


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_report": audit_report}
