# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The quick start playbook succeeds and deletes the configuration that it creates."""

from __future__ import annotations

import shlex
from pathlib import Path

from emulator import Emulator

from .shell import ROOT, Shell


def test_quickstart_succeeds_and_leaves_no_config(tmp_path: Path) -> None:
    playbook = ROOT / "examples" / "quickstart.yml"
    with Emulator(state={"services": {"shop": {"functions": ["resize"]}}}) as emulator:
        process = Shell(tmp_path, emulator).run(f"ansible-playbook {shlex.quote(str(playbook))}")
        assert process.returncode == 0, process.stdout + process.stderr
        assert "Created, unchanged, drifted, audited, repaired, listed, removed." in process.stdout
        assert {"PutFunctionAsyncInvokeConfig", "DeleteFunctionAsyncInvokeConfig"} <= {
            entry["operation"] for entry in emulator.journal.writes
        }
        assert emulator.store.dump().get("configs", []) == []
