# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gateway, without a network: authentication, errors, faults, the journal and STS."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import AccessKey, ConfigKey
from emulator._account import Account, Settings
from emulator._gateway import Gateway
from emulator._message import Request, Response

from .signed import KEY, NOW, acs3, changed, fc, rpc, without

STATE = {
    "services": {"s": {"functions": ["f"], "versions": ["1"], "aliases": {"live": "1"}}},
    "functions": {"f": {"versions": ["1"], "aliases": {"live": "1"}}},
}
TOKEN_KEY = AccessKey("STS.test", "sts-secret", "token-of-the-test", NOW + 1)
OLD_KEY = AccessKey("STS.old", "sts-secret", "token-of-the-test", NOW)
CONFIG_2021 = "/2021-04-06/services/s/functions/f/async-invoke-config"
CONFIG_2016 = "/2016-08-15/services/s.live/functions/f/async-invoke-config"
CONFIG_2023 = "/2023-03-30/functions/f/async-invoke-config"
SIGNERS: dict[str, Callable[..., Request]] = {CONFIG_2021: acs3, CONFIG_2016: fc, CONFIG_2023: acs3}


@pytest.fixture
def account() -> Account:
    keys = (KEY, TOKEN_KEY, OLD_KEY)
    return Account(Settings(access_keys=keys, state=STATE, clock=lambda: NOW))


@pytest.fixture
def gateway(account: Account) -> Gateway:
    return Gateway(account)


def body_of(response: Response) -> Any:
    """Return the JSON from a response."""
    return json.loads(response.body)


def error_of(response: Response) -> tuple[int, str]:
    """Return the status and error code from a response in any of the formats."""
    body = body_of(response)
    return response.status, body.get("Code") or body["ErrorCode"]


# -- API versions ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "query", "key"),
    [
        (CONFIG_2021, "qualifier=live", ConfigKey("s", "f", "live")),
        (CONFIG_2021, "", ConfigKey("s", "f", "LATEST")),
        (CONFIG_2021, "qualifier=", ConfigKey("s", "f", "LATEST")),
        (CONFIG_2016, "", ConfigKey("s", "f", "live")),
        (CONFIG_2016, "qualifier=none", ConfigKey("s", "f", "live")),
        ("/2016-08-15/services/s/functions/f/async-invoke-config", "", ConfigKey("s", "f", "LATEST")),
        (CONFIG_2023, "qualifier=1", ConfigKey(None, "f", "1")),
    ],
)
def test_identity_in_each_api_version(
    gateway: Gateway, account: Account, path: str, query: str, key: ConfigKey
) -> None:
    sign = fc if "2016" in path else acs3
    body = b'{"maxAsyncRetryAttempts": 1}'
    assert gateway.handle(sign("PUT", path, query, body)).status == 200
    assert list(account.store.configs) == [key]
    assert body_of(gateway.handle(sign("GET", path, query)))["maxAsyncRetryAttempts"] == 1
    deleted = gateway.handle(sign("DELETE", path, query))
    assert (deleted.status, deleted.body) == (204, b"")
    assert account.store.configs == {}


def test_dotted_path_2021(gateway: Gateway, account: Account) -> None:
    dotted = acs3("PUT", "/2021-04-06/services/s.live/functions/f/async-invoke-config", "", b"{}")
    assert error_of(gateway.handle(dotted)) == (404, "ServiceNotFound")
    account.switches.dotted_path_2021 = True
    assert gateway.handle(dotted).status == 200
    assert list(account.store.configs) == [ConfigKey("s", "f", "live")]


def test_request_of_terraform(gateway: Gateway, account: Account) -> None:
    body = (
        b'{"statefulInvocation":null,"destinationConfig":null,'
        b'"maxAsyncEventAgeInSeconds":null,"maxAsyncRetryAttempts":2}'
    )
    response = gateway.handle(fc("PUT", CONFIG_2016, "", body, headers={"x-fc-account-id": "", "content-md5": "hex"}))
    assert response.status == 200
    stored = account.store.configs[ConfigKey("s", "f", "live")]
    assert (stored.retry_attempts, stored.event_age, stored.stateful) == (2, None, None)


@pytest.mark.parametrize("body", [b"", b"null"])
def test_put_without_body(gateway: Gateway, body: bytes) -> None:
    assert error_of(gateway.handle(acs3("PUT", CONFIG_2023, "", body))) == (400, "InvalidArgument")


@pytest.mark.parametrize("limit", ["x", "0", "101", "-1"])
def test_invalid_limit(gateway: Gateway, limit: str) -> None:
    listing = acs3("GET", "/2023-03-30/async-invoke-configs", f"limit={limit}")
    assert error_of(gateway.handle(listing)) == (400, "InvalidArgument")


def test_create_list_and_delete_resources(gateway: Gateway) -> None:
    def send(method: str, path: str, body: Any = None, query: str = "") -> tuple[int, Any]:
        data = b"" if body is None else json.dumps(body).encode()
        response = gateway.handle(acs3(method, f"/2021-04-06{path}", query, data))
        return response.status, json.loads(response.body) if response.body else None

    assert send("POST", "/services", {"serviceName": "new", "description": "d"})[1]["description"] == "d"
    function = send("POST", "/services/new/functions", {"functionName": "g", "code": {"zipFile": "x"}})[1]
    assert "code" not in function
    assert send("PUT", "/services/new/functions/g", {"timeout": 5})[1]["timeout"] == 5
    assert send("POST", "/services/new/versions", {})[1]["versionId"] == "1"
    assert send("POST", "/services/new/aliases", {"aliasName": "a", "versionId": "1"})[0] == 200
    assert send("POST", "/services/new/aliases", {"aliasName": "b"})[0] == 400
    assert send("GET", "/services/new/functions/g", query="qualifier=a")[0] == 200
    assert send("GET", "/services/new/functions/g", query="qualifier=b")[0] == 404
    assert [item["serviceName"] for item in send("GET", "/services", query="prefix=n")[1]["services"]] == ["new"]
    assert [item["aliasName"] for item in send("GET", "/services/new/aliases")[1]["aliases"]] == ["a"]
    for path in ("/aliases/a", "/versions/1", "/functions/g", ""):
        assert send("DELETE", f"/services/new{path}") == (204, None)
    assert send("GET", "/services/new")[0] == 404


# -- authentication ----------------------------------------------------------------------------------------------------


MISMATCH = (
    "The request signature we calculated does not match the signature you provided. "
    "Check your access key and signing method"
)
Sign = Callable[..., Request]


@pytest.mark.parametrize("path", SIGNERS)
@pytest.mark.parametrize(
    ("make", "status", "code", "message"),
    [
        (
            lambda sign, path: sign("GET", path, key=AccessKey("LTAIother", "test-secret")),
            403,
            "InvalidAccessKeyID",
            "invalid access key ID 'LTAIother'",
        ),
        (
            lambda sign, path: sign("GET", path, key=dataclasses.replace(KEY, secret="wrong")),
            403,
            "SignatureNotMatch",
            MISMATCH,
        ),
        (
            lambda sign, path: without(sign("GET", path), "authorization"),
            400,
            "MissingRequiredHeader",
            "required HTTP header Authorization was not specified",
        ),
        (
            lambda sign, path: changed(sign("GET", path), authorization="acs id:signature"),
            400,
            "InvalidAuthorization",
            "the format of the Authorization header is not supported",
        ),
        (
            lambda sign, path: sign("GET", path, date=NOW - 901),
            400,
            "InvalidArgument",
            "the date of the request differs from the current time by more than 15 minutes",
        ),
        (
            lambda sign, path: sign("GET", path, date=NOW + 901),
            400,
            "InvalidArgument",
            "the date of the request differs from the current time by more than 15 minutes",
        ),
        (
            lambda sign, path: sign("GET", path, key=dataclasses.replace(TOKEN_KEY, token="")),
            403,
            "AccessDenied",
            "the security token is not valid: the token of the temporary key is missing",
        ),
        (
            lambda sign, path: sign("GET", path, key=dataclasses.replace(TOKEN_KEY, token="other")),
            403,
            "AccessDenied",
            "the security token is not valid: the token does not belong to the key",
        ),
        (
            lambda sign, path: sign("GET", path, key=dataclasses.replace(KEY, token="other")),
            403,
            "AccessDenied",
            "the security token is not valid: the token does not belong to the key",
        ),
        (
            lambda sign, path: sign("GET", path, key=OLD_KEY),
            403,
            "AccessDenied",
            "the security token is not valid: the token has expired",
        ),
    ],
)
def test_authentication_errors(
    gateway: Gateway, path: str, make: Callable[[Sign, str], Request], status: int, code: str, message: str
) -> None:
    response = gateway.handle(make(SIGNERS[path], path))
    assert error_of(response) == (status, code)
    assert message in body_of(response).values()


@pytest.mark.parametrize("path", SIGNERS)
def test_authenticated_requests(gateway: Gateway, path: str) -> None:
    sign = SIGNERS[path]
    for options in ({"date": NOW - 900}, {"date": NOW + 900}, {"key": TOKEN_KEY}):
        assert error_of(gateway.handle(sign("GET", path, **options))) == (404, "AsyncConfigNotExists")


@pytest.mark.parametrize(("path", "header"), [(CONFIG_2021, "x-acs-date"), (CONFIG_2016, "date")])
def test_missing_date(gateway: Gateway, path: str, header: str) -> None:
    response = gateway.handle(without(SIGNERS[path]("GET", path), header))
    assert error_of(response) == (400, "MissingRequiredHeader")


@pytest.mark.parametrize("date", ["yesterday", "99999999-01-01T00:00:00Z", ""])
@pytest.mark.parametrize(("path", "header"), [(CONFIG_2021, "x-acs-date"), (CONFIG_2016, "date")])
def test_invalid_date(gateway: Gateway, path: str, header: str, date: str) -> None:
    response = gateway.handle(SIGNERS[path]("GET", path, headers={header: date}))
    assert error_of(response)[0] == 400


@pytest.mark.parametrize(
    ("switch", "code", "status"),
    [
        ("skew_code", "AccessDenied", 403),
        ("skew_code", "InvalidTimeStamp.Expired", 400),
        ("skew_code", "SignatureNotMatch", 403),
        ("token_code", "InvalidSecurityToken.Expired", 403),
    ],
)
def test_error_code_switches(gateway: Gateway, account: Account, switch: str, code: str, status: int) -> None:
    account.switches.update({switch: code})
    request = (
        acs3("GET", CONFIG_2021, date=NOW - 901) if switch == "skew_code" else acs3("GET", CONFIG_2021, key=OLD_KEY)
    )
    assert error_of(gateway.handle(request)) == (status, code)


@pytest.mark.parametrize("path", SIGNERS)
@pytest.mark.parametrize(
    ("headers", "accepted"),
    [
        ({"x-fc-account-id": "1234567890123456"}, True),
        ({"x-fc-account-id": ""}, True),
        ({"x-fc-account-id": "999"}, False),
        ({"host": "1234567890123456.cn-hangzhou.fc.aliyuncs.com"}, True),
        ({"host": "1234567890123456.cn-hangzhou-internal.fc.aliyuncs.com:443"}, True),
        ({"host": "fc.example.com"}, True),
        ({"host": "999.cn-hangzhou.fc.aliyuncs.com"}, False),
        ({"host": "999.cn-hangzhou-internal.fc.aliyuncs.com"}, False),
        ({"host": "1234567890123456.cn-shanghai.fc.aliyuncs.com"}, False),
        # The SDK uses this host if no account is set.
        ({"host": "account-id.cn-hangzhou.fc.aliyuncs.com"}, False),
        ({"host": "cn-hangzhou.fc.aliyuncs.com"}, False),
        ({"host": "fcv3.cn-shanghai.aliyuncs.com"}, False),
        ({"host": "sts.aliyuncs.com"}, False),
    ],
)
def test_check_account(gateway: Gateway, account: Account, path: str, headers: dict[str, str], accepted: bool) -> None:
    request = SIGNERS[path]("GET", path, headers=headers)
    response = gateway.handle(request)
    if accepted:
        assert error_of(response) == (404, "AsyncConfigNotExists")
        return
    assert error_of(response) == (403, "AccessDenied")
    assert "The service or function doesn't belong to you." in body_of(response).values()
    account.switches.check_account = False
    assert error_of(gateway.handle(request)) == (404, "AsyncConfigNotExists")


@pytest.mark.parametrize("path", SIGNERS)
def test_host_of_fc3(gateway: Gateway, path: str) -> None:
    response = gateway.handle(SIGNERS[path]("GET", path, headers={"host": "fcv3.cn-hangzhou.aliyuncs.com"}))
    assert error_of(response)[0] == (404 if path.startswith("/2023-03-30") else 403)


def test_fc_enabled(gateway: Gateway, account: Account) -> None:
    account.switches.fc_enabled = False
    response = gateway.handle(acs3("GET", CONFIG_2021))
    assert error_of(response) == (403, "AccessDenied")
    assert body_of(response)["Message"] == "FC service is not enabled for current user."


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PATCH", CONFIG_2021),
        ("GET", "/2021-04-06/nothing"),
        ("GET", "/2021-04-06"),
        ("GET", "/2015-01-01/services"),
        ("GET", "/2023-03-30/services"),
        ("GET", "/"),
        ("GET", "/favicon.ico"),
    ],
)
def test_unsupported_path(gateway: Gateway, account: Account, method: str, path: str) -> None:
    response = gateway.handle(acs3(method, path))
    assert error_of(response) == (400, "PathNotSupported")
    assert f"'{method}' against '{path}' is not supported" in body_of(response).values()
    assert account.journal.requests[-1]["operation"] == ""


def test_max_body_bytes(gateway: Gateway, account: Account) -> None:
    account.switches.max_body_bytes = 10
    response = gateway.handle(acs3("PUT", CONFIG_2021, "", b" " * 11))
    assert error_of(response) == (400, "EntityTooLarge")
    assert body_of(response)["Message"] == "payload size exceeds maximum allowed size (10 bytes)"
    assert gateway.handle(acs3("PUT", CONFIG_2021, "", b"{}" + b" " * 8)).status == 200


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[]", b'"x"'])
def test_body_must_be_json_object(gateway: Gateway, account: Account, body: bytes) -> None:
    assert error_of(gateway.handle(acs3("PUT", CONFIG_2021, "", body))) == (400, "InvalidArgument")
    assert error_of(gateway.handle(acs3("POST", "/2021-04-06/services", "", body))) == (400, "InvalidArgument")
    assert not any(entry["stored"] for entry in account.journal.requests)


@pytest.mark.parametrize(
    ("path", "names"),
    [
        (CONFIG_2016, {"ErrorCode", "ErrorMessage"}),
        (CONFIG_2021, {"RequestID", "Code", "Message"}),
        (CONFIG_2023, {"RequestId", "Code", "Message"}),
    ],
)
def test_error_spelling(gateway: Gateway, account: Account, path: str, names: set[str]) -> None:
    response = gateway.handle(SIGNERS[path]("GET", path))
    body = body_of(response)
    assert set(body) == names
    assert body.get("RequestID", body.get("RequestId", "")) in (response.headers["X-Fc-Request-Id"], "")
    for spelling, first in (("ErrorCode", "ErrorCode"), ("RequestID", "RequestID"), ("RequestId", "Code")):
        account.switches.update({"error_spelling": spelling})
        assert next(iter(body_of(gateway.handle(SIGNERS[path]("GET", path))))) == first


def test_request_ids_are_unique(gateway: Gateway) -> None:
    ids = {gateway.handle(acs3("GET", CONFIG_2021)).headers["X-Fc-Request-Id"] for _request in range(10)}
    assert len(ids) == 10


wire_texts = st.binary(max_size=20).map(lambda data: data.decode("utf-8", "surrogateescape"))
header_names = st.sampled_from(
    ["authorization", "x-acs-date", "date", "host", "content-type", "x-fc-account-id", "x-acs-action", "x-acs-version"]
)


@given(
    st.sampled_from(["GET", "PUT", "POST", "DELETE", "OPTIONS"]),
    st.one_of(wire_texts.map("/{}".format), st.sampled_from([CONFIG_2021, CONFIG_2016, CONFIG_2023, "/"])),
    wire_texts,
    st.dictionaries(header_names, wire_texts),
    st.binary(max_size=40),
    st.booleans(),
)
def test_any_request_gets_response(
    method: str, path: str, query: str, headers: dict[str, str], body: bytes, signed: bool
) -> None:
    gateway = Gateway(Account(Settings(access_keys=(KEY,), state=STATE, clock=lambda: NOW)))
    plain = Request(method, path, query, headers, body)
    for name in ("authorization", "x-acs-date", "host") if signed else ():
        headers.pop(name, None)
    request = acs3(method, path, query, body, headers=headers) if signed else plain
    assert gateway.handle(request).status in (200, 204, 400, 403, 404, 409)


def test_deeply_nested_body(gateway: Gateway) -> None:
    assert error_of(gateway.handle(acs3("PUT", CONFIG_2021, "", b"[" * 100000))) == (400, "InvalidArgument")


# -- throttling and faults ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "header", "code"), [("429", "Retry-After", "ResourceExhausted"), ("503", "none", "ResourceThrottled")]
)
def test_rate_limit(gateway: Gateway, account: Account, status: str, header: str, code: str) -> None:
    account.switches.update({"rate_limit": 0.001, "rate_burst": 2, "rate_status": status, "rate_header": header})
    responses = [gateway.handle(acs3("GET", CONFIG_2021)) for _call in range(3)]
    assert [response.status for response in responses] == [404, 404, int(status)]
    assert error_of(responses[2])[1] == code
    wait = responses[2].headers.get("Retry-After")
    assert (wait is None) == (header == "none")
    assert wait is None or 0 < int(wait) <= 1000


def put(gateway: Gateway) -> Response:
    """Send a PUT that stores a configuration."""
    return gateway.handle(acs3("PUT", CONFIG_2021, "", b'{"maxAsyncRetryAttempts": 1}'))


def test_error_fault_replaces_operation(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", status=429, headers={"x-acs-retry-after": "2"}, message="slow down", times=1)
    response = put(gateway)
    assert (response.status, response.headers["x-acs-retry-after"]) == (429, "2")
    assert (body_of(response)["Code"], body_of(response)["Message"]) == ("ResourceExhausted", "slow down")
    assert account.store.configs == {}
    assert put(gateway).status == 200


def test_error_fault_after_operation(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", status=500, after=True)
    assert error_of(put(gateway)) == (500, "InternalServerError")
    assert len(account.store.configs) == 1
    entry = account.journal.requests[-1]
    assert (entry["status"], entry["code"], entry["stored"]) == (500, "InternalServerError", True)


@pytest.mark.parametrize(("drop", "stored"), [("before", False), ("after", True)])
def test_drop_before_and_after(gateway: Gateway, account: Account, drop: str, stored: bool) -> None:
    account.faults.add("Put*", drop=drop)
    assert put(gateway).dropped
    assert bool(account.store.configs) == stored
    entry = account.journal.requests[-1]
    assert (entry["status"], entry["stored"]) == (None, stored)


def test_truncate_delay_and_body_keep_operation(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", truncate=True, delay=1.5, times=1)
    account.faults.add("Put*", body="<html>", content_type="text/html", times=1)
    first, second, third = put(gateway), put(gateway), put(gateway)
    assert (first.truncated, first.delay, first.status) == (True, 1.5, 200)
    assert (second.body, second.content_type, second.status) == (b"<html>", "text/html", 200)
    assert (third.truncated, third.delay, third.content_type) == (False, 0, "application/json")
    assert [entry["stored"] for entry in account.journal.requests] == [True] * 3


def test_fault_with_body_and_status(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", status=502, body="<html>")
    response = put(gateway)
    assert (response.status, response.body) == (502, b"<html>")
    assert account.store.configs == {}


@pytest.mark.parametrize("status", [200, 202, 301])
def test_success_fault_replaces_operation(gateway: Gateway, account: Account, status: int) -> None:
    account.faults.add("Put*", status=status, headers={"Location": "/elsewhere"})
    response = put(gateway)
    assert (response.status, response.body, response.headers["Location"]) == (status, b"", "/elsewhere")
    assert account.store.configs == {}
    entry = account.journal.requests[-1]
    assert (entry["status"], entry["code"], entry["stored"]) == (status, "", False)


def test_success_fault_after_operation(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", status=202, after=True)
    response = put(gateway)
    assert (response.status, body_of(response)["maxAsyncRetryAttempts"]) == (202, 1)
    assert len(account.store.configs) == 1


def test_error_body_with_success_status(gateway: Gateway, account: Account) -> None:
    account.faults.add("Put*", status=200, code="AccessDenied", message="no")
    response = put(gateway)
    assert error_of(response) == (200, "AccessDenied")
    assert account.store.configs == {}


def test_faults_apply_only_to_authenticated_requests(gateway: Gateway, account: Account) -> None:
    rule = account.faults.add("*", status=500)
    assert gateway.handle(acs3("GET", CONFIG_2021, key=OLD_KEY)).status == 403
    assert rule.hits == 0


def test_latency(gateway: Gateway, account: Account) -> None:
    account.switches.latency = 0.03
    account.faults.add("Get*", delay=1.0)
    assert put(gateway).delay == 0.03
    assert gateway.handle(acs3("GET", CONFIG_2021)).delay == 1.0


# -- the journal -------------------------------------------------------------------------------------------------------


def test_journal_entry(gateway: Gateway, account: Account) -> None:
    gateway.handle(acs3("PUT", CONFIG_2021, "qualifier=live&x=%20", b'{"maxAsyncRetryAttempts": 1}'))
    assert account.journal.requests == [
        {
            "n": 1,
            "time": NOW,
            "method": "PUT",
            "path": CONFIG_2021,
            "query": {"qualifier": "live", "x": " "},
            "version": "2021-04-06",
            "operation": "PutFunctionAsyncInvokeConfig",
            "access_key_id": KEY.id,
            "status": 200,
            "code": "",
            "service": "s",
            "function": "f",
            "qualifier": "live",
            "body": {"maxAsyncRetryAttempts": 1},
            "stored": True,
        }
    ]


def test_journal_omits_large_and_invalid_bodies(gateway: Gateway, account: Account) -> None:
    gateway.handle(acs3("PUT", CONFIG_2021, "", b'{"x": "' + b"x" * 70000 + b'"}'))
    gateway.handle(acs3("PUT", CONFIG_2021, "", b"{"))
    assert [entry["body"] for entry in account.journal.requests] == [None, None]


def test_journal_contains_no_secrets(gateway: Gateway, account: Account) -> None:
    requests = [
        acs3("GET", CONFIG_2021, key=TOKEN_KEY),
        fc("GET", CONFIG_2016, key=TOKEN_KEY),
        rpc("GetCallerIdentity", key=TOKEN_KEY),
        rpc("GetCallerIdentity", key=TOKEN_KEY, method="POST"),
        rpc("AssumeRoleWithOIDC", {"OIDCToken": account.settings.oidc_token, "OIDCProviderArn": "p"}),
    ]
    for request in requests:
        gateway.handle(request)
    journal = json.dumps(account.journal.requests)
    secrets = [TOKEN_KEY.secret, TOKEN_KEY.token, account.settings.oidc_token]
    secrets += [request.parameters["Signature"] for request in requests if "Signature" in request.parameters]
    secrets += [request.headers["authorization"] for request in requests if "authorization" in request.headers]
    assert len(account.journal.requests) == len(requests)
    assert not [secret for secret in secrets if secret in journal]


def test_repr_contains_no_secrets(account: Account) -> None:
    printed = repr(account.settings.access_keys)
    assert KEY.id in printed
    assert not [key for key in account.settings.access_keys if key.secret in printed or (key.token or "?") in printed]


# -- STS ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_get_caller_identity(gateway: Gateway, account: Account, method: str) -> None:
    response = gateway.handle(rpc("GetCallerIdentity", method=method))
    identity = body_of(response)
    assert identity["AccountId"] == account.settings.account_id
    assert identity["RequestId"] == response.headers["x-acs-request-id"]
    entry = account.journal.requests[-1]
    assert (entry["operation"], entry["access_key_id"]) == ("GetCallerIdentity", KEY.id)


def test_assume_role(gateway: Gateway, account: Account) -> None:
    role = "acs:ram::1234567890123456:role/deployer"
    parameters = {
        "RoleArn": role,
        "RoleSessionName": "session",
        "ExternalId": "e",
        "Policy": "{}",
        "DurationSeconds": "900",
    }
    credentials = body_of(gateway.handle(rpc("AssumeRole", parameters)))["Credentials"]
    assert account.journal.requests[-1]["body"].items() >= parameters.items()
    key = AccessKey(credentials["AccessKeyId"], credentials["AccessKeySecret"], credentials["SecurityToken"])
    assert credentials["Expiration"] == "2026-03-01T12:15:00Z"
    assert gateway.handle(acs3("PUT", CONFIG_2021, "", b"{}", key=key)).status == 200
    identity = body_of(gateway.handle(rpc("GetCallerIdentity", key=key)))
    assert identity["Arn"] == "acs:ram::1234567890123456:assumed-role/deployer/session"
    account.reset()
    assert error_of(gateway.handle(acs3("GET", CONFIG_2021, key=key))) == (403, "InvalidAccessKeyID")


ROLE = {"RoleArn": "acs:ram::1:role/r", "RoleSessionName": "session"}


@pytest.mark.parametrize(
    ("sts_request", "status", "code"),
    [
        (rpc("GetCallerIdentity", key=AccessKey("x", "x")), 404, "InvalidAccessKeyId.NotFound"),
        (rpc("GetCallerIdentity", key=AccessKey(KEY.id, "x")), 400, "SignatureDoesNotMatch"),
        (rpc("GetCallerIdentity", date=NOW - 901), 400, "InvalidTimeStamp.Expired"),
        (rpc("GetCallerIdentity", key=OLD_KEY), 400, "InvalidSecurityToken.Expired"),
        (
            rpc("GetCallerIdentity", key=dataclasses.replace(TOKEN_KEY, token="")),
            400,
            "MissingSecurityToken",
        ),
        (
            rpc("GetCallerIdentity", key=dataclasses.replace(TOKEN_KEY, token="x")),
            400,
            "InvalidSecurityToken.MismatchWithAccessKey",
        ),
        (Request("GET", "/", "Action=GetCallerIdentity&Version=2015-04-01", {}, b""), 400, "MissingAccessKeyId"),
        (changed(rpc("GetCallerIdentity"), authorization="acs id:signature"), 400, "IncompleteSignature"),
        (rpc("DropEverything"), 404, "InvalidAction.NotFound"),
        (rpc("GetCallerIdentity", {"Version": "1999-01-01"}), 400, "InvalidVersion"),
        (rpc("GetCallerIdentity", {"Version": ""}), 400, "InvalidVersion"),
        (rpc("AssumeRole", {**ROLE, "RoleSessionName": "bad name!"}), 400, "InvalidParameter.RoleSessionName"),
        (rpc("AssumeRole", {**ROLE, "RoleSessionName": "n"}), 400, "InvalidParameter.RoleSessionName"),
        (rpc("AssumeRole", {**ROLE, "Policy": "not json"}), 400, "InvalidParameter.PolicyGrammar"),
        (rpc("AssumeRole", {"RoleSessionName": "session"}), 400, "MissingRoleArn"),
        (rpc("AssumeRole", {"RoleArn": "acs:ram::1:role/r"}), 400, "MissingRoleSessionName"),
        (rpc("AssumeRole", {**ROLE, "RoleArn": "acs:ram::1:user/u"}), 400, "InvalidParameter.RoleArn"),
        (rpc("AssumeRole", {**ROLE, "DurationSeconds": "899"}), 400, "InvalidParameter.DurationSeconds"),
        (rpc("AssumeRole", {**ROLE, "DurationSeconds": "43201"}), 400, "InvalidParameter.DurationSeconds"),
        (rpc("AssumeRole", {**ROLE, "DurationSeconds": "x"}), 400, "InvalidParameter.DurationSeconds"),
        (rpc("AssumeRoleWithOIDC", {**ROLE, "OIDCToken": "x"}), 400, "MissingOIDCProviderArn"),
        (
            rpc("AssumeRoleWithOIDC", {**ROLE, "OIDCProviderArn": "p", "OIDCToken": "x"}),
            400,
            "AuthenticationFail.OIDCToken.Invalid",
        ),
    ],
)
def test_sts_errors(gateway: Gateway, sts_request: Request, status: int, code: str) -> None:
    response = gateway.handle(sts_request)
    assert error_of(response) == (status, code)
    assert set(body_of(response)) == {"RequestId", "HostId", "Code", "Message"}


def test_rpc_space(gateway: Gateway, account: Account) -> None:
    parameters = {**ROLE, "Policy": '{"Version": "1"}', "DurationSeconds": "43200"}
    percent, plus = rpc("AssumeRole", parameters), rpc("AssumeRole", parameters, space="+")
    assert gateway.handle(percent).status == 200
    assert error_of(gateway.handle(plus)) == (400, "SignatureDoesNotMatch")
    account.switches.rpc_space = "plus_too"
    assert [gateway.handle(request).status for request in (percent, plus)] == [200, 200]


def test_faults_apply_to_sts(gateway: Gateway, account: Account) -> None:
    account.faults.add("GetCallerIdentity", status=503, times=1)
    assert error_of(gateway.handle(rpc("GetCallerIdentity"))) == (503, "ResourceThrottled")
    assert gateway.handle(rpc("GetCallerIdentity")).status == 200
