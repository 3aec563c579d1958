# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The mutable fields of a config, each described once. Pure.

The word *settings* stands for the mutable part of a config: a mapping from a field's option path
(``destination_config.on_failure.destination``) to its value, where :data:`None` means that it is unset.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Mapping, Optional, Tuple, Union

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import same_arn

Value = Union[int, bool, str]
Settings = Mapping[str, Optional[Value]]


@dataclass(frozen=True)
class Field:
    """One mutable field of a config, in every spelling it has. To add an option, add one of these."""

    option: str
    """Path of the option in tasks and results, for example ``maximum_retry_attempts``."""
    api: str
    """Path in the API's JSON, for example ``maxAsyncRetryAttempts``."""
    declared: Optional[Value] = None
    """What a task that omits the option declares with ``omitted_options=reset``; None: that it is unset."""
    in_effect: Optional[Value] = None
    """What the service does where the field is unset."""
    shown: Optional[Value] = None
    """What is returned where the field is unset."""
    bounds: Optional[Tuple[int, int]] = None
    """Smallest and largest value, for numbers."""
    is_arn: bool = False


def _destination(half_option: str, half_api: str) -> Field:
    return Field(
        option=f"destination_config.{half_option}.destination",
        api=f"destinationConfig.{half_api}.destination",
        is_arn=True,
    )


def fields_of(task_option: str, task_api: str) -> Tuple[Field, ...]:
    return (
        _destination("on_failure", "onFailure"),
        _destination("on_success", "onSuccess"),
        # Default 86400: 2.0's ListFunctionAsyncInvokeConfigs page (help.aliyun.com). The most is 604800 or 2592000, the
        # pages and libraries disagree for both generations: the larger is let through, and the service decides.
        Field(
            option="maximum_event_age_in_seconds",
            api="maxAsyncEventAgeInSeconds",
            in_effect=86400,
            bounds=(1, 2592000),
        ),
        # Default 3: the service's retry policy page. 2 is what Terraform's resource declares when it is omitted.
        Field(
            option="maximum_retry_attempts",
            api="maxAsyncRetryAttempts",
            declared=2,
            in_effect=3,
            shown=3,
            bounds=(0, 8),
        ),
        Field(option=task_option, api=task_api, declared=False, in_effect=False, shown=False),
    )


def get_path(tree: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def unflatten(values: Mapping[str, Any]) -> Dict[str, Any]:
    tree: Dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        level = tree
        for key in above:
            level = level.setdefault(key, {})
        level[last] = value
    return tree


def none_if_empty(tree: Any) -> Any:
    """Dicts in which everything is None become None themselves."""
    if not isinstance(tree, dict):
        return tree
    inside = {key: none_if_empty(value) for key, value in tree.items()}
    return inside if any(value is not None for value in inside.values()) else None


def same(known: Field, one: Optional[Value], other: Optional[Value]) -> bool:
    """Whether two values of a field are equal in effect."""
    left = known.in_effect if one is None else one
    right = known.in_effect if other is None else other
    if left == right:
        return True
    return known.is_arn and isinstance(left, str) and isinstance(right, str) and same_arn(left, right)
