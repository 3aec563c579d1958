# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: one emulator per test module, reset for each test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from emulator import Emulator

from .harness import ACCOUNT


@pytest.fixture(autouse=True)
def _no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture(scope="module")
def module_emulator() -> Iterator[Emulator]:
    """An emulator shared by all tests in a test module."""
    with Emulator(state=ACCOUNT) as emulator:
        yield emulator


@pytest.fixture
def emulator(module_emulator: Emulator) -> Iterator[Emulator]:
    """The emulator in its initial state: services and functions, but no configurations, faults or journal entries."""
    module_emulator.start()
    module_emulator.reset()
    yield module_emulator
    module_emulator.start()


@pytest.fixture
def wait_for() -> Callable[[Callable[[], bool]], None]:
    """A function that waits up to one minute for a condition to become true."""

    def wait(condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, "timed out while waiting for the condition"
            time.sleep(0.005)

    return wait
