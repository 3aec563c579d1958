# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules' own entry points, from options to results, against the emulator over HTTP."""

from __future__ import annotations

import contextlib
import importlib
import io
import itertools
import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.common.parameters import PASS_VARS
from ansible_collections.alicloud.fc.plugins.module_utils._api import caller, sdk
from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import plan
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2
from ansible_collections.alicloud.fc.plugins.module_utils._modules import config as config_module
from ansible_collections.alicloud.fc.plugins.module_utils._modules import run as run_module
from ansible_collections.alicloud.fc.plugins.module_utils._modules.configs import entry_diff
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile import bulk, reader
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import BulkEntry
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError
from emulator import Emulator
from support.libraries import NEEDS_FC3
from support.module_args import patch_module_args

QUEUE = "acs:mns:cn-hangzhou:123:/queues/q/messages"
#: Per generation: the beginning of its modules' names, an id's prefix, and its option for tasks.
GENERATIONS = pytest.mark.parametrize(
    ("prefix", "owner", "task"),
    [
        pytest.param("function", "s:", "stateful_invocation", id="FC 2.0"),
        pytest.param("v3", "", "async_task", id="FC 3.0", marks=NEEDS_FC3),
    ],
)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """An account with the functions a and b, in the service s and in none."""
    server.reset()
    server.store.create_service("s")
    for name in ("a", "b"):
        server.store.create_function("s", name)
        server.store.create_function(None, name)
    return server


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the user is warned of. Ansible itself returns or shows it, depending on what else this process imported."""
    told: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, warning: told.append(warning))
    return told


def run(emulator: Emulator, module: str, check: bool = False, **options: Any) -> dict[str, Any]:
    """One run of a module; its results."""
    arguments = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "region": emulator.region,
        "endpoint": emulator.url,
        "retry_timeout": 0,
        "access_denied_timeout": 0,
        "_ansible_check_mode": check,
        "_ansible_diff": True,
        # Newer releases of ansible-core return the invocation only if that is asked for.
        **({"_ansible_inject_invocation": True} if "inject_invocation" in PASS_VARS else {}),
        **options,
    }
    code = importlib.import_module(f"ansible_collections.alicloud.fc.plugins.modules.{module}")
    out = io.StringIO()
    with patch_module_args(arguments), contextlib.redirect_stdout(out), pytest.raises(SystemExit) as ended:
        code.main()
    results: dict[str, Any] = json.loads(out.getvalue().encode())
    assert bool(results.get("failed")) == bool(ended.value.code)
    check_documented({key: value for key, value in results.items() if key not in COMMON}, yaml.safe_load(code.RETURN))
    return results


#: What Ansible documents for every module.
COMMON = ("_ansible_new_secrets", "changed", "diff", "exception", "failed", "invocation", "msg", "warnings")


def check_documented(results: dict[str, Any], documented: dict[str, Any], place: str = "RETURN") -> None:
    """Results have all that RETURN says is always there, and nothing that it does not name."""
    always = {key for key, described in documented.items() if described["returned"] == "always"}
    assert always <= set(results) <= set(documented), place
    for key, value in results.items():
        for inside in value if isinstance(value, list) else [value]:
            if isinstance(inside, dict):
                check_documented(inside, documented[key].get("contains", {}), f"{place}: {key}")


@GENERATIONS
def test_one_config_from_options_to_results(emulator: Emulator, prefix: str, owner: str, task: str) -> None:
    module = f"{prefix}_async_invoke_config"
    declared: dict[str, Any] = {"id": f"{owner}a", "maximum_retry_attempts": 0, task: True}
    predicted = run(emulator, module, check=True, **declared)
    assert emulator.store.configs == {}
    created = run(emulator, module, **declared)
    assert (
        (created["action"], created["diff"]) == (predicted["action"], predicted["diff"]) == ("create", created["diff"])
    )
    assert created["diff"]["before"] == {}
    assert created["diff"]["after"][task] is True
    assert created["async_invoke_config"]["id"] == f"{owner}a:LATEST"
    assert run(emulator, module, **declared)["changed"] is False
    gone = run(emulator, module, id=f"{owner}a", state="absent")
    assert (gone["action"], gone["async_invoke_config"], gone["diff"]["after"]) == ("delete", None, {})


@GENERATIONS
def test_a_qualifier_in_an_id_is_no_contradiction_to_the_default(
    emulator: Emulator, prefix: str, owner: str, task: str
) -> None:
    assert task
    result = run(emulator, f"{prefix}_async_invoke_config", check=True, id=f"{owner}a:live")
    assert result["async_invoke_config"]["qualifier"] == "live"


def test_what_the_service_answers_is_in_the_failure(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id="s:nothing")
    assert result["error"]["code"] == "FunctionNotFound"
    assert result["error"]["operation"] == "PutFunctionAsyncInvokeConfig"
    assert result["error"]["status"] == 404
    assert result["error"]["message"] in result["msg"]


def test_a_doubtful_destination_warns(emulator: Emulator, warnings: list[str]) -> None:
    destination = {"on_failure": {"destination": "acs:oss:cn-hangzhou:1:bucket"}}
    result = run(emulator, "function_async_invoke_config", id="s:a", destination_config=destination)
    assert result["changed"] is True
    assert len(warnings) == 1
    assert "'oss' is not a service" in warnings[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"id": "s:a", "maximum_retry_attempts": 9}, "maximum_retry_attempts: must be between 0 and 8, not 9."),
        ({"id": "acs:fc:cn-beijing::services/s/functions/a"}, "id: the ARN names the region cn-beijing, but region is"),
        ({"id": "s:a", "destination_config": 7}, "destination_config: must be a dictionary."),
        ({"id": "s:a", "destination_config": {"on_failure": [1]}}, "destination_config.on_failure: must be a dict"),
        ({"id": "s:a", "assume_role": False}, "assume_role: must be a dictionary."),
        ({"id": "s:a", "assume_role": ""}, "assume_role: must be a dictionary."),
        ({"id": "s:a", "destination_config": "yes"}, "destination_config: must be a dictionary."),
        ({"id": "s:a", "destination_config": '{"on_failure": 5}'}, "destination_config.on_failure: must be a dict"),
        ({"id": "s:a", "destination_config": {"on_failure": "abc"}}, "destination_config.on_failure: must be a dict"),
        ({"id": "s:a", "alicloud_assume_role": 1}, "assume_role: must be a dictionary."),
        ({"id": "s:a", "access_key_secret": ""}, "access_key_secret: "),
        (
            {"id": "s:a", "maximum_retry_attempts": float("inf")},
            "maximum_retry_attempts: must be a whole number, not inf",
        ),
        ({"id": "s:a", "maximum_retry_attempts": "1e999999999"}, "maximum_retry_attempts: must not have more than 15"),
        ({"id": "s:a", "maximum_retry_attempts": 3.7}, "maximum_retry_attempts: must be a whole number, not 3.7."),
        ({"id": "s:a", "retry_timeout": 10**400}, "retry_timeout: must not have more than 15 digits."),
        ({"id": "s:a", "a\x1b[31m": 1}, r"'a\x1b[31m': must not contain the control character \x1b."),
        (
            {"id": "s:a", "access_key_secret": "topsecret\x00"},
            r"access_key_secret: must not contain the control character",
        ),
        ({"id": "s:********"}, "id: must not contain ********, which Ansible writes in place of a secret."),
        ({"id": "s:a", "qualifier": True}, "qualifier: must be a text, not a boolean. In YAML, on, off, yes,"),
        ({"id": "s:a", "state": "x" * 70000}, "state: must not have more than 65536 characters, and has 70000: 'xxx"),
        (
            {"id": "s:a", "omitted_options": "x" * 60000},
            "value of omitted_options must be one of: reset, keep, got: xxx",
        ),
        ({"id": "s:a", "x" * 60000: 1}, "Unsupported parameters for ("),
    ],
)
def test_wrong_input_is_refused_before_any_call(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    result = run(emulator, "function_async_invoke_config", **options)
    assert result["msg"].startswith(message)
    assert result["msg"].isprintable()
    assert len(result["msg"]) < 2100
    assert "topsecret" not in json.dumps(result)
    assert emulator.journal.requests == []


def test_a_secret_in_a_message_of_ansible_is_hidden_before_the_message_is_cut(emulator: Emulator) -> None:
    secret = "tops3cret"
    before = "value of omitted_options must be one of: reset, keep, got: "
    value = "x" * (2000 - len(before) - 7) + secret
    result = run(emulator, "function_async_invoke_config", id="s:a", access_key_secret=secret, omitted_options=value)
    assert result["msg"].startswith(f"{before}xxx")
    assert "more characters]" in result["msg"]
    assert secret[:7] not in result["msg"]


def test_two_mistakes_are_told_at_once(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id=True, state=False)
    complaint = "must be a text, not a boolean. In YAML, on, off, yes, no, true and false need quotes to be a text."
    assert result["msg"] == f"id: {complaint} state: {complaint}"


def arn(prefix: str, place: str) -> str:
    """The ARN of the function a, in a place ``REGION:ACCOUNT``."""
    return f"acs:fc:{place}:{'services/s/' if prefix == 'function' else ''}functions/a"


PREFIXES = pytest.mark.parametrize("prefix", ["function", pytest.param("v3", marks=NEEDS_FC3)])


@PREFIXES
@pytest.mark.parametrize("kind", ["", "s", "_info"])
@pytest.mark.parametrize("told", ["by STS", "by the endpoint"])
def test_an_arn_of_another_account_is_refused_however_the_account_is_known(
    emulator: Emulator, prefix: str, kind: str, told: str
) -> None:
    ours: dict[str, Any] = {"account_id": None, "region": None, "sts_endpoint": emulator.url}
    if told == "by the endpoint":
        ours["endpoint"] = f"http://{emulator.account_id}.cn-hangzhou.fc.aliyuncs.com"
    else:
        ours["region"] = "cn-hangzhou"
    one = {"id": arn(prefix, "cn-hangzhou:9999999999999999")}
    named: dict[str, Any] = {"configs": [{**one, "state": "absent"}]} if kind == "s" else one
    result = run(emulator, f"{prefix}_async_invoke_config{kind}", **named, **ours)
    complaint = f"id: the ARN names the account_id 9999999999999999, but account_id is {emulator.account_id}."
    assert complaint in result["msg"]
    assert [call["operation"] for call in emulator.journal.requests if call["operation"] != "GetCallerIdentity"] == []


@PREFIXES
def test_an_arn_of_the_account_that_sts_tells_is_taken(emulator: Emulator, prefix: str) -> None:
    ours: dict[str, Any] = {"account_id": None, "sts_endpoint": emulator.url}
    place = f"cn-hangzhou:{emulator.account_id}"
    result = run(emulator, f"{prefix}_async_invoke_config", id=arn(prefix, place), **ours)
    assert result["action"] == "create"


def test_a_missing_library_is_reported_as_ansible_does_it(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(package: str) -> Any:
        raise ImportError(package)

    for module in (sdk, caller):
        monkeypatch.setattr(module, "load_package", load)
    result = run(emulator, "v3_async_invoke_config", id="a")
    assert "Failed to import the required Python library (alibabacloud-fc20230330)" in result["msg"]
    assert result["msg"].endswith(" -m pip install alibabacloud-fc20230330")


def test_an_interrupted_task_says_so(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def terminated(*_arguments: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(config_module, "read", terminated)
    usual = signal.getsignal(signal.SIGTERM)
    try:
        result = run(emulator, "function_async_invoke_config", id="s:a")
    finally:
        signal.signal(signal.SIGTERM, usual)
    assert result["msg"].startswith("The task was interrupted (terminated by signal 15).")
    assert result["msg"].endswith("Nothing was changed.")
    assert result["changed"] is False


def on_put(monkeypatch: pytest.MonkeyPatch, before: bool, number: int = 1) -> None:
    """Send this process signals around the Put of that number: before it is sent, or once it was answered."""
    real, calls = Client.put, itertools.count(1)

    def put(self: Client, *arguments: Any, **more: Any) -> Any:
        due = next(calls) == number
        if due and before:
            os.kill(os.getpid(), signal.SIGTERM)
        answer = real(self, *arguments, **more)
        if due:
            os.kill(os.getpid(), signal.SIGINT)
        return answer

    monkeypatch.setattr(Client, "put", put)


@pytest.fixture
def _usual_signals() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    usual = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, usual, strict=False):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_usual_signals")
@pytest.mark.parametrize("before", [True, False], ids=["twice", "once"])
@pytest.mark.parametrize("number", [1, 2], ids=["first put", "second put"])
@GENERATIONS
def test_a_task_that_is_interrupted_while_it_writes_tells_what_it_did(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, prefix: str, owner: str, task: str, before: bool, number: int
) -> None:
    """A destination has to go, so that the config is put, deleted, and put again; each time a signal comes, or two."""
    module = f"{prefix}_async_invoke_config"
    run(emulator, module, id=f"{owner}a", destination_config={"on_failure": {"destination": QUEUE}})
    on_put(monkeypatch, before, number)
    result = run(emulator, module, id=f"{owner}a", **{task: True})
    assert result["failed"] is True
    assert result["msg"].startswith("The task was interrupted (terminated by signal ")
    assert (result["changed"], result["action"]) == (True, "update")
    found = run(emulator, f"{prefix}_async_invoke_config_info", id=f"{owner}a")["async_invoke_configs"]
    assert found == [result["async_invoke_config"]]
    assert (found[0]["destination_config"], found[0][task]) == (None, True)
    assert result["diff"]["after"] == {name: found[0][name] for name in result["diff"]["after"]}


@pytest.mark.usefixtures("_usual_signals")
@GENERATIONS
def test_an_interrupted_task_that_fails_tells_what_is_left(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, prefix: str, owner: str, task: str
) -> None:
    module = f"{prefix}_async_invoke_config"
    run(emulator, module, id=f"{owner}a", destination_config={"on_failure": {"destination": QUEUE}})
    emulator.faults.add("Put*", skip=1, status=400)
    on_put(monkeypatch, before=True)
    result = run(emulator, module, id=f"{owner}a", **{task: True})
    assert result["failed"] is True
    assert (result["changed"], result["action"], result["async_invoke_config"]) == (True, "update", None)
    assert "failed too, and what a read shows now is no config" in result["msg"]
    emulator.faults.clear()
    assert run(emulator, f"{prefix}_async_invoke_config_info", id=f"{owner}a")["async_invoke_configs"] == []


@pytest.mark.parametrize("module", ["config", "configs", "config_info"])
def test_a_secret_that_a_server_repeats_is_hidden_in_every_text_and_in_no_name(emulator: Emulator, module: str) -> None:
    """By this collection itself: nothing that Ansible masks is left to it."""
    queue = f"acs:mns:cn-hangzhou:123:/queues/{emulator.access_key_secret}/messages"
    emulator.store.create_function("s", emulator.access_key_secret)
    config: dict[str, Any] = {
        "id": f"s:{emulator.access_key_secret}",
        "destination_config": {"on_failure": {"destination": queue}},
    }
    run(emulator, "function_async_invoke_config", **config)
    (found,) = run(emulator, "function_async_invoke_config_info")["async_invoke_configs"]
    assert (found["function_name"], found["destination_config"]["on_failure"]["destination"]) == (
        emulator.access_key_secret,
        queue,
    )
    emulator.faults.add(function="b", status=400, code=f"Not{emulator.access_key_secret}", message="it said " + queue)
    options: dict[str, Any] = {"configs": [{"id": "s:b"}]} if module == "configs" else {"id": "s:b"}
    refused = run(emulator, f"function_async_invoke_{module}", **options)
    assert refused["failed"] is True
    told = json.dumps(refused)
    assert "it said acs:mns:cn-hangzhou:123:/queues/********/messages" in told
    assert emulator.access_key_secret not in told


def test_a_password_in_an_endpoint_is_in_nothing_that_is_returned(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id="s:a", endpoint="https://somebody:pass-word@host")
    assert result["failed"] is True
    assert "pass-word" not in json.dumps(result)
    assert result["invocation"]["module_args"]["endpoint"] == "https://********@host"
    assert result["invocation"]["module_args"]["access_key_secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@GENERATIONS
def test_many_configs_and_reading_them_back(emulator: Emulator, prefix: str, owner: str, task: str) -> None:
    configs = [{"id": f"{owner}b"}, {"id": f"{owner}a", task: True}]
    bulk, info = f"{prefix}_async_invoke_configs", f"{prefix}_async_invoke_config_info"
    created = run(emulator, bulk, configs=configs, defaults={"maximum_retry_attempts": 1})
    assert [entry["action"] for entry in created["results"]] == ["create", "create"]
    assert [one["after_header"] for one in created["diff"]] == [f"{owner}b:LATEST", f"{owner}a:LATEST"]
    read = run(emulator, info, include_unconfigured=True)
    assert [one["id"] for one in read["async_invoke_configs"]] == [f"{owner}a:LATEST", f"{owner}b:LATEST"]
    assert [one[task] for one in read["async_invoke_configs"]] == [True, False]
    assert (read["functions_without_config"], read["unreadable"]) == ([], [])
    again = run(emulator, bulk, configs=read["async_invoke_configs"], purge="function")
    assert again["summary"] == {"total": 2, "created": 0, "updated": 0, "deleted": 0, "unchanged": 2, "failed": 0}
    assert again["changed"] is False
    assert run(emulator, info, id=f"{owner}a")["async_invoke_configs"] == read["async_invoke_configs"][:1]
    assert run(emulator, bulk, configs=[])["summary"]["total"] == 0


def test_the_options_for_patience_and_concurrency_arrive_where_they_are_used(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[tuple[Any, ...]] = []

    class Noting(Client):
        def __init__(self, api: Any, connection: Any, retrier: Any, concurrency: int = 1) -> None:
            timeouts = retrier._deadlines._timeouts
            made.append((timeouts[Cause.SERVER], timeouts[Cause.DENIED], concurrency))
            super().__init__(api, connection, retrier, concurrency)

    at_once: list[int] = []

    def map_concurrently(work: Any, things: Any, concurrency: int) -> list[Any]:
        at_once.append(concurrency)
        return [work(thing) for thing in things]

    monkeypatch.setattr(run_module, "Client", Noting)
    monkeypatch.setattr(bulk, "map_concurrently", map_concurrently)
    monkeypatch.setattr(reader, "map_concurrently", map_concurrently)
    options: dict[str, Any] = {"retry_timeout": 11, "access_denied_timeout": 22}
    run(emulator, "function_async_invoke_config", id="s:a", **options)
    run(emulator, "function_async_invoke_configs", configs=[{"id": "s:a"}], concurrency=33, **options)
    run(emulator, "function_async_invoke_config_info", concurrency=44, **options)
    assert made == [(11, 22, 1), (11, 22, 33), (11, 22, 44)]
    assert set(at_once) == {33, 44}


def test_a_diff_is_returned_only_where_one_is_asked_for(emulator: Emulator) -> None:
    wanted: dict[str, Any] = {"maximum_retry_attempts": 1, "_ansible_diff": False}
    assert "diff" not in run(emulator, "function_async_invoke_config", check=True, id="s:a", **wanted)
    bulk = {"configs": [{"id": "s:a"}], "_ansible_diff": False}
    assert "diff" not in run(emulator, "function_async_invoke_configs", check=True, **bulk)


@pytest.mark.parametrize("left", [{"maximum_retry_attempts": 1}, None])
def test_the_diff_of_what_failed_goes_to_what_is_left(left: dict[str, Any] | None) -> None:
    generation = FC2
    desired = parse_desired(generation, {"id": "s:a", "maximum_retry_attempts": 0})
    planned = plan(desired, AsyncInvokeConfig(desired.identity, {"maximum_retry_attempts": 8}))
    config = None if left is None else AsyncInvokeConfig(desired.identity, left)
    entry = BulkEntry("s:a", planned, config, ReconcileError("it failed", None, config))
    shown = entry_diff(entry)
    assert (None if shown is None else shown["after"]["maximum_retry_attempts"]) == (left or {}).get(
        "maximum_retry_attempts"
    )
    assert shown is None or shown["before"]["maximum_retry_attempts"] == 8
    restored = BulkEntry("s:a", planned, planned.current, ReconcileError("it failed", changed=False))
    assert entry_diff(restored) is None
    done = BulkEntry("s:a", planned, config)
    found = entry_diff(done)
    assert found is not None
    assert found["after"]["maximum_retry_attempts"] == 0


def test_a_doubtful_destination_in_a_list_warns_once(emulator: Emulator, warnings: list[str]) -> None:
    destination = {"on_failure": {"destination": "acs:oss:cn-hangzhou:1:bucket"}}
    configs = [{"id": "s:a"}, {"id": "s:b"}]
    run(emulator, "function_async_invoke_configs", configs=configs, defaults={"destination_config": destination})
    assert len(warnings) == 1
    assert "'oss' is not a service" in warnings[0]


def test_patterns_narrow_what_is_read_and_are_case_sensitive(emulator: Emulator) -> None:
    emulator.store.create_service("t")
    emulator.store.create_function("t", "a")

    def without_config(**wanted: Any) -> Any:
        found = run(emulator, "function_async_invoke_config_info", include_unconfigured=True, **wanted)
        return found["functions_without_config"]

    assert without_config(services=["t*"]) == ["t:a"]
    assert without_config(services=["T*"]) == []
    assert without_config(functions=["[b]"]) == ["s:b"]
    assert without_config(services=["x", "s"], functions=["a"]) == ["s:a"]


def test_an_arn_of_another_region_is_not_read_here(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config_info", id=arn("function", "cn-beijing:"))
    assert result["msg"].startswith("id: the ARN names the region cn-beijing, but region is cn-hangzhou.")


def test_an_empty_name_is_that_of_the_defaults(emulator: Emulator) -> None:
    entry = {"function_name": "a", "qualifier": ""}
    defaults = {"service_name": "s", "qualifier": "live"}
    result = run(emulator, "function_async_invoke_configs", check=True, configs=[entry], defaults=defaults)
    assert [one["id"] for one in result["results"]] == ["s:a:live"]


def test_a_text_may_stand_for_a_dictionary(emulator: Emulator) -> None:
    text = json.dumps({"on_failure": {"destination": QUEUE}})
    result = run(emulator, "function_async_invoke_config", check=True, id="s:a", destination_config=text)
    assert result["async_invoke_config"]["destination_config"]["on_failure"] == {"destination": QUEUE}


def test_failures_of_some_are_reported_in_place_and_fail_the_task(emulator: Emulator) -> None:
    names = ["a", "n1", "b", "n2", "n3", "n4"]
    result = run(emulator, "function_async_invoke_configs", configs=[{"id": f"s:{name}"} for name in names])
    assert result["failed"] is True
    assert result["changed"] is True
    assert [entry["failed"] for entry in result["results"]] == [False, True, False, True, True, True]
    assert result["results"][1]["error"]["code"] == "FunctionNotFound"
    assert result["summary"] == {"total": 6, "created": 2, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 4}
    assert result["msg"].startswith("4 of 6 configs failed: ")
    assert result["msg"].endswith("See results for all of them.")


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (
            {"configs": [{"id": "s:a"}, {"id": "s:a:LATEST"}]},
            ["configs[0] and configs[1] both name s:a:LATEST."],
        ),
        (
            {"configs": [{"id": "s:a", "maximum_retry_attempts": 9, "maximum_event_age_in_seconds": 0}, {"x": 1}]},
            ["configs[0].maximum_retry_attempts: must", "configs[0].maximum_event_age_in_seconds: must", "no option x"],
        ),
        ({"configs": [{"id": "s:a"}], "defaults": {"maximum_retry_attempts": 9}}, ["defaults.maximum_retry_attempts:"]),
        ({"configs": [{"id": "s:a"}], "defaults": {"service_name": "a b"}}, ["defaults.service_name:"]),
        (
            {"configs": [{"id": "s:a", "destination_config": 7}]},
            ["configs[0].destination_config: must be a dictionary."],
        ),
        (
            {"configs": [{"id": "s:a", "destination_config": '{"on_failure": 5}'}]},
            ["configs[0].destination_config.on_failure: must be a dictionary."],
        ),
        ({"configs": [{"id": "s:a"}], "defaults": "abc"}, ["defaults: must be a dictionary."]),
        ({"configs": [{"id": "s:a"}], "concurrency": 0}, ["concurrency: must be between 1 and 64, not 0."]),
        ({"configs": [{"id": "acs:fc:::services/s/functions/a"}], "concurrency": 65}, ["concurrency: must be between"]),
        ({"configs": [{"id": "acs:fc:x-1::services/s/functions/a"}]}, ["configs[0].id: the ARN names the region x-1"]),
        ({"configs": "[]"}, ["configs: must be a list of dictionaries, not text."]),
        ({"configs": '[{"id": "s:a"}]'}, ["configs: must be a list of dictionaries, not text."]),
        ({"configs": {"id": "s:a"}}, ["configs: must be a list of dictionaries, not a dictionary."]),
        ({"configs": [{"id": "s:a"}, "id=s:b"]}, ["configs[1]: must be a dictionary, not text."]),
        (
            {"configs": [{"id": "s:a", "maximum_retry_attempts": float("nan")}, {"id": "s:b", "qualifier": False}]},
            [
                "configs[0].maximum_retry_attempts: must be a whole number, not nan.",
                "configs[1].qualifier: must be a text, not a boolean.",
            ],
        ),
        ({"configs": [{"id": "s:a", "state": "a\x1b"}]}, [r"configs[0].state: must not contain the control character"]),
        ({"configs": [{"id": "s:$REDACTED$"}]}, ["configs[0].id: must not contain $REDACTED$, which Ansible"]),
        (
            {"configs": [{"id": "s:a"}], "defaults": {"service_name": "********"}},
            ["defaults.service_name: must not contain"],
        ),
        (
            {"configs": [{"id": "s:a"}], "defaults": {"maximum_retry_attempts": 1e400}},
            ["defaults.maximum_retry_attempts:"],
        ),
        ({"configs": [{"id": "s:a"}], "defaults": {"qualifier": True}}, ["defaults.qualifier: must be a text, not a"]),
        ({"configs": [{"id": "s:a"}], "concurrency": True}, ["concurrency: must be a whole number, not true."]),
        ({"configs": [{"id": "s:a"}], "concurrency": float("inf")}, ["concurrency: must be a whole number, not inf."]),
    ],
)
def test_mistakes_in_a_list_are_told_with_their_places(
    emulator: Emulator, options: dict[str, Any], messages: tuple[str, ...]
) -> None:
    result = run(emulator, "function_async_invoke_configs", **options)
    assert result["failed"] is True
    for message in messages:
        assert message in result["msg"]
    assert result["msg"].isprintable()
    assert emulator.journal.requests == []


@PREFIXES
@pytest.mark.parametrize(
    ("qualifier", "hint"),
    [("latest", "The version that is not published is LATEST."), ("True", "put quotes around it.")],
)
def test_a_qualifier_that_is_likely_a_mistake_warns_in_every_module(
    emulator: Emulator, warnings: list[str], prefix: str, qualifier: str, hint: str
) -> None:
    names: dict[str, Any] = {
        "function_name": "a",
        **({"service_name": "s"} if prefix == "function" else {}),
        "qualifier": qualifier,
    }
    run(emulator, f"{prefix}_async_invoke_config", check=True, **names)
    run(emulator, f"{prefix}_async_invoke_configs", check=True, configs=[names])
    run(emulator, f"{prefix}_async_invoke_config_info", **names)
    hints = [warning for warning in warnings if warning.endswith(hint)]
    assert len(hints) == 3
    assert all(hint.startswith(f"qualifier: {qualifier!r} names an alias.") for hint in hints)


@pytest.mark.parametrize(
    ("entry", "more"),
    [
        ({"id": "s:a", "maximum_retry_attempts": 9}, "not 9. And 24 more."),
        ("s:a", "must be a dictionary, not text. And 24 more."),
    ],
)
def test_a_message_lists_the_first_errors_and_counts_the_others(emulator: Emulator, entry: Any, more: str) -> None:
    result = run(emulator, "function_async_invoke_configs", configs=[entry] * 74)
    assert result["msg"].count("configs[") == 50
    assert result["msg"].endswith(more)


def test_a_destination_that_holds_a_mask_is_never_written(emulator: Emulator) -> None:
    destination = {"on_failure": {"destination": "acs:mns:cn-hangzhou:123:/queues/********-failed/messages"}}
    single = run(emulator, "function_async_invoke_config", id="s:a", destination_config=destination)
    many = run(emulator, "function_async_invoke_configs", configs=[{"id": "s:a", "destination_config": destination}])
    by_default = run(
        emulator, "function_async_invoke_configs", configs=[{"id": "s:a"}], defaults={"destination_config": destination}
    )
    for result, place in ((single, ""), (many, "configs[0]."), (by_default, "defaults.")):
        assert f"{place}destination_config.on_failure.destination: must not contain ********, which" in result["msg"]
    assert emulator.journal.requests == []


def test_what_cannot_be_read_warns_or_fails(emulator: Emulator, warnings: list[str]) -> None:
    emulator.store.create_service("closed")
    emulator.store.create_function("closed", "c")
    emulator.faults.add(operation="ListFunctionAsyncInvokeConfigs", function="c", status=403, code="AccessDenied")
    result = run(emulator, "function_async_invoke_config_info", include_unconfigured=True)
    assert [one["id"] for one in result["unreadable"]] == ["closed:c"]
    assert result["unreadable"][0]["error"]["code"] == "AccessDenied"
    assert result["functions_without_config"] == ["s:a", "s:b"]
    assert len(warnings) == 1
    assert "could not be read" in warnings[0]
    failed = run(emulator, "function_async_invoke_config_info", fail_on_unreadable=True)
    assert failed["failed"] is True
    assert [one["id"] for one in failed["unreadable"]] == ["closed:c"]


@GENERATIONS
def test_only_functions_that_are_there_and_have_nothing_are_without_a_config(
    emulator: Emulator, prefix: str, owner: str, task: str
) -> None:
    emulator.store.publish_version("s" if owner else None, function=None if owner else "a")
    assert run(emulator, f"{prefix}_async_invoke_config", id=f"{owner}a:1", **{task: True})["changed"] is True

    def without_config(**wanted: Any) -> list[str]:
        read = run(emulator, f"{prefix}_async_invoke_config_info", include_unconfigured=True, **wanted)
        assert read["async_invoke_configs"] == []
        found: list[str] = read["functions_without_config"]
        return found

    names = {"service_name": "s"} if owner else {}
    assert without_config(id=f"{owner}b") == without_config(**names, function_name="b") == [f"{owner}b"]
    # The one is not there, the other has a config of another qualifier.
    assert without_config(id=f"{owner}ghost") == without_config(**names, function_name="ghost") == []
    assert without_config(id=f"{owner}a") == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"function_name": "a"}, "missing parameter(s) required by 'function_name': service_name"),
        ({"service_name": "s", "services": ["s*"]}, "parameters are mutually exclusive: service_name|services"),
        ({"service_name": "a b"}, "service_name: must be 1 to 128 letters"),
        ({"service_name": ""}, "service_name: must not be empty"),
        ({"service_name": "s", "function_name": ""}, "function_name: must not be empty"),
        ({"service_name": "s", "function_name": "a", "qualifier": ""}, "qualifier: must not be empty"),
        ({"id": ""}, "id: must not be empty"),
        ({"service_name": "s", "function_name": "a", "qualifier": "a/b"}, "qualifier: must be a version number"),
        ({"id": None}, "id: must not be null; leave it out to read everything."),
        ({"service_name": None}, "service_name: must not be null; leave it out to read everything."),
        ({"service_name": "s", "function_name": None}, "function_name: must not be null"),
        ({"services": None}, "services: must not be null"),
        ({"functions": []}, "functions: must not be empty; leave it out to read everything."),
        ({"services": "", "functions": ["a"]}, "services[0]: must be the name of a function or service, or a pattern,"),
        ({"functions": ["a", ""]}, "functions[1]: must be the name of a function or service, or a pattern, not ''."),
        ({"functions": ["********"]}, "functions[0]: must not contain ********, which Ansible writes"),
        ({"services": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]}, "services[0]: must not contain VALUE_SPECIFIED"),
        ({"functions": [True]}, "functions[0]: must be a text, not a boolean."),
        (
            {"functions": ["a\u202e"]},
            r"functions[0]: must be the name of a function or service, or a pattern, not 'a\u202e'",
        ),
        (
            {"functions": ["a" * 2049]},
            "functions[0]: must be the name of a function or service, or a pattern, not 'aaa",
        ),
    ],
)
def test_wrong_scopes_are_refused(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    result = run(emulator, "function_async_invoke_config_info", **options)
    assert result["msg"].startswith(message)
    assert emulator.journal.requests == []
