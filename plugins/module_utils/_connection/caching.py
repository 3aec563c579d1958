# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""A provider whose failures say what was tried, and which asks again only when it has to.

The official library caches too, but renews what is valid for less than 15 minutes each time it is asked, and asks each
time for what has no expiration, such as the command of a profile.
"""

from __future__ import annotations

import threading
import time
from typing import Any, Callable, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.failures import failure_of
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    AccessKey,
    AssumedRole,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption

#: A credential is used until so many seconds before it expires, then asked for again.
_MARGIN = 180
#: Where the library's providers keep the tokens that they refreshed.
_TOKEN_ATTRIBUTES = ("_access_token", "_refresh_token", "_sts_access_key_secret", "_sts_security_token")
#: What tells credentials apart: the access key id and the security token.
_Identity = Tuple[Optional[str], Optional[str]]


class CachingProvider:
    """A provider whose failures are ``CredentialError``, and which asks again only when it has to.

    The library renews what is valid for less than 15 minutes each time it is asked, so a session of 900 seconds
    would cost a call to STS for each call to Function Compute. What has no expiration it asks for each time.
    """

    def __init__(self, source: Source, connection: Connection, make_provider: Callable[[Source], Any]) -> None:
        self._source = source
        self._connection = connection
        self._make_provider = make_provider
        self._lock = threading.Lock()
        self._kept: Any = None
        #: The credential that was obtained last; None: a new one has to be obtained.
        self._obtained: _Identity | None = None
        self._refused: set[_Identity] = set()
        self._given = threading.local()
        self._provider = self._new_provider()

    def get_provider_name(self) -> str:
        """The library's name for the way, which the SDK sends along."""
        return str(self._provider.get_provider_name())

    def get_credentials(self) -> Any:
        """A valid credential, as the library's providers return it."""
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
        """Drop a credential that a service refused, so that the next one is a new one. Thread-safe.

        Args:
            refused: the credential, as ``get_credential()`` returned it; None: the one that this thread got last.

        Returns whether to try again with the next credential. False: the source cannot give another one (an access
        key), or has been asked for one in place of this one before. However many threads report the same credential,
        the source is asked once.
        """
        identity: _Identity | None = getattr(self._given, "credential", None)
        if refused is not None:
            identity = refused.access_key_id, refused.security_token or None
        with self._lock:
            if identity is None or not self._source.renewable:
                return False
            if self._obtained != identity:
                return True  # it was renewed meanwhile, or is about to be
            if identity in self._refused:
                return False
            self._refused.add(identity)
            self._start_over()
            return True

    def _start_over(self) -> None:
        """Forget what is kept here and inside of the library: its providers keep what is valid by its expiration."""
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
            # STS refused the session that it was asked with.
            if not error.token_refused or not isinstance(self._source, AssumedRole) or not self._source.base.renewable:
                raise
        self._start_over()
        return self._translate(self._ask)

    def _ask(self) -> Any:
        """Ask the provider. Whatever secret comes to light is hidden before a failure is put into words."""
        redactor = self._connection.redactor
        self._source.check()
        self._source.register(redactor)
        try:
            found = self._provider.get_credentials()
            secret, token = found.get_access_key_secret(), found.get_security_token()
            redactor.add(*(text for text in (secret, token) if isinstance(text, str)))
        finally:
            # A file of tokens may have changed, and the library may have refreshed some.
            self._source.register(redactor)
            refreshed = (getattr(self._provider, name, None) for name in _TOKEN_ATTRIBUTES)
            redactor.add(*(text for text in refreshed if isinstance(text, str)))
        return self._checked(found)

    def _checked(self, found: Any) -> Any:
        """The credential, if it is one that can be sent in a header."""
        parts = [found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or ""]
        if not all(isinstance(part, str) for part in parts) or not all(parts[:2]):
            raise ValueError
        if AccessKey(*parts).invalid_part():
            problem = "the access key that it gave contains whitespace or non-ASCII characters"
            raise CredentialError(f"{self._source.describe()} failed: {problem}. {self._source.full_hint()}".strip())
        return found

    def _translate(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (CredentialError, ImportError, InvalidOption):
            raise
        except Exception as error:  # noqa: BLE001 - the library raises many unrelated classes
            raise failure_of(self._source, error, self._connection) from None


def _identity(found: Any) -> _Identity:
    return found.get_access_key_id(), found.get_security_token() or None


def _expires_soon(found: Any) -> bool:
    expiration = found.get_expiration()
    return bool(expiration) and expiration - _MARGIN <= time.time()
