# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulated account: what it starts with, what it holds now, and the way back to the start."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._faults import Faults, TokenBucket
from ._journal import DEFAULT_LIMIT, Journal
from ._keys import AccessKey, KeyRing
from ._store import Store
from ._switches import Switches

DEFAULT_ACCESS_KEY = AccessKey("LTAIemulator", "emulator-secret")


@dataclasses.dataclass(frozen=True)
class Settings:
    """What an emulator starts with; ``state`` is a document as Store.load takes it."""

    access_keys: Sequence[AccessKey] = (DEFAULT_ACCESS_KEY,)
    account_id: str = "1234567890123456"
    region: str = "cn-hangzhou"
    switches: Mapping[str, object] = dataclasses.field(default_factory=dict)
    state: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    oidc_token: str = "emulator-oidc-token"
    journal_limit: int = DEFAULT_LIMIT
    clock: Callable[[], float] = time.time


class Account:
    """Everything that lasts between requests."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.switches = Switches()
        self.switches.update(settings.switches)
        self.store = Store(self.switches, settings.clock, settings.account_id, settings.region)
        self.store.load(settings.state)
        self.faults = Faults()
        self.journal = Journal(settings.journal_limit)
        self.keys = KeyRing(settings.access_keys, settings.clock)
        self.bucket = TokenBucket()
        self._start: tuple[dict[str, Any], Any] = (self.switches.as_dict(), self.store.snapshot())

    def reset(self) -> None:
        """Go back to the start: switches, state, no faults, an empty journal, no temporary keys."""
        switches, state = self._start
        self.switches.update(switches)
        self.store.restore(state)
        self.faults.clear()
        self.journal.clear()
        self.keys.reset()
        self.bucket = TokenBucket()
