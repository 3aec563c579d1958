# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of resource limits and error messages when servers and proxies are unreachable, slow or malfunctioning."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from emulator import Emulator

from .harness import GENERATIONS, Harness
from .hostile import (
    Handler,
    HostileServer,
    Request,
    compression_bomb,
    error_body,
    http_response,
    large_response,
    respond_with,
    to_json,
)
from .process import CompletedModule, run
from .test_fault_matrix import PROXIED_ENDPOINT
from .test_responses import MODULES, NO_CONFIG_ERROR, config_body, module_arguments, service_option

BOTH_GENERATIONS = pytest.mark.parametrize("generation", GENERATIONS)
ROLE = "acs:ram::1234567890123456:role/deployer"
#: Matches hints that apply to service errors and would be misleading for network errors.
SERVICE_HINTS = re.compile(r"\brole'?s?\b(?!/)|RAM action|trust policy|\bJSON\b|sts:AssumeRole")


def check_failed_unchanged(completed: CompletedModule) -> None:
    """Check that the module failed with a readable message and did not change anything."""
    assert completed.result["failed"]
    assert not completed.result.get("changed")
    assert "\n" not in completed.result["msg"]
    assert "MemoryError" not in completed.output


# --- Slow responses ---------------------------------------------------------------------------------------------

#: The number of chunks in a slow response, and the number that a client with SHORT_TIMEOUTS may read. The server sends
#: 20 chunks per second.
CHUNKS, MAX_CHUNKS = 500, 300
SHORT_TIMEOUTS = {"connect_timeout": 1, "read_timeout": 1}


SlowResponse = Callable[[HostileServer, Request], Iterator[bytes]]


def slow_body(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a body one byte at a time."""
    yield http_response(headers={"Content-Length": str(CHUNKS)}, include_length=False)
    yield from server.drip(b" " * CHUNKS)


def slow_chunks(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a chunked body one byte at a time."""
    yield http_response(headers={"Transfer-Encoding": "chunked"}, include_length=False)
    yield from server.drip(b"1\r\n \r\n" * CHUNKS, size=6)


def slow_until_closed(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a body of unspecified length one byte at a time."""
    yield http_response(include_length=False)
    yield from server.drip(b" " * CHUNKS)


def slow_error(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send an error body one byte at a time."""
    yield http_response(500, headers={"Content-Length": str(CHUNKS)}, include_length=False)
    yield from server.drip(b" " * CHUNKS)


def slow_status(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a status line one byte at a time."""
    yield from server.drip(b"HTTP/1.1 200 " + b"O" * CHUNKS)


def slow_header(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a header one byte at a time."""
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    yield from server.drip(b"x" * CHUNKS)


def slow_headers(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send headers two bytes at a time."""
    yield b"HTTP/1.1 200 OK\r\n"
    yield from server.drip(b"X-Slow: x\r\n" * 50, size=2)


def endless_continue(server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send a long sequence of ``100 Continue`` responses."""
    chunk = b"HTTP/1.1 100 Continue\r\n\r\n"
    yield from server.drip(chunk * CHUNKS, size=len(chunk))


def early_hints(_server: HostileServer, _request: Request) -> Iterator[bytes]:
    """Send two interim responses before the final response."""
    yield b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + NO_CONFIG


SLOW_RESPONSES = (
    slow_body,
    slow_chunks,
    slow_until_closed,
    slow_error,
    slow_status,
    slow_header,
    slow_headers,
    endless_continue,
)
EACH_SLOW_RESPONSE = pytest.mark.parametrize(
    "slow_response", SLOW_RESPONSES, ids=lambda slow_response: slow_response.__name__
)


class SlowServer:
    """A server that responds slowly to some methods and with ``default_response`` to others.

    ``chunks_sent`` is the number of chunks sent in slow responses.
    """

    def __init__(self, slow_response: SlowResponse, methods: Iterable[str], default_response: bytes) -> None:
        self._slow_response = slow_response
        self._methods = set(methods)
        self._default_response = default_response
        self.chunks_sent = 0
        self.server = HostileServer(self._handle)

    def _handle(self, request: Request) -> Iterator[bytes]:
        if request.method not in self._methods:
            yield self._default_response
            return
        for chunk in self._slow_response(self.server, request):
            yield chunk
            self.chunks_sent += 1


NO_CONFIG = http_response(404, NO_CONFIG_ERROR)


@BOTH_GENERATIONS
def test_interim_responses_are_skipped(generation: str) -> None:
    slow_server = SlowServer(early_hints, ["GET"], NO_CONFIG)
    with slow_server.server as server:
        task = {**service_option(GENERATIONS[generation]), "function_name": "f", "state": "absent"}
        completed = run(MODULES[generation][0], module_arguments(server.url, **task, **SHORT_TIMEOUTS))
        assert server.methods == ["GET"]
    assert not completed.result.get("failed"), completed


@EACH_SLOW_RESPONSE
@BOTH_GENERATIONS
def test_a_slow_response_to_a_read_times_out(generation: str, slow_response: SlowResponse) -> None:
    slow_server = SlowServer(slow_response, ["GET"], NO_CONFIG)
    with slow_server.server as server:
        task = {**service_option(GENERATIONS[generation]), "function_name": "f"}
        completed = run(MODULES[generation][0], module_arguments(server.url, **task, **SHORT_TIMEOUTS))
        assert set(server.methods) == {"GET"}
    check_failed_unchanged(completed)
    assert slow_server.chunks_sent <= MAX_CHUNKS


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_write_is_verified_after_a_slow_response(state: str) -> None:
    stored = http_response(body=to_json(config_body(GENERATIONS["FC 2.0"])))
    slow_server = SlowServer(slow_body, ["PUT", "DELETE"], stored)
    with slow_server.server as server:
        task = {"service_name": "s", "function_name": "f", "maximum_retry_attempts": 0, "state": state}
        completed = run("function_async_invoke_config", module_arguments(server.url, **task, **SHORT_TIMEOUTS))
        assert server.methods[0] == "GET"
        assert "GET" in server.methods[1:]
        writes = sum(method != "GET" for method in server.methods)
    assert completed.result["failed"]
    assert slow_server.chunks_sent <= MAX_CHUNKS * writes


@pytest.mark.parametrize(
    "slow_response", [slow_body, slow_header, endless_continue], ids=lambda slow_response: slow_response.__name__
)
def test_a_slow_response_to_a_list_times_out(slow_response: SlowResponse) -> None:
    slow_server = SlowServer(slow_response, ["GET"], NO_CONFIG)
    with slow_server.server as server:
        completed = run("function_async_invoke_config_info", module_arguments(server.url, **SHORT_TIMEOUTS))
    check_failed_unchanged(completed)
    assert slow_server.chunks_sent <= MAX_CHUNKS


@pytest.mark.parametrize(
    "slow_response", [slow_body, slow_header, endless_continue], ids=lambda slow_response: slow_response.__name__
)
@pytest.mark.parametrize("source", ["account", "role", "uri"])
def test_a_slow_response_to_a_credential_or_account_id_request_times_out(
    source: str, slow_response: SlowResponse
) -> None:
    slow_server = SlowServer(slow_response, ["GET", "POST"], NO_CONFIG)
    with slow_server.server as server:
        sources: dict[str, dict[str, Any]] = {
            "account": {"account_id": None, "endpoint": None},
            "role": {"assume_role": {"role_arn": ROLE}},
            "uri": {"credentials_uri": f"{server.url}/key", "access_key_id": None, "access_key_secret": None},
        }
        connection = {
            **module_arguments("http://127.0.0.1:9", sts_endpoint=server.url, **SHORT_TIMEOUTS),
            **sources[source],
        }
        task = {name: value for name, value in connection.items() if value is not None}
        completed = run("function_async_invoke_config", {**task, "service_name": "s", "function_name": "f"})
        assert server.requests
    check_failed_unchanged(completed)
    assert slow_server.chunks_sent <= MAX_CHUNKS


# --- Large and malformed responses ------------------------------------------------------------------------------

#: The size of a response, and the maximum size that a module may read and keep in memory, in megabytes.
RESPONSE_MEGABYTES, MAX_MEGABYTES_SENT, MAX_MEGABYTES_IN_MEMORY = 600, 64, 400


def run_against(module: str, handler: Handler) -> tuple[CompletedModule, HostileServer]:
    """Run an FC 2.0 module against a server that uses this handler."""
    with HostileServer(handler) as server:
        task = {"service_name": "s", "function_name": "f"}
        return run(module, module_arguments(server.url, **task)), server


@pytest.mark.parametrize("framing", ["length", "chunked", "closed"])
@pytest.mark.parametrize("module", MODULES["FC 2.0"][::2])
def test_a_large_response_is_rejected(module: str, framing: str) -> None:
    completed, server = run_against(module, large_response(RESPONSE_MEGABYTES, framing))
    check_failed_unchanged(completed)
    assert server.bytes_sent < MAX_MEGABYTES_SENT * 1024**2
    assert completed.peak_megabytes < MAX_MEGABYTES_IN_MEMORY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("module", MODULES["FC 2.0"][::2])
def test_a_compression_bomb_is_rejected(module: str, coding: str) -> None:
    completed, _server = run_against(module, compression_bomb(RESPONSE_MEGABYTES, coding))
    check_failed_unchanged(completed)
    assert completed.peak_megabytes < MAX_MEGABYTES_IN_MEMORY


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_large_error_body_is_rejected(status: int) -> None:
    def handler(request: Request) -> Iterator[bytes]:
        for number, chunk in enumerate(large_response(RESPONSE_MEGABYTES, "length")(request)):
            yield chunk.replace(b" 200 ", b" %d " % status, 1) if number == 0 else chunk

    completed, server = run_against("function_async_invoke_config", handler)
    check_failed_unchanged(completed)
    assert server.bytes_sent < MAX_MEGABYTES_SENT * 1024**2
    assert completed.peak_megabytes < MAX_MEGABYTES_IN_MEMORY


def test_endless_headers_are_rejected() -> None:
    def handler(_request: Request) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(1_000_000):
            yield b"X-%d: x\r\n" % number * 100

    completed, server = run_against("function_async_invoke_config", handler)
    check_failed_unchanged(completed)
    assert server.bytes_sent < MAX_MEGABYTES_SENT * 1024**2


INVALID_HTTP = {
    "empty": b"",
    "incomplete status line": b"HTTP/1.1 200",
    "zeros": b"\x00" * 1000,
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "an unknown version": b"HTTP/9.9 999 \r\n\r\n",
    "status 0": b"HTTP/1.1 000 \r\n\r\n",
    "non-numeric status": b"HTTP/1.1 OK 200\r\n\r\n",
    "non-numeric length": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
    "body shorter than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    "invalid chunk length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "missing last chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "invalid gzip data": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}
#: Matches unhelpful error messages from Python libraries.
PYTHON_ERRORS = re.compile(r"IncompleteRead|invalid literal|BadStatusLine|Invalid chunk|Error -3|HTTP/1\.1 0|\('|b'")


@pytest.mark.parametrize("response", INVALID_HTTP.values(), ids=INVALID_HTTP)
def test_invalid_http_is_reported_with_a_readable_message(response: bytes) -> None:
    completed, _server = run_against("function_async_invoke_config", respond_with(response))
    check_failed_unchanged(completed)
    assert not PYTHON_ERRORS.search(completed.result["msg"]), completed.result["msg"]


# --- Unreachable servers ----------------------------------------------------------------------------------------


@pytest.fixture
def unused_address() -> Iterator[str]:
    """An address and port that are reserved for the test and have no listener."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{sock.getsockname()[1]}"


def disconnect(_request: Request) -> Iterable[bytes]:
    """Disconnect without sending a response."""
    return []


@BOTH_GENERATIONS
def test_the_error_contains_the_address_of_an_unreachable_server(
    emulator: Emulator, generation: str, unused_address: str
) -> None:
    harness = Harness(emulator, GENERATIONS[generation], endpoint=f"http://{unused_address}")
    with pytest.raises(ApiError) as caught:
        harness.client.get(harness.identity)
    assert unused_address in str(caught.value)
    assert not SERVICE_HINTS.search(str(caught.value))


@BOTH_GENERATIONS
def test_the_error_contains_a_host_name_that_cannot_be_resolved(emulator: Emulator, generation: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation], endpoint="https://fc.nowhere.invalid")
    with pytest.raises(ApiError, match=r"fc\.nowhere\.invalid:443"):
        harness.client.get(harness.identity)


@BOTH_GENERATIONS
def test_the_error_contains_the_address_of_a_server_that_disconnects(emulator: Emulator, generation: str) -> None:
    with HostileServer(disconnect) as server:
        harness = Harness(emulator, GENERATIONS[generation], endpoint=server.url)
        with pytest.raises(ApiError) as caught:
            harness.client.get(harness.identity)
    assert server.host in str(caught.value)


@BOTH_GENERATIONS
def test_the_error_contains_the_address_of_an_unreachable_proxy(
    emulator: Emulator, generation: str, unused_address: str
) -> None:
    harness = Harness(
        emulator,
        GENERATIONS[generation],
        endpoint=PROXIED_ENDPOINT,
        environ={"http_proxy": f"http://user:hush@{unused_address}"},
    )
    with pytest.raises(ApiError) as caught:
        harness.client.get(harness.identity)
    assert unused_address in str(caught.value)
    assert "proxy" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        {"assume_role": {"role_arn": ROLE}},
        {"credentials_uri": "http://{unused_address}/key", "access_key_id": None, "access_key_secret": None},
    ],
    ids=["role", "uri"],
)
def test_a_network_error_is_reported_if_the_credential_cannot_be_fetched(
    emulator: Emulator, source: Mapping[str, Any], unused_address: str
) -> None:
    connection: dict[str, Any] = {
        name: value.format(unused_address=unused_address) if isinstance(value, str) else value
        for name, value in source.items()
    }
    harness = Harness(emulator, sts_endpoint=f"http://{unused_address}", **connection)
    with pytest.raises((ApiError, CredentialError)) as caught:
        harness.client.get(harness.identity)
    assert unused_address in str(caught.value)
    # The message may contain the ARN of the role, but hints about the role would be misleading.
    assert not SERVICE_HINTS.search(str(caught.value).replace(f"role {ROLE}", ""))
    assert emulator.journal.requests == []


ENTRIES = 40


def bulk_against(endpoint: str, generation: str = "FC 2.0", **task: Any) -> CompletedModule:
    """Run the bulk module with many entries and a concurrency of 2."""
    configs = [{**service_option(GENERATIONS[generation]), "function_name": f"f{number}"} for number in range(ENTRIES)]
    return run(MODULES[generation][1], module_arguments(endpoint, configs=configs, concurrency=2, **task))


def check_all_failed(completed: CompletedModule) -> None:
    """Check that all entries failed with an error message."""
    assert completed.result["failed"]
    assert not completed.result["changed"]
    assert [entry["failed"] for entry in completed.result["results"]] == [True] * ENTRIES
    assert all(entry["msg"] for entry in completed.result["results"])


@BOTH_GENERATIONS
def test_an_unreachable_server_is_not_retried_for_each_entry(generation: str) -> None:
    with HostileServer(disconnect) as server:
        completed = bulk_against(server.url, generation, retry_timeout=2)
        assert 2 <= server.connections < ENTRIES
    check_all_failed(completed)
    assert server.host in completed.result["msg"]


def test_a_server_error_is_not_retried_for_each_entry() -> None:
    """After the retry timeout has expired, requests for the remaining entries are not retried."""
    with HostileServer(respond_with(http_response(503, error_body("busy", "ServiceUnavailable")))) as server:
        completed = bulk_against(server.url, retry_timeout=2)
        assert 2 < server.connections < 2 * ENTRIES
    check_all_failed(completed)


def test_a_wrong_access_key_is_not_tried_for_each_entry() -> None:
    with HostileServer(respond_with(http_response(403, error_body("no such key", "InvalidAccessKeyID")))) as server:
        completed = bulk_against(server.url)
        assert len(server.requests) < ENTRIES
    check_all_failed(completed)


def test_a_denied_write_is_not_retried_for_each_entry() -> None:
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as emulator:
        emulator.faults.add("Put*", status=403)
        completed = bulk_against(emulator.url, access_denied_timeout=2)
        attempts = emulator.journal.counts["PutFunctionAsyncInvokeConfig"]
    check_all_failed(completed)
    assert 2 < attempts <= 2 * ENTRIES


@pytest.mark.parametrize("status", [403, 503])
def test_warnings_about_retries_are_not_repeated_for_each_entry(status: int) -> None:
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as emulator:
        emulator.faults.add("Put*", status=status)
        completed = bulk_against(emulator.url, access_denied_timeout=5, retry_timeout=5)
    assert 1 <= len(completed.result.get("warnings", [])) <= 2


def test_other_entries_succeed_if_access_to_one_function_is_denied() -> None:
    """An expired timeout does not affect entries without errors."""
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as emulator:
        emulator.faults.add("Put*", function="f0", status=403)
        completed = bulk_against(emulator.url, access_denied_timeout=1)
        assert len(emulator.store.configs) == ENTRIES - 1
    assert [entry["id"] for entry in completed.result["results"] if entry["failed"]] == ["s:f0:LATEST"]


# --- Proxies that require authentication ------------------------------------------------------------------------


def proxy_environment(server: HostileServer, password: str) -> dict[str, str]:
    """Return environment variables that configure a proxy with an incorrect password."""
    return dict.fromkeys(("http_proxy", "https_proxy"), f"http://user:{password}@{server.host}")


PROXY_RESPONSES = {
    "without a body": http_response(407, headers={"Proxy-Authenticate": 'Basic realm="proxy"'}),
    "in HTML": http_response(407, "<html>Who are you?</html>", "text/html", {"Proxy-Authenticate": "Basic"}),
}
EACH_ENDPOINT = pytest.mark.parametrize("endpoint", [PROXIED_ENDPOINT, PROXIED_ENDPOINT.replace("http:", "https:")])


@pytest.mark.parametrize("response", PROXY_RESPONSES.values(), ids=PROXY_RESPONSES)
@pytest.mark.parametrize("operation", ["get", "delete"])
@EACH_ENDPOINT
@BOTH_GENERATIONS
def test_a_proxy_authentication_error_is_reported_without_retries(
    emulator: Emulator, generation: str, endpoint: str, operation: str, response: bytes
) -> None:
    with HostileServer(respond_with(response)) as proxy:
        harness = Harness(
            emulator, GENERATIONS[generation], endpoint=endpoint, environ=proxy_environment(proxy, "hush-hush-1")
        )
        with pytest.raises(ApiError) as caught:
            getattr(harness.client, operation)(harness.identity)
        assert len(proxy.requests) == 1
        assert proxy.methods[0] == ("CONNECT" if endpoint.startswith("https") else operation.upper())
    assert harness.now == 0
    assert proxy.host in str(caught.value)
    assert "proxy" in str(caught.value)
    assert "hush-hush-1" not in str(caught.value)
    assert not SERVICE_HINTS.search(str(caught.value))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_authentication_error_for_sts_is_reported_without_retries(emulator: Emulator, scheme: str) -> None:
    with HostileServer(respond_with(PROXY_RESPONSES["in HTML"])) as proxy:
        harness = Harness(
            emulator,
            environ=proxy_environment(proxy, "hush-hush-1"),
            sts_endpoint=f"{scheme}://sts.example.com",
            assume_role={"role_arn": ROLE},
        )
        with pytest.raises(CredentialError) as caught:
            harness.client.get(harness.identity)
        assert len(proxy.requests) == 1
    assert harness.now == 0
    assert proxy.host in str(caught.value)
    assert not SERVICE_HINTS.search(str(caught.value).replace(f"role {ROLE}", ""))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_authentication_error_for_the_account_id_is_reported_without_retries(
    emulator: Emulator, scheme: str
) -> None:
    harness = Harness(emulator)
    with HostileServer(respond_with(PROXY_RESPONSES["in HTML"])) as proxy:
        with pytest.raises(ApiError) as caught:
            harness.connect(
                proxy_environment(proxy, "hush-hush-1"),
                account_id=None,
                endpoint=PROXIED_ENDPOINT,
                sts_endpoint=f"{scheme}://sts.example.com",
            )
        assert len(proxy.requests) == 1
    assert proxy.host in str(caught.value)
    assert not SERVICE_HINTS.search(str(caught.value))


def test_a_proxy_authentication_error_is_not_retried_for_each_entry() -> None:
    with HostileServer(respond_with(PROXY_RESPONSES["in HTML"])) as proxy:
        configs = [{"service_name": "s", "function_name": f"f{number}"} for number in range(ENTRIES)]
        task = module_arguments(PROXIED_ENDPOINT, configs=configs, concurrency=2, retry_timeout=2)
        environ = {**proxy_environment(proxy, "hush-hush-1"), "no_proxy": "", "NO_PROXY": ""}
        completed = run("function_async_invoke_configs", task, environ)
        assert 0 < len(proxy.requests) < ENTRIES
    check_all_failed(completed)
    assert "hush-hush-1" not in completed.output
