# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that combine every operation and task with every fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter
from emulator import Emulator

from .harness import (
    DENIED_TIMEOUT,
    GENERATIONS,
    RETRY_TIMEOUT,
    SHORT_READ_TIMEOUT,
    SLOW_RESPONSE,
    Harness,
    operation_name,
    options,
)

# --- Faults -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FaultCase:
    """A fault: the emulator's ``rule``, the expected error and whether the operation is executed despite the fault.

    An empty rule represents an unreachable server.
    """

    rule: Mapping[str, Any]
    error_pattern: str
    executed: bool = False
    #: The minimum wait that the service requests, in seconds.
    minimum_wait: float = 0.0


THROTTLED = r"HTTP 429, ResourceExhausted, request id [0-9A-F-]+\)\. Run the task again later"
RESOURCE_THROTTLED = r"HTTP 503, ResourceThrottled, request id [0-9A-F-]+\)\. Run the task again later"
NOT_JSON = r"the response is not in the JSON format of Function Compute \(HTTP "

FAULTS = {
    "429": FaultCase({"status": 429}, THROTTLED),
    "429 Retry-After": FaultCase({"status": 429, "headers": {"Retry-After": "2"}}, THROTTLED, minimum_wait=2),
    "429 x-acs-retry-after": FaultCase(
        {"status": 429, "headers": {"x-acs-retry-after": "2"}}, THROTTLED, minimum_wait=2
    ),
    "503": FaultCase({"status": 503}, RESOURCE_THROTTLED),
    "503 Retry-After": FaultCase({"status": 503, "headers": {"Retry-After": "2"}}, RESOURCE_THROTTLED, minimum_wait=2),
    "503 x-acs-retry-after": FaultCase(
        {"status": 503, "headers": {"x-acs-retry-after": "2"}}, RESOURCE_THROTTLED, minimum_wait=2
    ),
    "500": FaultCase({"status": 500}, r"an internal error has occurred\. Please retry \(HTTP 500, InternalServerError"),
    "500 after": FaultCase({"status": 500, "after": True}, r"HTTP 500, InternalServerError", executed=True),
    "409": FaultCase({"status": 409}, r"HTTP 409, ConcurrentUpdateError.*Run the task again"),
    "denied": FaultCase({"status": 403}, r"HTTP 403, AccessDenied.*Grant fc:"),
    "dropped before": FaultCase({"drop": "before"}, r"[Cc]onnection.* Check endpoint"),
    "dropped after": FaultCase({"drop": "after"}, r"[Cc]onnection.* Check endpoint", executed=True),
    "truncated": FaultCase({"truncate": True}, r"failed: ", executed=True),
    "not JSON": FaultCase({"body": "<html>It works!</html>"}, NOT_JSON, executed=True),
    "502 not JSON": FaultCase({"status": 502, "body": "<html>Bad gateway</html>"}, NOT_JSON + "502"),
    "slow": FaultCase({"delay": SLOW_RESPONSE}, r"[Tt]imed out.* Check endpoint", executed=True),
    "unreachable": FaultCase({}, r"refused.* Check endpoint"),
}


def inject(harness: Harness, fault: FaultCase, skip: int = 0, permanent: bool = True, operation: str = "*") -> None:
    """Inject a fault that, after ``skip`` requests, occurs once or permanently."""
    if fault.rule:
        harness.emulator.faults.add(operation, skip=skip, times=None if permanent else 1, **fault.rule)
    else:
        harness.emulator.stop()
        harness.on_wait = harness.emulator.start if not permanent else harness.on_wait


def create_harness(emulator: Emulator, generation: str, fault: str) -> Harness:
    """Create a harness whose read timeout suits the fault."""
    seconds = SHORT_READ_TIMEOUT if fault == "slow" else 10
    return Harness(emulator, GENERATIONS[generation], read_timeout=seconds)


# --- Operations -------------------------------------------------------------------------------------------------

PROXIED_ENDPOINT = "http://cn-hangzhou.fc.aliyuncs.com"


def request_account_id(harness: Harness) -> Any:
    """Create a client that has to request the account ID from STS because the ID is part of the host name."""
    environ = {"http_proxy": harness.emulator.url}
    harness.connect(environ, account_id=None, endpoint=PROXIED_ENDPOINT, network="internal")


OPERATIONS: Mapping[str, Callable[[Harness], Any]] = {
    "get": lambda harness: harness.client.get(harness.identity),
    "put": lambda harness: harness.client.put(harness.identity, harness.desired(**options(harness.api)).given),
    "delete": lambda harness: harness.client.delete(harness.identity),
    "list_configs": lambda harness: harness.client.configs(harness.identity.function),
    "list_functions": lambda harness: harness.client.functions(harness.identity.service_name),
    "list_services": lambda harness: harness.client.services(),
    "GetCallerIdentity": request_account_id,
}
CASES = [
    pytest.param(generation, operation, fault, id=f"{generation} {operation} {fault}")
    for generation, api in GENERATIONS.items()
    for operation in OPERATIONS
    for fault in FAULTS
    if operation != "list_services" or api.list_services
]


def store_initial_config(harness: Harness) -> dict[str, Any]:
    """Store the initial configuration and return its settings."""
    before = parse_settings(harness.api, options(harness.api, maximum_retry_attempts=7))[0]
    harness.store(before)
    return before


def expected_settings(operation: str, before: dict[str, Any]) -> dict[str, Any] | None:
    """Return the settings expected after the operation."""
    if operation == "delete":
        return None
    return {**before, "maximum_retry_attempts": 1} if operation == "put" else before


@pytest.mark.parametrize(("generation", "operation", "fault"), CASES)
def test_an_operation_is_retried_after_a_temporary_fault(
    emulator: Emulator, generation: str, operation: str, fault: str
) -> None:
    harness, case = create_harness(emulator, generation, fault), FAULTS[fault]
    before = store_initial_config(harness)
    inject(harness, case, permanent=False)
    if fault == "denied" and operation not in ("put", "delete"):
        with pytest.raises(ApiError, match=case.error_pattern):
            OPERATIONS[operation](harness)
        assert harness.now == 0
        assert len(emulator.journal.requests) == 1
        return
    OPERATIONS[operation](harness)
    assert harness.equivalent(harness.stored_settings(), expected_settings(operation, before))
    assert harness.now >= case.minimum_wait
    assert harness.now < RETRY_TIMEOUT


@pytest.mark.parametrize(("generation", "operation", "fault"), CASES)
def test_an_operation_fails_if_the_fault_is_permanent(
    emulator: Emulator, generation: str, operation: str, fault: str
) -> None:
    harness, case = create_harness(emulator, generation, fault), FAULTS[fault]
    before = store_initial_config(harness)
    inject(harness, case)
    api = harness.api
    name = {"GetCallerIdentity": operation}.get(operation) or operation_name(api, operation)
    if operation == "delete" and case.rule.keys() & {"truncate", "body"} and "status" not in case.rule:
        # These faults have no effect because the response to a Delete has no body.
        assert OPERATIONS[operation](harness) in (True, False)
        assert harness.stored_settings() is None
        return
    with pytest.raises(ApiError, match=f"^{name} of .* failed: ") as caught:
        OPERATIONS[operation](harness)
    error = caught.value
    assert error.operation == name
    denied_read = fault == "denied" and operation not in ("put", "delete")
    timeout = 0.0 if denied_read else DENIED_TIMEOUT if fault == "denied" else RETRY_TIMEOUT
    assert harness.now <= timeout
    expected = expected_settings(operation, before) if case.executed else before
    assert harness.equivalent(harness.stored_settings(), expected)
    if operation == "delete" and fault == "500 after":
        return  # the retry fails with a different error because the configuration was deleted
    assert (error.details() is None) == (error.status is None)


# --- Tasks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskKind:
    """A kind of task: its options and whether a configuration exists beforehand."""

    existing: bool
    task: Mapping[str, Any] = field(default_factory=dict)
    #: Whether the task specifies all fields.
    all_fields: bool = False
    #: The operations that the task calls if no fault occurs.
    requests: tuple[str, ...] = ()


KINDS = {
    "create": TaskKind(False, all_fields=True, requests=("get", "put")),
    "update": TaskKind(True, {"maximum_retry_attempts": 4}, all_fields=True, requests=("get", "put")),
    "unset": TaskKind(True, requests=("get", "put", "delete", "put", "get")),
    "delete": TaskKind(True, {"state": "absent"}, requests=("get", "delete")),
    "no change": TaskKind(True, all_fields=True, requests=("get",)),
}
#: The extent of a fault: temporary, permanent in one operation or permanent in all operations.
EXTENTS = ("once", "one operation", "all operations")


def task_cases() -> Iterator[Any]:
    """Yield all combinations of tasks, requests, faults and extents."""
    for kind, task_kind in KINDS.items():
        for position, operation in enumerate(task_kind.requests):
            for fault in FAULTS:
                for extent in EXTENTS:
                    if fault == "unreachable" and extent == "one operation":
                        continue  # an unreachable server affects all operations
                    name = f"{kind}, {operation} {position + 1}, {fault}, {extent}"
                    yield pytest.param(kind, position, fault, extent, id=name)


def prepare(harness: Harness, kind: str) -> tuple[Any, dict[str, Any] | None]:
    """Store the initial configuration for a task. Return the desired configuration and the initial settings."""
    task_kind = KINDS[kind]
    before = parse_settings(harness.api, options(harness.api))[0] if task_kind.existing else None
    harness.store(before)
    task = options(harness.api, **task_kind.task) if task_kind.all_fields else dict(task_kind.task)
    return harness.desired(**task), before


def stop_server_at(harness: Harness, position: int, permanent: bool) -> None:
    """Stop the server after ``position`` requests. Unless ``permanent`` is true, restart it on the next wait."""
    emulator, already_served = harness.emulator, len(harness.emulator.journal.requests)
    client_call = harness.client._retrier.call

    def call(*arguments: Any) -> Any:
        if len(emulator.journal.requests) - already_served == position:
            emulator.stop()
        return client_call(*arguments)

    harness.client._retrier.call = call  # type: ignore[method-assign, assignment]
    if not permanent:
        harness.on_wait = emulator.start


def inject_into_task(harness: Harness, kind: str, position: int, fault: str, extent: str) -> None:
    """Inject a fault into the request at ``position``, counted from 0."""
    case = FAULTS[fault]
    if not case.rule:
        stop_server_at(harness, position, permanent=extent != "once")
        return
    requests = KINDS[kind].requests
    if extent == "one operation":
        earlier = requests[:position].count(requests[position])
        inject(harness, case, earlier, operation=operation_name(harness.api, requests[position]))
    else:
        inject(harness, case, position, permanent=extent == "all operations")


def expected_outcomes(kind: str, position: int, fault: str, extent: str) -> set[str]:
    """Return the allowed outcomes of the task."""
    operation = KINDS[kind].requests[position]
    case = FAULTS[fault]
    if position == 0 and (fault == "denied" or (fault == "not JSON" and kind == "create")):
        return {"unchanged"}  # denied reads and 404 responses with an unexpected body are not retried
    if extent == "once":
        return {"converged"}
    if operation == "delete" and case.rule.keys() & {"truncate", "body"} and "status" not in case.rule:
        # The response to a Delete has no body, so only later requests fail.
        return {"converged", "unchanged", "changed", "unknown"}
    if position == 0:
        return {"unchanged"}
    if extent == "one operation" and case.executed and operation != "get":
        return {"converged", "unchanged", "changed"}
    return {"unchanged", "changed", "unknown"}


@pytest.mark.parametrize(("kind", "position", "fault", "extent"), list(task_cases()))
@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_task_converges_or_reports_the_current_config(
    emulator: Emulator, generation: str, kind: str, position: int, fault: str, extent: str
) -> None:
    harness = create_harness(emulator, generation, fault)
    desired, before = prepare(harness, kind)
    inject_into_task(harness, kind, position, fault, extent)
    outcome = harness.run_and_check(desired, before)
    assert outcome in expected_outcomes(kind, position, fault, extent)
    if before is not None and desired.present and outcome in ("converged", "unchanged"):
        assert harness.stored_settings() is not None, (
            "the configuration was deleted although the task did not request it"
        )


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_task_sends_the_requests_listed_in_the_matrix(emulator: Emulator, generation: str, kind: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    desired, before = prepare(harness, kind)
    assert harness.run_and_check(desired, before) == "converged"
    expected = [operation_name(harness.api, name) for name in KINDS[kind].requests]
    assert [entry["operation"] for entry in emulator.journal.requests] == expected


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("extent", ["once", "all operations"])
@pytest.mark.parametrize("generation", GENERATIONS)
def test_reading_is_complete_or_fails_with_an_error(
    emulator: Emulator, generation: str, fault: str, extent: str
) -> None:
    harness = create_harness(emulator, generation, fault)
    store_initial_config(harness)
    inject(harness, FAULTS[fault], permanent=extent == "all operations")
    reader = ConfigReader(harness.client, 1)
    if extent == "all operations" or fault == "denied":
        with pytest.raises(ApiError, match=FAULTS[fault].error_pattern):
            reader.read(Filter())
        return
    result = reader.read(Filter())
    assert [config.identity for config in result.configs] == [harness.identity]
    assert result.unreadable == []


# --- Individual scenarios ---------------------------------------------------------------------------------------


def test_repeated_throttling_is_retried_with_a_warning(emulator: Emulator) -> None:
    harness = Harness(emulator, retry_timeout=60)
    emulator.faults.add(times=10, status=429)
    desired = harness.desired(**options(harness.api))
    assert harness.run_and_check(desired, None) == "converged"
    assert emulator.journal.counts == {harness.api.operations.get: 11, harness.api.operations.put: 1}
    assert any("because the service is throttling requests" in warning for warning in harness.warnings)


@pytest.mark.parametrize("operation", ["put", "delete"])
def test_a_denied_write_is_retried_until_access_is_granted(emulator: Emulator, operation: str) -> None:
    harness = Harness(emulator)
    kind = {"put": "update", "delete": "delete"}[operation]
    desired, before = prepare(harness, kind)
    emulator.faults.add(operation_name(harness.api, operation), status=403)

    def grant() -> None:
        if harness.now >= 5:
            emulator.faults.clear()

    harness.on_wait = grant
    assert harness.run_and_check(desired, before) == "converged"
    assert harness.now >= 5
    assert any("changes to RAM policies take time to propagate" in warning for warning in harness.warnings)


@pytest.mark.parametrize("stale_reads", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_task_converges_with_stale_reads(emulator: Emulator, generation: str, kind: str, stale_reads: int) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    desired, before = prepare(harness, kind)
    emulator.switches.stale_reads = stale_reads
    assert harness.run_and_check(desired, before) == "converged"


@pytest.mark.parametrize("kind", KINDS)
def test_a_task_converges_if_the_server_restarts(emulator: Emulator, kind: str) -> None:
    for position in range(len(KINDS[kind].requests)):
        emulator.start()
        harness = Harness(emulator)
        desired, before = prepare(harness, kind)
        stop_server_at(harness, position, permanent=False)
        assert harness.run_and_check(desired, before) == "converged"


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_previous_config_is_restored_if_recreating_it_fails(emulator: Emulator, generation: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    desired, before = prepare(harness, "unset")
    emulator.faults.add(
        harness.api.operations.put, skip=1, times=1, status=400, code="InvalidArgument", message="no such role"
    )
    with pytest.raises(ReconcileError, match=r"no such role .*The previous configuration was restored\."):
        harness.run(desired)
    assert harness.equivalent(harness.stored_settings(), before)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_restored_config_is_verified_before_it_is_reported(emulator: Emulator, generation: str) -> None:
    """The Put is executed but returns an error, and the next read fails. A Put response only echoes the request."""
    harness = Harness(emulator, GENERATIONS[generation])
    before = {"maximum_retry_attempts": 7}
    harness.store(before)
    emulator.switches.put_answer = "echo"
    emulator.faults.add(harness.api.operations.put, times=1, status=400, after=True)
    emulator.faults.add(harness.api.operations.get, skip=1, times=1, status=400)
    with pytest.raises(ReconcileError, match=r"The previous configuration was restored\."):
        harness.run(harness.desired(**options(harness.api)))
    assert harness.equivalent(harness.stored_settings(), before)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_the_error_contains_a_config_that_could_not_be_restored(emulator: Emulator, generation: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    desired, before = prepare(harness, "unset")
    emulator.faults.add(harness.api.operations.put, skip=1, status=500)
    assert harness.run_and_check(desired, before) == "changed"
    assert harness.stored_settings() is None


def test_pagination_is_retried_after_a_fault_on_each_page(emulator: Emulator) -> None:
    harness = Harness(emulator)
    names = [f"function{number:03}" for number in range(250)]
    for name in names:
        emulator.store.create_function("t", name)
    for page in range(3):
        emulator.faults.add("ListFunctions", times=1, skip=page, status=500)
    assert harness.client.functions("t") == [Function(name, "t") for name in names]
    assert emulator.journal.counts == {"ListFunctions": 6}
