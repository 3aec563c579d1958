# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of ``make test`` and the version matrix of ``make matrix``.

``.venv/bin/nox -l`` lists the sessions, and ``.venv/bin/nox -s NAME`` runs one of them. The checks use .venv, and the
sessions of the matrix have their own environments. The output of each session is written to .build/log.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import sys
import tempfile
from pathlib import Path

import nox
from nox.command import CommandFailed

sys.path.insert(0, str(Path(__file__).parent / "tools"))

from make_tree import make_copy, make_link
from project import BUILD, COLLECTION, LOGS, ROOT, VENV, environment, plain, search_path

nox.options.allow_parallel = True
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.download_python = "never"
nox.options.envdir = str(BUILD / "nox")
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True
nox.options.tags = ["checks"]

#: The supported ansible-core releases and their Python versions: the releases that meta/runtime.yml allows.
CORES = {
    "2.21": ("3.14", "3.13", "3.12"),
    "2.20": ("3.14", "3.13", "3.12"),
    "2.19": ("3.13", "3.12", "3.11"),
    "2.18": ("3.13", "3.12", "3.11"),
}
#: A requirement for the next release of ansible-core, which includes pre-releases.
NEXT_CORE = "ansible-core>=2.22.0b1"
#: The Python and ansible-core versions used in sessions that test only one combination.
PYTHON, CORE = "3.13", "2.21"
#: The Python versions supported only on managed hosts, and the newest ansible-core release that supports each of them.
MANAGED = {"3.8": "2.19", "3.9": "2.21", "3.10": "2.21"}

#: Required coverage of plugins/module_utils in percent, for lines and branches.
COVERAGE_FLOOR = 95
#: Number of lines of a log that are printed if a session fails.
LOG_LINES = 40
# Log lines about skipped tests. They are printed with the result of the session.
_SKIPPED = re.compile(r"^(?:WARNING: Skipping |SKIPPED \[|WARNING: Required program ).*", re.MULTILINE)
_PROBLEM = re.compile(r"^(?:WARNING|ERROR|CRITICAL)\b", re.MULTILINE)

# nox does not find all interpreters of pyenv.
os.environ["PATH"] = search_path()
# Stop the running sessions in the same way as Ctrl-C.
signal.signal(signal.SIGTERM, signal.default_int_handler)
LOGS.mkdir(parents=True, exist_ok=True)
make_link()


def get_name(session: nox.Session) -> str:
    """Return the name of a session in a form that is suitable for a file name."""
    return re.sub(r"[^\w.]+", "-", session.name).strip("-")


def run(session: nox.Session, *command: str, location: Path = VENV, copy: str = "", log: str = "", **env: str) -> str:
    """Run a program from the virtual environment in ``location`` and return its output, which is also logged.

    With ``copy``, the program runs in a copy of the collection that has this name.
    """
    folder = make_copy(copy) if copy else ROOT
    path = LOGS / f"{log or get_name(session)}.log"
    with (
        plain(location) as venv,
        # Temporary files that the program leaves behind are removed with the folder.
        tempfile.TemporaryDirectory(prefix="alicloud-fc-", ignore_cleanup_errors=True) as temporary,
        contextlib.chdir(folder),
        path.open("w", encoding="utf-8") as output,
    ):
        collections = str(folder.parents[2] if copy else BUILD)
        variables = environment(
            PATH=search_path(venv), TMPDIR=temporary, ANSIBLE_COLLECTIONS_PATH=collections, PYTHONUNBUFFERED="1"
        )
        program = [str(venv / "bin" / command[0])]
        if command[0] in ("ansible-test", "pytest"):
            # They would use the interpreter in the first line of their scripts, whose path may contain blanks.
            program.insert(0, str(venv / "bin" / "python"))
        try:
            session.run(
                *program, *command[1:], env=variables | env, include_outer_env=False, external=True, stdout=output
            )
        except CommandFailed:
            lines = path.read_text("utf-8", errors="replace").splitlines()[-LOG_LINES:]
            print(*(f"  | {line}" for line in lines), f"  complete log: {path.relative_to(ROOT)}", sep="\n", flush=True)
            raise
    text = path.read_text("utf-8", errors="replace")
    print(*(f"  {line}\n" for line in sorted(set(_SKIPPED.findall(text)))), sep="", end="", flush=True)
    return text


def ansible_test(session: nox.Session, *arguments: str, location: Path = VENV, log: str = "") -> None:
    """Run ansible-test in a copy of the collection."""
    log = log or get_name(session)
    run(session, "python", str(ROOT / "tools" / "seed_pip_bootstrap.py"), location=location, log=log)
    run(session, "ansible-test", *arguments, "--color", "no", location=location, copy=log, log=log)


def check(name: str, description: str, *command: str, copy: bool = False) -> None:
    """Define a session of ``make test`` that runs a program from .venv."""

    def run_check(session: nox.Session) -> None:
        if command[0] == "ansible-test":
            ansible_test(session, *command[1:], "--local")
        else:
            run(session, *command, copy=name if copy else "")

    run_check.__doc__ = description
    nox.session(name=name, venv_backend="none", tags=["checks"])(run_check)


# The longest checks come first to minimize the total duration.
check("integration", "integration tests: playbooks against the emulator", "ansible-test", "integration")
check("sanity", "ansible-test sanity tests with all installed Python versions", "ansible-test", "sanity")
check("unit", f"unit tests, property tests and module tests, with {COVERAGE_FLOOR}% coverage of module_utils",
      "pytest", "tests/unit", "tests/modules", "--cov", "--cov-report=term", "--cov-report=html",
      f"--cov-fail-under={COVERAGE_FLOOR}")  # fmt: skip
# These tests spend most of their time waiting.
check("resilience", "tests with faults: a failed task leaves the configuration applied or restored",
      "pytest", "tests/resilience", "-n", "4")  # fmt: skip
check("contract", "emulator contract tests with other clients", "pytest", "tests/contract")
check("playbooks", "playbook tests, including the audit report in a browser", "pytest", "tests/playbooks")
check("manual", "commands and examples in the documentation", "pytest", "tests/docs")
check("emulator", "emulator tests", "pytest", "tests/emulator")
check("units", "unit tests with ansible-test",
      "ansible-test", "units", "--python", f"{sys.version_info.major}.{sys.version_info.minor}")  # fmt: skip


@nox.session(tags=["checks"])
def galaxy(session: nox.Session) -> None:
    """Package build and test with the importer used by Galaxy and Automation Hub."""
    session.install("-r", "requirements-galaxy.txt", "-c", "constraints-galaxy.txt")
    venv = Path(session.virtualenv.location)
    dist = BUILD / "dist"
    shutil.rmtree(dist, ignore_errors=True)
    run(session, "ansible-galaxy", "collection", "build", "--output-path", str(dist), copy="galaxy")
    output = run(
        session, "python", "-m", "galaxy_importer.main", *map(str, dist.glob("*.tar.gz")), location=venv, copy="galaxy",
        # Automation Hub enables these checks in addition to Galaxy's defaults.
        GALAXY_IMPORTER_CHECK_REQUIRED_TAGS="true", GALAXY_IMPORTER_REQUIRE_V1_OR_GREATER="true",
        GALAXY_IMPORTER_RUN_FLAKE8="true", GALAXY_IMPORTER_ANSIBLE_LOCAL_TMP=str(BUILD / "ansible" / "tmp"),
    )  # fmt: skip
    if problems := _PROBLEM.findall(output):
        session.error("The importer printed:", *problems)


check("types", "type checks with mypy",
      "mypy", f"{BUILD / COLLECTION}/plugins", "tests", "tools", "noxfile.py")  # fmt: skip
check("lint", "ansible-lint with the production profile",
      "ansible-lint", "--offline", "--profile", "production", "--strict", "--nocolor", copy=True)  # fmt: skip
check("docs", "module documentation and its references",
      "antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs", "all",
      "--disallow-unknown-collection-refs", "--check-extra-docs-refs", ".", copy=True)  # fmt: skip
check("returned", "shared return values in the module documentation", "python", "tools/write_docs.py", "--check")


@nox.session(venv_backend="none", tags=["checks"])
def site(session: nox.Session) -> None:
    """Documentation site in .build/docs/html, from the guides and the module documentation."""
    settings, source, html = ROOT / "docs" / "docsite", BUILD / "docs" / "source", BUILD / "docs" / "html"
    for folder in (source, html):
        shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(settings.parent, source, ignore=shutil.ignore_patterns(settings.name))
    for page in (*settings.glob("*.md"), ROOT / "README.md"):
        shutil.copy2(page, source)
    # antsibull-docs requires these permissions.
    (source / "modules").mkdir(mode=0o755)
    run(session, "antsibull-docs", "collection", "--use-current", "--squash-hierarchy", "--fail-on-error",
        "--no-add-antsibull-docs-version", "--dest-dir", str(source / "modules"), "alicloud.fc")  # fmt: skip
    run(session, "sphinx-build", "--builder", "html", "--conf-dir", str(settings), "--doctree-dir",
        str(BUILD / "docs" / "doctrees"), "--fresh-env", "--fail-on-warning", "--keep-going", "--quiet",
        str(source), str(html))  # fmt: skip
    print(html / "index.html")


check("demo", "playbook demonstration", "python", "tools/demo.py")
check("repository", "package, workflows and requirements of the Ansible community", "pytest", "tests/repository")
check("changelog", "changelog fragments", "antsibull-changelog", "lint", copy=True)
check("licenses", "license headers", "reuse", "lint", copy=True)
check("spelling", "American English spelling", "codespell", copy=True)
check("style", "ruff lint rules", "ruff", "check", ".")
check("format", "ruff formatting", "ruff", "format", "--check", "--diff", ".")


def oldest(requirement: str) -> str:
    """Return a requirement pinned to its lower bound."""
    return re.sub(r">=([^,]+),.*", r"==\1", requirement)


NEWEST = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
UNIT_TESTS = ("-r", str(ROOT / "tests" / "unit" / "requirements.txt"))
# The FC 3.0 client requires a newer transport than the FC 2.0 client does. The FC 2.0 client must work with both.
SDKS = {
    "newest": NEWEST,
    "oldest": [oldest(line) for line in NEWEST if "fc20230330" not in line],
    "oldest-v3": [oldest(line) for line in NEWEST if "tea-openapi" not in line] + ["alibabacloud-tea-openapi==0.4.5"],
}


def run_tests(session: nox.Session, core: str, sdk: list[str], *targets: str, sanity: bool = False) -> None:
    """Install ansible-core and the SDK, and run the unit, integration and, with ``sanity``, sanity tests.

    ``nox -s NAME -- units`` runs only the unit tests.
    """
    session.install(core, *sdk, *UNIT_TESTS)
    commands = [("units", "--python", str(session.python)), ("integration", *targets), *[("sanity",)] * sanity]
    for command in [command for command in commands if command[0] in (session.posargs or command)]:
        location, log = Path(session.virtualenv.location), f"{get_name(session)}-{command[0]}"
        ansible_test(session, *command, "--local", location=location, log=log)


@nox.session(tags=["matrix"])
@nox.parametrize("python,core", [(python, core) for core, pythons in CORES.items() for python in pythons])
def core(session: nox.Session, core: str) -> None:
    """Run the tests with one ansible-core release and Python version. Run the sanity tests once per release."""
    run_tests(session, f"ansible-core~={core}.0", NEWEST, sanity=session.python == CORES[core][-1])


@nox.session(python=PYTHON)
def next_core(session: nox.Session) -> None:
    """Run the tests with the next ansible-core release, including pre-releases. ``make matrix`` ignores failures."""
    run_tests(session, NEXT_CORE, NEWEST, sanity=True)


@nox.session(python=PYTHON, tags=["matrix"])
@nox.parametrize("release", list(SDKS))
def sdk(session: nox.Session, release: str) -> None:
    """Run the tests with the oldest and newest SDK releases that requirements.txt allows."""
    run_tests(session, f"ansible-core~={CORE}.0", SDKS[release], *["function_.*"] * (release == "oldest"))


@nox.session(python=PYTHON, tags=["matrix"])
@nox.parametrize("host", list(MANAGED))
def managed(session: nox.Session, host: str) -> None:
    """Run the integration tests with a Python version that is supported only on managed hosts."""
    interpreter = shutil.which(f"python{host}", path=search_path())
    if not interpreter:
        session.skip(f"Python {host} is not installed")
    folder = BUILD / "nox" / f"host-{host}"
    session.run(interpreter, "-m", "venv", str(folder), external=True)
    session.run(str(folder / "bin" / "python"), "-m", "pip", "install", "-q", *NEWEST, external=True)
    session.install(f"ansible-core~={MANAGED[host]}.0", *NEWEST, *UNIT_TESTS)
    with plain(folder) as target:
        ansible_test(
            session, "integration", "--controller", f"origin:python={PYTHON}",
            "--target", f"controller:python={host}@{target}/bin/python", location=Path(session.virtualenv.location),
        )  # fmt: skip
