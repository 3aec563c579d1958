# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Convert Terraform resources to configurations. Pure.

The attribute names and defaults are those of the aliyun/alicloud provider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils import _generations as generations
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Path, Value, unflatten
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._terraform_document import (
    Resource,
    TerraformError,
    parse_document,
    plan_errors,
    resources_of_type,
    shown_address,
    unknown_attributes,
)

_TYPES: dict[str, tuple[type[Any], str]] = {
    "int": (int, "an integer"),
    "bool": (bool, "a boolean"),
    "arn": (str, "text"),
}


@dataclass(frozen=True)
class _ResourceType:
    """The Terraform resource type for configurations in one generation."""

    name: str
    generation: generations.Generation
    #: Maps options to their Terraform names if the names differ.
    renamed: Mapping[str, str] = field(default_factory=dict)
    #: Whether Terraform has the same defaults as the modules. If not, unset attributes use the service defaults.
    has_module_defaults: bool = True

    def attribute(self, described: Field) -> Path:
        """Return the path of the attribute that corresponds to a field."""
        return (*described.path[:-1], self.renamed.get(described.name, described.name))

    @property
    def attributes(self) -> list[Path]:
        """The paths of all attributes that are converted."""
        identity: list[Path] = [(name,) for name in self.generation.identity_options]
        return identity + [self.attribute(described) for described in self.generation.fields]

    def value_if_unset(self, described: Field) -> Value | None:
        """Return the value of an option whose attribute is not set, or None if the option can be omitted."""
        is_omissible = self.has_module_defaults or described.module_default in (None, described.service_default)
        return None if is_omissible else described.service_default


_RESOURCE_TYPES = {
    "2.0": _ResourceType("alicloud_fc_function_async_invoke_config", generations.FC2),
    "3.0": _ResourceType(
        "alicloud_fcv3_async_invoke_config",
        generations.FC3,
        renamed={
            "maximum_event_age_in_seconds": "max_async_event_age_in_seconds",
            "maximum_retry_attempts": "max_async_retry_attempts",
        },
        has_module_defaults=False,
    ),
}


def configs_from_terraform(document: Any, generation: Any) -> list[dict[str, Any]]:
    """Return the configurations in a state or plan, sorted by identity.

    Args:
        document: the JSON document, either parsed or as text.
        generation: ``2.0`` or ``3.0``, as text or as a number.

    Raises ``TerraformError``, which lists all errors.
    """
    kind = _resource_type(generation)
    document = parse_document(document)
    resources = list(resources_of_type(document, kind.name))
    unknown = unknown_attributes(document, kind.name, kind.attributes)
    errors = list(plan_errors(document, kind.name, resources, unknown))
    configs: dict[tuple[str, ...], dict[str, Any]] = {}
    addresses: dict[tuple[str, ...], list[str]] = {}
    for resource in resources:
        if resource.address in unknown:
            continue
        config, problems = _convert(kind, resource)
        errors += [f"{shown_address(resource.address)}: {problem}" for problem in problems]
        if not problems:
            identity = tuple(config[name] for name in kind.generation.identity_options)
            configs[identity] = config
            addresses.setdefault(identity, []).append(shown_address(resource.address))
    errors += _duplicates(addresses)
    if errors:
        raise TerraformError(" ".join(errors))
    return [configs[identity] for identity in sorted(configs)]


def count_resources(document: Any, generation: Any) -> int:
    """Return the number of resources for a generation, including invalid ones.

    Raises ``TerraformError`` if the format of the document is not supported.
    """
    return len(list(resources_of_type(parse_document(document), _resource_type(generation).name)))


def _resource_type(generation: Any) -> _ResourceType:
    for name, kind in _RESOURCE_TYPES.items():
        if str(generation) in (name, name.partition(".")[0]):
            return kind
    raise TerraformError(f"generation: must be {' or '.join(_RESOURCE_TYPES)}, not {shown(generation)}.")


def _duplicates(addresses: Mapping[tuple[str, ...], list[str]]) -> Iterator[str]:
    for identity, same in addresses.items():
        if len(same) > 1:
            names = f"{', '.join(same[:-1])} and {same[-1]}"
            yield f"{names} have the same identity {shown(':'.join(identity))}. Remove all but one."


def _convert(kind: _ResourceType, resource: Resource) -> tuple[dict[str, Any], list[str]]:
    """Return the configuration of a resource and the errors in its attributes."""
    if not isinstance(resource.attributes, Mapping):
        return {}, [f"the attributes must be a dictionary, not {shown(resource.attributes)}."]
    reader = _Reader(resource.attributes)
    values: dict[Path, Value | None] = {(name,): reader.name(name) for name in kind.generation.identity_options}
    for described in kind.generation.fields:
        value = reader.value(described, kind.attribute(described))
        values[described.path] = kind.value_if_unset(described) if value is None else value
    return unflatten({path: value for path, value in values.items() if value is not None}), list(reader.errors)


class _Reader:
    """Reads the attributes of a resource and collects the errors."""

    def __init__(self, attributes: Mapping[str, Any]) -> None:
        self._attributes = attributes
        #: An ordered set to discard duplicates, because an error in a block is found once for each of its attributes.
        self.errors: dict[str, None] = {}

    def name(self, option: str) -> str | None:
        """Return the value of an identity option."""
        value = self._attributes.get(option)
        if option == "qualifier" and value in (None, ""):
            return LATEST
        if isinstance(value, str) and value:
            return value
        self._error(f"{option}: must be a name, not {shown(value)}.")
        return None

    def value(self, described: Field, path: Path) -> Value | None:
        """Return the value of a field, or None if it is not set."""
        attributes = self._attributes
        for depth, block in enumerate(path[:-1], 1):
            attributes = self._block(".".join(path[:depth]), attributes.get(block))
        value: Any = attributes.get(path[-1])
        if value is None:
            return None
        kind, expected = _TYPES[described.type]
        if not isinstance(value, kind) or isinstance(value, bool) is not (described.type == "bool"):
            self._error(f"{'.'.join(path)}: must be {expected}, not {shown(value)}.")
            return None
        # In a state, the zero value of the type also represents an unset attribute, unless zero is a valid value.
        zero_is_valid = described.bounds is not None and described.bounds[0] <= 0
        return value if value or zero_is_valid else None

    def _block(self, name: str, value: Any) -> Mapping[str, Any]:
        """Return the content of a block, which Terraform represents as a list. Without a block, the result is empty."""
        blocks = [] if value is None else value
        if not isinstance(blocks, (list, tuple)):
            self._error(f"{name}: must be a list of blocks, not {shown(value)}.")
        elif len(blocks) > 1:
            self._error(f"{name}: must contain at most one block, not {len(blocks)}.")
        elif blocks and blocks[0] is not None:
            if isinstance(blocks[0], Mapping):
                return blocks[0]
            self._error(f"{name}: must be a list of blocks, not of {shown(blocks[0])}.")
        return {}

    def _error(self, problem: str) -> None:
        self.errors[problem] = None
