# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A callback plugin that writes [name, seconds, succeeded] for each task to the JSON file in $BENCH_TASK_TIMES."""

from __future__ import annotations

import json
import os
import time
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: task_times
type: aggregate
short_description: Write task durations as JSON
description:
  - Writes a JSON file with the name of each task, its duration in seconds and whether it succeeded.
  - The environment variable BENCH_TASK_TIMES specifies the path of the file.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]
    """Measures the time from the start of a task to its result."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "task_times"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self._started = 0.0
        self._times: list[tuple[str, float, bool]] = []

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Record the start of a task."""
        self._started = time.perf_counter()

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a successful task."""
        self._times.append((str(result.task_name), time.perf_counter() - self._started, True))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Record a failed task."""
        self._times.append((str(result.task_name), time.perf_counter() - self._started, False))

    def v2_playbook_on_stats(self, stats: Any) -> None:
        """Write the file."""
        with open(os.environ["BENCH_TASK_TIMES"], "w", encoding="utf-8") as file:
            json.dump(self._times, file)
