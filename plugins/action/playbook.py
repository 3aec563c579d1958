# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main step of the playbooks in this collection, documented in ``plugins/modules/playbook.py``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._adopt import (
    adopted_configs,
    never_converging,
    other_generation,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_action import AuditAction
from ansible_collections.alicloud.fc.plugins.plugin_utils._config_file import (
    UnsafeName,
    export_files,
    exported_configs,
    file_text,
    is_written_by_playbook,
    stale_files,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables, Variables
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import STEPS
from ansible_collections.alicloud.fc.plugins.plugin_utils._preflight_action import PreflightAction
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import KINDS

#: Playbook variables that later tasks use.
_RETURNED = ("file_per_service",)
_PATHS = ("config_file", "terraform_file", "serverless_devs_file")


class ActionModule(AuditAction, PreflightAction):
    """Validates a playbook's variables and runs the module for the selected generation."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the module result and the values that later tasks in the playbook need."""
        super().run(tmp, task_vars)
        self._vars = task_vars or {}
        step = self._step()
        try:
            variables = self._variables(step)
            result: dict[str, Any] = getattr(self, f"_{step}")(variables)
        except (InvalidVariables, UnsafeName) as error:
            # If an exception were raised here, ansible-core 2.18 would display a traceback with -vvv.
            return self._failed_report(step, printable(str(error)))
        if step.startswith(tuple(KINDS)):
            return result
        result["options"] = {
            "generation": variables.generation.name,
            **{name: variables.own[name] for name in _RETURNED if name in variables.own},
            **{name: os.path.abspath(str(variables.own[name])) for name in _PATHS if variables.own.get(name)},
        }
        return result

    def _step(self) -> str:
        name = self._task.args.get("name")
        if name not in STEPS or set(self._task.args) != {"name"}:
            raise AnsibleActionFail(f"name: must be one of {', '.join(STEPS)}; no other options are supported.")
        return str(name)

    # -- Playbooks -----------------------------------------------------------------------------------------------

    def _export(self, variables: Variables) -> dict[str, Any]:
        own, generation = variables.own, variables.generation
        variables.check_services("file_per_service", "services")
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
        # The playbook displays only changes and errors.
        return self._run("configs", variables, {**self._desired(variables), "return_unchanged": False})

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
