# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The model: parsing, comparing and planning, by example and by property."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Dict, Optional

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    FC2,
    FC3,
    AsyncInvokeConfig,
    Desired,
    Function,
    Generation,
    Identity,
    InvalidOption,
    as_options,
    as_returned,
    differences,
    doubts,
    mistakes,
    parse_answer,
    parse_desired,
    parse_id,
    parse_listed,
    plan,
    request_body,
    same,
)
from hypothesis import given
from hypothesis import strategies as st

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
    return parse_answer(FC2, Identity("f", service_name="s"), fields)


def desired(generation: Generation = FC2, /, **options: Any) -> Desired:
    """What a task on s:f:LATEST (FC 3.0: f:LATEST) declares."""
    return parse_desired(generation, {**names(generation), **options})


def names(generation: Generation) -> Dict[str, Any]:
    """The options that name the function f (of the service s)."""
    return {name: name[0] for name in generation.names if name != "qualifier"}


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
def test_wrong_input_is_one_sentence_that_names_the_option(options: Dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_desired(FC2, options)
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


def test_an_unknown_destination_service_is_only_doubted() -> None:
    odd = desired(destination_config={"on_failure": {"destination": "acs:kafka:cn-hangzhou:123:x"}})
    (doubt,) = doubts(odd)
    assert doubt == (
        "destination_config.on_failure.destination: 'kafka' is not a service that Function Compute is known to deliver "
        "to (fc, mns, eventbridge, mq)."
    )
    assert doubts(desired(**WHOLE)) == []


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
def test_same_destination(one: Optional[str], other: Optional[str], equal: bool) -> None:
    destination = next(known for known in FC2.fields if known.is_arn)
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
def test_every_spelling_of_unset_is_equal_in_effect(shown: Dict[str, Any]) -> None:
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
    assert reset.clears == ["destination_config.on_failure.destination"]
    assert as_options(FC2, reset.after)["maximum_event_age_in_seconds"] == 86400, "equal to unset, and can be put"
    assert as_options(FC2, reset.after)["destination_config"]["on_failure"] is None
    keep = plan(desired(omitted_options="keep", **half), current)
    assert keep.clears == []
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
        declared = wanted.given.get(known.option, known.declared)
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
    answer = parse_answer(FC2, Identity("f"), {"createdTime": "then", "lastModifiedTime": "later"})
    assert (answer.created_time, answer.last_modified_time) == ("then", "later")


@GENERATIONS
@given(data=st.data())
def test_a_body_read_back_is_what_was_sent(generation: Generation, data: st.DataObject) -> None:
    current = data.draw(settings(generation))
    identity = Identity("f", service_name="s")
    assert parse_answer(generation, identity, request_body(generation, current)).settings == current


# --- what is listed ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "qualifier"),
    [
        ("acs:fc:cn-shanghai:1234:functions/f", ""),
        ("acs:fc:cn-shanghai:1234/functions/f", ""),
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
        with pytest.raises(ValueError, match=f"^a listed config names no function: {arn!r}$"):
            parse_listed(FC3, None, {"functionArn": arn})


def test_a_config_of_fc_3_returns_its_arn_and_keeps_it_when_it_changes() -> None:
    current = parse_answer(FC3, Identity("f"), {"functionArn": "acs:fc:r:1:functions/f", "createdTime": "then"})
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
    assert [mistake.option for mistake in mistakes(FC3, wrong)] == ["qualifier", "maximum_event_age_in_seconds"]
    assert [mistake.option for mistake in mistakes(FC3, {**wrong, "state": "absent"})] == ["qualifier"]
    assert mistakes(FC3, {"function_name": "f"}) == []
    assert mistakes(FC3, {**wrong, "qualifier": "a", "maximum_event_age_in_seconds": 2592000}) == []


@GENERATIONS
def test_what_declares_nothing_declares_a_config_with_nothing_kept(generation: Generation) -> None:
    declared = desired(generation)
    assert Desired(generation, declared.identity) == declared
