# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that writes variables files, which Ansible's loader and template engine must read correctly."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from ansible import template as ansible_template
from ansible.errors import AnsibleFilterError
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar
from ansible_collections.alicloud.fc.plugins.filter.to_yaml_vars import to_yaml_vars
from hypothesis import example, given
from hypothesis import strategies as st

#: Strings with a special meaning in Ansible, YAML or JSON.
SPECIAL_STRINGS = [
    "{{ 1 + 1 }}", "{{", "{% for x in y %}", "{# hidden #}", "{{ lookup('ansible.builtin.pipe', 'id') }}",
    "#jinja2: variable_start_string:'['\n[ 1 + 1 ]", "<% 1 %>", "${x}", "!vault", "!unsafe '{{ x }}'",
    "!!python/name:os", "$ANSIBLE_VAULT;1.1;AES256", "yes", "no", "null", "~", "", " ", "=", "<<", "*a", "&a", "- a",
    "a: b", "a #b", "? a", "true\n", "1\n", "12", "1_000", "1:30", "0x1F", "1e3", ".inf", ".nan", "2026-01-31",
    "2001-12-14\t21:59:43",
    "---", "...", "%TAG", "@x", "`x`", "'", '"', "\\", "a\nb", "a\r\nb\n", "\n", "\t", "\0", "\x1b[2J", "\x7f", "\x85",
    "\u2028", "\u202ebidi", "\ufeff", "\ufffe", "\U0010ffff", "größe", "函数", "🙂", "[1]", '{"a": 1}', "{'a': 1}",
    "True",
    "__ansible_unsafe", "__ansible_vault", "__ansible_type",
]  # fmt: skip
TEXT = st.sampled_from(SPECIAL_STRINGS) | st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("{}%#!\n:'\"")
)
SCALARS = TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates()
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


def load_vars(text: str) -> Any:
    """Load a variables file as trusted input and render its templates."""
    # ansible-core 2.18 trusts strings by default.
    trust = getattr(ansible_template, "trust_as_template", to_builtin_types)
    loader = DataLoader()
    return Templar(loader=loader, variables={}).template(loader.load(trust(to_builtin_types(text))))


def to_builtin_types(data: Any) -> Any:
    """Convert data to built-in types."""
    if isinstance(data, dict):
        return {to_builtin_types(key): to_builtin_types(value) for key, value in data.items()}
    if isinstance(data, list):
        return [to_builtin_types(item) for item in data]
    return str.__str__(data) if isinstance(data, str) else data


def test_load_vars_renders_templates() -> None:
    assert load_vars("value: '{{ 1 + 1 }}'") in ({"value": 2}, {"value": "2"})


@given(DATA)
@example({text: [text, {"value": text}] for text in SPECIAL_STRINGS})
def test_data_is_preserved_and_never_templated(data: Any) -> None:
    text = to_yaml_vars({"data": data})
    text.encode()
    found = to_builtin_types(load_vars(text))
    assert found == {"data": data}
    assert repr(found) == repr(to_builtin_types(with_sorted_keys({"data": data})))  # 1 == True == 1.0


def with_sorted_keys(data: Any) -> Any:
    """Return data with the keys of all dictionaries sorted."""
    if isinstance(data, dict):
        return {key: with_sorted_keys(data[key]) for key in sorted(data)}
    return [with_sorted_keys(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("data", [[], {}, [1], "{{ 1 + 1 }}", "$ANSIBLE_VAULT;1.1;AES256", [["a"], []], None])
def test_data_can_be_of_any_type(data: Any) -> None:
    assert to_builtin_types(load_vars(to_yaml_vars(data))) == data


def test_configs_are_written_without_tags_and_with_sorted_keys() -> None:
    destination = "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"
    shared = {"destination": destination}
    config = {"qualifier": "LATEST", "function_name": "resize", "created_time": "2026-01-31T12:00:00Z", "retries": 0}
    assert to_yaml_vars({"configs": [{**config, "on_success": shared, "on_failure": shared}]}) == (
        "configs:\n"
        "- created_time: '2026-01-31T12:00:00Z'\n"
        "  function_name: resize\n"
        f"  on_failure:\n    destination: {destination}\n"
        f"  on_success:\n    destination: {destination}\n"
        "  qualifier: LATEST\n"
        "  retries: 0\n"
    )


def test_invisible_characters_are_escaped() -> None:
    assert to_yaml_vars(["a\u202eb", "größe", "\x1b"]) == '- !unsafe "a\\u202Eb"\n- größe\n- !unsafe "\\e"\n'


def test_long_strings_are_not_wrapped() -> None:
    assert to_yaml_vars(["word " * 100 + "{{"]).count("\n") == 1


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({"configs": [{"a": "\ud800"}]}, "['configs'][0]['a']: must not contain a lone surrogate."),
        ({"\ud800": 1}, r"['\ud800']: must not contain a lone surrogate."),
        (
            {"a": [object()]},
            "['a'][0]: must be text, a number, a boolean, null, a date, a list or a dictionary, not obj",
        ),
        ({(1, 2): 1}, "the key [(1, 2)]: must be a scalar, not tuple."),
        (b"bytes", "the data: must be text, a number, a boolean, null, a date, a list or a dictionary, not bytes."),
    ],
)
def test_unsupported_data_is_rejected_with_its_path(data: Any, problem: str) -> None:
    with pytest.raises(AnsibleFilterError) as exc_info:
        to_yaml_vars(data)
    assert f"to_yaml_vars: {problem}" in str(exc_info.value)


def test_cyclic_data_is_rejected() -> None:
    data: list[Any] = []
    data.append(data)
    with pytest.raises(AnsibleFilterError, match="is nested too deeply"):
        to_yaml_vars(data)


def test_dates_and_times_are_preserved() -> None:
    data = {"date": dt.date(2026, 1, 31), "time": dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc)}
    assert to_builtin_types(load_vars(to_yaml_vars(data))) == data
