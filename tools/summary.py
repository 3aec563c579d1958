# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the result of each check that nox ran, the errors in the logs of those that failed, and the total numbers.

    python tools/summary.py REPORT

``REPORT`` is the file that ``nox --report`` writes.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from project import LOGS

#: Lines of pytest, ansible-test and other programs that name a failed test or another error.
_ERROR = re.compile(r"^(?:FAILED|ERROR|CRITICAL)\b.*", re.MULTILINE)
#: For galaxy-importer, which ends successfully, warnings are errors.
_WARNING = re.compile(r"^WARNING:.*", re.MULTILINE)
#: Maximum number of lines for a check.
_MOST_LINES = 12


def errors(name: str) -> Iterator[str]:
    """Yield the first lines in the log of a check that name an error, or its last lines."""
    log = LOGS / f"{name}.log"
    if log.exists():
        text = log.read_text("utf-8", errors="replace")
        found = _ERROR.findall(text) or _WARNING.findall(text) or text.splitlines()[-_MOST_LINES:]
        yield from found[:_MOST_LINES]


def main(path: Path) -> None:
    """Print the summary."""
    sessions = json.loads(path.read_text("utf-8"))["sessions"]
    failed = [one for one in sessions if one["result"] != "success"]
    print()
    for one in sessions:
        print(f"{'FAILED' if one in failed else 'ok':7}{one['name']} {one['duration']:.0f} s")
        if one in failed:
            print(*(f"       {line[:200]}\n" for line in errors(one["name"])), sep="", end="")
    print(f"{len(sessions) - len(failed)} passed, {len(failed)} failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
