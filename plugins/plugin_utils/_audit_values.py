# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate and convert the values in an audit rule. Pure.

Text is converted as by Ansible. Each function raises ``InvalidOption`` for invalid values.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from ansible.module_utils.parsing.convert_bool import BOOLEANS_FALSE, BOOLEANS_TRUE
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import checked_number
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown

#: More digits are never valid, and Python refuses to convert more than 4300 digits.
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_LONGEST_PATTERN = 2048


def number(option: str, value: Any, bounds: tuple[int, int] | None) -> int:
    """Return an integer within the bounds."""
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        value = int(value)
    return checked_number(option, value, bounds)


def boolean(option: str, value: Any) -> bool:
    """Return a boolean."""
    folded = value.strip().lower() if isinstance(value, str) else value
    if isinstance(folded, (str, bool)) and folded in BOOLEANS_TRUE:
        return True
    if isinstance(folded, (str, bool)) and folded in BOOLEANS_FALSE:
        return False
    raise InvalidOption(option, f"must be true or false, not {shown(value)}.")


def text(option: str, value: Any, longest: int) -> str:
    """Return text on one line."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = shown(value)
    if not isinstance(value, str):
        raise InvalidOption(option, f"must be text, not {shown(value)}.")
    if not value.strip():
        raise InvalidOption(option, "must not be empty.")
    if len(value) > longest:
        raise InvalidOption(option, f"must have at most {longest} characters, not {len(value)}.")
    if not value.isprintable():
        raise InvalidOption(option, f"must contain only printable characters, not {shown(value)}.")
    return value.strip()


def patterns(option: str, value: Any) -> list[str]:
    """Return a list of patterns without duplicates. Text is split at commas."""
    items = value.split(",") if isinstance(value, str) else value
    if not isinstance(items, list):
        items = [items]
    if not items:
        raise InvalidOption(option, "must not be empty.")
    return list(dict.fromkeys(text(option, item, _LONGEST_PATTERN) for item in items))


def choices_in(option: str, value: Any, choices: Sequence[str]) -> list[str]:
    """Return a list of choices without duplicates. Text is split at commas."""
    items = patterns(option, value)
    for item in items:
        if item not in choices:
            raise InvalidOption(option, f"must be one of {', '.join(choices)}, not {shown(item)}.")
    return items
