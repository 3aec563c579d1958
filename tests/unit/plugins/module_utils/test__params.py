# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parameters as they were given, before Ansible converts them: what is refused, and no traceback for anything."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import settings_spec
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.module_utils._modules.config_info import info_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import bulk_spec, entry_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import names_spec, state_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import (
    DEEPEST,
    LONGEST_TEXT,
    checked_options,
    checked_params,
    text_errors,
)
from hypothesis import given
from hypothesis import strategies as st

SINGLE: Dict[str, Any] = {**names_spec(FC2), **settings_spec(FC2.fields), **state_spec(), **argument_spec()}
SPECS: Dict[str, Dict[str, Any]] = {
    "single": SINGLE,
    "info": {**info_spec(FC3), **argument_spec()},
    "bulk": {**bulk_spec(FC2), **argument_spec()},
}


def refusals(spec: Dict[str, Any], **params: Any) -> List[str]:
    """What is said about parameters."""
    return [str(refusal) for refusal in checked_params(spec, params)[1]]


def nested(depth: int) -> Any:
    """A list in a list, and so on."""
    tree: Any = []
    for _level in range(depth - 1):
        tree = [tree]
    return tree


# --- Texts ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "errors"),
    [
        ({"id": "a\ud800"}, [r"id: must not contain \ud800, which is half of a character: 'a\ud800'."]),
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
        ({"defaults": {"\ud800": 1}}, [r"defaults.'\ud800': must not contain \ud800, which is half of a character."]),
        ({"policy": "{\n\t}\r\n"}, []),
        ({"id": "日本 \u202e"}, []),
        ({"id": "x" * LONGEST_TEXT, "configs": nested(DEEPEST)}, []),
        (
            {"id": "x" * (LONGEST_TEXT + 1)},
            [f"id: must not have more than 65536 characters, and has 65537: '{'x' * 99} ["],
        ),
        (
            {"configs": nested(DEEPEST + 1)},
            ["configs" + "[0]" * DEEPEST + ": must not be nested deeper than 32 levels."],
        ),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_a_text_that_cannot_be_shown_is_refused_with_its_path(params: Dict[str, Any], errors: List[str]) -> None:
    found = [str(error) for error in text_errors(params)]
    assert len(found) == len(errors)
    for complaint, expected in zip(found, errors):
        assert complaint.startswith(expected)


def test_the_value_of_a_secret_is_not_shown() -> None:
    (error,) = text_errors({"access_key_secret": "topsecret\x00"}, {"access_key_secret"})
    assert str(error) == r"access_key_secret: must not contain the control character \x00."
    (error,) = text_errors({"assume_role": {"external_id": "topsecret\ud800"}}, {"assume_role"})
    assert "topsecret" not in str(error)
    (error,) = checked_params(SINGLE, {"assume_role": {"session_expiration": "topsecret"}}, (), {"assume_role"})[1]
    assert str(error) == "assume_role.session_expiration: must be a whole number."


def test_a_tree_deeper_than_python_recurses_is_refused() -> None:
    (error,) = text_errors({"configs": nested(50000)})
    assert str(error).endswith(": must not be nested deeper than 32 levels.")


# --- Types ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (float("inf"), "must be a whole number, not inf."),
        (float("-inf"), "must be a whole number, not -inf."),
        (float("nan"), "must be a whole number, not nan."),
        ("inf", "must be a whole number, not 'inf'."),
        ("NaN", "must be a whole number, not 'NaN'."),
        ("sNaN", "must be a whole number, not 'sNaN'."),
        (3.7, "must be a whole number, not 3.7."),
        ("3.7", "must be a whole number, not '3.7'."),
        ("0x10", "must be a whole number, not '0x10'."),
        ("", "must be a whole number, not ''."),
        (True, "must be a whole number, not true."),
        ([], "must be a whole number, not a list."),
        ({}, "must be a whole number, not a dictionary."),
        (1e308, "must not have more than 15 digits, not 1e+308."),
        (10**400, "must not have more than 15 digits, not a number of more than 20 digits."),
        ("1e999999999999", "must not have more than 15 digits, not '1e999999999999'."),
        ("9" * 5000, "must not have more than 15 digits, not '999"),
        (7, ""),
        (-7, ""),
        (7.0, ""),
        (" 7 ", ""),
        ("7.0", ""),
        ("1e3", ""),
        (10**15 - 1, ""),
        (None, ""),
    ],
    ids=lambda one: ascii(one)[:40],
)
def test_a_number_is_whole_and_of_a_sensible_size(value: Any, problem: str) -> None:
    for spec, place, params in (
        (SINGLE, "maximum_retry_attempts", {"maximum_retry_attempts": value}),
        (SPECS["info"], "concurrency", {"concurrency": value}),
        (SPECS["bulk"], "defaults.maximum_retry_attempts", {"defaults": {"maximum_retry_attempts": value}}),
    ):
        found = refusals(spec, **params)
        assert [one.startswith(f"{place}: {problem}") for one in found] == ([True] if problem else [])
    _options, errors = checked_options(entry_spec(FC2), {"maximum_event_age_in_seconds": value}, "configs[3]")
    assert [str(one).startswith(f"configs[3].maximum_event_age_in_seconds: {problem}") for one in errors] == (
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
def test_configs_are_a_list_of_dictionaries_and_nothing_that_looks_like_one(value: Any, problem: str) -> None:
    assert refusals(SPECS["bulk"], configs=value) == ["configs" + problem]


def test_each_entry_that_is_no_dictionary_is_named() -> None:
    assert refusals(SPECS["bulk"], configs=["a", {}, 1]) == [
        "configs[0]: must be a dictionary, not text.",
        "configs[2]: must be a dictionary, not a number.",
    ]


@pytest.mark.parametrize("name", ["service_name", "function_name", "qualifier", "id", "state", "profile", "region_id"])
def test_a_boolean_is_no_text(name: str) -> None:
    shown_name = {"region_id": "region"}.get(name, name)
    complaint = f"{shown_name}: must be a text, not a boolean. In YAML, on, off, yes, no, true and false need quotes"
    for value in (True, False):
        (found,) = refusals(SINGLE, **{name: value})
        assert found.startswith(complaint)
        assert refusals(SINGLE, **{name: str(value)}) == []
    assert refusals(SPECS["info"], functions=["a", True])[0].startswith("functions[1]: must be a text, not a boolean.")


@pytest.mark.parametrize("name", ["function_name", "id", "access_key_secret", "region", "ca_path", "endpoint"])
@pytest.mark.parametrize(("value", "kind"), [(["a"], "a list"), ([], "a list"), ({"a": 1}, "a dictionary")])
def test_a_list_or_a_dictionary_is_no_text(name: str, value: Any, kind: str) -> None:
    assert refusals(SINGLE, **{name: value}) == [f"{name}: must be a text, not {kind}."]
    assert refusals(SINGLE, assume_role={"role_arn": value}) == [f"assume_role.role_arn: must be a text, not {kind}."]
    assert refusals(SPECS["info"], functions=["a", value]) == [f"functions[1]: must be a text, not {kind}."]
    assert refusals(SINGLE, **{name: 7}) == []


@pytest.mark.parametrize("value", [1.1, float("inf"), float("nan")])
def test_a_number_with_a_fraction_is_no_text(value: float) -> None:
    wrong = f"must be a text, not the number {value!r}. Put quotes around it."
    assert refusals(SINGLE, qualifier=value) == [f"qualifier: {wrong}"]
    assert refusals(SPECS["info"], functions=["a", value]) == [f"functions[1]: {wrong}"]
    [secret] = checked_params(SINGLE, {"access_key_secret": value}, secret=("access_key_secret",))[1]
    assert str(secret) == "access_key_secret: must be a text, not a number with a fraction. Put quotes around it."


def test_a_policy_may_be_written_as_a_dictionary() -> None:
    assert refusals(SINGLE, assume_role={"policy": {"Version": "1", "Statement": []}}) == []


@pytest.mark.parametrize("value", [7, True, [], "", "yes", '{"on_failure": 5}', "{", "[" * 5000, "{" * 5000])
def test_a_dictionary_with_options_of_its_own_is_one_or_its_text(value: Any) -> None:
    (found,) = refusals(SINGLE, destination_config=value)
    assert found in (
        "destination_config: must be a dictionary.",
        "destination_config.on_failure: must be a dictionary.",
    )


def test_what_a_text_for_a_dictionary_holds_is_checked_too() -> None:
    text = json.dumps({"on_failure": {"destination": "acs\ud800"}})
    (found,) = refusals(SINGLE, destination_config=text)
    assert found.startswith(r"destination_config.on_failure.destination: must not contain \ud800")
    (found,) = refusals(SPECS["bulk"], defaults='{"maximum_retry_attempts": 1e999}')
    assert found == "defaults.maximum_retry_attempts: must be a whole number, not inf."
    params, found_nothing = checked_params(SINGLE, {"destination_config": '{"on_failure": {"destination": "x"}}'})
    assert (params, found_nothing) == ({"destination_config": {"on_failure": {"destination": "x"}}}, [])


def test_null_is_told_from_left_out_where_that_matters() -> None:
    params, found = checked_params(SPECS["info"], {"id": None, "qualifier": None}, never_null=("id",))
    assert [str(one) for one in found] == ["id: must not be null; leave it out to read everything."]
    assert params == {"id": None, "qualifier": None}
    assert checked_params(SPECS["info"], {}, never_null=("id",)) == ({}, [])


def test_what_is_refused_is_removed_and_the_rest_is_as_it_was() -> None:
    given: Dict[str, Any] = {
        "id": "\ud800",
        "state": "absent",
        "configs": 7,
        "_ansible_tmpdir": "\ud800",
        "a\x00": 1,
        "access_denied_timeout": {"any": ["thing"]},
    }
    params, found = checked_params({**SINGLE, **bulk_spec(FC2)}, given)
    assert len(found) == 3
    assert params == {
        "id": None,
        "state": "absent",
        "configs": None,
        "_ansible_tmpdir": "\ud800",
        "access_denied_timeout": {"any": ["thing"]},
    }


# --- Anything ---------------------------------------------------------------------------------------------------

TEXTS = st.text(st.characters()) | st.sampled_from(["1e999999999", "{", "a=b", "a=\x00", "NaN", "0x10", "[]", '{"a":'])
ANYTHING = st.recursive(
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
def test_any_parameters_are_refused_in_words_or_safe_for_ansible(kind: str, data: st.DataObject) -> None:
    spec = SPECS[kind]
    names = st.sampled_from([*spec, "alicloud_assume_role"])
    params = data.draw(st.dictionaries(names, ANYTHING, max_size=4) | st.dictionaries(TEXTS, ANYTHING, max_size=2))
    safe, found = checked_params(spec, params, never_null=("id",))
    for refusal in found:
        assert str(refusal).isprintable()
        assert len(str(refusal)) < 1000
        assert str(refusal).endswith(".")
    assert all(error.option for error in text_errors(params))
    assert checked_params(spec, safe)[1] == [] or kind == "bulk"
    ArgumentSpecValidator(spec).validate(safe)
    json.dumps(safe, ensure_ascii=False).encode()


@given(options=st.dictionaries(st.sampled_from([*entry_spec(FC2)]), ANYTHING, max_size=4))
def test_any_entry_is_refused_in_words_or_safe_for_ansible(options: Dict[str, Any]) -> None:
    parsed, found = checked_options(entry_spec(FC2), options, "configs[0]")
    assert all(str(refusal).startswith("configs[0].") for refusal in found)
    if not found:
        ArgumentSpecValidator(entry_spec(FC2)).validate(parsed)
