# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configurations of FC 2.0 become configurations of FC 3.0, or everything without a counterpart is named."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.to_fc3 import to_fc3
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from hypothesis import given
from hypothesis import strategies as st

FUNCTIONS = {"shop:order": "order-v3", "shop:refund": "refund-v3"}
HERE = "acs:fc:cn-hangzhou:123456789012"
QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"


def config(**fields: Any) -> dict[str, Any]:
    """A configuration as the info module returns it, of shop:order unless told otherwise."""
    return {
        "id": "shop:order:LATEST",
        "service_name": "shop",
        "function_name": "order",
        "qualifier": "LATEST",
        "destination_config": None,
        "maximum_event_age_in_seconds": None,
        "maximum_retry_attempts": 3,
        "stateful_invocation": False,
        "created_time": "2026-01-31T12:00:00Z",
        "last_modified_time": "2026-01-31T12:00:00Z",
        **fields,
    }


def failing(destination: str) -> dict[str, Any]:
    """The same with a destination for failures."""
    return config(destination_config={"on_failure": {"destination": destination}, "on_success": None})


def converted_destination(destination: str, **qualifiers: Any) -> str:
    """What becomes of a destination."""
    [new] = to_fc3([failing(destination)], FUNCTIONS, qualifiers.get("qualifiers"))
    found: str = new["destination_config"]["on_failure"]["destination"]
    return found


def refusal(*arguments: Any) -> str:
    """The message with which the filter fails."""
    with pytest.raises(AnsibleFilterError) as refused:
        to_fc3(*arguments)
    return str(refused.value)


def test_no_field_of_a_configuration_is_lost() -> None:
    old = as_options(FC2, {field.option: field.sample for field in FC2.fields})
    [new] = to_fc3([config(**old)], FUNCTIONS)
    desired = parse_desired(FC3, new)
    assert set(desired.given) == {field.option for field in FC3.fields}
    assert [desired.given[field.option] for field in FC3.fields] == [field.sample for field in FC2.fields]


def test_a_configuration_gets_the_names_of_fc_3() -> None:
    old = config(maximum_event_age_in_seconds=60, maximum_retry_attempts=0, stateful_invocation=True, qualifier="live")
    assert to_fc3([old], FUNCTIONS) == [
        {
            "function_name": "order-v3",
            "qualifier": "live",
            "destination_config": None,
            "maximum_event_age_in_seconds": 60,
            "maximum_retry_attempts": 0,
            "async_task": True,
        }
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (f"{HERE}:services/shop/functions/refund", f"{HERE}:functions/refund-v3"),
        (f"{HERE}:services/shop.LATEST/functions/refund", f"{HERE}:functions/refund-v3"),
        (f"{HERE}:services/shop.live/functions/refund", f"{HERE}:functions/refund-v3/live"),
        ("acs:fc:::services/shop/functions/refund", "acs:fc:::functions/refund-v3"),
        (f"{HERE}:functions/refund-v3", f"{HERE}:functions/refund-v3"),
        (QUEUE, QUEUE),
        ("acs:mns:::services/shop/functions/refund", "acs:mns:::services/shop/functions/refund"),
    ],
)
def test_only_functions_of_fc_2_among_the_destinations_are_replaced(old: str, new: str) -> None:
    assert converted_destination(old) == new


def test_a_version_becomes_what_the_mapping_says_and_text_if_it_is_a_number() -> None:
    qualifiers = {"shop:order:7": 2, "shop:refund:7": "stable", "shop:order:live": "production"}
    olds = [config(qualifier="7"), config(qualifier=7), config(qualifier="live")]
    assert [new["qualifier"] for new in to_fc3(olds, FUNCTIONS, qualifiers)] == ["2", "2", "production"]
    arn = f"{HERE}:services/shop.7/functions/refund"
    assert converted_destination(arn, qualifiers=qualifiers) == f"{HERE}:functions/refund-v3/stable"


def test_a_version_is_never_taken_over_silently() -> None:
    assert "qualifiers: must contain 'shop:order:7', because it is a version." in refusal(
        [config(qualifier="7")], FUNCTIONS
    )
    # The version of another function of the same service is no counterpart.
    assert "must contain 'shop:order:7'" in refusal([config(qualifier="7")], FUNCTIONS, {"shop:refund:7": "1"})


def test_everything_without_a_counterpart_is_named_at_once_and_once() -> None:
    arn = f"{HERE}:services/other.9/functions/sink"
    olds = [config(qualifier="7"), failing(arn), failing(arn), config(function_name="gone")]
    message = refusal(olds, FUNCTIONS)
    for missing in ("'shop:gone'", "'other:sink'", "'shop:order:7'", "'other:sink:9'"):
        assert message.count(f"must contain {missing}") == 1


@pytest.mark.parametrize(
    "unset",
    [
        {},
        {"destination_config": None},
        {"destination_config": {}},
        {"destination_config": {"on_failure": None, "on_success": None}},
        {"destination_config": {"on_failure": {}, "on_success": {"destination": None}}},
    ],
)
def test_unset_fields_may_be_null_or_missing(unset: dict[str, Any]) -> None:
    [new] = to_fc3([{"service_name": "shop", "function_name": "order", **unset}], FUNCTIONS)
    assert new == {
        "function_name": "order-v3",
        "qualifier": "LATEST",
        **dict.fromkeys(["destination_config", "maximum_event_age_in_seconds", "maximum_retry_attempts", "async_task"]),
    }


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (({}, FUNCTIONS), "the input must be a list of configurations, not dict."),
        (([None], FUNCTIONS), "item 1 of the input must be a configuration of FC 2.0"),
        (([config(), {"function_name": "v3"}], FUNCTIONS), "item 2 of the input must be a configuration of FC 2.0"),
        (([config(service_name=5)], FUNCTIONS), "item 1 of the input must be a configuration of FC 2.0"),
        (([config(destination_config="x")], FUNCTIONS), "destination_config: must be a dictionary"),
        (([config(destination_config={"on_failure": "x"})], FUNCTIONS), "destination_config: must be a dictionary"),
        (([], None), "functions: must be a dictionary, not NoneType."),
        (([], {}, []), "qualifiers: must be a dictionary, not list."),
        (([config()], {"shop:order": 5}), "the value of 'shop:order' must be the name of a function, not '5'."),
        (([config()], FUNCTIONS, {"shop:order:LATEST": True}), "LATEST or the name of an alias, not 'True'."),
        (([failing(f"{HERE}:services/shop/x")], FUNCTIONS), "/x' is not the ARN of a function."),
    ],
)
def test_wrong_input_is_refused_in_one_sentence(arguments: tuple[Any, ...], problem: str) -> None:
    assert problem in refusal(*arguments)


def test_a_message_is_printable_and_short_whatever_the_service_said() -> None:
    message = refusal([failing(f"{HERE}:services/shop/functions/\x1b[2J\ud800\n" + "x" * 1_000_000)], FUNCTIONS)
    assert message.isprintable()
    assert "more characters]" in message
    assert len(message) < 1000


@given(st.text(), st.text())
def test_text_in_an_arn_is_data(resource: str, function: str) -> None:
    assert converted_destination(f"acs:mns:::{resource}") == f"acs:mns:::{resource}"
    names = {**FUNCTIONS, f"shop:{function}": "sink"}
    if function and not set(function) & set("/:"):
        [new] = to_fc3([failing(f"{HERE}:services/shop/functions/{function}")], names)
        expected = names[f"shop:{function}"]
        assert new["destination_config"]["on_failure"]["destination"] == f"{HERE}:functions/{expected}"


def test_the_module_for_fc_3_accepts_the_result() -> None:
    old = failing(f"{HERE}:services/shop.live/functions/refund")
    [new] = to_fc3([old], FUNCTIONS)
    assert parse_desired(FC3, new).identity.id == "order-v3:LATEST"
    assert list(parse_desired(FC3, new).given.values()) == [f"{HERE}:functions/refund-v3/live", 3, False]
