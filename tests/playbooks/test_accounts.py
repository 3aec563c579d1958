# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of audits of several accounts, which have one joined report, and of the steps around an audit."""

from __future__ import annotations

import json
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from emulator import ConfigKey, Emulator

from ._playbook import Audit, audit_account, run_playbook

CONFIGS = [{"service_name": "shop", "function_name": name, "maximum_retry_attempts": 1} for name in ("order", "pay")]
IN_SYNC, DRIFTED = {"maxAsyncRetryAttempts": 1}, {"maxAsyncRetryAttempts": 5}
#: The settings of shop:order in each account.
ACCOUNTS = {"prod": DRIFTED, "staging": IN_SYNC, "dev": IN_SYNC}


def state(order: Mapping[str, Any]) -> dict[str, Any]:
    """Return an account with two configs and a function without a config."""
    configs = [{"service": "shop", "function": "pay", **IN_SYNC}, {"service": "shop", "function": "order", **order}]
    return {"services": {"shop": {"functions": ["order", "pay", "idle"]}}, "configs": configs}


@pytest.fixture
def accounts() -> Iterator[dict[str, Emulator]]:
    """Three emulated accounts in different regions."""
    with ExitStack() as stack:
        yield {
            name: stack.enter_context(
                Emulator(state=state(order), account_id=str(number) * 16, region=f"cn-region-{number}")
            )
            for number, (name, order) in enumerate(ACCOUNTS.items(), 1)
        }


def write_inventory(folder: Path, accounts: Mapping[str, Emulator], **variables: Any) -> None:
    """Write an inventory in which each host is an account."""
    hosts = {
        name: {
            "access_key_id": emulator.access_key_id,
            "access_key_secret": emulator.access_key_secret,
            "account_id": emulator.account_id,
            "region": emulator.region,
            "endpoint": emulator.url,
        }
        for name, emulator in accounts.items()
    }
    inventory = {"accounts": {"hosts": hosts, "vars": {"configs": CONFIGS, "retry_timeout": 0, **variables}}}
    (folder / "inventory.yml").write_text(json.dumps(inventory), "utf-8")


def audit_accounts(folder: Path, accounts: Mapping[str, Emulator], *arguments: str) -> Audit:
    """Audit all accounts in the inventory with one command."""
    inventory = ("-i", "inventory.yml", "-e", "audit_hosts=accounts")
    first = next(iter(accounts.values()))
    run = run_playbook("audit", first, folder, *inventory, *arguments, environment={})
    assert not [entry for emulator in accounts.values() for entry in emulator.journal.writes]
    return Audit(**vars(run))


@pytest.mark.parametrize("arguments", [(), ("-e", "audit_serial=1"), ("--forks", "1", "--check")], ids=str)
def test_one_command_creates_one_report_on_all_accounts(
    accounts: dict[str, Emulator], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    accounts["staging"].faults.add("*", status=403, code="AccessDenied", message="not for you")
    write_inventory(tmp_path, accounts)
    audit = audit_accounts(tmp_path, accounts, *arguments)
    report = audit.report()
    assert audit.status == 4, audit.output
    assert report["outcome"] == "unreadable"
    assert {account["name"]: account["outcome"] for account in report["accounts"]} == {
        "prod": "drift", "staging": "unreadable", "dev": "in sync"
    }  # fmt: skip
    assert [(one["account_id"], one["region"], one["endpoint"]) for one in report["accounts"]] == [
        (emulator.account_id, emulator.region, emulator.url) for emulator in accounts.values()
    ]
    assert {(row["account"], row["id"]) for row in report["rows"]} == {
        (account, f"shop:{name}:LATEST") for account in ("prod", "dev") for name in ("order", "pay")
    }
    message = audit.error("dev" if "audit_serial=1" in arguments else "prod")
    assert message.startswith("1 of 3 accounts could not be audited, 1 of 4 configurations differs. staging: ")
    assert "not for you" in message
    table = audit.output.split("TASK [Show the differences]")[-1]
    assert "prod     shop:order:LATEST  drifted  maximum_retry_attempts  1        5" in table
    assert "staging: could not be read: " in table


def test_an_account_with_invalid_variables_does_not_prevent_the_audit_of_others(
    accounts: dict[str, Emulator], tmp_path: Path
) -> None:
    write_inventory(tmp_path, accounts)
    inventory = json.loads((tmp_path / "inventory.yml").read_text("utf-8"))
    inventory["accounts"]["hosts"]["staging"]["region"] = "{{ nowhere }}"
    (tmp_path / "inventory.yml").write_text(json.dumps(inventory), "utf-8")
    audit = audit_accounts(tmp_path, accounts)
    report = audit.report()
    assert (audit.status, report["outcome"]) == (2, "invalid input")
    assert [account["outcome"] for account in report["accounts"]] == ["drift", "invalid input", "in sync"]
    assert "staging: region: 'nowhere' is undefined" in audit.error("prod")
    assert "Traceback" not in audit.output


def test_a_limit_and_a_slice_of_the_inventory_have_a_report_of_their_own(
    accounts: dict[str, Emulator], tmp_path: Path
) -> None:
    write_inventory(tmp_path, accounts)
    audit = audit_accounts(tmp_path, accounts, "--limit", "staging,dev")
    assert audit.status == 0, audit.output
    assert [account["name"] for account in audit.report()["accounts"]] == ["staging", "dev"]


# --- Scopes and rules -------------------------------------------------------------------------------------------

RULES: dict[str, Any] = {
    "rules": [{"name": "Failures go somewhere", "require": "on_failure"}, {"max_retries": 3}],
    "unconfigured": True,
}


def emulated() -> Emulator:
    """Return an emulated account with drift."""
    return Emulator(state=state(DRIFTED))


def write_variables(folder: Path, **variables: Any) -> tuple[str, str]:
    """Write a variables file and return the arguments that use it."""
    (folder / "variables.yml").write_text(json.dumps(variables), "utf-8")
    return "-e", "@variables.yml"


def findings(audit: Audit) -> list[tuple[str, str, str | None]]:
    """Return the ID, the verdict and the rule of each row."""
    return [(row["id"], row["verdict"], row["rule"]) for row in audit.report()["rows"]]


def test_rules_and_unconfigured_functions_need_no_desired_state(tmp_path: Path) -> None:
    with emulated() as emulator:
        audit = audit_account(emulator, tmp_path, *write_variables(tmp_path, **RULES))
        assert audit.status == 0, audit.output
        assert findings(audit) == [
            ("shop:order:LATEST", "noncompliant", "Failures go somewhere"),
            ("shop:order:LATEST", "noncompliant", "max_retries: 3"),
            ("shop:pay:LATEST", "noncompliant", "Failures go somewhere"),
            ("shop:idle", "unconfigured", None),
        ]
        assert audit.writes == []
        arguments = write_variables(tmp_path, rules=RULES["rules"][1:], functions=["p*"], configs=CONFIGS[:1])
        combined = audit_account(emulator, tmp_path, *arguments)
    assert findings(combined) == [("shop:order:LATEST", "drifted", None), ("shop:pay:LATEST", "in sync", None)]


def test_undeclared_services_are_unexpected_if_the_account_is_the_scope(tmp_path: Path) -> None:
    with emulated() as emulator:
        emulator.store.create_service("other")
        emulator.store.create_function("other", "forgotten")
        run_playbook(
            "apply", emulator, tmp_path, *write_variables(tmp_path, configs=[{"id": "other:forgotten"}])
        )  # fmt: skip
        # The audits overwrite the same report.
        verdicts = {
            purge: audit_account(
                emulator, tmp_path, *write_variables(tmp_path, configs=CONFIGS, purge=purge)
            ).verdicts()
            for purge in ("service", "account")
        }
    assert "other:forgotten:LATEST" not in verdicts["service"]
    assert verdicts["account"]["other:forgotten:LATEST"] == "unexpected"


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("shop:ordr", "function 'ordr' does not exist in service 'shop'"),
        ("shpo:order", "service 'shpo' does not exist"),
        ("shop:order:live", "alias live of service shop does not exist"),
        ("shop:order:7", "7"),
    ],
)
def test_missing_functions_are_distinguished_from_missing_configs(tmp_path: Path, name: str, problem: str) -> None:
    with emulated() as emulator:
        arguments = write_variables(tmp_path, configs=[{"id": name}, {"id": "shop:idle"}], fail_on_drift=True)
        audit = audit_account(emulator, tmp_path, *arguments)
    missing, idle = audit.report()["rows"]
    assert (missing["verdict"], idle["verdict"]) == ("no function", "missing")
    assert problem in missing["message"]
    assert audit.status == 2


# --- Formats, changes and notifications -------------------------------------------------------------------------


def test_all_formats_are_written(tmp_path: Path) -> None:
    formats = ["html", "json", "text", "markdown", "junit"]
    with emulated() as emulator:
        audit = audit_account(
            emulator, tmp_path, *write_variables(tmp_path, configs=CONFIGS, report_formats=formats)
        )  # fmt: skip
    assert audit.status == 0, audit.output
    assert (tmp_path / "audit.txt").read_text("utf-8").splitlines() == audit.table()
    assert "1 of 2 configurations differs" in (tmp_path / "audit.md").read_text("utf-8").splitlines()[0]
    [suite] = ET.parse(tmp_path / "audit.xml").getroot()
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")
    assert [case.get("name") for case in suite.iter("testcase")] == ["shop:order:LATEST", "shop:pay:LATEST"]


def test_changes_since_the_previous_report(tmp_path: Path) -> None:
    arguments = ("-e", "previous=audit.json")
    with emulated() as emulator:
        first = audit_account(emulator, tmp_path, *write_variables(tmp_path, configs=CONFIGS), *arguments)
        assert first.report()["previous"] is None  # there is no such file yet
        audited_at = first.report()["audited_at"]
        run_playbook("apply", emulator, tmp_path, *write_variables(tmp_path, configs=CONFIGS))
        desired = [*CONFIGS, {"id": "shop:idle"}]
        second = audit_account(emulator, tmp_path, *write_variables(tmp_path, configs=desired), *arguments)
    report = second.report()
    assert report["previous"] == {"audited_at": audited_at}
    assert report["resolved"] == [
        {"account": None, "id": "shop:order:LATEST", "verdict": "drifted", "rule": None}
    ]  # fmt: skip
    assert {row["id"]: row["since"] for row in report["rows"]} == {
        "shop:idle:LATEST": "new", "shop:order:LATEST": None, "shop:pay:LATEST": None
    }  # fmt: skip
    assert second.table()[-1] == "1 missing, 2 in sync (1 new, 1 resolved)"


@pytest.mark.parametrize("arguments", [(), ("-e", "audit_serial=1")], ids=["together", "in batches"])
def test_previous_report_of_several_accounts_can_be_overwritten(
    accounts: dict[str, Emulator], tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    write_inventory(tmp_path, accounts)
    arguments += ("-e", "previous=audit.json")
    audit_accounts(tmp_path, accounts, *arguments)
    again = audit_accounts(tmp_path, accounts, *arguments).report()
    assert {row["since"] for row in again["rows"]} == {"known", None}
    accounts["prod"].store.put_config(ConfigKey("shop", "order", "LATEST"), IN_SYNC)
    repaired = audit_accounts(tmp_path, accounts, *arguments).report()
    assert [(one["account"], one["id"]) for one in repaired["resolved"]] == [("prod", "shop:order:LATEST")]
    assert {row["since"] for row in repaired["rows"]} == {None}


NOTIFY = """
- name: Write a message
  ansible.builtin.copy:
    content: "{{ audit_result.outcome }} {{ audit_result.totals.drifted }} {{ audit_result.files[0].path }}"
    dest: "{{ audit_result.files[0].path | dirname }}/message.txt"
"""


@pytest.mark.parametrize("hosts", [1, 3])
def test_notification_tasks_run_before_the_playbook_fails(
    accounts: dict[str, Emulator], tmp_path: Path, hosts: int
) -> None:
    (tmp_path / "notify.yml").write_text(NOTIFY, "utf-8")
    arguments = ("-e", "notify_tasks=notify.yml", "-e", "fail_on_drift=true")
    if hosts == 1:
        audit = audit_account(accounts["prod"], tmp_path, *arguments, *write_variables(tmp_path, configs=CONFIGS))
    else:
        write_inventory(tmp_path, accounts)
        audit = audit_accounts(tmp_path, accounts, *arguments)
    assert audit.status == 2
    assert (tmp_path / "message.txt").read_text("utf-8") == f"drift 1 {tmp_path / 'audit.html'}"
    assert audit.output.count("TASK [Write a message]") == 1


@pytest.mark.parametrize(("status", "faults"), [(2, False), (4, True)], ids=["drift", "unreadable"])
def test_a_failed_notification_fails_the_playbook_but_does_not_hide_the_outcome(
    tmp_path: Path, status: int, faults: bool
) -> None:
    (tmp_path / "notify.yml").write_text("- ansible.builtin.fail: {msg: no connection}", "utf-8")
    with emulated() as emulator:
        if faults:
            emulator.faults.add("Get*", status=403, code="AccessDenied")
        arguments = write_variables(tmp_path, configs=CONFIGS, notify_tasks="notify.yml")
        audit = audit_account(emulator, tmp_path, *arguments)
    assert audit.status == status, audit.output
    assert "no connection" in audit.output


def test_misspelled_patterns_cause_warnings(tmp_path: Path) -> None:
    rules = [{"max_retries": 3, "services": ["shpo"]}, {"max_retries": 3, "services": ["shop"]}]
    with emulated() as emulator:
        [account] = audit_account(emulator, tmp_path, *write_variables(tmp_path, rules=rules)).report()["accounts"]
        assert account["warnings"] == [
            "rules: the rule 'max_retries: 3 (services: shpo)' applies to no configuration. Check its patterns."
        ]
        arguments = write_variables(tmp_path, rules=rules[1:], services=["shpo"])
        [account] = audit_account(emulator, tmp_path, *arguments).report()["accounts"]
    assert account["warnings"] == [
        "No configurations were found to check. If this is unexpected, check services and functions."
    ]


def test_absent_and_missing_configs_are_not_unconfigured_too(tmp_path: Path) -> None:
    configs = [{"id": "shop:idle", "state": "absent"}, *CONFIGS]
    with emulated() as emulator:
        emulator.store.create_function("shop", "other")
        audit = audit_account(emulator, tmp_path, *write_variables(tmp_path, configs=configs, unconfigured=True))
    assert audit.verdicts()["shop:idle:LATEST"] == "in sync"
    assert [row["id"] for row in audit.report()["rows"] if row["verdict"] == "unconfigured"] == ["shop:other"]


def test_the_result_is_a_fact_for_later_plays(tmp_path: Path) -> None:
    later = {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [{"ansible.builtin.debug": {"msg": "{{ audit_result.outcome }}, {{ audit_result.rows | length }}"}}],
    }
    wrapper = [{"import_playbook": "alicloud.fc.audit"}, later]
    (tmp_path / "wrapper.yml").write_text(json.dumps(wrapper), "utf-8")
    with emulated() as emulator:
        arguments = write_variables(tmp_path, configs=CONFIGS)
        run = run_playbook("wrapper.yml", emulator, tmp_path, *arguments)
    assert run.status == 0, run.output
    assert '"msg": "drift, 2"' in run.output


def test_the_report_names_the_file_and_its_revision(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        identity = ("-c", "user.name=test", "-c", "user.email=test@example.com")
        done = subprocess.run(
            ["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True, text=True
        )  # fmt: skip
        return done.stdout.strip()

    path = tmp_path / "configs.yml"
    path.write_text(json.dumps({"configs": CONFIGS}), "utf-8")
    arguments = ("-e", "config_file=configs.yml")
    with emulated() as emulator:
        [untracked] = audit_account(emulator, tmp_path, *arguments).report()["accounts"]
        git("init", "--quiet")
        git("add", "configs.yml")
        git("commit", "--quiet", "--message", "Add the file")
        commit = git("rev-parse", "HEAD")
        [tracked] = audit_account(emulator, tmp_path, *arguments).report()["accounts"]
        path.write_text(json.dumps({"configs": CONFIGS[:1]}), "utf-8")
        [modified] = audit_account(emulator, tmp_path, *arguments).report()["accounts"]
    assert (untracked["config_file"], untracked["revision"]) == (str(path), None)
    assert tracked["revision"] == {"commit": commit, "modified": False}
    assert modified["revision"] == {"commit": commit, "modified": True}
