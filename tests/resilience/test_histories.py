# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that random sequences of tasks and faults delete a configuration only if a task requests the deletion."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import pytest
from emulator import Emulator
from support.fields import task_field

from .harness import GENERATIONS, QUEUE, TOPIC, Harness

HISTORIES = 1000
#: Few enough that a failure is easy to trace to a seed.
HISTORIES_PER_TEST = 50
TASKS = 4

#: Values for the emulator's behavior switches. See tests/emulator/README.md.
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
#: Faults that cause rejected requests, lost responses and malformed responses.
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


def random_task(rng: random.Random, harness: Harness) -> dict[str, Any]:
    """Return random task options."""
    task: dict[str, Any] = {"omitted_options": rng.choice(["reset", "keep"])}
    if rng.random() < 0.2:
        task["state"] = "absent"
    for option_path, choices in VALUES.items():
        if rng.random() < 0.5:
            continue
        option = task_field(harness.api).option if option_path == "task_mode" else option_path
        level = task
        *parents, leaf = option.split(".")
        for name in parents:
            level = level.setdefault(name, {})
        level[leaf] = rng.choice(choices)
    return task


def random_faults(rng: random.Random, emulator: Emulator) -> None:
    """Add up to two random faults, either temporary or permanent."""
    for _fault in range(rng.choice([0, 0, 1, 1, 2])):
        emulator.faults.add(
            rng.choice(["*", "Put*", "Get*", "Delete*"]),
            skip=rng.randrange(4),
            times=rng.choice([1, 1, 2, 5, None]),
            probability=rng.choice([1.0, 1.0, 0.5]),
            seed=rng.randrange(1000),
            **rng.choice(FAULTS),
        )


def run_history(emulator: Emulator, seed: int) -> list[str]:
    """Run the tasks of one history and return their outcomes."""
    rng = random.Random(seed)
    emulator.reset()
    emulator.switches.update({name: rng.choice(choices) for name, choices in SWITCHES.items()})
    harness = Harness(emulator, rng.choice(list(GENERATIONS.values())))
    outcomes = []
    for _task in range(TASKS):
        before = harness.stored_settings()
        desired = harness.desired(**random_task(rng, harness))
        emulator.faults.clear()
        random_faults(rng, emulator)
        outcome = harness.run_and_check(desired, before)
        outcomes.append(outcome)
        if before is not None and desired.present and outcome in ("converged", "unchanged"):
            assert harness.stored_settings() is not None, "the configuration was deleted although no task requested it"
    return outcomes


@pytest.mark.parametrize("first_seed", range(0, HISTORIES, HISTORIES_PER_TEST))
def test_random_histories_never_lose_a_config(emulator: Emulator, first_seed: int) -> None:
    outcomes = []
    for seed in range(first_seed, first_seed + HISTORIES_PER_TEST):
        try:
            outcomes += run_history(emulator, seed)
        except Exception as error:
            raise AssertionError(f"history {seed}: {error!r}") from error
    assert outcomes.count("converged") > len(outcomes) / 2, "most tasks must succeed"
    assert outcomes.count("converged") < len(outcomes), "some tasks must fail"


@pytest.mark.parametrize("seed", range(40))
def test_random_histories_converge_with_stale_reads(emulator: Emulator, seed: int) -> None:
    """No faults are injected because, after a failure, a stale read cannot be distinguished from a current read."""
    rng = random.Random(seed)
    emulator.switches.update({name: rng.choice(choices) for name, choices in SWITCHES.items()})
    emulator.switches.stale_reads = rng.choice([1, 2, 3])
    harness = Harness(emulator, rng.choice(list(GENERATIONS.values())))
    for _task in range(TASKS):
        before = harness.stored_settings()
        assert harness.run_and_check(harness.desired(**random_task(rng, harness)), before) == "converged"
        # Consume the remaining stale reads before the next task.
        for _read in range(emulator.switches.stale_reads):
            harness.client.get(harness.identity)
