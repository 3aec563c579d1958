# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure the emulator's throughput and memory usage while it handles signed Get requests on many connections.

If the system supports it, the emulator runs on one core and this client on another. The requests contain the same
headers as requests from the official Python SDK. They are signed before the measurement starts.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

TESTS = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(TESTS))

from emulator._signature import ACS3, sha256_hex, sign_acs3

KEY_ID = "LTAIload"
SECRET = "load-secret"
FUNCTIONS = 1000
CHECKPOINT = 5000
RESPONSE_TIMEOUT = 30.0


@dataclass(frozen=True)
class LoadResult:
    """The result of a load test."""

    requests: int
    seconds: float
    #: CPU time of the emulator process, in seconds.
    cpu: float
    #: Number of unexpected responses.
    errors: int
    #: Pairs of (requests, kB), where kB is the emulator's memory usage after this number of requests.
    memory: list[tuple[int, int]]
    on_one_core: bool


class Connection:
    """A connection that sends one request at a time."""

    def __init__(self, host: str, port: int) -> None:
        self.socket = socket.create_connection((host, port), timeout=RESPONSE_TIMEOUT)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = b""
        self._expected = b""

    def send(self, request: bytes, expected: bytes) -> None:
        """Send a request. The response must have status 200 and contain ``expected``."""
        self._received, self._expected = b"", expected
        self.socket.sendall(request)

    def receive(self) -> bool | None:
        """Read the available data. Return whether the response is correct, or None if it is incomplete."""
        data = self.socket.recv(65536)
        if not data:
            raise ConnectionError("the emulator closed a connection")
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end or len(body) < _content_length(head):
            return None
        return head.startswith(b"HTTP/1.1 200 ") and self._expected in body


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    return 0


def signed_get(host: str, service: str, function: str) -> bytes:
    """Build a signed Get request for a function's configuration."""
    path = f"/2021-04-06/services/{service}/functions/{function}/async-invoke-config"
    query = "qualifier=LATEST"
    headers = {
        "accept": "application/json",
        "host": host,
        "user-agent": "AlibabaCloud (Linux; x86_64) Python/3.11.7 Core/1.0.9 TeaDSL/2 config/2021-04-06",
        "x-acs-action": "GetFunctionAsyncInvokeConfig",
        "x-acs-content-sha256": sha256_hex(b""),
        "x-acs-credentials-provider": "static_ak",
        "x-acs-date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "x-acs-signature-nonce": f"{function}-nonce",
        "x-acs-version": "2021-04-06",
    }
    signed = sorted(headers)
    signature = sign_acs3(SECRET, "GET", path, query, headers, signed, headers["x-acs-content-sha256"])
    headers["authorization"] = f"{ACS3} Credential={KEY_ID},SignedHeaders={';'.join(signed)},Signature={signature}"
    lines = [f"GET {path}?{query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def run(host: str, port: int, requests: int, connections: int, pid: int) -> tuple[float, int, list[tuple[int, int]]]:
    """Send requests. Return the duration, the number of errors and the memory usage as (requests, kB) pairs."""
    names = [f"function-{number}" for number in range(FUNCTIONS)]
    signed_requests = [(signed_get(f"{host}:{port}", "load", name), f'"{name}"'.encode()) for name in names]
    queue = (signed_requests[number % FUNCTIONS] for number in range(requests))
    memory = [(0, _memory_kb(pid))]
    selector = selectors.DefaultSelector()
    errors = 0
    started = time.perf_counter()
    for request, expected in _take(queue, connections):
        connection = Connection(host, port)
        connection.send(request, expected)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
    done = 0
    while done < requests:
        ready = selector.select(RESPONSE_TIMEOUT)
        if not ready:
            raise TimeoutError(f"no response within {RESPONSE_TIMEOUT:.0f} s")
        for key, _events in ready:
            is_correct = key.data.receive()
            if is_correct is None:
                continue
            done += 1
            errors += not is_correct
            if done == CHECKPOINT:
                memory.append((done, _memory_kb(pid)))
            for request, expected in _take(queue, 1):
                key.data.send(request, expected)
    seconds = time.perf_counter() - started
    memory.append((done, _memory_kb(pid)))
    for key in list(selector.get_map().values()):
        key.data.socket.close()
    return seconds, errors, memory


def _take(pairs: Iterator[tuple[bytes, bytes]], count: int) -> list[tuple[bytes, bytes]]:
    return [pair for _number, pair in zip(range(count), pairs, strict=False)]


def _memory_kb(pid: int) -> int:
    """Return the memory usage of a process, in kB."""
    return int(subprocess.run(["ps", "-o", "rss=", "-p", str(pid)], check=True, capture_output=True, text=True).stdout)


def _start(state: Path, journal_limit: int) -> tuple[subprocess.Popen[str], str]:
    command = [sys.executable, "-m", "emulator", "--quiet", "--access-key", f"{KEY_ID}:{SECRET}", "--state", str(state)]
    command += ["--journal-limit", str(journal_limit), "--watch-pid", str(os.getpid())]
    process = subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    if not url:
        raise RuntimeError("the emulator did not start")
    return process, url


def _pin(pid: int, core: int) -> bool:
    """Pin a process to one core if the system supports it and has several cores. Return True if it was pinned."""
    if not hasattr(os, "sched_setaffinity"):
        return False
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < 2:
        return False
    os.sched_setaffinity(pid, {cores[core]})
    return True


def _state() -> dict[str, object]:
    names = [f"function-{number}" for number in range(FUNCTIONS)]
    destinations = {"onSuccess": {"destination": "acs:mns:cn-hangzhou:1234567890123456:/topics/done/messages"}}
    settings = {"destinationConfig": destinations, "maxAsyncEventAgeInSeconds": 60, "maxAsyncRetryAttempts": 0}
    configs = [{"service": "load", "function": name, **settings} for name in names]
    return {"services": {"load": {"functions": names}}, "configs": configs}


def measure(requests: int, connections: int, journal_limit: int, scratch: Path) -> LoadResult:
    """Start an emulator, run the load test and then stop the emulator. ``scratch`` is a folder for the state file."""
    scratch.mkdir(parents=True, exist_ok=True)
    state = scratch / "emulator_load.json"
    state.write_text(json.dumps(_state()), encoding="utf-8")
    process, url = _start(state, journal_limit)
    own_affinity = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else None
    try:
        on_one_core = _pin(process.pid, 0) and _pin(os.getpid(), 1)
        address = urlsplit(url)
        host, port = address.hostname or "", address.port or 0
        seconds, errors, memory = run(host, port, requests, connections, process.pid)
    finally:
        if own_affinity is not None:
            os.sched_setaffinity(0, own_affinity)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        process.terminate()
        process.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return LoadResult(requests, seconds, cpu, errors, memory, on_one_core)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the load test and print its result. Return 0 if all responses were correct."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20000)
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument(
        "--journal-limit",
        type=int,
        default=CHECKPOINT,
        help="number of requests to keep in the journal (default: %(default)s, low enough to fill the journal early)",
    )
    parser.add_argument("--scratch", type=Path, default=TESTS.parent / ".build" / "bench")
    options = parser.parse_args(arguments)
    load = measure(options.requests, options.connections, options.journal_limit, options.scratch)
    cores = "one core" if load.on_one_core else "any core"
    print(f"emulator on {cores}: {load.requests} signed Get requests in {load.seconds:.2f} s")
    print(f"  connections: {options.connections}")
    print(f"  requests per second: {load.requests / load.seconds:.0f}")
    print(f"  requests per second of CPU time: {load.requests / load.cpu:.0f}")
    print(f"  errors: {load.errors}")
    for done, kilobytes in load.memory:
        print(f"  memory after {done} requests: {kilobytes / 1024:.1f} MB")
    return 1 if load.errors else 0


if __name__ == "__main__":
    sys.exit(main())
