# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""The options of a config that are the same for every generation of Function Compute."""

from __future__ import annotations

#: The same for both generations, but for the ARN of a function.
_DESTINATION_CONFIG = r"""
options:
  destination_config:
    description:
      - Where the results of asynchronous invocations are sent.
      - At least one of O(destination_config.on_failure) and O(destination_config.on_success) is required in it.
      - When omitted, nothing is sent anywhere, unless O(omitted_options=keep).
      - The role of the function needs permission to send there, for example C(mns:SendMessage), C(mns:PublishMessage)
        or C(fc:InvokeFunction). Function Compute does not check whether the destination exists.
    type: dict
    suboptions:
      on_failure:
        description:
          - Where failed events are sent, after their last retry.
          - When omitted, they are not sent anywhere, unless O(omitted_options=keep).
        type: dict
        suboptions:
          destination:
            description:
              - The ARN of the destination, for example V(acs:mns:REGION:ACCOUNT:/queues/QUEUE/messages),
                V(acs:mns:REGION:ACCOUNT:/topics/TOPIC/messages),
                V(acs:fc:REGION:ACCOUNT:FUNCTION_RESOURCE) or
                V(acs:eventbridge:REGION:ACCOUNT:eventbus/BUS).
              - An empty region or account matches any when it is compared with what the service has.
            type: str
            required: true
      on_success:
        description:
          - Where the results of successful events are sent.
          - When omitted, they are not sent anywhere, unless O(omitted_options=keep).
        type: dict
        suboptions:
          destination:
            description:
              - The ARN of the destination, see O(destination_config.on_failure.destination).
            type: str
            required: true
"""


class ModuleDocFragment:
    """What a config holds, and what a task wants of it as a whole."""

    DOCUMENTATION = r"""
options:
  maximum_event_age_in_seconds:
    description:
      - How old an event may get before it is dropped, in seconds, from V(1) to V(2592000). The service may take less,
        and says so.
      - When omitted, it is unset, unless O(omitted_options=keep). The service's default is then in effect, V(86400).
        That is also the value to which an existing event age is reset.
    type: int
  maximum_retry_attempts:
    description:
      - How often an event is retried when the function returns an error, from V(0) to V(8).
      - When omitted, it is V(2), as in Terraform, unless O(omitted_options=keep). Where the service has none, its
        default is in effect, V(3).
    type: int
  omitted_options:
    description:
      - What happens to what the task leaves out of the destinations, the event age, the retries and the task mode.
        V(null) is as good as left out.
      - With V(reset), the task declares the whole configuration, and what it leaves out goes to its default.
      - With V(keep), what it leaves out stays as the server has it, including the other half of O(destination_config).
        A configuration that does not exist yet is created with the defaults.
    type: str
    choices:
      - reset
      - keep
    default: reset
  state:
    description:
      - V(present) creates the configuration, or changes what differs.
      - V(absent) removes it, and needs only its identity. A configuration, function, service, alias or version that is
        gone already is no error.
    type: str
    choices:
      - present
      - absent
    default: present
"""

    CONCURRENCY = r"""
options:
  concurrency:
    description:
      - How many calls are made at once, from V(1) to V(64).
      - When the service throttles, all of them slow down together.
    type: int
    default: 16
"""

    # With a type, because ansible-test reads what is assigned without one as a text in this file.
    FC2_DESTINATIONS: str = _DESTINATION_CONFIG.replace(
        "FUNCTION_RESOURCE", "services/SERVICE.QUALIFIER/functions/FUNCTION"
    )

    FC3_DESTINATIONS: str = _DESTINATION_CONFIG.replace("FUNCTION_RESOURCE", "functions/FUNCTION/QUALIFIER")

    FC2 = r"""
options: {}
requirements:
  - alibabacloud-fc-open20210406 >= 2.0.12, < 3
  - alibabacloud-tea-openapi >= 0.3.16, < 0.5
"""

    FC3 = r"""
options: {}
requirements:
  - alibabacloud-fc20230330 >= 4.7, < 5
  - alibabacloud-tea-openapi >= 0.4.5, < 0.5
"""
