# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Why no answer came: the one reading of the exceptions of requests, urllib3 and http.client.

Calls of Function Compute and of whoever gives a credential are told in the same words.
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
    """Why no answer came, and what follows from it."""

    #: A clause that names who did not answer. It holds no secret.
    text: str
    #: The transport's own words, which may quote a URL or a header, and so a secret.
    words: str = ""
    #: Whether to try again may help.
    temporary: bool = True
    #: Whether a proxy answered in place of the server.
    refused: bool = False
    #: Whether the server may have got the request.
    sent: bool = False
    #: What to do about it, None: check the network.
    hint: str | None = None


def explain(error: BaseException, server: Endpoint | None, environ: Mapping[str, str]) -> NoResponse:
    """Read an exception.

    Args:
        server: who was called, None: not known.
        environ: the environment, for the proxy.
    """
    layers = list(layers_of(error))
    proxy_says = re.search(r"Tunnel connection failed: (\d{3})\b", " ".join(map(str, layers)))
    if proxy_says:
        return refused(server, environ, int(proxy_says[1]))
    host, words = address_of(server), _innermost_text(layers)
    kinds = {kind.__name__ for layer in layers for kind in type(layer).__mro__}
    dead_end = _permanent_failure(host, words)
    if dead_end:
        return dead_end
    sent = kinds.isdisjoint(_NOT_SENT)
    if "ProxyError" in kinds:
        return NoResponse(f"{describe_proxy(environ, server)} does not answer", words, sent=sent, hint=CHECK_PROXY)
    if _not_http(layers, kinds):
        problem = f"{host} does not answer in HTTP, or its answer was cut off"
        return NoResponse(problem, sent=sent, hint="Check endpoint, and its port.")
    # Not by kinds: what says that there is no connection at all is derived from a timeout in urllib3.
    late = " in time" if any(type(layer).__name__ in _TIMEOUTS for layer in layers) else ""
    return NoResponse(f"{host} does not answer{late}", words, sent=sent)


def refused(server: Endpoint | None, environ: Mapping[str, str], status: int) -> NoResponse:
    """What to say of a proxy that answered with this status in place of the server."""
    text, temporary = refused_by_proxy(environ, server, status)
    return NoResponse(text, temporary=temporary, refused=True, hint=CHECK_PROXY)


def address_of(server: Endpoint | None) -> str:
    """``host:port``, or ``the server``."""
    return server.address if server else "the server"


#: What requests raises if no answer came, in whatever way.
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
#: Exceptions of urllib3 that come up before anything was sent.
_NOT_SENT = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")
_TIMEOUTS = ("ReadTimeout", "ReadTimeoutError", "ConnectTimeoutError")
#: What http.client, urllib3 and requests raise for bytes that are not an answer in HTTP, or not all of one.
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
    """Whether an exception, or what it was wrapped around, says that no answer came."""
    return any(kind.__name__ in _NETWORK for layer in layers_of(error) for kind in type(layer).__mro__)


def _permanent_failure(host: str, words: str) -> NoResponse | None:
    """A reason that does not go away by trying again, known by words of the transport."""
    if "redirects" in words:
        problem = f"{host} answers with a redirect, which is not followed"
        return NoResponse(problem, temporary=False, sent=True, hint="Check endpoint.")
    if TOO_LARGE in words:
        hint = "Check endpoint: Function Compute does not answer like this."
        return NoResponse(f"{host}: {ResponseTooLarge()}", temporary=False, sent=True, hint=hint)
    if any(sign in words for sign in ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "doesn't match")):
        problem = f"the certificate of {host} is not trusted"
        return NoResponse(problem, words, temporary=False, hint="Check endpoint and ca_path.")
    if "WRONG_VERSION_NUMBER" in words:
        hint = "Check endpoint, which may have to begin with http://, and its port."
        return NoResponse(f"{host} does not speak https", words, temporary=False, hint=hint)
    if any(sign in words for sign in ("eader value", "eader part", "codec can't encode")):
        # requests and http.client quote what they refuse, a secret maybe.
        return NoResponse(
            "a header cannot hold the credential", temporary=False, hint="Check where the credential comes from."
        )
    return None


def _not_http(layers: list[BaseException], kinds: set[str]) -> bool:
    """Whether a server did answer, but not with a whole answer in HTTP."""
    # A server that hangs up without a word: http.client derives its exception from BadStatusLine.
    if "RemoteDisconnected" in kinds:
        return False
    return type(layers[-1]).__name__ == "ValueError" or not kinds.isdisjoint(_NO_HTTP)


def _innermost_text(layers: list[BaseException]) -> str:
    """What went wrong, in the words of the exception that all others were wrapped around."""
    return str(getattr(layers[-1], "message", None) or layers[-1]) or type(layers[-1]).__name__


def layers_of(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and those that it was wrapped around: the SDK, requests and urllib3 each add a layer."""
    seen: list[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inside = getattr(error, "inner_exception", None) or getattr(error, "reason", None)
        inside = inside if isinstance(inside, BaseException) else error.__cause__ or error.__context__
        error = inside or next((arg for arg in error.args if isinstance(arg, BaseException)), None)
