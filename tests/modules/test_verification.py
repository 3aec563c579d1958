# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of ``verify_destinations``: problems of destinations are found before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.caller_policy import caller_policy
from emulator import ConfigKey, Emulator

from .test_destinations import statements
from .test_modules import OWNERS, run

ACCOUNT, REGION = "1234567890123456", "cn-hangzhou"
ROLE = f"acs:ram::{ACCOUNT}:role/shop"
QUEUE = f"acs:mns:{REGION}:{ACCOUNT}:/queues/failed/messages"
ON_FAILURE, ON_SUCCESS = (f"destination_config.{half}.destination" for half in ("on_failure", "on_success"))
STATE: dict[str, Any] = {
    "services": {
        "s": {
            "functions": ["a", "b", "web", "batch"],
            "role": ROLE,
            "versions": ["1"],
            "aliases": {"live": "1"},
            "triggers": {"web": {"open": "http"}, "batch": {"nightly": "timer"}},
        },
        "silent": {"functions": ["a"]},
    },
    "functions": {
        "a": {"role": ROLE},
        "b": {"role": ROLE, "versions": ["1"], "aliases": {"live": "1"}},
        "web": {"role": ROLE, "triggers": {"open": "http"}},
        "batch": {"role": ROLE, "triggers": {"nightly": "timer"}},
        "silent": {},
    },
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return an emulator with functions of all kinds."""
    with Emulator(state=STATE) as running:
        yield running


def arn(owner: str, function: str, qualifier: str = "", *, region: str = REGION, account: str = ACCOUNT) -> str:
    """Return the ARN of a function in the generation that ``owner`` indicates."""
    resource = f"functions/{function}{qualifier and '/'}{qualifier}"
    if owner:
        resource = f"services/{owner.rstrip(':')}{qualifier and '.'}{qualifier}/functions/{function}"
    return f"acs:fc:{region}:{account}:{resource}"


def options(owner: str, destination: str | None, function: str = "a") -> dict[str, Any]:
    """Return the options of a task that verifies a destination for failures."""
    found: dict[str, Any] = {"id": f"{owner}{function}", "verify_destinations": True}
    return found if destination is None else {**found, **destinations(on_failure=destination)}


def destinations(**arns: str) -> dict[str, Any]:
    """Return the option with destinations."""
    return {"destination_config": {half: {"destination": one} for half, one in arns.items()}}


def kinds(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the problems in a result and their severities."""
    return [(one["problem"], one["severity"]) for one in result["destination_problems"]]


def warnings_of(result: dict[str, Any], capfd: pytest.CaptureFixture[str]) -> str:
    """Return the warnings of a module in one line. ansible-core 2.18 prints them."""
    return " ".join(f"{result.get('warnings', [])} {capfd.readouterr().err}".split())


@OWNERS
@pytest.mark.parametrize("function", ["b", "batch"])
@pytest.mark.parametrize("qualifier", ["", "LATEST", "live", "1"])
def test_destinations_that_exist_have_no_problems(
    emulator: Emulator, prefix: str, owner: str, function: str, qualifier: str
) -> None:
    if function == "batch" and not owner:
        qualifier = ""  # only b has versions
    for place in ({}, {"region": "", "account": ""}):
        result = run(
            emulator, f"{prefix}_async_invoke_config", **options(owner, arn(owner, function, qualifier, **place))
        )
        assert not result.get("failed"), result["msg"]
        assert result["destination_problems"] == []


@OWNERS
@pytest.mark.parametrize(
    ("function", "qualifier", "code", "resource"),
    [
        ("gone", "", "FunctionNotFound", "function"),
        ("b", "gone", "AliasNotFound", "alias"),
        ("b", "7", "VersionNotFound", "version"),
    ],
)
def test_missing_destinations_are_not_written(
    emulator: Emulator, prefix: str, owner: str, function: str, qualifier: str, code: str, resource: str
) -> None:
    destination = arn(owner, function, qualifier)
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, destination))
    message = f"{ON_FAILURE}: '{destination}' does not exist ({code}). Create the {resource} first, or correct the ARN."
    assert result["failed"]
    assert not result["changed"]
    assert result["msg"] == f"{owner}a:LATEST was not written. {message}"
    assert result["destination_problems"] == [
        {
            "id": f"{owner}a:LATEST",
            "option": ON_FAILURE,
            "destination": destination,
            "problem": "not_found",
            "severity": "failure",
            "message": message,
        }
    ]
    assert not emulator.store.configs


@OWNERS
def test_a_missing_destination_is_a_warning_in_check_mode(
    emulator: Emulator, prefix: str, owner: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """An earlier task, which did not run in check mode either, may create the function."""
    result = run(emulator, f"{prefix}_async_invoke_config", True, **options(owner, arn(owner, "gone")))
    assert result["changed"]
    assert kinds(result) == [("not_found", "failure")]
    assert "Outside check mode, the task would fail." in warnings_of(result, capfd)
    assert not any(operation.startswith(("Put", "Delete")) for operation in emulator.journal.counts)


def test_http_functions_in_fc2_are_no_destinations(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", **options("s:", arn("s:", "web")))
    assert kinds(result) == [("http_function", "failure")]
    assert result["msg"].endswith("is an HTTP function, which cannot be a destination. Use an event function.")


def test_functions_with_http_triggers_in_fc3_may_process_events(emulator: Emulator) -> None:
    result = run(emulator, "v3_async_invoke_config", **options("", arn("", "web")))
    assert result["changed"]
    assert "ListTriggers" not in emulator.journal.counts


@OWNERS
@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ({"region": "cn-shanghai"}, "other_region"),
        ({"region": "cn-hangzho"}, "other_region"),
        ({"account": "1"}, "other_account"),
    ],
)
def test_functions_elsewhere_are_not_read(
    emulator: Emulator, prefix: str, owner: str, place: dict[str, str], kind: str
) -> None:
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, arn(owner, "b", **place)))
    assert result["failed"]
    assert kinds(result) == [(kind, "failure")]
    # In FC 3.0, the role is read with the same operation.
    assert emulator.journal.counts.get("GetFunction", 0) == (0 if owner else 1)


@OWNERS
def test_a_function_that_is_its_own_destination_is_a_warning(
    emulator: Emulator, prefix: str, owner: str, capfd: pytest.CaptureFixture[str]
) -> None:
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, arn(owner, "a")))
    assert result["changed"]
    assert kinds(result) == [("loop", "warning")]
    assert warnings_of(result, capfd).count("would invoke it in a loop") == 1
    # In FC 3.0, the role is read with the same operation.
    assert emulator.journal.counts.get("GetFunction", 0) == (0 if owner else 1)


@OWNERS
@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        (
            "acs:mns:cn-shanghai:1:queues/x",
            [("other_region", "warning"), ("other_account", "warning"), ("form", "warning")],
        ),
        ("acs:oss:::bucket", [("form", "warning")]),
        ("acs:fc:::function/x", [("form", "failure")]),
        ("acs:fc:::functions/../x", [("form", "failure")]),
        ("acs:fc:::functions/..", [("form", "failure")]),
        ("acs:fc:::services/s/functions/..", [("form", "failure")]),
    ],
)
def test_forms_are_verified(
    emulator: Emulator, prefix: str, owner: str, resource: str, expected: list[tuple[str, str]]
) -> None:
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, resource))
    assert kinds(result) == expected
    assert result.get("failed", False) == any(severity == "failure" for _kind, severity in expected)


@OWNERS
def test_functions_in_the_other_generation_cannot_be_read(emulator: Emulator, prefix: str, owner: str) -> None:
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, arn("" if owner else "s:", "gone")))
    assert result["changed"]
    assert kinds(result) == [("form", "warning")]


@OWNERS
def test_functions_without_a_role_cannot_send(emulator: Emulator, prefix: str, owner: str) -> None:
    name = "silent:a" if owner else "silent"
    task: dict[str, Any] = {"id": name, **destinations(on_success=QUEUE), "verify_destinations": True}
    result = run(emulator, f"{prefix}_async_invoke_config", **task)
    kind = "service" if owner else "function"
    assert kinds(result) == [("no_role", "failure")]
    assert f"destination_config: the {kind} silent has no role, so it cannot send" in result["msg"]
    assert run(emulator, f"{prefix}_async_invoke_config", id=name, verify_destinations=True)["changed"]


@OWNERS
def test_kept_destinations_are_verified_too(emulator: Emulator, prefix: str, owner: str) -> None:
    key = ConfigKey(owner.rstrip(":") or None, "a", "LATEST")
    emulator.store.put_config(key, {"destinationConfig": {"onFailure": {"destination": arn(owner, "gone")}}})
    task = {**options(owner, None), **destinations(on_success=QUEUE), "omitted_options": "keep"}
    assert kinds(run(emulator, f"{prefix}_async_invoke_config", **task)) == [("not_found", "failure")]
    task["omitted_options"] = "reset"
    assert run(emulator, f"{prefix}_async_invoke_config", **task)["destination_problems"] == []


@OWNERS
def test_absent_configs_have_no_destinations(emulator: Emulator, prefix: str, owner: str) -> None:
    key = ConfigKey(owner.rstrip(":") or None, "a", "LATEST")
    emulator.store.put_config(key, {"destinationConfig": {"onFailure": {"destination": arn(owner, "gone")}}})
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, None), state="absent")
    assert result["changed"]
    assert result["destination_problems"] == []


@OWNERS
def test_a_caller_who_may_not_read_the_target_is_told_so(emulator: Emulator, prefix: str, owner: str) -> None:
    emulator.store.load({"ram": {"caller": {"allow": ["fc:*"], "deny": ["fc:GetFunction"]}}})
    result = run(emulator, f"{prefix}_async_invoke_config", **options(owner, arn(owner, "b")))
    assert ("unverified", "failure") in kinds(result)
    assert "could not be verified. GetFunction of " in result["msg"]
    assert "Grant fc:GetFunction to the caller." in result["msg"]
    assert not emulator.store.configs


@OWNERS
def test_each_function_and_role_is_read_once(emulator: Emulator, prefix: str, owner: str) -> None:
    functions = ("a", "b", "web", "batch")
    configs = [
        {"id": f"{owner}{one}", **destinations(on_failure=arn(owner, "b"), on_success=arn(owner, "batch"))}
        for one in functions
        if one != "b"
    ]
    result = run(emulator, f"{prefix}_async_invoke_configs", configs=configs, verify_destinations=True)
    assert result["summary"]["created"] == len(configs)
    counts = emulator.journal.counts
    assert counts["GetFunction"] == (2 if owner else 2 + len(configs))
    assert counts.get("ListTriggers", 0) == (2 if owner else 0)
    assert counts.get("GetService", 0) == (1 if owner else 0)


@OWNERS
def test_one_bad_destination_does_not_stop_the_others(emulator: Emulator, prefix: str, owner: str) -> None:
    key = ConfigKey(owner.rstrip(":") or None, "web", "LATEST")
    emulator.store.put_config(key, {"maxAsyncRetryAttempts": 8})
    configs = [
        {"id": f"{owner}a", **destinations(on_failure=arn(owner, "gone"))},
        {"id": f"{owner}b", **destinations(on_failure=QUEUE)},
    ]
    task: dict[str, Any] = {"configs": configs, "purge": "account", "verify_destinations": True}
    predicted = run(emulator, f"{prefix}_async_invoke_configs", True, **task)
    assert not predicted.get("failed")
    assert [kinds(one) for one in predicted["results"][:2]] == [[("not_found", "failure")], []]
    result = run(emulator, f"{prefix}_async_invoke_configs", **task)
    assert [one["failed"] for one in result["results"]] == [True, False]
    assert result["msg"].startswith(f"1 of 2 configurations failed: {owner}a:LATEST was not written.")
    assert {one.function for one in emulator.store.configs} == {"web", "b"}


@OWNERS
def test_many_problems_are_summarized(
    emulator: Emulator, prefix: str, owner: str, capfd: pytest.CaptureFixture[str]
) -> None:
    number = 12 if owner else 13  # Ansible displays a warning only once in a process
    names = [f"f{i}" for i in range(number)]
    emulator.store.load({"services": {"s": {"functions": names}}, "functions": {one: {"role": ROLE} for one in names}})
    configs = [{"id": f"{owner}{one}", **destinations(on_failure=arn(owner, "gone"))} for one in names]
    result = run(emulator, f"{prefix}_async_invoke_configs", True, configs=configs, verify_destinations=True)
    text = warnings_of(result, capfd)
    assert text.count("Outside check mode, the task would fail.") == 10
    assert f"{number - 10} more destinations have problems." in text


@OWNERS
def test_info_returns_the_problems_of_existing_configs(emulator: Emulator, prefix: str, owner: str) -> None:
    key = ConfigKey(owner.rstrip(":") or None, "a", "LATEST")
    emulator.store.put_config(key, {"destinationConfig": {"onFailure": {"destination": arn(owner, "gone")}}})
    module = f"{prefix}_async_invoke_config_info"
    assert "destination_problems" not in run(emulator, module)
    result = run(emulator, module, verify_destinations=True)
    assert [(one["id"], one["problem"]) for one in result["destination_problems"]] == [
        (f"{owner}a:LATEST", "not_found")
    ]
    assert "destination_problems" not in result["async_invoke_configs"][0]


@OWNERS
def test_the_limited_policy_of_the_caller_suffices(emulator: Emulator, prefix: str, owner: str) -> None:
    configs = [{"id": f"{owner}a", **destinations(on_failure=arn(owner, "b", "live"), on_success=QUEUE)}]
    place = {"region": REGION, "account_id": ACCOUNT, "limit_to_configs": True}
    generation = "2.0" if owner else "3.0"
    for verify in (True, False):
        policy = caller_policy(configs, "apply", generation, **place, verify_destinations=verify)
        emulator.store.load({"ram": {"caller": {"allow": statements(policy)}}})
        result = run(emulator, f"{prefix}_async_invoke_configs", True, configs=configs, verify_destinations=True)
        problems = kinds(result["results"][0])
        assert problems == ([] if verify else [("unverified", "failure")] * 2)


@OWNERS
def test_unchanged_configs_with_problems_are_not_omitted(emulator: Emulator, prefix: str, owner: str) -> None:
    configs = [
        {"id": f"{owner}{function}", **destinations(on_failure=arn(owner, target))}
        for function, target in (("a", "gone"), ("b", "batch"))
    ]
    module = f"{prefix}_async_invoke_configs"
    run(emulator, module, configs=configs)
    options: dict[str, Any] = {"configs": configs, "verify_destinations": True, "return_unchanged": False}
    result = run(emulator, module, True, **options)
    assert result["summary"]["unchanged"] == 2
    assert [one["id"] for one in result["results"]] == [f"{owner}a:LATEST"]


@OWNERS
@pytest.mark.parametrize(
    ("stored", "severity"), [("acs:fc:::functions/a b", "failure"), ("acs:mns:::/queues/a b/messages", "warning")]
)
def test_stored_destinations_that_are_not_arns_are_problems(
    emulator: Emulator, prefix: str, owner: str, stored: str, severity: str
) -> None:
    key = ConfigKey(owner.rstrip(":") or None, "a", "LATEST")
    emulator.store.put_config(key, {"destinationConfig": {"onFailure": {"destination": stored}}})
    result = run(emulator, f"{prefix}_async_invoke_config_info", verify_destinations=True)
    assert kinds(result) == [("form", severity)]
    assert result["destination_problems"][0]["message"] == f"{ON_FAILURE}: '{stored}' is not an ARN."
