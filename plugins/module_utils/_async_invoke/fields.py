# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The fields of an asynchronous invocation configuration, each described once. Pure.

Argument spec, validation, comparison, request body, parsing, returned value and documentation follow from these
descriptions. To add an option, add a ``Field``.
"""

from __future__ import annotations

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Group

_DESTINATION_CONFIG = Group(
    name="destination_config",
    api_name="destinationConfig",
    description=(
        "Where the results of asynchronous invocations are sent.",
        "O({at}destination_config.on_failure), O({at}destination_config.on_success) or both are required in it.",
        "When omitted, nothing is sent anywhere, unless O({at}omitted_options=keep).",
        (
            "The role of the function needs permission to send there, for example C(mns:SendMessage), "
            "C(mns:PublishMessage) or C(fc:InvokeFunction). Function Compute does not check whether the destination "
            "exists."
        ),
    ),
    returned="Where results are sent, null where nowhere.",
    one_required=True,
)


_ON_FAILURE = Group(
    name="on_failure",
    api_name="onFailure",
    description=(
        "Where failed events are sent, after their last retry.",
        "When omitted, they are not sent anywhere, unless O({at}omitted_options=keep).",
    ),
    returned="Where failed events are sent, null where nowhere.",
)


_ON_SUCCESS = Group(
    name="on_success",
    api_name="onSuccess",
    description=(
        "Where the results of successful events are sent.",
        "When omitted, they are not sent anywhere, unless O({at}omitted_options=keep).",
    ),
    returned="Where the results of successful events are sent, null where nowhere.",
)


# Default 86400: 2.0's ListFunctionAsyncInvokeConfigs page (help.aliyun.com). The most is 604800 or 2592000, the
# pages and libraries disagree for both generations: the larger is let through, and the service decides.
_EVENT_AGE = Field(
    name="maximum_event_age_in_seconds",
    api_name="maxAsyncEventAgeInSeconds",
    type="int",
    description=(
        (
            "How old an event may get before it is dropped, in seconds, from V(1) to V(2592000). The service "
            "may take less, and says so."
        ),
        (
            "When omitted, it is unset, unless O({at}omitted_options=keep). The service's default is then in "
            "effect, V(86400). That is also the value to which an existing event age is reset."
        ),
    ),
    returned="How old an event may get, in seconds. Null where the service shows none.",
    sample=60,
    bounds=(1, 2592000),
    service_default=86400,
)


# Default 3: the service's retry policy page. 2 is what Terraform's resource declares when it is omitted.
_RETRIES = Field(
    name="maximum_retry_attempts",
    api_name="maxAsyncRetryAttempts",
    type="int",
    description=(
        "How often an event is retried when the function returns an error, from V(0) to V(8).",
        (
            "When omitted, it is V(2), as in Terraform, unless O({at}omitted_options=keep). Where the service "
            "has none, its default is in effect, V(3)."
        ),
    ),
    returned="How often an event is retried, the number in effect. V(3) where the service shows none.",
    sample=0,
    bounds=(0, 8),
    module_default=2,
    service_default=3,
    returned_default=3,
)


def _destination(group: Group, description: tuple[str, ...], sample: str) -> Field:
    return Field(
        name="destination",
        api_name="destination",
        type="arn",
        description=description,
        returned="The ARN of the destination.",
        sample=sample,
        groups=(_DESTINATION_CONFIG, group),
        required=True,
    )


def common_fields(function_resource: str) -> tuple[Field, ...]:
    """The fields that every generation has.

    Args:
        function_resource: the last part of a function's ARN, for the documentation.
    """
    return (
        _destination(
            _ON_FAILURE,
            (
                (
                    "The ARN of the destination, for example V(acs:mns:REGION:ACCOUNT:/queues/QUEUE/messages), "
                    "V(acs:mns:REGION:ACCOUNT:/topics/TOPIC/messages), "
                    f"V(acs:fc:REGION:ACCOUNT:{function_resource}) or "
                    "V(acs:eventbridge:REGION:ACCOUNT:eventbus/BUS)."
                ),
                "An empty region or account matches any when it is compared with what the service has.",
            ),
            "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages",
        ),
        _destination(
            _ON_SUCCESS,
            ("The ARN of the destination, see O({at}destination_config.on_failure.destination).",),
            "acs:mns:cn-hangzhou:123456789012:/topics/resized/messages",
        ),
        _EVENT_AGE,
        _RETRIES,
    )


def task_field(name: str, api_name: str) -> Field:
    """The field that says whether invocations run as tasks, which each generation names otherwise."""
    return Field(
        name=name,
        api_name=api_name,
        type="bool",
        description=(
            "Whether asynchronous invocations run as tasks, whose states can be looked up and which can be stopped.",
            "When omitted, it is V(false), unless O({at}omitted_options=keep).",
        ),
        returned="Whether asynchronous invocations run as tasks.",
        sample=True,
        module_default=False,
        service_default=False,
        returned_default=False,
    )
