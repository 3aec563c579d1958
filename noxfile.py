# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The version matrix: tests with all supported versions of ansible-core, Python and the SDK.

Run it with ``make matrix``. Interpreters that are not installed are skipped. ``make test`` runs all checks with a
single combination.
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

#: The supported ansible-core releases and their Python versions. These are the oldest release that meta/runtime.yml
#: allows and the three newest releases.
CORES = {
    "2.18": ("3.11", "3.12", "3.13"),
    "2.19": ("3.11", "3.12", "3.13"),
    "2.20": ("3.12", "3.13", "3.14"),
    "2.21": ("3.12", "3.13", "3.14"),
}
#: Python versions supported only on managed hosts.
MANAGED = ("3.8", "3.9", "3.10")
#: The Python and ansible-core versions used in sessions that test only one combination.
PYTHON, CORE = "3.11", "2.19"


def oldest(requirement: str) -> str:
    """Return a requirement pinned to its lower bound."""
    return re.sub(r">=([^,]+),.*", r"==\1", requirement)


NEWEST = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
# The FC 3.0 client requires a newer transport than the FC 2.0 client does. The FC 2.0 client must work with both.
SDKS = {
    "newest": NEWEST,
    "oldest": [oldest(line) for line in NEWEST if "fc20230330" not in line],
    "oldest-v3": [oldest(line) for line in NEWEST if "tea-openapi" not in line] + ["alibabacloud-tea-openapi==0.4.5"],
}


def ansible_test(session: nox.Session, location: Path, *arguments: str) -> None:
    """Run ansible-test from the virtual environment in ``location``.

    The current directory must be the copy of the collection.
    """
    with plain(location) as venv:
        session.run(
            str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test"), *arguments, "--color", "no",
            env=environment(PATH=os.pathsep.join((str(venv / "bin"), os.environ["PATH"]))),
            include_outer_env=False, external=True,
        )  # fmt: skip


def run_tests(session: nox.Session, core: str, sdk: list[str], *commands: tuple[str, ...]) -> None:
    """Install ansible-core and the SDK and then run each ansible-test command."""
    session.install(f"ansible-core~={core}.0", *sdk, "-r", str(ROOT / "tests" / "unit" / "requirements.txt"))
    session.run("python", str(ROOT / "tools" / "seed_pip_bootstrap.py"))
    location = Path(session.virtualenv.location)
    session.chdir(make_copy(location.name))
    for command in commands:
        ansible_test(session, location, *command, "--local")


@nox.session
@nox.parametrize("python,core", [(python, core) for core, pythons in CORES.items() for python in pythons])
def core(session: nox.Session, core: str) -> None:
    """Run the tests with one ansible-core release and Python version. Run the sanity tests once per release."""
    units = ("units", "--python", str(session.python))
    sanity = [("sanity",)] if session.python == CORES[core][0] else []
    run_tests(session, core, NEWEST, units, ("integration",), *sanity)


@nox.session(python=PYTHON)
@nox.parametrize("release", list(SDKS))
def sdk(session: nox.Session, release: str) -> None:
    """Run the tests with the oldest and newest SDK releases that requirements.txt allows."""
    targets = ("function_.*",) if release == "oldest" else ()
    run_tests(session, CORE, SDKS[release], ("units", "--python", PYTHON), ("integration", *targets))


# Use the venv module because virtualenv no longer supports the oldest of these Python versions.
@nox.session(python=MANAGED, venv_backend="venv")
def managed(session: nox.Session) -> None:
    """Run the integration tests with the ansible-core release in .venv on each Python version for managed hosts."""
    session.install(*NEWEST)
    location = Path(session.virtualenv.location)
    session.chdir(make_copy(location.name))
    with plain(location) as host:
        python, target = f"{sys.version_info.major}.{sys.version_info.minor}", f"{session.python}@{host}/bin/python"
        controller = ("--controller", f"origin:python={python}", "--target", f"controller:python={target}")
        ansible_test(session, VENV, "integration", *controller)
