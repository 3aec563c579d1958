# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Where requests go: the address of a service, and the proxy on the way to it. Pure."""

from __future__ import annotations

import base64
import ipaddress
import re
from dataclasses import dataclass
from typing import Mapping
from urllib.parse import SplitResult, unquote, urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._config import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._input import invalid_value, shown

#: The id of a region: cn-hangzhou, ap-southeast-1, cn-shenzhen-finance-1.
REGION = re.compile(r"[a-z]{2,8}(-[a-z0-9]+){1,5}")
_HOST_NAME = re.compile(r"(?=.{1,253}$)[A-Za-z0-9_]([A-Za-z0-9_-]{0,62})(\.[A-Za-z0-9_]([A-Za-z0-9_-]{0,62}))*")
_FORM = "host, host:port or a URL such as https://host:port"


@dataclass(frozen=True)
class Endpoint:
    """The address of a service."""

    scheme: str
    """``https`` or ``http``."""
    host: str
    """``host`` or ``host:port``; an IPv6 address stands in brackets."""

    @property
    def name(self) -> str:
        """The host name or address alone: no port, no brackets."""
        return urlsplit(f"//{self.host}").hostname or ""

    @property
    def url(self) -> str:
        """The address as a URL without a path."""
        return f"{self.scheme}://{self.host}"

    @property
    def address(self) -> str:
        """``host:port``, with the scheme's port if none is given."""
        port = urlsplit(f"//{self.host}").port
        return self.host if port else f"{self.host}:{443 if self.scheme == 'https' else 80}"


_PLACE = re.compile(
    r"(?:(?P<account>\d+)\.)?(?P<region>[a-z]+-[a-z0-9-]+?)(?:-internal)?\.fc\.aliyuncs\.com"
    r"|fcv3\.(?P<region3>[a-z]+-[a-z0-9-]+)\.aliyuncs\.com"
)


def place_of(endpoint: Endpoint) -> tuple[str | None, str | None]:
    """The region and account that an endpoint of Function Compute names; None for what its name does not say."""
    match = _PLACE.fullmatch(endpoint.name)
    return (match["region"] or match["region3"], match["account"]) if match else (None, None)


def parse_endpoint(option: str, text: str) -> Endpoint:
    """Read what a user wrote as an endpoint: ``host``, ``host:port`` or a URL, with or without a slash behind.

    https, unless ``http://`` is written out. Raises :class:`InvalidOption` that names ``option`` for anything else:
    a path, a query, a user name, another scheme, spaces, a port out of range.
    """
    if re.search(r"[^!-~]", text):
        raise InvalidOption(option, f"must not hold spaces or other than ASCII characters; write {_FORM}")
    scheme, separator, rest = text.partition("://")
    if not separator:
        scheme, rest = "https", text
    scheme = scheme.lower()
    # "://" and not "//" only, so that urlsplit takes what follows as an address, whatever it looks like.
    parts = _split(option, f"{scheme}://{rest}")
    # Before anything is quoted: a URL with a password may be written badly.
    if "@" in scheme + parts.netloc:
        raise InvalidOption(option, "must not hold a user name or password; use access_key_id and access_key_secret")
    if scheme not in ("https", "http"):
        raise InvalidOption(option, f"{_quoted_scheme(scheme)}:// is not supported; write {_FORM}")
    if parts.path not in ("", "/") or "?" in rest or "#" in rest:
        raise InvalidOption(option, f"must not hold a path or query; write {_FORM}")
    return Endpoint(scheme, _checked_host(option, parts))


def check_uri(option: str, uri: str) -> None:
    """Raise :class:`InvalidOption` unless ``uri`` is an http or https URL."""
    scheme, separator, rest = uri.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise InvalidOption(option, "must be a URL that begins with http:// or https://")
    parse_endpoint(option, f"{scheme}://{re.split(r'[/?#]', rest)[0]}")


def _quoted_scheme(scheme: str) -> str:
    # What stands before "://" may be anything, such as a user name and a password.
    return scheme if re.fullmatch(r"[a-z0-9+.-]{1,20}", scheme) else "this scheme"


def _split(option: str, url: str) -> SplitResult:
    try:
        return urlsplit(url)
    except ValueError:
        raise InvalidOption(option, f"is not an address; write {_FORM}") from None


def _checked_host(option: str, parts: SplitResult) -> str:
    try:
        name, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidOption(option, "the port must be a number from 1 to 65535") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise InvalidOption(option, "the port must be a number from 1 to 65535")
    if parts.netloc.startswith("["):
        if not _is_ipv6(name):
            raise InvalidOption(option, f"{shown(f'[{name}]')} is not an IPv6 address")
        name = f"[{name}]"
    elif not _HOST_NAME.fullmatch(name):
        raise InvalidOption(option, f"{shown(name)} is not a host name; write {_FORM}")
    return name if port is None else f"{name}:{port}"


def _is_ipv6(text: str) -> bool:
    try:
        return ipaddress.ip_address(text).version == 6
    except ValueError:
        return False


# --- Proxies ----------------------------------------------------------------------------------------------------


def proxies(environ: Mapping[str, str], endpoint: Endpoint) -> dict[str, str]:
    """The proxy for an endpoint: ``{scheme: URL}``, or ``{}`` where none applies.

    ``http_proxy``, ``https_proxy``, ``all_proxy`` and ``no_proxy`` in lower or upper case, lower first, as curl and
    requests read them. Raises :class:`InvalidOption` that names the variable, and not what is in it, where the proxy
    that applies is no URL. ``no_proxy`` holds ``*``, names (with everything below them), addresses and networks
    (``10.0.0.0/8``), separated by commas, each with or without a port.
    """
    name = next((name for name in (f"{endpoint.scheme}_proxy", "all_proxy") if _variable(environ, name)), None)
    if name is None:
        return {}
    if any(_covers(entry, endpoint) for entry in _variable(environ, "no_proxy").split(",")):
        return {}
    proxy = _variable(environ, name)
    _check_proxy(name if name in environ else name.upper(), proxy)
    return {endpoint.scheme: proxy}


def proxy_address(environ: Mapping[str, str], endpoint: Endpoint) -> str | None:
    """``host:port`` of the proxy for an endpoint, without user name and password; None: there is none."""
    proxy = proxies(environ, endpoint).get(endpoint.scheme)
    if proxy is None:
        return None
    host = _without_scheme(proxy).rpartition("@")[2]
    return re.split(r"[/?#]", host)[0]


def refused_by_proxy(environ: Mapping[str, str], endpoint: Endpoint | None, status: int) -> tuple[str, bool]:
    """What to say of a proxy that answered in place of ``endpoint`` (None: not known), and whether that may pass.

    A clause that names the proxy, never its password. ``status`` is that of the proxy's answer.
    """
    proxy = proxy_in_words(environ, endpoint)
    if status == 407:
        return f"{proxy} asks for a user name and a password (HTTP 407)", False
    server = endpoint.address if endpoint else "the server"
    return f"{proxy} does not connect to {server} (HTTP {status})", status >= 500 or status in (408, 429)


def proxy_in_words(environ: Mapping[str, str], endpoint: Endpoint | None) -> str:
    """``the proxy host:port``, or ``the proxy`` where it is not known which one was used."""
    try:
        address = proxy_address(environ, endpoint) if endpoint else None
    except InvalidOption:
        address = None  # it was not used either, or it would have been refused before
    return f"the proxy {address}" if address else "the proxy"


def _check_proxy(variable: str, proxy: str) -> None:
    try:
        parts = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
        usable = bool(parts.hostname) and parts.port != 0 and "@" not in parts.path + parts.query + parts.fragment
        usable = usable and invalid_value(proxy) is None
    except ValueError:
        usable = False
    if not usable:
        raise InvalidOption(
            variable,
            "this environment variable is not the URL of a proxy, such as http://user:password@host:port; "
            "in a password, write %23 for #, %2F for /, %3F for ? and %40 for @",
        )


def proxy_passwords(environ: Mapping[str, str]) -> set[str]:
    """The passwords inside the environment's proxy URLs, as written and decoded."""
    passwords = {password for _user, password in _proxy_logins(environ)}
    return passwords | {unquote(password) for password in passwords}


def proxy_authorizations(environ: Mapping[str, str]) -> set[str]:
    """What the header ``Proxy-Authorization`` holds after ``Basic`` for them."""
    logins = {f"{unquote(user)}:{unquote(password)}" for user, password in _proxy_logins(environ)}
    # requests sends Latin-1.
    sent = {login.encode(encoding, "replace") for login in logins for encoding in ("latin-1", "utf-8")}
    return {base64.b64encode(login).decode() for login in sent}


def url_password(url: str) -> str:
    """The password inside a URL, as written, however badly the URL is written; empty if there is none."""
    # Not by urlsplit, which finds none where somebody forgot to write # as %23: it is a secret all the same.
    return _without_scheme(url).rpartition("@")[0].partition(":")[2]


def _proxy_logins(environ: Mapping[str, str]) -> set[tuple[str, str]]:
    # Both spellings of each: a password is a secret too if the other one switches its proxy off.
    names = ("http_proxy", "https_proxy", "all_proxy")
    urls = {environ.get(spelling, "").strip() for name in names for spelling in (name, name.upper())}
    logins = {(_without_scheme(url).partition(":")[0], url_password(url)) for url in urls}
    return {(user, password) for user, password in logins if password}


def _without_scheme(url: str) -> str:
    return re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", url)


def _variable(environ: Mapping[str, str], name: str) -> str:
    # Set but empty means "none" in either case, so that one can switch off what a profile exported.
    return environ.get(name, environ.get(name.upper(), "")).strip()


def _covers(entry: str, endpoint: Endpoint) -> bool:
    """Whether one entry of ``no_proxy`` stands for this endpoint."""
    entry = entry.strip().lower()
    if not entry:
        return False
    if entry == "*":
        return True
    if "/" in entry:
        return _in_network(endpoint.name, entry)
    host = endpoint.host.lower()
    for candidate in (host, endpoint.name, f"[{endpoint.name}]"):
        if candidate == entry or candidate.endswith("." + entry.lstrip("*").lstrip(".")):
            return True
    return endpoint.name == entry.lstrip("*").lstrip(".")


def _in_network(name: str, network: str) -> bool:
    try:
        return ipaddress.ip_address(name) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
