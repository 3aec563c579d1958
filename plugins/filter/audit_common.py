# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_common
short_description: List identical findings in an audit report
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Lists the findings that occur more than once in an audit report, with the IDs of their configurations.
  - Findings are identical if they have the same verdict, rule, differences and message.
  - The most frequent findings come first.
positional: _input
options:
  _input:
    description:
      - A report of the C(alicloud.fc.audit) or C(alicloud.fc.preflight) playbook, or a report from
        P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_report
    plugin_type: filter
  - plugin: alicloud.fc.audit_sections
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the most frequent finding
  ansible.builtin.debug:
    msg: "{{ lookup('ansible.builtin.file', 'audit.json') | from_json | alicloud.fc.audit_common | first }}"
"""

RETURN = r"""
_value:
  description: The findings. Empty if each finding occurs only once.
  type: list
  elements: dict
  contains:
    verdict:
      description: The verdict. It is never V(in sync).
      type: str
      returned: always
      sample: drifted
    rule:
      description: The name of the audit rule. V(null) for verdicts other than V(noncompliant).
      type: str
      returned: always
      sample: null
    differences:
      description: The options that differ.
      type: list
      elements: dict
      returned: always
      sample:
        - option: maximum_retry_attempts
          desired: 0
          current: 5
    message:
      description: The message. V(null) if there is none.
      type: str
      returned: always
      sample: null
    ids:
      description: The configurations.
      type: list
      elements: dict
      returned: always
      contains:
        account:
          description: The name of the account. V(null) if the account has no name.
          type: str
          returned: always
          sample: prod
        id:
          description: The ID of the configuration or function.
          type: str
          returned: always
          sample: shop:resize:LATEST
"""

from typing import Any, Callable

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_groups import identical_differences
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_input import checked_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted


def audit_common(report: Any) -> list[dict[str, Any]]:
    """List the findings that occur more than once, as documented above.

    Raises ``AnsibleFilterError`` for any other input.
    """
    found: list[dict[str, Any]] = untrusted(identical_differences(checked_report("audit_common", report)))
    return found


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_common": audit_common}
