# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nobody answers, or answers without end, or a proxy refuses: bounded in calls, bytes and memory, told in words."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from emulator import Emulator

from .hostile import Answer, Asked, Hostile, as_json, bomb, error, huge, reply, says
from .process import Ended, run
from .test_answers import MODULES, NONE, arguments, owner, wire
from .test_fault_matrix import PROXIED
from .world import APIS, World

BOTH = pytest.mark.parametrize("generation", APIS)
ROLE = "acs:ram::1234567890123456:role/deployer"
#: What is said about a service that did answer, and must not be said where the network is to blame.
SERVICES_ADVICE = re.compile(r"\brole'?s?\b(?!/)|RAM action|trust policy|\bJSON\b|sts:AssumeRole")


def check_clean(ended: Ended) -> None:
    """A failure in one sentence or more, which changed nothing."""
    assert ended.result["failed"]
    assert not ended.result.get("changed")
    assert "\n" not in ended.result["msg"]
    assert "MemoryError" not in ended.output


# --- A call has an end ------------------------------------------------------------------------------------------

#: Pieces that are dripped, 20 a second, and those that a call with timeouts of a second may take.
DRIPPED, TAKEN = 500, 300
QUICK = {"connect_timeout": 1, "read_timeout": 1}


Slow = Callable[[Hostile, Asked], Iterator[bytes]]


def slow_body(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """A body that comes a byte at a time."""
    yield reply(headers={"Content-Length": str(DRIPPED)}, length=False)
    yield from server.drip(b" " * DRIPPED)


def slow_chunks(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """The same in chunks of a byte."""
    yield reply(headers={"Transfer-Encoding": "chunked"}, length=False)
    yield from server.drip(b"1\r\n \r\n" * DRIPPED, size=6)


def slow_until_closed(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """The same without a length."""
    yield reply(length=False)
    yield from server.drip(b" " * DRIPPED)


def slow_error(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """The same with an error's status."""
    yield reply(500, headers={"Content-Length": str(DRIPPED)}, length=False)
    yield from server.drip(b" " * DRIPPED)


def slow_status(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """A status line that comes a byte at a time."""
    yield from server.drip(b"HTTP/1.1 200 " + b"O" * DRIPPED)


def slow_header(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """A header that comes a byte at a time."""
    yield b"HTTP/1.1 200 OK\r\nX-Slow: "
    yield from server.drip(b"x" * DRIPPED)


def slow_headers(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """The header's line breaks are late."""
    yield b"HTTP/1.1 200 OK\r\n"
    yield from server.drip(b"X-Slow: x\r\n" * 50, size=2)


def forever_continue(server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """One announcement after the other that the client may go on."""
    piece = b"HTTP/1.1 100 Continue\r\n\r\n"
    yield from server.drip(piece * DRIPPED, size=len(piece))


def early_hints(_server: Hostile, _asked: Asked) -> Iterator[bytes]:
    """Two interim responses before the answer."""
    yield b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + NO_CONFIG


SLOW = (slow_body, slow_chunks, slow_until_closed, slow_error, slow_status, slow_header, forever_continue)
EACH_SLOW = pytest.mark.parametrize("slow", SLOW, ids=lambda slow: slow.__name__)


class Dripping:
    """A server that answers some methods slowly, the rest with ``rest``; counts the pieces that were taken."""

    def __init__(self, slow: Slow, methods: Iterable[str], rest: bytes) -> None:
        self._slow = slow
        self._methods = set(methods)
        self._rest = rest
        self.taken = 0
        self.server = Hostile(self._answer)

    def _answer(self, asked: Asked) -> Iterator[bytes]:
        if asked.method not in self._methods:
            yield self._rest
            return
        for piece in self._slow(self.server, asked):
            yield piece
            self.taken += 1


NO_CONFIG = reply(404, NONE)


@BOTH
def test_interim_responses_are_skipped(generation: str) -> None:
    dripping = Dripping(early_hints, ["GET"], NO_CONFIG)
    with dripping.server as server:
        task = {**owner(APIS[generation]), "function_name": "f", "state": "absent"}
        ended = run(MODULES[generation][0], arguments(server.url, **task, **QUICK))
        assert server.methods == ["GET"]
    assert not ended.result.get("failed"), ended


@EACH_SLOW
@BOTH
def test_a_slow_answer_to_a_read_is_given_up(generation: str, slow: Slow) -> None:
    dripping = Dripping(slow, ["GET"], NO_CONFIG)
    with dripping.server as server:
        task = {**owner(APIS[generation]), "function_name": "f"}
        ended = run(MODULES[generation][0], arguments(server.url, **task, **QUICK))
        assert set(server.methods) == {"GET"}
    check_clean(ended)
    assert dripping.taken <= TAKEN


@pytest.mark.parametrize("state", ["present", "absent"])
def test_a_slow_answer_to_a_write_is_given_up_and_looked_into(state: str) -> None:
    stored = reply(body=as_json(wire(APIS["FC 2.0"])))
    dripping = Dripping(slow_body, ["PUT", "DELETE"], stored)
    with dripping.server as server:
        task = {"service_name": "s", "function_name": "f", "maximum_retry_attempts": 0, "state": state}
        ended = run("function_async_invoke_config", arguments(server.url, **task, **QUICK))
        assert server.methods[0] == "GET"
        assert "GET" in server.methods[1:]
        writes = sum(method != "GET" for method in server.methods)
    assert ended.result["failed"]
    assert dripping.taken <= TAKEN * writes


@pytest.mark.parametrize("slow", [slow_body, slow_header, forever_continue], ids=lambda slow: slow.__name__)
def test_a_list_that_comes_slowly_is_given_up(slow: Slow) -> None:
    dripping = Dripping(slow, ["GET"], NO_CONFIG)
    with dripping.server as server:
        ended = run("function_async_invoke_config_info", arguments(server.url, **QUICK))
    check_clean(ended)
    assert dripping.taken <= TAKEN


@pytest.mark.parametrize("slow", [slow_body, slow_header, forever_continue], ids=lambda slow: slow.__name__)
@pytest.mark.parametrize("source", ["account", "role", "uri"])
def test_who_tells_the_credential_or_the_account_slowly_is_given_up(source: str, slow: Slow) -> None:
    dripping = Dripping(slow, ["GET", "POST"], NO_CONFIG)
    with dripping.server as server:
        sources: dict[str, dict[str, Any]] = {
            "account": {"account_id": None, "endpoint": None},
            "role": {"assume_role": {"role_arn": ROLE}},
            "uri": {"credentials_uri": f"{server.url}/key", "access_key_id": None, "access_key_secret": None},
        }
        given = {**arguments("http://127.0.0.1:9", sts_endpoint=server.url, **QUICK), **sources[source]}
        task = {name: value for name, value in given.items() if value is not None}
        ended = run("function_async_invoke_config", {**task, "service_name": "s", "function_name": "f"})
        assert server.asked
    check_clean(ended)
    assert dripping.taken <= TAKEN


# --- An answer has a limit --------------------------------------------------------------------------------------

#: Megabytes of an answer, and those that a module may take: of the network, and of the memory.
ANSWER, OF_NETWORK, OF_MEMORY = 600, 64, 400


def read_with(module: str, answer: Answer) -> tuple[Ended, Hostile]:
    """A module of FC 2.0 that reads from a server."""
    with Hostile(answer) as server:
        task = {"service_name": "s", "function_name": "f"}
        return run(module, arguments(server.url, **task)), server


@pytest.mark.parametrize("framing", ["length", "chunked", "closed"])
@pytest.mark.parametrize("module", MODULES["FC 2.0"][::2])
def test_an_answer_of_hundreds_of_megabytes_is_refused(module: str, framing: str) -> None:
    ended, server = read_with(module, huge(ANSWER, framing))
    check_clean(ended)
    assert server.sent < OF_NETWORK * 1024**2
    assert ended.megabytes < OF_MEMORY


@pytest.mark.parametrize("coding", ["gzip", "deflate", "gzip, gzip"])
@pytest.mark.parametrize("module", MODULES["FC 2.0"][::2])
def test_a_small_answer_that_unfolds_to_hundreds_of_megabytes_is_refused(module: str, coding: str) -> None:
    ended, _server = read_with(module, bomb(ANSWER, coding))
    check_clean(ended)
    assert ended.megabytes < OF_MEMORY


@pytest.mark.parametrize("status", [400, 404, 500])
def test_an_errors_body_has_a_limit_too(status: int) -> None:
    def answer(asked: Asked) -> Iterator[bytes]:
        for number, piece in enumerate(huge(ANSWER, "length")(asked)):
            yield piece.replace(b" 200 ", b" %d " % status, 1) if number == 0 else piece

    ended, server = read_with("function_async_invoke_config", answer)
    check_clean(ended)
    assert server.sent < OF_NETWORK * 1024**2
    assert ended.megabytes < OF_MEMORY


def test_endless_headers_are_refused() -> None:
    def answer(_asked: Asked) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\n"
        for number in range(1_000_000):
            yield b"X-%d: x\r\n" % number * 100

    ended, server = read_with("function_async_invoke_config", answer)
    check_clean(ended)
    assert server.sent < OF_NETWORK * 1024**2


NO_HTTP = {
    "nothing": b"",
    "half a status line": b"HTTP/1.1 200",
    "zeros": b"\x00" * 1000,
    "another protocol": b"SSH-2.0-OpenSSH_9.6\r\n",
    "an unknown version": b"HTTP/9.9 999 \r\n\r\n",
    "status 0": b"HTTP/1.1 000 \r\n\r\n",
    "a status in words": b"HTTP/1.1 OK 200\r\n\r\n",
    "a length that is no number": b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}",
    "two lengths": b"HTTP/1.1 200 OK\r\nContent-Length: 2, 3\r\n\r\n{}",
    "less than its length": b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}",
    "chunks without a length": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "chunks without an end": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
    "no gzip": b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
}
#: Words of Python's libraries that tell an operator nothing.
PYTHONS_WORDS = re.compile(r"IncompleteRead|invalid literal|BadStatusLine|Invalid chunk|Error -3|HTTP/1\.1 0|\('|b'")


@pytest.mark.parametrize("answer", NO_HTTP.values(), ids=NO_HTTP)
def test_what_is_no_http_is_told_in_words(answer: bytes) -> None:
    ended, _server = read_with("function_async_invoke_config", says(answer))
    check_clean(ended)
    assert not PYTHONS_WORDS.search(ended.result["msg"]), ended.result["msg"]


# --- Nobody answers ---------------------------------------------------------------------------------------------


@pytest.fixture
def nobody() -> Iterator[str]:
    """Address and port where nobody listens, as long as the test lasts."""
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        yield f"127.0.0.1:{reserved.getsockname()[1]}"


def cut(_asked: Asked) -> Iterable[bytes]:
    """Hang up without an answer."""
    return []


@BOTH
def test_who_does_not_answer_is_named(emulator: Emulator, generation: str, nobody: str) -> None:
    world = World(emulator, APIS[generation], endpoint=f"http://{nobody}")
    with pytest.raises(ApiError) as caught:
        world.client.get(world.identity)
    assert nobody in str(caught.value)
    assert not SERVICES_ADVICE.search(str(caught.value))


@BOTH
def test_a_name_that_is_not_found_is_named(emulator: Emulator, generation: str) -> None:
    world = World(emulator, APIS[generation], endpoint="https://fc.nowhere.invalid")
    with pytest.raises(ApiError, match=r"fc\.nowhere\.invalid:443"):
        world.client.get(world.identity)


@BOTH
def test_who_hangs_up_is_named(emulator: Emulator, generation: str) -> None:
    with Hostile(cut) as server:
        world = World(emulator, APIS[generation], endpoint=server.url)
        with pytest.raises(ApiError) as caught:
            world.client.get(world.identity)
    assert server.host in str(caught.value)


@BOTH
def test_a_proxy_that_does_not_answer_is_named(emulator: Emulator, generation: str, nobody: str) -> None:
    world = World(emulator, APIS[generation], endpoint=PROXIED, environ={"http_proxy": f"http://user:hush@{nobody}"})
    with pytest.raises(ApiError) as caught:
        world.client.get(world.identity)
    assert nobody in str(caught.value)
    assert "proxy" in str(caught.value)
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    "source",
    [
        {"assume_role": {"role_arn": ROLE}},
        {"credentials_uri": "http://{nobody}/key", "access_key_id": None, "access_key_secret": None},
    ],
    ids=["role", "uri"],
)
def test_where_no_credential_can_be_fetched_the_network_is_said_to_be_the_cause(
    emulator: Emulator, source: Mapping[str, Any], nobody: str
) -> None:
    given: dict[str, Any] = {
        name: value.format(nobody=nobody) if isinstance(value, str) else value for name, value in source.items()
    }
    world = World(emulator, sts_endpoint=f"http://{nobody}", **given)
    with pytest.raises((ApiError, CredentialError)) as caught:
        world.client.get(world.identity)
    assert nobody in str(caught.value)
    # The role's ARN may be named; advice about it would lead astray.
    assert not SERVICES_ADVICE.search(str(caught.value).replace(f"role {ROLE}", ""))
    assert emulator.journal.requests == []


ENTRIES = 40


def bulk_against(endpoint: str, generation: str = "FC 2.0", **task: Any) -> Ended:
    """A bulk task of many entries, two at once."""
    configs = [{**owner(APIS[generation]), "function_name": f"f{number}"} for number in range(ENTRIES)]
    return run(MODULES[generation][1], arguments(endpoint, configs=configs, concurrency=2, **task))


def check_all_failed(ended: Ended) -> None:
    """Each entry is in the results, and says why."""
    assert ended.result["failed"]
    assert not ended.result["changed"]
    assert [entry["failed"] for entry in ended.result["results"]] == [True] * ENTRIES
    assert all(entry["msg"] for entry in ended.result["results"])


@BOTH
def test_a_task_waits_for_a_dead_server_once_and_not_for_each_entry(generation: str) -> None:
    with Hostile(cut) as server:
        ended = bulk_against(server.url, generation, retry_timeout=2)
        assert 2 <= server.connections < ENTRIES
    check_all_failed(ended)
    assert server.host in ended.result["msg"]


def test_a_task_waits_for_a_busy_server_once_and_not_for_each_entry() -> None:
    """What is tried only once is not waited for."""
    with Hostile(says(reply(503, error("busy", "ServiceUnavailable")))) as server:
        ended = bulk_against(server.url, retry_timeout=2)
        assert 2 < server.connections < 2 * ENTRIES
    check_all_failed(ended)


def test_a_wrong_key_is_tried_once_and_not_for_each_entry() -> None:
    with Hostile(says(reply(403, error("no such key", "InvalidAccessKeyID")))) as server:
        ended = bulk_against(server.url)
        assert len(server.asked) < ENTRIES
    check_all_failed(ended)


def test_denied_writes_are_waited_for_once_and_not_for_each_entry() -> None:
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as emulator:
        emulator.faults.add("Put*", status=403)
        ended = bulk_against(emulator.url, access_denied_timeout=2)
        tries = emulator.journal.counts["PutFunctionAsyncInvokeConfig"]
    check_all_failed(ended)
    assert 2 < tries <= 2 * ENTRIES


@pytest.mark.parametrize("status", [403, 503])
def test_a_wait_is_explained_once_and_not_for_each_entry(status: int) -> None:
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as emulator:
        emulator.faults.add("Put*", status=status)
        ended = bulk_against(emulator.url, access_denied_timeout=5, retry_timeout=5)
    assert 1 <= len(ended.result.get("warnings", [])) <= 2


def test_other_entries_succeed_where_one_function_is_denied() -> None:
    """Patience that is exhausted for one cause does not end what still works."""
    names = [f"f{number}" for number in range(ENTRIES)]
    with Emulator(state={"services": {"s": {"functions": names}}}) as account:
        account.faults.add("Put*", function="f0", status=403)
        ended = bulk_against(account.url, access_denied_timeout=1)
        assert len(account.store.configs) == ENTRIES - 1
    assert [entry["id"] for entry in ended.result["results"] if entry["failed"]] == ["s:f0:LATEST"]


# --- Proxies that refuse ----------------------------------------------------------------------------------------


def refusing(server: Hostile, password: str) -> dict[str, str]:
    """The environment of a user whose password the proxy does not know."""
    return dict.fromkeys(("http_proxy", "https_proxy"), f"http://user:{password}@{server.host}")


PROXY_ANSWERS = {
    "without a body": reply(407, headers={"Proxy-Authenticate": 'Basic realm="proxy"'}),
    "in HTML": reply(407, "<html>Who are you?</html>", "text/html", {"Proxy-Authenticate": "Basic"}),
}
EACH_ENDPOINT = pytest.mark.parametrize("endpoint", [PROXIED, PROXIED.replace("http:", "https:")])


@pytest.mark.parametrize("answer", PROXY_ANSWERS.values(), ids=PROXY_ANSWERS)
@pytest.mark.parametrize("operation", ["get", "delete"])
@EACH_ENDPOINT
@BOTH
def test_a_proxy_that_asks_for_a_password_is_final_and_named(
    emulator: Emulator, generation: str, endpoint: str, operation: str, answer: bytes
) -> None:
    with Hostile(says(answer)) as proxy:
        world = World(emulator, APIS[generation], endpoint=endpoint, environ=refusing(proxy, "hush-hush-1"))
        with pytest.raises(ApiError) as caught:
            getattr(world.client, operation)(world.identity)
        assert len(proxy.asked) == 1
        assert proxy.methods[0] == ("CONNECT" if endpoint.startswith("https") else operation.upper())
    assert world.now == 0
    assert proxy.host in str(caught.value)
    assert "proxy" in str(caught.value)
    assert "hush-hush-1" not in str(caught.value)
    assert not SERVICES_ADVICE.search(str(caught.value))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_the_way_to_sts_is_final_and_named(emulator: Emulator, scheme: str) -> None:
    with Hostile(says(PROXY_ANSWERS["in HTML"])) as proxy:
        world = World(
            emulator,
            environ=refusing(proxy, "hush-hush-1"),
            sts_endpoint=f"{scheme}://sts.example.com",
            assume_role={"role_arn": ROLE},
        )
        with pytest.raises(CredentialError) as caught:
            world.client.get(world.identity)
        assert len(proxy.asked) == 1
    assert world.now == 0
    assert proxy.host in str(caught.value)
    assert not SERVICES_ADVICE.search(str(caught.value).replace(f"role {ROLE}", ""))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_the_way_to_the_accounts_id_is_final_and_named(emulator: Emulator, scheme: str) -> None:
    world = World(emulator)
    with Hostile(says(PROXY_ANSWERS["in HTML"])) as proxy:
        with pytest.raises(ApiError) as caught:
            world.connect(
                refusing(proxy, "hush-hush-1"),
                account_id=None,
                endpoint=PROXIED,
                sts_endpoint=f"{scheme}://sts.example.com",
            )
        assert len(proxy.asked) == 1
    assert proxy.host in str(caught.value)
    assert not SERVICES_ADVICE.search(str(caught.value))


def test_a_proxy_that_refuses_is_not_asked_for_each_entry() -> None:
    with Hostile(says(PROXY_ANSWERS["in HTML"])) as proxy:
        configs = [{"service_name": "s", "function_name": f"f{number}"} for number in range(ENTRIES)]
        task = arguments(PROXIED, configs=configs, concurrency=2, retry_timeout=2)
        environ = {**refusing(proxy, "hush-hush-1"), "no_proxy": "", "NO_PROXY": ""}
        ended = run("function_async_invoke_configs", task, environ)
        assert 0 < len(proxy.asked) < ENTRIES
    check_all_failed(ended)
    assert "hush-hush-1" not in ended.output
