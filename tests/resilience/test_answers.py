# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that the service never documented: only the documented success is believed, nothing hangs, nothing floods."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError
from emulator import ConfigKey, Emulator

from .hostile import MEGABYTE, Answer, Asked, Hostile, as_json, error, reply, says
from .process import Ended, run, texts
from .test_scale import survey
from .world import APIS, QUEUE, TOPIC, World, operation_name, options

BOTH = pytest.mark.parametrize("generation", APIS)
ACCOUNT_ID = "1234567890123456"
PORTAL = "<html><body><h1>Sign in to the hotel's network</h1></body></html>"
NONE = error("no config", code="AsyncConfigNotExists")
#: The module for one config, for many, and for reading, of each generation.
MODULES = {
    "FC 2.0": ("function_async_invoke_config", "function_async_invoke_configs", "function_async_invoke_config_info"),
    "FC 3.0": ("v3_async_invoke_config", "v3_async_invoke_configs", "v3_async_invoke_config_info"),
}


def wire(api: Generation, name: str = "f", **fields: Any) -> dict[str, Any]:
    """A config as the service shows it, with ``fields`` instead."""
    names = {"functionArn": f"acs:fc:cn-hangzhou:{ACCOUNT_ID}:functions/{name}"}
    if api.list_services:
        names = {"service": "s", "function": name, "qualifier": "LATEST"}
    times = {"createdTime": "2026-01-01T00:00:00Z", "lastModifiedTime": "2026-01-01T00:00:00Z"}
    return {**names, **times, "destinationConfig": None, "maxAsyncRetryAttempts": 1, **fields}


def owner(api: Generation) -> dict[str, str]:
    """The option that names the service, where there is one."""
    return {"service_name": "s"} if api.list_services else {}


def arguments(endpoint: str, **task: Any) -> dict[str, Any]:
    """A module's arguments for a server, without any patience."""
    return {
        "access_key_id": "LTAIemulator",
        "access_key_secret": "emulator-secret",
        "account_id": ACCOUNT_ID,
        "region": "cn-hangzhou",
        "endpoint": endpoint,
        "retry_timeout": 0,
        "access_denied_timeout": 0,
        **task,
    }


def operation_of(ended: Ended) -> str:
    """The operation that a module names as the one that failed."""
    parts = [ended.result, *ended.result.get("unreadable", []), *ended.result.get("results", [])]
    return next((str(part["error"].get("operation")) for part in parts if part.get("error")), "")


# --- A write is done when it was, not when the answer looks like it ----------------------------------------------


@dataclass(frozen=True)
class Told:
    """What a task says about one config."""

    failed: bool
    changed: bool


def carry_out(world: World, desired: Desired) -> Told:
    """Run a task. Whatever it raises but its own errors passes through."""
    try:
        outcome = world.run(desired)
    except (ApiError, ReconcileError) as failure:
        return Told(True, bool(getattr(failure, "changed", False)))
    return Told(False, outcome.plan.changed)


def check_honest(world: World, told: Told, before: Settings | None, declared: Settings | None) -> None:
    """What is said of a config is what the server holds."""
    if not told.failed:
        assert world.same(world.truth(), declared), "a success must leave what was declared"
    if not told.changed:
        assert world.same(world.truth(), before), "what was changed must be called changed"


#: Answers that are no documented success, as options of a fault.
NO_SUCCESS: Mapping[str, Mapping[str, Any]] = {
    "201": {"status": 201},
    "202": {"status": 202},
    "205": {"status": 205},
    "301": {"status": 301},
    "302 with Location": {"status": 302, "headers": {"Location": "/elsewhere"}},
    "304": {"status": 304},
    "an error with status 200": {"status": 200, "code": "InternalServerError", "message": "it did not work"},
    "an error with status 202": {"status": 202, "code": "AccessDenied", "message": "no"},
    "a captive portal": {"status": 200, "body": PORTAL},
    "null": {"status": 200, "body": "null", "content_type": "application/json"},
    "a list": {"status": 200, "body": "[]", "content_type": "application/json"},
    "a number": {"status": 200, "body": "7", "content_type": "application/json"},
}
NO_SUCCESSES = pytest.mark.parametrize("answer", NO_SUCCESS)
#: 200 without a body is none for a Delete, 204 none for a Put.
NO_DELETE = {**NO_SUCCESS, "200": {"status": 200}, "an object": {"status": 200, "body": "{}"}}
NO_PUT = {**NO_SUCCESS, "204": {"status": 204}, "200 without a body": {"status": 200}}


@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("answer", NO_DELETE)
@BOTH
def test_a_delete_is_believed_only_if_the_config_is_gone(
    emulator: Emulator, generation: str, answer: str, carried_out: bool
) -> None:
    world = World(emulator, APIS[generation])
    world.store({"maximum_retry_attempts": 1})
    before = world.truth()
    emulator.faults.add(world.api.operations.delete, after=carried_out, **NO_DELETE[answer])
    told = carry_out(world, world.desired(state="absent"))
    check_honest(world, told, before, None)
    assert told.failed or carried_out
    assert told.changed or not carried_out


@BOTH
@NO_SUCCESSES
def test_a_delete_that_lied_once_is_not_believed_either(emulator: Emulator, generation: str, answer: str) -> None:
    world = World(emulator, APIS[generation])
    world.store({"maximum_retry_attempts": 1})
    before = world.truth()
    emulator.faults.add(world.api.operations.delete, times=1, **NO_SUCCESS[answer])
    check_honest(world, carry_out(world, world.desired(state="absent")), before, None)


@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
@pytest.mark.parametrize("existing", [None, {"maximum_retry_attempts": 3}], ids=["create", "update"])
@pytest.mark.parametrize("answer", NO_PUT)
@BOTH
def test_a_put_is_believed_only_if_the_config_is_there(
    emulator: Emulator, generation: str, answer: str, existing: Settings | None, carried_out: bool
) -> None:
    world = World(emulator, APIS[generation])
    world.store(existing)
    before = world.truth()
    desired = world.desired(**options(world.api))
    emulator.faults.add(world.api.operations.put, after=carried_out, **NO_PUT[answer])
    told = carry_out(world, desired)
    check_honest(world, told, before, desired.given)
    assert told.failed or carried_out
    assert told.changed or not carried_out


@pytest.mark.parametrize("carried_out", [True, False], ids=["carried out", "not carried out"])
@BOTH
def test_a_put_that_was_answered_with_the_config_of_another_function_is_looked_into(
    emulator: Emulator, generation: str, carried_out: bool
) -> None:
    world = World(emulator, APIS[generation])
    desired = world.desired(maximum_retry_attempts=1)
    other = as_json(wire(world.api, "g"))
    emulator.faults.add(
        world.api.operations.put, status=200, body=other, content_type="application/json", after=carried_out, times=1
    )
    told = carry_out(world, desired)
    check_honest(world, told, None, desired.given)
    assert told.failed or carried_out


@pytest.mark.parametrize("status", [200, 204])
@BOTH
def test_unsetting_survives_a_delete_that_did_nothing(emulator: Emulator, generation: str, status: int) -> None:
    """The destination can only be unset by a Delete and a Put; the Delete is not carried out, whatever it says."""
    world = World(emulator, APIS[generation])
    world.store({"destination_config.on_failure.destination": QUEUE})
    before = world.truth()
    emulator.faults.add(world.api.operations.delete, status=status)
    desired = world.desired()
    told = carry_out(world, desired)
    declared = {option: desired.value_of(known) for known, option in _fields(world.api)}
    check_honest(world, told, before, declared)
    assert told.failed


def _fields(api: Generation) -> list[tuple[Any, str]]:
    return [(known, known.option) for known in api.fields]


@pytest.mark.parametrize("many", [False, True], ids=["single", "bulk"])
@pytest.mark.parametrize(("generation", "answer"), [("FC 2.0", "a captive portal"), ("FC 3.0", "202")])
def test_the_modules_do_not_report_a_removal_that_did_not_happen(
    emulator: Emulator, generation: str, answer: str, many: bool
) -> None:
    api = APIS[generation]
    key = ConfigKey(owner(api).get("service_name"), "f", "LATEST")
    emulator.store.put_config(key, {"maxAsyncRetryAttempts": 1})
    emulator.faults.add(api.operations.delete, **NO_SUCCESS[answer])
    entry = {**owner(api), "function_name": "f", "state": "absent"}
    task = {"configs": [entry]} if many else entry
    result = run(MODULES[generation][many], arguments(emulator.url, **task)).result
    assert key in emulator.store.configs
    assert result["failed"]
    assert emulator.journal.counts[api.operations.delete] >= 1
    one = result["results"][0] if many else result
    assert one["failed"]


# --- An answer of another shape is an error, never "nothing there" ----------------------------------------------

#: Bodies with status 200 that are no answer of the service's, whatever was asked.
NO_ANSWER = {
    "null": "null",
    "a list": "[]",
    "a number": "7",
    "a text": '"text"',
    "half": '{"functionArn": "acs:fc',
    "nothing": "",
    "HTML": PORTAL,
    "an error": error("it did not work", code="InternalServerError"),
    "an error without a message": '{"Code": "AccessDenied"}',
    "deep": "[" * 100_000,
    "no UTF-8": b'{"a": "\xff\xfe"}',
}
SOME = ("null", "HTML", "an error")
SOME_BODIES = pytest.mark.parametrize("body", [NO_ANSWER[name] for name in SOME], ids=SOME)
#: Fields of a config that no documented config has.
WRONG_FIELDS: tuple[Mapping[str, Any], ...] = (
    {"maxAsyncRetryAttempts": "1"},
    {"maxAsyncRetryAttempts": 1.5},
    {"maxAsyncRetryAttempts": []},
    {"maxAsyncEventAgeInSeconds": "60"},
    {"maxAsyncEventAgeInSeconds": {}},
    {"destinationConfig": "acs:mns"},
    {"destinationConfig": [1]},
    {"destinationConfig": {"onFailure": "acs:mns"}},
    {"destinationConfig": {"onFailure": {"destination": 7}}},
    {"destinationConfig": {"onFailure": {"destination": {"a": "b"}}}},
    {"createdTime": 7},
    {"createdTime": {"a": "b"}},
    {"lastModifiedTime": ["x"]},
)
WRONG_CONFIGS = pytest.mark.parametrize(
    "body",
    [*NO_ANSWER.values(), "{}", *WRONG_FIELDS],
    ids=[*NO_ANSWER, "an empty object", *map(as_json, WRONG_FIELDS)],
)


def text_of(api: Generation, body: Mapping[str, Any] | str | bytes) -> str | bytes:
    """A body; for wrong fields, that of a config that has them."""
    return as_json(wire(api, **body)) if isinstance(body, Mapping) else body


def call(world: World, operation: str) -> Any:
    """A get or put of the world's config."""
    desired = world.desired(maximum_retry_attempts=1)
    given = (desired.given,) if operation == "put" else ()
    return getattr(world.client, operation)(desired.identity, *given)


@pytest.mark.parametrize("operation", ["get", "put"])
@WRONG_CONFIGS
@BOTH
def test_what_is_no_config_is_not_taken_for_one(emulator: Emulator, generation: str, body: Any, operation: str) -> None:
    api = APIS[generation]
    with Hostile(says(reply(body=text_of(api, body)))) as server:
        world = World(emulator, api, endpoint=server.url)
        with pytest.raises(ApiError) as caught:
            call(world, operation)
    assert caught.value.operation == operation_name(api, operation)
    assert world.identity.id in str(caught.value)
    assert not isinstance(caught.value, NotFound)


#: What stands in an answer to a List where its items belong.
WRONG_ITEMS: tuple[Any, ...] = ("x", 7, {"a": "b"}, True, [7], ["x"], [None], [[]])


def dispatch(rules: Mapping[str, Any], rest: Any = None) -> Answer:
    """Answers by the end of the path: a text is a body, a function is asked."""

    def answer(asked: Asked) -> Iterable[bytes]:
        found = next((body for ending, body in rules.items() if asked.path.endswith(ending)), rest)
        if callable(found):
            answered: Iterable[bytes] = found(asked)
            return answered
        return [reply(404, NONE)] if found is None else [reply(body=found)]

    return answer


@dataclass(frozen=True)
class Listing:
    """A List operation: its generation, the end of its path, its items' key, the name in an item, what leads to it."""

    generation: str
    path: str
    items: str
    name: str
    scope: Mapping[str, Any]
    before: Mapping[str, str]


def _arn_only(name: str = "f") -> str:
    return as_json({"configs": [wire(APIS["FC 3.0"], name)]})


LISTINGS = {
    "ListServices": Listing("FC 2.0", "/services", "services", "serviceName", {}, {}),
    "ListFunctions": Listing("FC 2.0", "/s/functions", "functions", "functionName", {"service_name": "s"}, {}),
    "ListFunctionAsyncInvokeConfigs": Listing(
        "FC 2.0", "/async-invoke-configs", "configs", "", {"service_name": "s", "function_name": "f"}, {}
    ),
    "ListAsyncInvokeConfigs": Listing("FC 3.0", "/async-invoke-configs", "configs", "functionArn", {}, {}),
    "ListFunctions of FC 3.0": Listing(
        "FC 3.0", "/functions", "functions", "functionName", {"unconfigured": True}, {"/async-invoke-configs": "{}"}
    ),
    "ListAliases": Listing(
        "FC 3.0", "/aliases", "aliases", "aliasName", {}, {"/async-invoke-configs": _arn_only(), "/versions": "{}"}
    ),
    "ListFunctionVersions": Listing(
        "FC 3.0", "/versions", "versions", "versionId", {}, {"/async-invoke-configs": _arn_only(), "/aliases": "{}"}
    ),
}
EACH_LISTING = pytest.mark.parametrize("name", LISTINGS)


def errors_of(emulator: Emulator, listing: Listing, answer: Any) -> tuple[list[ApiError], list[str]]:
    """The errors of a survey in which a List operation is answered like this, and the ids that it found."""
    with Hostile(dispatch({**listing.before, listing.path: answer})) as server:
        world = World(emulator, APIS[listing.generation], endpoint=server.url)
        try:
            found = survey(world, **listing.scope)
        except ApiError as failure:
            return [failure], []
    return [one.error for one in found.unreadable], [config.identity.id for config in found.configs]


def check_refused(emulator: Emulator, name: str, answer: Any) -> None:
    """A List that is answered like this is an error that names the operation."""
    errors, _ids = errors_of(emulator, LISTINGS[name], answer)
    assert [one.operation for one in errors] == [name.partition(" ")[0]]
    assert not isinstance(errors[0], NotFound)
    assert errors[0].operation in str(errors[0])


@pytest.mark.parametrize("body", NO_ANSWER.values(), ids=NO_ANSWER)
@EACH_LISTING
def test_a_list_of_another_shape_is_not_an_empty_one(emulator: Emulator, name: str, body: Any) -> None:
    check_refused(emulator, name, body)


@pytest.mark.parametrize("items", WRONG_ITEMS, ids=as_json)
@EACH_LISTING
def test_items_of_another_shape_are_refused(emulator: Emulator, name: str, items: Any) -> None:
    check_refused(emulator, name, as_json({LISTINGS[name].items: items}))


@pytest.mark.parametrize("token", [7, True, {"a": "b"}, ["x"]], ids=as_json)
@EACH_LISTING
def test_a_token_that_is_no_text_is_refused(emulator: Emulator, name: str, token: Any) -> None:
    check_refused(emulator, name, as_json({LISTINGS[name].items: [], "nextToken": token}))


# A version is a number, which may come as a text or as a number.
@pytest.mark.parametrize("value", ["(missing)", None, 7.5, True, {"a": "b"}, ["x"], ""], ids=as_json)
@pytest.mark.parametrize("name", [name for name, listing in LISTINGS.items() if listing.name])
def test_an_item_without_a_proper_name_is_refused(emulator: Emulator, name: str, value: Any) -> None:
    listing = LISTINGS[name]
    item = wire(APIS["FC 3.0"]) if listing.name == "functionArn" else {"description": "an item"}
    item.pop(listing.name, None)
    named = item if value == "(missing)" else {**item, listing.name: value}
    check_refused(emulator, name, as_json({listing.items: [named]}))


@pytest.mark.parametrize(
    "arn",
    [
        "nonsense",
        "acs:fc:cn-hangzhou:1234567890123456:functions/",
        "acs:fc:cn-hangzhou:1234567890123456:layers/f",
        "acs:fc:cn-hangzhou:9999999999999999:functions/f",
        "acs:fc:eu-central-1:1234567890123456:functions/f",
        "acs:ram::1234567890123456:role/f",
    ],
)
def test_an_arn_of_something_else_is_refused(emulator: Emulator, arn: str) -> None:
    item = wire(APIS["FC 3.0"], functionArn=arn)
    check_refused(emulator, "ListAsyncInvokeConfigs", as_json({"configs": [item]}))


@pytest.mark.parametrize("qualifier", [7, True, {"a": "b"}, ["x"]], ids=as_json)
def test_a_qualifier_that_is_no_text_is_refused(emulator: Emulator, qualifier: Any) -> None:
    item = wire(APIS["FC 2.0"], qualifier=qualifier)
    check_refused(emulator, "ListFunctionAsyncInvokeConfigs", as_json({"configs": [item]}))


@pytest.mark.parametrize("fields", WRONG_FIELDS, ids=as_json)
@pytest.mark.parametrize("name", ["ListFunctionAsyncInvokeConfigs", "ListAsyncInvokeConfigs"])
def test_listed_configs_have_the_fields_of_a_config(emulator: Emulator, name: str, fields: Mapping[str, Any]) -> None:
    item = wire(APIS[LISTINGS[name].generation], **fields)
    check_refused(emulator, name, as_json({"configs": [item]}))


@BOTH
def test_a_list_for_a_function_shows_no_other_functions_configs(emulator: Emulator, generation: str) -> None:
    """Or a purge would remove what it was not asked about."""
    api = APIS[generation]
    body = as_json({"configs": [wire(api, "g")]})
    listing = Listing(generation, "/async-invoke-configs", "configs", "", {**owner(api), "function_name": "f"}, {})
    errors, ids = errors_of(emulator, listing, body)
    assert errors or ids == []


@SOME_BODIES
@BOTH
def test_nothing_is_written_or_purged_after_a_list_of_another_shape(generation: str, body: Any) -> None:
    api = APIS[generation]
    with Hostile(dispatch({"/async-invoke-configs": body})) as server:
        task = {"configs": [{**owner(api), "function_name": "f"}], "purge": "function"}
        ended = run(MODULES[generation][1], arguments(server.url, **task))
        assert set(server.methods) == {"GET"}
    assert ended.result["failed"]
    assert not ended.result.get("changed")
    assert operation_of(ended) == api.operations.list


@SOME_BODIES
@BOTH
def test_an_account_whose_list_has_another_shape_is_not_an_empty_one(generation: str, body: Any) -> None:
    with Hostile(says(reply(body=body))) as server:
        ended = run(MODULES[generation][2], arguments(server.url))
    assert ended.result.get("failed") or ended.result["unreadable"]
    assert operation_of(ended).startswith("List")


# --- Lists have an end ------------------------------------------------------------------------------------------

#: More pages than any account has. A server that is asked for so many ends its list, so that a failing test ends.
TOO_MANY = 10_000
#: Empty pages that no one should follow.
TOO_MANY_EMPTY = 1_000


def paged(listing: Listing, token: Callable[[int], str], items: Callable[[int], list[Any]], limit: int) -> Answer:
    """A List whose n-th answer has this token and these items."""
    numbers = itertools.count()
    lock = threading.Lock()

    def answer(_asked: Asked) -> Iterable[bytes]:
        with lock:
            number = next(numbers)
        end = number >= limit
        return [reply(body=as_json({listing.items: items(number), "nextToken": "" if end else token(number)}))]

    return answer


def item(listing: Listing, name: str) -> dict[str, Any]:
    """An item of a List."""
    if listing.items == "configs":
        return wire(APIS[listing.generation], name, **({"qualifier": name} if not listing.name else {}))
    return {listing.name: name}


def check_ends(emulator: Emulator, name: str, token: Callable[[int], str], full: bool, limit: int) -> None:
    """A List with such tokens, and full or empty pages, is an error before ``limit`` pages."""
    listing = LISTINGS[name]
    answer = paged(listing, token, lambda number: [item(listing, f"n{number}")] if full else [], limit)
    errors, _ids = errors_of(emulator, listing, answer)
    assert [one.operation for one in errors] == [name.partition(" ")[0]]


@pytest.mark.parametrize("full", [False, True], ids=["empty pages", "full pages"])
@pytest.mark.parametrize("tokens", ["A", "AB", "ABC", "ABCB"], ids="→".join)
@EACH_LISTING
def test_a_token_that_was_there_before_is_an_error(emulator: Emulator, name: str, tokens: str, full: bool) -> None:
    """Also one that comes back at once: the list is not complete then."""
    check_ends(emulator, name, lambda number: tokens[number % len(tokens)], full, 50)


@EACH_LISTING
def test_empty_pages_without_end_are_an_error(emulator: Emulator, name: str) -> None:
    check_ends(emulator, name, lambda number: f"token-{number}", False, TOO_MANY_EMPTY)


@pytest.mark.parametrize("name", ["ListFunctionAsyncInvokeConfigs", "ListAsyncInvokeConfigs"])
def test_full_pages_without_end_are_an_error(emulator: Emulator, name: str) -> None:
    check_ends(emulator, name, lambda number: f"token-{number}", True, TOO_MANY)


def test_a_few_empty_pages_are_no_error(emulator: Emulator) -> None:
    """A page may be empty because all that was on it was filtered out."""
    listing = LISTINGS["ListAsyncInvokeConfigs"]
    last = 5
    answer = paged(
        listing,
        lambda number: f"token-{number}",
        lambda number: [wire(APIS["FC 3.0"], functionArn=_qualified("f"))] if number == last else [],
        last,
    )
    errors, ids = errors_of(emulator, listing, answer)
    assert (errors, ids) == ([], ["f:LATEST"])


def _qualified(name: str) -> str:
    return f"acs:fc:cn-hangzhou:{ACCOUNT_ID}:functions/{name}/LATEST"


# --- Text from outside ------------------------------------------------------------------------------------------

#: What must not reach a terminal; lone surrogates are in no file's encoding either.
NASTY = {
    "a screen that is cleared": "\x1b[2J\x1b[H",
    "a window that is renamed": "\x1b]0;owned\x07",
    "a C1 control": "\x9b31m",
    "line breaks": "first\nsecond\r\nthird\x0b\x0c",
    "NUL": "a\x00b",
    "backspaces": "good\x08\x08\x08\x08evil",
    "text from right to left": "\u202etxet",
    "line separators": "a\u2028b\u2029c\x85d",
}
SURROGATE = "a\ud800b\udfffc"
EACH_NASTY = pytest.mark.parametrize(
    "nasty", [" and ".join(NASTY.values()), SURROGATE], ids=["control characters", "lone surrogates"]
)
#: Characters that are enough for all that a module may print about one thing that went wrong.
ENOUGH = 20_000


def check_fit_to_be_shown(ended: Ended) -> None:
    """Every text of a result may be printed, and be written to a file."""
    ugly = [text for text in texts(ended.result) if not text.isprintable()]
    assert ugly == []
    assert len(ended.output) < ENOUGH


@EACH_NASTY
@pytest.mark.parametrize("kind", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH
def test_an_errors_text_is_fit_to_be_shown(generation: str, kind: int, nasty: str) -> None:
    text = f"It is {nasty} that fails"
    answer = reply(400, error(text, code=f"Code{nasty}", request_id=f"R{nasty}"))
    task: dict[str, Any] = {**owner(APIS[generation]), "function_name": "f"}
    with Hostile(says(answer)) as server:
        ended = run(MODULES[generation][kind], arguments(server.url, **({"configs": [task]} if kind == 1 else task)))
    assert ended.result["failed"]
    assert "that fails" in ended.result["msg"]
    check_fit_to_be_shown(ended)


@EACH_NASTY
@pytest.mark.parametrize("kind", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH
def test_a_configs_text_is_fit_to_be_shown(generation: str, kind: int, nasty: str) -> None:
    """In the result, in the diff and its headers; or the config is refused."""
    api = APIS[generation]
    halves = {"onFailure": {"destination": QUEUE + nasty}, "onSuccess": {"destination": TOPIC}}
    config = wire(api, createdTime=f"2026{nasty}", lastModifiedTime=nasty, destinationConfig=halves)
    listed = as_json({"configs": [{**config, **({"functionArn": _qualified("f")} if kind == 2 else {})}]})
    task: dict[str, Any] = {**owner(api), "function_name": "f"}
    given = {"configs": [task]} if kind == 1 else task
    with Hostile(dispatch({"-configs": listed, "-config": as_json(config)})) as server:
        ended = run(
            MODULES[generation][kind],
            arguments(server.url, **given, _ansible_diff=True, _ansible_check_mode=True),
        )
    check_fit_to_be_shown(ended)


@EACH_NASTY
@BOTH
def test_a_listed_name_is_fit_to_be_shown(generation: str, nasty: str) -> None:
    """Or it is refused."""
    name = f"f{nasty}"
    answers = {
        "/services": as_json({"services": [{"serviceName": f"s{nasty}"}]}),
        "/functions": as_json({"functions": [{"functionName": name}]}),
        "/async-invoke-configs": as_json({"configs": [wire(APIS[generation], name, qualifier=f"q{nasty}")]}),
    }
    with Hostile(dispatch(answers)) as server:
        ended = run(MODULES[generation][2], arguments(server.url, include_unconfigured=True))
    check_fit_to_be_shown(ended)


@pytest.mark.parametrize("field", ["serviceName", "functionName", "nextToken"])
def test_a_name_of_a_megabyte_does_not_fill_the_screen(field: str) -> None:
    long = "x" * MEGABYTE
    answers = {
        "/services": as_json({"services": [{"serviceName": long if field == "serviceName" else "s"}]}),
        "/functions": as_json(
            {
                "functions": [{"functionName": long if field == "functionName" else "f"}],
                "nextToken": long if field == "nextToken" else "",
            }
        ),
    }
    with Hostile(dispatch(answers, rest=error("no"))) as server:
        ended = run("function_async_invoke_config_info", arguments(server.url))
    assert len(ended.output) < ENOUGH


@pytest.mark.parametrize("place", ["message", "code", "request_id"])
@pytest.mark.parametrize("kind", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH
def test_a_text_of_a_megabyte_is_cut_off_visibly(generation: str, kind: int, place: str) -> None:
    parts = {"message": "it fails", place: "It is long: " + "x" * MEGABYTE}
    task: dict[str, Any] = {**owner(APIS[generation]), "function_name": "f"}
    with Hostile(says(reply(400, error(**parts)))) as server:
        ended = run(MODULES[generation][kind], arguments(server.url, **({"configs": [task]} if kind == 1 else task)))
    assert ended.result["failed"]
    assert len(ended.output) < ENOUGH
    if place == "message":
        assert re.search(r"more characters|shortened|cut off|\.\.\.|…", ended.result["msg"])


@BOTH
def test_a_hundred_long_messages_are_not_a_hundred_megabytes(generation: str) -> None:
    api = APIS[generation]
    configs = [{**owner(api), "function_name": f"f{number}"} for number in range(100)]
    with Hostile(says(reply(400, error("x" * MEGABYTE)))) as server:
        ended = run(MODULES[generation][1], arguments(server.url, configs=configs))
    assert len(ended.result["results"]) == 100
    assert all(entry["failed"] for entry in ended.result["results"])
    assert len(ended.output) < 100 * ENOUGH / 4
