# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undocumented responses never count as success. The output size and the run time are limited."""

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
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from emulator import ConfigKey, Emulator

from .harness import GENERATIONS, QUEUE, TOPIC, Harness, operation_name, options
from .hostile import MEGABYTE, Handler, HostileServer, Request, error_body, http_response, respond_with, to_json
from .process import CompletedModule, run, strings
from .test_scale import read_configs

BOTH_GENERATIONS = pytest.mark.parametrize("generation", GENERATIONS)
ACCOUNT_ID = "1234567890123456"
PORTAL = "<html><body><h1>Sign in to the hotel's network</h1></body></html>"
NO_CONFIG_ERROR = error_body("no config", code="AsyncConfigNotExists")
#: The single, bulk and info modules for each generation.
MODULES = {
    "FC 2.0": ("function_async_invoke_config", "function_async_invoke_configs", "function_async_invoke_config_info"),
    "FC 3.0": ("v3_async_invoke_config", "v3_async_invoke_configs", "v3_async_invoke_config_info"),
}


def config_body(api: Generation, name: str = "f", **fields: Any) -> dict[str, Any]:
    """Build a configuration in the API's response format and update it with ``fields``."""
    names = {"functionArn": f"acs:fc:cn-hangzhou:{ACCOUNT_ID}:functions/{name}"}
    if api.list_services:
        names = {"service": "s", "function": name, "qualifier": "LATEST"}
    times = {"createdTime": "2026-01-01T00:00:00Z", "lastModifiedTime": "2026-01-01T00:00:00Z"}
    return {**names, **times, "destinationConfig": None, "maxAsyncRetryAttempts": 1, **fields}


def service_option(api: Generation) -> dict[str, str]:
    """Return the service_name option if the generation has services."""
    return {"service_name": "s"} if api.list_services else {}


def module_arguments(endpoint: str, **task: Any) -> dict[str, Any]:
    """Build the arguments for a module that connects to this server without retries."""
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


def operation_of(completed: CompletedModule) -> str:
    """Return the name of the operation that failed, or an empty string."""
    parts = [completed.result, *completed.result.get("unreadable", []), *completed.result.get("results", [])]
    return next((str(part["error"].get("operation")) for part in parts if part.get("error")), "")


# --- Unexpected responses to writes -----------------------------------------------------------------------------


@dataclass(frozen=True)
class TaskResult:
    """The result of a task."""

    failed: bool
    changed: bool


def run_task(harness: Harness, desired: Desired) -> TaskResult:
    """Run a task. Unexpected exceptions are propagated."""
    try:
        outcome = harness.run(desired)
    except (ApiError, ReconcileError) as error:
        return TaskResult(True, bool(getattr(error, "changed", False)))
    return TaskResult(False, outcome.plan.changed)


def check_task_result(harness: Harness, result: TaskResult, before: Settings | None, expected: Settings | None) -> None:
    """Check the result of a task against the stored configuration."""
    if not result.failed:
        assert harness.equivalent(harness.stored_settings(), expected), (
            "a successful task must store the desired configuration"
        )
    if not result.changed:
        assert harness.equivalent(harness.stored_settings(), before), (
            "a changed configuration must be reported as changed"
        )


#: Responses not documented as successful. The values are fault options.
UNEXPECTED_RESPONSES: Mapping[str, Mapping[str, Any]] = {
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
ALL_UNEXPECTED_RESPONSES = pytest.mark.parametrize("response", UNEXPECTED_RESPONSES)
#: A successful Delete returns 204. A successful Put returns 200 with a body.
UNEXPECTED_DELETE_RESPONSES = {
    **UNEXPECTED_RESPONSES,
    "200": {"status": 200},
    "an object": {"status": 200, "body": "{}"},
}
UNEXPECTED_PUT_RESPONSES = {**UNEXPECTED_RESPONSES, "204": {"status": 204}, "200 without a body": {"status": 200}}


@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
@pytest.mark.parametrize("response", UNEXPECTED_DELETE_RESPONSES)
@BOTH_GENERATIONS
def test_a_delete_with_an_unexpected_response_is_verified(
    emulator: Emulator, generation: str, response: str, executed: bool
) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    harness.store({"maximum_retry_attempts": 1})
    before = harness.stored_settings()
    emulator.faults.add(harness.api.operations.delete, after=executed, **UNEXPECTED_DELETE_RESPONSES[response])
    result = run_task(harness, harness.desired(state="absent"))
    check_task_result(harness, result, before, None)
    assert result.failed or executed
    assert result.changed or not executed


@BOTH_GENERATIONS
@ALL_UNEXPECTED_RESPONSES
def test_a_delete_with_one_unexpected_response_is_verified(emulator: Emulator, generation: str, response: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    harness.store({"maximum_retry_attempts": 1})
    before = harness.stored_settings()
    emulator.faults.add(harness.api.operations.delete, times=1, **UNEXPECTED_RESPONSES[response])
    check_task_result(harness, run_task(harness, harness.desired(state="absent")), before, None)


@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
@pytest.mark.parametrize("existing", [None, {"maximum_retry_attempts": 3}], ids=["create", "update"])
@pytest.mark.parametrize("response", UNEXPECTED_PUT_RESPONSES)
@BOTH_GENERATIONS
def test_a_put_with_an_unexpected_response_is_verified(
    emulator: Emulator, generation: str, response: str, existing: Settings | None, executed: bool
) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    harness.store(existing)
    before = harness.stored_settings()
    desired = harness.desired(**options(harness.api))
    emulator.faults.add(harness.api.operations.put, after=executed, **UNEXPECTED_PUT_RESPONSES[response])
    result = run_task(harness, desired)
    check_task_result(harness, result, before, desired.given)
    assert result.failed or executed
    assert result.changed or not executed


@pytest.mark.parametrize("executed", [True, False], ids=["executed", "not executed"])
@BOTH_GENERATIONS
def test_a_put_that_returns_the_config_of_another_function_is_verified(
    emulator: Emulator, generation: str, executed: bool
) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    desired = harness.desired(maximum_retry_attempts=1)
    other = to_json(config_body(harness.api, "g"))
    emulator.faults.add(
        harness.api.operations.put, status=200, body=other, content_type="application/json", after=executed, times=1
    )
    result = run_task(harness, desired)
    check_task_result(harness, result, None, desired.given)
    assert result.failed or executed


@pytest.mark.parametrize("status", [200, 204])
@BOTH_GENERATIONS
def test_unsetting_a_field_fails_if_the_delete_is_not_executed(
    emulator: Emulator, generation: str, status: int
) -> None:
    """Only a Delete followed by a Put unsets the destination. The Delete reports success but is not executed."""
    harness = Harness(emulator, GENERATIONS[generation])
    harness.store({"destination_config.on_failure.destination": QUEUE})
    before = harness.stored_settings()
    emulator.faults.add(harness.api.operations.delete, status=status)
    desired = harness.desired()
    result = run_task(harness, desired)
    expected = {option: desired.value_of(field) for field, option in _fields_and_options(harness.api)}
    check_task_result(harness, result, before, expected)
    assert result.failed


def _fields_and_options(api: Generation) -> list[tuple[Any, str]]:
    return [(field, field.option) for field in api.fields]


@pytest.mark.parametrize("bulk", [False, True], ids=["single", "bulk"])
@pytest.mark.parametrize(("generation", "response"), [("FC 2.0", "a captive portal"), ("FC 3.0", "202")])
def test_modules_fail_if_a_delete_is_not_executed(
    emulator: Emulator, generation: str, response: str, bulk: bool
) -> None:
    api = GENERATIONS[generation]
    key = ConfigKey(service_option(api).get("service_name"), "f", "LATEST")
    emulator.store.put_config(key, {"maxAsyncRetryAttempts": 1})
    emulator.faults.add(api.operations.delete, **UNEXPECTED_RESPONSES[response])
    entry = {**service_option(api), "function_name": "f", "state": "absent"}
    task = {"configs": [entry]} if bulk else entry
    result = run(MODULES[generation][bulk], module_arguments(emulator.url, **task)).result
    assert key in emulator.store.configs
    assert result["failed"]
    assert emulator.journal.counts[api.operations.delete] >= 1
    entry_result = result["results"][0] if bulk else result
    assert entry_result["failed"]


# --- Malformed responses to reads -------------------------------------------------------------------------------

#: Bodies of responses with status 200 that are invalid for all operations.
MALFORMED_BODIES = {
    "null": "null",
    "a list": "[]",
    "a number": "7",
    "a string": '"text"',
    "truncated": '{"functionArn": "acs:fc',
    "empty": "",
    "HTML": PORTAL,
    "an error": error_body("it did not work", code="InternalServerError"),
    "an error without a message": '{"Code": "AccessDenied"}',
    "deeply nested": "[" * 100_000,
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
}
SELECTED_BODIES = ("null", "HTML", "an error")
EACH_SELECTED_BODY = pytest.mark.parametrize(
    "body", [MALFORMED_BODIES[name] for name in SELECTED_BODIES], ids=SELECTED_BODIES
)
#: Fields with invalid types.
INVALID_FIELDS: tuple[Mapping[str, Any], ...] = (
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
EACH_INVALID_CONFIG = pytest.mark.parametrize(
    "body",
    [*MALFORMED_BODIES.values(), "{}", *INVALID_FIELDS],
    ids=[*MALFORMED_BODIES, "an empty object", *map(to_json, INVALID_FIELDS)],
)


def encode_body(api: Generation, body: Mapping[str, Any] | str | bytes) -> str | bytes:
    """Encode a body. If it is a mapping, insert its fields into a valid configuration."""
    return to_json(config_body(api, **body)) if isinstance(body, Mapping) else body


def call_operation(harness: Harness, operation: str) -> Any:
    """Call get or put for the default configuration."""
    desired = harness.desired(maximum_retry_attempts=1)
    arguments = (desired.given,) if operation == "put" else ()
    return getattr(harness.client, operation)(desired.identity, *arguments)


@pytest.mark.parametrize("operation", ["get", "put"])
@EACH_INVALID_CONFIG
@BOTH_GENERATIONS
def test_an_invalid_config_is_an_error(emulator: Emulator, generation: str, body: Any, operation: str) -> None:
    api = GENERATIONS[generation]
    with HostileServer(respond_with(http_response(body=encode_body(api, body)))) as server:
        harness = Harness(emulator, api, endpoint=server.url)
        with pytest.raises(ApiError) as caught:
            call_operation(harness, operation)
    assert caught.value.operation == operation_name(api, operation)
    assert harness.identity.id in str(caught.value)
    assert not isinstance(caught.value, NotFound)


#: Invalid item lists in a List response.
INVALID_ITEMS: tuple[Any, ...] = ("x", 7, {"a": "b"}, True, [7], ["x"], [None], [[]])


def dispatch(rules: Mapping[str, Any], default: Any = None) -> Handler:
    """Create a handler that selects the response based on the end of the path. Each rule is a body or a handler."""

    def handler(request: Request) -> Iterable[bytes]:
        rule = next((body for ending, body in rules.items() if request.path.endswith(ending)), default)
        if callable(rule):
            chunks: Iterable[bytes] = rule(request)
            return chunks
        return [http_response(404, NO_CONFIG_ERROR)] if rule is None else [http_response(body=rule)]

    return handler


@dataclass(frozen=True)
class ListOperation:
    """A List operation.

    ``path`` is the end of the request path. ``items`` is the response key for the list, and ``name`` is the key for
    the name in each item. The operation is called if the configurations are read with these ``filters`` and other
    operations return the ``prerequisites``.
    """

    generation: str
    path: str
    items: str
    name: str
    filters: Mapping[str, Any]
    prerequisites: Mapping[str, str]


def _configs_without_qualifier(name: str = "f") -> str:
    return to_json({"configs": [config_body(GENERATIONS["FC 3.0"], name)]})


LIST_OPERATIONS = {
    "ListServices": ListOperation("FC 2.0", "/services", "services", "serviceName", {}, {}),
    "ListFunctions": ListOperation("FC 2.0", "/s/functions", "functions", "functionName", {"service_name": "s"}, {}),
    "ListFunctionAsyncInvokeConfigs": ListOperation(
        "FC 2.0", "/async-invoke-configs", "configs", "", {"service_name": "s", "function_name": "f"}, {}
    ),
    "ListAsyncInvokeConfigs": ListOperation("FC 3.0", "/async-invoke-configs", "configs", "functionArn", {}, {}),
    "ListFunctions of FC 3.0": ListOperation(
        "FC 3.0", "/functions", "functions", "functionName", {"unconfigured": True}, {"/async-invoke-configs": "{}"}
    ),
    "ListAliases": ListOperation(
        "FC 3.0",
        "/aliases",
        "aliases",
        "aliasName",
        {},
        {"/async-invoke-configs": _configs_without_qualifier(), "/versions": "{}"},
    ),
    "ListFunctionVersions": ListOperation(
        "FC 3.0",
        "/versions",
        "versions",
        "versionId",
        {},
        {"/async-invoke-configs": _configs_without_qualifier(), "/aliases": "{}"},
    ),
}
EACH_LIST_OPERATION = pytest.mark.parametrize("name", LIST_OPERATIONS)


def read_errors(emulator: Emulator, operation: ListOperation, response: Any) -> tuple[list[ApiError], list[str]]:
    """Read all configs while a List operation returns this response. Return the errors and the configuration IDs."""
    with HostileServer(dispatch({**operation.prerequisites, operation.path: response})) as server:
        harness = Harness(emulator, GENERATIONS[operation.generation], endpoint=server.url)
        try:
            result = read_configs(harness, **operation.filters)
        except ApiError as error:
            return [error], []
    return [item.error for item in result.unreadable], [config.identity.id for config in result.configs]


def check_rejected(emulator: Emulator, name: str, response: Any) -> None:
    """Check that this response to a List operation causes an error that contains the operation name."""
    errors, _ids = read_errors(emulator, LIST_OPERATIONS[name], response)
    assert [error.operation for error in errors] == [name.partition(" ")[0]]
    assert not isinstance(errors[0], NotFound)
    assert errors[0].operation in str(errors[0])


@pytest.mark.parametrize("body", MALFORMED_BODIES.values(), ids=MALFORMED_BODIES)
@EACH_LIST_OPERATION
def test_a_malformed_list_is_an_error(emulator: Emulator, name: str, body: Any) -> None:
    check_rejected(emulator, name, body)


@pytest.mark.parametrize("items", INVALID_ITEMS, ids=to_json)
@EACH_LIST_OPERATION
def test_malformed_items_are_an_error(emulator: Emulator, name: str, items: Any) -> None:
    check_rejected(emulator, name, to_json({LIST_OPERATIONS[name].items: items}))


@pytest.mark.parametrize("token", [7, True, {"a": "b"}, ["x"]], ids=to_json)
@EACH_LIST_OPERATION
def test_a_page_token_that_is_not_a_string_is_an_error(emulator: Emulator, name: str, token: Any) -> None:
    check_rejected(emulator, name, to_json({LIST_OPERATIONS[name].items: [], "nextToken": token}))


# Integers are valid because version IDs may be returned as numbers.
@pytest.mark.parametrize("value", ["(missing)", None, 7.5, True, {"a": "b"}, ["x"], ""], ids=to_json)
@pytest.mark.parametrize("name", [name for name, operation in LIST_OPERATIONS.items() if operation.name])
def test_an_item_without_a_valid_name_is_an_error(emulator: Emulator, name: str, value: Any) -> None:
    operation = LIST_OPERATIONS[name]
    item = config_body(GENERATIONS["FC 3.0"]) if operation.name == "functionArn" else {"description": "an item"}
    item.pop(operation.name, None)
    named = item if value == "(missing)" else {**item, operation.name: value}
    check_rejected(emulator, name, to_json({operation.items: [named]}))


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
def test_an_unexpected_arn_is_an_error(emulator: Emulator, arn: str) -> None:
    item = config_body(GENERATIONS["FC 3.0"], functionArn=arn)
    check_rejected(emulator, "ListAsyncInvokeConfigs", to_json({"configs": [item]}))


@pytest.mark.parametrize("qualifier", [7, True, {"a": "b"}, ["x"]], ids=to_json)
def test_a_qualifier_that_is_not_a_string_is_an_error(emulator: Emulator, qualifier: Any) -> None:
    item = config_body(GENERATIONS["FC 2.0"], qualifier=qualifier)
    check_rejected(emulator, "ListFunctionAsyncInvokeConfigs", to_json({"configs": [item]}))


@pytest.mark.parametrize("fields", INVALID_FIELDS, ids=to_json)
@pytest.mark.parametrize("name", ["ListFunctionAsyncInvokeConfigs", "ListAsyncInvokeConfigs"])
def test_invalid_fields_in_listed_configs_are_an_error(
    emulator: Emulator, name: str, fields: Mapping[str, Any]
) -> None:
    item = config_body(GENERATIONS[LIST_OPERATIONS[name].generation], **fields)
    check_rejected(emulator, name, to_json({"configs": [item]}))


@BOTH_GENERATIONS
def test_listed_configs_of_other_functions_are_rejected(emulator: Emulator, generation: str) -> None:
    """Otherwise, a purge would delete configurations outside its scope."""
    api = GENERATIONS[generation]
    body = to_json({"configs": [config_body(api, "g")]})
    operation = ListOperation(
        generation, "/async-invoke-configs", "configs", "", {**service_option(api), "function_name": "f"}, {}
    )
    errors, ids = read_errors(emulator, operation, body)
    assert errors or ids == []


@EACH_SELECTED_BODY
@BOTH_GENERATIONS
def test_nothing_is_changed_after_a_malformed_list(generation: str, body: Any) -> None:
    api = GENERATIONS[generation]
    with HostileServer(dispatch({"/async-invoke-configs": body})) as server:
        task = {"configs": [{**service_option(api), "function_name": "f"}], "purge": "function"}
        completed = run(MODULES[generation][1], module_arguments(server.url, **task))
        assert set(server.methods) == {"GET"}
    assert completed.result["failed"]
    assert not completed.result.get("changed")
    assert operation_of(completed) == api.operations.list


@EACH_SELECTED_BODY
@BOTH_GENERATIONS
def test_the_info_module_reports_a_malformed_list(generation: str, body: Any) -> None:
    with HostileServer(respond_with(http_response(body=body))) as server:
        completed = run(MODULES[generation][2], module_arguments(server.url))
    assert completed.result.get("failed") or completed.result["unreadable"]
    assert operation_of(completed).startswith("List")


# --- Limits of pagination ---------------------------------------------------------------------------------------

#: More pages than any account has. The server ends the list after this number of pages, so that a failing test stops.
TOO_MANY_PAGES = 10_000
#: More empty pages than a client should read.
TOO_MANY_EMPTY_PAGES = 1_000


def paged(
    operation: ListOperation, token: Callable[[int], str], items: Callable[[int], list[Any]], limit: int
) -> Handler:
    """Create a handler that returns ``items(n)`` and ``token(n)`` for request n. The list ends at request ``limit``."""
    numbers = itertools.count()
    lock = threading.Lock()

    def handler(_request: Request) -> Iterable[bytes]:
        with lock:
            number = next(numbers)
        is_last = number >= limit
        return [
            http_response(body=to_json({operation.items: items(number), "nextToken": "" if is_last else token(number)}))
        ]

    return handler


def item(operation: ListOperation, name: str) -> dict[str, Any]:
    """Build an item for a List response."""
    if operation.items == "configs":
        return config_body(
            GENERATIONS[operation.generation], name, **({"qualifier": name} if not operation.name else {})
        )
    return {operation.name: name}


def check_pagination_ends(
    emulator: Emulator, name: str, token: Callable[[int], str], with_items: bool, limit: int
) -> None:
    """Check that empty or nonempty pages with these tokens cause an error before page number ``limit``."""
    operation = LIST_OPERATIONS[name]
    handler = paged(operation, token, lambda number: [item(operation, f"n{number}")] if with_items else [], limit)
    errors, _ids = read_errors(emulator, operation, handler)
    assert [error.operation for error in errors] == [name.partition(" ")[0]]


@pytest.mark.parametrize("with_items", [False, True], ids=["empty pages", "pages with items"])
@pytest.mark.parametrize("tokens", ["A", "AB", "ABC", "ABCB"], ids="→".join)
@EACH_LIST_OPERATION
def test_a_repeated_page_token_is_an_error(emulator: Emulator, name: str, tokens: str, with_items: bool) -> None:
    """An immediately repeated token is also an error because the list would be incomplete."""
    check_pagination_ends(emulator, name, lambda number: tokens[number % len(tokens)], with_items, 50)


@EACH_LIST_OPERATION
def test_too_many_empty_pages_are_an_error(emulator: Emulator, name: str) -> None:
    check_pagination_ends(emulator, name, lambda number: f"token-{number}", False, TOO_MANY_EMPTY_PAGES)


@pytest.mark.parametrize("name", ["ListFunctionAsyncInvokeConfigs", "ListAsyncInvokeConfigs"])
def test_too_many_pages_are_an_error(emulator: Emulator, name: str) -> None:
    check_pagination_ends(emulator, name, lambda number: f"token-{number}", True, TOO_MANY_PAGES)


def test_a_few_empty_pages_are_accepted(emulator: Emulator) -> None:
    """A page may be empty because the service filtered out all of its items."""
    operation = LIST_OPERATIONS["ListAsyncInvokeConfigs"]
    last_page = 5
    handler = paged(
        operation,
        lambda number: f"token-{number}",
        lambda number: (
            [config_body(GENERATIONS["FC 3.0"], functionArn=_arn_with_qualifier("f"))] if number == last_page else []
        ),
        last_page,
    )
    errors, ids = read_errors(emulator, operation, handler)
    assert (errors, ids) == ([], ["f:LATEST"])


def _arn_with_qualifier(name: str) -> str:
    return f"acs:fc:cn-hangzhou:{ACCOUNT_ID}:functions/{name}/LATEST"


# --- Untrusted text ---------------------------------------------------------------------------------------------

#: Texts that must not be printed to a terminal.
UNPRINTABLE_TEXTS = {
    "clear screen": "\x1b[2J\x1b[H",
    "set window title": "\x1b]0;owned\x07",
    "C1 control character": "\x9b31m",
    "line breaks": "first\nsecond\r\nthird\x0b\x0c",
    "NUL": "a\x00b",
    "backspaces": "good\x08\x08\x08\x08evil",
    "right-to-left override": "\u202etxet",
    "line separators": "a\u2028b\u2029c\x85d",
}
#: Lone surrogates, which cannot be encoded as UTF-8.
SURROGATE = "a\ud800b\udfffc"
EACH_UNPRINTABLE_TEXT = pytest.mark.parametrize(
    "unprintable", [" and ".join(UNPRINTABLE_TEXTS.values()), SURROGATE], ids=["control characters", "lone surrogates"]
)
#: Maximum number of characters that a module prints for one error.
MAX_OUTPUT = 20_000


def check_printable(completed: CompletedModule) -> None:
    """Check that all strings in a result are printable and that the output size is limited."""
    unprintable = [text for text in strings(completed.result) if not text.isprintable()]
    assert unprintable == []
    assert len(completed.output) < MAX_OUTPUT


@EACH_UNPRINTABLE_TEXT
@pytest.mark.parametrize("module_index", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH_GENERATIONS
def test_control_characters_in_errors_are_escaped(generation: str, module_index: int, unprintable: str) -> None:
    text = f"It is {unprintable} that fails"
    response = http_response(400, error_body(text, code=f"Code{unprintable}", request_id=f"R{unprintable}"))
    task: dict[str, Any] = {**service_option(GENERATIONS[generation]), "function_name": "f"}
    with HostileServer(respond_with(response)) as server:
        completed = run(
            MODULES[generation][module_index],
            module_arguments(server.url, **({"configs": [task]} if module_index == 1 else task)),
        )
    assert completed.result["failed"]
    assert "that fails" in completed.result["msg"]
    check_printable(completed)


@EACH_UNPRINTABLE_TEXT
@pytest.mark.parametrize("module_index", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH_GENERATIONS
def test_control_characters_in_configs_are_escaped(generation: str, module_index: int, unprintable: str) -> None:
    """Control characters are escaped in the result, the diff and the diff headers.

    The module may also reject the configuration.
    """
    api = GENERATIONS[generation]
    destinations = {"onFailure": {"destination": QUEUE + unprintable}, "onSuccess": {"destination": TOPIC}}
    config = config_body(
        api, createdTime=f"2026{unprintable}", lastModifiedTime=unprintable, destinationConfig=destinations
    )
    listed = to_json(
        {"configs": [{**config, **({"functionArn": _arn_with_qualifier("f")} if module_index == 2 else {})}]}
    )
    task: dict[str, Any] = {**service_option(api), "function_name": "f"}
    task_options = {"configs": [task]} if module_index == 1 else task
    with HostileServer(dispatch({"-configs": listed, "-config": to_json(config)})) as server:
        completed = run(
            MODULES[generation][module_index],
            module_arguments(server.url, **task_options, _ansible_diff=True, _ansible_check_mode=True),
        )
    check_printable(completed)


@EACH_UNPRINTABLE_TEXT
@BOTH_GENERATIONS
def test_control_characters_in_listed_names_are_escaped(generation: str, unprintable: str) -> None:
    """The module may also reject the name."""
    name = f"f{unprintable}"
    responses = {
        "/services": to_json({"services": [{"serviceName": f"s{unprintable}"}]}),
        "/functions": to_json({"functions": [{"functionName": name}]}),
        "/async-invoke-configs": to_json(
            {"configs": [config_body(GENERATIONS[generation], name, qualifier=f"q{unprintable}")]}
        ),
    }
    with HostileServer(dispatch(responses)) as server:
        completed = run(MODULES[generation][2], module_arguments(server.url, include_unconfigured=True))
    check_printable(completed)


@pytest.mark.parametrize("field", ["serviceName", "functionName", "nextToken"])
def test_long_names_do_not_flood_the_output(field: str) -> None:
    long_text = "x" * MEGABYTE
    responses = {
        "/services": to_json({"services": [{"serviceName": long_text if field == "serviceName" else "s"}]}),
        "/functions": to_json(
            {
                "functions": [{"functionName": long_text if field == "functionName" else "f"}],
                "nextToken": long_text if field == "nextToken" else "",
            }
        ),
    }
    with HostileServer(dispatch(responses, default=error_body("no"))) as server:
        completed = run("function_async_invoke_config_info", module_arguments(server.url))
    assert len(completed.output) < MAX_OUTPUT


@pytest.mark.parametrize("field", ["message", "code", "request_id"])
@pytest.mark.parametrize("module_index", [0, 1, 2], ids=["single", "bulk", "info"])
@BOTH_GENERATIONS
def test_long_error_messages_are_truncated(generation: str, module_index: int, field: str) -> None:
    parts = {"message": "it fails", field: "It is long: " + "x" * MEGABYTE}
    task: dict[str, Any] = {**service_option(GENERATIONS[generation]), "function_name": "f"}
    with HostileServer(respond_with(http_response(400, error_body(**parts)))) as server:
        completed = run(
            MODULES[generation][module_index],
            module_arguments(server.url, **({"configs": [task]} if module_index == 1 else task)),
        )
    assert completed.result["failed"]
    assert len(completed.output) < MAX_OUTPUT
    if field == "message":
        assert re.search(r"more characters|shortened|cut off|\.\.\.|…", completed.result["msg"])


@BOTH_GENERATIONS
def test_many_long_error_messages_are_truncated(generation: str) -> None:
    api = GENERATIONS[generation]
    configs = [{**service_option(api), "function_name": f"f{number}"} for number in range(100)]
    with HostileServer(respond_with(http_response(400, error_body("x" * MEGABYTE)))) as server:
        completed = run(MODULES[generation][1], module_arguments(server.url, configs=configs))
    assert len(completed.result["results"]) == 100
    assert all(entry["failed"] for entry in completed.result["results"])
    assert len(completed.output) < 100 * MAX_OUTPUT / 4
