# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of parsing entries: defaults, groups and validation errors."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import parse_purge_limit
from ansible_collections.alicloud.fc.plugins.module_utils._modules.entries import parse_entries
from hypothesis import given, settings
from hypothesis import strategies as st

from .strategies import task_options
from .test__params import ANY_VALUE

QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/q/messages"
TOPIC = "acs:mns:cn-hangzhou:123456789012:/topics/t/messages"


def parse(api: Generation = FC2, region: str | None = None, **params: Any) -> dict[str, Desired]:
    """Parse task options. Omitted options get the values that Ansible would set."""
    return parse_entries(api, {"configs": None, "groups": None, "defaults": {}, **params}, (region, None))


def parse_errors(**params: Any) -> tuple[str, list[str]]:
    """Return the beginning of the error message and the list of errors that it contains."""
    with pytest.raises(InvalidOption) as caught:
        parse(**params)
    head, _colon, errors = str(caught.value).partition(", nothing was changed: ")
    return head, errors.split(". ")


# --- Groups and defaults ----------------------------------------------------------------------------------------


def some_options(api: Generation, identity: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Return some of the options that are valid in both entries and defaults."""
    names = {*identity, *(field.path[0] for field in api.fields), "omitted_options", "state"}
    chosen = st.sets(st.sampled_from(sorted(names)))
    return st.builds(
        lambda options, kept: {name: value for name, value in {**options, **identity}.items() if name in kept},
        task_options(api),
        chosen,
    )


@st.composite
def tasks(draw: st.DrawFn) -> tuple[Generation, dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """Return a generation, task options with groups and a list of each entry's place and complete options."""
    api = draw(st.sampled_from([FC2, FC3]))
    owner = "s:" if api.has_services else ""

    def identity(service: str, qualifier: str) -> dict[str, Any]:
        return {"qualifier": qualifier, **({"service_name": service} if api.has_services else {})}

    task_defaults = draw(some_options(api, identity("t", "live")))
    groups: list[dict[str, Any]] = []
    expected: list[tuple[str, dict[str, Any]]] = []
    for _group in range(draw(st.integers(0, 3))):
        defaults = draw(some_options(api, identity("u", "1")))
        configs: list[dict[str, Any]] = []
        for own in draw(st.lists(some_options(api, identity("v", "2")), max_size=3)):
            inherited = {**task_defaults, **defaults}
            name = f"f{len(expected)}"
            if draw(st.booleans()):
                names = {"id": f"{owner}{name}"}
                own = {key: value for key, value in own.items() if key not in api.identity_options}
                inherited = {key: value for key, value in inherited.items() if key not in api.identity_options}
            else:
                names = {"function_name": name}
                if api.has_services and "service_name" not in inherited:
                    names["service_name"] = "s"
            expected.append((f"groups[{len(groups)}].configs[{len(configs)}]", {**inherited, **names, **own}))
            configs.append({**names, **own})
        groups.append({"configs": configs, **({"defaults": defaults} if defaults else {})})
    return api, {"defaults": task_defaults, "groups": groups}, expected


@settings(max_examples=150, deadline=None)
@given(task=tasks())
def test_entries_override_groups_which_override_the_task(
    task: tuple[Generation, dict[str, Any], list[tuple[str, dict[str, Any]]]],
) -> None:
    api, params, expected = task
    found = parse(api, **params)
    assert list(found) == [place for place, _options in expected]
    assert list(found.values()) == list(parse(api, configs=[options for _place, options in expected]).values())


def test_groups_follow_configs_in_their_order() -> None:
    found = parse(
        groups=[{"configs": [{"id": "s:d"}, {"id": "s:c"}]}, {"configs": []}, {"configs": [{"id": "s:b"}]}],
        configs=[{"id": "s:z"}],
    )
    assert [(place, one.identity.id) for place, one in found.items()] == [
        ("configs[0]", "s:z:LATEST"),
        ("groups[0].configs[0]", "s:d:LATEST"),
        ("groups[0].configs[1]", "s:c:LATEST"),
        ("groups[2].configs[0]", "s:b:LATEST"),
    ]
    assert parse(configs=[]) == parse(groups=[]) == parse(groups=[{"configs": []}]) == {}


def test_defaults_replace_destinations_completely_and_null_inherits() -> None:
    both = {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}}
    one_half = {"on_success": {"destination": TOPIC}}
    found = parse(
        defaults={"service_name": "s", "destination_config": both, "maximum_retry_attempts": 1},
        groups=[
            {
                "defaults": {"destination_config": one_half, "maximum_retry_attempts": None, "qualifier": "live"},
                "configs": [
                    {"function_name": "a", "destination_config": None, "qualifier": ""},
                    {"function_name": "b", "maximum_retry_attempts": "0"},
                    {"id": "t:c"},
                ],
            }
        ],
    )
    success = "destination_config.on_success.destination"
    assert [(one.identity.id, dict(one.given)) for one in found.values()] == [
        ("s:a:live", {success: TOPIC, "maximum_retry_attempts": 1}),
        ("s:b:live", {success: TOPIC, "maximum_retry_attempts": 0}),
        ("t:c:LATEST", {success: TOPIC, "maximum_retry_attempts": 1}),
    ]


def test_defaults_of_a_group_are_converted_and_do_not_apply_to_others() -> None:
    found = parse(
        configs=[{"id": "s:a"}],
        groups=[
            {"defaults": '{"stateful_invocation": "yes", "state": "absent"}', "configs": [{"id": "s:b"}]},
            {"defaults": {"stateful_invocation": "yes", "maximum_retry_attempts": " 7 "}, "configs": [{"id": "s:c"}]},
            {"configs": [{"id": "s:d"}]},
        ],
    )
    assert [(one.present, dict(one.given)) for one in found.values()] == [
        (True, {}),
        (False, {}),
        (True, {"stateful_invocation": True, "maximum_retry_attempts": 7}),
        (True, {}),
    ]


# --- Validation errors ------------------------------------------------------------------------------------------

ENTRY_OPTIONS = (
    "Supported options: created_time, destination_config, function_name, id, last_modified_time, "
    "maximum_event_age_in_seconds, maximum_retry_attempts, omitted_options, on_failure_destination, "
    "on_success_destination, qualifier, service_name, state, stateful_invocation."
)
DEFAULT_OPTIONS = (
    "Supported options: destination_config, maximum_event_age_in_seconds, maximum_retry_attempts, omitted_options, "
    "qualifier, service_name, state, stateful_invocation."
)


NOT_DICTIONARIES: tuple[Any, ...] = (None, 7, True, [], "", "yes", "{")


def group(*entries: Any, **defaults: Any) -> dict[str, Any]:
    """Return a group."""
    return {"configs": list(entries), "defaults": defaults}


@pytest.mark.parametrize(
    ("groups", "errors"),
    [
        (
            [group({"id": "s:a"}), group({"id": "s:b"}, {"id": "s:c", "maximum_retry_attempts": 9})],
            ["groups[1].configs[1].maximum_retry_attempts: must be between 0 and 8, not 9."],
        ),
        ([group(maximum_retry_attempts=-1)], ["groups[0].defaults.maximum_retry_attempts: must be between 0 and 8"]),
        (
            [group(qualifier="a/b", service_name="a b")],
            ["groups[0].defaults.service_name: must be 1 to", "groups[0].defaults.qualifier: must be a version"],
        ),
        ([group(service_name="")], ["groups[0].defaults.service_name: must be 1 to 128 letters"]),
        ([group(qualifier=False)], ["groups[0].defaults.qualifier: must be text, not a boolean."]),
        ([group(qualifier="********")], ["groups[0].defaults.qualifier: must not contain ********, which Ansible"]),
        (
            [group({"id": "s:$REDACTED$"})],
            ["groups[0].configs[0].id: must not contain $REDACTED$, which Ansible writes"],
        ),
        (
            [group(maximum_retry_attempts=float("inf"))],
            ["groups[0].defaults.maximum_retry_attempts: must be an integer, not inf."],
        ),
        (
            [group(stateful_invocation="maybe")],
            ["groups[0].defaults: argument 'stateful_invocation' is of type "],
        ),
        ([group(state="gone")], ["groups[0].defaults: value of state must be one of: present, absent, got: gone."]),
        ([group(destination_config=7)], ["groups[0].defaults.destination_config: must be a dictionary."]),
        ([group(destination_config={})], ["groups[0].defaults: one of the following is required: on_failure, on_succ"]),
        ([group(xyz=1)], [f"groups[0].defaults: unsupported option xyz. {DEFAULT_OPTIONS}"]),
        ([group(function_name="a")], ["groups[0].defaults: unsupported option function_name. Supported options: "]),
        ([group({"id": "s:a", "xyz": 1})], [f"groups[0].configs[0]: unsupported option xyz. {ENTRY_OPTIONS}"]),
        (
            [{"configs": [], "config": [], "purge": "none"}],
            ["groups[0]: unsupported option config, purge. Supported options: configs, defaults."],
        ),
        ([{}], ["groups[0]: missing required arguments: configs."]),
        ([{"defaults": {}}], ["groups[0]: missing required arguments: configs."]),
        ([{"configs": None}], ["groups[0].configs: must be a list of dictionaries, not null."]),
        ([{"configs": "[]"}], ["groups[0].configs: must be a list of dictionaries, not text."]),
        ([{"configs": {"id": "s:a"}}], ["groups[0].configs: must be a list of dictionaries, not a dictionary."]),
        ([group({"id": "s:a"}, None)], ["groups[0].configs[1]: must be a dictionary, not null."]),
        ([group("id=s:a")], ["groups[0].configs[0]: must be a dictionary, not text."]),
        ([group({})], ["groups[0].configs[0].service_name: is required unless id is specified."]),
        (
            [{"configs": [], "defaults": value} for value in NOT_DICTIONARIES],
            [f"groups[{at}].defaults: must be a dictionary." for at in range(len(NOT_DICTIONARIES))],
        ),
        (
            [group({"id": "s:a"}), group({"id": "s:b"}, {"id": "acs:fc:::services/s/functions/a"})],
            ["groups[0].configs[0] and groups[1].configs[1] both identify s:a:LATEST."],
        ),
        (
            [group({"id": "acs:fc:x-1::services/s/functions/a"})],
            ["groups[0].configs[0].id: the ARN contains the region x-1, but region is cn-hangzhou."],
        ),
    ],
)
def test_errors_in_groups_are_reported_with_their_places(groups: list[Any], errors: list[str]) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse(groups=groups, region="cn-hangzhou")
    message = str(caught.value)
    number = "1 error" if len(errors) == 1 else f"{len(errors)} errors"
    assert message.startswith(f"groups: {number}, nothing was changed: {errors[0]}")
    for error in errors:
        assert error in message
    assert message.endswith(".")


def test_all_errors_are_reported_in_the_order_of_the_input() -> None:
    head, errors = parse_errors(
        defaults={"maximum_retry_attempts": 9},
        configs=[{"id": "s:a", "stateful_invocation": []}],
        groups=[
            {"x": 1, "configs": ["a", {"id": "s:b", "y": 1}], "defaults": {"z": 1}},
            group({"id": "s"}, maximum_event_age_in_seconds=0),
        ],
    )
    assert head == "configs and groups: 8 errors"
    assert [error.partition(": ")[0] for error in errors if not error.startswith("Supported")] == [
        "defaults.maximum_retry_attempts",
        "configs[0]",
        "groups[0]",
        "groups[0].defaults",
        "groups[0].configs[0]",
        "groups[0].configs[1]",
        "groups[1].defaults.maximum_event_age_in_seconds",
        "groups[1].configs[0].id",
    ]


@pytest.mark.parametrize(
    ("params", "head"),
    [
        ({"configs": [{}]}, "configs: 1 error"),
        ({"groups": [{}]}, "groups: 1 error"),
        ({"configs": [{}], "groups": [{}]}, "configs and groups: 2 errors"),
        ({"configs": [{"id": "s:a"}], "groups": [{}]}, "groups: 1 error"),
        ({"configs": [{}], "groups": [group({"id": "s:a"})]}, "configs: 1 error"),
        ({"configs": [{"id": "s:a"}], "defaults": {"qualifier": "/"}}, "configs: 1 error"),
        ({"groups": [], "defaults": {"qualifier": "/"}}, "groups: 1 error"),
        ({"configs": [], "groups": [], "defaults": {"qualifier": "/"}}, "configs and groups: 1 error"),
    ],
)
def test_message_begins_with_the_options_that_contain_errors(params: dict[str, Any], head: str) -> None:
    assert parse_errors(**params)[0] == head


def test_duplicates_in_configs_and_groups_are_reported_with_both_places() -> None:
    head, errors = parse_errors(
        configs=[{"id": "s:a"}],
        groups=[group({"function_name": "a"}, {"id": "s:a:live"}, service_name="s"), group({"id": "s:a"})],
    )
    assert head == "configs and groups: 2 errors"
    assert errors == [
        "configs[0] and groups[0].configs[0] both identify s:a:LATEST",
        "configs[0] and groups[1].configs[0] both identify s:a:LATEST.",
    ]


@pytest.mark.parametrize(
    "defaults",
    [
        {"maximum_retry_attempts": 9},
        {"destination_config": {"on_failure": {"destination": "x"}}},
        {"service_name": "a b"},
        {"service_name": True},
        {"state": "gone"},
        {"service_name": "t", "xyz": 1},
    ],
)
def test_errors_of_defaults_are_not_repeated_for_entries(defaults: dict[str, Any]) -> None:
    entries = [{"function_name": "a"}, {"function_name": "b", "maximum_event_age_in_seconds": 0}]
    params = {"defaults": {"service_name": "s"}, "configs": [{"function_name": "a"}]}
    head, errors = parse_errors(**params, groups=[group(*entries, **defaults)])
    assert head.startswith("groups: 2 errors") or "service_name" not in defaults
    assert errors[0].startswith("groups[0].defaults")
    assert errors[-1] == "groups[0].configs[1].maximum_event_age_in_seconds: must be between 1 and 2592000, not 0."
    if "service_name" not in defaults:  # otherwise, it is unclear whether both identify the same configuration
        assert head == "configs and groups: 3 errors"
        assert any("configs[0] and groups[0].configs[0] both identify s:a:LATEST" in error for error in errors)


def test_errors_of_defaults_of_the_task_are_not_repeated_in_groups() -> None:
    head, errors = parse_errors(
        defaults={"maximum_retry_attempts": 9, "qualifier": "/"},
        groups=[group({"id": "s:a"}, state="present"), {"configs": [{"id": "s:b"}]}],
    )
    assert (head, len(errors)) == ("groups: 2 errors", 2)


@pytest.mark.parametrize(
    ("params", "places"),
    [
        ({"groups": [group({"function_name": "a"}, service_name=["s"])]}, ["groups[0].defaults.service_name"]),
        ({"groups": [group({"function_name": "a"}, service_name="a b")]}, ["groups[0].defaults.service_name"]),
        ({"groups": [{"configs": [{"function_name": "a"}], "defaults": 7}]}, ["groups[0].defaults"]),
        (
            {"groups": [{"configs": [{"function_name": "a"}]}], "defaults": {"service_name": "a b"}},
            ["defaults.service_name"],
        ),
        (
            {"groups": [group({"function_name": "a"}, qualifier="live")], "defaults": {"service_name": "a b"}},
            ["defaults.service_name"],
        ),
        # The names of these entries do not depend on the invalid default.
        (
            {"groups": [group(*[{"function_name": "a"}] * 2, service_name="s")], "defaults": {"service_name": "a b"}},
            ["defaults.service_name", "groups[0].configs[0] and groups[0].configs[1] both identify s"],
        ),
        (
            {"groups": [group(*[{"id": "s:a"}] * 2, service_name="a b")]},
            ["groups[0].defaults.service_name", "groups[0].configs[0] and groups[0].configs[1] both identify s"],
        ),
    ],
)
def test_entries_with_an_invalid_default_service_are_not_reported_as_incomplete(
    params: dict[str, Any], places: list[str]
) -> None:
    _head, errors = parse_errors(**params)
    assert [error.partition(":")[0] for error in errors] == places


def test_errors_of_overridden_defaults_do_not_hide_errors_of_entries() -> None:
    head, errors = parse_errors(
        defaults={"maximum_retry_attempts": 9},
        groups=[
            group({"id": "s:a", "maximum_retry_attempts": 10}, maximum_retry_attempts=11),
            group({"id": "s:b"}, maximum_retry_attempts=1),
        ],
    )
    assert head == "groups: 3 errors"
    assert [error.rpartition(", not ")[2] for error in errors] == ["9", "11", "10."]


@pytest.mark.parametrize("char", ["\\u001b", "\\ud800", "\\u202e"])
def test_unprintable_names_in_json_texts_are_escaped(char: str) -> None:
    text = f'{{"a{char}": 1}}'
    for params in (
        {"groups": [{"configs": [], "defaults": text}]},
        {"configs": [{"id": "s:a", "destination_config": text}]},
    ):
        with pytest.raises(InvalidOption) as caught:
            parse(**params)
        assert str(caught.value).isprintable()
        assert "unsupported option" in str(caught.value)


GROUPS = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "configs": st.lists(st.dictionaries(st.sampled_from(["id", "function_name", "state"]), ANY_VALUE))
            | ANY_VALUE,
            "defaults": st.dictionaries(st.sampled_from(["qualifier", "state", "stateful_invocation"]), ANY_VALUE)
            | ANY_VALUE,
            "other": ANY_VALUE,
        },
    ),
    max_size=3,
)


@settings(deadline=None)
@given(groups=GROUPS)
def test_arbitrary_groups_are_parsed_or_rejected_with_printable_sentences(groups: list[Any]) -> None:
    message = "groups: ."
    try:
        parse(groups=groups)
    except InvalidOption as error:
        message = str(error)
    assert message.startswith("groups: ")
    assert message.isprintable()
    assert message.endswith(".")


# --- purge_limit ------------------------------------------------------------------------------------------------


def declared(present: int, absent: int) -> list[Desired]:
    """Return the given numbers of present and absent desired configurations."""
    states = ["present"] * present + ["absent"] * absent
    return list(parse(configs=[{"id": f"s:f{at}", "state": state} for at, state in enumerate(states)]).values())


@pytest.mark.parametrize(
    ("text", "present", "absent", "limit"),
    [
        ("none", 9, 9, None),
        ("auto", 0, 0, 5),
        ("auto", 59, 0, 5),
        ("auto", 60, 0, 6),
        ("auto", 69, 0, 6),
        ("auto", 59, 100, 5),
        ("0", 100, 0, 0),
        ("7", 100, 0, 7),
        ("007", 0, 0, 7),
        ("9" * 15, 0, 0, 10**15 - 1),
    ],
)
def test_purge_limit_is_parsed(text: str, present: int, absent: int, limit: int | None) -> None:
    assert parse_purge_limit(text, declared(present, absent)) == limit


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "1.0", "1 ", "10%", "None", "Auto", "null", "unlimited", "5\n", "٣", "1_0", "9" * 16]
)
def test_invalid_purge_limits_are_rejected(text: str) -> None:
    with pytest.raises(InvalidOption) as caught:
        parse_purge_limit(text, [])
    assert str(caught.value) == (
        "purge_limit: must be none, auto or a non-negative integer with at most 15 digits, not " + f"{text!r}."
    )


@pytest.mark.parametrize("api", [FC2, FC3])
@pytest.mark.parametrize("half", ["on_failure", "on_success"])
def test_returned_destinations_are_no_options(api: Generation, half: str) -> None:
    entry = {"id": "s:a" if api.has_services else "a", f"{half}_destination": QUEUE}
    with pytest.raises(InvalidOption) as caught:
        parse(api, configs=[entry])
    message = f"configs[0].{half}_destination: is a return value; use destination_config.{half}.destination."
    assert message in str(caught.value)
    # Returned configurations contain both keys. A changed dictionary takes precedence.
    expected = parse(api, configs=[{"id": entry["id"]}])
    assert parse(api, configs=[{**entry, "destination_config": None}]) == expected
    assert parse(api, configs=[{**entry, f"{half}_destination": None}]) == expected
