# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many configs at once do what the single module does one by one, and a purge stays in its scope."""

from __future__ import annotations

from typing import Any, Dict, List, Set, Tuple

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._bulk import Bulk, Entry
from ansible_collections.alicloud.fc.plugins.module_utils._client import FC2_API, FC3_API, Api, ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    Desired,
    Identity,
    as_options,
    parse_desired,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile import ReconcileError, reconcile
from ansible_collections.alicloud.fc.plugins.module_utils._retry import Cause
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given, settings
from hypothesis import strategies as st

from .store_client import StoreClient, key_of
from .strategies import settings as random_settings
from .strategies import task_options

APIS = (FC2_API, FC3_API)
SERVICES, FUNCTIONS, QUALIFIERS = ("s", "t"), ("f", "g"), ("LATEST", "live", "1")


def account(api: Api) -> Store:
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


def identities(api: Api) -> List[Identity]:
    """Every config that the account can hold."""
    services = SERVICES if api.list_services else (None,)
    return [Identity(f, q, s) for s in services for f in FUNCTIONS for q in QUALIFIERS]


@st.composite
def cases(draw: st.DrawFn) -> Tuple[Api, Dict[Identity, Dict[str, Any]], List[Desired]]:
    """A generation, the configs that its account holds, and a list that a task declares."""
    api = draw(st.sampled_from(APIS))
    every = st.sampled_from(identities(api))
    held = draw(st.dictionaries(every, random_settings(api.generation), max_size=8))
    declared = draw(st.dictionaries(every, task_options(api.generation), min_size=1, max_size=6))
    desired = [parse_desired(api.generation, {"id": one.id, **task}) for one, task in declared.items()]
    return api, held, desired


def holding(api: Api, held: Dict[Identity, Dict[str, Any]]) -> Store:
    """An account with these configs."""
    store = account(api)
    for identity, config in held.items():
        store.put_config(key_of(identity), request_body(api.generation, config))
    return store


def truth(api: Api, store: Store) -> Dict[str, Dict[str, Any]]:
    """What is stored, as options."""
    found = {one.id: StoreClient(store, api).get(one) for one in identities(api)}
    return {name: as_options(api.generation, one.settings) for name, one in found.items() if one is not None}


def bulk(
    client: Any, desired: List[Desired], purge: str = "none", check: bool = False
) -> Tuple[List[Entry], List[str]]:
    """One run, and its warnings."""
    warnings: List[str] = []
    return Bulk(client, 4, purge, check, warnings.append).run(desired), warnings


def shown(api: Api, entries: List[Entry]) -> List[Tuple[str, str, Dict[str, Any]]]:
    """Id, action and config of each entry."""
    return [
        (
            entry.id,
            entry.plan.action if entry.plan else "",
            as_options(api.generation, entry.config.settings if entry.config else None),
        )
        for entry in entries
    ]


@settings(max_examples=60, deadline=None)
@given(case=cases(), check=st.booleans())
def test_many_are_as_one_by_one(case: Tuple[Api, Dict[Identity, Dict[str, Any]], List[Desired]], check: bool) -> None:
    api, held, desired = case
    one_by_one, at_once = holding(api, held), holding(api, held)
    client: Any = StoreClient(one_by_one, api)
    singles = []
    for one in desired:
        outcome = reconcile(client, one, check, lambda _warning: None)
        singles.append(Entry(one.identity.id, outcome.plan, outcome.config))
    entries, _warnings = bulk(StoreClient(at_once, api), desired, check=check)
    assert shown(api, entries) == shown(api, singles)
    assert truth(api, at_once) == truth(api, one_by_one)
    assert [entry.changed for entry in entries] == [entry.changed for entry in singles]
    if check:
        assert truth(api, at_once) == truth(api, holding(api, held))


@settings(max_examples=80, deadline=None)
@given(case=cases(), scope=st.sampled_from(["function", "service"]), check=st.booleans())
def test_a_purge_removes_what_is_not_named_in_its_scope_and_nothing_else(
    case: Tuple[Api, Dict[Identity, Dict[str, Any]], List[Desired]], scope: str, check: bool
) -> None:
    api, held, desired = case
    scope = scope if api.list_services else "function"
    store = holding(api, held)
    before = truth(api, store)
    entries, warnings = bulk(StoreClient(store, api), desired, scope, check)
    assert warnings == []
    named = {one.identity for one in desired}
    inside: Set[Any] = {one.function if scope == "function" else one.service_name for one in named}
    condemned = {
        one.id
        for one in held
        if one not in named and (one.function if scope == "function" else one.service_name) in inside
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

    def put(self, identity: Identity, settings: Any) -> Any:
        if identity.function_name == "function100":
            raise ApiError("put", identity.id, "not allowed", Cause.DENIED, "AccessDenied", 403)
        if identity.function_name == "function500":
            raise ApiError("put", identity.id, "no answer", Cause.LOST)
        return super().put(identity, settings)


def test_three_of_a_thousand_fail_and_nothing_is_purged() -> None:
    store = account(FC2_API)
    for number in range(1000):
        if number != 900:
            store.create_function("t", f"function{number:03}")
    store.put_config(key_of(Identity("f", "LATEST", "t")), {})
    wanted = [parse_desired(FC2_API.generation, {"id": f"t:function{number:03}"}) for number in range(1000)]
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
    store = holding(FC2_API, {Identity("g", "LATEST", "s"): {}})
    wanted = [parse_desired(FC2_API.generation, {"id": "s:f"})]
    entries, warnings = bulk(StoreClient(store, faults={0: fault}), wanted, "service")
    assert [(entry.id, entry.error is None) for entry in entries] == [("s:f:LATEST", True), ("s", False)]
    assert len(warnings) == 1
    assert len(store.configs) == 2


def test_a_function_of_the_service_that_cannot_be_listed_stops_the_purge() -> None:
    store = holding(FC2_API, {Identity("g", "LATEST", "s"): {}})
    wanted = [parse_desired(FC2_API.generation, {"id": "s:f"})]
    # The calls: the service's functions, then each function's configs.
    entries, _warnings = bulk(StoreClient(store, faults={2: "refused"}), wanted, "service")
    assert [entry.error is None for entry in entries].count(False) == 1
    assert key_of(Identity("g", "LATEST", "s")) in store.configs


def test_what_could_not_be_read_is_an_error_of_its_entry_and_changes_nothing() -> None:
    store = holding(FC2_API, {})
    wanted = [parse_desired(FC2_API.generation, {"id": "s:f"})]
    entries, _warnings = bulk(StoreClient(store, faults={0: "before"}), wanted)
    assert entries[0].plan is None
    assert not entries[0].changed
    assert store.configs == {}


def test_a_failed_entry_that_left_something_behind_is_a_change() -> None:
    entry = Entry("s:f:LATEST", error=ReconcileError("something is left"))
    assert entry.changed
