# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the ``verify_destinations`` variable of the ``audit`` and ``apply`` playbooks."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from emulator import ConfigKey, Emulator

from ._playbook import Audit, run_audit, run_playbook

FUNCTIONS = "acs:fc:cn-hangzhou:1234567890123456:services/shop/functions"
ROLE = "acs:ram::1234567890123456:role/shop"


def stored(function: str, destination: str, **values: Any) -> dict[str, Any]:
    """Return a stored configuration with a destination for failures."""
    destinations = {"destinationConfig": {"onFailure": {"destination": f"{FUNCTIONS}/{destination}"}}}
    return {"service": "shop", "function": function, "maxAsyncRetryAttempts": 2, **destinations, **values}


def desired(function: str, destination: str, **values: Any) -> dict[str, Any]:
    """Return a desired configuration with a destination for failures."""
    destinations = {"on_failure": {"destination": f"{FUNCTIONS}/{destination}"}}
    return {"id": f"shop:{function}", "destination_config": destinations, **values}


STATE: dict[str, Any] = {
    "services": {"shop": {"functions": ["order", "refund", "pay", "idle"], "role": ROLE}},
    "configs": [stored("order", "gone"), stored("refund", "order"), stored("pay", "lost")],
}
BOTH = {"configs": [desired("order", "gone"), desired("refund", "removed")], "verify_destinations": True}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An account in which two of three configurations send to functions that do not exist."""
    with Emulator(state=STATE) as running:
        yield running


def rows(audit: Audit) -> list[tuple[str, str, str | None]]:
    """Return the ID, the verdict and, from the message, the name of the destination function of each row."""
    return [
        (row["id"], row["verdict"], row["message"] and row["message"].split("'")[1].rpartition("/")[2])
        for row in audit.report()["rows"]
    ]


def test_without_a_file_the_destinations_in_the_account_are_verified(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, {"verify_destinations": True})
    assert audit.status == 0, audit.output
    assert rows(audit) == [
        ("shop:order:LATEST", "bad destination", "gone"),
        ("shop:pay:LATEST", "bad destination", "lost"),
        ("shop:refund:LATEST", "in sync", None),
    ]
    report = audit.report()
    assert (report["outcome"], report["summary"]) == ("drift", "2 configurations have bad destinations")
    assert report["accounts"][0]["verify_destinations"] is True
    assert report["accounts"][0]["warnings"] == []  # they are rows
    assert "functions/gone' does not exist (FunctionNotFound)" in "\n".join(audit.table())
    assert audit.writes == []
    # A finding that was not searched for again is not resolved.
    emulator.store.delete_config(ConfigKey("shop", "pay", "LATEST"))
    previous = ("-e", "previous=audit.json", "-e", "report_name=now")
    unconfigured = run_audit(emulator, tmp_path, {"unconfigured": True}, *previous)
    assert unconfigured.report("now")["resolved"] == []
    verified = run_audit(emulator, tmp_path, {"verify_destinations": True}, *previous)
    assert [(one["id"], one["verdict"]) for one in verified.report("now")["resolved"]] == [
        ("shop:pay:LATEST", "bad destination")
    ]


def test_with_a_file_the_desired_destinations_are_verified(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, BOTH, "-e", "fail_on_drift=true")
    assert audit.status == 2
    assert audit.error() == "1 of 2 configurations differs, 2 have bad destinations."
    assert rows(audit) == [
        ("shop:order:LATEST", "bad destination", "gone"),
        ("shop:refund:LATEST", "bad destination", "removed"),
        ("shop:refund:LATEST", "drifted", None),
        # It matches the desired state.
        ("shop:order:LATEST", "in sync", None),
    ]


def test_the_same_problem_is_reported_once(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, {**BOTH, "rules": [{"max_retries": 5}]})
    assert rows(audit)[:3] == [
        ("shop:order:LATEST", "bad destination", "gone"),
        ("shop:refund:LATEST", "bad destination", "removed"),
        ("shop:pay:LATEST", "bad destination", "lost"),
    ]
    assert [verdict for _id, verdict, _name in rows(audit)].count("bad destination") == 3
    assert len(rows(audit)) == 5


def test_destinations_that_could_not_be_read_are_unreadable(emulator: Emulator, tmp_path: Path) -> None:
    allow = ["fc:Get*", "fc:List*"]
    emulator.store.load({"ram": {"caller": {"allow": allow, "deny": ["fc:GetFunction"]}}})
    audit = run_audit(emulator, tmp_path, {"configs": [desired("refund", "order")], "verify_destinations": True})
    assert audit.status == 4
    [unreadable, in_sync] = audit.report()["rows"]
    assert (unreadable["verdict"], in_sync["verdict"]) == ("unreadable", "in sync")
    assert "Grant fc:GetFunction to the caller." in unreadable["message"]


def test_destinations_are_verified_only_on_request(emulator: Emulator, tmp_path: Path) -> None:
    audit = run_audit(emulator, tmp_path, {**BOTH, "verify_destinations": False})
    assert audit.verdicts() == {"shop:order:LATEST": "in sync", "shop:refund:LATEST": "drifted"}
    assert "GetFunction" not in audit.reads


def test_apply_does_not_write_configurations_with_bad_destinations(emulator: Emulator, tmp_path: Path) -> None:
    configs = [desired("order", "refund"), desired("refund", "removed")]
    (tmp_path / "configs.yml").write_text(json.dumps({"configs": configs}), "utf-8")
    arguments = ("-e", "config_file=configs.yml", "-e", "verify_destinations=true")
    applied = run_playbook("apply", emulator, tmp_path, *arguments)
    assert applied.status == 2
    assert len(applied.writes) == 1
    update, failed, totals = applied.changes()
    assert update == "update  shop:order:LATEST"
    assert failed.startswith("failed  shop:refund:LATEST")
    assert "functions/removed' does not exist" in failed
    assert totals == "0 created, 1 updated, 0 deleted, 0 unchanged, 1 failed"
