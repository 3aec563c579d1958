# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The rows of reports. Pure.

A *row* is a verdict on one configuration, function or service. It is described in ``docs/audit.schema.json``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Dict
from urllib.parse import quote

from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Path, get_path
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import check_name
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import GENERATIONS, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    BAD_DESTINATION,
    IN_SYNC,
    NO_FUNCTION,
    UNCONFIGURED,
    UNREADABLE,
)

Row = Dict[str, Any]

#: Maps module actions to verdicts.
_BY_ACTION = {"update": "drifted", "create": "missing", "delete": "unexpected", "none": IN_SYNC}
#: The problem of a destination that could not be read.
_UNVERIFIED = "unverified"
#: Maximum length of a message. Module messages are shorter unless they quote an excessively long response.
LONGEST_MESSAGE = 2000
#: The ID of the result if the functions in the account could not be listed.
_ACCOUNT = "account"
_DESTINATION = re.compile(r"(destination_config[a-z_.]*): ")
_REGION = re.compile(r"[a-z]+-[a-z0-9-]+")


def result_rows(result: Mapping[str, Any]) -> list[Row]:
    """Return the rows for the result of a bulk module in check mode and diff mode, in the order of the results."""
    connection = result.get("connection") or {}
    generation, region = generation_named(connection.get("generation")), connection.get("region")
    return [_result_row(generation, region, one, diff) for one, diff in _paired(result["results"], result["diff"])]


def unconfigured_rows(generation_name: str, function_ids: Iterable[str], region: str | None) -> list[Row]:
    """Return the rows for functions that have no configuration.

    Args:
        function_ids: IDs such as ``shop:resize``, as returned by the info modules.
    """
    generation = generation_named(generation_name)
    return [new_row(generation, region, one, UNCONFIGURED) for one in function_ids]


def destination_rows(generation_name: Any, problems: Iterable[Mapping[str, Any]], region: str | None) -> list[Row]:
    """Return a row for each problem of a destination. If modules return the same problem twice, it has only one row.

    Args:
        problems: the problems, as returned by the modules.
    """
    generation = generation_named(generation_name)
    different = {_problem_key(one): one for one in problems}
    return [
        new_row(
            generation,
            region,
            one["id"],
            UNREADABLE if one["problem"] == _UNVERIFIED else BAD_DESTINATION,
            message=one["message"],
        )
        for one in different.values()
    ]


def _problem_key(problem: Mapping[str, Any]) -> tuple[Any, ...]:
    # An ARN can have several mistakes. The message about a failed request contains the request ID.
    message = None if problem["problem"] == _UNVERIFIED else problem["message"]
    return (*(problem[key] for key in ("id", "option", "destination", "problem")), message)


def new_row(
    generation: Generation | None,
    region: str | None,
    resource_id: str,
    verdict: str,
    *,
    rule: str | None = None,
    differences: Sequence[Mapping[str, Any]] = (),
    message: str | None = None,
) -> Row:
    """Return a row with all keys. ``generation`` is None if it is unknown."""
    names = _names(generation, resource_id)
    return {
        "account": None,
        "id": resource_id,
        "service_name": names.get("service_name") or None,
        "verdict": verdict,
        "rule": rule,
        "differences": list(differences),
        "message": None if message is None else printable(message, LONGEST_MESSAGE),
        "console_url": None if generation is None else console_url(generation, region, names),
        "since": None,
    }


def destination_option(row: Mapping[str, Any]) -> str | None:
    """Return the option at the beginning of a message about a destination, or None if there is none."""
    option = _DESTINATION.match(row.get("message") or "")
    return None if option is None else option[1]


def generation_named(name: Any) -> Generation | None:
    """Return the generation with a name such as ``FC 2.0``, or None if there is none."""
    return next((generation for generation in GENERATIONS if generation.name == name), None)


def console_url(generation: Generation, region: Any, names: Mapping[str, str]) -> str | None:
    """Return the URL of a function in the console, or None if the region or a name is unknown or invalid.

    Args:
        names: the values of the identity options.
    """
    options = [option for option in generation.identity_options if f"{{{option}}}" in generation.console]
    if not isinstance(region, str) or _REGION.fullmatch(region) is None:
        return None
    try:
        # A name in which Ansible masked a secret is also invalid.
        checked = {option: check_name(generation, option, names.get(option, "")) for option in options}
    except InvalidOption:
        return None
    return generation.console.format(region=region, **{option: quote(name, "") for option, name in checked.items()})


def _names(generation: Generation | None, resource_id: str) -> dict[str, str]:
    """Return the names in the ID of a configuration, function or service, by identity option."""
    parts = resource_id.split(":")
    if resource_id == _ACCOUNT:
        return {}
    if generation is None:
        # IDs of other lengths are ambiguous.
        return {"service_name": parts[0]} if len(parts) == 3 else {}
    return dict(zip(generation.identity_options, parts)) if len(parts) <= len(generation.identity_options) else {}


def _paired(results: Any, diffs: Any) -> Iterator[tuple[Mapping[str, Any], Mapping[str, Any] | None]]:
    """Yield each result with its diff, or with None if it has no diff.

    An ID alone does not identify a diff, because Ansible may mask different IDs in the same way.
    """
    left = list(reversed(diffs))
    for one in results:
        yield one, left.pop() if one["changed"] and left and left[-1]["after_header"] == one["id"] else None


def _result_row(
    generation: Generation | None, region: Any, one: Mapping[str, Any], diff: Mapping[str, Any] | None
) -> Row:
    verdict, message = _BY_ACTION[one["action"]], one.get("msg")
    if one["failed"]:
        verdict = UNREADABLE
    elif one.get("not_found"):
        verdict, message, diff = NO_FUNCTION, one["not_found"].get("message"), None
    differences = [] if diff is None else list(_differences(diff["after"], diff["before"]))
    return new_row(generation, region, one["id"], verdict, differences=differences, message=message)


def _differences(desired: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for path in _leaves(desired, current):
        left, right = get_path(desired, path), get_path(current, path)
        if left != right:
            yield {"option": ".".join(path), "desired": left, "current": right}


def _leaves(*trees: Any) -> list[Path]:
    """Return the paths of all leaves in the trees, in the order of the first tree that contains them."""
    branches = [tree for tree in trees if isinstance(tree, Mapping)]
    if not branches:
        return [()]
    keys = dict.fromkeys(key for branch in branches for key in branch)
    return [(key, *path) for key in keys for path in _leaves(*(branch.get(key) for branch in branches))]
