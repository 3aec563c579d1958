# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A client that operates directly on the emulator's store to enable tests to run thousands of tasks quickly."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Iterator

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import READ_LAG
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import (
    parse_listed,
    parse_response,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, Generation
from emulator._errors import FcError
from emulator._model import SERVICE, ConfigKey, Kind, function_parents, generation_of
from emulator._store import Store

#: Failures that persist after the client's retries. In order: the request did not arrive; the response was lost; the
#: service rejected the request; the service applied the request but returned an error; no credential was available.
FAULTS = ("before", "after", "rejected", "rejected-after", "no credential")


class StoreClient:
    """A replacement for ``Client``. ``faults`` maps call numbers, starting at 0, to values of ``FAULTS``."""

    def __init__(self, store: Store, api: Generation = FC2, faults: dict[int, str] | None = None) -> None:
        self.store = store
        self.api = api
        self.faults = faults or {}
        self.calls: list[tuple[str, str]] = []
        self.timeouts: list[float] = []
        self.page_size = 100

    def optional(self) -> StoreClient:
        """Behave like ``Client.optional``. Nothing is retried."""
        return self

    def get(self, identity: Identity) -> AsyncInvokeConfig | None:
        """Behave like ``Client.get``."""
        try:
            return self._config("get", identity, lambda: self.store.get_config(key_of(identity)))
        except ApiError as error:
            if error.code == "AsyncConfigNotExists":
                return None
            raise

    def put(self, identity: Identity, settings: Settings, vital: bool = False) -> AsyncInvokeConfig:
        """Behave like ``Client.put``."""
        body = request_body(self.api, settings)
        return self._config("put", identity, lambda: self.store.put_config(key_of(identity), body))

    def delete(self, identity: Identity) -> bool:
        """Behave like ``Client.delete``."""
        try:
            self._call("delete", identity.id, lambda: {"deleted": self.store.delete_config(key_of(identity))})
        except ApiError as error:
            if error.code == "AsyncConfigNotExists" or isinstance(error, NotFound):
                return False
            raise
        return True

    def get_until(
        self, identity: Identity, accept: Callable[[AsyncInvokeConfig | None], bool], timeout: float
    ) -> AsyncInvokeConfig | None:
        """Behave like ``Client.get_until``, but limit the number of reads instead of the time."""
        self.timeouts.append(timeout)
        config = self.get(identity)
        for _attempt in range(5):
            if accept(config):
                break
            config = self.get(identity)
        return config

    def get_after(
        self, error: Exception, identity: Identity, accept: Callable[[AsyncInvokeConfig | None], bool]
    ) -> AsyncInvokeConfig | None:
        """Behave like ``Client.get_after``."""
        if isinstance(error, ApiError) and error.uncertain:
            return self.get_until(identity, accept, READ_LAG)
        return self.get(identity)

    @property
    def lists_qualifiers(self) -> bool:
        """Return the same value as ``Client.lists_qualifiers``."""
        return not self.api.list_qualifiers

    @property
    def lists_account(self) -> bool:
        """Return the same value as ``Client.lists_account``."""
        return not self.api.operations.listed_by_function

    def configs(self, function: Function | None) -> list[AsyncInvokeConfig]:
        """Behave like ``Client.configs``."""
        parents = (None, None) if function is None else (function.service_name, function.function_name)
        listed = self._items("list", function.id if function else "the account", "configs", self._list, parents)
        return [parse_listed(self.api, function, body) for body in listed]

    def config_pages(self, function: Function | None) -> Iterator[list[AsyncInvokeConfig]]:
        """Behave like ``Client.config_pages``, but with ``page_size`` configs on each page."""
        parents = (None, None) if function is None else (function.service_name, function.function_name)
        target, token = function.id if function else "the account", ""
        while True:
            page = partial(self.store.list_configs, *parents, limit=self.page_size, token=token)
            body = self._call("list", target, page)
            yield [parse_listed(self.api, function, item) for item in body.get("configs") or []]
            token = body.get("nextToken") or ""
            if not token:
                return

    def functions(self, service_name: str | None) -> list[Function]:
        """Behave like ``Client.functions``."""
        generation = generation_of(service_name)
        listed = self._list_items(generation.function, function_parents(service_name), service_name or "the account")
        return [Function(body["functionName"], service_name) for body in listed]

    def services(self) -> list[str]:
        """Behave like ``Client.services``."""
        return [body["serviceName"] for body in self._list_items(SERVICE, (), "the account")]

    def qualifiers(self, function: Function) -> Iterator[str]:
        """Behave like ``Client.qualifiers``."""
        yield "LATEST"
        generation, parents = generation_of(None), (function.function_name,)
        for kind in (generation.alias, generation.version):
            yield from (body[kind.name_field] for body in self._list_items(kind, parents, function.id))

    def _list(self, service: str | None, function: str | None) -> Any:
        return self.store.list_configs(service, function, limit=100)

    def _list_items(self, kind: Kind, parents: tuple[str, ...], target: str) -> list[dict[str, Any]]:
        return self._items("list", target, kind.list_field, self.store.page, (kind, parents), limit=100)

    def _items(
        self, operation: str, target: str, key: str, call: Callable[..., Any], arguments: tuple[Any, ...], **more: Any
    ) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._call(operation, target, lambda: call(*arguments, **more)).get(key) or []
        return items

    @property
    def writes(self) -> list[tuple[str, str]]:
        """The calls that put or delete a config."""
        return [call for call in self.calls if call[0] in ("put", "delete")]

    def _config(self, operation: str, identity: Identity, call: Callable[[], Any]) -> AsyncInvokeConfig:
        return parse_response(self.api, identity, self._call(operation, identity.id, call))

    def _call(self, operation: str, target: str, call: Callable[[], Any]) -> Any:
        fault = self.faults.get(len(self.calls))
        self.calls.append((operation, target))
        if fault == "rejected":
            raise ApiError(operation, target, "not allowed", Cause.PERMANENT, "InvalidArgument", 400)
        if fault == "no credential":
            raise CredentialError("no credential available")
        if fault == "before":
            raise ApiError(operation, target, "connection refused", Cause.CONNECTION)
        try:
            body = call()
        except FcError as error:
            kind = ApiError if error.code == "AsyncConfigNotExists" or error.status != 404 else NotFound
            raise kind(operation, target, error.message, Cause.PERMANENT, error.code, error.status) from None
        if fault == "rejected-after":
            raise ApiError(operation, target, "not allowed", Cause.PERMANENT, "SomethingElse", 400, uncertain=True)
        if fault == "after":
            raise ApiError(operation, target, "connection reset", Cause.CONNECTION, uncertain=True)
        return body


def key_of(identity: Identity) -> ConfigKey:
    assert identity.qualifier is not None
    return ConfigKey(identity.service_name, identity.function_name, identity.qualifier)
