# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: destination_policy
short_description: Create the RAM policy that functions need for their destinations
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates a RAM policy that allows the role of a function to send to the destinations in asynchronous invocation
    configurations, and nothing else.
  - The destinations can be MNS queues, MNS topics, functions, EventBridge event buses and RocketMQ topics.
  - The result does not depend on the order of the configurations. It can be used in the RAM API, in the RAM console and
    in Terraform without changes.
  - Alibaba Cloud documents the resources of RocketMQ topics only with wildcards for the region and the account, so
    their statements contain these wildcards. Instance IDs are unique. For instances without namespaces, the
    vendor documents a different resource. Add C(acs:mq:*:*:TOPIC) for them.
  - It is not fully documented how RAM names a function with a qualifier. Therefore, the policy contains several names
    for some functions. In FC 3.0, one of them is always the name without the qualifier.
positional: _input, roles
options:
  _input:
    description:
      - The configurations, as returned by M(alicloud.fc.function_async_invoke_config_info) or
        M(alicloud.fc.v3_async_invoke_config_info), or as specified in the C(configs) option of the bulk modules.
      - Configurations without destinations and configurations with C(state=absent) are ignored.
    type: list
    elements: dict
    required: true
  roles:
    description:
      - Maps FC 2.0 services and FC 3.0 functions to their roles. In FC 2.0, the role belongs to the service.
      - If specified, the result contains one policy for each role. A role is a name or an ARN.
      - All services and functions that have configurations with destinations must be included.
    type: dict
  region:
    description:
      - The region for ARNs without a region, such as C(acs:mns:::/queues/failed/messages).
    type: str
  account_id:
    description:
      - The account ID for ARNs without an account ID.
    type: str
  wildcards:
    description:
      - Whether to write V(*) in place of a region or account ID that neither the ARN nor O(region) and O(account_id)
        specify. By default, the filter fails in this case.
    type: bool
    default: false
  ignore_unknown:
    description:
      - Whether to ignore destinations of other kinds. By default, the filter fails, because the policy would be
        incomplete.
    type: bool
    default: false
seealso:
  - plugin: alicloud.fc.caller_policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read all configurations
  alicloud.fc.v3_async_invoke_config_info:
    fail_on_unreadable: true
  register: current

- name: Write one policy for all destinations
  ansible.builtin.copy:
    dest: policy.json
    content: "{{ current.async_invoke_configs | alicloud.fc.destination_policy | to_nice_json }}"
    mode: "0644"

- name: Show the policy of each role
  ansible.builtin.debug:
    msg: "{{ configs | alicloud.fc.destination_policy(role_of, region='cn-hangzhou', account_id='123456789012') }}"
  vars:
    configs:
      - function_name: resize
        destination_config:
          on_failure:
            destination: acs:mns:::/queues/failed/messages
    role_of:
      resize: acs:ram::123456789012:role/resize
"""

RETURN = r"""
_value:
  description:
    - The RAM policy. If O(roles) is specified, a dictionary that maps each role to its policy.
    - Actions and resources are sorted. Without destinations, C(Statement) is empty, and RAM rejects the policy.
  type: dict
  sample:
    Version: "1"
    Statement:
      - Effect: Allow
        Action:
          - mns:SendMessage
        Resource:
          - acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
"""

from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import (
    KINDS,
    Destination,
    parse_destination,
)
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._policies import (
    InvalidInput,
    checked_account_id,
    checked_configs,
    checked_flag,
    checked_region,
    destinations,
    label,
    owner,
    policy_document,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted


class _Reader:
    """Reads the destinations of configurations and collects the errors."""

    def __init__(self, region: str, account_id: str, wildcards: bool, ignore_unknown: bool) -> None:
        self._region = region
        self._account_id = account_id
        self._wildcards = wildcards
        self._ignore_unknown = ignore_unknown
        self.errors: list[str] = []

    def read(self, config: Mapping[str, Any], name: str) -> list[Destination]:
        """Return the destinations of a configuration."""
        found = []
        try:
            for option, arn in destinations(config):
                destination = self._destination(f"{name}: {option}", arn)
                if destination is not None:
                    found.append(destination)
        except InvalidInput as error:
            self.errors.append(f"{name}: {error}")
        return found

    def _destination(self, place: str, arn: Any) -> Destination | None:
        parts = ARN.fullmatch(arn) if isinstance(arn, str) else None
        known = parse_destination(arn, self._region, self._account_id) if parts is not None else None
        if parts is None or known is None:
            if not self._ignore_unknown:
                kinds = ", ".join(kind.name for kind in KINDS)
                self.errors.append(
                    f"{place}: {shown(arn, 300)} is not the ARN of a known kind of destination ({kinds})."
                )
            return None
        for option, value in (
            ("region", parts["region"] or self._region),
            ("account_id", parts["account"] or self._account_id),
        ):
            if not value and not self._wildcards:
                self.errors.append(
                    f"{place}: {shown(arn, 300)} has no {option}. Set {option}, or set wildcards to true."
                )
        return known


def destination_policy(
    configs: Any,
    roles: Any = None,
    region: Any = None,
    account_id: Any = None,
    wildcards: Any = False,
    ignore_unknown: Any = False,
) -> dict[str, Any]:
    """Create a RAM policy for destinations, as documented above. Raises ``AnsibleFilterError`` for invalid input."""
    try:
        reader = _Reader(
            checked_region(region),
            checked_account_id(account_id),
            checked_flag("wildcards", wildcards),
            checked_flag("ignore_unknown", ignore_unknown),
        )
        named = [(label(config, position), config) for position, config in enumerate(checked_configs(configs))]
        _check_roles(roles)
    except InvalidInput as error:
        raise AnsibleFilterError(f"destination_policy: {error}") from None
    found = [(config, reader.read(config, name)) for name, config in named]
    by_role: dict[str, list[Destination]] = {}
    for config, targets in found:
        key = owner(config)
        if targets and roles is not None and key not in roles:
            reader.errors.append(f"roles: must contain {shown(key)}.")
        elif targets:
            by_role.setdefault("" if roles is None else roles[key], []).extend(targets)
    if reader.errors:
        raise AnsibleFilterError(f"destination_policy: {' '.join(dict.fromkeys(reader.errors))}")
    policies = {
        role: policy_document(grant for one in by_role[role] for grant in one.grants) for role in sorted(by_role)
    }
    result: dict[str, Any] = untrusted(policies.get("", policy_document([])) if roles is None else policies)
    return result


def _check_roles(roles: Any) -> None:
    if roles is None:
        return
    if not isinstance(roles, Mapping):
        raise InvalidInput(f"roles: must be a dictionary, not {shown(roles)}.")
    for key, role in roles.items():
        if not isinstance(role, str) or not role:
            raise InvalidInput(
                f"roles: the value of {shown(key)} must be the name or ARN of a role, not {shown(role)}."
            )


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"destination_policy": destination_policy}
