# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The notification tasks in docs/auditing.md send the report before the audit fails."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from .blocks import blocks
from .shell import ROOT, Shell
from .test_documents import STATE


class Webhook(HTTPServer):
    """A server that records the messages that it receives."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        """The URL to which messages are sent, with a secret."""
        return f"http://127.0.0.1:{self.server_port}/send?access_token=secret-token"


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        """Record a message."""
        self.server.messages.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.end_headers()

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Print nothing."""


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    with Webhook() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_the_notification_tasks_send_the_report(tmp_path: Path, webhook: Webhook) -> None:
    files = {block.file: block.text for block in blocks(ROOT / "docs" / "auditing.md") if block.file}
    with Emulator(state=STATE) as emulator:
        shell = Shell(tmp_path, emulator)
        for name in ("desired.yml", "notify.yml"):
            shell.write_file(name, files[name])
        audit = "ansible-playbook alicloud.fc.audit -e config_file=desired.yml -e notify_tasks=notify.yml"
        process = shell.run(f"export WEBHOOK_URL='{webhook.url}'\n{audit} -e fail_on_drift=true -vvv")
    assert process.returncode == 2, process.stdout
    assert "secret-token" not in process.stdout + process.stderr
    [message] = webhook.messages
    assert message["msgtype"] == "markdown"
    assert message["markdown"]["title"] == "Asynchronous invocation audit: drift"
    assert "shop:refund:LATEST" in message["markdown"]["text"]
