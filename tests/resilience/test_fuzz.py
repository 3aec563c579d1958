# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzz tests of module input: invalid input causes a readable error message and no requests."""

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

from .harness import GENERATIONS, QUEUE, options

MODULES = (
    "function_async_invoke_config",
    "function_async_invoke_config_info",
    "function_async_invoke_configs",
    "v3_async_invoke_config",
    "v3_async_invoke_config_info",
    "v3_async_invoke_configs",
)
#: Matches error messages for failed requests.
REQUEST_FAILED = re.compile(
    r"\w+ of .* failed: |\d+ of \d+ configurations failed: |\d+ resources? could not be read"
    r"|[A-Z][a-z]+ .* failed: "
)

CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")

fuzz_settings = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture
def proxy_emulator(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator that also acts as a proxy for all hosts. The fixture restores the signal handler afterwards."""
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, emulator.url)
    monkeypatch.setenv("HOME", "/nonexistent")
    original_handler = signal.getsignal(signal.SIGTERM)
    yield emulator
    signal.signal(signal.SIGTERM, original_handler)


def connection_options(emulator: Emulator) -> dict[str, Any]:
    """Return options that connect to the emulator and disable retries."""
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


def run_in_process(module: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Run a module in this process and return its JSON result. Exceptions other than SystemExit are propagated."""
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


def check_result(emulator: Emulator, result: Mapping[str, Any]) -> None:
    """Check that a failed result has a readable message and that rejected input caused no requests."""
    if not result.get("failed"):
        assert "changed" in result
        return
    message = result["msg"]
    assert message.strip()
    assert not CONTROL.search(message), "the message contains control characters or lone surrogates"
    if emulator.journal.requests and "********" not in message:  # short secrets mask arbitrary parts of the message
        assert REQUEST_FAILED.match(message), "the input was rejected after requests were sent"


# --- Arbitrary values -------------------------------------------------------------------------------------------

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
    *("on_failure", "on_success", "destination", "created_time", "unknown_option"),
)
CONNECTION_OPTIONS = tuple(argument_spec())
#: Options that affect the duration of a test. Tests use only invalid values or the values from connection_options().
TIMEOUT_OPTIONS = ("retry_timeout", "access_denied_timeout", "connect_timeout", "read_timeout")
any_value = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(RESOURCE_OPTIONS) | texts, inner, max_size=4)
    ),
    max_leaves=12,
)
valid_options = {
    "service_name": st.sampled_from(["s", "t"]),
    "function_name": st.sampled_from(["f", "g", "nothing"]),
    "qualifier": st.sampled_from(["LATEST", "live", "1"]),
    "state": st.sampled_from(["present", "absent"]),
    "maximum_retry_attempts": st.integers(-1, 9),
    "destination_config": st.just({"on_failure": {"destination": QUEUE}}),
}


@pytest.mark.parametrize("module", MODULES)
@fuzz_settings
@given(data=st.data())
def test_arbitrary_resource_options(proxy_emulator: Emulator, module: str, data: st.DataObject) -> None:
    proxy_emulator.reset()
    names = st.sampled_from(RESOURCE_OPTIONS)
    arbitrary = data.draw(st.dictionaries(names, any_value, max_size=5))
    valid = data.draw(st.fixed_dictionaries({}, optional=valid_options))
    check_result(proxy_emulator, run_in_process(module, {**connection_options(proxy_emulator), **valid, **arbitrary}))


@pytest.mark.parametrize("module", [MODULES[0], MODULES[4]])
@fuzz_settings
@given(data=st.data())
def test_arbitrary_connection_options(proxy_emulator: Emulator, module: str, data: st.DataObject) -> None:
    proxy_emulator.reset()
    names = st.sampled_from([name for name in CONNECTION_OPTIONS if name not in TIMEOUT_OPTIONS])
    arbitrary = data.draw(st.dictionaries(names, any_value, min_size=1, max_size=3))
    timeout: dict[str, Any] = data.draw(
        st.dictionaries(
            st.sampled_from(TIMEOUT_OPTIONS), st.sampled_from([-1, "x", [], "nan", "inf", None]), max_size=1
        )
    )
    task = {"id": "s:f" if module == MODULES[0] else "f:LATEST"}
    check_result(
        proxy_emulator, run_in_process(module, {**connection_options(proxy_emulator), **task, **arbitrary, **timeout})
    )


# --- One invalid option -----------------------------------------------------------------------------------------


def nested(depth: int) -> Any:
    """Return lists nested to this depth."""
    value: Any = []
    for _level in range(depth - 1):
        value = [value]
    return value


def one_of(*values: Any) -> st.SearchStrategy[Any]:
    """Return a strategy that generates one of these values."""
    return st.sampled_from(values)


INVALID_TEXTS = ("x" * 70000, "\x00", "a\x1b[31m", "a\ud800")
MASKED = ("********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")
INVALID_INTEGERS = (
    float("inf"),
    float("-inf"),
    float("nan"),
    1e308,
    10**400,
    True,
    "0x10",
    3.7,
    "1e999999999",
    "9" * 5000,
)
INVALID_NAMES = one_of(
    *("", "a b", "1a", "-a", "a/b", "日本", "a" * 129, "a\n", ["x", "y"], {"a": 1}, True, *INVALID_TEXTS, *MASKED)
)
INVALID_VALUES: Mapping[str, st.SearchStrategy[Any]] = {
    "function_name": INVALID_NAMES,
    "qualifier": one_of("a b", "a.b", "é", "a" * 129, "a\n", {}, True, False, *INVALID_TEXTS, *MASKED),
    "maximum_event_age_in_seconds": st.integers(max_value=0)
    | st.integers(min_value=2592001)
    | one_of("a", 1.5, [1], {"a": 1}, *INVALID_INTEGERS),
    "maximum_retry_attempts": st.integers(max_value=-1)
    | st.integers(min_value=9)
    | one_of("two", 1.5, [], {}, *INVALID_INTEGERS),
    "destination_config": one_of(
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
    "omitted_options": one_of("replace", "", 7, [], True, *INVALID_TEXTS),
    "state": one_of("here", "", 0, ["present"], False, *INVALID_TEXTS),
    "id": one_of("s:f:live:x", "acs:fc:x", "s:", "::", "s:f g", True, "s:" + "f" * 2048, *INVALID_TEXTS, *MASKED),
    "unknown_option": any_value,
    "connect_timeout": one_of(0, -1, "soon", "nan", "inf", []),
    "retry_timeout": one_of(-0.001, "x", "nan", {}),
    "account_id": one_of("12a", "acs:", "一二", "1" * 33),
    "region": one_of("cn hangzhou", "x", "CN-HANGZHOU", "a/b"),
    "endpoint": one_of("ftp://x", "http://a b", "http://x/path", "http://u:p@x", "x:99999", "http://", "[::1"),
    "ca_path": one_of("/nonexistent/ca.pem"),
    "network": one_of("intranet", ""),
    "validate_certs": one_of("perhaps", [], 7),
    "profile": one_of("another authentication method"),
    "assume_role": one_of({"role_arn": "deployer"}, {"role_arn": "acs:ram::1:role/x", "session_expiration": 1}, "x"),
    "concurrency": one_of(0, 65, -1, "many", *INVALID_INTEGERS),
    "configs": one_of(
        "", "[]", '[{"id": "s:f"}]', {}, {"id": "s:f"}, 7, True, None, ["id=s:f"], [None], [[]], nested(400)
    ),
    "purge": one_of("everything", "", []),
}
SINGLE_OPTIONS = [name for name in INVALID_VALUES if name not in ("concurrency", "purge", "configs")]
ENTRY_OPTIONS = (
    *("function_name", "qualifier", "maximum_event_age_in_seconds", "maximum_retry_attempts", "destination_config"),
    *("omitted_options", "state", "id", "unknown_option"),
)


@pytest.mark.parametrize("generation", GENERATIONS)
@fuzz_settings
@given(data=st.data())
def test_an_invalid_option_is_rejected_without_requests(
    proxy_emulator: Emulator, generation: str, data: st.DataObject
) -> None:
    proxy_emulator.reset()
    api = GENERATIONS[generation]
    module = MODULES[0] if api.list_services else MODULES[3]
    name = data.draw(st.sampled_from(SINGLE_OPTIONS))
    value = data.draw(INVALID_VALUES[name])
    names = {"function_name": "f", **({"service_name": "s"} if api.list_services else {})}
    result = run_in_process(module, {**connection_options(proxy_emulator), **names, **options(api), name: value})
    assert result.get("failed"), result
    check_result(proxy_emulator, result)
    assert proxy_emulator.journal.requests == []


@pytest.mark.parametrize("generation", GENERATIONS)
@fuzz_settings
@given(data=st.data())
def test_an_invalid_entry_is_rejected_without_requests(
    proxy_emulator: Emulator, generation: str, data: st.DataObject
) -> None:
    proxy_emulator.reset()
    api = GENERATIONS[generation]
    module = MODULES[2] if api.list_services else MODULES[5]
    names = {"service_name": "s"} if api.list_services else {}
    entries = [{"function_name": name, **names, **options(api)} for name in ("f", "g")]
    option = data.draw(st.sampled_from(ENTRY_OPTIONS))
    position = data.draw(st.integers(0, 1))
    entries[position][option] = data.draw(INVALID_VALUES[option])
    result = run_in_process(module, {**connection_options(proxy_emulator), "configs": entries})
    assert result.get("failed"), result
    assert f"configs[{position}]" in result["msg"]
    assert proxy_emulator.journal.requests == []


@pytest.mark.parametrize("module", [MODULES[1], MODULES[2]])
@fuzz_settings
@given(data=st.data())
def test_an_invalid_option_of_the_info_and_bulk_modules_is_rejected_without_requests(
    proxy_emulator: Emulator, module: str, data: st.DataObject
) -> None:
    proxy_emulator.reset()
    names = ["concurrency", "endpoint", "region", "profile", "unknown_option", "retry_timeout", "configs"]
    name = data.draw(st.sampled_from(names))
    valid: dict[str, Any] = {} if module == MODULES[1] else {"configs": [{"id": "s:f"}]}
    result = run_in_process(
        module, {**connection_options(proxy_emulator), **valid, name: data.draw(INVALID_VALUES[name])}
    )
    assert result.get("failed"), result
    assert proxy_emulator.journal.requests == []
