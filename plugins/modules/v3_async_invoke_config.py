#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: v3_async_invoke_config
short_description: Manage the asynchronous invocation configuration of a Function Compute 3.0 function
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates, updates and deletes the asynchronous invocation configuration of an Alibaba Cloud Function Compute 3.0
    function, version or alias.
  - The configuration sets the maximum number of retries, the maximum age of events and the destinations for results. It
    also determines whether invocations run as asynchronous tasks.
  - Options that are not specified are reset to their defaults. See O(omitted_options).
  - This module is the counterpart of the Terraform resource C(alicloud_fcv3_async_invoke_config).
extends_documentation_fragment:
  - alicloud.fc._config.fc3
  - alicloud.fc._config.fc3_settings
  - alicloud.fc._config
  - alicloud.fc._config.fc3_verify
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - The module also sends read requests in check mode, so the caller needs read permission.
      - If the function does not exist, the module warns and predicts that the configuration will be created. Outside
        check mode, it fails.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  function_name:
    description:
      - The name of the function.
      - Required unless O(id) is specified.
    type: str
  qualifier:
    description:
      - A published version, an alias name or V(LATEST).
    type: str
    default: LATEST
  id:
    description:
      - Identifies the configuration. Mutually exclusive with O(function_name) and O(qualifier).
      - The supported forms are V(function:qualifier), V(function) and the ARN
        V(acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]). The qualifier defaults to V(LATEST).
      - The region and account in an ARN can be empty. If they are specified, they must match the region and account of
        the connection.
      - Terraform uses IDs of the form V(function) to import configurations.
    type: str
notes:
  - Function Compute merges updates into the stored configuration. To unset a destination, the module may have to delete
    and recreate the configuration. Between the two requests, the function has no configuration, and events that fail
    during this time are not sent to a destination. If the module fails, it restores the previous configuration.
seealso:
  - module: alicloud.fc.v3_async_invoke_configs
  - module: alicloud.fc.v3_async_invoke_config_info
"""

EXAMPLES = r"""
- name: Disable retries, expire events after one minute and configure both destinations
  alicloud.fc.v3_async_invoke_config:
    function_name: resize
    destination_config:
      on_failure:
        destination: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
      on_success:
        destination: acs:mns:cn-hangzhou:123456789012:/topics/resized/messages
    maximum_event_age_in_seconds: 60
    maximum_retry_attempts: 0
    async_task: true

- name: Reset all options to their defaults
  alicloud.fc.v3_async_invoke_config:
    function_name: resize

- name: Change the maximum number of retry attempts for an alias and keep all other options
  alicloud.fc.v3_async_invoke_config:
    id: resize:production
    maximum_retry_attempts: 5
    omitted_options: keep

- name: Show the required changes without applying them
  alicloud.fc.v3_async_invoke_config:
    id: acs:fc:cn-hangzhou:123456789012:functions/resize/production
    maximum_retry_attempts: 8
  check_mode: true
  diff: true

- name: Delete the configuration
  alicloud.fc.v3_async_invoke_config:
    function_name: resize
    state: absent
"""

RETURN = r"""
async_invoke_config:
  description:
    - The resulting configuration. V(null) if it does not exist.
    - In check mode, the predicted configuration. Timestamps that cannot be predicted are V(null).
    - The returned configuration can be used as an entry in O(alicloud.fc.v3_async_invoke_configs#module:configs).
  type: dict
  returned: success
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
action:
  description:
    - The action taken or, in check mode, the predicted action. One of V(create), V(update), V(delete) and V(none).
  type: str
  returned: success
  sample: update
destination_problems:
  description: The problems of the destinations in the resulting configuration.
  type: list
  elements: dict
  returned: if O(verify_destinations=true) and the current configuration could be read
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
error:
  description: The error response from the service.
  type: dict
  returned: when the service returned an error
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
      sample: PutAsyncInvokeConfig
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
"""

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.config import (
    config_rules,
    config_spec,
    ensure_config,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC3, ensure_config, config_spec(FC3), **config_rules(FC3))


if __name__ == "__main__":
    main()
