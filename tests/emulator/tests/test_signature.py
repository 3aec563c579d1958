# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The signatures: test vectors from the official libraries and requests that were modified after signing.

These libraries created the vectors from the values below: alibabacloud-tea-openapi 0.4.6
(``utils.Utils.get_authorization`` with ACS3-HMAC-SHA256, ``utils.Utils.get_rpcsignature``), aliyun-fc2 2.5.2
(``fc2.auth.Auth.sign_request``) and alibabacloud-credentials 1.0.12
(``utils.parameter_helper.compose_string_to_sign`` and ``sign_string``).
"""

from __future__ import annotations

import dataclasses
import string
from urllib.parse import quote, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from emulator._keys import AuthenticationError, KeyRing, Problem
from emulator._message import Request
from emulator._signature import Authorization, parse_authorization, sha256_hex, sign_acs3, sign_fc, sign_rpc

from .signed import KEY, NOW, acs3, changed, fc, rpc

SECRET = "vector-secret"
BODY = b'{"maxAsyncRetryAttempts":0,"destinationConfig":{"onSuccess":{"destination":"acs:mns:::/queues/q/messages"}}}'
PATH_2021 = "/2021-04-06/services/s/functions/f/async-invoke-config"
PATH_2016 = "/2016-08-15/services/s.LATEST/functions/f/async-invoke-config"
ASSUME_ROLE = {
    "Action": "AssumeRole",
    "Format": "JSON",
    "Version": "2015-04-01",
    "DurationSeconds": "3600",
    "RoleArn": "acs:ram::1234567890123456:role/deploy",
    "RoleSessionName": "session",
    "SignatureMethod": "HMAC-SHA1",
    "SignatureVersion": "1.0",
    "Timestamp": "2026-03-01T12:00:00Z",
    "SignatureNonce": "nonce",
    "AccessKeyId": "LTAIvector",
}


def test_acs3_put() -> None:
    headers = {
        "accept": "application/json",
        "content-type": "application/json; charset=utf-8",
        "host": "127.0.0.1:8080",
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 TeaDSL/2",
        "x-acs-action": "PutFunctionAsyncInvokeConfig",
        "x-acs-content-sha256": "c56f1804905af3b3173f63dd7f6bcb24188c1280f14354c1c930f8399e09af74",
        "x-acs-date": "2026-03-01T12:00:00Z",
        "x-acs-signature-nonce": "0123456789abcdef0123456789abcdef",
        "x-acs-version": "2021-04-06",
        "x-fc-account-id": "1234567890123456",
    }
    signature = sign_acs3(SECRET, "PUT", PATH_2021, "qualifier=live", headers, sorted(headers), sha256_hex(BODY))
    assert signature == "3b82f0f4bf99df3352326b2dc106d8b2dc528045734090a4e034db6ff31c394c"


@pytest.mark.parametrize(
    "query",
    [
        "nextToken=f+n%2FLATEST%7E%2A&limit=100&functionName=gr%C3%B6%C3%9Fe&empty=",
        "empty=&functionName=gr%c3%b6%c3%9fe&limit=100&nextToken=f%20n/LATEST~*",
    ],
)
def test_acs3_get_with_query_encodings(query: str) -> None:
    headers = {
        "host": "127.0.0.1:8080",
        "x-acs-accesskey-id": "STS.vector",
        "x-acs-action": "ListAsyncInvokeConfigs",
        "x-acs-content-sha256": sha256_hex(b""),
        "x-acs-date": "2026-03-01T12:00:00Z",
        "x-acs-security-token": " token/with+signs= ",
        "x-acs-signature-nonce": "n",
        "x-acs-version": "2023-03-30",
    }
    path = "/2023-03-30/async-invoke-configs"
    signature = sign_acs3(SECRET, "GET", path, query, headers, sorted(headers), sha256_hex(b""))
    assert signature == "e907382d51d3e0fb17bea89a3d9d3aa8a55660945c427083e5eb106b7ce82390"


def test_fc_get() -> None:
    headers = {"date": "Sun, 01 Mar 2026 12:00:00 GMT", "content-type": "application/json", "host": "x"}
    assert sign_fc(SECRET, "GET", PATH_2016, headers) == "NfksozRcBnDS9fKce9DwjgnCvlnbUKRHjTGUsD5DUog="


def test_fc_put_with_empty_account_id() -> None:
    headers = {
        "content-md5": "NWJmOWI1",
        "content-type": "application/json",
        "date": "Sun, 01 Mar 2026 12:00:00 GMT",
        "x-fc-account-id": "",
        "x-fc-security-token": "token",
        "x-fc-trace-id": "t",
    }
    assert sign_fc(SECRET, "PUT", PATH_2016, headers) == "Qk5TC5YlpxmCHRbYTKk2B0j4CdFeEJOj51dDiISis0I="


def test_rpc_get() -> None:
    assert sign_rpc(SECRET, "GET", ASSUME_ROLE.items()) == "lSxDUHrgXvQ/DqOJxmAP0/g3gSk="


def test_rpc_encodings_of_space() -> None:
    parameters = {**ASSUME_ROLE, "Policy": '{"Version": "1", "Statement": []}'}
    assert sign_rpc(SECRET, "POST", parameters.items()) == "8+0sFuOyZg0OLXykZHgTF+fI0nE="
    assert sign_rpc(SECRET, "POST", parameters.items(), space="+") == "FGnG/IfkkWsxAOKhYRKyFtn4hSc="


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("FC id:c2ln", Authorization("FC", "id", "c2ln")),
        (
            "ACS3-HMAC-SHA256 Credential=id,SignedHeaders=Host;x-acs-date,Signature=ab",
            Authorization("ACS3-HMAC-SHA256", "id", "ab", ("host", "x-acs-date")),
        ),
        (
            "ACS3-HMAC-SHA256 Credential=id, SignedHeaders=host, Signature=ab",
            Authorization("ACS3-HMAC-SHA256", "id", "ab", ("host",)),
        ),
        ("acs id:c2ln", None),
        ("FC id", None),
        ("FC :c2ln", None),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=,Signature=ab", None),
        ("ACS3-HMAC-SHA256 Credential=id,SignedHeaders=host", None),
        ("Bearer token", None),
        ("", None),
    ],
)
def test_parse_authorization(header: str, expected: Authorization | None) -> None:
    assert parse_authorization(header) == expected


# -- modified requests -------------------------------------------------------------------------------------------------

KEY_RING = KeyRing([KEY], clock=lambda: NOW)
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
names = st.text(string.ascii_letters + string.digits + "-_", min_size=1, max_size=12)
queries = st.lists(st.tuples(texts.filter(bool), texts), max_size=4).map(urlencode)
paths = st.lists(names, min_size=1, max_size=4).map(lambda segments: "/" + "/".join(segments))
bodies = st.binary(max_size=60)
methods = st.sampled_from(["GET", "PUT", "POST", "DELETE"])


def is_mismatch(request: Request) -> bool:
    """Return whether the request is refused because of its signature."""
    with pytest.raises(AuthenticationError) as refused:
        KEY_RING.check(request)
    return refused.value.problem is Problem.MISMATCH


@given(methods, paths, queries, bodies)
def test_signed_request_is_accepted(method: str, path: str, query: str, body: bytes) -> None:
    assert KEY_RING.check(acs3(method, path, query, body)) == KEY
    assert KEY_RING.check(fc(method, path, query, body)) == KEY


@given(methods, paths, queries, bodies, st.data())
def test_changed_body_is_refused(method: str, path: str, query: str, body: bytes, data: st.DataObject) -> None:
    assume(body)
    index = data.draw(st.integers(0, len(body) - 1))
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != body[index]))
    request = acs3(method, path, query, body)
    modified = dataclasses.replace(request, body=body[:index] + bytes([other]) + body[index + 1 :])
    assert is_mismatch(modified)
    # Even if the hash is updated, the request is refused because the hash is signed.
    assert is_mismatch(changed(modified, x_acs_content_sha256=sha256_hex(modified.body)))


@given(methods, paths, st.lists(st.tuples(names, texts), max_size=4), st.tuples(names, texts))
def test_changed_query_is_refused(method: str, path: str, pairs: list[tuple[str, str]], added: tuple[str, str]) -> None:
    request = acs3(method, path, urlencode(pairs))
    assert is_mismatch(dataclasses.replace(request, query=urlencode([*pairs, added])))
    if pairs:
        assert is_mismatch(dataclasses.replace(request, query=urlencode(pairs[1:])))


@given(methods, paths, names)
def test_changed_path_or_method_is_refused(method: str, path: str, name: str) -> None:
    for sign in (acs3, fc):
        request = sign(method, path)
        assert is_mismatch(dataclasses.replace(request, path=f"{path}/{name}"))
        assert is_mismatch(dataclasses.replace(request, method="PATCH"))


@given(st.sampled_from(["x-acs-action", "x-acs-version", "user-agent", "x-fc-account-id"]), names, names)
def test_acs3_changed_header_is_refused(header: str, value: str, other: str) -> None:
    assume(value != other)
    request = acs3("GET", PATH_2021, headers={header: value})
    assert is_mismatch(dataclasses.replace(request, headers={**request.headers, header: other}))


@pytest.mark.parametrize("header", ["date", "content-type", "content-md5", "x-fc-account-id", "x-fc-trace-id"])
def test_fc_changed_header_is_refused(header: str) -> None:
    request = fc("PUT", PATH_2016, headers={"content-md5": "a", "x-fc-account-id": "", "x-fc-trace-id": "t"})
    assert KEY_RING.check(request) == KEY
    other = "Sun, 01 Mar 2026 12:00:01 GMT" if header == "date" else "other"
    assert is_mismatch(dataclasses.replace(request, headers={**request.headers, header: other}))


def test_fc_added_header_is_refused() -> None:
    assert is_mismatch(changed(fc("GET", PATH_2016), x_fc_account_id="1"))


def test_acs3_headers_must_be_signed() -> None:
    assert is_mismatch(changed(acs3("GET", PATH_2021), x_acs_action="DeleteFunctionAsyncInvokeConfig"))


def test_fc_encoded_and_decoded_paths_are_accepted() -> None:
    plain = "/2016-08-15/services/sör/functions/f"
    request = fc("GET", plain)
    assert KEY_RING.check(dataclasses.replace(request, path=quote(plain))) == KEY
    assert KEY_RING.check(fc("GET", quote(plain))) == KEY


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_rpc_changed_parameter_is_refused(method: str) -> None:
    request = rpc("AssumeRole", {"RoleArn": "acs:ram::1:role/r"}, method=method)
    parameters = {**request.parameters, **request.form()}
    assert KEY_RING.check_rpc(method, parameters) == KEY
    with pytest.raises(AuthenticationError) as refused:
        KEY_RING.check_rpc(method, {**parameters, "RoleArn": "acs:ram::1:role/admin"})
    assert refused.value.problem is Problem.MISMATCH
