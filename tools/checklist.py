# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Print each point that the Ansible community, Galaxy and Automation Hub ask of a collection, and whether it holds.

    python tools/checklist.py

To be run in a copy of the collection that holds only what git knows (``make_tree.py``). A point that a gate proves
names the gate; all others are looked at here.
"""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
import tarfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from galaxy import build
from gates import GATES
from project import BUILD, COLLECTION, ROOT

HERE = Path.cwd()
# The tags of which Automation Hub wants one at least.
HUB_TAGS = frozenset((
    "application", "cloud", "database", "eda", "infrastructure", "linux", "monitoring", "networking",
    "security", "storage", "tools", "windows",
))  # fmt: skip
PLUGIN_FOLDERS = frozenset((
    "action", "become", "cache", "callback", "cliconf", "connection", "doc_fragments", "filter", "httpapi",
    "inventory", "lookup", "module_utils", "modules", "netconf", "shell", "strategy", "terminal", "test",
    "plugin_utils", "vars",
))  # fmt: skip
MAX_TAGS = 20
MAX_PACKAGE = 20 * 2**20
_SEMVER = re.compile(r"[1-9]\d*\.\d+\.\d+(?:-[\w.]+)?")
_NAME = re.compile(r"(?!.*__)[a-z][0-9a-z_]*")


@dataclass(frozen=True)
class Point:
    """One point: what is asked, and a function that returns what is wrong, nothing if it holds."""

    chapter: str
    asked: str
    problems: Callable[[], list[str]]
    gate: str = ""


POINTS: list[Point] = []


def point(chapter: str, asked: str) -> Callable[[Callable[[], list[str]]], Callable[[], list[str]]]:
    """Enter the function below as a point that is looked at here."""

    def enter(problems: Callable[[], list[str]]) -> Callable[[], list[str]]:
        POINTS.append(Point(chapter, asked, problems))
        return problems

    return enter


def proven(chapter: str, asked: str, gate: str, *words: str) -> None:
    """Enter a point that a gate proves; it holds if there is such a gate and its command has these words."""

    def problems() -> list[str]:
        command = next((entry.command for entry in GATES if entry.name == gate), ())
        return unless(set(words) <= set(command), f"there is no gate {gate} that runs {' '.join(words)}")

    POINTS.append(Point(chapter, asked, problems, gate))


def unless(holds: object, problem: str) -> list[str]:
    """Return the problem as a list, an empty one if the condition holds."""
    return [] if holds else [problem]


def text(name: str) -> str:
    """Return a file's text, an empty one if there is no such file."""
    path = HERE / name
    return path.read_text("utf-8") if path.is_file() else ""


def data(name: str) -> Any:
    """Return a YAML file's content, an empty dict if there is no such file."""
    return yaml.safe_load(text(name)) or {}


@functools.cache
def galaxy() -> dict[str, Any]:
    """Return what galaxy.yml says."""
    content: dict[str, Any] = data("galaxy.yml")
    return content


def python_files(folder: str) -> list[Path]:
    """Return the Python files of a folder of plugins/."""
    return sorted((HERE / "plugins" / folder).glob("*.py"))


@functools.cache
def constants(path: Path) -> dict[str, str]:
    """Return the texts that a Python file assigns to names at its top level, such as DOCUMENTATION."""
    found = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.targets[0], ast.Name)
        ):
            found[node.targets[0].id] = str(node.value.value)
    return found


def documentation(module: Path) -> dict[str, Any]:
    """Return a module's DOCUMENTATION."""
    content: dict[str, Any] = yaml.safe_load(constants(module).get("DOCUMENTATION", "")) or {}
    return content


def of_modules(wrong: Callable[[Path], list[str]]) -> list[str]:
    """Return what is wrong with each module, each problem after the module's name."""
    return [f"{module.stem}: {problem}" for module in python_files("modules") for problem in wrong(module)]


BUILDING, SANITY, CONTENT = "Build and Galaxy", "Sanity", "Content"


@point(BUILDING, "namespace and name are legal")
def _names() -> list[str]:
    return [f"{key}: {galaxy()[key]}" for key in ("namespace", "name") if not _NAME.fullmatch(galaxy()[key])]


@point(BUILDING, "the version is semantic and at least 1.0.0")
def _version() -> list[str]:
    return unless(_SEMVER.fullmatch(galaxy()["version"]), galaxy()["version"])


@point(BUILDING, "readme, authors and repository are set")
def _set() -> list[str]:
    return [f"{key} is missing" for key in ("readme", "authors", "repository") if not galaxy().get(key)]


@point(BUILDING, "license names SPDX ids, and license_file is not set beside it")
def _license() -> list[str]:
    return [
        *unless(galaxy().get("license") == ["GPL-3.0-or-later"], f"license is {galaxy().get('license')}"),
        *unless("license_file" not in galaxy(), "license_file is set too"),
    ]


@point(BUILDING, f"at most {MAX_TAGS} tags, one of them from Automation Hub's list")
def _tags() -> list[str]:
    tags = galaxy()["tags"]
    return [
        *unless(len(tags) <= MAX_TAGS, f"{len(tags)} tags"),
        *unless(HUB_TAGS & set(tags), "none of " + ", ".join(sorted(HUB_TAGS))),
    ]


@point(BUILDING, "there is a changelog")
def _changelog() -> list[str]:
    places = ("CHANGELOG.md", "CHANGELOG.rst", "changelogs/changelog.yaml")
    return unless(any(map(text, places)), "none of " + ", ".join(places))


@functools.cache
def package() -> Path:
    """Return the collection's package, built from here."""
    return build(BUILD / "checklist")


@point(BUILDING, "the package holds no development or temporary file and stays under 20 MB")
def _package() -> list[str]:
    with tarfile.open(package()) as archive:
        names = archive.getnames()
    tops = ("README.md", "MANIFEST.json", "FILES.json", "CHANGELOG.", "COPYING", "LICENSES", "REUSE.toml", "changelogs",
            "docs", "examples", "meta", "playbooks", "plugins", "requirements.txt", "roles", "tests")  # fmt: skip
    return [
        *(
            f"holds {name}"
            for name in names
            if not name.startswith(tops) or name.endswith((".pyc", "~", ".swp", ".log"))
        ),
        *unless(package().stat().st_size < MAX_PACKAGE, f"{package().stat().st_size} bytes"),
    ]


proven(BUILDING, "Galaxy's importer takes the package without a warning", "galaxy")
proven(
    BUILDING, "ansible-lint's production profile passes", "lint", "ansible-lint", "--offline", "production", "--strict"
)


@point(BUILDING, "ansible-lint skips no rule and no file")
def _lint_skips() -> list[str]:
    kept = {"profile", "offline"}
    return [
        *(f".ansible-lint sets {key}" for key in data(".ansible-lint") if key not in kept),
        *(f"there is {path.name}" for path in HERE.rglob(".ansible-lint-ignore")),
        *(
            f"{path.relative_to(HERE)} has a noqa"
            for path in HERE.rglob("*.yml")
            if "# noqa" in path.read_text("utf-8")
        ),
    ]


@point(BUILDING, "requires_ansible is set, with a lower bound")
def _requires_ansible() -> list[str]:
    bound = data("meta/runtime.yml").get("requires_ansible", "")
    return unless(re.fullmatch(r">=2\.\d+\.\d+", bound), f"requires_ansible is {bound or 'missing'}")


@point(BUILDING, "README has Automation Hub's chapters and only absolute links")
def _readme_chapters() -> list[str]:
    readme = text("README.md")
    headings = {heading.strip().lower() for heading in re.findall(r"^#+ (.*)$", readme, re.MULTILINE)}
    wanted = ("requirements", "installation", "changelog", "license")
    links = re.findall(r"\]\(([^)\s]+)", readme)
    return [
        *(f"no chapter {name.capitalize()}" for name in wanted if not any(name in heading for heading in headings)),
        *(f"relative link {link}" for link in links if not link.startswith(("https://", "#"))),
        *unless("pip install ansible" not in readme, "tells how to install Ansible by pip"),
    ]


proven(SANITY, "ansible-test sanity passes", "sanity", "sanity", "--local")


@point(SANITY, "no test is ignored or skipped")
def _ignores() -> list[str]:
    return [str(path.relative_to(HERE)) for path in HERE.glob("tests/sanity/*") if path.suffix == ".txt"]


@point(SANITY, "no Python of a supported ansible-core is left out (tests/config.yml)")
def _python_requires() -> list[str]:
    return unless("python_requires" not in text("tests/config.yml"), "tests/config.yml sets python_requires")


proven(CONTENT, "DOCUMENTATION, EXAMPLES, RETURN are complete; markup and references are right", "docs",
       "lint-collection-docs", "--plugin-docs", "--validate-collection-refs")  # fmt: skip


@point(CONTENT, "every module has all three blocks and version_added")
def _blocks() -> list[str]:
    def wrong(module: Path) -> list[str]:
        blocks = [name for name in ("DOCUMENTATION", "EXAMPLES", "RETURN") if name not in constants(module)]
        return [f"no {name}" for name in blocks] + unless("version_added" in documentation(module), "no version_added")

    return of_modules(wrong)


@point(CONTENT, "full names everywhere: modules in examples, documentation fragments")
def _full_names() -> list[str]:
    def wrong(module: Path) -> list[str]:
        fragments = documentation(module).get("extends_documentation_fragment", [])
        tasks = yaml.safe_load(constants(module).get("EXAMPLES", "")) or []
        # A module's arguments are a dict, or nothing; what else a task may hold is not.
        used = [key for task in tasks for key, value in task.items() if isinstance(value, dict) and key != "vars"]
        return [f"{name} is not a full name" for name in [*fragments, *used] if name.count(".") < 2]

    return of_modules(wrong)


@point(CONTENT, "every module states check_mode, diff_mode and idempotent, supports check mode, takes a state to be in")
def _attributes() -> list[str]:
    def wrong(module: Path) -> list[str]:
        described = documentation(module)
        fragments = described.get("extends_documentation_fragment", [])
        stated = described.get("attributes", {})
        info = module.stem.endswith("_info")
        states = described.get("options", {}).get("state", {}).get("choices", [])
        return [
            *(f"{name} is not stated" for name in ("check_mode", "diff_mode", "idempotent")
              if not info and name not in stated),
            *unless(not info or "alicloud.fc._attributes.info_module" in fragments, "lacks an info module's fragment"),
            *unless(info or stated.get("check_mode", {}).get("support") == "full", "check mode is not fully supported"),
            *unless(set(states) <= {"present", "absent"}, f"states are {states}"),
        ]  # fmt: skip

    return of_modules(wrong)


@point(CONTENT, "the action group all holds every module, and each says so")
def _action_group() -> list[str]:
    group = set(data("meta/runtime.yml").get("action_groups", {}).get("all", []))
    modules = {module.stem for module in python_files("modules")}
    return [
        *(f"meta/runtime.yml lacks {name}" for name in sorted(modules - group)),
        *(f"meta/runtime.yml names {name}, which is not there" for name in sorted(group - modules)),
        *of_modules(lambda module: unless(
            "alicloud.fc._attributes.action_group" in documentation(module).get("extends_documentation_fragment", []),
            "lacks the fragment of the action group")),
    ]  # fmt: skip


@point(CONTENT, "plugins/ holds only folders that Ansible knows")
def _folders() -> list[str]:
    return [path.name for path in (HERE / "plugins").iterdir() if path.is_dir() and path.name not in PLUGIN_FOLDERS]


@point(CONTENT, "what is internal has a name with _ and says that it is private")
def _private() -> list[str]:
    internal = python_files("module_utils") + python_files("doc_fragments")
    return [
        f"{path.name} {problem}"
        for path in internal
        for problem in unless(path.name.startswith("_"), "has no _")
        + unless("PRIVATE to the collection" in path.read_text("utf-8"), "does not say so")
    ]


@point(CONTENT, "plugins import nothing of the collection outside plugins/")
def _imports() -> list[str]:
    foreign = re.compile(
        r"^\s*(?:from|import) (?:ansible_collections\.alicloud\.fc\.(?!plugins\.)|emulator|tests)\b", re.MULTILINE
    )
    return [path.name for path in (HERE / "plugins").rglob("*.py") if foreign.search(path.read_text("utf-8"))]


proven(CONTENT, "every file says its licence", "licences", "reuse", "lint")


@point(CONTENT, "README: code of conduct, forum, semantic versioning, tested releases of ansible-core")
def _readme_statements() -> list[str]:
    readme = text("README.md")
    wanted = {
        "code of conduct": "code_of_conduct",
        "forum with Get Help": "forum.ansible.com/c/help",
        "forum's tag": "forum.ansible.com/tag",
        "semantic versioning": "semver.org",
        "tested releases of ansible-core": "ansible-core",
    }
    return [f"no {name} ({sign})" for name, sign in wanted.items() if sign not in readme]


def requirements(name: str) -> list[str]:
    """Return the requirements that a file of pip's lists, without comments."""
    lines = (line.partition("#")[0].strip() for line in text(name).splitlines())
    return sorted(line for line in lines if line)


@point(CONTENT, "each Python requirement is bounded; no collection is needed")
def _requirements() -> list[str]:
    return [
        *(f"{line} lacks a bound" for line in requirements("requirements.txt") if not re.search(r">=[^,]+,<", line)),
        *unless(not galaxy().get("dependencies"), "galaxy.yml has dependencies"),
    ]


@point(CONTENT, "ansible-builder finds the Python requirements in the package, for an execution environment")
def _execution_environment() -> list[str]:
    place = package().parent
    with tarfile.open(package()) as archive:
        archive.extractall(place / COLLECTION, filter="data")
    found = place / "found.txt"
    ended = subprocess.run(
        ["ansible-builder", "introspect", "--write-pip", str(found), str(place)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if ended.returncode:
        return [ended.stderr.strip().splitlines()[-1]]
    wanted = requirements("requirements.txt")
    return unless(requirements(str(found)) == wanted, f"it finds {requirements(str(found))}, not {wanted}")


proven(CONTENT, "the changelog's fragments are in order", "changelog", "antsibull-changelog", "lint")


@point(CONTENT, "tags are versions of the changelog")
def _git_tags() -> list[str]:
    tags = subprocess.run(["git", "tag"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    releases = data("changelogs/changelog.yaml").get("releases", {})
    return [f"{tag} is none" for tag in tags if tag not in releases]


@point(CONTENT, "a public tracker; no contributor licence agreement")
def _tracker() -> list[str]:
    return [
        *unless(galaxy().get("issues"), "galaxy.yml has no issues"),
        *unless(not re.search(r"\bCLA\b", text("CONTRIBUTING.md")), "CONTRIBUTING.md asks for a CLA"),
    ]


@point(CONTENT, "CI runs on pull requests and weekly, over every supported ansible-core")
def _ci() -> list[str]:
    workflow = data(".github/workflows/ci.yml")
    commands = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    oldest = data("meta/runtime.yml").get("requires_ansible", "").removeprefix(">=").removesuffix(".0")
    return [
        *(f"not on {event}" for event in ("pull_request", "schedule") if event not in workflow["on"]),
        *(f"does not run {command}" for command in (".ci/run", "make matrix") if command not in commands),
        *unless(f'"{oldest}"' in text("noxfile.py"), f"noxfile.py does not run ansible-core {oldest}"),
    ]


def main() -> int:
    """Print the points with their verdicts by chapter, and return the exit status."""
    failed, chapter = 0, ""
    for entry in POINTS:
        if entry.chapter != chapter:
            chapter = entry.chapter
            print(f"\n{chapter}")
        problems = entry.problems()
        verdict = "NO" if problems else f"gate {entry.gate}" if entry.gate else "yes"
        print(f"  {verdict:<15} {entry.asked}")
        for problem in problems:
            print(f"  {'':<17} {problem}")
        failed += bool(problems)
    print(f"\n{len(POINTS) - failed} of {len(POINTS)} hold")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
