# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run modules in separate processes, as Ansible does, and capture their output and peak memory usage.

The following command runs a module with JSON arguments read from standard input:

    python -m resilience.process MODULE [unmasked]
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
#: Maximum address space of a module in bytes. It is sufficient to run a module but not to buffer a large response.
ADDRESS_SPACE = 3 * 1024**3 // 2
_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


@dataclass(frozen=True)
class CompletedModule:
    """A completed module run: its JSON result, complete output and peak memory usage."""

    result: dict[str, Any]
    output: str
    peak_megabytes: int


def run(
    module: str, arguments: Mapping[str, Any], environ: Mapping[str, str] | None = None, mask_secrets: bool = True
) -> CompletedModule:
    """Run a module and check that it prints JSON but no traceback.

    Some Ansible releases mask secrets in results. Set ``mask_secrets`` to false to prevent this.
    """
    path = os.pathsep.join([str(CHECKOUT / ".build"), str(CHECKOUT / "tests"), *filter(None, sys.path)])
    command = [sys.executable, "-W", "ignore", "-m", "resilience.process", module]
    command += [] if mask_secrets else ["unmasked"]
    # Ignore the machine's proxy settings.
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
    # Modules use this key to pass secrets to ansible-core 2.22, which removes it before displaying the result.
    if result.pop("_ansible_new_secrets", None) is not None:
        lines[-1] = json.dumps(result)
    output = "\n".join(lines) + errors
    memory = err.decode("utf-8", "replace").strip().splitlines()[-1]
    return CompletedModule(result, output, int(memory.rpartition(" ")[2]) // 1024)


def strings(value: Any) -> Iterator[str]:
    """Yield all strings in a result, including keys."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, member in value.items():
            yield from strings(key)
            yield from strings(member)
    elif isinstance(value, list):
        for element in value:
            yield from strings(element)


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
        print("peak KiB", _peak_kib(), file=sys.stderr)


def _peak_kib() -> int:
    """Return the peak memory usage of this process. ``ru_maxrss`` would include the parent process's memory."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


if __name__ == "__main__":
    _main(*sys.argv[1:])
