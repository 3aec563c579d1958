# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check that the collection meets the requirements of the Ansible community, Galaxy and Automation Hub.

    python tools/checklist.py

Run the script in a copy of the collection that contains only the files in git (see ``make_tree.py``). If a requirement
is verified by another session in noxfile.py, the script only verifies that check's command.
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

from project import BUILD, COLLECTION, ROOT

FOLDER = Path.cwd()
# Automation Hub requires at least one of these tags.
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
class Requirement:
    """A requirement and a function that returns a list of problems."""

    section: str
    title: str
    problems: Callable[[], list[str]]
    check: str = ""


REQUIREMENTS: list[Requirement] = []


def requirement(section: str, title: str) -> Callable[[Callable[[], list[str]]], Callable[[], list[str]]]:
    """Add a requirement that the decorated function verifies."""

    def add(problems: Callable[[], list[str]]) -> Callable[[], list[str]]:
        REQUIREMENTS.append(Requirement(section, title, problems))
        return problems

    return add


def covered_by(section: str, title: str, check: str, *words: str) -> None:
    """Add a requirement that another check verifies. The check's command must contain these words."""

    def problems() -> list[str]:
        sessions = text("noxfile.py")
        return require(all(f'"{word}"' in sessions for word in words), f"no session runs {' '.join(words)}")

    REQUIREMENTS.append(Requirement(section, title, problems, check))


def require(holds: object, problem: str) -> list[str]:
    """Return a list that contains the problem, or an empty list if the condition is true."""
    return [] if holds else [problem]


def text(name: str) -> str:
    """Return the text of a file, or an empty string if the file does not exist."""
    path = FOLDER / name
    return path.read_text("utf-8") if path.is_file() else ""


def data(name: str) -> Any:
    """Return the content of a YAML file, or an empty dict if the file does not exist."""
    return yaml.safe_load(text(name)) or {}


@functools.cache
def galaxy() -> dict[str, Any]:
    """Return the content of galaxy.yml."""
    content: dict[str, Any] = data("galaxy.yml")
    return content


def python_files(folder: str) -> list[Path]:
    """Return the Python files in a folder below plugins/."""
    return sorted((FOLDER / "plugins" / folder).glob("*.py"))


@functools.cache
def constants(path: Path) -> dict[str, str]:
    """Return the string constants in a Python file, such as DOCUMENTATION."""
    values = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Constant)
            and isinstance(node.targets[0], ast.Name)
        ):
            values[node.targets[0].id] = str(node.value.value)
    return values


def documentation(module: Path) -> dict[str, Any]:
    """Return the DOCUMENTATION of a module."""
    content: dict[str, Any] = yaml.safe_load(constants(module).get("DOCUMENTATION", "")) or {}
    return content


def check_modules(find_problems: Callable[[Path], list[str]]) -> list[str]:
    """Return the problems in all modules, each prefixed with the module name."""
    return [f"{module.stem}: {problem}" for module in python_files("modules") for problem in find_problems(module)]


BUILDING, SANITY, CONTENT = "Build and Galaxy", "Sanity", "Content"


@requirement(BUILDING, "The namespace and the name are valid")
def _names() -> list[str]:
    return [f"{key}: {galaxy()[key]}" for key in ("namespace", "name") if not _NAME.fullmatch(galaxy()[key])]


@requirement(BUILDING, "The version is a semantic version and is at least 1.0.0")
def _version() -> list[str]:
    return require(_SEMVER.fullmatch(galaxy()["version"]), galaxy()["version"])


@requirement(BUILDING, "readme, authors and repository are set")
def _set() -> list[str]:
    return [f"{key} is missing" for key in ("readme", "authors", "repository") if not galaxy().get(key)]


@requirement(BUILDING, "license contains SPDX IDs and license_file is not set")
def _license() -> list[str]:
    return [
        *require(galaxy().get("license") == ["GPL-3.0-or-later"], f"license is {galaxy().get('license')}"),
        *require("license_file" not in galaxy(), "license_file is also set"),
    ]


@requirement(BUILDING, f"There are at most {MAX_TAGS} tags, including at least one that Automation Hub accepts")
def _tags() -> list[str]:
    tags = galaxy()["tags"]
    return [
        *require(len(tags) <= MAX_TAGS, f"{len(tags)} tags"),
        *require(HUB_TAGS & set(tags), "none of " + ", ".join(sorted(HUB_TAGS))),
    ]


@requirement(BUILDING, "A changelog exists")
def _changelog() -> list[str]:
    names = ("CHANGELOG.md", "CHANGELOG.rst", "changelogs/changelog.yaml")
    return require(any(map(text, names)), "none of " + ", ".join(names))


@functools.cache
def package() -> Path:
    """Build the collection package and return its path."""
    command = ["ansible-galaxy", "collection", "build", "--force", "--output-path", str(BUILD / "checklist")]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    (package,) = (BUILD / "checklist").glob("*.tar.gz")
    return package


@requirement(BUILDING, "The package contains no development or temporary files and is smaller than 20 MB")
def _package() -> list[str]:
    with tarfile.open(package()) as archive:
        names = archive.getnames()
    tops = ("README.md", "MANIFEST.json", "FILES.json", "CHANGELOG.", "COPYING", "LICENSES", "REUSE.toml", "changelogs",
            "docs", "examples", "meta", "playbooks", "plugins", "requirements.txt", "roles", "tests")  # fmt: skip
    return [
        *(
            f"contains {name}"
            for name in names
            if not name.startswith(tops) or name.endswith((".pyc", "~", ".swp", ".log"))
        ),
        *require(package().stat().st_size < MAX_PACKAGE, f"{package().stat().st_size} bytes"),
    ]


covered_by(BUILDING, "The Galaxy importer reports no errors or warnings", "galaxy")
covered_by(
    BUILDING,
    "ansible-lint passes with the production profile",
    "lint",
    "ansible-lint",
    "--offline",
    "production",
    "--strict",
)


@requirement(BUILDING, "ansible-lint skips no rules and no files")
def _lint_skips() -> list[str]:
    kept = {"profile", "offline"}
    return [
        *(f".ansible-lint sets {key}" for key in data(".ansible-lint") if key not in kept),
        *(f"{path.name} exists" for path in FOLDER.rglob(".ansible-lint-ignore")),
        *(
            f"{path.relative_to(FOLDER)} contains noqa"
            for path in FOLDER.rglob("*.yml")
            if "# noqa" in path.read_text("utf-8")
        ),
    ]


@requirement(BUILDING, "requires_ansible has a lower bound")
def _requires_ansible() -> list[str]:
    bound = data("meta/runtime.yml").get("requires_ansible", "")
    return require(re.fullmatch(r">=2\.\d+\.\d+", bound), f"requires_ansible is {bound or 'missing'}")


@requirement(BUILDING, "README contains the sections required by Automation Hub and only absolute links")
def _readme_chapters() -> list[str]:
    readme = text("README.md")
    headings = {heading.strip().lower() for heading in re.findall(r"^#+ (.*)$", readme, re.MULTILINE)}
    wanted = ("requirements", "installation", "changelog", "license")
    links = re.findall(r"\]\(([^)\s]+)", readme)
    return [
        *(
            f"the section {name.capitalize()} is missing"
            for name in wanted
            if not any(name in heading for heading in headings)
        ),
        *(f"relative link {link}" for link in links if not link.startswith(("https://", "#"))),
        *require("pip install ansible" not in readme, "describes how to install Ansible with pip"),
    ]


covered_by(SANITY, "ansible-test sanity passes", "sanity", "sanity", "--local")


@requirement(SANITY, "No sanity tests are ignored or skipped")
def _ignores() -> list[str]:
    return [str(path.relative_to(FOLDER)) for path in FOLDER.glob("tests/sanity/*") if path.suffix == ".txt"]


@requirement(SANITY, "All Python versions of the supported ansible-core releases are tested (tests/config.yml)")
def _python_requires() -> list[str]:
    return require("python_requires" not in text("tests/config.yml"), "tests/config.yml sets python_requires")


covered_by(
    CONTENT,
    "DOCUMENTATION, EXAMPLES and RETURN are complete; markup and references are valid",
    "docs",
    "lint-collection-docs",
    "--plugin-docs",
    "--validate-collection-refs",
)


@requirement(CONTENT, "All modules have DOCUMENTATION, EXAMPLES, RETURN and version_added")
def _blocks() -> list[str]:
    def find_problems(module: Path) -> list[str]:
        blocks = [name for name in ("DOCUMENTATION", "EXAMPLES", "RETURN") if name not in constants(module)]
        return [f"no {name}" for name in blocks] + require("version_added" in documentation(module), "no version_added")

    return check_modules(find_problems)


@requirement(CONTENT, "The names of documentation fragments and of modules in examples are fully qualified")
def _full_names() -> list[str]:
    def find_problems(module: Path) -> list[str]:
        fragments = documentation(module).get("extends_documentation_fragment", [])
        tasks = yaml.safe_load(constants(module).get("EXAMPLES", "")) or []
        # Module arguments are dicts. The values of other task keywords, except for vars, are not.
        used = [key for task in tasks for key, value in task.items() if isinstance(value, dict) and key != "vars"]
        return [f"{name} is not a fully qualified name" for name in [*fragments, *used] if name.count(".") < 2]

    return check_modules(find_problems)


@requirement(
    CONTENT, "All modules support check mode, document check_mode, diff_mode and idempotent, and have valid states"
)
def _attributes() -> list[str]:
    def find_problems(module: Path) -> list[str]:
        described = documentation(module)
        fragments = described.get("extends_documentation_fragment", [])
        attributes = described.get("attributes", {})
        info = module.stem.endswith("_info")
        states = described.get("options", {}).get("state", {}).get("choices", [])
        return [
            *(f"{name} is not documented" for name in ("check_mode", "diff_mode", "idempotent")
              if not info and name not in attributes),
            *require(not info or "alicloud.fc._attributes.info_module" in fragments,
                     "the fragment for info modules is missing"),
            *require(info or attributes.get("check_mode", {}).get("support") == "full",
                     "check mode is not fully supported"),
            *require(set(states) <= {"present", "absent"}, f"states are {states}"),
        ]  # fmt: skip

    return check_modules(find_problems)


@requirement(
    CONTENT, "The 'all' action group contains all modules except actions, and each module documents its membership"
)
def _action_group() -> list[str]:
    group = set(data("meta/runtime.yml").get("action_groups", {}).get("all", []))
    modules = {module.stem for module in python_files("modules")}
    # Modules without code document an action. The connection options of an action are variables.
    members = {module.stem for module in python_files("modules") if "def main(" in module.read_text("utf-8")}

    def find_problems(module: Path) -> list[str]:
        described = documentation(module)
        has_fragment = "alicloud.fc._attributes.action_group" in described.get("extends_documentation_fragment", [])
        support = described.get("attributes", {}).get("action_group", {}).get("support")
        if module.stem in members:
            return require(has_fragment, "the fragment for the action group is missing")
        return require(not has_fragment and support == "none", "the support for action_group must be none")

    return [
        *(f"{name} is missing from meta/runtime.yml" for name in sorted(members - group)),
        *(f"meta/runtime.yml contains {name}, which does not exist" for name in sorted(group - modules)),
        *(f"meta/runtime.yml contains the action {name}" for name in sorted(group & modules - members)),
        *check_modules(find_problems),
    ]


@requirement(CONTENT, "plugins/ contains only folders that Ansible supports")
def _folders() -> list[str]:
    return [path.name for path in (FOLDER / "plugins").iterdir() if path.is_dir() and path.name not in PLUGIN_FOLDERS]


@requirement(CONTENT, "The names of private files begin with _ and the files contain a private marker")
def _private() -> list[str]:
    internal = python_files("module_utils") + python_files("doc_fragments")
    return [
        f"{path.name} {problem}"
        for path in internal
        for problem in require(path.name.startswith("_"), "does not begin with _")
        + require("PRIVATE to the collection" in path.read_text("utf-8"), "has no private marker")
    ]


@requirement(CONTENT, "Plugins import no collection code from outside plugins/")
def _imports() -> list[str]:
    foreign = re.compile(
        r"^\s*(?:from|import) (?:ansible_collections\.alicloud\.fc\.(?!plugins\.)|emulator|tests)\b", re.MULTILINE
    )
    return [path.name for path in (FOLDER / "plugins").rglob("*.py") if foreign.search(path.read_text("utf-8"))]


covered_by(CONTENT, "All files have a license header", "licenses", "reuse", "lint")


@requirement(
    CONTENT, "README mentions the code of conduct, the forum, semantic versioning and the tested ansible-core releases"
)
def _readme_statements() -> list[str]:
    readme = text("README.md")
    wanted = {
        "code of conduct": "code_of_conduct",
        "the Get Help section of the forum": "forum.ansible.com/c/help",
        "forum's tag": "forum.ansible.com/tag",
        "semantic versioning": "semver.org",
        "tested ansible-core releases": "ansible-core",
    }
    return [f"{name} is missing ({link})" for name, link in wanted.items() if link not in readme]


def requirements(name: str) -> list[str]:
    """Return the requirements in a requirements file, without comments."""
    lines = (line.partition("#")[0].strip() for line in text(name).splitlines())
    return sorted(line for line in lines if line)


@requirement(CONTENT, "All Python requirements have bounds and no collections are required")
def _requirements() -> list[str]:
    return [
        *(f"{line} has no bounds" for line in requirements("requirements.txt") if not re.search(r">=[^,]+,<", line)),
        *require(not galaxy().get("dependencies"), "galaxy.yml has dependencies"),
    ]


@requirement(CONTENT, "ansible-builder finds the Python requirements in the package")
def _execution_environment() -> list[str]:
    collections = package().parent
    with tarfile.open(package()) as archive:
        archive.extractall(collections / COLLECTION, filter="data")
    values = collections / "requirements.txt"
    process = subprocess.run(
        ["ansible-builder", "introspect", "--write-pip", str(values), str(collections)],
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False,
    )  # fmt: skip
    if process.returncode:
        return [process.stderr.strip().splitlines()[-1]]
    wanted = requirements("requirements.txt")
    return require(requirements(str(values)) == wanted, f"it finds {requirements(str(values))}, not {wanted}")


covered_by(CONTENT, "The changelog fragments are valid", "changelog", "antsibull-changelog", "lint")


@requirement(CONTENT, "All git tags are versions in the changelog")
def _git_tags() -> list[str]:
    tags = subprocess.run(["git", "tag"], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
    releases = data("changelogs/changelog.yaml").get("releases", {})
    return [f"{tag} is not in the changelog" for tag in tags if tag not in releases]


@requirement(CONTENT, "A public issue tracker exists and no contributor license agreement is required")
def _tracker() -> list[str]:
    return [
        *require(galaxy().get("issues"), "issues is missing from galaxy.yml"),
        *require(not re.search(r"\bCLA\b", text("CONTRIBUTING.md")), "CONTRIBUTING.md requires a CLA"),
    ]


@requirement(CONTENT, "CI runs weekly and on pull requests, and it covers all supported ansible-core releases")
def _ci() -> list[str]:
    workflow = data(".github/workflows/ci.yml")
    commands = [step.get("run", "") for job in workflow["jobs"].values() for step in job["steps"]]
    oldest = data("meta/runtime.yml").get("requires_ansible", "").removeprefix(">=").removesuffix(".0")
    return [
        *(f"does not run on {event}" for event in ("pull_request", "schedule") if event not in workflow["on"]),
        *(f"does not run {command}" for command in (".ci/run", "make matrix") if command not in commands),
        *require(f'"{oldest}"' in text("noxfile.py"), f"noxfile.py does not run ansible-core {oldest}"),
    ]


def main() -> int:
    """Print the requirements by section and return the exit status."""
    failed, section = 0, ""
    for entry in REQUIREMENTS:
        if entry.section != section:
            section = entry.section
            print(f"\n{section}")
        problems = entry.problems()
        status = "FAILED" if problems else f"ok ({entry.check})" if entry.check else "ok"
        print(f"  {status:<15} {entry.title}")
        for problem in problems:
            print(f"  {'':<17} {problem}")
        failed += bool(problems)
    print(f"\n{len(REQUIREMENTS) - failed} of {len(REQUIREMENTS)} requirements are met")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
