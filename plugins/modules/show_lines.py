#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: show_lines
short_description: Display lines of text, such as a table
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Displays lines without quotes or line breaks, regardless of the result format of the callback.
    C(ansible.builtin.debug) displays a list as JSON or YAML, which makes a table hard to read.
  - Nothing is displayed if the task has C(no_log) or if the standard output callback writes JSON or XML.
  - Control characters are escaped.
extends_documentation_fragment:
  - alicloud.fc._attributes
options:
  lines:
    description:
      - The lines.
    type: list
    elements: str
    required: true
attributes:
  action_group:
    support: none
    membership: []
    details:
      - The action has no connection options.
  check_mode:
    support: full
  diff_mode:
    support: none
  idempotent:
    support: full
seealso:
  - plugin: alicloud.fc.audit_table
    plugin_type: filter
  - plugin: alicloud.fc.change_table
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
  alicloud.fc.show_lines:
    lines: "{{ compared | alicloud.fc.audit_report | alicloud.fc.audit_table }}"
"""

RETURN = r"""
lines:
  description: The lines, with control characters escaped.
  type: list
  elements: str
  returned: always
  sample:
    - "id                  verdict  option                  desired  current"
    - "shop:resize:LATEST  drifted  maximum_retry_attempts  0        5"
    - 1 drifted, 41 in sync
"""
