# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that creates RAM policies for destinations."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.destination_policy import destination_policy
from hypothesis import given
from hypothesis import strategies as st

HERE = "cn-hangzhou:123456789012"
QUEUE, OTHER_QUEUE = f"acs:mns:{HERE}:/queues/a/messages", f"acs:mns:{HERE}:/queues/b/messages"
TOPIC = f"acs:mns:{HERE}:/topics/t/messages"
BUS = f"acs:eventbridge:{HERE}:eventbus/default"
ROCKETMQ = f"acs:mq:{HERE}:/instances/i/topic/t"
FUNCTION = f"acs:fc:{HERE}:services/s.live/functions/f"
KINDS = "(MNS queue, MNS topic, function, EventBridge event bus, RocketMQ topic)"


def config(on_failure: str | None = None, on_success: str | None = None, **names: Any) -> dict[str, Any]:
    """Return a configuration in the format of the info modules."""
    halves = {"on_failure": on_failure, "on_success": on_success}
    both = {name: {"destination": arn} if arn else None for name, arn in halves.items()}
    return {"destination_config": both if any(both.values()) else None, **(names or {"function_name": "f"})}


def error_message(*arguments: Any, **options: Any) -> str:
    """Return the filter's error message."""
    with pytest.raises(AnsibleFilterError) as exc_info:
        destination_policy(*arguments, **options)
    message = str(exc_info.value)
    assert message.isprintable()
    return message


def statement(resources: list[str], *actions: str) -> dict[str, Any]:
    """Return a statement."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": resources}


def test_one_policy_for_all_destinations() -> None:
    configs = [
        config(OTHER_QUEUE, TOPIC, service_name="s", function_name="f", qualifier="LATEST"),
        config(QUEUE, FUNCTION, id="s:g:live"),
        config(QUEUE, BUS, function_name="f"),
        config(ROCKETMQ, id="h"),
        config(id="without"),
        {"id": "minimal"},
        {"id": "absent", "state": "absent", "destination_config": {"on_failure": {"destination": "acs:oss:::b"}}},
    ]
    assert destination_policy(configs) == {
        "Version": "1",
        "Statement": [
            statement([BUS], "eventbridge:PutEvents"),
            statement([FUNCTION], "fc:InvokeFunction"),
            statement([TOPIC], "mns:PublishMessage"),
            statement([QUEUE, OTHER_QUEUE], "mns:SendMessage"),
            statement(["acs:mq:*:*:i"], "mq:OnsInstanceBaseInfo", "mq:QueryInstanceBaseInfo"),
            statement(["acs:mq:*:*:i%t"], "mq:PUB"),
        ],
    }


ARNS = st.sampled_from([QUEUE, OTHER_QUEUE, TOPIC, BUS, ROCKETMQ, FUNCTION, f"acs:fc:{HERE}:functions/f"])
CONFIGS = st.lists(st.builds(config, st.none() | ARNS, st.none() | ARNS), max_size=6)


@given(CONFIGS, st.randoms(use_true_random=False))
def test_the_order_and_repetitions_do_not_matter(configs: list[dict[str, Any]], order: random.Random) -> None:
    shuffled = configs * 2
    order.shuffle(shuffled)
    assert json.dumps(destination_policy(configs)) == json.dumps(destination_policy(shuffled))


@given(CONFIGS)
def test_policies_are_minimal_and_valid(configs: list[dict[str, Any]]) -> None:
    policy = destination_policy(configs)
    assert set(policy) == {"Version", "Statement"}
    assert policy["Version"] == "1"
    seen: set[str] = set()
    for one in policy["Statement"]:
        assert set(one) == {"Effect", "Action", "Resource"}
        assert one["Effect"] == "Allow"
        for values in (one["Action"], one["Resource"]):
            assert values
            assert values == sorted(set(values))
        assert not seen & set(one["Action"])
        seen |= set(one["Action"])
        if not all(action.startswith("mq:") for action in one["Action"]):
            assert not any("*" in resource for resource in one["Resource"])
    assert bool(seen) == any(one["destination_config"] for one in configs)


def test_missing_regions_and_accounts_are_completed_or_rejected() -> None:
    configs = [config("acs:mns:::/queues/a/messages", id="s:f")]
    assert destination_policy(configs, region="cn-hangzhou", account_id=123456789012) == destination_policy(
        [config(QUEUE)]
    )
    arn = "'acs:mns:::/queues/a/messages'"
    place = f"destination_policy: s:f: destination_config.on_failure.destination: {arn} has no"
    assert error_message(configs, region="cn-hangzhou") == (
        f"{place} account_id. Set account_id, or set wildcards to true."
    )
    assert error_message(configs, account_id="1") == f"{place} region. Set region, or set wildcards to true."
    [one] = destination_policy(configs, wildcards=True)["Statement"]
    assert one == statement(["acs:mns:*:*:/queues/a/messages"], "mns:SendMessage")


def test_unknown_destinations_are_rejected_or_ignored() -> None:
    configs = [
        config("acs:oss:cn-hangzhou:1:bucket", QUEUE, service_name="s", function_name="f"),
        config(f"acs:mns:{HERE}:/queues/*/messages", id="g"),
    ]
    option = "destination_config.on_failure.destination"
    assert error_message(configs) == (
        f"destination_policy: s:f: {option}: 'acs:oss:cn-hangzhou:1:bucket' is not the ARN of a known kind of "
        f"destination {KINDS}. g: {option}: 'acs:mns:{HERE}:/queues/*/messages' is not the ARN of a known kind of "
        f"destination {KINDS}."
    )
    assert destination_policy(configs, ignore_unknown=True) == destination_policy([config(QUEUE)])


def test_policies_by_role() -> None:
    configs = [
        config(QUEUE, service_name="shop", function_name="f"),
        config(TOPIC, id="shop:g:live"),
        config(BUS, function_name="resize"),
        config(OTHER_QUEUE, id=f"acs:fc:{HERE}:functions/notify/live"),
        config(OTHER_QUEUE, id=f"acs:fc:{HERE}:services/mail.live/functions/f"),
        config(id="without"),
    ]
    roles = {"shop": "role-a", "resize": "role-b", "notify": "role-b", "mail": "role-c"}
    assert destination_policy(configs, roles) == {
        "role-a": destination_policy(configs[:2]),
        "role-b": destination_policy(configs[2:4]),
        "role-c": destination_policy(configs[4:]),
    }
    assert list(destination_policy(configs[::-1], roles)) == ["role-a", "role-b", "role-c"]
    del roles["shop"]
    assert error_message(configs, roles) == "destination_policy: roles: must contain 'shop'."
    assert destination_policy([], {}) == {}


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("x",), {}, "the input must be a list of configurations, not 'x'."),
        (([7],), {}, "item 1 of the input must be a dictionary, not 7."),
        (([], 7), {}, "roles: must be a dictionary, not 7."),
        (([], {"shop": ""}), {}, "roles: the value of 'shop' must be the name or ARN of a role, not ''."),
        (
            ([],),
            {"region": "cn hangzhou"},
            "region: must be the ID of a region, such as cn-hangzhou, not 'cn hangzhou'.",
        ),
        (([],), {"region": "*"}, "region: must be the ID of a region, such as cn-hangzhou, not '*'."),
        (([],), {"account_id": "*"}, "account_id: must consist of digits, not '*'."),
        (([],), {"account_id": True}, "account_id: must consist of digits, not true."),
        (([],), {"wildcards": "yes"}, "wildcards: must be a boolean, not 'yes'."),
        (([],), {"ignore_unknown": 1}, "ignore_unknown: must be a boolean, not 1."),
        (([{"destination_config": 7}],), {}, "item 1: destination_config: must be a dictionary, not 7."),
        (
            ([{"id": "f\x1b", "destination_config": {"on_success": 7}}],),
            {},
            "f\\x1b: destination_config.on_success: must be a dictionary, not 7.",
        ),
        (
            ([config("a\x1b[2J", id="f")],),
            {},
            (
                "f: destination_config.on_failure.destination: 'a\\x1b[2J' is not the ARN of a known kind of "
                f"destination {KINDS}."
            ),
        ),
    ],
)
def test_invalid_input(arguments: tuple[Any, ...], options: dict[str, Any], message: str) -> None:
    assert error_message(*arguments, **options) == f"destination_policy: {message}"
