# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of reading many configs from the list of the account instead of with Get."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import request_body
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_result
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile import account_list
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.account_list import WORTHWHILE, find_in_account
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from emulator._store import Store
from emulator._switches import Switches
from hypothesis import given, settings
from hypothesis import strategies as st

from .store_client import FAULTS, StoreClient, key_of
from .strategies import settings as random_settings
from .strategies import task_options
from .test__bulk import run_bulk

CONCURRENCY = 4  # that of run_bulk
FUNCTIONS = [f"f{number}" for number in range(8)]
IDENTITIES = [Identity(function, qualifier) for function in FUNCTIONS for qualifier in ("LATEST", "live", "1")]
MISSING = [Identity("gone"), Identity("f0", "lvie"), Identity("f7", "9")]


def store_with(existing: dict[Identity, dict[str, Any]], switches: dict[str, Any]) -> Store:
    """Return an account with these configs. Each function has an alias and a version."""
    # Concurrent writes have no defined order, so all have the same time.
    store = Store(Switches(**switches), clock=lambda: 0)
    for name in FUNCTIONS:
        store.create_function(None, name)
        store.publish_version(None, function=name)
        store.create_alias(None, "live", "1", function=name)
    for identity, config in existing.items():
        store.put_config(key_of(identity), request_body(FC3, config))
    return store


class GetClient(StoreClient):
    """A client that cannot list the account."""

    lists_account = False


class PagesClient:
    """A client that lists these pages, counts them, and then fails if there is an error."""

    def __init__(self, pages: list[list[Identity]], error: Exception | None = None) -> None:
        self.lists_account = True
        self.requested = 0
        self._pages = pages
        self._error = error

    def optional(self) -> PagesClient:
        return self

    def config_pages(self, function: Function | None) -> Iterator[list[AsyncInvokeConfig]]:
        assert function is None
        for page in self._pages:
            self.requested += 1
            yield [AsyncInvokeConfig(identity, {}) for identity in page]
        if self._error is not None:
            self.requested += 1
            raise self._error


def found_in(client: Any, wanted: list[Identity], concurrency: int = 1) -> list[Identity]:
    """Return the identities of the configs that were found."""
    return list(find_in_account(client, wanted, concurrency, Progress()))


def identities(start: int, end: int, qualifier: str | None = "LATEST") -> list[Identity]:
    """Return the identities of numbered functions."""
    return [Identity(f"f{number}", qualifier) for number in range(start, end)]


@st.composite
def switches(draw: st.DrawFn) -> dict[str, Any]:
    """Return emulator switches for lists."""
    return {
        "function_arn_qualifier": draw(st.booleans()),
        "function_arn_form": draw(st.sampled_from(["colon", "slash"])),
        "empty_list": draw(st.sampled_from(["null", "empty", "missing"])),
        "last_token": draw(st.sampled_from(["empty", "missing"])),
        "unset_destination": draw(st.sampled_from(["null", "halves_null", "nested_null", "empty", "missing"])),
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[Identity, dict[str, Any]], list[Desired]]:
    """Return the configs in an account and the desired configs, some of which have no function."""
    existing = draw(st.dictionaries(st.sampled_from(IDENTITIES), random_settings(FC3), max_size=24))
    tasks = draw(st.dictionaries(st.sampled_from([*IDENTITIES, *MISSING]), task_options(FC3), min_size=1, max_size=16))
    return existing, [parse_desired(FC3, {"id": identity.id, **task}) for identity, task in tasks.items()]


@settings(max_examples=100, deadline=None)
@given(
    case=cases(),
    switches=switches(),
    check=st.booleans(),
    worthwhile=st.integers(1, 4),
    page_size=st.integers(1, 10),
    fault=st.none() | st.tuples(st.integers(0, 4), st.sampled_from(FAULTS)),
)
def test_results_with_the_list_are_the_same_as_with_get(
    case: tuple[dict[Identity, dict[str, Any]], list[Desired]],
    switches: dict[str, Any],
    check: bool,
    worthwhile: int,
    page_size: int,
    fault: tuple[int, str] | None,
) -> None:
    existing, desired = case
    by_get = GetClient(store_with(existing, switches), FC3)
    by_list = StoreClient(store_with(existing, switches), FC3)
    by_list.page_size = page_size
    expected, expected_warnings = run_bulk(by_get, desired, check=check)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_list, "WORTHWHILE", worthwhile)
        if fault is not None:
            patch.setattr(by_list, "config_pages", failing_pages(by_list, *fault))
        entries, warnings = run_bulk(by_list, desired, check=check)
    assert bulk_result(FC3, entries, diff_mode=True) == bulk_result(FC3, expected, diff_mode=True)
    assert sorted(warnings) == sorted(expected_warnings)
    # Concurrent writes store new configurations in any order.
    assert sorted(by_list.store.dump()["configs"], key=str) == sorted(by_get.store.dump()["configs"], key=str)
    assert len(by_list.calls) <= len(by_get.calls) + 1
    if len(desired) <= CONCURRENCY:
        assert sorted(by_list.calls) == sorted(by_get.calls)


def failing_pages(client: StoreClient, number: int, fault: str) -> Any:
    """Return a replacement for ``config_pages`` in which the request for a page fails."""
    config_pages = client.config_pages

    def pages(function: Function | None) -> Iterator[list[AsyncInvokeConfig]]:
        client.faults = {number: fault}
        try:
            yield from config_pages(function)
        finally:
            client.faults = {}

    return pages


@settings(max_examples=100, deadline=None)
@given(
    pages=st.lists(st.lists(st.integers(0, 60), max_size=100), max_size=12),
    wanted=st.integers(1, 60),
    worthwhile=st.integers(1, 12),
)
def test_pages_exceed_the_configs_found_by_at_most_one_in_any_order(
    pages: list[list[int]], wanted: int, worthwhile: int
) -> None:
    client = PagesClient([[Identity(f"f{number}") for number in page] for page in pages])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(account_list, "WORTHWHILE", worthwhile)
        found = found_in(client, identities(0, wanted), concurrency=1)
    shown = {number for page in pages[: client.requested] for number in page if number < wanted}
    assert {identity.function_name for identity in found} == {f"f{number}" for number in shown}
    assert client.requested <= len(found) + 1


@pytest.mark.parametrize(
    ("pages", "requested"),
    [
        pytest.param([identities(n * 100, n * 100 + 100) for n in range(10)], 10, id="all configurations are desired"),
        pytest.param([identities(5000, 5100), *[identities(0, 100)] * 9], 1, id="the first page has none"),
        pytest.param([identities(0, WORTHWHILE - 1), *[identities(10, 110)] * 9], 1, id="the first page has few"),
        pytest.param([identities(0, 100, None), *[identities(0, 100)] * 9], 1, id="the ARNs have no qualifiers"),
        pytest.param([identities(0, 995), *[identities(5000, 5100)] * 9], 1, id="few are missing after a page"),
        pytest.param([identities(0, 970), *[identities(5000, 5100)] * 9], 4, id="some are missing after a page"),
        pytest.param([identities(0, 100), *[identities(5000, 5100)] * 20], 11, id="too many pages have none"),
        pytest.param([[], *[identities(0, 100)] * 9], 1, id="the first page is empty"),
        pytest.param([], 0, id="empty"),
    ],
)
def test_the_list_is_read_as_long_as_it_is_worthwhile(pages: list[list[Identity]], requested: int) -> None:
    client = PagesClient(pages)
    found = found_in(client, identities(0, 1000), concurrency=16)
    assert client.requested == requested
    expected = [identity for page in pages[:requested] for identity in page if identity in set(identities(0, 1000))]
    assert found == list(dict.fromkeys(expected))


@pytest.mark.parametrize(
    "error",
    [
        ApiError("list", "the account", "not authorized", Cause.DENIED, "AccessDenied", 403),
        ApiError("list", "the account", "too many requests", Cause.THROTTLED, "ResourceExhausted", 429),
        CredentialError("no credential available"),
    ],
    ids=["denied", "throttled", "no credential"],
)
def test_configs_on_pages_before_an_error_are_used(error: Exception) -> None:
    client = PagesClient([identities(0, 100)], error)
    assert found_in(client, identities(0, 1000)) == identities(0, 100)
    assert client.requested == 2


def test_few_configs_are_not_read_from_the_list() -> None:
    client = PagesClient([identities(0, 100)])
    assert found_in(client, identities(0, 16), concurrency=16) == []
    assert client.requested == 0
    assert found_in(client, identities(0, 17), concurrency=16) == identities(0, 17)


def test_fc2_configs_are_not_read_from_the_list() -> None:
    client: Any = StoreClient(Store(Switches()), FC2)
    assert found_in(client, [Identity("f", "LATEST", "s"), Identity("g", "LATEST", "s")]) == []
    assert client.calls == []


def test_configs_that_are_listed_with_different_settings_are_read_with_get() -> None:
    class ContradictoryClient(PagesClient):
        def config_pages(self, function: Function | None) -> Iterator[list[AsyncInvokeConfig]]:
            first, second = super().config_pages(function)
            first[3] = AsyncInvokeConfig(first[3].identity, {"maximum_retry_attempts": 1})
            yield first
            yield second

    client = ContradictoryClient([identities(0, 30), identities(0, 60)])
    assert set(found_in(client, identities(0, 90))) == {*identities(0, 60)} - {Identity("f3", "LATEST")}
