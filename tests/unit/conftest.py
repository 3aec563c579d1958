# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all unit tests need, whether pytest runs them in the checkout or ansible-test in its copy."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, Phase, settings

# The emulator's package; ansible-test knows nothing of pyproject.toml, which says the same.
sys.path.append(str(Path(__file__).resolve().parents[1]))

os.environ["ALIBABA_CLOUD_ECS_METADATA_DISABLED"] = "true"
os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"

# Machines are shared and noisy: no test asserts a time.
settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
# A mutant is judged by few examples, the same ones each time, and nobody reads the one that kills it.
settings.register_profile(
    "mutation",
    settings.get_profile("shared"),
    database=None,
    derandomize=True,
    max_examples=40,
    phases=(Phase.explicit, Phase.generate),
    report_multiple_bugs=False,
)
settings.load_profile("shared")
