# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks and the examples never template or execute untrusted text from the service."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from emulator import ConfigKey, Emulator, _wire

from .shell import ROOT, Shell

EXPORT = "ansible-playbook alicloud.fc.export -e config_file=account.yml"
APPLY = "ansible-playbook alicloud.fc.apply -e config_file=account.yml"
#: A command without spaces, because ARNs do not contain spaces.
COMMAND = "lookup('ansible.builtin.pipe','touch${IFS}canary')"
QUEUES = "acs:mns:cn-hangzhou:1234567890123456:/queues/"
#: Malicious destinations that are valid ARNs.
MALICIOUS_ARNS = {
    "expression": f"{QUEUES}{{{{{COMMAND}}}}}/messages",
    "statement": f"{QUEUES}{{%if({COMMAND})%}}{{%endif%}}/messages",
    "comment": QUEUES + "{#gone#}/messages",
    "tag": QUEUES + "!vault|'\"%&*?/messages",
    "markup": QUEUES + "<script>alert(1)</script>/messages",
}
#: Malicious destinations that are not valid ARNs. The modules reject them.
MALICIOUS_NON_ARNS = {
    "header": f"#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[{COMMAND}]]",
    "lines": f"{QUEUES}x\n- function_name: victim\n  maximum_retry_attempts: 8\n#/messages",
}
NAMES = [*MALICIOUS_ARNS, *MALICIOUS_NON_ARNS, "victim"]


@pytest.fixture
def account() -> Iterator[Emulator]:
    """An account that contains functions of both generations."""
    with Emulator(
        state={"services": {"shop": {"functions": NAMES}}, "functions": {name: {} for name in NAMES}}
    ) as emulator:
        yield emulator


def store_destinations(emulator: Emulator, arns: Mapping[str, str]) -> None:
    """Store these destinations for FC 2.0 functions, bypassing validation."""
    for name, destination in arns.items():
        emulator.store.put_config(ConfigKey("shop", name, "LATEST"), {"maxAsyncRetryAttempts": 2})
        stored = emulator.store._configs["shop", name]
        stored["LATEST"] = dataclasses.replace(stored["LATEST"], on_failure=destination)


def destinations(emulator: Emulator, service: str | None) -> dict[str, str | None]:
    """Return the stored destinations by function."""
    return {key.function: config.on_failure for key, config in emulator.store.configs.items() if key.service == service}


def run_successfully(shell: Shell, commands: str) -> str:
    """Return the output of commands after checking that they succeeded and executed no untrusted text."""
    process = shell.run(commands)
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    assert nothing_was_executed(shell)
    return output


def nothing_was_executed(shell: Shell) -> bool:
    """Return True if no untrusted text was executed in the shell's folder or the repository."""
    return not [*shell.folder.rglob("canary"), *ROOT.glob("*/canary"), *ROOT.glob("canary")]


def test_an_exported_account_can_be_applied_without_changes(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_ARNS)
    shell = Shell(tmp_path, account)
    run_successfully(shell, EXPORT)
    for flags in ("--check --diff", "", "-vvv"):
        assert "changed=0" in run_successfully(shell, f"{APPLY} {flags}")
    assert destinations(account, "shop") == MALICIOUS_ARNS
    audited = run_successfully(
        shell, "ansible-playbook alicloud.fc.audit -e config_file=account.yml -e fail_on_drift=true"
    )
    assert f"{len(MALICIOUS_ARNS)} in sync" in audited


def test_invalid_arns_are_exported_and_rejected_but_not_executed(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_NON_ARNS)
    shell = Shell(tmp_path, account)
    run_successfully(shell, EXPORT)
    process = shell.run(APPLY)
    assert process.returncode == 2
    assert "must be an ARN" in process.stdout + process.stderr
    assert nothing_was_executed(shell)
    assert account.journal.writes == []


def test_drift_is_reported_and_not_executed(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, {**MALICIOUS_ARNS, **MALICIOUS_NON_ARNS})
    shell = Shell(tmp_path, account)
    shell.write_json("desired.yml", {"configs": [{"service_name": "shop", "function_name": name} for name in NAMES]})
    run_successfully(shell, "ansible-playbook alicloud.fc.audit -e @desired.yml -e purge=service")
    report = json.loads((tmp_path / "audit.json").read_text("utf-8"))
    reported = {row["id"].split(":")[1]: row["differences"][0]["current"] for row in report["rows"]}
    assert {name: reported[name] for name in MALICIOUS_ARNS} == MALICIOUS_ARNS
    assert {name: reported[name] for name in MALICIOUS_NON_ARNS} == {
        name: text.replace("\n", "\\n") for name, text in MALICIOUS_NON_ARNS.items()
    }
    assert "<script>alert" not in (tmp_path / "audit.html").read_text("utf-8")


def test_fc2_configs_are_migrated_to_fc3_unchanged(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_ARNS)
    shell = Shell(tmp_path, account)
    shell.write_json("names.json", {"function_names": {f"shop:{name}": name for name in NAMES}})
    run_successfully(shell, 'ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert destinations(account, None) == MALICIOUS_ARNS


def test_a_destination_with_line_breaks_does_not_inject_configs(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_NON_ARNS)
    shell = Shell(tmp_path, account)
    shell.write_json("names.json", {"function_names": {f"shop:{name}": name for name in NAMES}})
    process = shell.run('ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert process.returncode == 2
    assert "must be an ARN" in process.stdout + process.stderr
    assert nothing_was_executed(shell)
    assert destinations(account, None) == {}


def test_functions_without_a_mapping_are_reported_before_any_change(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_ARNS)
    shell = Shell(tmp_path, account)
    shell.write_json("names.json", {"function_names": {"shop:comment": "comment"}})
    process = shell.run('ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert process.returncode == 2
    assert all(f"shop:{name}" in process.stdout + process.stderr for name in MALICIOUS_ARNS if name != "comment")
    assert account.journal.writes == []


def test_timestamps_are_exported_and_not_executed(
    tmp_path: Path, account: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_wire, "timestamp", lambda _seconds: "{{lookup('ansible.builtin.pipe','touch canary')}}")
    store_destinations(account, MALICIOUS_ARNS)
    shell = Shell(tmp_path, account)
    run_successfully(shell, f"{EXPORT} -e timestamps=true")
    text = (tmp_path / "account.yml").read_text("utf-8")
    assert text.count("created_time: !unsafe '{{lookup(") == len(MALICIOUS_ARNS)
    assert "changed=0" in run_successfully(shell, f"{APPLY} --check --diff")
    assert f"{len(MALICIOUS_ARNS)} in sync" in run_successfully(
        shell, "ansible-playbook alicloud.fc.audit -e config_file=account.yml"
    )


def test_an_edited_account_keeps_untrusted_text(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, MALICIOUS_ARNS)
    shell = Shell(tmp_path, account)
    run_successfully(
        shell,
        f"{EXPORT}\nsed -i 's/maximum_retry_attempts: 2/maximum_retry_attempts: 1/' account.yml\n{APPLY} --diff",
    )
    assert {config.retry_attempts for config in account.store.configs.values()} == {1}
    assert destinations(account, "shop") == MALICIOUS_ARNS


def test_long_messages_and_lone_surrogates_do_not_break_an_audit(tmp_path: Path, account: Emulator) -> None:
    store_destinations(account, {"tag": f"{QUEUES}\ud800", "markup": QUEUES + "x" * 100_000})
    message = f"{{{{{COMMAND}}}}}<i>\x1b" + "y" * 1_000_000
    account.faults.add("Get*AsyncInvokeConfig", function="comment", status=403, code="AccessDenied", message=message)
    shell = Shell(tmp_path, account)
    configs = [{"service_name": "shop", "function_name": name} for name in ("tag", "markup", "comment")]
    shell.write_json("desired.yml", {"configs": configs})
    process = shell.run("ansible-playbook alicloud.fc.audit -e @desired.yml")
    assert process.returncode == 4
    assert "1 of 1 configuration differs, 2 could not be read." in process.stdout
    assert nothing_was_executed(shell)

    page = (tmp_path / "audit.html").read_text("utf-8")
    assert len(json.loads((tmp_path / "audit.json").read_text("utf-8"))["rows"]) == 3
    assert "more characters]" in page
    assert "{{lookup" in page.replace("<wbr>", "")
    assert "<i>\\x1b" not in page
    assert [character for character in page if not character.isprintable() and character != "\n"] == []
    assert max(len(line) for line in [*page.splitlines(), *process.stdout.splitlines()]) < 10_000


def test_a_service_version_is_not_migrated_to_a_function_version_without_a_mapping(
    tmp_path: Path, account: Emulator
) -> None:
    account.store.load({"services": {"shop": {"versions": ["3"]}}, "functions": {"victim": {"versions": ["1", "3"]}}})
    account.store.put_config(ConfigKey("shop", "victim", "3"), {"maxAsyncRetryAttempts": 1})
    account.store.put_config(ConfigKey("shop", "victim", "LATEST"), {"maxAsyncRetryAttempts": 2})
    shell = Shell(tmp_path, account)
    names = {"function_names": {"shop:victim": "victim"}}
    shell.write_json("names.json", names)
    command = 'ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json'
    process = shell.run(command)
    assert process.returncode == 2
    assert "must contain the version 'shop:victim:3'" in process.stdout + process.stderr
    assert account.journal.writes == []

    shell.write_json("names.json", {**names, "qualifiers": {"shop:victim:3": 1}})
    run_successfully(shell, command)
    migrated = {
        key.qualifier: config.retry_attempts for key, config in account.store.configs.items() if not key.service
    }
    assert migrated == {"1": 1, "LATEST": 2}
