# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: aiohttp requests in, replies out, on one port."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from aiohttp import web

from ._account import Account
from ._control import control_reply
from ._gateway import Gateway
from ._message import Incoming, Reply
from ._sts import metadata_reply

_SHUTDOWN_SECONDS = 1.0
_NOWHERE = "0.0.0.0"  # the address of a peer that has gone already


class HttpServer:
    """Serves an account over HTTP (or HTTPS) on ``host`` and ``port``; 0 is any free port, kept once it is known."""

    def __init__(self, account: Account, host: str, port: int, tls: tuple[str, str] | None = None) -> None:
        self.host = host
        self.port = port
        self._account = account
        self._gateway = Gateway(account)
        self._tls = _server_context(tls) if tls else None
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The URL to which clients send their requests."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    async def start(self) -> None:
        """Begin to accept connections; OSError where the port is taken."""
        self._runner = web.ServerRunner(web.Server(self._handle, access_log=None), shutdown_timeout=_SHUTDOWN_SECONDS)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.host, self.port, ssl_context=self._tls)
        try:
            await site.start()
        except OSError:
            await self._runner.cleanup()
            raise
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the port and every connection."""
        if self._runner is None:
            return
        server = self._runner.server
        transports = [connection.transport for connection in server.connections] if server is not None else []
        await self._runner.cleanup()
        self._runner = None
        for transport in transports:
            # Over TLS cleanup() leaves connections open until the peer says goodbye, which it may never do.
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _question_mark, query = _origin_form(request.raw_path).partition("?")
        headers = {name.lower(): ",".join(request.headers.getall(name)) for name in set(request.headers)}
        incoming = Incoming(request.method, path, query, headers, await request.content.read())
        reply = self._answer(incoming, request.remote or _NOWHERE)
        if reply.delay:
            await asyncio.sleep(reply.delay)
        return await _send(request, reply)

    def _answer(self, incoming: Incoming, peer: str) -> Reply:
        if incoming.path.startswith("/_emulator/"):
            return control_reply(self._account, incoming, peer)
        metadata = metadata_reply(self._account, incoming)
        return metadata or self._gateway.answer(incoming)


def _origin_form(target: str) -> str:
    """The path and query of a request's target: a client that takes us for its proxy sends a whole URL."""
    if not target.startswith(("http://", "https://")):
        return target
    url = urlsplit(target)
    return f"{url.path}?{url.query}" if url.query else url.path


async def _send(request: web.BaseRequest, reply: Reply) -> web.StreamResponse:
    if reply.dropped:
        _close(request)
        return web.Response(status=500)
    content_type = reply.content_type if reply.body else "application/octet-stream"
    if not reply.truncated:
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers, content_type=content_type)
    response = web.StreamResponse(status=reply.status, headers=reply.headers)
    response.content_type = content_type
    response.content_length = len(reply.body)
    await response.prepare(request)
    await response.write(reply.body[: len(reply.body) // 2])
    _close(request)
    return response


def _close(request: web.BaseRequest) -> None:
    if request.transport is not None:
        request.transport.close()


def _server_context(tls: tuple[str, str]) -> ssl.SSLContext:
    certificate, key = tls
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise ValueError(f"cannot use the certificate {certificate} with the key {key}: {error.strerror}") from None
    return context
