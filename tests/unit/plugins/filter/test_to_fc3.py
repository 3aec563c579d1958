# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that converts FC 2.0 configurations to FC 3.0."""

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
ARN_PREFIX = "acs:fc:cn-hangzhou:123456789012"
QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"


def config(**fields: Any) -> dict[str, Any]:
    """Return a configuration for shop:order in the info module's format. ``fields`` overrides individual fields."""
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


def config_with_destination(destination: str) -> dict[str, Any]:
    """Return a configuration that has a failure destination."""
    return config(destination_config={"on_failure": {"destination": destination}, "on_success": None})


def converted_destination(destination: str, **qualifiers: Any) -> str:
    """Convert a configuration that has a failure destination and return the new destination."""
    [new] = to_fc3([config_with_destination(destination)], FUNCTIONS, qualifiers.get("qualifiers"))
    converted: str = new["destination_config"]["on_failure"]["destination"]
    return converted


def error_message(*arguments: Any) -> str:
    """Return the filter's error message."""
    with pytest.raises(AnsibleFilterError) as exc_info:
        to_fc3(*arguments)
    return str(exc_info.value)


def test_all_fields_are_converted() -> None:
    old = as_options(FC2, {field.option: field.sample for field in FC2.fields})
    [new] = to_fc3([config(**old)], FUNCTIONS)
    desired = parse_desired(FC3, new)
    assert set(desired.given) == {field.option for field in FC3.fields}
    assert [desired.given[field.option] for field in FC3.fields] == [field.sample for field in FC2.fields]


def test_fields_are_converted_to_fc3() -> None:
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
        (f"{ARN_PREFIX}:services/shop/functions/refund", f"{ARN_PREFIX}:functions/refund-v3"),
        (f"{ARN_PREFIX}:services/shop.LATEST/functions/refund", f"{ARN_PREFIX}:functions/refund-v3"),
        (f"{ARN_PREFIX}:services/shop.live/functions/refund", f"{ARN_PREFIX}:functions/refund-v3/live"),
        ("acs:fc:::services/shop/functions/refund", "acs:fc:::functions/refund-v3"),
        (f"{ARN_PREFIX}:functions/refund-v3", f"{ARN_PREFIX}:functions/refund-v3"),
        (QUEUE, QUEUE),
        ("acs:mns:::services/shop/functions/refund", "acs:mns:::services/shop/functions/refund"),
    ],
)
def test_only_fc2_functions_in_destinations_are_converted(old: str, new: str) -> None:
    assert converted_destination(old) == new


def test_versions_are_mapped_and_converted_to_strings() -> None:
    qualifiers = {"shop:order:7": 2, "shop:refund:7": "stable", "shop:order:live": "production"}
    olds = [config(qualifier="7"), config(qualifier=7), config(qualifier="live")]
    assert [new["qualifier"] for new in to_fc3(olds, FUNCTIONS, qualifiers)] == ["2", "2", "production"]
    arn = f"{ARN_PREFIX}:services/shop.7/functions/refund"
    assert converted_destination(arn, qualifiers=qualifiers) == f"{ARN_PREFIX}:functions/refund-v3/stable"


def test_unmapped_versions_are_errors() -> None:
    assert "qualifiers: must contain the version 'shop:order:7'." in error_message([config(qualifier="7")], FUNCTIONS)
    # A mapping for another function in the same service does not apply.
    assert "must contain the version 'shop:order:7'" in error_message(
        [config(qualifier="7")], FUNCTIONS, {"shop:refund:7": "1"}
    )


def test_all_missing_mappings_are_reported_once() -> None:
    arn = f"{ARN_PREFIX}:services/other.9/functions/sink"
    olds = [
        config(qualifier="7"),
        config_with_destination(arn),
        config_with_destination(arn),
        config(function_name="gone"),
    ]
    message = error_message(olds, FUNCTIONS)
    for missing in ("'shop:gone'", "'other:sink'", "the version 'shop:order:7'", "the version 'other:sink:9'"):
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
def test_unset_fields_can_be_null_or_missing(unset: dict[str, Any]) -> None:
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
        (([None], FUNCTIONS), "item 1 of the input must be an FC 2.0 configuration"),
        (([config(), {"function_name": "v3"}], FUNCTIONS), "item 2 of the input must be an FC 2.0 configuration"),
        (([config(service_name=5)], FUNCTIONS), "item 1 of the input must be an FC 2.0 configuration"),
        (([config(destination_config="x")], FUNCTIONS), "destination_config: must be a dictionary"),
        (([config(destination_config={"on_failure": "x"})], FUNCTIONS), "destination_config: must be a dictionary"),
        (([], None), "functions: must be a dictionary, not NoneType."),
        (([], {}, []), "qualifiers: must be a dictionary, not list."),
        (([config()], {"shop:order": 5}), "the value of 'shop:order' must be the name of a function, not '5'."),
        (([config()], FUNCTIONS, {"shop:order:LATEST": True}), "LATEST or the name of an alias, not 'True'."),
        (([config_with_destination(f"{ARN_PREFIX}:services/shop/x")], FUNCTIONS), "/x' is not the ARN of a function."),
    ],
)
def test_invalid_input_is_rejected(arguments: tuple[Any, ...], problem: str) -> None:
    assert problem in error_message(*arguments)


def test_error_messages_are_printable_and_truncated() -> None:
    message = error_message(
        [config_with_destination(f"{ARN_PREFIX}:services/shop/functions/\x1b[2J\ud800\n" + "x" * 1_000_000)], FUNCTIONS
    )
    assert message.isprintable()
    assert "more characters]" in message
    assert len(message) < 1000


@given(st.text(), st.text())
def test_arbitrary_text_in_arns_is_preserved(resource: str, function: str) -> None:
    assert converted_destination(f"acs:mns:::{resource}") == f"acs:mns:::{resource}"
    names = {**FUNCTIONS, f"shop:{function}": "sink"}
    if function and not set(function) & set("/:"):
        [new] = to_fc3([config_with_destination(f"{ARN_PREFIX}:services/shop/functions/{function}")], names)
        expected = names[f"shop:{function}"]
        assert new["destination_config"]["on_failure"]["destination"] == f"{ARN_PREFIX}:functions/{expected}"


def test_result_is_valid_for_the_fc3_module() -> None:
    old = config_with_destination(f"{ARN_PREFIX}:services/shop.live/functions/refund")
    [new] = to_fc3([old], FUNCTIONS)
    assert parse_desired(FC3, new).identity.id == "order-v3:LATEST"
    assert list(parse_desired(FC3, new).given.values()) == [f"{ARN_PREFIX}:functions/refund-v3/live", 3, False]
