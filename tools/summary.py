# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print the result of each check that nox ran, followed by the number of checks that passed and failed.

    python tools/summary.py REPORT

``REPORT`` is the file that ``nox --report`` writes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(path: Path) -> None:
    """Print the summary."""
    sessions = json.loads(path.read_text("utf-8"))["sessions"]
    failed = [one for one in sessions if one["result"] != "success"]
    print()
    for one in sessions:
        print(f"{'FAILED' if one in failed else 'ok':7}{one['name']} {one['duration']:.0f} s")
    print(f"{len(sessions) - len(failed)} passed, {len(failed)} failed")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
