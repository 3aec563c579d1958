# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables files are read back, by Ansible's own reader and templates, as what was written."""

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

#: Text that Ansible, YAML or JSON could take for something else.
ODD = [
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
TEXT = st.sampled_from(ODD) | st.text(
    alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("{}%#!\n:'\"")
)
SCALARS = TEXT | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.dates()
DATA = st.recursive(
    SCALARS,
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(TEXT, inside, max_size=4),
    max_leaves=12,
)


def read(text: str) -> Any:
    """What a task gets from a variables file with this text: read and templated, as text that Ansible trusts."""
    trust = getattr(ansible_template, "trust_as_template", plain)  # 2.18 trusts what is not marked
    loader = DataLoader()
    return Templar(loader=loader, variables={}).template(loader.load(trust(plain(text))))


def plain(data: Any) -> Any:
    """The same data in Python's own types."""
    if isinstance(data, dict):
        return {plain(key): plain(value) for key, value in data.items()}
    if isinstance(data, list):
        return [plain(item) for item in data]
    return str.__str__(data) if isinstance(data, str) else data


def test_the_test_itself_would_notice_a_template() -> None:
    assert read("value: '{{ 1 + 1 }}'") in ({"value": 2}, {"value": "2"})


@given(DATA)
@example({text: [text, {"value": text}] for text in ODD})
def test_what_is_written_is_read_back_and_never_templated(data: Any) -> None:
    text = to_yaml_vars({"data": data})
    text.encode()
    found = plain(read(text))
    assert found == {"data": data}
    assert repr(found) == repr(plain(sorted_keys({"data": data})))  # 1 == True == 1.0


def sorted_keys(data: Any) -> Any:
    """The same data with its dictionaries in the order of their keys."""
    if isinstance(data, dict):
        return {key: sorted_keys(data[key]) for key in sorted(data)}
    return [sorted_keys(item) for item in data] if isinstance(data, list) else data


@pytest.mark.parametrize("data", [[], {}, [1], "{{ 1 + 1 }}", "$ANSIBLE_VAULT;1.1;AES256", [["a"], []], None])
def test_a_document_need_not_be_a_dictionary(data: Any) -> None:
    assert plain(read(to_yaml_vars(data))) == data


def test_ordinary_configs_are_written_without_tags_and_in_order() -> None:
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


def test_what_a_reader_would_not_see_is_escaped() -> None:
    assert to_yaml_vars(["a\u202eb", "größe", "\x1b"]) == '- !unsafe "a\\u202Eb"\n- größe\n- !unsafe "\\e"\n'


def test_a_long_text_stays_on_one_line() -> None:
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
def test_what_cannot_be_read_back_is_refused_by_its_place(data: Any, problem: str) -> None:
    with pytest.raises(AnsibleFilterError) as refused:
        to_yaml_vars(data)
    assert f"to_yaml_vars: {problem}" in str(refused.value)


def test_data_that_is_nested_without_end_is_refused() -> None:
    data: list[Any] = []
    data.append(data)
    with pytest.raises(AnsibleFilterError, match="must not be nested so deeply"):
        to_yaml_vars(data)


def test_dates_and_times_stay_what_they_are() -> None:
    data = {"date": dt.date(2026, 1, 31), "time": dt.datetime(2026, 1, 31, 12, tzinfo=dt.timezone.utc)}
    assert plain(read(to_yaml_vars(data))) == data
