#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: function_async_invoke_configs
short_description: Manage many asynchronous invocation configurations in Function Compute 2.0 at once
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates, updates and deletes many asynchronous invocation configurations in one task. Configurations are processed
    concurrently.
  - Can also delete existing configurations that are not listed in the task. See O(purge).
  - Manages each configuration in the same way as M(alicloud.fc.function_async_invoke_config), but is much faster than a
    loop.
  - Validates all input before making any changes and reports all validation errors at once.
  - If one configuration fails, the others are still processed. The task then fails, and its results list everything
    that was done.
  - If both check mode and diff mode are enabled, the task serves as an audit.
extends_documentation_fragment:
  - alicloud.fc._config.fc2
  - alicloud.fc._config.fc2_many
  - alicloud.fc._execution
  - alicloud.fc._config.fc2_verify
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - The module also sends read requests in check mode, so the caller needs read permission.
  diff_mode:
    support: full
    details:
      - The diff is a list with one item for each configuration that changes.
  idempotent:
    support: full
options: {}
seealso:
  - module: alicloud.fc.function_async_invoke_config
  - module: alicloud.fc.function_async_invoke_config_info
  - name: Auditing
    description: How to report configuration drift.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/auditing.md
"""

EXAMPLES = r"""
- name: Manage the configurations of several functions in a service
  alicloud.fc.function_async_invoke_configs:
    defaults:
      service_name: shop
      maximum_retry_attempts: 1
      destination_config:
        on_failure:
          destination: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
    configs:
      - function_name: resize
      - function_name: thumbnail
        maximum_retry_attempts: 0
      - function_name: thumbnail
        qualifier: production
      - function_name: legacy
        state: absent

- name: Use different defaults for two services and purge at most five other configurations
  alicloud.fc.function_async_invoke_configs:
    defaults:
      maximum_event_age_in_seconds: 3600
    groups:
      - defaults:
          service_name: shop
          maximum_retry_attempts: 1
        configs:
          - function_name: resize
          - function_name: thumbnail
      - defaults:
          service_name: prod-mail
          maximum_retry_attempts: 0
        configs:
          - function_name: send
          - function_name: sort
    purge: service
    purge_limit: 5

- name: Load the file from the info module example
  ansible.builtin.include_vars:
    file: configs.yml
    name: desired

- name: Show the differences between the services and the file
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ desired.configs }}"
    purge: service
  check_mode: true
  diff: true
"""

RETURN = r"""
results:
  description:
    - The results for the listed configurations, in the order of O(configs) and then O(groups), followed by the results
      for the purged configurations.
    - If O(return_unchanged=false), unchanged configurations that have no destination problems are omitted.
  type: list
  elements: dict
  returned: when the input is valid and the purge does not exceed its limit
  contains:
    id:
      description: The ID of the configuration.
      type: str
      returned: always
      sample: shop:resize:LATEST
    action:
      description:
        - The action taken or, in check mode, the predicted action. One of V(create), V(update), V(delete) and V(none).
        - If the configuration failed, the action that was attempted.
      type: str
      returned: always
      sample: update
    changed:
      description:
        - Whether the configuration was changed or, in check mode, would be changed.
        - If the configuration failed, whether it may have been changed.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether processing the configuration failed.
      type: bool
      returned: always
      sample: false
    msg:
      description: The error message, including the resulting state of the configuration.
      type: str
      returned: when the configuration failed
      sample: "PutFunctionAsyncInvokeConfig of shop:resize:LATEST failed: function 'resize' does not exist"
    async_invoke_config:
      description: The resulting configuration. V(null) if it does not exist or could not be read.
      type: dict
      returned: always
      contains:
        # values of a configuration, written by tools/write_docs.py
        id:
          description: The configuration ID, which consists of the service, function and qualifier,
            separated by colons.
          type: str
          returned: always
          sample: shop:resize:LATEST
        service_name:
          description: The name of the service.
          type: str
          returned: always
          sample: shop
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
        stateful_invocation:
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
    error:
      description: The error response from the service.
      type: dict
      returned: when the service returned an error for the configuration
      contains:
        # values of an error, written by tools/write_docs.py
        code:
          description: The error code. V(null) if the response has none.
          type: str
          returned: always
          sample: FunctionNotFound
        message:
          description: The error message.
          type: str
          returned: always
          sample: function 'resize' does not exist
        status:
          description: The HTTP status code.
          type: int
          returned: always
          sample: 404
        request_id:
          description: The request ID, for use in support cases.
          type: str
          returned: always
          sample: 1-6a74f1b2-3c4d5e6f7081
        operation:
          description: The operation that failed.
          type: str
          returned: always
          sample: PutFunctionAsyncInvokeConfig
        required_permissions:
          description:
          - The permissions that the role of the service or function needs to send to the destinations.
          - The role may lack some of them.
          type: list
          elements: dict
          returned: when access is denied and the response does not state that the caller lacks a permission
          contains:
            option:
              description: The option that contains the ARN.
              type: str
              returned: always
              sample: destination_config.on_failure.destination
            action:
              description: The RAM action.
              type: str
              returned: always
              sample: mns:SendMessage
            resource:
              description: The RAM resource.
              type: str
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
        # End of values of an error
    destination_problems:
      description: The problems of the destinations in the resulting configuration.
      type: list
      elements: dict
      returned: if O(verify_destinations=true), for configurations that should exist and could be read
      contains:
        # values of a destination problem, written by tools/write_docs.py
        id:
          description: The ID of the configuration.
          type: str
          returned: always
          sample: shop:resize:LATEST
        option:
          description: The option that contains the ARN. V(destination_config) for V(no_role).
          type: str
          returned: always
          sample: destination_config.on_failure.destination
        destination:
          description: The ARN of the destination. V(null) for V(no_role).
          type: str
          returned: always
          sample: acs:fc:::services/shop/functions/gone
        problem:
          description:
          - V(not_found) if the destination does not exist.
          - V(http_function) if the destination is an HTTP function.
          - V(other_region) if the destination is in another region.
          - V(other_account) if the destination belongs to another account.
          - V(no_role) if the service has no role.
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
          sample: 'destination_config.on_failure.destination: ''acs:fc:::services/shop/functions/gone''
            does not exist (FunctionNotFound). Create the function first, or correct the ARN.'
        # End of values of a destination problem
    not_found:
      description: The error response if the service, function, version or alias does not exist.
      type: dict
      returned: in check mode, when the configuration would be created and its function does not exist
      contains:
        # values of a missing resource, written by tools/write_docs.py
        code:
          description: The error code. V(null) if the response has none.
          type: str
          returned: always
          sample: FunctionNotFound
        message:
          description: The error message.
          type: str
          returned: always
          sample: function 'resize' does not exist
        status:
          description: The HTTP status code.
          type: int
          returned: always
          sample: 404
        request_id:
          description: The request ID, for use in support cases.
          type: str
          returned: always
          sample: 1-6a74f1b2-3c4d5e6f7081
        operation:
          description: The operation that failed.
          type: str
          returned: always
          sample: GetFunctionAsyncInvokeConfig
        # End of values of a missing resource
summary:
  description: The number of configurations with each outcome. In check mode, the outcomes are predicted.
  type: dict
  returned: when the input is valid and the purge does not exceed its limit
  contains:
    total:
      description: Number of configurations, including those that are omitted from RV(results).
      type: int
      returned: always
      sample: 4
    created:
      description: Number of created configurations.
      type: int
      returned: always
      sample: 1
    updated:
      description: Number of updated configurations.
      type: int
      returned: always
      sample: 1
    deleted:
      description: Number of deleted configurations.
      type: int
      returned: always
      sample: 1
    unchanged:
      description: Number of unchanged configurations.
      type: int
      returned: always
      sample: 1
    failed:
      description: Number of configurations that failed.
      type: int
      returned: always
      sample: 0
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
      sample: FC 2.0
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
      sample: https://123456789012.cn-hangzhou.fc.aliyuncs.com
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

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import BULK_RULES, bulk_spec, ensure_configs
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC2, ensure_configs, bulk_spec(FC2), **BULK_RULES)


if __name__ == "__main__":
    main()
