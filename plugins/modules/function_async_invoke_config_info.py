#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: function_async_invoke_config_info
short_description: Read asynchronous invocation configurations of Function Compute 2.0
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Reads one asynchronous invocation configuration, those of a function, of all functions of a service, or of the whole
    account.
  - What it returns can be given to M(alicloud.fc.function_async_invoke_configs) as it is.
  - M(alicloud.fc.function_async_invoke_config) takes the id and the settings of each.
  - Options that name what is read must not be empty or V(null), because that would read the whole account by mistake.
    Leave them out instead, for example with the filter C(default(omit)).
extends_documentation_fragment:
  - alicloud.fc._config.fc2
  - alicloud.fc._config.concurrency
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
  - alicloud.fc._attributes.info_module
options:
  service_name:
    description:
      - Read only what belongs to this service.
    type: str
  function_name:
    description:
      - Read only what belongs to this function. Needs O(service_name).
    type: str
  qualifier:
    description:
      - Read only the configuration of this version, alias, or V(LATEST). Needs O(function_name).
      - When omitted, all configurations of the function are read.
    type: str
  id:
    description:
      - Read only this configuration. Mutually exclusive with the names and patterns.
      - Either V(service:function:qualifier), V(service:function), or an ARN
        V(acs:fc:REGION:ACCOUNT:services/SERVICE[.QUALIFIER]/functions/FUNCTION). Without a qualifier, it is V(LATEST).
    type: str
  services:
    description:
      - Glob patterns. Read only what belongs to services whose name matches one of them.
    type: list
    elements: str
  functions:
    description:
      - Glob patterns. Read only what belongs to functions whose name matches one of them.
    type: list
    elements: str
  include_unconfigured:
    description:
      - Whether to return RV(functions_without_config) too.
    type: bool
    default: false
  fail_on_unreadable:
    description:
      - Whether the task fails where a part of the scope cannot be read. Without it, the task warns, and returns what it
        could read.
      - Where what is named cannot be read (O(id), O(function_name) or O(service_name)), or the list of the account's
        services, there is nothing to return, and the task fails in any case.
    type: bool
    default: false
seealso:
  - module: alicloud.fc.function_async_invoke_config
  - module: alicloud.fc.function_async_invoke_configs
"""

EXAMPLES = r"""
- name: One configuration
  alicloud.fc.function_async_invoke_config_info:
    id: shop:resize:production

- name: All configurations of a function, of whatever qualifier
  alicloud.fc.function_async_invoke_config_info:
    service_name: shop
    function_name: resize

- name: Everything in the services for production, and the functions there that have no configuration
  alicloud.fc.function_async_invoke_config_info:
    services:
      - prod-*
    include_unconfigured: true
  register: production

- name: The whole account
  alicloud.fc.function_async_invoke_config_info:
  register: account

- name: Write it down
  ansible.builtin.copy:
    content: "{{ {'configs': account.async_invoke_configs} | alicloud.fc.to_yaml_vars }}"
    dest: configs.yml
    mode: "0600"
"""

RETURN = r"""
async_invoke_configs:
  description: The configurations, sorted by id. Empty where there is none.
  type: list
  elements: dict
  returned: success, or when O(fail_on_unreadable=true) made the task fail
  contains:
    # values of a configuration, written by tools/write_docs.py
    id:
      description: The id of the configuration, service, function and qualifier joined by colons.
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
      description: The version, V(LATEST), or the alias.
      type: str
      returned: always
      sample: LATEST
    destination_config:
      description: Where results are sent, null where nowhere.
      type: dict
      returned: always
      contains:
        on_failure:
          description: Where failed events are sent, null where nowhere.
          type: dict
          returned: always
          contains:
            destination:
              description: The ARN of the destination.
              type: str
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
        on_success:
          description: Where the results of successful events are sent, null where nowhere.
          type: dict
          returned: always
          contains:
            destination:
              description: The ARN of the destination.
              type: str
              returned: always
              sample: acs:mns:cn-hangzhou:123456789012:/topics/resized/messages
    maximum_event_age_in_seconds:
      description: How old an event may get, in seconds. Null where the service shows none.
      type: int
      returned: always
      sample: 60
    maximum_retry_attempts:
      description: How often an event is retried, the number in effect. V(3) where the service shows none.
      type: int
      returned: always
      sample: 0
    stateful_invocation:
      description: Whether asynchronous invocations run as tasks.
      type: bool
      returned: always
      sample: true
    created_time:
      description: When the configuration was made, as the service tells it.
      type: str
      returned: always
      sample: '2026-01-31T02:45:02Z'
    last_modified_time:
      description: When the configuration was last written, as the service tells it.
      type: str
      returned: always
      sample: '2026-01-31T02:45:02Z'
    # End of values of a configuration
functions_without_config:
  description: The ids V(service:function) of the functions in the scope that have no configuration at all.
  type: list
  elements: str
  returned: when O(include_unconfigured=true)
  sample:
    - shop:thumbnail
unreadable:
  description: What could not be read. Empty where all could be.
  type: list
  elements: dict
  returned: success, or when O(fail_on_unreadable=true) made the task fail
  contains:
    id:
      description: The service, or the service and function joined by a colon.
      type: str
      returned: always
      sample: shop
    msg:
      description: Why it could not be read.
      type: str
      returned: always
      sample: >-
        ListFunctions of shop failed: the caller is not authorized to perform 'fc:ListFunctions' on resource
        'acs:fc:cn-hangzhou:123456789012:services/shop/functions/*' (HTTP 403, AccessDenied)
    error:
      description: What the service answered to the call that failed.
      type: dict
      returned: when the service answered
      contains: &error
        # values of an error, written by tools/write_docs.py
        code:
          description: The error code, null where the answer has none.
          type: str
          returned: always
          sample: AccessDenied
        message:
          description: The text of the error.
          type: str
          returned: always
          sample: the caller is not authorized to perform 'fc:ListFunctions'
        status:
          description: The HTTP status.
          type: int
          returned: always
          sample: 403
        request_id:
          description: The id of the request, for the vendor's support.
          type: str
          returned: always
          sample: 1-6a74f1b2-3c4d5e6f7081
        operation:
          description: The operation that failed.
          type: str
          returned: always
          sample: ListFunctions
        # End of values of an error
error:
  description: What the service answered to the call that failed.
  type: dict
  returned: when the task failed because of an answer of the service
  contains: *error
"""

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from ansible_collections.alicloud.fc.plugins.module_utils._modules.config_info import (
    info_rules,
    info_spec,
    list_configs,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC2, list_configs, info_spec(FC2), **info_rules(FC2))


if __name__ == "__main__":
    main()
