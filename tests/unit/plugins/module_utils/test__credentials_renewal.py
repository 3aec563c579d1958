# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of credential renewal during a task, STS regions, unreachable servers and unreachable proxies."""

from __future__ import annotations

import itertools
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from support.connecting import PROVIDER, ROLE, connect, write_profiles

from .issuing import Server, issued_credential, run_server, sent_parameters
from .test__credentials_secrets import count_runs, get_error, skip_without_library_profiles, write_command

# The library uses the deprecated datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}


@pytest.fixture
def server() -> Iterator[Server]:
    with run_server() as running:
        yield running


# --- Renewal ----------------------------------------------------------------------------------------------------


def role(server: Server, _directory: Path) -> Connection:
    return connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


def oidc(server: Server, directory: Path) -> Connection:
    (directory / "token").write_text("planted-oidc-token", encoding="utf-8")
    options = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(directory / "token")}
    return connect(oidc=options, sts_endpoint=server.url)


def uri(server: Server, _directory: Path) -> Connection:
    return connect(credentials_uri=server.url)


@pytest.mark.parametrize("connection_of", [role, oidc, uri])
def test_rejected_credentials_are_renewed(
    tmp_path: Path, server: Server, connection_of: Callable[[Server, Path], Connection]
) -> None:
    """On its own, the library would use rejected credentials until shortly before they expire."""
    client = credential(connection_of(server, tmp_path))
    rejected = client.get_credential()
    assert client.renew(rejected)
    renewed = client.get_credential()
    assert (rejected.security_token, renewed.security_token) == ("issued-token-1", "issued-token-2")
    assert client.get_credential().security_token == "issued-token-2"
    assert len(server.requests) == 2


def test_renew_defaults_to_the_last_credential_of_the_thread(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    assert not client.renew()
    client.get_credential()
    assert client.renew()
    assert client.get_credential().security_token == "issued-token-2"


def test_renewed_credentials_can_be_renewed_again(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    for number in (1, 2, 3):
        assert client.get_credential().security_token == f"issued-token-{number}"
        assert client.renew()


def test_access_keys_are_not_renewed() -> None:
    client = credential(connect(**KEY, security_token="t"))
    assert not client.renew(client.get_credential())
    assert client.get_credential().security_token == "t"


def test_renewal_stops_if_the_credential_does_not_change() -> None:
    key = issued_credential(1)
    with run_server(lambda _url: (200, json.dumps({"Code": "Success", **key}))) as server:
        client = credential(connect(credentials_uri=server.url))
        rejected = client.get_credential()
        assert client.renew(rejected)
        second = client.get_credential()
        assert second.security_token == rejected.security_token
        assert not client.renew(second)
        client.get_credential()
        assert len(server.requests) == 2


def test_threads_renew_a_credential_once(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    all_have_a_credential = threading.Barrier(8)
    results: list[tuple[str, bool, str]] = []

    def work() -> None:
        rejected = client.get_credential()
        all_have_a_credential.wait()
        renewed = client.renew(rejected)
        results.append((rejected.security_token, renewed, client.get_credential().security_token))

    threads = [threading.Thread(target=work) for _index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [("issued-token-1", True, "issued-token-2")] * 8
    assert len(server.requests) == 2


def test_late_renewal_returns_the_new_credential(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    rejected = client.get_credential()
    assert client.renew(rejected)
    assert client.renew(rejected), "renewal is pending"
    client.get_credential()
    assert client.renew(rejected), "renewal is done"
    assert client.get_credential().security_token == "issued-token-2"
    assert len(server.requests) == 2


def test_renewal_runs_the_command_of_a_profile_again(tmp_path: Path) -> None:
    skip_without_library_profiles()
    path = write_profiles(tmp_path / "c.json", write_command(tmp_path, {"mode": "StsToken", **KEY, "sts_token": "one"}))
    client = credential(connect(profile="p", shared_credentials_file=str(path)))
    rejected = client.get_credential()
    write_command(tmp_path, {"mode": "StsToken", **KEY, "sts_token": "two"})
    assert client.renew(rejected)
    assert [client.get_credential().security_token for _index in range(2)] == ["two", "two"]
    assert count_runs(tmp_path) == 2


def test_renewal_ignores_the_session_stored_in_an_oauth_profile(tmp_path: Path, server: Server) -> None:
    skip_without_library_profiles()
    later = int(time.time()) + 3600
    session = {"access_key_id": "STS.x", "access_key_secret": "s", "sts_token": "t", "sts_expiration": later}
    tokens = {"oauth_access_token": "a", "oauth_refresh_token": "r", "oauth_access_token_expire": later}
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "OAuth", **session, **tokens})
    connection = connect({"https_proxy": server.url}, profile="p", shared_credentials_file=str(path))
    client = credential(connection)
    rejected = client.get_credential()
    assert (rejected.security_token, server.requests) == ("t", [])
    # Another process has refreshed the tokens in the meantime.
    write_profiles(path, {"name": "p", "mode": "OAuth", **session, **tokens, "oauth_access_token": "planted-other"})
    assert client.renew(rejected)
    with pytest.raises(CredentialError):
        client.get_credential()
    assert [url for url, _headers in server.requests] == ["oauth.aliyun.com:443"]
    assert connection.redactor.text("planted-other") == "********"


def test_credentials_rejected_by_assume_role_are_renewed_once() -> None:
    """For example, STS rejects the credentials of a revoked session."""
    numbers = itertools.count(1)

    def reply(url: str) -> tuple[int, str]:
        number, sent = next(numbers), parse_qs(urlsplit(url).query)
        if "Action" not in sent:
            return 200, json.dumps({"Code": "Success", **issued_credential(number)})
        if sent["SecurityToken"] == ["issued-token-1"]:
            return 403, json.dumps({"Code": "InvalidSecurityToken.Expired", "Message": "Expired."})
        return 200, json.dumps({"Credentials": issued_credential(100)})

    options = {"assume_role": {"role_arn": ROLE}}
    with run_server(reply) as server:
        client = credential(connect(credentials_uri=server.url, sts_endpoint=server.url, **options))
        assert client.get_credential().security_token == "issued-token-100"
        assert [sent.get("SecurityToken") for sent in sent_parameters(server)] == [
            None,
            "issued-token-1",
            None,
            "issued-token-3",
        ]
    rejection = json.dumps({"Code": "InvalidSecurityToken.Expired", "Message": "Expired."})
    with run_server(lambda _url: (403, rejection)) as server:
        error = get_error(connect(**KEY, security_token="t", sts_endpoint=server.url, **options))
        assert "InvalidSecurityToken.Expired" in str(error)
        assert len(server.requests) == 1


# --- STS regions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "entry",
    [
        {"mode": "AK", **KEY},
        {"mode": "StsToken", **KEY, "sts_token": "t"},
        {"mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE},
        {"mode": "EcsRamRole"},
        {"mode": "CredentialsURI", "credentials_uri": "http://h/"},
        {"mode": "External", "process_command": "x"},
    ],
)
def test_sts_region_of_a_profile_applies_to_all_modes(tmp_path: Path, entry: dict[str, Any]) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", "sts_region": "us-east-1", **entry})
    options = {"profile": "p", "shared_credentials_file": str(path)}
    for more in ({}, {"assume_role": {"role_arn": ROLE}}, {"region": "cn-beijing"}):
        assert connect(**options, **more).sts_service() == Endpoint("https", "sts.us-east-1.aliyuncs.com")
    internal = connect(**options, network="internal")
    assert internal.sts_service() == Endpoint("https", "sts-vpc.us-east-1.aliyuncs.com")
    assert connect(**options, sts_endpoint="h").sts_service() == Endpoint("https", "h")


def test_assume_role_uses_the_sts_region_of_the_profile(tmp_path: Path, server: Server) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", **KEY, "sts_region": "us-east-1"})
    options = {"profile": "p", "shared_credentials_file": str(path), "assume_role": {"role_arn": ROLE}}
    get_error(connect({"https_proxy": server.url}, **options))
    assert [url for url, _headers in server.requests] == ["sts.us-east-1.aliyuncs.com:443"]


# --- Unreachable servers and proxies ----------------------------------------------------------------------------

ROLE_HINTS = ("trust policy", "JSON", "token is fresh")


class RejectingProxy(BaseHTTPRequestHandler):
    """A proxy that rejects all requests with the HTTP status in its server's ``status`` attribute."""

    def reject(self) -> None:
        status: int = getattr(self.server, "status")  # noqa: B009 - not an attribute of the base class
        self.send_response(status, "planted reason")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_CONNECT = reject

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def rejecting_proxy() -> Iterator[Callable[[int], str]]:
    """Return a function that sets a rejecting proxy's status and returns the proxy's ``host:port``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), RejectingProxy)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def start(status: int) -> str:
        setattr(server, "status", status)  # noqa: B010 - not an attribute of the class
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("method", ["assume_role", "credentials_uri"])
def test_proxies_that_require_authentication_cause_permanent_errors(
    rejecting_proxy: Callable[[int], str], scheme: str, method: str
) -> None:
    address = rejecting_proxy(407)
    url = f"{scheme}://server.invalid"
    options = {"credentials_uri": url} if method == "credentials_uri" else {**KEY, "assume_role": {"role_arn": ROLE}}
    error = get_error(connect({f"{scheme}_proxy": f"http://me:planted@{address}/"}, **options, sts_endpoint=url))
    assert str(error).endswith(
        f" failed: the proxy {address} requires a user name and password (HTTP 407). Check the proxy settings."
    )
    assert "planted" not in str(error)
    assert not error.temporary


@pytest.mark.parametrize(("status", "temporary"), [(403, False), (429, True), (502, True), (504, True)])
def test_proxies_that_do_not_connect_are_named(
    rejecting_proxy: Callable[[int], str], status: int, temporary: bool
) -> None:
    address = rejecting_proxy(status)
    error = get_error(connect({"https_proxy": address}, **KEY, assume_role={"role_arn": ROLE}))
    assert str(error).endswith(
        f" failed: the proxy {address} could not connect to sts.cn-hangzhou.aliyuncs.com:443 (HTTP {status}). "
        "Check the proxy settings."
    )
    assert error.temporary is temporary


@pytest.mark.parametrize(
    ("options", "server"),
    [
        ({**KEY, "assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://127.0.0.1:1"}, "127.0.0.1:1"),
        ({"credentials_uri": "http://127.0.0.1:1/x?planted=1"}, "127.0.0.1:1"),
        ({"credentials_uri": "https://127.0.0.1:1/"}, "127.0.0.1:1"),
        ({**KEY, "assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://a.invalid"}, "a.invalid:80"),
        ({**KEY, "assume_role": {"role_arn": ROLE}, "sts_endpoint": "a.invalid"}, "a.invalid:443"),
    ],
)
def test_unreachable_servers_are_named_with_hints_about_the_network(options: dict[str, Any], server: str) -> None:
    error = get_error(connect(**options))
    assert f" failed: {server} did not respond. Check " in str(error)
    assert [hint for hint in ROLE_HINTS if hint in str(error)] == []
    assert "planted" not in str(error)
    assert error.temporary


def test_unreachable_metadata_service_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    error = get_error(connect(ecs_role_name="r"))
    assert "failed: the proxy did not respond. Run the task on an ECS instance" in str(error)


@pytest.mark.parametrize("reply", [(200, "<html>Sign in</html>"), (502, ""), (404, "<html>"), (403, "no")])
def test_hints_about_roles_are_limited_to_sts_errors(reply: tuple[int, str]) -> None:
    with run_server(lambda _url: reply) as server:
        error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert [hint for hint in ROLE_HINTS if hint in str(error)] == []
    assert not str(error).endswith("failed: .")


def test_incomplete_responses_are_temporary_errors() -> None:
    """Content-Length exceeds the length of the body."""
    with run_server(lambda _url: (200, "{}")) as server:
        server.extra_length = 10
        error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url, read_timeout=1))
    assert server.url.partition("://")[2] in str(error)
    assert error.temporary
