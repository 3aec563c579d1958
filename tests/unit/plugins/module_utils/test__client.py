# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the client with the real SDK and the emulator. Network failures are tested in tests/resilience."""

from __future__ import annotations

import json
import sys
from typing import Any, Iterator

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api import sdk
from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, MissingLibrary, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Cause, Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import get_path
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.wire import request_body
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import AccessKey
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from emulator import Emulator
from emulator.certificate import self_signed
from support.connecting import ROLE, connect
from support.libraries import NEEDS_FC3

# The SDK uses the deprecated datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

APIS = pytest.mark.parametrize("api", [pytest.param(FC2, id="FC 2.0"), pytest.param(FC3, id="FC 3.0", marks=NEEDS_FC3)])
ACCOUNT = {
    "services": {"s": {"functions": ["f"], "versions": ["1"], "aliases": {"live": "1"}}},
    "functions": {"f": {"versions": ["1"], "aliases": {"live": "1"}}},
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Run an emulator with functions but no configs."""
    with Emulator(state=ACCOUNT) as running:
        yield running


def client_to(emulator: Emulator, api: Generation = FC2, environ: Any = None, **options: Any) -> Client:
    """Return a client without retries."""
    parameters = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "endpoint": emulator.url,
        "sts_endpoint": emulator.url,
        **options,
    }
    connection = connect(environ, **{name: value for name, value in parameters.items() if value is not None})
    return Client(api, connection, Retrier(0, 0))


@APIS
def test_the_sdk_sends_every_field(api: Generation) -> None:
    """The SDK's models drop unknown fields, so a new field may require a newer SDK release."""
    values = {field.option: field.sample for field in api.fields}
    body = request_body(api, values)
    fields = {"body": body} if api.sdk.nested_body else body
    models = sdk.load_package(api.sdk.package + ".models")
    sent = getattr(models, api.operations.put + "Request")().from_map(fields).to_map()
    sent = sent["body"] if api.sdk.nested_body else sent
    assert {field.api: get_path(sent, field.api_path) for field in api.fields} == {
        field.api: field.sample for field in api.fields
    }


def function_of(api: Generation, name: str = "f") -> Function:
    """Return the identity of a function in the account."""
    return Function(name, "s" if api.list_services else None)


def identity_of(api: Generation, name: str = "f", qualifier: str = LATEST) -> Identity:
    """Return the identity of a config in the account."""
    return Identity(name, qualifier, function_of(api).service_name)


@APIS
def test_put_get_list_and_delete(emulator: Emulator, api: Generation) -> None:
    client, identity = client_to(emulator, api), identity_of(api)
    assert client.get(identity) is None
    stored = client.put(identity, {"maximum_retry_attempts": 0, "maximum_event_age_in_seconds": 60})
    assert stored.settings["maximum_retry_attempts"] == 0
    assert client.get(identity) == stored
    assert client.get_until(identity, lambda config: config == stored, 0) == stored
    assert [config.settings for config in client.configs(identity.function)] == [stored.settings]
    assert client.delete(identity) is True
    assert client.delete(identity) is False
    assert client.get(identity) is None


@APIS
def test_missing_functions_and_aliases_are_distinguished(emulator: Emulator, api: Generation) -> None:
    client, missing = client_to(emulator, api), identity_of(api, "nothing")
    with pytest.raises(NotFound, match="Create the function first"):
        client.get(missing)
    with pytest.raises(NotFound, match="Create the alias first"):
        client.put(identity_of(api, qualifier="nothing"), {})
    assert client.delete(missing) is False


@pytest.mark.parametrize("operation", ["get", "put", "delete"])
@pytest.mark.parametrize("code", ["ServiceNotFound", "FunctionNotFound", "AliasNotFound", "VersionNotFound"])
@APIS
def test_missing_parents_are_not_found_errors(emulator: Emulator, api: Generation, code: str, operation: str) -> None:
    emulator.faults.add(status=404, code=code)
    client, identity = client_to(emulator, api), identity_of(api)
    if operation == "delete":
        assert client.delete(identity) is False
        return
    with pytest.raises(NotFound, match=code):
        client.get(identity) if operation == "get" else client.put(identity, {})


@pytest.mark.parametrize(
    ("status", "code", "cause"),
    [
        (429, None, Cause.THROTTLED),
        (400, "Throttling", Cause.THROTTLED),
        (400, "Throttling.User", Cause.THROTTLED),
        (503, "ResourceExhausted", Cause.THROTTLED),
        (500, "InternalServerError", Cause.SERVER),
        (409, "ConcurrentUpdateError", Cause.SERVER),
        (403, "AccessDenied", Cause.DENIED),
        (403, "Forbidden", Cause.DENIED),
        (403, "NoPermission", Cause.DENIED),
        (403, "SignatureNotMatch", Cause.UNAUTHENTICATED),
        (404, "FunctionNotFound", Cause.PERMANENT),
    ],
)
def test_errors_are_classified_by_status_and_code(
    emulator: Emulator, status: int, code: str | None, cause: Cause
) -> None:
    emulator.faults.add(status=status, code=code or "", body=json.dumps({"ErrorCode": code} if code else None))
    with pytest.raises(ApiError) as exc_info:
        client_to(emulator).get(identity_of(FC2))
    assert exc_info.value.cause is cause


def test_temporary_sts_errors_are_retried(emulator: Emulator) -> None:
    emulator.faults.add("AssumeRole", status=503, times=1)
    parameters = {"access_key_id": emulator.access_key_id, "access_key_secret": emulator.access_key_secret}
    connection = connect(
        **parameters, account_id=emulator.account_id, endpoint=emulator.url, sts_endpoint=emulator.url,
        assume_role={"role_arn": ROLE},
    )  # fmt: skip
    client = Client(FC2, connection, Retrier(60, 0, jitter=min))
    assert client.get(identity_of(FC2)) is None
    assert emulator.journal.counts["AssumeRole"] == 2


def test_timeouts_connections_and_proxies_are_passed_to_the_sdk(emulator: Emulator) -> None:
    proxy = "http://127.0.0.1:9"
    parameters = {"access_key_id": "LTAI", "access_key_secret": "secret", "account_id": "1", "region": "cn-hangzhou"}
    connection = connect({"https_proxy": proxy}, **parameters, connect_timeout=1.5, read_timeout=2.5)
    client = Client(FC2, connection, Retrier(0, 0), concurrency=33)
    assert (client._caller._runtime.connect_timeout, client._caller._runtime.read_timeout) == (1500, 2500)
    assert client._caller._runtime.max_idle_conns == 33
    assert client._caller._sdk._https_proxy == proxy
    assert emulator.journal.requests == []


def test_services_and_functions_are_listed_with_pagination(emulator: Emulator) -> None:
    for number in range(150):
        emulator.store.create_service(f"service{number:03}")
        emulator.store.create_function("s", f"function{number:03}")
    client = client_to(emulator)
    assert client.services() == ["s", *(f"service{number:03}" for number in range(150))]
    assert [function.function_name for function in client.functions("s")][-1] == "function149"
    assert emulator.journal.counts == {"ListServices": 2, "ListFunctions": 2}
    assert (client.lists_qualifiers, client.lists_account) == (True, False)


@NEEDS_FC3
def test_fc3_lists_functions_qualifiers_and_the_account(emulator: Emulator) -> None:
    client = client_to(emulator, FC3)
    client.put(identity_of(FC3), {})
    assert client.functions(None) == [Function("f")]
    assert list(client.qualifiers(Function("f"))) == [LATEST, "live", "1"]
    assert [config.identity.function_name for config in client.configs(None)] == ["f"]
    assert (client.lists_qualifiers, client.lists_account) == (False, True)


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        ({"status": 429, "headers": {"x-acs-retry-after": "7"}}, "HTTP 429, ResourceExhausted"),
        ({"status": 503, "headers": {"Retry-After": "soon"}}, "HTTP 503, ResourceThrottled"),
        ({"status": 403}, "Grant fc:GetFunctionAsyncInvokeConfig to the caller"),
        ({"status": 403, "message": "The service or function doesn't belong to you."}, "Check account_id and region"),
        ({"status": 403, "message": "FC service is not enabled for current user."}, "Activate Function Compute"),
        ({"status": 409}, "Another process is changing the same function"),
        ({"status": 502, "body": "<html>"}, r"not in the JSON format of Function Compute \(HTTP 502"),
        ({"body": "null"}, "not in the JSON format of Function Compute"),
        ({"drop": "before"}, "Check endpoint, region, network and the proxy settings"),
    ],
)
@APIS
def test_errors_contain_a_hint(emulator: Emulator, api: Generation, fault: Any, message: str) -> None:
    emulator.faults.add(**fault)
    with pytest.raises(
        ApiError, match=f"^{api.operations.get} of {identity_of(api).id} failed: .*{message}"
    ) as exc_info:
        client_to(emulator, api).get(identity_of(api))
    assert (exc_info.value.details() is None) == ("drop" in fault)
    assert exc_info.value.retry_after == (7.0 if fault.get("status") == 429 else None)


def test_denied_put_mentions_permissions_for_destinations(emulator: Emulator) -> None:
    emulator.faults.add(status=403)
    with pytest.raises(ApiError, match="also grant the role of the service permission to send to them"):
        client_to(emulator).put(identity_of(FC2), {})


def test_account_is_looked_up_if_the_endpoint_contains_it(emulator: Emulator) -> None:
    environ = {"http_proxy": emulator.url}
    client = client_to(emulator, environ=environ, account_id=None, endpoint="http://cn-hangzhou.fc.aliyuncs.com")
    assert client.get(identity_of(FC2)) is None
    assert emulator.journal.counts == {"GetCallerIdentity": 1, FC2.operations.get: 1}


def test_failure_to_get_a_credential_is_not_an_api_error(emulator: Emulator) -> None:
    emulator.faults.add("AssumeRole", status=403, code="NoPermission")
    client = client_to(emulator, assume_role={"role_arn": ROLE})
    with pytest.raises(CredentialError, match="Assuming the role"):
        client.get(identity_of(FC2))


@pytest.mark.parametrize("invalid", ["\n", "\u200b"])
@APIS
def test_characters_invalid_in_headers_are_not_displayed(
    emulator: Emulator, api: Generation, monkeypatch: pytest.MonkeyPatch, invalid: str
) -> None:
    # Options are validated earlier, but a server could issue a token with invalid characters.
    monkeypatch.setattr(AccessKey, "invalid_part", lambda _self: None)
    client = client_to(emulator, api, security_token=f"planted{invalid}token")
    with pytest.raises(ApiError, match="the credential cannot be sent in a header") as exc_info:
        client.get(identity_of(api))
    assert exc_info.value.cause is Cause.PERMANENT
    assert "planted" not in str(exc_info.value)
    assert "token" not in str(exc_info.value)


def test_certificates_are_validated(tmp_path: Any) -> None:
    certificate = self_signed(tmp_path)
    # Use a new port for each connection because the SDK caches trusted certificates per port.
    with Emulator(state=ACCOUNT, tls=certificate) as emulator, pytest.raises(ApiError, match="endpoint and ca_path"):
        client_to(emulator).get(identity_of(FC2))
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        assert client_to(emulator, ca_path=certificate[0]).get(identity_of(FC2)) is None
    with Emulator(state=ACCOUNT, tls=certificate) as emulator:
        assert client_to(emulator, validate_certs=False).get(identity_of(FC2)) is None


@APIS
def test_missing_library_is_reported(emulator: Emulator, api: Generation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, api.sdk.package + ".client", None)
    with pytest.raises(MissingLibrary) as exc_info:
        client_to(emulator, api)
    assert exc_info.value.library == api.sdk.library
    assert "ImportError" in exc_info.value.details or "ModuleNotFoundError" in exc_info.value.details


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TypeError("unhashable type: 'list'"), "TypeError: unhashable type: 'list'"),
        (DeprecationWarning("utcnow() is deprecated"), "DeprecationWarning: utcnow() is deprecated"),
        (MemoryError(), "MemoryError"),
        (AttributeError("the secret is emulator-secret"), "AttributeError: the secret is ********"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_errors_within_the_sdk_do_not_look_like_lost_connections(
    emulator: Emulator, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    client = client_to(emulator, access_key_secret="emulator-secret")
    openapi = sdk.load_package("alibabacloud_tea_openapi.client")

    def fail(*_arguments: Any) -> None:
        raise error

    transport = openapi.DaraCore if hasattr(openapi, "DaraCore") else openapi.TeaCore
    monkeypatch.setattr(transport, "do_action", staticmethod(fail))
    with pytest.raises(ApiError) as exc_info:
        client.get(identity_of(FC2))
    assert f"the SDK failed to call 127.0.0.1:{emulator.url.rpartition(':')[2]}: {words}" in str(exc_info.value)
    assert "Check the versions of the Python libraries that the module requires." in str(exc_info.value)
    assert (exc_info.value.cause, exc_info.value.uncertain) == (Cause.PERMANENT, True)


def test_debug_output_of_the_sdk_is_suppressed(emulator: Emulator, monkeypatch: pytest.MonkeyPatch, capfd: Any) -> None:
    monkeypatch.setenv("DEBUG", "sdk")
    openapi = sdk.load_package("alibabacloud_tea_openapi.client")
    name = "DaraCore" if hasattr(openapi, "DaraCore") else "TeaCore"
    core: list[Any] = [kind for kind in getattr(openapi, name).__mro__ if "remembers" not in vars(kind)]
    monkeypatch.setattr(openapi, name, core[0])
    assert client_to(emulator).get(identity_of(FC2)) is None
    printed = capfd.readouterr()
    assert "Signature" not in printed.out + printed.err
