# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pytest fixtures that run the emulator. pytest loads this module if the emulator is installed with pip."""

from __future__ import annotations

import contextlib
import inspect
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ._thread import Emulator

#: The type of the ``fc_emulator_factory`` fixture.
EmulatorFactory = Callable[..., Emulator]

_MARKER = "fc_emulator"


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line(
        "markers",
        f"{_MARKER}(state=None, switches=None, ...): the parameters of the emulator that the fc_emulator fixture runs. "
        "If state is a path, it is relative to the directory of the test file.",
    )


@pytest.fixture(scope="session")
def fc_emulator_factory() -> Iterator[EmulatorFactory]:
    """A function that starts an emulator. It has the parameters of Emulator. All emulators run until the session ends.

    If state is a path, it is relative to the current directory.

    Environment variables are not changed. Run programs with ``env=emulator.environment()``.
    """
    with contextlib.ExitStack() as running:

        def start(**parameters: Any) -> Emulator:
            return running.enter_context(_make_emulator("fc_emulator_factory", parameters))

        yield start


@pytest.fixture
def fc_emulator(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator for one test. During the test, environment variables connect the modules to the emulator.

    The parameters of Emulator are specified with ``@pytest.mark.fc_emulator(state="account.json", ...)``.
    """
    with _make_emulator(f"The {_MARKER} marker", _parameters(request)) as emulator:
        environment = emulator.environment()
        for name in os.environ.keys() - environment.keys():
            monkeypatch.delenv(name)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        yield emulator


def _make_emulator(origin: str, parameters: dict[str, Any]) -> Emulator:
    """Return an emulator. If the parameters are invalid, fail the test with a message instead of a traceback."""
    supported = list(inspect.signature(Emulator).parameters)
    unknown = [name for name in parameters if name not in supported]
    if unknown:
        pytest.fail(f"{origin}: unsupported parameter {unknown[0]!r}; use {', '.join(supported)}.", pytrace=False)
    try:
        return Emulator(**parameters)
    except ValueError as error:
        pytest.fail(f"{origin}: {error}", pytrace=False)


def _parameters(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the parameters in the markers of a test, its class and its module. The parameters of the test win."""
    parameters: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(_MARKER))):
        if marker.args:
            pytest.fail(f"The {_MARKER} marker supports only keyword arguments, such as state=...", pytrace=False)
        parameters.update(marker.kwargs)
    if isinstance(parameters.get("state"), (str, os.PathLike)):
        parameters["state"] = request.path.parent / parameters["state"]
    return parameters
