# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The architecture of module_utils: layers, import cycles and sizes of modules."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Iterator

import pytest
from ansible_collections.alicloud.fc.plugins import module_utils

ROOT = Path(next(iter(module_utils.__path__)))
PACKAGE = module_utils.__name__ + "."
#: Packages from the lowest to the highest layer. Packages of the same layer may import each other, but not in a cycle.
LAYERS = (
    ("_text", "_errors", "_redaction"),
    ("_async_invoke", "_generations"),
    ("_connection",),
    ("_api",),
    ("_reconcile",),
    ("_modules",),
)
MAX_LINES, MAX_FUNCTION_LINES = 300, 40
#: Modules that must be usable without Ansible and without a network.
PURE_MODULES = ("_text", "_errors", "_redaction", "_generations", "_async_invoke.")
FORBIDDEN_IMPORTS = ("ansible.", "requests", "urllib3", "http.client", "socket", "alibabacloud", "Tea", "darabonba")


def module_name(path: Path) -> str:
    """Return the name of a module relative to module_utils."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py")) if path.name != "__init__.py"}
EACH_MODULE = pytest.mark.parametrize("name", MODULES)


def imported(name: str) -> Iterator[str]:
    """Yield all modules that a module imports, also within functions."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                full_name = f"{node.module}.{alias.name}"
                yield full_name if full_name[len(PACKAGE) :] in MODULES else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def internal_imports(name: str) -> set[str]:
    """Return the modules of module_utils that a module imports."""
    return {module[len(PACKAGE) :] for module in imported(name) if module.startswith(PACKAGE)}


def layer(name: str) -> int:
    """Return the index of a module's layer. Raises StopIteration if its package is in no layer."""
    return next(number for number, names in enumerate(LAYERS) if name.partition(".")[0] in names)


@EACH_MODULE
def test_modules_import_only_from_their_own_and_lower_layers(name: str) -> None:
    assert {other for other in internal_imports(name) if layer(other) > layer(name)} == set()


def test_there_are_no_import_cycles() -> None:
    imports: dict[str, set[str]] = {name: internal_imports(name) for name in MODULES}

    def visit(name: str, chain: list[str]) -> None:
        assert name not in chain, " -> ".join([*chain, name])
        for other in imports[name]:
            visit(other, [*chain, name])

    for name in MODULES:
        visit(name, [])


@EACH_MODULE
def test_modules_and_functions_are_short(name: str) -> None:
    text = MODULES[name].read_text("utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {function: length for function, length in lengths.items() if length > MAX_FUNCTION_LINES} == {}


@EACH_MODULE
def test_pure_modules_do_not_import_ansible_or_network_libraries(name: str) -> None:
    if name.startswith(PURE_MODULES):
        assert [module for module in imported(name) if module.startswith(FORBIDDEN_IMPORTS)] == []


def test_only_dedicated_modules_exit() -> None:
    exit_functions = ("exit_json", "fail_json", "sys.exit")
    found = {
        name
        for name, path in MODULES.items()
        if any(f"{function}(" in path.read_text("utf-8") for function in exit_functions)
    }
    assert found == {"_modules.run", "_modules.ansible_core"}


def test_generations_are_distinguished_in_one_module() -> None:
    for name, path in MODULES.items():
        code = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)]
        if name != "_generations":
            assert {node.id for node in code} & {"FC2", "FC3"} == set(), name
