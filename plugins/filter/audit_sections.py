# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_sections
short_description: Group an audit report by account and service
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Groups the rows of an audit report by account and service.
  - The accounts keep the order of the report. In each account, the sections with the most important verdict come first.
positional: _input
options:
  _input:
    description:
      - A report of the C(alicloud.fc.audit) or C(alicloud.fc.preflight) playbook, or a report from
        P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_common
    plugin_type: filter
  - plugin: alicloud.fc.audit_report
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read the report
  ansible.builtin.set_fact:
    report: "{{ lookup('ansible.builtin.file', 'audit.json') | from_json }}"

- name: Show the totals of each service
  ansible.builtin.debug:
    msg: "{{ item.service_name }}: {{ item.totals }}"
  loop: "{{ report | alicloud.fc.audit_sections }}"
  loop_control:
    label: "{{ item.service_name }}"
"""

RETURN = r"""
_value:
  description: The sections.
  type: list
  elements: dict
  contains:
    account:
      description: The name of the account. V(null) if the account has no name.
      type: str
      returned: always
      sample: prod
    service_name:
      description: The name of the service. V(null) if there is none, as in FC 3.0.
      type: str
      returned: always
      sample: shop
    totals:
      description: The number of rows with each verdict, in order of importance.
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
      description: The rows in the order of the report. See P(alicloud.fc.audit_report#filter) for their keys.
      type: list
      elements: dict
      returned: always
      sample:
        - account: prod
          id: shop:resize:LATEST
          service_name: shop
          verdict: drifted
          rule: null
          differences:
            - option: maximum_retry_attempts
              desired: 0
              current: 5
          message: null
          console_url: null
          since: new
"""

from typing import Any, Callable

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_groups import sections
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_input import checked_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted


def audit_sections(report: Any) -> list[dict[str, Any]]:
    """Group the rows of a report by account and service, as documented above.

    Raises ``AnsibleFilterError`` for any other input.
    """
    found: list[dict[str, Any]] = untrusted(sections(checked_report("audit_sections", report)))
    return found


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_sections": audit_sections}
