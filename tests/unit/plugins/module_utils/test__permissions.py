# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of destinations: their permissions, and the warnings about suspicious ARNs."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.caller import (
    bulk_operations,
    caller_grants,
    info_operations,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import input_warnings, parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import KNOWN_REGIONS
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import (
    EVENT_BUS,
    FUNCTION,
    QUEUE,
    ROCKETMQ_TOPIC,
    TOPIC,
    Kind,
    parse_destination,
)
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from hypothesis import given
from hypothesis import strategies as st

from .strategies import NAMES

OPTION = "destination_config.on_failure.destination"
REGION, ACCOUNT = "cn-hangzhou", "123456789012"
HERE = f"{REGION}:{ACCOUNT}"
RESOURCES = {
    QUEUE: "acs:mns:{place}:/queues/{name}/messages",
    TOPIC: "acs:mns:{place}:/topics/{name}/messages",
    EVENT_BUS: "acs:eventbridge:{place}:eventbus/{name}",
    ROCKETMQ_TOPIC: "acs:mq:{place}:/instances/MQ_INST_1_B/topic/{name}",
}


# --- Permissions ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arn", "kind", "grants"),
    [
        (
            f"acs:mns:{HERE}:/queues/q/messages",
            QUEUE,
            {"mns:SendMessage": [f"acs:mns:{HERE}:/queues/q/messages"]},
        ),
        (
            f"acs:mns:{HERE}:/topics/t/messages",
            TOPIC,
            {"mns:PublishMessage": [f"acs:mns:{HERE}:/topics/t/messages"]},
        ),
        (
            f"acs:eventbridge:{HERE}:eventbus/default",
            EVENT_BUS,
            {"eventbridge:PutEvents": [f"acs:eventbridge:{HERE}:eventbus/default"]},
        ),
        (
            f"acs:mq:{HERE}:/instances/MQ_INST_1_B/topic/t",
            ROCKETMQ_TOPIC,
            {
                "mq:PUB": ["acs:mq:*:*:MQ_INST_1_B%t"],
                "mq:OnsInstanceBaseInfo": ["acs:mq:*:*:MQ_INST_1_B"],
                "mq:QueryInstanceBaseInfo": ["acs:mq:*:*:MQ_INST_1_B"],
            },
        ),
        (
            f"acs:fc:{HERE}:services/s.live/functions/f",
            FUNCTION,
            {"fc:InvokeFunction": [f"acs:fc:{HERE}:services/s.live/functions/f"]},
        ),
        (
            f"acs:fc:{HERE}:services/s/functions/f",
            FUNCTION,
            {
                "fc:InvokeFunction": [
                    f"acs:fc:{HERE}:services/s/functions/f",
                    f"acs:fc:{HERE}:services/s.LATEST/functions/f",
                ]
            },
        ),
        (
            f"acs:fc:{HERE}:functions/f/live",
            FUNCTION,
            {"fc:InvokeFunction": [f"acs:fc:{HERE}:functions/f", f"acs:fc:{HERE}:functions/f/live"]},
        ),
    ],
)
def test_permissions(arn: str, kind: Kind, grants: dict[str, list[str]]) -> None:
    found = parse_destination(arn)
    assert found is not None
    assert found.kind is kind
    assert {grant.action: list(grant.resources) for grant in found.grants} == grants
    assert found.grants[0].action == kind.action


def test_payload_limits_are_those_of_the_manual() -> None:
    limits = {kind: kind.payload_limit // 1024 for kind in (QUEUE, TOPIC, FUNCTION, EVENT_BUS, ROCKETMQ_TOPIC)}
    assert limits == {QUEUE: 64, TOPIC: 64, FUNCTION: 128, EVENT_BUS: 64, ROCKETMQ_TOPIC: 4096}


@pytest.mark.parametrize(
    ("arn", "arguments", "place"),
    [
        ("acs:mns:::/queues/q/messages", (), "*:*"),
        ("acs:mns:::/queues/q/messages", (REGION,), f"{REGION}:*"),
        ("acs:mns:::/queues/q/messages", (REGION, ACCOUNT), HERE),
        ("acs:mns:cn-beijing::/queues/q/messages", (REGION, ACCOUNT), f"cn-beijing:{ACCOUNT}"),
        ("acs:mns::1:/queues/q/messages", (REGION, ACCOUNT), f"{REGION}:1"),
    ],
)
def test_missing_regions_and_accounts_are_inserted(arn: str, arguments: tuple[str, ...], place: str) -> None:
    found = parse_destination(arn, *arguments)
    assert found is not None
    assert found.grants[0].resources == (f"acs:mns:{place}:/queues/q/messages",)


@pytest.mark.parametrize(
    "arn",
    [
        "queue",
        "acs:oss:cn-hangzhou:1:bucket",
        "acs:mns:cn-hangzhou:1:/queues/q",
        "acs:mns:cn-hangzhou:1:/queues/q/messages/more",
        "acs:mns:cn-hangzhou:1:/queue/q/messages",
        "acs:fc:cn-hangzhou:1:layers/l",
        "acs:mq:cn-hangzhou:1:/instances/i",
        "acs:eventbridge:cn-hangzhou:1:eventbus/b/rule/r",
    ],
)
def test_unknown_destinations_have_no_permissions(arn: str) -> None:
    assert parse_destination(arn) is None


@given(
    st.sampled_from(
        [*RESOURCES.values(), "acs:fc:{place}:services/s/functions/{name}", "acs:fc:{place}:functions/{name}"]
    ),
    st.text("ab*?{}$", max_size=4).filter(lambda text: set(text) & set("*?{}")),
)
def test_names_with_wildcards_grant_nothing(form: str, name: str) -> None:
    assert parse_destination(form.format(place=HERE, name=name)) is None


@given(st.sampled_from(list(RESOURCES)), NAMES)
def test_each_name_is_granted(kind: Kind, name: str) -> None:
    found = parse_destination(RESOURCES[kind].format(place=HERE, name=name))
    assert found is not None
    assert found.kind is kind
    assert name in found.grants[0].resources[0]


def caller_resources(generation: Generation, operations: set[str], **options: Any) -> dict[str, list[str]]:
    """Return the resources that each action of the caller applies to."""
    return {grant.action: list(grant.resources) for grant in caller_grants(generation, operations, **options)}


def test_only_the_list_of_services_has_resources_by_default() -> None:
    resources = caller_resources(FC2, info_operations(FC2), region=REGION, account_id=ACCOUNT)
    assert resources.pop("fc:ListServices") == [f"acs:fc:{HERE}:services/*"]
    assert set(map(tuple, resources.values())) == {("*",)}
    assert caller_resources(FC2, {"ListServices"}) == {"fc:ListServices": ["acs:fc:*:*:services/*"]}
    assert {*map(tuple, caller_resources(FC3, info_operations(FC3)).values())} == {("*",)}


def test_permissions_of_the_caller_can_be_limited_to_functions() -> None:
    limited: dict[str, Any] = {"region": REGION, "account_id": ACCOUNT}
    found = caller_resources(FC2, bulk_operations(FC2, True), functions=[Function("f", "s")], **limited)
    function = [f"acs:fc:{HERE}:services/s/functions/f", f"acs:fc:{HERE}:services/s.*/functions/f"]
    assert set(map(tuple, found.values())) == {tuple(function)}
    found = caller_resources(
        FC2, bulk_operations(FC2, True, "service"), functions=[Function("f", "s")], whole_services=True, **limited
    )
    service = [f"acs:fc:{HERE}:services/s/functions/*", f"acs:fc:{HERE}:services/s.*/functions/*"]
    assert set(map(tuple, found.values())) == {tuple(service)}
    found = caller_resources(FC3, bulk_operations(FC3, True, "function"), functions=[Function("f")], **limited)
    assert found["fc:ListFunctionAsyncInvokeConfigs"] == ["*"]
    assert found["fc:PutFunctionAsyncInvokeConfig"] == [f"acs:fc:{HERE}:functions/f", f"acs:fc:{HERE}:functions/f/*"]


# --- Warnings ---------------------------------------------------------------------------------------------------


def warnings(
    arn: str, generation: Generation = FC2, region: str | None = REGION, account_id: str | None = ACCOUNT, **names: str
) -> list[str]:
    """Return the warnings about a destination of s:f:LATEST (FC 3.0: f:LATEST), without the option."""
    identity = {name: name[0] for name in generation.identity_options if name != "qualifier"}
    options = {**identity, **names, "destination_config": {"on_failure": {"destination": arn}}}
    found = input_warnings(parse_desired(generation, options), region, account_id)
    assert all(warning.startswith(f"{OPTION}: ") and warning.endswith(".") for warning in found)
    return [warning[len(OPTION) + 2 :] for warning in found]


PLACES = st.sampled_from([HERE, ":", f":{ACCOUNT}", f"{REGION}:"])


@given(st.sampled_from([FC2, FC3]), st.sampled_from(list(RESOURCES.values())), PLACES, NAMES)
def test_documented_forms_cause_no_warnings(generation: Generation, form: str, place: str, name: str) -> None:
    arn = form.format(place=place, name=name)
    assert warnings(arn, generation) == []
    assert warnings(arn, generation, region=None, account_id=None) == []


@given(PLACES, NAMES.filter(lambda name: name != "f"), st.sampled_from(["", "LATEST", "live", "7"]))
def test_functions_of_the_same_generation_cause_no_warnings(place: str, name: str, qualifier: str) -> None:
    service, version = f".{qualifier}" if qualifier else "", f"/{qualifier}" if qualifier else ""
    assert warnings(f"acs:fc:{place}:services/s{service}/functions/{name}") == []
    assert warnings(f"acs:fc:{place}:services/other{service}/functions/f") == []
    assert warnings(f"acs:fc:{place}:functions/{name}{version}", FC3) == []
    assert warnings(f"acs:fc:{place}:functions/s${name}{version}", FC3) == []


@given(st.sampled_from(KNOWN_REGIONS), st.sampled_from(list(RESOURCES.values())), NAMES)
def test_each_known_region_causes_no_warnings(region: str, form: str, name: str) -> None:
    arn = form.format(place=f"{region}:", name=name)
    assert warnings(arn, region=region) == []
    assert warnings(arn, region=None) == []


@given(PLACES, NAMES, st.sampled_from(["queue", "topic"]), st.sampled_from(["slash", "singular", "messages"]))
def test_each_mutation_of_an_mns_arn_causes_a_warning(place: str, name: str, kind: str, mutation: str) -> None:
    right = f"/{kind}s/{name}/messages"
    wrong = {
        "slash": right[1:],
        "singular": right.replace(f"{kind}s/", f"{kind}/", 1),
        "messages": right[: -len("/messages")],
    }
    arn = f"acs:mns:{place}:{wrong[mutation]}"
    assert warnings(arn) == [f"{arn!r} must end with {':' + right!r}."]


@given(PLACES, NAMES)
def test_all_mutations_of_an_mns_arn_cause_one_warning(place: str, name: str) -> None:
    arn = f"acs:mns:{place}:queue/{name}"
    assert warnings(arn) == [f"{arn!r} must end with ':/queues/{name}/messages'."]
    arn = f"acs:mns:{place}:{name}"
    assert warnings(arn) == [
        f"{arn!r} is not the ARN of a queue or topic, which ends with /queues/QUEUE/messages or /topics/TOPIC/messages."
    ]


@pytest.mark.parametrize(
    ("region", "cause"),
    [
        ("cn-hangzou", "may be a misspelling of cn-hangzhou"),
        ("cn-hanghzou", "may be a misspelling of cn-hangzhou"),
        ("cnhangzhou", "may be a misspelling of cn-hangzhou"),
        ("ap-southest-1", "may be a misspelling of ap-southeast-1"),
        ("ap-southeast-9", "is misspelled or newer than this collection"),
        ("sa-brasilia-1", "is misspelled or newer than this collection"),
    ],
)
@pytest.mark.parametrize("form", list(RESOURCES.values()))
def test_unknown_regions_cause_a_warning(form: str, region: str, cause: str) -> None:
    arn = form.format(place=f"{region}:{ACCOUNT}", name="x")
    expected = [f"{arn!r} contains {region}, which is not a known region of Function Compute and {cause}."]
    assert warnings(arn) == warnings(arn, region=None) == expected
    assert warnings(arn, region=region) == []  # the connection proves that the region exists


@given(st.sampled_from(list(RESOURCES.values())), st.sampled_from(KNOWN_REGIONS).filter(lambda one: one != REGION))
def test_other_regions_cause_a_warning(form: str, region: str) -> None:
    arn = form.format(place=f"{region}:", name="x")
    assert warnings(arn) == [f"{arn!r} is in the region {region}, but the function is in {REGION}."]


def test_the_region_and_account_in_the_id_are_those_of_the_function() -> None:
    arn = "acs:mns:cn-beijing:1:/queues/q/messages"
    own = "acs:fc:cn-beijing:1:services/s/functions/f"
    assert warnings(arn, region=None, account_id=None, id=own) == []
    other = f"acs:mns:{HERE}:/queues/q/messages"
    assert warnings(other, region=None, account_id=None, id=own) == [
        f"{other!r} is in the region {REGION}, but the function is in cn-beijing.",
        f"{other!r} belongs to the account {ACCOUNT}, but the function belongs to 1.",
    ]


@given(st.sampled_from(list(RESOURCES.values())), st.integers(1, 10**16).map(str).filter(lambda one: one != ACCOUNT))
def test_other_accounts_cause_a_warning(form: str, account_id: str) -> None:
    arn = form.format(place=f"{REGION}:{account_id}", name="x")
    assert warnings(arn) == [f"{arn!r} belongs to the account {account_id}, but the function belongs to {ACCOUNT}."]
    assert warnings(arn, account_id=None) == []


@given(PLACES, NAMES)
def test_functions_of_the_other_generation_cause_a_warning(place: str, name: str) -> None:
    for generation, other, resource in ((FC2, FC3, f"functions/{name}"), (FC3, FC2, f"services/s/functions/{name}")):
        arn = f"acs:fc:{place}:{resource}"
        problem = f"is the ARN of a function in {other.name}, but the configuration is for {generation.name}"
        assert warnings(arn, generation) == [f"{arn!r} {problem}."]


@given(PLACES, st.sampled_from(["", "LATEST", "live"]))
def test_loops_cause_a_warning(place: str, qualifier: str) -> None:
    names = {"qualifier": qualifier} if qualifier else {}
    service, version = f".{qualifier}" if qualifier else "", f"/{qualifier}" if qualifier else ""
    for generation, resource in ((FC2, f"services/s{service}/functions/f"), (FC3, f"functions/f{version}")):
        arn = f"acs:fc:{place}:{resource}"
        assert warnings(arn, generation, **names) == [
            f"{arn!r} is the function itself, which would invoke it in a loop."
        ]
        assert warnings(arn, generation, qualifier="other") == []


def test_other_resources_of_function_compute_cause_a_warning() -> None:
    arn = f"acs:fc:{HERE}:layers/l"
    assert warnings(arn) == warnings(arn, FC3) == [f"{arn!r} is not the ARN of a function."]


def test_a_function_with_the_same_name_in_another_region_is_not_a_loop() -> None:
    arn = f"acs:fc:cn-beijing:{ACCOUNT}:functions/f"
    assert warnings(arn, FC3) == [f"{arn!r} is in the region cn-beijing, but the function is in cn-hangzhou."]
