# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an official client asks of the emulator, each does, and each is told the same."""

from __future__ import annotations

import dataclasses

import pytest
from emulator import ConfigKey, Emulator

from ._clients import Account, Client, JsonObject, RefusedError
from .conftest import MakeClient

QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/failed/messages"
TOPIC = "acs:mns:cn-hangzhou:1234567890123456:/topics/done/messages"


def settings_of(client: Client) -> JsonObject:
    """Everything that a config can hold, set."""
    return {
        "destinationConfig": {"onFailure": {"destination": QUEUE}, "onSuccess": {"destination": TOPIC}},
        "maxAsyncEventAgeInSeconds": 60,
        "maxAsyncRetryAttempts": 0,
        client.mode_field: True,
    }


def settings_in(client: Client, answer: JsonObject) -> JsonObject:
    """The settings in an answer, without those that are unset."""
    return {name: answer[name] for name in settings_of(client) if answer.get(name) is not None}


def key_of(client: Client, qualifier: str) -> ConfigKey:
    """Where the emulator keeps what the client put."""
    return ConfigKey(None if client.version == "2023-03-30" else "shop", "order", qualifier)


def refusal(call: object, *arguments: object) -> tuple[int, str]:
    """The status and code that a call is refused with."""
    assert callable(call)
    with pytest.raises(RefusedError) as refused:
        call(*arguments)
    return refused.value.status, refused.value.code


@pytest.mark.parametrize("qualifier", ["LATEST", "live", "1"])
def test_a_config_is_put_read_and_deleted(client: Client, emulator: Emulator, qualifier: str) -> None:
    settings = settings_of(client)
    assert settings_in(client, client.put("shop", "order", qualifier, settings)) == settings
    assert settings_in(client, client.get("shop", "order", qualifier)) == settings
    stored = emulator.store.configs[key_of(client, qualifier)]
    assert (stored.on_failure, stored.on_success) == (QUEUE, TOPIC)
    assert (stored.event_age, stored.retry_attempts, stored.stateful) == (60, 0, True)

    client.delete("shop", "order", qualifier)
    assert refusal(client.get, "shop", "order", qualifier) == (404, "AsyncConfigNotExists")
    assert emulator.store.configs == {}


def test_a_put_merges(client: Client) -> None:
    client.put("shop", "order", "LATEST", settings_of(client))
    merged = client.put("shop", "order", "LATEST", {"maxAsyncRetryAttempts": 5})
    assert settings_in(client, merged) == {**settings_of(client), "maxAsyncRetryAttempts": 5}


def test_a_list_is_paged_by_the_next_qualifier(client: Client) -> None:
    for qualifier in ("live", "LATEST", "1"):
        client.put("shop", "order", qualifier, {"maxAsyncRetryAttempts": 1})
    configs: list[JsonObject] = []
    tokens = [""]
    while (tokens[-1] or len(tokens) == 1) and len(tokens) < 10:
        page = client.page("shop", "order", 1, tokens[-1])
        configs += page["configs"]
        tokens.append(page.get("nextToken", ""))
    assert tokens == ["", "LATEST", "live", ""]
    assert len(configs) == 3
    assert len(client.page("shop", "order", 100, "")["configs"]) == 3


def test_a_list_of_nothing_is_empty(client: Client) -> None:
    assert not client.page("shop", "order", 20, "").get("configs")


def test_each_missing_thing_has_its_own_refusal(client: Client) -> None:
    is_fc3 = client.version == "2023-03-30"
    settings = settings_of(client)
    missing_service = (404, "FunctionNotFound" if is_fc3 else "ServiceNotFound")
    assert refusal(client.put, "shop" if is_fc3 else "none", "none", "LATEST", settings) == missing_service
    assert refusal(client.get, "shop", "none", "LATEST") == (404, "FunctionNotFound")
    assert refusal(client.put, "shop", "order", "none", settings) == (404, "AliasNotFound")
    assert refusal(client.put, "shop", "order", "7", settings) == (404, "VersionNotFound")
    assert refusal(client.delete, "shop", "order", "LATEST") == (404, "AsyncConfigNotExists")
    assert refusal(client.page, "shop", "none", 20, "") == (404, "FunctionNotFound")


def test_bad_values_are_refused(client: Client) -> None:
    put = client.put
    assert refusal(put, "shop", "order", "LATEST", {"maxAsyncRetryAttempts": 9}) == (400, "InvalidArgument")
    assert refusal(put, "shop", "order", "LATEST", {"maxAsyncEventAgeInSeconds": 0}) == (400, "InvalidArgument")
    empty_half: JsonObject = {"destinationConfig": {"onSuccess": {}}}
    assert refusal(put, "shop", "order", "LATEST", empty_half) == (400, "InvalidDestinationResources")
    assert refusal(client.page, "shop", "order", 101, "") == (400, "InvalidArgument")


def test_what_exists_is_not_made_again(client: Client) -> None:
    assert refusal(client.make_function, "shop", "order") == (409, "FunctionAlreadyExists")


def test_another_secret_is_refused(make_client: MakeClient, account: Account, emulator: Emulator) -> None:
    stranger = make_client(dataclasses.replace(account, access_key_secret=f"{account.access_key_secret}x"))
    assert refusal(stranger.get, "shop", "order", "LATEST") == (403, "SignatureNotMatch")
    assert refusal(stranger.put, "shop", "order", "LATEST", settings_of(stranger)) == (403, "SignatureNotMatch")
    assert refusal(stranger.delete, "shop", "order", "LATEST") == (403, "SignatureNotMatch")
    assert not any(entry["stored"] for entry in emulator.journal.requests)


def test_an_unknown_key_is_refused(make_client: MakeClient, account: Account) -> None:
    stranger = make_client(dataclasses.replace(account, access_key_id="LTAInobody"))
    assert refusal(stranger.get, "shop", "order", "LATEST") == (403, "InvalidAccessKeyID")


def test_a_temporary_key_needs_its_token(make_client: MakeClient, client: Client, emulator: Emulator) -> None:
    account = Account(emulator.url, emulator.account_id, emulator.region, "", "")
    key = emulator.issue_key()
    own = dataclasses.replace(account, access_key_id=key.id, access_key_secret=key.secret, security_token=key.token)
    assert settings_in(client, make_client(own).put("shop", "order", "LATEST", settings_of(client)))
    other = dataclasses.replace(own, security_token="another-token")
    assert refusal(make_client(other).get, "shop", "order", "LATEST") == (403, "AccessDenied")
    old = emulator.issue_key(seconds=-1)
    expired = dataclasses.replace(account, access_key_id=old.id, access_key_secret=old.secret, security_token=old.token)
    assert refusal(make_client(expired).get, "shop", "order", "LATEST") == (403, "AccessDenied")


def test_a_throttled_call_is_told_so(client: Client, emulator: Emulator) -> None:
    emulator.faults.add("Get*AsyncInvokeConfig", status=429, times=1)
    assert refusal(client.get, "shop", "order", "LATEST") == (429, "ResourceExhausted")


def test_the_wire_is_the_one_of_the_version(client: Client, emulator: Emulator) -> None:
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
