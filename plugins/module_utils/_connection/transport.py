# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Translate exceptions from requests, urllib3 and http.client.

This way, calls to Function Compute and to credential providers produce the same error messages.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Iterator, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import TOO_LARGE, ResponseTooLarge
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import describe_proxy, refused_by_proxy

CHECK_PROXY = "Check the proxy settings."


@dataclass(frozen=True)
class NoResponse:
    """The reason why there was no response."""

    #: A clause with the address of the host that did not respond. It contains no secrets.
    text: str
    #: The original message, which may quote a URL or header and thus contain secrets.
    words: str = ""
    #: Whether a retry may help.
    temporary: bool = True
    #: Whether a proxy responded instead of the server.
    refused: bool = False
    #: Whether the server may have received the request.
    sent: bool = False
    #: A hint, or None for the default hint to check the network.
    hint: str | None = None


def explain(error: BaseException, server: Endpoint | None, environ: Mapping[str, str]) -> NoResponse:
    """Return the reason for an exception.

    Args:
        server: the endpoint that was called, or None if unknown.
        environ: the environment variables, used to identify the proxy.
    """
    layers = list(layers_of(error))
    proxy_says = re.search(r"Tunnel connection failed: (\d{3})\b", " ".join(map(str, layers)))
    if proxy_says:
        return refused(server, environ, int(proxy_says[1]))
    host, words = address_of(server), _innermost_text(layers)
    kinds = {kind.__name__ for layer in layers for kind in type(layer).__mro__}
    permanent = _permanent_failure(host, words) or _sdk_failure(host, error, layers)
    if permanent:
        return permanent
    sent = kinds.isdisjoint(_NOT_SENT)
    if "ProxyError" in kinds:
        return NoResponse(f"{describe_proxy(environ, server)} did not respond", words, sent=sent, hint=CHECK_PROXY)
    if _not_http(layers, kinds):
        problem = f"{host} did not send a complete HTTP response"
        return NoResponse(problem, sent=sent, hint="Check endpoint and its port.")
    # Compare class names because urllib3 derives the exception for failed connections from the one for timeouts.
    late = " in time" if any(type(layer).__name__ in _TIMEOUTS for layer in layers) else ""
    return NoResponse(f"{host} did not respond{late}", words, sent=sent)


def refused(server: Endpoint | None, environ: Mapping[str, str], status: int) -> NoResponse:
    """Return the reason to report if a proxy, not the server, responded with this status."""
    text, temporary = refused_by_proxy(environ, server, status)
    return NoResponse(text, temporary=temporary, refused=True, hint=CHECK_PROXY)


def address_of(server: Endpoint | None) -> str:
    """Return ``host:port``, or ``the server`` if it is unknown."""
    return server.address if server else "the server"


#: Exceptions that the ``requests`` library raises if there is no response.
_NETWORK = (
    "ProxyError",
    "Timeout",
    "TooManyRedirects",
    "ConnectionError",
    "ChunkedEncodingError",
    "ContentDecodingError",
    "InvalidSchema",
    "InvalidURL",
)
#: Exceptions that urllib3 raises before the request is sent.
_NOT_SENT = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")
_TIMEOUTS = ("ReadTimeout", "ReadTimeoutError", "ConnectTimeoutError")
#: Exceptions that http.client, urllib3 and requests raise for invalid or incomplete HTTP responses.
_NO_HTTP = (
    "BadStatusLine",
    "LineTooLong",
    "UnknownProtocol",
    "IncompleteRead",
    "InvalidChunkLength",
    "InvalidHeader",
    "DecodeError",
)


def comes_from_the_network(error: BaseException) -> bool:
    """Return whether an exception, or any exception that it wraps, indicates that there was no response."""
    return any(kind.__name__ in _NETWORK for layer in layers_of(error) for kind in type(layer).__mro__)


def _permanent_failure(host: str, words: str) -> NoResponse | None:
    """Return the reason if the exception's message indicates a permanent failure, or None if it does not."""
    if "redirects" in words:
        problem = f"{host} responded with a redirect, which is not followed"
        return NoResponse(problem, temporary=False, sent=True, hint="Check endpoint.")
    if TOO_LARGE in words:
        hint = "Check endpoint: Function Compute does not send such responses."
        return NoResponse(f"{host}: {ResponseTooLarge()}", temporary=False, sent=True, hint=hint)
    if any(sign in words for sign in ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "doesn't match")):
        problem = f"the certificate of {host} is not trusted"
        return NoResponse(problem, words, temporary=False, hint="Check endpoint and ca_path.")
    if "WRONG_VERSION_NUMBER" in words:
        hint = "Check endpoint and its port. The endpoint may have to begin with http://."
        return NoResponse(f"{host} does not support https", words, temporary=False, hint=hint)
    if any(sign in words for sign in ("eader value", "eader part", "codec can't encode")):
        # requests and http.client quote the invalid value, which may be a secret.
        return NoResponse(
            "the credential cannot be sent in a header", temporary=False, hint="Check where the credential comes from."
        )
    return None


def _sdk_failure(host: str, error: BaseException, layers: list[BaseException]) -> NoResponse | None:
    """Return the reason if the SDK failed for another reason than the network, or None otherwise."""
    if comes_from_the_network(error) or any(isinstance(layer, (OSError, ValueError)) for layer in layers):
        return None
    name, text = type(layers[-1]).__name__, _innermost_text(layers)
    words = name if text == name else f"{name}: {text}"
    hint = "Check the versions of the Python libraries that the module requires."
    return NoResponse(f"the SDK failed to call {host}", words, temporary=False, sent=True, hint=hint)


def _not_http(layers: list[BaseException], kinds: set[str]) -> bool:
    """Return whether the server responded with anything other than a complete HTTP response."""
    # Exclude connections that the server closed without a response: the exception for them is also a BadStatusLine.
    if "RemoteDisconnected" in kinds:
        return False
    return type(layers[-1]).__name__ == "ValueError" or not kinds.isdisjoint(_NO_HTTP)


def _innermost_text(layers: list[BaseException]) -> str:
    """Return the message of the innermost exception."""
    return str(getattr(layers[-1], "message", None) or layers[-1]) or type(layers[-1]).__name__


def layers_of(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the exception and all exceptions that it wraps. The SDK, requests and urllib3 each add a layer."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inside = getattr(error, "inner_exception", None) or getattr(error, "reason", None)
        inside = inside if isinstance(inside, BaseException) else error.__cause__ or error.__context__
        error = inside or next((arg for arg in error.args if isinstance(arg, BaseException)), None)
