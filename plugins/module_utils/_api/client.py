# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Call operations on configurations and parse the responses."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Iterator, Mapping, Sequence, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._api.caller import Caller
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import (
    NO_CONFIG,
    ApiError,
    NotFound,
)
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import (
    UnexpectedResponse,
    listed_name,
    listed_page,
    parse_listed,
    parse_response,
    parse_role,
    parse_trigger_type,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation

if TYPE_CHECKING:
    from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import RequiredPermission

T = TypeVar("T")
#: Number of items to request per page from List operations. This is the maximum that the service allows
#: (aliyun-openapi-meta).
PAGE = 100
#: Number of seconds after a write during which reads may still return the previous state. The vendor does not document
#: such a lag, but Terraform waits for deletions to take effect.
READ_LAG = 30.0
#: Maximum number of pages that a List operation may return. No account has enough items for that many pages.
MOST_PAGES = 1000
#: Maximum number of consecutive empty pages that a List operation may return.
MOST_EMPTY_PAGES = 10


class Client:
    """The operations on asynchronous invocation configurations in one account and region. Thread-safe.

    Args:
        concurrency: number of threads that use the client.

    The constructor raises the same errors as ``Caller``.
    """

    def __init__(self, api: Generation, connection: Connection, retrier: Retrier, concurrency: int = 1) -> None:
        self._api = api
        self._retrier = retrier
        self._caller = Caller(api, connection, retrier, concurrency)
        self._region = connection.location[0]
        self._waited_without_success = False

    def optional(self) -> Client:
        """Return a client for reads that only save other calls. Its failures do not affect this client."""
        client = copy(self)
        client._retrier = self._retrier.optional()
        client._caller = self._caller.with_retrier(client._retrier)
        return client

    @property
    def account_id(self) -> str:
        """The account ID. It is obtained from STS if neither the task nor the endpoint specifies it."""
        return self._caller.account_id

    @property
    def location(self) -> dict[str, str | None]:
        """The account ID, region and endpoint. The account ID is None if it is not known yet."""
        return {
            "account_id": self._caller.known_account_id,
            "region": self._region,
            "endpoint": self._caller.endpoint,
        }

    def get(self, identity: Identity) -> AsyncInvokeConfig | None:
        """Return the configuration, or None if there is none. Raises ``NotFound`` if the function does not exist."""
        try:
            body = self._call_config(self._api.operations.get, identity, {})
        except ApiError as error:
            if error.code == NO_CONFIG:
                return None
            raise
        return self._config(self._api.operations.get, identity, body)

    def put(self, identity: Identity, settings: Settings, vital: bool = False) -> AsyncInvokeConfig:
        """Store the fields that are set and return the stored configuration. Other fields may keep their values.

        Args:
            vital: whether a configuration would be lost if the call failed. If so, the call has its own retry timeout.
        """
        from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import required_permissions

        body = request_body(self._api, settings)
        fields = {"body": body} if self._api.sdk.nested_body else body
        needed = required_permissions(self._api, settings, self._region or "", self._caller.known_account_id or "")
        answer = self._call_config(self._api.operations.put, identity, fields, write=True, vital=vital, needed=needed)
        return self._config(self._api.operations.put, identity, answer)

    def delete(self, identity: Identity) -> bool:
        """Delete the configuration. Returns False if the configuration or its function does not exist."""
        try:
            self._call_config(self._api.operations.delete, identity, {}, write=True)
        except ApiError as error:
            if error.code == NO_CONFIG or isinstance(error, NotFound):
                return False
            raise
        return True

    def get_until(
        self, identity: Identity, accept: Callable[[AsyncInvokeConfig | None], bool], timeout: float
    ) -> AsyncInvokeConfig | None:
        """Poll the configuration until ``accept`` returns true or the timeout expires. Return the last result."""
        return self._retrier.until(lambda: self.get(identity), accept, timeout)

    def get_after(
        self,
        error: ApiError | CredentialError,
        identity: Identity,
        accept: Callable[[AsyncInvokeConfig | None], bool],
    ) -> AsyncInvokeConfig | None:
        """Get the configuration after a failed write. ``accept`` returns whether a configuration reflects the write.

        If the write may have taken effect despite the error, the configuration is read repeatedly for as long as reads
        may lag. After one unsuccessful wait, later calls in the task read only once. Otherwise, a task in which all
        writes fail would wait after each of them.
        """
        timeout = READ_LAG if error.uncertain and not self._waited_without_success else 0.0
        found = self.get_until(identity, accept, timeout)
        self._waited_without_success = self._waited_without_success or (timeout > 0 and not accept(found))
        return found

    @property
    def lists_qualifiers(self) -> bool:
        """Whether listed configurations always contain their qualifiers."""
        return not self._api.list_qualifiers

    @property
    def lists_account(self) -> bool:
        """Whether all configurations in the account can be listed at once."""
        return not self._api.operations.listed_by_function

    def configs(self, function: Function | None) -> list[AsyncInvokeConfig]:
        """Return all configurations of a function, or of the whole account if ``function`` is None.

        A qualifier is None if the response does not contain it. Raises ``NotFound`` if the function does not exist.
        """
        return [config for page in self.config_pages(function) for config in page]

    def config_pages(self, function: Function | None) -> Iterator[list[AsyncInvokeConfig]]:
        """Yield the same configurations page by page. Pages are requested only as needed."""
        operation, generation = self._api.operations.list, self._api
        target = "the account" if function is None else function.id
        if self._api.operations.listed_by_function and function is not None:
            pages = self._pages(operation, function.names, target, "configs")
        else:
            narrowed = {} if function is None else {"functionName": function.function_name}
            pages = self._pages(operation, (), target, "configs", narrowed)
        listed = partial(
            parse_listed, generation, function, region=self._region, account_id=self._caller.known_account_id
        )
        for page in pages:
            yield [self._parsed(operation, target, partial(listed, body)) for body in page]

    def qualifiers(self, function: Function) -> Iterator[str]:
        """Yield all qualifiers of a function. Pages are requested only as needed."""
        yield LATEST
        for operation, (items, key) in self._api.list_qualifiers.items():
            for body in self._items(operation, function.names, function.id, items):
                yield self._name(operation, function.id, "qualifier", body, key)

    def functions(self, service_name: str | None) -> list[Function]:
        """Return all functions in a service. Raises ``NotFound`` if the service does not exist."""
        path = () if service_name is None else (service_name,)
        operation, target = self._api.list_functions, service_name or "the account"
        return [
            Function(self._name(operation, target, "function_name", body, "functionName"), service_name)
            for body in self._items(operation, path, target, "functions")
        ]

    def services(self) -> list[str]:
        """Return the names of all services in the account."""
        operation, target = self._api.list_services, "the account"
        found = self._items(operation, (), target, "services")
        return [self._name(operation, target, "service_name", body, "serviceName") for body in found]

    def role(self, owner: Identity) -> str | None:
        """Return the role with which a function sends to destinations, or None if there is none.

        Args:
            owner: what the role belongs to: a service without a function (FC 2.0) or a function (FC 3.0).

        Raises ``NotFound`` if the service, function, version or alias does not exist.
        """
        return self._read_role(self._api.get_role, owner)

    def check_function(self, identity: Identity) -> None:
        """Raise ``NotFound`` if the service, function, version or alias does not exist."""
        self._read_role(self._api.get_function, identity)

    def is_http_function(self, function: Function) -> bool:
        """Return whether a function only accepts HTTP requests. In FC 3.0, this is never known."""
        operation = self._api.list_triggers
        if not operation:
            return False
        triggers = self._items(operation, function.names, function.id, "triggers")
        return any(self._parsed(operation, function.id, partial(parse_trigger_type, one)) == "http" for one in triggers)

    def _read_role(self, operation: str, owner: Identity) -> str | None:
        body = self._caller.call(operation, owner.function.names, owner.id, {"qualifier": owner.qualifier})
        return self._parsed(operation, owner.id, partial(parse_role, owner, body))

    def _config(self, operation: str, identity: Identity, body: Any) -> AsyncInvokeConfig:
        """Parse the response to a Get or Put."""
        parse = partial(parse_response, self._api, identity, body, self._region, self._caller.known_account_id)
        return self._parsed(operation, identity.id, parse)

    def _name(self, operation: str, target: str, option: str, body: Any, key: str) -> str:
        """Parse the name in a List item."""
        return self._parsed(operation, target, partial(listed_name, self._api, option, body, key))

    def _parsed(self, operation: str, target: str, parse: Callable[[], T]) -> T:
        """Call a parser and return its result. Raises ``ApiError`` if the response is not as documented."""
        try:
            return parse()
        except UnexpectedResponse as error:
            raise self._caller.unexpected(operation, target, str(error)) from None

    def _items(self, operation: str, path: tuple[str, ...], target: str, key: str) -> Iterator[Mapping[str, Any]]:
        """Yield the items from all pages of a List operation."""
        for page in self._pages(operation, path, target, key):
            yield from page

    def _pages(
        self, operation: str, path: tuple[str, ...], target: str, key: str, narrowed: Mapping[str, Any] | None = None
    ) -> Iterator[list[Mapping[str, Any]]]:
        """Yield the items on each page of a List operation."""
        fields: dict[str, Any] = {"limit": PAGE, **(narrowed or {})}
        seen: set[str] = set()
        empty = 0
        for _page in range(MOST_PAGES):
            body = self._caller.call(operation, path, target, fields)
            items, token = self._parsed(operation, target, partial(listed_page, body, key))
            yield items
            if not token:
                return
            empty = 0 if items else empty + 1
            if token in seen:
                raise self._caller.unexpected(operation, target, "the list repeats an earlier page")
            if empty > MOST_EMPTY_PAGES:
                raise self._caller.unexpected(operation, target, f"{empty} consecutive pages of the list are empty")
            seen.add(token)
            fields["nextToken"] = token
        raise self._caller.unexpected(operation, target, f"the list has more than {MOST_PAGES} pages")

    def _call_config(
        self,
        operation: str,
        identity: Identity,
        fields: Mapping[str, Any],
        write: bool = False,
        vital: bool = False,
        needed: Sequence[RequiredPermission] = (),
    ) -> Any:
        """Call an operation on a configuration."""
        query = {"qualifier": identity.qualifier, **fields}
        return self._caller.call(operation, identity.function.names, identity.id, query, write, vital, needed)
