# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Call the API: sign requests with the SDK, retry them and translate errors.

This is the only module that communicates with Function Compute. It does not import the SDK until a caller is created.
This way, input is validated first, and a missing library is reported as in other Ansible modules.
"""

from __future__ import annotations

import json
import re
from copy import copy
from typing import TYPE_CHECKING, Any, Callable, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import (
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
    not_attempted,
    refuses_token,
    role_lacks,
)
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import CallFailed, Cause, NotAttempted, Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._api.sdk import (
    hide_proxies,
    is_installed,
    last_response,
    load_package,
    prepare_sdk,
    retry_after_of,
    runtime_options,
    snake_case,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import (
    CODE_KEYS,
    MESSAGE_KEYS,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import proxies
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation

if TYPE_CHECKING:
    from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import Permissions


class Caller:
    """Calls the API of one Function Compute generation in one account and region. Thread-safe.

    Args:
        concurrency: number of threads that use the caller. The connection pool is at least this large.

    The constructor raises ``MissingLibrary``, ``CredentialError`` or ``ApiError``. It may call STS because the account
    ID may be part of the endpoint.
    """

    def __init__(self, api: Generation, connection: Connection, retrier: Retrier, concurrency: int = 1) -> None:
        self._api = api
        self._connection = connection
        self._retrier = retrier
        self._redactor = connection.redactor
        try:
            prepare_sdk()
            self._openapi = load_package("alibabacloud_tea_openapi.models")
            self._models = load_package(api.sdk.package + ".models")
            sdk = load_package(api.sdk.package + ".client")
            self._runtime = runtime_options(connection, concurrency)
            self._credential = credential(connection)
        except ImportError as error:
            reason = self._redactor.text(str(error)) if is_installed(api.sdk.package) else None
            raise MissingLibrary(api.sdk.library, reason) from None
        hide_proxies()
        #: The account ID, or None if it is not known yet.
        self.known_account_id = connection.location[1]
        account_id = self.account_id if connection.needs_account_id(api) else self.known_account_id
        endpoint = connection.fc_service(api, account_id)
        self._endpoint = endpoint
        self._sdk = sdk.Client(self._sdk_config(endpoint))

    def with_retrier(self, retrier: Retrier) -> Caller:
        """Return a caller with the same connection that retries differently."""
        caller = copy(self)
        caller._retrier = retrier
        return caller

    @property
    def account_id(self) -> str:
        """The account ID. It is obtained from STS if neither the task nor the endpoint specifies it."""
        if self.known_account_id is None:
            self.known_account_id = self._ask_account_id()
        return self.known_account_id

    @property
    def endpoint(self) -> str:
        """The URL of the endpoint."""
        return self._endpoint.url

    def call(
        self,
        operation: str,
        path: tuple[str, ...],
        target: str,
        fields: Mapping[str, Any],
        write: bool = False,
        vital: bool = False,
        needed: Permissions = (),
    ) -> Any:
        """Call an operation with retries and return the parsed response body. The body is empty for Delete."""
        method = getattr(self._sdk, snake_case(operation) + "_with_options")

        def attempt() -> Any:
            # Create a new request for each attempt because the SDK modifies its arguments.
            request = getattr(self._models, operation + "Request")().from_map(fields)
            headers = getattr(self._models, operation + "Headers")() if self._api.sdk.typed_headers else {}
            method(*path, request, headers, self._runtime)
            return self._documented(operation, target)

        return self._try(operation, target, attempt, self._endpoint, write, vital, needed)

    def _documented(self, operation: str, target: str) -> Any:
        """Return the body of the last response. Raises ``ApiError`` if the status or format is not as documented.

        The SDK's models are not used because they parse any JSON, even an error returned with status 200, as an empty
        configuration.
        """
        status = last_response.status
        if status != (204 if operation == self._api.operations.delete else 200):
            raise self.unexpected(operation, target, "the response has an undocumented status")
        if operation == self._api.operations.delete:
            return {}
        try:
            body = json.loads(last_response.body)
        except (ValueError, TypeError, RecursionError):
            body = None
        if not isinstance(body, Mapping):
            raise self.unexpected(operation, target, NO_JSON)
        return body

    def unexpected(self, operation: str, target: str, problem: str) -> ApiError:
        """Return the error for a successful response that does not match the documentation."""
        hint = "Check endpoint, and check whether a proxy is responding instead of Function Compute."
        request_id = last_response.headers.get("x-fc-request-id")
        return ApiError(
            operation,
            target,
            self._redactor.text(problem),
            # A retry may succeed, for example after the user has signed in to a captive portal.
            Cause.CONNECTION if problem == NO_JSON else Cause.PERMANENT,
            status=last_response.status,
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
        needed: Permissions = (),
    ) -> Any:
        """Call an operation with retries. All errors are raised as ``ApiError`` or ``CredentialError``."""

        def attempt_with_renewal() -> Any:
            try:
                return self._attempt(operation, target, endpoint, attempt, needed)
            except ApiError as error:
                if not (refuses_token(error) and self._credential.renew()):
                    raise
            return self._attempt(operation, target, endpoint, attempt, needed)

        try:
            return self._retrier.call(f"{operation} of {target}", attempt_with_renewal, write, endpoint.address, vital)
        except NoCredential as failed:
            failed.error.uncertain = failed.uncertain
            raise failed.error from None
        except NotAttempted as error:
            raise not_attempted(operation, target, error.reason) from None

    def _attempt(
        self, operation: str, target: str, endpoint: Endpoint, attempt: Callable[[], Any], needed: Permissions
    ) -> Any:
        """Make a single attempt. Raises only ``CallFailed``."""
        last_response.status, last_response.headers, last_response.body = None, {}, b""
        try:
            return attempt()
        except ApiError:
            raise
        except Exception as error:  # noqa: BLE001  # the SDK raises at least five unrelated classes
            raise self._failure(operation, target, endpoint, error, needed) from None

    def _failure(
        self, operation: str, target: str, endpoint: Endpoint, error: Exception, needed: Permissions
    ) -> CallFailed:
        inner = getattr(error, "inner_exception", error)  # the older SDK does not wrap exceptions
        if isinstance(inner, CredentialError):
            return NoCredential(inner)
        status = last_response.status or getattr(error, "statusCode", None)
        data = getattr(error, "data", None)
        data = data if isinstance(data, Mapping) else {}
        if status in (None, 407):
            return self._no_response(operation, target, endpoint, error, status)
        code = first_text(data, *CODE_KEYS)
        message = first_text(data, *MESSAGE_KEYS)
        if message is None:
            message = NO_JSON
        # The rest of the message is the signed string, which includes security tokens.
        message = re.split("(?:server )?string ?to ?sign", message, maxsplit=1, flags=re.IGNORECASE)[0].rstrip(" .,:;(")
        cause = cause_of(status, code)
        kind = NotFound if code in NO_PARENT else ApiError
        request_id = first_text(data, "RequestId", "RequestID", "requestId") or last_response.headers.get(
            "x-fc-request-id"
        )
        text = self._redactor.text
        lacking = role_lacks(code, message, needed)
        return kind(
            operation,
            target,
            text(message),
            cause,
            None if code is None else text(code),
            status,
            None if request_id is None else text(request_id),
            retry_after_of(last_response.headers),
            hint_for(self._api, self.known_account_id, operation, code, message, cause, lacking),
            may_be_done(status, code, cause),
            required_permissions=lacking,
        )

    def _no_response(
        self, operation: str, target: str, endpoint: Endpoint, error: Exception, status: int | None
    ) -> ApiError:
        # Most tasks do not need it.
        from ansible_collections.alicloud.fc.plugins.module_utils._connection.transport import explain, refused

        environ = self._connection.environ
        why = explain(error, endpoint, environ) if status is None else refused(endpoint, environ, status)
        words = self._redactor.text(why.words)
        message = f"{why.text}: {words}" if words else why.text
        cause = Cause.CONNECTION if why.temporary else Cause.BLOCKED if why.refused else Cause.PERMANENT
        hint = why.hint or "Check endpoint, region, network and the proxy settings."
        return ApiError(operation, target, message, cause, hint=hint, uncertain=why.sent)

    def _ask_account_id(self) -> str:
        """Get the caller's account ID from STS (GetCallerIdentity)."""
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
                raise self.unexpected("GetCallerIdentity", "the caller", "the account ID is not a number")
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
        # In the older SDK, Config does not accept ``ca`` as an argument, but setting the attribute works.
        config.ca = self._connection.ca_path
        return config
