# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the ``audit`` playbook: verdicts, reports, output and exit status.

The playbook never writes to the service.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from ._playbook import Audit, run_audit
from .conftest import DESIRED, DESIRED_WITH_UNREADABLE, QUEUE, SCRIPT_INJECTION, STATE, TEMPLATE_INJECTION, VERDICTS


def test_the_audit_creates_reports_and_never_writes_to_the_service(audit: Audit, emulator: Emulator) -> None:
    assert audit.status == 0, audit.output
    assert audit.verdicts() == VERDICTS
    assert audit.page().exists()
    assert audit.reads
    assert audit.writes == []
    with Emulator(state=STATE) as unchanged:
        assert emulator.store.dump() == unchanged.store.dump()


def test_the_json_report_contains_the_differences(audit: Audit) -> None:
    report = audit.report()
    assert list(report["totals"].items()) == [
        ("unreadable", 0), ("no function", 0), ("bad destination", 0), ("drifted", 2), ("missing", 1),
        ("unexpected", 2), ("noncompliant", 0), ("unconfigured", 0), ("in sync", 1),
    ]  # fmt: skip
    [account] = report["accounts"]
    assert (account["generation"], account["purge"], report["title"]) == ("FC 2.0", "service", DESIRED["title"])
    assert audit.differences("shop:drifted:LATEST") == {
        "destination_config.on_failure.destination": (QUEUE, None),
        "maximum_retry_attempts": (1, 5),
        "stateful_invocation": (False, True),
    }
    assert audit.differences("shop:missing:LATEST")["maximum_event_age_in_seconds"] == (3600, None)
    assert audit.differences("shop:unnamed:live")["maximum_event_age_in_seconds"] == (None, 60)
    assert audit.differences("shop:same:LATEST") == {}


def test_stored_values_are_not_templated(audit: Audit) -> None:
    differences = audit.differences("shop:hostile:LATEST")
    assert differences["destination_config.on_success.destination"] == (None, SCRIPT_INJECTION)
    assert differences["destination_config.on_failure.destination"] == (None, TEMPLATE_INJECTION)


def test_the_playbook_prints_a_table_of_differences(audit: Audit) -> None:
    header, *lines, totals = audit.table()
    assert header.split() == ["id", "verdict", "option", "desired", "current"]
    assert ["maximum_retry_attempts", "1", "5"] in [line.split() for line in lines]
    assert {line.split()[0]: line.split()[1] for line in lines if line.startswith("shop")} == {
        name: verdict for name, verdict in VERDICTS.items() if verdict != "in sync"
    }
    assert totals == "2 drifted, 1 missing, 2 unexpected, 1 in sync"


def test_drift_fails_the_playbook_if_fail_on_drift_is_true(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, DESIRED, "-e", "fail_on_drift=true")
    assert audit.status == 2
    assert audit.error() == "5 of 6 configurations differ."
    assert audit.verdicts() == VERDICTS
    assert audit.writes == []


def test_the_playbook_succeeds_without_drift(emulator: Emulator, tmp_path: Path) -> None:
    desired = {"configs": [{"id": "shop:same", "maximum_retry_attempts": 1}], "fail_on_drift": True}
    audit = run_audit(emulator, tmp_path, desired)
    assert audit.status == 0, audit.output
    assert audit.table() == ["1 in sync"]


def test_unreadable_configs_fail_the_playbook_after_the_report(unreadable_audit: Audit) -> None:
    assert unreadable_audit.status == 4
    assert unreadable_audit.error() == "4 of 5 configurations differ, 1 could not be read."
    assert unreadable_audit.verdicts()["locked:secret:LATEST"] == "unreadable"
    assert unreadable_audit.verdicts()["shop:drifted:LATEST"] == "drifted"
    assert unreadable_audit.page().exists()
    first = unreadable_audit.report()["rows"][0]
    assert (first["id"], first["differences"]) == ("locked:secret:LATEST", [])
    assert "AccessDenied" in first["message"]
    assert unreadable_audit.writes == []


def test_the_report_contains_a_warning_if_the_purge_scope_is_unreadable(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, {**DESIRED_WITH_UNREADABLE, "purge": "service"})
    assert audit.status == 4
    assert "shop:unnamed:live" not in audit.verdicts()
    warning = "The purge was not predicted because some configurations could not be read."
    assert warning in audit.report()["accounts"][0]["warnings"]
    assert warning in audit.page().read_text("utf-8")


@pytest.mark.parametrize(
    ("desired", "error"),
    [
        ({"configs": [{"id": "shop:same", "maximum_retry_attempts": 99}]}, "must be between 0 and 8"),
        ({"title": "no configs"}, "config_file: is required unless rules, unconfigured or verify_destinations is set"),
        ({"rules": [{"max_retries": 99}]}, "rules[0].max_retries: must be between 0 and 8, not 99."),
        ({"configs": [{"id": "shop:same"}], "rules": [{"maxretries": 1}]}, "rules[0].maxretries: is not supported"),
        ({"unconfigured": True, "services": ["a"], "generation": "3.0"}, "services: requires generation 2.0"),
        ({"configs": [{"id": "shop:same"}], "report_folder": "reports", "purge": "all"}, "purge"),
    ],
    ids=["option", "no configs", "rule", "misspelled rule", "scope", "purge"],
)
def test_invalid_input_fails_the_playbook_and_is_reported(
    emulator: Emulator, tmp_path: Path, desired: dict[str, Any], error: str
) -> None:
    audit = run_audit(emulator, tmp_path, desired)
    assert audit.status == 2
    assert error in audit.error()
    report = audit.report(f"{desired.get('report_folder', '.')}/audit")
    assert report["outcome"] == "invalid input"
    assert error in report["accounts"][0]["error"]
    assert report["rows"] == []
    assert audit.reads == []


@pytest.mark.parametrize(
    ("desired", "error"),
    [
        (
            {"report_formats": ["html", "pdf"]},
            "report_formats: must be a list of html, json, text, markdown, junit, not 'pdf'.",
        ),
        ({"report_name": "a/b"}, "report_name: must not contain slashes; use report_folder."),
        ({"report_name": ""}, "report_name: must be the name of a file, not ''."),
        ({"report_name": ".."}, "report_name: must be the name of a file, not '..'."),
        ({"report_formats": []}, "report_formats: must be a list of html, json, text, markdown, junit, not an empty"),
        ({"report_folder": "desired.yml"}, "desired.yml is not a directory."),
        ({"report_folder": "desired.yml/reports"}, "desired.yml is not a directory."),
        ({"notify_tasks": "missing.yml"}, "missing.yml is not a file."),
        ({"notify_tasks": "desired.yml"}, "desired.yml must contain a list of tasks."),
        ({"previous": "desired.yml"}, "previous: must be the JSON file of an earlier audit"),
        ({"audit_serial": "two"}, "audit_serial: must be a number of hosts or a percentage, for example 2 or 25%, not"),
        ({"audit_serial": 0}, "audit_serial: must be a number of hosts or a percentage, for example 2 or 25%, not 0."),
        ({"audit_serial": [1, "x"]}, "audit_serial: must be a number of hosts or a percentage"),
    ],
)
def test_invalid_report_variables_fail_the_playbook_without_a_report(
    emulator: Emulator, tmp_path: Path, desired: dict[str, Any], error: str
) -> None:
    audit = run_audit(emulator, tmp_path, {**DESIRED, **desired})
    assert audit.status == 2
    assert error in audit.error()
    assert audit.reads == []
    assert {path.name for path in tmp_path.iterdir()} <= {"desired.yml", ".ansible"}


def test_report_folder_and_report_name_are_used(emulator: Emulator, tmp_path: Path) -> None:
    arguments = ("-e", "report_folder=reports/fc", "-e", "report_name='week 1 & <2>'")
    audit = run_audit(emulator, tmp_path, DESIRED, *arguments, "--check")
    assert audit.status == 0, audit.output
    assert audit.report("reports/fc/week 1 & <2>")["title"] == DESIRED["title"]
    assert audit.page("reports/fc/week 1 & <2>").exists()


@pytest.mark.parametrize("generation", ["generation=3.0", '{"generation": 3}'])
def test_fc3_configs_are_audited(tmp_path: Path, generation: str) -> None:
    state = {"functions": {"resize": {}}, "configs": [{"function": "resize", "asyncTask": True}]}
    desired = {"configs": [{"function_name": "resize"}], "purge": "function"}
    with Emulator(state=state) as emulator:
        audit = run_audit(emulator, tmp_path, desired, "-e", generation)
    assert audit.status == 0, audit.output
    assert audit.report()["accounts"][0]["generation"] == "FC 3.0"
    assert audit.differences("resize:LATEST") == {"maximum_retry_attempts": (2, 3), "async_task": (False, True)}
    assert audit.writes == []


def test_a_directory_is_not_mistaken_for_a_report(emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "audit.json").mkdir()
    audit = run_audit(emulator, tmp_path, DESIRED)
    assert audit.status == 2
    assert audit.error() == f"report_name: {tmp_path}/audit.json exists and is not a file."
    assert not list((tmp_path / "audit.json").iterdir())
