# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A thousand random histories of tasks and faults: no config is lost that nobody asked to remove."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from emulator import Emulator
from support.fields import task_field

from .world import APIS, QUEUE, TOPIC, World

HISTORIES = 1000
#: So many to a test, so that a failure names few seeds and shows its own.
BATCH = 50
TASKS = 4

#: Behaviours that the service might have; see the emulator's README.
SWITCHES: Mapping[str, tuple[Any, ...]] = {
    "put_merge": ("merge", "merge_nested", "replace"),
    "unset_destination": ("null", "halves_null", "nested_null", "empty", "missing"),
    "unset_event_age": ("null", "default", "missing"),
    "unset_retry_attempts": ("null", "default", "missing"),
    "unset_stateful": ("null", "default", "missing"),
    "empty_arn_parts": ("stored", "expanded"),
    "put_answer": ("stored", "echo"),
    "delete_missing": ("not_found", "no_content"),
    "modified_on_noop": (True, False),
    "error_spelling": ("by_version", "ErrorCode", "RequestID", "RequestId"),
}
#: What a request may meet: its answer is refused, lost, late in coming, or not what it should be.
FAULTS: tuple[Mapping[str, Any], ...] = (
    {"status": 429},
    {"status": 429, "headers": {"x-acs-retry-after": "1"}},
    {"status": 503},
    {"status": 500},
    {"status": 500, "after": True},
    {"status": 409},
    {"status": 403},
    {"status": 400, "message": "not this one"},
    {"drop": "before"},
    {"drop": "after"},
    {"truncate": True},
    {"body": "<html>It works!</html>"},
    {"status": 502, "body": "<html>Bad gateway</html>"},
)
VALUES: Mapping[str, tuple[Any, ...]] = {
    "destination_config.on_failure.destination": (QUEUE, TOPIC, "acs:mns:::/queues/failed/messages"),
    "destination_config.on_success.destination": (QUEUE, TOPIC),
    "maximum_event_age_in_seconds": (1, 60, 86400, 604800),
    "maximum_retry_attempts": (0, 1, 2, 3, 8),
    "task_mode": (True, False),
}


def random_task(chance: random.Random, world: World) -> dict[str, Any]:
    """The options of a task."""
    task: dict[str, Any] = {"omitted_options": chance.choice(["reset", "keep"])}
    if chance.random() < 0.2:
        task["state"] = "absent"
    for path, choices in VALUES.items():
        if chance.random() < 0.5:
            continue
        option = task_field(world.api).option if path == "task_mode" else path
        level = task
        *above, last = option.split(".")
        for name in above:
            level = level.setdefault(name, {})
        level[last] = chance.choice(choices)
    return task


def random_faults(chance: random.Random, emulator: Emulator) -> None:
    """Up to two faults: on some requests, or on all from one on."""
    for _fault in range(chance.choice([0, 0, 1, 1, 2])):
        emulator.faults.add(
            chance.choice(["*", "Put*", "Get*", "Delete*"]),
            skip=chance.randrange(4),
            times=chance.choice([1, 1, 2, 5, None]),
            probability=chance.choice([1.0, 1.0, 0.5]),
            seed=chance.randrange(1000),
            **chance.choice(FAULTS),
        )


def play(emulator: Emulator, seed: int) -> list[str]:
    """One history; returns how each of its tasks ended."""
    chance = random.Random(seed)
    emulator.reset()
    emulator.switches.update({name: chance.choice(choices) for name, choices in SWITCHES.items()})
    world = World(emulator, chance.choice(list(APIS.values())))
    ends = []
    for _task in range(TASKS):
        before = world.truth()
        desired = world.desired(**random_task(chance, world))
        emulator.faults.clear()
        random_faults(chance, emulator)
        end = world.judge(desired, before)
        ends.append(end)
        if before is not None and desired.present and end in ("converged", "as before"):
            assert world.truth() is not None, "nobody asked to remove it"
    return ends


@pytest.mark.parametrize("first", range(0, HISTORIES, BATCH))
def test_no_history_loses_a_config(emulator: Emulator, first: int) -> None:
    ends = []
    for seed in range(first, first + BATCH):
        try:
            ends += play(emulator, seed)
        except Exception as error:
            raise AssertionError(f"history {seed}: {error!r}") from error
    assert ends.count("converged") > len(ends) / 2, "or too little of it was about tasks that work"
    assert ends.count("converged") < len(ends), "or none of it was about tasks that fail"


@pytest.mark.parametrize("seed", range(40))
def test_reads_that_lag_behind_lose_nothing_either(emulator: Emulator, seed: int) -> None:
    """Without faults, since a read that lags behind and one that is true cannot be told apart after a failure."""
    chance = random.Random(seed)
    emulator.switches.update({name: chance.choice(choices) for name, choices in SWITCHES.items()})
    emulator.switches.stale_reads = chance.choice([1, 2, 3])
    world = World(emulator, chance.choice(list(APIS.values())))
    for _task in range(TASKS):
        before = world.truth()
        assert world.judge(world.desired(**random_task(chance, world)), before) == "converged"
        # Time passes between two tasks, and readers see what is there.
        for _read in range(emulator.switches.stale_reads):
            world.client.get(world.identity)
