# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API under ``/_emulator``, which accepts unsigned JSON requests from tests and curl."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from ._account import Account
from ._errors import FcError
from ._message import Request, Response, json_response
from ._sts import credentials_response

_Handler = Callable[[Account, Request], Any]


def control_response(account: Account, request: Request, peer: str) -> Response:
    """Return the response to a control request. If the request is invalid, return 400 with a message in ``error``.

    ``peer`` is the address of the client. Requests from other machines are refused with 403 because control
    requests are not signed.
    """
    if not ipaddress.ip_address(peer).is_loopback:
        return json_response(403, {"error": "The control API accepts only local requests."})
    name = request.path[len("/_emulator/") :]
    if name == "credentials" and request.method == "GET":
        return credentials_response(account)
    handler = _HANDLERS.get((request.method, name))
    if handler is None:
        return _unsupported(request, name)
    try:
        return json_response(200, handler(account, request))
    except FcError as error:
        return json_response(400, {"error": error.message})
    except ValueError as error:
        return json_response(400, {"error": str(error)})


def _unsupported(request: Request, name: str) -> Response:
    """Return 405 if the path exists, otherwise 404."""
    routes = sorted([*_HANDLERS, ("GET", "credentials")], key=lambda route: (route[1], route[0]))
    methods = [method for method, path in routes if path == name]
    if methods:
        message = f"{request.method} {request.path} is not supported; use {' or '.join(methods)}."
        return json_response(405, {"error": message}, {"Allow": ", ".join(methods)})
    supported = ", ".join(f"{method} /_emulator/{path}" for method, path in routes)
    return json_response(404, {"error": f"{request.path} does not exist; use one of {supported}."})


def _health(_account: Account, _incoming: Request) -> Any:
    return {"status": "ok"}


def _get_journal(account: Account, request: Request) -> Any:
    parameters = request.parameters
    unknown = sorted(set(parameters) - {"operation", "writes"})
    if unknown:
        raise ValueError(f"journal: unsupported parameter {unknown[0]!r}; use operation or writes.")
    writes = parameters.get("writes", "false").lower()
    if writes not in ("true", "false"):
        raise ValueError(f"journal: writes must be true or false, not {writes!r}.")
    requests = account.journal.select(parameters.get("operation", "*"), writes == "true")
    return {"requests": requests, "counts": account.journal.counts}


def _clear_journal(account: Account, _incoming: Request) -> Any:
    account.journal.clear()
    return {}


def _get_switches(account: Account, _incoming: Request) -> Any:
    return account.switches.as_dict()


def _put_switches(account: Account, request: Request) -> Any:
    account.switches.update(_parse_object(request))
    return account.switches.as_dict()


def _get_faults(account: Account, _incoming: Request) -> Any:
    return {"faults": [rule.as_dict() for rule in account.faults.rules]}


def _post_faults(account: Account, request: Request) -> Any:
    body = _parse_json(request)
    rules = body if isinstance(body, list) else [body]
    if not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("The request body must be a fault (a JSON object) or a list of faults.")
    return {"faults": [rule.as_dict() for rule in account.faults.add_all(rules)]}


def _clear_faults(account: Account, _incoming: Request) -> Any:
    account.faults.clear()
    return {}


def _get_state(account: Account, _incoming: Request) -> Any:
    return account.store.dump()


def _put_state(account: Account, request: Request) -> Any:
    account.store.load(_parse_object(request))
    return {}


def _reset(account: Account, _incoming: Request) -> Any:
    account.reset()
    return {}


def _parse_json(request: Request) -> Any:
    try:
        return request.json()
    except ValueError as error:
        raise ValueError(f"The request body must be JSON: {error}.") from error


def _parse_object(request: Request) -> dict[str, Any]:
    body = _parse_json(request)
    if not isinstance(body, dict):
        raise ValueError("The request body must be a JSON object.")
    return body


_HANDLERS: dict[tuple[str, str], _Handler] = {
    ("GET", "health"): _health,
    ("GET", "journal"): _get_journal,
    ("DELETE", "journal"): _clear_journal,
    ("GET", "switches"): _get_switches,
    ("PUT", "switches"): _put_switches,
    ("GET", "faults"): _get_faults,
    ("POST", "faults"): _post_faults,
    ("DELETE", "faults"): _clear_faults,
    ("GET", "state"): _get_state,
    ("PUT", "state"): _put_state,
    ("POST", "reset"): _reset,
}
