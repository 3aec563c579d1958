# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON format of configurations. Parses PUT bodies and renders stored configurations as the switches specify."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ._errors import FcError, invalid_argument
from ._model import LATEST, MAX_RETRY_ATTEMPTS, ConfigKey, JsonObject, StoredConfig, generation_of, timestamp
from ._ram import destination_permission
from ._switches import Switches

DEFAULT_RETRY_ATTEMPTS = 3
DEFAULT_EVENT_AGE = 86400
_MISSING = object()
_FUNCTION_ARN = re.compile(
    r"acs:fc:[^:]*:[^:]*:(services/(?P<service>[^/.]+)(\.[^/]+)?/)?functions/(?P<function>[^/]+)(/[^/]+)?"
)


class Wire:
    """Parses and renders configurations. ``has_function`` returns whether a configuration's function exists."""

    def __init__(
        self, switches: Switches, account_id: str, region: str, has_function: Callable[[ConfigKey], bool]
    ) -> None:
        self.switches = switches
        self.account_id = account_id
        self.region = region
        self._has_function = has_function

    def parse_changes(self, key: ConfigKey, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the StoredConfig fields that a PUT sets. Cleared fields are None. Raise FcError for invalid bodies."""
        if not isinstance(body, Mapping):
            raise invalid_argument("the request body is not a JSON object")
        fields = {str(name).lower(): value for name, value in body.items()}
        changes: dict[str, Any] = {}
        for name, field, check in (
            ("event_age", "maxAsyncEventAgeInSeconds", self._check_event_age),
            ("retry_attempts", "maxAsyncRetryAttempts", _check_retry_attempts),
            ("stateful", generation_of(key.service).stateful_field, _check_stateful),
        ):
            value = self._get_field(fields, field)
            if value is not _MISSING:
                changes[name] = None if value is None else check(field, value)
        changes.update(self._parse_destinations(fields))
        return changes

    def _get_field(self, fields: Mapping[str, Any], field: str) -> Any:
        value = fields.get(field.lower(), _MISSING)
        return _MISSING if value is None and self.switches.explicit_null == "absent" else value

    def _parse_destinations(self, fields: Mapping[str, Any]) -> dict[str, str | None]:
        unset: dict[str, str | None] = {"on_success": None, "on_failure": None}
        value = self._get_field(fields, "destinationConfig")
        if value is _MISSING:
            return {}
        if value is None:
            return unset
        if not isinstance(value, Mapping):
            raise invalid_argument("destinationConfig is not an object")
        members = {str(name).lower(): member for name, member in value.items()}
        destinations: dict[str, str | None] = {}
        for name, field in (("on_success", "onSuccess"), ("on_failure", "onFailure")):
            member = self._get_field(members, field)
            if member is not _MISSING:
                destinations[name] = None if member is None else self._parse_destination(field, member)
        if not destinations:
            return self._empty_destination_config(unset)
        return destinations if self.switches.put_merge == "merge_nested" else {**unset, **destinations}

    def _empty_destination_config(self, unset: dict[str, str | None]) -> dict[str, str | None]:
        if self.switches.empty_destination_config == "refused":
            raise _invalid_destination("destination config can't be empty.")
        return unset if self.switches.empty_destination_config == "clears" else {}

    def _parse_destination(self, field: str, value: Any) -> str | None:
        if not isinstance(value, Mapping):
            raise invalid_argument(f"destinationConfig.{field} is not an object")
        destination = {str(name).lower(): member for name, member in value.items()}.get("destination")
        if not destination:
            if self.switches.empty_destination == "accepted":
                return None
            raise _invalid_destination("destination can't be empty.")
        if not isinstance(destination, str):
            raise invalid_argument(f"destinationConfig.{field}.destination is not a string")
        parts = destination.split(":", 4)
        if len(parts) < 5 or parts[0] != "acs" or not parts[1] or not parts[4]:
            raise _invalid_destination(f"{destination} is not an ARN.")
        if self.switches.destinations_checked:
            self._require_destination(destination)
        if self.switches.empty_arn_parts == "expanded":
            parts[2] = parts[2] or self.region
            parts[3] = parts[3] or self.account_id
        return ":".join(parts)

    def destination_permission(self, destination: str) -> tuple[str, str] | None:
        """Return the RAM action and resource that a destination requires, or None if its service is unknown."""
        return destination_permission(destination, self.account_id, self.region)

    def _require_destination(self, destination: str) -> None:
        function = _FUNCTION_ARN.fullmatch(destination)
        if function is not None and not self._has_function(ConfigKey(function["service"], function["function"])):
            raise _invalid_destination(f"{destination} does not exist.")

    def _check_event_age(self, field: str, value: Any) -> int:
        return _check_range(field, value, 1, self.switches.max_event_age)

    def render(self, key: ConfigKey, config: StoredConfig) -> JsonObject:
        """Return a configuration as JSON, formatted like the response to a request for ``key``."""
        switches = self.switches
        rendered: JsonObject
        if key.service is None:
            rendered = {"functionArn": self.function_arn(key)}
        else:
            qualifier = key.qualifier or ("" if switches.absent_qualifier == "empty" else LATEST)
            rendered = {"service": key.service, "function": key.function, "qualifier": qualifier}
        rendered["createdTime"] = timestamp(config.created)
        rendered["lastModifiedTime"] = timestamp(config.modified)
        self._add_destinations(rendered, config)
        for name, value, unset, default in (
            ("maxAsyncEventAgeInSeconds", config.event_age, switches.unset_event_age, DEFAULT_EVENT_AGE),
            ("maxAsyncRetryAttempts", config.retry_attempts, switches.unset_retry_attempts, DEFAULT_RETRY_ATTEMPTS),
            (generation_of(key.service).stateful_field, config.stateful, switches.unset_stateful, False),
        ):
            if value is None and unset == "missing":
                continue
            rendered[name] = default if value is None and unset == "default" else value
        return rendered

    def _add_destinations(self, rendered: JsonObject, config: StoredConfig) -> None:
        style = self.switches.unset_destination
        is_unset = config.on_success is None and config.on_failure is None
        if is_unset and style in ("null", "empty"):
            rendered["destinationConfig"] = None if style == "null" else {}
            return
        if is_unset and style == "missing":
            return
        destinations: JsonObject = {}
        for name, destination in (("onSuccess", config.on_success), ("onFailure", config.on_failure)):
            if destination is not None or style == "nested_null":
                destinations[name] = {"destination": destination}
            elif style != "missing":
                destinations[name] = {} if style == "empty" else None
        rendered["destinationConfig"] = destinations

    def function_arn(self, key: ConfigKey) -> str:
        """Return the functionArn of an FC 3.0 configuration in the form that the switches specify."""
        separator = ":" if self.switches.function_arn_form == "colon" else "/"
        ending = f"/{key.stored_qualifier}" if self.switches.function_arn_qualifier else ""
        return f"acs:fc:{self.region}:{self.account_id}{separator}functions/{key.function}{ending}"


def _invalid_destination(reason: str) -> FcError:
    return FcError(400, "InvalidDestinationResources", f"The destination resource is invalid: {reason}")


def _check_range(field: str, value: Any, lowest: int, highest: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid_argument(f"{field} is not an integer")
    if not lowest <= value <= highest:
        raise invalid_argument(f"{field} must be between {lowest} and {highest}, not {value}")
    return value


def _check_retry_attempts(field: str, value: Any) -> int:
    return _check_range(field, value, 0, MAX_RETRY_ATTEMPTS)


def _check_stateful(field: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise invalid_argument(f"{field} is not a boolean")
    return value
