# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Translate errors from credential providers into messages without secrets."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import AsksSts, Source
from ansible_collections.alicloud.fc.plugins.module_utils._connection.transport import (
    CHECK_PROXY,
    NoResponse,
    comes_from_the_network,
    explain,
    layers_of,
    refused,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable


@dataclass(frozen=True)
class _Reason:
    """The reason why no credential could be obtained."""

    text: str
    temporary: bool = False
    #: A hint, or None to use the source's hint.
    hint: str | None = None
    code: str = ""


def failure_of(source: Source, error: BaseException, connection: Connection) -> CredentialError:
    reason = _reason(source, error, connection)
    hint = source.full_hint() if reason.hint is None else reason.hint
    message = f"{source.describe()} failed: {reason.text.rstrip('.')}. {hint}".strip()
    refused = reason.code.startswith(("InvalidSecurityToken", "SecurityTokenExpired"))
    return CredentialError(message, reason.temporary, refused)


def _reason(source: Source, error: BaseException, connection: Connection) -> _Reason:
    """Return the reason for an error.

    Uses only details that cannot contain secrets: exception types, status and error codes, and file names.
    """
    layers = list(layers_of(error))
    for layer in layers:
        # Check for local file errors before network errors because OSError is the base class of both.
        if isinstance(layer, OSError) and layer.filename:
            return _Reason(f"{printable(str(layer.filename))}: {layer.strerror}")
    if comes_from_the_network(error):
        return _no_response(source, explain(error, server_of(source, connection), connection.environ), layers)
    return _answered(source, str(getattr(error, "message", "") or error), type(error).__name__, connection)


def _no_response(source: Source, why: NoResponse, layers: list[BaseException]) -> _Reason:
    # Omit the original message because it contains the URL, including tokens and signatures. OpenSSL's messages about
    # certificates are safe to quote.
    problem = next((text for text in (getattr(one, "verify_message", None) for one in layers) if text), None)
    if problem:
        return _Reason(f"{why.text} ({problem})", hint="Check ca_path.")
    return _Reason(why.text, why.temporary, CHECK_PROXY if why.refused else source.network_hint)


def _answered(source: Source, text: str, kind: str, connection: Connection) -> _Reason:
    """Return the reason for an error response. Only known fields are quoted."""
    found = re.search(r"(?:http_?code|status code)[:=] ?(\d{3})", text, re.IGNORECASE)
    status = int(found.group(1)) if found else 0
    if status == 407:
        why = refused(server_of(source, connection), connection.environ, status)
        return _Reason(why.text, why.temporary, CHECK_PROXY)
    body = re.search(r"(?:result|response): \{", text)
    start, end = (body.end() - 1, text.rfind("}") + 1) if body else (0, 0)
    fields = _json_object(text[start:end]) if body else {}
    code = str(fields.get("Code") or "")
    code = code if re.fullmatch(r"[A-Za-z][A-Za-z0-9._]{0,99}", code) else ""
    message = str(fields.get("Message") or "")
    if "Signature" in code:
        # The rest of the message is the signed string, which includes the security token.
        message = "the access key secret does not match the access key ID"
    told = ", ".join(part for part in (f"HTTP {status}" if status else "", code, message) if part)
    busy = status == 429 or status >= 500 or code.startswith("Throttling")
    if told:
        hint = "Run the task again later." if busy else None
        if isinstance(source, AsksSts) and not code and not busy:
            hint = source.network_hint  # STS errors have a code, so a different server must have responded
        return _Reason(_cleaned(source, told, connection), busy, hint, code)
    reason = next((safe for beginning, safe in _SAFE if text.startswith(beginning)), None)
    if reason is None and ("result:" in text or kind in _NOT_UNDERSTOOD):
        reason = "the library cannot parse the response"
        return _Reason(reason, hint=source.network_hint if isinstance(source, AsksSts) else None)
    return _Reason(reason or f"the library failed with {kind}")


#: Exceptions that the library raises for responses it cannot interpret.
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


#: Prefixes of library messages and their replacements, which quote nothing.
_SAFE = (
    ("IMDS credentials is disabled", "the environment variable ALIBABA_CLOUD_ECS_METADATA_DISABLED disables it"),
    ("CloudSSO access token is empty or expired", "the CloudSSO sign-in has expired"),
    ("failed to refresh OAuth token", "the OAuth sign-in has expired"),
    ("unable to load credentials from any of the providers", "no credentials were found"),
    ("Failed to get", "the metadata service returned no credential"),
    ("failed to execute external command", "the profile's command failed"),
    ("command process timed out", "the profile's command did not finish in time"),
    ("failed to parse external command output", "the profile's command did not print JSON"),
    ("invalid credential response", "the profile's command did not print an access key"),
    ("invalid StsToken credential response", "the profile's command did not print a security token"),
)


#: A request parameter as quoted in errors: plain, or URL-encoded once or twice.
_QUOTED_PARAMETER = re.compile(
    r"\b(Policy|ExternalId|OIDCToken|SecurityToken|Signature)(=|%3D|%253D)[^\s&,;\"')]*", re.IGNORECASE
)


#: The text that introduces a signed string.
_SIGNED = re.compile(r"(?:server )?string ?to ?sign", re.IGNORECASE)


def _cleaned(source: Source, text: str, connection: Connection) -> str:
    """Mask secrets and quoted request parameters in a server's message, and return the result."""
    text = connection.redactor.mask(text[:_LONGEST_ANSWER])
    quotes = Redactor()
    quotes.add(*source.quoted(), parts=False)
    text, *signed = _SIGNED.split(quotes.mask(text), maxsplit=1)
    if signed:
        # Strip these characters here because matching long runs of them in the pattern would be slow.
        text = text.rstrip(" ,;:.([<\"'")
    return connection.redactor.text(_QUOTED_PARAMETER.sub(r"\1\2********", text))


#: Maximum number of response characters that are evaluated.
_LONGEST_ANSWER = 64 * 1024


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def server_of(source: Source, connection: Connection) -> Endpoint | None:
    """Return the endpoint of the provider's server, or None if there is no server or its endpoint is unknown."""
    return connection.sts_service(source.role.sts_region) if isinstance(source, AsksSts) else source.server()


def _address(server: Endpoint | None) -> str:
    return server.address if server else "the server"
