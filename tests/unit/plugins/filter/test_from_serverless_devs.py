# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that converts Serverless Devs s.yaml files to configurations."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.from_serverless_devs import from_serverless_devs
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from hypothesis import given
from hypothesis import strategies as st

QUEUE = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:123456789012:/topics/done/messages"
UNSET = {"destination_config": None, "maximum_event_age_in_seconds": None, "maximum_retry_attempts": 3}


def fc3(config: Any, **resource: Any) -> dict[str, Any]:
    """Return an FC 3.0 resource. The default is the ``order`` function in cn-hangzhou."""
    props = {"region": "cn-hangzhou", "functionName": "order", "asyncInvokeConfig": config, **resource.pop("props", {})}
    return {"component": "fc3", "props": props, **resource}


def fc(config: Any, **function: Any) -> dict[str, Any]:
    """Return an FC 2.0 resource, by default shop:order in cn-hangzhou."""
    function = {"name": "order", "asyncConfiguration": config, **function}
    return {"component": "fc", "props": {"region": "cn-hangzhou", "service": {"name": "shop"}, "function": function}}


def current(*resources: Any, **content: Any) -> dict[str, Any]:
    """Return an edition 3.0.0 file with resources named a, b and so on."""
    return {"edition": "3.0.0", **content, "resources": dict(zip("abcdefg", resources, strict=False))}


def older(*resources: Any, **content: Any) -> dict[str, Any]:
    """Return an edition 1.0.0 file with resources named a, b and so on."""
    return {"edition": "1.0.0", **content, "services": dict(zip("abcdefg", resources, strict=False))}


def error_message(*arguments: Any, **options: Any) -> str:
    """Return the filter's error message without the filter name."""
    with pytest.raises(AnsibleFilterError) as exc_info:
        from_serverless_devs(*arguments, **options)
    return str(exc_info.value).removeprefix("from_serverless_devs: ")


def test_all_settings_of_fc3_are_converted() -> None:
    config = {
        "destinationConfig": {"onFailure": {"destination": QUEUE}, "onSuccess": {"destination": TOPIC}},
        "maxAsyncEventAgeInSeconds": 360,
        "maxAsyncRetryAttempts": 0,
        "asyncTask": True,
        "qualifier": "live",
    }
    [converted] = from_serverless_devs(current(fc3(config)), "3.0")
    assert converted == {
        "function_name": "order",
        "qualifier": "live",
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
        "maximum_event_age_in_seconds": 360,
        "maximum_retry_attempts": 0,
        "async_task": True,
    }
    assert set(parse_desired(FC3, converted).given) == {field.option for field in FC3.fields}


def test_all_settings_of_fc2_are_converted() -> None:
    config = {
        "destination": {"onFailure": QUEUE, "onSuccess": TOPIC},
        "maxAsyncEventAgeInSeconds": 456,
        "maxAsyncRetryAttempts": 8,
        "statefulInvocation": True,
    }
    [converted] = from_serverless_devs(older(fc(config)), "2.0")
    assert converted == {
        "service_name": "shop",
        "function_name": "order",
        "qualifier": "LATEST",
        "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
        "maximum_event_age_in_seconds": 456,
        "maximum_retry_attempts": 8,
        "stateful_invocation": True,
    }
    assert set(parse_desired(FC2, converted).given) == {field.option for field in FC2.fields}


@pytest.mark.parametrize(
    "unset", [{}, {"qualifier": ""}, {"other": None}, {"destinationConfig": {"onFailure": {}, "onSuccess": None}}]
)
def test_unset_settings_are_defaults_of_the_service(unset: dict[str, Any]) -> None:
    [converted] = from_serverless_devs(
        current(fc3({"asyncTask": None, "maxAsyncEventAgeInSeconds": None, **unset})), "3.0"
    )
    assert converted == {"function_name": "order", "qualifier": "LATEST", **UNSET, "async_task": False}


def test_only_fc2_has_empty_configurations() -> None:
    assert from_serverless_devs(current(fc3({}), fc3(None)), "3.0") == []
    expected = {"service_name": "shop", "function_name": "order", "qualifier": "LATEST", **UNSET}
    assert from_serverless_devs(older(fc({}), fc(None)), "2.0") == [{**expected, "stateful_invocation": False}]
    assert from_serverless_devs(older(fc({"destination": {"onFailure": ""}})), "2.0")[0]["destination_config"] is None


@pytest.mark.parametrize("layout", [current, older])
def test_generation_selects_the_component_in_both_layouts(layout: Any) -> None:
    content = layout(fc3({"asyncTask": True}), fc({"statefulInvocation": True}))
    assert [set(config) - {"service_name"} for config in from_serverless_devs(content, "3.0")] == [
        {"function_name", "qualifier", *UNSET, "async_task"}
    ]
    assert [config["service_name"] for config in from_serverless_devs(content, 2.0)] == ["shop"]


@pytest.mark.parametrize(
    ("component", "known"),
    [
        ("fc3", True), ("fc3@0.1.0", True), ("devsapp/fc3", True), ("devsapp/fc3@dev", True), ("${vars.fc}", True),
        ("fc", False), ("fc3-domain", False), ("oss", False), ("./fc3", False), (None, False), (3, False),
    ],
)  # fmt: skip
def test_unknown_components_are_ignored(component: Any, known: bool) -> None:
    content = current(fc3({"asyncTask": True}, component=component), vars={"fc": "fc3"})
    assert len(from_serverless_devs(content, "3.0")) == known


def test_unresolved_components_are_errors_only_with_configurations() -> None:
    component = "${env('COMPONENT')}"
    assert from_serverless_devs(current(fc3(None, component=component)), "3.0") == []
    assert error_message(current(fc3({"asyncTask": True}, component=component)), "3.0") == (
        "resources.a.component: contains expressions that cannot be resolved: ${env('COMPONENT')}."
    )
    content = current(fc3({"asyncTask": True}, component=component, props={"functionName": "${env('NAME')}"}))
    assert "${env('COMPONENT')}. resources.a.props.functionName: contains" in error_message(content, "3.0")


def test_configurations_are_sorted_by_identity() -> None:
    identities = [("b", "x"), ("a", "live"), ("a", "LATEST"), ("B", "1")]
    resources = [
        fc3({"qualifier": qualifier, "asyncTask": True}, props={"functionName": name}) for name, qualifier in identities
    ]
    found = [
        (config["function_name"], config["qualifier"]) for config in from_serverless_devs(current(*resources), "3.0")
    ]
    assert found == sorted(identities)


def test_duplicate_identities_are_errors() -> None:
    message = error_message(current(fc3({"asyncTask": True}), fc3({"asyncTask": False, "qualifier": "LATEST"})), "3.0")
    assert message == "resources.b: has the same function and qualifier as resources.a."


def test_numeric_qualifiers_are_converted_to_strings() -> None:
    assert from_serverless_devs(current(fc3({"qualifier": 1})), "3.0")[0]["qualifier"] == "1"


VARS = {
    "region": "cn-hangzhou",
    "name": "order",
    "retries": 0,
    "task": False,
    "nested": {"name": "${vars.name}-${vars.retries}"},
    "service": {"name": "shop", "description": "${env('DESCRIPTION')}"},
    "config": {"maxAsyncRetryAttempts": "${vars.retries}", "asyncTask": "${ vars.task }"},
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("${vars.name}", "order"),
        ("${ vars.name }", "order"),
        ("x-${vars.name}-${vars.region}", "x-order-cn-hangzhou"),
        ("v${vars.retries}", "v0"),
        ("f_${vars.task}", "f_false"),
        ("${vars.nested.name}", "order-0"),
        ("${this.name}", "a"),
        ("${this.props.region}", "cn-hangzhou"),
        ("${resources.b.props.functionName}", "other_b"),
        ("${resources.b.props.nested.of}", "b"),
        ("order$v1", "order$v1"),
    ],
)
def test_documented_expressions_are_resolved(name: str, expected: str) -> None:
    other = fc3(None, props={"functionName": "other_${this.name}", "nested": {"of": "${this.name}"}})
    content = current(fc3({"asyncTask": True}, props={"functionName": name}), other, vars=VARS)
    assert from_serverless_devs(content, "3.0")[0]["function_name"] == expected


def test_expressions_can_be_dictionaries_and_keep_types() -> None:
    content = older(fc("${vars.config2}"), vars={**VARS, "config2": {"maxAsyncRetryAttempts": "${vars.retries}"}})
    content["services"]["a"]["props"]["service"] = "${vars.service}"
    [converted] = from_serverless_devs(content, "2.0")
    assert (converted["service_name"], converted["maximum_retry_attempts"]) == ("shop", 0)
    [converted] = from_serverless_devs(current(fc3("${vars.config}"), vars=VARS), "3.0")
    assert (converted["async_task"], converted["maximum_retry_attempts"]) == (False, 0)


def test_older_editions_refer_to_services_by_name_with_hyphens() -> None:
    content = older(fc({}, name="${next-portal.props.function.name}"))
    content["services"]["next-portal"] = fc(None, name="portal")
    assert from_serverless_devs(content, "2.0")[0]["function_name"] == "portal"
    # Edition 3.0.0 treats a hyphen as a minus sign and does not document names without "resources".
    for name in ("${resources.next-portal.props.functionName}", "${b.props.functionName}"):
        content = current(fc3({"asyncTask": True}, props={"functionName": name}), fc3(None))
        content["resources"]["next-portal"] = fc3(None)
        assert (
            f"resources.a.props.functionName: contains expressions that cannot be resolved: {name}."
            in error_message(content, "3.0")
        )


@pytest.mark.parametrize(
    "expression",
    [
        "${env('NAME')}", "${env('NAME', 'order')}", "${env(NAME)}", "${config('AccountID')}", "${file('./name')}",
        "${json(file('./a.json')).name}", "${path('./x')}", "${vars.missing}", "${vars.null}", "${vars.name.missing}",
        "${vars['name']}", "${vars.name + 1}", "${vars}", "${}", "${this.access}", "${this.props.functionName}",
        "${resources.b.output.name}", "${resources.missing.props.name}", "${resources.a}", "${output.a.b}",
        "${vars.cycle}", "{{ vars.name }}", "<%= vars.name %>", "x${vars.list}", "x${vars.service}", "${vars.huge}x",
    ],
)  # fmt: skip
def test_other_expressions_are_errors(expression: str) -> None:
    values = {**VARS, "null": None, "cycle": "${vars.cycle}", "list": [1], "huge": 10**5000}
    content = current(fc3({"asyncTask": True}, props={"functionName": expression}), fc3(None), vars=values)
    assert error_message(content, "3.0").startswith(
        "resources.a.props.functionName: contains expressions that cannot be resolved: "
    )


def test_all_unresolved_expressions_are_named_at_once() -> None:
    config = {
        "destinationConfig": {"onFailure": {"destination": "acs:mns:${vars.region}:${config('AccountID')}:/queues/q"}},
        "maxAsyncRetryAttempts": "${env('RETRIES')}",
        "qualifier": "${resources.b.output.version}",
    }
    props = {"region": "${vars.region}", "environmentVariables": {"A": "${env('UNUSED')}"}}
    content = current(fc3(config, props=props), fc3("${file('b.json')}"), vars={"region": "${env('REGION', 'x')}"})
    region = "contains expressions that cannot be resolved: ${env('REGION', 'x')}"
    assert error_message(content, "3.0") == (
        f"resources.a.props.region: {region}. "
        "resources.a.props.asyncInvokeConfig.qualifier: contains expressions that cannot be resolved: "
        "${resources.b.output.version}. "
        f"resources.a.props.asyncInvokeConfig.destinationConfig.onFailure.destination: {region}, "
        "${config('AccountID')}. "
        "resources.a.props.asyncInvokeConfig.maxAsyncRetryAttempts: contains expressions that cannot be resolved: "
        "${env('RETRIES')}. "
        "resources.b.props.asyncInvokeConfig: contains expressions that cannot be resolved: ${file('b.json')}."
    )


def test_this_is_not_resolved_in_a_copied_dictionary() -> None:
    content = current(fc3("${resources.b.props.asyncInvokeConfig}"), fc3({"qualifier": "${this.name}"}))
    assert error_message(content, "3.0").startswith("resources.a.props.asyncInvokeConfig: contains expressions")


def test_templates_are_merged() -> None:
    template = {
        "region": "cn-shanghai",
        "functionName": "ignored",
        "asyncInvokeConfig": {"maxAsyncRetryAttempts": 5, "qualifier": "live", "asyncTask": True},
    }
    resource = {
        "component": "fc3",
        "extend": {"name": "base", "ignore": ["region"]},
        "props": {"functionName": "order", "asyncInvokeConfig": {"qualifier": "1", "asyncTask": None}},
    }
    for base in (template, {**template, "asyncInvokeConfig": "${vars.config}"}):
        content = current(resource, template={"base": base}, vars={"config": template["asyncInvokeConfig"]})
        [converted] = from_serverless_devs(content, "3.0", region="cn-hangzhou")
        expected = {**UNSET, "maximum_retry_attempts": 5, "async_task": False}
        assert converted == {"function_name": "order", "qualifier": "1", **expected}


def test_resources_without_properties_use_the_template() -> None:
    content = current(
        {"component": "fc3", "extend": {"name": "base"}}, template={"base": fc3({"qualifier": 2})["props"]}
    )
    assert from_serverless_devs(content, "3.0")[0]["qualifier"] == "2"


@pytest.mark.parametrize("region", [None, "cn-hangzhou"])
def test_short_destinations_are_expanded_in_fc2_only(region: str | None) -> None:
    short, function = "acs:mns:::/queues/q/messages", "acs:fc:::services/shop/functions/refund"
    content = older(fc({"destination": {"onFailure": short, "onSuccess": function}}))
    if region:
        del content["services"]["a"]["props"]["region"]
    [converted] = from_serverless_devs(content, "2.0", region, 123456789012)
    assert converted["destination_config"] == {
        "on_failure": {"destination": "acs:mns:cn-hangzhou:123456789012:/queues/q/messages"},
        "on_success": {"destination": "acs:fc:cn-hangzhou:123456789012:services/shop/functions/refund"},
    }
    [converted] = from_serverless_devs(content, "2.0", region)
    assert converted["destination_config"]["on_failure"]["destination"] == "acs:mns:cn-hangzhou::/queues/q/messages"
    content = current(fc3({"destinationConfig": {"onFailure": {"destination": short}}}))
    [converted] = from_serverless_devs(content, "3.0", None, "123456789012")
    assert converted["destination_config"]["on_failure"]["destination"] == short


def test_region_selects_resources() -> None:
    config = {"asyncTask": True}
    shanghai = fc3({"qualifier": "${env('Q')}"}, props={"region": "cn-shanghai", "functionName": "elsewhere"})
    without = fc3(config, props={"region": None, "functionName": "without"})
    content = current(fc3(config), fc3(None, props={"region": "eu-central-1"}), without, shanghai)
    found = from_serverless_devs(content, "3.0", "cn-hangzhou")
    assert [one["function_name"] for one in found] == ["order", "without"]
    shanghai["props"]["asyncInvokeConfig"] = config
    assert error_message(content, "3.0") == (
        "region: must be specified because the file contains configurations in cn-hangzhou, cn-shanghai."
    )


FAULTS = [
    ({"functionName": None}, "functionName: is required."),
    ({"functionName": ""}, "functionName: is required."),
    ({"functionName": ["x"]}, "functionName: must be text, not a list."),
    ({"functionName": True}, "functionName: must be text, not a boolean."),
    ({"functionName": "9x"}, "functionName: must be 1 to 128 letters"),
    ({"region": 5}, "region: must be text, not 5."),
    ({"asyncInvokeConfig": "live"}, "asyncInvokeConfig: must be a dictionary, not 'live'."),
    ({"asyncInvokeConfig": [1]}, "asyncInvokeConfig: must be a dictionary, not a list."),
    ({"asyncInvokeConfig": {"qualifier": {}}}, "asyncInvokeConfig.qualifier: must be text, not a dictionary."),
    ({"asyncInvokeConfig": {"qualifier": "a b"}}, "asyncInvokeConfig.qualifier: must be a version number"),
    ({"asyncInvokeConfig": {"asyncTask": "yes"}}, "asyncInvokeConfig.asyncTask: must be a boolean, not 'yes'."),
    ({"asyncInvokeConfig": {"maxAsyncRetryAttempts": 9}}, "asyncInvokeConfig.maxAsyncRetryAttempts: must be between 0"),
    ({"asyncInvokeConfig": {"maxAsyncRetryAttempt": 1}}, "asyncInvokeConfig.maxAsyncRetryAttempt: is not supported."),
    ({"asyncInvokeConfig": {"statefulInvocation": True}}, "asyncInvokeConfig.statefulInvocation: is not supported."),
    (
        {"asyncInvokeConfig": {"destinationConfig": 1}},
        "asyncInvokeConfig.destinationConfig: must be a dictionary, not 1",
    ),
    (
        {"asyncInvokeConfig": {"destinationConfig": {"onFailure": QUEUE}}},
        "asyncInvokeConfig.destinationConfig.onFailure: must be a dictionary, not 'acs:mns",
    ),
    (
        {"asyncInvokeConfig": {"destinationConfig": {"onFailure": {"destination": "q"}}}},
        "asyncInvokeConfig.destinationConfig.onFailure.destination: must be an ARN like",
    ),
]


@pytest.mark.parametrize(("props", "problem"), FAULTS)
def test_invalid_properties_are_named(props: dict[str, Any], problem: str) -> None:
    message = error_message(current(fc3({"asyncTask": True}, props=props)), "3.0")
    assert message.startswith(f"resources.a.props.{problem}")
    assert message.count("resources.a.") == 1


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (current("x"), "resources.a: must be a dictionary, not 'x'."),
        (current(None), "resources.a: must be a dictionary, not null."),
        (current({"component": "fc3", "props": []}), "resources.a.props: must be a dictionary, not a list."),
        (older(fc({"destination": QUEUE})),
         "services.a.props.function.asyncConfiguration.destination: must be a dictionary, not 'acs:mns"),
        (older({"component": "fc", "props": {"function": {"asyncConfiguration": {}}}}),
         "services.a.props.service.name: is required. services.a.props.function.name: is required."),
        (older({"component": "fc", "props": {"service": "shop", "function": {"name": "f", "asyncConfiguration": {}}}}),
         "services.a.props.service: must be a dictionary, not 'shop'."),
        (current(fc3({}, extend="base")), "resources.a.extend: must contain the name of a template."),
        (current(fc3({}, extend={"name": "x"}), template={}),
         "resources.a.extend: must contain the name of a template."),
        (current(fc3({}, extend={"name": "x", "ignore": ["a.b"]}), template={"x": {}}),
         "resources.a.extend: ignore must be a list of properties."),
        ({"extend": "s.yaml", "edition": "3.0.0", "resources": {}}, "extend: is not supported; merge the files."),
        ({}, "services: must be a dictionary."),
        ({"edition": "3.0.0", "services": {}}, "resources: must be a dictionary."),
        ({"resources": {}}, "services: must be a dictionary; files with resources must specify edition 3.0.0."),
        ([], "the input must be a dictionary, not a list."),
    ],
)  # fmt: skip
def test_invalid_files_are_rejected(content: Any, problem: str) -> None:
    generation = "2.0" if "services" in content else "3.0"
    assert error_message(content, generation).startswith(problem)


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("1.0",), "generation: must be 2.0 or 3.0, not '1.0'."),
        ((3,), "generation: must be 2.0 or 3.0, not 3."),
        ((None,), "generation: must be 2.0 or 3.0, not null."),
        ((["3.0"],), "generation: must be 2.0 or 3.0, not a list."),
        (("3.0", 5), "region: must be text, not 5."),
        (("3.0", None, "12x"), "account_id: must consist of digits, not '12x'."),
        (("3.0", None, 10**5000), "account_id: must consist of digits, not a number with more than 20 digits."),
        (("3.0", None, []), "account_id: must consist of digits, not a list."),
    ],
)
def test_invalid_options_are_rejected(options: tuple[Any, ...], problem: str) -> None:
    assert error_message(current(), *options) == problem


def test_error_messages_are_printable_and_truncated() -> None:
    names = {"functionName": "${env('\x1b[2J" + "x" * 1000 + "')}", "region": "cn\ud800\n"}
    content = current(fc3({"a\x1b": 1}, props=names), fc3({"asyncTask": 1}, props={"region": "x" * 100_000}))
    content["resources"]["\x1b[2J" + "y" * 100_000] = 5
    message = error_message(content, "3.0")
    assert message.isprintable()
    assert "more characters]" in message
    assert len(message) < 3000


@pytest.mark.parametrize(
    "values",
    [
        {f"v{n}": f"${{vars.v{n + 1}}}" * 3 for n in range(1000)},
        {"v0": "{{" * 1_000_000},
        {"v0": "${" * 2000},
        {f"v{n}": f"${{vars.v{n + 1}}}" for n in range(1000)},
        {f"v{n}": "x${vars.v0}" + "".join(f"${{vars.v{k}}}" for k in range(30)) for n in range(30)},
    ],
    ids=["growing", "long", "open", "chain", "cycles"],
)
def test_hostile_references_are_rejected_quickly(values: dict[str, str]) -> None:
    started = time.monotonic()
    content = current(fc3({"asyncTask": True}, props={"functionName": "${vars.v0}"}), vars=values)
    assert "resources.a.props.functionName: " in error_message(content, "3.0")
    assert time.monotonic() - started < 5


def test_growing_text_is_rejected() -> None:
    values = {f"v{n}": f"${{vars.v{n + 1}}}" * 2 for n in range(14)}
    content = current(fc3({"asyncTask": True}, props={"functionName": "${vars.v0}"}), vars={**values, "v14": "xx"})
    assert "functionName: contains expressions that cannot be resolved" in error_message(content, "3.0")


def test_cycles_do_not_affect_other_references() -> None:
    values = {"a": "${vars.a}${vars.b}", "b": "${vars.c}", "c": "live"}
    content = current(fc3({"qualifier": "${vars.b}"}, props={"functionName": "${vars.a}"}), vars=values)
    expected = "resources.a.props.functionName: contains expressions that cannot be resolved: ${vars.a}."
    assert error_message(content, "3.0") == expected


def test_templates_can_not_refer_to_their_resource() -> None:
    template = {"asyncInvokeConfig": "${resources.a.props.functionName}"}
    content = current(fc3({}, extend={"name": "base"}), template={"base": template})
    assert "${resources.a.props.functionName}" in error_message(content, "3.0")


names = st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,20}", fullmatch=True)


@given(
    names,
    st.sampled_from(["LATEST", "live", "1"]),
    st.none() | st.integers(0, 8),
    st.none() | st.integers(1, 2592000),
    st.none() | st.booleans(),
    st.none() | st.just(QUEUE),
    st.sampled_from([(FC2, "2.0"), (FC3, "3.0")]),
)
def test_files_survive_yaml_and_are_valid_for_the_modules(
    name: str,
    qualifier: str,
    retries: int | None,
    age: int | None,
    task: bool | None,
    queue: str | None,
    generation: tuple[Generation, str],
) -> None:
    common = {"maxAsyncRetryAttempts": retries, "maxAsyncEventAgeInSeconds": age}
    if generation[0] is FC2:
        content = older(fc({**common, "statefulInvocation": task, "destination": {"onFailure": queue}}, name=name))
    else:
        destinations = {"onFailure": {"destination": queue}}
        config = {**common, "asyncTask": task, "destinationConfig": destinations, "qualifier": qualifier}
        content = current(fc3(config, props={"functionName": name}))
    [converted] = from_serverless_devs(yaml.safe_load(yaml.safe_dump(content)), generation[1])
    desired = parse_desired(generation[0], converted)
    assert desired.identity.function_name == name
    assert desired.identity.qualifier == ("LATEST" if generation[0] is FC2 else qualifier)
    assert desired.given.get("destination_config.on_failure.destination") == queue
    assert desired.given["maximum_retry_attempts"] == (3 if retries is None else retries)
    assert desired.given.get("maximum_event_age_in_seconds") == age
    assert desired.given[generation[0].fields[-1].option] == bool(task)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.sampled_from(
        ["fc3", "fc", "${vars.a}", "${this.props.a}", "${resources.a.props.a}", "${a.props.a}"]
    ),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "a", "component", "props", "extend", "name", "ignore", "functionName", "function", "service", "region",
            "asyncInvokeConfig", "asyncConfiguration", "destinationConfig", "destination", "onFailure", "qualifier",
        ]),
        inner,
        max_size=6,
    ),
    max_leaves=30,
)  # fmt: skip


@given(
    st.fixed_dictionaries(
        {"a": json_values | st.fixed_dictionaries({"component": st.just("fc3"), "props": json_values})}
    ),
    json_values,
    st.booleans(),
    st.sampled_from(["2.0", "3.0"]),
)
def test_arbitrary_files_are_converted_or_rejected(resources: Any, values: Any, new: bool, generation: str) -> None:
    content = {"edition": "3.0.0" if new else "1.0.0", "resources" if new else "services": resources, "vars": values}
    content["template"] = {"a": values}
    configs, message = [], "from_serverless_devs: "
    try:
        configs = from_serverless_devs(content, generation)
    except AnsibleFilterError as error:
        message = str(error)
    assert message.startswith("from_serverless_devs: ")
    assert message.isprintable()
    for config in configs:
        parse_desired(FC2 if generation == "2.0" else FC3, config)
        assert "${" not in str(config)
