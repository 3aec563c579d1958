# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The operations of Function Compute over the official SDK: the only file that talks to the network.

The SDK is imported when a client is made, not before, so that input is checked first and a missing library is reported
as Ansible does it.
"""

from __future__ import annotations

import json
import re
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple, TypeVar, Union

from ansible_collections.alicloud.fc.plugins.module_utils._api.description import Api
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import (
    NO_CONFIG,
    NO_JSON,
    NO_PARENT,
    ApiError,
    MissingLibrary,
    NoCredential,
    NotFound,
    cause_of,
    first_text,
    hint_for,
    may_be_done,
    not_tried,
    refuses_token,
)
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import CallFailed, Cause, NotTried, Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._api.sdk import (
    hide_proxies,
    last_answer,
    load_package,
    prepare_sdk,
    retry_after_of,
    snake_case,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.fields import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import (
    CODE_KEYS,
    MESSAGE_KEYS,
    UnexpectedAnswer,
    listed_name,
    listed_page,
    parse_answer,
    parse_listed,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import TOO_LARGE
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import (
    proxies,
    proxy_in_words,
    refused_by_proxy,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.transport import (
    CHECK_PROXY,
    DEAD_ENDS,
    NOT_SENT,
    innermost_text,
    layers_of,
    not_http,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError

T = TypeVar("T")


PAGE = 100
"""Items a page of a List: the most that the service gives (aliyun-openapi-meta)."""


READ_LAG = 30.0
"""Seconds in which a read may still show what was there before a write. The vendor says nothing about it; Terraform
waits for what it has deleted."""


MOST_PAGES = 1000
"""Pages of one List; no account has so many items."""


MOST_EMPTY_PAGES = 10
"""Pages without an item, one after the other, after which a List is taken to have no end."""


class Client:
    """The operations on async invoke configs of one generation, for one account and region. Thread-safe.

    :arg concurrency: how many threads will use it: as many connections are kept open.

    Raises :class:`MissingLibrary`, :class:`CredentialError` or :class:`ApiError` when it is made, since the
    endpoint may need the account's id, which STS tells.
    """

    def __init__(self, api: Api, connection: Connection, retrier: Retrier, concurrency: int = 1) -> None:
        self._api = api
        self._connection = connection
        self._retrier = retrier
        self._redactor = connection.redactor
        self._region = connection.place[0]
        self._waited_in_vain = False
        try:
            prepare_sdk()
            self._openapi = load_package("alibabacloud_tea_openapi.models")
            self._models = load_package(api.package + ".models")
            sdk = load_package(api.package + ".client")
            self._runtime = self._make_runtime(concurrency)
            self._credential = credential(connection)
        except ImportError:
            raise MissingLibrary(api.library) from None
        hide_proxies()
        self._account_id = connection.place[1]
        account_id = self.account_id if api.needs_account_id(connection) else self._account_id
        endpoint = api.endpoint(connection, account_id)
        self._endpoint = endpoint
        self._sdk = sdk.Client(self._sdk_config(endpoint))

    @property
    def account_id(self) -> str:
        """The account that is called; STS is asked for it where neither the task nor the endpoint tells."""
        if self._account_id is None:
            self._account_id = self._ask_account_id()
        return self._account_id

    def get(self, identity: Identity) -> Optional[AsyncInvokeConfig]:
        """The config, or None. Raises :class:`NotFound` where what it would belong to is missing."""
        try:
            body = self._call_config(self._api.get, identity, {})
        except ApiError as error:
            if error.code == NO_CONFIG:
                return None
            raise
        return self._config(self._api.get, identity, body)

    def put(self, identity: Identity, settings: Settings, vital: bool = False) -> AsyncInvokeConfig:
        """Store what is set in ``settings``; what is not set may stay as it was. Returns what the answer shows.

        :arg vital: whether a config is lost unless this succeeds, so that it is worth its own patience.
        """
        body = request_body(self._api.generation, settings)
        fields = {"body": body} if self._api.nested_body else body
        answer = self._call_config(self._api.put, identity, fields, write=True, vital=vital)
        return self._config(self._api.put, identity, answer)

    def delete(self, identity: Identity) -> bool:
        """Remove the config; False where it, or what it belonged to, was gone already."""
        try:
            self._call_config(self._api.delete, identity, {}, write=True)
        except ApiError as error:
            if error.code == NO_CONFIG or isinstance(error, NotFound):
                return False
            raise
        return True

    def get_until(
        self, identity: Identity, accept: Callable[[Optional[AsyncInvokeConfig]], bool], patience: float
    ) -> Optional[AsyncInvokeConfig]:
        """Get again until ``accept`` says yes or ``patience`` seconds are over; returns what was read last."""
        return self._retrier.until(lambda: self.get(identity), accept, patience)

    def get_after(
        self,
        error: Union[ApiError, CredentialError],
        identity: Identity,
        accept: Callable[[Optional[AsyncInvokeConfig]], bool],
    ) -> Optional[AsyncInvokeConfig]:
        """Get after a failed write, which it would show if ``accept`` says yes.

        If the write may have been carried out, reads again as long as they may be late; but not if that was in vain
        once in this task, or a service that fails every write would cost it for each.
        """
        patience = READ_LAG if error.uncertain and not self._waited_in_vain else 0.0
        found = self.get_until(identity, accept, patience)
        self._waited_in_vain = self._waited_in_vain or (patience > 0 and not accept(found))
        return found

    @property
    def lists_qualifiers(self) -> bool:
        """Whether listed configs are sure to tell their qualifiers."""
        return not self._api.list_qualifiers

    @property
    def lists_account(self) -> bool:
        """Whether the configs of the whole account can be listed at once."""
        return not self._api.lists_by_function

    def configs(self, function: Optional[Function]) -> List[AsyncInvokeConfig]:
        """All configs of a function, or (None) of the account, of whatever qualifier.

        A qualifier that the service does not tell is empty. Raises :class:`NotFound` where the function is missing.
        """
        operation, generation = self._api.list_configs, self._api.generation
        target = "the account" if function is None else function.id
        if self._api.lists_by_function and function is not None:
            pages = self._pages(operation, self._api.path(function), target, "configs")
        else:
            narrowed = {} if function is None else {"functionName": function.function_name}
            pages = self._pages(operation, (), target, "configs", narrowed)
        listed = partial(parse_listed, generation, function, region=self._region, account_id=self._account_id)
        return [self._parsed(operation, target, partial(listed, body)) for body in pages]

    def qualifiers(self, function: Function) -> Iterator[str]:
        """Every qualifier that a config of this function can have, asking for as few as are taken."""
        yield LATEST
        for operation, (items, key) in self._api.list_qualifiers.items():
            for body in self._pages(operation, self._api.path(function), function.id, items):
                yield self._name(operation, function.id, "qualifier", body, key)

    def functions(self, service_name: Optional[str]) -> List[Function]:
        """All functions of a service. Raises :class:`NotFound` where it is missing."""
        path = () if service_name is None else (service_name,)
        operation, target = self._api.list_functions, service_name or "the account"
        return [
            Function(self._name(operation, target, "function_name", body, "functionName"), service_name)
            for body in self._pages(operation, path, target, "functions")
        ]

    def services(self) -> List[str]:
        """The names of all services of the account."""
        operation, target = self._api.list_services, "the account"
        pages = self._pages(operation, (), target, "services")
        return [self._name(operation, target, "service_name", body, "serviceName") for body in pages]

    def _config(self, operation: str, identity: Identity, body: Any) -> AsyncInvokeConfig:
        """A config from the answer to a Get or Put."""
        parse = partial(parse_answer, self._api.generation, identity, body, self._region, self._account_id)
        return self._parsed(operation, identity.id, parse)

    def _name(self, operation: str, target: str, option: str, body: Any, key: str) -> str:
        """The name in an item of a List."""
        return self._parsed(operation, target, partial(listed_name, self._api.generation, option, body, key))

    def _parsed(self, operation: str, target: str, parse: Callable[[], T]) -> T:
        """What the model makes of an answer. Raises :class:`ApiError` if it is not as documented."""
        try:
            return parse()
        except UnexpectedAnswer as error:
            raise self._unexpected(operation, target, str(error)) from None

    def _pages(
        self, operation: str, path: Tuple[str, ...], target: str, key: str, narrowed: Optional[Mapping[str, Any]] = None
    ) -> Iterator[Mapping[str, Any]]:
        """The items of a List operation, page after page; a page's token is the next item's name."""
        fields: Dict[str, Any] = {"limit": PAGE, **(narrowed or {})}
        seen: Set[str] = set()
        empty = 0
        for _page in range(MOST_PAGES):
            body = self._call(operation, path, target, fields)
            items, token = self._parsed(operation, target, partial(listed_page, body, key))
            yield from items
            if not token:
                return
            empty = 0 if items else empty + 1
            if token in seen:
                raise self._unexpected(operation, target, "the list leads back to a page that was read already")
            if empty > MOST_EMPTY_PAGES:
                raise self._unexpected(operation, target, f"{empty} pages of the list are empty, one after the other")
            seen.add(token)
            fields["nextToken"] = token
        raise self._unexpected(operation, target, f"the list has more than {MOST_PAGES} pages")

    def _call_config(
        self, operation: str, identity: Identity, fields: Mapping[str, Any], write: bool = False, vital: bool = False
    ) -> Any:
        """One operation on a config."""
        query = {"qualifier": identity.qualifier, **fields}
        return self._call(operation, self._api.path(identity.function), identity.id, query, write, vital)

    def _call(
        self,
        operation: str,
        path: Tuple[str, ...],
        target: str,
        fields: Mapping[str, Any],
        write: bool = False,
        vital: bool = False,
    ) -> Any:
        """One operation, tried again as need be. Returns the answer's body as JSON; that of a Delete is empty."""
        method = getattr(self._sdk, snake_case(operation) + "_with_options")

        def attempt() -> Any:
            # Made for each attempt: the SDK writes into what it is given.
            request = getattr(self._models, operation + "Request")().from_map(fields)
            headers = getattr(self._models, operation + "Headers")() if self._api.typed_headers else {}
            method(*path, request, headers, self._runtime)
            return self._documented(operation, target)

        return self._try(operation, target, attempt, self._endpoint, write, vital)

    def _documented(self, operation: str, target: str) -> Any:
        """The body of an answer that has the status and the form that are documented.

        Not from the SDK's models, which make an empty config of any JSON, and so of an error with status 200.
        """
        status = last_answer.status
        if status != (204 if operation == self._api.delete else 200):
            raise self._unexpected(operation, target, "the answer has a status that is not documented for it")
        if operation == self._api.delete:
            return {}
        try:
            body = json.loads(last_answer.body)
        except (ValueError, TypeError, RecursionError):
            body = None
        if not isinstance(body, Mapping):
            raise self._unexpected(operation, target, NO_JSON)
        return body

    def _unexpected(self, operation: str, target: str, problem: str) -> ApiError:
        """The error for an answer that says that all went well, but not as it is documented."""
        hint = "Check endpoint, and whether a proxy answers in place of Function Compute."
        request_id = last_answer.headers.get("x-fc-request-id")
        return ApiError(
            operation,
            target,
            self._redactor.text(problem),
            # The same request may well be answered as it should be, as by a proxy that is done with its sign-in.
            Cause.LOST if problem == NO_JSON else Cause.FINAL,
            status=last_answer.status,
            request_id=None if request_id is None else self._redactor.text(request_id),
            hint=hint,
            uncertain=True,
        )

    def _try(
        self,
        operation: str,
        target: str,
        attempt: Callable[[], Any],
        endpoint: Endpoint,
        write: bool = False,
        vital: bool = False,
    ) -> Any:
        """Carry out one call with retries. Whatever goes wrong comes out as ApiError or CredentialError."""

        def guarded() -> Any:
            try:
                return self._attempt(operation, target, endpoint, attempt)
            except ApiError as error:
                if not (refuses_token(error) and self._credential.renew()):
                    raise
            return self._attempt(operation, target, endpoint, attempt)

        try:
            return self._retrier.call(f"{operation} of {target}", guarded, write, endpoint.address, vital)
        except NoCredential as failed:
            failed.error.uncertain = failed.uncertain
            raise failed.error from None
        except NotTried as error:
            raise not_tried(operation, target, error.reason) from None

    def _attempt(self, operation: str, target: str, endpoint: Endpoint, attempt: Callable[[], Any]) -> Any:
        """Carry out one call once. Raises nothing but :class:`CallFailed`."""
        last_answer.status, last_answer.headers, last_answer.body = None, {}, b""
        try:
            return attempt()
        except ApiError:
            raise
        except Exception as error:  # noqa: BLE001  # the SDK raises at least five unrelated classes
            raise self._failure(operation, target, endpoint, error) from None

    def _failure(self, operation: str, target: str, endpoint: Endpoint, error: Exception) -> CallFailed:
        inner = getattr(error, "inner_exception", error)  # the older SDK does not wrap it
        if isinstance(inner, CredentialError):
            return NoCredential(inner)
        status = last_answer.status or getattr(error, "statusCode", None)
        data = getattr(error, "data", None)
        data = data if isinstance(data, Mapping) else {}
        if status is None:
            return self._no_answer(operation, target, endpoint, error)
        if status == 407:
            return self._refused_by_proxy(operation, target, endpoint, status)
        code = first_text(data, *CODE_KEYS)
        message = first_text(data, *MESSAGE_KEYS)
        if message is None:
            message = NO_JSON
        # Behind it, what was signed would follow, a security token among it.
        message = re.split("(?:server )?string ?to ?sign", message, maxsplit=1, flags=re.IGNORECASE)[0].rstrip(" .,:;(")
        cause = cause_of(status, code)
        kind = NotFound if code in NO_PARENT else ApiError
        request_id = first_text(data, "RequestId", "RequestID", "requestId") or last_answer.headers.get(
            "x-fc-request-id"
        )
        text = self._redactor.text
        return kind(
            operation,
            target,
            text(message),
            cause,
            None if code is None else text(code),
            status,
            None if request_id is None else text(request_id),
            retry_after_of(last_answer.headers),
            hint_for(self._api, self._account_id, operation, code, message, cause),
            may_be_done(status, code, cause),
        )

    def _no_answer(self, operation: str, target: str, endpoint: Endpoint, error: BaseException) -> ApiError:
        layers = list(layers_of(error))
        host, text = endpoint.address, self._redactor.text(innermost_text(layers))
        proxy_says = re.search(r"Tunnel connection failed: (\d{3})", " ".join(map(str, layers)))
        if proxy_says:
            return self._refused_by_proxy(operation, target, endpoint, int(proxy_says[1]))
        for dead in DEAD_ENDS:
            if any(sign in text for sign in dead.signs):
                sent = dead.signs[0] in ("redirects", TOO_LARGE)
                message = f"{host}: {dead.message or text}"
                return ApiError(operation, target, message, Cause.FINAL, hint=dead.hint, uncertain=sent)
        kinds = {kind.__name__ for layer in layers for kind in type(layer).__mro__}
        sent = kinds.isdisjoint(NOT_SENT)
        hint = "Check endpoint, region, network and the proxy settings."
        if "ProxyError" in kinds:
            message = f"{proxy_in_words(self._connection.environ, endpoint)} does not answer: {text}"
            hint = CHECK_PROXY
        elif not_http(layers):
            message = f"{host} does not answer in HTTP, or its answer was cut off"
            hint = "Check endpoint, and its port."
        else:
            message = f"{host} does not answer: {text}"
        return ApiError(operation, target, message, Cause.LOST, hint=hint, uncertain=sent)

    def _refused_by_proxy(self, operation: str, target: str, endpoint: Endpoint, status: int) -> ApiError:
        message, temporary = refused_by_proxy(self._connection.environ, endpoint, status)
        return ApiError(operation, target, message, Cause.LOST if temporary else Cause.BLOCKED, hint=CHECK_PROXY)

    def _ask_account_id(self) -> str:
        """The id of the account that the credential belongs to, from STS GetCallerIdentity."""
        openapi = load_package("alibabacloud_tea_openapi.client")
        endpoint = self._connection.sts_service()
        sts = openapi.Client(self._sdk_config(endpoint))
        params = self._openapi.Params(
            action="GetCallerIdentity",
            version="2015-04-01",
            protocol="HTTPS",
            pathname="/",
            method="POST",
            auth_type="AK",
            style="RPC",
            req_body_type="formData",
            body_type="json",
        )

        def attempt() -> str:
            answer = sts.call_api(params, self._openapi.OpenApiRequest(), self._runtime)
            account_id = str(answer["body"]["AccountId"])
            if re.fullmatch("[0-9]{1,32}", account_id) is None:
                raise self._unexpected("GetCallerIdentity", "the caller", "the account's id is not a number")
            return account_id

        account_id: str = self._try("GetCallerIdentity", "the caller", attempt, endpoint)
        return account_id

    def _sdk_config(self, endpoint: Endpoint) -> Any:
        proxy = proxies(self._connection.environ, endpoint)
        config = self._openapi.Config(
            credential=self._credential,
            endpoint=endpoint.host,
            protocol=endpoint.scheme.upper(),
            region_id=self._connection.region,
            http_proxy=proxy.get("http"),
            https_proxy=proxy.get("https"),
            user_agent="ansible-alicloud-fc",
        )
        # Config of the older SDK has no such argument, but hands the attribute on.
        config.ca = self._connection.ca_path
        return config

    def _make_runtime(self, concurrency: int) -> Any:
        models = load_package("alibabacloud_tea_util.models")
        runtime = models.RuntimeOptions(
            connect_timeout=int(self._connection.connect_timeout * 1000),
            read_timeout=int(self._connection.read_timeout * 1000),
            max_idle_conns=max(concurrency, 4),
            ignore_ssl=not self._connection.validate_certs,
        )
        if not self._connection.validate_certs:
            load_package("urllib3").disable_warnings()
        return runtime
