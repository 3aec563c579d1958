# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many configs at once do what the single module does one by one, and a purge stays in its scope."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity, parse_id
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import plan
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import request_body
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk, BulkEntry
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given, settings
from hypothesis import strategies as st

from .store_client import StoreClient, key_of
from .strategies import settings as random_settings
from .strategies import task_options

APIS = (FC2, FC3)
SERVICES, FUNCTIONS, QUALIFIERS = ("s", "t"), ("f", "g"), ("LATEST", "live", "1")


def account(api: Generation) -> Store:
    """Two services (where there are any) with two functions each, all with an alias and a version."""
    store = Store(Switches(), clock=iter(range(10**9)).__next__)
    for service in SERVICES if api.list_services else (None,):
        if service is not None:
            store.create_service(service)
        for function in FUNCTIONS:
            store.create_function(service, function)
            if service is None:
                store.publish_version(None, function=function)
                store.create_alias(None, "live", "1", function=function)
        if service is not None:
            store.publish_version(service)
            store.create_alias(service, "live", "1")
    return store


def identities(api: Generation) -> list[Identity]:
    """Every config that the account can hold."""
    services = SERVICES if api.list_services else (None,)
    return [Identity(f, q, s) for s in services for f in FUNCTIONS for q in QUALIFIERS]


def missing(api: Generation) -> list[Identity]:
    """Configs that cannot be: the function, the alias or the version is not there."""
    service = SERVICES[0] if api.list_services else None
    return [Identity(*names, service) for names in (("gone", "LATEST"), ("gone", "1"), ("f", "lvie"), ("f", "7"))]


@st.composite
def cases(
    draw: st.DrawFn, with_missing: bool = False
) -> tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]]:
    """A generation, the configs that its account holds, and a list that a task declares."""
    api = draw(st.sampled_from(APIS))
    every = identities(api)
    held = draw(st.dictionaries(st.sampled_from(every), random_settings(api), max_size=8))
    nameable = st.sampled_from(every + missing(api) if with_missing else every)
    declared = draw(st.dictionaries(nameable, task_options(api), min_size=1, max_size=6))
    desired = [parse_desired(api, {"id": one.id, **task}) for one, task in declared.items()]
    return api, held, desired


def holding(api: Generation, held: dict[Identity, dict[str, Any]]) -> Store:
    """An account with these configs."""
    store = account(api)
    for identity, config in held.items():
        store.put_config(key_of(identity), request_body(api, config))
    return store


def truth(api: Generation, store: Store) -> dict[str, dict[str, Any]]:
    """What is stored, as options."""
    found = {one.id: StoreClient(store, api).get(one) for one in identities(api)}
    return {name: as_options(api, one.settings) for name, one in found.items() if one is not None}


def bulk(
    client: Any, desired: list[Desired], purge: str = "none", check: bool = False
) -> tuple[list[BulkEntry], list[str]]:
    """One run, and its warnings."""
    warnings: list[str] = []
    return Bulk(client, 4, purge, check, warnings.append, Interruption()).run(desired), warnings


def shown(api: Generation, entries: list[BulkEntry]) -> list[tuple[str, str, dict[str, Any]]]:
    """Id, action and config of each entry."""
    return [
        (
            entry.id,
            entry.plan.action if entry.plan else "",
            as_options(api, entry.config.settings if entry.config else None),
        )
        for entry in entries
    ]


def single(client: Any, desired: Desired, check: bool, warnings: set[str]) -> BulkEntry:
    """What the single module does, as an entry."""
    try:
        outcome = reconcile(client, desired, check, warnings.add)
    except ApiError as error:
        return BulkEntry(desired.identity.id, plan(desired, None), error=error)
    return BulkEntry(desired.identity.id, outcome.plan, outcome.config)


@settings(max_examples=100, deadline=None)
@given(case=cases(with_missing=True), check=st.booleans())
def test_many_are_as_one_by_one(
    case: tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]], check: bool
) -> None:
    api, held, desired = case
    one_by_one, at_once = holding(api, held), holding(api, held)
    client: Any = StoreClient(one_by_one, api)
    told: set[str] = set()
    singles = [single(client, one, check, told) for one in desired]
    entries, warnings = bulk(StoreClient(at_once, api), desired, check=check)
    assert shown(api, entries) == shown(api, singles)
    assert [str(entry.error) for entry in entries] == [str(entry.error) for entry in singles]
    assert set(warnings) == told
    assert truth(api, at_once) == truth(api, one_by_one)
    assert [entry.changed for entry in entries] == [entry.changed for entry in singles]
    if check:
        assert truth(api, at_once) == truth(api, holding(api, held))


@settings(max_examples=80, deadline=None)
@given(case=cases(), wanted=st.sampled_from(["function", "service"]), check=st.booleans())
def test_a_purge_removes_what_is_not_named_in_its_scope_and_nothing_else(
    case: tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]], wanted: str, check: bool
) -> None:
    api, held, desired = case
    wanted = wanted if api.list_services else "function"
    store = holding(api, held)
    before = truth(api, store)
    entries, warnings = bulk(StoreClient(store, api), desired, wanted, check)
    assert warnings == []
    named = {one.identity for one in desired}
    inside: set[Any] = {one.function if wanted == "function" else one.service_name for one in named}
    condemned = {
        one.id
        for one in held
        if one not in named and (one.function if wanted == "function" else one.service_name) in inside
    }
    assert {entry.id for entry in entries[len(desired) :]} == condemned
    assert all(entry.plan is not None and entry.plan.action == "delete" for entry in entries[len(desired) :])
    after = truth(api, store)
    if check:
        assert after == before
        return
    untouched = {one.id for one in held} - condemned - {one.id for one in named}
    assert {name: after.get(name) for name in untouched} == {name: before[name] for name in untouched}
    assert set(after) == untouched | {one.identity.id for one in desired if one.present}


class Failing(StoreClient):
    """Fails for some functions, each in its own way."""

    def put(self, identity: Identity, settings: Any, vital: bool = False) -> Any:
        if identity.function_name == "function100":
            raise ApiError("put", identity.id, "not allowed", Cause.DENIED, "AccessDenied", 403)
        if identity.function_name == "function500":
            raise ApiError("put", identity.id, "no answer", Cause.CONNECTION)
        return super().put(identity, settings)


def test_three_of_a_thousand_fail_and_nothing_is_purged() -> None:
    store = account(FC2)
    for number in range(1000):
        if number != 900:
            store.create_function("t", f"function{number:03}")
    store.put_config(key_of(Identity("f", "LATEST", "t")), {})
    wanted = [parse_desired(FC2, {"id": f"t:function{number:03}"}) for number in range(1000)]
    entries, warnings = bulk(Failing(store), wanted, "service")
    failed = {number: str(entry.error) for number, entry in enumerate(entries) if entry.error is not None}
    assert sorted(failed) == [100, 500, 900]
    assert "not allowed" in failed[100]
    assert "no answer" in failed[500]
    assert "function 'function900' does not exist in service 't'" in failed[900]
    assert [entry.id for entry in entries] == [one.identity.id for one in wanted]
    assert len(store.configs) == 997 + 1
    assert sum(entry.changed for entry in entries) == 997
    assert warnings == ["Nothing was purged, because not everything could be read and brought to what was declared."]


@pytest.mark.parametrize("fault", ["before", "refused"])
def test_a_service_that_cannot_be_listed_stops_the_purge(fault: str) -> None:
    store = holding(FC2, {Identity("g", "LATEST", "s"): {}})
    wanted = [parse_desired(FC2, {"id": "s:f"})]
    entries, warnings = bulk(StoreClient(store, faults={0: fault}), wanted, "service")
    assert [(entry.id, entry.error is None) for entry in entries] == [("s:f:LATEST", True), ("s", False)]
    assert len(warnings) == 1
    assert len(store.configs) == 2


def test_a_function_of_the_service_that_cannot_be_listed_stops_the_purge() -> None:
    store = holding(FC2, {Identity("g", "LATEST", "s"): {}})
    wanted = [parse_desired(FC2, {"id": "s:f"})]
    # The calls: the service's functions, then each function's configs.
    entries, _warnings = bulk(StoreClient(store, faults={2: "refused"}), wanted, "service")
    assert [entry.error is None for entry in entries].count(False) == 1
    assert key_of(Identity("g", "LATEST", "s")) in store.configs


def test_what_could_not_be_read_is_an_error_of_its_entry_and_changes_nothing() -> None:
    store = holding(FC2, {})
    wanted = [parse_desired(FC2, {"id": "s:f"})]
    entries, _warnings = bulk(StoreClient(store, faults={0: "before"}), wanted)
    assert entries[0].plan is None
    assert not entries[0].changed
    assert store.configs == {}


@pytest.mark.parametrize("put_back", [True, False])
def test_a_failed_entry_tells_what_is_there_now(put_back: bool) -> None:
    """A destination has to go: the config is put, deleted, and then the second put fails, or all of them do."""

    class Refusing(StoreClient):
        def put(self, identity: Identity, settings: Any, vital: bool = False) -> Any:
            done = sum(kind == "put" for kind, _target in self.calls)
            if done == 1 or (done > 1 and not put_back):
                self.faults[len(self.calls)] = "refused"
            return super().put(identity, settings)

    identity = Identity("f", "LATEST", "s")
    option, queue = (
        "destination_config.on_failure.destination",
        "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages",
    )
    store = holding(FC2, {identity: {option: queue}})
    (entry,), _warnings = bulk(Refusing(store), [parse_desired(FC2, {"id": "s:f"})])
    assert isinstance(entry.error, ReconcileError)
    assert (key_of(identity) in store.configs) == put_back
    assert entry.changed != put_back
    left = None if entry.config is None else entry.config.settings[option]
    assert left == (queue if put_back else None)


@pytest.mark.parametrize("fault", ["refused", "unsigned"])
@pytest.mark.parametrize("call", [0, 2])
def test_a_failure_of_one_leaves_the_others_to_be_done(fault: str, call: int) -> None:
    store = account(FC2)
    wanted = [parse_desired(FC2, {"id": name}) for name in ("s:f", "s:g")]
    entries = Bulk(
        StoreClient(store, faults={call: fault}),  # type: ignore[arg-type]
        1,
        "none",
        False,
        lambda _: None,
        Interruption(),
    ).run(wanted)
    assert [entry.error is None for entry in entries] == [False, True]
    assert [key.function for key in store.configs] == ["g"]
    assert entries[0].config is None
    assert not entries[0].changed


class Meeting(StoreClient):
    """Reads, writes and lists wait for each other: four of a kind have to be under way at once."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.barriers = {kind: threading.Barrier(4, timeout=30) for kind in ("get", "put", "delete", "list")}

    def _ask(self, operation: str, target: str, call: Any) -> Any:
        self.barriers[operation].wait()
        return super()._ask(operation, target, call)


def test_reads_writes_and_lists_are_made_at_once() -> None:
    store = account(FC3)
    for name in ("h", "i"):
        store.create_function(None, name)
    wanted = [parse_desired(FC3, {"id": name}) for name in ("f", "g", "h", "i")]
    entries, _warnings = bulk(Meeting(store, FC3), wanted)
    assert [entry.changed for entry in entries] == [True] * 4
    absent = [parse_desired(FC3, {"id": name, "state": "absent"}) for name in ("f", "g", "h", "i")]
    entries, _warnings = bulk(Meeting(store, FC3), absent)
    assert [entry.changed for entry in entries] == [True] * 4
    everywhere = [parse_desired(FC2, {"id": f"{name}:LATEST"}) for name in ("s:f", "s:g", "t:f", "t:g")]
    entries, _warnings = bulk(Meeting(account(FC2)), everywhere, "function")
    assert [entry.changed for entry in entries] == [True] * 4


def test_several_configs_of_a_function_are_read_with_one_list() -> None:
    client = StoreClient(holding(FC2, {Identity("f", "LATEST", "s"): {}}))
    wanted = [parse_desired(FC2, {"id": f"s:f:{name}", "state": "absent"}) for name in ("live", "1")]
    entries, _warnings = bulk(client, wanted)
    assert [entry.changed for entry in entries] == [False, False]
    assert client.calls == [("list", "s:f")]


def test_a_function_that_vanished_does_not_stop_a_purge() -> None:
    class Vanishing(StoreClient):
        """A function is listed that is gone when its configs are listed."""

        def functions(self, service_name: str | None) -> list[Function]:
            return [*super().functions(service_name), Function("vanished", service_name)]

    store = holding(FC2, {Identity("g", name, "s"): {} for name in QUALIFIERS})
    wanted = [parse_desired(FC2, {"id": "s:f"})]
    entries, warnings = bulk(Vanishing(store), wanted, "service")
    assert warnings == []
    assert [entry.id for entry in entries] == ["s:f:LATEST", "s:g:1", "s:g:LATEST", "s:g:live"]
    assert [key.function for key in store.configs] == ["f"]


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize("purge", ["none", "service"])
def test_an_interrupted_task_tells_what_it_did(concurrency: int, purge: str) -> None:
    """What is being written or purged is finished; nothing is begun after it."""
    if purge == "none":
        store, ids = account(FC2), ["s:f", "s:g", "t:f", "t:g"]
    else:
        store = holding(FC2, {Identity("f", name, "s"): {} for name in QUALIFIERS})
        ids = ["s:g"]
    interruption = Interruption()
    during = 2 if purge == "none" else 3

    class Interrupting(StoreClient):
        """A signal comes while the second is written, and another while that is dealt with."""

        def _ask(self, operation: str, target: str, call: Any) -> Any:
            answer = super()._ask(operation, target, call)
            if len(self.writes) == during:
                assert not interruption.request("by the test"), "while it writes, nothing is cut off"
                assert not interruption.request("by the test again")
            return answer

    wanted = [parse_desired(FC2, {"id": name}) for name in ids]
    task = Bulk(Interrupting(store), concurrency, purge, False, lambda _: None, interruption)  # type: ignore[arg-type]
    entries = task.run(wanted)
    assert interruption.reason == "by the test"
    assert len(entries) == 4
    done = [entry for entry in entries if entry.error is None]
    assert len(done) in range(during, during + concurrency)
    assert all(entry.changed for entry in done)
    for entry in entries:
        stored = StoreClient(store).get(parse_id(FC2, entry.id)) is not None
        assert entry.plan is not None
        if entry.error is None:
            assert stored == (entry.plan.action == "create")
        else:
            assert "the task was interrupted before" in str(entry.error)
            assert stored == (entry.plan.action == "delete")
            assert (entry.config is not None) == stored
            assert not entry.changed


def test_check_mode_predicts_and_warns_where_a_list_finds_no_function() -> None:
    wanted = [parse_desired(FC2, {"id": f"s:gone:{name}"}) for name in ("LATEST", "1")]
    entries, warnings = bulk(StoreClient(account(FC2)), wanted, check=True)
    assert [entry.plan.action for entry in entries if entry.plan] == ["create", "create"]
    assert [entry.error for entry in entries] == [None, None]
    assert len(warnings) == 2
    assert all("function 'gone' does not exist" in warning for warning in warnings)


def test_where_a_write_is_refused_what_was_there_is_shown() -> None:
    identity = Identity("f", "LATEST", "s")
    store = holding(FC2, {identity: {"maximum_retry_attempts": 1}})
    wanted = [parse_desired(FC2, {"id": "s:f", "maximum_retry_attempts": 0})]
    (entry,), _warnings = bulk(StoreClient(store, faults={1: "refused"}), wanted)
    assert "not allowed" in str(entry.error)
    assert not entry.changed
    assert entry.config is not None
    assert entry.config.settings["maximum_retry_attempts"] == 1
