# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hypothesis strategies for settings, task options and possible service behavior."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from hypothesis import strategies as st

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,20}", fullmatch=True)
ARNS = st.sampled_from(
    [
        "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages",
        "acs:mns:cn-hangzhou:1234567890123456:/topics/t/messages",
        "acs:mns:::/queues/q/messages",
        "acs:fc:cn-hangzhou:1234567890123456:services/s/functions/g",
        "acs:fc:cn-hangzhou:1234567890123456:services/s.LATEST/functions/g",
    ]
)


def values(field: Field) -> st.SearchStrategy[Any]:
    """Return a strategy for a field's valid values."""
    if field.type == "arn":
        return ARNS
    if field.type == "bool":
        return st.booleans()
    least, most = field.bounds or (0, 2**31 - 1)
    return st.integers(least, most) | st.sampled_from([least, most, field.service_default])


def settings(generation: Generation) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for settings that the service may store. Each field is set or unset."""
    return st.fixed_dictionaries({field.option: st.none() | values(field) for field in generation.fields})


def task_options(generation: Generation) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for task options, except identity options, in the format of module parameters."""
    return st.builds(
        _options,
        st.fixed_dictionaries({}, optional={field.option: values(field) for field in generation.fields}),
        st.sampled_from(["reset", "keep"]),
        st.sampled_from(["present", "present", "present", "absent"]),
    )


def _options(values: dict[str, Any], omitted_options: str, state: str) -> dict[str, Any]:
    options: dict[str, Any] = {"omitted_options": omitted_options, "state": state}
    for path, value in values.items():
        *parents, last = path.split(".")
        level = options
        for key in parents:
            level = level.setdefault(key, {})
        level[last] = value
    return options


#: The emulator's behavior switches for undocumented service behavior.
BEHAVIORS = st.fixed_dictionaries(
    {
        "put_merge": st.sampled_from(["merge", "merge_nested", "replace"]),
        "unset_destination": st.sampled_from(["null", "halves_null", "nested_null", "empty", "missing"]),
        "unset_event_age": st.sampled_from(["null", "default", "missing"]),
        "unset_retry_attempts": st.sampled_from(["null", "default", "missing"]),
        "unset_stateful": st.sampled_from(["null", "default", "missing"]),
        "empty_arn_parts": st.sampled_from(["stored", "expanded"]),
        "put_answer": st.sampled_from(["stored", "echo"]),
        "delete_missing": st.sampled_from(["not_found", "no_content"]),
        "stale_reads": st.sampled_from([0, 0, 0, 1, 3]),
        "modified_on_noop": st.booleans(),
    }
)
