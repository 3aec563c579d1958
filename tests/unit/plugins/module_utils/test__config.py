# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: parsing, comparing and planning, by example and by property."""

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
WHOLE = {
    "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
    "maximum_event_age_in_seconds": 60,
    "maximum_retry_attempts": 0,
    "stateful_invocation": True,
}


GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda one: one.name)


def stored(**fields: Any) -> AsyncInvokeConfig:
    """A config as the API of FC 2.0 shows it."""
    return parse_response(FC2, Identity("f", service_name="s"), {"createdTime": "then", **fields})


def desired(generation: Generation = FC2, /, **options: Any) -> Desired:
    """What a task on s:f:LATEST (FC 3.0: f:LATEST) declares."""
    return parse_desired(generation, {**names(generation), **options})


def names(generation: Generation) -> dict[str, Any]:
    """The options that name the function f (of the service s)."""
    return {name: name[0] for name in generation.identity_options if name != "qualifier"}


# --- ids --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("s:f", ("s", "f", "LATEST")),
        ("s:f:prod", ("s", "f", "prod")),
        ("s:f:7", ("s", "f", "7")),
        ("acs:fc:cn-hangzhou:123:services/s/functions/f", ("s", "f", "LATEST")),
        ("acs:fc:cn-hangzhou:123:services/s.prod/functions/f", ("s", "f", "prod")),
        ("acs:fc:::services/s.3/functions/f", ("s", "f", "3")),
    ],
)
def test_every_form_of_an_id_names_the_config(text: str, names: Any) -> None:
    identity = parse_id(FC2, text)
    assert (identity.service_name, identity.function_name, identity.qualifier) == names


def test_an_arn_tells_region_and_account() -> None:
    identity = parse_id(FC2, "acs:fc:cn-hangzhou:123:services/s/functions/f")
    assert (identity.region, identity.account_id) == ("cn-hangzhou", "123")
    named = parse_id(FC2, "s:f")
    assert (named.region, named.account_id) == ("", "")
    assert identity == named


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
def test_a_malformed_id_is_refused_by_name(text: str) -> None:
    with pytest.raises(InvalidOption, match=r"^id: .*\.$"):
        parse_id(FC2, text)


@given(service=NAMES, function=NAMES, qualifier=NAMES)
def test_an_identity_survives_its_id(service: str, function: str, qualifier: str) -> None:
    identity = Identity(function, qualifier, service)
    assert parse_id(FC2, identity.id) == identity


@given(st.text(max_size=40))
def test_any_text_is_an_id_or_refused_with_one_sentence(text: str) -> None:
    try:
        identity = parse_id(FC2, text)
    except InvalidOption as error:
        refusal = str(error)
    else:
        refusal = ""
        assert parse_id(FC2, identity.id) == identity
    assert not refusal or refusal.startswith("id: ")


QUOTES = (
    "qualifier: 'True' names an alias. If it was written as a boolean in YAML, such as on or yes, put quotes around it."
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
def test_a_mask_of_ansible_is_refused_wherever_something_is_named(
    mask: str, option: str, options: dict[str, Any]
) -> None:
    masked = json.loads(json.dumps(options).replace("{}", mask))
    with pytest.raises(InvalidOption) as caught:
        desired(**masked)
    assert str(caught.value) == (
        f"{option}: must not contain {mask}, which Ansible writes in place of a secret. The value was read from a "
        "result in which Ansible had hidden something."
    )


@pytest.mark.parametrize("name", ["service_name", "function_name", "qualifier", "id"])
@pytest.mark.parametrize("value", [True, False])
def test_a_boolean_names_nothing_and_the_message_hints_at_quotes(name: str, value: bool) -> None:
    with pytest.raises(
        InvalidOption, match=rf"^{name}: must be a text, not a boolean\. In YAML, on, off, .* need quotes"
    ):
        desired(**{name: value})


@pytest.mark.parametrize(
    ("qualifier", "warnings"),
    [
        ("latest", ["qualifier: 'latest' names an alias. The version that is not published is LATEST."]),
        ("Latest", ["qualifier: 'Latest' names an alias. The version that is not published is LATEST."]),
        (
            "True",
            [QUOTES],
        ),
        ("on", []),
        ("true", []),
        ("LATEST", []),
        ("latest2", []),
    ],
)
def test_a_qualifier_that_is_likely_a_mistake_is_a_warning(qualifier: str, warnings: list[str]) -> None:
    assert input_warnings(desired(qualifier=qualifier)) == warnings
    assert input_warnings(desired(FC3, qualifier=qualifier)) == warnings


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"maximum_retry_attempts": 3.7}, "maximum_retry_attempts: must be a whole number, not 3.7."),
        ({"maximum_retry_attempts": float("inf")}, "maximum_retry_attempts: must be a whole number, not inf."),
        ({"maximum_retry_attempts": float("nan")}, "maximum_retry_attempts: must be a whole number, not nan."),
        ({"maximum_retry_attempts": True}, "maximum_retry_attempts: must be a whole number, not true."),
        ({"maximum_retry_attempts": "0x10"}, "maximum_retry_attempts: must be a whole number, not '0x10'."),
        (
            {"maximum_event_age_in_seconds": 10**400},
            "maximum_event_age_in_seconds: must be between 1 and 2592000, not a number of more than 20 digits.",
        ),
        ({"stateful_invocation": "maybe"}, "stateful_invocation: must be a boolean, not 'maybe'."),
        ({"id": "s:" + "f" * 3000}, "id: must not have more than 2048 characters, and has 3002."),
        ({"function_name": "f" * 200}, f"not '{'f' * 99} [... 102 more characters]."),
        ({"function_name": "a\x1b[31m"}, r"not 'a\x1b[31m'."),
        ({"function_name": "a\ud800"}, r"not 'a\ud800'."),
    ],
)
def test_a_value_of_a_wrong_kind_is_one_printable_sentence(options: dict[str, Any], problem: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        desired(**options)
    assert problem in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("char", ["\x00", "\x1b", "\x9b", "\ud800", "\u202e", "\u200b"])
def test_a_destination_holds_only_characters_that_can_be_seen(char: str) -> None:
    destination = f"acs:mns:::/queues/a{char}b/messages"
    with pytest.raises(InvalidOption) as caught:
        desired(destination_config={"on_failure": {"destination": destination}})
    assert str(caught.value).startswith("destination_config.on_failure.destination: must be an ARN like acs:")
    assert str(caught.value).isprintable()
    long = f"acs:mns:::/queues/{'q' * 2048}/messages"
    with pytest.raises(InvalidOption, match=r"destination: must not have more than 2048 characters, and has 2075\.$"):
        desired(destination_config={"on_failure": {"destination": long}})


def test_id_and_names_may_stand_together_if_they_agree() -> None:
    assert desired(id="s:f:prod", qualifier="prod").identity.id == "s:f:prod"
    # The task's own function is f.
    for other in ("e", "g"):
        with pytest.raises(InvalidOption, match=f"^id: names the function_name '{other}', but function_name is 'f'"):
            desired(id=f"s:{other}")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function_name": "f"}, "service_name: is required unless id is given."),
        ({"service_name": "s"}, "function_name: is required unless id is given."),
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
def test_wrong_input_is_one_sentence_that_names_the_option(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_desired(FC2, options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_unknown_destination_service_is_only_doubted() -> None:
    odd = desired(destination_config={"on_failure": {"destination": "acs:kafka:cn-hangzhou:123:x"}})
    (doubt,) = input_warnings(odd)
    assert doubt == (
        "destination_config.on_failure.destination: 'kafka' is not a service that Function Compute is known to deliver "
        "to (fc, mns, eventbridge, mq)."
    )
    assert input_warnings(desired(**WHOLE)) == []


# --- comparing --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "equal"),
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
def test_same_destination(one: str | None, other: str | None, equal: bool) -> None:
    destination = next(known for known in FC2.fields if known.type == "arn")
    assert {same(destination, left, right) for left, right in ((one, other), (other, one))} == {equal}


def test_only_destinations_are_compared_as_arns() -> None:
    event_age = next(known for known in FC2.fields if known.option == "maximum_event_age_in_seconds")
    assert not same(event_age, QUEUE, "acs:mns:::/queues/q/messages")


@pytest.mark.parametrize(
    "shown",
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
def test_every_spelling_of_unset_is_equal_in_effect(shown: dict[str, Any]) -> None:
    assert differences(FC2, stored(**shown).settings, stored().settings) == []
    returned = as_returned(FC2, stored(**shown))
    assert returned is not None
    assert returned["destination_config"] is None
    assert returned["maximum_retry_attempts"] == 3
    assert returned["stateful_invocation"] is False


def test_zero_and_false_are_values() -> None:
    current = stored(maxAsyncRetryAttempts=3, statefulInvocation=True)
    planned = plan(desired(maximum_retry_attempts=0, stateful_invocation=False), current)
    assert planned.action == "update"
    assert request_body(FC2, planned.after or {}) == {"maxAsyncRetryAttempts": 0, "statefulInvocation": False}


# --- planning ---------------------------------------------------------------------------------------------------


def test_a_bare_task_declares_the_defaults() -> None:
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


def test_reset_unsets_what_is_left_out_and_keep_keeps_it() -> None:
    current = plan(desired(**WHOLE), None).predicted
    half = {"destination_config": {"on_success": {"destination": QUEUE}}}
    reset = plan(desired(**half), current)
    assert reset.fields_to_unset == ["destination_config.on_failure.destination"]
    assert as_options(FC2, reset.after)["maximum_event_age_in_seconds"] == 86400, "equal to unset, and can be put"
    assert as_options(FC2, reset.after)["destination_config"]["on_failure"] is None
    keep = plan(desired(omitted_options="keep", **half), current)
    assert keep.fields_to_unset == []
    assert as_options(FC2, keep.after) == {
        **WHOLE,
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": QUEUE}},
    }


def test_keep_creates_with_the_defaults() -> None:
    assert plan(desired(omitted_options="keep"), None).after == plan(desired(), None).after


def test_absent_needs_only_the_identity() -> None:
    gone = desired(state="absent", maximum_retry_attempts=99)
    assert plan(gone, None).action == "none"
    assert plan(gone, stored()).action == "delete"
    assert plan(gone, stored()).predicted is None


def test_what_is_equal_in_effect_stays_as_the_service_spells_it() -> None:
    current = stored(
        maxAsyncEventAgeInSeconds=86400,
        maxAsyncRetryAttempts=1,
        destinationConfig={"onFailure": {"destination": QUEUE}},
    )
    wanted = desired(destination_config={"on_failure": {"destination": "acs:mns:::/queues/q/messages"}})
    planned = plan(wanted, current)
    before, after = as_options(FC2, planned.before), as_options(FC2, planned.after)
    assert {key for key in after if after[key] != before[key]} == {"maximum_retry_attempts"}


@GENERATIONS
@given(data=st.data())
def test_the_second_plan_is_none(generation: Generation, data: st.DataObject) -> None:
    task, current = data.draw(task_options(generation)), data.draw(st.none() | settings(generation))
    wanted = desired(generation, **task)
    before = None if current is None else AsyncInvokeConfig(wanted.identity, current)
    planned = plan(wanted, before)
    assert plan(wanted, planned.predicted).action == "none"
    assert planned.changed == (planned.action != "none")


@GENERATIONS
@given(data=st.data())
def test_a_plan_changes_only_what_differs_and_meets_what_is_declared(
    generation: Generation, data: st.DataObject
) -> None:
    task, current = data.draw(task_options(generation)), data.draw(settings(generation))
    wanted = desired(generation, **{**task, "state": "present"})
    planned = plan(wanted, AsyncInvokeConfig(wanted.identity, current))
    assert planned.after is not None
    assert (differences(generation, current, planned.after) != []) == planned.changed
    for known in generation.fields:
        declared = wanted.given.get(known.option, known.module_default)
        if known.option in wanted.given or not wanted.keep_omitted:
            assert differences(generation, {**planned.after, known.option: declared}, planned.after) == []
        else:
            assert planned.after[known.option] == current[known.option]


@GENERATIONS
@given(data=st.data())
def test_what_is_returned_goes_back_in_without_a_change(generation: Generation, data: st.DataObject) -> None:
    current = data.draw(settings(generation))
    identity = replace(desired(generation).identity, qualifier="prod")
    config = AsyncInvokeConfig(identity, current, "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z")
    returned = as_returned(generation, config)
    assert returned is not None
    again = parse_desired(generation, {**returned, "omitted_options": "reset"})
    assert again.identity == config.identity
    assert plan(again, config).action == "none"


def test_an_answer_tells_when() -> None:
    answer = parse_response(FC2, Identity("f"), {"createdTime": "then", "lastModifiedTime": "later"})
    assert (answer.created_time, answer.last_modified_time) == ("then", "later")


@GENERATIONS
@given(data=st.data())
def test_a_body_read_back_is_what_was_sent(generation: Generation, data: st.DataObject) -> None:
    current = data.draw(settings(generation))
    identity = Identity("f", service_name="s")
    body = {"createdTime": "then", **request_body(generation, current)}
    assert parse_response(generation, identity, body).settings == current


# --- what is listed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "qualifier"),
    [
        ("acs:fc:cn-shanghai:1234:functions/f", None),
        ("acs:fc:cn-shanghai:1234/functions/f", None),
        ("acs:fc:cn-shanghai:1234:functions/f/prod", "prod"),
        ("acs:fc:cn-shanghai:1234/functions/f/LATEST", "LATEST"),
    ],
)
def test_a_listed_qualifier_is_taken_from_the_arn_or_left_open(arn: str, qualifier: str) -> None:
    listed = parse_listed(FC3, None, {"functionArn": arn})
    assert (listed.identity.function_name, listed.identity.qualifier) == ("f", qualifier)
    assert listed.function_arn == arn


def test_a_listed_config_of_fc_2_tells_its_qualifier() -> None:
    listed = parse_listed(FC2, Function("f", "s"), {"qualifier": "prod", "service": "s", "function": "f"})
    assert listed.identity.id == "s:f:prod"
    assert parse_listed(FC2, Function("f", "s"), {"qualifier": ""}).identity.id == "s:f:LATEST"


def test_a_listed_config_that_names_no_function_is_refused() -> None:
    for arn in (None, "acs:fc:cn-shanghai:1234:layers/l"):
        problem = f"functionArn must be the ARN of a function, not {shown(arn)}"
        with pytest.raises(UnexpectedResponse, match=f"^the answer is not as documented: {problem}$"):
            parse_listed(FC3, None, {"functionArn": arn})
    with pytest.raises(UnexpectedResponse, match=r"an item of the list names no function$"):
        parse_listed(FC2, None, {"createdTime": "then"})


def test_a_config_of_fc_3_returns_its_arn_and_keeps_it_when_it_changes() -> None:
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
def test_every_form_of_an_id_of_fc_3(text: str, expected: str) -> None:
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
def test_a_malformed_id_of_fc_3_is_refused(text: str) -> None:
    with pytest.raises(InvalidOption, match=r"^id: must have the form function:qualifier, function or acs:fc"):
        parse_id(FC3, text)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    wrong = {"function_name": "f", "qualifier": "a/b", "maximum_event_age_in_seconds": 2592001, "async_task": True}
    assert [mistake.option for mistake in validate(FC3, wrong)[1]] == ["qualifier", "maximum_event_age_in_seconds"]
    assert [mistake.option for mistake in validate(FC3, {**wrong, "state": "absent"})[1]] == ["qualifier"]
    assert validate(FC3, {"function_name": "f"})[1] == []
    assert validate(FC3, {**wrong, "qualifier": "a", "maximum_event_age_in_seconds": 2592000})[1] == []


@GENERATIONS
def test_what_declares_nothing_declares_a_config_with_nothing_kept(generation: Generation) -> None:
    declared = desired(generation)
    assert Desired(generation, declared.identity) == declared


# --- Answers that are not as documented -------------------------------------------------------------------------

ARN = "acs:fc:cn-hangzhou:123:functions/f"
#: A config as the documentation shows it, by generation.
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
HUGE = 10**400
NO_FIELD: dict[str, list[Any]] = {
    "maxAsyncRetryAttempts": ["1", "", True, 1.0, -1, 2**31, HUGE, [], {}],
    "maxAsyncEventAgeInSeconds": [{}, {"seconds": 1}, "60", False, -5, float("inf"), float("nan")],
    "statefulInvocation": ["true", 0, [], {}],
    "destinationConfig": ["", "acs:mns", 7, True, [], [1], {"onFailure": QUEUE}, {"onSuccess": []}, {"onSuccess": 0}],
    "createdTime": [1599705902, {}, [], True, "2" * 4097],
    "lastModifiedTime": [1599705902, {}, [], True, "2" * 4097],
}
NO_ARN: list[Any] = [1, [], {}, True, "acs:mns:" + "q" * 4096]
NO_FIELD["destinationConfig"] += [
    {half: {"destination": value}} for half in ("onFailure", "onSuccess") for value in NO_ARN
]


def answered(generation: Generation, body: Any, **place: Any) -> AsyncInvokeConfig:
    """The config of s:f:LATEST (FC 3.0: f:LATEST) from a body that a Get was answered with."""
    service_name = "s" if "service_name" in generation.identity_options else None
    return parse_response(generation, Identity("f", service_name=service_name), body, **place)


def listed(generation: Generation, body: Any, **place: Any) -> AsyncInvokeConfig:
    """The same from an item of a List."""
    function = Function("f", "s") if "service_name" in generation.identity_options else Function("f")
    return parse_listed(generation, function, body, **place)


@GENERATIONS
@pytest.mark.parametrize("parse", [answered, listed])
@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key, values in NO_FIELD.items() for value in values],
    ids=lambda one: ascii(one)[:40],
)
def test_a_field_of_another_type_is_no_config(generation: Generation, parse: Any, key: str, value: Any) -> None:
    body = {**DOCUMENTED[generation.name], task_field(generation).api if key == "statefulInvocation" else key: value}
    with pytest.raises(UnexpectedResponse) as caught:
        parse(generation, body)
    assert str(caught.value).startswith("the answer is not as documented: ")
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 500


@GENERATIONS
@pytest.mark.parametrize("parse", [answered, listed])
@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "the answer is not as documented: it must be an object, not null"),
        ([], "the answer is not as documented: it must be an object, not a list"),
        ("<html>", "the answer is not as documented: it must be an object, not '<html>'"),
        (7, "the answer is not as documented: it must be an object, not 7"),
        (True, "the answer is not as documented: it must be an object, not true"),
        ({}, "the answer is not as documented: it has none of "),
        ({"configs": []}, "the answer is not as documented: it has none of "),
        (
            {"Code": "AccessDenied", "Message": "not\nauthorized", "RequestId": "1"},
            r"the answer is an error, with the code 'AccessDenied' and the message 'not\nauthorized'",
        ),
        (
            {"ErrorCode": "InternalServerError", "ErrorMessage": "m" * 999},
            f"the answer is an error, with the code 'InternalServerError' and the message '{'m' * 499} [... ",
        ),
        ({"errorMessage": [1]}, "the answer is an error, with the code null and the message a list"),
    ],
)
def test_a_body_that_is_no_config_is_refused(generation: Generation, parse: Any, body: Any, problem: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        parse(generation, body)
    assert str(caught.value).startswith(problem)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("parse", [answered, listed])
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
def test_a_config_of_something_else_is_refused(
    parse: Any, generation: Generation, changes: dict[str, Any], problem: str
) -> None:
    body = {**DOCUMENTED[generation.name], **changes}
    with pytest.raises(UnexpectedResponse) as caught:
        parse(generation, body, region="cn-hangzhou", account_id="123")
    assert problem in str(caught.value)
    assert str(caught.value).isprintable()


def test_an_answer_for_another_qualifier_is_refused() -> None:
    for generation, changes in ((FC2, {"qualifier": "live"}), (FC3, {"functionArn": ARN + "/live"})):
        body = {**DOCUMENTED[generation.name], **changes}
        with pytest.raises(UnexpectedResponse, match="'live'"):
            answered(generation, body)
        assert listed(generation, body).identity.qualifier == "live"


def test_a_listed_config_of_fc_3_without_an_arn_names_no_function() -> None:
    with pytest.raises(UnexpectedResponse, match=r"functionArn must be the ARN of a function, not null$"):
        parse_listed(FC3, Function("f"), {"createdTime": "then"})


@GENERATIONS
@pytest.mark.parametrize("parse", [answered, listed])
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
def test_whatever_the_service_is_known_to_answer_is_a_config(
    generation: Generation, parse: Any, changes: dict[str, Any]
) -> None:
    body = {**DOCUMENTED[generation.name], **changes}
    assert parse(generation, body).created_time == "2020-09-10T02:45:02Z"
    if generation is FC3:
        for arn in (ARN, "acs:fc:cn-hangzhou:123/functions/f", "acs:fc:::functions/f", ARN + "/LATEST"):
            config = parse(generation, {**body, "functionArn": arn}, region="cn-hangzhou", account_id="123")
            assert config.function_arn == arn


def test_texts_of_an_answer_are_escaped_and_legal_ones_are_as_they_were() -> None:
    odd = {"destinationConfig": {"onFailure": {"destination": "acs:\x1b[31m\ud800"}}, "createdTime": "\r\n\u202e"}
    config = stored(**odd)
    assert config.settings["destination_config.on_failure.destination"] == r"acs:\x1b[31m\ud800"
    assert config.created_time == r"\r\n\u202e"
    legal = "acs:mq:cn-hangzhou:1:/instances/é/topic/日"
    config = stored(destinationConfig={"onSuccess": {"destination": legal}})
    assert config.settings["destination_config.on_success.destination"] == legal


JSON = st.recursive(
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
ANSWERS = st.one_of(
    JSON,
    st.dictionaries(st.sampled_from([*DOCUMENTED[FC2.name], *DOCUMENTED[FC3.name], "asyncTask"]), JSON),
    st.builds(
        lambda name, changes: {**DOCUMENTED[name], **changes},
        st.sampled_from([FC2.name, FC3.name]),
        st.dictionaries(st.sampled_from([*DOCUMENTED[FC2.name], *DOCUMENTED[FC3.name]]), JSON, max_size=1),
    ),
)


@GENERATIONS
@pytest.mark.parametrize("parse", [answered, listed])
@given(body=ANSWERS)
def test_any_json_is_a_config_with_printable_texts_or_one_clause(generation: Generation, parse: Any, body: Any) -> None:
    try:
        returned = as_returned(generation, parse(generation, body))
    except UnexpectedResponse as error:
        assert str(error).isprintable()  # noqa: PT017
        assert len(str(error)) < 1500  # noqa: PT017
        return
    assert json.dumps(returned, ensure_ascii=False).encode()
    assert all(text.isprintable() for text in texts_in(returned))


def texts_in(tree: Any) -> list[str]:
    """All texts of a tree."""
    if isinstance(tree, dict):
        return [text for value in tree.values() for text in texts_in(value)]
    return [tree] if isinstance(tree, str) else []


@given(body=ANSWERS, key=st.sampled_from(["configs", "functions"]))
def test_any_json_is_a_page_or_one_clause(body: Any, key: str) -> None:
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
def test_every_spelling_of_a_page_is_understood(body: Any, page: Any) -> None:
    assert listed_page(body, "configs") == page


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (None, "it must be an object, not null"),
        ([], "it must be an object, not a list"),
        ({"functions": []}, "it has none of configs, nextToken"),
        ({"configs": {}}, "configs must be a list, not a dictionary"),
        ({"configs": "abc"}, "configs must be a list, not 'abc'"),
        ({"configs": [{}, "x"]}, "configs[1] must be an object, not 'x'"),
        ({"configs": [], "nextToken": 7}, "nextToken must be a text, not 7"),
        ({"configs": [], "nextToken": "t" * 4097}, "nextToken must be a text, not 'ttt"),
        ({"Code": "AccessDenied", "Message": "no"}, "the code 'AccessDenied' and the message 'no'"),
    ],
)
def test_what_is_no_page_is_never_an_empty_list(body: Any, problem: str) -> None:
    with pytest.raises(UnexpectedResponse) as caught:
        listed_page(body, "configs")
    assert problem in str(caught.value)


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
def test_a_listed_name_is_taken_as_it_is(generation: Generation, option: str, value: Any, name: str) -> None:
    assert listed_name(generation, option, {"theName": value}, "theName") == name


@pytest.mark.parametrize("option", ["service_name", "function_name", "qualifier"])
@pytest.mark.parametrize(
    "value", [None, "", True, 1.5, [], {}, "a b", "a/b", "a\x1b", "\ud800", "a" * 129, HUGE, "a\n"]
)
def test_what_cannot_be_a_name_is_not_listed_as_one(option: str, value: Any) -> None:
    with pytest.raises(UnexpectedResponse, match="theName") as caught:
        listed_name(FC3, option, {"theName": value}, "theName")
    assert str(caught.value).isprintable()
    nameless: list[Any] = [{}, None, []]
    for body in nameless:
        with pytest.raises(UnexpectedResponse, match=r"an item of the list has no theName$"):
            listed_name(FC3, option, body, "theName")


def test_a_number_that_python_does_not_write_down_is_shown_by_its_length() -> None:
    huge = 10**5000
    with pytest.raises(InvalidOption, match=r"between 1 and 2592000, not a number of more than 20 digits\.$"):
        desired(maximum_event_age_in_seconds=huge)
    with pytest.raises(UnexpectedResponse, match=r"2147483647, not a number of more than 20 digits$"):
        stored(maxAsyncRetryAttempts=huge)
    with pytest.raises(UnexpectedResponse, match=r"name, not 'a number of more than 20 digits'$"):
        listed_name(FC3, "qualifier", {"versionId": huge}, "versionId")
