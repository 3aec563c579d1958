# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Marker for tests that require the FC 3.0 SDK, which cannot be installed alongside the oldest supported transport."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

NEEDS_FC3 = pytest.mark.skipif(
    find_spec("alibabacloud_fc20230330") is None, reason="alibabacloud-fc20230330 is not installed"
)
