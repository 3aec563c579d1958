# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_fc3
short_description: Convert FC 2.0 configurations to FC 3.0 configurations
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Converts FC 2.0 asynchronous invocation configurations to configurations that M(alicloud.fc.v3_async_invoke_configs)
    accepts.
  - FC 2.0 functions that are used as destinations are replaced with their FC 3.0 counterparts.
  - The filter fails if a function or a version has no counterpart. The error message lists all such functions and
    versions.
positional: _input, functions, qualifiers
options:
  _input:
    description:
      - The configurations, as returned by M(alicloud.fc.function_async_invoke_config_info).
    type: list
    elements: dict
    required: true
  functions:
    description:
      - Maps FC 2.0 functions to FC 3.0 functions. Each key has the form V(SERVICE:FUNCTION), and each value is a
        function name.
      - Functions that are used only as destinations must also be included.
    type: dict
    required: true
  qualifiers:
    description:
      - Maps FC 2.0 qualifiers to FC 3.0 qualifiers. Each key has the form V(SERVICE:FUNCTION:QUALIFIER), and each value
        is a version, V(LATEST) or an alias.
      - Versions must be included. In FC 2.0, a version belongs to a service. In FC 3.0, the function version with the
        same number contains different code.
      - V(LATEST) and aliases that are not included keep their names.
    type: dict
    default: {}
seealso:
  - module: alicloud.fc.v3_async_invoke_configs
  - module: alicloud.fc.function_async_invoke_config_info
"""

EXAMPLES = r"""
- name: Read the configurations in an FC 2.0 service
  alicloud.fc.function_async_invoke_config_info:
    service_name: shop
    fail_on_unreadable: true
  register: before

- name: Apply the configurations to FC 3.0 functions
  alicloud.fc.v3_async_invoke_configs:
    configs: "{{ before.async_invoke_configs | alicloud.fc.to_fc3(functions, qualifiers) }}"
  vars:
    functions:
      shop:resize: resize-v3
      shop:notify: notify-v3
    qualifiers:
      shop:resize:7: "2"
"""

RETURN = r"""
_value:
  description: The FC 3.0 configurations, in the same order.
  type: list
  elements: dict
  sample:
    - function_name: resize-v3
      qualifier: "2"
      destination_config:
        on_failure:
          destination: acs:fc:cn-hangzhou:123456789012:functions/notify-v3
        on_success: null
      maximum_event_age_in_seconds: null
      maximum_retry_attempts: 3
      async_task: false
"""

import re
from collections.abc import Mapping
from typing import Any, Callable

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.module_utils import _generations as generations
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shortened
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

_LATEST = "LATEST"
#: Maps FC 2.0 option names to the FC 3.0 names that differ from them.
_RENAMED = {"stateful_invocation": "async_task"}
#: Maps all FC 2.0 option names except destination_config to FC 3.0 names.
_OPTIONS = {field.name: _RENAMED.get(field.name, field.name) for field in generations.FC2.fields if not field.groups}
_ARN = re.compile(r"(?P<account>acs:fc:[^:]*:[^:]*):services/(?P<resource>.*)", re.DOTALL)
_RESOURCE = re.compile(r"(?P<service>[^./:]+)(?:\.(?P<qualifier>[^/:]+))?/functions/(?P<function>[^/:]+)")


class _Converter:
    """Converts configurations and collects the errors."""

    def __init__(self, functions: Mapping[str, Any], qualifiers: Mapping[str, Any]) -> None:
        self._functions = functions
        self._qualifiers = qualifiers
        #: Maps options to error messages. The inner dictionary is used as an ordered set.
        self._errors: dict[str, dict[str, None]] = {}

    def config(self, config: Mapping[str, Any]) -> dict[str, Any]:
        """Return the FC 3.0 configuration."""
        service, function = config["service_name"], config["function_name"]
        return {
            "function_name": self._function(service, function),
            "qualifier": self._qualifier(service, function, config.get("qualifier")),
            "destination_config": self._destination_config(config.get("destination_config")),
            **{new: config.get(old) for old, new in _OPTIONS.items()},
        }

    def raise_errors(self) -> None:
        """Raise ``AnsibleFilterError`` if there are errors."""
        if self._errors:
            sentences = [f"{option}: {problem}" for option, problems in self._errors.items() for problem in problems]
            raise AnsibleFilterError(f"to_fc3: {' '.join(sentences)}")

    def _error(self, option: str, problem: str) -> None:
        self._errors.setdefault(option, {})[problem] = None

    def _function(self, service: str, function: str) -> str:
        key = f"{service}:{function}"
        name = self._functions.get(key)
        if isinstance(name, str) and name:
            return name
        if name is None:
            self._error("functions", f"must contain {_shown(key)}.")
        else:
            self._error("functions", f"the value of {_shown(key)} must be the name of a function, not {_shown(name)}.")
        return ""

    def _qualifier(self, service: str, function: str, qualifier: Any) -> str:
        old = str(qualifier or _LATEST)
        key = f"{service}:{function}:{old}"
        new = self._qualifiers.get(key)
        if new is None and old.isdigit():
            self._error("qualifiers", f"must contain the version {_shown(key)}.")
        elif new is not None and (isinstance(new, bool) or not isinstance(new, (int, str)) or new == ""):
            problem = (
                f"the value of {_shown(key)} must be a version, LATEST or the name of an alias, not {_shown(new)}."
            )
            self._error("qualifiers", problem)
        return old if new is None else str(new)

    def _destination_config(self, destinations: Any) -> dict[str, Any] | None:
        halves = {name: self._half((destinations or {}).get(name)) for name in ("on_failure", "on_success")}
        return halves if any(halves.values()) else None

    def _half(self, half: Any) -> dict[str, str] | None:
        destination = (half or {}).get("destination")
        return {"destination": self._destination(str(destination))} if destination else None

    def _destination(self, destination: str) -> str:
        arn = _ARN.fullmatch(destination)
        if arn is None:
            return destination
        old = _RESOURCE.fullmatch(arn["resource"])
        if old is None:
            self._error("destination_config", f"{_shown(destination)} is not the ARN of a function.")
            return ""
        function = self._function(old["service"], old["function"])
        qualifier = self._qualifier(old["service"], old["function"], old["qualifier"])
        ending = "" if qualifier == _LATEST else f"/{qualifier}"
        return f"{arn['account']}:functions/{function}{ending}"


def to_fc3(
    configs: Any, functions: Mapping[str, Any], qualifiers: Mapping[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Convert FC 2.0 configurations to FC 3.0 configurations, as documented above.

    Raises ``AnsibleFilterError`` for invalid input and for resources without a counterpart.
    """
    if not isinstance(configs, (list, tuple)):
        raise AnsibleFilterError(f"to_fc3: the input must be a list of configurations, not {type(configs).__name__}.")
    for option, value in (("functions", functions), ("qualifiers", qualifiers)):
        if not isinstance(value, Mapping) and not (option == "qualifiers" and value is None):
            raise AnsibleFilterError(f"to_fc3: {option}: must be a dictionary, not {type(value).__name__}.")
    for at, config in enumerate(configs):
        _check_config(f"to_fc3: item {at + 1} of the input", config)
    converter = _Converter(functions, qualifiers or {})
    converted = [converter.config(config) for config in configs]
    converter.raise_errors()
    marked: list[dict[str, Any]] = untrusted(converted)
    return marked


def _check_config(place: str, config: Any) -> None:
    """Raise ``AnsibleFilterError`` if ``config`` is not an FC 2.0 configuration."""
    names = [config.get(name) for name in ("service_name", "function_name")] if isinstance(config, Mapping) else [None]
    if not all(isinstance(name, str) and name for name in names):
        raise AnsibleFilterError(f"{place} must be an FC 2.0 configuration with service_name and function_name.")
    destinations = config.get("destination_config") or {}
    if not isinstance(destinations, Mapping) or not all(
        isinstance(destinations.get(half) or {}, Mapping) for half in ("on_failure", "on_success")
    ):
        raise AnsibleFilterError(f"{place}: destination_config: must be a dictionary with on_failure and on_success.")


def _shown(value: Any) -> str:
    text = str(value)
    return f"'{shortened(printable(text), len(text), 200)}'"


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"to_fc3": to_fc3}
