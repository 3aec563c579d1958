# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main step of the playbooks in this collection, documented in ``plugins/modules/playbook.py``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._adopt import (
    adopted_configs,
    never_converging,
    other_generation,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._config_file import (
    UnsafeName,
    export_files,
    exported_configs,
    file_text,
    is_written_by_playbook,
    stale_files,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import (
    PLAYBOOKS,
    RESERVED,
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
    variable_names,
    with_file_names,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._progress import progress_options
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import HAS_TRUST

_EXTENSIONS = (".yml", ".yaml", ".json")
#: Playbook variables that later tasks use.
_RETURNED = ("title", "report_name", "fail_on_drift", "file_per_service")
#: Options of the bulk modules.
_BULK = ("configs", "defaults", RESERVED, "purge", "purge_limit", "concurrency")
_PATHS = ("config_file", "report_folder", "terraform_file", "serverless_devs_file")


class ActionModule(ActionBase):  # type: ignore[misc]  # Ansible has no type information
    """Validates a playbook's variables and runs the module for the selected generation."""

    _requires_connection = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module result and the values that later tasks in the playbook need."""
        super().run(tmp, task_vars)
        self._vars = task_vars or {}
        self._files: list[str] = []
        playbook = self._playbook()
        try:
            variables = self._variables(playbook)
            result: dict[str, Any] = getattr(self, f"_{playbook}")(variables)
        except (InvalidVariables, UnsafeName) as error:
            # If an exception were raised here, ansible-core 2.18 would display a traceback with -vvv.
            return {"failed": True, "msg": printable(str(error))}
        if result.get("failed") and self._files:
            result["msg"] = with_file_names(str(result.get("msg")), self._files)
        result["options"] = {
            "generation": variables.generation.name,
            "purge": variables.own.get("purge") or "none",
            **{name: variables.own[name] for name in _RETURNED if name in variables.own},
            **{name: os.path.abspath(str(variables.own[name])) for name in _PATHS if variables.own.get(name)},
        }
        return result

    def _playbook(self) -> str:
        name = self._task.args.get("name")
        if name not in PLAYBOOKS or set(self._task.args) != {"name"}:
            raise AnsibleActionFail(f"name: must be one of {', '.join(PLAYBOOKS)}; no other options are supported.")
        return str(name)

    # -- Variables -----------------------------------------------------------------------------------------------

    def _variables(self, playbook: str) -> Variables:
        extra = load_extra_vars(self._loader)
        check_misspelled(playbook, extra)
        values = {name: self._value(name) for name in variable_names(playbook) if name in self._vars}
        # In a host's variables, ``groups`` contains the inventory groups.
        values.pop(RESERVED, None)
        if RESERVED in extra and RESERVED in PLAYBOOKS[playbook]:
            self._vars = {**self._vars, RESERVED: extra[RESERVED]}
            values[RESERVED] = self._value(RESERVED)
        values = {name: value for name, value in values.items() if value != self._vars.get("omit")}
        if values.get("config_file") and "configs" in PLAYBOOKS[playbook]:
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

    # -- Playbooks -----------------------------------------------------------------------------------------------

    def _export(self, variables: Variables) -> dict[str, Any]:
        own, generation = variables.own, variables.generation
        for name in ("file_per_service", "services"):
            if own.get(name) and not generation.has_services:
                raise InvalidVariables(f"{name}: requires generation 2.0, because FC 3.0 has no services.")
        path = _written_path(own)
        options = {**variables.chosen("services", "functions", "concurrency"), "fail_on_unreadable": True}
        result = self._run("config_info", variables, options)
        if result.get("failed"):
            return {name: value for name, value in result.items() if name != "async_invoke_configs"}
        configs = exported_configs(generation, result["async_invoke_configs"], own["timestamps"])
        files = export_files(generation, configs, path, own["file_per_service"])
        warnings = [] if configs else ["There are no configurations to export."]
        if own["file_per_service"] and not variables.chosen("services", "functions") and os.path.isdir(path):
            warnings += stale_files(path, os.listdir(path), files)
        return {"changed": False, "files": _changed_files(files), "number": len(configs), "warnings": warnings}

    def _apply(self, variables: Variables) -> dict[str, Any]:
        return self._run("configs", variables, self._desired(variables))

    def _audit(self, variables: Variables) -> dict[str, Any]:
        options = self._desired(variables)
        options.pop("purge_limit", None)  # An audit deletes nothing.
        return self._run("configs", variables, options)

    def _desired(self, variables: Variables) -> dict[str, Any]:
        options = variables.chosen(*_BULK)
        if "configs" not in options and RESERVED not in options:
            raise InvalidVariables("config_file: is required, for example -e config_file=configs.yml.")
        return options

    def _adopt(self, variables: Variables) -> dict[str, Any]:
        given = [name for name in ("terraform_file", "serverless_devs_file") if variables.own.get(name)]
        if len(given) != 1:
            raise InvalidVariables("terraform_file: specify either terraform_file or serverless_devs_file.")
        path = _written_path(variables.own)
        document = self._read(given[0], str(variables.own[given[0]]))
        location = {name: variables.connection.get(name) for name in ("region", "account_id")}
        configs = adopted_configs(given[0], document, variables.generation, location)
        if not configs:
            raise InvalidVariables(
                f"{given[0]}: {shown(variables.own[given[0]])} contains no {variables.generation.name} configurations. "
                "Check generation."
            )
        result = self._run("configs", variables, {"configs": configs, **variables.chosen("concurrency")})
        result["files"] = _changed_files([{"path": path, "content": file_text("adopt", variables.generation, configs)}])
        if given[0] == "terraform_file" and "diff" in result:
            result["never_converging"] = never_converging(variables.generation, configs, result)
            warnings = other_generation(document, variables.generation)
            result["warnings"] = [*result.get("warnings", []), *warnings]
        return result

    def _run(self, kind: str, variables: Variables, options: Mapping[str, Any]) -> dict[str, Any]:
        name = module_name(variables.generation, kind)
        arguments = {**absolute_paths(variables.connection), **options}
        with progress_options(self, self._vars) as progress:
            result: dict[str, Any] = self._execute_module(
                name, module_args={**arguments, **progress}, task_vars=self._vars
            )
        result.pop("invocation", None)
        return result


def _written_path(own: Mapping[str, Any]) -> str:
    path = os.path.abspath(str(own["config_file"]))
    if os.path.isdir(path) and not own.get("file_per_service"):
        raise InvalidVariables(f"config_file: must be the path to a file, but {path} is a directory.")
    _check_overwritten(path)
    return path


def _check_overwritten(path: str) -> str:
    """Return the text of a file that is about to be overwritten, or an empty string if the file does not exist.

    Raises ``InvalidVariables`` if the file was written by hand or by another program.
    """
    if not os.path.isfile(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if not is_written_by_playbook(text):
        raise InvalidVariables(
            f"config_file: {path} was not written by the export or adopt playbook and is not overwritten. "
            "Choose another path or delete the file."
        )
    return text


def _changed_files(files: list[dict[str, str]]) -> list[dict[str, Any]]:
    """Add to each file whether its content differs from the content on disk."""
    return [{**file, "changed": _check_overwritten(file["path"]) != file["content"]} for file in files]


def _reason(error: Exception) -> str:
    """Return an error's message on one line, without a period."""
    return " ".join(str(error).split()).rstrip(".")
