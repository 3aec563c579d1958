# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the collection package and test it with the importer used by Galaxy and Automation Hub.

    python tools/galaxy.py

The script builds the collection in the current folder and writes the package to .build/dist. The check fails if the
importer reports an error or a warning.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from project import BUILD, environment

DIST = BUILD / "dist"
# Checks that Automation Hub enables in addition to Galaxy's defaults.
STRICT = {
    "GALAXY_IMPORTER_CHECK_REQUIRED_TAGS": "true",
    "GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER": "true",
    "GALAXY_IMPORTER_RUN_FLAKE8": "true",
    "GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP": str(BUILD / "ansible" / "tmp"),
}
_PROBLEM = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\b", re.MULTILINE)


def build(folder: Path = DIST) -> Path:
    """Build the package of the collection in the current folder and return the package's path."""
    shutil.rmtree(folder, ignore_errors=True)
    command = ["ansible-galaxy", "collection", "build", "--output-path", str(folder)]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    (package,) = folder.glob("*.tar.gz")
    return package


def main() -> int:
    """Build the package, import it and return the exit status."""
    package = build()
    imported = subprocess.run(
        [sys.executable, "-m", "galaxy_importer.main", str(package)],
        cwd=DIST, env=environment(**STRICT), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    print(imported.stdout)
    return 1 if imported.returncode or _PROBLEM.search(imported.stdout) else 0


if __name__ == "__main__":
    sys.exit(main())
