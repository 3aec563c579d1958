# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation tests for raw parameters that Ansible has not converted yet."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import settings_spec
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.config_info import info_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.entries import entry_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import identity_argument_spec, state_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import (
    DEEPEST,
    LONGEST_TEXT,
    checked_options,
    checked_params,
    text_errors,
)
from hypothesis import given
from hypothesis import strategies as st

SINGLE: dict[str, Any] = {**identity_argument_spec(FC2), **settings_spec(FC2.fields), **state_spec(), **argument_spec()}
SPECS: dict[str, dict[str, Any]] = {
    "single": SINGLE,
    "info": {**info_spec(FC3), **argument_spec()},
    "bulk": {**bulk_spec(FC2), **argument_spec()},
}


def validation_errors(spec: dict[str, Any], **params: Any) -> list[str]:
    """Return the validation errors for these parameters."""
    return [str(error) for error in checked_params(spec, params)[1]]


def nested(depth: int) -> Any:
    """Return lists nested to this depth."""
    tree: Any = []
    for _level in range(depth - 1):
        tree = [tree]
    return tree


# --- Texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "errors"),
    [
        ({"id": "a\ud800"}, [r"id: must not contain \ud800, which is a lone surrogate: 'a\ud800'."]),
        ({"id": "\x00"}, [r"id: must not contain the control character \x00: '\x00'."]),
        ({"id": "\x1b[31m"}, [r"id: must not contain the control character \x1b: '\x1b[31m'."]),
        ({"id": "\x7f"}, [r"id: must not contain the control character \x7f: '\x7f'."]),
        ({"id": "\x9b"}, [r"id: must not contain the control character \x9b: '\x9b'."]),
        (
            {"configs": [{}, {"destination_config": {"on_failure": {"destination": "acs\x00"}}}]},
            [r"configs[1].destination_config.on_failure.destination: must not contain the control character \x00: "],
        ),
        ({"services": ["a", "\x00", "\x01"]}, [f"services[{at}]: must not contain the control" for at in (1, 2)]),
        ({"a\x1b": 1}, [r"'a\x1b': must not contain the control character \x1b."]),
        ({"defaults": {"\ud800": 1}}, [r"defaults.'\ud800': must not contain \ud800, which is a lone surrogate."]),
        ({"policy": "{\n\t}\r\n"}, []),
        ({"id": "日本 \u202e"}, []),
        ({"id": "x" * LONGEST_TEXT, "configs": nested(DEEPEST)}, []),
        (
            {"id": "x" * (LONGEST_TEXT + 1)},
            [f"id: must have at most 65536 characters, not 65537: '{'x' * 99} ["],
        ),
        (
            {"configs": nested(DEEPEST + 1)},
            ["configs" + "[0]" * DEEPEST + ": must not be nested deeper than 32 levels."],
        ),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_invalid_texts_are_rejected_with_their_path(params: dict[str, Any], errors: list[str]) -> None:
    found = [str(error) for error in text_errors(params)]
    assert len(found) == len(errors)
    for message, expected in zip(found, errors):
        assert message.startswith(expected)


def test_secret_values_are_not_displayed() -> None:
    (error,) = text_errors({"access_key_secret": "topsecret\x00"}, {"access_key_secret"})
    assert str(error) == r"access_key_secret: must not contain the control character \x00."
    (error,) = text_errors({"assume_role": {"external_id": "topsecret\ud800"}}, {"assume_role"})
    assert "topsecret" not in str(error)
    (error,) = checked_params(SINGLE, {"assume_role": {"session_expiration": "topsecret"}}, (), {"assume_role"})[1]
    assert str(error) == "assume_role.session_expiration: must be an integer."


def test_nesting_beyond_the_recursion_limit_is_rejected() -> None:
    (error,) = text_errors({"configs": nested(50000)})
    assert str(error).endswith(": must not be nested deeper than 32 levels.")


# --- Types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (float("inf"), "must be an integer, not inf."),
        (float("-inf"), "must be an integer, not -inf."),
        (float("nan"), "must be an integer, not nan."),
        ("inf", "must be an integer, not 'inf'."),
        ("NaN", "must be an integer, not 'NaN'."),
        ("sNaN", "must be an integer, not 'sNaN'."),
        (3.7, "must be an integer, not 3.7."),
        ("3.7", "must be an integer, not '3.7'."),
        ("0x10", "must be an integer, not '0x10'."),
        ("", "must be an integer, not ''."),
        (True, "must be an integer, not true."),
        ([], "must be an integer, not a list."),
        ({}, "must be an integer, not a dictionary."),
        (1e308, "must have at most 15 digits, not 1e+308."),
        (10**400, "must have at most 15 digits, not a number with more than 20 digits."),
        ("1e999999999999", "must have at most 15 digits, not '1e999999999999'."),
        ("9" * 5000, "must have at most 15 digits, not '999"),
        (7, ""),
        (-7, ""),
        (7.0, ""),
        (" 7 ", ""),
        ("7.0", ""),
        ("1e3", ""),
        (10**15 - 1, ""),
        (None, ""),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_integers_are_validated(value: Any, problem: str) -> None:
    for spec, path, params in (
        (SINGLE, "maximum_retry_attempts", {"maximum_retry_attempts": value}),
        (SPECS["info"], "concurrency", {"concurrency": value}),
        (SPECS["bulk"], "defaults.maximum_retry_attempts", {"defaults": {"maximum_retry_attempts": value}}),
    ):
        found = validation_errors(spec, **params)
        assert [error.startswith(f"{path}: {problem}") for error in found] == ([True] if problem else [])
    _options, errors = checked_options(entry_spec(FC2), {"maximum_event_age_in_seconds": value}, "configs[3]")
    assert [str(error).startswith(f"configs[3].maximum_event_age_in_seconds: {problem}") for error in errors] == (
        [True] if problem else []
    )


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("[]", ": must be a list of dictionaries, not text."),
        ('[{"id": "s:f"}]', ": must be a list of dictionaries, not text."),
        ("a,b", ": must be a list of dictionaries, not text."),
        ("", ": must be a list of dictionaries, not text."),
        ({"id": "s:f"}, ": must be a list of dictionaries, not a dictionary."),
        (7, ": must be a list of dictionaries, not a number."),
        (1.5, ": must be a list of dictionaries, not a number."),
        (True, ": must be a list of dictionaries, not a boolean."),
        (None, ": must be a list of dictionaries, not null."),
        ([{}, "id=s:f"], "[1]: must be a dictionary, not text."),
        ([{}, {}, ["s:f"]], "[2]: must be a dictionary, not a list."),
        ([None], "[0]: must be a dictionary, not null."),
        ([False], "[0]: must be a dictionary, not a boolean."),
    ],
)
def test_configs_must_be_a_list_of_dictionaries(value: Any, problem: str) -> None:
    assert validation_errors(SPECS["bulk"], configs=value) == ["configs" + problem]


def test_every_entry_that_is_not_a_dictionary_is_reported() -> None:
    assert validation_errors(SPECS["bulk"], configs=["a", {}, 1]) == [
        "configs[0]: must be a dictionary, not text.",
        "configs[2]: must be a dictionary, not a number.",
    ]


@pytest.mark.parametrize("name", ["service_name", "function_name", "qualifier", "id", "state", "profile", "region_id"])
def test_booleans_are_rejected_for_string_options(name: str) -> None:
    displayed_name = {"region_id": "region"}.get(name, name)
    message = f"{displayed_name}: must be text, not a boolean. In YAML, put quotes around on, off, yes,"
    for value in (True, False):
        (found,) = validation_errors(SINGLE, **{name: value})
        assert found.startswith(message)
        assert validation_errors(SINGLE, **{name: str(value)}) == []
    assert validation_errors(SPECS["info"], functions=["a", True])[0].startswith(
        "functions[1]: must be text, not a boolean."
    )


@pytest.mark.parametrize("name", ["function_name", "id", "access_key_secret", "region", "ca_path", "endpoint"])
@pytest.mark.parametrize(("value", "kind"), [(["a"], "a list"), ([], "a list"), ({"a": 1}, "a dictionary")])
def test_lists_and_dictionaries_are_rejected_for_string_options(name: str, value: Any, kind: str) -> None:
    assert validation_errors(SINGLE, **{name: value}) == [f"{name}: must be text, not {kind}."]
    assert validation_errors(SINGLE, assume_role={"role_arn": value}) == [
        f"assume_role.role_arn: must be text, not {kind}."
    ]
    assert validation_errors(SPECS["info"], functions=["a", value]) == [f"functions[1]: must be text, not {kind}."]
    assert validation_errors(SINGLE, **{name: 7}) == []


@pytest.mark.parametrize("value", [1.1, float("inf"), float("nan")])
def test_floats_are_rejected_for_string_options(value: float) -> None:
    wrong = f"must be text, not the number {value!r}. Put quotes around it."
    assert validation_errors(SINGLE, qualifier=value) == [f"qualifier: {wrong}"]
    assert validation_errors(SPECS["info"], functions=["a", value]) == [f"functions[1]: {wrong}"]
    [secret] = checked_params(SINGLE, {"access_key_secret": value}, secret=("access_key_secret",))[1]
    assert str(secret) == "access_key_secret: must be text, not a number with a fractional part. Put quotes around it."


def test_policy_can_be_a_dictionary() -> None:
    assert validation_errors(SINGLE, assume_role={"policy": {"Version": "1", "Statement": []}}) == []


@pytest.mark.parametrize("value", [7, True, [], "", "yes", '{"on_failure": 5}', "{", "[" * 5000, "{" * 5000])
def test_dictionary_options_reject_other_values(value: Any) -> None:
    (found,) = validation_errors(SINGLE, destination_config=value)
    assert found in (
        "destination_config: must be a dictionary.",
        "destination_config.on_failure: must be a dictionary.",
    )


def test_dictionaries_in_json_strings_are_validated() -> None:
    text = json.dumps({"on_failure": {"destination": "acs\ud800"}})
    (found,) = validation_errors(SINGLE, destination_config=text)
    assert found.startswith(r"destination_config.on_failure.destination: must not contain \ud800")
    (found,) = validation_errors(SPECS["bulk"], defaults='{"maximum_retry_attempts": 1e999}')
    assert found == "defaults.maximum_retry_attempts: must be an integer, not inf."
    params, errors = checked_params(SINGLE, {"destination_config": '{"on_failure": {"destination": "x"}}'})
    assert (params, errors) == ({"destination_config": {"on_failure": {"destination": "x"}}}, [])


def test_null_is_rejected_for_options_that_are_not_nullable() -> None:
    params, errors = checked_params(SPECS["info"], {"id": None, "qualifier": None}, not_nullable=("id",))
    assert [str(error) for error in errors] == ["id: must not be null. Omit it to read everything."]
    assert params == {"id": None, "qualifier": None}
    assert checked_params(SPECS["info"], {}, not_nullable=("id",)) == ({}, [])


def test_only_rejected_values_are_removed() -> None:
    raw: dict[str, Any] = {
        "id": "\ud800",
        "state": "absent",
        "configs": 7,
        "_ansible_tmpdir": "\ud800",
        "a\x00": 1,
        "access_denied_timeout": {"any": ["thing"]},
    }
    params, errors = checked_params({**SINGLE, **bulk_spec(FC2)}, raw)
    assert len(errors) == 3
    assert params == {
        "id": None,
        "state": "absent",
        "configs": None,
        "_ansible_tmpdir": "\ud800",
        "access_denied_timeout": {"any": ["thing"]},
    }


# --- Arbitrary input --------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters()) | st.sampled_from(["1e999999999", "{", "a=b", "a=\x00", "NaN", "0x10", "[]", '{"a":'])
ANY_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just(10**400) | st.floats() | TEXTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["on_failure", "destination", "maximum_retry_attempts", "role_arn"]) | TEXTS,
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("kind", SPECS)
@given(data=st.data())
def test_arbitrary_parameters_are_rejected_or_safe_for_ansible(kind: str, data: st.DataObject) -> None:
    spec = SPECS[kind]
    names = st.sampled_from([*spec, "alicloud_assume_role"])
    params = data.draw(st.dictionaries(names, ANY_VALUE, max_size=4) | st.dictionaries(TEXTS, ANY_VALUE, max_size=2))
    safe, errors = checked_params(spec, params, not_nullable=("id",))
    for error in errors:
        assert str(error).isprintable()
        assert len(str(error)) < 1000
        assert str(error).endswith(".")
    assert all(error.option for error in text_errors(params))
    assert checked_params(spec, safe)[1] == [] or kind == "bulk"
    ArgumentSpecValidator(spec).validate(safe)
    json.dumps(safe, ensure_ascii=False).encode()


@given(options=st.dictionaries(st.sampled_from([*entry_spec(FC2)]), ANY_VALUE, max_size=4))
def test_arbitrary_entries_are_rejected_or_safe_for_ansible(options: dict[str, Any]) -> None:
    parsed, errors = checked_options(entry_spec(FC2), options, "configs[0]")
    assert all(str(error).startswith("configs[0].") for error in errors)
    if not errors:
        ArgumentSpecValidator(entry_spec(FC2)).validate(parsed)
