# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signed requests for tests, made with the functions that the vectors of test_signature.py pin down."""

from __future__ import annotations

import dataclasses
import email.utils
import time
from collections.abc import Mapping
from urllib.parse import urlencode

from emulator._keys import AccessKey
from emulator._message import Incoming
from emulator._signature import ACS3, sha256_hex, sign_acs3, sign_fc, sign_rpc

NOW = 1772366400.0  # 2026-03-01T12:00:00Z
HOST = "127.0.0.1:8080"
KEY = AccessKey("LTAItest", "test-secret")


def iso(seconds: float) -> str:
    """Epoch seconds as x-acs-date has them."""
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
) -> Incoming:
    """A request signed with ACS3-HMAC-SHA256; every header is signed."""
    every = {
        "host": HOST,
        "x-acs-date": iso(date),
        "x-acs-content-sha256": sha256_hex(body),
        "x-acs-signature-nonce": "nonce",
        **({"x-acs-security-token": key.token} if key.token else {}),
        **(headers or {}),
    }
    signed = sorted(every)
    signature = sign_acs3(key.secret, method, path, query, every, signed, every["x-acs-content-sha256"])
    every["authorization"] = f"{ACS3} Credential={key.id},SignedHeaders={';'.join(signed)},Signature={signature}"
    return Incoming(method, path, query, every, body)


def fc(
    method: str,
    path: str,
    query: str = "",
    body: bytes = b"",
    *,
    key: AccessKey = KEY,
    date: float = NOW,
    headers: Mapping[str, str] | None = None,
) -> Incoming:
    """A request signed as ``FC id:signature``."""
    every = {
        "host": HOST,
        "date": email.utils.formatdate(date, usegmt=True),
        "content-type": "application/json",
        **({"x-fc-security-token": key.token} if key.token else {}),
        **(headers or {}),
    }
    every["authorization"] = f"FC {key.id}:{sign_fc(key.secret, method, path, every)}"
    return Incoming(method, path, query, every, body)


def rpc(
    action: str,
    parameters: Mapping[str, str] | None = None,
    *,
    method: str = "GET",
    key: AccessKey = KEY,
    date: float = NOW,
    space: str = "%20",
) -> Incoming:
    """An RPC-style call signed in its query (GET) or form (POST)."""
    every = {
        "Action": action,
        "Version": "2015-04-01",
        "AccessKeyId": key.id,
        "Timestamp": iso(date),
        "SignatureNonce": "nonce",
        **({"SecurityToken": key.token} if key.token else {}),
        **(parameters or {}),
    }
    every["Signature"] = sign_rpc(key.secret, method, list(every.items()), space)
    if method == "GET":
        return Incoming(method, "/", urlencode(every), {"host": HOST}, b"")
    headers = {"host": HOST, "content-type": "application/x-www-form-urlencoded"}
    return Incoming(method, "/", "", headers, urlencode(every).encode())


def changed(incoming: Incoming, **headers: str) -> Incoming:
    """The request with other headers (``x_acs_date`` for ``x-acs-date``), its signature left as it was."""
    others = {name.replace("_", "-"): value for name, value in headers.items()}
    return dataclasses.replace(incoming, headers={**incoming.headers, **others})


def without(incoming: Incoming, name: str) -> Incoming:
    """The request without a header."""
    return dataclasses.replace(incoming, headers={n: v for n, v in incoming.headers.items() if n != name})
