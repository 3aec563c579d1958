# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of bulk reconciliation, its consistency with the single module and the scope of purges."""

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
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.entry import BulkEntry
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import reconcile
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
    """Return an account with two functions that each have an alias and a version (FC 2.0: in each of two services)."""
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


def all_identities(api: Generation) -> list[Identity]:
    """Return the identities of all configs that the account can have."""
    services = SERVICES if api.list_services else (None,)
    return [Identity(f, q, s) for s in services for f in FUNCTIONS for q in QUALIFIERS]


def missing_identities(api: Generation) -> list[Identity]:
    """Return identities whose function, alias or version does not exist."""
    service = SERVICES[0] if api.list_services else None
    return [Identity(*names, service) for names in (("gone", "LATEST"), ("gone", "1"), ("f", "lvie"), ("f", "7"))]


@st.composite
def cases(
    draw: st.DrawFn, with_missing: bool = False
) -> tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]]:
    """Return a generation, the account's existing configs and a task's desired configs."""
    api = draw(st.sampled_from(APIS))
    identities = all_identities(api)
    existing = draw(st.dictionaries(st.sampled_from(identities), random_settings(api), max_size=8))
    candidates = st.sampled_from(identities + missing_identities(api) if with_missing else identities)
    tasks = draw(st.dictionaries(candidates, task_options(api), min_size=1, max_size=6))
    desired = [parse_desired(api, {"id": identity.id, **task}) for identity, task in tasks.items()]
    return api, existing, desired


def store_with(api: Generation, existing: dict[Identity, dict[str, Any]]) -> Store:
    """Return an account with these configs."""
    store = account(api)
    for identity, config in existing.items():
        store.put_config(key_of(identity), request_body(api, config))
    return store


def stored_configs(api: Generation, store: Store) -> dict[str, dict[str, Any]]:
    """Return a dict that maps the IDs of the stored configs to their module options."""
    configs = {identity.id: StoreClient(store, api).get(identity) for identity in all_identities(api)}
    return {name: as_options(api, config.settings) for name, config in configs.items() if config is not None}


def run_bulk(
    client: Any, desired: list[Desired], purge: str = "none", check: bool = False, limit: int | None = None
) -> tuple[list[BulkEntry], list[str]]:
    """Run a bulk task and return its entries and warnings."""
    warnings: list[str] = []
    return Bulk(client, 4, purge, check, warnings.append, Interruption(), limit).run(desired), warnings


def summarize(api: Generation, entries: list[BulkEntry]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return the ID, action and config of each entry."""
    return [
        (
            entry.id,
            entry.plan.action if entry.plan else "",
            as_options(api, entry.config.settings if entry.config else None),
        )
        for entry in entries
    ]


def reconcile_single(client: Any, desired: Desired, check: bool, warnings: set[str]) -> BulkEntry:
    """Reconcile one config in the same way as the single module does and return its entry."""
    try:
        outcome = reconcile(client, desired, check, warnings.add)
    except ApiError as error:
        return BulkEntry(desired.identity.id, plan(desired, None), error=error)
    return BulkEntry(desired.identity.id, outcome.plan, outcome.config)


@settings(max_examples=100, deadline=None)
@given(case=cases(with_missing=True), check=st.booleans())
def test_bulk_module_has_the_same_results_as_the_single_module(
    case: tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]], check: bool
) -> None:
    api, existing, desired = case
    single_store, bulk_store = store_with(api, existing), store_with(api, existing)
    client: Any = StoreClient(single_store, api)
    expected_warnings: set[str] = set()
    expected = [reconcile_single(client, item, check, expected_warnings) for item in desired]
    entries, warnings = run_bulk(StoreClient(bulk_store, api), desired, check=check)
    assert summarize(api, entries) == summarize(api, expected)
    assert [str(entry.error) for entry in entries] == [str(entry.error) for entry in expected]
    assert set(warnings) == expected_warnings
    assert stored_configs(api, bulk_store) == stored_configs(api, single_store)
    assert [entry.changed for entry in entries] == [entry.changed for entry in expected]
    if check:
        assert stored_configs(api, bulk_store) == stored_configs(api, store_with(api, existing))


@settings(max_examples=80, deadline=None)
@given(case=cases(), purge=st.sampled_from(["function", "service", "account"]), check=st.booleans())
def test_purge_removes_only_unlisted_configs_within_its_scope(
    case: tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]], purge: str, check: bool
) -> None:
    api, existing, desired = case
    purge = "function" if purge == "service" and not api.list_services else purge
    store = store_with(api, existing)
    before = stored_configs(api, store)
    entries, warnings = run_bulk(StoreClient(store, api), desired, purge, check)
    assert warnings == []
    listed = {item.identity for item in desired}

    def scope(identity: Identity) -> Any:
        return {"function": identity.function, "service": identity.service_name, "account": None}[purge]

    scopes = {scope(identity) for identity in listed}
    purged = {identity.id for identity in existing if identity not in listed and scope(identity) in scopes}
    assert {entry.id for entry in entries[len(desired) :]} == purged
    assert all(entry.plan is not None and entry.plan.action == "delete" for entry in entries[len(desired) :])
    after = stored_configs(api, store)
    if check:
        assert after == before
        return
    untouched = {identity.id for identity in existing} - purged - {identity.id for identity in listed}
    assert {name: after.get(name) for name in untouched} == {name: before[name] for name in untouched}
    assert set(after) == untouched | {item.identity.id for item in desired if item.present}


@settings(max_examples=100, deadline=None)
@given(
    case=cases(),
    purge=st.sampled_from(["none", "function", "service"]),
    check=st.booleans(),
    limit=st.integers(0, 4) | st.none(),
)
def test_purge_limit_prevents_all_writes_or_has_no_effect(
    case: tuple[Generation, dict[Identity, dict[str, Any]], list[Desired]], purge: str, check: bool, limit: int | None
) -> None:
    api, existing, desired = case
    purge = purge if api.list_services or purge == "none" else "function"
    unlimited = StoreClient(store_with(api, existing), api)
    expected, expected_warnings = run_bulk(unlimited, desired, purge, check)
    client = StoreClient(store_with(api, existing), api)
    number = len(expected) - len(desired)
    if limit is not None and number > limit and not check:
        with pytest.raises(InvalidOption, match=f"^purge_limit: the purge would delete {number} configuration"):
            run_bulk(client, desired, purge, check, limit)
        assert client.writes == []
        return
    entries, warnings = run_bulk(client, desired, purge, check, limit)
    assert summarize(api, entries) == summarize(api, expected)
    assert stored_configs(api, client.store) == stored_configs(api, unlimited.store)
    exceeded = [warning for warning in warnings if warning.startswith("purge_limit: ")]
    assert len(exceeded) == (limit is not None and number > limit)
    assert [warning for warning in warnings if warning not in exceeded] == expected_warnings


@pytest.mark.parametrize(
    ("number", "limit", "problem"),
    [
        (1, 0, "would delete 1 configuration, but the limit is 0: s:f0:LATEST."),
        (2, 1, "would delete 2 configurations, but the limit is 1: s:f0:LATEST, s:f1:LATEST."),
        (
            10,
            9,
            f"would delete 10 configurations, but the limit is 9: {', '.join(f's:f{n}:LATEST' for n in range(10))}.",
        ),
        (
            12,
            5,
            "would delete 12 configurations, but the limit is 5: "
            + ", ".join(f"s:f{n}:LATEST" for n in (0, 10, 11, 1, 2, 3, 4, 5, 6, 7))
            + " and 2 more.",
        ),
    ],
)
def test_exceeded_purge_limit_is_explained(number: int, limit: int, problem: str) -> None:
    store = account(FC2)
    for at in range(number):
        store.create_function("s", f"f{at}")
        store.put_config(key_of(Identity(f"f{at}", "LATEST", "s")), {})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    advice = f"Set purge_limit to none or to at least {number}."
    with pytest.raises(InvalidOption) as caught:
        run_bulk(StoreClient(store), desired, "service", limit=limit)
    assert str(caught.value) == f"purge_limit: the purge {problem} Nothing was changed. {advice}"
    assert len(store.configs) == number
    entries, warnings = run_bulk(StoreClient(store), desired, "service", check=True, limit=limit)
    assert warnings == [f"purge_limit: the purge {problem} {advice} Outside check mode, the task would fail."]
    assert [entry.plan.action for entry in entries if entry.plan] == ["create"] + ["delete"] * number
    run_bulk(StoreClient(store), desired, "service", limit=number)
    assert list(store.configs) == [key_of(Identity("f", "LATEST", "s"))]


def test_absent_entries_are_not_limited() -> None:
    store = store_with(FC2, {Identity("f", name, "s"): {} for name in QUALIFIERS})
    desired = [parse_desired(FC2, {"id": f"s:f:{name}", "state": "absent"}) for name in QUALIFIERS]
    entries, warnings = run_bulk(StoreClient(store), desired, "service", limit=0)
    assert ([entry.error for entry in entries], warnings, store.configs) == ([None] * 3, [], {})


@pytest.mark.parametrize("failing_call", [0, 1, 2])
@pytest.mark.parametrize("check", [False, True])
def test_purge_limit_is_not_checked_if_a_failed_read_prevents_the_purge(failing_call: int, check: bool) -> None:
    store = store_with(FC2, {Identity("g", "LATEST", "s"): {}, Identity("f", "live", "s"): {}})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    # The calls list the functions in the service and then the configs for each function.
    client = StoreClient(store, faults={failing_call: "rejected"})
    entries, warnings = run_bulk(client, desired, "service", check, limit=0)
    assert [entry.error is None for entry in entries].count(False) == 1
    prediction = "The purge was not predicted because some configurations could not be read."
    assert warnings == [prediction if check else "Nothing was purged, because some configurations failed."]
    assert key_of(Identity("g", "LATEST", "s")) in store.configs
    assert key_of(Identity("f", "live", "s")) in store.configs


class FailingClient(StoreClient):
    """A client whose put calls for two functions fail with different errors."""

    def put(self, identity: Identity, settings: Any, vital: bool = False) -> Any:
        if identity.function_name == "function100":
            raise ApiError("put", identity.id, "not allowed", Cause.DENIED, "AccessDenied", 403)
        if identity.function_name == "function500":
            raise ApiError("put", identity.id, "no answer", Cause.CONNECTION)
        return super().put(identity, settings)


def test_failed_entries_do_not_affect_others_and_prevent_the_purge() -> None:
    store = account(FC2)
    for number in range(1000):
        if number != 900:
            store.create_function("t", f"function{number:03}")
    store.put_config(key_of(Identity("f", "LATEST", "t")), {})
    desired = [parse_desired(FC2, {"id": f"t:function{number:03}"}) for number in range(1000)]
    entries, warnings = run_bulk(FailingClient(store), desired, "service")
    failed = {number: str(entry.error) for number, entry in enumerate(entries) if entry.error is not None}
    assert sorted(failed) == [100, 500, 900]
    assert "not allowed" in failed[100]
    assert "no answer" in failed[500]
    assert "function 'function900' does not exist in service 't'" in failed[900]
    assert [entry.id for entry in entries] == [item.identity.id for item in desired]
    assert len(store.configs) == 997 + 1
    assert sum(entry.changed for entry in entries) == 997
    assert warnings == ["Nothing was purged, because some configurations failed."]


@pytest.mark.parametrize("fault", ["before", "rejected"])
def test_purge_is_skipped_if_the_service_cannot_be_listed(fault: str) -> None:
    store = store_with(FC2, {Identity("g", "LATEST", "s"): {}})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    entries, warnings = run_bulk(StoreClient(store, faults={0: fault}), desired, "service")
    assert [(entry.id, entry.error is None) for entry in entries] == [("s:f:LATEST", True), ("s", False)]
    assert len(warnings) == 1
    assert len(store.configs) == 2


def test_purge_is_skipped_if_a_function_cannot_be_listed() -> None:
    store = store_with(FC2, {Identity("g", "LATEST", "s"): {}})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    # The first call lists the functions in the service. The next calls list the configs for each function.
    entries, _warnings = run_bulk(StoreClient(store, faults={2: "rejected"}), desired, "service")
    assert [entry.error is None for entry in entries].count(False) == 1
    assert key_of(Identity("g", "LATEST", "s")) in store.configs


def test_failed_read_is_an_error_of_the_entry_and_changes_nothing() -> None:
    store = store_with(FC2, {})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    entries, _warnings = run_bulk(StoreClient(store, faults={0: "before"}), desired)
    assert entries[0].plan is None
    assert not entries[0].changed
    assert store.configs == {}


@pytest.mark.parametrize("restored", [True, False])
def test_failed_entry_returns_the_stored_config(restored: bool) -> None:
    """Unsetting a destination requires a put, a delete and another put.

    The second put fails, and the restore may also fail.
    """

    class RejectingClient(StoreClient):
        def put(self, identity: Identity, settings: Any, vital: bool = False) -> Any:
            puts = sum(kind == "put" for kind, _target in self.calls)
            if puts == 1 or (puts > 1 and not restored):
                self.faults[len(self.calls)] = "rejected"
            return super().put(identity, settings)

    identity = Identity("f", "LATEST", "s")
    option, queue = (
        "destination_config.on_failure.destination",
        "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages",
    )
    store = store_with(FC2, {identity: {option: queue}})
    (entry,), _warnings = run_bulk(RejectingClient(store), [parse_desired(FC2, {"id": "s:f"})])
    assert isinstance(entry.error, ReconcileError)
    assert (key_of(identity) in store.configs) == restored
    assert entry.changed != restored
    destination = None if entry.config is None else entry.config.settings[option]
    assert destination == (queue if restored else None)


@pytest.mark.parametrize("fault", ["rejected", "no credential"])
@pytest.mark.parametrize("failing_call", [0, 2])
def test_failed_entry_does_not_stop_the_others(fault: str, failing_call: int) -> None:
    store = account(FC2)
    desired = [parse_desired(FC2, {"id": name}) for name in ("s:f", "s:g")]
    entries = Bulk(
        StoreClient(store, faults={failing_call: fault}),  # type: ignore[arg-type]
        1,
        "none",
        False,
        lambda _: None,
        Interruption(),
    ).run(desired)
    assert [entry.error is None for entry in entries] == [False, True]
    assert [key.function for key in store.configs] == ["g"]
    assert entries[0].config is None
    assert not entries[0].changed


class BarrierClient(StoreClient):
    """A client that completes calls only when four calls of the same kind are running concurrently."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.barriers = {kind: threading.Barrier(4, timeout=30) for kind in ("get", "put", "delete", "list")}

    def _call(self, operation: str, target: str, call: Any) -> Any:
        self.barriers[operation].wait()
        return super()._call(operation, target, call)


def test_reads_writes_and_lists_run_concurrently() -> None:
    store = account(FC3)
    for name in ("h", "i"):
        store.create_function(None, name)
    desired = [parse_desired(FC3, {"id": name}) for name in ("f", "g", "h", "i")]
    entries, _warnings = run_bulk(BarrierClient(store, FC3), desired)
    assert [entry.changed for entry in entries] == [True] * 4
    absent = [parse_desired(FC3, {"id": name, "state": "absent"}) for name in ("f", "g", "h", "i")]
    entries, _warnings = run_bulk(BarrierClient(store, FC3), absent)
    assert [entry.changed for entry in entries] == [True] * 4
    listed = [parse_desired(FC2, {"id": f"{name}:LATEST"}) for name in ("s:f", "s:g", "t:f", "t:g")]
    entries, _warnings = run_bulk(BarrierClient(account(FC2)), listed, "function")
    assert [entry.changed for entry in entries] == [True] * 4


def test_configs_of_the_same_function_are_read_with_one_list_request() -> None:
    client = StoreClient(store_with(FC2, {Identity("f", "LATEST", "s"): {}}))
    desired = [parse_desired(FC2, {"id": f"s:f:{name}", "state": "absent"}) for name in ("live", "1")]
    entries, _warnings = run_bulk(client, desired)
    assert [entry.changed for entry in entries] == [False, False]
    assert client.calls == [("list", "s:f")]


def test_purge_ignores_functions_deleted_after_they_were_listed() -> None:
    class StaleListClient(StoreClient):
        """A client that lists a nonexistent function."""

        def functions(self, service_name: str | None) -> list[Function]:
            return [*super().functions(service_name), Function("vanished", service_name)]

    store = store_with(FC2, {Identity("g", name, "s"): {} for name in QUALIFIERS})
    desired = [parse_desired(FC2, {"id": "s:f"})]
    entries, warnings = run_bulk(StaleListClient(store), desired, "service")
    assert warnings == []
    assert [entry.id for entry in entries] == ["s:f:LATEST", "s:g:1", "s:g:LATEST", "s:g:live"]
    assert [key.function for key in store.configs] == ["f"]


@pytest.mark.parametrize("concurrency", [1, 2])
@pytest.mark.parametrize("purge", ["none", "service"])
def test_interrupted_task_reports_completed_entries(concurrency: int, purge: str) -> None:
    """Writes in progress are completed. No other writes are started."""
    if purge == "none":
        store, ids = account(FC2), ["s:f", "s:g", "t:f", "t:g"]
    else:
        store = store_with(FC2, {Identity("f", name, "s"): {} for name in QUALIFIERS})
        ids = ["s:g"]
    interruption = Interruption()
    interrupted_write = 2 if purge == "none" else 3

    class InterruptingClient(StoreClient):
        """A client that triggers two interruptions during a write."""

        def _call(self, operation: str, target: str, call: Any) -> Any:
            response = super()._call(operation, target, call)
            if len(self.writes) == interrupted_write:
                assert not interruption.request("by the test"), "writes must not be cut short"
                assert not interruption.request("by the test again")
            return response

    desired = [parse_desired(FC2, {"id": name}) for name in ids]
    task = Bulk(InterruptingClient(store), concurrency, purge, False, lambda _: None, interruption)  # type: ignore[arg-type]
    entries = task.run(desired)
    assert interruption.reason == "by the test"
    assert len(entries) == 4
    done = [entry for entry in entries if entry.error is None]
    assert len(done) in range(interrupted_write, interrupted_write + concurrency)
    assert all(entry.changed for entry in done)
    for entry in entries:
        stored = StoreClient(store).get(parse_id(FC2, entry.id)) is not None
        assert entry.plan is not None
        if entry.error is None:
            assert stored == (entry.plan.action == "create")
        else:
            assert "the task was interrupted" in str(entry.error)
            assert stored == (entry.plan.action == "delete")
            assert (entry.config is not None) == stored
            assert not entry.changed


def test_check_mode_warns_if_the_function_does_not_exist() -> None:
    desired = [parse_desired(FC2, {"id": f"s:gone:{name}"}) for name in ("LATEST", "1")]
    entries, warnings = run_bulk(StoreClient(account(FC2)), desired, check=True)
    assert [entry.plan.action for entry in entries if entry.plan] == ["create", "create"]
    assert [entry.error for entry in entries] == [None, None]
    assert len(warnings) == 2
    assert all("function 'gone' does not exist" in warning for warning in warnings)


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("purge", ["none", "function", "account"])
def test_missing_functions_aliases_and_versions_are_known_in_check_mode(api: Generation, purge: str) -> None:
    existing = all_identities(api)[0]
    missing = missing_identities(api)
    desired = [parse_desired(api, {"id": one.id}) for one in (existing, *missing)]
    entries, _warnings = run_bulk(StoreClient(account(api), api), desired, purge, check=True)
    assert [entry.not_found is not None for entry in entries] == [False, True, True, True, True]
    codes = [entry.not_found.code for entry in entries if entry.not_found]
    assert codes == ["FunctionNotFound", "FunctionNotFound", "AliasNotFound", "VersionNotFound"]


def test_warnings_about_missing_functions_are_limited() -> None:
    desired = [parse_desired(FC2, {"id": f"s:gone{number}"}) for number in range(12)]
    _entries, warnings = run_bulk(StoreClient(account(FC2)), desired, check=True)
    assert len(warnings) == 11
    assert warnings[-1] == "2 more configurations belong to functions, aliases or versions that do not exist."


@pytest.mark.parametrize(("failing_call", "unread"), [(0, "account"), (1, "s"), (2, "t"), (3, "s:f"), (6, "t:g")])
def test_account_is_not_purged_if_a_part_of_it_cannot_be_read(failing_call: int, unread: str) -> None:
    existing: dict[Identity, dict[str, Any]] = {identity: {} for identity in all_identities(FC2)}
    store = store_with(FC2, existing)
    desired = [parse_desired(FC2, {"id": "t:f", "state": "absent"})]
    warnings: list[str] = []
    client: Any = StoreClient(store, faults={failing_call: "rejected"})
    entries = Bulk(client, 1, "account", False, warnings.append, Interruption()).run(desired)
    assert [(entry.id, entry.error is None) for entry in entries] == [("t:f:LATEST", True), (unread, False)]
    assert len(store.configs) == len(existing) - 1


def test_rejected_write_returns_the_current_config() -> None:
    identity = Identity("f", "LATEST", "s")
    store = store_with(FC2, {identity: {"maximum_retry_attempts": 1}})
    desired = [parse_desired(FC2, {"id": "s:f", "maximum_retry_attempts": 0})]
    (entry,), _warnings = run_bulk(StoreClient(store, faults={1: "rejected"}), desired)
    assert "not allowed" in str(entry.error)
    assert not entry.changed
    assert entry.config is not None
    assert entry.config.settings["maximum_retry_attempts"] == 1
