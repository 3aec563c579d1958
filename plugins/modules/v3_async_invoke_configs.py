#!/usr/bin/python
# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: v3_async_invoke_configs
short_description: Manage many asynchronous invocation configurations of Function Compute 3.0 at once
version_added: 1.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Creates, changes and removes many asynchronous invocation configurations in one task, concurrently, and can remove
    those that the task does not name.
  - It does to each of them what M(alicloud.fc.v3_async_invoke_config) does, and costs a fraction of a loop.
  - All input is checked before anything is done, and all that is wrong with it is reported at once.
  - One configuration that fails does not stop the others. The task fails in the end, with everything that was done in
    its results.
  - In check mode with diff mode, it is an audit.
extends_documentation_fragment:
  - alicloud.fc._config.fc3
  - alicloud.fc._config.fc3_many
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
  purge:
    description:
      - Whether configurations that the task does not name are removed.
      - With V(function), those of other qualifiers of the functions that it names.
      - Nothing is purged where anything else failed.
    type: str
    choices:
      - none
      - function
    default: none
seealso:
  - module: alicloud.fc.v3_async_invoke_config
  - module: alicloud.fc.v3_async_invoke_config_info
  - name: Auditing
    description: Reports of what differs from what is declared.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/auditing.md
"""

EXAMPLES = r"""
- name: Many functions
  alicloud.fc.v3_async_invoke_configs:
    defaults:
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

- name: What would have to change for the account to be as it was written down, and nothing else at those functions
  alicloud.fc.v3_async_invoke_configs:
    configs: "{{ desired.configs }}"
    purge: function
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
      sample: resize:LATEST
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
      sample: "PutAsyncInvokeConfig of resize:LATEST failed: function 'resize' does not exist"
    async_invoke_config:
      description: The configuration afterwards, null where there is none, or where it could not be read.
      type: dict
      returned: always
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
    error:
      description: What the service answered to the call that failed.
      type: dict
      returned: when it failed because of an answer of the service
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

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_spec, ensure_configs
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import run


def main() -> None:
    """Run the module."""
    run(FC3, ensure_configs, bulk_spec(FC3))


if __name__ == "__main__":
    main()
