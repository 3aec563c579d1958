# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test harness: an emulated account, the real client over real HTTP and a simulated clock."""

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
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import Outcome, reconcile
from emulator import ConfigKey, Emulator
from support.connecting import connect
from support.fields import task_field

ACCOUNT: Mapping[str, Any] = {
    "services": {"s": {"functions": ["f", "g"], "versions": ["1"], "aliases": {"live": "1"}}, "t": {"functions": []}},
    "functions": {"f": {"versions": ["1"], "aliases": {"live": "1"}}, "g": {}},
}
GENERATIONS = {"FC 2.0": FC2, "FC 3.0": FC3}
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:1234567890123456:/topics/done/messages"
RETRY_TIMEOUT = 2.5
DENIED_TIMEOUT = 20.0
#: The read timeout and the duration of a slow response, in seconds of real time. The duration exceeds the timeout.
SHORT_READ_TIMEOUT = 0.08
SLOW_RESPONSE = 0.25

#: The emulator's field names and the corresponding options.
_EMULATOR_FIELDS = {
    "on_failure": "destination_config.on_failure.destination",
    "on_success": "destination_config.on_success.destination",
    "event_age": "maximum_event_age_in_seconds",
    "retry_attempts": "maximum_retry_attempts",
}


def options(api: Generation, **changes: Any) -> dict[str, Any]:
    """Build task options that specify every field. ``changes`` override the default values."""
    return {
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
        "maximum_event_age_in_seconds": 60,
        "maximum_retry_attempts": 1,
        task_field(api).option: True,
        **{
            field.name: field.sample
            for field in api.fields
            if not field.groups and field.name not in _EMULATOR_FIELDS.values()
        },
        **changes,
    }


def operation_name(api: Generation, operation: str) -> str:
    """Return the API name of an operation such as ``get``, ``list_configs`` or ``list_functions``."""
    names = {"list_configs": "list"}
    config_operation = getattr(api.operations, names.get(operation, operation), None)
    return str(config_operation or getattr(api, operation))


#: Matches errors that state the current configuration.
_CHANGED = re.compile(
    r"A new configuration remains: (.*)\.$|The configuration is now (.*?); it was "
    r"|(The configuration no longer exists); it was "
    r"|The configuration is now (.*)\. Specify "
)

#: Matches the errors reported if a restore fails. They state the previous configuration and, if known, the current
#: configuration.
_RESTORE_FAILED = re.compile(
    r"previous configuration, (.*), also failed, and "
    r"(?:the configuration may have been (?:deleted|changed)"
    r"|(the configuration no longer exists|the configuration is now \{.*\})): [A-Z]"
)


class Harness:
    """A task's environment: the ``emulator``, a ``client``, the simulated time (``now``) and the ``warnings``.

    Each wait advances the clock and then calls ``on_wait``.
    """

    def __init__(
        self, emulator: Emulator, api: Generation = FC2, environ: Mapping[str, str] | None = None, **connection: Any
    ) -> None:
        self.emulator = emulator
        self.api = api
        self.now = 0.0
        self._retriers: list[Retrier] = []
        self._warnings: list[str] = []
        self.on_wait: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._connection = connection
        self.client = self.connect(environ)

    def connect(self, environ: Mapping[str, str] | None = None, concurrency: int = 1, **changes: Any) -> Client:
        """Create a client with the given connection options. The defaults point to the emulator."""
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
        connected = connect(environ, **{name: value for name, value in connection.items() if value is not None})
        retrier = self.retrier(connected.retry_timeout, connected.access_denied_timeout)
        return Client(self.api, connected, retrier, concurrency)

    def retrier(self, retry_timeout: float, access_denied_timeout: float) -> Retrier:
        """Create a retrier that uses the simulated clock and always chooses the maximum jitter."""
        retrier = Retrier(retry_timeout, access_denied_timeout, None, self.clock, self.wait, max)
        self._retriers.append(retrier)
        return retrier

    @property
    def warnings(self) -> list[str]:
        """All warnings emitted so far."""
        return [*self._warnings, *(text for retrier in self._retriers for text in retrier.explanations())]

    def clock(self) -> float:
        """Return the simulated time in seconds."""
        return self.now

    def wait(self, seconds: float) -> None:
        """Advance the clock."""
        with self._lock:
            self.now += seconds
        self.on_wait()

    def desired(self, name: str = "f", **task: Any) -> Desired:
        """Parse task options for the ``name`` function."""
        service = {"service_name": "s"} if self.api.list_services else {}
        return parse_desired(self.api, {**service, "function_name": name, **task})

    @property
    def identity(self) -> Identity:
        """The identity of the default configuration."""
        return self.desired().identity

    def run(self, desired: Desired, check_mode: bool = False) -> Outcome:
        """Run a task."""
        return reconcile(self.client, desired, check_mode, self._warnings.append)

    def store(self, settings: Settings | None, identity: Identity | None = None) -> None:
        """Store the given settings directly, bypassing the network and the API."""
        key = _key(identity or self.identity)
        with contextlib.suppress(Exception):
            self.emulator.store.delete_config(key)
        if settings is not None:
            self.emulator.store.put_config(key, request_body(self.api, settings))

    def stored_settings(self, identity: Identity | None = None) -> dict[str, Any] | None:
        """Return the stored settings, even if reads are stale, or None if there is no configuration."""
        stored = self.emulator.store.configs.get(_key(identity or self.identity))
        if stored is None:
            return None
        fields = {**_EMULATOR_FIELDS, "stateful": task_field(self.api).option}
        assert set(fields.values()) == {field.option for field in self.api.fields}, "_EMULATOR_FIELDS lacks a field"
        return {option: getattr(stored, name) for name, option in fields.items()}

    def equivalent(self, first: Settings | None, second: Settings | None) -> bool:
        """Return whether two sets of settings have the same effect."""
        if first is None or second is None:
            return first is second
        return not differences(self.api, first, second)

    def run_and_check(self, desired: Desired, before: Settings | None) -> str:
        """Run a task, check its result against the stored configuration and return the outcome.

        - ``converged``: The desired configuration is stored.
        - ``unchanged``: The previous configuration is stored.
        - ``changed``: The error states the current configuration.
        - ``unknown``: The error states that the current configuration is unknown.
        """
        try:
            outcome = self.run(desired)
        except ReconcileError as error:
            return self._check_error(str(error), before)
        except ApiError:
            assert self.equivalent(self.stored_settings(), before), "a failed task must not change the configuration"
            return "unchanged"
        expected = outcome.plan.after if desired.present else None
        assert self.equivalent(self.stored_settings(), expected), "a successful task must store the desired config"
        assert self.equivalent(None if outcome.config is None else outcome.config.settings, expected)
        return "converged"

    def _check_error(self, message: str, before: Settings | None) -> str:
        if "The previous configuration was restored." in message:
            assert self.equivalent(self.stored_settings(), before)
            return "unchanged"
        current = _CHANGED.search(message)
        if current is not None:
            assert self._matches(next(filter(None, current.groups())), self.stored_settings())
            return "changed"
        failed_restore = _RESTORE_FAILED.search(message)
        if failed_restore is None:
            assert re.search("It is unknown whether the configuration was (stored|deleted)", message), message
            return "unknown"
        assert self._matches(failed_restore[1], before), "the error must contain the previous config"
        assert failed_restore[2] is None or self._matches(failed_restore[2], self.stored_settings())
        return "unknown" if failed_restore[2] is None else "changed"

    def _matches(self, text: str, settings: Settings | None) -> bool:
        if "configuration no longer exists" in text:
            return settings is None
        text = text.replace("the configuration is now ", "")
        return self.equivalent(parse_settings(self.api, json.loads(text))[0], settings)


def _key(identity: Identity) -> ConfigKey:
    assert identity.qualifier is not None
    return ConfigKey(identity.service_name, identity.function_name, identity.qualifier)
