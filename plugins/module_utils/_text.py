# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Texts from outside, and wrong values, as a message may show them. Pure."""

from __future__ import annotations

import re
from typing import Mapping

MASK = "********"
#: What Ansible puts in place of a secret: in results (all of a value, or a part of it), and on the screen since 2.22.
ANSIBLE_MASKS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", MASK, "$REDACTED$")
#: The most characters of a text from outside that are shown.
LONGEST_TEXT = 500
#: The most characters that are searched for secrets. What is behind them is not shown either.
LONGEST_SEARCHED = 64 * 1024


def printable(text: str) -> str:
    """The text with escapes for control characters, terminal escapes and lone surrogates."""
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shortened(text: str, whole: int, longest: int = LONGEST_TEXT) -> str:
    """The beginning of a text that once had ``whole`` characters; says how many are not shown."""
    if len(text) <= longest and whole <= LONGEST_SEARCHED:
        return text
    left_out = max(len(text), whole) - longest
    return f"{text[:longest]} [... {left_out} more characters]"


def without_password(text: str) -> str:
    """A text with the user name and password of a URL hidden, however badly the URL is written."""
    return re.sub(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?[^\s]*@", rf"\g<1>{MASK}@", text) if "@" in text else text


#: The most characters of a wrong value that a message shows.
_LONGEST_SHOWN = 100


def quoted(text: str) -> str:
    """A wrong value for a message: quoted, without a password, and not too long."""
    return repr(shortened(without_password(text), len(text), _LONGEST_SHOWN))


def shown(value: object, longest: int = 100) -> str:
    """A value of any JSON type as a message shows it: escaped, and shortened."""
    if isinstance(value, str):
        return shortened(repr(value[: 2 * longest]), len(value), longest)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        # Python refuses to write down a number of more than 4300 digits.
        return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    if isinstance(value, float):
        return repr(value)
    return "a dictionary" if isinstance(value, Mapping) else "a list"
