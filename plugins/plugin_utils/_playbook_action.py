# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Read the variables and files of a playbook and run modules."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import (
    InvalidVariables,
    Variables,
    absolute_paths,
    check_file,
    check_misspelled,
    groups_of,
    join_files,
    merge_file,
    module_name,
    parse_variables,
    with_file_names,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import (
    PLAYBOOKS,
    RESERVED,
    spec_of,
    variable_names,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress import progress_options
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import HAS_TRUST

_EXTENSIONS = (".yml", ".yaml", ".json")
#: The options of the bulk modules.
_BULK = ("configs", "defaults", RESERVED, "purge", "purge_limit", "concurrency", "verify_destinations")


class PlaybookAction(ActionBase):  # type: ignore[misc]  # Ansible has no type information
    """Base class of actions that use playbook variables."""

    _requires_connection = True

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._vars: dict[str, Any] = {}
        #: The name of the file that each group is from, if the configuration file is a directory.
        self._files: list[str] = []

    def _variables(self, playbook: str) -> Variables:
        extra = load_extra_vars(self._loader)
        if playbook in PLAYBOOKS:  # later steps of a playbook use only a part of its variables
            check_misspelled(playbook, extra)
        values = {name: self._value(name) for name in variable_names(playbook) if name in self._vars}
        # In a host's variables, ``groups`` contains the inventory groups.
        values.pop(RESERVED, None)
        if RESERVED in extra and RESERVED in spec_of(playbook):
            self._vars = {**self._vars, RESERVED: extra[RESERVED]}
            values[RESERVED] = self._value(RESERVED)
        values = {name: value for name, value in values.items() if value != self._vars.get("omit")}
        if values.get("config_file") and "configs" in spec_of(playbook):
            values = merge_file(values, self._content(str(values["config_file"])))
        return parse_variables(playbook, values)

    def _value(self, name: str) -> Any:
        try:
            return self._templar.template(self._vars[name])
        except AnsibleError as error:
            # Ansible would display an excerpt of the file, which can contain secrets.
            raise InvalidVariables(f"{name}: {_reason(error)}.") from None

    def _content(self, name: str) -> dict[str, Any]:
        """Return the content of a configuration file or of all configuration files in a directory."""
        path = os.path.abspath(os.path.expanduser(name))
        if not os.path.isdir(path):
            return check_file(name, self._read("config_file", path, templates=True))
        found = (one for one in os.listdir(path) if one.endswith(_EXTENSIONS) and not one.startswith("."))
        names = sorted(one for one in found if not os.path.isdir(os.path.join(path, one)))
        if not names:
            raise InvalidVariables(f"config_file: {name} contains no files with the extension .yml, .yaml or .json.")
        contents = {}
        for one in names:
            content = check_file(one, self._read("config_file", os.path.join(path, one), templates=True))
            contents[one] = content
        joined = join_files(contents)
        self._files = [one for one in names for _group in groups_of(one, contents[one])]
        return joined

    def _read(self, option: str, path: str, templates: bool = False) -> Any:
        """Return the content of a YAML or JSON file, which may be encrypted with Ansible Vault."""
        path = os.path.abspath(os.path.expanduser(path))
        if not os.path.isfile(path):
            problem = "is not a file" if os.path.lexists(path) else "does not exist"
            raise InvalidVariables(f"{option}: {path} {problem}.")
        arguments: dict[str, Any] = {"cache": "none", "unsafe": not templates}
        if HAS_TRUST:
            arguments = {"cache": "none", "trusted_as_template": templates}
        try:
            content = self._loader.load_from_file(path, **arguments)
            return self._templar.template(content) if templates else content
        except RecursionError:
            raise InvalidVariables(f"{option}: the data in the file {path} is nested too deeply.") from None
        except (AnsibleError, UnicodeDecodeError) as error:
            raise InvalidVariables(f"{option}: the file {path} could not be read: {_reason(error)}.") from None

    def _desired(self, variables: Variables) -> dict[str, Any]:
        options = variables.chosen(*_BULK)
        if "configs" not in options and RESERVED not in options:
            raise InvalidVariables("config_file: is required, for example -e config_file=configs.yml.")
        return options

    def _run(self, kind: str, variables: Variables, options: Mapping[str, Any]) -> dict[str, Any]:
        name = module_name(variables.generation, kind)
        arguments = {**absolute_paths(variables.connection), **options, "return_warnings": True}
        with progress_options(self, self._vars) as progress:
            result: dict[str, Any] = self._execute_module(
                name, module_args={**arguments, **progress}, task_vars=self._vars
            )
        result.pop("invocation", None)
        # ansible-core 2.21 has already removed the warnings of the module, and adds them to the result of the step.
        result["warnings"] = result.pop("module_warnings", result.get("warnings", []))
        if result.get("failed") and self._files:
            result["msg"] = with_file_names(str(result.get("msg")), self._files)
        return result


def _reason(error: Exception) -> str:
    """Return an error's message on one line, without a period."""
    return " ".join(str(error).split()).rstrip(".")
