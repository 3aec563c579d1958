#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: v3_async_invoke_config_info
short_description: Read asynchronous invocation configurations in Function Compute 3.0
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Reads asynchronous invocation configurations. The scope is a single configuration, a function or the whole account.
  - The returned list can be used as the value of O(alicloud.fc.v3_async_invoke_configs#module:configs).
  - M(alicloud.fc.v3_async_invoke_config) accepts the C(id) and the settings of each returned configuration.
  - Options that limit the scope must not be empty or V(null). This prevents the whole account from being read by
    mistake. To omit an option conditionally, use C(default(omit)).
extends_documentation_fragment:
  - alicloud.fc._config.fc3
  - alicloud.fc._execution
  - alicloud.fc._config.fc3_verify_info
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
  - alicloud.fc._attributes.info_module
options:
  function_name:
    description:
      - Read only the configurations of this function.
    type: str
  qualifier:
    description:
      - Read only the configuration of this version, this alias or V(LATEST). Requires O(function_name).
      - By default, all configurations of the function are read.
    type: str
  id:
    description:
      - Read only this configuration. Mutually exclusive with the other options that limit the scope.
      - The supported forms are V(function:qualifier), V(function) and the ARN
        V(acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]). The qualifier defaults to V(LATEST).
    type: str
  functions:
    description:
      - Read only the configurations of functions whose names match any of these glob patterns.
    type: list
    elements: str
  include_unconfigured:
    description:
      - Whether to also return RV(functions_without_config).
    type: bool
    default: false
  fail_on_unreadable:
    description:
      - Whether the task fails if part of the scope cannot be read. By default, the module warns and returns the
        configurations that it could read.
      - The task always fails if it cannot read a resource specified by O(id) or O(function_name), or if it cannot list
        the configurations or functions in the account.
    type: bool
    default: false
seealso:
  - module: alicloud.fc.v3_async_invoke_config
  - module: alicloud.fc.v3_async_invoke_configs
"""

EXAMPLES = r"""
- name: Read one configuration
  alicloud.fc.v3_async_invoke_config_info:
    id: resize:production

- name: Read all configurations of a function
  alicloud.fc.v3_async_invoke_config_info:
    function_name: resize

- name: Read the configurations of production functions and list the functions without a configuration
  alicloud.fc.v3_async_invoke_config_info:
    functions:
      - prod-*
    include_unconfigured: true
  register: production

- name: Read all configurations in the account
  alicloud.fc.v3_async_invoke_config_info:
  register: account

- name: Save the configurations
  ansible.builtin.copy:
    content: "{{ {'configs': account.async_invoke_configs} | alicloud.fc.to_yaml_vars }}"
    dest: configs.yml
    mode: "0600"
"""

RETURN = r"""
async_invoke_configs:
  description: The configurations, sorted by ID. Empty if there are none.
  type: list
  elements: dict
  returned: success, or when the task failed because of O(fail_on_unreadable=true)
  contains:
    # values of a configuration, written by tools/write_docs.py
    id:
      description: The configuration ID, which consists of the function and qualifier, separated
        by a colon.
      type: str
      returned: always
      sample: resize:LATEST
    function_name:
      description: The name of the function.
      type: str
      returned: always
      sample: resize
    qualifier:
      description: The version, alias or V(LATEST).
      type: str
      returned: always
      sample: LATEST
    destination_config:
      description: The destinations. V(null) if there are none.
      type: dict
      returned: always
      contains:
        on_failure:
          description: The destination for failed events. V(null) if there is none.
          type: dict
          returned: always
          contains:
            destination:
              description: The ARN of the destination.
              type: str
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
        on_success:
          description: The destination for the results of successful invocations. V(null) if there
            is none.
          type: dict
          returned: always
          contains:
            destination:
              description: The ARN of the destination.
              type: str
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/topics/resized/messages
    maximum_event_age_in_seconds:
      description: Maximum age of an event in seconds. V(null) if none is set.
      type: int
      returned: always
      sample: 60
    maximum_retry_attempts:
      description: Effective maximum number of retries. V(3), the service default, if none is set.
      type: int
      returned: always
      sample: 0
    async_task:
      description: Whether asynchronous invocations run as asynchronous tasks.
      type: bool
      returned: always
      sample: true
    on_failure_destination:
      description: The destination for failed events. V(null) if there is none.
      type: str
      returned: always
      sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
    on_success_destination:
      description: The destination for the results of successful invocations. V(null) if there is
        none.
      type: str
      returned: always
      sample: acs:mns:cn-hangzhou:123456789012:/topics/resized/messages
    function_arn:
      description: The function ARN, as returned by the service. It may have another form if the
        configuration was listed. V(null) if there is none.
      type: str
      returned: always
      sample: acs:fc:cn-hangzhou:123456789012:functions/resize
    created_time:
      description: The time at which the configuration was created.
      type: str
      returned: always
      sample: '2026-01-31T02:45:02Z'
    last_modified_time:
      description: The time at which the configuration was last modified.
      type: str
      returned: always
      sample: '2026-01-31T02:45:02Z'
    # End of values of a configuration
functions_without_config:
  description: The names of the functions in the scope that have no configuration.
  type: list
  elements: str
  returned: when O(include_unconfigured=true)
  sample:
    - thumbnail
destination_problems:
  description: The problems of the destinations in the returned configurations.
  type: list
  elements: dict
  returned: if O(verify_destinations=true)
  contains:
    # values of a destination problem, written by tools/write_docs.py
    id:
      description: The ID of the configuration.
      type: str
      returned: always
      sample: resize:LATEST
    option:
      description: The option that contains the ARN. V(destination_config) for V(no_role).
      type: str
      returned: always
      sample: destination_config.on_failure.destination
    destination:
      description: The ARN of the destination. V(null) for V(no_role).
      type: str
      returned: always
      sample: acs:fc:::functions/gone
    problem:
      description:
      - V(not_found) if the destination does not exist.
      - V(other_region) if the destination is in another region.
      - V(other_account) if the destination belongs to another account.
      - V(no_role) if the function has no role.
      - V(loop) if the function is its own destination.
      - V(form) if the ARN does not have a documented form.
      - V(unverified) if the destination or role could not be read.
      type: str
      returned: always
      sample: not_found
    severity:
      description:
      - V(failure) if the destination cannot be used. Outside check mode, the configuration is not
        written.
      - V(warning) for V(loop), and for V(form) unless the ARN should be that of a function.
      type: str
      returned: always
      sample: failure
    message:
      description: A description of the problem.
      type: str
      returned: always
      sample: 'destination_config.on_failure.destination: ''acs:fc:::functions/gone'' does not exist
        (FunctionNotFound). Create the function first, or correct the ARN.'
    # End of values of a destination problem
unreadable:
  description: The resources that could not be read. Empty if all resources could be read.
  type: list
  elements: dict
  returned: success, or when the task failed because of O(fail_on_unreadable=true)
  contains:
    id:
      description: The name of the function.
      type: str
      returned: always
      sample: resize
    msg:
      description: The error message.
      type: str
      returned: always
      sample: >-
        ListAliases of resize failed: the caller is not authorized to perform 'fc:ListAliases' on resource
        'acs:fc:cn-hangzhou:123456789012:functions/resize' (HTTP 403, AccessDenied)
    error:
      description: The error response from the service.
      type: dict
      returned: when the service returned an error
      contains: &error
        # values of an error, written by tools/write_docs.py
        code:
          description: The error code. V(null) if the response has none.
          type: str
          returned: always
          sample: AccessDenied
        message:
          description: The error message.
          type: str
          returned: always
          sample: the caller is not authorized to perform 'fc:ListAliases'
        status:
          description: The HTTP status code.
          type: int
          returned: always
          sample: 403
        request_id:
          description: The request ID, for use in support cases.
          type: str
          returned: always
          sample: 1-6a74f1b2-3c4d5e6f7081
        operation:
          description: The operation that failed.
          type: str
          returned: always
          sample: ListAliases
        # End of values of an error
error:
  description: The error response from the service.
  type: dict
  returned: when the service returned an error
  contains: *error
connection:
  description: The connection that the module used.
  type: dict
  returned: when the options are valid
  contains:
    # values of a connection, written by tools/write_docs.py
    generation:
      description: The generation of Function Compute.
      type: str
      returned: always
      sample: FC 3.0
    account_id:
      description: The account ID. V(null) if it is unknown.
      type: str
      returned: always
      sample: '123456789012'
    region:
      description: The region. V(null) if it is unknown.
      type: str
      returned: always
      sample: cn-hangzhou
    endpoint:
      description: The URL of the endpoint. V(null) if it is unknown.
      type: str
      returned: always
      sample: https://fcv3.cn-hangzhou.aliyuncs.com
    # End of values of a connection
# warnings, written by tools/write_docs.py
module_warnings:
  description: The warnings of the module.
  type: list
  elements: str
  returned: when O(return_warnings=true)
  sample:
  - The purge was not predicted because some configurations could not be read.
# End of warnings
"""

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.config_info import (
    info_rules,
    info_spec,
    list_configs,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC3, list_configs, info_spec(FC3), **info_rules(FC3))


if __name__ == "__main__":
    main()
