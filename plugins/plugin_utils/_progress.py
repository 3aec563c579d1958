# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Display the progress of modules that process many configurations."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from ansible.constants import DEFAULT_LOCAL_TMP, DEFAULT_STDOUT_CALLBACK
from ansible.context import cliargs_deferred_get
from ansible.errors import AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress_lines import (
    Lines,
    Report,
    is_wanted,
    parse_report,
    seconds_between_lines,
)

#: Set to false to disable progress.
ENVIRONMENT_VARIABLE = "ALIBABACLOUD_FC_PROGRESS"
VARIABLE = "alicloud_fc_progress"
_OPTION = "progress_file"
#: Number of seconds between two reads of the file.
_POLL_INTERVAL = 0.5
#: Maximum number of seconds to wait for the thread. It can only block if Ansible does not display messages anymore.
_JOIN_TIMEOUT = 2.0
_LARGEST_FILE = 4096


def _is_terminal() -> bool:
    """Return whether the standard error of this process is a terminal."""
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # no stream, or a closed stream
        return False


#: Ansible loads action plugins before it starts the worker process, whose standard streams are not the terminal.
_TERMINAL = _is_terminal()


class ProgressAction(NormalAction):  # type: ignore[misc]  # Ansible has no type information
    """Runs the module of the same name and displays its progress."""

    def _execute_module(self, module_name: str | None = None, module_args: Any = None, **others: Any) -> dict[str, Any]:
        arguments = self._task.args if module_args is None else module_args
        if arguments.get(_OPTION) is not None:
            result: dict[str, Any] = super()._execute_module(module_name, module_args=arguments, **others)
            return result
        with progress_options(self, others.get("task_vars") or {}) as options:
            result = super()._execute_module(module_name, module_args={**arguments, **options}, **others)
        if options:
            _hide_option(result)
        return result


@contextlib.contextmanager
def progress_options(action: ActionBase, task_vars: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """Display the progress of a module until the context ends. Yield the options that the module requires for this."""
    folder = _private_folder() if _is_wanted(action, task_vars) else None
    if folder is None:
        yield {}
        return
    path, ended = os.path.join(folder, "progress.json"), threading.Event()
    interval = seconds_between_lines(_TERMINAL, DEFAULT_STDOUT_CALLBACK)
    lines = Lines(str(task_vars.get("inventory_hostname")), interval, time.monotonic())
    thread = threading.Thread(target=_watch, args=(path, lines, ended), daemon=True)
    try:
        _start(thread)
        yield {_OPTION: path}
    finally:
        ended.set()
        if thread.ident is not None:
            thread.join(_JOIN_TIMEOUT)
        shutil.rmtree(folder, ignore_errors=True)


def _is_wanted(action: ActionBase, task_vars: Mapping[str, Any]) -> bool:
    task, connection = action._task, action._connection
    return is_wanted(
        no_log=bool(task.no_log),
        is_async=bool(task.async_val),
        is_local=connection.transport == "local",
        becomes=connection.become is not None,
        callback=DEFAULT_STDOUT_CALLBACK,
        one_line=bool(cliargs_deferred_get("one_line")()),
        enabled=_is_enabled(action, task_vars),
    )


def _is_enabled(action: ActionBase, task_vars: Mapping[str, Any]) -> bool:
    """Return whether the user has not disabled progress. Invalid values disable it."""
    try:
        variable = action._templar.template(task_vars.get(VARIABLE, True))
    except AnsibleError:
        return False
    environment = os.environ.get(ENVIRONMENT_VARIABLE, "true")
    return all(boolean(value, strict=False) for value in (variable, environment))


def _private_folder() -> str | None:
    """Create a directory that only this user can access, or return None if this fails.

    Ansible removes the parent directory when it exits, even if it terminated the worker process.
    """
    try:
        return tempfile.mkdtemp(prefix="alicloud-fc-progress-", dir=DEFAULT_LOCAL_TMP)
    except OSError:
        return None


def _start(thread: threading.Thread) -> None:
    """Start a thread that receives no signals.

    If the thread received an interruption, the main thread would continue to wait for the module.
    """
    previous = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        thread.start()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, previous)


def _watch(path: str, lines: Lines, ended: threading.Event) -> None:
    """Display lines until the event is set. A failure ends the display, but not the task."""
    display = Display()
    with contextlib.suppress(Exception):
        while not ended.wait(_POLL_INTERVAL):
            line = lines.next(_read(path), time.monotonic())
            if line is not None:
                # Python writes the standard error immediately. It delays the standard output if this is not a terminal.
                display.display(line, stderr=True)


def _read(path: str) -> Report | None:
    """Return the latest report, or None if there is none."""
    try:
        with open(path, encoding="ascii") as file:
            return parse_report(file.read(_LARGEST_FILE))
    except (OSError, UnicodeDecodeError):
        return None


def _hide_option(result: dict[str, Any]) -> None:
    """Show the option in the invocation as the user specified it."""
    invocation = result.get("invocation")
    arguments = invocation.get("module_args") if isinstance(invocation, dict) else None
    if isinstance(arguments, dict) and _OPTION in arguments:
        arguments[_OPTION] = None
