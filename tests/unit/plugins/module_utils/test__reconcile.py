# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test reconciliation against the emulator's store for all possible service behaviors."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.client import READ_LAG
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig, as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import differences
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import request_body
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import Outcome, reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import READ_CONSISTENCY_TIMEOUT
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given
from hypothesis import strategies as st

from .store_client import FAULTS, StoreClient, key_of
from .strategies import BEHAVIORS, settings, task_options

GENERATIONS = pytest.mark.parametrize("api", [FC2, FC3], ids=lambda api: api.name)
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages"
FULL: dict[str, Any] = {
    "destination_config": {"on_failure": {"destination": QUEUE}},
    "maximum_event_age_in_seconds": 60,
    "maximum_retry_attempts": 1,
    "stateful_invocation": True,
}

FULL_VALUES = parse_desired(FC2, {"id": "s:f", **FULL}).given
FULL_STORED = {field.option: FULL_VALUES.get(field.option) for field in FC2.fields}


def account(current: dict[str, Any] | None = None, api: Generation = FC2, **switches: Any) -> Store:
    """Return an account that has functions s:f (FC 2.0) and f (FC 3.0) and, if given, the current config."""
    store = Store(Switches(), clock=iter(range(10**9)).__next__)
    store.create_service("s")
    store.create_function("s", "f")
    store.create_function(None, "f")
    if current is not None:
        store.put_config(key_of(desired(api).identity), request_body(api, current))
    store.switches.update(switches)
    return store


def desired(api: Generation = FC2, /, **options: Any) -> Desired:
    """Return the desired state of a task for s:f:LATEST (FC 3.0: f:LATEST)."""
    return parse_desired(api, {"id": "s:f" if api is FC2 else "f", **options})


def run(client: StoreClient, target: Desired, check_mode: bool = False) -> tuple[Outcome, list[str]]:
    """Run a task and return its outcome and warnings."""
    warnings: list[str] = []
    return reconcile(client, target, check_mode, warnings.append), warnings  # type: ignore[arg-type]


def operations(client: StoreClient) -> list[str]:
    """Return the operations that were called."""
    return [operation for operation, _id in client.calls]


def stored_config(store: Store, api: Generation = FC2) -> AsyncInvokeConfig | None:
    """Return the stored config, even if reads are stale."""
    stale, stale_reads = store._stale, store.switches.stale_reads
    store._stale, store.switches.stale_reads = {}, 0
    try:
        return StoreClient(store, api).get(desired(api).identity)
    finally:
        store._stale, store.switches.stale_reads = stale, stale_reads


def equivalent(first: AsyncInvokeConfig | None, second: AsyncInvokeConfig | None) -> bool:
    if first is None or second is None:
        return first is second
    generation = FC2 if first.identity.service_name else FC3
    return differences(generation, first.settings, second.settings) == []


@GENERATIONS
@given(behaviors=BEHAVIORS, data=st.data())
def test_check_mode_predicts_and_reconciliation_is_idempotent(
    api: Generation, behaviors: dict[str, Any], data: st.DataObject
) -> None:
    generation = api
    store = account(data.draw(st.none() | settings(generation)), api, **behaviors)
    target = desired(api, **data.draw(task_options(generation)))

    check_client = StoreClient(store, api)
    before = stored_config(store, api)
    predicted, _warnings = run(check_client, target, check_mode=True)
    assert check_client.writes == []
    assert equivalent(stored_config(store, api), before)

    applied, _warnings = run(StoreClient(store, api), target)
    assert (applied.plan.action, applied.plan.changed) == (predicted.plan.action, predicted.plan.changed)
    assert as_options(generation, applied.plan.before) == as_options(generation, predicted.plan.before)
    assert as_options(generation, applied.plan.after) == as_options(generation, predicted.plan.after)
    assert equivalent(applied.config, predicted.config)

    stored = stored_config(store, api)
    assert equivalent(applied.config, stored)
    if not target.present:
        assert stored is None
    else:
        assert stored is not None
        for option, value in target.given.items():
            assert differences(generation, {**stored.settings, option: value}, stored.settings) == []

    store.switches.stale_reads = 0
    store._stale.clear()
    second_client = StoreClient(store, api)
    second, _warnings = run(second_client, target)
    assert second.plan.action == "none"
    assert second_client.writes == []


def check_error(
    error: ReconcileError, before: AsyncInvokeConfig | None, stored: AsyncInvokeConfig | None, stale_reads: bool
) -> None:
    """Verify that the error describes the stored config, unless reads are stale."""
    message = str(error)
    if "was restored" in message:
        assert equivalent(stored, before) or stale_reads
    else:
        assert any(
            phrase in message
            for phrase in ("also failed", "is now", "was left", "is unknown", "did not store", "does not exist now")
        )
    if "is unknown" in message or "may have been" in message:
        assert (error.left, error.changed) == (None, True)
    elif not stale_reads:
        assert equivalent(error.left, stored)
        assert error.changed != equivalent(stored, before)


@GENERATIONS
@given(
    behaviors=BEHAVIORS,
    faults=st.dictionaries(st.integers(1, 8), st.sampled_from(FAULTS), max_size=3),
    data=st.data(),
)
def test_failed_task_restores_or_reports_the_config(
    api: Generation, behaviors: dict[str, Any], faults: dict[int, str], data: st.DataObject
) -> None:
    store = account(data.draw(st.none() | settings(api)), api, **behaviors)
    before = stored_config(store, api)
    target = desired(api, **data.draw(task_options(api)))
    try:
        outcome, _warnings = run(StoreClient(store, api, faults=faults), target)
    except ReconcileError as error:
        check_error(error, before, stored_config(store, api), bool(behaviors["stale_reads"]))
    except (ApiError, CredentialError):
        assert equivalent(stored_config(store, api), before) or behaviors["stale_reads"]
    else:
        assert equivalent(outcome.config, stored_config(store, api))


def test_config_is_recreated_only_if_put_does_not_unset_fields() -> None:
    for merge, calls, timeout in (
        ("merge", ["get", "put", "delete", "put", "get"], READ_LAG),
        ("replace", ["get", "put", "get"], READ_CONSISTENCY_TIMEOUT),
    ):
        client = StoreClient(account(FULL_STORED, put_merge=merge))
        run(client, desired())
        assert operations(client) == calls
        assert client.timeouts == [timeout]


# A call fails because of a service error, a network error or a missing credential.
FAILED_CALL = pytest.mark.parametrize(
    ("fault", "error"),
    [("rejected", "not allowed"), ("before", "connection refused"), ("no credential", "no credential available")],
)


def has_expected_cause(error: ReconcileError, fault: str) -> bool:
    """Return whether the error has the expected cause (the failed call, or none if no request was sent)."""
    if fault == "no credential":
        return error.cause is None
    return error.cause is not None and (error.cause.code == "InvalidArgument") == (fault == "rejected")


@FAILED_CALL
@pytest.mark.parametrize("current", [None, FULL_STORED], ids=["none", "full"])
def test_put_without_effect_raises_its_error_and_restores_nothing(
    current: dict[str, Any] | None, fault: str, error: str
) -> None:
    client = StoreClient(account(current), faults={1: fault})
    with pytest.raises((ApiError, CredentialError), match=error):
        run(client, desired(maximum_retry_attempts=7))
    # No read is necessary if the request was not sent.
    assert operations(client) == ["get", "put", "get"][: 3 if fault == "rejected" else 2]


@FAILED_CALL
def test_delete_without_effect_raises_its_error(fault: str, error: str) -> None:
    client = StoreClient(account(FULL_STORED), faults={1: fault})
    with pytest.raises((ApiError, CredentialError), match=error):
        run(client, desired(state="absent"))
    assert operations(client) == ["get", "delete", "get"][: 3 if fault == "rejected" else 2]


@pytest.mark.parametrize(("fault", "error"), [("rejected", "not allowed"), ("after", "connection reset")])
@pytest.mark.parametrize("read_fault", ["before", "no credential"])
def test_failed_read_after_a_failed_write_reports_an_unknown_state(read_fault: str, fault: str, error: str) -> None:
    for current, target, message in (
        (None, desired(**FULL), "It is unknown whether the configuration was stored, because reading it also failed: "),
        (
            FULL_STORED,
            desired(state="absent"),
            "It is unknown whether the configuration was deleted, because reading it ",
        ),
    ):
        with pytest.raises(ReconcileError, match=f"{error}.* {message}") as exc_info:
            run(StoreClient(account(current), faults={1: fault, 2: read_fault}), target)
        assert has_expected_cause(exc_info.value, fault)
        assert (exc_info.value.left, exc_info.value.changed) == (None, True)


@FAILED_CALL
@pytest.mark.parametrize("stale_reads", [0, 1])
def test_previous_config_is_restored_if_the_put_after_the_delete_fails(
    stale_reads: int, fault: str, error: str
) -> None:
    # The calls are get, put, delete and then put again.
    # A stale read after the delete returns the config stored by the first put.
    before = {**FULL_STORED, "stateful_invocation": False}
    store = account(before, stale_reads=stale_reads)
    with pytest.raises(ReconcileError, match=rf"{error}.*The previous configuration was restored\.") as exc_info:
        run(StoreClient(store, faults={3: fault}), desired(maximum_retry_attempts=1))
    assert has_expected_cause(exc_info.value, fault)
    stored = stored_config(store)
    assert stored is not None
    assert differences(FC2, stored.settings, before) == []
    assert not exc_info.value.changed
    assert equivalent(exc_info.value.left, stored)


@FAILED_CALL
def test_failed_restoration_reports_the_previous_config(fault: str, error: str) -> None:
    with pytest.raises(
        ReconcileError, match=rf"{error}.* also failed, and the configuration may have been deleted: .*{error}"
    ) as exc_info:
        run(StoreClient(account(FULL_STORED), faults=dict.fromkeys(range(3, 20), fault)), desired())
    assert '"maximum_event_age_in_seconds": 60' in str(exc_info.value)
    assert QUEUE in str(exc_info.value)
    assert (exc_info.value.left, exc_info.value.changed) == (None, True)


def test_failed_restoration_reports_the_current_config() -> None:
    # The calls are get, put, delete, put, get, put (to restore the config) and get.
    message = r"also failed, and the configuration no longer exists: .*not allowed"
    with pytest.raises(ReconcileError, match=message) as exc_info:
        run(StoreClient(account(FULL_STORED), faults=dict.fromkeys((3, 5), "rejected")), desired())
    assert (exc_info.value.left, exc_info.value.changed) == (None, True)


def test_reads_of_the_previous_config_after_a_delete_are_not_trusted() -> None:
    """The restore succeeds, but its response is lost. A read that finds the config may be stale."""
    with pytest.raises(ReconcileError, match=r"also failed, and the configuration may have been deleted: ") as exc_info:
        run(StoreClient(account(FULL_STORED), faults={3: "rejected", 5: "after"}), desired())
    assert exc_info.value.left is None
    assert exc_info.value.changed


def test_unexpected_config_after_a_failed_creation_is_reported() -> None:
    store = account(altered_field="event_age")
    with pytest.raises(ReconcileError, match=r"connection reset.* A new configuration remains: {.*mns") as exc_info:
        run(StoreClient(store, faults={1: "after"}), desired(**FULL))
    assert equivalent(exc_info.value.left, stored_config(store))
    assert exc_info.value.changed


def test_config_deleted_during_a_failed_put_is_restored() -> None:
    store = account(FULL_STORED)

    class ConcurrentDelete(StoreClient):
        """A client that deletes the config before the first put, which fails."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" not in operations(self):
                self.store.delete_config(key_of(identity))
                self.faults = {len(self.calls): "rejected"}
            return super().put(identity, settings)

    with pytest.raises(ReconcileError, match=r"not allowed.* was restored"):
        run(ConcurrentDelete(store), desired(maximum_retry_attempts=7))
    assert stored_config(store) is not None


@FAILED_CALL
def test_uncertain_put_is_reverted_if_reads_fail(fault: str, error: str) -> None:
    """The failed put may have stored all settings, so the added settings must be removed."""
    before = {"maximum_event_age_in_seconds": 60}
    store = account(before)

    class UncertainPut(StoreClient):
        """A client whose first put is applied but returns an error, and whose next read fails."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" in operations(self):
                return super().put(identity, settings)
            self.faults = {len(self.calls) + 1: fault, len(self.calls) + 2: "before"}
            super().put(identity, settings)
            try:
                return super().put(identity, settings)
            except (ApiError, CredentialError) as failure:
                failure.uncertain = True
                raise

    with pytest.raises(ReconcileError, match=rf"{error}.* was restored\.$") as exc_info:
        run(UncertainPut(store), desired(**FULL))
    assert has_expected_cause(exc_info.value, fault)
    stored = stored_config(store)
    assert stored is not None
    assert differences(FC2, stored.settings, before) == []


def test_concurrent_change_during_a_failed_put_is_reverted() -> None:
    before = {"maximum_event_age_in_seconds": 60}
    store = account(before)

    class ConcurrentPut(StoreClient):
        """A client that changes the config before the first put, which fails."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" not in operations(self):
                self.store.put_config(key_of(identity), request_body(FC2, FULL_STORED))
                self.faults = {len(self.calls): "rejected"}
            return super().put(identity, settings)

    with pytest.raises(ReconcileError, match=r"not allowed.* was restored\.$"):
        run(ConcurrentPut(store), desired(maximum_retry_attempts=7))
    stored = stored_config(store)
    assert stored is not None
    assert differences(FC2, stored.settings, before) == []


def test_incomplete_restoration_reports_current_and_previous_config() -> None:
    store = account(FULL_STORED, altered_field="retry_attempts")
    client = StoreClient(store, faults={1: "after"})
    with pytest.raises(ReconcileError) as exc_info:
        run(client, desired(**{**FULL, "maximum_retry_attempts": 5}))
    stored = stored_config(store)
    assert stored is not None
    current, previous = (json.dumps(as_options(FC2, settings)) for settings in (stored.settings, FULL_STORED))
    assert str(exc_info.value).endswith(f" The configuration is now {current}; it was {previous}.")
    assert equivalent(exc_info.value.left, stored)
    assert exc_info.value.changed


def test_config_missing_after_a_put_is_an_error() -> None:
    class EmptyReads(StoreClient):
        """A client whose reads do not return the config."""

        def get(self, identity: Any) -> AsyncInvokeConfig | None:
            self.calls.append(("get", identity.id))
            return None

    with pytest.raises(ReconcileError, match=r"^s:f:LATEST was stored, but Function Compute does not return it\.$"):
        run(EmptyReads(account(altered_field="event_age")), desired(**FULL))


@pytest.mark.parametrize(("fault", "call"), [("after", 2), ("rejected-after", 2), ("rejected-after", 3)])
def test_stale_reads_do_not_prevent_the_restoration(fault: str, call: int) -> None:
    """The calls are get, put, delete and then put again. The failing call is applied, and later reads are stale."""
    before = {**FULL_STORED, "maximum_retry_attempts": 1}
    store = account(before, stale_reads=50)
    with pytest.raises(ReconcileError, match=r"was restored\.$") as exc_info:
        run(StoreClient(store, faults={call: fault}), desired(maximum_retry_attempts=1))
    assert equivalent(exc_info.value.left, stored_config(store))
    assert stored_config(store) is not None
    assert not exc_info.value.changed


def test_stale_reads_do_not_hide_a_failed_restoration() -> None:
    store = account(FULL_STORED, stale_reads=50)
    with pytest.raises(ReconcileError, match=r"also failed, and the configuration may have been deleted: ") as exc_info:
        run(StoreClient(store, faults={3: "rejected", 5: "rejected"}), desired())
    assert stored_config(store) is None
    assert exc_info.value.changed


def test_successful_put_with_a_lost_response_is_found_despite_stale_reads() -> None:
    store = account(FULL_STORED, stale_reads=4)
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert equivalent(outcome.config, stored_config(store))
    assert outcome.plan.changed


@pytest.mark.parametrize("code", ["FunctionNotFound", "ServiceNotFound"])
@pytest.mark.parametrize("current", [None, FULL_STORED], ids=["none", "full"])
def test_change_is_reported_if_the_function_is_missing_after_a_put(current: dict[str, Any] | None, code: str) -> None:
    """The task reports a change if it could not restore the previous config."""
    store = account(current, altered_field="retry_attempts")

    class FunctionLost(StoreClient):
        """A client that does not find the function after the first put."""

        def _call(self, operation: str, target: str, call: Any) -> Any:
            if self.writes:
                raise NotFound(operation, target, "does not exist", Cause.PERMANENT, code, 404)
            return super()._call(operation, target, call)

    with pytest.raises(ReconcileError, match="does not exist") as exc_info:
        run(FunctionLost(store), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert exc_info.value.changed
    assert not equivalent(
        stored_config(store), None if current is None else StoreClient(account(current)).get(desired().identity)
    )


@pytest.mark.parametrize("code", ["FunctionNotFound", "ServiceNotFound"])
def test_stored_put_is_found_if_the_response_reports_a_missing_function(code: str) -> None:
    store = account(FULL_STORED)

    class StoringClient(StoreClient):
        """A client that stores the config but reports that the function does not exist."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            super().put(identity, settings, vital)
            raise NotFound("put", identity.id, "does not exist", Cause.PERMANENT, code, 404)

    outcome, _warnings = run(StoringClient(store), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert equivalent(outcome.config, stored_config(store))
    assert outcome.plan.changed


def test_function_deleted_before_the_put_is_reported_as_missing() -> None:
    store = account(FULL_STORED)

    class DeletingClient(StoreClient):
        """A client that deletes the config instead of storing it and reports that the function does not exist."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            store.delete_config(key_of(identity))
            raise NotFound("put", identity.id, "does not exist", Cause.PERMANENT, "FunctionNotFound", 404)

    with pytest.raises(NotFound, match="does not exist"):
        run(DeletingClient(store), desired(**{**FULL, "maximum_retry_attempts": 7}))


def test_event_age_is_unset_without_recreating_the_config() -> None:
    before = {**FULL_STORED, "maximum_event_age_in_seconds": 3600}
    client = StoreClient(account(before))
    remaining = {name: value for name, value in FULL.items() if name != "maximum_event_age_in_seconds"}
    outcome, _warnings = run(client, desired(**remaining))
    assert operations(client) == ["get", "put"]
    assert outcome.config is not None
    assert outcome.config.settings["maximum_event_age_in_seconds"] == 86400
    second, _warnings = run(StoreClient(client.store), desired(**remaining))
    assert second.plan.action == "none"


def test_previous_config_is_restored_if_the_recreation_is_interrupted() -> None:
    store = account(FULL_STORED)

    class InterruptedPut(StoreClient):
        """A client that interrupts the task between the delete and the put."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if len(self.writes) == 2:
                self.calls.append(("put", "interrupted"))
                raise KeyboardInterrupt
            return super().put(identity, settings)

    with pytest.raises(KeyboardInterrupt):
        run(InterruptedPut(store), desired())
    stored = stored_config(store)
    assert stored is not None
    assert differences(FC2, stored.settings, FULL_STORED) == []


def test_put_is_reverted_if_interrupted_before_the_delete() -> None:
    store = account(FULL_STORED)

    class InterruptedDelete(StoreClient):
        """A client that interrupts the task between the put and the delete."""

        def delete(self, identity: Any) -> bool:
            if len(self.writes) == 1:
                self.calls.append(("delete", "interrupted"))
                raise KeyboardInterrupt
            return super().delete(identity)

    with pytest.raises(KeyboardInterrupt):
        run(InterruptedDelete(store), desired(maximum_retry_attempts=7))
    stored = stored_config(store)
    assert stored is not None
    assert differences(FC2, stored.settings, FULL_STORED) == []


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("event_age", "maximum_event_age_in_seconds"),
        ("retry_attempts", "maximum_retry_attempts"),
        ("stateful", "stateful_invocation"),
        ("destinations", "destination_config.on_failure.destination"),
    ],
)
def test_stored_config_that_differs_is_an_error(field: str, option: str) -> None:
    client = StoreClient(account(altered_field=field))
    with pytest.raises(ReconcileError, match="did not store the desired configuration for s:f:LATEST: .*" + option):
        run(client, desired(**FULL))
    assert client.timeouts == [READ_CONSISTENCY_TIMEOUT]


def test_error_reports_desired_and_stored_values() -> None:
    class AlteringPut(StoreClient):
        """A client that stores different values for two fields."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            return super().put(identity, {**settings, "maximum_retry_attempts": 8, "stateful_invocation": False})

    store = account()
    with pytest.raises(ReconcileError) as exc_info:
        run(AlteringPut(store), desired(**FULL))
    stored = stored_config(store)
    assert stored is not None
    assert str(exc_info.value) == (
        "Function Compute did not store the desired configuration for s:f:LATEST: maximum_retry_attempts should be 1 "
        "but is 8; stateful_invocation should be true but is false. The configuration is now "
        f"{json.dumps(as_options(FC2, stored.settings))}. "
        "Specify values that the service supports, or report this as a bug."
    )
    assert equivalent(exc_info.value.left, stored)
    assert exc_info.value.changed
    with pytest.raises(ReconcileError, match="did not store the desired configuration") as exc_info:
        run(AlteringPut(store), desired(**FULL))
    assert not exc_info.value.changed


def test_put_with_a_lost_response_succeeds() -> None:
    store = account()
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(**FULL))
    assert equivalent(outcome.config, stored_config(store))
    assert outcome.plan.action == "create"


def test_delete_with_a_lost_response_succeeds() -> None:
    store = account(FULL_STORED)
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(state="absent"))
    assert outcome.plan.action == "delete"
    assert stored_config(store) is None


def test_missing_function() -> None:
    target = parse_desired(FC2, {"id": "s:nothing"})
    with pytest.raises(NotFound, match="function 'nothing' does not exist in service 's'"):
        run(StoreClient(account()), target)
    outcome, warnings = run(StoreClient(account()), target, check_mode=True)
    assert outcome.plan.action == "create"
    assert len(warnings) == 1
    assert "'nothing' does not exist" in warnings[0]
    absent, warnings = run(StoreClient(account()), parse_desired(FC2, {"id": "s:nothing", "state": "absent"}), True)
    assert (absent.plan.action, warnings) == ("none", [])


def test_config_is_created_if_reads_do_not_find_the_new_function() -> None:
    """Reads may be stale after the function is created, so the module relies on the response to the put."""
    store = account()

    class StaleReads(StoreClient):
        """A client whose reads do not find the function."""

        def get(self, identity: Any) -> AsyncInvokeConfig | None:
            raise NotFound("get", identity.id, "function 'f' does not exist", Cause.PERMANENT, "FunctionNotFound", 404)

    outcome, _warnings = run(StaleReads(store), desired())
    assert outcome.plan.action == "create"
    assert stored_config(store) is not None
