# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The API versions: routes, Store operations and error formats.

Sources for the paths and operation names: aliyun-openapi-meta (fc-open, fc) and the official clients.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from ._errors import FcError, invalid_argument
from ._model import (
    ALIAS2,
    ALIAS3,
    FUNCTION2,
    FUNCTION3,
    SERVICE,
    TRIGGER,
    VERSION2,
    VERSION3,
    ConfigKey,
    JsonObject,
    Kind,
    generation_of,
)
from ._store import DEFAULT_PAGE, Store


class Result(NamedTuple):
    """The response to an operation, and whether a change was stored."""

    status: int
    body: JsonObject | None
    stored: bool = False


@dataclasses.dataclass(frozen=True)
class Call:
    """An operation to execute. ``path`` contains the names in the path, in order; ``body`` is the parsed JSON body."""

    store: Store
    path: dict[str, str]
    qualifier: str
    query: dict[str, str]
    body: Any

    @property
    def names(self) -> tuple[str, ...]:
        """The names in the path, parent first."""
        return tuple(self.path.values())

    @property
    def service(self) -> str | None:
        """The service in the path; None for FC 3.0."""
        return self.path.get("service")

    @property
    def function(self) -> str | None:
        """The function in the path or, for the account-wide FC 3.0 List, in the query."""
        return self.path.get("function") or self.query.get("functionName")

    @property
    def key(self) -> ConfigKey:
        """The key of the configuration."""
        return ConfigKey(self.service, self.function or "", self.qualifier)

    @property
    def limit(self) -> int:
        """The requested page size."""
        text = self.query.get("limit") or str(DEFAULT_PAGE)
        if not text.isdecimal():
            raise invalid_argument(f"limit must be a number, not {text}")
        return int(text)

    def attributes(self) -> JsonObject:
        """Return the body as an object, without the function code, which is not stored."""
        if not isinstance(self.body or {}, dict):
            raise invalid_argument("the request body is not a JSON object")
        return {name: value for name, value in (self.body or {}).items() if name != "code"}


Action = Callable[[Call], Result]


@dataclasses.dataclass(frozen=True)
class Route:
    """The route for an operation. ``template`` contains the path segments after the version, such as ``{service}``."""

    method: str
    template: tuple[str, ...]
    operation: str
    action: Action


@dataclasses.dataclass(frozen=True)
class ApiVersion:
    """An API version."""

    name: str
    qualifier_in_path: bool
    error_spelling: str
    routes: tuple[Route, ...]

    def find(self, method: str, segments: Sequence[str]) -> tuple[Route, dict[str, str]] | None:
        """Return the route for a request and the decoded names in its path, or None if no route matches."""
        for route in self.routes:
            template = route.template
            if route.method != method or len(template) != len(segments):
                continue
            pairs = list(zip(template, segments, strict=True))
            if all(part[0] == "{" or part == segment for part, segment in pairs):
                return route, {part[1:-1]: unquote(segment) for part, segment in pairs if part[0] == "{"}
        return None


def error_body(spelling: str, error: FcError, request_id: str) -> JsonObject:
    """Return an error body in one of the three formats."""
    if spelling == "ErrorCode":
        return {"ErrorCode": error.code, "ErrorMessage": error.message}
    if spelling == "RequestID":
        return {"RequestID": request_id, "Code": error.code, "Message": error.message}
    return {"Code": error.code, "Message": error.message, "RequestId": request_id}


# -- configurations ----------------------------------------------------------------------------------------------------


def _put_config(call: Call) -> Result:
    if call.body is None:
        raise invalid_argument("the request body is missing")
    return Result(200, call.store.put_config(call.key, call.body), stored=True)


def _get_config(call: Call) -> Result:
    return Result(200, call.store.get_config(call.key))


def _delete_config(call: Call) -> Result:
    return Result(204, None, stored=call.store.delete_config(call.key))


def _list_configs(call: Call) -> Result:
    token = call.query.get("nextToken", "")
    return Result(200, call.store.list_configs(call.service, call.function, limit=call.limit, token=token))


# -- resources ---------------------------------------------------------------------------------------------------------


def _create(kind: Kind) -> Action:
    def action(call: Call) -> Result:
        attributes = call.attributes()
        name = str(attributes.pop(kind.name_field, "") or "")
        return Result(200, call.store.create(kind, call.names, name, attributes), stored=True)

    return action


def _create_alias(call: Call) -> Result:
    attributes = call.attributes()
    name = str(attributes.pop("aliasName", "") or "")
    version = str(attributes.pop("versionId", "") or "")
    if not version:
        raise invalid_argument("versionId is required")
    alias = call.store.create_alias(call.service, name, version, function=call.function, attributes=attributes)
    return Result(200, alias, stored=True)


def _publish_version(call: Call) -> Result:
    store = call.store
    version = store.publish_version(call.service, function=call.function, attributes=call.attributes())
    return Result(200, store.get(generation_of(call.service).version, call.names, version), stored=True)


def _get(kind: Kind) -> Action:
    def action(call: Call) -> Result:
        if call.qualifier and kind is not ALIAS2 and kind is not ALIAS3:
            call.store.require_qualifier(call.key)
        return Result(200, call.store.get(kind, call.names[:-1], call.names[-1]))

    return action


def _update(kind: Kind) -> Action:
    def action(call: Call) -> Result:
        resource = call.store.update(kind, call.names[:-1], call.names[-1], call.attributes())
        return Result(200, resource, stored=True)

    return action


def _delete(kind: Kind) -> Action:
    def action(call: Call) -> Result:
        call.store.delete(kind, call.names[:-1], call.names[-1])
        return Result(204, None, stored=True)

    return action


def _list(kind: Kind) -> Action:
    def action(call: Call) -> Result:
        is_version = kind in (VERSION2, VERSION3)
        page = call.store.page(
            kind,
            call.names,
            limit=call.limit,
            token=call.query.get("nextToken", ""),
            prefix=call.query.get("prefix", ""),
            start=call.query.get("startKey", ""),
            backward=is_version and call.query.get("direction", "BACKWARD").upper() != "FORWARD",
        )
        return Result(200, page)

    return action


# -- routes ------------------------------------------------------------------------------------------------------------


def _route(method: str, path: str, operation: str, action: Action) -> Route:
    return Route(method, tuple(path.strip("/").split("/")), operation, action)


def _crud(path: str, item: str, kind: Kind, plural: str, create: Action | None = None) -> list[Route]:
    item_path = f"{path}/{item}"
    return [
        _route("POST", path, f"Create{kind.noun}", create or _create(kind)),
        _route("GET", path, f"List{plural}", _list(kind)),
        _route("GET", item_path, f"Get{kind.noun}", _get(kind)),
        _route("PUT", item_path, f"Update{kind.noun}", _update(kind)),
        _route("DELETE", item_path, f"Delete{kind.noun}", _delete(kind)),
    ]


def _versions(path: str, kind: Kind, noun: str) -> list[Route]:
    return [
        _route("POST", path, f"Publish{noun}Version", _publish_version),
        _route("GET", path, f"List{noun}Versions", _list(kind)),
        _route("DELETE", f"{path}/{{version}}", f"Delete{noun}Version", _delete(kind)),
    ]


def _configs(function: str, noun: str, listing: str) -> list[Route]:
    path = f"{function}/async-invoke-config"
    return [
        _route("PUT", path, f"Put{noun}", _put_config),
        _route("GET", path, f"Get{noun}", _get_config),
        _route("DELETE", path, f"Delete{noun}", _delete_config),
        _route("GET", listing, f"List{noun}s", _list_configs),
    ]


_FUNCTION2 = "/services/{service}/functions/{function}"
_FUNCTION3 = "/functions/{function}"
_ROUTES2 = (
    # The routes for configurations come first because nearly all requests use them.
    *_configs(_FUNCTION2, "FunctionAsyncInvokeConfig", f"{_FUNCTION2}/async-invoke-configs"),
    *_crud("/services", "{service}", SERVICE, "Services"),
    *_crud("/services/{service}/functions", "{function}", FUNCTION2, "Functions"),
    _route("GET", f"{_FUNCTION2}/triggers", "ListTriggers", _list(TRIGGER)),
    *_versions("/services/{service}/versions", VERSION2, "Service"),
    *_crud("/services/{service}/aliases", "{alias}", ALIAS2, "Aliases", _create_alias),
)
_ROUTES3 = (
    *_configs(_FUNCTION3, "AsyncInvokeConfig", "/async-invoke-configs"),
    *_crud("/functions", "{function}", FUNCTION3, "Functions"),
    _route("GET", f"{_FUNCTION3}/triggers", "ListTriggers", _list(TRIGGER)),
    *_versions(f"{_FUNCTION3}/versions", VERSION3, "Function"),
    *_crud(f"{_FUNCTION3}/aliases", "{alias}", ALIAS3, "Aliases", _create_alias),
)

API_VERSIONS = {
    version.name: version
    for version in (
        ApiVersion("2021-04-06", False, "RequestID", _ROUTES2),
        ApiVersion("2016-08-15", True, "ErrorCode", _ROUTES2),
        ApiVersion("2023-03-30", False, "RequestId", _ROUTES3),
    )
}
