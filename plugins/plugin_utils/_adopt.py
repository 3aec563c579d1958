# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Adopt configurations from other tools. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.from_serverless_devs import from_serverless_devs
from ansible_collections.alicloud.fc.plugins.filter.from_terraform import from_terraform
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import result_rows
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables, generation_number
from ansible_collections.alicloud.fc.plugins.plugin_utils._terraform import count_resources

_FILTERS: dict[str, Callable[..., list[dict[str, Any]]]] = {
    "terraform_file": from_terraform,
    "serverless_devs_file": from_serverless_devs,
}
#: The options that the Terraform provider does not send if they are unset.
_KEPT_IF_UNSET = ("destination_config", "maximum_event_age_in_seconds")


def adopted_configs(
    option: str, document: Any, generation: Generation, location: Mapping[str, str | None] | None = None
) -> list[dict[str, Any]]:
    """Return the configurations in a document from another tool. Raises ``InvalidVariables``.

    Args:
        option: the variable that contains the path to the document.
        location: ``region`` and ``account_id``, which only the Serverless Devs filter uses.
    """
    number = generation_number(generation)
    used = location if location and option == "serverless_devs_file" else {}
    try:
        return list(_FILTERS[option](document, number, **used))
    except AnsibleFilterError as error:
        raise InvalidVariables(str(error).replace(f"{_FILTERS[option].__name__}:", f"{option}:", 1)) from None


def never_converging(
    generation: Generation, configs: Sequence[Mapping[str, Any]], result: Mapping[str, Any]
) -> list[str]:
    """Return a sentence for each difference that Terraform shows again after every ``terraform apply``.

    The provider does not send an unset event age or unset destinations, and Function Compute keeps values that it does
    not receive. For FC 3.0, the provider always reads LATEST, even if a resource has another qualifier.
    """
    by_id = {_id(generation, config): config for config in configs}
    found = [
        f"{row['id']}: Terraform cannot unset {one['option']}, which is {shown(one['current'])}."
        for row in result_rows(result)
        if row["verdict"] == "drifted"
        for one in row["differences"]
        if _cannot_unset(by_id.get(row["id"], {}), one["option"])
    ]
    if not generation.has_services:
        others = [config for config in configs if (config.get("qualifier") or LATEST) != LATEST]
        found += [f"{_id(generation, one)}: Terraform reads {LATEST} instead of this qualifier." for one in others]
    return found


def other_generation(document: Any, generation: Generation) -> list[str]:
    """Return a warning if the Terraform document also contains resources for the other generation."""
    number = generation_number(FC3 if generation is FC2 else FC2)
    found = count_resources(document, number)
    resources, them = ("1 resource was", "it") if found == 1 else (f"{found} resources were", "them")
    return [f"{resources} not converted. To convert {them}, set generation to {number}."] if found else []


def _cannot_unset(config: Mapping[str, Any], option: str) -> bool:
    """Return whether Terraform cannot resolve a difference because the option is unset in the configuration."""
    # It is not documented whether Function Compute keeps one destination if only the other is sent.
    name = option.partition(".")[0]
    return name in _KEPT_IF_UNSET and not config.get(name)


def _id(generation: Generation, config: Mapping[str, Any]) -> str:
    names = (str(config.get(name) or LATEST) for name in generation.identity_options)
    return ":".join(names)
