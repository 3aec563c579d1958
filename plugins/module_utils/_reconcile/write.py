# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Apply a plan: put and verify the configuration, recreate it if necessary and restore it on failure.

The FC Put operation merges updates: fields that are not specified keep their values (doc 181752, "items that are not
specified remain unchanged"). It is unknown whether a Put can unset a field. Therefore, the fields to unset are verified
after the Put. If any of them is still set, the configuration is deleted and put again. If any step fails, the previous
configuration is restored, or the error describes the resulting configuration.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import READ_LAG, Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig, as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, differences
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError

#: Number of seconds during which reads may not yet show the result of a Put.
READ_CONSISTENCY_TIMEOUT = 2.0


def delete(client: Client, planned: Plan) -> None:
    try:
        client.delete(planned.identity)
    except (ApiError, CredentialError) as error:
        if _never_sent(error):
            raise
        # The request may have taken effect despite the error.
        try:
            found = client.get_after(error, planned.identity, lambda config: config is None)
        except NotFound:
            return
        except (ApiError, CredentialError) as read_error:
            unknown = "It is unknown whether the configuration was deleted, because reading it also failed"
            raise ReconcileError(f"{error} {unknown}: {read_error}", _api_error(error)) from None
        if found is not None:
            raise


class Write:
    """Applies a plan that creates or updates a configuration.

    It keeps track of the requests that were sent, because reads may lag behind writes. After a Put, or a Delete that
    may have taken effect, a read that returns the previous configuration proves nothing.
    """

    def __init__(self, client: Client, planned: Plan) -> None:
        self._client = client
        self._plan = planned
        #: Whether a Put returned a documented success response.
        self._put = False
        #: Whether a Delete may have taken effect. If so, only the response to a Put is reliable.
        self._deleted = False

    def run(self) -> AsyncInvokeConfig:
        """Apply the plan and return the stored configuration.

        Raises ``ApiError``, ``CredentialError`` or ``ReconcileError``.
        """
        try:
            stored = self._put_and_verify()
        except (ApiError, CredentialError) as error:
            # If a configuration existed, so did its function. Therefore, a response to the contrary is verified.
            no_function = isinstance(error, NotFound) and self._plan.current is None and not error.uncertain
            if not self._may_have_changed and (_never_sent(error) or no_function):
                raise
            stored = self._recover_from_failed_write(error)
        except BaseException:
            # An internal error or the end of the process must not leave the function without its configuration.
            if self._may_have_changed and self._plan.fields_to_unset:
                self._restore(None)
            raise
        mismatched_fields = self._plan.mismatched_fields(stored)
        if mismatched_fields or stored is None:
            message = _mismatch_message(self._plan, stored, mismatched_fields)
            raise ReconcileError(message, None, stored, not _is_as_before(self._plan, stored))
        return stored

    @property
    def _may_have_changed(self) -> bool:
        """Whether the stored configuration may have changed."""
        return self._put or self._deleted

    def _put_and_verify(self) -> AsyncInvokeConfig | None:
        """Put and verify the configuration. Recreate it if a field to unset is still set. Return the result."""
        planned, settings = self._plan, self._plan.after or {}
        stored: AsyncInvokeConfig | None = self._send_put(settings)
        if planned.fields_to_unset and not planned.mismatched_fields(stored):
            # The response may echo the request, so a read also verifies the fields to unset.
            stored = self._wait_until_consistent(READ_CONSISTENCY_TIMEOUT)
        left = set(planned.mismatched_fields(stored)) & set(planned.fields_to_unset)
        if left:
            self._send_delete()
            self._send_put(settings)
            stored = self._wait_until_consistent(READ_LAG)
        elif planned.mismatched_fields(stored):
            stored = self._wait_until_consistent(READ_CONSISTENCY_TIMEOUT)
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

    def _wait_until_consistent(self, timeout: float) -> AsyncInvokeConfig | None:
        return self._client.get_until(
            self._plan.identity, lambda config: not self._plan.mismatched_fields(config), timeout
        )

    # -- when a call failed --------------------------------------------------------------------------------------

    def _recover_from_failed_write(self, error: ApiError | CredentialError) -> AsyncInvokeConfig | None:
        """After a failed call that may have taken effect, read the configuration and restore it if necessary."""
        planned = self._plan
        try:
            found = self._found_after(error)
        except (ApiError, CredentialError) as read_error:
            if planned.current is None:
                raise self._unknown_state(error, read_error) from None
            raise self._restore(None).after(error) from None
        if not planned.mismatched_fields(found):
            return found
        gone = found is None and isinstance(error, NotFound)
        if not self._may_have_changed and (gone or _is_as_before(planned, found)):
            raise error
        if planned.current is None:
            raise self._restore_or_report(found).after(error)
        raise self._restore(found).after(error)

    def _found_after(self, error: ApiError | CredentialError) -> AsyncInvokeConfig | None:
        """Return the configuration after a failed call. If the call may have taken effect, repeat the read."""
        try:
            if self._may_have_changed:
                return self._client.get(self._plan.identity)
            return self._client.get_after(
                error, self._plan.identity, lambda config: not _is_as_before(self._plan, config)
            )
        except NotFound:
            if self._may_have_changed:
                raise  # the function existed before, so this response is unreliable
            return None

    def _unknown_state(self, error: Exception, read_error: Exception) -> ReconcileError:
        """Return the error for a configuration that may have been created but cannot be read."""
        unknown = f"It is unknown whether the configuration was stored, because reading it also failed: {read_error}"
        return ReconcileError(f"{error} {unknown}", _api_error(error))

    def _restore_or_report(self, found: AsyncInvokeConfig | None) -> _Restored:
        """Report the resulting configuration if none existed before."""
        if found is None:
            return _Restored("The configuration was stored, but no longer exists. Check it.", None, changed=True)
        left = _describe(self._plan, found)
        return _Restored(f"A new configuration remains: {left}.", found, changed=True)

    def _restore(self, found: AsyncInvokeConfig | None) -> _Restored:
        """Restore the previous configuration. ``found`` is the stored configuration, or None if missing or unknown."""
        planned, current = self._plan, self._plan.current
        if current is None:
            return self._restore_or_report(found)
        restoring = planned.restoring(None if found is None else found.settings)
        before = _describe(planned, current)
        try:
            stored = self._put_previous(restoring)
        except (ApiError, CredentialError) as error:
            return self._not_restored(before, error)
        if restoring.mismatched_fields(stored):
            now = _current_state(planned, stored)
            return _Restored(f"{now[0].upper()}{now[1:]}; it was {before}.", stored, changed=True)
        return _Restored("The previous configuration was restored.", stored, changed=False)

    def _put_previous(self, restoring: Plan) -> AsyncInvokeConfig | None:
        """Put the previous configuration. If a field must be unset, delete the current configuration first."""
        settings = restoring.after or {}
        if restoring.fields_to_unset and not self._deleted:
            # Put the configuration before deleting it to restore as many fields as possible even if Delete is denied.
            # The result is not verified, because the response may be an echo and reads may lag.
            self._send_put(settings)
            self._send_delete()
        return self._send_put(settings)

    def _not_restored(self, before: str, error: Exception) -> _Restored:
        planned = self._plan
        failed = f"Restoring the previous configuration, {before}, also failed"
        may_be = "deleted" if self._deleted else "changed"
        unknown = _Restored(f"{failed}, and the configuration may have been {may_be}: {error}", None, changed=True)
        try:
            left = self._client.get(planned.identity)
        except (ApiError, CredentialError):
            return unknown
        if (self._deleted and left is not None) or (self._put and _is_as_before(planned, left)):
            return unknown  # the read lags behind
        if _is_as_before(planned, left):
            return _Restored("The previous configuration was restored.", left, changed=False)
        return _Restored(f"{failed}, and {_current_state(planned, left)}: {error}", left, changed=True)


@dataclass(frozen=True)
class _Restored:
    """The result of a restore: a sentence, the resulting configuration and whether it was changed."""

    sentence: str
    left: AsyncInvokeConfig | None
    changed: bool

    def after(self, error: Exception) -> ReconcileError:
        """Return an error that describes both the failed write and the result of the restore."""
        return ReconcileError(f"{error} {self.sentence}", _api_error(error), self.left, self.changed)


def _api_error(error: Exception) -> ApiError | None:
    return error if isinstance(error, ApiError) else None


def _never_sent(error: ApiError | CredentialError) -> bool:
    """Return True if the request never reached the service, in which case nothing needs to be verified."""
    return not error.uncertain and (isinstance(error, CredentialError) or error.status is None)


def _is_as_before(planned: Plan, found: AsyncInvokeConfig | None) -> bool:
    if found is None or planned.before is None:
        return found is None and planned.before is None
    return not differences(planned.generation, planned.before, found.settings)


def _current_state(planned: Plan, config: AsyncInvokeConfig | None) -> str:
    if config is None:
        return "the configuration no longer exists"
    return f"the configuration is now {_describe(planned, config)}"


def _describe(planned: Plan, config: AsyncInvokeConfig) -> str:
    return json.dumps(as_options(planned.generation, config.settings))


def _mismatch_message(planned: Plan, stored: AsyncInvokeConfig | None, mismatched_fields: list[str]) -> str:
    if stored is None or planned.after is None:
        return f"{planned.identity.id} was stored, but Function Compute does not return it."
    details = "; ".join(
        f"{option} should be {json.dumps(planned.after[option])} but is {json.dumps(stored.settings[option])}"
        for option in mismatched_fields
    )
    return (
        f"Function Compute did not store the desired configuration for {planned.identity.id}: {details}. "
        f"The configuration is now {_describe(planned, stored)}. "
        "Specify values that the service supports, or report this as a bug."
    )
