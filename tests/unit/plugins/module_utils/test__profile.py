# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the profiles used by the official CLI and the official SDK."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Mapping

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.library_profile import LibraryProfile
from ansible_collections.alicloud.fc.plugins.module_utils._connection.profiles import default_profile, find_profile
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    AccessKey,
    AssumedRole,
    CredentialsUri,
    EcsRole,
    OidcRole,
    Role,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.connecting import OTHER_ROLE, PROVIDER, ROLE, connect, write_profiles

KEY = {"access_key_id": "LTAI", "access_key_secret": "secret"}
SESSION = Role(ROLE, "session", 1800, '{"Version": "1"}', "us-east-1")
ROLE_KEYS = {
    "ram_role_arn": ROLE,
    "ram_session_name": "session",
    "expired_seconds": 1800,
    "policy": '{"Version": "1"}',
    "sts_region": "us-east-1",
}
CLI_PROFILES: list[tuple[dict[str, Any], Source]] = [
    ({"mode": "AK", **KEY, "sts_token": "left behind"}, AccessKey("LTAI", "secret")),
    ({"mode": "StsToken", **KEY, "sts_token": "token"}, AccessKey("LTAI", "secret", "token")),
    ({"mode": "ak", **KEY}, AccessKey("LTAI", "secret")),
    (KEY, AccessKey("LTAI", "secret")),
    ({**KEY, "sts_token": "token"}, AccessKey("LTAI", "secret", "token")),
    ({**KEY, "ram_role_arn": ROLE}, AssumedRole(AccessKey("LTAI", "secret"), Role(ROLE))),
    ({"mode": "EcsRamRole", "ram_role_name": "r"}, EcsRole("r")),
    ({"mode": "EcsRamRole"}, EcsRole(None)),
    ({"mode": "RamRoleArn", **KEY, **ROLE_KEYS}, AssumedRole(AccessKey("LTAI", "secret"), SESSION)),
    (
        {"mode": "RamRoleArn", **KEY, "sts_token": "token", "ram_role_arn": ROLE, "external_id": "x"},
        AssumedRole(AccessKey("LTAI", "secret", "token"), Role(ROLE), "x"),
    ),
    (
        {"mode": "RamRoleArnWithRoleName", "ram_role_name": "r", "ram_role_arn": ROLE},
        AssumedRole(EcsRole("r"), Role(ROLE)),
    ),
    (
        {"mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": ROLE},
        AssumedRole(AssumedRole(AccessKey("LTAI-base", "base-secret"), Role(OTHER_ROLE)), Role(ROLE)),
    ),
    (
        {"mode": "OIDC", "ram_role_arn": ROLE, "oidc_provider_arn": PROVIDER, "oidc_token_file": "/t"},
        OidcRole(PROVIDER, "/t", Role(ROLE)),
    ),
    ({"mode": "CredentialsURI", "credentials_uri": "http://h/c?d"}, CredentialsUri("http://h/c?d")),
]
BASE = {
    "name": "base",
    "mode": "RamRoleArn",
    "access_key_id": "LTAI-base",
    "access_key_secret": "base-secret",
    "ram_role_arn": OTHER_ROLE,
}


@pytest.mark.parametrize(("profile", "source"), CLI_PROFILES)
def test_cli_modes(tmp_path: Path, profile: Mapping[str, Any], source: Source) -> None:
    path = write_profiles(tmp_path / "config.json", BASE, {"name": "p", "region_id": "cn-beijing", **profile})
    found = find_profile("p", str(path), "/nonexistent")
    assert found.source == source
    assert found.region == "cn-beijing"


@pytest.mark.parametrize("mode", ["CloudSSO", "OAuth", "External"])
def test_cli_modes_handled_by_the_library(tmp_path: Path, mode: str) -> None:
    entry = {
        "name": "p",
        "mode": mode.lower(),
        "access_token": "planted-1",
        "oauth_refresh_token": "planted-2",
        "process_command": "print-key --token planted-3",
        "cloud_sso_account_id": "1",
    }
    path = write_profiles(tmp_path / "config.json", entry)
    source = find_profile("p", str(path), "/nonexistent").source
    assert isinstance(source, LibraryProfile)
    assert (source.name, source.file) == ("p", str(path))
    assert source.secrets() == {"planted-1", "planted-2"}
    assert source.ordinary_secrets() == {"--token planted-3", "planted-3"}
    assert "planted" not in repr(source)


@pytest.mark.parametrize(
    ("profile", "problem"),
    [
        ({"mode": "AK", "access_key_id": "LTAI"}, "access_key_secret is missing"),
        ({"mode": "AK", "access_key_secret": "s3cret"}, "access_key_id is missing"),
        ({"mode": "StsToken", **KEY}, "sts_token is missing"),
        ({"mode": "RamRoleArn", **KEY}, "ram_role_arn is missing"),
        ({"mode": "RamRoleArn", "ram_role_arn": ROLE}, "access_key_id is missing"),
        ({"mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, "expired_seconds": 60}, "its expired_seconds must be"),
        ({"mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, "expired_seconds": "1h"}, "its expired_seconds must be"),
        ({"mode": "ChainableRamRoleArn", "ram_role_arn": ROLE}, "source_profile is missing"),
        ({"mode": "ChainableRamRoleArn", "source_profile": "x"}, "its source_profile 'x' does not exist"),
        ({"mode": "ChainableRamRoleArn", "source_profile": "p"}, "its source_profile 'p' forms a loop"),
        ({"mode": "OIDC", "ram_role_arn": ROLE, "oidc_provider_arn": PROVIDER}, "oidc_token_file is missing"),
        ({"mode": "CredentialsURI"}, "credentials_uri is missing"),
        ({"mode": "CredentialsURI", "credentials_uri": "h"}, "credentials_uri: must be a URL"),
        ({"mode": "AK", **KEY, "access_key_secret": "s3cret\nhalf"}, "its access_key_secret contains whitespace"),
        ({"mode": "StsToken", **KEY, "sts_token": "s3cret half"}, "its security_token contains whitespace"),
        ({"mode": "BearerToken"}, "its mode 'BearerToken' is not supported"),
    ],
)
def test_incomplete_profiles_are_rejected(tmp_path: Path, profile: Mapping[str, Any], problem: str) -> None:
    path = write_profiles(tmp_path / "config.json", {"name": "p", **profile})
    with pytest.raises(InvalidOption) as exc_info:
        find_profile("p", str(path), "/nonexistent")
    assert str(exc_info.value).startswith(f"profile: the profile 'p' in {path} cannot be used: {problem}")
    assert "s3cret" not in str(exc_info.value)


def test_cyclic_source_profiles_are_rejected(tmp_path: Path) -> None:
    first = {"name": "one", "mode": "ChainableRamRoleArn", "source_profile": "two", "ram_role_arn": ROLE}
    path = write_profiles(tmp_path / "config.json", first, {**first, "name": "two", "source_profile": "one"})
    with pytest.raises(InvalidOption, match=r"the profile 'two' .* its source_profile 'one' forms a loop"):
        find_profile("one", str(path), "/nonexistent")


INI = f"""
[default]
type = access_key                 # a comment
access_key_id = LTAI
access_key_secret = se%cret       # another
region_id = cn-beijing

[role]
type = ram_role_arn
access_key_id = LTAI
access_key_secret = secret
role_arn = {ROLE}
role_session_name = session

[ecs]
type = ecs_ram_role
role_name = r

[oidc]
type = oidc_role_arn
role_arn = {ROLE}
oidc_provider_arn = {PROVIDER}
oidc_token_file_path = /t

[pair]
type = rsa_key_pair
"""


@pytest.mark.parametrize(
    ("name", "source"),
    [
        (None, AccessKey("LTAI", "se%cret")),
        ("role", AssumedRole(AccessKey("LTAI", "secret"), Role(ROLE, "session"))),
        ("ecs", EcsRole("r")),
        ("oidc", OidcRole(PROVIDER, "/t", Role(ROLE))),
    ],
)
def test_sdk_types(tmp_path: Path, name: str | None, source: Source) -> None:
    path = tmp_path / "credentials.ini"
    path.write_text(INI, encoding="utf-8")
    assert find_profile(name, str(path), "/nonexistent").source == source


def test_unsupported_sdk_types_are_rejected(tmp_path: Path) -> None:
    path = tmp_path / "credentials.ini"
    path.write_text(INI, encoding="utf-8")
    with pytest.raises(InvalidOption, match=r"the profile 'pair' in .* its mode 'rsa_key_pair' is not supported"):
        find_profile("pair", str(path), "/nonexistent")


def test_profiles_are_found_in_both_default_files(tmp_path: Path) -> None:
    write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "cli", **KEY}, current="cli")
    (tmp_path / ".alibabacloud").mkdir()
    (tmp_path / ".alibabacloud" / "credentials.ini").write_text(INI, encoding="utf-8")
    assert find_profile("cli", None, str(tmp_path)).source == AccessKey("LTAI", "secret")
    assert find_profile("ecs", None, str(tmp_path)).source == EcsRole("r")
    with pytest.raises(
        InvalidOption, match=r"'nobody' does not exist in .*; existing profiles: cli, default, ecs, oidc,"
    ):
        find_profile("nobody", None, str(tmp_path))


def test_current_cli_profile_takes_precedence_over_the_sdk_default(tmp_path: Path) -> None:
    assert default_profile(str(tmp_path)) == (None, ())
    (tmp_path / ".alibabacloud").mkdir()
    (tmp_path / ".alibabacloud" / "credentials.ini").write_text(INI, encoding="utf-8")
    found, _skipped = default_profile(str(tmp_path))
    assert found is not None
    assert found.source == AccessKey("LTAI", "se%cret")
    write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default"}, {"name": "cli", **KEY}, current="cli")
    found, _skipped = default_profile(str(tmp_path))
    assert found is not None
    assert found.source == AccessKey("LTAI", "secret")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "cannot read"),
        (b"\xff\xfe", "it is not a text file"),
        (b'{"profiles": [{"access_key_secret": "s3cret"', "is not a JSON file of the official CLI."),
        (b'{"profiles": 1}', "is not a JSON file of the official CLI."),
        (b'{"profiles": ["s3cret"]}', "is not a JSON file of the official CLI."),
        (b"s3cret", "is neither JSON nor INI"),
        (b"[a]\ns3cret\n", "is neither JSON nor INI"),
        (b"{}", "there is no current profile"),
        (b"", "there is no current profile"),
    ],
)
def test_files_without_profiles_are_rejected(tmp_path: Path, content: bytes | None, problem: str) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(InvalidOption, match=problem) as exc_info:
        find_profile(None, str(path), "/nonexistent")
    assert str(path) in str(exc_info.value)
    assert "s3cret" not in str(exc_info.value)


def test_region_of_a_profile_takes_precedence_only_over_generic_variables(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / "config.json", {"name": "p", "region_id": "cn-beijing", **KEY})
    options = {"profile": "p", "shared_credentials_file": str(path)}
    assert connect({"REGION": "us-west-1"}, **options).region == "cn-beijing"
    assert connect({"ALICLOUD_REGION_ID": "us-west-1"}, **options).region == "us-west-1"
    assert connect({"REGION": "us-west-1"}, region="eu-west-1", **options).region == "eu-west-1"


def test_invalid_region_of_a_profile_is_rejected(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / "config.json", {"name": "p", "region_id": "Beijing", **KEY})
    with pytest.raises(InvalidOption, match="profile: its region_id 'Beijing' is not a region ID"):
        connect({"REGION": "us-west-1"}, profile="p", shared_credentials_file=str(path))


VALUES = st.none() | st.text() | st.integers() | st.lists(st.text(), max_size=2)
KEYS = ["mode", "access_key_id", "access_key_secret", "sts_token", "ram_role_arn", "source_profile", "expired_seconds"]
MODES = st.sampled_from(["AK", "StsToken", "RamRoleArn", "ChainableRamRoleArn", "OIDC", "EcsRamRole", "CloudSSO"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(KEYS), VALUES), MODES | VALUES)
def test_arbitrary_profiles_are_valid_or_rejected(tmp_path: Path, profile: dict[str, Any], mode: Any) -> None:
    path = write_profiles(tmp_path / "config.json", {**profile, "mode": mode, "name": "p"})
    option = "profile"
    try:
        find_profile("p", str(path), "/nonexistent").source.describe()
    except InvalidOption as error:
        option = error.option
    assert option == "profile"


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.text())
def test_arbitrary_files_are_valid_or_rejected(tmp_path: Path, text: str) -> None:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8", errors="replace")
    option = "profile"
    try:
        find_profile("p", str(path), "/nonexistent")
    except InvalidOption as error:
        option = error.option
    assert option in ("profile", "shared_credentials_file")
