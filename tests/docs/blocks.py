# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fenced blocks of a Markdown document, and what they are for.

A block's language says what becomes of it:

- ``shell``: commands, run by a shell that stops at the first that fails;
- ``console``: commands after ``$``, and what they print, which is compared;
- ``yaml``: a playbook, or tasks, which are run;
- ``text``, ``json``, ``hcl``, ``python``: shown, not run.

A comment on the line above it says otherwise: ``<!-- file: NAME -->`` writes it to a file that later blocks use, and
``<!-- not run: REASON -->`` leaves it out. A reader does not see the comment, so the paragraph above names the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = frozenset({"shell", "console", "yaml"})
SHOWN = frozenset({"text", "json", "hcl", "python", "{toctree}"})

_FENCE = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+): (?P<value>[^\n]+?) -->\n)?"
    r"^(?P<fence>```+)(?P<language>\S*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_MARKS = frozenset({"file", "not run"})


@dataclass(frozen=True)
class Block:
    """One fenced block. ``file``: where it is written to; ``not_run``: why it is left out; empty where neither."""

    #: The document and the line, for messages.
    place: str
    language: str
    text: str
    file: str = ""
    not_run: str = ""


def blocks(document: Path) -> Iterator[Block]:
    """Yield a document's blocks in order. Raises ValueError for a language or mark that this convention lacks."""
    content = document.read_text("utf-8")
    for match in _FENCE.finditer(content):
        place = f"{document.name}:{content.count(chr(10), 0, match.start('fence')) + 1}"
        language, mark, value = match["language"], match["mark"], match["value"]
        if language not in RUN | SHOWN:
            raise ValueError(f"{place}: a block's language must be one of {sorted(RUN | SHOWN)}, not {language!r}")
        if mark is not None and mark not in _MARKS:
            raise ValueError(f"{place}: a block's mark must be one of {sorted(_MARKS)}, not {mark!r}")
        if mark == "file" and f"`{value}`" not in content[: match.start()].rstrip().rpartition("\n\n")[2]:
            raise ValueError(f"{place}: the paragraph above does not tell the reader that this is `{value}`")
        yield Block(
            place=place,
            language=language,
            text=match["text"],
            file=value if mark == "file" else "",
            not_run=value if mark == "not run" else "",
        )


@dataclass(frozen=True)
class Command:
    """A command of a ``console`` block, and the lines that it is shown to print."""

    command: str
    output: str


def commands(block: Block) -> list[Command]:
    """Return a console block's commands. A line that ends with a backslash goes on in the next."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", block.text, flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{block.place}: a console block begins with a command")
    return [Command(command, output) for command, output in zip(parts[1::2], parts[2::2], strict=True)]


#: What differs from run to run, and what stands for it when two outputs are compared.
_CHANGING = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "TIME"),
    (r"\b[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}\b", "REQUEST-ID"),
    (r"_ssl\.c:\d+", "_ssl.c"),
    (r"\b127\.0\.0\.1:\d+", "HOST:PORT"),
    (r"[ \t]+$", ""),
    (r"\*{3,}", "***"),
    (r"[ \t]{2,}(?=changed=|failed=|unreachable=|skipped=|rescued=|ignored=|: ok=)", " "),
    (r"(?<=\w) +(?=: ok=)", " "),
)


def plain(output: str) -> str:
    """Return an output without what differs from run to run: times, request ids, ports, the width of the terminal."""
    for pattern, stand_in in _CHANGING:
        output = re.sub(pattern, stand_in, output, flags=re.MULTILINE)
    return "\n".join(line for line in output.splitlines() if line)


def shows(shown: str, printed: str) -> bool:
    """Tell whether an output is what a document shows; a line ``...`` there stands for any number of lines."""
    pattern = "\n".join(r"(?s:.*)" if line.strip() == "..." else re.escape(line) for line in plain(shown).splitlines())
    return re.fullmatch(pattern, plain(printed)) is not None
