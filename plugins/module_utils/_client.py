# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The operations of Function Compute over the official SDK: the only file that talks to the network.

How a generation is spoken is a description (:class:`Api`). The SDK is imported when a client is made, not before,
so that input is checked first and a missing library is reported as Ansible does it.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import threading
import traceback
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple, TypeVar, Union

from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    CODE_KEYS,
    FC2,
    FC3,
    LATEST,
    MESSAGE_KEYS,
    AsyncInvokeConfig,
    Function,
    Generation,
    Identity,
    Settings,
    UnexpectedAnswer,
    listed_name,
    listed_page,
    parse_answer,
    parse_listed,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._credentials import CredentialError, credential
from ansible_collections.alicloud.fc.plugins.module_utils._endpoint import (
    Endpoint,
    proxies,
    proxy_in_words,
    refused_by_proxy,
)
from ansible_collections.alicloud.fc.plugins.module_utils._retry import CallFailed, Cause, NotTried, Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._transport import TOO_LARGE, limit_requests

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

# --- How a generation is spoken ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Api:
    """How the official SDK speaks a generation. Methods and models are named after the operations."""

    generation: Generation
    library: str
    """The library's name for pip."""
    package: str
    get: str
    put: str
    delete: str
    list_configs: str
    list_functions: str
    list_services: str
    """Empty where functions belong to no service."""
    endpoint: Callable[[Connection, Optional[str]], Endpoint]
    needs_account_id: Callable[[Connection], bool]
    list_qualifiers: Mapping[str, Tuple[str, str]]
    """The List operations that tell a function's qualifiers, with the names of their items and of the item's name."""
    lists_by_function: bool
    """Whether configs are listed below their function (or in the account, where a function only narrows the list)."""
    typed_headers: bool
    """Whether the library has a model for headers (or takes a dict)."""
    nested_body: bool
    """Whether the library has a model for a request's body (or its fields stand beside the query's)."""
    ram_actions: Mapping[str, str]
    """Operations whose RAM action has another name."""

    def path(self, function: Function) -> Tuple[str, ...]:
        """The names that stand in the path of a function's operations; a qualifier stands in the query."""
        return tuple(name for name in (function.service_name, function.function_name) if name is not None)


FC2_API = Api(
    generation=FC2,
    library="alibabacloud-fc-open20210406",
    package="alibabacloud_fc_open20210406",
    get="GetFunctionAsyncInvokeConfig",
    put="PutFunctionAsyncInvokeConfig",
    delete="DeleteFunctionAsyncInvokeConfig",
    list_configs="ListFunctionAsyncInvokeConfigs",
    list_functions="ListFunctions",
    list_services="ListServices",
    endpoint=lambda connection, account_id: connection.fc_endpoint(account_id),
    needs_account_id=lambda connection: connection.needs_account_id(),
    list_qualifiers={},
    lists_by_function=True,
    typed_headers=True,
    nested_body=False,
    ram_actions={},
)

FC3_API = Api(
    generation=FC3,
    library="alibabacloud-fc20230330",
    package="alibabacloud_fc20230330",
    get="GetAsyncInvokeConfig",
    put="PutAsyncInvokeConfig",
    delete="DeleteAsyncInvokeConfig",
    list_configs="ListAsyncInvokeConfigs",
    list_functions="ListFunctions",
    list_services="",
    endpoint=lambda connection, account_id: connection.fcv3_endpoint(account_id),
    needs_account_id=lambda connection: connection.fcv3_needs_account_id(),
    list_qualifiers={
        "ListAliases": ("aliases", "aliasName"),
        "ListFunctionVersions": ("versions", "versionId"),
    },
    lists_by_function=False,
    typed_headers=False,
    nested_body=True,
    # The names of 2.0, by aliyun-openapi-meta's list of RAM actions.
    ram_actions={f"{verb}AsyncInvokeConfig": f"{verb}FunctionAsyncInvokeConfig" for verb in ("Get", "Put", "Delete")},
)


# --- Failures ---------------------------------------------------------------------------------------------------


class MissingLibrary(Exception):
    """A Python library that is needed cannot be imported; ``details`` is the traceback."""

    def __init__(self, library: str) -> None:
        super().__init__(library)
        self.library = library
        self.details = traceback.format_exc()


class ApiError(CallFailed):
    """The service, or something on the way to it, did not do what was asked. ``str()`` is one sentence.

    ``status`` is None where no answer came. ``tried``: whether the call was made at all. :meth:`details` is the
    ``error`` that modules return.
    """

    def __init__(
        self,
        operation: str,
        target: str,
        message: str,
        cause: Cause,
        code: Optional[str] = None,
        status: Optional[int] = None,
        request_id: Optional[str] = None,
        retry_after: Optional[float] = None,
        hint: str = "",
        uncertain: bool = False,
        tried: bool = True,
    ) -> None:
        self.operation = operation
        self.message = message
        self.tried = tried
        self.code = code
        self.status = status
        self.request_id = request_id
        known = [
            f"HTTP {int(status)}" if status else "",
            code or "",
            f"request id {request_id}" if request_id else "",
        ]
        facts = ", ".join(fact for fact in known if fact)
        facts = f" ({facts})" if facts else ""
        how = "failed: " if tried else "was not tried, because another call failed: "
        sentence = f"{operation} of {target} {how}{message.strip().rstrip('.')}{facts}."
        super().__init__(sentence + (" " + hint if hint else ""), cause, retry_after, uncertain)

    def details(self) -> Optional[Dict[str, Any]]:
        """``code``, ``message``, ``status``, ``request_id``, ``operation``; None where no answer came."""
        if self.status is None:
            return None
        return {name: getattr(self, name) for name in ("code", "message", "status", "request_id", "operation")}


def _not_tried(operation: str, target: str, reason: CallFailed) -> Exception:
    """The error of a call that was not made, because of how others have failed."""
    if isinstance(reason, _NoCredential):
        return reason.error
    message = reason.message if isinstance(reason, ApiError) else str(reason)
    return ApiError(operation, target, message, reason.cause, tried=False)


class NotFound(ApiError):
    """The service, function, alias or version that a config belongs to does not exist."""


class _NoCredential(CallFailed):
    """There was no credential to make a call with; the retry needs to know whether that may pass."""

    def __init__(self, error: CredentialError) -> None:
        super().__init__(str(error), Cause.LOST if error.temporary else Cause.UNAUTHENTICATED)
        self.error = error


#: A Get or Delete that is answered like this has found that there is no config.
_NO_CONFIG = "AsyncConfigNotExists"
#: What a config belongs to is missing (error table of the FC manual, doc 440324).
_NO_PARENT = ("ServiceNotFound", "FunctionNotFound", "AliasNotFound", "VersionNotFound")

_NO_JSON = "the answer is not the JSON that Function Compute sends"

_WRONG_SECRET = "Check access_key_secret: it does not belong to the access key id, or was cut off."
_WRONG_KEY = "Check access_key_id: the key does not exist, or is disabled."
_WRONG_TOKEN = "Check security_token: it belongs to another key, or has expired."
_EXPIRED_TOKEN = "Get a new security token: this one has expired."
_HINTS = {
    "SignatureNotMatch": _WRONG_SECRET,
    "InvalidAccessKeyID": _WRONG_KEY,
    "InvalidSecurityToken": _WRONG_TOKEN,
    "SecurityTokenExpired": _EXPIRED_TOKEN,
    # STS has names of its own for the same.
    "SignatureDoesNotMatch": _WRONG_SECRET,
    "InvalidAccessKeyId.NotFound": _WRONG_KEY,
    "InvalidAccessKeyId.Inactive": _WRONG_KEY,
    "InvalidSecurityToken.MismatchWithAccessKey": _WRONG_TOKEN,
    "InvalidSecurityToken.Expired": _EXPIRED_TOKEN,
    "ServiceNotFound": "Create the service first, or check service_name and region.",
    "FunctionNotFound": "Create the function first, or check its name and region.",
    "AliasNotFound": "Create the alias first, or check qualifier.",
    "VersionNotFound": "Publish the version first, or check qualifier.",
    "ConcurrentUpdateError": "Something else changes the same function: run the task again when it is done.",
}
#: Codes by which the service and STS refuse a credential (doc 440324), whatever it is used for.
_UNAUTHENTICATED = (
    "SignatureNotMatch",
    "InvalidAccessKeyID",
    "InvalidSecurityToken",
    "SecurityTokenExpired",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
)
#: Codes by which the service refuses a request before it does anything (doc 440324, terraform-provider-alicloud 10031).
_REFUSED = (
    "InvalidArgument",
    "InvalidDestinationResources",
    "MissingRequiredHeader",
    "PathNotSupported",
    "EntityTooLarge",
    "ConcurrentUpdateError",
    _NO_CONFIG,
    *_NO_PARENT,
)


def _hint(api: Api, account_id: Optional[str], operation: str, code: Optional[str], message: str, cause: Cause) -> str:
    if "belong to you" in message:
        account = f"account {account_id}" if account_id else "the account that the endpoint names"
        return f"The function does not belong to {account}: check account_id and region."
    if "not enabled for current user" in message:
        return "Activate Function Compute in this account first."
    if code == "AccessDenied":
        hint = f"Grant the RAM action fc:{api.ram_actions.get(operation, operation)} to who calls"
        if operation == api.put:
            hint += ", and to the function's role the actions that its destinations need, such as mns:SendMessage"
        return hint + "."
    if cause is Cause.THROTTLED:
        return "Run it again later, with a lower concurrency or a longer retry_timeout."
    return _HINTS.get(code or "", "")


def _cause(status: Optional[int], code: Optional[str]) -> Cause:
    if status is None:
        return Cause.LOST
    if status == 429 or code in ("ResourceThrottled", "ResourceExhausted", "Throttling", "Throttling.User"):
        return Cause.THROTTLED
    if status >= 500 or code == "ConcurrentUpdateError":
        return Cause.BUSY
    if code in ("AccessDenied", "Forbidden", "NoPermission"):
        return Cause.DENIED
    if (code or "").split(".")[0] in _UNAUTHENTICATED:
        return Cause.UNAUTHENTICATED
    return Cause.FINAL if status >= 400 else Cause.LOST


def _refuses_token(error: ApiError) -> bool:
    """Whether the service does not accept the security token, or the temporary key that it belongs to, any more."""
    about_token = "token" in f"{error.code} {error.message}".lower()
    return error.cause is Cause.UNAUTHENTICATED or (error.cause is Cause.DENIED and about_token)


def _may_be_done(status: int, code: Optional[str], cause: Cause) -> bool:
    """Whether the service may have carried out what it answered like this."""
    refused = status < 500 and code in _REFUSED
    return not refused and cause not in (Cause.THROTTLED, Cause.DENIED, Cause.UNAUTHENTICATED)


def _first(data: Mapping[str, Any], *keys: str) -> Optional[str]:
    """The first of these keys that holds something; the SDK writes 'None' for some that do not."""
    values = (data.get(key) for key in keys)
    return next((str(value) for value in values if value not in (None, "", "None")), None)


@dataclass(frozen=True)
class _Dead:
    """A reason for no answer that does not go away by trying again: the words it is known by, and what to do."""

    signs: Tuple[str, ...]
    hint: str
    message: Optional[str] = None
    """In place of the transport's own words."""


_DEAD_ENDS = (
    _Dead(("redirects",), "Check endpoint.", "the endpoint answered with a redirect, which is not followed"),
    _Dead((TOO_LARGE,), "Check endpoint: Function Compute does not answer like this."),
    _Dead(
        ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "doesn't match"),
        "The server's certificate is not trusted: check endpoint and ca_path.",
    ),
    _Dead(
        ("WRONG_VERSION_NUMBER",),
        "The server does not speak https there: check endpoint, which may have to begin with http://, and its port.",
    ),
    # requests and http.client quote what they refuse, a secret maybe.
    _Dead(
        ("eader value", "eader part", "codec can't encode"),
        "Check where the credential comes from.",
        "a header cannot hold the credential",
    ),
)
#: Exceptions of urllib3 that come up before anything was sent.
_NOT_SENT = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")


_CHECK_PROXY = "Check the proxy settings."
#: What http.client, urllib3 and requests raise for bytes that are not an answer in HTTP, or not all of one.
_NO_HTTP = (
    "BadStatusLine",
    "LineTooLong",
    "UnknownProtocol",
    "IncompleteRead",
    "InvalidChunkLength",
    "InvalidHeader",
    "DecodeError",
)


def _not_http(layers: List[BaseException]) -> bool:
    """Whether a server did answer, but not with a whole answer in HTTP."""
    # A server that hangs up without a word: http.client derives its exception from BadStatusLine.
    names = {type(layer).__name__ for layer in layers}
    return "RemoteDisconnected" not in names and (type(layers[-1]) is ValueError or not names.isdisjoint(_NO_HTTP))


def _innermost(layers: List[BaseException]) -> str:
    """What went wrong, in the words of the exception that all others were wrapped around."""
    return str(getattr(layers[-1], "message", None) or layers[-1]) or type(layers[-1]).__name__


def _layers(error: Optional[BaseException]) -> Iterator[BaseException]:
    """The exception and those that it was wrapped around: the SDK, requests and urllib3 each add a layer."""
    seen: List[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inside = getattr(error, "inner_exception", None) or getattr(error, "reason", None)
        inside = inside if isinstance(inside, BaseException) else error.__cause__ or error.__context__
        error = inside or next((arg for arg in error.args if isinstance(arg, BaseException)), None)


# --- The SDK, and what it hides ---------------------------------------------------------------------------------


class _Answers(threading.local):
    """The answer that this thread got last, of which the SDK does not tell all."""

    status: Optional[int] = None
    headers: Mapping[str, str] = {}
    body: Any = b""


_answers = _Answers()


def _load(package: str) -> Any:
    """Import a part of the SDK. ImportError passes through."""
    return importlib.import_module(package)


def _prepare_sdk() -> None:
    """Make the SDK fit for a module: it must tell what it was answered, keep to limits, and print nothing."""
    limit_requests()
    openapi = _load("alibabacloud_tea_openapi.client")
    name = "DaraCore" if hasattr(openapi, "DaraCore") else "TeaCore"
    core = getattr(openapi, name)
    if hasattr(core, "remembers"):
        return

    class Remembering(core):  # type: ignore[misc, valid-type]
        """The SDK's transport, which remembers what it was answered."""

        remembers = True

        @staticmethod
        def do_action(request: Any, runtime_option: Any = None) -> Any:
            response = core.do_action(request, runtime_option)
            _answers.status, _answers.headers = response.status_code, response.headers
            _answers.body = response.body
            return response

    setattr(openapi, name, Remembering)
    # With DEBUG=sdk the SDK prints every header, signatures included.
    if os.environ.get("DEBUG", "").lower() == "sdk":
        del os.environ["DEBUG"]


def _snake(operation: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", operation).lower()


# --- The client -------------------------------------------------------------------------------------------------


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
            _prepare_sdk()
            self._openapi = _load("alibabacloud_tea_openapi.models")
            self._models = _load(api.package + ".models")
            sdk = _load(api.package + ".client")
            self._runtime = self._make_runtime(concurrency)
            self._credential = credential(connection)
        except ImportError:
            raise MissingLibrary(api.library) from None
        _hide_proxies()
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
            if error.code == _NO_CONFIG:
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
            if error.code == _NO_CONFIG or isinstance(error, NotFound):
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
        method = getattr(self._sdk, _snake(operation) + "_with_options")

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
        status = _answers.status
        if status != (204 if operation == self._api.delete else 200):
            raise self._unexpected(operation, target, "the answer has a status that is not documented for it")
        if operation == self._api.delete:
            return {}
        try:
            body = json.loads(_answers.body)
        except (ValueError, TypeError, RecursionError):
            body = None
        if not isinstance(body, Mapping):
            raise self._unexpected(operation, target, _NO_JSON)
        return body

    def _unexpected(self, operation: str, target: str, problem: str) -> ApiError:
        """The error for an answer that says that all went well, but not as it is documented."""
        hint = "Check endpoint, and whether a proxy answers in place of Function Compute."
        request_id = _answers.headers.get("x-fc-request-id")
        return ApiError(
            operation,
            target,
            self._redactor.text(problem),
            # The same request may well be answered as it should be, as by a proxy that is done with its sign-in.
            Cause.LOST if problem == _NO_JSON else Cause.FINAL,
            status=_answers.status,
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
                if not (_refuses_token(error) and self._credential.renew()):
                    raise
            return self._attempt(operation, target, endpoint, attempt)

        try:
            return self._retrier.call(f"{operation} of {target}", guarded, write, endpoint.address, vital)
        except _NoCredential as failed:
            failed.error.uncertain = failed.uncertain
            raise failed.error from None
        except NotTried as error:
            raise _not_tried(operation, target, error.reason) from None

    def _attempt(self, operation: str, target: str, endpoint: Endpoint, attempt: Callable[[], Any]) -> Any:
        """Carry out one call once. Raises nothing but :class:`CallFailed`."""
        _answers.status, _answers.headers, _answers.body = None, {}, b""
        try:
            return attempt()
        except ApiError:
            raise
        except Exception as error:  # noqa: BLE001  # the SDK raises at least five unrelated classes
            raise self._failure(operation, target, endpoint, error) from None

    def _failure(self, operation: str, target: str, endpoint: Endpoint, error: Exception) -> CallFailed:
        inner = getattr(error, "inner_exception", error)  # the older SDK does not wrap it
        if isinstance(inner, CredentialError):
            return _NoCredential(inner)
        status = _answers.status or getattr(error, "statusCode", None)
        data = getattr(error, "data", None)
        data = data if isinstance(data, Mapping) else {}
        if status is None:
            return self._no_answer(operation, target, endpoint, error)
        if status == 407:
            return self._refused_by_proxy(operation, target, endpoint, status)
        code = _first(data, *CODE_KEYS)
        message = _first(data, *MESSAGE_KEYS)
        if message is None:
            message = _NO_JSON
        # Behind it, what was signed would follow, a security token among it.
        message = re.split("(?:server )?string ?to ?sign", message, maxsplit=1, flags=re.IGNORECASE)[0].rstrip(" .,:;(")
        cause = _cause(status, code)
        kind = NotFound if code in _NO_PARENT else ApiError
        request_id = _first(data, "RequestId", "RequestID", "requestId") or _answers.headers.get("x-fc-request-id")
        text = self._redactor.text
        return kind(
            operation,
            target,
            text(message),
            cause,
            None if code is None else text(code),
            status,
            None if request_id is None else text(request_id),
            _retry_after(_answers.headers),
            _hint(self._api, self._account_id, operation, code, message, cause),
            _may_be_done(status, code, cause),
        )

    def _no_answer(self, operation: str, target: str, endpoint: Endpoint, error: BaseException) -> ApiError:
        layers = list(_layers(error))
        host, text = endpoint.address, self._redactor.text(_innermost(layers))
        proxy_says = re.search(r"Tunnel connection failed: (\d{3})", " ".join(map(str, layers)))
        if proxy_says:
            return self._refused_by_proxy(operation, target, endpoint, int(proxy_says[1]))
        for dead in _DEAD_ENDS:
            if any(sign in text for sign in dead.signs):
                sent = dead.signs[0] in ("redirects", TOO_LARGE)
                message = f"{host}: {dead.message or text}"
                return ApiError(operation, target, message, Cause.FINAL, hint=dead.hint, uncertain=sent)
        kinds = {kind.__name__ for layer in layers for kind in type(layer).__mro__}
        sent = kinds.isdisjoint(_NOT_SENT)
        hint = "Check endpoint, region, network and the proxy settings."
        if "ProxyError" in kinds:
            message = f"{proxy_in_words(self._connection.environ, endpoint)} does not answer: {text}"
            hint = _CHECK_PROXY
        elif _not_http(layers):
            message = f"{host} does not answer in HTTP, or its answer was cut off"
            hint = "Check endpoint, and its port."
        else:
            message = f"{host} does not answer: {text}"
        return ApiError(operation, target, message, Cause.LOST, hint=hint, uncertain=sent)

    def _refused_by_proxy(self, operation: str, target: str, endpoint: Endpoint, status: int) -> ApiError:
        message, temporary = refused_by_proxy(self._connection.environ, endpoint, status)
        return ApiError(operation, target, message, Cause.LOST if temporary else Cause.BLOCKED, hint=_CHECK_PROXY)

    def _ask_account_id(self) -> str:
        """The id of the account that the credential belongs to, from STS GetCallerIdentity."""
        openapi = _load("alibabacloud_tea_openapi.client")
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
        models = _load("alibabacloud_tea_util.models")
        runtime = models.RuntimeOptions(
            connect_timeout=int(self._connection.connect_timeout * 1000),
            read_timeout=int(self._connection.read_timeout * 1000),
            max_idle_conns=max(concurrency, 4),
            ignore_ssl=not self._connection.validate_certs,
        )
        if not self._connection.validate_certs:
            _load("urllib3").disable_warnings()
        return runtime


def _retry_after(headers: Mapping[str, str]) -> Optional[float]:
    """Seconds to wait, as a throttled answer says (``Retry-After``: seconds; dates are not used by the service)."""
    for name in ("x-acs-retry-after", "retry-after"):
        text = headers.get(name, "")
        if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", text):
            return float(text)
    return None


_PROXY_NAMES = ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy")


def _hide_proxies() -> None:
    """Keep the environment's proxies from the SDK, which would not look at NO_PROXY. The connection knows them."""
    for name in _PROXY_NAMES:
        os.environ.pop(name, None)
