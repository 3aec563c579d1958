# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test that Ansible can load and template the files written by the ``export`` and ``adopt`` playbooks."""

from __future__ import annotations

import os
from operator import itemgetter
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._config_file import (
    UnsafeName,
    export_files,
    exported_configs,
    file_text,
    is_written_by_playbook,
    stale_files,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import check_file, parse_generation
from ansible_collections.alicloud.fc.tests.unit.plugins.filter.test_to_yaml_vars import (
    TEXT,
    load_vars,
    to_builtin_types,
)
from hypothesis import given
from hypothesis import strategies as st

BOTH_GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda generation: generation.name)
FOLDER = os.path.join(os.sep, "configs")


def config(generation: Generation, number: int = 0, **values: Any) -> dict[str, Any]:
    """Return a configuration with all return values of the info module."""
    identity = {name: f"{name}{number}" for name in generation.identity_options}
    settings: dict[str, Any] = dict.fromkeys(field.path[0] for field in generation.fields)
    times = {"created_time": "2026-01-31T12:00:00Z", "last_modified_time": "2026-02-01T12:00:00Z"}
    return {"id": f"id{number}", "function_arn": "acs:fc:::x", **identity, **settings, **times, **values}


@st.composite
def configs(draw: st.DrawFn) -> tuple[Generation, list[dict[str, Any]]]:
    """Return configurations with different identities and arbitrary text."""
    generation = draw(st.sampled_from([FC2, FC3]))
    names = st.tuples(*(TEXT.filter(bool) for _name in generation.identity_options))
    identities = draw(st.lists(names, unique=True, max_size=5))
    return generation, [
        config(
            generation,
            **dict(zip(generation.identity_options, identity)),
            destination_config={"on_failure": {"destination": draw(TEXT)}, "on_success": None},
            maximum_retry_attempts=draw(st.integers(0, 8)),
        )
        for identity in identities
    ]


@given(configs(), st.data())
def test_the_text_does_not_depend_on_the_order(
    generation_and_configs: tuple[Generation, list[dict[str, Any]]], data: st.DataObject
) -> None:
    generation, found = generation_and_configs
    shuffled = [dict(reversed(one.items())) for one in data.draw(st.permutations(found))]
    assert file_text("export", generation, shuffled) == file_text("export", generation, found)


@given(configs(), st.booleans())
def test_a_file_is_read_back_without_templates(
    generation_and_configs: tuple[Generation, list[dict[str, Any]]], timestamps: bool
) -> None:
    generation, found = generation_and_configs
    exported = exported_configs(generation, found, timestamps)
    content = check_file("configs.yml", to_builtin_types(load_vars(file_text("export", generation, exported))))
    assert set(content) == {"generation", "configs"}
    assert parse_generation(content["generation"]) is generation
    identity = itemgetter(*generation.identity_options)
    assert content["configs"] == sorted(exported, key=identity)


def test_configurations_are_sorted_by_identity() -> None:
    numbers = [10, 2, 1]
    loaded = load_vars(file_text("adopt", FC2, [config(FC2, number) for number in numbers]))
    assert [one["function_name"] for one in loaded["configs"]] == [
        "function_name1",
        "function_name10",
        "function_name2",
    ]


def test_the_first_lines_name_the_playbook_and_the_next_command() -> None:
    lines = file_text("adopt", FC3, []).splitlines()
    assert "FC 3.0" in lines[0]
    assert "alicloud.fc.adopt" in lines[0]
    assert "ansible-playbook alicloud.fc.apply -e config_file=" in lines[1]
    assert lines[2:] == ["---", 'generation: "3.0"', "configs: []"]


@BOTH_GENERATIONS
def test_only_identity_and_settings_are_exported(generation: Generation) -> None:
    [exported] = exported_configs(generation, [config(generation)], timestamps=False)
    settings = {field.path[0] for field in generation.fields}
    assert set(exported) == {*generation.identity_options, *settings}
    [with_times] = exported_configs(generation, [config(generation)], timestamps=True)
    assert set(with_times) - set(exported) == {"created_time", "last_modified_time"}


@BOTH_GENERATIONS
@pytest.mark.parametrize("timestamps", [False, True])
def test_exported_configurations_are_valid_options(generation: Generation, timestamps: bool) -> None:
    [exported] = exported_configs(generation, [config(generation, qualifier="live")], timestamps)
    parse_desired(generation, exported)


def test_a_file_for_each_service() -> None:
    found = [config(FC2, 1, service_name="b"), config(FC2, 2, service_name="a"), config(FC2, 0, service_name="b")]
    files = export_files(FC2, found, FOLDER, per_service=True)
    assert files == [
        {"path": os.path.join(FOLDER, "a.yml"), "content": file_text("export", FC2, [found[1]])},
        {"path": os.path.join(FOLDER, "b.yml"), "content": file_text("export", FC2, [found[0], found[2]])},
    ]
    assert export_files(FC2, [], FOLDER, per_service=True) == []


def test_one_file_even_without_configurations() -> None:
    path = os.path.join(FOLDER, "all.yml")
    assert export_files(FC2, [], path, per_service=False) == [{"path": path, "content": file_text("export", FC2, [])}]


@pytest.mark.parametrize("name", ["", ".", "..", "../shop", "a/b", "/etc/x", ".shop", "shop\n", "a.b", "a b", "1a"])
def test_unsafe_names_of_services_are_not_names_of_files(name: str) -> None:
    with pytest.raises(UnsafeName, match=r"^file_per_service: the service name '.*' cannot be used as a file name.$"):
        export_files(FC2, [config(FC2), config(FC2, service_name=name)], FOLDER, per_service=True)


@given(st.text(alphabet="ab._-/\\~\0\n1", max_size=6))
def test_no_file_is_outside_the_directory(name: str) -> None:
    try:
        files = export_files(FC2, [config(FC2, service_name=name)], FOLDER, per_service=True)
    except UnsafeName:
        return
    assert [os.path.dirname(os.path.normpath(one["path"])) for one in files] == [FOLDER]


def test_services_that_differ_in_case_do_not_share_a_file() -> None:
    found = [config(FC2, service_name="Shop"), config(FC2, service_name="shop")]
    with pytest.raises(UnsafeName, match="'Shop' and 'shop'"):
        export_files(FC2, found, FOLDER, per_service=True)


def test_files_of_services_without_configurations_are_reported() -> None:
    files = [{"path": "/out/shop.yml", "content": ""}]
    assert stale_files("/out", ["shop.yml", "README.md"], files) == []
    [warning] = stale_files("/out", ["mail.yml", "shop.yml", "back.yml"], files)
    assert warning.startswith("/out contains files that are not part of this export: 'back.yml', 'mail.yml'. ")
    [warning] = stale_files("/out", [f"s{number}.yml" for number in range(12)], [])
    assert "'s9.yml'" not in warning
    assert " and 2 more. " in warning


def test_only_files_of_the_playbooks_are_overwritten() -> None:
    text = file_text("adopt", FC2, [config(FC2, 1)])
    assert is_written_by_playbook(text)
    assert is_written_by_playbook(text.replace("LATEST", "live"))
    assert is_written_by_playbook(" \n")
    assert not is_written_by_playbook("configs: []\n" + text)
    assert not is_written_by_playbook('{"version": 4}')
