# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of complete workflows: adopt configurations from Terraform, export, apply and audit."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from emulator import ConfigKey, Emulator

from ._playbook import ROOT, TERRAFORM, Run, audit_account, run_playbook

SAMPLES = sorted(path.name for path in TERRAFORM.iterdir())
CREATE = "show-plan-create.json"
#: The functions in the Terraform samples, without configurations.
EMPTY: dict[str, Any] = {
    "services": {
        "back": {"functions": ["job0", "job1"]},
        "mail": {"functions": ["send"]},
        "shop": {"functions": ["order", "pay", "refund"], "versions": ["1"], "aliases": {"live": "1"}},
    }
}
IDS = [
    "back:job0:LATEST", "back:job1:LATEST", "mail:send:LATEST", "shop:order:live", "shop:pay:LATEST", "shop:refund:live"
]  # fmt: skip
#: A configuration with a maximum event age that is not set in Terraform.
WITH_EVENT_AGE: dict[str, Any] = {
    **EMPTY,
    "configs": [{"service": "back", "function": "job0", "maxAsyncRetryAttempts": 8, "maxAsyncEventAgeInSeconds": 3600}],
}
NEVER_RESOLVED = "Show the differences that Terraform never resolves"


@pytest.fixture(scope="module")
def adopted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A run of ``adopt`` for each Terraform file. The account has one configuration."""

    def adopt(name: str) -> Run:
        folder = tmp_path_factory.mktemp("adopt")
        # Relative paths are resolved against the current directory.
        (folder / name).write_text((TERRAFORM / name).read_text("utf-8"), "utf-8")
        with Emulator(state=WITH_EVENT_AGE) as emulator:
            before = emulator.store.dump()
            run = run_playbook("adopt", emulator, folder, "-e", f"terraform_file={name}")
            assert emulator.store.dump() == before
        return run

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(SAMPLES, pool.map(adopt, SAMPLES), strict=True))


@pytest.mark.parametrize("name", SAMPLES)
def test_adopt_reads_the_files_of_terraform_and_only_reads_the_account(adopted: dict[str, Run], name: str) -> None:
    run = adopted[name]
    assert run.status == 0, run.output
    assert run.reads
    assert run.writes == []
    assert len(SAMPLES) == 4
    content = DataLoader().load_from_file(str(run.folder / "configs.yml"))
    assert [one["function_name"] for one in content["configs"]] == ["job0", "job1", "send", "order", "pay", "refund"]
    retries = [one["maximum_retry_attempts"] for one in content["configs"]]
    # The first plan is older than the other files, which describe the same configurations.
    assert retries == [5 if name == CREATE else 8] * 2 + [2, 2, 0, 2]
    same = "terraform.tfstate" if name != CREATE else CREATE
    assert (run.folder / "configs.yml").read_bytes() == (adopted[same].folder / "configs.yml").read_bytes()


@pytest.mark.parametrize("name", SAMPLES)
def test_adopt_displays_the_differences_that_terraform_never_resolves(adopted: dict[str, Run], name: str) -> None:
    assert adopted[name].lines(NEVER_RESOLVED) == [
        "back:job0:LATEST: Terraform cannot unset maximum_event_age_in_seconds, which is 3600."
    ]
    *_rows, totals = adopted[name].lines("Show the differences from the account")
    assert totals == "1 drifted, 5 missing"


def test_an_adopted_plan_is_applied_and_audited(adopted: dict[str, Run]) -> None:
    with Emulator(state=EMPTY) as emulator:
        applied = run_playbook("apply", emulator, adopted[CREATE].folder, "-e", "config_file=configs.yml")
        assert applied.status == 0, applied.output
        assert audit_account(emulator, adopted[CREATE].folder, "-e", "config_file=configs.yml").table() == ["6 in sync"]


def test_an_adopted_state_is_applied_and_audited_before_and_after_a_change(adopted: dict[str, Run]) -> None:
    folder = adopted["terraform.tfstate"].folder
    with Emulator(state=EMPTY) as emulator:
        applied = run_playbook("apply", emulator, folder, "-e", "config_file=configs.yml")
        assert applied.status == 0, applied.output
        assert applied.changes() == [*(f"create  {one}" for one in IDS), "6 created, 0 updated, 0 deleted, 0 unchanged"]
        audit = audit_account(emulator, folder, "-e", "config_file=configs.yml")
        assert audit.table() == ["6 in sync"]
        emulator.store.put_config(ConfigKey("shop", "pay", "LATEST"), {"maxAsyncRetryAttempts": 7})
        audit = audit_account(emulator, folder, "-e", "config_file=configs.yml")
    assert [line.split() for line in audit.table()[1:]] == [
        ["shop:pay:LATEST", "drifted", "maximum_retry_attempts", "0", "7"],
        ["1", "drifted,", "5", "in", "sync"],
    ]
    assert audit.verdicts() == {**dict.fromkeys(IDS, "in sync"), "shop:pay:LATEST": "drifted"}


# --- Many functions ---------------------------------------------------------------------------------------------


def many(services: int = 40, functions: int = 15) -> dict[str, Any]:
    """Return an account with many functions, each with a different configuration."""
    names = [f"job-{number}" for number in range(functions)]
    return {
        "services": {f"service{number}": {"functions": names} for number in range(services)},
        "configs": [
            {
                "service": f"service{number}",
                "function": name,
                "maxAsyncRetryAttempts": number % 9,
                "maxAsyncEventAgeInSeconds": 60 + position,
                "statefulInvocation": position % 2 == 0,
            }
            for number in range(services)
            for position, name in enumerate(names)
        ],
    }


def test_an_account_with_600_functions(tmp_path: Path) -> None:
    with Emulator(state=many()) as emulator:
        exported = run_playbook("export", emulator, tmp_path, "-e", "config_file=files/first.yml")
        assert exported.status == 0, exported.output
        assert exported.writes == []
        assert exported.shown("Show the number of configurations").endswith(": 600")
        applied = run_playbook("apply", emulator, tmp_path, "-e", "config_file=files/first.yml")
        assert applied.changes() == ["0 created, 0 updated, 0 deleted, 600 unchanged"]
        assert applied.writes == []
        audit = audit_account(emulator, tmp_path, "-e", "config_file=files/first.yml", "-e", "purge=service")
        assert audit.table() == ["600 in sync"]
        run_playbook("export", emulator, tmp_path, "-e", "config_file=second.yml")
        assert (tmp_path / "second.yml").read_bytes() == (tmp_path / "files/first.yml").read_bytes()


def test_a_file_for_each_service(tmp_path: Path) -> None:
    with Emulator(state=many(services=3, functions=2)) as emulator:
        variables = ("-e", "config_file=services", "-e", "file_per_service=true")
        exported = run_playbook("export", emulator, tmp_path, *variables)
        assert exported.status == 0, exported.output
        paths = sorted((tmp_path / "services").iterdir())
        assert [path.name for path in paths] == ["service0.yml", "service1.yml", "service2.yml"]
        emulator.store.delete_config(ConfigKey("service1", "job-0", "LATEST"))
        applied = run_playbook("apply", emulator, tmp_path, "-e", "config_file=services")
        assert applied.changes() == [
            "create  service1:job-0:LATEST",
            "1 created, 0 updated, 0 deleted, 5 unchanged",
        ]


# --- FC 3.0 -----------------------------------------------------------------------------------------------------

QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/dead/messages"
FC3_STATE: dict[str, Any] = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [
                {
                    "address": f'alicloud_fcv3_async_invoke_config.each["{name}"]',
                    "mode": "managed",
                    "type": "alicloud_fcv3_async_invoke_config",
                    "name": "each",
                    "index": name,
                    "values": {
                        "function_name": name,
                        "qualifier": "LATEST",
                        "destination_config": [{"on_failure": [{"destination": QUEUE}], "on_success": []}],
                        "max_async_event_age_in_seconds": 60,
                        "max_async_retry_attempts": 1,
                        "async_task": True,
                    },
                }
                for name in ("resize", "crop")
            ]
        }
    },
}


def test_fc3_configurations_are_adopted_applied_exported_and_audited(tmp_path: Path) -> None:
    (tmp_path / "terraform.json").write_text(json.dumps(FC3_STATE), "utf-8")
    with Emulator(state={"functions": {"resize": {}, "crop": {}}}) as emulator:
        variables = ("-e", "terraform_file=terraform.json", "-e", "generation=3")
        adopted = run_playbook("adopt", emulator, tmp_path, *variables)
        assert adopted.status == 0, adopted.output
        # The generation comes from the file.
        applied = run_playbook("apply", emulator, tmp_path, "-e", "config_file=configs.yml")
        assert applied.changes()[:2] == ["create  crop:LATEST", "create  resize:LATEST"]
        run_playbook("export", emulator, tmp_path, "-e", '{"generation": 3.0, "config_file": "exported.yml"}')
        exported = DataLoader().load_from_file(str(tmp_path / "exported.yml"))
        assert exported["generation"] == "3.0"
        assert [one["destination_config"]["on_failure"]["destination"] for one in exported["configs"]] == [QUEUE] * 2
        audit = audit_account(emulator, tmp_path, "-e", "config_file=exported.yml")
    assert audit.table() == ["2 in sync"]
    assert audit.report()["accounts"][0]["generation"] == "FC 3.0"


# --- Groups, and purging ----------------------------------------------------------------------------------------

GROUPS = """
groups:
  - defaults: {service_name: service0, maximum_retry_attempts: 4}
    configs: [{function_name: job-0}]
  - defaults: {service_name: service1, maximum_retry_attempts: "{{ retries }}"}
    configs: [{function_name: job-0}]
purge: service
"""


def test_a_purge_is_limited_and_the_table_names_the_purged_configurations(tmp_path: Path) -> None:
    (tmp_path / "configs.yml").write_text(GROUPS, "utf-8")
    variables = ("-e", "config_file=configs.yml", "-e", "retries=5")
    with Emulator(state=many(services=2, functions=4)) as emulator:
        before = emulator.store.dump()
        refused = run_playbook("apply", emulator, tmp_path, *variables)
        assert refused.status == 2
        assert refused.error().startswith("purge_limit: the purge would delete 6 configurations, but the limit is 5: ")
        plan = run_playbook("apply", emulator, tmp_path, *variables, "--check", "--diff")
        assert plan.status == 0, plan.output
        assert "Outside check mode, the task would fail." in " ".join(plan.output.split())
        assert '-    "maximum_retry_attempts": 1,' in plan.output
        assert (refused.writes, plan.writes, emulator.store.dump()) == ([], [], before)
        purged = [f"delete  service{service}:job-{job}:LATEST" for service in range(2) for job in range(1, 4)]
        assert plan.changes()[2:] == [*purged, "0 to create, 2 to update, 6 to delete, 0 unchanged"]
        applied = run_playbook("apply", emulator, tmp_path, *variables, "-e", "purge_limit=6")
        assert applied.status == 0, applied.output
        assert applied.changes()[2:] == [*purged, "0 created, 2 updated, 6 deleted, 0 unchanged"]
        attempts = {key.service: stored.retry_attempts for key, stored in emulator.store.configs.items()}
    assert attempts == {"service0": 4, "service1": 5}


def test_nothing_is_written_into_the_collection() -> None:
    assert sorted(path.name for path in (ROOT / "playbooks").iterdir()) == [
        "adopt.yml", "apply.yml", "audit.yml", "export.yml", "preflight.yml", "templates"
    ]  # fmt: skip
