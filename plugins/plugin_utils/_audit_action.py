# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The steps of the ``audit`` playbook: audit each account, join the reports, and end with the right status."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.alicloud.fc.plugins.filter.printable import printable
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_ending import ending
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_previous import check_same_accounts, parse_previous
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report, joined_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import Row, result_rows, unconfigured_rows
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rules import Rule, parse_rules, violations
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import (
    FORMATS,
    RESERVED,
    InvalidVariables,
    Variables,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_action import PlaybookAction
from ansible_collections.alicloud.fc.plugins.plugin_utils._revision import collection_version, revision_of

#: The variables in which the playbook registers the results of its steps.
_COMPARED, _JOINED = "audit_compared", "audit_joined"


class AuditAction(PlaybookAction):
    """The steps of the ``audit`` playbook."""

    # -- Step 1: audit an account --------------------------------------------------------------------------------

    def _audit(self, variables: Variables) -> dict[str, Any]:
        options = variables.chosen(*_SOURCES)
        rules = parse_rules(variables.generation, variables.own.get("rules"))
        variables.check_services("services")
        _check_folder(variables.own["report_folder"])
        reads_all = bool(rules) or variables.own["unconfigured"]
        if not options and not reads_all:
            raise InvalidVariables(
                "config_file: is required unless rules or unconfigured is set, for example -e config_file=configs.yml."
            )
        results = []
        if options:
            results.append(self._compare(variables))
        if reads_all and not any(map(_is_invalid, results)):
            results.append(self._read_configs(variables))
        rows = self._rows(variables, rules, results)
        failed = next((result for result in results if _has_failed(result)), None)
        report = account_report(
            self._account_name(),
            rows,
            generation=variables.generation.name,
            connection=next((result["connection"] for result in results if "connection" in result), None),
            **self._file_facts(variables),
            purge=variables.own.get("purge") or "none",
            rules=[rule.name for rule in rules],
            unconfigured=variables.own["unconfigured"],
            services=variables.own.get("services"),
            functions=variables.own.get("functions"),
            error=None if failed is None else _error(failed),
            invalid=failed is not None and _is_invalid(failed),
        )
        warnings = [warning for result in results for warning in _warnings(result)]
        warnings += _scope_warnings(rules, next((one for one in results if "async_invoke_configs" in one), None))
        return {"changed": False, "audit_account": report, "warnings": warnings}

    def _compare(self, variables: Variables) -> dict[str, Any]:
        options = self._desired(variables)
        options.pop("purge_limit", None)  # an audit deletes nothing
        return self._run("configs", variables, options)

    def _read_configs(self, variables: Variables) -> dict[str, Any]:
        options = variables.chosen("services", "functions", "concurrency")
        return self._run("config_info", variables, {**options, "include_unconfigured": variables.own["unconfigured"]})

    def _rows(self, variables: Variables, rules: Sequence[Rule], results: Sequence[Mapping[str, Any]]) -> list[Row]:
        rows: list[Row] = []
        for result in results:
            if _has_failed(result):
                continue
            if "results" in result:
                rows += result_rows(result)
            elif "async_invoke_configs" in result:
                rows += _info_rows(variables, rules, result, {row["id"] for row in rows})
        return rows

    def _file_facts(self, variables: Variables) -> dict[str, Any]:
        path = variables.own.get("config_file")
        if not path:
            return {"config_file": None, "revision": None}
        path = os.path.abspath(str(path))
        return {"config_file": path, "revision": revision_of(path)}

    def _failed_audit(self, message: str) -> dict[str, Any]:
        """Return the result of the first step if the variables are invalid."""
        report = account_report(self._account_name(), generation=None, error=message, invalid=True)
        return {"failed": True, "msg": message, "audit_account": report}

    def _account_name(self) -> str | None:
        name = str(self._vars["inventory_hostname"])
        return None if name == "localhost" and self._hosts() == [name] else name

    def _hosts(self) -> list[str]:
        return [str(host) for host in self._vars["ansible_play_hosts_all"]]

    def _hosts_before_batch(self) -> list[str]:
        """Return the hosts in the batches that have already run. There are none unless the play is serial."""
        hosts = self._hosts()
        return hosts[: hosts.index(str(self._vars["ansible_play_batch"][0]))]

    # -- Step 2: join the reports --------------------------------------------------------------------------------

    def _audit_report(self, variables: Variables) -> dict[str, Any]:
        own = variables.own
        formats = _checked_formats(own["report_formats"])
        _check_folder(own["report_folder"])
        previous = self._previous(own.get("previous"))
        batch = [str(host) for host in self._vars["ansible_play_batch"]]
        accounts = [self._account(host) for host in (*self._hosts_before_batch(), *batch)]
        if previous is not None:
            check_same_accounts(accounts, previous)
        report = joined_report(
            accounts,
            own["title"],
            datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"),
            collection_version(),
            previous,
        )
        base = os.path.join(os.path.abspath(own["report_folder"]), own["report_name"])
        _check_files(f"{base}.{FORMATS[one]}" for one in formats)
        notify_tasks = own.get("notify_tasks")
        # With ``serial``, later batches extend the report.
        complete = self._hosts()[-1] in batch
        return {
            "changed": False,
            "report": report,
            # Only later batches need it.
            "previous": None if complete else previous,
            "files": [{"format": one, "extension": FORMATS[one], "path": f"{base}.{FORMATS[one]}"} for one in formats],
            "folder": os.path.dirname(base),
            "notify_tasks": None if notify_tasks is None else self._task_file(notify_tasks),
            "complete": complete,
        }

    def _account(self, host: str) -> dict[str, Any]:
        """Return the report of an account."""
        result = self._vars["hostvars"][host].get(_COMPARED, {})
        if "audit_account" in result:
            # Ansible converts warnings to text when it registers the result.
            return {**result["audit_account"], "warnings": [printable(one) for one in result.get("warnings") or ()]}
        return account_report(host, generation=None, error=str(result.get("msg") or "The audit failed."))

    def _previous(self, path: Any) -> dict[str, Any] | None:
        """Return the previous report, or None if there is none."""
        before = self._hosts_before_batch()
        if before:
            # An earlier batch may have overwritten the file.
            earlier: dict[str, Any] | None = self._vars["hostvars"][before[0]][_JOINED]["previous"]
            return earlier
        if path is None or not os.path.lexists(os.path.abspath(str(path))):
            return None
        absolute = _existing_file("previous", path)
        if os.path.getsize(absolute) > _LARGEST_REPORT:
            raise InvalidVariables(f"previous: {absolute} is larger than {_LARGEST_REPORT // 2**20} MiB.")
        with open(absolute, encoding="utf-8", errors="replace") as file:
            return parse_previous(file.read())

    def _task_file(self, path: Any) -> str:
        """Return the absolute path to the notification tasks.

        If Ansible loaded an invalid file, it would end with the exit status for unreadable configurations.
        """
        absolute = _existing_file("notify_tasks", path)
        content = self._read("notify_tasks", absolute)
        if not isinstance(content, list) or not all(isinstance(task, Mapping) for task in content):
            raise InvalidVariables(f"notify_tasks: {absolute} must contain a list of tasks.")
        return absolute

    # -- Step 3: end ---------------------------------------------------------------------------------------------

    def _audit_end(self, variables: Variables) -> dict[str, Any]:
        status, message = ending(self._vars[_JOINED]["report"], variables.own["fail_on_drift"])
        if status == "unreadable":
            # Only an unreachable host has an exit status of its own.
            raise AnsibleConnectionFailure(message)
        return {"failed": status == "failed", "changed": False, "msg": message}


#: Maximum size of a previous report in bytes. A report on 10,000 configurations has about 5 MiB.
_LARGEST_REPORT = 32 * 2**20
#: The variables that contain the desired state.
_SOURCES = ("configs", RESERVED)


def _check_folder(path: Any) -> None:
    """Raise ``InvalidVariables`` if the report cannot be written. Otherwise, this would be noticed after the audit."""
    folder = os.path.abspath(str(path))
    existing = folder
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    if not os.path.isdir(existing):
        raise InvalidVariables(f"report_folder: {existing} is not a directory.")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise InvalidVariables(f"report_folder: {existing} is not writable.")


def _check_files(paths: Iterable[str]) -> None:
    for path in paths:
        if os.path.lexists(path) and not os.path.isfile(path):
            raise InvalidVariables(f"report_name: {path} exists and is not a file.")


def _checked_formats(names: Sequence[str]) -> list[str]:
    wrong = [name for name in names if name not in FORMATS]
    if wrong or not names:
        found = shown(wrong[0]) if wrong else "an empty list"
        raise InvalidVariables(f"report_formats: must be a list of {', '.join(FORMATS)}, not {found}.")
    return list(dict.fromkeys(names))


def _warnings(result: Mapping[str, Any]) -> list[Any]:
    """Return the warnings of a module, except those about missing functions, which have a verdict of their own."""
    missing = [item["not_found"]["message"] for item in result.get("results", []) if item.get("not_found")]
    return [one for one in result.get("warnings", []) if not any(message in str(one) for message in missing)]


def _scope_warnings(rules: Sequence[Rule], result: Mapping[str, Any] | None) -> list[str]:
    """Return a warning for each rule that applies to nothing, which may be due to a misspelled pattern."""
    if result is None or result["unreadable"]:
        return []
    found = result["async_invoke_configs"]
    if not found and not result.get("functions_without_config"):
        return ["No configurations were found to check. If this is unexpected, check services and functions."]
    unused = [rule for rule in rules if not any(rule.applies_to(config) for config in found)]
    return [f"rules: the rule {shown(rule.name)} applies to no configuration. Check its patterns." for rule in unused]


def _has_failed(result: Mapping[str, Any]) -> bool:
    """Return whether a module failed as a whole. Failures of some configurations are reported in their rows."""
    if not result.get("failed"):
        return False
    items = result.get("results", [])
    return len(items) != 1 and all(item["failed"] for item in items)


def _error(result: Mapping[str, Any]) -> str:
    """Return the error of a module that failed as a whole. If all configurations failed, return the first error."""
    items = result.get("results", [])
    # If a call fails, others may not be attempted. Their messages are less helpful.
    answered = [item["msg"] for item in items if item.get("error")]
    return str(next(iter([*answered, *(item["msg"] for item in items)]), result.get("msg")))


def _is_invalid(result: Mapping[str, Any]) -> bool:
    return _has_failed(result) and "connection" not in result


def _info_rows(variables: Variables, rules: Sequence[Rule], result: Mapping[str, Any], reported: set[str]) -> list[Row]:
    connection = result.get("connection") or {}
    region = connection.get("region")
    found = result["async_invoke_configs"]
    rows = violations(rules, found, variables.generation, region, reported) if rules else []
    compared = {one.rpartition(":")[0] for one in reported}
    without = [one for one in result.get("functions_without_config", []) if one not in compared]
    rows += unconfigured_rows(variables.generation.name, without, region)
    unreadable = [{**one, "action": "none", "changed": False, "failed": True} for one in result["unreadable"]]
    named = [one for one in unreadable if one["id"] not in reported | compared]
    return rows + result_rows({"connection": connection, "results": named, "diff": []})


def _existing_file(option: str, path: Any) -> str:
    absolute = os.path.abspath(os.path.expanduser(str(path)))
    if not os.path.isfile(absolute):
        raise InvalidVariables(f"{option}: {absolute} is not a file.")
    return absolute
