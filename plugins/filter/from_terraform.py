# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: from_terraform
short_description: Convert a Terraform state or plan to configurations
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Converts C(alicloud_fc_function_async_invoke_config) resources to configurations for
    M(alicloud.fc.function_async_invoke_configs), or C(alicloud_fcv3_async_invoke_config) resources to configurations
    for M(alicloud.fc.v3_async_invoke_configs).
  - Resources in all modules are converted, including those with C(count) or C(for_each). Data sources, other resources
    and deposed objects are ignored.
  - A plan contains the values that Terraform will apply. A state contains the values that Terraform last read, which
    can differ from those in your Terraform files.
  - Options that are not set in Terraform are omitted, so the module resets them to their defaults.
  - The filter fails if a value is invalid or not yet known, if several resources manage the same configuration, or if a
    plan does not contain all resources. The message lists all affected resources and attributes.
positional: _input, generation
options:
  _input:
    description:
      - The output of C(terraform show -json) for a state or a plan, or a version 4 state file.
      - Both text and parsed JSON are accepted.
    type: raw
    required: true
  generation:
    description:
      - The Function Compute generation whose resources are converted.
      - Resources for the other generation are ignored.
    type: str
    choices:
      - "2.0"
      - "3.0"
    default: "2.0"
notes:
  - In FC 2.0, the default for C(maximum_retry_attempts) is V(2) in both Terraform and the module. V(0) means that
    events are not retried. In a state, it can also mean that no value is stored. This is the case if the configuration
    was imported into Terraform and has not been applied since.
  - In FC 3.0, Terraform does not have a default for C(max_async_retry_attempts). If it is not set, the result contains
    V(3), the service default, because the module's own default is V(2).
  - In FC 3.0, Terraform always reads the configuration for V(LATEST). In a state, a resource with another qualifier can
    therefore contain the values for V(LATEST). If you have such resources, use a plan.
  - Terraform represents an unset event age as V(0) in a state and as V(null) in a plan. In both cases, the option is
    omitted. Empty destinations and asynchronous tasks that are not enabled are omitted too.
  - A plan created with C(-target) or C(-refresh-only) does not contain all resources.
  - If a C(removed) block with C(destroy = false) removes resources from the state, a plan still includes them.
seealso:
  - module: alicloud.fc.function_async_invoke_configs
  - module: alicloud.fc.v3_async_invoke_configs
  - name: Coming from Terraform
    description: The differences between the modules and the Terraform resources.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/from-terraform.md
"""

EXAMPLES = r"""
- name: Read the Terraform state
  ansible.builtin.command:
    cmd: terraform show -json
    chdir: infrastructure
  register: terraform
  changed_when: false

- name: Compare the existing configurations with the Terraform state
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ terraform.stdout | alicloud.fc.from_terraform }}"
  check_mode: true
  diff: true

- name: Apply the FC 3.0 configurations in the state
  alicloud.fc.v3_async_invoke_configs:
    configs: "{{ terraform.stdout | alicloud.fc.from_terraform('3.0') }}"
"""

RETURN = r"""
_value:
  description: The configurations, sorted by service, function and qualifier. Empty if there are no matching resources.
  type: list
  elements: dict
  sample:
    - service_name: shop
      function_name: resize
      qualifier: LATEST
      destination_config:
        on_failure:
          destination: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
      maximum_event_age_in_seconds: 60
      maximum_retry_attempts: 0
      stateful_invocation: true
"""

from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.plugin_utils._terraform import configs_from_terraform
from ansible_collections.alicloud.fc.plugins.plugin_utils._terraform_document import TerraformError
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted


def from_terraform(document: Any, generation: Any = "2.0") -> list[dict[str, Any]]:
    """Convert a Terraform state or plan to configurations, as documented above.

    Raises ``AnsibleFilterError`` if the input has an unsupported format or contains invalid or unknown values.
    """
    try:
        configs: list[dict[str, Any]] = untrusted(configs_from_terraform(document, generation))
    except TerraformError as error:
        raise AnsibleFilterError(f"from_terraform: {error}") from None
    return configs


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"from_terraform": from_terraform}
