# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""State documents in JSON files."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any


def read_state(file: str | os.PathLike[str]) -> dict[str, Any]:
    """Return the state document in a file. Raise ValueError if the file cannot be read or is invalid."""
    file = Path(file).absolute()
    try:
        state = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ValueError(f"Cannot read the state file {file}: {error.strerror}.") from None
    except ValueError as error:
        raise ValueError(f"The state file {file} is not valid JSON: {error}.") from None
    if not isinstance(state, dict):
        raise ValueError(f"The state file {file} must contain a JSON object.")
    return state
