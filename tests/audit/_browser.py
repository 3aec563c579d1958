# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headless Chromium: where it is, how it gets here, and the one way in which the tests start it."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
DRIVER = "chromedriver"
#: Debian's packages of both.
PACKAGES = ("chromium", "chromium-driver")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def missing_program() -> str:
    """The program without which no page can be opened, or an empty text."""
    if not any(map(shutil.which, BROWSERS)):
        return BROWSERS[0]
    return "" if shutil.which(DRIVER) else DRIVER


def install() -> str:
    """Install what is missing, where that is possible; why it is not, or an empty text."""
    missing = missing_program()
    if not missing:
        return ""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"there is no {missing} here, and it cannot be installed without apt-get and root"
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        done = subprocess.run(
            ["apt-get", "--quiet", *arguments],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
    missing = missing_program()
    return f"there is no {missing} here, and apt-get could not install it: {done.stderr[-300:]}" if missing else ""


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    """A browser with a new profile in this folder, which is to be empty."""
    options = ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)), "")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    # With the driver's path given, Selenium looks for none elsewhere.
    driver = Chrome(options=options, service=ChromeService(shutil.which(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()
