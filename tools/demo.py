# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Show how to use this collection's playbooks to adopt, audit and apply configurations in the emulator.

    python tools/demo.py [ansible-playbook option ...]

Requires the packages in requirements-demo.txt.
"""

from __future__ import annotations

import json
import secrets
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from make_tree import make_link
from project import BUILD, ROOT, environment, plain

sys.path.insert(0, str(ROOT / "tests"))

from emulator import AccessKey, Emulator

#: A Terraform state and the account that Terraform configured.
FILES = Path("tools") / "demo_files"
#: The directory for the files that the playbooks write. It is kept until the next run.
FOLDER = Path(".build") / "demo"
CONFIG_FILE = FOLDER / "configs.yml"


@dataclass(frozen=True)
class Step:
    """A demonstration command and the expected number of configurations for each verdict in its audit report."""

    title: str
    command: tuple[str, ...]
    verdicts: dict[str, int] = field(default_factory=dict)


def _playbook(name: str, *variables: str) -> tuple[str, ...]:
    options = [option for variable in variables for option in ("-e", variable)]
    return ("ansible-playbook", f"alicloud.fc.{name}", *options)


_AUDIT = _playbook("audit", f"config_file={CONFIG_FILE}", f"report_folder={FOLDER}")
STORY = (
    Step(
        "Adopt the configurations from a Terraform state",
        _playbook("adopt", f"terraform_file={FILES / 'terraform.json'}", f"config_file={CONFIG_FILE}"),
    ),
    Step(
        "Simulate a manual change",
        (
            "ansible", "localhost", "-m", "alicloud.fc.function_async_invoke_config",
            "-a", "id=shop:pay omitted_options=keep maximum_retry_attempts=5",
        ),
    ),
    Step("Audit the account: one configuration has drifted", _AUDIT, {"drifted": 1, "in sync": 5}),
    Step("Apply the file", (*_playbook("apply", f"config_file={CONFIG_FILE}"), "--diff")),
    Step("Audit the account again: all configurations are in sync", _AUDIT, {"in sync": 6}),
)  # fmt: skip


def create_emulator() -> Emulator:
    """Return an emulator with the account that Terraform configured. The secret is generated for each run."""
    key = AccessKey("demo-access-key", secrets.token_urlsafe(24))
    state = json.loads((ROOT / FILES / "account.json").read_text("utf-8"))
    return Emulator(access_keys=[key], state=state)


def settings(account: Emulator, temporary: Path) -> dict[str, str]:
    """Return the environment variables for the commands, including the emulator connection and the color setting."""
    return environment(
        ALIBABA_CLOUD_ACCESS_KEY_ID=account.access_key_id,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=account.access_key_secret,
        ALIBABA_CLOUD_REGION=account.region,
        ALIBABA_CLOUD_ACCOUNT_ID=account.account_id,
        FC_ENDPOINT=account.url,
        ANSIBLE_DEPRECATION_WARNINGS="False",
        ANSIBLE_NOCOLOR="False" if sys.stdout.isatty() else "True",
        ANSIBLE_REMOTE_TMP=str(temporary),
    )


def run_step(number: int, step: Step, arguments: list[str], env: dict[str, str]) -> int:
    """Run a step and return its exit status, or 1 if its audit report contains unexpected verdicts."""
    print(f"\n== {number}. {step.title}\n\n$ {' '.join(step.command)}", flush=True)
    command = [*step.command, *(arguments if step.command[0] == "ansible-playbook" else [])]
    status = subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False).returncode
    if status or not step.verdicts:
        return status
    totals = json.loads((ROOT / FOLDER / "audit.json").read_text("utf-8"))["totals"]
    verdicts = {verdict: total for verdict, total in totals.items() if total}
    if verdicts != step.verdicts:
        print(f"demo: the audit should have found {step.verdicts}, not {verdicts}.")
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Run all steps against the emulator and return the exit status of the first step that fails."""
    BUILD.mkdir(exist_ok=True)
    shutil.rmtree(ROOT / FOLDER, ignore_errors=True)
    make_link()
    # Ansible passes the path of its temporary folder to a shell without quoting it.
    with create_emulator() as account, plain(BUILD) as build:
        print(f"Started the emulator with account {account.account_id} at {account.url}", flush=True)
        env = settings(account, build / "ansible" / "tmp")
        steps = enumerate(STORY, 1)
        status = next((found for number, step in steps if (found := run_step(number, step, arguments, env))), 0)
    print(f"Stopped the emulator. See {CONFIG_FILE} and {FOLDER / 'audit.html'}.")
    return status


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP):
        # Stop in the same way as after Ctrl-C.
        signal.signal(number, signal.default_int_handler)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
