# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Select the proxy for an endpoint. Pure."""

from __future__ import annotations

import base64
import ipaddress
import re
from typing import Mapping
from urllib.parse import unquote, urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import (
    Endpoint,
    url_password,
    without_scheme,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import invalid_value
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption


def proxies(environ: Mapping[str, str], endpoint: Endpoint) -> dict[str, str]:
    """Return the proxy for an endpoint as ``{scheme: URL}``, or ``{}`` if there is none.

    Uses the variables ``http_proxy``, ``https_proxy``, ``all_proxy`` and ``no_proxy``. As in curl and requests,
    lowercase names take precedence over uppercase names. ``no_proxy`` is a comma-separated list of domain names and
    addresses, each with an optional port, and networks (``10.0.0.0/8``). ``*`` matches every endpoint. Raises
    ``InvalidOption`` if the proxy URL is invalid. The message contains the name of the variable but not its value.
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
    """Return the ``host:port`` of the proxy for an endpoint, without credentials, or None if there is no proxy."""
    proxy = proxies(environ, endpoint).get(endpoint.scheme)
    if proxy is None:
        return None
    host = without_scheme(proxy).rpartition("@")[2]
    return re.split(r"[/?#]", host)[0]


def refused_by_proxy(environ: Mapping[str, str], endpoint: Endpoint | None, status: int) -> tuple[str, bool]:
    """Return a clause that describes the proxy's error response, and whether the error is temporary.

    The clause contains the address of the proxy but not its password. ``status`` is the HTTP status of the response.
    """
    proxy = describe_proxy(environ, endpoint)
    if status == 407:
        return f"{proxy} requires a user name and password (HTTP 407)", False
    server = endpoint.address if endpoint else "the server"
    return f"{proxy} could not connect to {server} (HTTP {status})", status >= 500 or status in (408, 429)


def describe_proxy(environ: Mapping[str, str], endpoint: Endpoint | None) -> str:
    """Return ``the proxy host:port``, or ``the proxy`` if its address is unknown."""
    try:
        address = proxy_address(environ, endpoint) if endpoint else None
    except InvalidOption:
        address = None  # a proxy with an invalid URL is never used
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
            "this environment variable is not a proxy URL such as http://user:password@host:port; "
            "in a password, write %23 for #, %2F for /, %3F for ? and %40 for @",
        )


def proxy_passwords(environ: Mapping[str, str]) -> set[str]:
    """Return the passwords in the environment's proxy URLs, both as written and as decoded."""
    passwords = {password for _user, password in _proxy_logins(environ)}
    return passwords | {unquote(password) for password in passwords}


def proxy_authorizations(environ: Mapping[str, str]) -> set[str]:
    """Return the values that follow ``Basic`` in the ``Proxy-Authorization`` header."""
    logins = {f"{unquote(user)}:{unquote(password)}" for user, password in _proxy_logins(environ)}
    # The ``requests`` library encodes user names and passwords as Latin-1.
    sent = {login.encode(encoding, "replace") for login in logins for encoding in ("latin-1", "utf-8")}
    return {base64.b64encode(login).decode() for login in sent}


def _proxy_logins(environ: Mapping[str, str]) -> set[tuple[str, str]]:
    # Include both spellings because a password is a secret even if the other variable disables its proxy.
    names = ("http_proxy", "https_proxy", "all_proxy")
    urls = {environ.get(spelling, "").strip() for name in names for spelling in (name, name.upper())}
    logins = {(without_scheme(url).partition(":")[0], url_password(url)) for url in urls}
    return {(user, password) for user, password in logins if password}


def _variable(environ: Mapping[str, str], name: str) -> str:
    # An empty variable disables the proxy, whether its name is in lower or upper case.
    return environ.get(name, environ.get(name.upper(), "")).strip()


def _covers(entry: str, endpoint: Endpoint) -> bool:
    """Return whether an entry in ``no_proxy`` matches an endpoint."""
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
