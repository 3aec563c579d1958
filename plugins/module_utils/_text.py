# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Prepare external text and invalid values for messages. Pure."""

from __future__ import annotations

import re
from typing import Mapping

MASK = "********"
#: Ansible replaces secrets, or text that contains secrets, with these masks.
ANSIBLE_MASKS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", MASK, "$REDACTED$")
#: Maximum length of external text in messages.
LONGEST_TEXT = 500
#: Maximum length of text that is searched for secrets. Text beyond this length is not displayed either.
LONGEST_SEARCHED = 64 * 1024


def printable(text: str) -> str:
    """Return the text with control characters, terminal escapes and lone surrogates escaped."""
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shortened(text: str, whole: int, longest: int = LONGEST_TEXT) -> str:
    """Shorten text that originally had ``whole`` characters and append the number of omitted characters."""
    if len(text) <= longest and whole <= LONGEST_SEARCHED:
        return text
    left_out = max(len(text), whole) - longest
    return f"{text[:longest]} [... {left_out} more characters]"


def without_password(text: str) -> str:
    """Return the text with the user name and password in a URL masked, even if the URL is malformed."""
    return re.sub(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?[^\s]*@", rf"\g<1>{MASK}@", text) if "@" in text else text


#: Maximum length of an invalid value in messages.
_LONGEST_SHOWN = 100


def quoted(text: str) -> str:
    """Format an invalid value for a message: quote it, shorten it and mask the password in a URL."""
    return repr(shortened(without_password(text), len(text), _LONGEST_SHOWN))


def shown(value: object, longest: int = 100) -> str:
    """Format a JSON value for a message: escape and shorten it."""
    if isinstance(value, str):
        return shortened(repr(value[: 2 * longest]), len(value), longest)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        # Python refuses to convert an int with more than 4300 digits to a string.
        return str(value) if abs(value) < 10**20 else "a number with more than 20 digits"
    if isinstance(value, float):
        return repr(value)
    return "a dictionary" if isinstance(value, Mapping) else "a list"
