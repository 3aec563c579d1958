# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local server that issues credentials."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Iterator, Mapping
from urllib.parse import parse_qs, urlsplit


def issued_credential(number: int, valid_for: int = 3600) -> dict[str, str]:
    """Return a temporary credential in the format used by the services. It is valid for ``valid_for`` seconds."""
    end = dt.datetime.now(dt.timezone.utc) + dt.timedelta(seconds=valid_for)
    return {
        "AccessKeyId": f"STS.issued-{number}",
        "AccessKeySecret": f"issued-secret-{number}",
        "SecurityToken": f"issued-token-{number}",
        "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


class Server(ThreadingHTTPServer):
    """A server that responds like STS, a credentials URI and the ECS metadata service.

    It also responds to HTTP proxy requests for any host. ``requests`` contains the URLs and headers of all received
    requests. ``reply`` replaces the default responses.
    """

    daemon_threads = True

    def __init__(self, reply: Callable[[str], tuple[int, str]] | None, valid_for: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.reply = reply
        self.valid_for = valid_for
        self.requests: list[tuple[str, Mapping[str, str]]] = []
        #: Number of bytes by which Content-Length exceeds the body length.
        self.extra_length = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_arguments: Any) -> None:
        """Ignore clients that close the connection."""

    def respond(self, url: str) -> tuple[int, str]:
        """Return the status and body of the response to a request."""
        if self.reply is not None:
            return self.reply(url)
        parts = urlsplit(url)
        if parts.path == "/latest/api/token":
            return 200, "metadata-token"
        if parts.path.endswith("/security-credentials/"):
            return 200, "role-of-this-instance"
        credential = issued_credential(len(self.requests), self.valid_for)
        if "Action" in parse_qs(parts.query):
            return 200, json.dumps({"RequestId": "r", "Credentials": credential})
        return 200, json.dumps({"Code": "Success", **credential})


class Handler(BaseHTTPRequestHandler):
    """The request handler for ``Server``."""

    server: Server

    def do_GET(self) -> None:
        self.server.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        status, body = self.server.respond(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body.encode()) + self.server.extra_length))
        if status == 302:
            self.send_header("Location", body)
        self.end_headers()
        self.wfile.write(body.encode())

    do_PUT = do_GET

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_CONNECT(self) -> None:
        self.server.requests.append((self.path, {}))
        self.send_error(403)

    def log_message(self, *_arguments: Any) -> None:
        """Print nothing."""


@contextlib.contextmanager
def run_server(reply: Callable[[str], tuple[int, str]] | None = None, valid_for: int = 3600) -> Iterator[Server]:
    """Run a server within the context. The issued credentials are valid for ``valid_for`` seconds."""
    with Server(reply, valid_for) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def sent_parameters(server: Server) -> list[dict[str, str]]:
    """Return the query parameters of the requests that the server received."""
    return [
        {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()} for url, _headers in server.requests
    ]
