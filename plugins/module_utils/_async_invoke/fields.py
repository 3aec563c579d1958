# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The fields of an asynchronous invocation configuration. Pure.

The argument spec, validation, comparison, request body, response parsing, returned values and documentation are derived
from these descriptions. To add a field, describe it here and add it to the generations that support it.
"""

from __future__ import annotations

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Group

_DESTINATION_CONFIG = Group(
    name="destination_config",
    api_name="destinationConfig",
    description=(
        "The destinations for the results of asynchronous invocations.",
        ("At least one of O({at}destination_config.on_failure) and O({at}destination_config.on_success) is required."),
        "If not specified, there are no destinations, unless O({at}omitted_options=keep).",
        (
            "The function's role needs permission to send to the destination, such as C(mns:SendMessage), "
            "C(mns:PublishMessage) or C(fc:InvokeFunction). Function Compute does not check whether the destination "
            "exists."
        ),
    ),
    returned="The destinations. V(null) if there are none.",
    one_required=True,
)


_ON_FAILURE = Group(
    name="on_failure",
    api_name="onFailure",
    description=(
        "The destination for events that expired or for which all attempts failed.",
        "If not specified, failed events are dropped, unless O({at}omitted_options=keep).",
    ),
    returned="The destination for failed events. V(null) if there is none.",
)


_ON_SUCCESS = Group(
    name="on_success",
    api_name="onSuccess",
    description=(
        "The destination for the results of successful invocations.",
        "If not specified, results are not sent, unless O({at}omitted_options=keep).",
    ),
    returned="The destination for the results of successful invocations. V(null) if there is none.",
)


# The default of 86400 is from the FC 2.0 page on ListFunctionAsyncInvokeConfigs (help.aliyun.com). The maximum is
# unclear: for both generations, the documentation and the libraries disagree (604800 versus 2592000). Values up to the
# larger maximum are accepted here, but the service may reject them.
_EVENT_AGE = Field(
    name="maximum_event_age_in_seconds",
    api_name="maxAsyncEventAgeInSeconds",
    type="int",
    description=(
        (
            "Maximum age of an event in seconds, from V(1) to V(2592000). Older events are dropped. The service may "
            "reject large values."
        ),
        (
            "If not specified, the service default of V(86400) applies and any stored value is reset to it, "
            "unless O({at}omitted_options=keep)."
        ),
    ),
    returned="Maximum age of an event in seconds. V(null) if none is set.",
    sample=60,
    bounds=(1, 2592000),
    service_default=86400,
)


# The service default of 3 is from the retry policy page. The module default of 2 matches that in Terraform.
_RETRIES = Field(
    name="maximum_retry_attempts",
    api_name="maxAsyncRetryAttempts",
    type="int",
    description=(
        "Maximum number of times to retry an event if the function returns an error, from V(0) to V(8).",
        (
            "If not specified, V(2) is used, as in Terraform, unless O({at}omitted_options=keep). If a stored "
            "configuration has no value, the service default of V(3) applies."
        ),
    ),
    returned="Effective maximum number of retries. V(3), the service default, if none is set.",
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
    """Return the fields that all generations share.

    Args:
        function_resource: the resource part of a function ARN, as shown in the documentation.
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
                "An empty region or account in the ARN matches any stored value.",
            ),
            "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages",
        ),
        _destination(
            _ON_SUCCESS,
            ("The ARN of the destination. See O({at}destination_config.on_failure.destination).",),
            "acs:mns:cn-hangzhou:123456789012:/topics/resized/messages",
        ),
        _EVENT_AGE,
        _RETRIES,
    )


def task_field(name: str, api_name: str) -> Field:
    """Return the field that enables asynchronous tasks. Its name differs between generations."""
    return Field(
        name=name,
        api_name=api_name,
        type="bool",
        description=(
            "Whether asynchronous invocations run as asynchronous tasks, which can be monitored and stopped.",
            "If not specified, V(false) is used, unless O({at}omitted_options=keep).",
        ),
        returned="Whether asynchronous invocations run as asynchronous tasks.",
        sample=True,
        module_default=False,
        service_default=False,
        returned_default=False,
    )
