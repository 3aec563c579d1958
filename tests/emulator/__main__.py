# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: ``python -m emulator``."""

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
    """Run the emulator until SIGINT, SIGTERM or the end of the watched process; the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.print_switches:
        print(render_table())
        return 0
    if bool(options.tls_cert) != bool(options.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    tls = (options.tls_cert, options.tls_key) if options.tls_cert else None
    try:
        account = Account(_settings(options))
        server = HttpServer(account, options.host, options.port, tls)
    except (FcError, ValueError) as error:
        return _fail(error.message if isinstance(error, FcError) else str(error))
    try:
        asyncio.run(_serve(server, account, options))
    except OSError as error:
        return _fail(f"cannot listen on {options.host}:{options.port}: {error.strerror or error}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (default %(default)s)")
    parser.add_argument("--port", type=_port, default=0, help="the port; 0, the default, is any free one")
    parser.add_argument(
        "--access-key",
        action="append",
        default=[],
        metavar="ID:SECRET[:SECURITY_TOKEN]",
        help=f"a key to accept, may be repeated (default {DEFAULT_ACCESS_KEY.id}:{DEFAULT_ACCESS_KEY.secret})",
    )
    parser.add_argument("--account-id", default=Settings.account_id, help="the account's number (default %(default)s)")
    parser.add_argument("--region", default=Settings.region, help="the account's region (default %(default)s)")
    parser.add_argument("--service-function", action="append", default=[], metavar="SERVICE/FUNCTION")
    parser.add_argument("--function", action="append", default=[], metavar="FUNCTION", help="an FC 3.0 function")
    parser.add_argument(
        "--alias",
        action="append",
        default=[],
        metavar="SERVICE/ALIAS",
        help="an alias of a new version of the service; for FC 3.0 FUNCTION@ALIAS",
    )
    parser.add_argument("--switch", action="append", default=[], metavar="NAME=VALUE", help="see --print-switches")
    parser.add_argument("--state", metavar="FILE.json", help="services, functions and configs to begin with")
    parser.add_argument("--oidc-token", default=Settings.oidc_token, help="the token AssumeRoleWithOIDC accepts")
    parser.add_argument("--journal-limit", type=int, default=Settings.journal_limit, help="requests to remember")
    parser.add_argument("--ready-file", metavar="FILE", help="where to write the URL once connections are accepted")
    parser.add_argument("--watch-pid", type=int, metavar="PID", help="end when that process is gone")
    parser.add_argument("--tls-cert", metavar="FILE", help="serve https with this certificate chain (PEM)")
    parser.add_argument("--tls-key", metavar="FILE", help="the certificate's key (PEM)")
    parser.add_argument("--quiet", action="store_true", help="print the URL and nothing else")
    parser.add_argument("--print-switches", action="store_true", help="print the table of switches and end")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"a port is a number from 0 to 65535, not {text!r}")
    return int(text)


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(
        access_keys=tuple(_access_key(text) for text in options.access_key) or (DEFAULT_ACCESS_KEY,),
        account_id=options.account_id,
        region=options.region,
        switches=dict(Switches.parse(text) for text in options.switch),
        state=_state(options),
        oidc_token=options.oidc_token,
        journal_limit=options.journal_limit,
    )


def _access_key(text: str) -> AccessKey:
    access_key_id, secret, token = (*text.split(":", 2), "", "")[:3]
    if not access_key_id or not secret:
        raise ValueError("an access key is given as ID:SECRET or ID:SECRET:SECURITY_TOKEN")
    return AccessKey(access_key_id, secret, token)


def _state(options: argparse.Namespace) -> dict[str, Any]:
    state = _read_state(Path(options.state)) if options.state else {}
    services: dict[str, Any] = state.setdefault("services", {})
    functions: dict[str, Any] = state.setdefault("functions", {})
    for text in options.service_function:
        service, function = _two_names(text, "/", "SERVICE/FUNCTION")
        services.setdefault(service, {}).setdefault("functions", []).append(function)
    for function in options.function:
        functions.setdefault(function, {})
    for text in options.alias:
        separator, owners = ("@", functions) if "@" in text else ("/", services)
        owner, alias = _two_names(text, separator, "SERVICE/ALIAS or FUNCTION@ALIAS")
        inside = owners.setdefault(owner, {})
        versions: list[Any] = inside.setdefault("versions", [])
        versions.append(str(max((int(version) for version in versions), default=0) + 1))
        inside.setdefault("aliases", {})[alias] = versions[-1]
    return state


def _read_state(path: Path) -> dict[str, Any]:
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"cannot read the state {path}: {error.strerror}") from None
    except ValueError as error:
        raise ValueError(f"the state {path} is not JSON: {error}") from None
    if not isinstance(state, dict):
        raise ValueError(f"the state {path} is not a JSON object")
    return state


def _two_names(text: str, separator: str, form: str) -> list[str]:
    names = text.split(separator)
    if len(names) != 2 or not all(names):
        raise ValueError(f"{text!r} is not of the form {form}")
    return names


async def _serve(server: HttpServer, account: Account, options: argparse.Namespace) -> None:
    end = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end.set)
    await server.start()
    try:
        if options.ready_file:
            _write_whole(Path(options.ready_file), server.url)
        print(server.url, flush=True)
        if not options.quiet:
            print(how_to(server.url, account), flush=True)
        if options.watch_pid:
            await _wait_until_gone(options.watch_pid, end)
        else:
            await end.wait()
    finally:
        await server.stop()


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that a reader never sees half of it."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    draft.write_text(f"{text}\n", encoding="utf-8")
    draft.replace(path)


async def _wait_until_gone(pid: int, end: asyncio.Event) -> None:
    ended = asyncio.ensure_future(end.wait())
    while not ended.done() and _is_running(pid):
        await asyncio.wait([ended], timeout=_WATCH_SECONDS)
    ended.cancel()


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def _is_zombie(pid: int) -> bool:
    """Whether a process has ended and nobody has asked how: in a container, that may go on for ever."""
    try:
        status = Path("/proc", str(pid), "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    # Behind the program's name, which is in parentheses and may hold some.
    return status.rpartition(")")[2].split()[:1] == ["Z"]


def how_to(url: str, account: Account) -> str:
    """What a person needs to use the emulator at ``url``: the environment variables, and a command to try."""
    key = account.settings.access_keys[0]
    services = account.store.dump()["services"]
    named = [(service, inside["functions"][0]) for service, inside in services.items() if inside["functions"]]
    service, function = named[0] if named else ("demo", "hello")
    lines = [
        "",
        "In the shell in which you use it:",
        # What would go before the key below, and what would keep its requests from this machine.
        "  unset ALICLOUD_ACCESS_KEY ALICLOUD_SECRET_KEY ALICLOUD_SECURITY_TOKEN",
        f"  export no_proxy={urllib.parse.urlsplit(url).hostname}",
        f"  export ALIBABA_CLOUD_ACCESS_KEY_ID={key.id}",
        f"  export ALIBABA_CLOUD_ACCESS_KEY_SECRET={key.secret}",
        *([f"  export ALIBABA_CLOUD_SECURITY_TOKEN={key.token}"] if key.token else []),
        f"  export ALIBABA_CLOUD_ACCOUNT_ID={account.settings.account_id}",
        f"  export FC_ENDPOINT={url}",
        "",
    ]
    if not named:
        lines += [
            f"A function to begin with ({service}/{function}):",
            f"  curl -X PUT {url}/_emulator/state \\",
            f"    -d '{json.dumps({'services': {service: {'functions': [function]}}})}'",
            "",
        ]
    lines += [
        "Then, for example:",
        "  ansible localhost -m alicloud.fc.function_async_invoke_config \\",
        f'    -a "service_name={service} function_name={function} maximum_retry_attempts=1" --diff',
        "",
        f"The requests so far: curl {url}/_emulator/journal",
        "Ctrl-C ends it.",
    ]
    return "\n".join(lines)


def _fail(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
