# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fenced blocks in a Markdown document.

The language determines how the tests handle a block:

- ``shell``: commands, which are run until one fails;
- ``console``: commands after ``$``, each followed by its expected output, which is compared with the actual output;
- ``yaml``: a playbook or tasks, which are run;
- ``text``, ``json``, ``hcl``, ``python``: not run.

A comment on the line above a block overrides this. ``<!-- file: NAME -->`` writes the block to a file that later blocks
can use. ``<!-- not run: REASON -->`` skips the block. Comments are not rendered, so the paragraph above must mention
the file name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

RUN = frozenset({"shell", "console", "yaml"})
SHOWN = frozenset({"text", "json", "hcl", "python", "{toctree}"})

_FENCE = re.compile(
    r"^(?:<!-- (?P<marker>[a-z ]+): (?P<value>[^\n]+?) -->\n)?"
    r"^(?P<fence>```+)(?P<language>\S*)\n(?P<text>.*?)^(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_MARKERS = frozenset({"file", "not run"})


@dataclass(frozen=True)
class Block:
    """A fenced block and, if specified, the file to write it to and the reason for skipping it."""

    #: The document and line number, for messages.
    location: str
    language: str
    text: str
    file: str = ""
    not_run: str = ""


def blocks(document: Path) -> Iterator[Block]:
    """Yield a document's blocks in order. Raises ValueError for unsupported languages and markers."""
    content = document.read_text("utf-8")
    for match in _FENCE.finditer(content):
        location = f"{document.name}:{content.count(chr(10), 0, match.start('fence')) + 1}"
        language, marker, value = match["language"], match["marker"], match["value"]
        if language not in RUN | SHOWN:
            raise ValueError(f"{location}: a block's language must be one of {sorted(RUN | SHOWN)}, not {language!r}")
        if marker is not None and marker not in _MARKERS:
            raise ValueError(f"{location}: a block's marker must be one of {sorted(_MARKERS)}, not {marker!r}")
        if marker == "file" and f"`{value}`" not in content[: match.start()].rstrip().rpartition("\n\n")[2]:
            raise ValueError(f"{location}: the paragraph above must contain the file name `{value}`")
        yield Block(
            location=location,
            language=language,
            text=match["text"],
            file=value if marker == "file" else "",
            not_run=value if marker == "not run" else "",
        )


@dataclass(frozen=True)
class Command:
    """A command in a ``console`` block and its expected output."""

    command: str
    output: str


def commands(block: Block) -> list[Command]:
    """Return the commands in a console block. A backslash at the end of a line continues a command on the next line."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", block.text, flags=re.MULTILINE)
    if parts[0].strip():
        raise ValueError(f"{block.location}: a console block must begin with a command")
    return [Command(command, output) for command, output in zip(parts[1::2], parts[2::2], strict=True)]


#: Patterns for text that differs between runs, and their replacements.
_VARIABLE_TEXT = (
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z", "TIME"),
    (r"\b[0-9A-F]{8}-(?:[0-9A-F]{4}-){3}[0-9A-F]{12}\b", "REQUEST-ID"),
    (r"_ssl\.c:\d+", "_ssl.c"),
    (r"\b127\.0\.0\.1:\d+", "HOST:PORT"),
    (r"[ \t]+$", ""),
    (r"\*{3,}", "***"),
    (r"[ \t]{2,}(?=changed=|failed=|unreachable=|skipped=|rescued=|ignored=|: ok=)", " "),
    (r"(?<=\w) +(?=: ok=)", " "),
)


def normalize(output: str) -> str:
    """Replace text that differs between runs, such as times, request IDs, ports and padding."""
    for pattern, replacement in _VARIABLE_TEXT:
        output = re.sub(pattern, replacement, output, flags=re.MULTILINE)
    return "\n".join(line for line in output.splitlines() if line)


def matches(expected: str, actual: str) -> bool:
    """Return whether the actual output matches the expected output. A ``...`` line matches any number of lines."""
    pattern = "\n".join(
        r"(?s:.*)" if line.strip() == "..." else re.escape(line) for line in normalize(expected).splitlines()
    )
    return re.fullmatch(pattern, normalize(actual)) is not None
