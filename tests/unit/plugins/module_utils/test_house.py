# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of module_utils: small, without a circle, and importing only what lies below them."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Dict, Iterator, List, Set, Tuple

import pytest
from ansible_collections.alicloud.fc.plugins import module_utils

ROOT = Path(next(iter(module_utils.__path__)))
PACKAGE = module_utils.__name__ + "."
#: From the bottom to the top. What stands in one line may import each other, but not in a circle.
FLOORS = (
    ("_text", "_errors", "_redaction"),
    ("_async_invoke", "_generations"),
    ("_connection",),
    ("_api",),
    ("_reconcile",),
    ("_modules",),
)
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 300, 40
#: Files that must be usable without Ansible and without a network.
PURE = ("_text", "_errors", "_redaction", "_generations", "_async_invoke.")
IMPURE = ("ansible.", "requests", "urllib3", "http.client", "socket", "alibabacloud", "Tea", "darabonba")


def name_of(path: Path) -> str:
    """The name of a file as imports write it, below module_utils."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


FILES = {name_of(path): path for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py"}
PLUGINS = ROOT.parent
PLUGIN_FILES = sorted(PLUGINS.rglob("*.py"))
EACH_FILE = pytest.mark.parametrize("name", FILES)


def imported(name: str) -> Iterator[str]:
    """Every module that a file imports, also within functions, and what it imports from it."""
    for node in ast.walk(ast.parse(FILES[name].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parent = (PACKAGE + name).rsplit(".", node.level)[0] if node.level else None
            yield from (".".join(filter(None, (parent, node.module, alias.name))) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and node.attr == "import_module":
            yield node.attr


def rooms(name: str) -> Set[str]:
    """The files of module_utils that a file imports; for a package, all that are in it."""
    found = set()
    for module in imported(name):
        inside = module[len(PACKAGE) :] if module.startswith(PACKAGE) else ""
        if inside:
            found |= {file for file in FILES if f"{inside}.".startswith(f"{file}.") or file.startswith(f"{inside}.")}
    return found


def floor(name: str) -> int:
    """The number of a file's floor."""
    package = name.partition(".")[0]
    floors = [number for number, names in enumerate(FLOORS) if package in names]
    assert floors, f"{package} has no floor: add it to FLOORS in {Path(__file__).name}"
    return floors[0]


@EACH_FILE
def test_a_file_imports_nothing_above_it(name: str) -> None:
    outside = "ansible_collections."
    assert [module for module in imported(name) if module.startswith(outside) and not module.startswith(PACKAGE)] == []
    # What is imported by a computed name is on no floor. The libraries are loaded by name in one place.
    assert name == "_api.sdk" or "import_module" not in imported(name)
    ground = floor(name)
    assert {other for other in rooms(name) if floor(other) > ground} == set()


def test_no_file_imports_itself_by_a_circle() -> None:
    imports: Dict[str, Set[str]] = {name: rooms(name) for name in FILES}

    def visit(name: str, way: List[str]) -> None:
        assert name not in way, " -> ".join([*way, name])
        for other in imports[name]:
            visit(other, [*way, name])

    for name in FILES:
        visit(name, [])


def function_lengths(tree: ast.AST, prefix: str = "") -> Iterator[Tuple[str, int]]:
    """The functions and methods in a tree with their numbers of lines, by their full names."""
    for node in ast.iter_child_nodes(tree):
        inner = prefix
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = f"{prefix}{node.name}."
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield inner[:-1], (node.end_lineno or 0) - node.lineno + 1
        yield from function_lengths(node, inner)


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_a_file_can_be_read_at_once(path: Path) -> None:
    text = path.read_text("utf-8")
    number = len(text.splitlines())
    assert number <= MOST_LINES  # on its own line, or a failure would print the whole text
    lengths = function_lengths(ast.parse(text))
    assert {one: length for one, length in lengths if length > MOST_LINES_OF_A_FUNCTION} == {}


@EACH_FILE
def test_what_is_pure_knows_no_ansible_and_no_network(name: str) -> None:
    if name.startswith(PURE):
        assert [module for module in imported(name) if module.startswith(IMPURE)] == []


def test_one_file_ends_the_process() -> None:
    ending = ("exit_json", "fail_json", "sys.exit")
    found = {name for name, path in FILES.items() if any(f"{word}(" in path.read_text("utf-8") for word in ending)}
    assert found == {"_modules.run", "_modules.ansible_core"}


#: By what a file could tell one generation from another, besides their names.
GENERATION_NAMES = re.compile(r"FC ?[23]|fcv?[23]\b")


@EACH_FILE
def test_the_generations_are_told_apart_in_one_file(name: str) -> None:
    if name == "_generations":
        return
    tree = ast.parse(FILES[name].read_text("utf-8"))
    texts = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}  # docstrings
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    names |= {
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in texts
    }
    assert {one for one in names if GENERATION_NAMES.search(one)} == set()
