# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Write the shared blocks in the modules' RETURN documentation, based on the model's fields.

    python tools/write_docs.py [--check]

A block is enclosed in the comments ``# BLOCK, written by tools/write_docs.py`` and ``# End of BLOCK``. With
``--check``, nothing is written and the exit status is 1 if a block is outdated.

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

from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from ansible_collections.alicloud.fc.plugins.plugin_utils._documentation import (
    returned_config,
    returned_connection,
    returned_error,
)

_BLOCK = re.compile(
    r"^(?P<indent> *)# (?P<name>[a-z ]+), written by tools/write_docs\.py\n.*?^(?P=indent)# End of (?P=name)\n",
    re.MULTILINE | re.DOTALL,
)


_CONFIG, _CONNECTION, _ERROR = "values of a configuration", "values of a connection", "values of an error"


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
    if module.endswith("_info"):
        action = next(iter(generation.list_qualifiers), generation.list_functions)
        denied = f"the caller is not authorized to perform 'fc:{action}'"
        return returned_error("AccessDenied", denied, 403, action)
    return returned_error("FunctionNotFound", "function 'resize' does not exist", 404, generation.operations.put)


def update_blocks(text: str, module: str) -> str:
    """Return the source of a module, with its blocks updated. Raise SystemExit if a block is missing or unknown."""
    names = sorted({found["name"] for found in _BLOCK.finditer(text)})
    expected = [_CONFIG, _CONNECTION, _ERROR]
    if names != expected:
        raise SystemExit(f"{module}.py: RETURN must have the blocks {expected}, not {names}")

    def new(found: re.Match[str]) -> str:
        content = yaml.dump(block(found["name"], module), Dumper=_Dumper, sort_keys=False, width=112)
        lines = f"# {found['name']}, written by tools/write_docs.py\n{content}# End of {found['name']}\n"
        return textwrap.indent(lines, found["indent"])

    return _BLOCK.sub(new, text)


def main(arguments: list[str]) -> int:
    """Update or check all modules and return the exit status."""
    outdated = []
    for path in sorted(Path(ROOT, "plugins", "modules").glob("*async_invoke*.py")):
        text = path.read_text("utf-8")
        new = update_blocks(text, path.stem)
        if new != text:
            outdated.append(path.name)
            if "--check" not in arguments:
                path.write_text(new, "utf-8")
    if "--check" not in arguments or not outdated:
        return 0
    print(f"Outdated: {', '.join(outdated)}. Run python tools/write_docs.py.")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
