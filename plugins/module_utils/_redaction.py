# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The secrets of a task, and what happens to text from outside before a user sees it. Pure.

Ansible's own masking is not enough: ansible-core 2.19 does not mask warnings, 2.22 does not mask results, and no
release knows the secrets that a task obtains while it runs.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from typing import Iterable, Iterator
from urllib.parse import quote, quote_plus

MASK = "********"
#: What Ansible puts in place of a secret: in results (all of a value, or a part of it), and on the screen since 2.22.
ANSIBLE_MASKS = ("VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", MASK, "$REDACTED$")

#: The most characters of a text from outside that are shown.
LONGEST_TEXT = 500
#: The most characters that are searched for secrets. What is behind them is not shown either.
_LONGEST_SEARCHED = 64 * 1024
#: A part of a secret that is at least so long is hidden too, if the secret is at least twice as long.
_PART = 8
#: A secret that is shorter is hidden only if it stands alone, or every message would be full of masks.
_SHORT = 4


class Redactor:
    """Knows every secret of a task, and hides them in text from outside. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._spellings: list[str] = []
        self._parts: set[str] = set()

    @property
    def secrets(self) -> frozenset[str]:
        """Every secret as it was added."""
        with self._lock:
            return frozenset(self._secrets)

    def add(self, *secrets: str | None, parts: bool = True) -> None:
        """Hide these from now on, in every spelling.

        :arg parts: whether a part of a long secret is a secret too. False for texts that hold ordinary words.
        """
        with self._lock:
            for secret in secrets:
                if secret and secret not in self._secrets:
                    self._secrets.add(secret)
                    spellings = set(_spellings(secret))
                    self._spellings = sorted({*self._spellings, *spellings}, key=len, reverse=True)
                    if parts and len(secret) >= 2 * _PART:
                        self._parts.update(part for spelling in spellings for part in _parts_of(spelling))

    def mask(self, text: str) -> str:
        """The text with every secret, and every longer part of one, replaced by ``********``."""
        with self._lock:
            spellings, parts = self._spellings, self._parts
        spans = [span for spelling in spellings for span in _occurrences(spelling, text)]
        if parts:
            spans += [(at, at + _PART) for at, part in enumerate(_parts_of(text)) if part in parts]
        return _covered(text, spans)

    def text(self, text: object, longest: int = LONGEST_TEXT) -> str:
        """Make a text from outside fit to be shown: without secrets, on one line, printable, and not too long."""
        masked = self.mask(str(text)[:_LONGEST_SEARCHED])
        return shortened(printable(" ".join(masked.split())), len(str(text)), longest)


def printable(text: str) -> str:
    """The text with escapes for control characters, terminal escapes and lone surrogates."""
    return text if text.isprintable() else "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def shortened(text: str, whole: int, longest: int = LONGEST_TEXT) -> str:
    """The beginning of a text that once had ``whole`` characters; says how many are not shown."""
    if len(text) <= longest and whole <= _LONGEST_SEARCHED:
        return text
    left_out = max(len(text), whole) - longest
    return f"{text[:longest]} [... {left_out} more characters]"


def holds_mask(text: str) -> bool:
    """Whether a text holds what Ansible puts in place of a secret, so that it is not what it once was."""
    return any(mask in text for mask in ANSIBLE_MASKS)


def without_password(text: str) -> str:
    """A text with the user name and password of a URL hidden, however badly the URL is written."""
    return re.sub(r"^((?:[A-Za-z][A-Za-z0-9+.-]*:)?//)?[^\s]*@", rf"\g<1>{MASK}@", text) if "@" in text else text


def _spellings(secret: str) -> Iterator[str]:
    """A secret as it may stand in a server's answer: as it is, in a URL, in JSON, in HTML, in base64."""
    # A lone surrogate is in no secret that was ever sent, and has no spelling but its own.
    sendable = secret.encode("utf-8", "replace").decode("utf-8")
    plain = {secret, sendable, secret.strip()}
    quoted = {how(one) for one in (secret, sendable) for how in _QUOTINGS if one == sendable}
    twice = {quote(one, safe="") for one in quoted}
    for spelling in plain | quoted | twice | {_lower_hex(one) for one in quoted | twice}:
        yield spelling
        yield json.dumps(spelling)[1:-1]
        yield json.dumps(json.dumps(spelling)[1:-1])[1:-1]
        yield json.dumps(spelling).replace("/", "\\/")[1:-1]
        yield json.dumps(spelling, ensure_ascii=False)[1:-1]
        yield html.escape(spelling)
    encoded = base64.b64encode(sendable.encode()).decode()
    yield encoded.rstrip("=")
    yield encoded.rstrip("=").replace("+", "-").replace("/", "_")


_QUOTINGS = (lambda text: quote(text, safe=""), quote, quote_plus, lambda text: quote(text, safe="/:?&=~+,;@!$'()*"))


def _lower_hex(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _parts_of(spelling: str) -> Iterator[str]:
    return ("".join(part) for part in zip(*(spelling[start:] for start in range(_PART))))


def _occurrences(spelling: str, text: str) -> Iterator[tuple[int, int]]:
    if not spelling or spelling not in text:
        return
    pattern = re.escape(spelling)
    if len(spelling) < _SHORT:
        pattern = rf"(?<![A-Za-z0-9]){pattern}(?![A-Za-z0-9])"
    for found in re.finditer(pattern, text):
        yield found.span()


def _covered(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text with a mask over each run of spans that touch or overlap."""
    shown: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if stop <= end:
            continue
        if start > end or not shown:
            shown += [text[end:start], MASK]
        end = stop
    return "".join([*shown, text[end:]])
