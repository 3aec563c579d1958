# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the ``preflight`` playbook: checks, reports, output and exit status.

The playbook never writes to the service.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from emulator import Emulator
from jsonschema import Draft202012Validator

from ._playbook import ROOT, Preflight, run_playbook, run_preflight

ROLE = "acs:ram::1234567890123456:role/shop"
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
FC = "acs:fc:cn-hangzhou:1234567890123456"
VERSIONS: dict[str, Any] = {"versions": ["1"], "aliases": {"live": "1"}}
STATE: dict[str, Any] = {
    "services": {
        "shop": {
            "functions": ["order", "refund", "web"], "role": ROLE, "triggers": {"web": {"site": "http"}}, **VERSIONS
        },
        "mail": {"functions": ["send"]},
    },
    "functions": {"order": {"role": ROLE, **VERSIONS}, "refund": {"role": ROLE}, "send": {}},
    "configs": [{"service": "shop", "function": "order", "maxAsyncRetryAttempts": 5}],
}  # fmt: skip
READ_ONLY = ["fc:Get*", "fc:List*"]


def to(destination: str, option: str = "on_failure") -> dict[str, Any]:
    """Return the option that sets a destination."""
    return {"destination_config": {option: {"destination": destination}}}


#: Configurations with all kinds of problems. The keys of the other dictionary are their IDs, the verdicts and the
#: checks, and the values are parts of the messages.
FC2_CONFIGS: list[dict[str, Any]] = [
    {"id": "shop:order", **to(f"{FC}:services/shop.live/functions/refund")},
    {"id": "shop:gone", **to(QUEUE)},
    {"id": "shop:order:beta"},
    {"id": "nothing:order"},
    {"id": "shop:order:live", **to(f"{FC}:services/shop/functions/gone")},
    {"id": "shop:order:1", **to(f"{FC}:services/shop/functions/web", "on_success")},
    {"id": "shop:refund", **to(f"{FC}:services/shop/functions/refund")},
    {"id": "shop:refund:live", **to(QUEUE.replace("queues", "queue"))},
    {"id": "shop:refund:1", **to(f"{FC.replace('hangzhou', 'shanghai')}:services/shop/functions/order")},
    {"id": "mail:send", **to(QUEUE)},
]
FC2_FINDINGS = {
    ("shop:order:LATEST", "ok", None): None,
    ("shop:gone:LATEST", "failure", "function"): "(FunctionNotFound). Create the function first",
    ("shop:order:beta", "failure", "function"): "(AliasNotFound). Create the alias first",
    ("nothing:order:LATEST", "failure", "function"): "(ServiceNotFound). Create the service first",
    ("shop:order:live", "failure", "destination"): "functions/gone' does not exist (FunctionNotFound)",
    ("shop:order:1", "failure", "destination"): "functions/web' is an HTTP function, which cannot be a destination",
    ("shop:refund:LATEST", "warning", "destination"): "is the function itself, which would invoke it in a loop",
    ("shop:refund:live", "warning", "destination"): "must end with ':/queues/failed/messages'",
    ("shop:refund:1", "failure", "destination"): "is in the region cn-shanghai, but the function is in cn-hangzhou",
    ("mail:send:LATEST", "failure", "role"): "the service mail has no role",
}
FC3_CONFIGS: list[dict[str, Any]] = [
    {"function_name": "order", **to(f"{FC}:functions/refund")},
    {"function_name": "gone"},
    {"function_name": "order", "qualifier": "beta"},
    {"function_name": "order", "qualifier": "live", **to(f"{FC}:functions/gone")},
    {"function_name": "refund", **to(f"{FC}:services/shop/functions/order")},
    {"function_name": "send", **to(QUEUE)},
]
FC3_FINDINGS = {
    ("order:LATEST", "ok", None): None,
    ("gone:LATEST", "failure", "function"): "(FunctionNotFound). Create the function first",
    ("order:beta", "failure", "function"): "(AliasNotFound). Create the alias first",
    ("order:live", "failure", "destination"): "functions/gone' does not exist (FunctionNotFound)",
    ("refund:LATEST", "warning", "destination"): "is the ARN of a function in FC 2.0, but the configuration is for FC",
    ("send:LATEST", "failure", "role"): "the function send has no role",
}
DESIRED: dict[str, dict[str, Any]] = {
    # The purge is not part of the check.
    "2.0": {"configs": FC2_CONFIGS, "purge": "service", "purge_limit": "1"},
    "3.0": {"configs": FC3_CONFIGS, "generation": "3.0"},
}
FINDINGS: dict[str, Mapping[tuple[str, str, str | None], str | None]] = {"2.0": FC2_FINDINGS, "3.0": FC3_FINDINGS}
FORMATS = ("-e", "report_formats=html,json,text,markdown,junit")


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """The emulated account."""
    with Emulator(state=STATE) as running:
        yield running


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Preflight]:
    """A run for each generation, with all kinds of problems."""
    runs = {}
    for generation, desired in DESIRED.items():
        with Emulator(state=STATE) as emulator:
            before = emulator.store.dump()
            runs[generation] = run_preflight(emulator, tmp_path_factory.mktemp("preflight"), desired, *FORMATS)
            assert emulator.store.dump() == before
    return runs


@pytest.mark.parametrize("generation", DESIRED)
def test_each_problem_is_a_finding(checked: dict[str, Preflight], generation: str) -> None:
    found, expected = checked[generation].findings(), FINDINGS[generation]
    assert found.keys() == expected.keys(), checked[generation].output
    # A verdict without problems has no message.
    assert {key: found[key] for key in expected if str(expected[key]) not in str(found[key])} == {}


@pytest.mark.parametrize("generation", DESIRED)
def test_the_check_only_reads_and_fails_after_the_report(checked: dict[str, Preflight], generation: str) -> None:
    run = checked[generation]
    assert run.status == 2
    assert (
        run.error()
        == {
            "2.0": "7 of 10 configurations not ready, 2 with warnings.",
            "3.0": "4 of 6 configurations not ready, 1 with warnings.",
        }[generation]
    )
    assert run.reads
    assert run.writes == []


@pytest.mark.parametrize("generation", DESIRED)
def test_the_json_report_matches_the_schema(checked: dict[str, Preflight], generation: str) -> None:
    report = checked[generation].report()
    schema = json.loads((ROOT / "docs" / "preflight.schema.json").read_text("utf-8"))
    Draft202012Validator(schema).validate(report)
    assert (report["kind"], report["outcome"]) == ("preflight", "failure")
    verdicts = [verdict for _id, verdict, _check in FINDINGS[generation]]
    assert report["totals"] == {one: verdicts.count(one) for one in ("failure", "warning", "ok")}
    assert report["accounts"][0]["warnings"] == []  # they are rows


def test_the_playbook_prints_a_table_of_findings(checked: dict[str, Preflight]) -> None:
    header, *lines, totals = checked["2.0"].table()
    assert header.split() == ["id", "verdict", "message"]
    assert len(lines) == 9
    assert [line.split()[1] for line in lines] == ["failure"] * 7 + ["warning"] * 2
    [role] = [line for line in lines if line.startswith("mail:send:LATEST")]
    assert "failure (role)" in role
    assert totals == "7 failures, 2 warnings, 1 ok"


def test_all_formats_are_written(checked: dict[str, Preflight]) -> None:
    folder = checked["2.0"].folder
    markdown = (folder / "preflight.md").read_text("utf-8")
    assert markdown.startswith("## Asynchronous invocation preflight check: 7 of 10 configurations not ready, 2 with")
    assert "| configuration | verdict | message |" in markdown
    assert (folder / "preflight.txt").read_text("utf-8").splitlines() == checked["2.0"].table()
    assert "7 of 10 configurations not ready, 2 with warnings" in (folder / "preflight.html").read_text("utf-8")
    root = ET.parse(folder / "preflight.xml").getroot()
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10", "failures": "7", "errors": "0", "skipped": "2"
    }  # fmt: skip
    names = [(case.get("classname"), case.get("name")) for case in root.iter("testcase")]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(
    ("generation", "configs"),
    [
        ("2.0", [{"id": "shop:order", "maximum_retry_attempts": 1}, {"id": "mail:send", "state": "absent"}]),
        ("3.0", [{"function_name": "order", **to(f"{FC}:functions/order/live")}, {"function_name": "send"}]),
    ],
)
def test_the_playbook_succeeds_without_problems(
    emulator: Emulator, tmp_path: Path, generation: str, configs: list[dict[str, Any]]
) -> None:
    emulator.store.load({"ram": {"caller": {"allow": READ_ONLY}}})
    run = run_preflight(emulator, tmp_path, {"configs": configs}, "-e", f"generation={generation}", "--check")
    assert run.status == 0, run.output
    assert run.table() == ["2 ok"]
    assert (run.report()["outcome"], run.report()["summary"]) == ("ok", "2 configurations ready")
    assert (tmp_path / "preflight.html").exists()


@pytest.mark.parametrize("fail_on_warning", [False, True])
def test_warnings_fail_only_on_request(emulator: Emulator, tmp_path: Path, fail_on_warning: bool) -> None:
    emulator.store.load({"services": {"shop": {"aliases": {"latest": "1"}}}})
    desired = {"configs": [{"id": "shop:order:latest"}, {"id": "shop:order"}]}
    run = run_preflight(emulator, tmp_path, desired, "-e", f"fail_on_warning={fail_on_warning}")
    assert run.status == (2 if fail_on_warning else 0), run.output
    assert run.report()["outcome"] == "warning"
    assert run.findings() == {
        ("shop:order:latest", "warning", "qualifier"): (
            "qualifier: 'latest' is the name of an alias. The unpublished version is LATEST."
        ),
        ("shop:order:LATEST", "ok", None): None,
    }
    assert run.report()["summary"] == "2 configurations ready, 1 with warnings"


# --- Permissions and errors -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("generation", "configs", "lacking", "check", "action"),
    [
        ("2.0", [{"id": "shop:order"}], "fc:GetFunctionAsyncInvokeConfig", "caller", None),
        ("2.0", [{"id": "shop:order"}, {"id": "shop:refund"}], "fc:GetFunctionAsyncInvokeConfig", "caller", None),
        ("2.0", [{"id": "shop:order", **to(QUEUE)}], "fc:GetService", "role", None),
        ("2.0", [{"id": "shop:order", **to(f"{FC}:services/shop/functions/refund")}], "fc:GetFunction", "destination",
         None),
        ("3.0", [{"function_name": "order"}], "fc:GetAsyncInvokeConfig", "caller", "fc:GetFunctionAsyncInvokeConfig"),
        ("3.0", [{"function_name": "order", **to(QUEUE)}], "fc:GetFunction", "role", None),
    ],
)  # fmt: skip
def test_missing_permissions_of_the_caller_are_failures_with_the_action(
    emulator: Emulator,
    tmp_path: Path,
    generation: str,
    configs: list[dict[str, Any]],
    lacking: str,
    check: str,
    action: str | None,
) -> None:
    lacking = action or lacking
    emulator.store.load({"ram": {"caller": {"allow": READ_ONLY, "deny": [lacking]}}})
    run = run_preflight(emulator, tmp_path, {"configs": configs, "generation": generation})
    assert run.status == 2, run.output
    found = run.findings()
    assert [(verdict, rule) for _id, verdict, rule in found] == [("failure", check)] * len(configs)
    assert all(f"Grant {lacking} to the caller." in str(message) for message in found.values())


@pytest.mark.parametrize("fault", [{"status": 503}, {"status": 403, "code": "SignatureNotMatch"}])
def test_an_error_of_the_whole_account_is_reported_once(
    emulator: Emulator, tmp_path: Path, fault: dict[str, Any]
) -> None:
    emulator.faults.add("*", **fault)
    desired = {"configs": [{"id": "shop:order"}, {"id": "shop:refund"}, {"id": "mail:send"}]}
    run = run_preflight(emulator, tmp_path, desired, "-e", "retry_timeout=0")
    assert run.status == 2
    [error] = run.table()
    assert error.startswith("account: could not be read: GetFunctionAsyncInvokeConfig of ")
    assert (run.report()["outcome"], run.report()["rows"]) == ("failure", [])


def test_an_empty_list_causes_a_warning(emulator: Emulator, tmp_path: Path) -> None:
    run = run_preflight(emulator, tmp_path, {"configs": []})
    assert run.status == 0
    [account] = run.report()["accounts"]
    assert account["warnings"] == ["There are no configurations to check. If this is unexpected, check config_file."]


@pytest.mark.parametrize(
    ("desired", "error"),
    [
        ({"configs": [{"id": "shop:order", "maximum_retry_attempts": 99}]}, "must be between 0 and 8"),
        ({"configs": [{"id": "shop:order", **to("queue")}]}, "destination_config.on_failure.destination: "),
        ({"config": []}, "config_file: configs.yml contains the unsupported key 'config'; use configs."),
    ],
)
def test_invalid_input_fails_and_is_reported(
    emulator: Emulator, tmp_path: Path, desired: dict[str, Any], error: str
) -> None:
    run = run_preflight(emulator, tmp_path, desired)
    assert run.status == 2
    assert error in run.error()
    assert run.report()["outcome"] == "invalid input"
    assert error in run.report()["accounts"][0]["error"]
    assert run.reads == []


def test_the_file_is_required_and_misspelled_variables_are_rejected(emulator: Emulator, tmp_path: Path) -> None:
    missing = run_playbook("preflight", emulator, tmp_path)
    assert missing.error() == "config_file: is required, for example -e config_file=configs.yml."
    misspelled = run_playbook("preflight", emulator, tmp_path, "-e", "fail_on_warnings=true")
    assert misspelled.error() == "fail_on_warnings: is not a variable of this playbook; use fail_on_warning."
    assert (missing.status, misspelled.status) == (2, 2)


@pytest.mark.parametrize("variable", ["report_formats=pdf", "preflight_serial=-1", "notify_tasks=missing.yml"])
def test_invalid_report_variables_are_found_before_the_first_call(
    emulator: Emulator, tmp_path: Path, variable: str
) -> None:
    run = run_preflight(emulator, tmp_path, {"configs": [{"id": "shop:order"}]}, "-e", variable)
    assert run.status == 2
    assert run.error().startswith(f"{variable.partition('=')[0]}: ")
    assert run.reads == []


# --- Accounts and notifications ---------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [(), ("-e", "preflight_serial=1")], ids=str)
def test_several_accounts_have_one_report(emulator: Emulator, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    (tmp_path / "configs.yml").write_text(json.dumps({"configs": [{"id": "shop:order"}]}), "utf-8")
    task = {"content": "{{ preflight_result.summary }}", "dest": str(tmp_path / "notified.txt")}
    (tmp_path / "notify.yml").write_text(json.dumps([{"ansible.builtin.copy": task}]), "utf-8")
    with Emulator(state={"services": {"shop": {"functions": []}}}, account_id="2" * 16) as other:
        hosts = {
            name: {"endpoint": one.url, "account_id": one.account_id, "access_key_id": one.access_key_id,
                   "access_key_secret": one.access_key_secret, "region": one.region}
            for name, one in (("prod", emulator), ("test", other))
        }  # fmt: skip
        (tmp_path / "inventory.yml").write_text(json.dumps({"accounts": {"hosts": hosts}}), "utf-8")
        variables = ("-e", "preflight_hosts=accounts", "-e", "config_file=configs.yml", "-e", "notify_tasks=notify.yml")
        arguments = ("-i", "inventory.yml", *variables, *arguments)
        run = Preflight(**vars(run_playbook("preflight", emulator, tmp_path, *arguments, environment={})))
    assert run.status == 2, run.output
    report = run.report()
    assert {account["name"]: account["outcome"] for account in report["accounts"]} == {"prod": "ok", "test": "failure"}
    assert [(row["account"], row["verdict"]) for row in report["rows"]] == [("test", "failure"), ("prod", "ok")]
    assert (tmp_path / "notified.txt").read_text("utf-8") == report["summary"] == "1 of 2 configurations not ready"
    assert "account  id                 verdict             message" in run.output
