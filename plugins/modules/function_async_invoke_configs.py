#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: function_async_invoke_configs
short_description: Manage many asynchronous invocation configurations of Function Compute 2.0 at once
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates, changes and removes many asynchronous invocation configurations in one task, concurrently, and can remove
    those that the task does not name.
  - It does to each of them what M(alicloud.fc.function_async_invoke_config) does, and costs a fraction of a loop.
  - All input is checked before anything is done, and all that is wrong with it is reported at once.
  - One configuration that fails does not stop the others. The task fails in the end, with everything that was done in
    its results.
  - In check mode with diff mode, it is an audit.
extends_documentation_fragment:
  - alicloud.fc._config.fc2
  - alicloud.fc._config.concurrency
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It makes the same reads as a real run, so it needs permission to read.
  diff_mode:
    support: full
    details:
      - The diff is a list that holds only what changes.
  idempotent:
    support: full
options:
  configs:
    description:
      - The configurations. No two may name the same.
      - What M(alicloud.fc.function_async_invoke_config_info) returns can be given as it is.
    type: list
    elements: dict
    required: true
    suboptions:
      service_name:
        description:
          - The name of the service. Required unless O(configs[].id) or O(defaults.service_name) is given.
        type: str
      function_name:
        description:
          - The name of the function. Required unless O(configs[].id) is given.
        type: str
      qualifier:
        description:
          - The number of a published version, V(LATEST), or the name of an alias. When omitted, that of O(defaults), or
            V(LATEST).
        type: str
      id:
        description:
          - Names the configuration, as in M(alicloud.fc.function_async_invoke_config). The names may stand beside it if
            they agree with it.
        type: str
      destination_config:
        description:
          - Where the results of asynchronous invocations are sent.
          - At least one of O(configs[].destination_config.on_failure) and O(configs[].destination_config.on_success) is
            required in it.
          - When omitted, nothing is sent anywhere, unless O(configs[].omitted_options=keep).
          - The role of the function needs permission to send there, for example C(mns:SendMessage),
            C(mns:PublishMessage) or C(fc:InvokeFunction). Function Compute does not check whether the destination
            exists.
        type: dict
        suboptions:
          on_failure:
            description:
              - Where failed events are sent, after their last retry.
              - When omitted, they are not sent anywhere, unless O(configs[].omitted_options=keep).
            type: dict
            suboptions:
              destination:
                description:
                  - The ARN of the destination, for example V(acs:mns:REGION:ACCOUNT:/queues/QUEUE/messages),
                    V(acs:mns:REGION:ACCOUNT:/topics/TOPIC/messages),
                    V(acs:fc:REGION:ACCOUNT:services/SERVICE.QUALIFIER/functions/FUNCTION) or
                    V(acs:eventbridge:REGION:ACCOUNT:eventbus/BUS).
                  - An empty region or account matches any when it is compared with what the service has.
                type: str
                required: true
          on_success:
            description:
              - Where the results of successful events are sent.
              - When omitted, they are not sent anywhere, unless O(configs[].omitted_options=keep).
            type: dict
            suboptions:
              destination:
                description:
                  - The ARN of the destination, see O(configs[].destination_config.on_failure.destination).
                type: str
                required: true
      maximum_event_age_in_seconds:
        description:
          - How old an event may get before it is dropped, in seconds, from V(1) to V(2592000).
          - When omitted, it is unset, unless O(configs[].omitted_options=keep). The service's default is then in
            effect, V(86400). That is also the value to which an existing event age is reset.
        type: int
      maximum_retry_attempts:
        description:
          - How often an event is retried when the function returns an error, from V(0) to V(8).
          - When omitted, it is V(2), as in Terraform, unless O(configs[].omitted_options=keep). Where the service has
            none, its default is in effect, V(3).
        type: int
      stateful_invocation:
        description:
          - Whether asynchronous invocations run as tasks, whose states can be looked up and which can be stopped.
          - When omitted, it is V(false), unless O(configs[].omitted_options=keep).
        type: bool
      omitted_options:
        description:
          - What happens to what the task leaves out of the destinations, the event age, the retries and the task mode.
            V(null) is as good as left out.
          - With V(reset), the task declares the whole configuration, and what it leaves out goes to its default.
          - With V(keep), what it leaves out stays as the server has it, including the other half of
            O(configs[].destination_config). A configuration that does not exist yet is created with the defaults.
        type: str
        choices:
          - reset
          - keep
      state:
        description:
          - V(present) creates the configuration, or changes what differs.
          - V(absent) removes it, and needs only its identity. A configuration, function, service, alias or version that
            is gone already is no error.
        type: str
        choices:
          - present
          - absent
      created_time:
        description:
          - Ignored, so that what was returned can be given.
        type: str
      last_modified_time:
        description:
          - Ignored, so that what was returned can be given.
        type: str
  defaults:
    description:
      - What holds for every configuration that does not say otherwise. An option of a configuration replaces it as a
        whole, also O(defaults.destination_config).
    type: dict
    default: {}
    suboptions:
      service_name:
        description:
          - The name of the service.
        type: str
      qualifier:
        description:
          - The number of a published version, V(LATEST), or the name of an alias.
        type: str
      destination_config:
        description:
          - Where the results of asynchronous invocations are sent.
          - At least one of O(defaults.destination_config.on_failure) and O(defaults.destination_config.on_success) is
            required in it.
          - When omitted, nothing is sent anywhere, unless O(defaults.omitted_options=keep).
          - The role of the function needs permission to send there, for example C(mns:SendMessage),
            C(mns:PublishMessage) or C(fc:InvokeFunction). Function Compute does not check whether the destination
            exists.
        type: dict
        suboptions:
          on_failure:
            description:
              - Where failed events are sent, after their last retry.
              - When omitted, they are not sent anywhere, unless O(defaults.omitted_options=keep).
            type: dict
            suboptions:
              destination:
                description:
                  - The ARN of the destination, for example V(acs:mns:REGION:ACCOUNT:/queues/QUEUE/messages),
                    V(acs:mns:REGION:ACCOUNT:/topics/TOPIC/messages),
                    V(acs:fc:REGION:ACCOUNT:services/SERVICE.QUALIFIER/functions/FUNCTION) or
                    V(acs:eventbridge:REGION:ACCOUNT:eventbus/BUS).
                  - An empty region or account matches any when it is compared with what the service has.
                type: str
                required: true
          on_success:
            description:
              - Where the results of successful events are sent.
              - When omitted, they are not sent anywhere, unless O(defaults.omitted_options=keep).
            type: dict
            suboptions:
              destination:
                description:
                  - The ARN of the destination, see O(defaults.destination_config.on_failure.destination).
                type: str
                required: true
      maximum_event_age_in_seconds:
        description:
          - How old an event may get before it is dropped, in seconds, from V(1) to V(2592000).
          - When omitted, it is unset, unless O(defaults.omitted_options=keep). The service's default is then in effect,
            V(86400). That is also the value to which an existing event age is reset.
        type: int
      maximum_retry_attempts:
        description:
          - How often an event is retried when the function returns an error, from V(0) to V(8).
          - When omitted, it is V(2), as in Terraform, unless O(defaults.omitted_options=keep). Where the service has
            none, its default is in effect, V(3).
        type: int
      stateful_invocation:
        description:
          - Whether asynchronous invocations run as tasks, whose states can be looked up and which can be stopped.
          - When omitted, it is V(false), unless O(defaults.omitted_options=keep).
        type: bool
      omitted_options:
        description:
          - What happens to what the task leaves out of the destinations, the event age, the retries and the task mode.
            V(null) is as good as left out.
          - With V(reset), the task declares the whole configuration, and what it leaves out goes to its default.
          - With V(keep), what it leaves out stays as the server has it, including the other half of
            O(defaults.destination_config). A configuration that does not exist yet is created with the defaults.
        type: str
        choices:
          - reset
          - keep
      state:
        description:
          - V(present) creates the configuration, or changes what differs.
          - V(absent) removes it, and needs only its identity. A configuration, function, service, alias or version that
            is gone already is no error.
        type: str
        choices:
          - present
          - absent
  purge:
    description:
      - Whether configurations that the task does not name are removed.
      - With V(function), those of other qualifiers of the functions that it names.
      - With V(service), those of all functions in the services that it names.
      - Nothing is purged where anything else failed.
    type: str
    choices:
      - none
      - function
      - service
    default: none
seealso:
  - module: alicloud.fc.function_async_invoke_config
  - module: alicloud.fc.function_async_invoke_config_info
  - name: Auditing
    description: Reports of what differs from what is declared.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/auditing.md
"""

EXAMPLES = r"""
- name: Many functions of one service
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

- name: Read the file that the example of the info module writes
  ansible.builtin.include_vars:
    file: configs.yml
    name: desired

- name: What would have to change for the account to be as it was written down, and nothing else in those services
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ desired.configs }}"
    purge: service
  check_mode: true
  diff: true
"""

RETURN = r"""
results:
  description: What came of each configuration, in the order of O(configs). Those that were purged stand behind them.
  type: list
  elements: dict
  returned: when the input is right
  contains:
    id:
      description: The id of the configuration.
      type: str
      returned: always
      sample: shop:resize:LATEST
    action:
      description:
        - What was done, or would have been done in check mode. One of V(create), V(update), V(delete) and V(none).
        - Where it failed, what was to be done.
      type: str
      returned: always
      sample: update
    changed:
      description: Whether anything was changed, or would have been in check mode. Where it failed, whether it may be.
      type: bool
      returned: always
      sample: true
    failed:
      description: Whether it failed.
      type: bool
      returned: always
      sample: false
    msg:
      description: Why it failed, and what is there now.
      type: str
      returned: when it failed
      sample: "PutFunctionAsyncInvokeConfig of shop:resize:LATEST failed: function 'resize' does not exist"
    async_invoke_config:
      description: The configuration afterwards, null where there is none, or where it could not be read.
      type: dict
      returned: always
      contains:
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
          sample: "2026-01-31T02:45:02Z"
        last_modified_time:
          description: When the configuration was last written, as the service tells it.
          type: str
          returned: always
          sample: "2026-01-31T02:45:02Z"
    error:
      description: What the service answered to the call that failed.
      type: dict
      returned: when it failed because of an answer of the service
      contains:
        code:
          description: The error code, null where the answer has none.
          type: str
          returned: always
          sample: FunctionNotFound
        message:
          description: The text of the error.
          type: str
          returned: always
          sample: function 'resize' does not exist in service 'shop'
        status:
          description: The HTTP status.
          type: int
          returned: always
          sample: 404
        request_id:
          description: The id of the request, for the vendor's support.
          type: str
          returned: always
          sample: 1-6a74f1b2-3c4d5e6f7081
        operation:
          description: The operation that failed.
          type: str
          returned: always
          sample: PutFunctionAsyncInvokeConfig
summary:
  description: How many configurations there were, and what came of them. In check mode, what would come of them.
  type: dict
  returned: when the input is right
  contains:
    total:
      description: The number of results.
      type: int
      returned: always
      sample: 4
    created:
      description: How many were created.
      type: int
      returned: always
      sample: 1
    updated:
      description: How many were changed.
      type: int
      returned: always
      sample: 1
    deleted:
      description: How many were removed.
      type: int
      returned: always
      sample: 1
    unchanged:
      description: How many were as declared already.
      type: int
      returned: always
      sample: 1
    failed:
      description: How many failed.
      type: int
      returned: always
      sample: 0
"""

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_spec, many_present_or_absent
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC2, many_present_or_absent, bulk_spec(FC2))


if __name__ == "__main__":
    main()
