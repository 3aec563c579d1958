# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whom the client talks to: certificates, redirects, proxies."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from emulator import Emulator
from emulator.certificate import self_signed

from .test_fault_matrix import PROXIED
from .world import ACCOUNT, APIS, World

# --- Certificates -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def secure(certificate: tuple[str, str]) -> Iterator[Emulator]:
    """An emulator that speaks https, on a port of its own: the SDK remembers for a port whom to trust there."""
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        yield emulator


@pytest.mark.parametrize("generation", APIS)
def test_a_certificate_is_trusted_by_ca_path(secure: Emulator, certificate: tuple[str, str], generation: str) -> None:
    world = World(secure, APIS[generation], ca_path=certificate[0])
    assert world.client.get(world.identity) is None


def test_sts_is_trusted_by_ca_path_too(secure: Emulator, certificate: tuple[str, str]) -> None:
    world = World(secure, ca_path=certificate[0])
    world.connect(account_id=None, endpoint=PROXIED)
    assert secure.journal.counts == {"GetCallerIdentity": 1}


@pytest.mark.parametrize("generation", APIS)
def test_an_unknown_certificate_is_refused_at_once(secure: Emulator, generation: str) -> None:
    world = World(secure, APIS[generation])
    with pytest.raises(ApiError, match=r"the certificate of \S+ is not trusted: .* Check endpoint and ca_path\."):
        world.client.get(world.identity)
    assert world.now == 0
    assert secure.journal.requests == []


@pytest.mark.parametrize("generation", APIS)
def test_a_certificate_for_another_host_is_refused_at_once(tmp_path: Path, generation: str) -> None:
    certificate = self_signed(tmp_path, "fc.example.com")
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        world = World(emulator, APIS[generation], ca_path=certificate[0])
        with pytest.raises(ApiError, match=r"the certificate of \S+ is not trusted: .* Check endpoint and ca_path\."):
            world.client.get(world.identity)
        assert world.now == 0
        assert emulator.journal.requests == []


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_any_certificate_will_do_where_the_user_says_so(secure: Emulator) -> None:
    world = World(secure, validate_certs=False)
    assert world.client.get(world.identity) is None


def test_a_server_without_tls_is_refused_at_once(emulator: Emulator) -> None:
    world = World(emulator, endpoint=f"https://{emulator.host}")
    with pytest.raises(ApiError, match=r"does not speak https: .*Check endpoint, which"):
        world.client.get(world.identity)
    assert world.now == 0


# --- Redirects --------------------------------------------------------------------------------------------------


class Recorder(ThreadingHTTPServer):
    """Notes what it is asked, and answers with a redirect to ``target`` or, without one, with an empty object."""

    daemon_threads = True

    def __init__(self, target: str | None = None, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _Recording)
        self.target = target
        self.status = status
        self.asked: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()


class _Recording(BaseHTTPRequestHandler):
    server: Recorder

    def _answer(self) -> None:
        self.server.asked.append((self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.server.status)
        if self.server.target is not None:
            self.send_header("Location", self.server.target + self.path)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_PUT = do_DELETE = do_POST = _answer  # the library's names

    def log_message(self, *_arguments: Any) -> None:
        """Be quiet."""


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("operation", ["get", "delete"])
@pytest.mark.parametrize("generation", APIS)
def test_a_redirect_is_not_followed(emulator: Emulator, generation: str, operation: str, status: int) -> None:
    with Recorder() as elsewhere, Recorder(elsewhere.url, status) as here:
        key = emulator.issue_key()
        world = World(
            emulator,
            APIS[generation],
            endpoint=here.url,
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.token,
        )
        with pytest.raises(ApiError, match=r"answers with a redirect, which is not followed\. Check endpoint\."):
            getattr(world.client, operation)(world.identity)
        assert len(here.asked) == 1
        assert elsewhere.asked == [], "the token must not go where a redirect points"
        assert world.now == 0


# --- Proxies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_the_environments_proxy_is_used(emulator: Emulator, name: str) -> None:
    world = World(emulator, endpoint=PROXIED, environ={name: emulator.url})
    assert world.client.get(world.identity) is None
    assert emulator.journal.counts == {world.api.operations.get: 1}


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "localhost,127.0.0.0/8", "*"])
def test_no_proxy_is_honoured(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    with Recorder() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        world = World(emulator, environ={"http_proxy": proxy.url, "https_proxy": proxy.url, "no_proxy": no_proxy})
        assert world.client.get(world.identity) is None
        assert proxy.asked == []


def test_a_role_is_assumed_through_the_proxy_though_the_client_was_made_before(emulator: Emulator) -> None:
    """The credential is fetched with the first call, when the proxies are no longer in the process's environment."""
    environ = {"http_proxy": emulator.url}
    role = {"role_arn": "acs:ram::1234567890123456:role/deployer"}
    world = World(emulator, environ=environ, endpoint=PROXIED, sts_endpoint="http://sts.example.com", assume_role=role)
    assert emulator.journal.requests == []
    assert world.client.get(world.identity) is None
    assert emulator.journal.counts == {"AssumeRole": 1, world.api.operations.get: 1}


def test_every_client_of_a_process_finds_the_proxy(emulator: Emulator) -> None:
    for _client in range(2):
        world = World(emulator, environ={"http_proxy": emulator.url}, endpoint=PROXIED)
        assert world.client.get(world.identity) is None
