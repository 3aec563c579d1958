# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Mask a task's secrets in external text before users see it. Pure.

Ansible's masking is not sufficient: ansible-core 2.19 does not mask warnings, 2.22 does not mask results, and no
release knows the secrets that a task obtains while it runs.
"""

from __future__ import annotations

import base64
import html
import json
import re
import threading
from typing import Iterable, Iterator, NamedTuple, Sequence
from urllib.parse import quote, quote_plus

from ansible_collections.alicloud.fc.plugins.module_utils._text import (
    LONGEST_SEARCHED,
    LONGEST_TEXT,
    MASK,
    printable,
    shortened,
)

#: Parts of a secret that have at least this length are also masked if the secret is at least twice this length.
_PART = 8
#: Shorter secrets are masked only as whole words. Otherwise, messages would become unreadable.
_SHORT = 4


class _SearchTerms(NamedTuple):
    """The spellings to search for, in lower case unless they are very short."""

    #: Sorted by length, longest first.
    spellings: Sequence[str] = ()
    parts: frozenset[str] = frozenset()

    def may_occur(self, text: str) -> bool:
        """Return whether a search is necessary. Nearly all texts contain no secrets, and a search takes much longer."""
        if _ESCAPE.search(text):
            return True
        views = [text, *(plain for run in _PACKED.findall(text) for plain in _unpacked(run))]
        everything, low = "\n".join(views), "\n".join(map(_lower, views))
        # Very short spellings are compared including their case.
        if any(map(low.__contains__, self.spellings)) or any(map(everything.__contains__, self.spellings)):
            return True
        return bool(self.parts) and not self.parts.isdisjoint(_parts_of(low))

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return the positions of all search terms in the text, ignoring case."""
        low = _lower(text)
        found = [span for spelling in self.spellings for span in _occurrences(spelling, text, low)]
        if self.parts:
            found += [(at, at + _PART) for at, part in enumerate(_parts_of(low)) if part in self.parts]
        return found

    def packed_spans(self, text: str) -> list[tuple[int, int]]:
        """Return the positions of base64 sequences that contain a secret, possibly together with other text."""
        runs = _PACKED.finditer(text)
        return [run.span() for run in runs if any(self.spans(plain) for plain in _unpacked(run[0]))]


class Redactor:
    """Stores a task's secrets and masks them in external text. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._secrets: set[str] = set()
        self._search_terms = _SearchTerms()

    @property
    def secrets(self) -> frozenset[str]:
        """The secrets as they were added."""
        with self._lock:
            return frozenset(self._secrets)

    def add(self, *secrets: str | None, parts: bool = True) -> None:
        """Add secrets so that every encoded form of them is masked.

        Args:
            parts: whether to also mask parts of long secrets. Use False for secrets that contain ordinary words.
        """
        with self._lock:
            for secret in secrets:
                if secret and secret not in self._secrets:
                    self._secrets.add(secret)
                    self._search_terms = self._search_terms_with(secret, parts and len(secret) >= 2 * _PART)

    def _search_terms_with(self, secret: str, parts: bool) -> _SearchTerms:
        spellings = {one if len(one) < _SHORT else _lower(one) for one in _spellings(secret)}
        cut = {part for spelling in spellings for part in _parts_of(spelling)} if parts else set()
        everything = {*self._search_terms.spellings, *spellings, *_hexadecimal(secret)} - {""}
        return _SearchTerms(sorted(everything, key=len, reverse=True), self._search_terms.parts | cut)

    def mask(self, text: str) -> str:
        """Return the text with all secrets and all long parts of secrets replaced with ``********``.

        Case is ignored. Secrets are also found if they contain JSON, Python, URL or HTML escapes or are encoded as
        hexadecimal or base64. A base64 sequence that contains a secret is replaced entirely.
        """
        with self._lock:
            search_terms = self._search_terms
        if not search_terms.spellings or not search_terms.may_occur(text):
            return text
        spans = []
        for view, starts in _views(text):
            found = search_terms.spans(view) + search_terms.packed_spans(view)
            spans += [(starts[start], starts[end]) for start, end in found]
        return _covered(text, spans)

    def text(self, text: object, longest: int = LONGEST_TEXT) -> str:
        """Prepare external text for display: mask secrets, escape unprintable characters and shorten the text."""
        masked = self.mask(str(text)[:LONGEST_SEARCHED])
        return shortened(printable(" ".join(masked.split())), len(str(text)), longest)


def _spellings(secret: str) -> Iterator[str]:
    """Yield the spellings of a secret in a response: plain, base64-encoded or escaped for URLs, JSON or HTML."""
    # A secret with a lone surrogate cannot be encoded, so it cannot have been sent.
    sendable = secret.encode("utf-8", "replace").decode("utf-8")
    # The last spelling has one character for each UTF-8 byte. Undoing byte escapes produces this spelling.
    plain = {secret, sendable, secret.strip(), sendable.encode().decode("latin-1")}
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


def _hexadecimal(secret: str) -> Iterator[str]:
    # Short secrets are not masked because they could match part of a number or timestamp.
    data = secret.encode("utf-8", "replace")
    return (data.hex(separator) if separator else data.hex() for separator in ("", ":", " ") if len(data) >= _SHORT)


_QUOTINGS = (lambda text: quote(text, safe=""), quote, quote_plus, lambda text: quote(text, safe="/:?&=~+,;@!$'()*"))


def _lower_hex(text: str) -> str:
    return re.sub("%[0-9A-F]{2}", lambda found: found[0].lower(), text)


def _parts_of(spelling: str) -> list[str]:
    return [spelling[start:end] for start, end in enumerate(range(_PART, len(spelling) + 1))]


def _occurrences(spelling: str, text: str, low: str) -> Iterator[tuple[int, int]]:
    """Yield the positions of a spelling. ``low`` is the text in lower case."""
    if len(spelling) < _SHORT:
        pattern = rf"(?<![A-Za-z0-9]){re.escape(spelling)}(?![A-Za-z0-9])"
        yield from (found.span() for found in re.finditer(pattern, text))
    elif spelling in low:
        yield from (found.span() for found in re.finditer(re.escape(spelling), low))


def _lower(text: str) -> str:
    """Return the text in lower case. Letters that would become longer are kept to preserve positions."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(char.lower() if len(char.lower()) == 1 else char for char in text)


#: An escaped character in JSON, Python, URLs or HTML.
_ESCAPE = re.compile(
    r"\\\\?u([0-9a-f]{4})|\\\\?x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,6});|&#([0-9]{1,7});", re.IGNORECASE
)
#: Maximum nesting depth of escapes.
_ESCAPED_AT_MOST = 3


def _views(text: str) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield the original text and then the text after each level of escapes has been undone.

    Each text is paired with the positions of its characters and its end in the original text.
    """
    view, starts = text, list(range(len(text) + 1))
    yield view, starts
    for _time in range(_ESCAPED_AT_MOST):
        unescaped, starts = _unescaped(view, starts)
        if unescaped == view:
            return
        view = unescaped
        yield view, starts


def _unescaped(text: str, starts: list[int]) -> tuple[str, list[int]]:
    chars: list[str] = []
    begins: list[int] = []
    end = 0
    for found in _ESCAPE.finditer(text):
        decimal = found[found.lastindex] if found.lastindex == 5 else None
        code = int(decimal) if decimal else int(found[found.lastindex or 0], 16)
        if code > 0x10FFFF:
            continue
        start = found.start()
        chars += [text[end:start], chr(code)]
        begins += [*starts[end:start], starts[start]]
        end = found.end()
    return "".join([*chars, text[end:]]), [*begins, *starts[end:]]


#: A possible base64 sequence.
_PACKED = re.compile(r"[A-Za-z0-9+/_-]{6,}")


def _unpacked(run: str) -> Iterator[str]:
    """Decode a base64 sequence at each possible alignment and yield the results."""
    code = run.replace("-", "+").replace("_", "/")
    for shift in range(4):
        unit = code[shift:]
        # A single leftover character cannot encode a byte. Two or three can be the end of encoded text.
        unit = unit[:-1] if len(unit) % 4 == 1 else unit
        yield base64.b64decode(unit + "=" * (-len(unit) % 4)).decode("latin-1")


def _covered(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """Return the text with the spans replaced with masks. Overlapping and adjacent spans share a mask."""
    shown: list[str] = []
    end = 0
    for start, stop in sorted(spans):
        if stop <= end:
            continue
        if start > end or not shown:
            shown += [text[end:start], MASK]
        end = stop
    return "".join([*shown, text[end:]])
