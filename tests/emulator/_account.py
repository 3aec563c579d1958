# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulated account: initial settings, state and reset."""

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
    """The initial settings of an emulator. ``state`` is a document for Store.load()."""

    access_keys: Sequence[AccessKey] = (DEFAULT_ACCESS_KEY,)
    account_id: str = "1234567890123456"
    region: str = "cn-hangzhou"
    switches: Mapping[str, object] = dataclasses.field(default_factory=dict)
    state: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    oidc_token: str = "emulator-oidc-token"
    journal_limit: int = DEFAULT_LIMIT
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        """Raise ValueError if a setting is invalid."""
        account_id: Any = self.account_id
        if not isinstance(account_id, str) or not (account_id.isascii() and account_id.isdigit()):
            raise ValueError(f"account_id: must be a string of digits, not {self.account_id!r}.")
        for name in ("region", "oidc_token"):
            if not isinstance(getattr(self, name), str) or not getattr(self, name):
                raise ValueError(f"{name}: must be a non-empty string, not {getattr(self, name)!r}.")
        for name in ("switches", "state"):
            if not isinstance(getattr(self, name), Mapping):
                raise ValueError(f"{name}: must be a dictionary, not {getattr(self, name)!r}.")
        if not all(isinstance(key, AccessKey) for key in self.access_keys):
            raise ValueError(f"access_keys: must be a list of AccessKey, not {self.access_keys!r}.")
        limit: Any = self.journal_limit
        if isinstance(limit, bool) or not isinstance(limit, int) or limit < 0:
            raise ValueError(f"journal_limit: must be a non-negative integer, not {limit!r}.")


class Account:
    """The state that is kept between requests."""

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
        self._initial: tuple[dict[str, Any], Any] = (self.switches.as_dict(), self.store.snapshot())

    def reset(self) -> None:
        """Restore the initial switches and state, and remove faults, journal entries and temporary keys."""
        switches, state = self._initial
        self.switches.update(switches)
        self.store.restore(state)
        self.faults.clear()
        self.journal.clear()
        self.keys.reset()
        self.bucket = TokenBucket()
