# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of reading a single config and of reading all configs of a function, a service or the account."""

from __future__ import annotations

import fnmatch
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter, ReadResult
from hypothesis import given, settings
from hypothesis import strategies as st

from .store_client import StoreClient
from .strategies import settings as random_settings
from .test__bulk import APIS, all_identities, store_with


def read_result(client: Any, **filters: Any) -> ReadResult:
    """Read the configs that match a filter."""
    return ConfigReader(client, 4).read(Filter(**filters))


def config_ids(result: ReadResult) -> list[str]:
    """Return the IDs of the configs that were read."""
    return [config.identity.id for config in result.configs]


@settings(max_examples=80, deadline=None)
@given(
    api=st.sampled_from(APIS),
    data=st.data(),
    service=st.none() | st.sampled_from(["s", "t", "missing"]),
    services=st.lists(st.sampled_from(["s", "?", "x*"]), max_size=2),
    functions=st.lists(st.sampled_from(["f", "[g]", "*", "x"]), max_size=2),
    arn_qualifier=st.booleans(),
)
def test_reader_returns_exactly_the_configs_that_match_the_filter(
    api: Generation,
    data: st.DataObject,
    service: str | None,
    services: list[str],
    functions: list[str],
    arn_qualifier: bool,
) -> None:
    existing: dict[Identity, dict[str, Any]] = data.draw(
        st.dictionaries(st.sampled_from(all_identities(api)), random_settings(api), max_size=8)
    )
    store = store_with(api, existing)
    store.switches.function_arn_qualifier = arn_qualifier
    filters: dict[str, Any] = {"functions": tuple(functions)}
    if api.list_services and service:
        filters["service_name"] = service
    elif api.list_services:
        filters["services"] = tuple(services)
    result = read_result(StoreClient(store, api), unconfigured=True, **filters)

    def matches(name: str | None, patterns: Any) -> bool:
        return not patterns or any(fnmatch.fnmatchcase(name or "", pattern) for pattern in patterns)

    def in_scope(identity: Identity) -> bool:
        service_matches = identity.service_name == service if filters.get("service_name") else True
        return (
            service_matches
            and matches(identity.service_name, filters.get("services"))
            and matches(identity.function_name, functions)
        )

    assert config_ids(result) == sorted(identity.id for identity in existing if in_scope(identity))
    configured = {identity.function for identity in existing}
    functions_in_scope = {identity.function for identity in all_identities(api) if in_scope(identity)}
    assert result.unconfigured == sorted(identity.id for identity in functions_in_scope - configured)
    assert result.unreadable == []


@pytest.mark.parametrize("api", APIS)
def test_read_by_config_and_by_function(api: Generation) -> None:
    first = all_identities(api)[1]
    store = store_with(api, {first: {}, all_identities(api)[0]: {}})
    client = StoreClient(store, api)
    assert config_ids(read_result(client, identity=first)) == [first.id]
    assert config_ids(read_result(client, identity=all_identities(api)[2])) == []
    assert config_ids(read_result(client, identity=Identity("missing", "LATEST", first.service_name))) == []
    options = {"service_name": first.service_name, "function_name": first.function_name}
    assert config_ids(read_result(client, **options)) == sorted([first.id, all_identities(api)[0].id])
    assert config_ids(read_result(client, **{**options, "function_name": "missing"})) == []


@pytest.mark.parametrize(("call", "unreadable"), [(1, "s"), (2, "t"), (3, "s:f"), (6, "t:g")])
def test_unreadable_resources_are_reported_with_their_errors(call: int, unreadable: str) -> None:
    existing: dict[Identity, dict[str, Any]] = {identity: {} for identity in all_identities(FC2)}
    client = StoreClient(store_with(FC2, existing), faults={call: "rejected"})
    result = ConfigReader(client, 1).read(Filter(unconfigured=True))  # type: ignore[arg-type]
    assert [(item.id, "not allowed" in str(item.error)) for item in result.unreadable] == [(unreadable, True)]
    assert config_ids(result) == sorted(
        identity.id for identity in existing if not (identity.id + ":").startswith(unreadable + ":")
    )
    assert result.unconfigured == []


@pytest.mark.parametrize("filters", [{"service_name": "s"}, {"service_name": "s", "function_name": "f"}])
def test_failure_to_read_a_named_resource_is_an_error(filters: dict[str, str]) -> None:
    client = StoreClient(store_with(FC2, {}), faults={0: "rejected"})
    with pytest.raises(ApiError, match="not allowed"):
        read_result(client, **filters)


def test_qualifiers_missing_in_lists_are_determined_with_the_fewest_calls() -> None:
    function = Function("f")
    client = StoreClient(store_with(FC3, {Identity("f", "LATEST"): {}}), FC3)
    reader = ConfigReader(client, 1)  # type: ignore[arg-type]
    assert [config.identity.id for config in reader.configs_of(function)] == ["f:LATEST"]
    assert client.calls == [("list", "f"), ("get", "f:LATEST")]


def test_functions_with_empty_lists_are_checked_for_existence() -> None:
    class EmptyListClient(StoreClient):
        """A client that returns an empty list if the function does not exist."""

        def configs(self, function: Function | None) -> list[AsyncInvokeConfig]:
            try:
                return super().configs(function)
            except NotFound:
                return []

    client = EmptyListClient(store_with(FC3, {}), FC3)
    for name, unconfigured in (("f", ["f"]), ("ghost", [])):
        assert read_result(client, function_name=name, unconfigured=True).unconfigured == unconfigured
        assert read_result(client, identity=Identity(name, "LATEST"), unconfigured=True).unconfigured == unconfigured


@pytest.mark.parametrize("unconfigured", [False, True])
@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"identity": Identity("gone", "LATEST", "s")}, "FunctionNotFound"),
        ({"identity": Identity("f", "gone", "s")}, "AliasNotFound"),
        ({"identity": Identity("f", "LATEST", "gone")}, "ServiceNotFound"),
        ({"service_name": "gone"}, "ServiceNotFound"),
        ({"service_name": "s", "function_name": "gone"}, "FunctionNotFound"),
        ({"services": ("gone",)}, None),
        ({"functions": ("gone",)}, None),
        ({"identity": Identity("f", "LATEST", "s")}, None),
    ],
)
def test_resources_that_the_task_names_must_exist(
    filters: dict[str, Any], code: str | None, unconfigured: bool
) -> None:
    result = read_result(StoreClient(store_with(FC2, {}), FC2), unconfigured=unconfigured, **filters)
    assert result.configs == []
    assert (result.not_found.code if result.not_found else None) == code
