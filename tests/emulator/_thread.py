# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the emulator in a thread of the current process, for use with pytest."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from ._account import DEFAULT_ACCESS_KEY, Account, Settings
from ._environment import client_environment
from ._errors import FcError
from ._faults import Faults
from ._http import HttpServer
from ._journal import Journal
from ._keys import AccessKey
from ._state_file import read_state
from ._store import Store
from ._switches import Switches

if TYPE_CHECKING:
    from typing_extensions import Self  # part of typing since Python 3.11

_HOST = "127.0.0.1"


class Emulator:
    """A context manager that runs an emulator on a free port on 127.0.0.1.

    ``access_keys`` are the accepted keys; clients should use the first one. ``tls`` contains the paths to a certificate
    chain and its key. ``state`` is a document for Store.load(), or the path to a JSON file that contains the document.
    ``clock`` returns the time in epoch seconds; it is used to check signature dates. ``oidc_token`` is the token that
    AssumeRoleWithOIDC accepts. ``journal_limit`` is the maximum number of requests in the journal. You can read and
    change ``store``, ``switches``, ``faults`` and ``journal`` between requests.
    """

    def __init__(
        self,
        switches: Mapping[str, object] | None = None,
        access_keys: Sequence[AccessKey] | None = None,
        tls: tuple[str, str] | None = None,
        state: Mapping[str, Any] | str | os.PathLike[str] | None = None,
        clock: Callable[[], float] = time.time,
        account_id: str = Settings.account_id,
        region: str = Settings.region,
        oidc_token: str = Settings.oidc_token,
        journal_limit: int = Settings.journal_limit,
    ) -> None:
        paths: Any = tls
        if tls is not None and not (
            isinstance(paths, tuple) and len(paths) == 2 and all(isinstance(path, (str, os.PathLike)) for path in paths)
        ):
            raise ValueError(f"tls: must be a tuple of two paths, certificate and key, not {tls!r}.")
        is_file = isinstance(state, (str, os.PathLike))
        self._settings = Settings(
            access_keys=tuple(access_keys or (DEFAULT_ACCESS_KEY,)),
            switches={} if switches is None else switches,
            state=read_state(state) if isinstance(state, (str, os.PathLike)) else {} if state is None else state,
            clock=clock,
            account_id=account_id,
            region=region,
            oidc_token=oidc_token,
            journal_limit=journal_limit,
        )
        try:
            self._account = Account(self._settings)
        except FcError as error:
            raise ValueError(f"{Path(str(state)).absolute() if is_file else 'state'}: {error.message}") from error
        self._server = HttpServer(self._account, _HOST, 0, tls)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Accept connections on a free port or, after a stop, on the previous port. The state is kept."""
        if self._thread is not None:
            return
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="emulator", daemon=True)
        self._thread.start()
        try:
            self._run(self._server.start())
        except BaseException:
            self._end_thread()
            raise

    def stop(self) -> None:
        """Close the port and all connections. The state is kept."""
        if self._thread is None:
            return
        self._run(self._server.stop())
        self._end_thread()

    def reset(self) -> None:
        """Restore the initial switches and state. Remove faults, journal entries and temporary keys."""
        self._account.reset()

    @property
    def url(self) -> str:
        """The base URL: ``http://127.0.0.1:PORT`` or, with ``tls``, ``https://127.0.0.1:PORT``."""
        return self._server.url

    @property
    def host(self) -> str:
        """The address and port: ``127.0.0.1:PORT``."""
        return f"{_HOST}:{self._server.port}"

    @property
    def store(self) -> Store:
        """The resources and configurations in the account."""
        return self._account.store

    @property
    def switches(self) -> Switches:
        """The behavior switches."""
        return self._account.switches

    @property
    def faults(self) -> Faults:
        """The fault rules."""
        return self._account.faults

    @property
    def journal(self) -> Journal:
        """The request journal."""
        return self._account.journal

    @property
    def access_key_id(self) -> str:
        """The ID of the first access key."""
        return self._settings.access_keys[0].id

    @property
    def access_key_secret(self) -> str:
        """The secret of the first access key."""
        return self._settings.access_keys[0].secret

    @property
    def account_id(self) -> str:
        """The account ID."""
        return self._settings.account_id

    @property
    def region(self) -> str:
        """The region of the account."""
        return self._settings.region

    @property
    def oidc_token(self) -> str:
        """The token that AssumeRoleWithOIDC accepts."""
        return self._settings.oidc_token

    def environment(self, base: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return an environment for programs, with the variables that connect the modules to the emulator.

        Args:
            base: the variables to extend, or None to extend those of the process.

        It does not contain variables that could connect the modules to a real account.
        """
        return client_environment(self.url, self._settings, os.environ if base is None else base)

    def issue_key(self, seconds: float = 3600) -> AccessKey:
        """Return a temporary access key that has a security token and is valid for this many seconds."""
        return self._account.keys.issue(seconds)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        assert self._loop is not None
        asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end_thread(self) -> None:
        assert self._loop is not None
        assert self._thread is not None
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None
        self._thread = None
