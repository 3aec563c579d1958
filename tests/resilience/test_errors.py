# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Service errors are reported with a single exception type and an actionable message."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from emulator import Emulator

from .harness import ACCOUNT, GENERATIONS, Harness, options
from .test_fault_matrix import PROXIED_ENDPOINT

SPELLINGS = ("ErrorCode", "RequestID", "RequestId")
WRONG_ACCOUNT = "9999999999999999"


def call_and_get_error(harness: Harness, operation: str, name: str = "f") -> ApiError:
    """Call get, put or delete for a function's configuration and return the error."""
    desired = harness.desired(name, **options(harness.api))
    arguments: tuple[Any, ...] = (desired.identity, desired.given) if operation == "put" else (desired.identity,)
    with pytest.raises(ApiError) as caught:
        getattr(harness.client, operation)(*arguments)
    return caught.value


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("header", [{}, {"Retry-After": "1"}])
def test_all_spellings_of_error_fields_are_parsed(
    emulator: Emulator, generation: str, spelling: str, header: dict[str, str]
) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    emulator.switches.error_spelling = spelling  # type: ignore[assignment]
    emulator.faults.add(status=400, code="InvalidArgument", message="the destination is not valid", headers=header)
    error = call_and_get_error(harness, "put")
    details = error.details()
    assert details is not None
    request_id = details.pop("request_id")
    assert len(request_id) == 36, "from the body or the header"
    assert details == {
        "code": "InvalidArgument",
        "message": "the destination is not valid",
        "status": 400,
        "operation": harness.api.operations.put,
    }
    assert str(error) == (
        f"{harness.api.operations.put} of {harness.identity.id} failed: the destination is not valid "
        f"(HTTP 400, InvalidArgument, request id {request_id})."
    )


@pytest.mark.parametrize("body", ["", "null", "[]", "7", '"text"', "{}", "<html>", '{"Code": null, "Message": null}'])
@pytest.mark.parametrize("status", [400, 404, 502])
def test_an_error_with_a_malformed_body_keeps_its_status(emulator: Emulator, status: int, body: str) -> None:
    harness = Harness(emulator)
    emulator.faults.add(status=status, body=body, content_type="application/json")
    error = call_and_get_error(harness, "get")
    assert error.status == status
    assert error.code is None
    assert "the response is not in the JSON format of Function Compute" in str(error)
    assert "None" not in str(error)


@pytest.mark.parametrize("body", ["null", "[]", "7", '"text"', "<html>"])
def test_a_response_that_is_not_an_object_is_an_error(emulator: Emulator, body: str) -> None:
    harness = Harness(emulator)
    harness.store({"maximum_retry_attempts": 1})
    emulator.faults.add(body=body, content_type="application/json")
    assert "the response is not in the JSON format of Function Compute" in str(call_and_get_error(harness, "get"))


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("operation", ["get", "put", "delete"])
def test_access_denied_error_contains_the_ram_action(emulator: Emulator, generation: str, operation: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    action = {"get": "Get", "put": "Put", "delete": "Delete"}[operation] + "FunctionAsyncInvokeConfig"
    emulator.faults.add(
        status=403,
        message=f"the caller is not authorized to perform 'fc:{action}' on resource "
        "'acs:fc:cn-hangzhou:1234567890123456:services/accounting/functions/f'",
    )
    error = call_and_get_error(harness, operation)
    assert f"Grant fc:{action} to the caller" in str(error)
    # The response states that the caller lacks the permission.
    assert "role" not in str(error)
    emulator.faults.clear()
    emulator.faults.add(status=403, message="access denied")
    error = call_and_get_error(harness, operation)
    assert f"grant fc:{action} to the caller" in str(error).replace("Grant", "grant")
    assert ("needs the permissions mns:SendMessage on " in str(error)) == (operation == "put")


def test_error_for_a_wrong_account_id_contains_a_hint(emulator: Emulator) -> None:
    harness = Harness(
        emulator, account_id=WRONG_ACCOUNT, endpoint=PROXIED_ENDPOINT, environ={"http_proxy": emulator.url}
    )
    error = call_and_get_error(harness, "get")
    assert f"The function does not belong to account {WRONG_ACCOUNT}. Check account_id and region." in str(error)
    assert error.code == "AccessDenied"


def test_error_for_a_wrong_account_with_a_custom_endpoint_contains_a_hint(emulator: Emulator) -> None:
    harness = Harness(emulator, account_id=None)
    emulator.faults.add(status=403, message="The service or function doesn't belong to you.")
    expected = "The function does not belong to the account of the endpoint. Check account_id and region."
    assert expected in str(call_and_get_error(harness, "get"))


def test_error_for_an_account_without_function_compute_contains_a_hint(emulator: Emulator) -> None:
    emulator.switches.fc_enabled = False
    assert str(call_and_get_error(Harness(emulator), "get")).endswith(
        "Activate Function Compute in this account first."
    )


@pytest.mark.parametrize(
    ("changes", "code", "hint"),
    [
        ({"access_key_secret": "wrong"}, "SignatureNotMatch", "Check access_key_secret"),
        ({"access_key_id": "LTAIwrong"}, "InvalidAccessKeyID", "Check access_key_id"),
    ],
)
@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_wrong_access_key_fails_without_retries(
    emulator: Emulator, generation: str, changes: dict[str, Any], code: str, hint: str
) -> None:
    harness = Harness(emulator, GENERATIONS[generation], **changes)
    error = call_and_get_error(harness, "put")
    assert error.code == code
    assert hint in str(error)
    assert harness.now == 0


@pytest.mark.parametrize(
    ("changes", "code", "hint"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch", "Check access_key_secret"),
        ({"access_key_id": "LTAIwrong"}, "InvalidAccessKeyId.NotFound", "Check access_key_id"),
        ({"security_token": "wrong"}, "InvalidSecurityToken.MismatchWithAccessKey", "Check security_token"),
    ],
)
def test_errors_of_sts_for_a_wrong_access_key_contain_a_hint(
    emulator: Emulator, changes: dict[str, Any], code: str, hint: str
) -> None:
    harness = Harness(emulator)
    if "security_token" in changes:
        key = emulator.issue_key()
        changes = {"access_key_id": key.id, "access_key_secret": key.secret, **changes}
    with pytest.raises(ApiError, match=f"^GetCallerIdentity of the caller failed: .*{hint}") as caught:
        harness.connect(account_id=None, endpoint=PROXIED_ENDPOINT, **changes)
    assert caught.value.code == code


def test_the_string_to_sign_is_removed_from_errors(emulator: Emulator) -> None:
    harness = Harness(emulator)
    message = (
        "Specified signature does not match our calculation. server string to sign is:x-acs-security-token:planted"
    )
    emulator.faults.add(status=400, code="SignatureDoesNotMatch", message=message)
    error = call_and_get_error(harness, "get")
    assert error.message == "Specified signature does not match our calculation"
    assert "planted" not in str(error)


@pytest.mark.parametrize(
    ("generation", "name", "code"),
    [("FC 2.0", "nothing", "FunctionNotFound"), ("FC 3.0", "nothing", "FunctionNotFound")],
)
def test_error_for_a_missing_function_contains_a_hint(
    emulator: Emulator, generation: str, name: str, code: str
) -> None:
    error = call_and_get_error(Harness(emulator, GENERATIONS[generation]), "put", name)
    assert isinstance(error, NotFound)
    assert error.code == code
    assert str(error).endswith("Create the function first, or check its name and region.")


@pytest.mark.parametrize("status", [429, 503])
def test_throttling_error_contains_a_hint(emulator: Emulator, status: int) -> None:
    emulator.faults.add(status=status)
    error = call_and_get_error(Harness(emulator), "get")
    assert str(error).endswith("Run the task again later, with a lower concurrency or a longer retry_timeout.")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_a_failure_to_assume_a_role_is_a_credential_error(emulator: Emulator, generation: str) -> None:
    harness = Harness(emulator, GENERATIONS[generation])
    role = {"role_arn": "acs:ram::1234567890123456:role/deployer"}
    emulator.faults.add("AssumeRole", status=403, code="NoPermission", message="You are not authorized to do this.")
    client = harness.connect(assume_role=role)
    with pytest.raises(CredentialError, match=r"Assuming the role acs:ram::1234567890123456:role/deployer failed: "):
        client.get(harness.identity)
    assert emulator.journal.counts == {"AssumeRole": 1}, "no retries, and no requests to Function Compute"


def test_a_connection_error_has_no_status() -> None:
    with Emulator(state=ACCOUNT) as emulator:
        harness = Harness(emulator)
    error = call_and_get_error(harness, "get")
    assert error.details() is None
    assert "Check endpoint, region, network and the proxy settings." in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("generation", GENERATIONS)
@pytest.mark.parametrize("code", ["AccessDenied", "InvalidSecurityToken.Expired", "InvalidAccessKeyID"])
def test_an_expired_token_is_renewed_once(emulator: Emulator, generation: str, code: Any) -> None:
    """The token expires before its stated expiration time. Only the error tells the client that it has expired."""
    harness = Harness(emulator, GENERATIONS[generation])
    harness.store({"maximum_retry_attempts": 1})
    emulator.switches.token_code = code
    client = harness.connect(assume_role={"role_arn": "acs:ram::1234567890123456:role/deployer"}, concurrency=8)
    assert client.get(harness.identity) is not None
    keys = emulator._account.keys._temporary
    keys.update({name: dataclasses.replace(key, expires=0.0) for name, key in keys.items()})
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(client.get, [harness.identity] * 100))
    assert None not in results
    assert emulator.journal.counts["AssumeRole"] == 2, "the initial token, and its replacement"


def test_the_error_is_returned_if_the_renewed_token_is_rejected(emulator: Emulator) -> None:
    harness = Harness(emulator)
    client = harness.connect(assume_role={"role_arn": "acs:ram::1234567890123456:role/deployer"})
    emulator.faults.add(harness.api.operations.get, status=403, code="InvalidSecurityToken.Expired", message="expired")
    with pytest.raises(ApiError, match="Get a new security token"):
        client.get(harness.identity)
    assert emulator.journal.counts == {"AssumeRole": 2, harness.api.operations.get: 2}


@pytest.mark.parametrize("account_id", ["", "12ab", "1.cn-hangzhou.example.com/", "../..", None])
def test_an_invalid_account_id_from_sts_is_rejected(emulator: Emulator, account_id: str | None) -> None:
    harness = Harness(emulator)
    body = json.dumps({"AccountId": account_id, "RequestId": "1"})
    emulator.faults.add("GetCallerIdentity", body=body, content_type="application/json")
    with pytest.raises(ApiError, match=r"^GetCallerIdentity of the caller failed: ") as caught:
        harness.connect(account_id=None, endpoint=PROXIED_ENDPOINT)
    assert "not a number" in str(caught.value)
    assert harness.now == 0
