# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The control API below ``/_emulator``: no signature, JSON in and out; for tests and for people with curl."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import Any

from ._account import Account
from ._errors import FcError
from ._message import Incoming, Reply, json_reply
from ._sts import credentials_reply

_Handler = Callable[[Account, Incoming], Any]


def control_reply(account: Account, incoming: Incoming, peer: str) -> Reply:
    """Answer a request to the control API; 400 with one sentence in ``error`` where it is wrong.

    ``peer`` is the address that asks: since there is no signature, only this machine may (403 for any other).
    """
    if not ipaddress.ip_address(peer).is_loopback:
        return json_reply(403, {"error": "the control API is for this machine only"})
    name = incoming.path[len("/_emulator/") :]
    if name == "credentials" and incoming.method == "GET":
        return credentials_reply(account)
    handler = _HANDLERS.get((incoming.method, name))
    if handler is None:
        known = ", ".join(sorted(f"{method} /_emulator/{path}" for method, path in _HANDLERS))
        return json_reply(404, {"error": f"there is no {incoming.method} {incoming.path}; there is {known}"})
    try:
        return json_reply(200, handler(account, incoming))
    except FcError as error:
        return json_reply(400, {"error": error.message})
    except ValueError as error:
        return json_reply(400, {"error": str(error)})


def _health(_account: Account, _incoming: Incoming) -> Any:
    return {"status": "ok"}


def _get_journal(account: Account, incoming: Incoming) -> Any:
    parameters = incoming.parameters
    writes = parameters.get("writes", "").lower() == "true"
    requests = account.journal.select(parameters.get("operation", "*"), writes)
    return {"requests": requests, "counts": account.journal.counts}


def _clear_journal(account: Account, _incoming: Incoming) -> Any:
    account.journal.clear()
    return {}


def _get_switches(account: Account, _incoming: Incoming) -> Any:
    return account.switches.as_dict()


def _put_switches(account: Account, incoming: Incoming) -> Any:
    account.switches.update(_object(incoming))
    return account.switches.as_dict()


def _get_faults(account: Account, _incoming: Incoming) -> Any:
    return {"faults": [rule.as_dict() for rule in account.faults.rules]}


def _post_faults(account: Account, incoming: Incoming) -> Any:
    body = incoming.json()
    rules = body if isinstance(body, list) else [body]
    if not all(isinstance(rule, dict) for rule in rules):
        raise ValueError("a fault is a JSON object; send one or a list of them")
    return {"faults": [rule.as_dict() for rule in account.faults.add_all(rules)]}


def _clear_faults(account: Account, _incoming: Incoming) -> Any:
    account.faults.clear()
    return {}


def _get_state(account: Account, _incoming: Incoming) -> Any:
    return account.store.dump()


def _put_state(account: Account, incoming: Incoming) -> Any:
    account.store.load(_object(incoming))
    return {}


def _reset(account: Account, _incoming: Incoming) -> Any:
    account.reset()
    return {}


def _object(incoming: Incoming) -> dict[str, Any]:
    body = incoming.json()
    if not isinstance(body, dict):
        raise ValueError("the request body must be a JSON object")
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
