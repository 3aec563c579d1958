# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: connection faults, starting and stopping, TLS and the control API."""

from __future__ import annotations

import concurrent.futures
import http.client
import json
import re
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from emulator import AccessKey, ConfigKey, Emulator
from emulator._account import Account, Settings
from emulator._control import control_response
from emulator._message import Request
from emulator.certificate import self_signed

from .signed import acs3

CONFIG = "/2021-04-06/services/s/functions/f/async-invoke-config"
KEY = ConfigKey("s", "f", "LATEST")
STATE = {"services": {"s": {"functions": ["f"]}}}
TIMEOUT = 300.0


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(state=STATE) as running:
        yield running


def connect(emulator: Emulator) -> http.client.HTTPConnection:
    """Return a connection to the emulator."""
    return http.client.HTTPConnection(emulator.host, timeout=TIMEOUT)


def send(
    connection: http.client.HTTPConnection, emulator: Emulator, method: str, path: str, body: bytes = b""
) -> tuple[int, bytes]:
    """Send a signed request and return the status and body of the response."""
    key = AccessKey(emulator.access_key_id, emulator.access_key_secret)
    request = acs3(method, path, "", body, key=key, date=time.time(), headers={"host": emulator.host})
    connection.request(method, path, body or None, dict(request.headers))
    response = connection.getresponse()
    return response.status, response.read()


def put(emulator: Emulator, attempts: int) -> tuple[int, bytes]:
    """PUT a configuration over a new connection."""
    connection = connect(emulator)
    try:
        return send(connection, emulator, "PUT", CONFIG, json.dumps({"maxAsyncRetryAttempts": attempts}).encode())
    finally:
        connection.close()


def control_api(emulator: Emulator, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Send a request to the control API and return the status and JSON from the response."""
    connection = connect(emulator)
    try:
        connection.request(method, f"/_emulator/{path}", None if body is None else json.dumps(body))
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def stored_attempts(emulator: Emulator) -> int | None:
    """Return the stored retry attempts."""
    config = emulator.store.configs.get(KEY)
    return config.retry_attempts if config else None


# -- responses ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("drop", "stored"), [("before", None), ("after", 1)])
def test_dropped_connection(emulator: Emulator, drop: str, stored: int | None) -> None:
    emulator.faults.add("Put*", drop=drop, times=1)
    with pytest.raises(http.client.RemoteDisconnected):
        put(emulator, 1)
    assert stored_attempts(emulator) == stored
    assert put(emulator, 2)[0] == 200


def test_truncated_response(emulator: Emulator) -> None:
    emulator.faults.add("Put*", truncate=True, times=1)
    with pytest.raises(http.client.IncompleteRead) as broken:
        put(emulator, 1)
    assert 0 < len(broken.value.partial) <= (broken.value.expected or 0) + 1
    assert stored_attempts(emulator) == 1


def test_replaced_body_and_status(emulator: Emulator) -> None:
    emulator.faults.add("Put*", body="<html>busy</html>", content_type="text/html", status=502, times=1)
    assert put(emulator, 1) == (502, b"<html>busy</html>")


@pytest.mark.parametrize("status", [200, 202, 204, 205, 301, 304])
def test_success_fault_has_no_body(emulator: Emulator, status: int) -> None:
    emulator.faults.add("Put*", status=status, times=1)
    assert put(emulator, 1) == (status, b"")
    assert stored_attempts(emulator) is None
    assert put(emulator, 2)[0] == 200


def test_delayed_response_times_out(emulator: Emulator) -> None:
    emulator.faults.add("Put*", delay=TIMEOUT, times=1)
    connection = http.client.HTTPConnection(emulator.host, timeout=0.2)
    with pytest.raises(TimeoutError):
        send(connection, emulator, "PUT", CONFIG, b'{"maxAsyncRetryAttempts": 1}')
    connection.close()
    while stored_attempts(emulator) is None:  # the emulator may be slower than the client's limit
        time.sleep(0.01)
    assert stored_attempts(emulator) == 1


def test_chunked_request_body(emulator: Emulator) -> None:
    body = b'{"maxAsyncRetryAttempts": 1}'
    key = AccessKey(emulator.access_key_id, emulator.access_key_secret)
    request = acs3("PUT", CONFIG, "", body, key=key, date=time.time(), headers={"host": emulator.host})
    connection = connect(emulator)
    headers = {**request.headers, "transfer-encoding": "chunked"}
    connection.request("PUT", CONFIG, iter([body[:10], body[10:]]), headers, encode_chunked=True)
    assert connection.getresponse().status == 200
    connection.close()
    assert stored_attempts(emulator) == 1


def test_keep_alive_and_empty_response(emulator: Emulator) -> None:
    connection = connect(emulator)
    assert send(connection, emulator, "PUT", CONFIG, b"{}")[0] == 200
    assert send(connection, emulator, "DELETE", CONFIG) == (204, b"")
    assert send(connection, emulator, "GET", CONFIG)[0] == 404
    connection.close()


def test_concurrent_connections(emulator: Emulator) -> None:
    def work(number: int) -> list[int]:
        connection = connect(emulator)
        statuses = [
            send(connection, emulator, "PUT", CONFIG, b'{"maxAsyncRetryAttempts": 1}')[0] for _turn in range(20)
        ]
        connection.close()
        return statuses if number >= 0 else []

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        statuses = [status for result in pool.map(work, range(16)) for status in result]
    assert statuses == [200] * 320
    assert emulator.journal.counts == {"PutFunctionAsyncInvokeConfig": 320}
    assert [entry["n"] for entry in emulator.journal.requests] == list(range(1, 321))


# -- start, stop and reset ---------------------------------------------------------------------------------------------


def test_restart_keeps_url_and_state(emulator: Emulator) -> None:
    put(emulator, 1)
    url = emulator.url
    emulator.stop()
    with pytest.raises(ConnectionRefusedError):
        put(emulator, 2)
    emulator.start()
    assert emulator.url == url
    assert stored_attempts(emulator) == 1
    assert put(emulator, 2)[0] == 200


def test_stop_aborts_running_requests(emulator: Emulator) -> None:
    emulator.faults.add("Put*", delay=TIMEOUT * 10)
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        running = pool.submit(put, emulator, 1)
        while not emulator.journal.counts:
            time.sleep(0.01)
        emulator.stop()
        with pytest.raises((http.client.HTTPException, ConnectionError)):
            running.result(TIMEOUT)


def test_start_and_stop_are_idempotent(emulator: Emulator) -> None:
    emulator.start()
    assert put(emulator, 1)[0] == 200
    emulator.stop()
    emulator.stop()


def test_reset() -> None:
    with Emulator(state=STATE, switches={"put_answer": "echo"}) as emulator:
        put(emulator, 1)
        emulator.switches.update({"put_answer": "stored"})
        emulator.store.create_service("new")
        emulator.faults.add("*", status=500)
        key = emulator.issue_key()
        emulator.reset()
        assert emulator.store.dump() == {
            "services": {"s": {"functions": ["f"], "versions": [], "aliases": {}}},
            "functions": {},
            "configs": [],
        }
        assert emulator.switches.put_answer == "echo"
        assert (emulator.faults.rules, emulator.journal.requests) == ([], [])
        assert put(emulator, 1)[0] == 200
        assert key.id != emulator.access_key_id


# -- TLS ---------------------------------------------------------------------------------------------------------------


# Python 3.10 does not close the transport if a TLS handshake fails, and warns about it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_tls_requires_its_certificate(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path)
    with Emulator(tls=(certificate, key), state=STATE) as emulator:
        assert emulator.url == f"https://{emulator.host}"
        context = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection(emulator.host, context=context, timeout=TIMEOUT)
        assert send(connection, emulator, "PUT", CONFIG, b"{}")[0] == 200
        connection.close()
        untrusting = http.client.HTTPSConnection(emulator.host, context=ssl.create_default_context(), timeout=TIMEOUT)
        with pytest.raises(ssl.SSLCertVerificationError):
            untrusting.connect()


def test_tls_host_mismatch(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "fc.example.com")
    with Emulator(tls=(certificate, key)) as emulator:
        context = ssl.create_default_context(cafile=certificate)
        connection = http.client.HTTPSConnection(emulator.host, context=context, timeout=TIMEOUT)
        with pytest.raises(ssl.SSLCertVerificationError, match=r"127\.0\.0\.1"):
            connection.connect()


# -- the control API ---------------------------------------------------------------------------------------------------


def test_control_journal(emulator: Emulator) -> None:
    put(emulator, 1)
    connection = connect(emulator)
    send(connection, emulator, "GET", CONFIG)
    connection.close()
    journal = control_api(emulator, "GET", "journal")[1]
    assert journal["counts"] == {"PutFunctionAsyncInvokeConfig": 1, "GetFunctionAsyncInvokeConfig": 1}
    assert journal["requests"] == emulator.journal.requests
    assert [entry["method"] for entry in control_api(emulator, "GET", "journal?writes=true")[1]["requests"]] == ["PUT"]
    reads = control_api(emulator, "GET", "journal?operation=Get*")[1]["requests"]
    assert [entry["operation"] for entry in reads] == ["GetFunctionAsyncInvokeConfig"]
    assert control_api(emulator, "DELETE", "journal") == (200, {})
    assert emulator.journal.requests == []


def test_control_switches(emulator: Emulator) -> None:
    assert control_api(emulator, "PUT", "switches", {"put_merge": "replace", "latency": 0.0})[0] == 200
    assert emulator.switches.put_merge == "replace"
    assert control_api(emulator, "GET", "switches") == (200, emulator.switches.as_dict())
    status, body = control_api(emulator, "PUT", "switches", {"put_merge": "merge", "stale_reads": -1})
    assert (status, body) == (400, {"error": "switch stale_reads: must be a non-negative integer, not -1."})
    assert emulator.switches.put_merge == "replace"


def test_control_faults(emulator: Emulator) -> None:
    assert control_api(emulator, "POST", "faults", {"operation": "Put*", "status": 409, "times": 1})[0] == 200
    assert control_api(emulator, "POST", "faults", [{"status": 500}, {"drop": "after"}])[0] == 200
    assert put(emulator, 1)[0] == 409
    faults = control_api(emulator, "GET", "faults")[1]["faults"]
    assert [(fault["status"], fault["drop"], fault["hits"]) for fault in faults] == [
        (409, None, 1),
        (500, None, 0),
        (None, "after", 0),
    ]
    assert control_api(emulator, "POST", "faults", {"statsu": 500})[0] == 400
    assert control_api(emulator, "POST", "faults", "x")[0] == 400
    assert control_api(emulator, "DELETE", "faults") == (200, {})
    assert emulator.faults.rules == []


def test_control_state_with_thousands_of_functions(emulator: Emulator) -> None:
    names = [f"f{number}" for number in range(3000)]
    configs = [{"service": "many", "function": name, "maxAsyncRetryAttempts": 1} for name in names]
    assert (
        control_api(emulator, "PUT", "state", {"services": {"many": {"functions": names}}, "configs": configs})[0]
        == 200
    )
    assert len(emulator.store.configs) == 3000
    state = control_api(emulator, "GET", "state")[1]
    assert state["services"]["many"]["functions"] == sorted(names)
    assert control_api(emulator, "PUT", "state", {"configs": [{"function": "none"}]})[0] == 400
    assert control_api(emulator, "POST", "reset") == (200, {})
    assert emulator.store.configs == {}


def test_control_unsupported_method(emulator: Emulator) -> None:
    connection = connect(emulator)
    connection.request("POST", "/_emulator/state", b"{}")
    response = connection.getresponse()
    assert (response.status, response.headers["Allow"]) == (405, "GET, PUT")
    assert json.loads(response.read()) == {"error": "POST /_emulator/state is not supported; use GET or PUT."}
    connection.close()


@pytest.mark.parametrize("query", ["writes=maybe", "write=true"])
def test_control_invalid_journal_parameter(emulator: Emulator, query: str) -> None:
    status, body = control_api(emulator, "GET", f"journal?{query}")
    assert status == 400
    assert body["error"].startswith("journal: ")


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"state": ["x"]}, "state: must be a dictionary, not ['x']."),
        ({"state": {"x": 1}}, "state: the state document: unsupported key 'x'; use services, "),
        ({"switches": ["x"]}, "switches: must be a dictionary, not ['x']."),
        ({"tls": True}, "tls: must be a tuple of two paths, certificate and key, not True."),
        ({"account_id": "x"}, "account_id: must be a string of digits, not 'x'."),
        ({"account_id": 1}, "account_id: must be a string of digits, not 1."),
        ({"region": ""}, "region: must be a non-empty string, not ''."),
        ({"access_keys": ["x"]}, "access_keys: must be a list of AccessKey, not ('x',)."),
        ({"journal_limit": -1}, "journal_limit: must be a non-negative integer, not -1."),
    ],
)
def test_invalid_parameter(parameters: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="^" + re.escape(message)):
        Emulator(**parameters)


def test_invalid_state_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "account.json"
    file.write_text('\ufeff{"services": {"shop": {"function": []}}}', encoding="utf-8")
    with pytest.raises(ValueError, match="^" + re.escape(f"{file}: services.shop: unsupported key 'function'; ")):
        Emulator(state="account.json")
    file.unlink()
    with pytest.raises(ValueError, match=re.escape(f"Cannot read the state file {file}: ")):
        Emulator(state="account.json")


def test_certificate_without_cryptography() -> None:
    program = "import sys; sys.modules['cryptography'] = None; import emulator.certificate"
    process = subprocess.run(
        [sys.executable, "-c", program], cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False
    )
    assert process.stderr.endswith("Certificates require cryptography; install alicloud-fc-emulator[tls].\n")


def test_control_health_credentials_and_unknown_path(emulator: Emulator) -> None:
    assert control_api(emulator, "GET", "health") == (200, {"status": "ok"})
    status, body = control_api(emulator, "GET", "nothing")
    assert (status, body["error"].split(";")[0]) == (404, "/_emulator/nothing does not exist")
    assert "GET /_emulator/credentials" in body["error"]
    credentials = control_api(emulator, "GET", "credentials")[1]
    assert set(credentials) == {"Code", "AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}
    assert emulator.journal.requests == []


@pytest.mark.parametrize(("peer", "status"), [("127.0.0.1", 200), ("::1", 200), ("192.0.2.1", 403)])
def test_control_api_is_local_only(peer: str, status: int) -> None:
    request = Request("GET", "/_emulator/health", "", {}, b"")
    assert control_response(Account(Settings()), request, peer).status == status


@pytest.mark.parametrize("body", [b"{", b"[]", b""])
def test_control_invalid_body(emulator: Emulator, body: bytes) -> None:
    connection = connect(emulator)
    connection.request("PUT", "/_emulator/switches", body)
    response = connection.getresponse()
    assert response.status == 400
    assert "JSON" in json.loads(response.read())["error"]
    connection.close()


def test_ecs_metadata_with_proxy_url(emulator: Emulator) -> None:
    def fetch(method: str, target: str) -> tuple[int, bytes]:
        connection = connect(emulator)
        connection.request(method, target)
        response = connection.getresponse()
        result = response.status, response.read()
        connection.close()
        return result

    roles = "/latest/meta-data/ram/security-credentials/"
    assert fetch("PUT", "/latest/api/token")[0] == 200
    role = fetch("GET", f"http://100.100.100.200{roles}")[1].decode()
    assert json.loads(fetch("GET", f"http://100.100.100.200{roles}{role}?x=1")[1])["Code"] == "Success"
    assert fetch("GET", "/latest/nothing")[0] == 404
