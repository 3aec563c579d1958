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
from dataclasses import dataclass
from typing import List, Optional, Union

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import READ_LAG, Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig, as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, differences
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError

SETTLING = 2.0
"""Seconds in which a read that does not show what was put may only be late."""


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


def delete(client: Client, planned: Plan) -> None:
    try:
        client.delete(planned.identity)
    except (ApiError, CredentialError) as error:
        if _never_sent(error):
            raise
        # One of its tries may have been carried out.
        try:
            found = client.get_after(error, planned.identity, lambda config: config is None)
        except NotFound:
            return
        except (ApiError, CredentialError) as blind:
            unknown = f"Whether it was removed is not known, because reading it back failed too: {blind}"
            raise ReconcileError(f"{error} {unknown}", _api_error(error)) from None
        if found is not None:
            raise


class Write:
    """Carries out the plan of a create or an update.

    It notes what the service was sent, since a read may be late: once a Put was answered, or a Delete may have been
    carried out, a read that shows what was there before proves nothing.
    """

    def __init__(self, client: Client, planned: Plan) -> None:
        self._client = client
        self._plan = planned
        self._put = False
        """Whether a Put was answered as documented."""
        self._deleted = False
        """Whether a Delete may have been carried out, so that only a Put can tell what is there."""

    def run(self) -> AsyncInvokeConfig:
        """The config as the service shows it. Raises :class:`ApiError`, CredentialError or :class:`ReconcileError`."""
        try:
            stored = self._put_and_verify()
        except (ApiError, CredentialError) as error:
            # If a config existed, its function existed too, so read again if the response denies that.
            no_function = isinstance(error, NotFound) and self._plan.current is None and not error.uncertain
            if not self._touched and (_never_sent(error) or no_function):
                raise
            stored = self._recover(error)
        except BaseException:
            # A defect, or the interpreter ends; no config must not be what is left.
            if self._touched and self._plan.clears:
                self._restore(None)
            raise
        unmet = self._plan.unmet(stored)
        if unmet or stored is None:
            message = _not_as_declared(self._plan, stored, unmet)
            raise ReconcileError(message, None, stored, not _is_as_before(self._plan, stored))
        return stored

    @property
    def _touched(self) -> bool:
        """Whether the service may have been changed."""
        return self._put or self._deleted

    def _put_and_verify(self) -> Optional[AsyncInvokeConfig]:
        """Put, look, and recreate if a field that had to go is still there. Returns what is stored then."""
        planned, settings = self._plan, self._plan.after or {}
        stored: Optional[AsyncInvokeConfig] = self._send_put(settings)
        if planned.clears and not planned.unmet(stored):
            # The answer may echo what was sent, so what had to go is looked for in a read too.
            stored = self._settled(SETTLING)
        left = set(planned.unmet(stored)) & set(planned.clears)
        if left:
            self._send_delete()
            self._send_put(settings)
            stored = self._settled(READ_LAG)
        elif planned.unmet(stored):
            stored = self._settled(SETTLING)
        return stored

    def _send_put(self, settings: Settings) -> AsyncInvokeConfig:
        stored = self._client.put(self._plan.identity, settings, vital=self._deleted)
        self._put = True
        return stored

    def _send_delete(self) -> None:
        try:
            self._client.delete(self._plan.identity)
        except (ApiError, CredentialError) as error:
            self._deleted = self._deleted or error.uncertain
            raise
        self._deleted = True

    def _settled(self, patience: float) -> Optional[AsyncInvokeConfig]:
        return self._client.get_until(self._plan.identity, lambda config: not self._plan.unmet(config), patience)

    # -- when a call failed --------------------------------------------------------------------------------------

    def _recover(self, error: Union[ApiError, CredentialError]) -> Optional[AsyncInvokeConfig]:
        """A call failed, but one of its tries may have been carried out: look, and leave nothing half done."""
        planned = self._plan
        try:
            found = self._found_after(error)
        except (ApiError, CredentialError) as blind:
            if planned.current is None:
                raise self._unknown(error, blind) from None
            raise self._restore(None).after(error) from None
        if not planned.unmet(found):
            return found
        gone = found is None and isinstance(error, NotFound)
        if not self._touched and (gone or _is_as_before(planned, found)):
            raise error
        if planned.current is None:
            raise self._left_over(found).after(error)
        raise self._restore(found).after(error)

    def _found_after(self, error: Union[ApiError, CredentialError]) -> Optional[AsyncInvokeConfig]:
        """What is there after a failed call. Reads again as long as they may be late, if that is in doubt."""
        try:
            if self._touched:
                return self._client.get(self._plan.identity)
            return self._client.get_after(
                error, self._plan.identity, lambda config: not _is_as_before(self._plan, config)
            )
        except NotFound:
            if self._touched:
                raise  # it was there for the Put
            return None

    def _unknown(self, error: Exception, blind: Exception) -> ReconcileError:
        """The error where a config may have been created, and nothing can be read."""
        unknown = f"Whether it was stored is not known, because reading it back failed too: {blind}"
        return ReconcileError(f"{error} {unknown}", _api_error(error))

    def _left_over(self, found: Optional[AsyncInvokeConfig]) -> _Restored:
        """What is said where no config was there before."""
        if found is None:
            return _Restored("It was put, but a read shows no config now; look at it.", None, changed=True)
        left = _shown(self._plan, found)
        return _Restored(f"A config is left that was not there before: {left}.", found, changed=True)

    def _restore(self, found: Optional[AsyncInvokeConfig]) -> _Restored:
        """Put the config back that was there before, over what was found (None: nothing, or it is not known)."""
        planned, current = self._plan, self._plan.current
        if current is None:
            return self._left_over(found)
        back = planned.back(None if found is None else found.settings)
        before = _shown(planned, current)
        try:
            stored = self._put_back(back)
        except (ApiError, CredentialError) as error:
            return self._not_restored(before, error)
        if back.unmet(stored):
            left = _shown(planned, stored)
            return _Restored(f"What is left is {left}; before, it was {before}.", stored, changed=True)
        return _Restored("The config that was there before is there again.", stored, changed=False)

    def _put_back(self, back: Plan) -> Optional[AsyncInvokeConfig]:
        """Put what was there before. What cannot be unset by a Put is removed with the config first."""
        settings = back.after or {}
        if back.clears and not self._deleted:
            # First, so that as much as possible is right if the config may not be deleted. Whether that was enough is
            # not looked at: the answer may be an echo, and a read may be late.
            self._send_put(settings)
            self._send_delete()
        return self._send_put(settings)

    def _not_restored(self, before: str, error: Exception) -> _Restored:
        planned = self._plan
        failed = f"Putting back the config that was there before, {before}, failed too"
        may_be = "gone" if self._deleted else "changed"
        unknown = _Restored(f"{failed}, and it may be {may_be}: {error}", None, changed=True)
        try:
            left = self._client.get(planned.identity)
        except (ApiError, CredentialError):
            return unknown
        if (self._deleted and left is not None) or (self._put and _is_as_before(planned, left)):
            return unknown  # the read is late
        if _is_as_before(planned, left):
            return _Restored("The config that was there before is there again.", left, changed=False)
        now = f"what a read shows now is {_shown(planned, left)}"
        return _Restored(f"{failed}, and {now}: {error}", left, changed=True)


@dataclass(frozen=True)
class _Restored:
    """How putting the config back went: a sentence, what is there now, and whether it differs from what was."""

    sentence: str
    left: Optional[AsyncInvokeConfig]
    changed: bool

    def after(self, error: Exception) -> ReconcileError:
        """The error of a write that failed before."""
        return ReconcileError(f"{error} {self.sentence}", _api_error(error), self.left, self.changed)


def _api_error(error: Exception) -> Optional[ApiError]:
    return error if isinstance(error, ApiError) else None


def _never_sent(error: Union[ApiError, CredentialError]) -> bool:
    """Whether the service never got the call, so that there is nothing to look for."""
    return not error.uncertain and (isinstance(error, CredentialError) or error.status is None)


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
