# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validation tests for connection options and the files that they refer to."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any, Callable, Mapping

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LONGEST_VALUE,
    UnreadableFile,
    invalid_value,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import DefaultChain
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import quoted
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.connecting import CERTIFICATE, PROVIDER, ROLE, connect, write_profiles

KEY = {"access_key_id": "LTAI", "access_key_secret": "secret"}

# --- Files ------------------------------------------------------------------------------------------------------


def fifo(path: Path) -> None:
    os.mkfifo(path)


def zero(path: Path) -> None:
    path.symlink_to("/dev/zero")


def directory(path: Path) -> None:
    path.mkdir()


def gigabyte(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(1024**3)


#: Functions that create unusable files, and the expected errors.
INVALID_FILES: list[tuple[Callable[[Path], None], str]] = [
    (fifo, "it is not a regular file"),
    (zero, "it is not a regular file"),
    (directory, "it is a directory"),
    (gigabyte, "it is larger than "),
]


@pytest.mark.parametrize(("make", "reason"), INVALID_FILES)
def test_invalid_credentials_files_are_rejected(tmp_path: Path, make: Callable[[Path], None], reason: str) -> None:
    path = tmp_path / "profiles"
    make(path)
    with pytest.raises(InvalidOption) as exc_info:
        connect(shared_credentials_file=str(path))
    assert str(exc_info.value).startswith(f"shared_credentials_file: cannot read {path}: {reason}")


@pytest.mark.parametrize("name", [".aliyun/config.json", ".alibabacloud/credentials.ini"])
@pytest.mark.parametrize(("make", "reason"), INVALID_FILES)
def test_invalid_default_credentials_files_are_rejected(
    tmp_path: Path, name: str, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / name
    path.parent.mkdir()
    make(path)
    with pytest.raises(InvalidOption) as exc_info:
        connect({"HOME": str(tmp_path)})
    assert str(exc_info.value).startswith(f"shared_credentials_file: cannot read {path}: {reason}")


def test_default_chain_ignores_ini_profiles_if_profiles_are_disabled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    path = tmp_path / ".alibabacloud" / "credentials.ini"
    path.parent.mkdir()
    path.write_text("[default]\ntype = access_key\naccess_key_id = LTAI\naccess_key_secret = s\n", encoding="utf-8")
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_cli_profile_disabled", "false")
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    monkeypatch.setattr(auth_util, "environment_credentials_file", None)
    connection = connect({"HOME": str(tmp_path), "ALIBABA_CLOUD_IGNORE_PROFILE": "TRUE"})
    assert connection.source == DefaultChain(without_profiles=True)
    with pytest.raises(CredentialError, match="no credentials were found"):
        credential(connection).get_credential()


@pytest.mark.parametrize(("make", "reason"), INVALID_FILES)
def test_invalid_token_files_are_rejected_before_sts_is_called(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "token"
    make(path)
    connection = connect(oidc={"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(path)})
    with pytest.raises(CredentialError) as exc_info:
        credential(connection)
    assert str(exc_info.value).startswith(f"oidc.token_file: cannot read {path}: {reason}")
    assert not exc_info.value.temporary


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b" \n", "it is empty"),
        (b"\xff\x00", "it contains no token"),
        (b"a\x00b", "it contains no token"),
    ],
)
def test_files_without_a_token_are_rejected(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "token"
    path.write_bytes(content)
    connection = connect(oidc={"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(path)})
    with pytest.raises(CredentialError) as exc_info:
        credential(connection)
    assert str(exc_info.value) == f"oidc.token_file: cannot read {path}: {reason}."


def test_errors_about_the_token_file_of_a_profile_name_the_profile(tmp_path: Path) -> None:
    token = tmp_path / "token"
    entry = {"mode": "OIDC", "ram_role_arn": ROLE, "oidc_provider_arn": PROVIDER, "oidc_token_file": str(token)}
    path = write_profiles(tmp_path / "c.json", {"name": "p", **entry})
    with pytest.raises(CredentialError) as exc_info:
        credential(connect(profile="p", shared_credentials_file=str(path)))
    assert str(exc_info.value) == (
        f"profile: the profile 'p' in {path} cannot be used: its oidc_token_file: "
        f"cannot read {token}: No such file or directory."
    )


@pytest.mark.parametrize("name", ["ca_path", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize(("make", "reason"), INVALID_FILES)
def test_invalid_certificate_files_are_rejected(
    tmp_path: Path, name: str, make: Callable[[Path], None], reason: str
) -> None:
    path = tmp_path / "ca"
    make(path)
    with pytest.raises(InvalidOption) as exc_info:
        connect_with_ca(name, path)
    assert str(exc_info.value).startswith(f"ca_path: cannot read {path}: {reason}")
    assert str(exc_info.value).endswith("." if name == "ca_path" else f"(from the environment variable {name}).")


@pytest.mark.parametrize("name", ["ca_path", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"\x00\xff garbage",
        ssl.PEM_cert_to_DER_cert(CERTIFICATE.strip()),
        CERTIFICATE[:200].encode(),
        b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
    ],
)
def test_files_without_a_certificate_are_rejected(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / "ca"
    path.write_bytes(content)
    with pytest.raises(InvalidOption) as exc_info:
        connect_with_ca(name, path)
    assert str(exc_info.value).startswith(f"ca_path: {path} contains no PEM certificate")
    assert str(exc_info.value).endswith("." if name == "ca_path" else f"(from the environment variable {name}).")


def connect_with_ca(name: str, path: Path) -> Connection:
    """Return a connection that gets its certificate authorities from either the option or an environment variable."""
    return connect(**KEY, ca_path=str(path)) if name == "ca_path" else connect({name: str(path)}, **KEY)


def test_certificate_authorities_of_the_environment_are_the_default(tmp_path: Path) -> None:
    path, other = tmp_path / "ca", tmp_path / "other"
    for file in (path, other):
        file.write_text(f"comment \u00e9\n{CERTIFICATE}{CERTIFICATE}", encoding="utf-8")
    environ = {"REQUESTS_CA_BUNDLE": str(path)}
    assert connect(environ, **KEY).ca_path == str(path)
    assert connect(environ, **KEY, ca_path=str(other)).ca_path == str(other)
    assert connect({"SSL_CERT_FILE": "/nonexistent"}, **KEY, validate_certs=False).ca_path is None
    assert connect(environ, **KEY, validate_certs=False, ca_path=str(other)).ca_path == str(other)


@pytest.mark.parametrize("opening", ["[", '{"profiles":[', '{"a":'])
def test_deeply_nested_credentials_files_are_rejected(tmp_path: Path, opening: str) -> None:
    path = tmp_path / "profiles"
    path.write_text('{"a":' + opening * 100_000, encoding="utf-8")
    with pytest.raises(InvalidOption) as exc_info:
        connect(shared_credentials_file=str(path))
    assert str(exc_info.value) == f"shared_credentials_file: {path} is not a JSON file of the official CLI."


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(content=st.binary(max_size=64), max_size=st.integers(0, 64))
def test_files_are_read_completely_or_rejected(tmp_path: Path, content: bytes, max_size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    if len(content) <= max_size:
        assert read_file(str(path), max_size) == content
    else:
        with pytest.raises(UnreadableFile, match="it is larger than"):
            read_file(str(path), max_size)


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b", "x" * 5000, "/nonexistent/x", "/dev/tty/x"])
def test_invalid_paths_are_errors_with_a_reason(name: str) -> None:
    with pytest.raises(UnreadableFile) as exc_info:
        read_file(name, 10)
    assert str(exc_info.value)


# --- Values -----------------------------------------------------------------------------------------------------

INVALID_VALUES = [
    ("a\x00b", "must not contain control characters"),
    ("a\x1b[31mb", "must not contain control characters"),
    ("a\x9bb", "must not contain control characters"),
    ("a\nb", "must not contain control characters"),
    ("a\u2028b", "must not contain control characters"),
    ("a\ud800b", "must be valid Unicode; it contains a lone surrogate"),
    ("a\udc80b", "must be valid Unicode; it contains a lone surrogate"),
    ("b" * (LONGEST_VALUE + 1), f"must have at most {LONGEST_VALUE} characters, not {LONGEST_VALUE + 1}"),
]
TEXT_OPTIONS = [
    name
    for name, option in argument_spec().items()
    if option["type"] in ("str", "path")
    and name not in ("network", "access_key_id", "access_key_secret", "security_token")
]
#: Other options that must be set for each option to take effect.
REQUIRED_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    **dict.fromkeys(("region", "account_id", "endpoint", "sts_endpoint", "ca_path"), KEY),
}


@pytest.mark.parametrize("option", TEXT_OPTIONS)
@pytest.mark.parametrize(("value", "problem"), INVALID_VALUES)
def test_invalid_characters_in_options_are_rejected(option: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**REQUIRED_OPTIONS.get(option, {}), **{option: value})
    assert str(exc_info.value) == f"{option}: {problem}."


@pytest.mark.parametrize("option", ["role_arn", "session_name", "external_id"])
@pytest.mark.parametrize(("value", "problem"), INVALID_VALUES)
def test_invalid_characters_in_role_options_are_rejected(option: str, value: str, problem: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**KEY, assume_role={"role_arn": ROLE, option: value})
    assert str(exc_info.value) == f"assume_role.{option}: {problem}."


@pytest.mark.parametrize("option", ["role_arn", "provider_arn", "token_file", "session_name"])
@pytest.mark.parametrize(("value", "problem"), INVALID_VALUES)
def test_invalid_characters_in_oidc_options_are_rejected(option: str, value: str, problem: str) -> None:
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": "/t", option: value}
    with pytest.raises(InvalidOption) as exc_info:
        connect(oidc=oidc)
    assert str(exc_info.value) == f"oidc.{option}: {problem}."


@pytest.mark.parametrize(
    "name",
    ["ALICLOUD_PROFILE", "ALICLOUD_REGION", "FC_ENDPOINT", "ALICLOUD_CREDENTIALS_URI", "SSL_CERT_FILE", "REGION"],
)
@pytest.mark.parametrize(("value", "problem"), INVALID_VALUES)
def test_invalid_characters_in_environment_variables_are_rejected(name: str, value: str, problem: str) -> None:
    options = {} if name in ("ALICLOUD_PROFILE", "ALICLOUD_CREDENTIALS_URI") else KEY
    with pytest.raises(InvalidOption) as exc_info:
        connect({name: value}, **options)
    assert str(exc_info.value) == f"{name}: this environment variable {problem}."


@pytest.mark.parametrize("part", ["access_key_id", "access_key_secret", "security_token"])
def test_access_keys_that_are_too_long_are_rejected(part: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**{**KEY, part: "planted" * LONGEST_VALUE})
    assert str(exc_info.value) == f"{part}: must have at most {LONGEST_VALUE} characters, not {7 * LONGEST_VALUE}."


@pytest.mark.parametrize("key", ["ram_role_arn", "ram_session_name", "external_id", "sts_region", "policy"])
@pytest.mark.parametrize(("value", "problem"), INVALID_VALUES)
def test_invalid_characters_in_profiles_are_rejected(tmp_path: Path, key: str, value: str, problem: str) -> None:
    if key == "policy" and value == "a\nb":
        return  # a JSON policy can span several lines
    path = write_profiles(
        tmp_path / "c.json", {"name": "p", "mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, key: value}
    )
    with pytest.raises(InvalidOption) as exc_info:
        connect(profile="p", shared_credentials_file=str(path))
    assert str(exc_info.value) == f"profile: the profile 'p' in {path} cannot be used: its {key} {problem}."


@pytest.mark.parametrize("mode", ["CloudSSO", "OAuth", "External"])
def test_invalid_characters_in_profiles_handled_by_the_library_are_rejected(tmp_path: Path, mode: str) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": mode, "access_token": "planted\x00"})
    with pytest.raises(InvalidOption, match=r"its access_token must not contain control characters\.$") as exc_info:
        connect(profile="p", shared_credentials_file=str(path))
    assert "planted" not in str(exc_info.value)


def test_sts_region_is_validated(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", **KEY, "sts_region": "evil.example.com/"})
    with pytest.raises(InvalidOption, match=r"its sts_region 'evil\.example\.com/' is not a region ID"):
        connect(profile="p", shared_credentials_file=str(path))


@settings(deadline=None)
@given(st.text() | st.text(alphabet=st.characters(categories=["Cs", "Cc", "L"])))
def test_valid_values_can_be_sent_and_displayed(text: str) -> None:
    if invalid_value(text) is None:
        assert text.encode("utf-8").decode("utf-8") == text
        assert len(text.splitlines()) <= 1
        assert not set(text) & {chr(number) for number in (*range(32), *range(127, 160))}


# --- Invalid values in messages ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://user:planted@h",
        "user:planted@h",
        "ftp://user:planted@h",
        "user:planted@h://x",
        "https://user:plan#ted@h/path",
        "https:/user:planted@h",
        "https://user:planted@[::1",
        "https://user:planted@h:99999",
    ],
)
@pytest.mark.parametrize("option", ["endpoint", "sts_endpoint", "credentials_uri"])
def test_passwords_in_rejected_urls_are_not_displayed(option: str, url: str) -> None:
    required = {} if option == "credentials_uri" else KEY
    for environ, options in (({}, {option: url}), ({_variable_of(option): url}, {})):
        with pytest.raises(InvalidOption) as exc_info:
            connect(environ, **required, **options)
        assert str(exc_info.value).startswith(f"{option}: ")
        assert "plan" not in str(exc_info.value)


def _variable_of(option: str) -> str:
    from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import ENVIRONMENT

    return ENVIRONMENT[option][0]


@settings(deadline=None)
@given(st.text(alphabet="ab:/@?#[]. \\", max_size=12), st.sampled_from(["", "https://", "x://", "http:", "//"]))
def test_passwords_in_arbitrary_endpoints_are_not_displayed(text: str, prefix: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**KEY, endpoint=f"{prefix}u:planted{text}@h")
    assert "planted" not in str(exc_info.value)


@pytest.mark.parametrize("option", ["region", "endpoint"])
def test_long_invalid_values_are_truncated(option: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**KEY, **{option: "x_" * 2000})
    assert str(exc_info.value).count("x_") == 50
    assert "[... 3900 more characters]" in str(exc_info.value)
    assert quoted("cn") == "'cn'"
