# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever a service says fits into a line of a terminal."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters()), st.integers(min_value=0, max_value=50))
def test_every_character_is_printable_and_no_more_than_the_longest_are_shown(text: str, longest: int) -> None:
    shown, _cut, left_out = printable(text, longest).partition(" [... ")
    assert printable(text, longest).isprintable()
    if " [... " not in text:
        assert len(shown) <= longest
        assert bool(left_out) or len(text) <= longest


@pytest.mark.parametrize("text", ["", "ordinary", "größe 函数🙂", "x" * 500])
def test_short_printable_text_stays_as_it_is(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("\x1b[2J", r"\x1b[2J"), ("\ud800", r"\ud800"), ("a\nb\0", r"a\nb\x00"), ("\u202e", r"\u202e"), (None, "None")],
)
def test_what_is_not_printable_becomes_its_escape_sequence(text: Any, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize("longest", [10, 500, 70_000])
def test_a_long_text_says_how_much_of_it_is_not_shown(longest: int) -> None:
    assert printable("x" * 1_000_000, longest) == f"{'x' * longest} [... {1_000_000 - longest} more characters]"


def test_a_text_is_whole_if_it_is_allowed_to_be_long() -> None:
    assert printable("x" * 100_000, 200_000) == "x" * 100_000
