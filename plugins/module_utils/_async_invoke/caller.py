# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The operations that the modules call, and the RAM permissions that the caller needs for them. Pure.

A test compares the operations with the journal of the emulator.
"""

from __future__ import annotations

from typing import Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import Grant
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation

#: The scopes of a purge, from the smallest to the largest.
PURGE_SCOPES = ("none", "function", "service", "account")


def single_operations(generation: Generation, write: bool) -> set[str]:
    """Return the operations of the modules that manage one configuration."""
    operations = generation.operations
    return {operations.get, *((operations.put, operations.delete) if write else ())}


def bulk_operations(generation: Generation, write: bool, purge: str = "none") -> set[str]:
    """Return the operations of the modules that manage many configurations."""
    # In FC 2.0, List replaces Get for functions with several configurations. In FC 3.0, it also lists the account.
    found = single_operations(generation, write) | {generation.operations.list}
    if purge != "none":
        found |= set(generation.list_qualifiers)
    if generation.has_services and purge in ("service", "account"):
        found.add(generation.list_functions)
    if generation.has_services and purge == "account":
        found.add(generation.list_services)
    return found


def optional_operations(generation: Generation, purge: str = "none") -> set[str]:
    """Return the bulk operations that only save requests. If the caller lacks a permission, Get is used instead."""
    lists_account = not generation.operations.listed_by_function
    return {generation.operations.list} if lists_account and purge == "none" else set()


def info_operations(generation: Generation, account: bool = True, unconfigured: bool = False) -> set[str]:
    """Return the operations of the info modules.

    Args:
        account: whether the scope is the whole account instead of a service.
        unconfigured: whether to include functions without a configuration.
    """
    operations = generation.operations
    found = {operations.get, operations.list, *generation.list_qualifiers}
    if generation.has_services or unconfigured:
        found.add(generation.list_functions)
    if generation.has_services and account:
        found.add(generation.list_services)
    return found


def verification_operations(generation: Generation) -> set[str]:
    """Return the operations that ``verify_destinations`` adds."""
    return {generation.get_role, generation.get_function, *filter(None, [generation.list_triggers])}


def actions(generation: Generation, operations: set[str]) -> list[str]:
    """Return the sorted RAM actions for operations."""
    return sorted({generation.ram_action(operation) for operation in operations})


def caller_grants(
    generation: Generation,
    operations: set[str],
    region: str = "",
    account_id: str = "",
    functions: Sequence[Function] | None = None,
    whole_services: bool = False,
) -> list[Grant]:
    """Return the permissions that the caller needs for operations.

    Args:
        region: the region in RAM resources, or an empty string for all regions.
        account_id: the account ID in RAM resources, or an empty string for all accounts.
        functions: the functions to which the permissions are limited, or None if they are not limited.
        whole_services: whether the permissions apply to all functions in the services of ``functions``.
    """
    prefix = _prefix(region, account_id)
    # For all other operations, the API reference (RAM authorization of 2021-04-06 and 2023-03-30) specifies all
    # resources. ListAliases of 2023-03-30 is inferred.
    unlimited = {generation.list_services: f"{prefix}services/*"}
    if not generation.has_services:
        unlimited[generation.operations.list] = "*"
    found = []
    for operation in sorted(operations):
        if functions is None or operation in unlimited:
            resources: tuple[str, ...] = (unlimited.get(operation, "*"),)
        else:
            whole = whole_services or operation == generation.list_functions
            resources = tuple(f"{prefix}{name}" for one in functions for name in _resources(one, whole))
        found.append(Grant(generation.ram_action(operation), resources))
    return found


def verification_grants(
    generation: Generation,
    region: str = "",
    account_id: str = "",
    functions: Sequence[Function] | None = None,
    targets: Sequence[Function] = (),
) -> list[Grant]:
    """Return the permissions that the caller needs to verify destinations.

    Args:
        functions: the functions with the configurations, or None if the permissions are not limited to functions.
        targets: the functions that are destinations.
    """
    if functions is None:
        return [Grant(generation.ram_action(one), ("*",)) for one in sorted(verification_operations(generation))]
    prefix = _prefix(region, account_id)
    read = [resource for one in targets for resource in _resources(one, False)]
    owners = [resource for one in functions for resource in _role_resources(one)]
    # The tables of custom policies in the manuals of both generations specify these resources (user-guide/policies).
    triggers = [f"services/{one.service_name}/functions/{one.function_name}/triggers/*" for one in targets]
    wanted = ((generation.get_role, owners), (generation.get_function, read), (generation.list_triggers, triggers))
    return [
        Grant(generation.ram_action(operation), tuple(f"{prefix}{name}" for name in names))
        for operation, names in wanted
        if operation and names
    ]


def _prefix(region: str, account_id: str) -> str:
    """Return the start of a RAM resource. An empty region or account ID stands for all."""
    return f"acs:fc:{region or '*'}:{account_id or '*'}:"


def _role_resources(function: Function) -> tuple[str, ...]:
    """Return the resources for all qualifiers of what the role of a function belongs to."""
    if function.service_name is None:
        return _resources(function, False)
    return (f"services/{function.service_name}", f"services/{function.service_name}.*")


def _resources(function: Function, whole_service: bool) -> tuple[str, ...]:
    """Return the resources for all qualifiers of a function, or of all functions in its service."""
    name = function.function_name
    if function.service_name is None:
        # From CreateSession and EnableFunctionInvocation (2023-03-30). Inferred for other actions.
        return (f"functions/{name}", f"functions/{name}/*")
    # From the documentation of Serverless Devs (devsapp/fc, asyncConfiguration), which contradicts the API reference.
    inner = "*" if whole_service else name
    return (
        f"services/{function.service_name}/functions/{inner}",
        f"services/{function.service_name}.*/functions/{inner}",
    )
