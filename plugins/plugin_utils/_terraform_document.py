# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Read resources of any type from a Terraform state or plan. Pure.

The output of ``terraform show -json`` is documented at
https://developer.hashicorp.com/terraform/internals/json-format. The format of state files is not documented.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Path
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shortened, shown

_EXPECTED = "the input must be the output of 'terraform show -json' or a version 4 state file"
#: The keys in the output of ``terraform show -json`` for an empty state.
_EMPTY_STATE = {"format_version", "terraform_version", "checks"}


class TerraformError(ValueError):
    """The input is not supported or contains invalid or unknown values. The message contains all errors."""


@dataclass(frozen=True)
class Resource:
    """A managed resource and its attributes, unchanged from the document."""

    address: str
    attributes: Any


def parse_document(document: Any) -> Mapping[str, Any]:
    """Return the document. Text is parsed first. Raises ``TerraformError`` if it is clearly not from Terraform."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except (ValueError, RecursionError):
            raise TerraformError(f"{_EXPECTED}, not other text.") from None
    if not isinstance(document, Mapping):
        raise TerraformError(f"{_EXPECTED}, not {shown(document)}.")
    version = document.get("version")
    if "format_version" not in document and isinstance(version, int) and version != 4:
        raise TerraformError(f"{_EXPECTED}, not a version {shown(version)} state file.")
    return document


def resources_of_type(document: Mapping[str, Any], type_name: str) -> Iterator[Resource]:
    """Yield the managed resources of a type. Deposed objects, which Terraform will destroy, are not included.

    Raises ``TerraformError`` if the format of the document is not supported.
    """
    if "planned_values" in document:
        yield from _resources_of_values(document["planned_values"], type_name)
    elif "values" in document and "format_version" in document:
        yield from _resources_of_values(document["values"], type_name)
    elif document.get("version") == 4 and "resources" in document:
        yield from _resources_of_state_file(document, type_name)
    elif "format_version" not in document or not _EMPTY_STATE.issuperset(document):
        raise TerraformError(f"{_EXPECTED}, not a dictionary with other keys.")


def _resources_of_values(values: Any, type_name: str) -> Iterator[Resource]:
    pending = [_dictionary(values, "values").get("root_module")]
    while pending:
        module = _dictionary(pending.pop(), "root_module")
        for resource in _dictionaries(module, "resources"):
            if _is_managed(resource, type_name) and not resource.get("deposed_key"):
                yield Resource(_address(resource), resource.get("values"))
        pending += _dictionaries(module, "child_modules")


def _resources_of_state_file(document: Mapping[str, Any], type_name: str) -> Iterator[Resource]:
    for resource in _dictionaries(document, "resources"):
        if not _is_managed(resource, type_name):
            continue
        name = ".".join(str(resource[key]) for key in ("module", "type", "name") if resource.get(key))
        for instance in _dictionaries(resource, "instances"):
            if not instance.get("deposed"):
                yield Resource(f"{name}{_instance_key(instance.get('index_key'))}", instance.get("attributes"))


def _is_managed(resource: Mapping[str, Any], type_name: str) -> bool:
    return resource.get("mode") == "managed" and resource.get("type") == type_name


def _instance_key(key: Any) -> str:
    """Return the ``count`` or ``for_each`` key in the format that Terraform uses in addresses."""
    if not isinstance(key, str):
        return "" if key is None else f"[{key}]"
    return f"[{json.dumps(key, ensure_ascii=False)}]".replace("${", "$${").replace("%{", "%%{")


def _address(resource: Mapping[str, Any]) -> str:
    address = resource.get("address")
    if not isinstance(address, str):
        raise TerraformError(f"address: must be text, not {shown(address)}.")
    return address


def shown_address(address: str) -> str:
    """Return an address, escaped and shortened for a message."""
    return shortened(printable(address), len(address), 200)


def _dictionary(value: Any, key: str) -> Mapping[str, Any]:
    """Return the value of a key, which must be a dictionary, or an empty dictionary if it is null."""
    if value is not None and not isinstance(value, Mapping):
        raise TerraformError(f"{key}: must be a dictionary, not {shown(value)}.")
    return value or {}


def _dictionaries(parent: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """Return the value of a key, which must be a list of dictionaries, or an empty list if it is null."""
    items = parent.get(key)
    if items is not None and not isinstance(items, (list, tuple)):
        raise TerraformError(f"{key}: must be a list, not {shown(items)}.")
    return [_dictionary(item, key) for item in items or ()]


# --- Plans ------------------------------------------------------------------------------------------------------


def _changes(document: Mapping[str, Any], type_name: str) -> dict[str, Mapping[str, Any]]:
    """Map addresses to the changes in a plan. Unchanged resources are included and have the ``no-op`` action."""
    return {
        _address(resource): _dictionary(resource.get("change"), "change")
        for resource in _dictionaries(document, "resource_changes")
        if _is_managed(resource, type_name) and not resource.get("deposed")
    }


def unknown_attributes(document: Mapping[str, Any], type_name: str, paths: Iterable[Path]) -> dict[str, list[str]]:
    """Map addresses to the attributes whose values are known only after the plan is applied."""
    unknown = {}
    for address, change in _changes(document, type_name).items():
        found = [_unknown_attribute(change.get("after_unknown"), path) for path in paths]
        names = list(dict.fromkeys(name for name in found if name))
        if names:
            unknown[address] = names
    return unknown


def _unknown_attribute(tree: Any, path: Path) -> str:
    """Return the name of the attribute or containing block if it is unknown. Otherwise, return an empty string."""
    for depth, key in enumerate((*path, "")):
        if isinstance(tree, (list, tuple)):
            tree = tree[0] if tree else None
        if tree is True:
            return ".".join(path[:depth] or path)
        tree = tree.get(key) if isinstance(tree, Mapping) else None
    return ""


def plan_errors(
    document: Mapping[str, Any], type_name: str, resources: Iterable[Resource], unknown: Mapping[str, list[str]]
) -> Iterator[str]:
    """Yield an error for each reason why a plan cannot be used."""
    if "planned_values" not in document:
        return
    if document.get("errored") is True or document.get("complete") is False:
        yield "The plan is incomplete. Run 'terraform plan' without -target until it succeeds."
    prior = _dictionary(document.get("prior_state"), "prior_state").get("values")
    changes = _changes(document, type_name)
    missing = [
        shown_address(one.address) for one in _resources_of_values(prior, type_name) if one.address not in changes
    ]
    if missing:
        advice = "Run 'terraform plan' without -target and -refresh-only."
        yield f"The plan does not contain these resources from the state: {', '.join(missing)}. {advice}"
    planned = [one.address for one in resources if one.address in unknown]
    if planned:
        named = "; ".join(f"{shown_address(address)}: {', '.join(unknown[address])}" for address in planned)
        yield f"Some values are known only after the plan is applied: {named}. Apply the plan and use the state."
