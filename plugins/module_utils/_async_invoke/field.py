# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Classes that describe configuration fields, and functions that use these descriptions. Pure.

*Settings* are the mutable part of a configuration: a mapping from the option path of a field, such as
``destination_config.on_failure.destination``, to its value, or to ``None`` if the field is not set.
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
    """A dictionary option and the corresponding JSON object in the API."""

    name: str
    api_name: str
    #: The documentation for the option. ``{at}`` is replaced by the path of the parent option.
    description: tuple[str, ...]
    #: The documentation for the returned value.
    returned: str
    #: Whether at least one member of the group is required.
    one_required: bool = False


@dataclass(frozen=True)
class Field:
    """A mutable configuration field, with its option name and API name."""

    name: str
    api_name: str
    #: ``int``, ``bool`` or ``arn``.
    type: str
    #: The documentation for the option. ``{at}`` is replaced by the path of the parent option.
    description: tuple[str, ...]
    #: The documentation for the returned value.
    returned: str
    sample: Value
    #: The dictionaries that contain the field, from outermost to innermost.
    groups: tuple[Group, ...] = ()
    #: Whether the field is required in its group.
    required: bool = False
    #: Minimum and maximum, if the field is a number.
    bounds: tuple[int, int] | None = None
    #: The desired value if the option is omitted and ``omitted_options=reset`` applies, or None to unset the field.
    module_default: Value | None = None
    #: The value that the service uses if the field is not set. If there is no such value, the configuration may have
    #: to be recreated to unset the field.
    service_default: Value | None = None
    #: The returned value if the field is not set.
    returned_default: Value | None = None
    #: The release of the collection that added the field, or None if all releases contain it.
    version_added: str | None = None

    @cached_property
    def path(self) -> Path:
        """The path to the field in module options and results."""
        return (*(group.name for group in self.groups), self.name)

    @cached_property
    def option(self) -> str:
        """The option path as text, for example ``destination_config.on_failure.destination``."""
        return ".".join(self.path)

    @cached_property
    def flat_name(self) -> str:
        """The key of an additional returned value, such as ``on_failure_destination``. Empty if there is none.

        Unlike a value in a dictionary that may be null, it can be used in filters such as ``selectattr``.
        """
        return f"{self.groups[-1].name}_{self.name}" if self.groups else ""

    @cached_property
    def api_path(self) -> Path:
        """The path to the field in the API JSON."""
        return (*(group.api_name for group in self.groups), self.api_name)

    @cached_property
    def api(self) -> str:
        """The API path as text, for example ``destinationConfig.onFailure.destination``."""
        return ".".join(self.api_path)


_ANSIBLE_TYPES = {"int": "int", "bool": "bool", "arn": "str"}


def settings_spec(fields: Sequence[Field]) -> dict[str, Any]:
    """Return the argument spec for the fields. It has no defaults because omitted options must be recognizable."""
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
    """Return the names of the options in a group."""
    paths = [field.path[field.groups.index(group) + 1] for field in fields if group in field.groups]
    return list(dict.fromkeys(paths))


def get_path(tree: Any, path: Path) -> Any:
    """Return the value at a path in nested dictionaries, or None if there is none."""
    for key in path:
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def unflatten(values: Mapping[Path, Any]) -> dict[str, Any]:
    """Convert a mapping of paths to values into nested dictionaries."""
    tree: dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path
        level = tree
        for key in above:
            level = level.setdefault(key, {})
        level[last] = value
    return tree


def none_if_empty(tree: Any) -> Any:
    """Recursively replace dictionaries that contain only None values with None."""
    if not isinstance(tree, dict):
        return tree
    inside = {key: none_if_empty(value) for key, value in tree.items()}
    return inside if any(value is not None for value in inside.values()) else None


def same(field: Field, one: Value | None, other: Value | None) -> bool:
    """Return whether two values of a field have the same effect."""
    left = field.service_default if one is None else one
    right = field.service_default if other is None else other
    if left == right:
        return True
    return field.type == "arn" and isinstance(left, str) and isinstance(right, str) and same_arn(left, right)
