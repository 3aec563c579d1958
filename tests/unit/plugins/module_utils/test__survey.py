# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there: one config, or those of a function, a service or the account."""

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
from .test__bulk import APIS, holding, identities


def read_result(client: Any, **wanted: Any) -> ReadResult:
    """What a surveyor finds in a scope."""
    return ConfigReader(client, 4).read(Filter(**wanted))


def found(result: ReadResult) -> list[str]:
    """The ids of the configs that were found."""
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
def test_a_survey_finds_what_matches_and_nothing_else(
    api: Generation,
    data: st.DataObject,
    service: str | None,
    services: list[str],
    functions: list[str],
    arn_qualifier: bool,
) -> None:
    held: dict[Identity, dict[str, Any]] = data.draw(
        st.dictionaries(st.sampled_from(identities(api)), random_settings(api), max_size=8)
    )
    store = holding(api, held)
    store.switches.function_arn_qualifier = arn_qualifier
    narrowed: dict[str, Any] = {"functions": tuple(functions)}
    if api.list_services and service:
        narrowed["service_name"] = service
    elif api.list_services:
        narrowed["services"] = tuple(services)
    result = read_result(StoreClient(store, api), unconfigured=True, **narrowed)

    def matches(name: str | None, patterns: Any) -> bool:
        return not patterns or any(fnmatch.fnmatchcase(name or "", pattern) for pattern in patterns)

    def inside(one: Identity) -> bool:
        right_service = one.service_name == service if narrowed.get("service_name") else True
        return (
            right_service
            and matches(one.service_name, narrowed.get("services"))
            and matches(one.function_name, functions)
        )

    assert found(result) == sorted(one.id for one in held if inside(one))
    configured = {one.function for one in held}
    every = {one.function for one in identities(api) if inside(one)}
    assert result.unconfigured == sorted(one.id for one in every - configured)
    assert result.unreadable == []


@pytest.mark.parametrize("api", APIS)
def test_one_config_one_function_and_none(api: Generation) -> None:
    first = identities(api)[1]
    store = holding(api, {first: {}, identities(api)[0]: {}})
    client = StoreClient(store, api)
    assert found(read_result(client, identity=first)) == [first.id]
    assert found(read_result(client, identity=identities(api)[2])) == []
    assert found(read_result(client, identity=Identity("missing", "LATEST", first.service_name))) == []
    names = {"service_name": first.service_name, "function_name": first.function_name}
    assert found(read_result(client, **names)) == sorted([first.id, identities(api)[0].id])
    assert found(read_result(client, **{**names, "function_name": "missing"})) == []


@pytest.mark.parametrize(("call", "unreadable"), [(1, "s"), (2, "t"), (3, "s:f"), (6, "t:g")])
def test_what_cannot_be_read_is_listed_with_its_error(call: int, unreadable: str) -> None:
    held: dict[Identity, dict[str, Any]] = {one: {} for one in identities(FC2)}
    client = StoreClient(holding(FC2, held), faults={call: "refused"})
    result = ConfigReader(client, 1).read(Filter(unconfigured=True))  # type: ignore[arg-type]
    assert [(one.id, "not allowed" in str(one.error)) for one in result.unreadable] == [(unreadable, True)]
    assert found(result) == sorted(one.id for one in held if not (one.id + ":").startswith(unreadable + ":"))
    assert result.unconfigured == []


@pytest.mark.parametrize("wanted", [{"service_name": "s"}, {"service_name": "s", "function_name": "f"}])
def test_what_was_asked_for_by_name_has_to_be_readable(wanted: dict[str, str]) -> None:
    client = StoreClient(holding(FC2, {}), faults={0: "refused"})
    with pytest.raises(ApiError, match="not allowed"):
        read_result(client, **wanted)


def test_qualifiers_that_a_list_leaves_open_are_found_out_with_as_few_calls_as_need_be() -> None:
    function = Function("f")
    client = StoreClient(holding(FC3, {Identity("f", "LATEST"): {}}), FC3)
    reader = ConfigReader(client, 1)  # type: ignore[arg-type]
    assert [config.identity.id for config in reader.configs_of(function)] == ["f:LATEST"]
    assert client.calls == [("list", "f"), ("get", "f:LATEST")]


def test_a_function_of_which_an_empty_list_is_shown_may_not_be_there() -> None:
    class Polite(StoreClient):
        def configs(self, function: Function | None) -> list[AsyncInvokeConfig]:
            try:
                return super().configs(function)
            except NotFound:
                return []

    client = Polite(holding(FC3, {}), FC3)
    for name, without in (("f", ["f"]), ("ghost", [])):
        assert read_result(client, function_name=name, unconfigured=True).unconfigured == without
        assert read_result(client, identity=Identity(name, "LATEST"), unconfigured=True).unconfigured == without
