# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that accepts a list of configurations and does nothing. It is used to measure Ansible's overhead."""

from __future__ import annotations

from ansible.module_utils.basic import AnsibleModule

if __name__ == "__main__":
    spec = {"configs": {"type": "list", "elements": "dict", "required": True}}
    AnsibleModule(argument_spec=spec, supports_check_mode=True).exit_json(changed=False)
