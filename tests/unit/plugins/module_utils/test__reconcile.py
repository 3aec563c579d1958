# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying plans out against every behaviour that the service might have, on the emulator's store."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Tuple

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
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import Outcome, reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import SETTLING, ReconcileError
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given
from hypothesis import strategies as st

from .store_client import FAULTS, StoreClient, key_of
from .strategies import SERVICES, settings, task_options

GENERATIONS = pytest.mark.parametrize("api", [FC2, FC3], ids=lambda api: api.name)
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages"
FULL: Dict[str, Any] = {
    "destination_config": {"on_failure": {"destination": QUEUE}},
    "maximum_event_age_in_seconds": 60,
    "maximum_retry_attempts": 1,
    "stateful_invocation": True,
}

GIVEN = parse_desired(FC2, {"id": "s:f", **FULL}).given
FULL_STORED = {known.option: GIVEN.get(known.option) for known in FC2.fields}


def account(current: Optional[Dict[str, Any]] = None, api: Generation = FC2, **switches: Any) -> Store:
    """An account with the functions s:f (FC 2.0) and f (FC 3.0), and a config where ``current`` says so."""
    store = Store(Switches(), clock=iter(range(10**9)).__next__)
    store.create_service("s")
    store.create_function("s", "f")
    store.create_function(None, "f")
    if current is not None:
        store.put_config(key_of(desired(api).identity), request_body(api, current))
    store.switches.update(switches)
    return store


def desired(api: Generation = FC2, /, **options: Any) -> Desired:
    """What a task on s:f:LATEST (FC 3.0: f:LATEST) declares."""
    return parse_desired(api, {"id": "s:f" if api is FC2 else "f", **options})


def run(client: StoreClient, wanted: Desired, check_mode: bool = False) -> Tuple[Outcome, List[str]]:
    """One task, and its warnings."""
    warnings: List[str] = []
    return reconcile(client, wanted, check_mode, warnings.append), warnings  # type: ignore[arg-type]


def operations(client: StoreClient) -> List[str]:
    """The calls that were made, by their kind."""
    return [operation for operation, _id in client.calls]


def truth(store: Store, api: Generation = FC2) -> Optional[AsyncInvokeConfig]:
    """What is really stored, whatever reads show."""
    stale, store.switches.stale_reads = store._stale, 0
    store._stale = {}
    try:
        return StoreClient(store, api).get(desired(api).identity)
    finally:
        store._stale = stale


def same_in_effect(one: Optional[AsyncInvokeConfig], other: Optional[AsyncInvokeConfig]) -> bool:
    if one is None or other is None:
        return one is other
    generation = FC2 if one.identity.service_name else FC3
    return differences(generation, one.settings, other.settings) == []


@GENERATIONS
@given(service=SERVICES, data=st.data())
def test_check_mode_predicts_apply_converges_and_the_second_run_is_none(
    api: Generation, service: Dict[str, Any], data: st.DataObject
) -> None:
    generation = api
    store = account(data.draw(st.none() | settings(generation)), api, **service)
    wanted = desired(api, **data.draw(task_options(generation)))

    checking = StoreClient(store, api)
    before = truth(store, api)
    predicted, _warnings = run(checking, wanted, check_mode=True)
    assert checking.writes == []
    assert same_in_effect(truth(store, api), before)

    applied, _warnings = run(StoreClient(store, api), wanted)
    assert (applied.plan.action, applied.plan.changed) == (predicted.plan.action, predicted.plan.changed)
    assert as_options(generation, applied.plan.before) == as_options(generation, predicted.plan.before)
    assert as_options(generation, applied.plan.after) == as_options(generation, predicted.plan.after)
    assert same_in_effect(applied.config, predicted.config)

    left = truth(store, api)
    assert same_in_effect(applied.config, left)
    if not wanted.present:
        assert left is None
    else:
        assert left is not None
        for option, value in wanted.given.items():
            assert differences(generation, {**left.settings, option: value}, left.settings) == []

    store.switches.stale_reads = 0
    store._stale.clear()
    again = StoreClient(store, api)
    second, _warnings = run(again, wanted)
    assert second.plan.action == "none"
    assert again.writes == []


def check_told(
    error: ReconcileError, before: Optional[AsyncInvokeConfig], left: Optional[AsyncInvokeConfig], late: bool
) -> None:
    """The error tells what is left; ``late``: reads may lag behind, so that nobody can know."""
    told = str(error)
    if "is there again" in told:
        assert same_in_effect(left, before) or late
    else:
        assert any(words in told for words in ("failed too", "is left", "is not known", "stores something else"))
    if "is not known" in told or "it may be" in told:
        assert (error.left, error.changed) == (None, True)
    elif not late:
        assert same_in_effect(error.left, left)
        assert error.changed != same_in_effect(left, before)


@GENERATIONS
@given(
    service=SERVICES,
    faults=st.dictionaries(st.integers(1, 8), st.sampled_from(FAULTS), max_size=3),
    data=st.data(),
)
def test_a_failed_task_leaves_what_was_there_or_says_what_is_left(
    api: Generation, service: Dict[str, Any], faults: Dict[int, str], data: st.DataObject
) -> None:
    store = account(data.draw(st.none() | settings(api)), api, **service)
    before = truth(store, api)
    wanted = desired(api, **data.draw(task_options(api)))
    try:
        outcome, _warnings = run(StoreClient(store, api, faults=faults), wanted)
    except ReconcileError as error:
        check_told(error, before, truth(store, api), bool(service["stale_reads"]))
    except (ApiError, CredentialError):
        assert same_in_effect(truth(store, api), before) or service["stale_reads"]
    else:
        assert same_in_effect(outcome.config, truth(store, api))


def test_unsetting_recreates_only_where_a_put_leaves_something() -> None:
    for merge, calls, patience in (
        ("merge", ["get", "put", "delete", "put", "get"], READ_LAG),
        ("replace", ["get", "put", "get"], SETTLING),
    ):
        client = StoreClient(account(FULL_STORED, put_merge=merge))
        run(client, desired())
        assert operations(client) == calls
        assert client.patience == [patience]


# What stops a call: the service, the network, or that there is nothing to sign it with.
STOPPED = pytest.mark.parametrize(
    ("fault", "error"),
    [("refused", "not allowed"), ("before", "connection refused"), ("unsigned", "no credential any more")],
)


def names_its_cause(failed: ReconcileError, fault: str) -> bool:
    """Whether a failed task knows the call that failed: where none was made, there is none to know."""
    if fault == "unsigned":
        return failed.cause is None
    return failed.cause is not None and (failed.cause.code == "InvalidArgument") == (fault == "refused")


@STOPPED
@pytest.mark.parametrize("current", [None, FULL_STORED], ids=["none", "full"])
def test_a_put_that_came_to_nothing_fails_with_its_own_error_and_repairs_nothing(
    current: Optional[Dict[str, Any]], fault: str, error: str
) -> None:
    client = StoreClient(account(current), faults={1: fault})
    with pytest.raises((ApiError, CredentialError), match=error):
        run(client, desired(maximum_retry_attempts=7))
    # What was never sent need not be looked for.
    assert operations(client) == ["get", "put", "get"][: 3 if fault == "refused" else 2]


@STOPPED
def test_a_delete_that_came_to_nothing_fails_with_its_own_error(fault: str, error: str) -> None:
    client = StoreClient(account(FULL_STORED), faults={1: fault})
    with pytest.raises((ApiError, CredentialError), match=error):
        run(client, desired(state="absent"))
    assert operations(client) == ["get", "delete", "get"][: 3 if fault == "refused" else 2]


@pytest.mark.parametrize(("fault", "error"), [("refused", "not allowed"), ("after", "connection reset")])
@pytest.mark.parametrize("blind", ["before", "unsigned"])
def test_what_cannot_be_read_back_is_said_to_be_unknown(blind: str, fault: str, error: str) -> None:
    for current, wanted, doubt in (
        (None, desired(**FULL), "Whether it was stored is not known, because reading it back failed too: "),
        (FULL_STORED, desired(state="absent"), "Whether it was removed is not known, because reading it back failed"),
    ):
        with pytest.raises(ReconcileError, match=f"{error}.* {doubt}") as failed:
            run(StoreClient(account(current), faults={1: fault, 2: blind}), wanted)
        assert names_its_cause(failed.value, fault)
        assert (failed.value.left, failed.value.changed) == (None, True)


@STOPPED
@pytest.mark.parametrize("stale_reads", [0, 1])
def test_a_put_that_fails_after_the_delete_puts_the_previous_config_back(
    stale_reads: int, fault: str, error: str
) -> None:
    # The calls: get, put, delete, put. There is only something to unset, so the first put comes to nothing, and a late
    # read after the delete shows the config as it was.
    before = {**FULL_STORED, "stateful_invocation": False}
    store = account(before, stale_reads=stale_reads)
    with pytest.raises(ReconcileError, match=rf"{error}.*The config that was there before is there again\.") as failed:
        run(StoreClient(store, faults={3: fault}), desired(maximum_retry_attempts=1))
    assert names_its_cause(failed.value, fault)
    left = truth(store)
    assert left is not None
    assert differences(FC2, left.settings, before) == []
    assert not failed.value.changed
    assert same_in_effect(failed.value.left, left)


@STOPPED
def test_when_putting_back_fails_too_the_error_shows_what_was_there(fault: str, error: str) -> None:
    with pytest.raises(ReconcileError, match=rf"{error}.* failed too, and it may be gone: .*{error}") as failed:
        run(StoreClient(account(FULL_STORED), faults=dict.fromkeys(range(3, 20), fault)), desired())
    assert '"maximum_event_age_in_seconds": 60' in str(failed.value)
    assert QUEUE in str(failed.value)
    assert (failed.value.left, failed.value.changed) == (None, True)


def test_when_only_writes_fail_the_error_shows_what_is_there_now() -> None:
    # The calls: get, put, delete, put, get, put back, get.
    shown = r"failed too, and what a read shows now is no config: .*not allowed"
    with pytest.raises(ReconcileError, match=shown) as failed:
        run(StoreClient(account(FULL_STORED), faults=dict.fromkeys((3, 5), "refused")), desired())
    assert (failed.value.left, failed.value.changed) == (None, True)


def test_after_a_delete_no_read_that_shows_the_previous_config_is_believed() -> None:
    """It was put back, and only the answer was lost; but such a read may also be late."""
    with pytest.raises(ReconcileError, match=r"failed too, and it may be gone: ") as failed:
        run(StoreClient(account(FULL_STORED), faults={3: "refused", 5: "after"}), desired())
    assert failed.value.left is None
    assert failed.value.changed


def test_a_config_that_is_left_where_there_was_none_is_shown() -> None:
    store = account(altered_field="event_age")
    with pytest.raises(
        ReconcileError, match=r"connection reset.* A config is left that was not there before: {.*mns"
    ) as failed:
        run(StoreClient(store, faults={1: "after"}), desired(**FULL))
    assert same_in_effect(failed.value.left, truth(store))
    assert failed.value.changed


def test_a_config_that_went_away_under_a_failed_put_is_put_back() -> None:
    store = account(FULL_STORED)

    class Rival(StoreClient):
        """Somebody else removes the config, and the first put fails."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" not in operations(self):
                self.store.delete_config(key_of(identity))
                self.faults = {len(self.calls): "refused"}
            return super().put(identity, settings)

    with pytest.raises(ReconcileError, match=r"not allowed.* is there again"):
        run(Rival(store), desired(maximum_retry_attempts=7))
    assert truth(store) is not None


@STOPPED
def test_a_put_that_may_have_been_stored_is_taken_back_where_nothing_can_be_read(fault: str, error: str) -> None:
    """All of it may be there, so what it adds has to be looked for and removed."""
    before = {"maximum_event_age_in_seconds": 60}
    store = account(before)

    class Odd(StoreClient):
        """A put that is carried out and yet fails, and a read behind it that fails too."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" in operations(self):
                return super().put(identity, settings)
            self.faults = {len(self.calls) + 1: fault, len(self.calls) + 2: "before"}
            super().put(identity, settings)
            try:
                return super().put(identity, settings)
            except (ApiError, CredentialError) as failed:
                failed.uncertain = True
                raise

    with pytest.raises(ReconcileError, match=rf"{error}.* is there again\.$") as failed:
        run(Odd(store), desired(**FULL))
    assert names_its_cause(failed.value, fault)
    left = truth(store)
    assert left is not None
    assert differences(FC2, left.settings, before) == []


def test_somebody_elses_config_under_a_failed_put_gives_way_to_the_previous_one() -> None:
    before = {"maximum_event_age_in_seconds": 60}
    store = account(before)

    class Rival(StoreClient):
        """Somebody else adds a destination, and the first put fails."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if "put" not in operations(self):
                self.store.put_config(key_of(identity), request_body(FC2, FULL_STORED))
                self.faults = {len(self.calls): "refused"}
            return super().put(identity, settings)

    with pytest.raises(ReconcileError, match=r"not allowed.* is there again\.$"):
        run(Rival(store), desired(maximum_retry_attempts=7))
    left = truth(store)
    assert left is not None
    assert differences(FC2, left.settings, before) == []


def test_what_cannot_be_put_back_is_shown_beside_what_was_there() -> None:
    store = account(FULL_STORED, altered_field="retry_attempts")
    client = StoreClient(store, faults={1: "after"})
    with pytest.raises(ReconcileError) as failed:
        run(client, desired(**{**FULL, "maximum_retry_attempts": 5}))
    left = truth(store)
    assert left is not None
    now, then = (json.dumps(as_options(FC2, settings)) for settings in (left.settings, FULL_STORED))
    assert str(failed.value).endswith(f" What is left is {now}; before, it was {then}.")
    assert same_in_effect(failed.value.left, left)
    assert failed.value.changed


def test_a_config_that_no_read_shows_fails_the_task() -> None:
    class Blind(StoreClient):
        """What is put does not appear."""

        def get(self, identity: Any) -> Optional[AsyncInvokeConfig]:
            self.calls.append(("get", identity.id))
            return None

    with pytest.raises(ReconcileError, match=r"^s:f:LATEST was put, but Function Compute shows no config there\.$"):
        run(Blind(account(altered_field="event_age")), desired(**FULL))


@pytest.mark.parametrize(("fault", "call"), [("after", 2), ("refused-after", 2), ("refused-after", 3)])
def test_reads_that_are_late_hide_no_delete_and_no_put(fault: str, call: int) -> None:
    """The calls: get, put, delete, put; the one that fails was carried out, and reads show what was there before."""
    before = {**FULL_STORED, "maximum_retry_attempts": 1}
    store = account(before, stale_reads=50)
    with pytest.raises(ReconcileError, match=r"is there again\.$") as failed:
        run(StoreClient(store, faults={call: fault}), desired(maximum_retry_attempts=1))
    assert same_in_effect(failed.value.left, truth(store))
    assert truth(store) is not None
    assert not failed.value.changed


def test_a_restoring_put_that_fails_under_late_reads_is_not_hidden() -> None:
    store = account(FULL_STORED, stale_reads=50)
    with pytest.raises(ReconcileError, match=r"failed too, and it may be gone: ") as failed:
        run(StoreClient(store, faults={3: "refused", 5: "refused"}), desired())
    assert truth(store) is None
    assert failed.value.changed


def test_a_put_that_was_stored_but_answered_with_an_unknown_error_is_found_by_a_late_read() -> None:
    store = account(FULL_STORED, stale_reads=4)
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert same_in_effect(outcome.config, truth(store))
    assert outcome.plan.changed


@pytest.mark.parametrize("code", ["FunctionNotFound", "ServiceNotFound"])
@pytest.mark.parametrize("current", [None, FULL_STORED], ids=["none", "full"])
def test_a_function_that_reads_deny_after_the_put_is_no_proof_that_nothing_changed(
    current: Optional[Dict[str, Any]], code: str
) -> None:
    """As long as the previous config could not be put back, the task says that it may have changed something."""
    store = account(current, altered_field="retry_attempts")

    class Denying(StoreClient):
        """After the first put, no call knows the function."""

        def _ask(self, operation: str, target: str, call: Any) -> Any:
            if self.writes:
                raise NotFound(operation, target, "does not exist", Cause.FINAL, code, 404)
            return super()._ask(operation, target, call)

    with pytest.raises(ReconcileError, match="does not exist") as failed:
        run(Denying(store), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert failed.value.changed
    assert not same_in_effect(
        truth(store), None if current is None else StoreClient(account(current)).get(desired().identity)
    )


@pytest.mark.parametrize("code", ["FunctionNotFound", "ServiceNotFound"])
def test_a_put_that_was_stored_but_denied_the_function_is_found_by_a_read(code: str) -> None:
    store = account(FULL_STORED)

    class Denying(StoreClient):
        """The put is carried out, and its answer says that there is no function."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            super().put(identity, settings, vital)
            raise NotFound("put", identity.id, "does not exist", Cause.FINAL, code, 404)

    outcome, _warnings = run(Denying(store), desired(**{**FULL, "maximum_retry_attempts": 7}))
    assert same_in_effect(outcome.config, truth(store))
    assert outcome.plan.changed


def test_a_function_that_is_gone_before_the_put_is_reported_as_it_is() -> None:
    store = account(FULL_STORED)

    class Gone(StoreClient):
        """The function is removed between the read and the put."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            store.delete_config(key_of(identity))
            raise NotFound("put", identity.id, "does not exist", Cause.FINAL, "FunctionNotFound", 404)

    with pytest.raises(NotFound, match="does not exist"):
        run(Gone(store), desired(**{**FULL, "maximum_retry_attempts": 7}))


def test_only_the_event_age_is_unset_without_a_moment_without_a_config() -> None:
    before = {**FULL_STORED, "maximum_event_age_in_seconds": 3600}
    client = StoreClient(account(before))
    kept = {name: value for name, value in FULL.items() if name != "maximum_event_age_in_seconds"}
    outcome, _warnings = run(client, desired(**kept))
    assert operations(client) == ["get", "put"]
    assert outcome.config is not None
    assert outcome.config.settings["maximum_event_age_in_seconds"] == 86400
    again, _warnings = run(StoreClient(client.store), desired(**kept))
    assert again.plan.action == "none"


def test_an_interrupted_recreation_puts_the_previous_config_back() -> None:
    store = account(FULL_STORED)

    class Interrupted(StoreClient):
        """The task is killed between the delete and the put."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            if len(self.writes) == 2:
                self.calls.append(("put", "interrupted"))
                raise KeyboardInterrupt
            return super().put(identity, settings)

    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(store), desired())
    left = truth(store)
    assert left is not None
    assert differences(FC2, left.settings, FULL_STORED) == []


def test_an_interruption_before_the_delete_takes_back_what_was_put() -> None:
    store = account(FULL_STORED)

    class Interrupted(StoreClient):
        """The task is killed between the put and the delete."""

        def delete(self, identity: Any) -> bool:
            if len(self.writes) == 1:
                self.calls.append(("delete", "interrupted"))
                raise KeyboardInterrupt
            return super().delete(identity)

    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(store), desired(maximum_retry_attempts=7))
    left = truth(store)
    assert left is not None
    assert differences(FC2, left.settings, FULL_STORED) == []


@pytest.mark.parametrize(
    ("field", "option"),
    [
        ("event_age", "maximum_event_age_in_seconds"),
        ("retry_attempts", "maximum_retry_attempts"),
        ("stateful", "stateful_invocation"),
        ("destinations", "destination_config.on_failure.destination"),
    ],
)
def test_a_service_that_stores_something_else_fails_the_task(field: str, option: str) -> None:
    client = StoreClient(account(altered_field=field))
    with pytest.raises(ReconcileError, match="stores something else than declared for s:f:LATEST: .*" + option):
        run(client, desired(**FULL))
    assert client.patience == [SETTLING]


def test_what_is_stored_is_shown_beside_what_was_declared() -> None:
    class Odd(StoreClient):
        """A service that stores two fields otherwise."""

        def put(self, identity: Any, settings: Any, vital: bool = False) -> AsyncInvokeConfig:
            return super().put(identity, {**settings, "maximum_retry_attempts": 8, "stateful_invocation": False})

    store = account()
    with pytest.raises(ReconcileError) as failed:
        run(Odd(store), desired(**FULL))
    left = truth(store)
    assert left is not None
    assert str(failed.value) == (
        "Function Compute stores something else than declared for s:f:LATEST: maximum_retry_attempts is declared as 1, "
        "stored as 8; stateful_invocation is declared as true, stored as false. The config that is there now is "
        f"{json.dumps(as_options(FC2, left.settings))}. Declare what the service can store, or report this."
    )
    assert same_in_effect(failed.value.left, left)
    assert failed.value.changed
    with pytest.raises(ReconcileError, match="stores something else") as failed:
        run(Odd(store), desired(**FULL))
    assert not failed.value.changed


def test_a_put_whose_answer_was_lost_is_a_success() -> None:
    store = account()
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(**FULL))
    assert same_in_effect(outcome.config, truth(store))
    assert outcome.plan.action == "create"


def test_a_delete_whose_answer_was_lost_is_a_success() -> None:
    store = account(FULL_STORED)
    outcome, _warnings = run(StoreClient(store, faults={1: "after"}), desired(state="absent"))
    assert outcome.plan.action == "delete"
    assert truth(store) is None


def test_a_missing_function_fails_for_real_warns_in_check_mode_and_is_absent() -> None:
    nowhere = parse_desired(FC2, {"id": "s:nothing"})
    with pytest.raises(NotFound, match="function 'nothing' does not exist in service 's'"):
        run(StoreClient(account()), nowhere)
    outcome, warnings = run(StoreClient(account()), nowhere, check_mode=True)
    assert outcome.plan.action == "create"
    assert len(warnings) == 1
    assert "'nothing' does not exist" in warnings[0]
    gone, warnings = run(StoreClient(account()), parse_desired(FC2, {"id": "s:nothing", "state": "absent"}), True)
    assert (gone.plan.action, warnings) == ("none", [])


def test_a_function_that_only_reads_do_not_see_yet_is_given_its_config() -> None:
    """The read may lag behind the function's creation: what counts is the answer to the Put."""
    store = account()

    class Late(StoreClient):
        """Reads that do not know the function."""

        def get(self, identity: Any) -> Optional[AsyncInvokeConfig]:
            raise NotFound("get", identity.id, "function 'f' does not exist", Cause.FINAL, "FunctionNotFound", 404)

    outcome, _warnings = run(Late(store), desired())
    assert outcome.plan.action == "create"
    assert truth(store) is not None
