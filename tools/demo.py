# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run examples/quickstart.yml with real ansible-playbook against the emulator, and leave nothing running.

    python tools/demo.py [ansible-playbook option ...]

Needs what requirements-demo.txt names.
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
#: Seconds for the emulator to come up, and to end when asked.
PATIENCE = 30


@dataclass(frozen=True)
class Account:
    """The account that the emulator plays; its secret is good for one run."""

    number: str = "123456789012"
    region: str = "cn-hangzhou"
    access_key_id: str = "demo-access-key"
    access_key_secret: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    function: str = "shop/resize"


def wait_until_ready(emulator: subprocess.Popen[bytes], ready: Path) -> str:
    """Return the URL that the emulator writes when it serves; raises SystemExit if it ends or takes too long."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and emulator.poll() is None:
        url = ready.read_text("utf-8").strip() if ready.exists() else ""
        if url:
            return url
        time.sleep(0.02)
    raise SystemExit("demo: the emulator did not start")


def end(process: subprocess.Popen[bytes]) -> None:
    """End a process: ask, wait, insist."""
    process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@contextlib.contextmanager
def emulator(account: Account) -> Iterator[str]:
    """Run the emulator for this account on a free port and yield its URL."""
    with tempfile.TemporaryDirectory(prefix="demo-", dir=BUILD) as folder:
        ready = Path(folder) / "url"
        process = subprocess.Popen(
            [
                sys.executable, "-m", "emulator", "--port", "0", "--quiet",
                "--access-key", f"{account.access_key_id}:{account.access_key_secret}",
                "--account-id", account.number,
                "--service-function", account.function,
                "--ready-file", str(ready),
                # Were this process killed, the emulator would notice.
                "--watch-pid", str(os.getpid()),
            ],
            cwd=ROOT / "tests", env=environment(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            # Ctrl-C in a terminal reaches only the playbook and this process, which ends the emulator afterwards.
            start_new_session=True,
        )  # fmt: skip
        try:
            yield wait_until_ready(process, ready)
        finally:
            end(process)


def settings(account: Account, url: str, temporary: Path) -> dict[str, str]:
    """Return the environment of the playbook: the connection to the emulator, and colour where a person looks on."""
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


def play(arguments: list[str], env: dict[str, str]) -> int:
    """Run the playbook in the foreground and return its exit status."""
    process = subprocess.Popen(["ansible-playbook", str(PLAYBOOK), *arguments], cwd=ROOT, env=env)
    try:
        return process.wait()
    finally:
        if process.poll() is None:
            end(process)


def main(arguments: list[str]) -> int:
    """Start the emulator, run the playbook, end the emulator; return the playbook's exit status."""
    BUILD.mkdir(exist_ok=True)
    make_link()
    account = Account()
    # Ansible hands the name of its temporary folder to a shell as it is.
    with emulator(account) as url, plain(BUILD) as build:
        print(f"An emulator of Function Compute serves account {account.number} at {url}\n", flush=True)
        status = play(arguments, settings(account, url, build / "ansible" / "tmp"))
    print("The emulator has ended; nothing is left running.")
    return status


def end_on_signal(number: int, _frame: object) -> None:
    """End by an exception, as on Ctrl-C, so that the emulator is ended on the way out."""
    raise SystemExit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end_on_signal)
    signal.signal(signal.SIGHUP, end_on_signal)
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
