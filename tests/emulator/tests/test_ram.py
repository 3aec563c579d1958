# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RAM policies, and the permissions that operations and destinations require."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator import ConfigKey, Emulator, FcError, Store, Switches
from emulator._account import Account, Settings
from emulator._api import API_VERSIONS
from emulator._gateway import Gateway
from emulator._message import Response
from emulator._permissions import _RESOURCES2, _RESOURCES3
from emulator._ram import Propagating, Statement, destination_permission

from .signed import KEY, NOW, acs3, fc

ACCOUNT = "1234567890123456"
ROLE = f"acs:ram::{ACCOUNT}:role/shop"
QUEUE = f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/q/messages"
TOPIC = f"acs:mns:cn-hangzhou:{ACCOUNT}:/topics/t/messages"
STATE: dict[str, Any] = {
    "services": {
        "s": {
            "functions": ["f", "web"],
            "versions": ["1"],
            "aliases": {"live": "1"},
            "role": ROLE,
            "triggers": {"web": {"http": "http"}},
        },
        "norole": {"functions": ["f"]},
    },
    "functions": {
        "f": {"versions": ["1"], "aliases": {"live": "1"}, "role": ROLE, "triggers": {"http": "http", "timer": "timer"}}
    },
}
README = Path(__file__).resolve().parent.parent / "README.md"
KEYS = [ConfigKey("s", "f", "live"), ConfigKey(None, "f", "")]


def make_store(ram: Any = None, **switches: Any) -> Store:
    chosen = Switches()
    chosen.update(switches)
    store = Store(chosen)
    store.load(STATE if ram is None else {**STATE, "ram": ram})
    return store


def roles(*allow: Any, **policy: Any) -> dict[str, Any]:
    """Return a RAM section in which the role has these permissions."""
    return {"roles": {ROLE: {"allow": list(allow), **policy}}}


def destinations(success: str | None = None, failure: str | None = None) -> dict[str, Any]:
    """Return the body of a PUT with these destinations."""
    halves = {"onSuccess": success, "onFailure": failure}
    return {"destinationConfig": {name: {"destination": arn} for name, arn in halves.items() if arn}}


def is_denied(store: Store, key: ConfigKey, body: dict[str, Any]) -> bool:
    """Return whether a PUT fails with AccessDenied. The PUT must then store nothing."""
    before = store.configs
    try:
        store.put_config(key, body)
        return False
    except FcError as error:
        refused = error
    assert (refused.status, refused.code, store.configs) == (403, "AccessDenied", before)
    assert not any(service in refused.message for service in ("fc:", "mns:"))
    return True


# -- patterns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("*", "", True),
        ("fc:Get*", "fc:GetFunction", True),
        ("fc:Get*", "fc:ListFunctions", False),
        ("fc:Get*", "xfc:GetFunction", False),
        ("fc:GetFunctio?", "fc:GetFunction", True),
        ("fc:GetFunction?", "fc:GetFunction", False),
        ("acs:fc:*:*:services/s.*/functions/f", "acs:fc:cn:1:services/s.live/functions/f", True),
        ("acs:fc:*:*:services/s.*/functions/f", "acs:fc:cn:1:services/sxlive/functions/f", False),
        ("acs:fc:*:services/*", "acs:fc:cn:1:services/a/functions/b", True),
        ("a[b]", "ab", False),
    ],
)
def test_patterns(pattern: str, text: str, expected: bool) -> None:
    assert Statement((pattern,)).matches(text, "x") == expected
    assert Statement(("*",), ("none", pattern)).matches("x", text) == expected


def matches_slowly(pattern: str, text: str) -> bool:
    """Match a pattern by the definition of ``*`` and ``?``."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(matches_slowly(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and matches_slowly(pattern[1:], text[1:])


@given(st.text("ab*?.\n", max_size=6), st.text("ab.\n", max_size=8))
def test_patterns_match_by_definition(pattern: str, text: str) -> None:
    assert Statement((pattern,)).matches(text, "") == matches_slowly(pattern, text)


# -- policies of the caller --------------------------------------------------------------------------------------------


def make_gateway(ram: Any) -> Gateway:
    return Gateway(Account(Settings(access_keys=(KEY,), state={**STATE, "ram": ram}, clock=lambda: NOW)))


def message_of(response: Response) -> str:
    """Return the message of an AccessDenied error."""
    body = json.loads(response.body)
    assert response.status == 403
    assert (body.get("Code") or body["ErrorCode"]) == "AccessDenied"
    return str(body.get("Message") or body["ErrorMessage"])


def test_every_operation_has_a_resource() -> None:
    for version, resources in (("2021-04-06", _RESOURCES2), ("2016-08-15", _RESOURCES2), ("2023-03-30", _RESOURCES3)):
        assert {route.operation for route in API_VERSIONS[version].routes} == set(resources)


@pytest.mark.parametrize(
    ("method", "path", "body", "action", "resource"),
    [
        # The first two messages were recorded by users: Serverless-Devs issue 350 and a public repository.
        ("POST", "/2021-04-06/services", {"serviceName": "n"}, "CreateService", "services/*"),
        ("GET", "/2023-03-30/functions", None, "ListFunctions", "functions/*"),
        ("GET", "/2021-04-06/services/s", None, "GetService", "services/s"),
        ("GET", "/2021-04-06/services/s?qualifier=live", None, "GetService", "services/s.live"),
        ("GET", "/2021-04-06/services/s/functions/f", None, "GetFunction", "services/s/functions/f"),
        ("GET", "/2021-04-06/services/s/functions", None, "ListFunctions", "services/s/functions/*"),
        (
            "GET",
            "/2021-04-06/services/s/functions/f/triggers",
            None,
            "ListTriggers",
            "services/s/functions/f/triggers/*",
        ),
        ("POST", "/2021-04-06/services/s/versions", {}, "PublishServiceVersion", "services/s/versions"),
        ("GET", "/2021-04-06/services/s/aliases/live", None, "GetAlias", "services/s/aliases/live"),
        (
            "PUT",
            "/2021-04-06/services/s/functions/f/async-invoke-config?qualifier=live",
            {},
            "PutFunctionAsyncInvokeConfig",
            "services/s.live/functions/f",
        ),
        (
            "DELETE",
            "/2021-04-06/services/s/functions/f/async-invoke-config",
            None,
            "DeleteFunctionAsyncInvokeConfig",
            "services/s/functions/f",
        ),
        (
            "GET",
            "/2021-04-06/services/s/functions/f/async-invoke-configs",
            None,
            "ListFunctionAsyncInvokeConfigs",
            "services/s/functions/f/async-invoke-configs/*",
        ),
        ("POST", "/2023-03-30/functions", {"functionName": "n"}, "CreateFunction", "functions/n"),
        ("GET", "/2023-03-30/functions/f", None, "GetFunction", "functions/f"),
        ("GET", "/2023-03-30/functions/f/triggers", None, "ListTriggers", "functions/f/triggers/*"),
        ("GET", "/2023-03-30/functions/f/versions", None, "ListFunctionVersions", "functions/f/versions/*"),
        (
            "POST",
            "/2023-03-30/functions/f/aliases",
            {"aliasName": "a", "versionId": "1"},
            "CreateAlias",
            "functions/f/aliases/a",
        ),
        (
            "PUT",
            "/2023-03-30/functions/f/async-invoke-config",
            {},
            "PutFunctionAsyncInvokeConfig",
            "functions/f",
        ),
        (
            "GET",
            "/2023-03-30/functions/f/async-invoke-config?qualifier=live",
            None,
            "GetFunctionAsyncInvokeConfig",
            "functions/f/live",
        ),
        (
            "GET",
            "/2023-03-30/async-invoke-configs",
            None,
            "ListFunctionAsyncInvokeConfigs",
            "async-invoke-configs/*",
        ),
        (
            "GET",
            "/2023-03-30/async-invoke-configs?functionName=f",
            None,
            "ListFunctionAsyncInvokeConfigs",
            "functions/f",
        ),
    ],
)
def test_caller_without_and_with_permission(method: str, path: str, body: Any, action: str, resource: str) -> None:
    path, _mark, query = path.partition("?")
    request = acs3(method, path, query, b"" if body is None else json.dumps(body).encode())
    arn = f"acs:fc:cn-hangzhou:{ACCOUNT}:{resource}"
    denied = make_gateway({"caller": {"allow": ["mns:*"]}}).handle(request)
    assert message_of(denied) == f"the caller is not authorized to perform 'fc:{action}' on resource '{arn}'"
    for statement in (f"fc:{action}", {"action": f"fc:{action}", "resource": arn}):
        assert make_gateway({"caller": {"allow": [statement]}}).handle(request).status in (200, 204, 404)
    wrong = {"action": "fc:*", "resource": [f"{arn}/x", "acs:fc:cn-beijing:*"]}
    assert make_gateway({"caller": {"allow": [wrong]}}).handle(request).status == 403


def test_caller_of_dotted_path() -> None:
    request = fc("GET", "/2016-08-15/services/s.live/functions/f/async-invoke-config")
    message = message_of(make_gateway({"caller": {}}).handle(request))
    assert message.endswith(f"'acs:fc:cn-hangzhou:{ACCOUNT}:services/s.live/functions/f'")


def test_denial_takes_precedence() -> None:
    gateway = make_gateway({"caller": {"allow": ["*"], "deny": [{"action": ["fc:*Alias"], "resource": "*/live"}]}})
    assert gateway.handle(acs3("GET", "/2023-03-30/functions/f/aliases/live")).status == 403
    assert gateway.handle(acs3("GET", "/2023-03-30/functions/f/aliases")).status == 200


def test_denied_request_is_recorded_and_stores_nothing() -> None:
    account = Account(Settings(access_keys=(KEY,), state={**STATE, "ram": {"caller": {}}}, clock=lambda: NOW))
    fault = account.faults.add("*", status=500)
    path = "/2023-03-30/functions/f/async-invoke-config"
    assert Gateway(account).handle(acs3("PUT", path, "", b"{}")).status == 403
    entry = account.journal.requests[-1]
    assert (entry["code"], entry["stored"], entry["operation"]) == ("AccessDenied", False, "PutAsyncInvokeConfig")
    assert (account.store.configs, fault.hits) == ({}, 0)


# -- policies of roles -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "expected"),
    [
        (QUEUE, ("mns:SendMessage", QUEUE)),
        (TOPIC, ("mns:PublishMessage", TOPIC)),
        ("acs:mns:::/queues/q/messages", ("mns:SendMessage", "acs:mns:cn-hangzhou:1:/queues/q/messages")),
        ("acs:fc:x:2:services/s.live/functions/f", ("fc:InvokeFunction", "acs:fc:x:2:services/s.live/functions/f")),
        ("acs:fc:x:2:functions/f", ("fc:InvokeFunction", "acs:fc:x:2:functions/f")),
        ("acs:eventbridge:x:2:eventbus/b", ("eventbridge:PutEvents", "acs:eventbridge:x:2:eventbus/b")),
        ("acs:mq:x:2:/instances/MQ_INST_1/topic/t", ("mq:PUB", "acs:mq:x:2:MQ_INST_1%t")),
        ("acs:mns:x:2:/other", None),
        ("acs:oss:x:2:bucket", None),
    ],
)
def test_destination_permission(arn: str, expected: tuple[str, str] | None) -> None:
    assert destination_permission(arn, "1", "cn-hangzhou") == expected


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("ram", "denied"),
    [
        (None, False),
        ({"caller": {}}, False),
        ({"roles": {}}, True),
        (roles(), True),
        (roles("*"), False),
        (roles("mns:SendMessage"), False),
        (roles("mns:PublishMessage", "fc:*"), True),
        (roles({"action": "mns:*", "resource": QUEUE}), False),
        (roles({"action": "mns:*", "resource": "acs:mns:*:*:/queues/other/*"}), True),
        (roles("*", deny=["mns:SendMessage"]), True),
        ({"roles": {f"{ROLE}2": {"allow": ["*"]}}}, True),
    ],
)
def test_put_with_destination(key: ConfigKey, ram: Any, denied: bool) -> None:
    assert is_denied(make_store(ram), key, destinations(failure=QUEUE)) == denied


def test_both_destinations_are_checked() -> None:
    store = make_store(roles("mns:SendMessage"))
    assert not is_denied(store, KEYS[0], destinations(QUEUE, QUEUE))
    assert is_denied(store, KEYS[0], destinations(QUEUE, TOPIC))
    assert is_denied(store, KEYS[0], destinations(TOPIC, QUEUE))


def test_function_without_role_lacks_all_permissions() -> None:
    key = ConfigKey("norole", "f", "")
    assert not is_denied(make_store(), key, destinations(QUEUE))
    store = make_store(roles("*"))
    assert is_denied(store, key, destinations(QUEUE))
    store.load({"services": {"norole": {"role": ROLE}}})
    assert not is_denied(store, key, destinations(QUEUE))


@pytest.mark.parametrize("mode", ["request", "config", "never"])
def test_destination_permissions(mode: str) -> None:
    store = make_store(roles("*"), destination_permissions=mode)
    store.put_config(KEYS[0], destinations(QUEUE))
    store.load({"ram": roles("mns:PublishMessage")})
    assert is_denied(store, KEYS[0], {"maxAsyncRetryAttempts": 1}) == (mode == "config")
    assert is_denied(store, KEYS[0], destinations(QUEUE)) == (mode != "never")
    assert not is_denied(store, KEYS[0], destinations(TOPIC))


def test_missing_function_and_invalid_body_come_first() -> None:
    store = make_store(roles())
    for key, body, status in ((ConfigKey("s", "x", ""), destinations(QUEUE), 404), (KEYS[0], destinations("x"), 400)):
        with pytest.raises(FcError) as refused:
            store.put_config(key, body)
        assert refused.value.status == status


# -- changes -----------------------------------------------------------------------------------------------------------


def test_policies_granted_later_take_effect_at_once() -> None:
    store = make_store({**roles(), "caller": {}})
    assert is_denied(store, KEYS[0], destinations(QUEUE))
    with pytest.raises(FcError):
        store.authorize("fc:GetService", "x")
    store.load({"ram": {**roles("mns:*"), "caller": {"allow": ["fc:Get*"]}}})
    assert not is_denied(store, KEYS[0], destinations(QUEUE))
    store.authorize("fc:GetService", "x")


def test_ram_delay() -> None:
    store = make_store({**roles(), "caller": {}}, ram_delay=2)
    store.load({"ram": {**roles("mns:*"), "caller": {"allow": ["fc:Get*"]}}})
    put = destinations(QUEUE)
    assert not is_denied(store, KEYS[0], {"maxAsyncRetryAttempts": 1})  # not counted, because it has no destinations
    assert [is_denied(store, KEYS[0], put) for _call in range(3)] == [True, True, False]
    for _call in range(2):
        with pytest.raises(FcError):
            store.authorize("fc:GetService", "x")
    store.authorize("fc:GetService", "x")
    store.load({"ram": roles()})
    assert [is_denied(store, KEYS[0], put) for _call in range(3)] == [False, False, True]


def test_change_before_the_last_change_has_taken_effect() -> None:
    store = make_store(roles("mns:SendMessage"), ram_delay=1)
    store.load({"ram": roles("*")})
    store.load({"ram": roles()})
    assert is_denied(store, KEYS[0], destinations(TOPIC))  # the second policy has never been in effect
    assert is_denied(store, KEYS[0], destinations(QUEUE))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=6))
def test_last_change_takes_effect_after_the_delay(changes: list[tuple[int, int]]) -> None:
    state: Propagating[int] = Propagating(0)
    for value, delay in changes:
        state = state.changed(value, delay)
    for _check in range(3):
        state = state.checked()
    assert state.in_effect == (changes[-1][0] if changes else 0)


def test_parts_of_the_state_are_kept_or_removed() -> None:
    other = f"{ROLE}2"
    store = make_store({**roles("*"), "caller": {"allow": ["fc:*"]}})
    store.load({"ram": {"roles": {other: {"allow": ["mns:*"]}}}})
    assert store.dump()["ram"] == {
        "caller": {"allow": ["fc:*"]},
        "roles": {ROLE: {"allow": ["*"]}, other: {"allow": ["mns:*"]}},
    }
    store.load({"ram": {"roles": {other: None}, "caller": None}})
    assert store.dump()["ram"] == roles("*")
    store.load({"ram": {"roles": None}})
    assert "ram" not in store.dump()
    store.load({"ram": {"caller": {}, "roles": {}}})
    store.load({"ram": None})
    assert "ram" not in store.dump()


# -- the state document ------------------------------------------------------------------------------------------------

_STATEMENTS = st.lists(
    st.one_of(
        st.sampled_from(["fc:*", "mns:SendMessage"]),
        st.fixed_dictionaries(
            {"action": st.sampled_from(["*", ["a:b", "c:?"]])}, optional={"resource": st.just("acs:*")}
        ),
    ),
    max_size=3,
)
_POLICIES = st.fixed_dictionaries({}, optional={"allow": _STATEMENTS, "deny": _STATEMENTS})
_RAM = st.fixed_dictionaries(
    {}, optional={"caller": _POLICIES, "roles": st.dictionaries(st.sampled_from([ROLE, f"{ROLE}2"]), _POLICIES)}
)


@given(_RAM)
def test_dump_and_load(ram: Any) -> None:
    store = make_store(ram)
    copy = Store()
    copy.load(json.loads(json.dumps(store.dump())))
    assert copy.dump() == store.dump()
    assert copy.snapshot().ram == store.snapshot().ram


def test_example_in_readme() -> None:
    section = README.read_text(encoding="utf-8").split("\n## RAM\n")[1]
    state = json.loads(section.split("```json\n")[1].split("```")[0])
    store = Store()
    store.load(state)
    key = ConfigKey("shop", "order", "")
    assert is_denied(store, key, destinations(QUEUE))
    assert not is_denied(store, key, destinations(QUEUE.replace("/q/", "/failed/")))
    store.authorize("fc:PutFunctionAsyncInvokeConfig", "acs:fc:cn-hangzhou:1:services/shop/functions/order")
    with pytest.raises(FcError, match="fc:GetService"):
        store.authorize("fc:GetService", "acs:fc:cn-hangzhou:1:services/shop")


def test_dump_contains_roles_and_triggers() -> None:
    state = make_store().dump()
    assert state["services"]["s"] == STATE["services"]["s"]
    assert "role" not in state["services"]["norole"]
    assert state["functions"] == STATE["functions"]


def test_state_documents_are_not_checked() -> None:
    config = {"service": "s", "function": "f", **destinations(QUEUE)}
    store = make_store(roles())
    store.load({"configs": [config]})
    assert len(store.configs) == 1


@pytest.mark.parametrize(
    "ram",
    [
        1,
        {"x": 1},
        {"caller": []},
        {"caller": {"x": []}},
        {"caller": {"allow": "fc:*"}},
        {"caller": {"allow": [1]}},
        {"caller": {"allow": [""]}},
        {"caller": {"allow": [{}]}},
        {"caller": {"allow": [{"action": "*", "x": 1}]}},
        {"caller": {"allow": [{"action": []}]}},
        {"caller": {"allow": [{"action": "*", "resource": 1}]}},
        {"roles": {"shop": {}}},
        {"roles": []},
    ],
)
def test_invalid_state(ram: Any) -> None:
    store = make_store(roles("mns:*"))
    before = store.dump()
    with pytest.raises(FcError, match="ram"):
        store.load({"services": {"new": {}}, "ram": ram})
    assert store.dump() == before


# -- roles and triggers of resources -----------------------------------------------------------------------------------


def test_role_in_requests_and_responses() -> None:
    gateway = make_gateway(roles("*"))

    def send(method: str, path: str, body: Any = None) -> Any:
        data = b"" if body is None else json.dumps(body).encode()
        return json.loads(gateway.handle(acs3(method, path, "", data)).body)

    assert send("GET", "/2021-04-06/services/s")["role"] == ROLE
    assert send("GET", "/2023-03-30/functions/f")["role"] == ROLE
    assert send("POST", "/2021-04-06/services", {"serviceName": "n", "role": ROLE})["role"] == ROLE
    assert send("POST", "/2021-04-06/services/n/functions", {"functionName": "f", "runtime": "go1"})["runtime"] == "go1"
    assert send("POST", "/2023-03-30/functions", {"functionName": "n", "role": ROLE})["role"] == ROLE
    config2 = "/2021-04-06/services/n/functions/f/async-invoke-config"
    for path in (config2, "/2023-03-30/functions/n/async-invoke-config"):
        assert "Code" not in send("PUT", path, destinations(QUEUE))
    assert send("PUT", "/2021-04-06/services/n", {"role": f"{ROLE}2"})["role"] == f"{ROLE}2"
    assert send("PUT", config2, destinations(QUEUE))["Code"] == "AccessDenied"


@pytest.mark.parametrize(
    ("path", "types"),
    [
        ("/2021-04-06/services/s/functions/web/triggers", ["http"]),
        ("/2016-08-15/services/s/functions/web/triggers", ["http"]),
        ("/2021-04-06/services/s/functions/f/triggers", []),
        ("/2023-03-30/functions/f/triggers", ["http", "timer"]),
    ],
)
def test_list_triggers(path: str, types: list[str]) -> None:
    sign = fc if "2016" in path else acs3
    body = json.loads(make_gateway(None).handle(sign("GET", path)).body)
    assert [trigger["triggerType"] for trigger in body["triggers"]] == types
    assert body["nextToken"] == ""
    assert all(trigger["triggerName"] and trigger["qualifier"] == "LATEST" for trigger in body["triggers"])


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/2021-04-06/services/x/functions/web/triggers", "ServiceNotFound"),
        ("/2021-04-06/services/s/functions/x/triggers", "FunctionNotFound"),
        ("/2023-03-30/functions/x/triggers", "FunctionNotFound"),
    ],
)
def test_triggers_of_missing_functions(path: str, code: str) -> None:
    response = make_gateway(None).handle(acs3("GET", path))
    assert (response.status, json.loads(response.body)["Code"]) == (404, code)


@pytest.mark.parametrize("path", ["/2021-04-06/services/s/functions/web", "/2023-03-30/functions/f"])
def test_triggers_are_deleted_with_their_function(path: str) -> None:
    gateway = make_gateway(None)
    assert gateway.handle(acs3("DELETE", path)).status == 204
    name = path.rpartition("/")[2]
    created = gateway.handle(acs3("POST", path.rpartition("/")[0], "", json.dumps({"functionName": name}).encode()))
    assert created.status == 200
    assert json.loads(gateway.handle(acs3("GET", f"{path}/triggers")).body)["triggers"] == []


def test_reset_restores_policies() -> None:
    emulator = Emulator(state={**STATE, "ram": roles()})
    emulator.store.load({"ram": roles("*")})
    assert not is_denied(emulator.store, KEYS[0], destinations(QUEUE))
    emulator.reset()
    assert is_denied(emulator.store, KEYS[0], destinations(QUEUE))
