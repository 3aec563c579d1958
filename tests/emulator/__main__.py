# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run an emulator of the Function Compute control plane for tests and demonstrations.

If a COMMAND is specified, run it with the environment variables that connect the modules to the emulator, and exit with
its status. All arguments after COMMAND belong to the command.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import Sequence
from typing import Any

from . import __version__
from ._account import DEFAULT_ACCESS_KEY, Account, Settings
from ._document import check_name, check_state
from ._environment import client_environment, shell_commands
from ._errors import FcError
from ._http import HttpServer
from ._keys import AccessKey
from ._process import CommandError, ReadyFile, is_running, run_command, wait_for_exit
from ._state_file import read_state
from ._switches import Switches, render_table


def main(arguments: Sequence[str] | None = None, program: str = "fc-emulator") -> int:
    """Run the emulator until it receives SIGINT or SIGTERM or until the command or the watched process exits.

    Return the exit status.
    """
    parser = _make_parser(program)
    options = parser.parse_args(arguments)
    if options.print_switches:
        print(render_table())
        return 0
    try:
        return _run(options)
    except CommandError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return error.status


def _run(options: argparse.Namespace) -> int:
    command = _get_command(options)
    if bool(options.tls_cert) != bool(options.tls_key):
        raise CommandError("--tls-cert and --tls-key must be used together.", 2)
    if options.watch_pid and not is_running(options.watch_pid):
        raise CommandError(f"--watch-pid: process {options.watch_pid} does not exist.")
    tls = (options.tls_cert, options.tls_key) if options.tls_cert else None
    try:
        account = Account(_make_settings(options))
        server = HttpServer(account, options.host, options.port, tls)
    except (FcError, ValueError) as error:
        if isinstance(error, FcError):
            raise CommandError(f"{options.state or 'state'}: {error.message}") from error
        raise CommandError(str(error)) from error
    with ReadyFile(options.ready_file) as ready_file:
        return asyncio.run(_serve(server, account, options, command, ready_file))


def _get_command(options: argparse.Namespace) -> list[str]:
    command: list[str] = options.command
    if command[:1] != ["--"]:
        return command
    if len(command) == 1:
        raise CommandError("-- must be followed by a command.", 2)
    return command[1:]


def _make_parser(program: str) -> argparse.ArgumentParser:
    # Without abbreviations, because argparse also looks for them in the arguments of the command.
    parser = argparse.ArgumentParser(
        prog=program,
        description=__doc__,
        usage="%(prog)s [OPTION ...] [--] [COMMAND [ARGUMENT ...]]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
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
        type=_journal_limit,
        default=Settings.journal_limit,
        help="number of requests to keep in the journal (default: %(default)s)",
    )
    parser.add_argument("--ready-file", metavar="FILE", help="file to write the URL to when the emulator is ready")
    parser.add_argument("--watch-pid", type=_pid, metavar="PID", help="exit when this process ends")
    parser.add_argument("--tls-cert", metavar="FILE", help="serve HTTPS with this certificate chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="private key for the certificate (PEM)")
    parser.add_argument("--quiet", action="store_true", help="print only the URL")
    parser.add_argument("--print-switches", action="store_true", help="print the table of behavior switches and exit")
    parser.add_argument(
        "command",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="command to run, and its arguments; options of the emulator must precede the command",
    )
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"must be a number from 0 to 65535, not {text!r}.")
    return int(text)


def _journal_limit(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be a non-negative integer, not {text!r}.")
    return int(text)


def _pid(text: str) -> int:
    # The limit is the largest process ID that the operating systems' interfaces can represent.
    if not text.isdecimal() or not 0 < int(text) < 2**31:
        raise argparse.ArgumentTypeError(f"must be the ID of a process, not {text!r}.")
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
    try:
        check_state(state)
    except FcError as error:
        raise ValueError(f"{options.state}: {error.message}") from error
    state = {name: content for name, content in state.items() if content is not None or name == "ram"}
    services: dict[str, Any] = state.setdefault("services", {})
    functions: dict[str, Any] = state.setdefault("functions", {})
    for text in options.service_function:
        service, function = _split_names("--service-function", text, "/", "SERVICE/FUNCTION")
        _set_default(_set_default(services, service, {}), "functions", []).append(function)
    for function in options.function:
        _check_option("--function", function)
        functions.setdefault(function, {})
    for text in options.alias:
        separator, owners = ("@", functions) if "@" in text else ("/", services)
        owner, alias = _split_names("--alias", text, separator, "SERVICE/ALIAS or FUNCTION@ALIAS")
        content = _set_default(owners, owner, {})
        versions: list[Any] = _set_default(content, "versions", [])
        versions.append(str(max((int(version) for version in versions), default=0) + 1))
        _set_default(content, "aliases", {})[alias] = versions[-1]
    return state


def _split_names(option: str, text: str, separator: str, form: str) -> list[str]:
    names = text.split(separator)
    if len(names) != 2 or not all(names):
        raise ValueError(f"{option}: {text!r} must have the form {form}.")
    for name in names:
        _check_option(option, name)
    return names


def _check_option(option: str, name: str) -> None:
    try:
        check_name(option, name)
    except FcError as error:
        raise ValueError(error.message) from error


def _set_default(content: dict[str, Any], key: str, default: Any) -> Any:
    """Return a member. If it is missing or null, set it to a default first."""
    if content.get(key) is None:
        content[key] = default
    return content[key]


async def _serve(
    server: HttpServer, account: Account, options: argparse.Namespace, command: Sequence[str], ready_file: ReadyFile
) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    # Ctrl-C sends SIGINT to the command too. The emulator must run until the command has exited.
    loop.add_signal_handler(signal.SIGINT, _ignore if command else stop.set)
    await _listen(server)
    try:
        ready_file.write(server.url)
        if command:
            return await run_command(command, client_environment(server.url, account.settings, os.environ), stop)
        print(server.url, flush=True)
        if not options.quiet:
            print(get_instructions(server.url, account), flush=True)
        if options.watch_pid:
            await wait_for_exit(options.watch_pid, stop)
        else:
            await stop.wait()
    finally:
        await server.stop()
    return 0


def _ignore() -> None:
    pass


async def _listen(server: HttpServer) -> None:
    try:
        await server.start()
    except OSError as error:
        # The text of asyncio's errors contains the address again. The numbers of resolver errors are not errno values.
        known = error.errno is not None and not isinstance(error, socket.gaierror)
        reason = os.strerror(error.errno) if known and error.errno is not None else error.strerror or str(error)
        raise CommandError(f"Cannot listen on {server.host}:{server.port}: {reason}.") from error


def get_instructions(url: str, account: Account) -> str:
    """Return instructions for using the emulator at ``url``: environment variables and an example command."""
    services = account.store.dump()["services"]
    functions = [(service, content["functions"][0]) for service, content in services.items() if content["functions"]]
    service, function = functions[0] if functions else ("demo", "hello")
    lines = [
        "",
        "To use the emulator, run these commands in your shell:",
        *(f"  {line}" for line in shell_commands(url, account.settings)),
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


if __name__ == "__main__":
    sys.exit(main(program=f"python -m {__package__}"))
