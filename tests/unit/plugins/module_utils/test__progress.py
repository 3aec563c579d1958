# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file in which the modules report their progress."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Filter

from .store_client import StoreClient
from .test__bulk import all_identities, store_with


class Clock:
    """A clock that only advances when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "progress.json"


def content(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found


def test_a_phase_is_reported_at_its_start_twice_a_second_and_at_its_end(path: Path) -> None:
    clock = Clock()
    progress = Progress(str(path), clock)
    progress.start("read", "configurations", 100)
    reported = [content(path)["done"]]
    for _number in range(100):
        clock.now += 0.0625
        progress.advance()
        if content(path)["done"] != reported[-1]:
            reported.append(content(path)["done"])
    assert reported == [*range(0, 100, 8), 100]
    assert content(path) == {"phase": "read", "items": "configurations", "done": 100, "total": 100}


def test_a_new_phase_is_reported_immediately(path: Path) -> None:
    progress = Progress(str(path), Clock())
    progress.start("list", "functions", 3)
    progress.advance()
    progress.start("read", "configurations", 2)
    assert content(path) == {"phase": "read", "items": "configurations", "done": 0, "total": 2}


def test_a_phase_without_items_is_not_reported(path: Path) -> None:
    progress = Progress(str(path), Clock())
    progress.start("write", "configurations", 0)
    progress.advance()
    assert not path.exists()


def test_only_the_owner_can_read_the_file_and_nothing_else_is_left(path: Path) -> None:
    path.write_text("previous", "utf-8")
    path.chmod(0o666)
    progress = Progress(str(path), Clock())
    progress.start("read", "functions", 1)
    progress.advance()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert os.listdir(path.parent) == [path.name]


def test_readers_never_see_an_incomplete_report(path: Path) -> None:
    """Each thread reads the file after each item while the other threads write it."""

    class EachItem(Clock):
        """A clock that makes every item due."""

        def __call__(self) -> float:
            self.now += 1
            return self.now

    progress = Progress(str(path), EachItem())
    progress.start("read", "functions", 400)
    seen = map_concurrently(lambda _item: content(path)["done"], range(400), 8, progress.advance)
    assert all(0 <= done <= 400 for done in seen)
    assert content(path)["done"] == 400


def test_a_relative_path_is_supported(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    Progress(path.name).start("read", "functions", 1)
    assert content(path)["total"] == 1


@pytest.mark.parametrize("name", ["missing/progress.json", "folder", "nul\0", ""])
def test_errors_are_ignored_and_leave_nothing_behind(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    progress = Progress(f"{tmp_path}/{name}", Clock())
    progress.start("read", "functions", 2)
    progress.advance()
    progress.advance()
    assert [one.name for one in tmp_path.rglob("*")] == ["folder"]


def test_after_an_error_nothing_is_written(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    progress = Progress(str(folder / "progress.json"), Clock())
    progress.start("read", "functions", 2)
    folder.mkdir()
    progress.start("write", "configurations", 2)
    assert os.listdir(folder) == []


# --- Phases ---------------------------------------------------------------------------------------------------------


class Recorder(Progress):
    """Records each phase as a list of its name, its items, the number of processed items and their total."""

    def __init__(self) -> None:
        super().__init__()
        self.phases: list[list[Any]] = []

    def start(self, phase: str, items: str, total: int) -> None:
        self.phases.append([phase, items, 0, total])

    def advance(self, _item: object = None) -> None:
        self.phases[-1][2] += 1


def bulk_phases(purge: str, check_mode: bool) -> list[list[Any]]:
    """Run a task with one unchanged and two changed configurations of s:f in an account where s has f and g."""
    recorder, store = Recorder(), store_with(FC2, {one: {"maximum_retry_attempts": 1} for one in all_identities(FC2)})
    attempts = {"s:f:LATEST": 1, "s:f:live": 2, "s:f:1": 3}
    desired = [parse_desired(FC2, {"id": name, "maximum_retry_attempts": one}) for name, one in attempts.items()]
    client: Any = StoreClient(store, FC2)
    task = Bulk(client, 1, purge, check_mode, lambda _warning: None, Interruption(), progress=recorder)
    assert {entry.error for entry in task.run(desired)} == {None}
    return [phase for phase in recorder.phases if phase[3]]


def test_bulk_tasks_report_reads_and_writes() -> None:
    assert bulk_phases("none", False) == [
        ["list", "functions", 1, 1], ["read", "configurations", 3, 3], ["write", "configurations", 2, 2]
    ]  # fmt: skip


def test_bulk_tasks_report_purges() -> None:
    assert bulk_phases("service", False) == [
        ["list", "services", 1, 1], ["list", "functions", 2, 2], ["read", "configurations", 3, 3],
        ["write", "configurations", 2, 2], ["purge", "configurations", 3, 3],
    ]  # fmt: skip


@pytest.mark.parametrize("purge", ["none", "function", "service"])
def test_bulk_tasks_report_no_writes_in_check_mode(purge: str) -> None:
    assert {phase[0] for phase in bulk_phases(purge, True)} == {"list", "read"}


@pytest.mark.parametrize(
    ("api", "phases"),
    [
        (FC2, [["list", "services", 2, 2], ["read", "functions", 4, 4]]),
        (FC3, [["read", "functions", 2, 2]]),
    ],
    ids=["FC2", "FC3"],
)
def test_info_tasks_report_reads(api: Generation, phases: list[list[Any]]) -> None:
    recorder, store = Recorder(), store_with(api, {one: {"maximum_retry_attempts": 1} for one in all_identities(api)})
    client: Any = StoreClient(store, api)
    ConfigReader(client, 1, recorder).read(Filter())
    assert recorder.phases == phases
