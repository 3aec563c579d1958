# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of certificates, redirects and proxies."""

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

from .harness import ACCOUNT, GENERATIONS, Harness
from .test_fault_matrix import PROXIED_ENDPOINT

# --- Certificates -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1."""
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def tls_emulator(certificate: tuple[str, str]) -> Iterator[Emulator]:
    """An emulator with TLS. It uses a separate port because the SDK caches certificate settings for each port."""
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        yield emulator


@pytest.mark.parametrize("generation", GENERATIONS)
def test_ca_path_is_used_to_verify_the_certificate(
    tls_emulator: Emulator, certificate: tuple[str, str], generation: str
) -> None:
    harness = Harness(tls_emulator, GENERATIONS[generation], ca_path=certificate[0])
    assert harness.client.get(harness.identity) is None


def test_ca_path_is_used_to_verify_the_certificate_of_sts(tls_emulator: Emulator, certificate: tuple[str, str]) -> None:
    harness = Harness(tls_emulator, ca_path=certificate[0])
    harness.connect(account_id=None, endpoint=PROXIED_ENDPOINT)
    assert tls_emulator.journal.counts == {"GetCallerIdentity": 1}


@pytest.mark.parametrize("generation", GENERATIONS)
def test_an_untrusted_certificate_fails_without_retries(tls_emulator: Emulator, generation: str) -> None:
    harness = Harness(tls_emulator, GENERATIONS[generation])
    with pytest.raises(ApiError, match=r"the certificate of \S+ is not trusted: .* Check endpoint and ca_path\."):
        harness.client.get(harness.identity)
    assert harness.now == 0
    assert tls_emulator.journal.requests == []


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_certificate_of_another_host_fails_without_retries(tmp_path: Path, generation: str) -> None:
    certificate = self_signed(tmp_path, "fc.example.com")
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        harness = Harness(emulator, GENERATIONS[generation], ca_path=certificate[0])
        with pytest.raises(ApiError, match=r"the certificate of \S+ is not trusted: .* Check endpoint and ca_path\."):
            harness.client.get(harness.identity)
        assert harness.now == 0
        assert emulator.journal.requests == []


@pytest.mark.filterwarnings("ignore:Unverified HTTPS request")
def test_certificates_are_not_verified_if_validate_certs_is_false(tls_emulator: Emulator) -> None:
    harness = Harness(tls_emulator, validate_certs=False)
    assert harness.client.get(harness.identity) is None


def test_an_https_endpoint_without_tls_fails_without_retries(emulator: Emulator) -> None:
    harness = Harness(emulator, endpoint=f"https://{emulator.host}")
    with pytest.raises(ApiError, match=r"does not support https: .*Check endpoint and its port\. The endpoint may"):
        harness.client.get(harness.identity)
    assert harness.now == 0


# --- Redirects --------------------------------------------------------------------------------------------------


class RecordingServer(ThreadingHTTPServer):
    """A server that records requests.

    If ``target`` is set, the server redirects to it. Otherwise, it returns an empty object.
    """

    daemon_threads = True

    def __init__(self, target: str | None = None, status: int = 200) -> None:
        super().__init__(("127.0.0.1", 0), _RecordingHandler)
        self.target = target
        self.status = status
        self.requests: list[tuple[str, dict[str, str]]] = []

    @property
    def url(self) -> str:
        """The base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.shutdown()
        self.server_close()


class _RecordingHandler(BaseHTTPRequestHandler):
    server: RecordingServer

    def _respond(self) -> None:
        self.server.requests.append((self.path, dict(self.headers)))
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.send_response(self.server.status)
        if self.server.target is not None:
            self.send_header("Location", self.server.target + self.path)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_PUT = do_DELETE = do_POST = _respond  # names required by http.server

    def log_message(self, *_arguments: Any) -> None:
        """Disable logging."""


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("operation", ["get", "delete"])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_redirects_are_not_followed(emulator: Emulator, generation: str, operation: str, status: int) -> None:
    with RecordingServer() as target_server, RecordingServer(target_server.url, status) as redirecting_server:
        key = emulator.issue_key()
        harness = Harness(
            emulator,
            GENERATIONS[generation],
            endpoint=redirecting_server.url,
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.token,
        )
        with pytest.raises(ApiError, match=r"responded with a redirect, which is not followed\. Check endpoint\."):
            getattr(harness.client, operation)(harness.identity)
        assert len(redirecting_server.requests) == 1
        assert target_server.requests == [], "the token must not be sent to the target of a redirect"
        assert harness.now == 0


# --- Proxies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_proxy_environment_variables_are_used(emulator: Emulator, name: str) -> None:
    harness = Harness(emulator, endpoint=PROXIED_ENDPOINT, environ={name: emulator.url})
    assert harness.client.get(harness.identity) is None
    assert emulator.journal.counts == {harness.api.operations.get: 1}


@pytest.mark.parametrize("no_proxy", ["127.0.0.1", "localhost,127.0.0.0/8", "*"])
def test_no_proxy_is_respected(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, no_proxy: str) -> None:
    with RecordingServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, proxy.url)
        harness = Harness(emulator, environ={"http_proxy": proxy.url, "https_proxy": proxy.url, "no_proxy": no_proxy})
        assert harness.client.get(harness.identity) is None
        assert proxy.requests == []


def test_a_role_is_assumed_through_the_proxy(emulator: Emulator) -> None:
    """The credential is fetched on the first request. By then, the environment no longer contains the proxy."""
    environ = {"http_proxy": emulator.url}
    role = {"role_arn": "acs:ram::1234567890123456:role/deployer"}
    harness = Harness(
        emulator, environ=environ, endpoint=PROXIED_ENDPOINT, sts_endpoint="http://sts.example.com", assume_role=role
    )
    assert emulator.journal.requests == []
    assert harness.client.get(harness.identity) is None
    assert emulator.journal.counts == {"AssumeRole": 1, harness.api.operations.get: 1}


def test_all_clients_of_a_process_use_the_proxy(emulator: Emulator) -> None:
    for _client in range(2):
        harness = Harness(emulator, environ={"http_proxy": emulator.url}, endpoint=PROXIED_ENDPOINT)
        assert harness.client.get(harness.identity) is None
