# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The rows of a preflight report. Pure.

In a row that is not OK, ``rule`` is the name of the check that found the problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import cause_of, hint_for
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import qualifier_warnings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import WHOLE
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import Row, new_row
from ansible_collections.alicloud.fc.plugins.plugin_utils._module_results import has_failed, remaining_warnings
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import FAILURE, OK, WARNING

#: The checks. ``caller`` is whether the caller may read the configuration, and ``read`` is whether it can be read.
READ, CALLER, FUNCTION, QUALIFIER, ROLE, DESTINATION = "read", "caller", "function", "qualifier", "role", "destination"


class _Finding(NamedTuple):
    verdict: str
    check: str | None = None
    message: str | None = None


def preflight_rows(generation: Generation, result: Mapping[str, Any]) -> list[Row]:
    """Return the rows for the result of a bulk module that verified the destinations in check mode."""
    region = (result.get("connection") or {}).get("region")
    rows: list[Row] = []
    for item in result["results"]:
        for verdict, check, message in [*_findings(generation, item)] or [_Finding(OK)]:
            rows.append(new_row(generation, region, item["id"], verdict, rule=check, message=message))
    return rows


def has_rows(result: Mapping[str, Any]) -> bool:
    """Return whether the configurations were checked.

    If all of them failed because the caller lacks permissions, the permissions may differ. Other errors are the same
    for all configurations.
    """
    return not has_failed(result) or any(_is_denied(item) for item in result.get("results", []))


def other_warnings(result: Mapping[str, Any]) -> list[Any]:
    """Return the warnings that have no row."""
    reported = [text for item in result.get("results", []) for text in _qualifier_warnings(item)]
    return [one for one in remaining_warnings(result) if not any(text in str(one) for text in reported)]


def _findings(generation: Generation, item: Mapping[str, Any]) -> Iterator[_Finding]:
    if item["failed"]:
        yield _Finding(FAILURE, CALLER if _is_denied(item) else READ, item["msg"])
    if item.get("not_found"):
        code, message = item["not_found"]["code"], str(item["not_found"]["message"])
        hint = hint_for(generation, None, "", code, message, Cause.PERMANENT)
        yield _Finding(FAILURE, FUNCTION, f"{message.rstrip('.')} ({code}). {hint}".rstrip())
    for problem in item.get("destination_problems") or ():
        verdict = WARNING if problem["severity"] == "warning" else FAILURE
        yield _Finding(verdict, ROLE if problem["option"] == WHOLE else DESTINATION, problem["message"])
    for text in _qualifier_warnings(item):
        yield _Finding(WARNING, QUALIFIER, text)


def _is_denied(item: Mapping[str, Any]) -> bool:
    error = item.get("error") or {}
    return bool(item["failed"] and error and cause_of(error.get("status"), error.get("code")) is Cause.DENIED)


def _qualifier_warnings(item: Mapping[str, Any]) -> list[str]:
    return qualifier_warnings(Identity("", str(item["id"]).rpartition(":")[2]))
