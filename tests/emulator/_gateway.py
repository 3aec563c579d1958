# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a request to its reply: find the operation, let it in, throttle it, spoil it, carry it out, write it down."""

from __future__ import annotations

import dataclasses
import math
import time
import uuid
from typing import Any
from urllib.parse import unquote

from . import _sts
from ._account import Account
from ._api import API_VERSIONS, Answer, Call, error_body
from ._errors import FcError, invalid_argument
from ._faults import Fault
from ._journal import Entry, without_secrets
from ._keys import NotAuthenticError, Problem
from ._message import Incoming, Reply, json_reply
from ._model import JsonObject
from ._signature import parse_authorization

# The names that the vendor's pages and metadata give (fc-endpoints of both manuals); any other host is the user's own.
_CLOUD = ".aliyuncs.com"
_FC_HOST = "{account}.{region}.fc.aliyuncs.com"
_INTERNAL_HOST = "{account}.{region}-internal.fc.aliyuncs.com"
_FC3_HOST = "fcv3.{region}.aliyuncs.com"
_FC3 = "2023-03-30"
_MAX_JOURNAL_BODY = 64 * 1024
_NOT_JSON = object()


class Gateway:
    """The way into the account: one method, from a request to its reply."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def answer(self, incoming: Incoming) -> Reply:
        """Carry ``incoming`` out and record it. Never raises for what a client may send."""
        request = _StsRequest if _sts.action_of(incoming) else _FcRequest
        return request(self._account, incoming).reply()


class _Request:
    """One request on its way; what FC and STS have in common."""

    request_id_header = ""

    def __init__(self, account: Account, incoming: Incoming) -> None:
        self.account = account
        self.incoming = incoming
        self.request_id = str(uuid.uuid4()).upper()
        self.entry = self._blank_entry()

    def admit(self) -> None:
        """Raise FcError unless the request may come in."""
        raise NotImplementedError

    def carry_out(self) -> Answer:
        """Do what is asked; FcError where that cannot be."""
        raise NotImplementedError

    def error_body(self, error: FcError) -> JsonObject:
        """An error's JSON as this API spells it."""
        raise NotImplementedError

    def reply(self) -> Reply:
        """The reply, faults included; it and the request are then in the journal."""
        reply = self._reply()
        reply.headers[self.request_id_header] = self.request_id
        reply.delay = max(reply.delay, self.account.switches.latency)
        self.entry["status"] = None if reply.dropped else reply.status
        self.account.journal.add(self.entry)
        return reply

    def _reply(self) -> Reply:
        try:
            self.admit()
            self._throttle()
        except FcError as error:
            return self._refusal(error)
        fault = self.account.faults.strike(self.entry["operation"], self.entry["function"], time.monotonic())
        if fault is None:
            return self._outcome()
        reply = Reply(0) if fault.comes_first else self._outcome()
        if fault.status is not None:
            reply = self._with_status(fault.status, reply, fault)
        return _spoil(reply, fault)

    def _with_status(self, status: int, reply: Reply, fault: Fault) -> Reply:
        if fault.is_error:
            return self._refusal(FcError(status, fault.usual_code, fault.usual_message, fault.headers))
        return dataclasses.replace(reply, status=status, headers={**reply.headers, **fault.headers})

    def _outcome(self) -> Reply:
        try:
            answer = self.carry_out()
        except FcError as error:
            return self._refusal(error)
        self.entry["stored"] = answer.stored
        return json_reply(answer.status, answer.body)

    def _refusal(self, error: FcError) -> Reply:
        self.entry["code"] = error.code
        return json_reply(error.status, self.error_body(error), error.headers)

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

    def _blank_entry(self) -> Entry:
        incoming = self.incoming
        authorization = parse_authorization(incoming.headers.get("authorization", ""))
        return {
            "n": 0,
            "time": self.account.settings.clock(),
            "method": incoming.method,
            "path": unquote(incoming.path),
            "query": without_secrets(incoming.parameters),
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


class _StsRequest(_Request):
    """A request to STS."""

    request_id_header = "x-acs-request-id"

    def __init__(self, account: Account, incoming: Incoming) -> None:
        super().__init__(account, incoming)
        self._action, self._parameters = _sts.action_of(incoming) or ("", {})
        self.entry["version"] = _sts.version_of(incoming, self._parameters)
        self.entry["operation"] = self._action
        self.entry["access_key_id"] = self.entry["access_key_id"] or self._parameters.get("AccessKeyId", "")
        self.entry["body"] = without_secrets(self._parameters)

    def admit(self) -> None:
        _sts.admit(self.account, self.incoming, self._action, self._parameters)

    def carry_out(self) -> Answer:
        body = _sts.carry_out(self.account, self.entry["access_key_id"], self._action, self._parameters)
        return Answer(200, {"RequestId": self.request_id, **body})

    def error_body(self, error: FcError) -> JsonObject:
        return _sts.error_body(error, self.request_id)


class _FcRequest(_Request):
    """A request to Function Compute."""

    request_id_header = "X-Fc-Request-Id"

    def __init__(self, account: Account, incoming: Incoming) -> None:
        super().__init__(account, incoming)
        segments = incoming.path.strip("/").split("/")
        self._version = API_VERSIONS.get(segments[0])
        found = self._version.find(incoming.method, segments[1:]) if self._version else None
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
        if len(incoming.body) <= _MAX_JOURNAL_BODY and self._call.body is not _NOT_JSON:
            self.entry["body"] = self._call.body

    def _make_call(self, qualifier_in_path: bool, path: dict[str, str]) -> Call:
        query = self.incoming.parameters
        qualifier = "" if qualifier_in_path else query.get("qualifier", "")
        service, dot, dotted = path.get("service", "").partition(".")
        if dot and (qualifier_in_path or self.account.switches.dotted_path_2021):
            path = {**path, "service": service}
            qualifier = dotted
        return Call(self.account.store, path, qualifier, query, self._parse_body())

    def _parse_body(self) -> Any:
        try:
            return self.incoming.json()
        except (RecursionError, ValueError):
            return _NOT_JSON

    def admit(self) -> None:
        limit = self.account.switches.max_body_bytes
        if len(self.incoming.body) > limit:
            raise FcError(400, "EntityTooLarge", f"payload size exceeds maximum allowed size ({limit} bytes)")
        try:
            self.account.keys.check(self.incoming)
        except NotAuthenticError as error:
            raise self._not_authentic(error) from None
        if not self.account.switches.fc_enabled:
            raise FcError(403, "AccessDenied", "FC service is not enabled for current user.")
        self._check_account()
        if self._action is None:
            path = unquote(self.incoming.path)
            raise FcError(400, "PathNotSupported", f"'{self.incoming.method}' against '{path}' is not supported")

    def _not_authentic(self, error: NotAuthenticError) -> FcError:
        switches = self.account.switches
        if error.problem is Problem.MISSING_HEADER:
            return FcError(400, "MissingRequiredHeader", f"required HTTP header {error.detail} was not specified")
        if error.problem is Problem.MALFORMED:
            return FcError(400, "InvalidAuthorization", "the Authorization header is not of a supported form")
        if error.problem is Problem.UNKNOWN_KEY:
            return FcError(403, "InvalidAccessKeyID", f"invalid access key ID '{error.detail}'")
        if error.problem is Problem.SKEW:
            status = 400 if switches.skew_code in ("InvalidArgument", "InvalidTimeStamp.Expired") else 403
            return FcError(status, switches.skew_code, "the request's date is more than 15 minutes off")
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
        host = self.incoming.headers.get("host", "").partition(":")[0].lower()
        names = [_FC_HOST, _INTERNAL_HOST]
        if self._version is not None and self._version.name == _FC3:
            names.append(_FC3_HOST)
        ours = {name.format(account=settings.account_id, region=settings.region) for name in names}
        account_id = self.incoming.headers.get("x-fc-account-id") or settings.account_id
        if (host.endswith(_CLOUD) and host not in ours) or account_id != settings.account_id:
            raise FcError(403, "AccessDenied", "The service or function doesn't belong to you.")

    def carry_out(self) -> Answer:
        if self._call.body is _NOT_JSON:
            raise invalid_argument("the request body is not valid JSON")
        assert self._action is not None  # admit() let the request in
        return self._action(self._call)

    def error_body(self, error: FcError) -> JsonObject:
        spelling = self.account.switches.error_spelling
        if spelling != "by_version":
            return error_body(spelling, error, self.request_id)
        return error_body(self._version.error_spelling if self._version else "ErrorCode", error, self.request_id)


def _spoil(reply: Reply, fault: Fault) -> Reply:
    reply.delay = fault.delay
    reply.dropped = fault.drop is not None
    reply.truncated = fault.truncate
    if fault.body is not None:
        reply.body = fault.body.encode()
        reply.content_type = fault.content_type
    return reply
