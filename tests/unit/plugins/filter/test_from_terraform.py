# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filter that converts a Terraform state or plan to configurations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.from_terraform import from_terraform
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings, get_path, unflatten
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._terraform import count_resources
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import HAS_TRUST
from ansible_collections.alicloud.fc.tests.unit.plugins.module_utils.strategies import NAMES, settings
from hypothesis import example, given
from hypothesis import strategies as st

#: Files that Terraform 1.11 wrote with the aliyun/alicloud provider.
SAMPLES = Path(__file__).parent / "terraform"
ARN_PREFIX = "acs:mns:cn-hangzhou:1234567890123456:"
QUEUE = f"{ARN_PREFIX}/queues/dead/messages"
TOPIC = f"{ARN_PREFIX}/topics/done/messages"
PAY = "acs:fc:cn-hangzhou:1234567890123456:services/shop.live/functions/pay"

TYPES = {"FC 2.0": "alicloud_fc_function_async_invoke_config", "FC 3.0": "alicloud_fcv3_async_invoke_config"}
FC2_TYPE, FC3_TYPE = TYPES.values()
NUMBERS = {"FC 2.0": "2.0", "FC 3.0": "3.0"}
ATTRIBUTES = {
    "FC 2.0": {},
    "FC 3.0": {
        "maximum_event_age_in_seconds": "max_async_event_age_in_seconds",
        "maximum_retry_attempts": "max_async_retry_attempts",
    },
}
BOTH_GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda generation: generation.name)


def attributes(**changes: Any) -> dict[str, Any]:
    """Return the attributes that a plan contains when it creates an FC 2.0 resource without settings."""
    return {
        "service_name": "shop",
        "function_name": "order",
        "qualifier": "LATEST",
        "destination_config": [],
        "maximum_event_age_in_seconds": None,
        "maximum_retry_attempts": 2,
        "stateful_invocation": None,
        **changes,
    }


def fc3_attributes(**changes: Any) -> dict[str, Any]:
    """Return the attributes that a plan contains when it creates an FC 3.0 resource without settings."""
    return {
        "function_name": "order",
        "qualifier": None,
        "destination_config": [],
        "max_async_event_age_in_seconds": None,
        "max_async_retry_attempts": None,
        "async_task": None,
        **changes,
    }


def destinations(on_failure: Any, on_success: Any) -> list[dict[str, Any]]:
    """Return the destination block in Terraform's format."""
    halves = {"on_failure": on_failure, "on_success": on_success}
    return [{name: [] if arn is None else [{"destination": arn}] for name, arn in halves.items()}]


def resource(values: Any, name: str = "order", kind: str = FC2_TYPE, **keys: Any) -> dict[str, Any]:
    """Return a root module resource in the format of ``terraform show -json``."""
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values, **keys}


def state(*resources: dict[str, Any], **module: Any) -> dict[str, Any]:
    """Return a state in the format of ``terraform show -json``."""
    return {"format_version": "1.0", "values": {"root_module": {"resources": list(resources), **module}}}


def plan(*resources: dict[str, Any], unknown: dict[str, Any] | None = None, **keys: Any) -> dict[str, Any]:
    """Return a plan that creates the resources. ``unknown`` contains the unknown attributes for each address."""
    changes = [
        {
            **{key: value for key, value in one.items() if key != "values"},
            "change": {
                "actions": ["create"],
                "before": None,
                "after": one["values"],
                "after_unknown": {"id": True, "created_time": True, **(unknown or {}).get(one["address"], {})},
            },
        }
        for one in resources
    ]
    return {
        "format_version": "1.2",
        "planned_values": {"root_module": {"resources": list(resources)}},
        "resource_changes": changes,
        "complete": True,
        "errored": False,
        **keys,
    }


def state_file(*resources: dict[str, Any]) -> dict[str, Any]:
    """Return a version 4 state file."""
    return {"version": 4, "terraform_version": "1.11.4", "serial": 1, "outputs": {}, "resources": list(resources)}


def state_file_resource(*instances: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """Return a resource in the format of a state file."""
    return {"mode": "managed", "type": FC2_TYPE, "name": "order", "instances": list(instances), **keys}


def error_message(document: Any, generation: Any = "2.0") -> str:
    """Return the error message from the filter."""
    with pytest.raises(AnsibleFilterError) as exc_info:
        from_terraform(document, generation)
    return str(exc_info.value)


# --- Samples ----------------------------------------------------------------------------------------------------


def sample_configs(job_retries: int) -> list[dict[str, Any]]:
    """Return the configurations in the samples. Two of them have a number of retries that differs between samples."""
    return [
        {
            "service_name": "back",
            "function_name": "job0",
            "qualifier": "LATEST",
            "maximum_retry_attempts": job_retries,
        },
        {
            "service_name": "back",
            "function_name": "job1",
            "qualifier": "LATEST",
            "maximum_retry_attempts": job_retries,
        },
        {
            "service_name": "mail",
            "function_name": "send",
            "qualifier": "LATEST",
            "maximum_event_age_in_seconds": 2592000,
            "maximum_retry_attempts": 2,
        },
        {
            "service_name": "shop",
            "function_name": "order",
            "qualifier": "live",
            "destination_config": {"on_failure": {"destination": PAY}},
            "maximum_retry_attempts": 2,
        },
        {
            "service_name": "shop",
            "function_name": "pay",
            "qualifier": "LATEST",
            "destination_config": {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}},
            "maximum_event_age_in_seconds": 60,
            "maximum_retry_attempts": 0,
            "stateful_invocation": True,
        },
        {
            "service_name": "shop",
            "function_name": "refund",
            "qualifier": "live",
            "destination_config": {"on_failure": {"destination": PAY}},
            "maximum_retry_attempts": 2,
        },
    ]


@pytest.mark.parametrize(
    ("name", "job_retries"),
    [
        ("show-plan-create.json", 5),
        ("show-plan-no-changes.json", 8),
        ("show-state.json", 8),
        ("terraform.tfstate", 8),
    ],
)
def test_samples_of_terraform_are_converted(name: str, job_retries: int) -> None:
    text = (SAMPLES / name).read_text("utf-8")
    for document in (json.loads(text), text):
        assert from_terraform(document) == sample_configs(job_retries)
        assert from_terraform(document, "3.0") == []
        assert (count_resources(document, "2.0"), count_resources(document, "3.0")) == (6, 0)


def test_addresses_of_state_files_are_those_of_the_state() -> None:
    # The addresses are visible only in messages.
    file = json.loads((SAMPLES / "terraform.tfstate").read_text("utf-8"))
    for one in file["resources"]:
        for instance in one["instances"]:
            instance["attributes"] = None
    shown = json.loads((SAMPLES / "show-state.json").read_text("utf-8"))
    root = shown["values"]["root_module"]
    expected = [one["address"] for one in root["resources"] + root["child_modules"][0]["resources"]]
    message = error_message(file)
    assert [address for address in expected if f"{address}: the attributes must be" in message] == expected
    assert len(expected) == 6


@pytest.mark.parametrize(
    ("key", "ending"),
    [
        (None, ""),
        (0, "[0]"),
        ("0", '["0"]'),
        ("", '[""]'),
        ("<a>&", '["<a>&"]'),
        ("é/ü", '["é/ü"]'),
        ('q"u${x}o', '["q\\"u$${x}o"]'),
        ("%{x}", '["%%{x}"]'),
    ],
)
def test_instance_keys_are_written_as_terraform_writes_them(key: Any, ending: str) -> None:
    file = state_file(state_file_resource({"index_key": key, "attributes": None}))
    assert f" {FC2_TYPE}.order{ending}: the attributes must be" in error_message(file)


# --- All formats ------------------------------------------------------------------------------------------------


@st.composite
def converted_configs(draw: st.DrawFn, generation: Generation) -> list[dict[str, Any]]:
    """Return configurations in the filter's output format."""
    identities = st.tuples(*[NAMES for _name in generation.identity_options])
    found = []
    for identity in sorted(draw(st.lists(identities, unique=True, max_size=6))):
        values: Settings = draw(settings(generation))
        options = {field.path: values[field.option] for field in generation.fields if values[field.option] is not None}
        if options.get((generation.fields[-1].name,)) is False:
            del options[(generation.fields[-1].name,)]
        options.setdefault(("maximum_retry_attempts",), draw(st.integers(0, 8)))
        names: dict[tuple[str, ...], Any] = {
            (name,): value for name, value in zip(generation.identity_options, identity)
        }
        found.append(unflatten({**names, **options}))
    return found


@st.composite
def terraform_attributes(draw: st.DrawFn, generation: Generation, config: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes for a configuration. Unset values use any of their possible representations."""
    found: dict[str, Any] = {"id": "ignored", **{name: config[name] for name in generation.identity_options}}
    if config["qualifier"] == "LATEST":
        found["qualifier"] = draw(st.sampled_from(["LATEST", "", None]))
    for field in generation.fields:
        value = get_path(config, field.path)
        unset = [None, False] if field.type == "bool" else [None, 0]
        if not field.groups:
            name = ATTRIBUTES[generation.name].get(field.name, field.name)
            found[name] = draw(st.sampled_from(unset)) if value is None else value
    arns = [get_path(config, ("destination_config", half, "destination")) for half in ("on_failure", "on_success")]
    unset_destinations = st.sampled_from([[], None, [None], destinations(None, None), destinations("", None)])
    found["destination_config"] = destinations(*arns) if any(arns) else draw(unset_destinations)
    return found


KEYS = st.none() | st.integers(0, 99) | st.sampled_from(["live", 'a"b', "${x}", "%{x}", "größe", "\\", "<&>"])
#: Resources that are ignored.
OTHERS: list[dict[str, Any]] = [
    resource({"value": 1}, "other", "alicloud_fc_function"),
    resource(None, "data", FC2_TYPE, mode="data"),
    resource(None, "data", FC3_TYPE, mode="data"),
    resource(attributes(service_name=5), "order", FC2_TYPE, deposed_key="00000001"),
    resource(fc3_attributes(function_name=5), "order", FC3_TYPE, deposed_key="00000001"),
]


@st.composite
def placed_resources(draw: st.DrawFn, generation: Generation, configs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return a resource for each configuration, with the path to its module."""
    kind = TYPES[generation.name]
    modules = st.lists(st.sampled_from(["module.a", "module.b[0]", 'module.c["x.y"]']), max_size=5)
    placed = []
    for number, config in enumerate(configs):
        module, key = draw(modules), draw(KEYS)
        written = "" if key is None else f"[{json.dumps(key)}]"
        placed.append(
            {
                "module": module,
                "address": ".".join([*module, kind, f"r{number}{written}"]),
                "mode": "managed",
                "type": kind,
                "name": f"r{number}",
                **({} if key is None else {"index": key}),
                "values": draw(terraform_attributes(generation, config)),
            }
        )
    return draw(st.permutations(placed))


def as_modules(placed: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a root module that contains each resource in the specified module."""
    root: dict[str, Any] = {"resources": list(OTHERS)}
    for one in placed:
        module = root
        for depth in range(len(one["module"])):
            address = ".".join(one["module"][: depth + 1])
            children = module.setdefault("child_modules", [])
            found = [child for child in children if child["address"] == address]
            if not found:
                found = [{"address": address}]
                children += found
            module = found[0]
        module.setdefault("resources", []).append({key: one[key] for key in one if key != "module"})
    return root


def as_plan(placed: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a plan in which all converted attributes are known."""
    return {
        **plan(*[{key: one[key] for key in one if key != "module"} for one in placed]),
        "planned_values": {"root_module": as_modules(placed)},
    }


def as_state_file(placed: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a state file that also contains deposed objects and data sources."""
    deposed = {"deposed": "00000001", "attributes": attributes(service_name=5)}
    resources = [
        {
            **({"module": ".".join(one["module"])} if one["module"] else {}),
            **{key: one[key] for key in ("mode", "type", "name")},
            "instances": [
                deposed,
                {**({"index_key": one["index"]} if "index" in one else {}), "attributes": one["values"]},
            ],
        }
        for one in placed
    ]
    return state_file(*resources, state_file_resource(deposed), state_file_resource({}, mode="data"))


@BOTH_GENERATIONS
@given(data=st.data())
def test_all_formats_are_converted_to_the_same_configurations(generation: Generation, data: st.DataObject) -> None:
    configs = data.draw(converted_configs(generation))
    placed = data.draw(placed_resources(generation, configs))
    shown_state = {"format_version": "1.0", "values": {"root_module": as_modules(placed)}}
    for document in (shown_state, as_plan(placed), as_state_file(placed)):
        assert from_terraform(document, NUMBERS[generation.name]) == configs
        assert from_terraform(json.dumps(document), NUMBERS[generation.name]) == configs
        assert count_resources(document, NUMBERS[generation.name]) == len(configs)
        other = next(number for number in NUMBERS.values() if number != NUMBERS[generation.name])
        assert count_resources(document, other) == 0


@BOTH_GENERATIONS
def test_all_fields_are_converted(generation: Generation) -> None:
    config = unflatten(
        {
            **{(name,): "x" for name in generation.identity_options},
            **{field.path: field.sample for field in generation.fields},
        }
    )
    renamed = {ATTRIBUTES[generation.name].get(name, name): value for name, value in config.items()}
    renamed["destination_config"] = destinations(
        *[config["destination_config"][half]["destination"] for half in ("on_failure", "on_success")]
    )
    kind = TYPES[generation.name]
    [converted] = from_terraform(state(resource(renamed, kind=kind)), NUMBERS[generation.name])
    assert converted == config
    desired = parse_desired(generation, converted)
    assert set(desired.given) == {field.option for field in generation.fields}


def test_modules_can_be_nested_deeply() -> None:
    module: dict[str, Any] = {"resources": [resource(attributes())]}
    for _depth in range(5000):
        module = {"child_modules": [module]}
    assert len(from_terraform({"format_version": "1.0", "values": {"root_module": module}})) == 1


def test_configurations_are_sorted_by_identity() -> None:
    names = [("b", "a", "LATEST"), ("a", "b", "live"), ("a", "b", "1"), ("a", "a-", "LATEST"), ("a", "a", "LATEST")]
    resources = [
        resource(attributes(service_name=service, function_name=function, qualifier=qualifier), f"r{number}")
        for number, (service, function, qualifier) in enumerate(names)
    ]
    converted = from_terraform(state(*resources))
    assert [tuple(one[name] for name in FC2.identity_options) for one in converted] == sorted(names)


# --- Values -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("retries", [0, 1, 2, 3, 8])
@BOTH_GENERATIONS
def test_numbers_of_retries_are_preserved(generation: Generation, retries: int) -> None:
    name = ATTRIBUTES[generation.name].get("maximum_retry_attempts", "maximum_retry_attempts")
    values = (attributes if generation is FC2 else fc3_attributes)(**{name: retries})
    [config] = from_terraform(state(resource(values, kind=TYPES[generation.name])), NUMBERS[generation.name])
    assert config["maximum_retry_attempts"] == retries


def test_unset_retries_are_the_default_of_terraform() -> None:
    [fc2] = from_terraform(state(resource(attributes(maximum_retry_attempts=None))))
    assert "maximum_retry_attempts" not in fc2
    [fc3] = from_terraform(state(resource(fc3_attributes(), kind=FC3_TYPE)), "3.0")
    # Terraform does not send unset values, so the service default of 3 applies. The module's own default is 2.
    assert fc3 == {"function_name": "order", "qualifier": "LATEST", "maximum_retry_attempts": 3}


@pytest.mark.parametrize(("age", "expected"), [(None, {}), (0, {}), (1, {"maximum_event_age_in_seconds": 1})])
def test_event_age_zero_is_unset(age: int | None, expected: dict[str, int]) -> None:
    [config] = from_terraform(state(resource(attributes(maximum_event_age_in_seconds=age))))
    assert config == {
        "service_name": "shop",
        "function_name": "order",
        "qualifier": "LATEST",
        "maximum_retry_attempts": 2,
        **expected,
    }


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (destinations(QUEUE, None), {"on_failure": {"destination": QUEUE}}),
        (destinations(None, TOPIC), {"on_success": {"destination": TOPIC}}),
        (destinations(QUEUE, ""), {"on_failure": {"destination": QUEUE}}),
        ([{"on_failure": [None], "on_success": [{"destination": TOPIC}]}], {"on_success": {"destination": TOPIC}}),
        ([{"on_success": [{"destination": TOPIC}]}], {"on_success": {"destination": TOPIC}}),
        (destinations(None, None), None),
        (destinations("", ""), None),
        ([{}], None),
        ([None], None),
        ([], None),
        (None, None),
    ],
)
def test_destinations_are_converted(block: Any, expected: dict[str, Any] | None) -> None:
    for values, kind, number in (
        (attributes(destination_config=block), FC2_TYPE, "2.0"),
        (fc3_attributes(destination_config=block), FC3_TYPE, "3.0"),
    ):
        [config] = from_terraform(state(resource(values, kind=kind)), number)
        assert config.get("destination_config") == expected
        assert ("destination_config" in config) is (expected is not None)


@given(st.text(min_size=1))
@example("{{ 1 + 1 }}")
def test_text_is_preserved(text: str) -> None:
    values = attributes(function_name=text, qualifier=text, destination_config=destinations(text, None))
    [config] = from_terraform(state(resource(values)))
    assert (config["function_name"], config["qualifier"]) == (text, text)
    assert config["destination_config"]["on_failure"]["destination"] == text


@pytest.mark.skipif(HAS_TRUST, reason="results of filters are not trusted")
def test_text_is_marked_as_unsafe() -> None:
    [config] = from_terraform(state(resource(attributes(function_name="{{ 1 + 1 }}"))))
    assert hasattr(config["function_name"], "__UNSAFE__")


# --- Generations ------------------------------------------------------------------------------------------------


def test_generation_selects_the_resource_type() -> None:
    document = state(resource(attributes()), resource(fc3_attributes(), kind=FC3_TYPE), *OTHERS)
    for generation in ("2.0", "2", 2, 2.0):
        assert [next(iter(one)) for one in from_terraform(document, generation)] == ["service_name"]
        assert count_resources(document, generation) == 1
    for generation in ("3.0", "3", 3, 3.0):
        assert [next(iter(one)) for one in from_terraform(document, generation)] == ["function_name"]
    assert from_terraform(document) == from_terraform(document, "2.0")


@pytest.mark.parametrize(
    ("generation", "shown"),
    [
        ("4.0", "'4.0'"),
        (2.1, "2.1"),
        ("", "''"),
        (None, "null"),
        (True, "true"),
        ("FC 2.0", "'FC 2.0'"),
        ([], "a list"),
    ],
)
def test_other_generations_are_rejected(generation: Any, shown: str) -> None:
    assert error_message(state(), generation) == f"from_terraform: generation: must be 2.0 or 3.0, not {shown}."


def test_resources_are_counted_even_if_they_are_invalid() -> None:
    assert count_resources(state(resource(attributes()), resource(attributes()), resource(None)), "2.0") == 3


# --- Plans ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("unknown", "names"),
    [
        ({"service_name": True}, "service_name"),
        ({"function_name": True, "qualifier": True}, "function_name, qualifier"),
        ({"maximum_retry_attempts": True, "stateful_invocation": True}, "maximum_retry_attempts, stateful_invocation"),
        (
            {"destination_config": [{"on_failure": [{"destination": True}], "on_success": []}]},
            "destination_config.on_failure.destination",
        ),
        ({"destination_config": [{"on_failure": [{}], "on_success": True}]}, "destination_config.on_success"),
        ({"destination_config": [{"on_failure": [True], "on_success": []}]}, "destination_config.on_failure"),
        ({"destination_config": True}, "destination_config"),
        ({"destination_config": [True]}, "destination_config"),
    ],
)
def test_unknown_values_are_errors(unknown: dict[str, Any], names: str) -> None:
    # Terraform omits unknown values in planned_values.
    values = {name: value for name, value in attributes().items() if name not in unknown}
    message = error_message(plan(resource(values), unknown={f"{FC2_TYPE}.order": unknown}))
    assert message == (
        f"from_terraform: Some values are known only after the plan is applied: {FC2_TYPE}.order: {names}. "
        "Apply the plan and use the state."
    )


def test_all_unknown_values_are_named_once() -> None:
    addresses = [f"{FC3_TYPE}.{name}" for name in ("a", "b")]
    document = plan(
        *[resource(fc3_attributes(), name, FC3_TYPE) for name in ("a", "b", "c")],
        unknown={addresses[0]: {"max_async_retry_attempts": True}, addresses[1]: {"function_name": True}},
    )
    named = f"{addresses[0]}: max_async_retry_attempts; {addresses[1]}: function_name."
    assert f"after the plan is applied: {named}" in error_message(document, "3.0")
    assert from_terraform(document, "2.0") == []


def test_known_values_and_values_of_other_resources_do_not_matter() -> None:
    address = f"{FC2_TYPE}.order"
    known = {
        "id": True,
        "last_modified_time": True,
        "service_name": False,
        "destination_config": [{"on_failure": [{}]}],
    }
    document = plan(resource(attributes()), unknown={address: known})
    ignored = {"actions": ["delete"], "after_unknown": {"service_name": True}}
    document["resource_changes"] += [
        {"address": address, "mode": "managed", "type": FC2_TYPE, "deposed": "00000001", "change": ignored},
        {"address": f"{FC2_TYPE}.deleted", "mode": "managed", "type": FC2_TYPE, "change": ignored},
        {"address": address, "mode": "data", "type": FC2_TYPE, "change": ignored},
    ]
    assert len(from_terraform(document)) == 1


@pytest.mark.parametrize("actions", [["delete"], ["forget"], ["no-op"]])
def test_plans_contain_all_resources_of_the_state(actions: list[str]) -> None:
    prior = state(resource(attributes(), "old"), *OTHERS)
    document = plan(resource(attributes()), prior_state=prior)
    document["resource_changes"].append(
        {"address": f"{FC2_TYPE}.old", "mode": "managed", "type": FC2_TYPE, "change": {"actions": actions}}
    )
    assert len(from_terraform(document)) == 1
    document["resource_changes"].pop()
    assert error_message(document) == (
        f"from_terraform: The plan does not contain these resources from the state: {FC2_TYPE}.old. "
        "Run 'terraform plan' without -target and -refresh-only."
    )


def test_plans_that_only_refresh_the_state_are_rejected() -> None:
    document = plan(prior_state=state(resource(attributes())))
    del document["resource_changes"]
    assert f"these resources from the state: {FC2_TYPE}.order." in error_message(document)
    assert from_terraform(document, "3.0") == []


@pytest.mark.parametrize("keys", [{"complete": False}, {"errored": True}, {"complete": False, "errored": True}])
def test_incomplete_plans_are_rejected(keys: dict[str, Any]) -> None:
    assert error_message(plan(resource(attributes()), **keys)) == (
        "from_terraform: The plan is incomplete. Run 'terraform plan' without -target until it succeeds."
    )


def test_plans_of_older_terraform_versions_do_not_say_whether_they_are_complete() -> None:
    document = plan(resource(attributes()))
    del document["complete"], document["errored"]
    assert len(from_terraform(document)) == 1


# --- Errors -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "shown"),
    [
        (None, "null"),
        ([], "a list"),
        (4, "4"),
        ({}, "a dictionary with other keys"),
        ({"values": {}}, "a dictionary with other keys"),
        ({"version": 4}, "a dictionary with other keys"),
        ({"resources": []}, "a dictionary with other keys"),
        ({"format_version": "1.0", "valid": True}, "a dictionary with other keys"),
        ({"version": 3, "modules": []}, "a version 3 state file"),
        ({"version": 5, "resources": []}, "a version 5 state file"),
        ("", "other text"),
        ("Terraform will perform the following actions:", "other text"),
        ('{"type": "version"}\n{"type": "planned_change"}', "other text"),
        ("[" * 100_000, "other text"),
        ("[]", "a list"),
        ('{"version": 3, "modules": []}', "a version 3 state file"),
    ],
)
def test_other_formats_are_rejected(document: Any, shown: str) -> None:
    expected = "the input must be the output of 'terraform show -json' or a version 4 state file"
    assert error_message(document) == f"from_terraform: {expected}, not {shown}."


@pytest.mark.parametrize(
    "document",
    [
        {"format_version": "1.0"},
        {"format_version": "1.0", "terraform_version": "1.11.4"},
        state(),
        plan(),
        {"format_version": "1.2", "planned_values": {"root_module": {}}},
        state_file(),
        {"version": 4, "resources": None},
    ],
)
def test_documents_without_resources_are_empty(document: dict[str, Any]) -> None:
    assert from_terraform(document) == from_terraform(json.dumps(document)) == []
    assert count_resources(document, "2.0") == 0


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"format_version": "1.0", "values": []}, "values: must be a dictionary, not a list."),
        (
            {"format_version": "1.2", "planned_values": {"root_module": "x"}},
            "root_module: must be a dictionary, not 'x'.",
        ),
        (state(child_modules={}), "child_modules: must be a list, not a dictionary."),
        (state(child_modules=[1]), "child_modules: must be a dictionary, not 1."),
        ({"version": 4, "resources": {}}, "resources: must be a list, not a dictionary."),
        (state_file(state_file_resource(instances=5)), "instances: must be a list, not 5."),
        (state(resource(attributes(), address=5)), "address: must be text, not 5."),
        ({**plan(), "resource_changes": "x"}, "resource_changes: must be a list, not 'x'."),
        (plan(prior_state=[1]), "prior_state: must be a dictionary, not a list."),
    ],
)
def test_malformed_documents_are_rejected(document: dict[str, Any], problem: str) -> None:
    assert error_message(document) == f"from_terraform: {problem}"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"service_name": None}, "service_name: must be a name, not null."),
        ({"service_name": ""}, "service_name: must be a name, not ''."),
        ({"function_name": 5}, "function_name: must be a name, not 5."),
        ({"qualifier": 1}, "qualifier: must be a name, not 1."),
        ({"qualifier": False}, "qualifier: must be a name, not false."),
        ({"maximum_retry_attempts": "2"}, "maximum_retry_attempts: must be an integer, not '2'."),
        ({"maximum_retry_attempts": True}, "maximum_retry_attempts: must be an integer, not true."),
        ({"maximum_retry_attempts": 2.5}, "maximum_retry_attempts: must be an integer, not 2.5."),
        ({"maximum_event_age_in_seconds": False}, "maximum_event_age_in_seconds: must be an integer, not false."),
        ({"maximum_event_age_in_seconds": ""}, "maximum_event_age_in_seconds: must be an integer, not ''."),
        ({"stateful_invocation": "true"}, "stateful_invocation: must be a boolean, not 'true'."),
        ({"stateful_invocation": 0}, "stateful_invocation: must be a boolean, not 0."),
        ({"destination_config": {}}, "destination_config: must be a list of blocks, not a dictionary."),
        ({"destination_config": "x"}, "destination_config: must be a list of blocks, not 'x'."),
        ({"destination_config": ["x"]}, "destination_config: must be a list of blocks, not of 'x'."),
        ({"destination_config": [{}, {}]}, "destination_config: must contain at most one block, not 2."),
        (
            {"destination_config": [{"on_success": {"destination": QUEUE}}]},
            "destination_config.on_success: must be a list of blocks, not a dictionary.",
        ),
        (
            {"destination_config": destinations(5, None)},
            "destination_config.on_failure.destination: must be text, not 5.",
        ),
    ],
)
def test_values_of_another_type_are_rejected(changes: dict[str, Any], problem: str) -> None:
    assert error_message(state(resource(attributes(**changes)))) == f"from_terraform: {FC2_TYPE}.order: {problem}"


def test_attributes_of_fc3_have_the_names_of_terraform_in_messages() -> None:
    document = state(resource(fc3_attributes(max_async_event_age_in_seconds="x"), kind=FC3_TYPE))
    assert f"{FC3_TYPE}.order: max_async_event_age_in_seconds: must be" in error_message(document, "3.0")


@pytest.mark.parametrize("values", [None, [], "x"])
def test_resources_without_attributes_are_rejected(values: Any) -> None:
    assert f"{FC2_TYPE}.order: the attributes must be a dictionary, not" in error_message(state(resource(values)))
    flat = state_file_resource({"attributes_flat": {"service_name": "shop"}}, module="module.m")
    assert f"module.m.{FC2_TYPE}.order: the attributes must be" in error_message(state_file(flat))


def test_duplicate_identities_are_rejected() -> None:
    resources = [
        resource(attributes(), "a"),
        resource(attributes(qualifier=None, maximum_retry_attempts=0), "b"),
        resource(attributes(qualifier="live"), "c"),
        resource(attributes(qualifier=""), "d"),
    ]
    assert error_message(state(*resources)) == (
        f"from_terraform: {FC2_TYPE}.a, {FC2_TYPE}.b and {FC2_TYPE}.d have the same identity 'shop:order:LATEST'. "
        "Remove all but one."
    )


def test_all_errors_are_reported_at_once() -> None:
    document = plan(
        resource(attributes(service_name=1, maximum_retry_attempts="2"), "a"),
        resource(attributes(), "b"),
        resource(attributes(), "c"),
        resource(attributes(), "d"),
        unknown={f"{FC2_TYPE}.d": {"qualifier": True}},
        errored=True,
    )
    message = error_message(document)
    for problem in (
        "The plan is incomplete.",
        f"known only after the plan is applied: {FC2_TYPE}.d: qualifier.",
        f"{FC2_TYPE}.a: service_name: must be a name, not 1.",
        f"{FC2_TYPE}.a: maximum_retry_attempts: must be an integer, not '2'.",
        f"{FC2_TYPE}.b and {FC2_TYPE}.c have the same identity",
    ):
        assert message.count(problem) == 1


def test_error_messages_are_printable_and_truncated() -> None:
    text = "\x1b[2J\ud800\n" + "x" * 100_000
    values = [attributes(maximum_retry_attempts=text), attributes(service_name=text), attributes(service_name=text)]
    message = error_message(state(*[resource(one, f"{text}{number}") for number, one in enumerate(values)]))
    assert message.isprintable()
    assert "more characters]" in message
    assert len(message) < 2500
