# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Format external text as GitHub-flavored Markdown that is displayed literally. Pure.

All functions expect printable text, which contains neither line breaks nor other control characters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from urllib.parse import quote

#: Words that no renderer changes. GitHub links mentions, issues, commits, addresses and the references of other
#: trackers (such as PROJECT-1) after it has decoded entities, but not in code. Escaping alone therefore is not
#: sufficient, and all other words are formatted as code.
_PLAIN_WORD = re.compile(r"""[('"]*(?:[A-Za-z]+(?:'[a-z]+)?|[0-9]{1,6})['".,;:)]*""")
#: Words that GitHub might take for the ID of a commit or for the beginning of an address.
_LINKED_WORD = re.compile(r"""[('"]*(?:[0-9a-f]{7,40}|www)['".,;:)]*""", re.IGNORECASE)
#: URLs that may be linked. A valid URL is ASCII.
_HTTPS_URL = re.compile("https://[A-Za-z0-9][!-~]{1,2000}")
#: Characters that are not encoded in a URL.
_URL_CHARACTERS = "/:?=%#+,;&"


def code(text: str) -> str:
    """Format text as code. Empty text remains empty."""
    if not text:
        return ""
    runs = set(map(len, re.findall("`+", text)))
    fence = "`" * next(length for length in range(1, len(text) + 2) if length not in runs)
    # Renderers remove one space at each end if there is one at both ends.
    padded = text.strip(" ") and (text[0] in "` " or text[-1] in "` ")
    return f"{fence} {text} {fence}" if padded else f"{fence}{text}{fence}"


def prose(text: str) -> str:
    """Format text so that plain words are displayed as text and all others as code."""
    words = text.split(" ")
    if "" in words:
        # Renderers collapse spaces outside of code.
        return code(text)
    # At the beginning of a line, a number may begin a list.
    plain = [_is_plain(word) and (at > 0 or not word[0].isdigit()) for at, word in enumerate(words)]
    parts = []
    start = 0
    for end in range(1, len(words) + 1):
        if end == len(words) or plain[end] != plain[start]:
            run = " ".join(words[start:end])
            parts.append(run if plain[start] else _code_in_prose(run))
            start = end
    return " ".join(parts)


def _code_in_prose(text: str) -> str:
    """Format text as code, except for punctuation around it."""
    opening, middle, closing = re.fullmatch(r"(\(*)(.*?)([.,;:)]*)", text).groups()  # type: ignore[union-attr]
    return f"{opening}{code(middle)}{closing}" if middle else code(text)


def _is_plain(word: str) -> bool:
    return _PLAIN_WORD.fullmatch(word) is not None and _LINKED_WORD.fullmatch(word) is None


def link(text: str, url: str | None) -> str:
    """Format text as code, with a link if there is a valid HTTPS URL."""
    if not text or url is None or _HTTPS_URL.fullmatch(url) is None:
        return code(text)
    return f"[{code(text)}]({quote(url, _URL_CHARACTERS).replace('&', '&amp;')})"


def table_row(cells: Iterable[str]) -> str:
    """Return a row of a table. The cells contain Markdown."""
    # A table is split into cells before code is recognized. The renderer removes the backslashes.
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def table_head(headings: Sequence[str], text_columns: int | None = None) -> str:
    """Return the head of a table. The columns after the first ``text_columns`` columns contain numbers."""
    numbers = len(headings) if text_columns is None else text_columns
    return f"{table_row(headings)}\n{table_row('---' if at < numbers else '---:' for at in range(len(headings)))}"
