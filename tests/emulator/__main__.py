# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an emulator of the Function Compute control plane for tests and demonstrations."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import urllib.parse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ._account import DEFAULT_ACCESS_KEY, Account, Settings
from ._errors import FcError
from ._http import HttpServer
from ._keys import AccessKey
from ._switches import Switches, render_table

_WATCH_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the emulator until it receives SIGINT or SIGTERM or the watched process exits. Return the exit status."""
    parser = _make_parser()
    options = parser.parse_args(arguments)
    if options.print_switches:
        print(render_table())
        return 0
    if bool(options.tls_cert) != bool(options.tls_key):
        parser.error("--tls-cert and --tls-key must be used together")
    tls = (options.tls_cert, options.tls_key) if options.tls_cert else None
    try:
        account = Account(_make_settings(options))
        server = HttpServer(account, options.host, options.port, tls)
    except (FcError, ValueError) as error:
        return _fail(error.message if isinstance(error, FcError) else str(error))
    try:
        asyncio.run(_serve(server, account, options))
    except OSError as error:
        return _fail(f"Cannot listen on {options.host}:{options.port}: {error.strerror or error}.")
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="port to listen on (default: 0, any free port)")
    parser.add_argument(
        "--access-key",
        action="append",
        default=[],
        metavar="ID:SECRET[:SECURITY_TOKEN]",
        help=f"access key to accept; can be repeated (default: {DEFAULT_ACCESS_KEY.id}:{DEFAULT_ACCESS_KEY.secret})",
    )
    parser.add_argument("--account-id", default=Settings.account_id, help="account ID (default: %(default)s)")
    parser.add_argument("--region", default=Settings.region, help="region of the account (default: %(default)s)")
    parser.add_argument(
        "--service-function",
        action="append",
        default=[],
        metavar="SERVICE/FUNCTION",
        help="FC 2.0 function to create together with its service; can be repeated",
    )
    parser.add_argument(
        "--function", action="append", default=[], metavar="FUNCTION", help="FC 3.0 function to create; can be repeated"
    )
    parser.add_argument(
        "--alias",
        action="append",
        default=[],
        metavar="SERVICE/ALIAS",
        help="alias to create for a new version of the service (for FC 3.0, use FUNCTION@ALIAS); can be repeated",
    )
    parser.add_argument(
        "--switch",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="behavior switch to set (see --print-switches); can be repeated",
    )
    parser.add_argument(
        "--state", metavar="FILE.json", help="initial services, functions, configurations and RAM policies"
    )
    parser.add_argument(
        "--oidc-token", default=Settings.oidc_token, help="token that AssumeRoleWithOIDC accepts (default: %(default)s)"
    )
    parser.add_argument(
        "--journal-limit",
        type=int,
        default=Settings.journal_limit,
        help="number of requests to keep in the journal (default: %(default)s)",
    )
    parser.add_argument("--ready-file", metavar="FILE", help="file to write the URL to when the emulator is ready")
    parser.add_argument("--watch-pid", type=int, metavar="PID", help="exit when this process ends")
    parser.add_argument("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="private key for the certificate (PEM)")
    parser.add_argument("--quiet", action="store_true", help="print only the URL")
    parser.add_argument("--print-switches", action="store_true", help="print the table of behavior switches and exit")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, not {text!r}")
    return int(text)


def _make_settings(options: argparse.Namespace) -> Settings:
    return Settings(
        access_keys=tuple(_parse_access_key(text) for text in options.access_key) or (DEFAULT_ACCESS_KEY,),
        account_id=options.account_id,
        region=options.region,
        switches=dict(Switches.parse(text) for text in options.switch),
        state=_make_state(options),
        oidc_token=options.oidc_token,
        journal_limit=options.journal_limit,
    )


def _parse_access_key(text: str) -> AccessKey:
    access_key_id, secret, token = (*text.split(":", 2), "", "")[:3]
    if not access_key_id or not secret:
        raise ValueError("access key: must have the form ID:SECRET or ID:SECRET:SECURITY_TOKEN.")
    return AccessKey(access_key_id, secret, token)


def _make_state(options: argparse.Namespace) -> dict[str, Any]:
    state = _read_state(Path(options.state)) if options.state else {}
    services: dict[str, Any] = state.setdefault("services", {})
    functions: dict[str, Any] = state.setdefault("functions", {})
    for text in options.service_function:
        service, function = _split_names(text, "/", "SERVICE/FUNCTION")
        services.setdefault(service, {}).setdefault("functions", []).append(function)
    for function in options.function:
        functions.setdefault(function, {})
    for text in options.alias:
        separator, owners = ("@", functions) if "@" in text else ("/", services)
        owner, alias = _split_names(text, separator, "SERVICE/ALIAS or FUNCTION@ALIAS")
        content = owners.setdefault(owner, {})
        versions: list[Any] = content.setdefault("versions", [])
        versions.append(str(max((int(version) for version in versions), default=0) + 1))
        content.setdefault("aliases", {})[alias] = versions[-1]
    return state


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"Cannot read the state file {path}: {error.strerror}.") from None
    except ValueError as error:
        raise ValueError(f"The state file {path} is not valid JSON: {error}.") from None
    if not isinstance(state, dict):
        raise ValueError(f"The state file {path} must contain a JSON object.")
    return state


def _split_names(text: str, separator: str, form: str) -> list[str]:
    names = text.split(separator)
    if len(names) != 2 or not all(names):
        raise ValueError(f"{text!r} must have the form {form}.")
    return names


async def _serve(server: HttpServer, account: Account, options: argparse.Namespace) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    try:
        if options.ready_file:
            _write_atomically(Path(options.ready_file), server.url)
        print(server.url, flush=True)
        if not options.quiet:
            print(get_instructions(server.url, account), flush=True)
        if options.watch_pid:
            await _wait_for_exit(options.watch_pid, stop)
        else:
            await stop.wait()
    finally:
        await server.stop()


def _write_atomically(path: Path, text: str) -> None:
    """Write a file atomically to ensure that readers never see an incomplete file."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_text(f"{text}\n", encoding="utf-8")
    temporary.replace(path)


async def _wait_for_exit(pid: int, stop: asyncio.Event) -> None:
    stopped = asyncio.ensure_future(stop.wait())
    while not stopped.done() and _is_running(pid):
        await asyncio.wait([stopped], timeout=_WATCH_SECONDS)
    stopped.cancel()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Return whether a process has ended but has not been reaped. In containers, this state can be permanent."""
    try:
        status = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # The state follows the program name, which is in parentheses and may itself contain parentheses.
    return status.rpartition(")")[2].split()[:1] == ["Z"]


def get_instructions(url: str, account: Account) -> str:
    """Return instructions for using the emulator at ``url``: environment variables and an example command."""
    key = account.settings.access_keys[0]
    services = account.store.dump()["services"]
    functions = [(service, content["functions"][0]) for service, content in services.items() if content["functions"]]
    service, function = functions[0] if functions else ("demo", "hello")
    lines = [
        "",
        "To use the emulator, run these commands in your shell:",
        # Unset variables that override the access key below. Bypass proxies, which cannot reach the emulator.
        "  unset ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN",
        f"  export no_proxy={urllib.parse.urlsplit(url).hostname}",
        f"  export ALIBABA_CLOUD_ACCESS_KEY_ID={key.id}",
        f"  export ALIBABA_CLOUD_ACCESS_KEY_SECRET={key.secret}",
        *([f"  export ALIBABA_CLOUD_SECURITY_TOKEN={key.token}"] if key.token else []),
        f"  export ALIBABA_CLOUD_ACCOUNT_ID={account.settings.account_id}",
        f"  export FC_ENDPOINT={url}",
        "",
    ]
    if not functions:
        lines += [
            f"Create a function ({service}/{function}):",
            f"  curl -X PUT {url}/_emulator/state \\",
            f"    -d '{json.dumps({'services': {service: {'functions': [function]}}})}'",
            "",
        ]
    lines += [
        "Example:",
        "  ansible localhost -m alicloud.fc.function_async_invoke_config \\",
        f'    -a "service_name={service} function_name={function} maximum_retry_attempts=1" --diff',
        "",
        f"To show the requests, run: curl {url}/_emulator/journal",
        "Press Ctrl-C to stop the emulator.",
    ]
    return "\n".join(lines)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
