# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site below .build/docs/html: the guides in docs/ and the modules' pages; a warning fails.

    python tools/docsite.py

antsibull-docs writes a page for each module, Sphinx makes HTML of these and of the guides. The guides are the Markdown
files that GitHub and Automation Hub show too, as they are.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from make_tree import make_link
from project import BUILD, ROOT, environment

GUIDES = ROOT / "docs"
SETTINGS = GUIDES / "docsite"
SITE = BUILD / "docs"


def run(*command: str) -> None:
    """Run a program of the virtual environment; raises SystemExit where it fails."""
    ended = subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False)
    if ended.returncode:
        raise SystemExit(f"docs: {command[0]} failed")


def gather(source: Path) -> None:
    """Bring the guides, their pictures and a page for each module together in an empty folder."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(GUIDES, source, ignore=shutil.ignore_patterns(SETTINGS.name))
    for page in (*SETTINGS.glob("*.md"), ROOT / "README.md"):
        shutil.copy2(page, source)
    modules = source / "modules"
    # antsibull-docs wants it so: what it makes names no person on its own machine.
    modules.mkdir(mode=0o755)
    run("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error",
        "--no-add-antsibull-docs-version", "--dest-dir", str(modules), "alicloud.fc")  # fmt: skip


def main() -> None:
    """Build the site from nothing, and print where it begins."""
    make_link()
    source, html = SITE / "source", SITE / "html"
    gather(source)
    shutil.rmtree(html, ignore_errors=True)
    run("sphinx-build", "--builder", "html", "--conf-dir", str(SETTINGS), "--doctree-dir", str(SITE / "doctrees"),
        "--fresh-env", "--fail-on-warning", "--keep-going", "--quiet", str(source), str(html))  # fmt: skip
    print(html / "index.html")


if __name__ == "__main__":
    main()
