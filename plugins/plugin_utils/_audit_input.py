# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate the input of the filters that format audit reports."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleFilterError


def checked_report(name: str, report: Any) -> Mapping[str, Any]:
    """Return a report, or at least its rows. Raises ``AnsibleFilterError`` for any other input of the filter."""
    rows = report.get("rows") if isinstance(report, Mapping) else None
    if isinstance(rows, list) and all(isinstance(row, Mapping) and {"id", "verdict"} <= set(row) for row in rows):
        return report  # type: ignore[no-any-return]
    raise AnsibleFilterError(f"{name}: the input must be an audit report in the format of this release.")
