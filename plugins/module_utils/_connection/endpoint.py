# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Parse endpoints and URLs. Pure."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import quoted

#: A region ID, such as cn-hangzhou, ap-southeast-1 or cn-shenzhen-finance-1.
REGION = re.compile(r"[a-z]{2,8}(-[a-z0-9]+){1,5}")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*")
_FORM = "host, host:port or a URL such as https://host:port"


@dataclass(frozen=True)
class Endpoint:
    """The endpoint of a service."""

    #: ``https`` or ``http``.
    scheme: str
    #: ``host`` or ``host:port``, with brackets around an IPv6 address.
    host: str

    @property
    def name(self) -> str:
        """The host name or address, without the port or brackets."""
        return urlsplit(f"//{self.host}").hostname or ""

    @property
    def url(self) -> str:
        """The URL without a path."""
        return f"{self.scheme}://{self.host}"

    @property
    def address(self) -> str:
        """``host:port``, with the scheme's default port if no port is specified."""
        port = urlsplit(f"//{self.host}").port
        return self.host if port else f"{self.host}:{443 if self.scheme == 'https' else 80}"


def parse_endpoint(option: str, text: str) -> Endpoint:
    """Parse an endpoint: ``host``, ``host:port`` or a URL, optionally with a trailing slash.

    The default scheme is https. Raises ``InvalidOption`` for ``option`` if the endpoint contains a path, a query, a
    user name, spaces or an invalid port, or if its scheme is neither http nor https.
    """
    if re.search(r"[^!-~]", text):
        raise InvalidOption(option, f"must not contain spaces or non-ASCII characters; use {_FORM}")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "https", text
    scheme = scheme.lower()
    # Include "://" so that urlsplit always parses the rest as an address.
    parts = _split(option, f"{scheme}://{rest}")
    # Check this before any part is quoted in a message because a malformed URL may contain a password.
    if "@" in scheme + parts.netloc:
        raise InvalidOption(option, "must not contain a user name or password; use access_key_id and access_key_secret")
    if scheme not in ("https", "http"):
        raise InvalidOption(option, f"{_quoted_scheme(scheme)}:// is not supported; use {_FORM}")
    if parts.path not in ("", "/") or "?" in rest or "#" in rest:
        raise InvalidOption(option, f"must not contain a path or query; use {_FORM}")
    return Endpoint(scheme, _checked_host(option, parts))


def check_uri(option: str, uri: str) -> None:
    """Raise ``InvalidOption`` unless ``uri`` is an http or https URL."""
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise InvalidOption(option, "must be a URL that begins with http:// or https://")
    parse_endpoint(option, f"{scheme}://{re.split(r'[/?#]', rest)[0]}")


def _quoted_scheme(scheme: str) -> str:
    # The text before "://" can be anything, such as a user name and password.
    return scheme if re.fullmatch(r"[a-z0-9+.-]{1,20}", scheme) else "this scheme"


def _split(option: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise InvalidOption(option, f"is not a valid address; use {_FORM}") from None


def _checked_host(option: str, parts: SplitResult) -> str:
    try:
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidOption(option, "the port must be a number from 1 to 65535") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise InvalidOption(option, "the port must be a number from 1 to 65535")
    if parts.netloc.startswith("["):
        if not _is_ipv6(name):
            raise InvalidOption(option, f"{quoted(f'[{name}]')} is not an IPv6 address")
        name = f"[{name}]"
    elif not _HOST_NAME.fullmatch(name):
        raise InvalidOption(option, f"{quoted(name)} is not a host name; use {_FORM}")
    return name if port is None else f"{name}:{port}"


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


def url_password(url: str) -> str:
    """Return the password as written in a URL, which may be malformed, or an empty string if there is none."""
    # urlsplit does not find a password that contains an unescaped #, but such a password is still a secret.
    return without_scheme(url).rpartition("@")[0].partition(":")[2]


def without_scheme(url: str) -> str:
    return re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", url)
