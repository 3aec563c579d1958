# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation and every task, against everything that can go wrong with a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError
from emulator import Emulator

from .world import APIS, DENIED_TIMEOUT, RETRY_TIMEOUT, SHORT_READ_TIMEOUT, SLOW, World, operation_name, options

# --- What can go wrong ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trouble:
    """A fault of the emulator: its ``rule``, what errors say of it, and whether the operation is carried out.

    An empty rule stands for a server that is not there at all.
    """

    rule: Mapping[str, Any]
    says: str
    carried_out: bool = False
    #: Seconds that the service asks to wait.
    least_wait: float = 0.0


THROTTLED = r"HTTP 429, ResourceExhausted, request id [0-9A-F-]+\)\. Run it again later"
RESOURCE_THROTTLED = r"HTTP 503, ResourceThrottled, request id [0-9A-F-]+\)\. Run it again later"
NO_JSON = r"the answer is not the JSON that Function Compute sends \(HTTP "

TROUBLES = {
    "429": Trouble({"status": 429}, THROTTLED),
    "429 Retry-After": Trouble({"status": 429, "headers": {"Retry-After": "2"}}, THROTTLED, least_wait=2),
    "429 x-acs-retry-after": Trouble({"status": 429, "headers": {"x-acs-retry-after": "2"}}, THROTTLED, least_wait=2),
    "503": Trouble({"status": 503}, RESOURCE_THROTTLED),
    "503 Retry-After": Trouble({"status": 503, "headers": {"Retry-After": "2"}}, RESOURCE_THROTTLED, least_wait=2),
    "503 x-acs-retry-after": Trouble(
        {"status": 503, "headers": {"x-acs-retry-after": "2"}}, RESOURCE_THROTTLED, least_wait=2
    ),
    "500": Trouble({"status": 500}, r"an internal error has occurred\. Please retry \(HTTP 500, InternalServerError"),
    "500 after": Trouble({"status": 500, "after": True}, r"HTTP 500, InternalServerError", carried_out=True),
    "409": Trouble({"status": 409}, r"HTTP 409, ConcurrentUpdateError.*run the task again"),
    "denied": Trouble({"status": 403}, r"HTTP 403, AccessDenied.*Grant the RAM action fc:"),
    "dropped before": Trouble({"drop": "before"}, r"[Cc]onnection.* Check endpoint"),
    "dropped after": Trouble({"drop": "after"}, r"[Cc]onnection.* Check endpoint", carried_out=True),
    "truncated": Trouble({"truncate": True}, r"failed: ", carried_out=True),
    "not JSON": Trouble({"body": "<html>It works!</html>"}, NO_JSON, carried_out=True),
    "502 not JSON": Trouble({"status": 502, "body": "<html>Bad gateway</html>"}, NO_JSON + "502"),
    "slow": Trouble({"delay": SLOW}, r"[Tt]imed out.* Check endpoint", carried_out=True),
    "unreachable": Trouble({}, r"refused.* Check endpoint"),
}


def meet(world: World, trouble: Trouble, skip: int = 0, for_ever: bool = True, operation: str = "*") -> None:
    """Let requests meet the trouble, after so many that pass."""
    if trouble.rule:
        world.emulator.faults.add(operation, skip=skip, times=None if for_ever else 1, **trouble.rule)
    else:
        world.emulator.stop()
        world.on_wait = world.emulator.start if not for_ever else world.on_wait


def world_of(emulator: Emulator, generation: str, trouble: str) -> World:
    """A world whose client waits only as long as the trouble demands."""
    seconds = SHORT_READ_TIMEOUT if trouble == "slow" else 10
    return World(emulator, APIS[generation], read_timeout=seconds)


# --- Every operation --------------------------------------------------------------------------------------------

PROXIED = "http://cn-hangzhou.fc.aliyuncs.com"


def ask_account_id(world: World) -> Any:
    """Make a client that has to ask STS for the account's id, since the endpoint's host begins with it."""
    environ = {"http_proxy": world.emulator.url}
    world.connect(environ, account_id=None, endpoint=PROXIED, network="internal")


OPERATIONS: Mapping[str, Callable[[World], Any]] = {
    "get": lambda world: world.client.get(world.identity),
    "put": lambda world: world.client.put(world.identity, world.desired(**options(world.api)).given),
    "delete": lambda world: world.client.delete(world.identity),
    "list_configs": lambda world: world.client.configs(world.identity.function),
    "list_functions": lambda world: world.client.functions(world.identity.service_name),
    "list_services": lambda world: world.client.services(),
    "GetCallerIdentity": ask_account_id,
}
CASES = [
    pytest.param(generation, operation, trouble, id=f"{generation} {operation} {trouble}")
    for generation, api in APIS.items()
    for operation in OPERATIONS
    for trouble in TROUBLES
    if operation != "list_services" or api.list_services
]


def before_operation(world: World) -> dict[str, Any]:
    """A config that an operation finds."""
    before = parse_settings(world.api, options(world.api, maximum_retry_attempts=7))[0]
    world.store(before)
    return before


def after_operation(operation: str, before: dict[str, Any]) -> dict[str, Any] | None:
    """The config once the operation was carried out."""
    if operation == "delete":
        return None
    return {**before, "maximum_retry_attempts": 1} if operation == "put" else before


@pytest.mark.parametrize(("generation", "operation", "trouble"), CASES)
def test_an_operation_survives_one_fault(emulator: Emulator, generation: str, operation: str, trouble: str) -> None:
    world, met = world_of(emulator, generation, trouble), TROUBLES[trouble]
    before = before_operation(world)
    meet(world, met, for_ever=False)
    if trouble == "denied" and operation not in ("put", "delete"):
        with pytest.raises(ApiError, match=met.says):
            OPERATIONS[operation](world)
        assert world.now == 0
        assert len(emulator.journal.requests) == 1
        return
    OPERATIONS[operation](world)
    assert world.same(world.truth(), after_operation(operation, before))
    assert world.now >= met.least_wait
    assert world.now < RETRY_TIMEOUT


@pytest.mark.parametrize(("generation", "operation", "trouble"), CASES)
def test_an_operation_that_fails_for_ever_ends_and_says_why(
    emulator: Emulator, generation: str, operation: str, trouble: str
) -> None:
    world, met = world_of(emulator, generation, trouble), TROUBLES[trouble]
    before = before_operation(world)
    meet(world, met)
    api = world.api
    name = {"GetCallerIdentity": operation}.get(operation) or operation_name(api, operation)
    if operation == "delete" and met.rule.keys() & {"truncate", "body"} and "status" not in met.rule:
        # The answer to a Delete has no body that could be spoilt.
        assert OPERATIONS[operation](world) in (True, False)
        assert world.truth() is None
        return
    with pytest.raises(ApiError, match=f"^{name} of .* failed: ") as caught:
        OPERATIONS[operation](world)
    error = caught.value
    assert error.operation == name
    denied_read = trouble == "denied" and operation not in ("put", "delete")
    timeout = 0.0 if denied_read else DENIED_TIMEOUT if trouble == "denied" else RETRY_TIMEOUT
    assert world.now <= timeout
    expected = after_operation(operation, before) if met.carried_out else before
    assert world.same(world.truth(), expected)
    if operation == "delete" and trouble == "500 after":
        return  # the second try finds nothing, and hears of that instead
    assert (error.details() is None) == (error.status is None)


# --- Every task, at each of its requests ------------------------------------------------------------------------


@dataclass(frozen=True)
class Kind:
    """A kind of task: whether there is a config before, and its options."""

    configured: bool
    task: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the task declares something for each field.
    full: bool = False
    #: The operations that it carries out when nothing goes wrong, by the names of Api's fields.
    requests: tuple[str, ...] = ()


KINDS = {
    "create": Kind(False, full=True, requests=("get", "put")),
    "update": Kind(True, {"maximum_retry_attempts": 4}, full=True, requests=("get", "put")),
    "unset": Kind(True, requests=("get", "put", "delete", "put", "get")),
    "delete": Kind(True, {"state": "absent"}, requests=("get", "delete")),
    "nothing to do": Kind(True, full=True, requests=("get",)),
}
#: One fault, one operation that fails from some request on, or everything that does.
EXTENTS = ("once", "that operation", "everything")


def task_cases() -> Iterator[Any]:
    """Each task, each of its requests, each trouble, in each extent."""
    for kind, described in KINDS.items():
        for position, operation in enumerate(described.requests):
            for trouble in TROUBLES:
                for extent in EXTENTS:
                    if trouble == "unreachable" and extent == "that operation":
                        continue  # a server is there for all operations, or for none
                    name = f"{kind}, {operation} {position + 1}, {trouble}, {extent}"
                    yield pytest.param(kind, position, trouble, extent, id=name)


def prepare(world: World, kind: str) -> tuple[Any, dict[str, Any] | None]:
    """What a task declares, and the config that is there before it."""
    described = KINDS[kind]
    before = parse_settings(world.api, options(world.api))[0] if described.configured else None
    world.store(before)
    task = options(world.api, **described.task) if described.full else dict(described.task)
    return world.desired(**task), before


def stop_at(world: World, position: int, for_ever: bool) -> None:
    """Let the server go away once it has answered so many requests, and come back while the task waits."""
    emulator, answered = world.emulator, len(world.emulator.journal.requests)
    client_call = world.client._retrier.call

    def call(*arguments: Any) -> Any:
        if len(emulator.journal.requests) - answered == position:
            emulator.stop()
        return client_call(*arguments)

    world.client._retrier.call = call  # type: ignore[method-assign, assignment]
    if not for_ever:
        world.on_wait = emulator.start


def spoil(world: World, kind: str, position: int, trouble: str, extent: str) -> None:
    """Let the task's request at ``position`` (from 0) meet the trouble."""
    met = TROUBLES[trouble]
    if not met.rule:
        stop_at(world, position, for_ever=extent != "once")
        return
    requests = KINDS[kind].requests
    if extent == "that operation":
        earlier = requests[:position].count(requests[position])
        meet(world, met, earlier, operation=operation_name(world.api, requests[position]))
    else:
        meet(world, met, position, for_ever=extent == "everything")


def expected_end(kind: str, position: int, trouble: str, extent: str) -> set[str]:
    """How the task may end."""
    operation = KINDS[kind].requests[position]
    met = TROUBLES[trouble]
    if position == 0 and (trouble == "denied" or (trouble == "not JSON" and kind == "create")):
        return {"as before"}  # a read is not worth waiting for, and a 404 that is not the service's is final
    if extent == "once":
        return {"converged"}
    if operation == "delete" and met.rule.keys() & {"truncate", "body"} and "status" not in met.rule:
        # Such an answer has no body to spoil: only what comes behind it fails.
        return {"converged", "as before", "left", "told"}
    if position == 0:
        return {"as before"}
    if extent == "that operation" and met.carried_out and operation != "get":
        return {"converged", "as before", "left"}
    return {"as before", "left", "told"}


@pytest.mark.parametrize(("kind", "position", "trouble", "extent"), list(task_cases()))
@pytest.mark.parametrize("generation", APIS)
def test_a_task_converges_or_leaves_what_was_there(
    emulator: Emulator, generation: str, kind: str, position: int, trouble: str, extent: str
) -> None:
    world = world_of(emulator, generation, trouble)
    desired, before = prepare(world, kind)
    spoil(world, kind, position, trouble, extent)
    end = world.judge(desired, before)
    assert end in expected_end(kind, position, trouble, extent)
    if before is not None and desired.present and end in ("converged", "as before"):
        assert world.truth() is not None, "nobody asked to remove it"


@pytest.mark.parametrize("generation", APIS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_task_makes_the_requests_that_the_matrix_spoils(emulator: Emulator, generation: str, kind: str) -> None:
    world = World(emulator, APIS[generation])
    desired, before = prepare(world, kind)
    assert world.judge(desired, before) == "converged"
    expected = [operation_name(world.api, name) for name in KINDS[kind].requests]
    assert [entry["operation"] for entry in emulator.journal.requests] == expected


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("extent", ["once", "everything"])
@pytest.mark.parametrize("generation", APIS)
def test_reading_is_complete_or_fails(emulator: Emulator, generation: str, trouble: str, extent: str) -> None:
    world = world_of(emulator, generation, trouble)
    before_operation(world)
    meet(world, TROUBLES[trouble], for_ever=extent == "everything")
    reader = ConfigReader(world.client, 1)
    if extent == "everything" or trouble == "denied":
        with pytest.raises(ApiError, match=TROUBLES[trouble].says):
            reader.read(Filter())
        return
    survey = reader.read(Filter())
    assert [config.identity for config in survey.configs] == [world.identity]
    assert survey.unreadable == []


# --- What is asked for by name ----------------------------------------------------------------------------------


def test_ten_throttled_answers_in_a_row_are_waited_out_and_explained(emulator: Emulator) -> None:
    world = World(emulator, retry_timeout=60)
    emulator.faults.add(times=10, status=429)
    desired = world.desired(**options(world.api))
    assert world.judge(desired, None) == "converged"
    assert emulator.journal.counts == {world.api.operations.get: 11, world.api.operations.put: 1}
    assert any("because the service is throttling" in warning for warning in world.warnings)


@pytest.mark.parametrize("operation", ["put", "delete"])
def test_access_that_is_granted_after_five_seconds_is_waited_for(emulator: Emulator, operation: str) -> None:
    world = World(emulator)
    kind = {"put": "update", "delete": "delete"}[operation]
    desired, before = prepare(world, kind)
    emulator.faults.add(operation_name(world.api, operation), status=403)

    def grant() -> None:
        if world.now >= 5:
            emulator.faults.clear()

    world.on_wait = grant
    assert world.judge(desired, before) == "converged"
    assert world.now >= 5
    assert any("RAM roles and policies take a while to spread" in warning for warning in world.warnings)


@pytest.mark.parametrize("stale_reads", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("generation", APIS)
def test_stale_reads_after_a_write_are_waited_out(
    emulator: Emulator, generation: str, kind: str, stale_reads: int
) -> None:
    world = World(emulator, APIS[generation])
    desired, before = prepare(world, kind)
    emulator.switches.stale_reads = stale_reads
    assert world.judge(desired, before) == "converged"


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_restarts_before_each_request_is_no_failure(emulator: Emulator, kind: str) -> None:
    for position in range(len(KINDS[kind].requests)):
        emulator.start()
        world = World(emulator)
        desired, before = prepare(world, kind)
        stop_at(world, position, for_ever=False)
        assert world.judge(desired, before) == "converged"


@pytest.mark.parametrize("generation", APIS)
def test_a_put_that_fails_for_good_after_the_delete_brings_the_previous_config_back(
    emulator: Emulator, generation: str
) -> None:
    world = World(emulator, APIS[generation])
    desired, before = prepare(world, "unset")
    emulator.faults.add(
        world.api.operations.put, skip=1, times=1, status=400, code="InvalidArgument", message="no such role"
    )
    with pytest.raises(ReconcileError, match=r"no such role .*The config that was there before is there again\."):
        world.run(desired)
    assert world.same(world.truth(), before)


@pytest.mark.parametrize("generation", APIS)
def test_what_is_put_back_blindly_is_looked_at_before_it_is_reported(emulator: Emulator, generation: str) -> None:
    """The Put was stored and refused, reading it back failed once, and answers to a Put only echo what was sent."""
    world = World(emulator, APIS[generation])
    before = {"maximum_retry_attempts": 7}
    world.store(before)
    emulator.switches.put_answer = "echo"
    emulator.faults.add(world.api.operations.put, times=1, status=400, after=True)
    emulator.faults.add(world.api.operations.get, skip=1, times=1, status=400)
    with pytest.raises(ReconcileError, match=r"The config that was there before is there again\."):
        world.run(world.desired(**options(world.api)))
    assert world.same(world.truth(), before)


@pytest.mark.parametrize("generation", APIS)
def test_a_config_that_cannot_be_put_back_is_shown_to_the_user(emulator: Emulator, generation: str) -> None:
    world = World(emulator, APIS[generation])
    desired, before = prepare(world, "unset")
    emulator.faults.add(world.api.operations.put, skip=1, status=500)
    assert world.judge(desired, before) == "left"
    assert world.truth() is None


def test_a_listing_of_many_pages_survives_a_fault_on_each_page(emulator: Emulator) -> None:
    world = World(emulator)
    names = [f"function{number:03}" for number in range(250)]
    for name in names:
        emulator.store.create_function("t", name)
    for page in range(3):
        emulator.faults.add("ListFunctions", times=1, skip=page, status=500)
    assert world.client.functions("t") == [Function(name, "t") for name in names]
    assert emulator.journal.counts == {"ListFunctions": 6}
