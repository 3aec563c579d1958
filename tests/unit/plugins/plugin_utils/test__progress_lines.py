# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When progress is displayed, and how it is formatted."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress_lines import (
    Lines,
    Pace,
    Report,
    is_wanted,
    parse_report,
    remaining,
    seconds_between_lines,
)
from hypothesis import given
from hypothesis import strategies as st

TOTAL = 2000
LINE = re.compile(
    r"\[\S+\] (?:No progress for [0-9]+ s|(?:Listed|Read|Wrote|Purged) [0-9,]+ of [0-9,]+ "
    r"(?:service|function|configuration)s?(?:, (?:about [0-9]+ (?:s|min|h) left|no progress for [0-9]+ s))?)\."
)
REPORTS = st.builds(
    lambda phase, items, done, more: Report(phase, items, done, done + more),
    st.sampled_from(["list", "read", "write", "purge"]),
    st.sampled_from(["services", "functions", "configurations"]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
)


def read(done: int, total: int = TOTAL) -> Report:
    return Report("read", "configurations", done, total)


def lines_of(polls: list[tuple[float, Report | None]], interval: float = 5.0, host: str = "prod") -> dict[float, str]:
    """Return the displayed lines by time. The task starts at second 0."""
    lines = Lines(host, interval, 0.0)
    displayed = {now: lines.next(report, now) for now, report in polls}
    return {now: line for now, line in displayed.items() if line is not None}


def steady(rate: float, until: float) -> list[tuple[float, Report | None]]:
    """Return polls every half second of a task that processes ``rate`` configurations per second."""
    times = [number / 2 for number in range(1, int(until * 2) + 1)]
    return [(now, read(min(TOTAL, int(now * rate)))) for now in times]


# --- Reports --------------------------------------------------------------------------------------------------------


@given(REPORTS)
def test_a_report_is_parsed(report: Report) -> None:
    assert parse_report(json.dumps(vars(report))) == report


VALID: dict[str, Any] = {"phase": "read", "items": "functions", "done": 1, "total": 2}


@pytest.mark.parametrize(
    "change",
    [
        {"phase": "\x1b[2J"}, {"phase": ["read"]}, {"phase": None}, {"items": "secrets"}, {"items": ["functions"]},
        {"done": -1}, {"done": 3}, {"done": True}, {"done": 1.5}, {"done": "1"}, {"total": None}, {"total": 10**12},
    ],
    ids=str,
)  # fmt: skip
def test_an_invalid_report_is_ignored(change: dict[str, Any]) -> None:
    assert parse_report(json.dumps(VALID)) is not None
    assert parse_report(json.dumps({**VALID, **change})) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "1", '{"phase": "read"}', "[" * 100_000, "1" * 5000])
def test_other_text_is_ignored(text: str) -> None:
    assert parse_report(text) is None


@given(st.text())
def test_arbitrary_text_is_ignored(text: str) -> None:
    assert parse_report(text) is None


@pytest.mark.parametrize(
    ("report", "text"),
    [
        (read(640), "Read 640 of 2,000 configurations"),
        (Report("list", "services", 0, 1), "Listed 0 of 1 service"),
        (Report("list", "functions", 1, 12), "Listed 1 of 12 functions"),
        (Report("write", "configurations", 1500, 12000), "Wrote 1,500 of 12,000 configurations"),
        (Report("purge", "configurations", 1, 1), "Purged 1 of 1 configuration"),
    ],
)
def test_reports_are_formatted(report: Report, text: str) -> None:
    assert report.text == text


# --- Whether progress is wanted -------------------------------------------------------------------------------------

WANTED: dict[str, Any] = {
    "no_log": False, "is_async": False, "is_local": True, "becomes": False, "callback": "default", "one_line": False,
    "enabled": True,
}  # fmt: skip


@pytest.mark.parametrize("callback", ["default", "community.general.yaml", "ansible.builtin.default", "awx_display"])
def test_progress_is_displayed(callback: str) -> None:
    assert is_wanted(**{**WANTED, "callback": callback})


@pytest.mark.parametrize(
    "change",
    [
        {"no_log": True}, {"is_async": True}, {"is_local": False}, {"becomes": True}, {"one_line": True},
        {"enabled": False}, {"callback": "json"}, {"callback": "ansible.posix.jsonl"}, {"callback": "my.own.null"},
        {"callback": "xml"},
    ],
    ids=str,
)  # fmt: skip
def test_progress_is_not_displayed(change: dict[str, Any]) -> None:
    assert not is_wanted(**{**WANTED, **change})


def test_stored_output_has_fewer_lines() -> None:
    assert seconds_between_lines(True, "default") == 5
    assert seconds_between_lines(False, "default") == 30
    assert seconds_between_lines(True, "awx_display") == 30


# --- Remaining time -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.1, "about 5 s left"), (5.1, "about 10 s left"), (20, "about 20 s left"), (20.1, "about 30 s left"),
        (38, "about 40 s left"), (60, "about 60 s left"), (61, "about 2 min left"), (150, "about 3 min left"),
        (5400, "about 90 min left"), (5401, "about 2 h left"),
    ],
)  # fmt: skip
def test_the_remaining_time_is_rounded_up(seconds: float, text: str) -> None:
    assert remaining(seconds) == text


@given(st.floats(0, 10**6))
def test_the_remaining_time_is_never_shorter_than_estimated(seconds: float) -> None:
    number, unit = remaining(seconds).split()[1:3]
    displayed = int(number) * {"s": 1, "min": 60, "h": 3600}[unit]
    assert seconds <= displayed <= max(5, 2 * seconds)


@given(st.integers(1, 100), st.integers(3, 60))
def test_a_constant_rate_is_measured_exactly(rate: int, seconds: int) -> None:
    pace, total = Pace(), rate * 100
    for now in range(seconds + 1):
        pace.add(read(now * rate, total), float(now))
    assert pace.seconds_left(read(seconds * rate, total)) == pytest.approx(100 - seconds)


def test_the_remaining_time_depends_on_the_recent_rate_of_the_phase() -> None:
    pace = Pace()
    for now in range(100):
        pace.add(Report("list", "functions", now, 100), float(now))
    pace.add(read(0), 100.0)
    assert pace.seconds_left(read(0)) is None
    for now in range(101, 131):
        pace.add(read(now - 100), float(now))
    for now in range(131, 170):  # ten times as fast, for longer than the recent period
        pace.add(read(30 + 10 * (now - 130)), float(now))
    assert pace.seconds_left(read(420)) == pytest.approx((TOTAL - 420) / 10)


# --- Lines ----------------------------------------------------------------------------------------------------------


def test_a_terminal_gets_a_line_every_five_seconds() -> None:
    assert lines_of(steady(50, 16)) == {
        5.0: "[prod] Read 250 of 2,000 configurations, about 40 s left.",
        10.0: "[prod] Read 500 of 2,000 configurations, about 30 s left.",
        15.0: "[prod] Read 750 of 2,000 configurations, about 30 s left.",
    }


def test_other_output_gets_a_line_every_thirty_seconds() -> None:
    assert list(lines_of(steady(5, 100), 30.0)) == [5.0, 35.0, 65.0, 95.0]


def test_a_short_task_displays_nothing() -> None:
    assert lines_of(steady(500, 4.5)) == {}


def test_a_task_without_progress_says_so_once_a_minute() -> None:
    polls: list[tuple[float, Report | None]] = [(float(now), read(640 if now >= 4 else 0)) for now in range(1, 200)]
    lines = lines_of(polls)
    assert list(lines) == [5.0, 64.0, 124.0, 184.0]
    assert lines[64.0] == "[prod] Read 640 of 2,000 configurations, no progress for 60 s."
    assert lines[184.0] == "[prod] Read 640 of 2,000 configurations, no progress for 180 s."


def test_a_task_that_never_reports_anything_says_so_once_a_minute() -> None:
    assert lines_of([(float(now), None) for now in range(1, 130)]) == {
        60.0: "[prod] No progress for 60 s.",
        120.0: "[prod] No progress for 120 s.",
    }


def test_the_latest_report_is_displayed_if_the_file_is_temporarily_missing() -> None:
    assert lines_of([(4.0, read(1)), (6.0, None)]) == {6.0: "[prod] Read 1 of 2,000 configurations."}


def test_a_new_phase_is_displayed_even_if_the_number_is_the_same() -> None:
    lines = lines_of([(5.0, Report("list", "functions", 1, 2)), (10.0, Report("read", "functions", 1, 2))])
    assert list(lines.values()) == ["[prod] Listed 1 of 2 functions.", "[prod] Read 1 of 2 functions."]


def test_the_host_name_is_escaped_and_shortened() -> None:
    [line] = lines_of([(5.0, read(1))], host="\x1b[2J" + "h" * 500).values()
    assert line.isprintable()
    assert line.startswith(r"[\x1b[2Jhhh")
    assert len(line) < 200


@given(
    st.lists(st.tuples(st.floats(0.1, 20), st.integers(0, 200)), max_size=60),
    st.sampled_from([5.0, 30.0]),
)
def test_lines_are_rare_never_repeated_and_contain_only_fixed_words(
    steps: list[tuple[float, int]], interval: float
) -> None:
    now, done, polls = 0.0, 0, []
    for seconds, more in steps:
        now, done = now + seconds, min(TOTAL, done + more)
        polls.append((now, read(done)))
    lines = lines_of(list(polls), interval)
    times = list(lines)
    assert all(now >= 5 for now in times)
    assert all(later - earlier >= interval - 1e-6 for earlier, later in zip(times, times[1:], strict=False))
    assert len(set(lines.values())) == len(lines)
    assert all(LINE.fullmatch(line) for line in lines.values())
    known = dict(polls)
    for now, line in lines.items():
        report = known[now]
        assert line.startswith(f"[prod] {report.text}")
