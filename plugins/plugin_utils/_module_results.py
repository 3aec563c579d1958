# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Facts about the results of modules that reports need. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import MORE_PROBLEMS

#: Matches the warning with the number of problems of destinations that are only in the results.
_MORE_PROBLEMS = re.compile(rf"\b[0-9]+ {MORE_PROBLEMS}\.")


def has_failed(result: Mapping[str, Any]) -> bool:
    """Return whether a module failed as a whole. Failures of some configurations are reported in their rows."""
    if not result.get("failed"):
        return False
    items = result.get("results", [])
    return len(items) != 1 and all(item["failed"] for item in items)


def error_of(result: Mapping[str, Any]) -> str:
    """Return the error of a module that failed as a whole. If all configurations failed, return the first error."""
    items = result.get("results", [])
    # If a call fails, others may not be attempted. Their messages are less helpful.
    answered = [item["msg"] for item in items if item.get("error")]
    return str(next(iter([*answered, *(item["msg"] for item in items)]), result.get("msg")))


def is_invalid(result: Mapping[str, Any]) -> bool:
    """Return whether a module failed because its options are invalid."""
    return has_failed(result) and "connection" not in result


def destination_problems(result: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the problems of destinations in the result of any module."""
    items = [result, *result.get("results", [])]
    return [problem for item in items for problem in item.get("destination_problems") or ()]


def warning_text(warning: Any) -> str:
    """Return the text of a warning. ansible-core 2.19 and newer convert the warnings of modules to objects."""
    return str(getattr(getattr(warning, "event", None), "msg", warning))


def remaining_warnings(result: Mapping[str, Any]) -> list[Any]:
    """Return the warnings of a module, except those about missing functions and destinations, which have rows."""
    missing = [item["not_found"]["message"] for item in result.get("results", []) if item.get("not_found")]
    reported = [*missing, *(problem["message"] for problem in destination_problems(result))]
    return [
        one
        for one in result.get("warnings", [])
        if not any(message in str(one) for message in reported) and _MORE_PROBLEMS.search(str(one)) is None
    ]
