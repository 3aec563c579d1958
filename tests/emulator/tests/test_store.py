# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The service behavior that each switch controls."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import ConfigKey, FcError, Store, Switches
from emulator._model import ALIAS2, ALIAS3, FUNCTION2, FUNCTION3, SERVICE, VERSION2, VERSION3, StoredConfig
from emulator._store import _dump_config

QUEUE = "acs:mns:cn-hangzhou:1:/queues/q/messages"
TOPIC = "acs:mns:cn-hangzhou:1:/topics/t/messages"
KEY = ConfigKey("s", "f", "LATEST")
KEY3 = ConfigKey(None, "f", "LATEST")
FULL = {
    "destinationConfig": {"onSuccess": {"destination": TOPIC}, "onFailure": {"destination": QUEUE}},
    "maxAsyncEventAgeInSeconds": 60,
    "maxAsyncRetryAttempts": 0,
    "statefulInvocation": True,
}


class Clock:
    """A clock that tests can set."""

    def __init__(self) -> None:
        self.now = 1599705902.0  # 2020-09-10T02:45:02Z

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store(clock: Clock) -> Store:
    return make_store(clock=clock)


def make_store(clock: Any = None, **switches: Any) -> Store:
    """Return a store with one function per generation. Each function has version 1 and the ``live`` alias."""
    chosen = Switches()
    chosen.update(switches)
    store = Store(chosen, **({"clock": clock} if clock else {}))
    store.create_service("s")
    store.create_function("s", "f")
    store.create_alias("s", "live", store.publish_version("s"))
    store.create_function(None, "f")
    store.create_alias(None, "live", store.publish_version(None, function="f"), function="f")
    return store


def error_of(call: Any, *arguments: Any, **options: Any) -> tuple[int, str, str]:
    """Return the status, code and message from the error that a call raises."""
    with pytest.raises(FcError) as refused:
        call(*arguments, **options)
    return refused.value.status, refused.value.code, refused.value.message


def test_fields_of_both_generations(store: Store) -> None:
    assert store.put_config(KEY, FULL) == {
        "service": "s",
        "function": "f",
        "qualifier": "LATEST",
        "createdTime": "2020-09-10T02:45:02Z",
        "lastModifiedTime": "2020-09-10T02:45:02Z",
        **FULL,
    }
    body3 = {name: value for name, value in FULL.items() if name != "statefulInvocation"}
    assert store.put_config(KEY3, {**body3, "asyncTask": True}) == {
        "functionArn": "acs:fc:cn-hangzhou:1234567890123456:functions/f",
        "createdTime": "2020-09-10T02:45:02Z",
        "lastModifiedTime": "2020-09-10T02:45:02Z",
        **body3,
        "asyncTask": True,
    }


def test_field_names_are_case_insensitive_and_unknown_fields_ignored(store: Store) -> None:
    shown = store.put_config(
        KEY, {"DestinationConfig": {"OnFailure": {"Destination": QUEUE}}, "MAXASYNCRETRYATTEMPTS": 1, "functionName": 7}
    )
    assert shown["destinationConfig"]["onFailure"] == {"destination": QUEUE}
    assert shown["maxAsyncRetryAttempts"] == 1


def test_created_and_modified_times(store: Store, clock: Clock) -> None:
    store.put_config(KEY, FULL)
    clock.now += 60
    shown = store.put_config(KEY, {"maxAsyncRetryAttempts": 1})
    assert (shown["createdTime"], shown["lastModifiedTime"]) == ("2020-09-10T02:45:02Z", "2020-09-10T02:46:02Z")


@pytest.mark.parametrize(("moves", "expected"), [(True, "2020-09-10T02:46:02Z"), (False, "2020-09-10T02:45:02Z")])
def test_modified_on_noop(clock: Clock, moves: bool, expected: str) -> None:
    store = make_store(clock, modified_on_noop=moves)
    store.put_config(KEY, FULL)
    clock.now += 60
    assert store.put_config(KEY, FULL)["lastModifiedTime"] == expected


# -- semantics of PUT --------------------------------------------------------------------------------------------------

HALF = {"destinationConfig": {"onSuccess": {"destination": TOPIC}}}


@pytest.mark.parametrize(
    ("mode", "failure", "age"), [("merge", None, 60), ("merge_nested", QUEUE, 60), ("replace", None, None)]
)
def test_put_merge(mode: str, failure: str | None, age: int | None) -> None:
    store = make_store(put_merge=mode)
    store.put_config(KEY, FULL)
    store.put_config(KEY, HALF)
    stored = store.configs[KEY]
    assert (stored.on_success, stored.on_failure, stored.event_age) == (TOPIC, failure, age)


@pytest.mark.parametrize(("mode", "age", "success"), [("absent", 60, TOPIC), ("clears", None, None)])
def test_explicit_null(mode: str, age: int | None, success: str | None) -> None:
    store = make_store(explicit_null=mode)
    store.put_config(KEY, FULL)
    store.put_config(KEY, {"maxAsyncEventAgeInSeconds": None, "destinationConfig": None})
    assert (store.configs[KEY].event_age, store.configs[KEY].on_success) == (age, success)


@pytest.mark.parametrize("mode", ["merge", "merge_nested"])
def test_null_for_one_destination(mode: str) -> None:
    store = make_store(put_merge=mode)
    store.put_config(KEY, FULL)
    store.put_config(KEY, {"destinationConfig": {"onSuccess": None, "onFailure": {"destination": QUEUE}}})
    assert store.configs[KEY].on_success == (TOPIC if mode == "merge_nested" else None)


def test_null_clears_one_destination() -> None:
    store = make_store(put_merge="merge_nested", explicit_null="clears")
    store.put_config(KEY, FULL)
    store.put_config(KEY, {"destinationConfig": {"onSuccess": None}})
    assert (store.configs[KEY].on_success, store.configs[KEY].on_failure) == (None, QUEUE)


@pytest.mark.parametrize("empty", [{}, {"onSuccess": None, "onFailure": None}])
@pytest.mark.parametrize("mode", ["merge", "merge_nested"])
def test_empty_destination_config(mode: str, empty: dict[str, Any]) -> None:
    destinations = {}
    for behavior in ("clears", "ignored"):
        store = make_store(put_merge=mode, empty_destination_config=behavior)
        store.put_config(KEY, FULL)
        store.put_config(KEY, {"destinationConfig": empty})
        destinations[behavior] = (store.configs[KEY].on_success, store.configs[KEY].on_failure)
    assert destinations == {"clears": (None, None), "ignored": (TOPIC, QUEUE)}
    refusing = make_store(put_merge=mode, empty_destination_config="refused")
    assert error_of(refusing.put_config, KEY, {"destinationConfig": empty})[:2] == (400, "InvalidDestinationResources")


@pytest.mark.parametrize("half", [{}, {"destination": None}, {"destination": ""}])
def test_empty_destination(half: dict[str, Any]) -> None:
    assert error_of(make_store().put_config, KEY, {"destinationConfig": {"onSuccess": half}}) == (
        400,
        "InvalidDestinationResources",
        "The destination resource is invalid: destination can't be empty.",
    )
    accepting = make_store(empty_destination="accepted")
    accepting.put_config(KEY, FULL)
    accepting.put_config(KEY, {"destinationConfig": {"onSuccess": half}})
    assert accepting.configs[KEY].on_success is None


# -- format of responses -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mode", "neither", "one"),
    [
        ("null", {"destinationConfig": None}, {"onSuccess": {"destination": TOPIC}, "onFailure": None}),
        (
            "halves_null",
            {"destinationConfig": {"onSuccess": None, "onFailure": None}},
            {"onSuccess": {"destination": TOPIC}, "onFailure": None},
        ),
        (
            "nested_null",
            {"destinationConfig": {"onSuccess": {"destination": None}, "onFailure": {"destination": None}}},
            {"onSuccess": {"destination": TOPIC}, "onFailure": {"destination": None}},
        ),
        ("empty", {"destinationConfig": {}}, {"onSuccess": {"destination": TOPIC}, "onFailure": {}}),
        ("missing", {}, {"onSuccess": {"destination": TOPIC}}),
    ],
)
def test_unset_destination(mode: str, neither: dict[str, Any], one: dict[str, Any]) -> None:
    store = make_store(unset_destination=mode)
    shown = store.put_config(KEY, {})
    assert {name: value for name, value in shown.items() if name == "destinationConfig"} == neither
    assert store.put_config(KEY, HALF)["destinationConfig"] == one


@pytest.mark.parametrize(
    ("switch", "field", "default"),
    [
        ("unset_event_age", "maxAsyncEventAgeInSeconds", 86400),
        ("unset_retry_attempts", "maxAsyncRetryAttempts", 3),
        ("unset_stateful", "statefulInvocation", False),
    ],
)
def test_unset_values(switch: str, field: str, default: object) -> None:
    assert make_store(**{switch: "null"}).put_config(KEY, {})[field] is None
    assert make_store(**{switch: "default"}).put_config(KEY, {})[field] == default
    assert field not in make_store(**{switch: "missing"}).put_config(KEY, {})
    stored = make_store(**{switch: "default"})
    stored.put_config(KEY, {})
    assert stored.configs[KEY] == stored.configs[KEY].__class__(
        created=stored.configs[KEY].created, modified=stored.configs[KEY].modified
    )


def test_put_answer_echo() -> None:
    store = make_store(put_answer="echo")
    store.put_config(KEY, FULL)
    shown = store.put_config(KEY, {"maxAsyncRetryAttempts": 1})
    assert (shown["maxAsyncRetryAttempts"], shown["maxAsyncEventAgeInSeconds"]) == (1, None)
    assert store.get_config(KEY)["maxAsyncEventAgeInSeconds"] == 60


@pytest.mark.parametrize(("mode", "expected"), [("LATEST", "LATEST"), ("empty", "")])
def test_absent_qualifier(mode: str, expected: str) -> None:
    store = make_store(absent_qualifier=mode)
    absent = ConfigKey("s", "f")
    assert store.put_config(absent, {})["qualifier"] == expected
    assert store.get_config(absent)["qualifier"] == expected
    assert store.get_config(KEY)["qualifier"] == "LATEST"
    assert list(store.configs) == [KEY]


@pytest.mark.parametrize(
    ("form", "qualified", "expected"),
    [
        ("colon", False, "acs:fc:cn-hangzhou:1234567890123456:functions/f"),
        ("colon", True, "acs:fc:cn-hangzhou:1234567890123456:functions/f/live"),
        ("slash", False, "acs:fc:cn-hangzhou:1234567890123456/functions/f"),
        ("slash", True, "acs:fc:cn-hangzhou:1234567890123456/functions/f/live"),
    ],
)
def test_function_arn_form(form: str, qualified: bool, expected: str) -> None:
    store = make_store(function_arn_form=form, function_arn_qualifier=qualified)
    assert store.put_config(ConfigKey(None, "f", "live"), {})["functionArn"] == expected


@pytest.mark.parametrize(
    ("sent", "expanded"),
    [
        ("acs:mns:::/queues/q/messages", "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages"),
        ("acs:mns:cn-beijing::/queues/a:b", "acs:mns:cn-beijing:1234567890123456:/queues/a:b"),
        ("acs:mns::42:/queues/q/messages", "acs:mns:cn-hangzhou:42:/queues/q/messages"),
    ],
)
def test_empty_arn_parts(sent: str, expanded: str) -> None:
    for mode, expected in (("stored", sent), ("expanded", expanded)):
        store = make_store(empty_arn_parts=mode)
        shown = store.put_config(KEY, {"destinationConfig": {"onSuccess": {"destination": sent}}})
        assert shown["destinationConfig"]["onSuccess"]["destination"] == expected


@pytest.mark.parametrize("field", ["destinations", "event_age", "retry_attempts", "stateful"])
def test_altered_field(field: str) -> None:
    plain, altering = make_store(), make_store(altered_field=field)
    sent, stored = plain.put_config(KEY, FULL), altering.put_config(KEY, FULL)
    wire = {
        "destinations": "destinationConfig",
        "event_age": "maxAsyncEventAgeInSeconds",
        "retry_attempts": "maxAsyncRetryAttempts",
        "stateful": "statefulInvocation",
    }[field]
    assert {name for name in FULL if sent[name] != stored[name]} == {wire}


def test_altered_retry_attempts_are_in_range() -> None:
    store = make_store(altered_field="retry_attempts")
    assert store.put_config(KEY, {"maxAsyncRetryAttempts": 8})["maxAsyncRetryAttempts"] == 0


# -- errors ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        (ConfigKey("x", "f"), (404, "ServiceNotFound", "service 'x' does not exist")),
        (ConfigKey("s", "x"), (404, "FunctionNotFound", "function 'x' does not exist in service 's'")),
        (ConfigKey(None, "x"), (404, "FunctionNotFound", "function 'x' does not exist.")),
        (ConfigKey("s", "f", "x"), (404, "AliasNotFound", "alias x of service s does not exist")),
        (ConfigKey("s", "f", "7"), (404, "VersionNotFound", "version '7' of service 's' does not exist")),
    ],
)
def test_missing_resource(store: Store, key: ConfigKey, expected: tuple[int, str, str]) -> None:
    assert error_of(store.put_config, key, {}) == expected
    assert error_of(store.get_config, key) == expected
    assert error_of(store.delete_config, key) == expected


def test_missing_config(store: Store) -> None:
    expected = (404, "AsyncConfigNotExists", "AsyncConfig for s:f does not exist.")
    assert error_of(store.get_config, KEY) == expected
    assert error_of(store.delete_config, KEY) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"maxAsyncRetryAttempts": 9},
        {"maxAsyncRetryAttempts": -1},
        {"maxAsyncRetryAttempts": "1"},
        {"maxAsyncRetryAttempts": True},
        {"maxAsyncRetryAttempts": 1.0},
        {"maxAsyncEventAgeInSeconds": 0},
        {"maxAsyncEventAgeInSeconds": 2592001},
        {"statefulInvocation": "true"},
        {"statefulInvocation": 1},
        {"destinationConfig": "x"},
        {"destinationConfig": {"onSuccess": "x"}},
        {"destinationConfig": {"onSuccess": {"destination": 1}}},
        [],
        "x",
    ],
)
def test_invalid_values(store: Store, body: Any) -> None:
    assert error_of(store.put_config, KEY, body)[:2] == (400, "InvalidArgument")
    assert store.configs == {}


@pytest.mark.parametrize("arn", ["x", "acs:mns:r:a", "arn:mns:r:a:b", "acs::r:a:b", "acs:mns:r:a:"])
def test_destination_must_be_arn(store: Store, arn: str) -> None:
    body = {"destinationConfig": {"onFailure": {"destination": arn}}}
    assert error_of(store.put_config, KEY, body)[:2] == (400, "InvalidDestinationResources")


def test_max_event_age() -> None:
    store = make_store(max_event_age=604800)
    assert store.put_config(KEY, {"maxAsyncEventAgeInSeconds": 604800})["maxAsyncEventAgeInSeconds"] == 604800
    assert error_of(store.put_config, KEY, {"maxAsyncEventAgeInSeconds": 604801})[:2] == (400, "InvalidArgument")


def test_delete_missing() -> None:
    store = make_store(delete_missing="no_content")
    store.put_config(KEY, {})
    assert store.delete_config(KEY) is True
    assert store.delete_config(KEY) is False
    assert store.delete_config(ConfigKey("s", "f", "x")) is False


def test_missing_function_read() -> None:
    store = make_store(missing_function_read="AsyncConfigNotExists")
    assert error_of(store.get_config, ConfigKey("x", "f"))[1] == "AsyncConfigNotExists"
    assert error_of(store.get_config, ConfigKey(None, "x"))[1] == "AsyncConfigNotExists"
    assert error_of(store.put_config, ConfigKey("s", "x"), {})[1] == "FunctionNotFound"


def test_missing_alias_read() -> None:
    store = make_store(missing_alias_read="AsyncConfigNotExists")
    assert error_of(store.get_config, ConfigKey("s", "f", "x"))[1] == "AsyncConfigNotExists"
    assert error_of(store.delete_config, ConfigKey("s", "f", "7"))[1] == "AsyncConfigNotExists"


@pytest.mark.parametrize("function_read", ["FunctionNotFound", "AsyncConfigNotExists"])
@pytest.mark.parametrize("alias_read", ["AliasNotFound", "AsyncConfigNotExists"])
def test_missing_function_read_and_missing_alias_read_are_independent(function_read: str, alias_read: str) -> None:
    store = make_store(missing_function_read=function_read, missing_alias_read=alias_read)
    assert error_of(store.get_config, ConfigKey("s", "x"))[1] == function_read
    assert error_of(store.get_config, ConfigKey("s", "f", "x"))[1] == alias_read


def test_alias_must_exist() -> None:
    store = make_store(alias_must_exist=False)
    key = ConfigKey("s", "f", "later")
    store.put_config(key, {"maxAsyncRetryAttempts": 1})
    assert store.get_config(key)["maxAsyncRetryAttempts"] == 1


@pytest.mark.parametrize(
    ("destination", "refused"),
    [
        ("acs:fc:cn-hangzhou:1:services/s/functions/f", False),
        ("acs:fc:cn-hangzhou:1:services/s.live/functions/f", False),
        ("acs:fc:cn-hangzhou:1:functions/f", False),
        ("acs:fc:cn-hangzhou:1:functions/f/live", False),
        (QUEUE, False),
        ("acs:fc:cn-hangzhou:1:services/s/functions/x", True),
        ("acs:fc:cn-hangzhou:1:services/x/functions/f", True),
        ("acs:fc:cn-hangzhou:1:functions/x", True),
    ],
)
def test_destinations_checked(destination: str, refused: bool) -> None:
    body = {"destinationConfig": {"onSuccess": {"destination": destination}}}
    make_store().put_config(KEY, body)
    checking = make_store(destinations_checked=True)
    if refused:
        assert error_of(checking.put_config, KEY, body)[:2] == (400, "InvalidDestinationResources")
    else:
        checking.put_config(KEY, body)


# -- lists -------------------------------------------------------------------------------------------------------------


def pages(store: Store, service: str | None, function: str | None, limit: int) -> tuple[list[Any], list[str]]:
    """Read all pages of a List and return the configurations and tokens."""
    configs: list[Any] = []
    tokens = [""]
    while (tokens[-1] or len(tokens) == 1) and len(tokens) < 1000:
        page = store.list_configs(service, function, limit=limit, token=tokens[-1])
        configs += page["configs"] or []
        tokens.append(page.get("nextToken", ""))
    return configs, tokens[1:]


def test_list_configs_of_function(store: Store) -> None:
    for qualifier in ("live", "LATEST", "1"):
        store.put_config(ConfigKey("s", "f", qualifier), {})
    configs, tokens = pages(store, "s", "f", 1)
    assert [config["qualifier"] for config in configs] == ["1", "LATEST", "live"]
    assert tokens == ["LATEST", "live", ""]


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 99, 100, 101, 250])
@pytest.mark.parametrize("limit", [1, 20, 100])
def test_list_configs_of_account(count: int, limit: int) -> None:
    store = Store(Switches())
    for number in range(count):
        store.create_function(None, f"f{number}")
        store.put_config(ConfigKey(None, f"f{number}"), {})
    configs, tokens = pages(store, None, None, limit)
    assert sorted(config["functionArn"] for config in configs) == sorted(
        f"acs:fc:cn-hangzhou:1234567890123456:functions/f{number}" for number in range(count)
    )
    assert len(tokens) == max(1, -(-count // limit))


@pytest.mark.parametrize("limit", [0, 101])
def test_invalid_page_size(store: Store, limit: int) -> None:
    assert error_of(store.list_configs, "s", "f", limit=limit)[:2] == (400, "InvalidArgument")


def test_default_page_size() -> None:
    store = Store(Switches())
    for number in range(25):
        store.create_service(f"s{number}")
    assert len(store.page(SERVICE, ())["services"]) == 20


@pytest.mark.parametrize(
    ("mode", "expected"), [("null", {"configs": None}), ("empty", {"configs": []}), ("missing", {})]
)
def test_empty_list(mode: str, expected: dict[str, Any]) -> None:
    assert make_store(empty_list=mode, last_token="missing").list_configs("s", "f") == expected
    assert make_store(empty_list=mode).list_configs("s", "f") == {**expected, "nextToken": ""}


def test_list_versions_in_both_directions(store: Store) -> None:
    for _number in range(11):
        store.publish_version("s")
    forward = store.page(VERSION2, ("s",), limit=3)
    assert [version["versionId"] for version in forward["versions"]] == ["1", "2", "3"]
    assert forward["nextToken"] == "4"
    backward = store.page(VERSION2, ("s",), limit=3, backward=True, token="11")
    assert [version["versionId"] for version in backward["versions"]] == ["11", "10", "9"]
    assert backward["nextToken"] == "8"


def test_list_with_prefix_and_start(store: Store) -> None:
    for name in ("a1", "a2", "b1"):
        store.create_function("s", name)
    page = store.page(FUNCTION2, ("s",), prefix="a", start="a2")
    assert [function["functionName"] for function in page["functions"]] == ["a2"]


# -- stale reads -------------------------------------------------------------------------------------------------------


def test_stale_reads_after_writes() -> None:
    store = make_store(stale_reads=2)
    assert store.put_config(KEY, {"maxAsyncRetryAttempts": 1})["maxAsyncRetryAttempts"] == 1
    for _read in range(2):
        assert error_of(store.get_config, KEY)[1] == "AsyncConfigNotExists"
    assert store.get_config(KEY)["maxAsyncRetryAttempts"] == 1
    store.delete_config(KEY)
    for _read in range(2):
        assert store.get_config(KEY)["maxAsyncRetryAttempts"] == 1
    assert error_of(store.get_config, KEY)[1] == "AsyncConfigNotExists"


def test_stale_lists() -> None:
    store = make_store(stale_reads=1)
    store.put_config(KEY, {"maxAsyncRetryAttempts": 1})
    assert store.list_configs("s", "f")["configs"] is None
    assert len(store.list_configs("s", "f")["configs"]) == 1
    store.delete_config(KEY)
    assert store.list_configs("s", "f")["configs"][0]["maxAsyncRetryAttempts"] == 1
    assert store.list_configs("s", "f")["configs"] is None


def test_deleted_function_has_no_stale_reads() -> None:
    store = make_store(stale_reads=5)
    store.put_config(KEY, {"maxAsyncRetryAttempts": 1})
    store.put_config(KEY, {"maxAsyncRetryAttempts": 2})
    store.delete(FUNCTION2, ("s",), "f")
    store.create_function("s", "f")
    assert error_of(store.get_config, KEY)[1] == "AsyncConfigNotExists"


def test_stale_reads_can_be_disabled() -> None:
    store = make_store(stale_reads=5)
    store.put_config(KEY, {"maxAsyncRetryAttempts": 1})
    store.switches.stale_reads = 0
    store.put_config(KEY, {"maxAsyncRetryAttempts": 2})
    assert store.get_config(KEY)["maxAsyncRetryAttempts"] == 2


# -- resources ---------------------------------------------------------------------------------------------------------


def test_resource_already_exists(store: Store) -> None:
    assert error_of(store.create_service, "s") == (409, "ServiceAlreadyExists", "service 's' already exists")
    assert error_of(store.create_function, "s", "f") == (
        409,
        "FunctionAlreadyExists",
        "function 'f' already exists in service 's'",
    )
    assert error_of(store.create_alias, "s", "live", "1") == (
        409,
        "AliasAlreadyExists",
        "alias live of service s already exists",
    )


def test_parent_does_not_exist(store: Store) -> None:
    assert error_of(store.create_function, "x", "f")[1] == "ServiceNotFound"
    assert error_of(store.publish_version, "x")[1] == "ServiceNotFound"
    assert error_of(store.publish_version, None, function="x")[1] == "FunctionNotFound"
    assert error_of(store.create_alias, "s", "next", "7")[1] == "VersionNotFound"
    assert error_of(store.create_service, "")[:2] == (400, "InvalidArgument")


def test_version_numbers_are_not_reused(store: Store) -> None:
    store.delete(VERSION2, ("s",), "1")
    assert store.publish_version("s") == "2"


def test_service_and_function_with_same_name() -> None:
    store = Store(Switches())
    store.create_service("same")
    store.create_function(None, "same")
    assert (store.publish_version("same"), store.publish_version(None, function="same")) == ("1", "1")


def test_created_resource_has_id_and_times(store: Store) -> None:
    shown = store.create_function("s", "g", {"runtime": "python3.10"})
    assert (shown["functionName"], shown["runtime"]) == ("g", "python3.10")
    assert (shown["createdTime"], shown["lastModifiedTime"]) == ("2020-09-10T02:45:02Z", "2020-09-10T02:45:02Z")
    assert shown["functionId"] != store.create_function("s", "h")["functionId"]
    assert "versionId" in store.create_alias("s", "next", "LATEST")


def test_operations_on_missing_resource(store: Store) -> None:
    expected = (404, "FunctionNotFound", "function 'x' does not exist in service 's'")
    assert error_of(store.get, FUNCTION2, ("s",), "x") == expected
    assert error_of(store.update, FUNCTION2, ("s",), "x", {}) == expected
    assert error_of(store.delete, FUNCTION2, ("s",), "x") == expected
    for kind in (FUNCTION2, VERSION2, ALIAS2):
        assert error_of(store.page, kind, ("x",))[1] == "ServiceNotFound"
    for kind in (VERSION3, ALIAS3):
        assert error_of(store.page, kind, ("x",))[1] == "FunctionNotFound"


def test_delete_includes_children() -> None:
    store = Store(Switches())
    for owner in ("a", "b"):
        store.create_service(owner)
        store.create_alias(owner, "live", store.publish_version(owner))
        store.create_function(None, owner)
        store.create_alias(None, "live", store.publish_version(None, function=owner), function=owner)
    store.delete(SERVICE, (), "a")
    store.delete(FUNCTION3, (), "b")
    remaining = {"versions": ["1"], "aliases": {"live": "1"}}
    assert store.dump() == {
        "services": {"b": {"functions": [], **remaining}},
        "functions": {"a": remaining},
        "configs": [],
    }
    store.create_service("a")
    store.create_function(None, "b")
    assert store.page(ALIAS2, ("a",))["aliases"] == []
    assert store.page(VERSION3, ("b",))["versions"] == []


def test_update_merges_attributes(store: Store, clock: Clock) -> None:
    store.update(FUNCTION2, ("s",), "f", {"timeout": 10})
    clock.now += 1
    shown = store.update(FUNCTION2, ("s",), "f", {"memorySize": 128, "functionName": "other"})
    assert (shown["timeout"], shown["memorySize"], shown["functionName"]) == (10, 128, "f")
    assert shown["lastModifiedTime"] == "2020-09-10T02:45:03Z"


def test_service_not_empty(store: Store) -> None:
    assert error_of(store.delete, SERVICE, (), "s")[:2] == (409, "ServiceNotEmpty")
    store.delete(FUNCTION2, ("s",), "f")
    store.delete(SERVICE, (), "s")
    store.create_service("s")
    assert error_of(store.get, ALIAS2, ("s",), "live")[1] == "AliasNotFound"


@pytest.mark.parametrize("mode", ["removed", "kept"])
def test_orphaned_configs_of_function(mode: str) -> None:
    store = make_store(orphaned_configs=mode)
    for key, kind, parents in ((KEY, FUNCTION2, ("s",)), (KEY3, FUNCTION3, ())):
        store.put_config(key, {"maxAsyncRetryAttempts": 1})
        store.delete(kind, parents, "f")
        assert error_of(store.get_config, key)[1] == "FunctionNotFound"
        store.create_function(key.service, "f")
        assert (key in store.configs) == (mode == "kept")


@pytest.mark.parametrize("mode", ["removed", "kept"])
def test_orphaned_configs_of_alias(mode: str) -> None:
    store = make_store(orphaned_configs=mode)
    key, other = ConfigKey("s", "f", "live"), ConfigKey(None, "f", "live")
    store.put_config(key, {})
    store.put_config(other, {})
    store.delete(ALIAS2, ("s",), "live")
    assert (key in store.configs) == (mode == "kept")
    assert other in store.configs
    if mode == "kept":
        assert len(store.list_configs("s", "f")["configs"]) == 1
        store.delete_config(key)
        assert key not in store.configs


# -- state -------------------------------------------------------------------------------------------------------------


def test_snapshot_and_restore(store: Store) -> None:
    store.put_config(KEY, FULL)
    before, shown = store.snapshot(), store.get_config(KEY)
    store.delete_config(KEY)
    store.delete(FUNCTION2, ("s",), "f")
    store.delete(ALIAS2, ("s",), "live")
    store.publish_version("s")
    store.restore(before)
    assert store.get_config(KEY) == shown
    assert store.get(ALIAS2, ("s",), "live")["versionId"] == "1"
    assert store.publish_version("s") == "2"


def test_dump_and_load(store: Store) -> None:
    store.put_config(KEY, FULL)
    store.put_config(ConfigKey(None, "f", "live"), {"asyncTask": False, "maxAsyncRetryAttempts": 0})
    copy = Store(Switches())
    copy.load(store.dump())
    assert copy.dump() == store.dump()
    assert copy.publish_version("s") == "2"


@pytest.mark.parametrize(
    "state",
    [
        {"service": {}},
        {"services": ["s"]},
        {"services": {"n": {"functions": ["f"], "versions": ["x"]}}},
        {"services": {"n": {}}, "configs": [{"service": "n", "function": "missing"}]},
        {"services": {"n": {}}, "configs": [{"service": "n"}]},
    ],
)
def test_invalid_state_document_changes_nothing(store: Store, state: dict[str, Any]) -> None:
    before = store.dump()
    with pytest.raises(FcError):
        store.load(state)
    assert store.dump() == before


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ([], "the state document: must be an object, not []."),
        ({"service": {}}, "the state document: unsupported key 'service'; use services, functions, configs, ram."),
        (
            {"services": {"shop": {"function": ["order"]}}},
            "services.shop: unsupported key 'function'; use functions, versions, aliases, role, triggers.",
        ),
        ({"services": {"shop": {"functions": "order"}}}, "services.shop.functions: must be a list, not 'order'."),
        (
            {"services": {"shop": {"functions": ["ok", 7]}}},
            "services.shop.functions[1]: the name must consist of 1 to 128 letters, digits, hyphens and underscores",
        ),
        (
            {"services": {"my shop!": {}}},
            "services.my shop!: the name must consist of 1 to 128 letters, digits, hyphens and underscores",
        ),
        ({"services": {"a": {"aliases": {"live": "1"}}}}, "services.a.aliases.live: version '1' of service 'a'"),
        (
            {"services": {"a": {"aliases": {"1": "1"}}}},
            "services.a.aliases.1: the name must not be LATEST or a",
        ),
        ({"services": {"a": {"versions": [True]}}}, 'services.a.versions[0]: must be a version such as "1", not True.'),
        ({"services": {"a": {"role": 1}}}, "services.a.role: must be a string, not 1."),
        ({"services": {"a": {"triggers": {"f": {"t": "http"}}}}}, "services.a.triggers.f: function 'f' does not exist"),
        ({"functions": {"f": {"triggers": {"t": 1}}}}, "functions.f.triggers.t: must be a type of trigger"),
        ({"functions": {"f": {"functions": []}}}, "functions.f: unsupported key 'functions'; use versions, aliases,"),
        ({"functions": ["f"]}, "functions: must be an object, not ['f']."),
        ({"configs": ["f"]}, "configs[0]: must be an object, not 'f'."),
        ({"configs": [{"service": "s"}]}, "configs[0].function: must be the name of a function."),
        (
            {"configs": [{"service": "s", "function": "f", "maximum_retry_attempts": 1}]},
            "configs[0]: unsupported key 'maximum_retry_attempts'; use service, function, qualifier,",
        ),
        (
            {"configs": [{"service": "s", "function": "f", "maxAsyncRetryAttempts": 9}]},
            "configs[0]: maxAsyncRetryAttempts must be between 0 and 8, not 9.",
        ),
        (
            {"configs": [{"service": "s", "function": "f", "destinationConfig": {"onSucces": {}}}]},
            "configs[0].destinationConfig: unsupported key 'onSucces'; use onSuccess, onFailure.",
        ),
    ],
)
def test_message_names_invalid_part_of_state_document(store: Store, state: Any, message: str) -> None:
    before = store.dump()
    with pytest.raises(FcError) as raised:
        store.load(state)
    assert raised.value.message.startswith(message)
    assert raised.value.message.endswith(".")
    assert store.dump() == before


# -- properties --------------------------------------------------------------------------------------------------------

arns = st.sampled_from([QUEUE, TOPIC, "acs:fc:cn-hangzhou:1:services/s/functions/f"])
halves = st.fixed_dictionaries({"destination": arns})
bodies = st.fixed_dictionaries(
    {},
    optional={
        "destinationConfig": st.fixed_dictionaries({}, optional={"onSuccess": halves, "onFailure": halves}),
        "maxAsyncEventAgeInSeconds": st.integers(1, 2592000),
        "maxAsyncRetryAttempts": st.integers(0, 8),
        "statefulInvocation": st.booleans(),
    },
)
shapes = st.fixed_dictionaries(
    {
        "put_merge": st.sampled_from(["merge", "merge_nested", "replace"]),
        "explicit_null": st.sampled_from(["absent", "clears"]),
        "unset_destination": st.sampled_from(["null", "halves_null", "nested_null", "empty", "missing"]),
    }
)


@given(shapes, st.lists(bodies, min_size=1, max_size=4))
def test_get_returns_values_of_last_put(switches: dict[str, Any], history: list[dict[str, Any]]) -> None:
    store = make_store(**switches)
    for body in history:
        store.put_config(KEY, body)
    shown = store.get_config(KEY)
    for name, value in history[-1].items():
        if name != "destinationConfig":
            assert shown[name] == value
            continue
        for half, destination in value.items():
            assert shown[name][half] == destination


@given(shapes, bodies, bodies)
def test_put_after_delete_keeps_no_previous_values(
    switches: dict[str, Any], before: dict[str, Any], body: dict[str, Any]
) -> None:
    fresh, used = make_store(lambda: 0.0, **switches), make_store(lambda: 0.0, **switches)
    used.put_config(KEY, before)
    used.delete_config(KEY)
    assert used.put_config(KEY, body) == fresh.put_config(KEY, body)


@pytest.mark.parametrize("name", [field.name for field in dataclasses.fields(StoredConfig) if field.default is None])
def test_the_state_shows_every_stored_field(name: str) -> None:
    value: Any = "acs:mns:cn-hangzhou:1:/queues/q/messages" if name.startswith("on_") else 1
    assert _dump_config(KEY, StoredConfig(**{name: value})) != _dump_config(KEY, StoredConfig())
