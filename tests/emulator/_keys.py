# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The accepted access keys and the authentication of requests."""

from __future__ import annotations

import base64
import calendar
import dataclasses
import email.utils
import enum
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from urllib.parse import unquote

from ._message import Request
from ._signature import ACS3, Authorization, parse_authorization, same, sha256_hex, sign_acs3, sign_fc, sign_rpc

MAX_SKEW_SECONDS = 15 * 60


@dataclasses.dataclass(frozen=True)
class AccessKey:
    """An access key.

    Keys with a ``token`` are temporary and expire at ``expires`` (in epoch seconds). If it is None, they never expire.
    """

    id: str
    secret: str = dataclasses.field(repr=False)
    token: str = dataclasses.field(default="", repr=False)
    expires: float | None = None
    role_arn: str = ""


class Problem(enum.Enum):
    """The reason that authentication failed."""

    MISSING_HEADER = "a header required by the signature is missing"
    MALFORMED = "the format of the Authorization header is not supported"
    UNKNOWN_KEY = "the access key ID does not exist"
    SKEW = "the date differs from the current time by more than 15 minutes"
    MISMATCH = "the signature does not match"
    TOKEN_MISSING = "the token of the temporary key is missing"
    TOKEN_INVALID = "the token does not belong to the key"
    TOKEN_EXPIRED = "the token has expired"


class AuthenticationError(Exception):
    """A request could not be authenticated. ``detail`` is the relevant key ID or header."""

    def __init__(self, problem: Problem, detail: str = "") -> None:
        super().__init__(problem.value)
        self.problem = problem
        self.detail = detail


class KeyRing:
    """The accepted keys: permanent keys and issued temporary keys."""

    def __init__(self, keys: Iterable[AccessKey], clock: Callable[[], float]) -> None:
        self._permanent = {key.id: key for key in keys}
        self._temporary: dict[str, AccessKey] = {}
        self._clock = clock

    def issue(self, seconds: float, role_arn: str = "") -> AccessKey:
        """Return a new temporary key that is valid for this many seconds."""
        key = AccessKey(
            id=f"STS.{secrets.token_hex(12)}",
            secret=secrets.token_hex(20),
            # Like real tokens, this token contains characters that must be encoded in URLs.
            token=f"CAIS{base64.b64encode(secrets.token_bytes(45)).decode()}+/==",
            expires=self._clock() + seconds,
            role_arn=role_arn,
        )
        self._temporary[key.id] = key
        return key

    def reset(self) -> None:
        """Remove the temporary keys."""
        self._temporary.clear()

    def check(self, request: Request) -> AccessKey:
        """Return the key that signed a request. Raise AuthenticationError if a check fails."""
        header = request.headers.get("authorization")
        if not header:
            raise AuthenticationError(Problem.MISSING_HEADER, "Authorization")
        authorization = parse_authorization(header)
        if authorization is None:
            raise AuthenticationError(Problem.MALFORMED)
        key = self.find(authorization.access_key_id)
        self._check_date(_date_header(request.headers, authorization.scheme))
        check = _is_signed_acs3 if authorization.scheme == ACS3 else _is_signed_fc
        if not check(request, authorization, key):
            raise AuthenticationError(Problem.MISMATCH)
        header_name = "x-acs-security-token" if authorization.scheme == ACS3 else "x-fc-security-token"
        self._check_token(key, request.headers.get(header_name, ""))
        return key

    def check_rpc(self, method: str, parameters: Mapping[str, str], spaces: Sequence[str] = ("%20",)) -> AccessKey:
        """Return the key that signed an RPC-style call. Raise AuthenticationError if its signature is invalid.

        ``spaces`` contains the accepted encodings for a space in the signature.
        """
        for name in ("AccessKeyId", "Signature", "Timestamp"):
            if not parameters.get(name):
                raise AuthenticationError(Problem.MISSING_HEADER, name)
        key = self.find(parameters["AccessKeyId"])
        self._check_date(_iso_seconds(parameters["Timestamp"]))
        signed = [(name, value) for name, value in parameters.items() if name != "Signature"]
        expected = [sign_rpc(key.secret, method, signed, space) for space in spaces]
        if not any(same(signature, parameters["Signature"]) for signature in expected):
            raise AuthenticationError(Problem.MISMATCH)
        self._check_token(key, parameters.get("SecurityToken", ""))
        return key

    def find(self, access_key_id: str) -> AccessKey:
        """Return the key with this ID. Raise AuthenticationError if it does not exist."""
        key = self._permanent.get(access_key_id) or self._temporary.get(access_key_id)
        if key is None:
            raise AuthenticationError(Problem.UNKNOWN_KEY, access_key_id)
        return key

    def _check_date(self, seconds: float | None) -> None:
        if seconds is None or abs(self._clock() - seconds) > MAX_SKEW_SECONDS:
            raise AuthenticationError(Problem.SKEW)

    def _check_token(self, key: AccessKey, token: str) -> None:
        if key.token and not token:
            raise AuthenticationError(Problem.TOKEN_MISSING)
        if not same(key.token, token):
            raise AuthenticationError(Problem.TOKEN_INVALID)
        if key.expires is not None and self._clock() >= key.expires:
            raise AuthenticationError(Problem.TOKEN_EXPIRED)


def _date_header(headers: Mapping[str, str], scheme: str) -> float | None:
    if scheme == ACS3:
        if not headers.get("x-acs-date"):
            raise AuthenticationError(Problem.MISSING_HEADER, "x-acs-date")
        return _iso_seconds(headers["x-acs-date"])
    date = headers.get("date") or headers.get("x-fc-date")
    if not date:
        raise AuthenticationError(Problem.MISSING_HEADER, "Date")
    try:
        return email.utils.parsedate_to_datetime(date).timestamp()
    except (OverflowError, TypeError, ValueError):
        return None


def _iso_seconds(text: str) -> float | None:
    try:
        return float(calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ")))
    except ValueError:
        return None


def _is_signed_acs3(request: Request, authorization: Authorization, key: AccessKey) -> bool:
    body_hash = sha256_hex(request.body)
    if request.headers.get("x-acs-content-sha256") != body_hash:
        return False
    must_be_signed = {"host", *(name for name in request.headers if name.startswith("x-acs-"))}
    if not must_be_signed.issubset(authorization.signed_headers):
        return False
    expected = sign_acs3(
        key.secret,
        request.method,
        request.path,
        request.query,
        request.headers,
        authorization.signed_headers,
        body_hash,
    )
    return same(expected, authorization.signature)


def _is_signed_fc(request: Request, authorization: Authorization, key: AccessKey) -> bool:
    # According to the documentation, the decoded path is signed, but fc-go-sdk signs the encoded path. The service
    # presumably accepts both.
    return any(
        same(sign_fc(key.secret, request.method, path, request.headers), authorization.signature)
        for path in (unquote(request.path), request.path)
    )
