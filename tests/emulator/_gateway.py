# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Request handling: authentication, throttling, faults, execution and the journal."""

from __future__ import annotations

import dataclasses
import math
import time
import uuid
from typing import Any
from urllib.parse import unquote

from . import _sts
from ._account import Account
from ._api import API_VERSIONS, Call, Result, error_body
from ._errors import FcError, invalid_argument
from ._faults import Fault
from ._journal import Entry, without_secrets
from ._keys import AuthenticationError, Problem
from ._message import Request, Response, json_response
from ._model import JsonObject
from ._permissions import permission_of
from ._signature import parse_authorization

# The hosts documented on the fc-endpoints page of both manuals. Hosts outside aliyuncs.com are custom domains.
_CLOUD = ".aliyuncs.com"
_FC_HOST = "{account}.{region}.fc.aliyuncs.com"
_INTERNAL_HOST = "{account}.{region}-internal.fc.aliyuncs.com"
_FC3_HOST = "fcv3.{region}.aliyuncs.com"
_FC3 = "2023-03-30"
_MAX_JOURNAL_BODY = 64 * 1024
_INVALID_JSON = object()


class Gateway:
    """The entry point for all requests to the account."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def handle(self, request: Request) -> Response:
        """Execute and record a request. An invalid request results in an error response, not in an exception."""
        handler = _StsHandler if _sts.parse_action(request) else _FcHandler
        return handler(self._account, request).respond()


class _Handler:
    """The request handling steps that FC and STS share."""

    request_id_header = ""

    def __init__(self, account: Account, request: Request) -> None:
        self.account = account
        self.request = request
        self.request_id = str(uuid.uuid4()).upper()
        self.entry = self._new_entry()

    def check(self) -> None:
        """Raise FcError if the request is invalid or cannot be authenticated."""
        raise NotImplementedError

    def execute(self) -> Result:
        """Execute the operation. Raise FcError if it fails."""
        raise NotImplementedError

    def error_body(self, error: FcError) -> JsonObject:
        """Return an error body in the format that this API uses."""
        raise NotImplementedError

    def respond(self) -> Response:
        """Record the request in the journal and return the response with faults applied."""
        response = self._get_response()
        response.headers[self.request_id_header] = self.request_id
        response.delay = max(response.delay, self.account.switches.latency)
        self.entry["status"] = None if response.dropped else response.status
        self.account.journal.add(self.entry)
        return response

    def _get_response(self) -> Response:
        try:
            self.check()
            self._throttle()
        except FcError as error:
            return self._error_response(error)
        fault = self.account.faults.select(self.entry["operation"], self.entry["function"], time.monotonic())
        if fault is None:
            return self._run_operation()
        response = Response(0) if fault.replaces_operation else self._run_operation()
        if fault.status is not None:
            response = self._with_status(fault.status, response, fault)
        return _apply_fault(response, fault)

    def _with_status(self, status: int, response: Response, fault: Fault) -> Response:
        if fault.is_error:
            return self._error_response(FcError(status, fault.default_code, fault.default_message, fault.headers))
        return dataclasses.replace(response, status=status, headers={**response.headers, **fault.headers})

    def _run_operation(self) -> Response:
        try:
            result = self.execute()
        except FcError as error:
            return self._error_response(error)
        self.entry["stored"] = result.stored
        return json_response(result.status, result.body)

    def _error_response(self, error: FcError) -> Response:
        self.entry["code"] = error.code
        return json_response(error.status, self.error_body(error), error.headers)

    def _throttle(self) -> None:
        switches = self.account.switches
        if not switches.rate_limit:
            return
        wait = self.account.bucket.wait(switches.rate_limit, max(1, switches.rate_burst), time.monotonic())
        if not wait:
            return
        seconds = str(math.ceil(wait))
        headers: dict[str, str] = {} if switches.rate_header == "none" else {switches.rate_header: seconds}
        if switches.rate_status == "429":
            raise FcError(429, "ResourceExhausted", "the rate of requests exceeds the limit", headers)
        raise FcError(503, "ResourceThrottled", "the request is throttled, please retry later", headers)

    def _new_entry(self) -> Entry:
        request = self.request
        authorization = parse_authorization(request.headers.get("authorization", ""))
        return {
            "n": 0,
            "time": self.account.settings.clock(),
            "method": request.method,
            "path": unquote(request.path),
            "query": without_secrets(request.parameters),
            "version": "",
            "operation": "",
            "access_key_id": authorization.access_key_id if authorization else "",
            "status": None,
            "code": "",
            "service": None,
            "function": None,
            "qualifier": None,
            "body": None,
            "stored": False,
        }


class _StsHandler(_Handler):
    """Handles a request to STS."""

    request_id_header = "x-acs-request-id"

    def __init__(self, account: Account, request: Request) -> None:
        super().__init__(account, request)
        self._action, self._parameters = _sts.parse_action(request) or ("", {})
        self.entry["version"] = _sts.get_version(request, self._parameters)
        self.entry["operation"] = self._action
        self.entry["access_key_id"] = self.entry["access_key_id"] or self._parameters.get("AccessKeyId", "")
        self.entry["body"] = without_secrets(self._parameters)

    def check(self) -> None:
        _sts.authenticate(self.account, self.request, self._action, self._parameters)

    def execute(self) -> Result:
        body = _sts.execute(self.account, self.entry["access_key_id"], self._action, self._parameters)
        return Result(200, {"RequestId": self.request_id, **body})

    def error_body(self, error: FcError) -> JsonObject:
        return _sts.error_body(error, self.request_id)


class _FcHandler(_Handler):
    """Handles a request to Function Compute."""

    request_id_header = "X-Fc-Request-Id"

    def __init__(self, account: Account, request: Request) -> None:
        super().__init__(account, request)
        segments = request.path.strip("/").split("/")
        self._version = API_VERSIONS.get(segments[0])
        found = self._version.find(request.method, segments[1:]) if self._version else None
        self._action = None
        if self._version is None or found is None:
            return
        route, path = found
        self._action = route.action
        self._call = self._make_call(self._version.qualifier_in_path, path)
        self.entry["version"] = self._version.name
        self.entry["operation"] = route.operation
        self.entry["service"] = self._call.service
        self.entry["function"] = self._call.function
        self.entry["qualifier"] = self._call.qualifier
        if len(request.body) <= _MAX_JOURNAL_BODY and self._call.body is not _INVALID_JSON:
            self.entry["body"] = self._call.body

    def _make_call(self, qualifier_in_path: bool, path: dict[str, str]) -> Call:
        query = self.request.parameters
        qualifier = "" if qualifier_in_path else query.get("qualifier", "")
        service, dot, dotted = path.get("service", "").partition(".")
        if dot and (qualifier_in_path or self.account.switches.dotted_path_2021):
            path = {**path, "service": service}
            qualifier = dotted
        return Call(self.account.store, path, qualifier, query, self._parse_body())

    def _parse_body(self) -> Any:
        try:
            return self.request.json()
        except (RecursionError, ValueError):
            return _INVALID_JSON

    def check(self) -> None:
        limit = self.account.switches.max_body_bytes
        if len(self.request.body) > limit:
            raise FcError(400, "EntityTooLarge", f"payload size exceeds maximum allowed size ({limit} bytes)")
        try:
            self.account.keys.check(self.request)
        except AuthenticationError as error:
            raise self._authentication_error(error) from None
        if not self.account.switches.fc_enabled:
            raise FcError(403, "AccessDenied", "FC service is not enabled for current user.")
        self._check_account()
        if self._action is None:
            path = unquote(self.request.path)
            raise FcError(400, "PathNotSupported", f"'{self.request.method}' against '{path}' is not supported")
        self._authorize()

    def _authorize(self) -> None:
        settings = self.account.settings
        action, resource = permission_of(self.entry["version"], self.entry["operation"], self._call)
        self.account.store.authorize(action, f"acs:fc:{settings.region}:{settings.account_id}:{resource}")

    def _authentication_error(self, error: AuthenticationError) -> FcError:
        switches = self.account.switches
        if error.problem is Problem.MISSING_HEADER:
            return FcError(400, "MissingRequiredHeader", f"required HTTP header {error.detail} was not specified")
        if error.problem is Problem.MALFORMED:
            return FcError(400, "InvalidAuthorization", "the format of the Authorization header is not supported")
        if error.problem is Problem.UNKNOWN_KEY:
            return FcError(403, "InvalidAccessKeyID", f"invalid access key ID '{error.detail}'")
        if error.problem is Problem.SKEW:
            status = 400 if switches.skew_code in ("InvalidArgument", "InvalidTimeStamp.Expired") else 403
            message = "the date of the request differs from the current time by more than 15 minutes"
            return FcError(status, switches.skew_code, message)
        if error.problem is Problem.MISMATCH:
            return FcError(
                403,
                "SignatureNotMatch",
                "The request signature we calculated does not match the signature you provided. "
                "Check your access key and signing method",
            )
        return FcError(403, switches.token_code, f"the security token is not valid: {error.problem.value}")

    def _check_account(self) -> None:
        if not self.account.switches.check_account:
            return
        settings = self.account.settings
        host = self.request.headers.get("host", "").partition(":")[0].lower()
        names = [_FC_HOST, _INTERNAL_HOST]
        if self._version is not None and self._version.name == _FC3:
            names.append(_FC3_HOST)
        own_hosts = {name.format(account=settings.account_id, region=settings.region) for name in names}
        account_id = self.request.headers.get("x-fc-account-id") or settings.account_id
        if (host.endswith(_CLOUD) and host not in own_hosts) or account_id != settings.account_id:
            raise FcError(403, "AccessDenied", "The service or function doesn't belong to you.")

    def execute(self) -> Result:
        if self._call.body is _INVALID_JSON:
            raise invalid_argument("the request body is not valid JSON")
        assert self._action is not None  # checked by check()
        return self._action(self._call)

    def error_body(self, error: FcError) -> JsonObject:
        spelling = self.account.switches.error_spelling
        if spelling != "by_version":
            return error_body(spelling, error, self.request_id)
        return error_body(self._version.error_spelling if self._version else "ErrorCode", error, self.request_id)


def _apply_fault(response: Response, fault: Fault) -> Response:
    response.delay = fault.delay
    response.dropped = fault.drop is not None
    response.truncated = fault.truncate
    if fault.body is not None:
        response.body = fault.body.encode()
        response.content_type = fault.content_type
    return response
