# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an emulator of the Function Compute control plane for tests and demonstrations.

If a COMMAND is specified, run it with the environment variables that connect the modules to the emulator, and exit with
its status.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import urllib.parse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from . import __version__
from ._account import DEFAULT_ACCESS_KEY, Account, Settings
from ._environment import client_environment, client_variables
from ._errors import FcError
from ._http import HttpServer
from ._keys import AccessKey
from ._state_file import read_state
from ._switches import Switches, render_table

_WATCH_SECONDS = 0.5


def main(arguments: Sequence[str] | None = None, program: str = "fc-emulator") -> int:
    """Run the emulator until it receives SIGINT or SIGTERM or until the command or the watched process exits.

    Return the exit status.
    """
    parser = _make_parser(program)
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
        return asyncio.run(_serve(server, account, options))
    except OSError as error:
        return _fail(f"Cannot listen on {options.host}:{options.port}: {error.strerror or error}.")


def _make_parser(program: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=program, description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
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
    parser.add_argument(
        "command",
        nargs="*",
        metavar="COMMAND",
        help="command to run, and its arguments; if the arguments contain options, write -- before the command",
    )
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
    state = read_state(options.state) if options.state else {}
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


def _split_names(text: str, separator: str, form: str) -> list[str]:
    names = text.split(separator)
    if len(names) != 2 or not all(names):
        raise ValueError(f"{text!r} must have the form {form}.")
    return names


async def _serve(server: HttpServer, account: Account, options: argparse.Namespace) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await server.start()
    try:
        if options.ready_file:
            _write_atomically(Path(options.ready_file), server.url)
        if options.command:
            return await _run_command(
                options.command, client_environment(server.url, account.settings, os.environ), stop
            )
        print(server.url, flush=True)
        if not options.quiet:
            print(get_instructions(server.url, account), flush=True)
        if options.watch_pid:
            await _wait_for_exit(options.watch_pid, stop)
        else:
            await stop.wait()
    finally:
        await server.stop()
    return 0


async def _run_command(command: Sequence[str], environment: Mapping[str, str], stop: asyncio.Event) -> int:
    """Run a command and return its exit status. If the emulator is stopped, terminate the command."""
    try:
        process = await asyncio.create_subprocess_exec(*command, env=environment)
    except OSError as error:
        return _fail(f"Cannot run {command[0]}: {error.strerror}.")
    ended, stopped = asyncio.ensure_future(process.wait()), asyncio.ensure_future(stop.wait())
    await asyncio.wait([ended, stopped], return_when=asyncio.FIRST_COMPLETED)
    if stopped.done() and not ended.done():
        process.terminate()
    stopped.cancel()
    status = await ended
    return status if status >= 0 else 128 - status  # as in a shell, if a signal ended the command


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
    variables = client_variables(url, account.settings)
    services = account.store.dump()["services"]
    functions = [(service, content["functions"][0]) for service, content in services.items() if content["functions"]]
    service, function = functions[0] if functions else ("demo", "hello")
    lines = [
        "",
        "To use the emulator, run these commands in your shell:",
        # Unset variables that override the access key below. Bypass proxies, which cannot reach the emulator.
        "  unset ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN",
        f"  export no_proxy={urllib.parse.urlsplit(url).hostname}",
        *(f"  export {name}={value}" for name, value in variables.items()),
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
    sys.exit(main(program=f"python -m {__package__}"))
