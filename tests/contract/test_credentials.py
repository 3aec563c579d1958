# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's STS and other credential providers work with the official libraries."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alibabacloud_credentials.client import Client as CredentialsClient
from alibabacloud_credentials.exceptions import CredentialException
from alibabacloud_credentials.http import HttpOptions
from alibabacloud_credentials.provider.ecs_ram_role import EcsRamRoleCredentialsProvider
from alibabacloud_credentials.provider.oidc import OIDCRoleArnCredentialsProvider
from alibabacloud_credentials.provider.ram_role_arn import RamRoleArnCredentialsProvider
from alibabacloud_credentials.provider.static_ak import StaticAKCredentialsProvider
from alibabacloud_credentials.provider.uri import URLCredentialsProvider
from alibabacloud_tea_openapi.client import Client as OpenApiClient
from alibabacloud_tea_openapi.models import Config, OpenApiRequest, Params
from alibabacloud_tea_util.models import RuntimeOptions
from emulator import Emulator
from emulator.certificate import self_signed
from Tea.exceptions import TeaException

from ._clients import Account

ROLE = "acs:ram::1234567890123456:role/deployer"


@pytest.fixture
def https_emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator that uses TLS, because alibabacloud-credentials requires HTTPS. Clients trust its certificate."""
    certificate, key = self_signed(tmp_path)
    monkeypatch.setattr("requests.adapters.DEFAULT_CA_BUNDLE_PATH", certificate)
    with Emulator(tls=(certificate, key)) as running:
        yield running


def caller_identity(access_key_id: str, access_key_secret: str, token: str, host: str) -> dict[str, Any]:
    """Call GetCallerIdentity with alibabacloud-tea-openapi."""
    config = Config(
        access_key_id=access_key_id,
        access_key_secret=access_key_secret,
        security_token=token or None,
        endpoint=host,
        protocol="HTTP",
    )
    params = Params(
        action="GetCallerIdentity",
        version="2015-04-01",
        protocol="HTTP",
        pathname="/",
        method="POST",
        auth_type="AK",
        style="RPC",
        req_body_type="formData",
        body_type="json",
    )
    response = OpenApiClient(config).call_api(params, OpenApiRequest(), RuntimeOptions())
    body: dict[str, Any] = response["body"]
    return body


def test_get_caller_identity_returns_the_account_id(emulator: Emulator, account: Account) -> None:
    identity = caller_identity(account.access_key_id, account.access_key_secret, "", account.host)
    assert identity["AccountId"] == emulator.account_id
    assert identity["Arn"] == f"acs:ram::{emulator.account_id}:root"
    assert [entry["operation"] for entry in emulator.journal.requests] == ["GetCallerIdentity"]


def test_sts_rejects_a_wrong_secret(account: Account) -> None:
    with pytest.raises(TeaException) as caught:
        caller_identity(account.access_key_id, "another-secret", "", account.host)
    assert caught.value.code == "SignatureDoesNotMatch"


@pytest.mark.parametrize("policy", [None, '{"Version":"1","Statement":[]}'])
def test_a_role_can_be_assumed(https_emulator: Emulator, policy: str | None) -> None:
    provider = RamRoleArnCredentialsProvider(
        access_key_id=https_emulator.access_key_id,
        access_key_secret=https_emulator.access_key_secret,
        role_arn=ROLE,
        role_session_name="contract",
        duration_seconds=1800,
        external_id="partner",
        policy=policy,
        sts_endpoint=https_emulator.host,
    )
    credentials = provider.get_credentials()
    assert credentials.get_access_key_id().startswith("STS.")
    request = https_emulator.journal.requests[-1]["body"]
    assert (request["RoleArn"], request["ExternalId"], request["DurationSeconds"]) == (ROLE, "partner", "1800")
    assert request.get("Policy") == policy


def test_spaces_in_a_policy_are_accepted_if_plus_signs_are_allowed(https_emulator: Emulator) -> None:
    def assume() -> object:
        static = StaticAKCredentialsProvider(
            access_key_id=https_emulator.access_key_id, access_key_secret=https_emulator.access_key_secret
        )
        provider = RamRoleArnCredentialsProvider(
            credentials_provider=static, role_arn=ROLE, policy='{"Version": "1"}', sts_endpoint=https_emulator.host
        )
        return provider.get_credentials()

    with pytest.raises(CredentialException, match="SignatureDoesNotMatch"):
        assume()
    https_emulator.switches.rpc_space = "plus_too"
    assert assume()


def test_a_role_can_be_assumed_with_oidc(https_emulator: Emulator, tmp_path: Path) -> None:
    token_file = tmp_path / "token"
    provider_arn = "acs:ram::1234567890123456:oidc-provider/ci"

    def assume() -> Any:
        provider = OIDCRoleArnCredentialsProvider(
            role_arn=ROLE,
            oidc_provider_arn=provider_arn,
            oidc_token_file_path=str(token_file),
            role_session_name="contract",
            sts_endpoint=https_emulator.host,
        )
        return provider.get_credentials()

    token_file.write_text(https_emulator.oidc_token, encoding="utf-8")
    assert assume().get_security_token()
    token_file.write_text("another token", encoding="utf-8")
    with pytest.raises(CredentialException, match=r"AuthenticationFail\.OIDCToken\.Invalid"):
        assume()
    assert https_emulator.oidc_token not in str(https_emulator.journal.requests)


def test_credentials_from_a_credentials_uri_are_accepted(emulator: Emulator) -> None:
    provider = URLCredentialsProvider(uri=f"{emulator.url}/_emulator/credentials")
    credentials = CredentialsClient(provider=provider).get_credential()
    identity = caller_identity(
        credentials.access_key_id, credentials.access_key_secret, credentials.security_token, emulator.host
    )
    assert identity["AccountId"] == emulator.account_id


def test_credentials_from_an_ecs_instance_are_accepted(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    # The library uses a fixed address for the metadata service, so the emulator has to be configured as a proxy.
    monkeypatch.setattr("alibabacloud_credentials.utils.auth_util.environment_ecs_metadata_disabled", "false")
    provider = EcsRamRoleCredentialsProvider(http_options=HttpOptions(proxy=emulator.url), async_update_enabled=False)
    credentials = provider.get_credentials()
    identity = caller_identity(
        credentials.get_access_key_id(),
        credentials.get_access_key_secret(),
        credentials.get_security_token(),
        emulator.host,
    )
    assert identity["AccountId"] == emulator.account_id
