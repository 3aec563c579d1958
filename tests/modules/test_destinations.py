# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of destinations that the role of a service or function may not reach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.destination_policy import destination_policy
from emulator import Emulator

from .test_modules import OWNERS, run

ACCOUNT = "1234567890123456"
ROLE = f"acs:ram::{ACCOUNT}:role/shop"
QUEUE = f"acs:mns:cn-hangzhou:{ACCOUNT}:/queues/failed/messages"
TOPIC = f"acs:mns:cn-hangzhou:{ACCOUNT}:/topics/done/messages"
#: The destinations in the example of the Terraform resource: a queue for failures and a topic for results.
DESTINATIONS = {"on_failure": {"destination": QUEUE}, "on_success": {"destination": TOPIC}}
ON_FAILURE, ON_SUCCESS = (f"destination_config.{half}.destination" for half in ("on_failure", "on_success"))
STATE: dict[str, Any] = {
    "services": {"s": {"functions": ["a"], "role": ROLE}},
    "functions": {"a": {"role": ROLE}},
    "ram": {"roles": {ROLE: {"allow": []}}},
}


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """Return an emulator in which the role of the functions has no permissions."""
    with Emulator(state=STATE) as running:
        yield running


def statements(policy: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the permissions in a policy document in the form that the emulator expects."""
    return [{"action": one["Action"], "resource": one["Resource"]} for one in policy["Statement"]]


@OWNERS
def test_a_role_with_the_permissions_in_the_error_may_send(emulator: Emulator, prefix: str, owner: str) -> None:
    options: dict[str, Any] = {"id": f"{owner}a", "destination_config": DESTINATIONS}
    refused = run(emulator, f"{prefix}_async_invoke_config", **options)
    needed = refused["error"]["required_permissions"]
    assert needed == [
        {"option": ON_FAILURE, "action": "mns:SendMessage", "resource": QUEUE},
        {"option": ON_SUCCESS, "action": "mns:PublishMessage", "resource": TOPIC},
    ]
    kind = "service" if owner else "function"
    assert refused["msg"].endswith(
        f"The role of the {kind} needs the permissions mns:SendMessage on {QUEUE} and mns:PublishMessage on {TOPIC}. "
        "If it has them, grant fc:PutFunctionAsyncInvokeConfig to the caller."
    )
    for lacking in needed:
        others = [one for one in needed if one is not lacking]
        emulator.store.load({"ram": {"roles": {ROLE: {"allow": [_statement(one) for one in others]}}}})
        assert run(emulator, f"{prefix}_async_invoke_config", **options)["failed"]
    emulator.store.load({"ram": {"roles": {ROLE: {"allow": [_statement(one) for one in needed]}}}})
    assert run(emulator, f"{prefix}_async_invoke_config", **options)["changed"]


def _statement(permission: dict[str, str]) -> dict[str, str]:
    return {"action": permission["action"], "resource": permission["resource"]}


@OWNERS
def test_a_role_with_the_policy_of_the_filter_may_send(emulator: Emulator, prefix: str, owner: str) -> None:
    entry: dict[str, Any] = {"id": f"{owner}a", "destination_config": DESTINATIONS}
    refused = run(emulator, f"{prefix}_async_invoke_configs", configs=[entry])
    assert len(refused["results"][0]["error"]["required_permissions"]) == 2
    policy = destination_policy([entry])
    assert [one["Action"] for one in policy["Statement"]] == [["mns:PublishMessage"], ["mns:SendMessage"]]
    emulator.store.load({"ram": {"roles": {ROLE: {"allow": statements(policy)}}}})
    assert run(emulator, f"{prefix}_async_invoke_configs", configs=[entry])["changed"]


@OWNERS
def test_a_caller_without_permission_is_told_apart_from_the_role(emulator: Emulator, prefix: str, owner: str) -> None:
    emulator.store.load({"ram": {"caller": {"allow": ["fc:Get*"]}}})
    options: dict[str, Any] = {"id": f"{owner}a", "destination_config": DESTINATIONS}
    refused = run(emulator, f"{prefix}_async_invoke_config", **options)
    assert refused["msg"].endswith("Grant fc:PutFunctionAsyncInvokeConfig to the caller.")
    assert "role" not in refused["msg"]
    assert "required_permissions" not in refused["error"]


@OWNERS
def test_one_permission_is_named_in_the_singular(emulator: Emulator, prefix: str, owner: str) -> None:
    destinations = {"on_failure": {"destination": QUEUE}}
    refused = run(emulator, f"{prefix}_async_invoke_config", id=f"{owner}a", destination_config=destinations)
    assert f"needs the permission mns:SendMessage on {QUEUE}. If it has them" not in refused["msg"]
    assert f"needs the permission mns:SendMessage on {QUEUE}. If it has it, grant " in refused["msg"]


@OWNERS
def test_incomplete_arns_are_denied_with_general_advice(emulator: Emulator, prefix: str, owner: str) -> None:
    destinations = {"on_failure": {"destination": QUEUE.removesuffix("/messages")}}
    refused = run(emulator, f"{prefix}_async_invoke_config", id=f"{owner}a", destination_config=destinations)
    kind = "service" if owner else "function"
    assert refused["msg"].endswith(
        f"If there are destinations, also grant the role of the {kind} permission to send to them."
    )
    assert "required_permissions" not in refused["error"]


@OWNERS
def test_configs_without_destinations_need_no_role(emulator: Emulator, prefix: str, owner: str) -> None:
    assert run(emulator, f"{prefix}_async_invoke_config", id=f"{owner}a")["changed"]


def test_warnings_about_waiting_name_the_permissions(emulator: Emulator, capfd: pytest.CaptureFixture[str]) -> None:
    destinations = {"on_failure": {"destination": QUEUE}}
    result = run(
        emulator, "function_async_invoke_config", id="s:a", destination_config=destinations, access_denied_timeout=4
    )
    assert result["failed"]
    warnings = " ".join([*result.get("warnings", []), capfd.readouterr().err])
    assert "changes to RAM policies take time to propagate" in warnings
    assert f"mns:SendMessage on {QUEUE}" in " ".join(warnings.split())
