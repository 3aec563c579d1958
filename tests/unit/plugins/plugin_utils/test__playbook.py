# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the playbook variables and of merging them with files."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Callable

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection import options as connection
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import (
    InvalidVariables,
    absolute_paths,
    check_file,
    check_misspelled,
    join_files,
    merge_file,
    module_name,
    parse_generation,
    parse_variables,
    with_file_names,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import (
    PLAYBOOKS,
    RESERVED,
    variable_names,
)
from hypothesis import given
from hypothesis import strategies as st

ALL_PLAYBOOKS = pytest.mark.parametrize("playbook", PLAYBOOKS)
NAMES = {playbook: variable_names(playbook) for playbook in PLAYBOOKS}
CONFIGS = [{"service_name": "shop", "function_name": "order"}]


def error_message(function: Callable[..., Any], *arguments: Any) -> str:
    """Return the message of the error that a function raises."""
    with pytest.raises(InvalidVariables) as exc_info:
        function(*arguments)
    return str(exc_info.value)


# --- Variables --------------------------------------------------------------------------------------------------


@ALL_PLAYBOOKS
def test_all_variables_are_optional(playbook: str) -> None:
    variables = parse_variables(playbook, {})
    assert (variables.generation, variables.connection) == (FC2, {})
    assert set(variables.own) == set(PLAYBOOKS[playbook])
    nullable = [name for name in NAMES[playbook] if name not in ("services", "functions")]
    assert parse_variables(playbook, dict.fromkeys(nullable)) == variables


@ALL_PLAYBOOKS
def test_variables_of_the_connection_are_passed_to_the_module(playbook: str) -> None:
    given_options = {"region": "cn-hangzhou", "retry_timeout": "9", "assume_role": {"role_arn": 5}, "ca_path": "~/ca"}
    assert parse_variables(playbook, given_options).connection == given_options


def test_variables_are_converted() -> None:
    values = {"timestamps": "yes", "concurrency": "4", "services": "shop,back", "functions": ["job*"]}
    variables = parse_variables("export", values)
    assert variables.chosen("timestamps", "concurrency", "services", "functions", "generation") == {
        "timestamps": True,
        "concurrency": 4,
        "services": ["shop", "back"],
        "functions": ["job*"],
    }
    assert variables.own["config_file"] == "configs.yml"
    assert parse_variables("audit", {"fail_on_drift": 1}).own["fail_on_drift"] is True


def test_all_invalid_variables_are_named_at_once() -> None:
    message = error_message(parse_variables, "export", {"timestamps": "perhaps", "concurrency": "many", "region": "x"})
    assert "timestamps" in message
    assert "concurrency" in message
    assert message.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("configs", "shop:order"),
        ("configs", [1]),
        ("defaults", "none"),
        ("groups", {"shop": []}),
        ("concurrency", 1.5),
        ("fail_on_drift", "maybe"),
        ("title", "a\0"),
        ("title", {"a": 1}),
        ("config_file", ""),
        ("report_folder", ""),
        ("report_folder", ["a"]),
    ],
)
def test_an_invalid_type_is_one_sentence_with_the_name(name: str, value: Any) -> None:
    message = error_message(parse_variables, "audit", {name: value})
    assert name in message
    assert message.endswith(".")
    assert not message.endswith("..")
    assert "Traceback" not in message


@pytest.mark.parametrize("value", [2, 2.0, "2", "2.0", " 2.0\n", "", None])
def test_generation_2(value: Any) -> None:
    assert parse_generation(value) is FC2
    assert parse_variables("apply", {"generation": value}).generation is FC2


@pytest.mark.parametrize("value", [3, 3.0, "3", "3.0", "3.0 "])
def test_generation_3(value: Any) -> None:
    assert parse_generation(value) is FC3
    assert parse_variables("apply", {"generation": value}).generation is FC3


@given(st.text() | st.integers() | st.floats(allow_nan=False) | st.lists(st.just("3.0")) | st.booleans())
def test_every_other_generation_is_an_error(value: Any) -> None:
    if str(value).strip() in ("", "2", "2.0", "3", "3.0"):
        return
    with pytest.raises(InvalidOption, match=r"^generation: must be 2\.0 or 3\.0, not "):
        parse_generation(value)


@pytest.mark.parametrize("value", ["v3", "2.1", "3.00", "fc3", 4, True, ["3.0"]])
def test_an_invalid_generation_is_named(value: Any) -> None:
    assert error_message(parse_variables, "apply", {"generation": value}).startswith("generation: must be ")


@pytest.mark.parametrize(
    ("generation", "kind", "name"),
    [
        (FC2, "configs", "alicloud.fc.function_async_invoke_configs"),
        (FC2, "config_info", "alicloud.fc.function_async_invoke_config_info"),
        (FC3, "configs", "alicloud.fc.v3_async_invoke_configs"),
        (FC3, "config_info", "alicloud.fc.v3_async_invoke_config_info"),
    ],
)
def test_modules(generation: Any, kind: str, name: str) -> None:
    assert module_name(generation, kind) == name


def test_relative_paths_of_the_connection_are_relative_to_the_current_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/user")
    values = {"ca_path": "ca.pem", "shared_credentials_file": "~/config.json", "region": "x"}
    oidc = {"role_arn": "acs:ram::1:role/x", "token_file": "token"}
    assert absolute_paths({**values, "oidc": oidc}) == {
        "ca_path": str(tmp_path / "ca.pem"),
        "shared_credentials_file": "/home/user/config.json",
        "region": "x",
        "oidc": {**oidc, "token_file": str(tmp_path / "token")},
    }
    for invalid in ({"ca_path": ["x"], "oidc": "text"}, {"ca_path": "", "oidc": {"token_file": None}}, {}):
        assert absolute_paths(invalid) == invalid


# --- Misspelled extra variables ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("playbook", "name", "similar"),
    [
        ("apply", "default", "defaults"),
        ("apply", "config", "configs"),
        ("apply", "purges", "purge"),
        ("apply", "purge-limit", "purge_limit"),
        ("apply", "config_fil", "config_file"),
        ("audit", "fail_on_drfit", "fail_on_drift"),
        ("audit", "Region", "region"),
        ("export", "service", "services"),
        ("adopt", "terraform_files", "terraform_file"),
        ("adopt", "retry_timout", "retry_timeout"),
    ],
)
def test_misspelled_extra_variables_are_errors(playbook: str, name: str, similar: str) -> None:
    expected = f"{name}: is not a variable of this playbook; use {similar}."
    assert error_message(check_misspelled, playbook, {name: 1}) == expected


@ALL_PLAYBOOKS
def test_variables_and_unrelated_extra_variables_are_valid(playbook: str) -> None:
    check_misspelled(playbook, NAMES[playbook])
    check_misspelled(playbook, ["ansible_user", "stage", "team", "ticket", "environment_name", "x", ""])


@pytest.mark.parametrize(("alias", "name"), [("region_id", "region"), ("secret_key", "access_key_secret")])
def test_aliases_of_connection_options_are_not_ignored(alias: str, name: str) -> None:
    expected = f"{alias}: is not a variable of this playbook; use {name}."
    assert error_message(check_misspelled, "apply", [alias]) == expected


def test_all_misspelled_variables_are_named() -> None:
    assert error_message(check_misspelled, "apply", ["purges", "default", "stage", "configs"]) == (
        "default: is not a variable of this playbook; use defaults. "
        "purges: is not a variable of this playbook; use purge."
    )


@given(st.data())
def test_a_missing_or_repeated_letter_is_found(data: st.DataObject) -> None:
    playbook = data.draw(st.sampled_from(sorted(PLAYBOOKS)))
    name = data.draw(st.sampled_from(NAMES[playbook]))
    position = data.draw(st.integers(0, len(name) - 1))
    letter = name[position] * data.draw(st.sampled_from([0, 2]))
    misspelled = name[:position] + letter + name[position + 1 :]
    assert misspelled not in NAMES[playbook]
    assert error_message(check_misspelled, playbook, [misspelled]).startswith(f"{misspelled}: is not a variable")


# --- Files ------------------------------------------------------------------------------------------------------


def test_the_content_of_a_file_is_checked() -> None:
    content = {"generation": 3.0, "configs": [], "defaults": {}, "groups": [], "purge": "none", "concurrency": 2}
    assert check_file("a.yml", content) == content


@pytest.mark.parametrize("content", [{}, {"defaults": {}}, {"configs": None, "groups": None, "purge": "service"}])
def test_a_file_without_configs_and_groups_is_an_error(content: Any) -> None:
    assert error_message(check_file, "a.yml", content) == "config_file: a.yml must contain configs or groups."


@pytest.mark.parametrize(("name", "meant"), [("ergion", "region"), ("prgue", "purge"), ("PRUGE", "purge")])
def test_transposed_letters_are_recognized(name: str, meant: str) -> None:
    message = error_message(check_misspelled, "apply", [name])
    assert message == f"{name}: is not a variable of this playbook; use {meant}."


def test_the_scope_of_an_export_must_not_be_null() -> None:
    assert error_message(parse_variables, "export", {"services": None}) == "services: must not be null."
    assert parse_variables("export", {"functions": ["a*"]}).own["functions"] == ["a*"]


@pytest.mark.parametrize("name", ["../audit", "/tmp/audit", "a/b"])
def test_report_names_are_not_paths(name: str) -> None:
    message = error_message(parse_variables, "audit", {"report_name": name})
    assert message == "report_name: must not contain slashes; use report_folder."


@pytest.mark.parametrize("content", [None, [], [{"id": "shop:order"}], "text", 5, True])
def test_a_file_without_a_dictionary_is_an_error(content: Any) -> None:
    message = "config_file: a.yml must contain a dictionary with configs or groups."
    assert error_message(check_file, "a.yml", content) == message


def test_all_unsupported_keys_of_a_file_are_named() -> None:
    message = error_message(check_file, "a.yml", {"default": {}, "configs": [], "purges": "none", 5: 1, "zzz": 1})
    names = "generation, configs, defaults, groups, purge, purge_limit, concurrency"
    assert message == (
        "config_file: a.yml contains the unsupported key 'default'; use defaults. "
        "config_file: a.yml contains the unsupported key 'purges'; use purge. "
        f"config_file: a.yml contains the unsupported key 5; use {names}. "
        f"config_file: a.yml contains the unsupported key 'zzz'; use {names}."
    )


def test_connection_options_in_a_file_are_errors() -> None:
    assert "contains the unsupported key 'region'" in error_message(check_file, "a.yml", {"region": "cn-hangzhou"})


def test_variables_override_a_file() -> None:
    content = {"generation": "3.0", "configs": CONFIGS, "purge": "function", "concurrency": 2}
    values = {"config_file": "a.yml", "purge": "none", "concurrency": None, "region": "cn-hangzhou"}
    assert merge_file(values, content) == {
        "config_file": "a.yml",
        "generation": "3.0",
        "configs": CONFIGS,
        "purge": "none",
        "concurrency": 2,
        "region": "cn-hangzhou",
    }


@pytest.mark.parametrize("name", ["configs", "defaults", "groups"])
@pytest.mark.parametrize("value", [[], {}, CONFIGS])
def test_configurations_are_in_a_file_or_in_variables(name: str, value: Any) -> None:
    message = f"{name}: mutually exclusive with config_file; add it to the file."
    assert error_message(merge_file, {"config_file": "a.yml", name: value}, {"configs": CONFIGS}) == message


# --- Directories ------------------------------------------------------------------------------------------------


def test_files_become_groups() -> None:
    files: dict[str, Any] = {
        "a.yml": {"generation": "2.0", "configs": CONFIGS, "defaults": {"maximum_retry_attempts": 1}},
        "b.yml": {"groups": [{"configs": CONFIGS}, {"defaults": {"qualifier": "live"}, "configs": CONFIGS}]},
        "c.yml": {"configs": []},
        "d.yml": {},
    }
    assert join_files(files) == {
        "generation": "2.0",
        "groups": [
            {"defaults": {"maximum_retry_attempts": 1}, "configs": CONFIGS},
            {"defaults": {}, "configs": CONFIGS},
            {"defaults": {"qualifier": "live"}, "configs": CONFIGS},
        ],
    }


def test_defaults_of_a_file_apply_to_its_groups_only() -> None:
    outer, inner = {"maximum_retry_attempts": 1, "qualifier": "a"}, {"qualifier": "b"}
    files: dict[str, Any] = {
        "a.yml": {"defaults": outer, "groups": [{"defaults": inner, "configs": CONFIGS}]},
        "b.yml": {"configs": CONFIGS},
    }
    assert [group["defaults"] for group in join_files(files)["groups"]] == [
        {"maximum_retry_attempts": 1, "qualifier": "b"},
        {},
    ]


@pytest.mark.parametrize("spelling", [3, "3", 3.0, "3.0"])
def test_files_may_spell_the_generation_differently(spelling: Any) -> None:
    files = {"a.yml": {"generation": spelling, "configs": CONFIGS}, "b.yml": {"generation": "3.0"}, "c.yml": {}}
    assert join_files(files)["generation"] == "3.0"


@pytest.mark.parametrize(
    ("second", "message"),
    [
        ({"generation": 3}, "a.yml and b.yml have different generations."),
        ({"generation": "v3"}, "b.yml: generation: must be 2.0 or 3.0, not 'v3'."),
        ({"purge": "service"}, "b.yml must not contain purge; set it as a variable."),
        ({"concurrency": 5}, "b.yml must not contain concurrency; set it as a variable."),
        ({"defaults": []}, None),
        ({"defaults": "x"}, "b.yml must contain a dictionary of defaults and a list of groups."),
        ({"groups": {"shop": 1}}, "b.yml must contain a dictionary of defaults and a list of groups."),
        ({"groups": [1]}, "b.yml must contain groups with defaults and configs."),
        ({"groups": [{"defaults": "x"}]}, "b.yml must contain groups with defaults and configs."),
    ],
)
def test_errors_name_the_file_in_a_directory(second: dict[str, Any], message: str | None) -> None:
    files = {"a.yml": {"generation": 2, "configs": CONFIGS}, "b.yml": second}
    if message is None:
        join_files(files)
    else:
        assert error_message(join_files, files) == f"config_file: {message}"


SMALL = st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=2)
GROUP = st.fixed_dictionaries(
    {"configs": st.lists(SMALL, min_size=1, max_size=3)}, optional={"defaults": st.none() | SMALL}
)
CONTENT = st.fixed_dictionaries(
    {},
    optional={
        "configs": st.none() | st.lists(SMALL, max_size=3),
        "defaults": st.none() | SMALL,
        "groups": st.none() | st.lists(GROUP, max_size=3),
    },
)


@given(st.lists(CONTENT, max_size=4))
def test_a_directory_has_the_configurations_of_its_files(contents: list[dict[str, Any]]) -> None:
    files = {f"{number}.yml": content for number, content in enumerate(contents)}
    assert flattened(join_files(files)) == [one for content in contents for one in flattened(content)]


def flattened(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the configurations in a file after filling in the applicable defaults."""
    outer = content.get("defaults") or {}
    found = [{**outer, **config} for config in content.get("configs") or []]
    for group in content.get("groups") or []:
        found += [{**outer, **(group.get("defaults") or {}), **config} for config in group["configs"]]
    return found


def test_errors_in_groups_name_the_files() -> None:
    message = "configs: 2 errors, nothing was changed: groups[2].configs[0].x: is bad. groups[10].id: is bad."
    files = ["a.yml", "b.yml", "b.yml"]
    assert with_file_names(message, files) == f"{message} groups[2] is from b.yml."
    assert with_file_names("configs: must not be empty.", files) == "configs: must not be empty."


@ALL_PLAYBOOKS
def test_names_of_variables_are_unambiguous(playbook: str) -> None:
    assert not set(PLAYBOOKS[playbook]) & set(connection.argument_spec())
    assert RESERVED not in connection.argument_spec()
