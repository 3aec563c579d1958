# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version matrix: the tests under each supported ansible-core, Python and SDK release that this machine has.

Run by ``make matrix``. What is not here is listed as skipped. ``make test`` runs one combination, with every gate.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import nox

sys.path.insert(0, str(Path(__file__).parent / "tools"))

from make_tree import make_copy
from project import BUILD, ROOT, environment, plain
from pythons import search_folders

nox.options.envdir = str(BUILD / "nox")
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
os.environ["PATH"] = os.pathsep.join(map(str, search_folders()))

#: The supported releases of ansible-core, each with the Pythons that it runs on: the three newest, and the oldest that
#: meta/runtime.yml allows.
CORES = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
#: The combination for what doesn't depend on it.
PYTHON, CORE = "3.11", "2.19"


def sdk_requirements(end: str) -> list[str]:
    """Return the requirements of the modules as they are (``newest``), or each at its lower bound (``oldest``)."""
    lines = (ROOT / "requirements.txt").read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith("#")]
    return wanted if end == "newest" else [re.sub(r">=([^,]+),.*", r"==\1", line) for line in wanted]


def run_tests(session: nox.Session, core: str, sdk: list[str], commands: tuple[str, ...]) -> None:
    """Install one combination and run commands of ansible-test with it."""
    session.install(f"ansible-core~={core}.0", *sdk, "-r", str(ROOT / "tests" / "unit" / "requirements.txt"))
    session.run("python", "-m", "pip", "list", silent=True)
    session.run("python", str(ROOT / "tools" / "seed_pip_bootstrap.py"))
    location = Path(session.virtualenv.location)
    session.chdir(make_copy(location.name))
    with plain(location) as venv:
        path = os.pathsep.join((str(venv / "bin"), os.environ["PATH"]))
        for command in commands:
            python = ("--python", str(session.python)) if command == "units" else ()
            session.run(
                str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test"), command, *python, "--local",
                "--color", "no", env=environment(PATH=path), include_outer_env=False, external=True,
            )  # fmt: skip


@nox.session
@nox.parametrize("python,core", [(python, core) for core, pythons in CORES.items() for python in pythons])
def core(session: nox.Session, core: str) -> None:
    """The tests under one ansible-core and one Python; Ansible's own rules once for each ansible-core."""
    rules = ("sanity",) if session.python == CORES[core][0] else ()
    run_tests(session, core, sdk_requirements("newest"), ("units", "integration", *rules))


@nox.session(python=PYTHON)
@nox.parametrize("end", ["oldest", "newest"])
def sdk(session: nox.Session, end: str) -> None:
    """The tests with the oldest and the newest SDK that requirements.txt allows."""
    run_tests(session, CORE, sdk_requirements(end), ("units", "integration"))
