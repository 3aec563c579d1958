# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The destinations of asynchronous invocations, and the RAM permissions that a function needs to send to them. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Mapping, Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import destinations_of
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST
from ansible_collections.alicloud.fc.plugins.module_utils._generations import GENERATIONS, Generation


@dataclass(frozen=True)
class Grant:
    """A RAM action and the RAM resources to which it applies."""

    action: str
    resources: tuple[str, ...]


@dataclass(frozen=True)
class Kind:
    """A kind of destination."""

    #: The name, for messages and documentation.
    name: str
    #: The RAM action that the function's role needs to send to the destination.
    action: str
    #: Maximum size of a payload in bytes.
    payload_limit: int


# The actions and the payload limits are from the page "Destinations for asynchronous invocations" (help/en/fc/
# user-guide/result-callback). It lists both MNS actions without assigning them to queues and topics, as MNS does.
QUEUE = Kind("MNS queue", "mns:SendMessage", 64 * 1024)
TOPIC = Kind("MNS topic", "mns:PublishMessage", 64 * 1024)
FUNCTION = Kind("function", "fc:InvokeFunction", 128 * 1024)
EVENT_BUS = Kind("EventBridge event bus", "eventbridge:PutEvents", 64 * 1024)
ROCKETMQ_TOPIC = Kind("RocketMQ topic", "mq:PUB", 4 * 1024 * 1024)
KINDS = (QUEUE, TOPIC, FUNCTION, EVENT_BUS, ROCKETMQ_TOPIC)


@dataclass(frozen=True)
class Destination:
    """A destination and the permissions that the function's role needs for it."""

    kind: Kind
    #: The first grant is for ``kind.action``.
    grants: tuple[Grant, ...]
    #: The generation of a function. None for other kinds.
    generation: Generation | None = None


@dataclass(frozen=True)
class RequiredPermission:
    """A permission that the function's role needs for the destination in an option."""

    option: str
    action: str
    resource: str

    def as_returned(self) -> dict[str, str]:
        """Return the permission in the form that modules return."""
        return {"option": self.option, "action": self.action, "resource": self.resource}


#: The permissions that a role may lack if access is denied.
Permissions = Sequence[RequiredPermission]


def required_permissions(
    generation: Generation, settings: Settings, region: str = "", account_id: str = ""
) -> list[RequiredPermission]:
    """Return the permissions that the function's role needs for all destinations of known kinds.

    Args:
        region: the region for ARNs that contain none, or an empty string if it is unknown.
        account_id: the account ID for ARNs that contain none, or an empty string if it is unknown.
    """
    arns = destinations_of(generation, settings)
    found = {option: parse_destination(arn, region, account_id) for option, arn in arns.items()}
    return [
        RequiredPermission(option, grant.action, resource)
        for option, destination in found.items()
        if destination is not None
        for grant in destination.grants
        for resource in grant.resources
    ]


#: Characters with a meaning in RAM policies. A name that contains them would grant more than access to one resource.
_PATTERN_CHARACTERS = re.compile(r"[*?{}]")
#: Maps services to the kinds of destinations and their resources. Names never contain slashes.
_FORMS: Mapping[str, Mapping[Kind, str]] = {
    "mns": {QUEUE: r"/queues/[^/]+/messages", TOPIC: r"/topics/[^/]+/messages"},
    "eventbridge": {EVENT_BUS: r"eventbus/[^/]+"},
    # From the examples of dead-letter queues in the EventBridge API. Inferred for Function Compute.
    "mq": {ROCKETMQ_TOPIC: r"/instances/(?P<instance>[^/]+)/topic/(?P<topic>[^/]+)"},
}


def parse_destination(arn: str, region: str = "", account_id: str = "") -> Destination | None:
    """Return the destination that an ARN identifies, or None if the kind of destination is unknown.

    Args:
        region: the region if the ARN has none. If it is empty, RAM resources contain ``*``.
        account_id: the account ID if the ARN has none. If it is empty, RAM resources contain ``*``.
    """
    parts = ARN.fullmatch(arn)
    if parts is None or _PATTERN_CHARACTERS.search(arn):
        return None
    location = f"{parts['region'] or region or '*'}:{parts['account'] or account_id or '*'}"
    if parts["service"] == "fc":
        return _function(parts["resource"], f"acs:fc:{location}:")
    for kind, form in _FORMS.get(parts["service"], {}).items():
        found = re.fullmatch(form, parts["resource"])
        if found is not None and kind is ROCKETMQ_TOPIC:
            return Destination(kind, _rocketmq_grants(found["instance"], found["topic"]))
        if found is not None:
            # For queues, the page "Permission policies and examples" of MNS (doc 27447) specifies
            # acs:mns:REGION:ACCOUNT:/queues/QUEUE/messages. The form for topics is inferred from it.
            # For event buses, the pages "Custom policies for EventBridge" (help/en/eventbridge/
            # custom-permission-policy-reference) and "Event notification" of PAI specify
            # acs:eventbridge:*:*:eventbus/BUS, the latter with eventbridge:PutEvents.
            return Destination(kind, (Grant(kind.action, (f"acs:{parts['service']}:{location}:{found[0]}",)),))
    return None


def _rocketmq_grants(instance: str, topic: str) -> tuple[Grant, ...]:
    # The page "Custom policies for ApsaraMQ for RocketMQ" (docs 112711 and 141658, for RocketMQ 4.x) specifies these
    # resources only with wildcards for region and account, and requires QueryInstanceBaseInfo on the instance first.
    # Instance IDs are unique. OnsInstanceBaseInfo is part of the default role of Function Compute, next to mq:PUB.
    # Instances without namespaces use acs:mq:*:*:TOPIC, which an ARN does not show.
    owner = f"acs:mq:*:*:{instance}"
    return (
        Grant(ROCKETMQ_TOPIC.action, (f"{owner}%{topic}",)),
        Grant("mq:OnsInstanceBaseInfo", (owner,)),
        Grant("mq:QueryInstanceBaseInfo", (owner,)),
    )


def _function(resource: str, prefix: str) -> Destination | None:
    for generation in GENERATIONS:
        found = re.fullmatch(generation.function_arn, resource)
        if found is not None:
            names = found.groupdict()
            resources = tuple(f"{prefix}{one}" for one in _function_resources(generation, names))
            return Destination(FUNCTION, (Grant(FUNCTION.action, resources),), generation)
    return None


def _function_resources(generation: Generation, names: Mapping[str, str | None]) -> tuple[str, ...]:
    name, qualifier = names["function_name"], names["qualifier"] or LATEST
    if generation.has_services:
        # The documentation of Serverless Devs (devsapp/fc, "proxied") specifies services/SERVICE.QUALIFIER/functions/
        # FUNCTION for fc:InvokeFunction. The vendor's Terraform example for MNS triggers also grants the form without
        # a qualifier, which is inferred to be the one for LATEST.
        qualified = f"services/{names['service_name']}.{qualifier}/functions/{name}"
        return (
            (f"services/{names['service_name']}/functions/{name}", qualified) if qualifier == LATEST else (qualified,)
        )
    # The API reference (for example EnableFunctionInvocation, 2023-03-30) specifies functions/FUNCTION for actions on a
    # function. Whether RAM adds the qualifier is unknown, so both forms are granted.
    return (f"functions/{name}", f"functions/{name}/{qualifier}")
