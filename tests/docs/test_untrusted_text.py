# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text of the service is data in every flow that writes it down, reads it back, compares it, or reports it."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from emulator import ConfigKey, Emulator, _wire

from .ansible import ROOT, Reader

#: Without a blank, which no ARN has.
RUNS = "lookup('ansible.builtin.pipe','touch${IFS}canary')"
QUEUES = "acs:mns:cn-hangzhou:1234567890123456:/queues/"
#: What somebody who may set a destination, or a server, may say.
HOSTILE = {
    "expression": f"{QUEUES}{{{{{RUNS}}}}}/messages",
    "statement": f"{QUEUES}{{%if({RUNS})%}}{{%endif%}}/messages",
    "comment": QUEUES + "{#gone#}/messages",
    "tag": QUEUES + "!vault|'\"%&*?/messages",
    "markup": QUEUES + "<script>alert(1)</script>/messages",
}
#: What is no ARN, so that no task may declare it.
ODD = {
    "header": f"#jinja2:variable_start_string:'[[',variable_end_string:']]'\n[[{RUNS}]]",
    "lines": f"{QUEUES}x\n- function_name: victim\n  maximum_retry_attempts: 8\n#/messages",
}
NAMES = [*HOSTILE, *ODD, "victim"]


@pytest.fixture
def account() -> Iterator[Emulator]:
    """Functions of both generations."""
    with Emulator(
        state={"services": {"shop": {"functions": NAMES}}, "functions": {name: {} for name in NAMES}}
    ) as emulator:
        yield emulator


def plant(emulator: Emulator, said: Mapping[str, str]) -> None:
    """Give functions of FC 2.0 these destinations, whether or not the service would accept them."""
    for name, destination in said.items():
        emulator.store.put_config(ConfigKey("shop", name, "LATEST"), {"maxAsyncRetryAttempts": 2})
        stored = emulator.store._configs["shop", name]
        stored["LATEST"] = dataclasses.replace(stored["LATEST"], on_failure=destination)


def destinations(emulator: Emulator, service: str | None) -> dict[str, str | None]:
    """The destinations that are stored, by function."""
    return {key.function: config.on_failure for key, config in emulator.store.configs.items() if key.service == service}


def ended_well(reader: Reader, commands: str) -> str:
    """Type commands, which have to succeed and to execute nothing that the service said; returns what they print."""
    ended = reader.type(commands)
    printed = ended.stdout + ended.stderr
    assert ended.returncode == 0, printed
    assert nothing_ran(reader)
    return printed


def nothing_ran(reader: Reader) -> bool:
    """Whether nothing that the service said was executed, wherever that would have been."""
    return not [*reader.folder.rglob("canary"), *ROOT.glob("*/canary"), *ROOT.glob("canary")]


def test_an_account_that_was_written_down_is_read_back_as_it_was(tmp_path: Path, account: Emulator) -> None:
    plant(account, HOSTILE)
    reader = Reader(tmp_path, account)
    ended_well(
        reader, 'ansible-playbook "$COLLECTION/examples/account_write_down.yml" -e account_file=$PWD/account.yml'
    )
    apply = 'ansible-playbook "$COLLECTION/examples/account_apply.yml" -e account_file=$PWD/account.yml'
    for flags in ("--check --diff", "", "-vvv"):
        assert "changed=0" in ended_well(reader, f"{apply} {flags}")
    assert destinations(account, "shop") == HOSTILE
    audited = ended_well(reader, "ansible-playbook alicloud.fc.audit -e @account.yml -e fail_on_drift=true")
    assert f"{len(HOSTILE)} in sync" in audited


def test_what_is_no_arn_is_written_down_and_refused_but_not_executed(tmp_path: Path, account: Emulator) -> None:
    plant(account, ODD)
    reader = Reader(tmp_path, account)
    ended_well(
        reader, 'ansible-playbook "$COLLECTION/examples/account_write_down.yml" -e account_file=$PWD/account.yml'
    )
    ended = reader.type('ansible-playbook "$COLLECTION/examples/account_apply.yml" -e account_file=$PWD/account.yml')
    assert ended.returncode == 2
    assert "must be an ARN" in ended.stdout + ended.stderr
    assert nothing_ran(reader)
    assert account.journal.writes == []


def test_what_drifted_is_reported_and_not_executed(tmp_path: Path, account: Emulator) -> None:
    plant(account, {**HOSTILE, **ODD})
    reader = Reader(tmp_path, account)
    reader.keep_json("desired.yml", {"configs": [{"service_name": "shop", "function_name": name} for name in NAMES]})
    ended_well(reader, "ansible-playbook alicloud.fc.audit -e @desired.yml -e purge=service")
    report = json.loads((tmp_path / "audit.json").read_text("utf-8"))
    told = {row["id"].split(":")[1]: row["differences"][0]["actual"] for row in report["rows"]}
    assert {name: told[name] for name in HOSTILE} == HOSTILE
    assert {name: told[name] for name in ODD} == {name: text.replace("\n", "\\n") for name, text in ODD.items()}
    assert "<script>alert" not in (tmp_path / "audit.html").read_text("utf-8")


def test_configurations_of_fc_2_are_taken_to_fc_3_as_they_are(tmp_path: Path, account: Emulator) -> None:
    plant(account, HOSTILE)
    reader = Reader(tmp_path, account)
    reader.keep_json("names.json", {"function_names": {f"shop:{name}": name for name in NAMES}})
    ended_well(reader, 'ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert destinations(account, None) == HOSTILE


def test_a_destination_with_line_breaks_configures_no_other_function(tmp_path: Path, account: Emulator) -> None:
    plant(account, ODD)
    reader = Reader(tmp_path, account)
    reader.keep_json("names.json", {"function_names": {f"shop:{name}": name for name in NAMES}})
    ended = reader.type('ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert ended.returncode == 2
    assert "must be an ARN" in ended.stdout + ended.stderr
    assert nothing_ran(reader)
    assert destinations(account, None) == {}


def test_what_has_no_counterpart_is_listed_before_anything_is_written(tmp_path: Path, account: Emulator) -> None:
    plant(account, HOSTILE)
    reader = Reader(tmp_path, account)
    reader.keep_json("names.json", {"function_names": {"shop:comment": "comment"}})
    ended = reader.type('ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json')
    assert ended.returncode == 2
    assert all(f"shop:{name}" in ended.stdout + ended.stderr for name in HOSTILE if name != "comment")
    assert account.journal.writes == []


def test_a_time_of_the_service_is_written_down_and_not_executed(
    tmp_path: Path, account: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_wire, "timestamp", lambda _seconds: "{{lookup('ansible.builtin.pipe','touch canary')}}")
    plant(account, HOSTILE)
    reader = Reader(tmp_path, account)
    ended_well(
        reader, 'ansible-playbook "$COLLECTION/examples/account_write_down.yml" -e account_file=$PWD/account.yml'
    )
    text = (tmp_path / "account.yml").read_text("utf-8")
    assert text.count("created_time: !unsafe '{{lookup(") == len(HOSTILE)
    apply = 'ansible-playbook "$COLLECTION/examples/account_apply.yml" -e account_file=$PWD/account.yml'
    assert "changed=0" in ended_well(reader, f"{apply} --check --diff")
    assert f"{len(HOSTILE)} in sync" in ended_well(reader, "ansible-playbook alicloud.fc.audit -e @account.yml")


def test_an_account_that_was_edited_keeps_the_text_of_the_service(tmp_path: Path, account: Emulator) -> None:
    plant(account, HOSTILE)
    reader = Reader(tmp_path, account)
    ended_well(
        reader,
        'ansible-playbook "$COLLECTION/examples/account_write_down.yml" -e account_file=$PWD/account.yml\n'
        "sed -i 's/maximum_retry_attempts: 2/maximum_retry_attempts: 1/' account.yml\n"
        'ansible-playbook "$COLLECTION/examples/account_apply.yml" -e account_file=$PWD/account.yml --diff',
    )
    assert {config.retry_attempts for config in account.store.configs.values()} == {1}
    assert destinations(account, "shop") == HOSTILE


def test_a_long_message_and_a_lone_surrogate_do_not_break_an_audit(tmp_path: Path, account: Emulator) -> None:
    plant(account, {"tag": f"{QUEUES}\ud800", "markup": QUEUES + "x" * 100_000})
    message = f"{{{{{RUNS}}}}}<i>\x1b" + "y" * 1_000_000
    account.faults.add("Get*AsyncInvokeConfig", function="comment", status=403, code="AccessDenied", message=message)
    reader = Reader(tmp_path, account)
    declared = [{"service_name": "shop", "function_name": name} for name in ("tag", "markup", "comment")]
    reader.keep_json("desired.yml", {"configs": declared})
    ended = reader.type("ansible-playbook alicloud.fc.audit -e @desired.yml")
    assert ended.returncode == 2
    assert "of 3 could not be read" in ended.stdout
    assert nothing_ran(reader)

    page = (tmp_path / "audit.html").read_text("utf-8")
    assert len(json.loads((tmp_path / "audit.json").read_text("utf-8"))["rows"]) == 3
    assert "more characters]" in page
    assert "{{lookup" in page.replace("<wbr>", "")
    assert "<i>\\x1b" not in page
    assert [char for char in page if not char.isprintable() and char != "\n"] == []
    assert max(len(line) for line in [*page.splitlines(), *ended.stdout.splitlines()]) < 10_000


def test_a_version_of_a_service_is_not_taken_for_one_of_a_function(tmp_path: Path, account: Emulator) -> None:
    account.store.load({"services": {"shop": {"versions": ["3"]}}, "functions": {"victim": {"versions": ["1", "3"]}}})
    account.store.put_config(ConfigKey("shop", "victim", "3"), {"maxAsyncRetryAttempts": 1})
    account.store.put_config(ConfigKey("shop", "victim", "LATEST"), {"maxAsyncRetryAttempts": 2})
    reader = Reader(tmp_path, account)
    names = {"function_names": {"shop:victim": "victim"}}
    reader.keep_json("names.json", names)
    play = 'ansible-playbook "$COLLECTION/examples/fc2_to_fc3.yml" -e @names.json'
    ended = reader.type(play)
    assert ended.returncode == 2
    assert "must contain 'shop:victim:3', because it is a version" in ended.stdout + ended.stderr
    assert account.journal.writes == []

    reader.keep_json("names.json", {**names, "qualifiers": {"shop:victim:3": 1}})
    ended_well(reader, play)
    taken = {key.qualifier: config.retry_attempts for key, config in account.store.configs.items() if not key.service}
    assert taken == {"1": 1, "LATEST": 2}
