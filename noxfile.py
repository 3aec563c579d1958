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
from project import BUILD, ROOT, VENV, environment, plain
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
#: The Pythons that one of them can run modules on, but none can run on itself.
MANAGED = ("3.8", "3.9", "3.10")
#: The combination for what doesn't depend on it.
PYTHON, CORE = "3.11", "2.19"


def oldest(requirement: str) -> str:
    """Return a requirement at its lower bound."""
    return re.sub(r">=([^,]+),.*", r"==\1", requirement)


NEWEST = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
# The client of FC 3.0 needs a newer transport than that of FC 2.0, which must work without it.
SDKS = {
    "newest": NEWEST,
    "oldest": [oldest(line) for line in NEWEST if "fc20230330" not in line],
    "oldest-v3": [oldest(line) for line in NEWEST if "tea-openapi" not in line] + ["alibabacloud-tea-openapi==0.4.5"],
}


def ansible_test(session: nox.Session, location: Path, *arguments: str) -> None:
    """Run ansible-test of the virtual environment at a place, in a copy that the session has changed to."""
    with plain(location) as venv:
        session.run(
            str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test"), *arguments, "--color", "no",
            env=environment(PATH=os.pathsep.join((str(venv / "bin"), os.environ["PATH"]))),
            include_outer_env=False, external=True,
        )  # fmt: skip


def run_tests(session: nox.Session, core: str, sdk: list[str], *commands: tuple[str, ...]) -> None:
    """Install one combination and run ansible-test with it, once for each command and its arguments."""
    session.install(f"ansible-core~={core}.0", *sdk, "-r", str(ROOT / "tests" / "unit" / "requirements.txt"))
    session.run("python", str(ROOT / "tools" / "seed_pip_bootstrap.py"))
    location = Path(session.virtualenv.location)
    session.chdir(make_copy(location.name))
    for command in commands:
        ansible_test(session, location, *command, "--local")


@nox.session
@nox.parametrize("python,core", [(python, core) for core, pythons in CORES.items() for python in pythons])
def core(session: nox.Session, core: str) -> None:
    """The tests under one ansible-core and one Python; Ansible's own rules once for each ansible-core."""
    units = ("units", "--python", str(session.python))
    rules = [("sanity",)] if session.python == CORES[core][0] else []
    run_tests(session, core, NEWEST, units, ("integration",), *rules)


@nox.session(python=PYTHON)
@nox.parametrize("release", list(SDKS))
def sdk(session: nox.Session, release: str) -> None:
    """The tests with the oldest and the newest SDK that requirements.txt allows."""
    targets = ("function_.*",) if release == "oldest" else ()
    run_tests(session, CORE, SDKS[release], ("units", "--python", PYTHON), ("integration", *targets))


# By the venv module of that Python itself: virtualenv has given the oldest up.
@nox.session(python=MANAGED, venv_backend="venv")
def managed(session: nox.Session) -> None:
    """The modules under the Pythons that only managed hosts have, told what to do by the ansible-core of .venv."""
    session.install(*NEWEST)
    location = Path(session.virtualenv.location)
    session.chdir(make_copy(location.name))
    with plain(location) as host:
        here, there = f"{sys.version_info.major}.{sys.version_info.minor}", f"{session.python}@{host}/bin/python"
        controller = ("--controller", f"origin:python={here}", "--target", f"controller:python={there}")
        ansible_test(session, VENV, "integration", *controller)
