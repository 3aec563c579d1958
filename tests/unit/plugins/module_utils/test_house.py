# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rooms of module_utils: small, without a circle, and importing only what lies below them."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

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
EACH_FILE = pytest.mark.parametrize("name", FILES)


def imported(name: str) -> Iterator[str]:
    """Every module that a file imports, also within functions."""
    for node in ast.walk(ast.parse(FILES[name].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole[len(PACKAGE) :] in FILES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def rooms(name: str) -> set[str]:
    """The files of module_utils that a file imports."""
    return {module[len(PACKAGE) :] for module in imported(name) if module.startswith(PACKAGE)}


def floor(name: str) -> int:
    """The number of a file's floor. StopIteration for a file whose package has none."""
    return next(number for number, names in enumerate(FLOORS) if name.partition(".")[0] in names)


@EACH_FILE
def test_a_file_imports_nothing_above_it(name: str) -> None:
    assert {other for other in rooms(name) if floor(other) > floor(name)} == set()


def test_no_file_imports_itself_by_a_circle() -> None:
    imports: dict[str, set[str]] = {name: rooms(name) for name in FILES}

    def visit(name: str, way: list[str]) -> None:
        assert name not in way, " -> ".join([*way, name])
        for other in imports[name]:
            visit(other, [*way, name])

    for name in FILES:
        visit(name, [])


@EACH_FILE
def test_a_file_can_be_read_at_once(name: str) -> None:
    text = FILES[name].read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {one: length for one, length in lengths.items() if length > MOST_LINES_OF_A_FUNCTION} == {}


@EACH_FILE
def test_what_is_pure_knows_no_ansible_and_no_network(name: str) -> None:
    if name.startswith(PURE):
        assert [module for module in imported(name) if module.startswith(IMPURE)] == []


def test_one_file_ends_the_process() -> None:
    ending = ("exit_json", "fail_json", "sys.exit")
    found = {name for name, path in FILES.items() if any(f"{word}(" in path.read_text("utf-8") for word in ending)}
    assert found == {"_modules.run", "_modules.ansible_core"}


def test_the_generations_are_told_apart_in_one_file() -> None:
    for name, path in FILES.items():
        code = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)]
        if name != "_generations":
            assert {node.id for node in code} & {"FC2", "FC3"} == set(), name
