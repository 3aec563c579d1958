# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the service answers comes out as one typed exception, in words that help."""

from __future__ import annotations

import dataclasses
import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from emulator import Emulator

from .test_fault_matrix import PROXIED
from .world import ACCOUNT, APIS, World, options

SPELLINGS = ("ErrorCode", "RequestID", "RequestId")
WRONG_ACCOUNT = "9999999999999999"


def failure(world: World, operation: str, name: str = "f") -> ApiError:
    """The error of a get, put or delete of a function's config."""
    desired = world.desired(name, **options(world.api))
    arguments: tuple[Any, ...] = (desired.identity, desired.given) if operation == "put" else (desired.identity,)
    with pytest.raises(ApiError) as caught:
        getattr(world.client, operation)(*arguments)
    return caught.value


@pytest.mark.parametrize("generation", APIS)
@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("header", [{}, {"Retry-After": "1"}])
def test_the_three_spellings_come_out_alike(
    emulator: Emulator, generation: str, spelling: str, header: dict[str, str]
) -> None:
    world = World(emulator, APIS[generation])
    emulator.switches.error_spelling = spelling  # type: ignore[assignment]
    emulator.faults.add(status=400, code="InvalidArgument", message="the destination is not valid", headers=header)
    error = failure(world, "put")
    details = error.details()
    assert details is not None
    request_id = details.pop("request_id")
    assert len(request_id) == 36, "in the body or, failing that, in the header"
    assert details == {
        "code": "InvalidArgument",
        "message": "the destination is not valid",
        "status": 400,
        "operation": world.api.operations.put,
    }
    assert str(error) == (
        f"{world.api.operations.put} of {world.identity.id} failed: the destination is not valid "
        f"(HTTP 400, InvalidArgument, request id {request_id})."
    )


@pytest.mark.parametrize("body", ["", "null", "[]", "7", '"text"', "{}", "<html>", '{"Code": null, "Message": null}'])
@pytest.mark.parametrize("status", [400, 404, 502])
def test_an_error_that_is_no_error_body_keeps_its_status(emulator: Emulator, status: int, body: str) -> None:
    world = World(emulator)
    emulator.faults.add(status=status, body=body, content_type="application/json")
    error = failure(world, "get")
    assert error.status == status
    assert error.code is None
    assert "the answer is not the JSON that Function Compute sends" in str(error)
    assert "None" not in str(error)


@pytest.mark.parametrize("body", ["null", "[]", "7", '"text"', "<html>"])
def test_an_answer_that_is_no_object_is_not_taken_for_an_empty_config(emulator: Emulator, body: str) -> None:
    world = World(emulator)
    world.store({"maximum_retry_attempts": 1})
    emulator.faults.add(body=body, content_type="application/json")
    assert "the answer is not the JSON that Function Compute sends" in str(failure(world, "get"))


@pytest.mark.parametrize("generation", APIS)
@pytest.mark.parametrize("operation", ["get", "put", "delete"])
def test_denied_names_the_ram_action(emulator: Emulator, generation: str, operation: str) -> None:
    world = World(emulator, APIS[generation])
    action = {"get": "Get", "put": "Put", "delete": "Delete"}[operation] + "FunctionAsyncInvokeConfig"
    emulator.faults.add(
        status=403,
        message=f"the caller is not authorized to perform 'fc:{action}' on resource "
        "'acs:fc:cn-hangzhou:1234567890123456:services/accounting/functions/f'",
    )
    error = failure(world, operation)
    assert f"Grant the RAM action fc:{action} to who calls" in str(error)
    assert ("mns:SendMessage" in str(error)) == (operation == "put")


def test_the_wrong_account_is_told_in_words(emulator: Emulator) -> None:
    world = World(emulator, account_id=WRONG_ACCOUNT, endpoint=PROXIED, environ={"http_proxy": emulator.url})
    error = failure(world, "get")
    assert f"The function does not belong to account {WRONG_ACCOUNT}: check account_id and region." in str(error)
    assert error.code == "AccessDenied"


def test_the_wrong_account_behind_an_endpoint_of_ones_own_is_told_too(emulator: Emulator) -> None:
    world = World(emulator, account_id=None)
    emulator.faults.add(status=403, message="The service or function doesn't belong to you.")
    words = "The function does not belong to the account that the endpoint names: check account_id and region."
    assert words in str(failure(world, "get"))


def test_an_account_without_function_compute_is_told_what_to_do(emulator: Emulator) -> None:
    emulator.switches.fc_enabled = False
    assert str(failure(World(emulator), "get")).endswith("Activate Function Compute in this account first.")


@pytest.mark.parametrize(
    ("changes", "code", "advice"),
    [
        ({"access_key_secret": "wrong"}, "SignatureNotMatch", "Check access_key_secret"),
        ({"access_key_id": "LTAIwrong"}, "InvalidAccessKeyID", "Check access_key_id"),
    ],
)
@pytest.mark.parametrize("generation", APIS)
def test_a_wrong_key_is_told_at_once(
    emulator: Emulator, generation: str, changes: dict[str, Any], code: str, advice: str
) -> None:
    world = World(emulator, APIS[generation], **changes)
    error = failure(world, "put")
    assert error.code == code
    assert advice in str(error)
    assert world.now == 0


@pytest.mark.parametrize(
    ("changes", "code", "advice"),
    [
        ({"access_key_secret": "wrong"}, "SignatureDoesNotMatch", "Check access_key_secret"),
        ({"access_key_id": "LTAIwrong"}, "InvalidAccessKeyId.NotFound", "Check access_key_id"),
        ({"security_token": "wrong"}, "InvalidSecurityToken.MismatchWithAccessKey", "Check security_token"),
    ],
)
def test_a_wrong_key_is_told_by_sts_too(emulator: Emulator, changes: dict[str, Any], code: str, advice: str) -> None:
    world = World(emulator)
    if "security_token" in changes:
        key = emulator.issue_key()
        changes = {"access_key_id": key.id, "access_key_secret": key.secret, **changes}
    with pytest.raises(ApiError, match=f"^GetCallerIdentity of the caller failed: .*{advice}") as caught:
        world.connect(account_id=None, endpoint=PROXIED, **changes)
    assert caught.value.code == code


def test_what_was_signed_is_not_repeated(emulator: Emulator) -> None:
    world = World(emulator)
    told = "Specified signature does not match our calculation. server string to sign is:x-acs-security-token:planted"
    emulator.faults.add(status=400, code="SignatureDoesNotMatch", message=told)
    error = failure(world, "get")
    assert error.message == "Specified signature does not match our calculation"
    assert "planted" not in str(error)


@pytest.mark.parametrize(
    ("generation", "name", "code"),
    [("FC 2.0", "nothing", "FunctionNotFound"), ("FC 3.0", "nothing", "FunctionNotFound")],
)
def test_a_missing_function_says_what_to_do(emulator: Emulator, generation: str, name: str, code: str) -> None:
    error = failure(World(emulator, APIS[generation]), "put", name)
    assert isinstance(error, NotFound)
    assert error.code == code
    assert str(error).endswith("Create the function first, or check its name and region.")


@pytest.mark.parametrize("status", [429, 503])
def test_throttling_says_what_to_do(emulator: Emulator, status: int) -> None:
    emulator.faults.add(status=status)
    error = failure(World(emulator), "get")
    assert str(error).endswith("Run it again later, with a lower concurrency or a longer retry_timeout.")


@pytest.mark.parametrize("generation", APIS)
def test_a_credential_that_cannot_be_had_is_said_to_be_the_cause(emulator: Emulator, generation: str) -> None:
    world = World(emulator, APIS[generation])
    role = {"role_arn": "acs:ram::1234567890123456:role/deployer"}
    emulator.faults.add("AssumeRole", status=403, code="NoPermission", message="You are not authorized to do this.")
    client = world.connect(assume_role=role)
    with pytest.raises(CredentialError, match=r"Assuming the role acs:ram::1234567890123456:role/deployer failed: "):
        client.get(world.identity)
    assert emulator.journal.counts == {"AssumeRole": 1}, "nothing was asked of Function Compute, and nothing twice"


def test_nobody_there_is_told_without_a_status() -> None:
    with Emulator(state=ACCOUNT) as emulator:
        world = World(emulator)
    error = failure(world, "get")
    assert error.details() is None
    assert "Check endpoint, region, network and the proxy settings." in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize("generation", APIS)
@pytest.mark.parametrize("code", ["AccessDenied", "InvalidSecurityToken.Expired", "InvalidAccessKeyID"])
def test_a_token_that_expires_in_the_middle_of_a_task_is_renewed_once(
    emulator: Emulator, generation: str, code: Any
) -> None:
    """Before the end that was promised, so that only the service knows."""
    world = World(emulator, APIS[generation])
    world.store({"maximum_retry_attempts": 1})
    emulator.switches.token_code = code
    client = world.connect(assume_role={"role_arn": "acs:ram::1234567890123456:role/deployer"}, concurrency=8)
    assert client.get(world.identity) is not None
    issued = emulator._account.keys._temporary
    issued.update({name: dataclasses.replace(key, expires=0.0) for name, key in issued.items()})
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(client.get, [world.identity] * 100))
    assert None not in found
    assert emulator.journal.counts["AssumeRole"] == 2, "one for the task, and one in place of what was refused"


def test_a_new_token_that_is_refused_too_is_an_error(emulator: Emulator) -> None:
    world = World(emulator)
    client = world.connect(assume_role={"role_arn": "acs:ram::1234567890123456:role/deployer"})
    emulator.faults.add(world.api.operations.get, status=403, code="InvalidSecurityToken.Expired", message="expired")
    with pytest.raises(ApiError, match="Get a new security token"):
        client.get(world.identity)
    assert emulator.journal.counts == {"AssumeRole": 2, world.api.operations.get: 2}


@pytest.mark.parametrize("account_id", ["", "12ab", "1.cn-hangzhou.example.com/", "../..", None])
def test_an_account_id_that_is_no_number_becomes_no_host_name(emulator: Emulator, account_id: str | None) -> None:
    world = World(emulator)
    body = json.dumps({"AccountId": account_id, "RequestId": "1"})
    emulator.faults.add("GetCallerIdentity", body=body, content_type="application/json")
    with pytest.raises(ApiError, match=r"^GetCallerIdentity of the caller failed: ") as caught:
        world.connect(account_id=None, endpoint=PROXIED)
    assert "not a number" in str(caught.value)
    assert world.now == 0
