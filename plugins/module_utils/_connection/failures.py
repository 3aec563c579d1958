# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Why no credential could be had, in words that hold no secret."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Iterator, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import proxy_in_words, refused_by_proxy
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import AsksSts, Source
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable


@dataclass(frozen=True)
class _Reason:
    """Why the library failed."""

    text: str
    temporary: bool = False
    advice: str | None = None
    """What to do about it; None: what the source advises."""
    code: str = ""


def failure_of(source: Source, error: BaseException, connection: Connection) -> CredentialError:
    reason = _reason(source, error, connection)
    advice = source.advice() if reason.advice is None else reason.advice
    message = f"{source.describe()} failed: {reason.text.rstrip('.')}. {advice}".strip()
    refused = reason.code.startswith(("InvalidSecurityToken", "SecurityTokenExpired"))
    return CredentialError(message, reason.temporary, refused)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything it was raised from or wrapped around, outermost first."""
    seen: list[BaseException | None] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inner = next((arg for arg in (*error.args, getattr(error, "reason", None)) if isinstance(arg, Exception)), None)
        error = error.__cause__ or inner or error.__context__


#: Exceptions of requests, which name what happened; their texts hold the URL, and with it tokens and signatures.
_NETWORK = {
    "ProxyError": "{proxy} does not answer, or refuses",
    "ConnectTimeout": "no connection to {server} in time",
    "ReadTimeout": "no answer from {server} in time",
    "TooManyRedirects": "{server} answers with a redirect, which is not followed",
    "SSLError": "no secure connection to {server}",
    "ConnectionError": "no connection to {server}",
    "ChunkedEncodingError": "the answer of {server} was cut off",
    "ContentDecodingError": "the answer of {server} cannot be decoded",
    "InvalidSchema": "the URL's scheme is not supported",
    "InvalidURL": "the URL is not valid",
}


_TEMPORARY = ("ProxyError", "ConnectTimeout", "ReadTimeout", "ConnectionError", "ChunkedEncodingError")


_PROXY_ADVICE = "Check the proxy settings."


def _reason(source: Source, error: BaseException, connection: Connection) -> _Reason:
    """Why the library failed.

    From what cannot hold a secret only: kinds of errors, status, codes, names of files.
    """
    causes = list(_causes(error))
    for cause in causes:
        verify_message = getattr(cause, "verify_message", None)
        if verify_message:
            problem = connection.redactor.text(verify_message)
            return _Reason(f"the server's certificate is not trusted ({problem}); check ca_path", advice="")
    for cause in causes:
        # Before the network's errors, whose base class is OSError too: this one names a local file.
        if isinstance(cause, OSError) and cause.filename:
            return _Reason(f"{printable(str(cause.filename))}: {cause.strerror}")
        known = next((kind.__name__ for kind in type(cause).__mro__ if kind.__name__ in _NETWORK), None)
        if known:
            return _no_answer(source, known, cause, connection)
    return _answered(source, str(getattr(error, "message", "") or error), type(error).__name__, connection)


def _no_answer(source: Source, known: str, error: BaseException, connection: Connection) -> _Reason:
    # http.client's words for a proxy that answers CONNECT with something else than 200.
    refusal = re.search(r"Tunnel connection failed: (\d{3})\b", str(error))
    if refusal:
        return _refused_by_proxy(source, int(refusal.group(1)), connection)
    told = _NETWORK[known].format(
        server=_address(server_of(source, connection)),
        proxy=proxy_in_words(connection.environ, server_of(source, connection)),
    )
    return _Reason(told, known in _TEMPORARY, source.network_hint)


def _refused_by_proxy(source: Source, status: int, connection: Connection) -> _Reason:
    told, temporary = refused_by_proxy(connection.environ, server_of(source, connection), status)
    return _Reason(told, temporary, _PROXY_ADVICE)


def _answered(source: Source, text: str, kind: str, connection: Connection) -> _Reason:
    """What a server answered, of which only known fields are told, and whether it may answer otherwise later."""
    found = re.search(r"(?:http_?code|status code)[:=] ?(\d{3})", text, re.IGNORECASE)
    status = int(found.group(1)) if found else 0
    if status == 407:
        return _refused_by_proxy(source, status, connection)
    body = re.search(r"(?:result|response): \{", text)
    start, end = (body.end() - 1, text.rfind("}") + 1) if body else (0, 0)
    fields = _json_object(text[start:end]) if body else {}
    code = str(fields.get("Code") or "")
    code = code if re.fullmatch(r"[A-Za-z][A-Za-z0-9._]{0,99}", code) else ""
    message = str(fields.get("Message") or "")
    if "Signature" in code:
        # The message repeats what was signed, the security token among it.
        message = "the secret does not belong to the key"
    told = ", ".join(part for part in (f"HTTP {status}" if status else "", code, message) if part)
    busy = status == 429 or status >= 500 or code.startswith("Throttling")
    if told:
        advice = "Run it again later." if busy else None
        if isinstance(source, AsksSts) and not code and not busy:
            advice = source.network_hint  # STS always answers with a code: something else has answered
        return _Reason(_cleaned(source, told, connection), busy, advice, code)
    reason = next((safe for beginning, safe in _SAFE if text.startswith(beginning)), None)
    if reason is None and ("result:" in text or kind in _NOT_UNDERSTOOD):
        reason = "the answer is not what the library expects"
        return _Reason(reason, advice=source.network_hint if isinstance(source, AsksSts) else None)
    return _Reason(reason or f"the library stopped with {kind}")


#: What the library raises where it reads something else than it expects.
_NOT_UNDERSTOOD = (
    "JSONDecodeError",
    "ValueError",
    "KeyError",
    "AttributeError",
    "TypeError",
    "UnicodeDecodeError",
    "RecursionError",
    "OverflowError",
)


#: How texts of the library begin -> the same without what they go on to quote.
_SAFE = (
    ("IMDS credentials is disabled", "the environment variable ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids it"),
    ("CloudSSO access token is empty or expired", "the CloudSSO sign-in has expired"),
    ("failed to refresh OAuth token", "the OAuth sign-in has expired"),
    ("unable to load credentials from any of the providers", "none of them has any"),
    ("Failed to get", "the metadata service does not have it"),
    ("failed to execute external command", "the profile's command failed"),
    ("command process timed out", "the profile's command did not end in time"),
    ("failed to parse external command output", "the profile's command did not print JSON"),
    ("invalid credential response", "the profile's command did not print an access key"),
    ("invalid StsToken credential response", "the profile's command did not print a security token"),
)


#: A parameter of a request as errors quote it: as it is, or encoded for a URL once or twice.
_QUOTED_PARAMETER = re.compile(
    r"\b(Policy|ExternalId|OIDCToken|SecurityToken|Signature)(=|%3D|%253D)[^\s&,;\"')]*", re.IGNORECASE
)


#: Behind these words, what was signed follows.
_SIGNED = re.compile(r"(?:server )?string ?to ?sign", re.IGNORECASE)


def _cleaned(source: Source, text: str, connection: Connection) -> str:
    """What a server said without secrets, and without what it quotes from the request."""
    text = connection.redactor.mask(text[:_LONGEST_ANSWER])
    quotes = Redactor()
    quotes.add(*source.quoted(), parts=False)
    text, *signed = _SIGNED.split(quotes.mask(text), maxsplit=1)
    if signed:
        # Trimmed apart from the search, which would take long for a text of many such characters.
        text = text.rstrip(" ,;:.([<\"'")
    return connection.redactor.text(_QUOTED_PARAMETER.sub(r"\1\2********", text))


#: The most characters of an answer that are looked at.
_LONGEST_ANSWER = 64 * 1024


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def server_of(source: Source, connection: Connection) -> Endpoint | None:
    """The server that is asked; None: none, or it is not known."""
    return connection.sts_service(source.role.sts_region) if isinstance(source, AsksSts) else source.server()


def _address(server: Endpoint | None) -> str:
    return server.address if server else "the server"
