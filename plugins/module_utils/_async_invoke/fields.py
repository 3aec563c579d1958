# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The fields of an asynchronous invocation configuration, each described once. Pure.

A field's description is the only one: argument spec, validation, comparison, request body, parsing, returned value and
documentation follow from it. To add an option, add a :class:`Field`.

The word *settings* stands for the mutable part of a config: a mapping from a field's option path
(``destination_config.on_failure.destination``) to its value, where :data:`None` means that it is unset.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple, Union

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import same_arn

Value = Union[int, bool, str]
Settings = Mapping[str, Optional[Value]]
Path = Tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A dictionary among the options, and the object in the API's JSON that it stands for."""

    name: str
    api_name: str
    description: Tuple[str, ...]
    """The documentation of the option. ``{at}`` stands for the path of the options that the group is among."""
    returned: str
    """The documentation of the returned value."""
    one_required: bool = False
    """Whether a task has to give at least one of its members."""


@dataclass(frozen=True)
class Field:
    """One mutable field of a config, in every spelling that it has."""

    name: str
    api_name: str
    type: str
    """``int``, ``bool`` or ``arn``."""
    description: Tuple[str, ...]
    """The documentation of the option. ``{at}`` stands for the path of the options that the field is among."""
    returned: str
    """The documentation of the returned value."""
    sample: Value
    groups: Tuple[Group, ...] = ()
    """The dictionaries that it is in, the outermost first."""
    required: bool = False
    """Whether a task that gives its group has to give it."""
    bounds: Optional[Tuple[int, int]] = None
    """Smallest and largest value, for numbers."""
    declared: Optional[Value] = None
    """What a task that omits the option declares with ``omitted_options=reset``; None: that it is unset."""
    in_effect: Optional[Value] = None
    """What the service does if the field is unset."""
    shown: Optional[Value] = None
    """What is returned if the field is unset."""

    @cached_property
    def path(self) -> Path:
        """Where the option is among the options and in results."""
        return (*(group.name for group in self.groups), self.name)

    @cached_property
    def option(self) -> str:
        """The same as a text, for example ``destination_config.on_failure.destination``."""
        return ".".join(self.path)

    @cached_property
    def api_path(self) -> Path:
        """Where the value is in the API's JSON."""
        return (*(group.api_name for group in self.groups), self.api_name)

    @cached_property
    def api(self) -> str:
        """The same as a text, for example ``destinationConfig.onFailure.destination``."""
        return ".".join(self.api_path)


# --- The fields -------------------------------------------------------------------------------------------------

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
    in_effect=86400,
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
    declared=2,
    in_effect=3,
    shown=3,
)


def _destination(group: Group, description: Tuple[str, ...], sample: str) -> Field:
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


def common_fields(function_resource: str) -> Tuple[Field, ...]:
    """The fields that every generation has.

    :arg function_resource: the last part of a function's ARN, for the documentation.
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
        declared=False,
        in_effect=False,
        shown=False,
    )


# --- What follows from them -------------------------------------------------------------------------------------

_ANSIBLE_TYPES = {"int": "int", "bool": "bool", "arn": "str"}


def argument_spec(fields: Sequence[Field]) -> Dict[str, Any]:
    """The argument spec of the fields. None has a default, or omitted and given could not be told apart."""
    spec: Dict[str, Any] = {}
    for field in fields:
        options = spec
        for group in field.groups:
            options = options.setdefault(group.name, _group_spec(group, fields))["options"]
        options[field.name] = {"type": _ANSIBLE_TYPES[field.type], **({"required": True} if field.required else {})}
    return spec


def _group_spec(group: Group, fields: Sequence[Field]) -> Dict[str, Any]:
    spec: Dict[str, Any] = {"type": "dict", "options": {}}
    if group.one_required:
        spec["required_one_of"] = [tuple(members(group, fields))]
    return spec


def members(group: Group, fields: Sequence[Field]) -> List[str]:
    """The names of the options in a group."""
    paths = [field.path[field.groups.index(group) + 1] for field in fields if group in field.groups]
    return list(dict.fromkeys(paths))


def get_path(tree: Any, path: Path) -> Any:
    """What is there in nested dictionaries, None if there is nothing."""
    for key in path:
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def unflatten(values: Mapping[Path, Any]) -> Dict[str, Any]:
    """Nested dictionaries of the values by their paths."""
    tree: Dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path
        level = tree
        for key in above:
            level = level.setdefault(key, {})
        level[last] = value
    return tree


def none_if_empty(tree: Any) -> Any:
    """Dicts in which everything is None become None themselves."""
    if not isinstance(tree, dict):
        return tree
    inside = {key: none_if_empty(value) for key, value in tree.items()}
    return inside if any(value is not None for value in inside.values()) else None


def same(field: Field, one: Optional[Value], other: Optional[Value]) -> bool:
    """Whether two values of a field are equal in effect."""
    left = field.in_effect if one is None else one
    right = field.in_effect if other is None else other
    if left == right:
        return True
    return field.type == "arn" and isinstance(left, str) and isinstance(right, str) and same_arn(left, right)
