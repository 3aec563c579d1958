# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: from_serverless_devs
short_description: Convert a Serverless Devs s.yaml file to configurations
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Converts the asynchronous invocation configurations in a Serverless Devs C(s.yaml) file to configurations for
    M(alicloud.fc.function_async_invoke_configs) or M(alicloud.fc.v3_async_invoke_configs).
  - For FC 2.0, the filter converts C(props.function.asyncConfiguration) in resources with the C(fc) component. For FC
    3.0, it converts C(props.asyncInvokeConfig) in resources with the C(fc3) component. Resources with other components
    and resources without a configuration are ignored.
  - The file can contain C(resources) with C(edition=3.0.0) or C(services) with an older edition.
  - The filter resolves C(${vars.NAME}), C(${this.name}), C(${this.props.PATH}) and C(${resources.NAME.props.PATH}). In
    files with C(services), C(${NAME.props.PATH}) replaces the last form. If a value that it uses contains another
    expression, such as an environment variable, the filter fails and lists all such expressions.
positional: _input, generation, region, account_id
options:
  _input:
    description:
      - The content of the file, parsed from YAML.
    type: dict
    required: true
  generation:
    description:
      - V(2.0) for the C(fc) component or V(3.0) for the C(fc3) component.
    type: str
    choices: ["2.0", "3.0"]
    required: true
  region:
    description:
      - Resources in other regions are ignored.
      - Required if the file contains configurations in several regions, because a task applies configurations in only
        one region.
    type: str
  account_id:
    description:
      - The account ID to insert into short C(fc) destinations, such as V(acs:mns:::/queues/failed/messages). The filter
        also inserts the resource's region.
      - If not specified, the account in these destinations stays empty and matches any account.
    type: str
notes:
  - The filter does not read other files. It fails if the file contains the top-level C(extend) key, and it ignores
    environments in C(env.yaml).
  - Settings that the file does not specify are set to the service defaults, as in a Serverless Devs deployment. The
    default for C(maxAsyncRetryAttempts) is V(3).
seealso:
  - module: alicloud.fc.function_async_invoke_configs
  - module: alicloud.fc.v3_async_invoke_configs
  - name: Serverless Devs
    description: The Serverless Devs repository, including the documentation for the file format.
    link: https://github.com/Serverless-Devs/Serverless-Devs
"""

EXAMPLES = r"""
- name: Apply the configurations in an s.yaml file
  alicloud.fc.v3_async_invoke_configs:
    configs: "{{ lookup('ansible.builtin.file', 's.yaml') | from_yaml | alicloud.fc.from_serverless_devs('3.0') }}"

- name: Apply the configurations for FC 2.0 functions in one region
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ content | alicloud.fc.from_serverless_devs('2.0', region='cn-hangzhou') }}"
    region: cn-hangzhou
  vars:
    content: "{{ lookup('ansible.builtin.file', 's.yaml') | from_yaml }}"
"""

RETURN = r"""
_value:
  description: The configurations, sorted by function and qualifier.
  type: list
  elements: dict
  sample:
    - function_name: order-v3
      qualifier: LATEST
      destination_config:
        on_failure:
          destination: acs:mns:cn-hangzhou:123456789012:/queues/failed/messages
        on_success: null
      maximum_event_age_in_seconds: null
      maximum_retry_attempts: 3
      async_task: false
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_options
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired, validate
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import unflatten
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shortened, shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._serverless_devs import (
    FC,
    FC3,
    Component,
    File,
    InvalidFile,
    Path,
    Unresolved,
    as_text,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted

_COMPONENTS = {"2.0": FC, "3.0": FC3}


class _Converter:
    """Converts the resources in a file and collects the errors."""

    def __init__(self, file: File, component: Component, region: str | None, account_id: str) -> None:
        self._file = file
        self._component = component
        self._region = region
        self._account_id = account_id
        #: Maps locations to error messages. A location is an option or a path in the file.
        self._errors: dict[Path, str] = {}
        self._regions: set[str] = set()
        #: Maps identities to resource names and configurations.
        self._found: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}

    def configs(self) -> list[dict[str, Any]]:
        """Return the configurations. If any are invalid, raise ``AnsibleFilterError`` with all errors."""
        for name, resource in self._file.resources.items():
            if not isinstance(resource, Mapping):
                self._error((self._file.key, name), f"must be a dictionary, not {shown(resource)}.")
            elif not self._in_other_region(name) and self._is_converted(name, resource.get("component")):
                self._convert(name)
        if self._region is None and len(self._regions) > 1:
            regions = ", ".join(_printable(region) for region in sorted(self._regions))
            self._error(("region",), f"must be specified because the file contains configurations in {regions}.")
        if self._errors:
            sentences = " ".join(f"{_shown(location)}: {error}" for location, error in self._errors.items())
            raise AnsibleFilterError(f"from_serverless_devs: {sentences}")
        return [config for key, (name, config) in sorted(self._found.items(), key=lambda item: item[0])]

    def _in_other_region(self, name: str) -> bool:
        """Return whether a resource is known to be in another region. If so, its errors are ignored."""
        try:
            props = self._file.props(name)
            region = self._file.resolve(props.get("region") if isinstance(props, Mapping) else None, name)
        except (Unresolved, InvalidFile):
            return False
        return self._region is not None and isinstance(region, str) and region != self._region

    def _is_converted(self, name: str, component: Any) -> bool:
        """Return whether to convert a resource. Unresolved components match so that further errors are found."""
        try:
            found = self._file.resolve(component, name)
        except Unresolved as error:
            if self._value(name, *self._component.config) is None:
                return False
            self._error((self._file.key, name, "component"), _unresolved(error))
            return True
        return isinstance(found, str) and re.fullmatch(self._component.name, found, re.DOTALL) is not None

    def _convert(self, name: str) -> None:
        """Add a resource's configuration, if it has one."""
        config = self._mapping(name, *self._component.config)
        # Serverless Devs ignores an empty asyncInvokeConfig (devsapp/fc3, async_invoke_config.ts) but deploys an empty
        # asyncConfiguration (devsapp/fc-deploy, function-async-config.ts).
        if config is None or (not config and self._component is FC3):
            return
        region = self._value(name, "region")
        if region is not None and not isinstance(region, str):
            self._error(self._location(name, "region"), f"must be text, not {shown(region)}.")
            return
        self._regions |= {region} if region else set()
        self._check_keys(name, config, self._component.config)
        values = {key: self._value(name, *path) for key, path in self._component.paths.items()}
        self._add(name, self._component.expanded(values, region or self._region or "", self._account_id))

    def _add(self, name: str, values: dict[str, Any]) -> None:
        """Validate the values of a configuration and add it."""
        component = self._component
        for option in filter(values.__contains__, component.generation.identity_options):
            problem = _identity_problem(values[option], required=option != "qualifier")
            if problem:
                self._error(self._location(name, *component.paths[option]), problem)
                values[option] = None
        options = unflatten({tuple(key.split(".")): value for key, value in values.items()})
        desired, errors = validate(component.generation, options)
        for error in errors:
            self._error(self._location(name, *component.paths[error.option]), error.problem)
        if desired is not None:
            self._add_valid(name, desired)

    def _add_valid(self, name: str, desired: Desired) -> None:
        identity = desired.identity
        names = {option: getattr(identity, option) for option in desired.generation.identity_options}
        key = tuple(names.values())
        if key in self._found:
            other = _shown((self._file.key, self._found[key][0]))
            self._error((self._file.key, name), f"has the same function and qualifier as {other}.")
        self._found[key] = (name, {**names, **as_options(desired.generation, desired.given)})

    def _check_keys(self, name: str, config: Mapping[str, Any], path: Path) -> None:
        """Report keys that the component does not support, because their settings would be lost."""
        known = {one[len(path)] for one in self._component.paths.values() if one[: len(path)] == path != one}
        for key, value in config.items():
            if value is None:
                continue
            below = (*path, str(key))
            if key not in known:
                self._error(self._location(name, *below), "is not supported.")
            elif below not in self._component.paths.values():
                self._check_keys(name, self._mapping(name, *below) or {}, below)

    def _mapping(self, name: str, *path: str) -> Mapping[str, Any] | None:
        """Return the dictionary at a path in the properties, or None if it is missing or invalid."""
        try:
            value = self._value(name, *path) if path else self._file.props(name)
        except Unresolved as error:
            self._error(self._location(name), _unresolved(error))
            return None
        except InvalidFile as error:
            self._error((self._file.key, name, "extend"), str(error))
            return None
        if value is None or isinstance(value, Mapping):
            return value
        self._error(self._location(name, *path), f"must be a dictionary, not {shown(value)}.")
        return None

    def _value(self, name: str, *path: str) -> Any:
        """Return the resolved value at a path in the properties, or None if it is missing or invalid."""
        *above, key = path
        value = (self._mapping(name, *above) or {}).get(key)
        try:
            return self._file.resolve(value, name)
        except Unresolved as error:
            self._error(self._location(name, *path), _unresolved(error))
            return None

    def _location(self, name: str, *path: str) -> Path:
        return (self._file.key, name, "props", *path)

    def _error(self, location: Path, problem: str) -> None:
        """Add an error unless there is already one for the location or for a value that contains it."""
        if not any(location[: length + 1] in self._errors for length in range(len(location))):
            self._errors[location] = problem


def from_serverless_devs(
    content: Any, generation: Any, region: str | None = None, account_id: Any = None
) -> list[dict[str, Any]]:
    """Convert the content of an s.yaml file to configurations, as documented above.

    Raises ``AnsibleFilterError`` for invalid input and for expressions that cannot be resolved.
    """
    if not isinstance(content, Mapping):
        raise AnsibleFilterError(f"from_serverless_devs: the input must be a dictionary, not {shown(content)}.")
    # YAML parses an unquoted 3.0 as a number.
    component = _COMPONENTS.get(str(generation)) if isinstance(generation, (str, float)) else None
    if component is None:
        raise AnsibleFilterError(f"from_serverless_devs: generation: must be 2.0 or 3.0, not {shown(generation)}.")
    if region is not None and not isinstance(region, str):
        raise AnsibleFilterError(f"from_serverless_devs: region: must be text, not {shown(region)}.")
    account = "" if account_id is None else as_text(account_id)
    if account is None or re.fullmatch("[0-9]*", account) is None:
        raise AnsibleFilterError(f"from_serverless_devs: account_id: must consist of digits, not {shown(account_id)}.")
    try:
        file = File(content)
    except InvalidFile as error:
        raise AnsibleFilterError(f"from_serverless_devs: {error}") from None
    marked: list[dict[str, Any]] = untrusted(_Converter(file, component, region, account).configs())
    return marked


def _identity_problem(value: Any, required: bool) -> str | None:
    if value is None or value == "":
        return "is required." if required else None
    return None if as_text(value) is not None else f"must be text, not {shown(value)}."


def _unresolved(error: Unresolved) -> str:
    expressions = ", ".join(_printable(expression) for expression in error.expressions)
    return f"contains expressions that cannot be resolved: {expressions}."


def _shown(location: Path) -> str:
    return _printable(".".join(location))


def _printable(text: str) -> str:
    return shortened(printable(text), len(text), 200)


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"from_serverless_devs": from_serverless_devs}
