# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The info modules: argument spec, execution and results."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_returned
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import qualifier_warnings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import (
    LONGEST_ID,
    check_location,
    check_name,
    check_unmasked,
    parse_identity,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import (
    concurrency_spec,
    identity_argument_spec,
    verification_spec,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.results import error_result
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import Failed, ModuleContext
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown


def info_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for the info modules."""
    patterns = {"type": "list", "elements": "str"}
    narrowing = {"services": patterns, "functions": patterns} if generation.has_services else {"functions": patterns}
    return {
        **identity_argument_spec(generation, qualifier=None),
        **narrowing,
        "include_unconfigured": {"type": "bool", "default": False},
        "fail_on_unreadable": {"type": "bool", "default": False},
        **verification_spec(),
        **concurrency_spec(),
    }


def info_rules(generation: Generation) -> dict[str, Any]:
    """Return the option dependencies for the info modules."""
    names = [*generation.identity_options, "functions"]
    exclusive = [("function_name", "functions")]
    if generation.has_services:
        names.append("services")
        exclusive += [("service_name", "services"), ("function_name", "services")]
    return {
        "mutually_exclusive": [("id", name) for name in names] + exclusive,
        # If null were treated as omitted, all configurations in the account would be read.
        "not_nullable": ("id", *names),
        "required_by": {
            "qualifier": ("function_name",),
            **({"function_name": ("service_name",)} if generation.has_services else {}),
        },
    }


def list_configs(context: ModuleContext) -> dict[str, Any]:
    """Read the configurations in the scope and return the results."""
    wanted, concurrency = parse_filter(context), context.concurrency
    client = context.client({"id": wanted.identity} if wanted.identity else {}, concurrency)
    progress = Progress(context.params["progress_file"])
    read_result = ConfigReader(client, concurrency, progress).read(wanted)
    results: dict[str, Any] = {
        "changed": False,
        "async_invoke_configs": [as_returned(context.api, config) for config in read_result.configs],
        "unreadable": [
            {"id": unreadable.id, "msg": str(unreadable.error), **error_result(unreadable.error)}
            for unreadable in read_result.unreadable
        ],
    }
    verifier = context.verifier(client, concurrency, progress)
    if verifier is not None:
        found = verifier.problems([(config.identity, config.settings) for config in read_result.configs])
        results["destination_problems"] = [problem.as_returned() for problems in found for problem in problems]
    if context.params["include_unconfigured"]:
        results["functions_without_config"] = read_result.unconfigured
    if read_result.not_found is not None:
        context.warn(f"Nothing was found. {read_result.not_found}")
    if read_result.unreadable:
        number, first = len(read_result.unreadable), read_result.unreadable[0].error
        resources = "1 resource" if number == 1 else f"{number} resources"
        message = f"{resources} could not be read. The first error: {first}"
        if context.params["fail_on_unreadable"]:
            raise Failed(message, results)
        context.warn(message)
    return results


def parse_filter(context: ModuleContext) -> Filter:
    """Return the scope that the options specify. Raises ``InvalidOption``."""
    params = context.params
    for name in (*context.api.identity_options, "id", "services", "functions"):
        # If an empty value were treated as omitted, all configurations in the account would be read.
        if params.get(name) in ("", []):
            raise InvalidOption(name, "must not be empty. Omit it to read everything.")
    for name in ("services", "functions"):
        for position, pattern in enumerate(params.get(name) or ()):
            _check_pattern(f"{name}[{position}]", pattern)
    identity = None
    if params["id"] or params["qualifier"]:
        identity = parse_identity(context.api, params)
        check_location("id", identity, *context.connection.location)
        for warning in qualifier_warnings(identity):
            context.warn(warning)
    for name in ("service_name", "function_name"):
        if params.get(name):
            check_name(context.api, name, params[name])
    return Filter(
        identity=identity,
        service_name=params.get("service_name"),
        function_name=params["function_name"],
        services=tuple(params.get("services") or ()),
        functions=tuple(params["functions"] or ()),
        unconfigured=params["include_unconfigured"],
    )


def _check_pattern(option: str, pattern: str) -> None:
    """Raise ``InvalidOption`` if a pattern can never match or was masked by Ansible (a mask matches everything)."""
    check_unmasked(option, pattern)
    if not pattern or len(pattern) > LONGEST_ID or not pattern.isprintable():
        raise InvalidOption(option, f"must be the name of a function or service, or a pattern, not {shown(pattern)}.")
