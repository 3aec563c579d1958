# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pytest configuration: property tests have no deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("emulator", deadline=None)
settings.load_profile("emulator")
