# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator of the Function Compute control plane for tests and demonstrations. See README.md."""

from __future__ import annotations

from ._errors import FcError
from ._faults import Fault, Faults
from ._journal import Entry, Journal
from ._keys import AccessKey
from ._model import ConfigKey, StoredConfig
from ._store import Snapshot, Store
from ._switches import Switches
from ._thread import Emulator

__all__ = [
    "AccessKey",
    "ConfigKey",
    "Emulator",
    "Entry",
    "Fault",
    "Faults",
    "FcError",
    "Journal",
    "Snapshot",
    "Store",
    "StoredConfig",
    "Switches",
]

#: The version of the collection.
__version__ = "1.0.0"
