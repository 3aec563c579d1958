# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""End-to-end tests in which the modules call the emulator over HTTP."""

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
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.entry import BulkEntry
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from emulator import Emulator
from support.libraries import NEEDS_FC3
from support.module_args import patch_module_args

QUEUE = "acs:mns:cn-hangzhou:123:/queues/q/messages"
#: For each generation, the module name prefix, the ID prefix and the option that enables asynchronous tasks.
GENERATIONS = pytest.mark.parametrize(
    ("prefix", "owner", "task"),
    [
        pytest.param("function", "s:", "stateful_invocation", id="FC 2.0"),
        pytest.param("v3", "", "async_task", id="FC 3.0", marks=NEEDS_FC3),
    ],
)
OWNERS = pytest.mark.parametrize(
    ("prefix", "owner"),
    [pytest.param("function", "s:", id="FC 2.0"), pytest.param("v3", "", id="FC 3.0", marks=NEEDS_FC3)],
)


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    with Emulator() as running:
        yield running


@pytest.fixture
def emulator(server: Emulator) -> Emulator:
    """Return an emulator that has functions a and b in each generation. The FC 2.0 functions are in service s."""
    server.reset()
    server.store.create_service("s")
    for name in ("a", "b"):
        server.store.create_function("s", name)
        server.store.create_function(None, name)
    return server


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect warnings. Ansible either returns or displays warnings, depending on what the process has imported."""
    received: list[str] = []
    monkeypatch.setattr(AnsibleModule, "warn", lambda _module, warning: received.append(warning))
    return received


def run(emulator: Emulator, module: str, check: bool = False, **options: Any) -> dict[str, Any]:
    """Run a module and return its results."""
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
        # Newer ansible-core releases return the invocation only on request.
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


#: Return values that Ansible documents for all modules.
COMMON = ("_ansible_new_secrets", "changed", "diff", "exception", "failed", "invocation", "msg", "warnings")


def check_documented(results: dict[str, Any], documented: dict[str, Any], path: str = "RETURN") -> None:
    """Verify that results contain all values documented as always returned and no undocumented values."""
    always = {key for key, described in documented.items() if described["returned"] == "always"}
    assert always <= set(results) <= set(documented), path
    for key, value in results.items():
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, dict):
                check_documented(item, documented[key].get("contains", {}), f"{path}: {key}")


@GENERATIONS
def test_single_module(emulator: Emulator, prefix: str, owner: str, task: str) -> None:
    module = f"{prefix}_async_invoke_config"
    options: dict[str, Any] = {"id": f"{owner}a", "maximum_retry_attempts": 0, task: True}
    predicted = run(emulator, module, check=True, **options)
    assert emulator.store.configs == {}
    created = run(emulator, module, **options)
    assert (
        (created["action"], created["diff"]) == (predicted["action"], predicted["diff"]) == ("create", created["diff"])
    )
    assert created["diff"]["before"] == {}
    assert created["diff"]["after"][task] is True
    assert created["async_invoke_config"]["id"] == f"{owner}a:LATEST"
    assert run(emulator, module, **options)["changed"] is False
    deleted = run(emulator, module, id=f"{owner}a", state="absent")
    assert (deleted["action"], deleted["async_invoke_config"], deleted["diff"]["after"]) == ("delete", None, {})


@GENERATIONS
def test_qualifier_of_the_id_overrides_the_default(emulator: Emulator, prefix: str, owner: str, task: str) -> None:
    assert task
    result = run(emulator, f"{prefix}_async_invoke_config", check=True, id=f"{owner}a:live")
    assert result["async_invoke_config"]["qualifier"] == "live"


def test_service_errors_are_returned(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id="s:nothing")
    assert result["error"]["code"] == "FunctionNotFound"
    assert result["error"]["operation"] == "PutFunctionAsyncInvokeConfig"
    assert result["error"]["status"] == 404
    assert result["error"]["message"] in result["msg"]


def test_unknown_destination_services_cause_a_warning(emulator: Emulator, warnings: list[str]) -> None:
    destination = {"on_failure": {"destination": "acs:oss:cn-hangzhou:1:bucket"}}
    result = run(emulator, "function_async_invoke_config", id="s:a", destination_config=destination)
    assert result["changed"] is True
    assert len(warnings) == 1
    assert "'oss' is not documented as a Function Compute destination" in warnings[0]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"id": "s:a", "maximum_retry_attempts": 9}, "maximum_retry_attempts: must be between 0 and 8, not 9."),
        (
            {"id": "acs:fc:cn-beijing::services/s/functions/a"},
            "id: the ARN contains the region cn-beijing, but region is",
        ),
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
            "maximum_retry_attempts: must be an integer, not inf",
        ),
        ({"id": "s:a", "maximum_retry_attempts": "1e999999999"}, "maximum_retry_attempts: must have at most 15"),
        ({"id": "s:a", "maximum_retry_attempts": 3.7}, "maximum_retry_attempts: must be an integer, not 3.7."),
        ({"id": "s:a", "retry_timeout": 10**400}, "retry_timeout: must have at most 15 digits."),
        ({"id": "s:a", "a\x1b[31m": 1}, r"'a\x1b[31m': must not contain the control character \x1b."),
        (
            {"id": "s:a", "access_key_secret": "topsecret\x00"},
            r"access_key_secret: must not contain the control character",
        ),
        ({"id": "s:********"}, "id: must not contain ********, which Ansible writes in place of a secret."),
        (
            {"id": "s:a", "qualifier": True},
            "qualifier: must be text, not a boolean. In YAML, put quotes around on, off, yes,",
        ),
        ({"id": "s:a", "state": "x" * 70000}, "state: must have at most 65536 characters, not 70000: 'xxx"),
        (
            {"id": "s:a", "omitted_options": "x" * 60000},
            "value of omitted_options must be one of: reset, keep, got: xxx",
        ),
        ({"id": "s:a", "x" * 60000: 1}, "Unsupported parameters for ("),
    ],
)
def test_invalid_options_are_rejected_before_any_call(
    emulator: Emulator, options: dict[str, Any], message: str
) -> None:
    result = run(emulator, "function_async_invoke_config", **options)
    assert result["msg"].startswith(message)
    assert result["msg"].isprintable()
    assert len(result["msg"]) < 2100
    assert "topsecret" not in json.dumps(result)
    assert emulator.journal.requests == []


def test_messages_of_ansible_are_masked_before_they_are_truncated(emulator: Emulator) -> None:
    secret = "tops3cret"
    before = "value of omitted_options must be one of: reset, keep, got: "
    value = "x" * (2000 - len(before) - 7) + secret
    result = run(emulator, "function_async_invoke_config", id="s:a", access_key_secret=secret, omitted_options=value)
    assert result["msg"].startswith(f"{before}xxx")
    assert "more characters]" in result["msg"]
    assert secret[:7] not in result["msg"]


def test_all_validation_errors_are_reported(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id=True, state=False)
    error = "must be text, not a boolean. In YAML, put quotes around on, off, yes, no, true and false."
    assert result["msg"] == f"id: {error} state: {error}"


def arn(prefix: str, location: str) -> str:
    """Return the ARN of function a in ``location``, which has the form ``REGION:ACCOUNT``."""
    return f"acs:fc:{location}:{'services/s/' if prefix == 'function' else ''}functions/a"


PREFIXES = pytest.mark.parametrize("prefix", ["function", pytest.param("v3", marks=NEEDS_FC3)])


@PREFIXES
@pytest.mark.parametrize("kind", ["", "s", "s with groups", "_info"])
@pytest.mark.parametrize("account_source", ["STS", "endpoint"])
def test_arns_of_other_accounts_are_rejected(emulator: Emulator, prefix: str, kind: str, account_source: str) -> None:
    connection_options: dict[str, Any] = {"account_id": None, "region": None, "sts_endpoint": emulator.url}
    if account_source == "endpoint":
        connection_options["endpoint"] = f"http://{emulator.account_id}.cn-hangzhou.fc.aliyuncs.com"
    else:
        connection_options["region"] = "cn-hangzhou"
    entry = {"id": arn(prefix, "cn-hangzhou:9999999999999999")}
    configs: dict[str, Any] = {"configs": [{**entry, "state": "absent"}]}
    in_groups: dict[str, Any] = {"groups": [{"configs": []}, configs]}
    options: dict[str, Any] = {"s": configs, "s with groups": in_groups}.get(kind, entry)
    module = f"{prefix}_async_invoke_config{kind.partition(' ')[0]}"
    result = run(emulator, module, **options, **connection_options)
    place = {"s": "configs[0].", "s with groups": "groups[1].configs[0]."}.get(kind, "")
    error = f"{place}id: the ARN contains the account_id 9999999999999999, but account_id is {emulator.account_id}."
    assert error in result["msg"]
    assert [call["operation"] for call in emulator.journal.requests if call["operation"] != "GetCallerIdentity"] == []


@PREFIXES
def test_arn_of_the_account_returned_by_sts_is_accepted(emulator: Emulator, prefix: str) -> None:
    connection_options: dict[str, Any] = {"account_id": None, "sts_endpoint": emulator.url}
    location = f"cn-hangzhou:{emulator.account_id}"
    result = run(emulator, f"{prefix}_async_invoke_config", id=arn(prefix, location), **connection_options)
    assert result["action"] == "create"


def test_missing_library_message_is_from_ansible(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def load(package: str) -> Any:
        raise ImportError(package)

    for module in (sdk, caller):
        monkeypatch.setattr(module, "load_package", load)
    monkeypatch.setattr(caller, "is_installed", lambda _package: False)
    result = run(emulator, "v3_async_invoke_config", id="a")
    assert "Failed to import the required Python library (alibabacloud-fc20230330)" in result["msg"]
    assert result["msg"].endswith(" -m pip install alibabacloud-fc20230330")


def test_interruption_is_reported(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    def terminate(*_arguments: Any) -> None:
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(config_module, "read", terminate)
    handler = signal.getsignal(signal.SIGTERM)
    try:
        result = run(emulator, "function_async_invoke_config", id="s:a")
    finally:
        signal.signal(signal.SIGTERM, handler)
    assert result["msg"].startswith("The task was interrupted (terminated by signal 15).")
    assert result["msg"].endswith("Nothing was changed.")
    assert result["changed"] is False


def interrupt_put(monkeypatch: pytest.MonkeyPatch, before: bool, number: int = 1) -> None:
    """Send SIGINT to this process after put ``number``. If ``before`` is true, also send SIGTERM before that put."""
    original, calls = Client.put, itertools.count(1)

    def put(self: Client, *arguments: Any, **options: Any) -> Any:
        selected = next(calls) == number
        if selected and before:
            os.kill(os.getpid(), signal.SIGTERM)
        result = original(self, *arguments, **options)
        if selected:
            os.kill(os.getpid(), signal.SIGINT)
        return result

    monkeypatch.setattr(Client, "put", put)


@pytest.fixture
def _restore_signal_handlers() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    handlers = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, handlers, strict=False):
        signal.signal(number, handler)


@pytest.mark.usefixtures("_restore_signal_handlers")
@pytest.mark.parametrize("before", [True, False], ids=["two signals", "one signal"])
@pytest.mark.parametrize("number", [1, 2], ids=["first put", "second put"])
@GENERATIONS
def test_task_interrupted_during_a_write_completes_it_and_returns_the_result(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, prefix: str, owner: str, task: str, before: bool, number: int
) -> None:
    """To unset a destination, the module calls put, delete and then put again. One put is interrupted once or twice."""
    module = f"{prefix}_async_invoke_config"
    run(emulator, module, id=f"{owner}a", destination_config={"on_failure": {"destination": QUEUE}})
    interrupt_put(monkeypatch, before, number)
    result = run(emulator, module, id=f"{owner}a", **{task: True})
    assert result["failed"] is True
    assert result["msg"].startswith("The task was interrupted (terminated by signal ")
    assert (result["changed"], result["action"]) == (True, "update")
    configs = run(emulator, f"{prefix}_async_invoke_config_info", id=f"{owner}a")["async_invoke_configs"]
    assert configs == [result["async_invoke_config"]]
    assert (configs[0]["destination_config"], configs[0][task]) == (None, True)
    assert result["diff"]["after"] == {name: configs[0][name] for name in result["diff"]["after"]}


@pytest.mark.usefixtures("_restore_signal_handlers")
@GENERATIONS
def test_interrupted_task_that_fails_returns_the_current_state(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, prefix: str, owner: str, task: str
) -> None:
    module = f"{prefix}_async_invoke_config"
    run(emulator, module, id=f"{owner}a", destination_config={"on_failure": {"destination": QUEUE}})
    emulator.faults.add("Put*", skip=1, status=400)
    interrupt_put(monkeypatch, before=True)
    result = run(emulator, module, id=f"{owner}a", **{task: True})
    assert result["failed"] is True
    assert (result["changed"], result["action"], result["async_invoke_config"]) == (True, "update", None)
    assert "also failed, and the configuration no longer exists" in result["msg"]
    emulator.faults.clear()
    assert run(emulator, f"{prefix}_async_invoke_config_info", id=f"{owner}a")["async_invoke_configs"] == []


@pytest.mark.parametrize("module", ["config", "configs", "config_info"])
def test_secrets_in_server_responses_are_masked_in_messages_but_not_in_data(emulator: Emulator, module: str) -> None:
    """The collection does not rely on Ansible to mask secrets."""
    queue = f"acs:mns:cn-hangzhou:123:/queues/{emulator.access_key_secret}/messages"
    emulator.store.create_function("s", emulator.access_key_secret)
    config: dict[str, Any] = {
        "id": f"s:{emulator.access_key_secret}",
        "destination_config": {"on_failure": {"destination": queue}},
    }
    run(emulator, "function_async_invoke_config", **config)
    (stored,) = run(emulator, "function_async_invoke_config_info")["async_invoke_configs"]
    assert (stored["function_name"], stored["destination_config"]["on_failure"]["destination"]) == (
        emulator.access_key_secret,
        queue,
    )
    emulator.faults.add(function="b", status=400, code=f"Not{emulator.access_key_secret}", message="it said " + queue)
    options: dict[str, Any] = {"configs": [{"id": "s:b"}]} if module == "configs" else {"id": "s:b"}
    failed = run(emulator, f"function_async_invoke_{module}", **options)
    assert failed["failed"] is True
    output = json.dumps(failed)
    assert "it said acs:mns:cn-hangzhou:123:/queues/********/messages" in output
    assert emulator.access_key_secret not in output


def test_passwords_in_endpoints_are_never_returned(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config", id="s:a", endpoint="https://somebody:pass-word@host")
    assert result["failed"] is True
    assert "pass-word" not in json.dumps(result)
    assert result["invocation"]["module_args"]["endpoint"] == "https://********@host"
    assert result["invocation"]["module_args"]["access_key_secret"] == "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@GENERATIONS
def test_bulk_and_info_modules(emulator: Emulator, prefix: str, owner: str, task: str) -> None:
    configs = [{"id": f"{owner}b"}, {"id": f"{owner}a", task: True}]
    bulk, info = f"{prefix}_async_invoke_configs", f"{prefix}_async_invoke_config_info"
    created = run(emulator, bulk, configs=configs, defaults={"maximum_retry_attempts": 1})
    assert [entry["action"] for entry in created["results"]] == ["create", "create"]
    assert [config["after_header"] for config in created["diff"]] == [f"{owner}b:LATEST", f"{owner}a:LATEST"]
    read = run(emulator, info, include_unconfigured=True)
    assert [config["id"] for config in read["async_invoke_configs"]] == [f"{owner}a:LATEST", f"{owner}b:LATEST"]
    assert [config[task] for config in read["async_invoke_configs"]] == [True, False]
    assert (read["functions_without_config"], read["unreadable"]) == ([], [])
    again = run(emulator, bulk, configs=read["async_invoke_configs"], purge="function")
    assert again["summary"] == {"total": 2, "created": 0, "updated": 0, "deleted": 0, "unchanged": 2, "failed": 0}
    assert again["changed"] is False
    assert run(emulator, info, id=f"{owner}a")["async_invoke_configs"] == read["async_invoke_configs"][:1]
    assert run(emulator, bulk, configs=[])["summary"]["total"] == 0


@OWNERS
@pytest.mark.parametrize("check", [False, True])
def test_unchanged_configs_can_be_omitted(emulator: Emulator, prefix: str, owner: str, check: bool) -> None:
    bulk = f"{prefix}_async_invoke_configs"
    same: dict[str, Any] = {"id": f"{owner}a", "maximum_retry_attempts": 1}
    drifted = {"id": f"{owner}b", "maximum_retry_attempts": 1}
    run(emulator, bulk, configs=[same, drifted])
    changes = [{**drifted, "maximum_retry_attempts": 0}, {"id": f"{owner}a:1", "state": "absent"}]
    options: dict[str, Any] = {"configs": [same, *changes], "check": check}
    before = emulator.store.snapshot()
    everything = run(emulator, bulk, **options)
    emulator.store.restore(before)
    some = run(emulator, bulk, **options, return_unchanged=False)
    assert [one["id"] for one in some["results"]] == [f"{owner}b:LATEST"]
    assert everything["summary"]["unchanged"] == 2
    for result in (everything, some):
        result.pop("invocation")
        assert len(result.pop("results")) == (3 if result is everything else 1)
    assert some == everything


@OWNERS
def test_failed_configs_are_never_omitted(emulator: Emulator, prefix: str, owner: str) -> None:
    configs = [{"id": f"{owner}a", "state": "absent"}, {"id": f"{owner}missing"}]
    result = run(emulator, f"{prefix}_async_invoke_configs", configs=configs, return_unchanged=False)
    assert [(one["id"], one["failed"]) for one in result["results"]] == [(f"{owner}missing:LATEST", True)]
    assert result["summary"]["total"] == 2


@GENERATIONS
def test_groups_and_purge_limit(emulator: Emulator, warnings: list[str], prefix: str, owner: str, task: str) -> None:
    bulk = f"{prefix}_async_invoke_configs"
    names = {"service_name": "s"} if owner else {}
    groups = [
        {"defaults": {task: True}, "configs": [{"id": f"{owner}b"}]},
        {"defaults": {**names, "maximum_retry_attempts": 0}, "configs": [{"function_name": "a"}]},
    ]
    options: dict[str, Any] = {"groups": groups, "defaults": {"maximum_retry_attempts": 1}}
    created = run(emulator, bulk, **options)
    assert [entry["id"] for entry in created["results"]] == [f"{owner}b:LATEST", f"{owner}a:LATEST"]
    configs = [entry["async_invoke_config"] for entry in created["results"]]
    assert [(config[task], config["maximum_retry_attempts"]) for config in configs] == [(True, 1), (False, 0)]
    assert run(emulator, bulk, **options, purge="function", purge_limit=0)["changed"] is False

    emulator.store.publish_version("s" if owner else None, function=None if owner else "a")
    other: dict[str, Any] = {
        "configs": [{"id": f"{owner}b", "maximum_retry_attempts": 7}, {"id": f"{owner}a:1"}],
        "purge": "function",
    }
    message = f"purge_limit: the purge would delete 1 configuration, but the limit is 0: {owner}a:LATEST."
    emulator.journal.clear()
    refused = run(emulator, bulk, **other, purge_limit=0)
    assert refused["msg"] == f"{message} Nothing was changed. Set purge_limit to none or to at least 1."
    assert {request["method"] for request in emulator.journal.requests} == {"GET"}
    predicted = run(emulator, bulk, check=True, **other, purge_limit=0)
    assert [entry["action"] for entry in predicted["results"]] == ["update", "create", "delete"]
    assert warnings == [f"{message} Set purge_limit to none or to at least 1. Outside check mode, the task would fail."]
    applied = run(emulator, bulk, **other, purge_limit="auto")
    assert [entry["action"] for entry in applied["results"]] == ["update", "create", "delete"]
    # Without a purge, the limit has no effect.
    assert run(emulator, bulk, configs=[{"id": f"{owner}a"}], purge_limit=0)["summary"]["created"] == 1


def test_timeouts_and_concurrency_are_passed_on(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    clients: list[tuple[Any, ...]] = []

    class RecordingClient(Client):
        def __init__(self, api: Any, connection: Any, retrier: Any, concurrency: int = 1) -> None:
            timeouts = retrier._deadlines._timeouts
            clients.append((timeouts[Cause.SERVER], timeouts[Cause.DENIED], concurrency))
            super().__init__(api, connection, retrier, concurrency)

    concurrencies: list[int] = []

    def map_concurrently(work: Any, items: Any, concurrency: int, _done: Any = None) -> list[Any]:
        concurrencies.append(concurrency)
        return [work(item) for item in items]

    monkeypatch.setattr(run_module, "Client", RecordingClient)
    monkeypatch.setattr(bulk, "map_concurrently", map_concurrently)
    monkeypatch.setattr(reader, "map_concurrently", map_concurrently)
    options: dict[str, Any] = {"retry_timeout": 11, "access_denied_timeout": 22}
    run(emulator, "function_async_invoke_config", id="s:a", **options)
    run(emulator, "function_async_invoke_configs", configs=[{"id": "s:a"}], concurrency=33, **options)
    run(emulator, "function_async_invoke_config_info", concurrency=44, **options)
    assert clients == [(11, 22, 1), (11, 22, 33), (11, 22, 44)]
    assert set(concurrencies) == {33, 44}


def test_diff_is_returned_only_in_diff_mode(emulator: Emulator) -> None:
    options: dict[str, Any] = {"maximum_retry_attempts": 1, "_ansible_diff": False}
    assert "diff" not in run(emulator, "function_async_invoke_config", check=True, id="s:a", **options)
    bulk = {"configs": [{"id": "s:a"}], "_ansible_diff": False}
    assert "diff" not in run(emulator, "function_async_invoke_configs", check=True, **bulk)


@pytest.mark.parametrize("current", [{"maximum_retry_attempts": 1}, None])
def test_diff_of_a_failed_entry_shows_the_current_state(current: dict[str, Any] | None) -> None:
    generation = FC2
    desired = parse_desired(generation, {"id": "s:a", "maximum_retry_attempts": 0})
    planned = plan(desired, AsyncInvokeConfig(desired.identity, {"maximum_retry_attempts": 8}))
    config = None if current is None else AsyncInvokeConfig(desired.identity, current)
    entry = BulkEntry("s:a", planned, config, ReconcileError("it failed", None, config))
    diff = entry_diff(entry)
    assert (None if diff is None else diff["after"]["maximum_retry_attempts"]) == (current or {}).get(
        "maximum_retry_attempts"
    )
    assert diff is None or diff["before"]["maximum_retry_attempts"] == 8
    restored = BulkEntry("s:a", planned, planned.current, ReconcileError("it failed", changed=False))
    assert entry_diff(restored) is None
    succeeded = BulkEntry("s:a", planned, config)
    predicted_diff = entry_diff(succeeded)
    assert predicted_diff is not None
    assert predicted_diff["after"]["maximum_retry_attempts"] == 0


def test_warnings_about_repeated_destinations_are_not_repeated(emulator: Emulator, warnings: list[str]) -> None:
    destination = {"on_failure": {"destination": "acs:oss:cn-hangzhou:1:bucket"}}
    configs = [{"id": "s:a"}, {"id": "s:b"}]
    run(emulator, "function_async_invoke_configs", configs=configs, defaults={"destination_config": destination})
    assert len(warnings) == 1
    assert "'oss' is not documented as a Function Compute destination" in warnings[0]


def test_patterns_filter_results_and_are_case_sensitive(emulator: Emulator) -> None:
    emulator.store.create_service("t")
    emulator.store.create_function("t", "a")

    def functions_without_config(**filters: Any) -> Any:
        result = run(emulator, "function_async_invoke_config_info", include_unconfigured=True, **filters)
        return result["functions_without_config"]

    assert functions_without_config(services=["t*"]) == ["t:a"]
    assert functions_without_config(services=["T*"]) == []
    assert functions_without_config(functions=["[b]"]) == ["s:b"]
    assert functions_without_config(services=["x", "s"], functions=["a"]) == ["s:a"]


def test_arns_of_other_regions_are_rejected_by_the_info_module(emulator: Emulator) -> None:
    result = run(emulator, "function_async_invoke_config_info", id=arn("function", "cn-beijing:"))
    assert result["msg"].startswith("id: the ARN contains the region cn-beijing, but region is cn-hangzhou.")


def test_empty_identity_options_use_the_defaults(emulator: Emulator) -> None:
    entry = {"function_name": "a", "qualifier": ""}
    defaults = {"service_name": "s", "qualifier": "live"}
    result = run(emulator, "function_async_invoke_configs", check=True, configs=[entry], defaults=defaults)
    assert [item["id"] for item in result["results"]] == ["s:a:live"]


def test_dictionaries_can_be_json_strings(emulator: Emulator) -> None:
    text = json.dumps({"on_failure": {"destination": QUEUE}})
    result = run(emulator, "function_async_invoke_config", check=True, id="s:a", destination_config=text)
    assert result["async_invoke_config"]["destination_config"]["on_failure"] == {"destination": QUEUE}


def test_failed_entries_are_returned_in_order_and_fail_the_task(emulator: Emulator) -> None:
    names = ["a", "n1", "b", "n2", "n3", "n4"]
    result = run(emulator, "function_async_invoke_configs", configs=[{"id": f"s:{name}"} for name in names])
    assert result["failed"] is True
    assert result["changed"] is True
    assert [entry["failed"] for entry in result["results"]] == [False, True, False, True, True, True]
    assert result["results"][1]["error"]["code"] == "FunctionNotFound"
    assert result["summary"] == {"total": 6, "created": 2, "updated": 0, "deleted": 0, "unchanged": 0, "failed": 4}
    assert result["msg"].startswith("4 of 6 configurations failed: ")
    assert result["msg"].endswith("See the results for all errors.")


@pytest.mark.parametrize(
    ("options", "messages"),
    [
        (
            {"configs": [{"id": "s:a"}, {"id": "s:a:LATEST"}]},
            ["configs[0] and configs[1] both identify s:a:LATEST."],
        ),
        (
            {"configs": [{"id": "s:a", "maximum_retry_attempts": 9, "maximum_event_age_in_seconds": 0}, {"x": 1}]},
            [
                "configs[0].maximum_retry_attempts: must",
                "configs[0].maximum_event_age_in_seconds: must",
                "unsupported option x",
            ],
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
        (
            {"configs": [{"id": "acs:fc:x-1::services/s/functions/a"}]},
            ["configs[0].id: the ARN contains the region x-1"],
        ),
        ({"configs": "[]"}, ["configs: must be a list of dictionaries, not text."]),
        ({"configs": '[{"id": "s:a"}]'}, ["configs: must be a list of dictionaries, not text."]),
        ({"configs": {"id": "s:a"}}, ["configs: must be a list of dictionaries, not a dictionary."]),
        ({"configs": [{"id": "s:a"}, "id=s:b"]}, ["configs[1]: must be a dictionary, not text."]),
        (
            {"configs": [{"id": "s:a", "maximum_retry_attempts": float("nan")}, {"id": "s:b", "qualifier": False}]},
            [
                "configs[0].maximum_retry_attempts: must be an integer, not nan.",
                "configs[1].qualifier: must be text, not a boolean.",
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
        ({"configs": [{"id": "s:a"}], "defaults": {"qualifier": True}}, ["defaults.qualifier: must be text, not a"]),
        ({"configs": [{"id": "s:a"}], "concurrency": True}, ["concurrency: must be an integer, not true."]),
        ({"configs": [{"id": "s:a"}], "concurrency": float("inf")}, ["concurrency: must be an integer, not inf."]),
        ({}, ["one of the following is required: configs, groups"]),
        ({"groups": None}, ["groups: must be a list of dictionaries, not null."]),
        ({"groups": '[{"configs": []}]'}, ["groups: must be a list of dictionaries, not text."]),
        ({"groups": [{"configs": []}, None]}, ["groups[1]: must be a dictionary, not null."]),
        ({"configs": None, "groups": []}, ["configs: must be a list of dictionaries, not null."]),
        ({"groups": [{"configs": [{"id": "s:a\x1b"}]}]}, [r"groups[0].configs[0].id: must not contain the control"]),
        (
            {"configs": [{"id": "s:a", "x": 1}], "groups": [{"configs": [{"id": "s:b", "maximum_retry_attempts": 9}]}]},
            [
                "configs and groups: 2 errors, nothing was changed: ",
                "groups[0].configs[0].maximum_retry_attempts: must",
            ],
        ),
        (
            {"groups": [{"configs": [{"id": "acs:fc:x-1::services/s/functions/a"}]}]},
            ["groups[0].configs[0].id: the ARN contains the region x-1"],
        ),
        (
            {"configs": [{"id": "s:a"}], "purge_limit": -1},
            ["purge_limit: must be none, auto or a non-negative integer"],
        ),
        ({"configs": [], "purge_limit": "10%"}, ["purge_limit: must be none, auto or a non-negative integer"]),
        ({"configs": [{"id": "s:a"}], "purge_limit": None}, ["purge_limit: must be none, auto or a non-negative"]),
        ({"configs": [{"id": "s:a"}], "purge_limit": False}, ["purge_limit: must be text, not a boolean."]),
        ({"configs": [{"id": "s:a"}], "purge_limit": 2.5}, ["purge_limit: must be text, not the number 2.5."]),
    ],
)
def test_validation_errors_in_lists_are_reported_with_their_paths(
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
    [("latest", "The unpublished version is LATEST."), ("True", "put quotes around it.")],
)
def test_suspicious_qualifiers_cause_warnings_in_all_modules(
    emulator: Emulator, warnings: list[str], prefix: str, qualifier: str, hint: str
) -> None:
    options: dict[str, Any] = {
        "function_name": "a",
        **({"service_name": "s"} if prefix == "function" else {}),
        "qualifier": qualifier,
    }
    run(emulator, f"{prefix}_async_invoke_config", check=True, **options)
    run(emulator, f"{prefix}_async_invoke_configs", check=True, configs=[options])
    run(emulator, f"{prefix}_async_invoke_config_info", **options)
    start = f"qualifier: {qualifier!r} is the name of an alias."
    hints = [warning for warning in warnings if warning.startswith(start)]
    assert len(hints) == 3
    assert all(warning.endswith(hint) for warning in hints)


@pytest.mark.parametrize(
    ("entry", "end"),
    [
        ({"id": "s:a", "maximum_retry_attempts": 9}, "not 9. And 24 more."),
        ("s:a", "must be a dictionary, not text. And 24 more."),
    ],
)
def test_long_lists_of_errors_are_truncated(emulator: Emulator, entry: Any, end: str) -> None:
    result = run(emulator, "function_async_invoke_configs", configs=[entry] * 74)
    assert result["msg"].count("configs[") == 50
    assert result["msg"].endswith(end)


def test_masked_destinations_are_rejected(emulator: Emulator) -> None:
    destination = {"on_failure": {"destination": "acs:mns:cn-hangzhou:123:/queues/********-failed/messages"}}
    single = run(emulator, "function_async_invoke_config", id="s:a", destination_config=destination)
    bulk_result = run(
        emulator, "function_async_invoke_configs", configs=[{"id": "s:a", "destination_config": destination}]
    )
    by_default = run(
        emulator, "function_async_invoke_configs", configs=[{"id": "s:a"}], defaults={"destination_config": destination}
    )
    for result, path in ((single, ""), (bulk_result, "configs[0]."), (by_default, "defaults.")):
        assert f"{path}destination_config.on_failure.destination: must not contain ********, which" in result["msg"]
    assert emulator.journal.requests == []


def test_unreadable_resources_cause_a_warning_or_failure(emulator: Emulator, warnings: list[str]) -> None:
    emulator.store.create_service("closed")
    emulator.store.create_function("closed", "c")
    emulator.faults.add(operation="ListFunctionAsyncInvokeConfigs", function="c", status=403, code="AccessDenied")
    result = run(emulator, "function_async_invoke_config_info", include_unconfigured=True)
    assert [item["id"] for item in result["unreadable"]] == ["closed:c"]
    assert result["unreadable"][0]["error"]["code"] == "AccessDenied"
    assert result["functions_without_config"] == ["s:a", "s:b"]
    assert len(warnings) == 1
    assert "could not be read" in warnings[0]
    failed = run(emulator, "function_async_invoke_config_info", fail_on_unreadable=True)
    assert failed["failed"] is True
    assert [item["id"] for item in failed["unreadable"]] == ["closed:c"]


@GENERATIONS
def test_functions_without_config_excludes_missing_and_configured_functions(
    emulator: Emulator, prefix: str, owner: str, task: str
) -> None:
    emulator.store.publish_version("s" if owner else None, function=None if owner else "a")
    assert run(emulator, f"{prefix}_async_invoke_config", id=f"{owner}a:1", **{task: True})["changed"] is True

    def functions_without_config(**filters: Any) -> list[str]:
        read = run(emulator, f"{prefix}_async_invoke_config_info", include_unconfigured=True, **filters)
        assert read["async_invoke_configs"] == []
        found: list[str] = read["functions_without_config"]
        return found

    names = {"service_name": "s"} if owner else {}
    assert (
        functions_without_config(id=f"{owner}b")
        == functions_without_config(**names, function_name="b")
        == [f"{owner}b"]
    )
    # Function ghost does not exist. Function a has a configuration for another qualifier.
    assert (
        functions_without_config(id=f"{owner}ghost") == functions_without_config(**names, function_name="ghost") == []
    )
    assert functions_without_config(id=f"{owner}a") == []


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
        ({"id": None}, "id: must not be null. Omit it to read everything."),
        ({"service_name": None}, "service_name: must not be null. Omit it to read everything."),
        ({"service_name": "s", "function_name": None}, "function_name: must not be null"),
        ({"services": None}, "services: must not be null"),
        ({"functions": []}, "functions: must not be empty. Omit it to read everything."),
        ({"services": "", "functions": ["a"]}, "services[0]: must be the name of a function or service, or a pattern,"),
        ({"functions": ["a", ""]}, "functions[1]: must be the name of a function or service, or a pattern, not ''."),
        ({"functions": ["********"]}, "functions[0]: must not contain ********, which Ansible writes"),
        ({"services": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"]}, "services[0]: must not contain VALUE_SPECIFIED"),
        ({"functions": [True]}, "functions[0]: must be text, not a boolean."),
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
def test_invalid_filters_are_rejected(emulator: Emulator, options: dict[str, Any], message: str) -> None:
    result = run(emulator, "function_async_invoke_config_info", **options)
    assert result["msg"].startswith(message)
    assert emulator.journal.requests == []


# --- The connection, missing functions and flat keys ------------------------------------------------------------


@OWNERS
def test_connection_is_returned_unless_the_options_are_invalid(emulator: Emulator, prefix: str, owner: str) -> None:
    entry: dict[str, Any] = {"id": f"{owner}a"}
    expected = {
        "generation": "FC 2.0" if owner else "FC 3.0",
        "account_id": emulator.account_id,
        "region": emulator.region,
        "endpoint": emulator.url,
    }
    calls: list[tuple[str, dict[str, Any]]] = [
        ("config", entry), ("configs", {"configs": [entry]}), ("config_info", entry)
    ]  # fmt: skip
    for kind, options in calls:
        module = f"{prefix}_async_invoke_{kind}"
        assert run(emulator, module, check=True, **options)["connection"] == expected
        invalid = run(emulator, module, **options, region="nowhere in particular")
        assert invalid["failed"]
        assert "connection" not in invalid
        invalid = run(emulator, module, **{**options, "id" if kind != "configs" else "configs": "a b"})
        assert invalid["failed"]
        assert "connection" not in invalid
        emulator.faults.add("*", status=403, code="AccessDenied")
        assert run(emulator, module, **options)["connection"] == expected
        emulator.faults.clear()
        unreachable = run(emulator, module, **options, endpoint="http://127.0.0.1:1")
        assert unreachable["connection"] == {**expected, "endpoint": "http://127.0.0.1:1"}


def test_account_must_not_be_purged_by_an_empty_list(emulator: Emulator) -> None:
    run(emulator, "function_async_invoke_config", id="s:a")
    emulator.journal.clear()
    result = run(emulator, "function_async_invoke_configs", configs=[], purge="account")
    assert result["msg"] == "configs: must not be empty if purge is account."
    assert emulator.store.configs
    assert not emulator.journal.requests


@OWNERS
def test_destinations_are_also_returned_outside_their_dictionary(emulator: Emulator, prefix: str, owner: str) -> None:
    destinations = {"on_failure": {"destination": QUEUE}}
    entries = [{"id": f"{owner}a", "destination_config": destinations}, {"id": f"{owner}b"}]
    stored = run(emulator, f"{prefix}_async_invoke_configs", configs=entries)["results"]
    configs = [item["async_invoke_config"] for item in stored]
    assert [(one["on_failure_destination"], one["on_success_destination"]) for one in configs] == [
        (QUEUE, None), (None, None)
    ]  # fmt: skip
    read = run(emulator, f"{prefix}_async_invoke_config_info")["async_invoke_configs"]
    assert read == configs
    assert run(emulator, f"{prefix}_async_invoke_configs", configs=read)["changed"] is False


@pytest.mark.parametrize("name", ["s:gone", "gone:a", "s:a:gone"])
def test_info_warns_if_the_task_names_something_that_does_not_exist(
    emulator: Emulator, warnings: list[str], name: str
) -> None:
    assert run(emulator, "function_async_invoke_config_info", id=name)["async_invoke_configs"] == []
    assert len(warnings) == 1
    assert warnings[0].startswith("Nothing was found. GetFunctionAsyncInvokeConfig of ")
