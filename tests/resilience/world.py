# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account, the real client to it over real HTTP, and a clock that only waiting moves."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import (
    Desired,
    parse_desired,
    parse_settings,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import differences
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import request_body
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import Outcome, reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError
from emulator import ConfigKey, Emulator
from support.connecting import connect
from support.fields import task_field

ACCOUNT: Mapping[str, Any] = {
    "services": {"s": {"functions": ["f", "g"], "versions": ["1"], "aliases": {"live": "1"}}, "t": {"functions": []}},
    "functions": {"f": {"versions": ["1"], "aliases": {"live": "1"}}, "g": {}},
}
APIS = {"FC 2.0": FC2, "FC 3.0": FC3}
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:1234567890123456:/topics/done/messages"
RETRY_TIMEOUT = 2.5
DENIED_TIMEOUT = 20.0
#: Seconds that really pass; a slow answer takes longer than that.
SHORT_READ_TIMEOUT = 0.08
SLOW = 0.25

#: The emulator's names of the fields, and those of the options.
_STORED = {
    "on_failure": "destination_config.on_failure.destination",
    "on_success": "destination_config.on_success.destination",
    "event_age": "maximum_event_age_in_seconds",
    "retry_attempts": "maximum_retry_attempts",
}


def options(api: Generation, **changes: Any) -> dict[str, Any]:
    """A task's options that declare something for each field, with ``changes``."""
    return {
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
        "maximum_event_age_in_seconds": 60,
        "maximum_retry_attempts": 1,
        task_field(api).option: True,
        **{field.name: field.sample for field in api.fields if not field.groups and field.name not in _STORED.values()},
        **changes,
    }


def operation_name(api: Generation, operation: str) -> str:
    """Return what a generation calls an operation such as ``get``, ``list_configs`` or ``list_functions``."""
    names = {"list_configs": "list"}
    on_configs = getattr(api.operations, names.get(operation, operation), None)
    return str(on_configs or getattr(api, operation))


#: How an error says what is there now.
_LEFT = re.compile(
    r"A config is left that was not there before: (.*)\.$|What is left is (.*?); before, it was "
    r"|The config that is there now is (.*)\. Declare "
)

#: How it says that it could not put back what was there before, and what is there now.
_LOST = re.compile(
    r"before, (.*), failed too, and "
    r"(?:it may be gone|it may be changed|what a read shows now is (no config|\{.*\})): [A-Z]"
)


class World:
    """What a task meets: the account in ``emulator``, a ``client``, time as ``now``, the user who reads ``warnings``.

    ``on_wait`` is called whenever something waits, after the clock has moved on.
    """

    def __init__(
        self, emulator: Emulator, api: Generation = FC2, environ: Mapping[str, str] | None = None, **connection: Any
    ) -> None:
        self.emulator = emulator
        self.api = api
        self.now = 0.0
        self._retriers: list[Retrier] = []
        self._warned: list[str] = []
        self.on_wait: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._connection = connection
        self.client = self.connect(environ)

    def connect(self, environ: Mapping[str, str] | None = None, concurrency: int = 1, **changes: Any) -> Client:
        """A client of a task with these connection options, and the emulator's own for what they leave out."""
        connection = {
            "access_key_id": self.emulator.access_key_id,
            "access_key_secret": self.emulator.access_key_secret,
            "account_id": self.emulator.account_id,
            "endpoint": self.emulator.url,
            "sts_endpoint": self.emulator.url,
            "retry_timeout": RETRY_TIMEOUT,
            "access_denied_timeout": DENIED_TIMEOUT,
            **self._connection,
            **changes,
        }
        given = connect(environ, **{name: value for name, value in connection.items() if value is not None})
        return Client(self.api, given, self.retrier(given.retry_timeout, given.access_denied_timeout), concurrency)

    def retrier(self, retry_timeout: float, access_denied_timeout: float) -> Retrier:
        """Retries on this world's clock, with the longest waits that its jitter may choose."""
        retrier = Retrier(retry_timeout, access_denied_timeout, None, self.clock, self.wait, max)
        self._retriers.append(retrier)
        return retrier

    @property
    def warnings(self) -> list[str]:
        """What the user is told, without failing."""
        return [*self._warned, *(text for retrier in self._retriers for text in retrier.explanations())]

    def clock(self) -> float:
        """The time in seconds."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self.now += seconds
        self.on_wait()

    def desired(self, name: str = "f", **task: Any) -> Desired:
        """What a task on a function declares."""
        service = {"service_name": "s"} if self.api.list_services else {}
        return parse_desired(self.api, {**service, "function_name": name, **task})

    @property
    def identity(self) -> Identity:
        """The config that tasks are about."""
        return self.desired().identity

    def run(self, desired: Desired, check_mode: bool = False) -> Outcome:
        """One task."""
        return reconcile(self.client, desired, check_mode, self._warned.append)

    def store(self, settings: Settings | None, identity: Identity | None = None) -> None:
        """Let the server hold these settings, whatever the network is like."""
        key = _key(identity or self.identity)
        with contextlib.suppress(Exception):
            self.emulator.store.delete_config(key)
        if settings is not None:
            self.emulator.store.put_config(key, request_body(self.api, settings))

    def truth(self, identity: Identity | None = None) -> dict[str, Any] | None:
        """The settings that the server really holds, whatever it shows; None where there is no config."""
        stored = self.emulator.store.configs.get(_key(identity or self.identity))
        if stored is None:
            return None
        names = {**_STORED, "stateful": task_field(self.api).option}
        assert set(names.values()) == {field.option for field in self.api.fields}, "_STORED lacks a field"
        return {option: getattr(stored, name) for name, option in names.items()}

    def same(self, one: Settings | None, other: Settings | None) -> bool:
        """Whether two settings are equal in effect."""
        if one is None or other is None:
            return one is other
        return not differences(self.api, one, other)

    def judge(self, desired: Desired, before: Settings | None) -> str:
        """Run a task, hold what it says against what the server then holds, and return how it ended.

        ``converged``, ``as before``, or, where the error says precisely that: ``left`` (something else is there),
        ``told`` (it may be gone, or it is not known).
        """
        try:
            outcome = self.run(desired)
        except ReconcileError as error:
            return self._told(str(error), before)
        except ApiError:
            assert self.same(self.truth(), before), "a plain failure must leave what was there"
            return "as before"
        declared = outcome.plan.after if desired.present else None
        assert self.same(self.truth(), declared), "a success must leave what was declared"
        assert self.same(None if outcome.config is None else outcome.config.settings, declared)
        return "converged"

    def _told(self, message: str, before: Settings | None) -> str:
        if "The config that was there before is there again." in message:
            assert self.same(self.truth(), before)
            return "as before"
        left = _LEFT.search(message)
        if left is not None:
            assert self._is_shown(next(filter(None, left.groups())), self.truth())
            return "left"
        lost = _LOST.search(message)
        if lost is None:
            assert re.search("Whether it was (stored|removed) is not known", message), message
            return "told"
        assert self._is_shown(lost[1], before), "the user must be able to put it back by hand"
        assert lost[2] is None or self._is_shown(lost[2], self.truth())
        return "told" if lost[2] is None else "left"

    def _is_shown(self, shown: str, settings: Settings | None) -> bool:
        if shown == "no config":
            return settings is None
        return self.same(parse_settings(self.api, json.loads(shown))[0], settings)


def _key(identity: Identity) -> ConfigKey:
    assert identity.qualifier is not None
    return ConfigKey(identity.service_name, identity.function_name, identity.qualifier)
