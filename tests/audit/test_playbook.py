# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the playbook finds, writes, prints and ends with; and that it never writes to the service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator

from ._playbook import Audit, run_audit
from .conftest import DESIRED, HOSTILE, LOCKED, QUEUE, STATE, TEMPLATE, VERDICTS


def test_it_reports_and_never_writes(audit: Audit, emulator: Emulator) -> None:
    assert audit.status == 0, audit.output
    assert audit.verdicts() == VERDICTS
    assert audit.page().exists()
    assert audit.reads
    assert audit.writes == []
    with Emulator(state=STATE) as untouched:
        assert emulator.store.dump() == untouched.store.dump()


def test_the_json_says_what_differs(audit: Audit) -> None:
    report = audit.report()
    assert list(report["totals"].items()) == [
        ("failed", 0), ("drifted", 2), ("missing", 1), ("unexpected", 2), ("in sync", 1)
    ]  # fmt: skip
    assert (report["generation"], report["purge"], report["title"]) == ("FC 2.0", "service", DESIRED["title"])
    assert audit.differences("shop:drifted:LATEST") == {
        "destination_config.on_failure.destination": (QUEUE, None),
        "maximum_retry_attempts": (1, 5),
        "stateful_invocation": (False, True),
    }
    assert audit.differences("shop:missing:LATEST")["maximum_event_age_in_seconds"] == (3600, None)
    assert audit.differences("shop:unnamed:live")["maximum_event_age_in_seconds"] == (None, 60)
    assert audit.differences("shop:same:LATEST") == {}


def test_what_is_stored_is_never_a_template(audit: Audit) -> None:
    found = audit.differences("shop:hostile:LATEST")
    assert found["destination_config.on_success.destination"] == (None, HOSTILE)
    assert found["destination_config.on_failure.destination"] == (None, TEMPLATE)


def test_the_table_is_on_the_screen(audit: Audit) -> None:
    head, *lines, totals = audit.table()
    assert head.split() == ["id", "verdict", "option", "declared", "actual"]
    assert ["maximum_retry_attempts", "1", "5"] in [line.split() for line in lines]
    assert {line.split()[0]: line.split()[1] for line in lines if line.startswith("shop")} == {
        name: verdict for name, verdict in VERDICTS.items() if verdict != "in sync"
    }
    assert totals == "2 drifted, 1 missing, 2 unexpected, 1 in sync"


def test_drift_fails_the_run_where_that_is_asked_for(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, DESIRED, "-e", "fail_on_drift=true")
    assert audit.status == 2
    assert "5 of 6 are not as declared" in audit.output
    assert audit.verdicts() == VERDICTS
    assert audit.writes == []


def test_no_drift_is_no_failure(emulator: Emulator, tmp_path: Path) -> None:
    desired = {"configs": [{"id": "shop:same", "maximum_retry_attempts": 1}], "fail_on_drift": True}
    audit = run_audit(emulator, tmp_path, desired)
    assert audit.status == 0, audit.output
    assert audit.table() == ["1 in sync"]


def test_what_cannot_be_read_fails_the_run_after_the_report(locked_audit: Audit) -> None:
    assert locked_audit.status == 2
    assert "1 of 6 could not be read" in locked_audit.output
    assert locked_audit.verdicts()["locked:secret:LATEST"] == "failed"
    assert locked_audit.verdicts()["shop:drifted:LATEST"] == "drifted"
    assert locked_audit.page().exists()
    first = locked_audit.report()["rows"][0]
    assert (first["id"], first["differences"]) == ("locked:secret:LATEST", [])
    assert "AccessDenied" in first["message"]
    assert locked_audit.writes == []


def test_where_the_scope_cannot_be_read_the_report_warns(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, {**LOCKED, "purge": "service"})
    assert audit.status == 2
    assert "shop:unnamed:live" not in audit.verdicts()
    assert "Nothing was purged" in " ".join(audit.report()["warnings"])
    assert "Nothing was purged" in audit.page().read_text("utf-8")


@pytest.mark.parametrize(
    ("desired", "complaint"),
    [
        ({"configs": [{"id": "shop:same", "maximum_retry_attempts": 99}]}, "must be between 0 and 8"),
        ({"title": "no configs"}, "'configs' is undefined"),
    ],
    ids=["refused", "without configs"],
)
def test_wrong_input_is_told_and_not_reported(
    emulator: Emulator, tmp_path: Path, desired: dict[str, Any], complaint: str
) -> None:
    audit = run_audit(emulator, tmp_path, desired)
    assert audit.status == 2
    assert complaint in audit.output
    assert not audit.page().exists()
    assert audit.reads == []


def test_the_files_go_where_they_are_wanted(emulator: Emulator, tmp_path: Path) -> None:
    arguments = ("-e", "report_folder=reports/fc", "-e", "report_name='week 1 & <2>'")
    audit = run_audit(emulator, tmp_path, DESIRED, *arguments, "--check")
    assert audit.status == 0, audit.output
    assert audit.report("reports/fc/week 1 & <2>")["title"] == DESIRED["title"]
    assert 'href="week%201%20%26%20%3C2%3E.json"' in audit.page("reports/fc/week 1 & <2>").read_text("utf-8")


@pytest.mark.parametrize("generation", ["generation=3.0", '{"generation": 3}'])
def test_it_audits_the_other_generation_too(tmp_path: Path, generation: str) -> None:
    state = {"functions": {"resize": {}}, "configs": [{"function": "resize", "asyncTask": True}]}
    desired = {"configs": [{"function_name": "resize"}], "purge": "function"}
    with Emulator(state=state) as emulator:
        audit = run_audit(emulator, tmp_path, desired, "-e", generation)
    assert audit.status == 0, audit.output
    assert audit.report()["generation"] == "FC 3.0"
    assert audit.differences("resize:LATEST") == {"maximum_retry_attempts": (2, 3), "async_task": (False, True)}
    assert audit.writes == []
