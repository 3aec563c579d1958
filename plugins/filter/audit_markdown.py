# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: audit_markdown
short_description: Format an audit report as Markdown
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Formats an audit report as GitHub-flavored Markdown, for example for a comment on a pull request or for the summary
    of a CI job.
  - Lists the configurations that are not in sync, grouped by account and service. Five or more identical findings are
    combined.
  - Text in the report is displayed literally. It cannot add links, mentions or other markup.
positional: _input, longest
options:
  _input:
    description:
      - A report of the C(alicloud.fc.audit) or C(alicloud.fc.preflight) playbook, or a report from
        P(alicloud.fc.audit_report#filter).
    type: dict
    required: true
  longest:
    description:
      - Maximum number of characters. GitHub limits comments to 65,536 characters.
      - If the document is longer, the last findings are omitted, and the number of omitted findings is appended.
      - The minimum is V(5000).
    type: int
    default: 60000
seealso:
  - plugin: alicloud.fc.audit_junit
    plugin_type: filter
  - plugin: alicloud.fc.audit_report
    plugin_type: filter
  - plugin: alicloud.fc.audit_table
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Add the report to the summary of a GitHub Actions job
  ansible.builtin.copy:
    content: "{{ lookup('ansible.builtin.file', 'audit.json') | from_json | alicloud.fc.audit_markdown }}"
    dest: "{{ lookup('ansible.builtin.env', 'GITHUB_STEP_SUMMARY') }}"
    mode: "0600"
"""

RETURN = r"""
_value:
  description: The Markdown document.
  type: str
  sample: |
    ## Asynchronous invocation audit: 1 of 42 configurations differs

    Account `123456789012` · `cn-hangzhou` · FC 2.0 · 2026-11-26 05:00 UTC

    | drifted | in sync |
    | ---: | ---: |
    | 1 | 41 |

    ### `shop`

    | configuration | verdict | option | desired | current |
    | --- | --- | --- | --- | --- |
    | `shop:resize:LATEST` | drifted | `maximum_retry_attempts` | `0` | `5` |
"""

from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_input import checked_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_markdown import SMALLEST_LIMIT, render
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted_text


def audit_markdown(report: Any, longest: Any = 60000) -> str:
    """Format an audit report as Markdown, as documented above. Raises ``AnsibleFilterError`` for any other input."""
    if not isinstance(longest, int) or longest < SMALLEST_LIMIT:
        raise AnsibleFilterError(f"audit_markdown: longest must be a number that is not less than {SMALLEST_LIMIT}.")
    return untrusted_text(render(checked_report("audit_markdown", report), longest))


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"audit_markdown": audit_markdown}
