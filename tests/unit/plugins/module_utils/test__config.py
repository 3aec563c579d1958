# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the model: parsing, comparing and planning."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import (
    AsyncInvokeConfig,
    as_options,
    as_returned,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import (
    Desired,
    input_warnings,
    parse_desired,
    validate,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import same
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity, parse_id
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import differences, plan
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import (
    UnexpectedResponse,
    listed_name,
    listed_page,
    parse_listed,
    parse_response,
    request_body,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from hypothesis import given
from hypothesis import strategies as st
from support.fields import task_field

from .strategies import NAMES, settings, task_options

QUEUE = "acs:mns:cn-hangzhou:123:/queues/q/messages"
TOPIC = "acs:mns:cn-hangzhou:123:/topics/t/messages"
FULL_OPTIONS = {
    "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
    "maximum_event_age_in_seconds": 60,
    "maximum_retry_attempts": 0,
    "stateful_invocation": True,
}


GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda generation: generation.name)


def stored(**fields: Any) -> AsyncInvokeConfig:
    """Parse an FC 2.0 response with these fields, and return the config."""
    return parse_response(FC2, Identity("f", service_name="s"), {"createdTime": "then", **fields})


def desired(generation: Generation = FC2, /, **options: Any) -> Desired:
    """Return the desired state of a task for s:f:LATEST (FC 3.0: f:LATEST)."""
    return parse_desired(generation, {**identity_options(generation), **options})


def identity_options(generation: Generation) -> dict[str, Any]:
    """Return the identity options for function f (FC 2.0: in service s)."""
    return {name: name[0] for name in generation.identity_options if name != "qualifier"}


# --- IDs --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("s:f", ("s", "f", "LATEST")),
        ("s:f:prod", ("s", "f", "prod")),
        ("s:f:7", ("s", "f", "7")),
        ("acs:fc:cn-hangzhou:123:services/s/functions/f", ("s", "f", "LATEST")),
        ("acs:fc:cn-hangzhou:123:services/s.prod/functions/f", ("s", "f", "prod")),
        ("acs:fc:::services/s.3/functions/f", ("s", "f", "3")),
    ],
)
def test_parse_id(text: str, expected: Any) -> None:
    identity = parse_id(FC2, text)
    assert (identity.service_name, identity.function_name, identity.qualifier) == expected


def test_arn_contains_region_and_account() -> None:
    from_arn = parse_id(FC2, "acs:fc:cn-hangzhou:123:services/s/functions/f")
    assert (from_arn.region, from_arn.account_id) == ("cn-hangzhou", "123")
    from_names = parse_id(FC2, "s:f")
    assert (from_names.region, from_names.account_id) == ("", "")
    assert from_arn == from_names


@pytest.mark.parametrize(
    "text",
    [
        "f",
        "s:",
        ":f",
        "s:f:",
        "s:f:q:x",
        "s:f oo",
        "s:f:a.b",
        "acs:fc:cn-hangzhou:123:functions/f",
        "acs:mns:cn-hangzhou:123:/queues/q/messages",
        "acs:fc:cn-hangzhou:abc:services/s/functions/f",
        "acs:fc:cn-hangzhou:123:services/s/functions/f/x",
        "1s:f",
    ],
)
def test_malformed_ids_are_rejected(text: str) -> None:
    with pytest.raises(InvalidOption, match=r"^id: .*\.$"):
        parse_id(FC2, text)


@given(service=NAMES, function=NAMES, qualifier=NAMES)
def test_parse_id_is_the_inverse_of_id(service: str, function: str, qualifier: str) -> None:
    identity = Identity(function, qualifier, service)
    assert parse_id(FC2, identity.id) == identity


@given(st.text(max_size=40))
def test_arbitrary_text_is_a_valid_id_or_rejected(text: str) -> None:
    try:
        identity = parse_id(FC2, text)
    except InvalidOption as error:
        message = str(error)
    else:
        message = ""
        assert parse_id(FC2, identity.id) == identity
    assert not message or message.startswith("id: ")


QUOTES_WARNING = (
    "qualifier: 'True' is the name of an alias. If it was written as a boolean in YAML, such as on or yes, put quotes "
    "around it."
)
MASKS = ("********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize(
    ("option", "options"),
    [
        ("function_name", {"function_name": "{}"}),
        ("function_name", {"function_name": "{}_of_mine"}),
        ("qualifier", {"qualifier": "{}"}),
        ("id", {"id": "s:{}", "service_name": None, "function_name": None}),
        ("id", {"id": "acs:fc:cn-hangzhou:{}:services/s/functions/f"}),
        ("service_name", {"id": "s:f", "service_name": "{}"}),
        (
            "destination_config.on_failure.destination",
            {"destination_config": {"on_failure": {"destination": "acs:mns:::/queues/{}-failed/messages"}}},
        ),
    ],
)
def test_values_masked_by_ansible_are_rejected(mask: str, option: str, options: dict[str, Any]) -> None:
    masked = json.loads(json.dumps(options).replace("{}", mask))
    with pytest.raises(InvalidOption) as exc_info:
        desired(**masked)
    assert str(exc_info.value) == (
        f"{option}: must not contain {mask}, which Ansible writes in place of a secret. "
        "The value comes from a masked result."
    )


@pytest.mark.parametrize("name", ["service_name", "function_name", "qualifier", "id"])
@pytest.mark.parametrize("value", [True, False])
def test_booleans_are_rejected_with_a_hint_about_quotes(name: str, value: bool) -> None:
    with pytest.raises(
        InvalidOption, match=rf"^{name}: must be text, not a boolean\. In YAML, put quotes around on, off, "
    ):
        desired(**{name: value})


@pytest.mark.parametrize(
    ("qualifier", "warnings"),
    [
        ("latest", ["qualifier: 'latest' is the name of an alias. The unpublished version is LATEST."]),
        ("Latest", ["qualifier: 'Latest' is the name of an alias. The unpublished version is LATEST."]),
        (
            "True",
            [QUOTES_WARNING],
        ),
        ("on", []),
        ("true", []),
        ("LATEST", []),
        ("latest2", []),
    ],
)
def test_suspicious_qualifiers_cause_warnings(qualifier: str, warnings: list[str]) -> None:
    assert input_warnings(desired(qualifier=qualifier)) == warnings
    assert input_warnings(desired(FC3, qualifier=qualifier)) == warnings


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"maximum_retry_attempts": 3.7}, "maximum_retry_attempts: must be an integer, not 3.7."),
        ({"maximum_retry_attempts": float("inf")}, "maximum_retry_attempts: must be an integer, not inf."),
        ({"maximum_retry_attempts": float("nan")}, "maximum_retry_attempts: must be an integer, not nan."),
        ({"maximum_retry_attempts": True}, "maximum_retry_attempts: must be an integer, not true."),
        ({"maximum_retry_attempts": "0x10"}, "maximum_retry_attempts: must be an integer, not '0x10'."),
        (
            {"maximum_event_age_in_seconds": 10**400},
            "maximum_event_age_in_seconds: must be between 1 and 2592000, not a number with more than 20 digits.",
        ),
        ({"stateful_invocation": "maybe"}, "stateful_invocation: must be a boolean, not 'maybe'."),
        ({"id": "s:" + "f" * 3000}, "id: must have at most 2048 characters, not 3002."),
        ({"function_name": "f" * 200}, f"not '{'f' * 99} [... 102 more characters]."),
        ({"function_name": "a\x1b[31m"}, r"not 'a\x1b[31m'."),
        ({"function_name": "a\ud800"}, r"not 'a\ud800'."),
    ],
)
def test_validation_errors_are_printable_and_short(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        desired(**options)
    assert problem in str(exc_info.value)
    assert str(exc_info.value).isprintable()
    assert len(str(exc_info.value)) < 500


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x9b", "\ud800", "\u202e", "\u200b"])
def test_destinations_with_invisible_characters_are_rejected(char: str) -> None:
    destination = f"acs:mns:::/queues/a{char}b/messages"
    with pytest.raises(InvalidOption) as exc_info:
        desired(destination_config={"on_failure": {"destination": destination}})
    assert str(exc_info.value).startswith("destination_config.on_failure.destination: must be an ARN like acs:")
    assert str(exc_info.value).isprintable()
    long = f"acs:mns:::/queues/{'q' * 2048}/messages"
    with pytest.raises(InvalidOption, match=r"destination: must have at most 2048 characters, not 2075\.$"):
        desired(destination_config={"on_failure": {"destination": long}})


def test_id_can_be_combined_with_consistent_options() -> None:
    assert desired(id="s:f:prod", qualifier="prod").identity.id == "s:f:prod"
    # ``desired`` sets function_name to f.
    for other in ("e", "g"):
        with pytest.raises(InvalidOption, match=f"^id: contains the function_name '{other}', but function_name is 'f'"):
            desired(id=f"s:{other}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function_name": "f"}, "service_name: is required unless id is specified."),
        ({"service_name": "s"}, "function_name: is required unless id is specified."),
        ({"service_name": "a b", "function_name": "f"}, "service_name: must be 1 to 128 letters"),
        ({"service_name": "s", "function_name": "9f"}, "function_name: must be 1 to 128 letters"),
        ({"service_name": "s", "function_name": "f", "qualifier": "a/b"}, "qualifier: must be a version number"),
        (
            {"service_name": "s", "function_name": "f", "maximum_retry_attempts": 9},
            "maximum_retry_attempts: must be between 0 and 8, not 9.",
        ),
        (
            {"service_name": "s", "function_name": "f", "maximum_event_age_in_seconds": 0},
            "maximum_event_age_in_seconds: must be between 1 and 2592000, not 0.",
        ),
        (
            {
                "service_name": "s",
                "function_name": "f",
                "destination_config": {"on_success": {"destination": "queue"}},
            },
            "destination_config.on_success.destination: must be an ARN like acs:SERVICE:REGION:ACCOUNT:RESOURCE,",
        ),
    ],
)
def test_validation_errors_start_with_the_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        parse_desired(FC2, options)
    assert str(exc_info.value).startswith(message)
    assert "\n" not in str(exc_info.value)


def test_unknown_destination_services_cause_a_warning() -> None:
    target = desired(destination_config={"on_failure": {"destination": "acs:kafka:cn-hangzhou:123:x"}})
    (warning,) = input_warnings(target)
    assert warning == (
        "destination_config.on_failure.destination: 'kafka' is not documented as a Function Compute destination "
        "(fc, mns, eventbridge, mq)."
    )
    assert input_warnings(desired(**FULL_OPTIONS)) == []


# --- Comparing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "equivalent"),
    [
        (QUEUE, QUEUE, True),
        (QUEUE, TOPIC, False),
        (QUEUE, "acs:mns:::/queues/q/messages", True),
        (QUEUE, "acs:mns:cn-hangzhou::/queues/q/messages", True),
        (QUEUE, "acs:mns:cn-beijing::/queues/q/messages", False),
        (QUEUE, "acs:mns::124:/queues/q/messages", False),
        (QUEUE, "acs:mq:cn-hangzhou:123:/queues/q/messages", False),
        ("acs:fc:r:1:services/s.LATEST/functions/f", "acs:fc:r:1:services/s/functions/f", True),
        ("acs:fc:r:1:services/s.LATEST/functions/f", "acs:fc:r:1:services/s.prod/functions/f", False),
        ("acs:fc:r:1:functions/f/LATEST", "acs:fc:r:1:functions/f", True),
        ("no arn", "no arn", True),
        ("no arn", QUEUE, False),
        (None, None, True),
        (None, QUEUE, False),
    ],
)
def test_equivalent_destinations(first: str | None, second: str | None, equivalent: bool) -> None:
    destination = next(field for field in FC2.fields if field.type == "arn")
    assert {same(destination, left, right) for left, right in ((first, second), (second, first))} == {equivalent}


def test_only_destinations_are_compared_as_arns() -> None:
    event_age = next(field for field in FC2.fields if field.option == "maximum_event_age_in_seconds")
    assert not same(event_age, QUEUE, "acs:mns:::/queues/q/messages")


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"destinationConfig": None},
        {"destinationConfig": {}},
        {"destinationConfig": {"onSuccess": None, "onFailure": None}},
        {"destinationConfig": {"onSuccess": {}, "onFailure": {"destination": None}}},
        {"destinationConfig": {"onSuccess": {"destination": ""}}},
        {"maxAsyncEventAgeInSeconds": 86400},
        {"maxAsyncRetryAttempts": 3, "statefulInvocation": False},
        {"maxAsyncRetryAttempts": None, "statefulInvocation": None, "maxAsyncEventAgeInSeconds": None},
    ],
)
def test_all_representations_of_unset_are_equivalent(fields: dict[str, Any]) -> None:
    assert differences(FC2, stored(**fields).settings, stored().settings) == []
    returned = as_returned(FC2, stored(**fields))
    assert returned is not None
    assert returned["destination_config"] is None
    assert returned["maximum_retry_attempts"] == 3
    assert returned["stateful_invocation"] is False


def test_zero_and_false_are_not_unset() -> None:
    current = stored(maxAsyncRetryAttempts=3, statefulInvocation=True)
    planned = plan(desired(maximum_retry_attempts=0, stateful_invocation=False), current)
    assert planned.action == "update"
    assert request_body(FC2, planned.after or {}) == {"maxAsyncRetryAttempts": 0, "statefulInvocation": False}


# --- Planning ---------------------------------------------------------------------------------------------------


def test_task_without_options_sets_the_defaults() -> None:
    planned = plan(desired(), None)
    assert planned.action == "create"
    assert planned.before is None
    assert as_options(FC2, planned.before) == {}
    assert as_options(FC2, planned.after) == {
        "destination_config": None,
        "maximum_event_age_in_seconds": None,
        "maximum_retry_attempts": 2,
        "stateful_invocation": False,
    }


def test_omitted_options_are_reset_or_kept() -> None:
    current = plan(desired(**FULL_OPTIONS), None).predicted
    options = {"destination_config": {"on_success": {"destination": QUEUE}}}
    reset = plan(desired(**options), current)
    assert reset.fields_to_unset == ["destination_config.on_failure.destination"]
    assert as_options(FC2, reset.after)["maximum_event_age_in_seconds"] == 86400, (
        "the default can be set instead of unsetting the field"
    )
    assert as_options(FC2, reset.after)["destination_config"]["on_failure"] is None
    keep = plan(desired(omitted_options="keep", **options), current)
    assert keep.fields_to_unset == []
    assert as_options(FC2, keep.after) == {
        **FULL_OPTIONS,
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": QUEUE}},
    }


def test_keep_uses_the_defaults_for_new_configs() -> None:
    assert plan(desired(omitted_options="keep"), None).after == plan(desired(), None).after


def test_absent_needs_only_the_identity() -> None:
    absent = desired(state="absent", maximum_retry_attempts=99)
    assert plan(absent, None).action == "none"
    assert plan(absent, stored()).action == "delete"
    assert plan(absent, stored()).predicted is None


def test_equivalent_values_are_not_rewritten() -> None:
    current = stored(
        maxAsyncEventAgeInSeconds=86400,
        maxAsyncRetryAttempts=1,
        destinationConfig={"onFailure": {"destination": QUEUE}},
    )
    target = desired(destination_config={"on_failure": {"destination": "acs:mns:::/queues/q/messages"}})
    planned = plan(target, current)
    before, after = as_options(FC2, planned.before), as_options(FC2, planned.after)
    assert {key for key in after if after[key] != before[key]} == {"maximum_retry_attempts"}


@GENERATIONS
@given(data=st.data())
def test_plans_are_idempotent(generation: Generation, data: st.DataObject) -> None:
    task, current = data.draw(task_options(generation)), data.draw(st.none() | settings(generation))
    target = desired(generation, **task)
    before = None if current is None else AsyncInvokeConfig(target.identity, current)
    planned = plan(target, before)
    assert plan(target, planned.predicted).action == "none"
    assert planned.changed == (planned.action != "none")


@GENERATIONS
@given(data=st.data())
def test_plans_change_only_differences_and_match_the_task(generation: Generation, data: st.DataObject) -> None:
    task, current = data.draw(task_options(generation)), data.draw(settings(generation))
    target = desired(generation, **{**task, "state": "present"})
    planned = plan(target, AsyncInvokeConfig(target.identity, current))
    assert planned.after is not None
    assert (differences(generation, current, planned.after) != []) == planned.changed
    for field in generation.fields:
        expected = target.given.get(field.option, field.module_default)
        if field.option in target.given or not target.keep_omitted:
            assert differences(generation, {**planned.after, field.option: expected}, planned.after) == []
        else:
            assert planned.after[field.option] == current[field.option]


@GENERATIONS
@given(data=st.data())
def test_returned_configs_are_valid_options_and_cause_no_change(generation: Generation, data: st.DataObject) -> None:
    current = data.draw(settings(generation))
    identity = replace(desired(generation).identity, qualifier="prod")
    config = AsyncInvokeConfig(identity, current, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    returned = as_returned(generation, config)
    assert returned is not None
    reparsed = parse_desired(generation, {**returned, "omitted_options": "reset"})
    assert reparsed.identity == config.identity
    assert plan(reparsed, config).action == "none"


def test_timestamps_are_parsed() -> None:
    config = parse_response(FC2, Identity("f"), {"createdTime": "then", "lastModifiedTime": "later"})
    assert (config.created_time, config.last_modified_time) == ("then", "later")


@GENERATIONS
@given(data=st.data())
def test_request_bodies_are_parsed_to_the_same_settings(generation: Generation, data: st.DataObject) -> None:
    current = data.draw(settings(generation))
    identity = Identity("f", service_name="s")
    body = {"createdTime": "then", **request_body(generation, current)}
    assert parse_response(generation, identity, body).settings == current


# --- Lists ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "qualifier"),
    [
        ("acs:fc:cn-shanghai:1234:functions/f", None),
        ("acs:fc:cn-shanghai:1234/functions/f", None),
        ("acs:fc:cn-shanghai:1234:functions/f/prod", "prod"),
        ("acs:fc:cn-shanghai:1234/functions/f/LATEST", "LATEST"),
    ],
)
def test_qualifier_of_a_listed_config_is_parsed_from_its_arn(arn: str, qualifier: str) -> None:
    config = parse_listed(FC3, None, {"functionArn": arn})
    assert (config.identity.function_name, config.identity.qualifier) == ("f", qualifier)
    assert config.function_arn == arn


def test_qualifier_of_a_listed_fc2_config() -> None:
    config = parse_listed(FC2, Function("f", "s"), {"qualifier": "prod", "service": "s", "function": "f"})
    assert config.identity.id == "s:f:prod"
    assert parse_listed(FC2, Function("f", "s"), {"qualifier": ""}).identity.id == "s:f:LATEST"


def test_listed_configs_without_a_function_are_rejected() -> None:
    for arn in (None, "acs:fc:cn-shanghai:1234:layers/l"):
        problem = f"functionArn must be the ARN of a function, not {shown(arn)}"
        with pytest.raises(UnexpectedResponse, match=f"^the response is not as documented: {problem}$"):
            parse_listed(FC3, None, {"functionArn": arn})
    with pytest.raises(UnexpectedResponse, match=r"a list item has no function name$"):
        parse_listed(FC2, None, {"createdTime": "then"})


def test_predicted_fc3_configs_contain_the_function_arn() -> None:
    current = parse_response(FC3, Identity("f"), {"functionArn": "acs:fc:r:1:functions/f", "createdTime": "then"})
    planned = plan(desired(FC3), current)
    assert as_returned(FC3, planned.predicted) == {
        "id": "f:LATEST",
        "function_name": "f",
        "qualifier": "LATEST",
        "destination_config": None,
        "maximum_event_age_in_seconds": None,
        "maximum_retry_attempts": 2,
        "async_task": False,
        "on_failure_destination": None,
        "on_success_destination": None,
        "function_arn": "acs:fc:r:1:functions/f",
        "created_time": "then",
        "last_modified_time": None,
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("f", "f:LATEST"),
        ("f:prod", "f:prod"),
        ("service$function", "service$function:LATEST"),
        ("acs:fc:cn-hangzhou:123:functions/f", "f:LATEST"),
        ("acs:fc:::functions/f/7", "f:7"),
    ],
)
def test_parse_fc3_id(text: str, expected: str) -> None:
    assert parse_id(FC3, text).id == expected


@pytest.mark.parametrize(
    "text",
    [
        "s:f:prod",
        "",
        "f:",
        "acs:fc:r:1:services/s/functions/f",
        "acs:ecs:r:1:functions/f",
        "acs:mns:r:1:functions/f",
    ],
)
def test_malformed_fc3_ids_are_rejected(text: str) -> None:
    with pytest.raises(InvalidOption, match=r"^id: must have the form function:qualifier, function or acs:fc"):
        parse_id(FC3, text)


def test_all_validation_errors_are_reported() -> None:
    options = {"function_name": "f", "qualifier": "a/b", "maximum_event_age_in_seconds": 2592001, "async_task": True}
    assert [error.option for error in validate(FC3, options)[1]] == ["qualifier", "maximum_event_age_in_seconds"]
    assert [error.option for error in validate(FC3, {**options, "state": "absent"})[1]] == ["qualifier"]
    assert validate(FC3, {"function_name": "f"})[1] == []
    assert validate(FC3, {**options, "qualifier": "a", "maximum_event_age_in_seconds": 2592000})[1] == []


@GENERATIONS
def test_desired_defaults_to_present_and_resets_omitted_options(generation: Generation) -> None:
    target = desired(generation)
    assert Desired(generation, target.identity) == target


# --- Unexpected responses ---------------------------------------------------------------------------------------

ARN = "acs:fc:cn-hangzhou:123:functions/f"
#: A documented example response for each generation.
DOCUMENTED: dict[str, dict[str, Any]] = {
    FC2.name: {"service": "s", "function": "f", "qualifier": "LATEST"},
    FC3.name: {"functionArn": ARN},
}
for documented in DOCUMENTED.values():
    documented.update(
        createdTime="2020-09-10T02:45:02Z",
        lastModifiedTime="2020-09-10T02:45:02Z",
        destinationConfig={"onSuccess": None, "onFailure": {"destination": QUEUE}},
        maxAsyncEventAgeInSeconds=60,
        maxAsyncRetryAttempts=0,
    )
HUGE_NUMBER = 10**400
INVALID_FIELDS: dict[str, list[Any]] = {
    "maxAsyncRetryAttempts": ["1", "", True, 1.0, -1, 2**31, HUGE_NUMBER, [], {}],
    "maxAsyncEventAgeInSeconds": [{}, {"seconds": 1}, "60", False, -5, float("inf"), float("nan")],
    "statefulInvocation": ["true", 0, [], {}],
    "destinationConfig": ["", "acs:mns", 7, True, [], [1], {"onFailure": QUEUE}, {"onSuccess": []}, {"onSuccess": 0}],
    "createdTime": [1599705902, {}, [], True, "2" * 4097],
    "lastModifiedTime": [1599705902, {}, [], True, "2" * 4097],
}
INVALID_ARNS: list[Any] = [1, [], {}, True, "acs:mns:" + "q" * 4096]
INVALID_FIELDS["destinationConfig"] += [
    {event: {"destination": value}} for event in ("onFailure", "onSuccess") for value in INVALID_ARNS
]


def parse_get(generation: Generation, body: Any, **location: Any) -> AsyncInvokeConfig:
    """Parse the body of a Get response for s:f:LATEST (FC 3.0: f:LATEST)."""
    service_name = "s" if "service_name" in generation.identity_options else None
    return parse_response(generation, Identity("f", service_name=service_name), body, **location)


def parse_list_item(generation: Generation, body: Any, **location: Any) -> AsyncInvokeConfig:
    """Parse an item from a List response."""
    function = Function("f", "s") if "service_name" in generation.identity_options else Function("f")
    return parse_listed(generation, function, body, **location)


@GENERATIONS
@pytest.mark.parametrize("parse", [parse_get, parse_list_item])
@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, values in INVALID_FIELDS.items() for value in values],
    ids=lambda value: ascii(value)[:40],
)
def test_fields_with_invalid_types_are_rejected(generation: Generation, parse: Any, key: str, value: Any) -> None:
    body = {**DOCUMENTED[generation.name], task_field(generation).api if key == "statefulInvocation" else key: value}
    with pytest.raises(UnexpectedResponse) as exc_info:
        parse(generation, body)
    assert str(exc_info.value).startswith("the response is not as documented: ")
    assert str(exc_info.value).isprintable()
    assert len(str(exc_info.value)) < 500


@GENERATIONS
@pytest.mark.parametrize("parse", [parse_get, parse_list_item])
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "the response is not as documented: it must be an object, not null"),
        ([], "the response is not as documented: it must be an object, not a list"),
        ("<html>", "the response is not as documented: it must be an object, not '<html>'"),
        (7, "the response is not as documented: it must be an object, not 7"),
        (True, "the response is not as documented: it must be an object, not true"),
        ({}, "the response is not as documented: it contains none of the keys "),
        ({"configs": []}, "the response is not as documented: it contains none of the keys "),
        (
            {"Code": "AccessDenied", "Message": "not\nauthorized", "RequestId": "1"},
            r"the response is an error with the code 'AccessDenied' and the message 'not\nauthorized'",
        ),
        (
            {"ErrorCode": "InternalServerError", "ErrorMessage": "m" * 999},
            f"the response is an error with the code 'InternalServerError' and the message '{'m' * 499} [... ",
        ),
        ({"errorMessage": [1]}, "the response is an error with the code null and the message a list"),
    ],
)
def test_bodies_that_are_not_configs_are_rejected(generation: Generation, parse: Any, body: Any, problem: str) -> None:
    with pytest.raises(UnexpectedResponse) as exc_info:
        parse(generation, body)
    assert str(exc_info.value).startswith(problem)
    assert str(exc_info.value).isprintable()


@pytest.mark.parametrize("parse", [parse_get, parse_list_item])
@pytest.mark.parametrize(
    ("generation", "changes", "problem"),
    [
        (FC2, {"function": "g"}, "'f', not 'g'"),
        (FC2, {"service": "t"}, "'s', not 't'"),
        (FC2, {"function": 7}, "function must be a name, not 7"),
        (FC2, {"function": "f\x1b"}, r"function must be a name, not 'f\x1b'"),
        (FC2, {"service": ["s"]}, "service must be a name, not a list"),
        (FC2, {"qualifier": {}}, "qualifier must be a name, not a dictionary"),
        (FC2, {"qualifier": "a/b"}, "qualifier must be a name, not 'a/b'"),
        (FC3, {"functionArn": 7}, "functionArn must be the ARN of a function, not 7"),
        (FC3, {"functionArn": "f"}, "functionArn must be the ARN of a function, not 'f'"),
        (FC3, {"functionArn": "acs:fc:cn-hangzhou:123:functions/9"}, "function_name of functionArn must be a name"),
        (FC3, {"functionArn": "acs:fc:cn-hangzhou:123:functions/\ud800"}, r"must be a name, not '\ud800'"),
        (FC3, {"functionArn": ARN + "/a b"}, "qualifier of functionArn must be a name, not 'a b'"),
        (FC3, {"functionArn": "acs:fc:cn-hangzhou:123:functions/g"}, "'f', not 'g'"),
        (FC3, {"functionArn": "acs:fc:cn-beijing:123:functions/f"}, "the region 'cn-beijing', not 'cn-hangzhou'"),
        (FC3, {"functionArn": "acs:fc:cn-hangzhou:124/functions/f"}, "the account_id '124', not '123'"),
        (FC3, {"functionArn": "acs:mns:cn-hangzhou:123:functions/f"}, "must be the ARN of a function"),
        (FC3, {"functionArn": "x" + ARN}, "must be the ARN of a function"),
    ],
)
def test_configs_with_a_different_identity_are_rejected(
    parse: Any, generation: Generation, changes: dict[str, Any], problem: str
) -> None:
    body = {**DOCUMENTED[generation.name], **changes}
    with pytest.raises(UnexpectedResponse) as exc_info:
        parse(generation, body, region="cn-hangzhou", account_id="123")
    assert problem in str(exc_info.value)
    assert str(exc_info.value).isprintable()


def test_responses_for_another_qualifier_are_rejected() -> None:
    for generation, changes in ((FC2, {"qualifier": "live"}), (FC3, {"functionArn": ARN + "/live"})):
        body = {**DOCUMENTED[generation.name], **changes}
        with pytest.raises(UnexpectedResponse, match="'live'"):
            parse_get(generation, body)
        assert parse_list_item(generation, body).identity.qualifier == "live"


def test_listed_fc3_configs_without_an_arn_are_rejected() -> None:
    with pytest.raises(UnexpectedResponse, match=r"functionArn must be the ARN of a function, not null$"):
        parse_listed(FC3, Function("f"), {"createdTime": "then"})


@GENERATIONS
@pytest.mark.parametrize("parse", [parse_get, parse_list_item])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"qualifier": ""},
        {"qualifier": None, "service": None, "function": ""},
        {"destinationConfig": None},
        {"destinationConfig": {}},
        {"destinationConfig": {"onSuccess": {}, "onFailure": {"destination": None}}},
        {"destinationConfig": {"onFailure": {"destination": ""}}},
        {"maxAsyncEventAgeInSeconds": 0, "maxAsyncRetryAttempts": None},
        {"unheardOf": [1]},
    ],
)
def test_known_variants_of_responses_are_accepted(generation: Generation, parse: Any, changes: dict[str, Any]) -> None:
    body = {**DOCUMENTED[generation.name], **changes}
    assert parse(generation, body).created_time == "2020-09-10T02:45:02Z"
    if generation is FC3:
        for arn in (ARN, "acs:fc:cn-hangzhou:123/functions/f", "acs:fc:::functions/f", ARN + "/LATEST"):
            config = parse(generation, {**body, "functionArn": arn}, region="cn-hangzhou", account_id="123")
            assert config.function_arn == arn


def test_only_unprintable_characters_in_responses_are_escaped() -> None:
    fields = {"destinationConfig": {"onFailure": {"destination": "acs:\x1b[31m\ud800"}}, "createdTime": "\r\n\u202e"}
    config = stored(**fields)
    assert config.settings["destination_config.on_failure.destination"] == r"acs:\x1b[31m\ud800"
    assert config.created_time == r"\r\n\u202e"
    destination = "acs:mq:cn-hangzhou:1:/instances/é/topic/日"
    config = stored(destinationConfig={"onSuccess": {"destination": destination}})
    assert config.settings["destination_config.on_success.destination"] == destination


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters())
    | st.sampled_from(["s", "f", "LATEST", "", QUEUE, ARN]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["destination", "onFailure", "onSuccess", "configs", "nextToken", "Code"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)
BODIES = st.one_of(
    JSON_VALUES,
    st.dictionaries(st.sampled_from([*DOCUMENTED[FC2.name], *DOCUMENTED[FC3.name], "asyncTask"]), JSON_VALUES),
    st.builds(
        lambda name, changes: {**DOCUMENTED[name], **changes},
        st.sampled_from([FC2.name, FC3.name]),
        st.dictionaries(st.sampled_from([*DOCUMENTED[FC2.name], *DOCUMENTED[FC3.name]]), JSON_VALUES, max_size=1),
    ),
)


@GENERATIONS
@pytest.mark.parametrize("parse", [parse_get, parse_list_item])
@given(body=BODIES)
def test_arbitrary_json_is_a_printable_config_or_rejected(generation: Generation, parse: Any, body: Any) -> None:
    try:
        returned = as_returned(generation, parse(generation, body))
    except UnexpectedResponse as error:
        assert str(error).isprintable()  # noqa: PT017
        assert len(str(error)) < 1500  # noqa: PT017
        return
    assert json.dumps(returned, ensure_ascii=False).encode()
    assert all(text.isprintable() for text in texts_in(returned))


def texts_in(tree: Any) -> list[str]:
    """Return all strings in a data structure."""
    if isinstance(tree, dict):
        return [text for value in tree.values() for text in texts_in(value)]
    return [tree] if isinstance(tree, str) else []


@given(body=BODIES, key=st.sampled_from(["configs", "functions"]))
def test_arbitrary_json_is_a_page_or_rejected(body: Any, key: str) -> None:
    try:
        items, token = listed_page(body, key)
    except UnexpectedResponse as error:
        assert str(error).isprintable()  # noqa: PT017
        return
    assert all(isinstance(item, dict) for item in items)
    assert isinstance(token, str)


@pytest.mark.parametrize(
    ("body", "page"),
    [
        ({"configs": [{"a": 1}], "nextToken": "b"}, ([{"a": 1}], "b")),
        ({"configs": None, "nextToken": ""}, ([], "")),
        ({"configs": []}, ([], "")),
        ({"nextToken": None}, ([], "")),
        ({}, ([], "")),
    ],
)
def test_known_variants_of_pages_are_accepted(body: Any, page: Any) -> None:
    assert listed_page(body, "configs") == page


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "it must be an object, not null"),
        ([], "it must be an object, not a list"),
        ({"functions": []}, "it contains none of the keys configs, nextToken"),
        ({"configs": {}}, "configs must be a list, not a dictionary"),
        ({"configs": "abc"}, "configs must be a list, not 'abc'"),
        ({"configs": [{}, "x"]}, "configs[1] must be an object, not 'x'"),
        ({"configs": [], "nextToken": 7}, "nextToken must be text, not 7"),
        ({"configs": [], "nextToken": "t" * 4097}, "nextToken must be text, not 'ttt"),
        ({"Code": "AccessDenied", "Message": "no"}, "the code 'AccessDenied' and the message 'no'"),
    ],
)
def test_bodies_that_are_not_pages_are_rejected(body: Any, problem: str) -> None:
    with pytest.raises(UnexpectedResponse) as exc_info:
        listed_page(body, "configs")
    assert problem in str(exc_info.value)


@pytest.mark.parametrize(
    ("generation", "option", "value", "name"),
    [
        (FC2, "service_name", "s", "s"),
        (FC2, "function_name", "f-1", "f-1"),
        (FC3, "function_name", "s$f", "s$f"),
        (FC3, "qualifier", "live", "live"),
        (FC3, "qualifier", "7", "7"),
        (FC3, "qualifier", 7, "7"),
    ],
)
def test_listed_name(generation: Generation, option: str, value: Any, name: str) -> None:
    assert listed_name(generation, option, {"theName": value}, "theName") == name


@pytest.mark.parametrize("option", ["service_name", "function_name", "qualifier"])
@pytest.mark.parametrize(
    "value", [None, "", True, 1.5, [], {}, "a b", "a/b", "a\x1b", "\ud800", "a" * 129, HUGE_NUMBER, "a\n"]
)
def test_invalid_listed_names_are_rejected(option: str, value: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="theName") as exc_info:
        listed_name(FC3, option, {"theName": value}, "theName")
    assert str(exc_info.value).isprintable()
    bodies: list[Any] = [{}, None, []]
    for body in bodies:
        with pytest.raises(UnexpectedResponse, match=r"a list item has no theName$"):
            listed_name(FC3, option, body, "theName")


def test_numbers_too_long_for_python_are_described() -> None:
    huge = 10**5000
    with pytest.raises(InvalidOption, match=r"between 1 and 2592000, not a number with more than 20 digits\.$"):
        desired(maximum_event_age_in_seconds=huge)
    with pytest.raises(UnexpectedResponse, match=r"2147483647, not a number with more than 20 digits$"):
        stored(maxAsyncRetryAttempts=huge)
    with pytest.raises(UnexpectedResponse, match=r"name, not 'a number with more than 20 digits'$"):
        listed_name(FC3, "qualifier", {"versionId": huge}, "versionId")
