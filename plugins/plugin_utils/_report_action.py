# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The steps that the playbooks with reports share: join the reports of the accounts, and end with the right status."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ansible.errors import AnsibleConnectionFailure
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_ending import ending
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_previous import check_same_accounts, parse_previous
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_report import account_report, joined_report
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables, Variables
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_action import PlaybookAction
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook_variables import FORMATS
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import KINDS, ReportKind
from ansible_collections.alicloud.fc.plugins.plugin_utils._revision import collection_version, revision_of

#: Maximum size of a previous report in bytes. A report on 10,000 configurations has about 5 MiB.
_LARGEST_REPORT = 32 * 2**20
#: The variables in which the playbooks register the results of the first step.
_FIRST = {"audit": "audit_compared", "preflight": "preflight_checked"}


def account_key(kind: ReportKind) -> str:
    """Return the key that contains the report of an account in the result of the first step."""
    return f"{kind.name}_account"


def _joined(kind: ReportKind) -> str:
    """Return the variable in which a playbook registers the joined report."""
    return f"{kind.name}_joined"


class ReportAction(PlaybookAction):
    """Base class of the steps of a playbook that creates a report."""

    # -- Step 1: facts about the account -------------------------------------------------------------------------

    def _file_facts(self, variables: Variables) -> dict[str, Any]:
        path = variables.own.get("config_file")
        if not path:
            return {"config_file": None, "revision": None}
        path = os.path.abspath(str(path))
        return {"config_file": path, "revision": revision_of(path)}

    def _check_report(self, kind: ReportKind, own: Mapping[str, Any]) -> None:
        """Raise ``InvalidVariables`` if the second step would fail, before the service is called."""
        self._report_files(own)
        self._notify_tasks(own)
        self._previous(kind, own.get("previous"))

    def _failed_report(self, step: str, message: str) -> dict[str, Any]:
        """Return the result of a step if the variables are invalid."""
        failed = {"failed": True, "msg": message}
        if step not in KINDS:
            return failed
        kind = KINDS[step]
        report = account_report(self._account_name(), kind=kind, generation=None, error=message, invalid=True)
        return {**failed, account_key(kind): report}

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

    def _join(self, kind: ReportKind, variables: Variables) -> dict[str, Any]:
        own = variables.own
        files, notify_tasks = self._report_files(own), self._notify_tasks(own)
        previous = self._previous(kind, own.get("previous"))
        batch = [str(host) for host in self._vars["ansible_play_batch"]]
        accounts = [self._account(kind, host) for host in (*self._hosts_before_batch(), *batch)]
        if previous is not None:
            check_same_accounts(accounts, previous)
        time = datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        report = joined_report(accounts, own["title"], time, collection_version(), previous, kind)
        # With ``serial``, later batches extend the report.
        complete = self._hosts()[-1] in batch
        return {
            "changed": False,
            "report": report,
            # Only later batches need it.
            "previous": None if complete else previous,
            "files": files,
            "folder": os.path.abspath(own["report_folder"]),
            "notify_tasks": notify_tasks,
            "complete": complete,
        }

    def _account(self, kind: ReportKind, host: str) -> dict[str, Any]:
        """Return the report of an account."""
        result = self._vars["hostvars"][host].get(_FIRST[kind.name], {})
        if account_key(kind) in result:
            found: dict[str, Any] = result[account_key(kind)]
            return found
        error = str(result.get("msg") or f"The account could not be {kind.participle}.")
        return account_report(host, kind=kind, generation=None, error=error)

    def _previous(self, kind: ReportKind, path: Any) -> dict[str, Any] | None:
        """Return the previous report, or None if there is none."""
        before = self._hosts_before_batch()
        if before:
            # An earlier batch may have overwritten the file.
            earlier: dict[str, Any] | None = self._vars["hostvars"][before[0]][_joined(kind)]["previous"]
            return earlier
        if path is None or not os.path.lexists(os.path.abspath(str(path))):
            return None
        absolute = _existing_file("previous", path)
        if os.path.getsize(absolute) > _LARGEST_REPORT:
            raise InvalidVariables(f"previous: {absolute} is larger than {_LARGEST_REPORT // 2**20} MiB.")
        with open(absolute, encoding="utf-8", errors="replace") as file:
            return parse_previous(file.read())

    def _report_files(self, own: Mapping[str, Any]) -> list[dict[str, str]]:
        """Return the formats, extensions and paths of the files. Raises ``InvalidVariables``."""
        formats = _checked_formats(own["report_formats"])
        _check_folder(own["report_folder"])
        base = os.path.join(os.path.abspath(own["report_folder"]), own["report_name"])
        files = [{"format": one, "extension": FORMATS[one], "path": f"{base}.{FORMATS[one]}"} for one in formats]
        _check_files(file["path"] for file in files)
        return files

    def _notify_tasks(self, own: Mapping[str, Any]) -> str | None:
        """Return the absolute path to the notification tasks, or None if there are none. Raises ``InvalidVariables``.

        If Ansible loaded an invalid file, it would end with the exit status for unreadable configurations.
        """
        path = own.get("notify_tasks")
        if path is None:
            return None
        absolute = _existing_file("notify_tasks", path)
        content = self._read("notify_tasks", absolute)
        if not isinstance(content, list) or not all(isinstance(task, Mapping) for task in content):
            raise InvalidVariables(f"notify_tasks: {absolute} must contain a list of tasks.")
        if any(key in task for task in content for key in ("hosts", "import_playbook")):
            raise InvalidVariables(f"notify_tasks: {absolute} must contain a list of tasks, not a playbook.")
        return absolute

    # -- Step 3: end ---------------------------------------------------------------------------------------------

    def _end(self, kind: ReportKind, fail_on_findings: bool) -> dict[str, Any]:
        status, message = ending(self._vars[_joined(kind)]["report"], fail_on_findings)
        if status == "unreadable":
            # Only an unreachable host has an exit status of its own.
            raise AnsibleConnectionFailure(message)
        return {"failed": status == "failed", "changed": False, "msg": message}


def _check_folder(path: Any) -> None:
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


def _existing_file(option: str, path: Any) -> str:
    absolute = os.path.abspath(os.path.expanduser(str(path)))
    if not os.path.isfile(absolute):
        raise InvalidVariables(f"{option}: {absolute} is not a file.")
    return absolute
