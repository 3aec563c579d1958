# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that makes text safe to display on one line of a terminal."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from hypothesis import given
from hypothesis import strategies as st


@given(st.text(st.characters()), st.integers(min_value=0, max_value=50))
def test_output_is_printable_and_limited(text: str, max_length: int) -> None:
    shown, _separator, omitted = printable(text, max_length).partition(" [... ")
    assert printable(text, max_length).isprintable()
    if " [... " not in text:
        assert len(shown) <= max_length
        assert bool(omitted) or len(text) <= max_length


@pytest.mark.parametrize("text", ["", "ordinary", "größe 函数🙂", "x" * 500])
def test_short_printable_text_is_unchanged(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [("\x1b[2J", r"\x1b[2J"), ("\ud800", r"\ud800"), ("a\nb\0", r"a\nb\x00"), ("\u202e", r"\u202e"), (None, "None")],
)
def test_unprintable_characters_are_escaped(text: Any, expected: str) -> None:
    assert printable(text) == expected


@pytest.mark.parametrize("max_length", [10, 500, 70_000])
def test_truncated_text_reports_the_number_of_omitted_characters(max_length: int) -> None:
    assert (
        printable("x" * 1_000_000, max_length) == f"{'x' * max_length} [... {1_000_000 - max_length} more characters]"
    )


def test_max_length_can_be_increased() -> None:
    assert printable("x" * 100_000, 200_000) == "x" * 100_000
