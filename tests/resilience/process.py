# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules in processes of their own, as Ansible runs them: everything that they print, and the memory that they took.

    python -m resilience.process MODULE [unmasked]

runs a module with the arguments that standard input holds as JSON.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).parents[2]
#: Bytes of address space that a module gets: enough for it, not enough for an answer that fills the memory.
ADDRESS_SPACE = 3 * 1024**3 // 2
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class Ended:
    """A module that has ended: its JSON, everything that it printed, and the most megabytes that it held."""

    result: dict[str, Any]
    output: str
    megabytes: int


def run(
    module: str, arguments: Mapping[str, Any], environ: Mapping[str, str] | None = None, masked: bool = True
) -> Ended:
    """Run a module to its end. That it prints JSON, and no traceback, is checked here.

    ``masked``: whether Ansible puts a mask over the values of secret options, as some of its releases do in results.
    """
    path = os.pathsep.join([str(CHECKOUT / ".build"), str(CHECKOUT / "tests"), *filter(None, sys.path)])
    command = [sys.executable, "-W", "ignore", "-m", "resilience.process", module, *([] if masked else ["unmasked"])]
    # The test says which proxy there is, not the machine.
    inherited = {name: value for name, value in os.environ.items() if name.lower() not in _PROXIES}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env={**inherited, "HOME": "/nonexistent", **(environ or {}), "PYTHONPATH": path},
    ) as process:  # fmt: skip
        try:
            out, err = process.communicate(json.dumps(arguments).encode())
        finally:
            process.kill()
    errors = err.decode("utf-8", "replace")
    assert "Traceback (most recent call last)" not in out.decode() + errors, out.decode() + errors
    lines = out.decode().strip().splitlines()
    assert lines, errors
    result = json.loads(lines[-1])
    assert isinstance(result, dict)
    # By it, modules tell ansible-core 2.22 what to mask on the screen, which takes it out of the result.
    if result.pop("_ansible_new_secrets", None) is not None:
        lines[-1] = json.dumps(result)
    output = "\n".join(lines) + errors
    memory = err.decode("utf-8", "replace").strip().splitlines()[-1]
    return Ended(result, output, int(memory.rpartition(" ")[2]) // 1024)


def texts(tree: Any) -> Iterator[str]:
    """Every text in a result, keys among them."""
    if isinstance(tree, str):
        yield tree
    elif isinstance(tree, Mapping):
        for key, value in tree.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(tree, list):
        for value in tree:
            yield from texts(value)


def _main(module: str, unmasked: str = "") -> None:
    from ansible.module_utils import basic
    from support.module_args import patch_module_args

    if unmasked:
        basic.remove_values = lambda value, _secrets: value
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    name = f"ansible_collections.alicloud.fc.plugins.modules.{module}"
    try:
        with patch_module_args(json.load(sys.stdin)):
            importlib.import_module(name).main()
    finally:
        print("peak KiB", _peak(), file=sys.stderr)


def _peak() -> int:
    """The most KiB that this process held. Not ru_maxrss, which begins with what the parent held when it forked."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    _main(*sys.argv[1:])
