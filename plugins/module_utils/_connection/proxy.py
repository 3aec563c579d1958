# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The proxy on the way to an endpoint. Pure."""

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
    """The proxy for an endpoint: ``{scheme: URL}``, or ``{}`` where none applies.

    ``http_proxy``, ``https_proxy``, ``all_proxy`` and ``no_proxy`` in lower or upper case, lower first, as curl and
    requests read them. Raises ``InvalidOption`` that names the variable, and not what is in it, where the proxy
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
    host = without_scheme(proxy).rpartition("@")[2]
    return re.split(r"[/?#]", host)[0]


def refused_by_proxy(environ: Mapping[str, str], endpoint: Endpoint | None, status: int) -> tuple[str, bool]:
    """What to say of a proxy that answered in place of ``endpoint`` (None: not known), and whether that may pass.

    A clause that names the proxy, never its password. ``status`` is that of the proxy's answer.
    """
    proxy = describe_proxy(environ, endpoint)
    if status == 407:
        return f"{proxy} asks for a user name and a password (HTTP 407)", False
    server = endpoint.address if endpoint else "the server"
    return f"{proxy} does not connect to {server} (HTTP {status})", status >= 500 or status in (408, 429)


def describe_proxy(environ: Mapping[str, str], endpoint: Endpoint | None) -> str:
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


def _proxy_logins(environ: Mapping[str, str]) -> set[tuple[str, str]]:
    # Both spellings of each: a password is a secret too if the other one switches its proxy off.
    names = ("http_proxy", "https_proxy", "all_proxy")
    urls = {environ.get(spelling, "").strip() for name in names for spelling in (name, name.upper())}
    logins = {(without_scheme(url).partition(":")[0], url_password(url)) for url in urls}
    return {(user, password) for user, password in logins if password}


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
