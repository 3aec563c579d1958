# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of audit rules."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig, as_returned
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import Row
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rules import CHECKS, parse_rules, violations
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables
from ansible_collections.alicloud.fc.tests.unit.plugins.module_utils.strategies import settings
from hypothesis import given
from hypothesis import strategies as st

BOTH_GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda generation: generation.name)
QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:123456789012:/topics/resized/messages"
FAILURE, SUCCESS = "destination_config.on_failure.destination", "destination_config.on_success.destination"
TASKS = {"FC 2.0": "stateful_invocation", "FC 3.0": "async_task"}


def returned(generation: Generation, values: Any, name: str = "resize", qualifier: str = "LATEST") -> dict[str, Any]:
    """Return a configuration as the info modules return it."""
    identity = Identity(name, qualifier, "shop" if generation.has_services else None)
    unset = dict.fromkeys(field.option for field in generation.fields)
    config = as_returned(generation, AsyncInvokeConfig(identity, {**unset, **values}))
    assert config is not None
    return config


def rows(generation: Generation, rules: Any, *configs: dict[str, Any], reported: Any = ()) -> list[Row]:
    """Return the rows for these rules and configurations."""
    return violations(parse_rules(generation, rules), configs, generation, "cn-hangzhou", reported)


def found(generation: Generation, rule: dict[str, Any], **values: Any) -> list[tuple[Any, ...]]:
    """Return the options that violate a rule, with their desired and current values."""
    options = {"on_failure": FAILURE, "on_success": SUCCESS, "tasks": TASKS[generation.name]}
    config = returned(generation, {options.get(name, name): value for name, value in values.items()})
    return [
        (one["option"], one["desired"], one["current"])
        for row in rows(generation, [rule], config)
        for one in row["differences"]
    ]


def errors(generation: Generation, rules: Any) -> str:
    """Return the message about invalid rules."""
    with pytest.raises(InvalidVariables) as exc_info:
        parse_rules(generation, rules)
    return str(exc_info.value)


# --- Checks -----------------------------------------------------------------------------------------------------


@BOTH_GENERATIONS
def test_destinations_can_be_required_or_forbidden(generation: Generation) -> None:
    assert found(generation, {"require": "on_failure"}) == [(FAILURE, "required", None)]
    assert found(generation, {"require": ["on_failure", "on_success"]}, on_failure=QUEUE) == [
        (SUCCESS, "required", None)
    ]
    assert found(generation, {"forbid": ["on_success"]}, on_success=TOPIC) == [(SUCCESS, "not set", TOPIC)]
    assert found(generation, {"forbid": "on_failure, on_success"}) == []
    assert found(generation, {"require": "on_success,on_success"}) == [(SUCCESS, "required", None)]


@BOTH_GENERATIONS
@pytest.mark.parametrize(
    ("name", "key", "default"),
    [("maximum_retry_attempts", "retries", 3), ("maximum_event_age_in_seconds", "event_age", 86400)],
)
def test_numbers_have_limits_and_a_default(generation: Generation, name: str, key: str, default: int) -> None:
    assert found(generation, {f"max_{key}": 5}, **{name: 6}) == [(name, "at most 5", 6)]
    assert found(generation, {f"max_{key}": 5}, **{name: 5}) == []
    assert found(generation, {f"min_{key}": 5}, **{name: 4}) == [(name, "at least 5", 4)]
    assert found(generation, {f"min_{key}": 5}, **{name: 5}) == []
    assert found(generation, {f"max_{key}": default, f"min_{key}": default}) == []
    assert found(generation, {f"max_{key}": 1}) == [(name, "at most 1", default)]


@BOTH_GENERATIONS
def test_destinations_must_match_a_pattern(generation: Generation) -> None:
    rule = {"destinations": ["acs:mns:*:/queues/*", "acs:fc:*"]}
    assert found(generation, rule, on_failure=QUEUE) == []
    text = "one of: acs:mns:*:/queues/*, acs:fc:*"
    assert found(generation, rule, on_failure=TOPIC, on_success=TOPIC) == [
        (FAILURE, text, TOPIC),
        (SUCCESS, text, TOPIC),
    ]
    assert found(generation, {"destinations": "ACS:*"}, on_failure=QUEUE) == [(FAILURE, "one of: ACS:*", QUEUE)]


@BOTH_GENERATIONS
def test_asynchronous_tasks(generation: Generation) -> None:
    option = TASKS[generation.name]
    assert found(generation, {"asynchronous_tasks": True}) == [(option, True, False)]
    assert found(generation, {"asynchronous_tasks": "no"}) == []
    assert found(generation, {"asynchronous_tasks": False}, tasks=True) == [(option, False, True)]


def test_rows_have_all_keys() -> None:
    [row] = rows(FC2, [{"name": "few retries", "max_retries": 2}], returned(FC2, {}, qualifier="live"))
    assert row == {
        "account": None,
        "id": "shop:resize:live",
        "service_name": "shop",
        "verdict": "noncompliant",
        "rule": "few retries",
        "differences": [{"option": "maximum_retry_attempts", "desired": "at most 2", "current": 3}],
        "message": None,
        "console_url": "https://fcnext.console.aliyun.com/cn-hangzhou/services/shop/function-detail/resize/LATEST",
        "since": None,
    }


def test_each_violated_check_has_a_row() -> None:
    rule = {"require": ["on_failure", "on_success"], "max_retries": 1, "name": "all"}
    verdicts = [(row["verdict"], row["rule"], len(row["differences"])) for row in rows(FC2, [rule], returned(FC2, {}))]
    assert verdicts == [("noncompliant", "all", 1)] * 3


def test_configs_without_violations_are_in_sync_unless_they_have_a_row() -> None:
    configs = [returned(FC3, {}, name) for name in ("a", "b", "c")]
    result = rows(FC3, [{"max_retries": 0, "functions": "c"}], *configs, reported={"b:LATEST", "c:LATEST"})
    assert [(row["id"], row["verdict"]) for row in result] == [("a:LATEST", "in sync"), ("c:LATEST", "noncompliant")]


# --- Scope ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "applies"),
    [
        ({"services": ["sh?p"]}, True),
        ({"services": ["SHOP"]}, False),
        ({"services": "a, shop"}, True),
        ({"functions": ["resize-*", "re*"]}, True),
        ({"functions": ["resiz"]}, False),
        ({"qualifiers": ["LATEST"]}, True),
        ({"qualifiers": ["live"]}, False),
        ({"services": ["shop"], "functions": ["order"]}, False),
    ],
)
def test_rules_apply_to_their_scope(scope: dict[str, Any], applies: bool) -> None:
    assert bool(found(FC2, {**scope, "max_retries": 0})) == applies


# --- Names ------------------------------------------------------------------------------------------------------


def names(generation: Generation, *rules: dict[str, Any]) -> list[str]:
    """Return the names of the rules."""
    return [rule.name for rule in parse_rules(generation, list(rules))]


def test_names_are_generated_from_the_rule() -> None:
    assert names(FC2, {"max_retries": "3"}) == ["max_retries: 3"]
    assert names(FC2, {"services": ["a*", "b"], "asynchronous_tasks": True, "require": "on_failure"}) == [
        "require: on_failure, asynchronous_tasks: true (services: a*, b)"
    ]
    assert names(FC2, {"name": " mine ", "max_retries": 3}, {"name": 5, "max_retries": 3}) == ["mine", "5"]
    assert len(names(FC3, {"destinations": ["x" * 2000]})[0]) < 300


@pytest.mark.parametrize("name", ["one", None])
def test_names_are_unique(name: str | None) -> None:
    rule = {"name": name, "max_retries": 3}
    message = errors(FC2, [rule, {"name": "other", "max_retries": 3}, rule])
    assert message == "rules[2]: must have another name than rules[0]; set name."


# --- Validation errors ------------------------------------------------------------------------------------------


def test_no_rules() -> None:
    assert parse_rules(FC2, None) == parse_rules(FC2, []) == []


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"max_retries": 99}, "max_retries: must be between 0 and 8, not 99."),
        ({"max_retries": "9"}, "max_retries: must be between 0 and 8, not 9."),
        ({"min_retries": -1}, "min_retries: must be between 0 and 8, not -1."),
        ({"max_event_age": 0}, "max_event_age: must be between 1 and 2592000, not 0."),
        ({"min_event_age": 10**5000}, "a number with more than 20 digits."),
        ({"min_event_age": "1" * 5000}, "min_event_age: must be an integer, not '111"),
        ({"max_retries": True}, "max_retries: must be an integer, not true."),
        ({"max_retries": 1.0}, "max_retries: must be an integer, not 1.0."),
        ({"max_retries": [1]}, "max_retries: must be an integer, not a list."),
        ({"require": "failure"}, "require: must be one of on_failure, on_success, not 'failure'."),
        ({"forbid": [["on_failure"]]}, "forbid: must be text, not a list."),
        ({"require": []}, "require: must not be empty."),
        ({"require": "on_failure", "forbid": "on_failure"}, "forbid: must not contain on_failure, which is required."),
        ({"min_retries": 4, "max_retries": 3}, "min_retries: must not be greater than max_retries."),
        ({"min_event_age": 4, "max_event_age": 3}, "min_event_age: must not be greater than max_event_age."),
        ({"asynchronous_tasks": 1}, "asynchronous_tasks: must be true or false, not 1."),
        ({"asynchronous_tasks": "maybe"}, "asynchronous_tasks: must be true or false, not 'maybe'."),
        ({"destinations": [True]}, "destinations: must be text, not true."),
        ({"destinations": "acs:*, "}, "destinations: must not be empty."),
        ({"functions": "a\nb", "max_retries": 1}, r"functions: must contain only printable characters, not 'a\nb'."),
        ({"functions": None, "max_retries": 1}, "functions: must not be null."),
        ({"name": "x" * 201, "max_retries": 1}, "name: must have at most 200 characters, not 201."),
        ({"name": "\ud800", "max_retries": 1}, r"name: must contain only printable characters, not '\ud800'."),
        ({"max-retry": 3}, "max-retry: is not supported; use max_retries."),
        ({"maximum_event_age_in_seconds": 3}, "maximum_event_age_in_seconds: is not supported; use max_event_age."),
        ({"stateful_invocation": True}, "stateful_invocation: is not supported; use asynchronous_tasks."),
        ({"MAX-RETRIES": 3}, "MAX-RETRIES: is not supported; use max_retries."),
        ({"service_name": "a"}, "service_name: is not supported; use services."),
        ({"a\x1b": "b"}, r"'a\x1b': is not supported; use name, services, functions, qualifiers, require, forbid, "),
        ({5: "b"}, "5: is not supported; use name, "),
    ],
)
def test_errors_name_the_key(rule: Any, message: str) -> None:
    text = errors(FC2, [{"max_retries": 5}, rule])
    assert text.startswith("rules[1].")
    assert message in text
    assert text.endswith(".")
    assert text.count("rules[") == 1


def test_services_require_a_generation_with_services() -> None:
    rule = {"services": "shop", "max_retries": 3}
    assert names(FC2, rule)
    expected = "rules[0].services: requires generation 2.0, because FC 3.0 has no services."
    assert errors(FC3, [rule]) == expected
    assert "services" not in errors(FC3, [{"unrelated": 1}])
    assert "use name, functions" in errors(FC3, [{"service_name": 1}])


@pytest.mark.parametrize("rules", ["max_retries", {"max_retries": 3}, 5, True])
def test_rules_must_be_a_list(rules: Any) -> None:
    assert errors(FC2, rules).startswith("rules: must be a list of dictionaries, not ")


@pytest.mark.parametrize("rule", [{}, {"name": "empty", "functions": "a"}, {"max_retries": None}])
def test_rules_contain_at_least_one_check(rule: Any) -> None:
    expected = "rules[0]: must contain at least one check, such as require or max_retries."
    assert errors(FC2, [rule]) == expected


def test_all_problems_are_listed() -> None:
    message = errors(FC3, [5, {"max_retries": 9, "min_retries": 9}, {"forbidden": "on_failure"}])
    assert message == (
        "rules[0]: must be a dictionary, not 5. rules[1].max_retries: must be between 0 and 8, not 9. "
        "rules[1].min_retries: must be between 0 and 8, not 9. rules[2].forbidden: is not supported; use forbid."
    )


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text() | st.sampled_from(CHECKS), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from([FC2, FC3]), JSON | st.lists(st.dictionaries(st.sampled_from(CHECKS), JSON, max_size=3)))
def test_any_value_is_parsed_or_rejected(generation: Generation, value: Any) -> None:
    message = ""
    try:
        rules = parse_rules(generation, value)
    except InvalidVariables as error:
        message, rules = str(error), []
    assert not message or (message.startswith("rules") and message.isprintable())
    assert all(rule.checks and rule.name.isprintable() for rule in rules)


# --- Properties -------------------------------------------------------------------------------------------------


@given(
    st.sampled_from([FC2, FC3]).flatmap(lambda generation: st.tuples(st.just(generation), settings(generation))),
    st.integers(0, 8),
    st.integers(1, 2592000),
    st.booleans(),
)
def test_limits_and_tasks_agree_with_the_effective_values(
    case: tuple[Generation, dict[str, Any]], retries: int, age: int, tasks: bool
) -> None:
    generation, values = case
    effective_retries = 3 if values["maximum_retry_attempts"] is None else values["maximum_retry_attempts"]
    effective_age = values["maximum_event_age_in_seconds"] or 86400
    expected = {
        "max_retries": effective_retries > retries,
        "min_retries": effective_retries < retries,
        "max_event_age": effective_age > age,
        "min_event_age": effective_age < age,
        "asynchronous_tasks": bool(values[TASKS[generation.name]]) != tasks,
    }
    limits = {"max_retries": retries, "min_retries": retries, "max_event_age": age, "min_event_age": age}
    rules = [{"name": key, key: value} for key, value in {**limits, "asynchronous_tasks": tasks}.items()]
    result = rows(generation, rules, returned(generation, values))
    violated = [row["rule"] for row in result if row["verdict"] == "noncompliant"]
    assert violated == [key for key, one in expected.items() if one]
    assert violated or [row["verdict"] for row in result] == ["in sync"]
