#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: playbook
short_description: Run the main step of a playbook in this collection
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - The C(alicloud.fc.adopt), C(alicloud.fc.export), C(alicloud.fc.preflight), C(alicloud.fc.apply) and
    C(alicloud.fc.audit) playbooks use this action. Run these playbooks instead of using the action in your own
    playbooks.
  - Validates the playbook's variables, reads its files on the controller and runs the module for the specified
    generation of Function Compute.
  - The modules' connection options are set using playbook variables.
extends_documentation_fragment:
  - alicloud.fc._attributes
options:
  name:
    description:
      - The name of the playbook, or of a later step of the C(alicloud.fc.audit) playbook (V(audit_report) and
        V(audit_end)) or of the C(alicloud.fc.preflight) playbook (V(preflight_report) and V(preflight_end)).
    type: str
    choices:
      - adopt
      - apply
      - audit
      - audit_end
      - audit_report
      - export
      - preflight
      - preflight_end
      - preflight_report
    required: true
attributes:
  action_group:
    support: none
    membership: []
    details:
      - The connection options are set using playbook variables.
  check_mode:
    support: full
  diff_mode:
    support: full
  idempotent:
    support: full
seealso:
  - module: alicloud.fc.function_async_invoke_configs
  - module: alicloud.fc.v3_async_invoke_configs
"""

EXAMPLES = r"""
- name: Compare the desired configurations with the current configurations
  alicloud.fc.playbook:
    name: audit
  check_mode: true
  diff: true
  vars:
    configs:
      - id: shop:resize
        maximum_retry_attempts: 0
"""

RETURN = r"""
options:
  description: The variables that later tasks in the playbook use. Defaults are filled in, and paths are absolute.
  type: dict
  returned: for O(name=adopt), O(name=apply) and O(name=export)
  sample:
    generation: FC 2.0
    config_file: /home/user/configs.yml
files:
  description: The path of each file that the playbook writes, with its content or the format of the report.
  type: list
  elements: dict
  returned: for O(name=adopt), O(name=audit_report), O(name=preflight_report) and O(name=export)
  sample:
    - path: /home/user/configs.yml
      content: "configs: []"
number:
  description: Number of exported configurations.
  type: int
  returned: for O(name=export)
  sample: 42
never_converging:
  description: Descriptions of the differences that Terraform never resolves.
  type: list
  elements: str
  returned: for O(name=adopt), if a Terraform file was read
  sample:
    - "shop:order:LATEST: Terraform cannot unset maximum_event_age_in_seconds, which is 3600."
results:
  description: The results of the bulk module. The module's other return values are also returned.
  type: list
  elements: dict
  returned: for O(name=adopt) and O(name=apply)
  sample: []
audit_account:
  description: The report on one account.
  type: dict
  returned: for O(name=audit)
  sample: {}
preflight_account:
  description: The report on one account.
  type: dict
  returned: for O(name=preflight)
  sample: {}
report:
  description: The report on all accounts, as in the JSON file.
  type: dict
  returned: for O(name=audit_report) and O(name=preflight_report)
  sample: {}
"""
