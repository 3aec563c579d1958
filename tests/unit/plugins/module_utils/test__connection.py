# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of connection options: documentation, environment variables, authentication methods and endpoints."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Iterator, Mapping

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.doc_fragments import _connection as fragment
from ansible_collections.alicloud.fc.plugins.module_utils._connection import connection as connection_module
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import ENVIRONMENT, argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    INVALID_CHARACTERS,
    AccessKey,
    AssumedRole,
    CredentialsUri,
    DefaultChain,
    EcsRole,
    OidcRole,
    Role,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.connecting import CERTIFICATE, OTHER_ROLE, PROVIDER, ROLE, as_params, connect, write_profiles

ROOT = Path(connection_module.__file__).parents[3]
DOCUMENTATION = yaml.safe_load(fragment.ModuleDocFragment.DOCUMENTATION)

# --- Documentation ----------------------------------------------------------------------------------------------


def comparable(options: Mapping[str, Any], nested: str) -> dict[str, Any]:
    """Return the properties that the documentation and the argument spec share.

    ``nested`` is the key of the suboptions.
    """
    return {
        name: {
            "type": option["type"],
            "required": option.get("required", False),
            "default": option.get("default"),
            "choices": list(option.get("choices", [])),
            "aliases": option.get("aliases", []),
            "elements": option.get("elements"),
            "suboptions": comparable(option.get(nested, {}), nested),
        }
        for name, option in options.items()
    }


def documented_options(options: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Yield the path and description of each option, including suboptions."""
    for name, option in options.items():
        yield prefix + name, " ".join(option["description"])
        yield from documented_options(option.get("suboptions", {}), f"{prefix}{name}.")


def test_documentation_and_argument_spec_agree() -> None:
    assert comparable(DOCUMENTATION["options"], "suboptions") == comparable(argument_spec(), "options")


def test_documented_environment_variables_match_in_order() -> None:
    documented = {
        path: tuple(re.findall(r"E\((\w+)\)", text)) for path, text in documented_options(DOCUMENTATION["options"])
    }
    assert {path: names for path, names in documented.items() if names} == dict(ENVIRONMENT)


def test_documented_requirements_match_the_collection() -> None:
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    requirements = {re.sub(r"\s", "", line) for line in lines if line and not line.startswith("#")}
    assert {re.sub(r"\s", "", requirement) for requirement in DOCUMENTATION["requirements"]} <= requirements


@pytest.fixture(scope="module")
def guide() -> str:
    """Return the authentication guide."""
    return (ROOT / "docs" / "authentication.md").read_text(encoding="utf-8")


def test_guide_lists_all_environment_variables(guide: str) -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([\w.]+)` \|(.*)\|$", guide, re.MULTILINE)
    table: dict[str, tuple[str, ...]] = {}
    for name, option, _users in rows:
        table[option] = (*table.get(option, ()), name)
    assert table == dict(ENVIRONMENT)
    # Four columns show which tools use each variable. All tools use the certificate variables.
    assert [name for name, _option, users in rows if len(users.split("|")) != 4] == []
    assert {option for _name, option, users in rows if "✓" not in users} == {"ca_path"}


def test_guide_has_an_example_of_every_authentication_method(guide: str) -> None:
    examples = []
    for text in re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL):
        for play in yaml.safe_load(text):
            if "module_defaults" not in play:  # an example that calls no module
                continue
            options = play["module_defaults"]["group/alicloud.fc.all"]
            result = ArgumentSpecValidator(argument_spec()).validate(options)
            assert result.error_messages == []
            examples.append(set(options))
    for options in ({"access_key_id"}, {"security_token"}, {"profile"}, {"shared_credentials_file"}, {"ecs_role_name"}):
        assert any(options <= example for example in examples), options
    for options in ({"oidc"}, {"credentials_uri"}, {"assume_role", "profile"}, {"assume_role", "access_key_id"}):
        assert any(options <= example for example in examples), options


def test_secrets_are_no_log() -> None:
    spec = argument_spec()
    marked = {name for name, option in spec.items() if option.get("no_log")}
    assert marked == {"access_key_secret", "security_token", "credentials_uri"}
    # With no_log, Ansible would mask names that contain the external ID. Messages from STS are masked separately.
    assert spec["assume_role"]["options"]["external_id"]["no_log"] is False


def test_argument_spec_returns_a_new_dictionary() -> None:
    argument_spec()["assume_role"]["options"].clear()
    assert argument_spec()["assume_role"]["options"]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a certificate file."""
    path = tmp_path_factory.mktemp("certificate") / "ca.pem"
    path.write_text(CERTIFICATE, encoding="utf-8")
    return path


# --- Single options ---------------------------------------------------------------------------------------------

KEY = {"access_key_id": "LTAI-option", "access_key_secret": "option-secret"}
ENV_KEY = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "LTAI-env", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "env-secret"}
VALUES = {
    "assume_role.role_arn": ROLE,
    "assume_role.session_expiration": "1800",
    "oidc.role_arn": ROLE,
    "account_id": "123",
    "endpoint": "fc.example.com",
    "sts_endpoint": "sts.example.com",
    "region": "eu-central-1",
    "credentials_uri": "http://127.0.0.1/",
}


def value_of(connection: Connection, option: str) -> str | None:
    """Return an option's value from the connection's attributes."""
    source = connection.source
    if option in ("account_id", "region", "ca_path"):
        value: str | None = getattr(connection, option)
        return value
    if option in ("endpoint", "sts_endpoint"):
        endpoint: Endpoint = getattr(connection, option)
        return endpoint.host
    if isinstance(source, AssumedRole):
        values = {
            "role_arn": source.role.arn,
            "session_name": source.role.session_name,
            "session_expiration": str(source.role.expiration),
            "external_id": source.external_id,
        }
        return values[option.partition(".")[2]]
    if isinstance(source, OidcRole):
        return {
            "role_arn": source.role.arn,
            "session_name": source.role.session_name,
            "provider_arn": source.provider_arn,
            "token_file": source.token_file,
        }[option.partition(".")[2]]
    attribute = {
        "ecs_role_name": "role_name",
        "credentials_uri": "uri",
        "profile": "access_key_id",
        "shared_credentials_file": "access_key_id",
    }.get(option, option)
    attribute_value: str | None = getattr(source, attribute)
    return attribute_value


#: Other environment variables that must be set for each option to take effect.
REQUIRED_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "access_key_id": {"ALICLOUD_SECRET_KEY": "s"},
    "access_key_secret": {"ALICLOUD_ACCESS_KEY": "k"},
    "security_token": {"ALICLOUD_ACCESS_KEY": "k", "ALICLOUD_SECRET_KEY": "s"},
    "assume_role": {"ALICLOUD_ASSUME_ROLE_ARN": ROLE, **ENV_KEY},
    "oidc": {
        "ALIBABA_CLOUD_ROLE_ARN": OTHER_ROLE,
        "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": "p",
        "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "t",
    },
}


@pytest.mark.parametrize(
    ("option", "number"), [(option, number) for option, names in ENVIRONMENT.items() for number in range(len(names))]
)
def test_first_variable_that_is_set_takes_precedence(
    tmp_path: Path, certificate: Path, option: str, number: int
) -> None:
    names = ENVIRONMENT[option]
    required = REQUIRED_VARIABLES.get(option, REQUIRED_VARIABLES.get(option.partition(".")[0], {}))
    if option == "assume_role.role_arn" and number:
        required = ENV_KEY
    value = VALUES.get(option, "value")
    if option == "shared_credentials_file":
        value = str(tmp_path / ".aliyun" / "config.json")
    if option == "ca_path":
        value = str(certificate)
    # Use the variable's value as the profile's access key ID, which ``value_of`` returns.
    entry = {"name": "value", "access_key_id": value, "access_key_secret": "s"}
    write_profiles(tmp_path / ".aliyun" / "config.json", entry, current="value")
    environ = {**required, **dict.fromkeys(names[number:], "not-this"), names[number]: value}
    # Blank variables are treated as unset.
    environ.update(dict.fromkeys(names[:number], " "))
    options = {} if option == "region" else {"region": "cn-hangzhou"}
    connection = Connection.from_params(as_params(options), {"HOME": str(tmp_path), **environ})
    assert value_of(connection, option) == value


@pytest.mark.parametrize("option", ["region", "account_id", "endpoint", "sts_endpoint"])
def test_options_take_precedence_over_the_environment(option: str) -> None:
    environ = dict.fromkeys(ENVIRONMENT[option], "not-this")
    assert value_of(connect(environ, **KEY, **{option: VALUES[option]}), option) == VALUES[option]


def test_blank_options_are_ignored_and_whitespace_is_stripped() -> None:
    connection = connect(ENV_KEY, access_key_id="", profile=" ", region=" cn-beijing\n", account_id="")
    assert connection.source == AccessKey("LTAI-env", "env-secret")
    assert connection.region == "cn-beijing"
    assert connection.account_id is None


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"region": "Hangzhou"}, "region: 'Hangzhou' is not a region ID such as cn-hangzhou"),
        ({"region": "cn-hangzhou.evil.org/"}, "region: 'cn-hangzhou.evil.org/' is not"),
        ({"region": "cn"}, "region: 'cn' is not"),
        ({"account_id": "my-account"}, "account_id: must be the numeric account ID"),
        ({"account_id": "\uff11\uff12"}, "account_id: must be the numeric account ID"),
        ({"endpoint": "https://h/path"}, "endpoint: must not contain a path"),
        ({"sts_endpoint": "h:x"}, "sts_endpoint: the port must be"),
        ({"connect_timeout": -1}, "connect_timeout: must be between 0.001 and 86400 seconds, not -1"),
        ({"connect_timeout": 1e308}, "connect_timeout: must be between 0.001 and 86400 seconds, not 1e+308"),
        ({"connect_timeout": "0.0001"}, "connect_timeout: must be between 0.001 and 86400 seconds, not 0.0001"),
        ({"read_timeout": 0}, "read_timeout: must be between 0.001 and 86400 seconds, not 0"),
        ({"read_timeout": "nan"}, "read_timeout: must be between 0.001 and 86400 seconds, not nan"),
        ({"read_timeout": "-inf"}, "read_timeout: must be between 0.001 and 86400 seconds, not -inf"),
        ({"retry_timeout": -0.5}, "retry_timeout: must be between 0 and 86400 seconds, not -0.5"),
        ({"retry_timeout": 86401}, "retry_timeout: must be between 0 and 86400 seconds, not 86401"),
        ({"access_denied_timeout": "inf"}, "access_denied_timeout: must be between 0 and 86400 seconds, not inf"),
        ({"ca_path": "/nonexistent/ca.pem"}, "ca_path: cannot read /nonexistent/ca.pem"),
        ({"assume_role": {"role_arn": "deployer"}}, "assume_role.role_arn: 'deployer' is not a role ARN"),
        ({"assume_role": {"session_name": "x"}}, "assume_role.role_arn: is required (or set the environment variable"),
        ({"assume_role": {"role_arn": ROLE, "session_name": "a b"}}, "assume_role.session_name: must have 2 to 64"),
        ({"assume_role": {"role_arn": ROLE, "session_expiration": 899}}, "assume_role.session_expiration: must be"),
        ({"assume_role": {"role_arn": ROLE, "session_expiration": 43201}}, "assume_role.session_expiration: must be"),
        ({"assume_role": {"role_arn": ROLE, "policy": "{"}}, "assume_role.policy: must be a JSON policy document"),
        ({"assume_role": {"role_arn": ROLE, "policy": "[]"}}, "assume_role.policy: must be a JSON policy document"),
    ],
)
def test_invalid_values_are_rejected(options: Mapping[str, Any], problem: str) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(**{**KEY, **options})
    assert str(exc_info.value).startswith(problem)


@pytest.mark.skipif(sys.version_info >= (3, 13), reason="Python 3.13 parses all policies that are not too long")
def test_deeply_nested_policies_are_rejected() -> None:
    with pytest.raises(InvalidOption, match="is nested too deeply"):
        connect(**KEY, assume_role={"role_arn": ROLE, "policy": "[" * 8000})


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        ({"ALIBABA_CLOUD_REGION": "Hangzhou"}, "region: .* environment variable ALIBABA_CLOUD_REGION"),
        ({"FC_ENDPOINT": "h/path"}, "endpoint: .* environment variable FC_ENDPOINT"),
        ({"ALICLOUD_ACCOUNT_ID": "x"}, "account_id: .* environment variable ALICLOUD_ACCOUNT_ID"),
        (
            {"ALICLOUD_ASSUME_ROLE_ARN": ROLE, "ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION": "1h"},
            "assume_role.session_expiration: .* ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",
        ),
    ],
)
def test_invalid_values_from_the_environment_are_rejected_with_the_variable(
    environ: Mapping[str, str], problem: str
) -> None:
    with pytest.raises(InvalidOption, match=problem):
        connect(environ, **KEY)


@pytest.mark.parametrize("option", ["validate_certs", "ca_path", None])
def test_special_files_are_rejected_as_certificates(option: str | None, certificate: Path, tmp_path: Path) -> None:
    options = {"validate_certs": False, "ca_path": str(certificate)}
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path in (fifo, Path("/dev/zero")):
        with pytest.raises(InvalidOption, match="it is not a regular file"):
            connect({"SSL_CERT_FILE": str(path)}, **KEY, **{name: options[name] for name in options if name == option})


@pytest.mark.parametrize("path", ["/nonexistent/ca.pem", "/etc", __file__, ""])
def test_invalid_certificate_files_are_ignored_without_validate_certs(path: str) -> None:
    connection = connect({"SSL_CERT_FILE": path}, **KEY, validate_certs=False)
    assert connection.ca_path is None


def test_region_is_required_without_an_endpoint() -> None:
    with pytest.raises(InvalidOption, match="region: is required unless endpoint is specified"):
        Connection.from_params(as_params(KEY), {"HOME": "/nonexistent"})
    connection = Connection.from_params(as_params({**KEY, "endpoint": "h"}), {"HOME": "/nonexistent"})
    assert connection.region is None
    assert connection.sts_service() == Endpoint("https", "sts.aliyuncs.com")


def test_timeouts_have_the_documented_defaults() -> None:
    connection = connect(**KEY)
    assert (connection.connect_timeout, connection.read_timeout) == (5, 10)
    assert (connection.retry_timeout, connection.access_denied_timeout) == (60, 120)
    assert connect(**KEY, retry_timeout=0, connect_timeout="0.5").connect_timeout == 0.5


def test_repr_contains_no_secrets(tmp_path: Path) -> None:
    secrets = ["planted-secret", "planted-token", "planted-external", "planted-password"]
    token = tmp_path / "token"
    token.write_text("x", encoding="utf-8")
    connection = connect(
        {"HTTPS_PROXY": "http://u:planted-password@h"},
        access_key_id="LTAI",
        access_key_secret=secrets[0],
        security_token=secrets[1],
        assume_role={"role_arn": ROLE, "external_id": secrets[2]},
    )
    for text in (repr(connection), str(connection)):
        assert "LTAI" in text
        assert not [secret for secret in secrets if secret in text]
    assert "planted" not in repr(connect(credentials_uri="http://h/?token=planted-token"))


@pytest.mark.parametrize("part", ["access_key_id", "access_key_secret", "security_token"])
@pytest.mark.parametrize("invalid", ["\n", " ", "\u200b", "\u00e9", "\x00"])
def test_credentials_with_invalid_characters_are_rejected_and_not_displayed(part: str, invalid: str) -> None:
    key = {"access_key_id": "LTAI", "access_key_secret": "secret", "security_token": "token"}
    with pytest.raises(InvalidOption) as exc_info:
        connect(**{**key, part: f"planted{invalid}half"})
    assert str(exc_info.value) == f"{part}: {INVALID_CHARACTERS}."
    with pytest.raises(InvalidOption) as exc_info:
        connect({f"ALIBABA_CLOUD_{name.upper()}": text for name, text in {**key, part: f"planted{invalid}x"}.items()})
    assert str(exc_info.value).startswith(f"{part}: {INVALID_CHARACTERS} (from the environment variable ALIBABA_CLOUD_")
    assert "planted" not in str(exc_info.value)


# --- Authentication methods -------------------------------------------------------------------------------------

OIDC = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": "/run/token"}
ENV_OIDC = {
    "ALIBABA_CLOUD_ROLE_ARN": OTHER_ROLE,
    "ALIBABA_CLOUD_OIDC_PROVIDER_ARN": PROVIDER,
    "ALIBABA_CLOUD_OIDC_TOKEN_FILE": "/run/env-token",
}
ENV_ECS = {"ALIBABA_CLOUD_ECS_METADATA": "env-role"}
ENV_URI = {"ALIBABA_CLOUD_CREDENTIALS_URI": "http://127.0.0.1/env"}
PROFILE_KEY = AccessKey("LTAI-profile", "profile-secret")


@pytest.fixture
def home(tmp_path: Path) -> str:
    """Return a home directory with the CLI profiles ``default`` and ``staging``."""
    key = {"mode": "AK", "access_key_id": "LTAI-profile", "access_key_secret": "profile-secret"}
    write_profiles(
        tmp_path / ".aliyun" / "config.json",
        {"name": "default", "region_id": "cn-qingdao", **key, "access_key_id": "LTAI-default"},
        {"name": "staging", "region_id": "ap-southeast-1", **key},
    )
    return str(tmp_path)


TASK_METHODS: list[tuple[dict[str, Any], Source]] = [
    (KEY, AccessKey("LTAI-option", "option-secret")),
    ({"profile": "staging"}, PROFILE_KEY),
    ({"ecs_role_name": "option-role"}, EcsRole("option-role")),
    ({"oidc": OIDC}, OidcRole(PROVIDER, "/run/token", Role(ROLE))),
    ({"credentials_uri": "http://127.0.0.1/option"}, CredentialsUri("http://127.0.0.1/option")),
]
#: Authentication methods configured in the environment, in order of precedence.
ENVIRONMENT_METHODS: list[tuple[dict[str, str], Source]] = [
    (ENV_KEY, AccessKey("LTAI-env", "env-secret")),
    (ENV_OIDC, OidcRole(PROVIDER, "/run/env-token", Role(OTHER_ROLE))),
    ({"ALICLOUD_PROFILE": "staging"}, PROFILE_KEY),
    (ENV_ECS, EcsRole("env-role")),
    (ENV_URI, CredentialsUri("http://127.0.0.1/env")),
]
EVERYTHING = {name: value for environ, _source in ENVIRONMENT_METHODS for name, value in environ.items()}


@pytest.mark.parametrize(("options", "source"), TASK_METHODS)
def test_method_of_the_task_takes_precedence_over_the_environment(
    home: str, options: Mapping[str, Any], source: Source
) -> None:
    assert connect({"HOME": home}, **options).source == source
    assert connect({"HOME": home, **EVERYTHING}, **options).source == source


@pytest.mark.parametrize("number", range(len(ENVIRONMENT_METHODS)))
def test_methods_of_the_environment_have_an_order_of_precedence(home: str, number: int) -> None:
    environ = {name: value for variables, _source in ENVIRONMENT_METHODS[number:] for name, value in variables.items()}
    assert connect({"HOME": home, **environ}).source == ENVIRONMENT_METHODS[number][1]


def test_default_profile_is_used_without_options(home: str) -> None:
    connection = Connection.from_params(as_params({}), {"HOME": home})
    assert connection.source == AccessKey("LTAI-default", "profile-secret")
    assert connection.region == "cn-qingdao"


def test_default_chain_is_used_without_a_default_profile() -> None:
    assert connect().source == DefaultChain()


def test_incomplete_default_profile_is_skipped(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default", "mode": "AK", "access_key_id": ""})
    (problem,) = getattr(connect({"HOME": str(tmp_path)}).source, "skipped")  # noqa: B009 - not an attribute of every Source
    assert problem == f"the profile 'default' in {path} cannot be used: access_key_id is missing"


@pytest.mark.parametrize(
    "name", ["ALIBABA_CLOUD_IGNORE_PROFILE", "ALIBABACLOUD_IGNORE_PROFILE", "ALIBABA_CLOUD_CLI_PROFILE_DISABLED"]
)
def test_environment_can_disable_profiles(home: str, name: str) -> None:
    environ = {"HOME": home, name: "TRUE"}
    assert connect(environ).source == DefaultChain(without_profiles=True)
    assert connect({**environ, "ALICLOUD_PROFILE": "staging"}).source == DefaultChain(without_profiles=True)
    assert connect(environ, profile="staging").source == PROFILE_KEY


@pytest.mark.parametrize("first", range(len(TASK_METHODS)))
@pytest.mark.parametrize("second", range(len(TASK_METHODS)))
def test_methods_of_a_task_are_mutually_exclusive(home: str, first: int, second: int) -> None:
    if first == second:
        return
    with pytest.raises(InvalidOption, match=r"^\w+: is mutually exclusive with \w+; use one authentication method\.$"):
        connect({"HOME": home}, **TASK_METHODS[first][0], **TASK_METHODS[second][0])


def test_profile_can_be_combined_with_a_credentials_file(home: str, tmp_path: Path) -> None:
    other = write_profiles(tmp_path / "other.json", {"name": "staging", "access_key_id": "x", "access_key_secret": "y"})
    environ = {"HOME": home, "ALICLOUD_PROFILE": "default"}
    assert connect(environ, profile="staging", shared_credentials_file=str(other)).source == AccessKey("x", "y")
    environ = {"HOME": home, "ALIBABA_CLOUD_CREDENTIALS_FILE": "~/other.json"}
    assert connect(environ, profile="staging").source == AccessKey("x", "y")


# --- Access keys ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environ", "options", "key"),
    [
        # The environment supplies the missing parts of a key unless the key ID in the environment differs.
        ({"ALICLOUD_SECRET_KEY": "s"}, {"access_key_id": "a"}, AccessKey("a", "s")),
        ({"ALICLOUD_ACCESS_KEY": "a", "ALICLOUD_SECRET_KEY": "s"}, {"access_key_id": "a"}, AccessKey("a", "s")),
        ({"ALICLOUD_ACCESS_KEY": "a"}, {"access_key_secret": "s"}, AccessKey("a", "s")),
        ({"ALICLOUD_SECURITY_TOKEN": "t"}, KEY, AccessKey("LTAI-option", "option-secret", "t")),
        # The token in the environment belongs to another key.
        ({**ENV_KEY, "ALIBABA_CLOUD_SECURITY_TOKEN": "t"}, KEY, AccessKey("LTAI-option", "option-secret")),
        # The variables for two tools each contain a complete key.
        ({"ALICLOUD_ACCESS_KEY": "a", "ALICLOUD_SECRET_KEY": "s", **ENV_KEY}, {}, AccessKey("a", "s")),
        (
            {
                "ALICLOUD_ACCESS_KEY": "a",
                "ALICLOUD_SECRET_KEY": "s",
                **ENV_KEY,
                "ALIBABA_CLOUD_SECURITY_TOKEN": "t",
            },
            {},
            AccessKey("a", "s"),
        ),
        # The variables for two tools together contain a single key.
        ({"ALICLOUD_ACCESS_KEY": "a", "ALIBABACLOUD_ACCESS_KEY_SECRET": "s"}, {}, AccessKey("a", "s")),
        ({"ALICLOUD_ACCESS_KEY_ID": "a", "ALICLOUD_SECRET_ACCESS_KEY": "s"}, {}, AccessKey("a", "s")),
    ],
)
def test_parts_of_different_access_keys_are_not_combined(
    environ: Mapping[str, str], options: Mapping[str, Any], key: AccessKey
) -> None:
    assert connect(environ, **options).source == key


@pytest.mark.parametrize(
    ("environ", "options", "problem"),
    [
        ({}, {"access_key_id": "LTAI"}, "access_key_secret: is required with access_key_id LTAI"),
        ({}, {"access_key_secret": "s3cret"}, "access_key_id: is required"),
        ({}, {"security_token": "s3cret"}, "access_key_id: is required"),
        ({"ALICLOUD_ACCESS_KEY": "LTAI"}, {}, "access_key_secret: is required with access_key_id LTAI"),
        ({"ALICLOUD_SECRET_KEY": "s3cret"}, {}, "access_key_id: is required"),
        (ENV_KEY, {"access_key_id": "LTAI"}, "access_key_secret: is required with access_key_id LTAI"),
        ({"ALICLOUD_ACCESS_KEY": "LTAI", **ENV_KEY}, {}, "access_key_secret: is required with access_key_id LTAI"),
    ],
)
def test_incomplete_access_keys_are_rejected(
    environ: Mapping[str, str], options: Mapping[str, Any], problem: str
) -> None:
    with pytest.raises(InvalidOption) as exc_info:
        connect(environ, **options)
    assert str(exc_info.value).startswith(problem)
    assert "s3cret" not in str(exc_info.value)


def test_security_token_without_a_key_is_ignored() -> None:
    assert connect({"ALIBABA_CLOUD_SECURITY_TOKEN": "t"}).source == DefaultChain()


PARTS = ("access_key_id", "access_key_secret", "security_token")
#: Environment variables that belong together.
FAMILIES = [
    ("ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY", "ALICLOUD_SECURITY_TOKEN"),
    ("ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"),
    ("ALIBABACLOUD_ACCESS_KEY_ID", "ALIBABACLOUD_ACCESS_KEY_SECRET", "ALIBABACLOUD_SECURITY_TOKEN"),
    ("ALICLOUD_ACCESS_KEY_ID", "ALICLOUD_ACCESS_KEY_SECRET", ""),
]
LAYERS = st.lists(
    st.fixed_dictionaries({}, optional={part: st.integers(0, 2) for part in PARTS}), min_size=5, max_size=5
)


@settings(deadline=None)
@given(LAYERS)
def test_access_keys_are_never_mixed(layers: list[dict[str, int]]) -> None:
    """The secret and the token never come from a layer (the task or a family of variables) with a different key ID."""

    # The value of an ID identifies a key. The value of a secret or token identifies its layer.
    def text(number: int, part: str) -> str:
        key = layers[number][part]
        return f"key {key}" if part == "access_key_id" else f"{part} in {number}"

    options = {part: text(0, part) for part in layers[0]}
    environ = {
        name: text(number, part)
        for number, family in enumerate(FAMILIES, start=1)
        for part, name in zip(PARTS, family)
        if name and part in layers[number]
    }
    try:
        source = connect(environ, **options).source
    except InvalidOption:
        return
    if not isinstance(source, AccessKey):
        assert not options
        return
    named = [layer["access_key_id"] for layer in layers if "access_key_id" in layer]
    assert source.access_key_id == f"key {named[0]}"
    for found in (source.access_key_secret, source.security_token):
        if found:
            origin = layers[int(found[-1])]
            assert origin.get("access_key_id", named[0]) == named[0]


# --- Roles ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("options", "source"), TASK_METHODS)
def test_assume_role_with_every_method_of_the_task(home: str, options: Mapping[str, Any], source: Source) -> None:
    connection = connect({"HOME": home}, **options, assume_role={"role_arn": ROLE})
    assert connection.source == AssumedRole(source, Role(ROLE, "ansible-alicloud-fc"))


@pytest.mark.parametrize(
    ("environ", "source"), [*ENVIRONMENT_METHODS, ({}, AccessKey("LTAI-default", "profile-secret"))]
)
def test_assume_role_with_every_method_of_the_environment(
    home: str, environ: Mapping[str, str], source: Source
) -> None:
    environ = {"HOME": home, **environ}
    assert connect(environ, assume_role={"role_arn": ROLE}).source == AssumedRole(source, Role(ROLE))
    # The environment variable has the same effect as the option.
    assert connect({**environ, "ALICLOUD_ASSUME_ROLE_ARN": ROLE}).source == AssumedRole(source, Role(ROLE))


def test_assume_role_options() -> None:
    policy = {"Version": "1", "Statement": []}
    role = {"role_arn": ROLE, "session_name": "deploy@ci", "session_expiration": 900, "policy": policy}
    source = connect(**KEY, assume_role={**role, "external_id": "x"}).source
    assert isinstance(source, AssumedRole)
    assert source.external_id == "x"
    assert (source.role.arn, source.role.session_name, source.role.expiration) == (ROLE, "deploy@ci", 900)
    assert json.loads(source.role.policy or "") == policy


def test_ambiguous_role_variable_applies_only_to_the_access_key_of_the_environment(home: str) -> None:
    role = {"HOME": home, "ALIBABA_CLOUD_ROLE_ARN": ROLE}
    assert connect({**role, **ENV_KEY}).source == AssumedRole(AccessKey("LTAI-env", "env-secret"), Role(ROLE))
    assert connect({**role, **ENV_KEY}, **KEY).source == AccessKey("LTAI-option", "option-secret")
    assert connect(role, profile="staging").source == PROFILE_KEY
    assert connect({**role, "ALICLOUD_PROFILE": "staging"}).source == PROFILE_KEY
    assert connect({**role, **ENV_ECS}).source == EcsRole("env-role")


def test_ambiguous_role_variable_completes_assume_role(home: str) -> None:
    environ = {"HOME": home, "ALIBABA_CLOUD_ROLE_ARN": ROLE, "ALIBABA_CLOUD_ROLE_SESSION_NAME": "session"}
    source = connect(environ, profile="staging", assume_role={}).source
    assert source == AssumedRole(PROFILE_KEY, Role(ROLE, "session"))


def test_oidc_role_is_not_assumed_twice() -> None:
    assert connect(ENV_OIDC).source == OidcRole(PROVIDER, "/run/env-token", Role(OTHER_ROLE))
    # As in the official chain, the access key takes precedence. The role is used only for OIDC.
    assert connect({**ENV_OIDC, **ENV_KEY}).source == AccessKey("LTAI-env", "env-secret")
    for environ, options in (({**ENV_OIDC, **ENV_KEY}, {}), ({"ALIBABA_CLOUD_ROLE_ARN": ROLE}, {"oidc": OIDC})):
        with pytest.raises(InvalidOption, match=r"assume_role\.role_arn: is required"):
            connect(environ, **options, assume_role={})


def test_incomplete_oidc_variables_are_ignored_as_in_the_official_chain() -> None:
    for missing in ENV_OIDC:
        environ = {name: value for name, value in ENV_OIDC.items() if name != missing}
        assert connect({**environ, **ENV_ECS}).source == EcsRole("env-role")


def test_oidc_options_are_completed_from_the_environment() -> None:
    connection = connect(ENV_OIDC, oidc={"role_arn": ROLE, "session_name": "ci-run"})
    assert connection.source == OidcRole(PROVIDER, "/run/env-token", Role(ROLE, "ci-run"))
    assert connect(ENV_OIDC, oidc={}).source == OidcRole(PROVIDER, "/run/env-token", Role(OTHER_ROLE))
    for missing in OIDC:
        with pytest.raises(InvalidOption, match=rf"^oidc\.{missing}: is required \(or set the environment variable"):
            connect(oidc={name: value for name, value in OIDC.items() if name != missing})


# --- Endpoints --------------------------------------------------------------------------------------------------


def test_fc2_endpoint_contains_account_and_region() -> None:
    assert connect(**KEY).fc_service(FC2, "123") == Endpoint("https", "123.cn-hangzhou.fc.aliyuncs.com")
    connection = connect(**KEY, account_id="456", network="internal", region="us-east-1")
    assert connection.fc_service(FC2, None) == Endpoint("https", "456.us-east-1-internal.fc.aliyuncs.com")


def test_account_id_is_required_if_the_endpoint_contains_it() -> None:
    assert connect(**KEY).needs_account_id(FC2)
    assert not connect(**KEY, account_id="1").needs_account_id(FC2)
    assert not connect(**KEY, endpoint="http://127.0.0.1:1").needs_account_id(FC2)
    assert not connect(**KEY, endpoint="123.cn-hangzhou.fc.aliyuncs.com").needs_account_id(FC2)
    assert connect(**KEY, endpoint="cn-hangzhou.fc.aliyuncs.com").needs_account_id(FC2)
    assert not connect(**KEY).needs_account_id(FC3)
    assert connect(**KEY, network="internal").needs_account_id(FC3)
    assert connect(**KEY, endpoint="cn-hangzhou.fc.aliyuncs.com").needs_account_id(FC3)
    assert not connect(**KEY, endpoint="http://127.0.0.1:1").needs_account_id(FC3)
    with pytest.raises(InvalidOption, match="account_id: is required"):
        connect(**KEY).fc_service(FC2, None)


def test_only_the_account_is_added_to_custom_endpoints() -> None:
    assert connect(**KEY, endpoint="http://127.0.0.1:1").fc_service(FC2, "123") == Endpoint("http", "127.0.0.1:1")
    # Terraform also adds the account ID to FC_ENDPOINT.
    connection = connect({"FC_ENDPOINT": "cn-beijing.fc.aliyuncs.com"}, **KEY)
    assert connection.fc_service(FC2, "123") == Endpoint("https", "123.cn-beijing.fc.aliyuncs.com")
    assert connect(**KEY, endpoint="9.cn-beijing.fc.aliyuncs.com").fc_service(FC2, "1").host.startswith("9.cn-beijing.")


def test_fc3_endpoint() -> None:
    assert connect(**KEY).fc_service(FC3, None) == Endpoint("https", "fcv3.cn-hangzhou.aliyuncs.com")
    assert connect(**KEY, endpoint="h:1").fc_service(FC3, None) == Endpoint("https", "h:1")
    internal = connect(**KEY, network="internal")
    assert internal.fc_service(FC3, "123") == Endpoint("https", "123.cn-hangzhou-internal.fc.aliyuncs.com")
    with pytest.raises(InvalidOption, match="account_id: is required"):
        internal.fc_service(FC3, None)


def test_sts_endpoint_is_regional() -> None:
    assert connect(**KEY).sts_service() == Endpoint("https", "sts.cn-hangzhou.aliyuncs.com")
    assert connect(**KEY).sts_service("us-east-1") == Endpoint("https", "sts.us-east-1.aliyuncs.com")
    assert connect(**KEY, network="internal").sts_service() == Endpoint("https", "sts-vpc.cn-hangzhou.aliyuncs.com")
    custom = connect(**KEY, sts_endpoint="http://127.0.0.1:1/", network="internal")
    assert custom.sts_service("us-east-1") == Endpoint("http", "127.0.0.1:1")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first example is slow
@given(st.dictionaries(st.sampled_from(sorted(argument_spec())), st.text() | st.integers() | st.none()))
def test_arbitrary_options_are_valid_or_rejected_with_the_option(options: dict[str, Any]) -> None:
    params = {
        **as_params({}),
        **{name: value for name, value in options.items() if argument_spec()[name]["type"] == "str"},
    }
    option = "region"
    try:
        Connection.from_params(params, {"HOME": "/nonexistent"})
    except InvalidOption as error:
        option = error.option.partition(".")[0]
    assert option in argument_spec()
