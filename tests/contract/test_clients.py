# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All official clients work with the emulator and get the same responses."""

from __future__ import annotations

import dataclasses

import pytest
from emulator import ConfigKey, Emulator

from ._clients import Account, Client, JsonObject, ServiceError
from .conftest import MakeClient

QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:1234567890123456:/topics/done/messages"


def full_settings(client: Client) -> JsonObject:
    """Return settings that specify all fields."""
    return {
        "destinationConfig": {"onFailure": {"destination": QUEUE}, "onSuccess": {"destination": TOPIC}},
        "maxAsyncEventAgeInSeconds": 60,
        "maxAsyncRetryAttempts": 0,
        client.mode_field: True,
    }


def returned_settings(client: Client, response: JsonObject) -> JsonObject:
    """Return the settings in a response, excluding unset fields."""
    return {name: response[name] for name in full_settings(client) if response.get(name) is not None}


def key_of(client: Client, qualifier: str) -> ConfigKey:
    """Return the key of the configuration in the emulator's store."""
    return ConfigKey(None if client.version == "2023-03-30" else "shop", "order", qualifier)


def service_error(call: object, *arguments: object) -> tuple[int, str]:
    """Return the status and code of the error that a call raises."""
    assert callable(call)
    with pytest.raises(ServiceError) as caught:
        call(*arguments)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize("qualifier", ["LATEST", "live", "1"])
def test_a_config_can_be_put_read_and_deleted(client: Client, emulator: Emulator, qualifier: str) -> None:
    settings = full_settings(client)
    assert returned_settings(client, client.put("shop", "order", qualifier, settings)) == settings
    assert returned_settings(client, client.get("shop", "order", qualifier)) == settings
    stored = emulator.store.configs[key_of(client, qualifier)]
    assert (stored.on_failure, stored.on_success) == (QUEUE, TOPIC)
    assert (stored.event_age, stored.retry_attempts, stored.stateful) == (60, 0, True)

    client.delete("shop", "order", qualifier)
    assert service_error(client.get, "shop", "order", qualifier) == (404, "AsyncConfigNotExists")
    assert emulator.store.configs == {}


def test_a_put_merges_settings(client: Client) -> None:
    client.put("shop", "order", "LATEST", full_settings(client))
    response = client.put("shop", "order", "LATEST", {"maxAsyncRetryAttempts": 5})
    assert returned_settings(client, response) == {**full_settings(client), "maxAsyncRetryAttempts": 5}


def test_the_page_token_of_a_list_is_the_next_qualifier(client: Client) -> None:
    for qualifier in ("live", "LATEST", "1"):
        client.put("shop", "order", qualifier, {"maxAsyncRetryAttempts": 1})
    configs: list[JsonObject] = []
    tokens = [""]
    while (tokens[-1] or len(tokens) == 1) and len(tokens) < 10:
        batch = client.list_page("shop", "order", 1, tokens[-1])
        configs += batch["configs"]
        tokens.append(batch.get("nextToken", ""))
    assert tokens == ["", "LATEST", "live", ""]
    assert len(configs) == 3
    assert len(client.list_page("shop", "order", 100, "")["configs"]) == 3


def test_a_list_without_configs_is_empty(client: Client) -> None:
    assert not client.list_page("shop", "order", 20, "").get("configs")


def test_each_missing_resource_has_its_own_error_code(client: Client) -> None:
    is_fc3 = client.version == "2023-03-30"
    settings = full_settings(client)
    missing_service = (404, "FunctionNotFound" if is_fc3 else "ServiceNotFound")
    assert service_error(client.put, "shop" if is_fc3 else "none", "none", "LATEST", settings) == missing_service
    assert service_error(client.get, "shop", "none", "LATEST") == (404, "FunctionNotFound")
    assert service_error(client.put, "shop", "order", "none", settings) == (404, "AliasNotFound")
    assert service_error(client.put, "shop", "order", "7", settings) == (404, "VersionNotFound")
    assert service_error(client.delete, "shop", "order", "LATEST") == (404, "AsyncConfigNotExists")
    assert service_error(client.list_page, "shop", "none", 20, "") == (404, "FunctionNotFound")


def test_invalid_values_are_rejected(client: Client) -> None:
    put = client.put
    assert service_error(put, "shop", "order", "LATEST", {"maxAsyncRetryAttempts": 9}) == (400, "InvalidArgument")
    assert service_error(put, "shop", "order", "LATEST", {"maxAsyncEventAgeInSeconds": 0}) == (400, "InvalidArgument")
    empty_destination: JsonObject = {"destinationConfig": {"onSuccess": {}}}
    assert service_error(put, "shop", "order", "LATEST", empty_destination) == (400, "InvalidDestinationResources")
    assert service_error(client.list_page, "shop", "order", 101, "") == (400, "InvalidArgument")


def test_creating_an_existing_function_fails(client: Client) -> None:
    assert service_error(client.create_function, "shop", "order") == (409, "FunctionAlreadyExists")


def test_a_wrong_secret_is_rejected(make_client: MakeClient, account: Account, emulator: Emulator) -> None:
    client = make_client(dataclasses.replace(account, access_key_secret=f"{account.access_key_secret}x"))
    assert service_error(client.get, "shop", "order", "LATEST") == (403, "SignatureNotMatch")
    assert service_error(client.put, "shop", "order", "LATEST", full_settings(client)) == (403, "SignatureNotMatch")
    assert service_error(client.delete, "shop", "order", "LATEST") == (403, "SignatureNotMatch")
    assert not any(entry["stored"] for entry in emulator.journal.requests)


def test_an_unknown_access_key_is_rejected(make_client: MakeClient, account: Account) -> None:
    client = make_client(dataclasses.replace(account, access_key_id="LTAInobody"))
    assert service_error(client.get, "shop", "order", "LATEST") == (403, "InvalidAccessKeyID")


def test_a_temporary_key_requires_its_token(make_client: MakeClient, client: Client, emulator: Emulator) -> None:
    account = Account(emulator.url, emulator.account_id, emulator.region, "", "")
    key = emulator.issue_key()
    valid = dataclasses.replace(account, access_key_id=key.id, access_key_secret=key.secret, security_token=key.token)
    assert returned_settings(client, make_client(valid).put("shop", "order", "LATEST", full_settings(client)))
    other_token = dataclasses.replace(valid, security_token="another-token")
    assert service_error(make_client(other_token).get, "shop", "order", "LATEST") == (403, "AccessDenied")
    expired_key = emulator.issue_key(seconds=-1)
    expired = dataclasses.replace(
        account, access_key_id=expired_key.id, access_key_secret=expired_key.secret, security_token=expired_key.token
    )
    assert service_error(make_client(expired).get, "shop", "order", "LATEST") == (403, "AccessDenied")


def test_throttling_is_reported(client: Client, emulator: Emulator) -> None:
    emulator.faults.add("Get*AsyncInvokeConfig", status=429, times=1)
    assert service_error(client.get, "shop", "order", "LATEST") == (429, "ResourceExhausted")


def test_requests_use_the_path_and_query_of_the_api_version(client: Client, emulator: Emulator) -> None:
    emulator.journal.clear()
    client.put("shop", "order", "live", {"maxAsyncRetryAttempts": 1})
    entry = emulator.journal.requests[-1]
    path, query = {
        "2016-08-15": ("/2016-08-15/services/shop.live/functions/order/async-invoke-config", {}),
        "2021-04-06": ("/2021-04-06/services/shop/functions/order/async-invoke-config", {"qualifier": "live"}),
        "2023-03-30": ("/2023-03-30/functions/order/async-invoke-config", {"qualifier": "live"}),
    }[client.version]
    assert (entry["version"], entry["path"], entry["query"]) == (client.version, path, query)
    assert (entry["status"], entry["stored"], entry["qualifier"]) == (200, True, "live")
    assert entry["access_key_id"] == emulator.access_key_id
