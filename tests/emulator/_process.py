# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes and the ready file of the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing_extensions import Self  # part of typing since Python 3.11

_WATCH_SECONDS = 0.5
#: Exit statuses that shells also use.
_NOT_FOUND, _NOT_EXECUTABLE = 127, 126


class CommandError(Exception):
    """An error that ends the program with a message and an exit status."""

    def __init__(self, message: str, status: int = 1) -> None:
        super().__init__(message)
        self.status = status


class ReadyFile:
    """A file that contains the URL while the emulator runs. A file of an earlier run is removed first."""

    def __init__(self, path: str | None) -> None:
        self._path = Path(path) if path else None

    def __enter__(self) -> Self:
        self._remove()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._remove()

    def write(self, url: str) -> None:
        """Write the file atomically to ensure that readers never see an incomplete file."""
        if self._path is None:
            return
        temporary = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            temporary.write_text(f"{url}\n", encoding="utf-8")
            temporary.replace(self._path)
        except OSError as error:
            raise CommandError(f"Cannot write the ready file {self._path}: {error.strerror}.") from error

    def _remove(self) -> None:
        if self._path is None:
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise CommandError(f"Cannot remove the ready file {self._path}: {error.strerror}.") from error


async def run_command(command: Sequence[str], environment: Mapping[str, str], stop: asyncio.Event) -> int:
    """Run a command and return its exit status. Terminate the command whenever ``stop`` is set."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        status = _NOT_FOUND if isinstance(error, FileNotFoundError) else _NOT_EXECUTABLE
        raise CommandError(f"Cannot run {command[0]}: {error.strerror}.", status) from error
    ended = asyncio.ensure_future(process.wait())
    while not ended.done():
        stopped = asyncio.ensure_future(stop.wait())
        await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        if stop.is_set():
            stop.clear()
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
    status = ended.result()
    return status if status >= 0 else 128 - status  # as in a shell, if a signal ended the command


async def wait_for_exit(pid: int, stop: asyncio.Event) -> None:
    """Wait until a process has ended or ``stop`` is set."""
    stopped = asyncio.ensure_future(stop.wait())
    while not stopped.done() and is_running(pid):
        await asyncio.wait([stopped], timeout=_WATCH_SECONDS)
    stopped.cancel()


def is_running(pid: int) -> bool:
    """Return whether a process exists and has not ended."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Return whether a process has ended but has not been reaped. In containers, this state can be permanent."""
    try:
        status = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # The state follows the program name, which is in parentheses and may itself contain parentheses.
    return status.rpartition(")")[2].split()[:1] == ["Z"]
