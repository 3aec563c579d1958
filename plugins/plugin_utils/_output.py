# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Decide whether text may be displayed besides the output of the callback. Pure."""

from __future__ import annotations

#: Callbacks whose output is read by programs or is not wanted. Names that contain "json" are recognized separately.
_WITHOUT_TEXT = ("null", "xml")


def is_machine_readable(stdout_callback: str) -> bool:
    """Return whether additional text would break the output of a callback, such as ``ansible.posix.json``."""
    name = stdout_callback.rpartition(".")[2]
    return "json" in name or name in _WITHOUT_TEXT
