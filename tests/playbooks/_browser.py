# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Find, install and start headless Chromium."""

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
#: The Debian packages that provide the browser and the driver.
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
    """Return the name of a missing program, or an empty string if none is missing."""
    if not any(map(shutil.which, BROWSERS)):
        return BROWSERS[0]
    return "" if shutil.which(DRIVER) else DRIVER


def install() -> str:
    """Install missing programs. Return the reason if the installation fails, or an empty string if it succeeds."""
    missing = missing_program()
    if not missing:
        return ""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return f"{missing} is not installed, and the installation requires apt-get and root privileges"
    for arguments in (("update",), ("install", "--yes", "--no-install-recommends", *PACKAGES)):
        process = subprocess.run(
            ["apt-get", "--quiet", *arguments],
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )  # fmt: skip
    missing = missing_program()
    return f"{missing} is not installed, and apt-get failed to install it: {process.stderr[-300:]}" if missing else ""


@contextlib.contextmanager
def browser(profile: Path) -> Iterator[Chrome]:
    """Start a browser with a new profile in the given folder, which must be empty."""
    options = ChromeOptions()
    options.binary_location = next(filter(None, map(shutil.which, BROWSERS)), "")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    # Pass the path to prevent Selenium from searching for or downloading a driver.
    driver = Chrome(options=options, service=ChromeService(shutil.which(DRIVER)))
    try:
        yield driver
    finally:
        driver.quit()
