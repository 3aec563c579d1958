# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints and proxies."""

from __future__ import annotations

import string

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import (
    Endpoint,
    check_uri,
    parse_endpoint,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import proxies, proxy_passwords
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import location_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

LABELS = st.text(string.ascii_letters + string.digits + "-", min_size=1, max_size=20).filter(
    lambda text: text[0] != "-"
)
NAMES = st.lists(LABELS, min_size=1, max_size=4).map(".".join)
PORTS = st.none() | st.integers(1, 65535)
ADDRESSES = NAMES | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map(lambda address: f"[{address}]")


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("fc.example.com", Endpoint("https", "fc.example.com")),
        ("fc.example.com:8443", Endpoint("https", "fc.example.com:8443")),
        ("https://fc.example.com/", Endpoint("https", "fc.example.com")),
        ("HTTP://127.0.0.1:80", Endpoint("http", "127.0.0.1:80")),
        ("http://[::1]:8080/", Endpoint("http", "[::1]:8080")),
        ("[2001:db8::1]", Endpoint("https", "[2001:db8::1]")),
        ("compose_service:1", Endpoint("https", "compose_service:1")),
    ],
)
def test_parse_endpoint(text: str, endpoint: Endpoint) -> None:
    assert parse_endpoint("endpoint", text) == endpoint


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("https://h/2021-04-06", "path"),
        ("h/x", "path"),
        ("https://h?x=1", "path or query"),
        ("https://h#x", "path or query"),
        ("https://user:pa55@h", "user name"),
        ("user@h", "user name"),
        ("ftp://h", "ftp:// is not supported"),
        ("https://https://h", "path"),
        ("h h", "spaces"),
        ("h\n", "spaces"),
        ("höst", "ASCII"),
        ("h:0", "port"),
        ("h:65536", "port"),
        ("h:", "port"),
        ("h:x", "port"),
        ("::1", ""),
        ("[::g]", ""),
        ("[h]", ""),
        ("https://", "host name"),
        (".h", "host name"),
        ("h..x", "host name"),
        ("-h", "host name"),
        ("h;rm", "host name"),
    ],
)
def test_invalid_endpoints_are_rejected(text: str, problem: str) -> None:
    with pytest.raises(InvalidOption, match=r"^sts_endpoint: ") as exc_info:
        parse_endpoint("sts_endpoint", text)
    assert problem in str(exc_info.value)
    assert "pa55" not in str(exc_info.value)


@settings(deadline=None)
@given(st.sampled_from(["", "http://", "https://"]), ADDRESSES, PORTS, st.sampled_from(["", "/"]))
def test_addresses_are_preserved(scheme: str, address: str, port: int | None, slash: str) -> None:
    host = address if port is None else f"{address}:{port}"
    endpoint = parse_endpoint("endpoint", scheme + host + slash)
    assert endpoint.scheme == (scheme.rstrip(":/") or "https")
    assert endpoint.host == host.lower()
    assert endpoint.name == address.strip("[]").lower()
    assert parse_endpoint("endpoint", endpoint.url) == endpoint


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first example is slow
@given(st.text())
def test_arbitrary_text_is_an_endpoint_or_rejected(text: str) -> None:
    try:
        endpoint = parse_endpoint("endpoint", text)
    except InvalidOption:
        return
    assert not set(endpoint.host) & set("/?#@ \\")
    assert parse_endpoint("endpoint", endpoint.url) == endpoint


@pytest.mark.parametrize("uri", ["http://127.0.0.1:7002/credentials", "https://vending.example.com/a?token=b#c"])
def test_uris_can_have_a_path_and_a_query(uri: str) -> None:
    check_uri("credentials_uri", uri)


@pytest.mark.parametrize("uri", ["127.0.0.1", "ftp://h/", "http://", "http:///x", "http://user:pa55@h/", "http://h h/"])
def test_invalid_uris_are_rejected(uri: str) -> None:
    with pytest.raises(InvalidOption, match=r"^credentials_uri: ") as exc_info:
        check_uri("credentials_uri", uri)
    assert "pa55" not in str(exc_info.value)


@pytest.mark.parametrize(
    ("host", "location"),
    [
        ("123.cn-hangzhou.fc.aliyuncs.com", ("cn-hangzhou", "123")),
        ("123.ap-southeast-1-internal.fc.aliyuncs.com:8080", ("ap-southeast-1", "123")),
        ("cn-shanghai.fc.aliyuncs.com", ("cn-shanghai", None)),
        ("fcv3.us-east-1.aliyuncs.com", ("us-east-1", None)),
        ("127.0.0.1:5000", (None, None)),
        ("123.cn-hangzhou.fc.aliyuncs.com.example.com", (None, None)),
    ],
)
def test_location_of_an_endpoint(host: str, location: tuple[str | None, str | None]) -> None:
    assert location_of(parse_endpoint("endpoint", host).name) == location


# --- Proxies ----------------------------------------------------------------------------------------------------

PROXY = "http://proxy.example.com:3128"


def proxy_of(url: str, **environ: str) -> str | None:
    """Return the proxy for a URL and verify that no other scheme has a proxy."""
    endpoint = parse_endpoint("endpoint", url)
    found = proxies(environ, endpoint)
    assert set(found) <= {endpoint.scheme}
    return found.get(endpoint.scheme)


def test_proxy_by_scheme() -> None:
    assert proxy_of("https://h", https_proxy=PROXY) == PROXY
    assert proxy_of("https://h", http_proxy=PROXY) is None
    assert proxy_of("http://h", http_proxy=PROXY) == PROXY
    assert proxy_of("https://h", all_proxy=PROXY) == PROXY
    assert proxy_of("https://h", HTTPS_PROXY=PROXY) == PROXY
    assert proxy_of("https://h") is None


def test_lower_case_variables_take_precedence_even_if_empty() -> None:
    assert proxy_of("https://h", https_proxy=PROXY, HTTPS_PROXY="http://other") == PROXY
    assert proxy_of("https://h", https_proxy="", HTTPS_PROXY=PROXY) is None


@pytest.mark.parametrize(
    ("url", "no_proxy", "proxied"),
    [
        ("https://h.example.com", "example.com", False),
        ("https://h.example.com", ".example.com", False),
        ("https://h.example.com", "*.example.com", False),
        ("https://h.example.com", "other.com, h.EXAMPLE.com ", False),
        ("https://h.example.com:8443", "example.com", False),
        ("https://h.example.com:8443", "h.example.com:8443", False),
        ("https://h.example.com:8443", "h.example.com:8444", True),
        ("https://h.example.com", "*", False),
        ("https://hexample.com", "example.com", True),
        ("https://example.com.evil.org", "example.com", True),
        ("https://h", "", True),
        ("https://h", " , ,", True),
        ("http://10.1.2.3:8080", "10.0.0.0/8", False),
        ("http://11.1.2.3", "10.0.0.0/8", True),
        ("http://h", "10.0.0.0/8", True),
        ("http://h", "not/a/network", True),
        ("http://127.0.0.1:5000", "127.0.0.1,localhost", False),
        ("http://[::1]:5000", "::1", False),
        ("http://[::1]:5000", "[::1]", False),
        ("http://[2001:db8::5]", "2001:db8::/32", False),
    ],
)
def test_no_proxy(url: str, no_proxy: str, proxied: bool) -> None:
    assert proxy_of(url, http_proxy=PROXY, https_proxy=PROXY, no_proxy=no_proxy) == (PROXY if proxied else None)


@settings(deadline=None)
@given(NAMES, PORTS)
def test_hosts_in_no_proxy_are_called_directly(name: str, port: int | None) -> None:
    host = name if port is None else f"{name}:{port}"
    assert proxy_of(host, https_proxy=PROXY, NO_PROXY=f"x.example.com,{host}") is None
    assert proxy_of(host, https_proxy=PROXY, NO_PROXY=name.upper()) is None


def test_proxy_passwords() -> None:
    environ = {
        "http_proxy": "http://user:pa%2F55@h:1",
        "HTTPS_PROXY": "user:other@h:1",
        "all_proxy": "socks5://h:1",
        "no_proxy": "user:none@h",
    }
    assert proxy_passwords(environ) == {"pa%2F55", "pa/55", "other"}
    assert proxy_passwords({"https_proxy": "http://[h"}) == set()
    assert proxy_passwords({"https_proxy": "http://user:a#b/c?d@e://f@h:1"}) == {"a#b/c?d@e://f"}


@pytest.mark.parametrize(
    "proxy",
    [
        "http://user:planted#x@h:1",
        "http://user:planted/x@h:1",
        "user:planted?x@h:1",
        "http://user:planted@h:port",
        "http://user:planted@h:0",
        "http://user:planted@",
        "http://[h",
        "http://",
    ],
)
@pytest.mark.parametrize("variable", ["https_proxy", "HTTPS_PROXY", "all_proxy"])
def test_invalid_proxy_urls_are_rejected_and_not_displayed(proxy: str, variable: str) -> None:
    with pytest.raises(InvalidOption, match=f"^{variable}: this environment variable is not a proxy URL") as exc_info:
        proxy_of("https://h", **{variable: proxy})
    assert "planted" not in str(exc_info.value)
    assert proxy_of("https://h", **{variable: proxy}, no_proxy="h") is None
    assert proxy_of("http://h", https_proxy=proxy) is None


@pytest.mark.parametrize("proxy", ["proxy:3128", "http://user:a%23b@proxy:3128/", "socks5://h:1", "http://[::1]:3128"])
def test_valid_proxy_urls_are_used(proxy: str) -> None:
    assert proxy_of("https://h", https_proxy=proxy) == proxy
