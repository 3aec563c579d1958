# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_junit
short_description: Format an audit report as JUnit XML
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Formats an audit report as JUnit XML, which CI systems display as test results.
  - In a report of the C(alicloud.fc.preflight) playbook, failures are failed tests and warnings are skipped tests.
  - Each configuration is a test case, and each service of an account is a test suite.
  - Configurations that are not in sync are failures. Configurations and accounts that could not be read are errors.
positional: _input
options:
  _input:
    description:
      - A report of the C(alicloud.fc.audit) or C(alicloud.fc.preflight) playbook, or a report from
        P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
seealso:
  - plugin: alicloud.fc.audit_markdown
    plugin_type: filter
  - plugin: alicloud.fc.audit_report
    plugin_type: filter
  - plugin: alicloud.fc.audit_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Write the report for a CI system
  ansible.builtin.copy:
    content: "{{ lookup('ansible.builtin.file', 'audit.json') | from_json | alicloud.fc.audit_junit }}"
    dest: audit.xml
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The XML document. It contains only characters that XML 1.0 allows.
  type: str
  sample: |
    <?xml version="1.0" encoding="utf-8"?>
    <testsuites name="Asynchronous invocation audit" time="0" tests="1" failures="1" errors="0">
      <testsuite name="shpo" time="0" tests="1" failures="1" errors="0" timestamp="2026-11-26T05:00:00">
        <testcase classname="alicloud.fc.shpo" name="shpo:resize:LATEST" time="0">
          <failure type="no function" message="service 'shpo' does not exist">service 'shpo' does not exist</failure>
        </testcase>
      </testsuite>
    </testsuites>
"""

from typing import Any, Callable

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_input import checked_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_junit import render
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted_text


def audit_junit(report: Any) -> str:
    """Format an audit report as JUnit XML, as documented above. Raises ``AnsibleFilterError`` for any other input."""
    return untrusted_text(render(checked_report("audit_junit", report)))


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_junit": audit_junit}
