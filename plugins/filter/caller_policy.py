# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: caller_policy
short_description: Create the RAM policy that the caller of the modules needs
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates a RAM policy for the RAM user or role that audits or manages asynchronous invocation configurations with
    M(alicloud.fc.function_async_invoke_configs) or M(alicloud.fc.v3_async_invoke_configs), or with the playbooks of
    this collection.
  - The policy contains only the actions that the modules use with the specified options.
  - The permission to assume a RAM role (C(sts:AssumeRole)) is not included.
positional: _input, mode
options:
  _input:
    description:
      - The configurations, as specified in the C(configs) option of the bulk modules, or as returned by a module.
      - Used only if O(limit_to_configs=true). It can be an empty list otherwise.
    type: list
    elements: dict
    required: true
  mode:
    description:
      - V(audit) for check mode and audits, or V(apply) to also create, update and delete configurations.
    type: str
    choices: [audit, apply]
    default: audit
  generation:
    description:
      - The generation of Function Compute.
    type: str
    choices: ["2.0", "3.0"]
    default: "2.0"
  purge:
    description:
      - The value of the C(purge) option of the bulk module. V(service) is available only in FC 2.0.
    type: str
    choices: [none, function, service, account]
    default: none
  rules:
    description:
      - Whether audits check rules. Also required for audits without a configuration file.
    type: bool
    default: false
  unconfigured:
    description:
      - Whether audits report functions that have no configuration.
    type: bool
    default: false
  verify_destinations:
    description:
      - Whether the tasks use C(verify_destinations).
    type: bool
    default: false
  region:
    description:
      - The region in the resources. By default, the policy applies to all regions.
    type: str
  account_id:
    description:
      - The account ID in the resources. By default, the resources contain V(*) instead.
    type: str
  limit_to_configs:
    description:
      - Whether to limit the permissions to the functions in the configurations, or to their services if
        O(purge=service). With O(verify_destinations=true), the functions that are destinations in the input are added.
      - The API reference of Function Compute states that most of these actions do not support permissions for
        individual resources. The documentation of Serverless Devs uses such permissions for FC 2.0. For FC 3.0, the
        resources are inferred from other actions. Test the policy before you rely on it.
      - In FC 3.0, listing configurations always requires permission for all functions. Without O(purge), the policy
        does not contain this permission, so the modules read each configuration with a separate request.
      - Mutually exclusive with O(purge=account), O(rules) and O(unconfigured), which apply to all functions.
    type: bool
    default: false
seealso:
  - plugin: alicloud.fc.destination_policy
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show the policy for audits that report unexpected configurations in the whole account
  ansible.builtin.debug:
    msg: "{{ [] | alicloud.fc.caller_policy('audit', generation='3.0', purge='account') }}"

- name: Write the policy for a pipeline that manages the configurations in a file
  ansible.builtin.copy:
    dest: policy.json
    content: "{{ configs | alicloud.fc.caller_policy('apply', purge='function', limit_to_configs=true) | to_json }}"
    mode: "0644"
  vars:
    configs: "{{ (lookup('ansible.builtin.file', 'configs.yml') | from_yaml).configs }}"
"""

RETURN = r"""
_value:
  description: The RAM policy. Actions and resources are sorted.
  type: dict
  sample:
    Version: "1"
    Statement:
      - Effect: Allow
        Action:
          - fc:GetFunctionAsyncInvokeConfig
          - fc:ListFunctionAsyncInvokeConfigs
        Resource:
          - "*"
"""

from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.caller import (
    PURGE_SCOPES,
    bulk_operations,
    caller_grants,
    info_operations,
    optional_operations,
    verification_grants,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import target_of
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, parse_identity
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._policies import (
    InvalidInput,
    checked_account_id,
    checked_configs,
    checked_flag,
    checked_region,
    destinations,
    label,
    policy_document,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

_GENERATIONS = {"2.0": FC2, "3.0": FC3}
_MODES = ("audit", "apply")


def caller_policy(
    configs: Any,
    mode: Any = "audit",
    generation: Any = "2.0",
    purge: Any = "none",
    rules: Any = False,
    unconfigured: Any = False,
    verify_destinations: Any = False,
    region: Any = None,
    account_id: Any = None,
    limit_to_configs: Any = False,
) -> dict[str, Any]:
    """Create a RAM policy for the caller, as documented above. Raises ``AnsibleFilterError`` for invalid input."""
    audit = {"rules": rules, "unconfigured": unconfigured, "verify_destinations": verify_destinations}
    try:
        place = checked_region(region), checked_account_id(account_id)
        policy = _policy(checked_configs(configs), mode, generation, purge, audit, place, limit_to_configs)
    except InvalidInput as error:
        raise AnsibleFilterError(f"caller_policy: {error}") from None
    result: dict[str, Any] = untrusted(policy)
    return result


def _policy(
    configs: list[Mapping[str, Any]],
    mode: Any,
    generation: Any,
    purge: Any,
    audit: Mapping[str, Any],
    place: tuple[str, str],
    limit_to_configs: Any,
) -> dict[str, Any]:
    # YAML parses an unquoted 3.0 as a number.
    api = _GENERATIONS[_choice("generation", str(generation), tuple(_GENERATIONS))]
    scopes = tuple(scope for scope in PURGE_SCOPES if api.has_services or scope != "service")
    write = _choice("mode", mode, _MODES) == "apply"
    operations = bulk_operations(api, write, _choice("purge", purge, scopes))
    flags = {option: checked_flag(option, flag) for option, flag in audit.items()}
    verify = flags.pop("verify_destinations")
    account_wide = [option for option, flag in flags.items() if flag]
    if account_wide:
        operations |= info_operations(api, unconfigured=True)
    functions = None
    if checked_flag("limit_to_configs", limit_to_configs):
        _check_limit(configs, [*account_wide, *(["purge=account"] if purge == "account" else [])])
        functions = _functions(api, configs)
        operations -= optional_operations(api, purge)
    grants = caller_grants(api, operations, *place, functions, purge == "service")
    if verify:
        grants += verification_grants(api, *place, functions, _targets(api, configs))
    return policy_document(grants)


def _choice(option: str, value: Any, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise InvalidInput(f"{option}: must be one of {', '.join(choices)}, not {shown(value)}.")
    return str(value)


def _check_limit(configs: list[Mapping[str, Any]], account_wide: list[str]) -> None:
    if account_wide:
        raise InvalidInput(
            f"limit_to_configs: mutually exclusive with {account_wide[0]}, which applies to all functions."
        )
    if not configs:
        raise InvalidInput("limit_to_configs: the input must contain at least one configuration.")


def _functions(api: Generation, configs: list[Mapping[str, Any]]) -> list[Function]:
    errors: list[str] = []
    found = [_function(api, config, label(config, position), errors) for position, config in enumerate(configs)]
    if errors:
        raise InvalidInput(" ".join(errors))
    return [function for function in found if function is not None]


def _targets(api: Generation, configs: list[Mapping[str, Any]]) -> list[Function]:
    """Return the functions that are destinations."""
    arns = [str(arn) for config in configs for _option, arn in destinations(config)]
    found = [target.function for target in (target_of(api, arn) for arn in arns) if target is not None]
    return list(dict.fromkeys(found))


def _function(api: Generation, config: Mapping[str, Any], name: str, errors: list[str]) -> Function | None:
    try:
        return parse_identity(api, config).function
    except InvalidOption as error:
        errors.append(f"{name}: {error}")
        return None


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"caller_policy": caller_policy}
