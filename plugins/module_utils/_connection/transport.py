# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Why no answer came: one reading of the exceptions of requests, urllib3 and http.client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, List, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._connection.limits import TOO_LARGE


@dataclass(frozen=True)
class _Dead:
    """A reason for no answer that does not go away by trying again: the words it is known by, and what to do."""

    signs: Tuple[str, ...]
    hint: str
    message: Optional[str] = None
    """In place of the transport's own words."""


DEAD_ENDS = (
    _Dead(("redirects",), "Check endpoint.", "the endpoint answered with a redirect, which is not followed"),
    _Dead((TOO_LARGE,), "Check endpoint: Function Compute does not answer like this."),
    _Dead(
        ("CERTIFICATE_VERIFY_FAILED", "certificate verify failed", "doesn't match"),
        "The server's certificate is not trusted: check endpoint and ca_path.",
    ),
    _Dead(
        ("WRONG_VERSION_NUMBER",),
        "The server does not speak https there: check endpoint, which may have to begin with http://, and its port.",
    ),
    # requests and http.client quote what they refuse, a secret maybe.
    _Dead(
        ("eader value", "eader part", "codec can't encode"),
        "Check where the credential comes from.",
        "a header cannot hold the credential",
    ),
)
#: Exceptions of urllib3 that come up before anything was sent.
NOT_SENT = ("NewConnectionError", "ConnectTimeoutError", "NameResolutionError", "ProxyError")
CHECK_PROXY = "Check the proxy settings."
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


def not_http(layers: List[BaseException]) -> bool:
    """Whether a server did answer, but not with a whole answer in HTTP."""
    # A server that hangs up without a word: http.client derives its exception from BadStatusLine.
    names = {type(layer).__name__ for layer in layers}
    return "RemoteDisconnected" not in names and (type(layers[-1]) is ValueError or not names.isdisjoint(_NO_HTTP))


def innermost_text(layers: List[BaseException]) -> str:
    """What went wrong, in the words of the exception that all others were wrapped around."""
    return str(getattr(layers[-1], "message", None) or layers[-1]) or type(layers[-1]).__name__


def layers_of(error: Optional[BaseException]) -> Iterator[BaseException]:
    """The exception and those that it was wrapped around: the SDK, requests and urllib3 each add a layer."""
    seen: List[BaseException] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inside = getattr(error, "inner_exception", None) or getattr(error, "reason", None)
        inside = inside if isinstance(inside, BaseException) else error.__cause__ or error.__context__
        error = inside or next((arg for arg in error.args if isinstance(arg, BaseException)), None)
