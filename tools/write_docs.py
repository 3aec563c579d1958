# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the shared blocks in the modules' RETURN documentation and the table of permissions, based on the model.

    python tools/write_docs.py [--check]

A block is enclosed in the comments ``# BLOCK, written by tools/write_docs.py`` and ``# End of BLOCK``. In
Markdown, these are HTML comments. With ``--check``, nothing is written and the exit status is 1 if a block is outdated.

ansible-core 2.18 and 2.19 do not support documentation fragments for RETURN. Remove this tool when they are no longer
supported.
"""

from __future__ import annotations

import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

from project import BUILD, ROOT

sys.path.insert(0, str(BUILD))

if not (BUILD / "ansible_collections").exists():
    raise SystemExit("run `make build` first")

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.caller import (
    PURGE_SCOPES,
    actions,
    bulk_operations,
    info_operations,
    optional_operations,
    single_operations,
    verification_operations,
)
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, GENERATIONS, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._documentation import (
    returned_config,
    returned_connection,
    returned_error,
    returned_problem,
    returned_warnings,
)

_BLOCK = re.compile(
    r"^(?P<indent> *)# (?P<name>[a-z ]+), written by tools/write_docs\.py\n.*?^(?P=indent)# End of (?P=name)\n",
    re.MULTILINE | re.DOTALL,
)


_CONFIG, _CONNECTION, _ERROR = "values of a configuration", "values of a connection", "values of an error"
_PROBLEM = "values of a destination problem"
#: The error of a read request. Only the modules for many configurations return it.
_NOT_FOUND = "values of a missing resource"
#: The playbooks request the warnings of the modules that they use.
_WARNINGS = "warnings"


class _Dumper(yaml.SafeDumper):
    """A dumper that writes YAML in the format used in the modules."""

    def ignore_aliases(self, _data: Any) -> bool:
        """Disable aliases."""
        return True


def block(name: str, module: str) -> dict[str, Any]:
    """Return the content of a block in a module."""
    generation = FC3 if module.startswith("v3_") else FC2
    if name == _CONFIG:
        return returned_config(generation)
    if name == _CONNECTION:
        return returned_connection(generation)
    if name == _PROBLEM:
        return returned_problem(generation)
    if name == _WARNINGS:
        return returned_warnings()
    if module.endswith("_info"):
        action = next(iter(generation.list_qualifiers), generation.list_functions)
        denied = f"the caller is not authorized to perform 'fc:{action}'"
        return returned_error("AccessDenied", denied, 403, action, write=False)
    missing = "function 'resize' does not exist"
    if name == _NOT_FOUND:
        return returned_error("FunctionNotFound", missing, 404, generation.operations.get, write=False)
    return returned_error("FunctionNotFound", missing, 404, generation.operations.put, write=True)


def update_blocks(text: str, module: str) -> str:
    """Return the source of a module, with its blocks updated. Raise SystemExit if a block is missing or unknown."""
    names = sorted({found["name"] for found in _BLOCK.finditer(text)})
    expected = [_CONFIG, _CONNECTION, _PROBLEM, *([_NOT_FOUND] if module.endswith("configs") else []), _ERROR]
    expected += [] if module.endswith("config") else [_WARNINGS]
    if names != expected:
        raise SystemExit(f"{module}.py: RETURN must have the blocks {expected}, not {names}")

    def new(found: re.Match[str]) -> str:
        content = yaml.dump(block(found["name"], module), Dumper=_Dumper, sort_keys=False, width=90)
        lines = f"# {found['name']}, written by tools/write_docs.py\n{content}# End of {found['name']}\n"
        return textwrap.indent(lines, found["indent"])

    return _BLOCK.sub(new, text)


#: The document that contains the table of permissions.
_PERMISSIONS = Path(ROOT, "docs", "authentication.md")
_TABLE = re.compile(
    r"(<!-- table of permissions, written by tools/write_docs\.py -->\n\n).*?(<!-- End of table of permissions -->)",
    re.DOTALL,
)


def permissions_table() -> str:
    """Return the table of the RAM actions that each module requires, in Markdown."""
    rows = ["| Module | Read | Write |", "|---|---|---|"]
    for generation in GENERATIONS:
        prefix = "function" if generation.has_services else "v3"
        single = single_operations(generation, False)
        write = _listed(actions(generation, single_operations(generation, True) - single))
        rows += [
            f"| `{prefix}_async_invoke_config` | {_listed(actions(generation, single))} | {write} |",
            f"| `{prefix}_async_invoke_configs` | {_bulk_actions(generation)} | {write} |",
            f"| `{prefix}_async_invoke_config_info` | {_info_actions(generation)} | (none) |",
        ]
    return "".join(f"{row}\n" for row in [*rows, "", *_verification_actions()])


def _verification_actions() -> list[str]:
    """Return the lines below the table."""
    lists = [f"- {one.name}: {_listed(actions(one, verification_operations(one)))}" for one in GENERATIONS]
    return ["With `verify_destinations`, all modules also require:", "", *lists]


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _bulk_actions(generation: Generation) -> str:
    optional = optional_operations(generation)
    base = bulk_operations(generation, False) - optional
    parts, known = [_listed(actions(generation, base))], base
    if optional:
        parts.append(f"optionally {_listed(actions(generation, optional))}")
    for purge in PURGE_SCOPES[1:]:
        operations = bulk_operations(generation, False, purge)
        if operations != known:
            condition = f"`purge: {purge}`" if generation.has_services else "`purge`"
            parts.append(f"with {condition}, also {_listed(actions(generation, operations - base))}")
        known = operations
    return "; ".join(parts)


def _info_actions(generation: Generation) -> str:
    base = info_operations(generation, account=False)
    parts = [_listed(actions(generation, base))]
    for condition, operations in (
        ("without `service_name`", info_operations(generation)),
        ("with `include_unconfigured`", info_operations(generation, account=False, unconfigured=True)),
    ):
        if operations != base:
            parts.append(f"{condition}, also {_listed(actions(generation, operations - base))}")
    return "; ".join(parts)


def update_permissions(text: str) -> str:
    """Return the document with its table of permissions updated. Raise SystemExit if the table is missing."""
    new, number = _TABLE.subn(lambda found: f"{found[1]}{permissions_table()}\n{found[2]}", text)
    if number != 1:
        raise SystemExit(f"{_PERMISSIONS.name} must contain one table of permissions, not {number}")
    return new


def main(arguments: list[str]) -> int:
    """Update or check all modules and the table of permissions, and return the exit status."""
    outdated = []
    for path in (*sorted(Path(ROOT, "plugins", "modules").glob("*async_invoke*.py")), _PERMISSIONS):
        text = path.read_text("utf-8")
        new = update_permissions(text) if path == _PERMISSIONS else update_blocks(text, path.stem)
        if new != text:
            outdated.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, "utf-8")
    if "--check" not in arguments or not outdated:
        return 0
    print(f"Outdated: {', '.join(outdated)}. Run .venv/bin/python tools/write_docs.py.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
