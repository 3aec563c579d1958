# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate the variables of this collection's playbooks and convert them to module arguments. Pure."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._connection import options as connection
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import checked_params
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import (
    DESIRED,
    PLAY_VARIABLES,
    RESERVED,
    Spec,
    spec_of,
    variable_names,
)

#: Variables that limit the export. If they were ignored, all configurations in the account would be exported.
_SCOPE = ("services", "functions")
_SECRET = tuple(name for name, option in connection.argument_spec().items() if option.get("no_log"))
#: The number of hosts in a batch. The plays ignore other values, so that the message is not Ansible's.
_BATCH = re.compile("[1-9][0-9]*%?")
#: The minimum similarity at which the name of an extra variable is considered a misspelling.
_SIMILAR = 0.85


NO_SERVICES = "requires generation 2.0, because FC 3.0 has no services."


class InvalidVariables(Exception):
    """The variables of a playbook are invalid. The message contains one sentence for each error."""


@dataclass(frozen=True)
class Variables:
    """The validated variables of a playbook: its own variables, including defaults, and the connection options."""

    generation: Generation
    own: Mapping[str, Any]
    connection: Mapping[str, Any]

    def chosen(self, *names: str) -> dict[str, Any]:
        """Return the named variables that are set."""
        return {name: self.own[name] for name in names if self.own.get(name) is not None}

    def check_services(self, *names: str) -> None:
        """Raise ``InvalidVariables`` if one of these variables is set but the generation has no services."""
        for name in names:
            if self.own.get(name) and not self.generation.has_services:
                raise InvalidVariables(f"{name}: {NO_SERVICES}")


def parse_variables(playbook: str, values: Mapping[str, Any]) -> Variables:
    """Validate the variables of a playbook. Raises ``InvalidVariables``, which lists all validation errors.

    The modules validate the connection options and the content of ``configs``, ``defaults`` and ``groups``.

    Args:
        values: the values of the variables from ``variable_names`` that are set.
    """
    spec = spec_of(playbook)
    own = {name: value for name, value in values.items() if name in spec and value is not None}
    safe, errors = checked_params(spec, own, secret=_SECRET)
    checked = ArgumentSpecValidator(spec).validate(safe)
    problems = [*map(str, errors), *(_sentence(message) for message in checked.error_messages)]
    problems += [f"{name}: must not be empty." for name, value in own.items() if value == "" and _is_path(spec[name])]
    problems += [f"{name}: must not be null." for name in _SCOPE if name in spec and values.get(name, "") is None]
    name = str(own.get("report_name", "report"))
    if "/" in name:
        problems.append("report_name: must not contain slashes; use report_folder.")
    if not name.strip("."):
        problems.append(f"report_name: must be the name of a file, not {shown(name)}.")
    problems += [
        f"{name}: must be a number of hosts or a percentage, for example 2 or 25%, not {shown(value)}."
        for name, value in own.items()
        if name.endswith("_serial") and _BATCH.fullmatch(str(value)) is None
    ]
    generation = FC2
    try:
        generation = parse_generation(own.get("generation"))
    except InvalidOption as error:
        problems.append(str(error))
    if problems:
        raise InvalidVariables(" ".join(problems))
    given = {name: values[name] for name in connection.argument_spec() if values.get(name) is not None}
    return Variables(generation, checked.validated_parameters, given)


def _sentence(message: str) -> str:
    """Return a message from Ansible's validator as a sentence, without the names of Python classes."""
    return f"{message.partition(': <class')[0].rstrip('.')}."


def _is_path(option: Spec) -> bool:
    return bool(option["type"] == "path")


def absolute_paths(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return connection options with absolute paths, because modules do not run in the current directory."""
    found = dict(values)
    for name, option in connection.argument_spec().items():
        if _is_path(option) and isinstance(found.get(name), str):
            found[name] = _absolute(found[name])
    oidc = found.get("oidc")
    if isinstance(oidc, Mapping) and isinstance(oidc.get("token_file"), str):
        found["oidc"] = {**oidc, "token_file": _absolute(oidc["token_file"])}
    return found


def _absolute(path: str) -> str:
    return os.path.abspath(os.path.expanduser(os.path.expandvars(path))) if path else path


def parse_generation(value: Any) -> Generation:
    """Return the generation for a value such as ``2.0`` or 3. None means FC 2.0. Raises ``InvalidOption``."""
    generations = {None: FC2, "2": FC2, "2.0": FC2, "3": FC3, "3.0": FC3}
    text = None if value in (None, "") else value.strip() if isinstance(value, str) else shown(value)
    if text not in generations:
        raise InvalidOption("generation", f"must be 2.0 or 3.0, not {shown(value)}.")
    return generations[text]


def generation_number(generation: Generation) -> str:
    """Return the value of the ``generation`` variable for a generation, such as ``2.0``."""
    return "2.0" if generation is FC2 else "3.0"


def check_misspelled(playbook: str, extra_variables: Iterable[str]) -> None:
    """Raise ``InvalidVariables`` if extra variables appear to be misspelled variables of the playbook."""
    known = [*variable_names(playbook), *PLAY_VARIABLES.get(playbook, ())]
    problems = []
    for name in sorted(set(extra_variables) - set(known)):
        folded = name.lower().replace("-", "_")
        transposed = [one for one in known if sorted(one) == sorted(folded)]
        similar = difflib.get_close_matches(folded, known, n=1, cutoff=_SIMILAR)
        meant = next(filter(None, [_ALIASES.get(name), *transposed, *similar]), None)
        if meant:
            problems.append(f"{name}: is not a variable of this playbook; use {meant}.")
    if problems:
        raise InvalidVariables(" ".join(problems))


#: Aliases of the connection options. They are not supported as variables because their names are too generic.
_ALIASES = {alias: name for name, option in connection.argument_spec().items() for alias in option.get("aliases", ())}


def check_file(path: str, content: Any) -> dict[str, Any]:
    """Return the content of a configuration file. Raises ``InvalidVariables`` if it contains unsupported keys."""
    if not isinstance(content, Mapping):
        raise InvalidVariables(f"config_file: {path} must contain a dictionary with configs or groups.")
    problems = []
    for name in content:
        if name not in DESIRED:
            similar = difflib.get_close_matches(str(name), DESIRED, n=1)
            hint = f"use {similar[0]}" if similar else f"use {', '.join(DESIRED)}"
            problems.append(f"config_file: {path} contains the unsupported key {shown(name)}; {hint}.")
    if not problems and all(content.get(name) is None for name in ("configs", RESERVED)):
        problems.append(f"config_file: {path} must contain configs or groups.")
    if problems:
        raise InvalidVariables(" ".join(problems))
    return dict(content)


def join_files(files: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the combined content of the files in a directory. Each list of configurations becomes a group.

    The files may contain ``generation``, ``configs``, ``defaults`` and ``groups``. Raises ``InvalidVariables`` if they
    contain other keys or different generations.
    """
    groups: list[dict[str, Any]] = []
    generations: dict[str, str] = {}  # the first file for each value of generation
    for path, content in files.items():
        other = [name for name in content if name not in ("generation", "configs", "defaults", RESERVED)]
        if other:
            raise InvalidVariables(f"config_file: {path} must not contain {other[0]}; set it as a variable.")
        if content.get("generation") is not None:
            generations.setdefault(generation_number(_generation_of(path, content)), path)
        groups += groups_of(path, content)
    if len(generations) > 1:
        first, second = list(generations.values())[:2]
        raise InvalidVariables(f"config_file: {first} and {second} have different generations.")
    joined: dict[str, Any] = {RESERVED: groups}
    if generations:
        joined["generation"] = next(iter(generations))
    return joined


def _generation_of(path: str, content: Mapping[str, Any]) -> Generation:
    try:
        return parse_generation(content["generation"])
    except InvalidOption as error:
        raise InvalidVariables(f"config_file: {path}: {error}") from None


def groups_of(path: str, content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the groups that a file in a directory contributes. Raises ``InvalidVariables``."""
    defaults = content.get("defaults") or {}
    inner = content.get(RESERVED) or []
    if not isinstance(defaults, Mapping) or not isinstance(inner, list):
        raise InvalidVariables(f"config_file: {path} must contain a dictionary of defaults and a list of groups.")
    found = [{"defaults": defaults, "configs": content["configs"]}] if content.get("configs") else []
    for group in inner:
        if not isinstance(group, Mapping) or not isinstance(group.get("defaults") or {}, Mapping):
            raise InvalidVariables(f"config_file: {path} must contain groups with defaults and configs.")
        found.append({**group, "defaults": {**defaults, **(group.get("defaults") or {})}})
    return found


def merge_file(values: Mapping[str, Any], content: Mapping[str, Any]) -> dict[str, Any]:
    """Merge variables with the content of a configuration file. The variables take precedence.

    Raises ``InvalidVariables`` if the variables contain configurations or defaults.
    """
    for name in ("configs", "defaults", RESERVED):
        if values.get(name) is not None:
            raise InvalidVariables(f"{name}: mutually exclusive with config_file; add it to the file.")
    return {**content, **{name: value for name, value in values.items() if value is not None}}


def module_name(generation: Generation, kind: str) -> str:
    """Return the module name for a generation. ``kind`` is ``configs`` or ``config_info``."""
    return f"alicloud.fc.{'function_' if generation.has_services else 'v3_'}async_invoke_{kind}"


def with_file_names(message: str, files: list[str]) -> str:
    """Return an error message, extended by the file name for each ``groups`` position that it mentions."""
    positions = sorted({int(found) for found in re.findall(r"\bgroups\[(\d+)\]", message)})
    named = [f"groups[{position}] is from {files[position]}." for position in positions if position < len(files)]
    return " ".join([message, *named])
