# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server, based on aiohttp."""

from __future__ import annotations

import asyncio
import ssl
from urllib.parse import urlsplit

from aiohttp import web

from ._account import Account
from ._control import control_response
from ._gateway import Gateway
from ._message import Request, Response
from ._sts import metadata_response

_SHUTDOWN_SECONDS = 1.0
_UNKNOWN_PEER = "0.0.0.0"  # address of a client that has already disconnected


class HttpServer:
    """Serves an account over HTTP or HTTPS. If ``port`` is 0, a free port is selected and reused after a restart."""

    def __init__(self, account: Account, host: str, port: int, tls: tuple[str, str] | None = None) -> None:
        self.host = host
        self.port = port
        self._account = account
        self._gateway = Gateway(account)
        self._tls = _server_context(tls) if tls else None
        self._runner: web.ServerRunner | None = None

    @property
    def url(self) -> str:
        """The base URL for clients."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}"

    async def start(self) -> None:
        """Accept connections. Raise OSError if the port is in use."""
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
        """Close the port and all connections."""
        if self._runner is None:
            return
        server = self._runner.server
        transports = [connection.transport for connection in server.connections] if server is not None else []
        await self._runner.cleanup()
        self._runner = None
        for transport in transports:
            # cleanup() leaves TLS connections open until the client closes them, which might never happen.
            if transport is not None:
                transport.abort()
        await asyncio.sleep(0)

    async def _handle(self, web_request: web.BaseRequest) -> web.StreamResponse:
        path, _question_mark, query = _origin_form(web_request.raw_path).partition("?")
        headers = {name.lower(): ",".join(web_request.headers.getall(name)) for name in set(web_request.headers)}
        request = Request(web_request.method, path, query, headers, await web_request.content.read())
        response = self._get_response(request, web_request.remote or _UNKNOWN_PEER)
        if response.delay:
            await asyncio.sleep(response.delay)
        return await _send(web_request, response)

    def _get_response(self, request: Request, peer: str) -> Response:
        if request.path.startswith("/_emulator/"):
            return control_response(self._account, request, peer)
        metadata = metadata_response(self._account, request)
        return metadata or self._gateway.handle(request)


def _origin_form(target: str) -> str:
    """Return the path and query from a request target. Clients that use the emulator as a proxy send a full URL."""
    if not target.startswith(("http://", "https://")):
        return target
    url = urlsplit(target)
    return f"{url.path}?{url.query}" if url.query else url.path


async def _send(web_request: web.BaseRequest, response: Response) -> web.StreamResponse:
    if response.dropped:
        _close(web_request)
        return web.Response(status=500)
    content_type = response.content_type if response.body else "application/octet-stream"
    if not response.truncated:
        return web.Response(
            status=response.status, body=response.body, headers=response.headers, content_type=content_type
        )
    web_response = web.StreamResponse(status=response.status, headers=response.headers)
    web_response.content_type = content_type
    web_response.content_length = len(response.body)
    await web_response.prepare(web_request)
    await web_response.write(response.body[: len(response.body) // 2])
    _close(web_request)
    return web_response


def _close(web_request: web.BaseRequest) -> None:
    if web_request.transport is not None:
        web_request.transport.close()


def _server_context(tls: tuple[str, str]) -> ssl.SSLContext:
    certificate, key = tls
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key)
    except OSError as error:
        raise ValueError(f"Cannot load the certificate {certificate} with the key {key}: {error.strerror}.") from None
    return context
