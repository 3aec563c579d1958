# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed requests for tests. The vectors in test_signature.py verify the signature functions."""

from __future__ import annotations

import dataclasses
import email.utils
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from emulator._keys import AccessKey
from emulator._message import Request
from emulator._signature import ACS3, sha256_hex, sign_acs3, sign_fc, sign_rpc

NOW = 1772366400.0  # 2026-03-01T12:00:00Z
HOST = "127.0.0.1:8080"
KEY = AccessKey("LTAItest", "test-secret")


def iso(seconds: float) -> str:
    """Format epoch seconds for the x-acs-date header."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def acs3(
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    *,
    key: AccessKey = KEY,
    date: float = NOW,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return a request signed with ACS3-HMAC-SHA256. All headers are signed."""
    all_headers = {
        "host": HOST,
        "x-acs-date": iso(date),
        "x-acs-content-sha256": sha256_hex(body),
        "x-acs-signature-nonce": "nonce",
        **({"x-acs-security-token": key.token} if key.token else {}),
        **(headers or {}),
    }
    signed = sorted(all_headers)
    signature = sign_acs3(key.secret, method, path, query, all_headers, signed, all_headers["x-acs-content-sha256"])
    all_headers["authorization"] = f"{ACS3} Credential={key.id},SignedHeaders={';'.join(signed)},Signature={signature}"
    return Request(method, path, query, all_headers, body)


def fc(
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    *,
    key: AccessKey = KEY,
    date: float = NOW,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """Return a request signed with ``FC id:signature``."""
    all_headers = {
        "host": HOST,
        "date": email.utils.formatdate(date, usegmt=True),
        "content-type": "application/json",
        **({"x-fc-security-token": key.token} if key.token else {}),
        **(headers or {}),
    }
    all_headers["authorization"] = f"FC {key.id}:{sign_fc(key.secret, method, path, all_headers)}"
    return Request(method, path, query, all_headers, body)


def rpc(
    action: str,
    parameters: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    key: AccessKey = KEY,
    date: float = NOW,
    space: str = "%20",
) -> Request:
    """Return a signed RPC-style call with its parameters in the query (GET) or in a form (POST)."""
    all_headers = {
        "Action": action,
        "Version": "2015-04-01",
        "AccessKeyId": key.id,
        "Timestamp": iso(date),
        "SignatureNonce": "nonce",
        **({"SecurityToken": key.token} if key.token else {}),
        **(parameters or {}),
    }
    all_headers["Signature"] = sign_rpc(key.secret, method, list(all_headers.items()), space)
    if method == "GET":
        return Request(method, "/", urlencode(all_headers), {"host": HOST}, b"")
    headers = {"host": HOST, "content-type": "application/x-www-form-urlencoded"}
    return Request(method, "/", "", headers, urlencode(all_headers).encode())


def changed(request: Request, **headers: str) -> Request:
    """Return the request with changed headers (``x_acs_date`` means ``x-acs-date``) but its original signature."""
    others = {name.replace("_", "-"): value for name, value in headers.items()}
    return dataclasses.replace(request, headers={**request.headers, **others})


def without(request: Request, name: str) -> Request:
    """Return the request without the named header."""
    return dataclasses.replace(request, headers={n: v for n, v in request.headers.items() if n != name})
