# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the architecture of module_utils: layers, import cycles and module sizes."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Iterator

import pytest
from ansible_collections.alicloud.fc.plugins import module_utils

ROOT = Path(next(iter(module_utils.__path__)))
PACKAGE = module_utils.__name__ + "."
#: Packages from the lowest to the highest layer. Packages in one layer may import each other but must not form cycles.
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
PLUGINS = ROOT.parent
PLUGIN_FILES = sorted(PLUGINS.rglob("*.py"))
EACH_MODULE = pytest.mark.parametrize("name", MODULES)


def imported(name: str) -> Iterator[str]:
    """Yield the qualified names of all imports in a module, including imports within functions."""
    for node in ast.walk(ast.parse(MODULES[name].read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom):
            parent = (PACKAGE + name).rsplit(".", node.level)[0] if node.level else None
            yield from (".".join(filter(None, (parent, node.module, alias.name))) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.Attribute) and node.attr == "import_module":
            yield node.attr


def internal_imports(name: str) -> set[str]:
    """Return the module_utils modules that a module imports. A package represents all of its modules."""
    found = set()
    for module in imported(name):
        inside = module[len(PACKAGE) :] if module.startswith(PACKAGE) else ""
        if inside:
            found |= {file for file in MODULES if f"{inside}.".startswith(f"{file}.") or file.startswith(f"{inside}.")}
    return found


def layer(name: str) -> int:
    """Return the index of a module's layer."""
    package = name.partition(".")[0]
    layers = [number for number, names in enumerate(LAYERS) if package in names]
    assert layers, f"{package} is in no layer: add it to LAYERS in {Path(__file__).name}"
    return layers[0]


@EACH_MODULE
def test_modules_import_only_from_their_own_and_lower_layers(name: str) -> None:
    outside = "ansible_collections."
    assert [module for module in imported(name) if module.startswith(outside) and not module.startswith(PACKAGE)] == []
    # Imports with computed names cannot be checked. Only the modules that load the SDK use such imports.
    assert name in ("_api.sdk", "_api.deferred_imports") or "import_module" not in imported(name)
    own_layer = layer(name)
    assert {other for other in internal_imports(name) if layer(other) > own_layer} == set()


def test_there_are_no_import_cycles() -> None:
    imports: dict[str, set[str]] = {name: internal_imports(name) for name in MODULES}

    def visit(name: str, chain: list[str]) -> None:
        assert name not in chain, " -> ".join([*chain, name])
        for other in imports[name]:
            visit(other, [*chain, name])

    for name in MODULES:
        visit(name, [])


def function_lengths(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, int]]:
    """Yield the qualified name and line count of each function and method in a tree."""
    for node in ast.iter_child_nodes(tree):
        inner = prefix
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            inner = f"{prefix}{node.name}."
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield inner[:-1], (node.end_lineno or 0) - node.lineno + 1
        yield from function_lengths(node, inner)


@pytest.mark.parametrize("path", PLUGIN_FILES, ids=lambda path: str(path.relative_to(PLUGINS)))
def test_modules_and_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    written_by_hand = re.sub(
        r"^ *# ([a-z ]+), written by tools/.*?^ *# End of \1$", "", text, flags=re.MULTILINE | re.DOTALL
    )
    number = len(written_by_hand.splitlines())
    assert number <= MAX_LINES  # a separate variable because pytest would otherwise print the whole text
    lengths = function_lengths(ast.parse(text))
    assert {one: length for one, length in lengths if length > MAX_FUNCTION_LINES} == {}


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


#: Names and strings that a module could use to distinguish the generations.
GENERATION_NAMES = re.compile(r"FC ?[23]|fcv?[23]\b")


@EACH_MODULE
def test_only_one_module_distinguishes_generations(name: str) -> None:
    if name == "_generations":
        return
    tree = ast.parse(MODULES[name].read_text("utf-8"))
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
