# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator for a file's tests, fresh for each of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from emulator import Emulator

from .world import ACCOUNT


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the SDK call what Python 3.12 and later warn of; it is the vendor's code."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning"))


@pytest.fixture(autouse=True)
def _no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="module")
def running() -> Iterator[Emulator]:
    """An emulator for all tests of a file."""
    with Emulator(state=ACCOUNT) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Iterator[Emulator]:
    """The emulator as it was at its start: services and functions, no configs, no faults, an empty journal."""
    running.start()
    running.reset()
    yield running
    running.start()


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """Waits until something is so, for a minute at most."""

    def wait(is_so: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not is_so():
            assert time.monotonic() < deadline, "it did not come to that"
            time.sleep(0.005)

    return wait
