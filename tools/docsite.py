# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site in .build/docs/html from the guides and the module documentation.

    python tools/docsite.py

antsibull-docs creates a page for each module. Sphinx builds HTML from these pages and the guides. GitHub and Automation
Hub display the same Markdown files. Warnings are treated as errors.
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
    """Run a program from the virtual environment. Raise SystemExit if it fails."""
    process = subprocess.run(command, cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, check=False)
    if process.returncode:
        raise SystemExit(f"docs: {command[0]} failed.")


def collect_sources(source: Path) -> None:
    """Copy the guides and their images to an empty folder and create a page for each module."""
    shutil.rmtree(source, ignore_errors=True)
    shutil.copytree(GUIDES, source, ignore=shutil.ignore_patterns(SETTINGS.name))
    for page in (*SETTINGS.glob("*.md"), ROOT / "README.md"):
        shutil.copy2(page, source)
    modules = source / "modules"
    # antsibull-docs requires these permissions.
    modules.mkdir(mode=0o755)
    run("antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error",
        "--no-add-antsibull-docs-version", "--dest-dir", str(modules), "alicloud.fc")  # fmt: skip


def main() -> None:
    """Build the site from scratch and print the path of its first page."""
    make_link()
    source, html = SITE / "source", SITE / "html"
    collect_sources(source)
    shutil.rmtree(html, ignore_errors=True)
    run("sphinx-build", "--builder", "html", "--conf-dir", str(SETTINGS), "--doctree-dir", str(SITE / "doctrees"),
        "--fresh-env", "--fail-on-warning", "--keep-going", "--quiet", str(source), str(html))  # fmt: skip
    print(html / "index.html")


if __name__ == "__main__":
    main()
