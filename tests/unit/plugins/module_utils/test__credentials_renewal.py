# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A credential that a service refuses in the middle of a task, and servers that do not answer."""

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

from .issuing import Server, asked, issued, serving
from .test__credentials_secrets import external, failure, needs_profiles_of_the_library, runs

# The library uses datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


# --- Renewal ----------------------------------------------------------------------------------------------------


def role(server: Server, _folder: Path) -> Connection:
    return connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


def oidc(server: Server, folder: Path) -> Connection:
    (folder / "token").write_text("planted-oidc-token", encoding="utf-8")
    options = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(folder / "token")}
    return connect(oidc=options, sts_endpoint=server.url)


def uri(server: Server, _folder: Path) -> Connection:
    return connect(credentials_uri=server.url)


@pytest.mark.parametrize("connection_of", [role, oidc, uri])
def test_a_refused_credential_is_replaced_by_a_new_one(
    tmp_path: Path, server: Server, connection_of: Callable[[Server, Path], Connection]
) -> None:
    """The library would keep it until it is about to expire."""
    client = credential(connection_of(server, tmp_path))
    refused = client.get_credential()
    assert client.renew(refused)
    renewed = client.get_credential()
    assert (refused.security_token, renewed.security_token) == ("issued-token-1", "issued-token-2")
    assert client.get_credential().security_token == "issued-token-2"
    assert len(server.requests) == 2


def test_without_an_argument_it_is_what_the_thread_got_last(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    assert not client.renew()
    client.get_credential()
    assert client.renew()
    assert client.get_credential().security_token == "issued-token-2"


def test_the_renewed_credential_may_be_refused_in_its_turn(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    for number in (1, 2, 3):
        assert client.get_credential().security_token == f"issued-token-{number}"
        assert client.renew()


def test_an_access_key_cannot_be_renewed() -> None:
    client = credential(connect(**KEY, security_token="t"))
    assert not client.renew(client.get_credential())
    assert client.get_credential().security_token == "t"


def test_a_source_that_gives_the_same_again_is_asked_once() -> None:
    key = issued(1)
    with serving(lambda _url: (200, json.dumps({"Code": "Success", **key}))) as server:
        client = credential(connect(credentials_uri=server.url))
        refused = client.get_credential()
        assert client.renew(refused)
        again = client.get_credential()
        assert again.security_token == refused.security_token
        assert not client.renew(again)
        client.get_credential()
        assert len(server.requests) == 2


def test_many_threads_that_report_the_same_credential_renew_it_once(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    got = threading.Barrier(8)
    results: list[tuple[str, bool, str]] = []

    def work() -> None:
        refused = client.get_credential()
        got.wait()
        again = client.renew(refused)
        results.append((refused.security_token, again, client.get_credential().security_token))

    threads = [threading.Thread(target=work) for _turn in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [("issued-token-1", True, "issued-token-2")] * 8
    assert len(server.requests) == 2


def test_a_thread_that_comes_late_gets_the_new_credential(server: Server, tmp_path: Path) -> None:
    client = credential(role(server, tmp_path))
    refused = client.get_credential()
    assert client.renew(refused)
    assert client.renew(refused), "it is about to be renewed"
    client.get_credential()
    assert client.renew(refused), "it was renewed"
    assert client.get_credential().security_token == "issued-token-2"
    assert len(server.requests) == 2


def test_the_command_of_a_profile_runs_again(tmp_path: Path) -> None:
    needs_profiles_of_the_library()
    path = write_profiles(tmp_path / "c.json", external(tmp_path, {"mode": "StsToken", **KEY, "sts_token": "one"}))
    client = credential(connect(profile="p", shared_credentials_file=str(path)))
    refused = client.get_credential()
    external(tmp_path, {"mode": "StsToken", **KEY, "sts_token": "two"})
    assert client.renew(refused)
    assert [client.get_credential().security_token for _turn in range(2)] == ["two", "two"]
    assert runs(tmp_path) == 2


def test_the_session_that_an_oauth_profile_holds_is_not_used_again(tmp_path: Path, server: Server) -> None:
    needs_profiles_of_the_library()
    later = int(time.time()) + 3600
    session = {"access_key_id": "STS.x", "access_key_secret": "s", "sts_token": "t", "sts_expiration": later}
    tokens = {"oauth_access_token": "a", "oauth_refresh_token": "r", "oauth_access_token_expire": later}
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "OAuth", **session, **tokens})
    connection = connect({"https_proxy": server.url}, profile="p", shared_credentials_file=str(path))
    client = credential(connection)
    refused = client.get_credential()
    assert (refused.security_token, server.requests) == ("t", [])
    # Meanwhile, somebody else has refreshed the tokens.
    write_profiles(path, {"name": "p", "mode": "OAuth", **session, **tokens, "oauth_access_token": "planted-other"})
    assert client.renew(refused)
    with pytest.raises(CredentialError):
        client.get_credential()
    assert [url for url, _headers in server.requests] == ["oauth.aliyun.com:443"]
    assert connection.redactor.text("planted-other") == "********"


def test_a_session_that_sts_refuses_below_a_role_is_renewed_once() -> None:
    """Such as one that its owner has revoked."""
    numbers = itertools.count(1)

    def answer(url: str) -> tuple[int, str]:
        number, sent = next(numbers), parse_qs(urlsplit(url).query)
        if "Action" not in sent:
            return 200, json.dumps({"Code": "Success", **issued(number)})
        if sent["SecurityToken"] == ["issued-token-1"]:
            return 403, json.dumps({"Code": "InvalidSecurityToken.Expired", "Message": "Expired."})
        return 200, json.dumps({"Credentials": issued(100)})

    options = {"assume_role": {"role_arn": ROLE}}
    with serving(answer) as server:
        client = credential(connect(credentials_uri=server.url, sts_endpoint=server.url, **options))
        assert client.get_credential().security_token == "issued-token-100"
        assert [sent.get("SecurityToken") for sent in asked(server)] == [None, "issued-token-1", None, "issued-token-3"]
    refuse = json.dumps({"Code": "InvalidSecurityToken.Expired", "Message": "Expired."})
    with serving(lambda _url: (403, refuse)) as server:
        error = failure(connect(**KEY, security_token="t", sts_endpoint=server.url, **options))
        assert "InvalidSecurityToken.Expired" in str(error)
        assert len(server.requests) == 1


# --- The STS that is asked --------------------------------------------------------------------------------------


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
def test_the_sts_region_of_a_profile_holds_for_everything(tmp_path: Path, entry: dict[str, Any]) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", "sts_region": "us-east-1", **entry})
    options = {"profile": "p", "shared_credentials_file": str(path)}
    for more in ({}, {"assume_role": {"role_arn": ROLE}}, {"region": "cn-beijing"}):
        assert connect(**options, **more).sts_service() == Endpoint("https", "sts.us-east-1.aliyuncs.com")
    internal = connect(**options, network="internal")
    assert internal.sts_service() == Endpoint("https", "sts-vpc.us-east-1.aliyuncs.com")
    assert connect(**options, sts_endpoint="h").sts_service() == Endpoint("https", "h")


def test_a_role_on_top_of_a_profile_is_assumed_at_its_sts(tmp_path: Path, server: Server) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", **KEY, "sts_region": "us-east-1"})
    options = {"profile": "p", "shared_credentials_file": str(path), "assume_role": {"role_arn": ROLE}}
    failure(connect({"https_proxy": server.url}, **options))
    assert [url for url, _headers in server.requests] == ["sts.us-east-1.aliyuncs.com:443"]


# --- Servers and proxies that do not answer ---------------------------------------------------------------------

ADVICE_ABOUT_ROLES = ("trust policy", "JSON", "token is fresh")


class Refusing(BaseHTTPRequestHandler):
    """A proxy that refuses every request, with the status that its server has."""

    def refuse(self) -> None:
        status: int = getattr(self.server, "status")  # noqa: B009 - not known to the base class
        self.send_response(status, "planted reason")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_POST = do_CONNECT = refuse

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@pytest.fixture
def refusing() -> Iterator[Callable[[int], str]]:
    """Starts a proxy that refuses with a status; returns its ``host:port``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()

    def start(status: int) -> str:
        setattr(server, "status", status)  # noqa: B010 - not known to the class
        return f"127.0.0.1:{server.server_address[1]}"

    yield start
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("way", ["assume_role", "credentials_uri"])
def test_a_proxy_that_asks_for_a_password_is_named_and_not_asked_again(
    refusing: Callable[[int], str], scheme: str, way: str
) -> None:
    address = refusing(407)
    url = f"{scheme}://server.invalid"
    options = {"credentials_uri": url} if way == "credentials_uri" else {**KEY, "assume_role": {"role_arn": ROLE}}
    error = failure(connect({f"{scheme}_proxy": f"http://me:planted@{address}/"}, **options, sts_endpoint=url))
    assert str(error).endswith(
        f" failed: the proxy {address} asks for a user name and a password (HTTP 407). Check the proxy settings."
    )
    assert "planted" not in str(error)
    assert not error.temporary


@pytest.mark.parametrize(("status", "temporary"), [(403, False), (429, True), (502, True), (504, True)])
def test_a_proxy_that_does_not_connect_is_named(refusing: Callable[[int], str], status: int, temporary: bool) -> None:
    address = refusing(status)
    error = failure(connect({"https_proxy": address}, **KEY, assume_role={"role_arn": ROLE}))
    assert str(error).endswith(
        f" failed: the proxy {address} does not connect to sts.cn-hangzhou.aliyuncs.com:443 (HTTP {status}). "
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
def test_a_server_that_does_not_answer_is_named_with_advice_about_the_network(
    options: dict[str, Any], server: str
) -> None:
    error = failure(connect(**options))
    assert f" failed: {server} does not answer. Check " in str(error)
    assert [advice for advice in ADVICE_ABOUT_ROLES if advice in str(error)] == []
    assert "planted" not in str(error)
    assert error.temporary


def test_the_metadata_service_that_does_not_answer_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    error = failure(connect(ecs_role_name="r"))
    assert "failed: the proxy does not answer. Run it on an ECS instance" in str(error)


@pytest.mark.parametrize("answer", [(200, "<html>Sign in</html>"), (502, ""), (404, "<html>"), (403, "no")])
def test_advice_about_roles_follows_answers_of_sts_only(answer: tuple[int, str]) -> None:
    with serving(lambda _url: answer) as server:
        error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert [advice for advice in ADVICE_ABOUT_ROLES if advice in str(error)] == []
    assert not str(error).endswith("failed: .")


def test_a_connection_that_is_cut_off_is_temporary() -> None:
    """The server promises more than it sends."""
    with serving(lambda _url: (200, "{}")) as server:
        server.extra_length = 10
        error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url, read_timeout=1))
    assert server.url.partition("://")[2] in str(error)
    assert error.temporary
