# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""How a field of a configuration is described, and what follows from its description. Pure.

The word *settings* stands for the mutable part of a config: a mapping from a field's option path
(``destination_config.on_failure.destination``) to its value, where ``None`` means that it is unset.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Mapping, Optional, Sequence, Tuple, Union

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import same_arn

Value = Union[int, bool, str]


Settings = Mapping[str, Optional[Value]]


Path = Tuple[str, ...]


@dataclass(frozen=True)
class Group:
    """A dictionary among the options, and the object in the API's JSON that it stands for."""

    name: str
    api_name: str
    #: The documentation of the option. ``{at}`` stands for the path of the options that the group is among.
    description: tuple[str, ...]
    #: The documentation of the returned value.
    returned: str
    #: Whether a task has to give at least one of its members.
    one_required: bool = False


@dataclass(frozen=True)
class Field:
    """One mutable field of a config, in every spelling that it has."""

    name: str
    api_name: str
    #: ``int``, ``bool`` or ``arn``.
    type: str
    #: The documentation of the option. ``{at}`` stands for the path of the options that the field is among.
    description: tuple[str, ...]
    #: The documentation of the returned value.
    returned: str
    sample: Value
    #: The dictionaries that it is in, the outermost first.
    groups: tuple[Group, ...] = ()
    #: Whether a task that gives its group has to give it.
    required: bool = False
    #: Smallest and largest value, for numbers.
    bounds: tuple[int, int] | None = None
    #: What a task that omits the option declares with ``omitted_options=reset``; None: that it is unset.
    module_default: Value | None = None
    #: What the service does if the field is unset.
    service_default: Value | None = None
    #: What is returned if the field is unset.
    returned_default: Value | None = None

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


_ANSIBLE_TYPES = {"int": "int", "bool": "bool", "arn": "str"}


def settings_spec(fields: Sequence[Field]) -> dict[str, Any]:
    """The argument spec of the fields. None has a default, or omitted and given could not be told apart."""
    spec: dict[str, Any] = {}
    for field in fields:
        options = spec
        for group in field.groups:
            options = options.setdefault(group.name, _group_spec(group, fields))["options"]
        options[field.name] = {"type": _ANSIBLE_TYPES[field.type], **({"required": True} if field.required else {})}
    return spec


def _group_spec(group: Group, fields: Sequence[Field]) -> dict[str, Any]:
    spec: dict[str, Any] = {"type": "dict", "options": {}}
    if group.one_required:
        spec["required_one_of"] = [tuple(members(group, fields))]
    return spec


def members(group: Group, fields: Sequence[Field]) -> list[str]:
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


def unflatten(values: Mapping[Path, Any]) -> dict[str, Any]:
    """Nested dictionaries of the values by their paths."""
    tree: dict[str, Any] = {}
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


def same(field: Field, one: Value | None, other: Value | None) -> bool:
    """Whether two values of a field are equal in effect."""
    left = field.service_default if one is None else one
    right = field.service_default if other is None else other
    if left == right:
        return True
    return field.type == "arn" and isinstance(left, str) and isinstance(right, str) and same_arn(left, right)
