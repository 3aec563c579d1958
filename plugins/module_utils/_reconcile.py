# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Carry a plan out: put, look at what was stored, recreate where need be, restore where that fails.

FC's Put merges: a field that it is not given stays as it was (doc 181752, "items that are not specified remain
unchanged"), and whether the service can be told to clear a field is unknown. So a field that has to go is looked for
after the Put, and if it is still there, the config is deleted and put again. Whatever fails on the way, the config
that was there before is put back, or the error says what is left.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Callable, List, Optional, Union

from ansible_collections.alicloud.fc.plugins.module_utils._client import ApiError, Client, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    AsyncInvokeConfig,
    Desired,
    Plan,
    as_options,
    differences,
    plan,
)
from ansible_collections.alicloud.fc.plugins.module_utils._credentials import CredentialError

SETTLING = 2.0
"""Seconds in which a read that does not show what was put may only be late."""
SETTLING_ANEW = 20.0
"""The same after the config was deleted and put again, when there is nothing more to try."""


class ReconcileError(Exception):
    """A config could not be brought to what was declared; ``str()`` says what is there now.

    ``cause`` is the failed call's error, None where every call succeeded and the service stored something else.
    ``left`` is the config that was seen last, None where there is none or nothing can be seen. ``changed`` is whether
    it differs from the one before, or may.
    """

    def __init__(
        self,
        message: str,
        cause: Optional[ApiError] = None,
        left: Optional[AsyncInvokeConfig] = None,
        changed: bool = True,
    ) -> None:
        super().__init__(message)
        self.cause = cause
        self.left = left
        self.changed = changed


class _Deleted(Exception):
    """The config was deleted, and putting it anew failed with ``error``."""

    def __init__(self, error: Union[ApiError, CredentialError]) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(frozen=True)
class Outcome:
    """What came of one config: the plan, and the config that is there now (predicted, in check mode)."""

    plan: Plan
    config: Optional[AsyncInvokeConfig]


def reconcile(client: Client, desired: Desired, check_mode: bool, warn: Callable[[str], None]) -> Outcome:
    """Read, plan, write, verify one config. Raises :class:`ApiError` or :class:`ReconcileError`."""
    planned = plan(desired, read(client, desired, check_mode, warn))
    return Outcome(planned, planned.predicted if check_mode else apply(client, planned))


def read(
    client: Client, desired: Desired, check_mode: bool, warn: Callable[[str], None]
) -> Optional[AsyncInvokeConfig]:
    """The current config, None where there is none. What it belongs to may be missing: the write will tell."""
    try:
        return client.get(desired.identity)
    except NotFound as error:
        if check_mode and desired.present:
            warn(f"{error} The task would fail now; the config is reported as if the function were there.")
        return None


def apply(client: Client, planned: Plan) -> Optional[AsyncInvokeConfig]:
    """Make the plan true; returns the config as the service shows it, None where there is none."""
    if not planned.changed:
        return planned.current
    if planned.action == "delete":
        _delete(client, planned)
        return None
    return _write(client, planned)


def _delete(client: Client, planned: Plan) -> None:
    try:
        client.delete(planned.identity)
    except (ApiError, CredentialError) as error:
        # One of its tries may have been carried out.
        try:
            found = _look(client, planned)
        except (ApiError, CredentialError) as blind:
            unknown = f"Whether it was removed is not known, because reading it back failed too: {blind}"
            raise ReconcileError(f"{error} {unknown}", error if isinstance(error, ApiError) else None) from None
        if found is not None:
            raise


def _write(client: Client, planned: Plan) -> AsyncInvokeConfig:
    try:
        stored = _establish(client, planned)
    except NotFound:
        raise
    except (ApiError, CredentialError) as error:
        stored = _after_failure(client, planned, error, deleted=False)
    except _Deleted as gone:
        stored = _after_failure(client, planned, gone.error, deleted=True)
    except BaseException:
        # Interrupted, perhaps between a delete and a put: no config must not be what is left.
        if planned.clears:
            _restore(client, planned, planned.predicted)
        raise
    unmet = planned.unmet(stored)
    if unmet or stored is None:
        raise ReconcileError(_not_as_declared(planned, stored, unmet), None, stored, not _is_as_before(planned, stored))
    return stored


def _establish(client: Client, planned: Plan) -> Optional[AsyncInvokeConfig]:
    """Put, look, and recreate if a field that had to go is still there. Returns what is stored then."""
    settings = planned.after or {}
    stored: Optional[AsyncInvokeConfig] = client.put(planned.identity, settings)
    if planned.clears and not planned.unmet(stored):
        # The answer may echo what was sent, so what had to go is looked for in a read too.
        stored = _settled(client, planned, SETTLING)
    left = set(planned.unmet(stored)) & set(planned.clears)
    if left:
        client.delete(planned.identity)
        try:
            client.put(planned.identity, settings)
        except (ApiError, CredentialError) as error:
            raise _Deleted(error) from None
        stored = _settled(client, planned, SETTLING_ANEW)
    elif planned.unmet(stored):
        stored = _settled(client, planned, SETTLING)
    return stored


def _settled(client: Client, planned: Plan, patience: float) -> Optional[AsyncInvokeConfig]:
    return client.get_until(planned.identity, lambda config: not planned.unmet(config), patience)


def _after_failure(
    client: Client, planned: Plan, error: Union[ApiError, CredentialError], deleted: bool
) -> Optional[AsyncInvokeConfig]:
    """A write failed, but one of its tries may have been stored: look, and leave nothing half done."""
    cause = error if isinstance(error, ApiError) else None
    try:
        found = _look(client, planned)
    except (ApiError, CredentialError) as blind:
        if planned.current is None:
            unknown = f"Whether it was stored is not known, because reading it back failed too: {blind}"
            raise ReconcileError(f"{error} {unknown}", cause) from None
        raise _restore(client, planned, planned.predicted).after(error, cause) from None
    if not planned.unmet(found):
        return found
    if _is_as_before(planned, found) and not deleted:  # after a delete, such a read is only late
        raise error
    raise _restore(client, planned, found).after(error, cause)


@dataclass(frozen=True)
class _Restored:
    """How putting the config back went: a sentence, what is there now, and whether it differs from what was."""

    sentence: str
    left: Optional[AsyncInvokeConfig]
    changed: bool

    def after(self, error: Exception, cause: Optional[ApiError]) -> ReconcileError:
        """The error of a write that failed before."""
        return ReconcileError(f"{error} {self.sentence}", cause, self.left, self.changed)


def _restore(client: Client, planned: Plan, found: Optional[AsyncInvokeConfig]) -> _Restored:
    """Put the config back that was there before, over what is found now.

    Where nothing can be read, ``found`` is what was to be put: all of it may be there, and has to be looked for.
    """
    if planned.current is None:
        return _Restored(f"A config is left that was not there before: {_shown(planned, found)}.", found, changed=True)
    back = replace(planned, current=found, after=planned.current.settings)
    try:
        _establish(client, back)
        # What is there to clear may not have been known, so an answer that only echoes would not do.
        stored = _settled(client, back, SETTLING)
    except (ApiError, CredentialError, _Deleted) as error:
        failed = f"Putting back the config that was there before, {_shown(planned, planned.current)}, failed too"
        try:
            left = _look(client, planned)
        except (ApiError, CredentialError):
            return _Restored(f"{failed}, and it may be gone: {error}", None, changed=True)
        now = f"what a read shows now is {_shown(planned, left)}"
        return _Restored(f"{failed}, and {now}: {error}", left, not _is_as_before(planned, left))
    if back.unmet(stored):
        before = _shown(planned, planned.current)
        return _Restored(f"What is left is {_shown(planned, stored)}; before, it was {before}.", stored, changed=True)
    return _Restored("The config that was there before is there again.", stored, changed=False)


def _look(client: Client, planned: Plan) -> Optional[AsyncInvokeConfig]:
    try:
        return client.get(planned.identity)
    except NotFound:
        return None


def _is_as_before(planned: Plan, found: Optional[AsyncInvokeConfig]) -> bool:
    if found is None or planned.before is None:
        return found is None and planned.before is None
    return not differences(planned.generation, planned.before, found.settings)


def _shown(planned: Plan, config: Optional[AsyncInvokeConfig]) -> str:
    if config is None:
        return "no config"
    return json.dumps(as_options(planned.generation, config.settings))


def _not_as_declared(planned: Plan, stored: Optional[AsyncInvokeConfig], unmet: List[str]) -> str:
    if stored is None or planned.after is None:
        return f"{planned.identity.id} was put, but Function Compute shows no config there."
    details = "; ".join(
        f"{option} is declared as {json.dumps(planned.after[option])}, stored as {json.dumps(stored.settings[option])}"
        for option in unmet
    )
    return (
        f"Function Compute stores something else than declared for {planned.identity.id}: {details}. "
        f"The config that is there now is {_shown(planned, stored)}. "
        "Declare what the service can store, or report this."
    )
