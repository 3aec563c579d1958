# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The steps of the ``audit`` playbook."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import (
    Row,
    destination_rows,
    result_rows,
    unconfigured_rows,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rules import Rule, parse_rules, violations
from ansible_collections.alicloud.fc.plugins.plugin_utils._module_results import (
    destination_problems,
    error_of,
    has_failed,
    is_invalid,
    remaining_warnings,
    warning_text,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables, Variables
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import RESERVED
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_action import ReportAction, account_key
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT

#: The variables that contain the desired state.
_SOURCES = ("configs", RESERVED)
Results = Sequence[Mapping[str, Any]]


class AuditAction(ReportAction):
    """The steps of the ``audit`` playbook."""

    def _audit(self, variables: Variables) -> dict[str, Any]:
        own = variables.own
        rules = parse_rules(variables.generation, own.get("rules"))
        variables.check_services("services")
        self._check_report(AUDIT, own)
        results = self._results(variables, rules)
        read = next((result for result in results if "async_invoke_configs" in result), None)
        failed = next((result for result in results if has_failed(result)), None)
        warnings = [warning for result in results for warning in remaining_warnings(result)]
        warnings += _scope_warnings(rules, read)
        if any(result.get("results") == [] for result in results):
            warnings.append("There are no configurations to compare. If this is unexpected, check config_file.")
        report = account_report(
            self._account_name(),
            _rows(variables, rules, results),
            generation=variables.generation.name,
            connection=next((result["connection"] for result in results if "connection" in result), None),
            **self._file_facts(variables),
            purge=own.get("purge") or "none",
            rules=[rule.name for rule in rules],
            unconfigured=own["unconfigured"],
            verify_destinations=own["verify_destinations"],
            services=own.get("services"),
            functions=own.get("functions"),
            error=None if failed is None else error_of(failed),
            invalid=failed is not None and is_invalid(failed),
            reads_account=read is not None,
            # ansible-core 2.20 and newer add all warnings to the registered result.
            warnings=list(map(warning_text, warnings)),
        )
        return {"changed": False, account_key(AUDIT): report, "warnings": warnings}

    def _results(self, variables: Variables, rules: Sequence[Rule]) -> list[dict[str, Any]]:
        """Return the results of the modules: of the comparison, if there are configurations, and of the account."""
        compares = bool(variables.chosen(*_SOURCES))
        searches = bool(rules) or variables.own["unconfigured"]
        if not compares and not searches and not variables.own["verify_destinations"]:
            raise InvalidVariables(
                "config_file: is required unless rules, unconfigured or verify_destinations is set, for example "
                "-e config_file=configs.yml."
            )
        results = [self._compare(variables)] if compares else []
        if (searches or not compares) and not any(map(is_invalid, results)):
            results.append(self._read_configs(variables))
        return results

    def _compare(self, variables: Variables) -> dict[str, Any]:
        options = self._desired(variables)
        options.pop("purge_limit", None)  # an audit deletes nothing
        return self._run("configs", variables, options)

    def _read_configs(self, variables: Variables) -> dict[str, Any]:
        options = variables.chosen("services", "functions", "concurrency", "verify_destinations")
        return self._run("config_info", variables, {**options, "include_unconfigured": variables.own["unconfigured"]})

    def _audit_report(self, variables: Variables) -> dict[str, Any]:
        return self._join(AUDIT, variables)

    def _audit_end(self, variables: Variables) -> dict[str, Any]:
        return self._end(AUDIT, variables.own["fail_on_drift"])


def _rows(variables: Variables, rules: Sequence[Rule], results: Results) -> list[Row]:
    successful = [result for result in results if not has_failed(result)]
    compared = [row for result in successful if "results" in result for row in result_rows(result)]
    problems = [problem for result in successful for problem in destination_problems(result)]
    region = next((_region(result) for result in successful), None)
    rows = [*compared, *destination_rows(variables.generation.name, problems, region)]
    for result in successful:
        if "async_invoke_configs" in result:
            rows += _info_rows(variables, rules, result, rows)
    return rows


def _scope_warnings(rules: Sequence[Rule], result: Mapping[str, Any] | None) -> list[str]:
    """Return a warning for each rule that applies to nothing, which may be due to a misspelled pattern."""
    if result is None or result["unreadable"]:
        return []
    found = result["async_invoke_configs"]
    if not found and not result.get("functions_without_config"):
        return ["No configurations were found to check. If this is unexpected, check services and functions."]
    unused = [rule for rule in rules if not any(rule.applies_to(config) for config in found)]
    return [f"rules: the rule {shown(rule.name)} applies to no configuration. Check its patterns." for rule in unused]


def _info_rows(
    variables: Variables, rules: Sequence[Rule], result: Mapping[str, Any], rows: Sequence[Row]
) -> list[Row]:
    """Return the rows for the configurations in the account, except those that are among the given rows."""
    region, generation = _region(result), variables.generation
    reported = {row["id"] for row in rows}
    checked = rules or variables.own["verify_destinations"]
    found = violations(rules, result["async_invoke_configs"], generation, region, reported) if checked else []
    # Also the functions, because the info modules do not return the configuration that could not be read.
    compared = reported | {one.rpartition(":")[0] for one in reported}
    without = [one for one in result.get("functions_without_config", []) if one not in compared]
    found += unconfigured_rows(generation.name, without, region)
    unreadable = [{**one, "action": "none", "changed": False, "failed": True} for one in result["unreadable"]]
    named = [one for one in unreadable if one["id"] not in compared]
    return found + result_rows({"connection": result.get("connection"), "results": named, "diff": []})


def _region(result: Mapping[str, Any]) -> str | None:
    region: str | None = (result.get("connection") or {}).get("region")
    return region
