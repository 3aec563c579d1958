# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alibaba Cloud's three signature algorithms as pure functions, implemented from their specifications.

The algorithms are ACS3-HMAC-SHA256 (help.aliyun.com, "V3 request body and signature"), Function Compute's own
``FC id:signature`` (document 52877) and HMAC-SHA1 for RPC-style calls ("RPC signature mechanism").
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import parse_qsl, quote

ACS3 = "ACS3-HMAC-SHA256"


@dataclasses.dataclass(frozen=True)
class Authorization:
    """The content of an Authorization header. ``signed_headers`` is used only by ACS3."""

    scheme: str
    access_key_id: str
    signature: str
    signed_headers: tuple[str, ...] = ()


def parse_authorization(header: str) -> Authorization | None:
    """Parse an Authorization header that uses either scheme. Return None if it is invalid or incomplete."""
    scheme, _space, rest = header.strip().partition(" ")
    if scheme == "FC":
        access_key_id, _colon, signature = rest.strip().partition(":")
        return Authorization("FC", access_key_id, signature) if access_key_id and signature else None
    if scheme != ACS3:
        return None
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    access_key_id, signature = parts.get("Credential", ""), parts.get("Signature", "")
    signed = tuple(name.strip().lower() for name in parts.get("SignedHeaders", "").split(";") if name.strip())
    if not (access_key_id and signature and signed):
        return None
    return Authorization(ACS3, access_key_id, signature, signed)


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 hash in lowercase hex."""
    return hashlib.sha256(data).hexdigest()


def sign_acs3(
    secret: str,
    method: str,
    path: str,
    query: str,
    headers: Mapping[str, str],
    signed_headers: Sequence[str],
    body_hash: str,
) -> str:
    """Return the ACS3-HMAC-SHA256 signature in hex.

    ``path`` and ``query`` are percent-encoded. ``query`` has no leading question mark. The names in ``headers`` are
    lowercase; missing signed headers are treated as empty. ``body_hash`` is the SHA-256 hash of the body in hex.
    """
    canonical = "\n".join(
        (
            method,
            path,
            _canonical_query(parse_qsl(query, keep_blank_values=True)),
            "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in signed_headers),
            ";".join(signed_headers),
            body_hash,
        )
    )
    string_to_sign = f"{ACS3}\n{sha256_hex(_bytes(canonical))}"
    return hmac.new(_bytes(secret), _bytes(string_to_sign), hashlib.sha256).hexdigest()


def sign_fc(secret: str, method: str, path: str, headers: Mapping[str, str]) -> str:
    """Return the base64 signature for ``Authorization: FC id:signature``. Names in ``headers`` are lowercase."""
    lines: list[str] = [method, *(headers.get(name, "") for name in ("content-md5", "content-type", "date"))]
    lines.extend(f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-fc-"))
    lines.append(path)
    return _base64_hmac(secret, "\n".join(lines), "sha256")


def sign_rpc(secret: str, method: str, parameters: Iterable[tuple[str, str]], space: str = "%20") -> str:
    """Return the base64 HMAC-SHA1 signature for an RPC-style call.

    ``parameters`` are decoded and do not include ``Signature``. ``space`` is the encoding for a space: %20 in the
    specification, a plus sign in alibabacloud-credentials.
    """
    query = _canonical_query(parameters).replace("%20", space)
    string_to_sign = f"{method}&%2F&{_quote(query)}"
    return _base64_hmac(f"{secret}&", string_to_sign, "sha1")


def same(expected: str, actual: str) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(_bytes(expected), _bytes(actual))


def _base64_hmac(secret: str, text: str, digest: str) -> str:
    return base64.b64encode(hmac.new(_bytes(secret), _bytes(text), digest).digest()).decode()


def _bytes(text: str) -> bytes:
    # Invalid UTF-8 in requests is decoded to surrogates; encode them back to the original bytes.
    return text.encode("utf-8", "surrogateescape")


def _quote(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _canonical_query(parameters: Iterable[tuple[str, str]]) -> str:
    return "&".join(f"{_quote(name)}={_quote(value)}" for name, value in sorted(parameters))
