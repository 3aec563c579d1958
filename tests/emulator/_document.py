# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The format of state documents. Errors name the invalid part of the document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from ._errors import FcError, invalid_argument
from ._model import LATEST, generation_of

_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}")
_SECTIONS = ("services", "functions", "configs", "ram")
_SERVICE_KEYS = ("functions", "versions", "aliases", "role", "triggers")
_FUNCTION_KEYS = ("versions", "aliases", "role", "triggers")


def check_state(document: Any) -> None:
    """Raise FcError if a state document is invalid. The policies in ``ram`` are checked when they are parsed."""
    content = _object("the state document", document)
    _check_keys("the state document", content, _SECTIONS)
    for name, service in _object("services", content.get("services")).items():
        _check_service(f"services.{name}", name, service)
    for name, function in _object("functions", content.get("functions")).items():
        where = f"functions.{name}"
        check_name(where, name)
        _check_common(where, _object(where, function), _FUNCTION_KEYS)
        _check_triggers(f"{where}.triggers", _object(where, function).get("triggers"))
    for number, config in enumerate(_list("configs", content.get("configs"))):
        _check_config(f"configs[{number}]", config)


def check_name(where: str, name: Any) -> None:
    """Raise FcError if the name of a service, function, alias or trigger is invalid."""
    if not isinstance(name, str) or _NAME.fullmatch(name) is None:
        valid = "must consist of 1 to 128 letters, digits, hyphens and underscores"
        raise invalid_argument(f"{where}: the name {valid}, not {name!r}.")


def located(where: str, error: FcError) -> FcError:
    """Return an error of the service as an error in a part of the state document."""
    return invalid_argument(f"{where}: {error.message.rstrip('.')}.")


def _check_service(where: str, name: Any, document: Any) -> None:
    check_name(where, name)
    content = _object(where, document)
    _check_common(where, content, _SERVICE_KEYS)
    functions = _list(f"{where}.functions", content.get("functions"))
    for number, function in enumerate(functions):
        check_name(f"{where}.functions[{number}]", function)
    for function, triggers in _object(f"{where}.triggers", content.get("triggers")).items():
        _check_triggers(f"{where}.triggers.{function}", triggers)


def _check_common(where: str, content: Mapping[str, Any], keys: Collection[str]) -> None:
    _check_keys(where, content, keys)
    for number, version in enumerate(_list(f"{where}.versions", content.get("versions"))):
        _check_version(f"{where}.versions[{number}]", version)
    for alias, version in _object(f"{where}.aliases", content.get("aliases")).items():
        check_name(f"{where}.aliases.{alias}", alias)
        if alias == LATEST or alias.isdigit():
            raise invalid_argument(f"{where}.aliases.{alias}: the name must not be LATEST or a number.")
        if version != LATEST:
            _check_version(f"{where}.aliases.{alias}", version)
    if not isinstance(content.get("role") or "", str):
        raise invalid_argument(f"{where}.role: must be a string, not {content['role']!r}.")


def _check_version(where: str, version: Any) -> None:
    number = str(version) if isinstance(version, (int, str)) and not isinstance(version, bool) else ""
    if re.fullmatch("[1-9][0-9]{0,17}", number) is None:
        raise invalid_argument(f'{where}: must be a version such as "1", not {version!r}.')


def _check_triggers(where: str, triggers: Any) -> None:
    for name, trigger_type in _object(where, triggers).items():
        check_name(f"{where}.{name}", name)
        if not isinstance(trigger_type, str) or not trigger_type:
            raise invalid_argument(f'{where}.{name}: must be a type of trigger such as "http", not {trigger_type!r}.')


def _check_config(where: str, document: Any) -> None:
    if not isinstance(document, Mapping):
        raise invalid_argument(f"{where}: must be an object, not {document!r}.")
    if not isinstance(document.get("function"), str) or not document["function"]:
        raise invalid_argument(f"{where}.function: must be the name of a function.")
    for name in ("service", "qualifier"):
        if not isinstance(document.get(name) or "", str):
            raise invalid_argument(f"{where}.{name}: must be a string, not {document[name]!r}.")
    fields = ("destinationConfig", "maxAsyncEventAgeInSeconds", "maxAsyncRetryAttempts")
    stateful = generation_of(document.get("service")).stateful_field
    _check_keys(where, document, ("service", "function", "qualifier", *fields, stateful))
    destinations = document.get("destinationConfig")
    if isinstance(destinations, Mapping):
        _check_keys(f"{where}.destinationConfig", destinations, ("onSuccess", "onFailure"))
        for name, destination in destinations.items():
            if isinstance(destination, Mapping):
                _check_keys(f"{where}.destinationConfig.{name}", destination, ("destination",))


def _object(where: str, document: Any) -> Mapping[str, Any]:
    """Return an object. It is empty if the document is null."""
    if document is not None and not isinstance(document, Mapping):
        raise invalid_argument(f"{where}: must be an object, not {document!r}.")
    return document or {}


def _list(where: str, document: Any) -> list[Any]:
    """Return a list. It is empty if the document is null."""
    if document is not None and not isinstance(document, (list, tuple)):
        raise invalid_argument(f"{where}: must be a list, not {document!r}.")
    return list(document or [])


def _check_keys(where: str, content: Mapping[str, Any], keys: Collection[str]) -> None:
    unknown = [key for key in content if key not in keys]
    if unknown:
        raise invalid_argument(f"{where}: unsupported key {unknown[0]!r}; use {', '.join(keys)}.")
