# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The context in which the progress of a module is displayed."""

from __future__ import annotations

import os
import signal
import stat
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.plugin_utils import _progress
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress import progress_options
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress_lines import Lines

REPORT = '{"phase": "read", "items": "functions", "done": 1, "total": 2}'


class Templar:
    """A templar without templates."""

    @staticmethod
    def template(value: Any) -> Any:
        return value


def action(**changes: Any) -> Any:
    """Return the part of an action plugin that is used."""
    found = {"no_log": False, "async_val": 0, "transport": "local", "become": None, **changes}
    return SimpleNamespace(
        _task=SimpleNamespace(no_log=found["no_log"], async_val=found["async_val"]),
        _connection=SimpleNamespace(transport=found["transport"], become=found["become"]),
        _templar=Templar(),
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory that Ansible removes when it exits."""
    monkeypatch.setattr(_progress, "DEFAULT_LOCAL_TMP", str(tmp_path))
    monkeypatch.delenv("ALIBABACLOUD_FC_PROGRESS", raising=False)
    return tmp_path


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The displayed lines. They are displayed without delays."""
    displayed: list[str] = []
    display = SimpleNamespace(display=lambda line, stderr: displayed.append(line) if stderr else None)
    monkeypatch.setattr(_progress, "Display", lambda: display)
    monkeypatch.setattr(_progress, "_POLL_INTERVAL", 0.01)
    monkeypatch.setattr(Lines, "_FIRST", 0.0)
    return displayed


def threads() -> set[threading.Thread]:
    return set(threading.enumerate())


def test_the_file_is_in_a_private_directory_that_is_removed(folder: Path, lines: list[str]) -> None:
    before = threads()
    with progress_options(action(), {"inventory_hostname": "prod"}) as options:
        path = Path(options["progress_file"])
        assert path.is_relative_to(folder)
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert len(threads() - before) == 1
    assert os.listdir(folder) == []
    assert threads() == before
    assert lines == []


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit])
def test_the_directory_and_the_thread_are_removed_after_a_failure(folder: Path, error: type[BaseException]) -> None:
    before = threads()
    with pytest.raises(error), progress_options(action(), {}):
        raise error
    assert os.listdir(folder) == []
    assert threads() == before


def test_the_report_is_displayed(lines: list[str]) -> None:
    before = threads()
    with progress_options(action(), {"inventory_hostname": "prod"}) as options:
        Path(options["progress_file"]).write_text(REPORT, "utf-8")
        [thread] = threads() - before
        while not lines and thread.is_alive():
            thread.join(0.01)
    assert lines == ["[prod] Read 1 of 2 functions."]


def test_signals_interrupt_the_main_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise, the main thread would not stop waiting for the module."""
    blocked: list[set[int]] = []
    watching = threading.Event()

    def watch(*_arguments: Any) -> None:
        blocked.append(set(signal.pthread_sigmask(signal.SIG_BLOCK, ())))
        watching.set()

    monkeypatch.setattr(_progress, "_watch", watch)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    with progress_options(action(), {}):
        assert watching.wait(30)
        assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == before
    assert blocked[0] >= {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}


@pytest.mark.usefixtures("lines")
def test_an_error_of_the_display_does_not_fail_the_task(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: Any, **_others: Any) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(_progress, "Display", lambda: SimpleNamespace(display=fail))
    before = threads()
    with progress_options(action(), {}) as options:
        Path(options["progress_file"]).write_text(REPORT, "utf-8")
        for thread in threads() - before:
            thread.join(30)
            assert not thread.is_alive()


@pytest.mark.parametrize(
    "changes", [{"no_log": True}, {"async_val": 60}, {"transport": "ssh"}, {"become": "sudo"}], ids=str
)
def test_nothing_is_passed_to_the_module_if_progress_is_not_wanted(folder: Path, changes: dict[str, Any]) -> None:
    before = threads()
    with progress_options(action(**changes), {}) as options:
        assert options == {}
        assert threads() == before
        assert os.listdir(folder) == []


@pytest.mark.parametrize("value", [False, "false", "no", 0, "unknown", None])
def test_the_variable_disables_progress(value: Any) -> None:
    with progress_options(action(), {"alicloud_fc_progress": value}) as options:
        assert options == {}


@pytest.mark.parametrize(("value", "enabled"), [("true", True), ("1", True), ("false", False), ("0", False)])
def test_the_environment_variable_disables_progress(monkeypatch: pytest.MonkeyPatch, value: str, enabled: bool) -> None:
    monkeypatch.setenv("ALIBABACLOUD_FC_PROGRESS", value)
    with progress_options(action(), {"alicloud_fc_progress": True}) as options:
        assert bool(options) is enabled


@pytest.mark.parametrize("callback", ["json", "ansible.posix.json", "null"])
def test_callbacks_for_programs_disable_progress(monkeypatch: pytest.MonkeyPatch, callback: str) -> None:
    monkeypatch.setattr(_progress, "DEFAULT_STDOUT_CALLBACK", callback)
    with progress_options(action(), {}) as options:
        assert options == {}


def test_the_module_runs_without_progress_if_the_directory_cannot_be_created(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_progress, "DEFAULT_LOCAL_TMP", str(folder / "missing"))
    with progress_options(action(), {}) as options:
        assert options == {}
