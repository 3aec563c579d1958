# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying plans out against every behaviour that the service might have, on the emulator's store."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._client import FC2_API, FC3_API, Api, ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    FC2,
    FC3,
    AsyncInvokeConfig,
    Desired,
    as_options,
    differences,
    parse_desired,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile import Outcome, ReconcileError, reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._retry import Cause
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given
from hypothesis import strategies as st

from .store_client import FAULTS, StoreClient, key_of
from .strategies import SERVICES, settings, task_options

GENERATIONS = pytest.mark.parametrize("api", [FC2_API, FC3_API], ids=lambda api: api.generation.name)
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages"
FULL: Dict[str, Any] = {
    "destination_config": {"on_failure": {"destination": QUEUE}},
    "maximum_event_age_in_seconds": 60,
    "maximum_retry_attempts": 1,
    "stateful_invocation": True,
}

GIVEN = parse_desired(FC2, {"id": "s:f", **FULL}).given
FULL_STORED = {known.option: GIVEN.get(known.option) for known in FC2.fields}


def account(current: Optional[Dict[str, Any]] = None, api: Api = FC2_API, **switches: Any) -> Store:
    """An account with the functions s:f (FC 2.0) and f (FC 3.0), and a config where ``current`` says so."""
    store = Store(Switches(), clock=iter(range(10**9)).__next__)
    store.create_service("s")
    store.create_function("s", "f")
    store.create_function(None, "f")
    if current is not None:
        store.put_config(key_of(desired(api).identity), request_body(api.generation, current))
    store.switches.update(switches)
    return store


def desired(api: Api = FC2_API, /, **options: Any) -> Desired:
    """What a task on s:f:LATEST (FC 3.0: f:LATEST) declares."""
    return parse_desired(api.generation, {"id": "s:f" if api is FC2_API else "f", **options})


def run(client: StoreClient, wanted: Desired, check_mode: bool = False) -> Tuple[Outcome, List[str]]:
    """One task, and its warnings."""
    warnings: List[str] = []
    return reconcile(client, wanted, check_mode, warnings.append), warnings  # type: ignore[arg-type]


def truth(store: Store, api: Api = FC2_API) -> Optional[AsyncInvokeConfig]:
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
    api: Api, service: Dict[str, Any], data: st.DataObject
) -> None:
    generation = api.generation
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


@GENERATIONS
@given(
    service=SERVICES,
    faults=st.dictionaries(st.integers(1, 8), st.sampled_from(FAULTS), max_size=3),
    data=st.data(),
)
def test_a_failed_task_leaves_what_was_there_or_says_what_is_left(
    api: Api, service: Dict[str, Any], faults: Dict[int, str], data: st.DataObject
) -> None:
    store = account(data.draw(st.none() | settings(api.generation)), api, **service)
    before = truth(store, api)
    wanted = desired(api, **data.draw(task_options(api.generation)))
    try:
        outcome, _warnings = run(StoreClient(store, api, faults=faults), wanted)
    except ReconcileError as error:
        told = str(error)
        left = truth(store, api)
        if "is there again" in told:
            assert same_in_effect(left, before) or service["stale_reads"]
        else:
            assert any(words in told for words in ("failed too", "is left", "is not known", "stores something else"))
    except ApiError:
        assert same_in_effect(truth(store, api), before) or service["stale_reads"]
    else:
        assert same_in_effect(outcome.config, truth(store, api))


def test_unsetting_recreates_only_where_a_put_leaves_something() -> None:
    for merge, writes in (("merge", ["put", "delete", "put"]), ("replace", ["put"])):
        client = StoreClient(account(FULL_STORED, put_merge=merge))
        run(client, desired())
        assert [operation for operation, _id in client.writes] == writes


def test_a_put_that_fails_after_the_delete_puts_the_previous_config_back() -> None:
    store = account(FULL_STORED)
    # The calls: get, put, delete, put.
    with pytest.raises(ReconcileError, match=r"not allowed.*The config that was there before is there again\."):
        run(StoreClient(store, faults={3: "refused"}), desired())
    left = truth(store)
    assert left is not None
    assert as_options(FC2, left.settings)["maximum_event_age_in_seconds"] == 60


def test_when_putting_back_fails_too_the_error_shows_what_was_there() -> None:
    store = account(FULL_STORED)
    with pytest.raises(ReconcileError, match=r"failed too, and it may be gone: ") as caught:
        run(StoreClient(store, faults=dict.fromkeys(range(3, 20), "refused")), desired())
    assert '"maximum_event_age_in_seconds": 60' in str(caught.value)
    assert QUEUE in str(caught.value)


def test_an_interrupted_recreation_puts_the_previous_config_back() -> None:
    store = account(FULL_STORED)

    class Interrupted(StoreClient):
        """The task is killed between the delete and the put."""

        def put(self, identity: Any, settings: Any) -> AsyncInvokeConfig:
            if len(self.writes) == 2:
                self.calls.append(("put", "interrupted"))
                raise KeyboardInterrupt
            return super().put(identity, settings)

    with pytest.raises(KeyboardInterrupt):
        run(Interrupted(store), desired())
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
    with pytest.raises(ReconcileError, match="stores something else than declared for s:f:LATEST: .*" + option):
        run(StoreClient(account(altered_field=field)), desired(**FULL))


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
