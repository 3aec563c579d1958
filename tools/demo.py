# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run examples/quickstart.yml with ansible-playbook against the emulator.

    python tools/demo.py [ansible-playbook option ...]

Requires the packages in requirements-demo.txt.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from make_tree import make_link
from project import BUILD, ROOT, environment, plain

PLAYBOOK = Path("examples") / "quickstart.yml"
#: Seconds to wait for the emulator to start and to exit.
TIMEOUT = 30


@dataclass(frozen=True)
class Account:
    """The emulator's account. The secret is generated for each run."""

    number: str = "123456789012"
    region: str = "cn-hangzhou"
    access_key_id: str = "demo-access-key"
    access_key_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    function: str = "shop/resize"


def wait_until_ready(emulator: subprocess.Popen[bytes], ready: Path) -> str:
    """Return the URL of the emulator when it is ready. Raise SystemExit if it exits or does not become ready."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline and emulator.poll() is None:
        url = ready.read_text("utf-8").strip() if ready.exists() else ""
        if url:
            return url
        time.sleep(0.02)
    raise SystemExit("demo: the emulator did not start.")


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Terminate a process and kill it if it does not exit."""
    process.terminate()
    try:
        process.wait(TIMEOUT)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def emulator(account: Account) -> Iterator[str]:
    """Run the emulator on a free port and yield its URL."""
    with tempfile.TemporaryDirectory(prefix="demo-", dir=BUILD) as folder:
        ready = Path(folder) / "url"
        process = subprocess.Popen(
            [
                sys.executable, "-m", "emulator", "--port", "0", "--quiet",
                "--access-key", f"{account.access_key_id}:{account.access_key_secret}",
                "--account-id", account.number,
                "--service-function", account.function,
                "--ready-file", str(ready),
                # Stop the emulator if this process is killed.
                "--watch-pid", str(os.getpid()),
            ],
            cwd=ROOT / "tests", env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            # Ctrl-C must not stop the emulator. This process stops it when the playbook ends.
            start_new_session=True,
        )  # fmt: skip
        try:
            yield wait_until_ready(process, ready)
        finally:
            stop_process(process)


def settings(account: Account, url: str, temporary: Path) -> dict[str, str]:
    """Return the playbook's environment variables: the connection to the emulator and whether to use colors."""
    return environment(
        ALIBABA_CLOUD_ACCESS_KEY_ID=account.access_key_id,
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=account.access_key_secret,
        ALIBABA_CLOUD_REGION=account.region,
        ALIBABA_CLOUD_ACCOUNT_ID=account.number,
        FC_ENDPOINT=url,
        ANSIBLE_DEPRECATION_WARNINGS="False",
        ANSIBLE_NOCOLOR="False" if sys.stdout.isatty() else "True",
        ANSIBLE_REMOTE_TMP=str(temporary),
    )


def run_playbook(arguments: list[str], env: dict[str, str]) -> int:
    """Run the playbook in the foreground and return its exit status."""
    process = subprocess.Popen(["ansible-playbook", str(PLAYBOOK), *arguments], cwd=ROOT, env=env)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            stop_process(process)


def main(arguments: list[str]) -> int:
    """Run the playbook against the emulator and return its exit status."""
    BUILD.mkdir(exist_ok=True)
    make_link()
    account = Account()
    # Ansible passes the path of its temporary folder to a shell without quoting it.
    with emulator(account) as url, plain(BUILD) as build:
        print(f"Started the emulator with account {account.number} at {url}\n", flush=True)
        status = run_playbook(arguments, settings(account, url, build / "ansible" / "tmp"))
    print("Stopped the emulator.")
    return status


def exit_on_signal(number: int, _frame: object) -> None:
    """Raise SystemExit so that the emulator is stopped, as on Ctrl-C."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, exit_on_signal)
    signal.signal(signal.SIGHUP, exit_on_signal)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
