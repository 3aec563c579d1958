# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Input of any shape, through the modules' own entry points: an answer in words, and no call for what is refused."""

from __future__ import annotations

import contextlib
import importlib
import io
import json
import re
import signal
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from emulator import Emulator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.module_args import patch_module_args

from .world import APIS, QUEUE, options

MODULES = (
    "function_async_invoke_config",
    "function_async_invoke_config_info",
    "function_async_invoke_configs",
    "v3_async_invoke_config",
    "v3_async_invoke_config_info",
    "v3_async_invoke_configs",
)
#: How the text of a failed call begins, whether of one or of many.
FAILED_CALL = re.compile(
    r"\w+ of .* failed: |\d+ of \d+ configs failed: |\d+ of what was asked for could not be read"
    r"|[A-Z][a-z]+ .* failed: "
)

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

quick = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def place(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """The emulator, behind every host name: it is everybody's proxy. Signals are left as they were."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, emulator.url)
    monkeypatch.setenv("HOME", "/nonexistent")
    before = signal.getsignal(signal.SIGTERM)
    yield emulator
    signal.signal(signal.SIGTERM, before)


def connection(emulator: Emulator) -> dict[str, Any]:
    """The options that lead to the emulator, and to nowhere else for long."""
    return {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "endpoint": emulator.url,
        "sts_endpoint": emulator.url,
        "region": emulator.region,
        "retry_timeout": 0,
        "access_denied_timeout": 0,
        "connect_timeout": 1,
    }


def run(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module in this process; the JSON that it prints. Whatever it raises but its exit passes through."""
    main = importlib.import_module(f"ansible_collections.alicloud.fc.plugins.modules.{module}").main
    out, err = io.StringIO(), io.StringIO()
    with (
        patch_module_args(dict(arguments)),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        pytest.raises(SystemExit),
    ):
        main()
    assert "Traceback (most recent call last)" not in out.getvalue() + err.getvalue()
    result = json.loads(out.getvalue().encode())
    assert isinstance(result, dict)
    return result


def check(emulator: Emulator, result: Mapping[str, Any]) -> None:
    """A result says in one sentence or more what failed, and what was refused has led to no call."""
    if not result.get("failed"):
        assert "changed" in result
        return
    message = result["msg"]
    assert message.strip()
    assert not CONTROL.search(message), "a control character or half of a character would reach the terminal"
    if emulator.journal.requests and "********" not in message:  # a secret of one letter makes any text unreadable
        assert FAILED_CALL.match(message), "it was refused after something had been asked"


# --- Anything at all --------------------------------------------------------------------------------------------

texts = st.text(st.characters(), max_size=20) | st.sampled_from(
    [
        "",
        " ",
        "s:f",
        "s:f:live",
        "f",
        "../..",
        "a" * 129,
        "日本",
        "{{ x }}",
        "-1",
        "yes",
        QUEUE,
        "acs:fc",
        "\x1b[31m",
        "\x00",
        "\ud800",
        "x" * 70000,
        "1e999999999",
        "********",
        "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "True",
    ]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.integers(-2, 10)
    | st.just(10**400)
    | st.floats()
    | texts
)
RESOURCE_OPTIONS = (
    *("service_name", "function_name", "qualifier", "id", "state", "omitted_options", "destination_config"),
    *("maximum_event_age_in_seconds", "maximum_retry_attempts", "stateful_invocation", "async_task", "configs"),
    *("defaults", "purge", "concurrency", "services", "functions", "include_unconfigured", "fail_on_unreadable"),
    *("on_failure", "on_success", "destination", "created_time", "unheard_of"),
)
CONNECTION_OPTIONS = tuple(argument_spec())
#: Those that decide how long a test takes get no valid value but those of connection().
PATIENCE = ("retry_timeout", "access_denied_timeout", "connect_timeout", "read_timeout")
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(RESOURCE_OPTIONS) | texts, inner, max_size=4)
    ),
    max_leaves=12,
)
likely = {
    "service_name": st.sampled_from(["s", "t"]),
    "function_name": st.sampled_from(["f", "g", "nothing"]),
    "qualifier": st.sampled_from(["LATEST", "live", "1"]),
    "state": st.sampled_from(["present", "absent"]),
    "maximum_retry_attempts": st.integers(-1, 9),
    "destination_config": st.just({"on_failure": {"destination": QUEUE}}),
}


@pytest.mark.parametrize("module", MODULES)
@quick
@given(data=st.data())
def test_anything_as_options_of_the_resource(place: Emulator, module: str, data: st.DataObject) -> None:
    place.reset()
    names = st.sampled_from(RESOURCE_OPTIONS)
    drawn = data.draw(st.dictionaries(names, anything, max_size=5))
    usual = data.draw(st.fixed_dictionaries({}, optional=likely))
    check(place, run(module, {**connection(place), **usual, **drawn}))


@pytest.mark.parametrize("module", [MODULES[0], MODULES[4]])
@quick
@given(data=st.data())
def test_anything_as_options_of_the_connection(place: Emulator, module: str, data: st.DataObject) -> None:
    place.reset()
    names = st.sampled_from([name for name in CONNECTION_OPTIONS if name not in PATIENCE])
    drawn = data.draw(st.dictionaries(names, anything, min_size=1, max_size=3))
    timeout: dict[str, Any] = data.draw(
        st.dictionaries(st.sampled_from(PATIENCE), st.sampled_from([-1, "x", [], "nan", "inf", None]), max_size=1)
    )
    task = {"id": "s:f" if module == MODULES[0] else "f:LATEST"}
    check(place, run(module, {**connection(place), **task, **drawn, **timeout}))


# --- One thing that is wrong ------------------------------------------------------------------------------------


def nested(depth: int) -> Any:
    """A list in a list, and so on."""
    tree: Any = []
    for _level in range(depth - 1):
        tree = [tree]
    return tree


def wrong(*values: Any) -> st.SearchStrategy[Any]:
    """One of these values."""
    return st.sampled_from(values)


TOO_MUCH = ("x" * 70000, "\x00", "a\x1b[31m", "a\ud800")
MASKED = ("********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")
NOT_WHOLE = (float("inf"), float("-inf"), float("nan"), 1e308, 10**400, True, "0x10", 3.7, "1e999999999", "9" * 5000)
WRONG_NAMES = wrong(
    *("", "a b", "1a", "-a", "a/b", "日本", "a" * 129, "a\n", ["x", "y"], {"a": 1}, True, *TOO_MUCH, *MASKED)
)
WRONG: Mapping[str, st.SearchStrategy[Any]] = {
    "function_name": WRONG_NAMES,
    "qualifier": wrong("a b", "a.b", "é", "a" * 129, "a\n", {}, True, False, *TOO_MUCH, *MASKED),
    "maximum_event_age_in_seconds": st.integers(max_value=0)
    | st.integers(min_value=2592001)
    | wrong("a", 1.5, [1], {"a": 1}, *NOT_WHOLE),
    "maximum_retry_attempts": st.integers(max_value=-1)
    | st.integers(min_value=9)
    | wrong("two", 1.5, [], {}, *NOT_WHOLE),
    "destination_config": wrong(
        {},
        {"on_failure": {}},
        {"on_failure": {"destination": "queue"}},
        {"on_success": {"destination": "acs:mns"}},
        {"on_failure": {"destination": QUEUE + " x"}},
        {"on_failure": {"destination": QUEUE}, "on_failures": {"destination": QUEUE}},
        {"on_failure": {"destination": QUEUE + "\x1b"}},
        {"on_failure": {"destination": QUEUE + "\ud800"}},
        {"on_failure": {"destination": "acs:mns:::/queues/" + "q" * 2048}},
        {"on_failure": {"destination": "acs:mns:::/queues/********-failed/messages"}},
        {"on_failure": QUEUE},
        {"on_failure": 7},
        "queue",
        True,
        [],
    ),
    "omitted_options": wrong("replace", "", 7, [], True, *TOO_MUCH),
    "state": wrong("here", "", 0, ["present"], False, *TOO_MUCH),
    "id": wrong("s:f:live:x", "acs:fc:x", "s:", "::", "s:f g", True, "s:" + "f" * 2048, *TOO_MUCH, *MASKED),
    "unheard_of": anything,
    "connect_timeout": wrong(0, -1, "soon", "nan", "inf", []),
    "retry_timeout": wrong(-0.001, "x", "nan", {}),
    "account_id": wrong("12a", "acs:", "一二", "1" * 33),
    "region": wrong("cn hangzhou", "x", "CN-HANGZHOU", "a/b"),
    "endpoint": wrong("ftp://x", "http://a b", "http://x/path", "http://u:p@x", "x:99999", "http://", "[::1"),
    "ca_path": wrong("/nonexistent/ca.pem"),
    "network": wrong("intranet", ""),
    "validate_certs": wrong("perhaps", [], 7),
    "profile": wrong("another way to authenticate"),
    "assume_role": wrong({"role_arn": "deployer"}, {"role_arn": "acs:ram::1:role/x", "session_expiration": 1}, "x"),
    "concurrency": wrong(0, 65, -1, "many", *NOT_WHOLE),
    "configs": wrong(
        "", "[]", '[{"id": "s:f"}]', {}, {"id": "s:f"}, 7, True, None, ["id=s:f"], [None], [[]], nested(400)
    ),
    "purge": wrong("everything", "", []),
}
SINGLE = [name for name in WRONG if name not in ("concurrency", "purge", "configs")]
ENTRY_OPTIONS = (
    *("function_name", "qualifier", "maximum_event_age_in_seconds", "maximum_retry_attempts", "destination_config"),
    *("omitted_options", "state", "id", "unheard_of"),
)


@pytest.mark.parametrize("generation", APIS)
@quick
@given(data=st.data())
def test_one_wrong_option_is_refused_without_a_call(place: Emulator, generation: str, data: st.DataObject) -> None:
    place.reset()
    api = APIS[generation]
    module = MODULES[0] if api.list_services else MODULES[3]
    name = data.draw(st.sampled_from(SINGLE))
    value = data.draw(WRONG[name])
    names = {"function_name": "f", **({"service_name": "s"} if api.list_services else {})}
    result = run(module, {**connection(place), **names, **options(api), name: value})
    assert result.get("failed"), result
    check(place, result)
    assert place.journal.requests == []


@pytest.mark.parametrize("generation", APIS)
@quick
@given(data=st.data())
def test_one_wrong_entry_stops_the_whole_list_before_its_first_call(
    place: Emulator, generation: str, data: st.DataObject
) -> None:
    place.reset()
    api = APIS[generation]
    module = MODULES[2] if api.list_services else MODULES[5]
    names = {"service_name": "s"} if api.list_services else {}
    entries = [{"function_name": name, **names, **options(api)} for name in ("f", "g")]
    option = data.draw(st.sampled_from(ENTRY_OPTIONS))
    position = data.draw(st.integers(0, 1))
    entries[position][option] = data.draw(WRONG[option])
    result = run(module, {**connection(place), "configs": entries})
    assert result.get("failed"), result
    assert f"configs[{position}]" in result["msg"]
    assert place.journal.requests == []


@pytest.mark.parametrize("module", [MODULES[1], MODULES[2]])
@quick
@given(data=st.data())
def test_one_wrong_option_of_many_is_refused_without_a_call(place: Emulator, module: str, data: st.DataObject) -> None:
    place.reset()
    names = ["concurrency", "endpoint", "region", "profile", "unheard_of", "retry_timeout", "configs"]
    name = data.draw(st.sampled_from(names))
    good: dict[str, Any] = {} if module == MODULES[1] else {"configs": [{"id": "s:f"}]}
    result = run(module, {**connection(place), **good, name: data.draw(WRONG[name])})
    assert result.get("failed"), result
    assert place.journal.requests == []
