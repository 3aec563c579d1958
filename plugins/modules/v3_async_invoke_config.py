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
  - Creates, changes and removes the asynchronous invocation configuration of an Alibaba Cloud Function Compute 3.0
    function, version or alias. It says how often a failed event is retried, how old an event may get, where results and
    failures are sent, and whether invocations run as tasks.
  - A task declares the whole configuration. What it leaves out goes to its default, see O(omitted_options).
  - This is the counterpart of Terraform's C(alicloud_fcv3_async_invoke_config).
extends_documentation_fragment:
  - alicloud.fc._config.fc3
  - alicloud.fc._config.fc3_settings
  - alicloud.fc._config
  - alicloud.fc._connection
  - alicloud.fc._attributes
  - alicloud.fc._attributes.action_group
attributes:
  check_mode:
    support: full
    details:
      - It makes the same reads as a real run, so it needs permission to read.
      - Where the function does not exist (yet), it warns and reports the creation. A real run fails.
  diff_mode:
    support: full
  idempotent:
    support: full
options:
  function_name:
    description:
      - The name of the function.
      - Required unless O(id) is given.
    type: str
  qualifier:
    description:
      - The number of a published version, V(LATEST), or the name of an alias.
    type: str
    default: LATEST
  id:
    description:
      - Names the configuration instead of O(function_name) and O(qualifier), and is mutually exclusive with them.
      - Either V(function:qualifier), V(function), or an ARN
        V(acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]). Without a qualifier, it is V(LATEST).
      - An ARN's region and account must be those that the task connects to. They may be empty.
      - Of these, V(function) is the id with which Terraform imports.
    type: str
notes:
  - Function Compute merges updates into the stored configuration. To unset a destination, the module may have to delete
    the configuration and create it again. Between the two requests, the function has no configuration, so that events
    that fail in that moment are not sent to a destination. If the module fails, it restores the previous configuration.
seealso:
  - module: alicloud.fc.v3_async_invoke_configs
  - module: alicloud.fc.v3_async_invoke_config_info
"""

EXAMPLES = r"""
- name: Retry never, keep events for a minute, send failures to a queue and results to a topic, run as tasks
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

- name: Everything back to its default, two retries and no destinations
  alicloud.fc.v3_async_invoke_config:
    function_name: resize

- name: Change the retries of an alias and nothing else
  alicloud.fc.v3_async_invoke_config:
    id: resize:production
    maximum_retry_attempts: 5
    omitted_options: keep

- name: Say what would have to change, and change nothing
  alicloud.fc.v3_async_invoke_config:
    id: acs:fc:cn-hangzhou:123456789012:functions/resize/production
    maximum_retry_attempts: 8
  check_mode: true
  diff: true

- name: No configuration of its own
  alicloud.fc.v3_async_invoke_config:
    function_name: resize
    state: absent
"""

RETURN = r"""
async_invoke_config:
  description:
    - The configuration after the task, null where there is none.
    - In check mode, what it would be. The timestamps are null where they cannot be known.
    - It can be an entry of M(alicloud.fc.v3_async_invoke_configs) as it is.
  type: dict
  returned: success
  contains:
    # values of a configuration, written by tools/write_docs.py
    id:
      description: The id of the configuration, function and qualifier joined by a colon.
      type: str
      returned: always
      sample: resize:LATEST
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
    async_task:
      description: Whether asynchronous invocations run as tasks.
      type: bool
      returned: always
      sample: true
    function_arn:
      description: The ARN of the function as the service tells it, null where it does not.
      type: str
      returned: always
      sample: acs:fc:cn-hangzhou:123456789012:functions/resize
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
action:
  description: What was done, or would have been done in check mode. One of V(create), V(update), V(delete) and V(none).
  type: str
  returned: success
  sample: update
error:
  description: What the service answered to the call that failed.
  type: dict
  returned: when the task failed because of an answer of the service
  contains:
    # values of an error, written by tools/write_docs.py
    code:
      description: The error code, null where the answer has none.
      type: str
      returned: always
      sample: FunctionNotFound
    message:
      description: The text of the error.
      type: str
      returned: always
      sample: function 'resize' does not exist
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
      sample: PutAsyncInvokeConfig
    # End of values of an error
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
