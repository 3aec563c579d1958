# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Cache credentials and translate provider errors.

The official library also has a cache. However, if a credential is valid for less than 15 minutes, the library renews it
on each call. It also does not cache credentials that have no expiration, such as those from a command in a profile.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    AccessKey,
    AssumedRole,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption

#: Credentials are renewed this many seconds before they expire.
_MARGIN = 180
#: Attributes in which the library's providers store refreshed tokens.
_TOKEN_ATTRIBUTES = ("_access_token", "_refresh_token", "_sts_access_key_secret", "_sts_security_token")
#: The access key ID and the security token, which identify a credential.
_Identity = Tuple[Optional[str], Optional[str]]


class CachingProvider:
    """A provider that caches its credential and raises all errors as ``CredentialError``.

    Without this cache, a 900-second session would require an STS call for each Function Compute call because the
    library always renews credentials that are valid for less than 15 minutes.
    """

    def __init__(self, source: Source, connection: Connection, make_provider: Callable[[Source], Any]) -> None:
        self._source = source
        self._connection = connection
        self._make_provider = make_provider
        self._lock = threading.Lock()
        self._kept: Any = None
        #: The identity of the last credential, or None if a new one must be obtained.
        self._obtained: _Identity | None = None
        self._refused: set[_Identity] = set()
        self._given = threading.local()
        self._provider = self._new_provider()

    def get_provider_name(self) -> str:
        """Return the library's name for the authentication method. The SDK adds it to requests."""
        return str(self._provider.get_provider_name())

    def get_credentials(self) -> Any:
        """Return a valid credential as a library object."""
        with self._lock:
            found = self._kept
            if found is None or _expires_soon(found):
                self._kept = None
                found = self._obtain()
                self._obtained = _identity(found)
                if found.get_expiration() or self._source.tells_expiration:
                    self._kept = found
            self._given.credential = _identity(found)
            return found

    def renew(self, refused: Any = None) -> bool:
        """Discard a credential that a service rejected. A new one is obtained when it is needed. Thread-safe.

        Args:
            refused: the rejected credential, as returned by ``get_credential()``, or None for the last
                credential that this thread obtained.

        Returns whether to retry with the next credential. Returns False if the source cannot provide another
        credential (for example, if it is an access key) or has provided a rejected credential again. If several threads
        report the same rejected credential, the source is called only once.
        """
        identity: _Identity | None = getattr(self._given, "credential", None)
        if refused is not None:
            identity = refused.access_key_id, refused.security_token or None
        with self._lock:
            if identity is None or not self._source.renewable:
                return False
            if self._obtained != identity:
                return True  # it has already been renewed or is about to be renewed
            if identity in self._refused:
                return False
            self._refused.add(identity)
            self._start_over()
            return True

    def _start_over(self) -> None:
        """Discard all cached credentials, including those in the library's providers, which check only expiration."""
        self._kept = None
        self._obtained = None
        self._source = self._source.renewed()
        self._provider = self._new_provider()

    def _new_provider(self) -> Any:
        def make() -> Any:
            self._source.check()
            return self._make_provider(self._source)

        return self._translate(make)

    def _obtain(self) -> Any:
        try:
            return self._translate(self._ask)
        except CredentialError as error:
            # STS rejected the credential used to sign the AssumeRole request.
            if not error.token_refused or not isinstance(self._source, AssumedRole) or not self._source.base.renewable:
                raise
        self._start_over()
        return self._translate(self._ask)

    def _ask(self) -> Any:
        """Call the provider. New secrets are registered before an error is translated."""
        redactor = self._connection.redactor
        self._source.check()
        self._source.register(redactor)
        try:
            found = self._provider.get_credentials()
            secret, token = found.get_access_key_secret(), found.get_security_token()
            redactor.add(*(text for text in (secret, token) if isinstance(text, str)))
        finally:
            # A token file may have changed, or the library may have refreshed tokens.
            self._source.register(redactor)
            refreshed = (getattr(self._provider, name, None) for name in _TOKEN_ATTRIBUTES)
            redactor.add(*(text for text in refreshed if isinstance(text, str)))
        return self._checked(found)

    def _checked(self, found: Any) -> Any:
        """Return the credential if it can be sent in a header."""
        parts = [found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or ""]
        if not all(isinstance(part, str) for part in parts) or not all(parts[:2]):
            raise ValueError
        if AccessKey(*parts).invalid_part():
            problem = "the returned access key contains whitespace or non-ASCII characters"
            raise CredentialError(f"{self._source.describe()} failed: {problem}. {self._source.full_hint()}".strip())
        return found

    def _translate(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (CredentialError, ImportError, InvalidOption):
            raise
        except Exception as error:  # noqa: BLE001 - the library raises many unrelated classes
            from ansible_collections.alicloud.fc.plugins.module_utils._connection.failures import failure_of

            raise failure_of(self._source, error, self._connection) from None


def _identity(found: Any) -> _Identity:
    return found.get_access_key_id(), found.get_security_token() or None


def _expires_soon(found: Any) -> bool:
    expiration = found.get_expiration()
    return bool(expiration) and expiration - _MARGIN <= time.time()
