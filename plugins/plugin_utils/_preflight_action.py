# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The steps of the ``preflight`` playbook."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._module_results import error_of, is_invalid, warning_text
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import Variables
from ansible_collections.alicloud.fc.plugins.plugin_utils._preflight_rows import (
    has_rows,
    other_warnings,
    preflight_rows,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_action import ReportAction, account_key
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import PREFLIGHT

#: Variables and keys of configuration files that do not concern the listed configurations.
_IGNORED = ("purge", "purge_limit")


class PreflightAction(ReportAction):
    """The steps of the ``preflight`` playbook."""

    def _preflight(self, variables: Variables) -> dict[str, Any]:
        self._check_report(PREFLIGHT, variables.own)
        options = {name: value for name, value in self._desired(variables).items() if name not in _IGNORED}
        result = self._run("configs", variables, {**options, "verify_destinations": True})
        checked = has_rows(result)
        warnings = other_warnings(result)
        if result.get("results") == []:
            warnings.append("There are no configurations to check. If this is unexpected, check config_file.")
        report = account_report(
            self._account_name(),
            preflight_rows(variables.generation, result) if checked else (),
            kind=PREFLIGHT,
            generation=variables.generation.name,
            connection=result.get("connection"),
            **self._file_facts(variables),
            error=None if checked else error_of(result),
            invalid=is_invalid(result),
            warnings=list(map(warning_text, warnings)),
        )
        return {"changed": False, account_key(PREFLIGHT): report, "warnings": warnings}

    def _preflight_report(self, variables: Variables) -> dict[str, Any]:
        return self._join(PREFLIGHT, variables)

    def _preflight_end(self, variables: Variables) -> dict[str, Any]:
        return self._end(PREFLIGHT, variables.own["fail_on_warning"])
