# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Setup for the unit tests, which run with pytest in a checkout or with ansible-test in a copy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

# Make the emulator importable. pyproject.toml sets the same path, but ansible-test does not read it.
sys.path.append(str(Path(__file__).resolve().parents[1]))

os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

# Test machines are shared and sometimes slow, so tests have no deadline.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Mutation tests use a few reproducible examples. Failing examples are not shrunk because nobody reads them.
settings.register_profile(
    "mutation",
    settings.get_profile("shared"),
    database=None,
    derandomize=True,
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
)
# ansible-test only verifies that the tests also pass in its layout, so it uses few examples. pytest uses all examples.
settings.register_profile("ansible-test", settings.get_profile("shared"), max_examples=10)
settings.load_profile("ansible-test" if "ansible_pytest_collections" in sys.modules else "shared")
