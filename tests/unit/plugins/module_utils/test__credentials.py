# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of credentials that the official library gets from local servers."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import textwrap
import threading
from pathlib import Path
from typing import Any, Callable, Iterator, Mapping

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption
from support.connecting import OTHER_ROLE, PROVIDER, ROLE, as_params, connect, write_profiles

from .issuing import Server, issued_credential, run_server, sent_parameters

# The library uses the deprecated datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}


@pytest.fixture
def server() -> Iterator[Server]:
    with run_server() as running:
        yield running


def get_key(connection: Connection) -> tuple[str, str, str | None]:
    """Return the key ID, secret and token of a connection's credential."""
    key = credential(connection).get_credential()
    return key.access_key_id, key.access_key_secret, key.security_token


URI_FAILED = "Requesting credentials from credentials_uri failed"


def get_error(connection: Connection) -> CredentialError:
    """Return the error from a connection that cannot get a credential."""
    with pytest.raises(CredentialError) as error:
        get_key(connection)
    return error.value


# --- Authentication methods -------------------------------------------------------------------------------------


def test_access_key() -> None:
    assert get_key(connect(**KEY)) == ("LTAI-static", "planted-secret", None)
    assert get_key(connect(**KEY, security_token="t")) == ("LTAI-static", "planted-secret", "t")


def test_client_is_the_official_client() -> None:
    from alibabacloud_credentials.client import Client

    client = credential(connect(**KEY))
    assert isinstance(client, Client)
    assert client.get_credential().provider_name == "static_ak"


def test_profile(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "StsToken", **KEY, "sts_token": "t"})
    environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "x", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "y"}
    connection = connect(environ, profile="p", shared_credentials_file=str(path))
    assert get_key(connection) == ("LTAI-static", "planted-secret", "t")


def test_credentials_uri(server: Server) -> None:
    connection = connect(credentials_uri=f"{server.url}/credentials?app=ci&x=1")
    assert get_key(connection) == ("STS.issued-1", "issued-secret-1", "issued-token-1")
    assert [url for url, _headers in server.requests] == ["/credentials?app=ci&x=1"]


def test_assume_role_with_credentials_uri(server: Server) -> None:
    role = {"role_arn": ROLE, "session_name": "deploy", "session_expiration": 1800, "policy": {"a": 1}}
    connection = connect(credentials_uri=server.url, assume_role={**role, "external_id": "x"}, sts_endpoint=server.url)
    assert get_key(connection) == ("STS.issued-2", "issued-secret-2", "issued-token-2")
    sent = sent_parameters(server)[1]
    names = ("Action", "RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "AccessKeyId", "SecurityToken")
    assert [sent[name] for name in names] == [
        "AssumeRole",
        ROLE,
        "deploy",
        "1800",
        "x",
        "STS.issued-1",
        "issued-token-1",
    ]
    assert json.loads(sent["Policy"]) == {"a": 1}


def test_roles_of_chained_profiles_and_of_the_option(tmp_path: Path, server: Server) -> None:
    path = write_profiles(
        tmp_path / "c.json",
        {"name": "base", "mode": "RamRoleArn", **KEY, "ram_role_arn": OTHER_ROLE, "ram_session_name": "one"},
        {"name": "p", "mode": "ChainableRamRoleArn", "source_profile": "base", "ram_role_arn": ROLE},
    )
    connection = connect(
        profile="p",
        shared_credentials_file=str(path),
        assume_role={"role_arn": "acs:ram::1:role/third"},
        sts_endpoint=server.url,
    )
    assert get_key(connection)[0] == "STS.issued-3"
    assert [(sent["AccessKeyId"], sent["RoleArn"]) for sent in sent_parameters(server)] == [
        ("LTAI-static", OTHER_ROLE),
        ("STS.issued-1", ROLE),
        ("STS.issued-2", "acs:ram::1:role/third"),
    ]


def test_oidc(tmp_path: Path, server: Server) -> None:
    token = tmp_path / "token"
    token.write_text("planted-oidc-token", encoding="utf-8")
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    assert get_key(connect(oidc=oidc, sts_endpoint=server.url))[0] == "STS.issued-1"
    (sent,) = sent_parameters(server)
    assert sent["Action"] == "AssumeRoleWithOIDC"
    values = (sent["OIDCToken"], sent["OIDCProviderArn"], sent["RoleArn"], sent["RoleSessionName"])
    assert values == ("planted-oidc-token", PROVIDER, ROLE, "ansible-alicloud-fc")


def test_command_of_a_profile(tmp_path: Path) -> None:
    script = tmp_path / "print-key"
    output = {"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s", "sts_token": "t"}
    script.write_text(f"#!/bin/sh\necho '{json.dumps(output)}'\n", encoding="utf-8")
    script.chmod(0o700)
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": str(script)})
    connection = connect(profile="p", shared_credentials_file=str(path))
    if "profile_file" not in _parameters_of_cli_profiles():
        assert "does not support this profile mode" in str(get_error(connection))
        return
    assert get_key(connection) == ("STS.x", "s", "t")


def _parameters_of_cli_profiles() -> Any:
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

    return CLIProfileCredentialsProvider.__init__.__kwdefaults__


@pytest.fixture
def metadata_service(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """Return a server that replaces the ECS metadata service.

    The server acts as a proxy because the URL of the metadata service is fixed.
    """
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
    monkeypatch.setenv("HTTP_PROXY", server.url)
    return server


def test_ecs_role(metadata_service: Server) -> None:
    before = set(threading.enumerate())
    assert get_key(connect(ecs_role_name="r"))[0].startswith("STS.issued-")
    urls = [url for url, _headers in metadata_service.requests]
    base = "http://100.100.100.200/latest"
    assert urls == [f"{base}/api/token", f"{base}/meta-data/ram/security-credentials/r"]
    assert metadata_service.requests[1][1]["x-aliyun-ecs-metadata-token"] == "metadata-token"
    assert {thread.name for thread in set(threading.enumerate()) - before if "AP" in thread.name} == set()


def test_default_chain_uses_the_role_of_the_instance(
    metadata_service: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    found = credential(connect()).get_credential()
    assert found.access_key_id.startswith("STS.issued-")
    assert found.provider_name == "default/ecs_ram_role"
    assert metadata_service.requests[-1][0].endswith("/security-credentials/role-of-this-instance")
    assert [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)] == handlers
    assert not [thread for thread in threading.enumerate() if "APScheduler" in thread.name]


def test_default_chain_ignores_cli_profiles_if_profiles_are_disabled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default", "mode": "AK", **KEY})
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_cli_profile_disabled", "false")
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    connection = connect({"HOME": str(tmp_path), "ALIBABA_CLOUD_IGNORE_PROFILE": "TRUE"})
    assert "no credentials were found. Specify access_key_id" in str(get_error(connection))


def test_error_of_the_default_chain_names_skipped_profiles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    path = write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default", "mode": "AK"})
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    text = str(get_error(connect({"HOME": str(tmp_path)})))
    assert f"Not used: the profile 'default' in {path} cannot be used: access_key_id is missing." in text


# --- Renewal and proxies ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("valid_for", "calls"), [(3600, 1), (900, 1), (100, 3)])
def test_credentials_are_renewed_only_before_they_expire(valid_for: int, calls: int) -> None:
    with run_server(valid_for=valid_for) as server:
        client = credential(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
        keys = [client.get_credential().access_key_id for _index in range(3)]
        assert len(server.requests) == calls
        assert len(set(keys)) == calls


def test_threads_share_a_credential() -> None:
    start = threading.Barrier(8)
    keys: list[str] = []
    # On its own, the library would renew credentials that have this lifetime once per thread.
    with run_server(valid_for=900) as server:
        client = credential(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))

        def work() -> None:
            start.wait()
            keys.append(client.get_credential().access_key_id)

        threads = [threading.Thread(target=work) for _index in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert keys == ["STS.issued-1"] * 8
        assert len(server.requests) == 1


def test_timeouts_are_passed_to_the_library() -> None:
    options = {"connect_timeout": 2.5, "read_timeout": 0.25, "assume_role": {"role_arn": ROLE}}
    client = credential(connect(credentials_uri="http://h", **options))
    outer = client.cloud_credential.provider._provider
    inner = outer._credentials_provider._provider
    for provider in (outer, inner):
        runtime_options = provider._runtime_options
        assert (runtime_options["connectTimeout"], runtime_options["readTimeout"]) == (2500, 250)


def test_sts_is_called_through_the_proxy_of_the_environment(server: Server) -> None:
    environ = {"http_proxy": server.url}
    options = {**KEY, "assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://sts.invalid"}
    assert get_key(connect(environ, **options))[0] == "STS.issued-1"
    assert server.requests[0][0].startswith("http://sts.invalid/?")
    assert get_error(connect({**environ, "NO_PROXY": "sts.invalid"}, **options)).temporary
    assert len(server.requests) == 1


def test_proxy_is_determined_when_the_connection_is_created(server: Server) -> None:
    """The collection later removes the proxy variables from the environment because the SDK ignores NO_PROXY."""
    environ = {"HOME": "/nonexistent", "http_proxy": server.url}
    params = as_params({"region": "cn-hangzhou", "credentials_uri": "http://uri.invalid"})
    connection = Connection.from_params(params, environ)
    environ.clear()
    assert get_key(connection)[0] == "STS.issued-1"


def test_regional_sts_is_called_through_the_https_proxy(server: Server) -> None:
    options = {**KEY, "assume_role": {"role_arn": ROLE}, "network": "internal"}
    get_error(connect({"HTTPS_PROXY": server.url}, **options))
    assert [url for url, _headers in server.requests] == ["sts-vpc.cn-hangzhou.aliyuncs.com:443"]


def test_sts_region_of_a_profile_is_used(tmp_path: Path, server: Server) -> None:
    entry = {"name": "p", "mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, "sts_region": "eu-central-1"}
    path = write_profiles(tmp_path / "c.json", entry)
    get_error(connect({"HTTPS_PROXY": server.url}, profile="p", shared_credentials_file=str(path)))
    assert [url for url, _headers in server.requests] == ["sts.eu-central-1.aliyuncs.com:443"]


# --- Emulator, which verifies signatures ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Return the paths of a self-signed certificate for 127.0.0.1 and its key."""
    if sys.version_info < (3, 10):
        pytest.skip("the emulator needs Python 3.10")
    from emulator.certificate import self_signed

    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def ca_path(certificate: tuple[str, str]) -> str:
    """Return the path of the trusted certificate."""
    return certificate[0]


@pytest.fixture
def emulator(certificate: tuple[str, str]) -> Iterator[Any]:
    """Run the emulator with TLS on a new port for each test."""
    from emulator import Emulator

    with Emulator(tls=certificate) as running:
        yield running


def connect_with_role(emulator: Any, **options: Any) -> Connection:
    """Return a connection that uses the emulator's STS to assume a role."""
    key = {"access_key_id": emulator.access_key_id, "access_key_secret": emulator.access_key_secret}
    return connect(**{**key, "assume_role": {"role_arn": ROLE}, "sts_endpoint": emulator.url, **options})


def test_sts_verifies_the_signature(emulator: Any, ca_path: str) -> None:
    assert get_key(connect_with_role(emulator, ca_path=ca_path))[0].startswith("STS.")
    error = get_error(connect_with_role(emulator, ca_path=ca_path, access_key_secret="planted-wrong"))
    assert str(error) == (
        f"Assuming the role {ROLE} failed: HTTP 400, SignatureDoesNotMatch, the access key secret does not match the "
        "access key ID. "
        "Check the role's ARN and trust policy, and grant sts:AssumeRole to the caller."
    )
    assert not error.temporary
    error = get_error(connect_with_role(emulator, ca_path=ca_path, access_key_id="LTAI-nobody"))
    assert "HTTP 404, InvalidAccessKeyId.NotFound, Specified access key is not found. Check" in str(error)


def test_self_signed_certificates_require_ca_path(emulator: Any, ca_path: str) -> None:
    error = get_error(connect_with_role(emulator))
    assert " is not trusted (" in str(error)
    assert not error.temporary
    assert emulator.journal.requests == []
    assert get_key(connect_with_role(emulator, ca_path=ca_path))[0].startswith("STS.")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificate_authority_of_the_environment_is_trusted(emulator: Any, ca_path: str, variable: str) -> None:
    key = {"access_key_id": emulator.access_key_id, "access_key_secret": emulator.access_key_secret}
    connection = connect({variable: ca_path}, **key, assume_role={"role_arn": ROLE}, sts_endpoint=emulator.url)
    assert get_key(connection)[0].startswith("STS.")


def test_certificates_of_other_hosts_are_rejected(emulator: Any, ca_path: str) -> None:
    url = emulator.url.replace("127.0.0.1", "localhost")
    error = get_error(connect_with_role(emulator, sts_endpoint=url, ca_path=ca_path))
    assert " is not trusted (" in str(error)
    assert emulator.journal.requests == []


def test_validate_certs_disables_verification(emulator: Any) -> None:
    assert get_key(connect_with_role(emulator, validate_certs=False))[0].startswith("STS.")


def test_sts_verifies_the_oidc_token(emulator: Any, ca_path: str, tmp_path: Path) -> None:
    options = {"sts_endpoint": emulator.url, "ca_path": ca_path}
    token = tmp_path / "token"
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    token.write_text(emulator.oidc_token, encoding="utf-8")
    assert get_key(connect(oidc=oidc, **options))[0].startswith("STS.")
    token.write_text("planted-oidc-token", encoding="utf-8")
    error = get_error(connect(oidc=oidc, **options))
    assert "AuthenticationFail.OIDCToken.Invalid" in str(error)
    assert "planted" not in str(error)


def test_credentials_uri_with_tls(emulator: Any, ca_path: str) -> None:
    uri = f"{emulator.url}/_emulator/credentials"
    assert "not trusted" in str(get_error(connect(credentials_uri=uri)))
    assert get_key(connect(credentials_uri=uri, ca_path=ca_path))[0].startswith("STS.")


# --- Failures ---------------------------------------------------------------------------------------------------


def sts_error(status: int, code: str, message: str) -> Callable[[str], tuple[int, str]]:
    """Return a ``reply`` function that returns an STS error."""
    return lambda _url: (status, json.dumps({"RequestId": "r", "Code": code, "Message": message}))


@pytest.mark.parametrize(
    ("reply", "message", "temporary"),
    [
        (
            sts_error(403, "NoPermission", "You are not authorized: planted-secret."),
            "HTTP 403, NoPermission, You are not authorized: ********.",
            False,
        ),
        (
            sts_error(400, "IncompleteSignature", "string to sign is: GET&%2F&SecurityToken%3Dplanted-token"),
            "HTTP 400, IncompleteSignature, the access key secret does not match the access key ID.",
            False,
        ),
        (sts_error(503, "ServiceUnavailable", "Busy"), "HTTP 503, ServiceUnavailable, Busy.", True),
        (sts_error(429, "Throttling", "Slow down"), "HTTP 429, Throttling, Slow down.", True),
        (sts_error(400, "Throttling.User", "Slow down"), "HTTP 400, Throttling.User, Slow down.", True),
        (sts_error(400, "<planted-token>", "x\ny"), "HTTP 400, x y.", False),
        (lambda _url: (500, "planted-token"), "HTTP 500.", True),
        (lambda _url: (200, "planted-token"), "the library cannot parse the response.", False),
        (
            lambda _url: (200, '{"Credentials": {"AccessKeyId": "planted-token"}}'),
            "the library cannot parse the response.",
            False,
        ),
        (lambda _url: (200, "[]"), "the library cannot parse the response.", False),
        (
            lambda _url: (200, json.dumps({"Credentials": {**issued_credential(1), "Expiration": "planted-token"}})),
            "the library cannot parse the response.",
            False,
        ),
    ],
)
def test_sts_errors_are_displayed_without_secrets(
    reply: Callable[[str], tuple[int, str]], message: str, temporary: bool
) -> None:
    with run_server(reply) as server:
        options = {**KEY, "security_token": "planted-token", "sts_endpoint": server.url}
        error = get_error(connect(**options, assume_role={"role_arn": ROLE, "external_id": "planted-external"}))
    assert str(error).startswith(f"Assuming the role {ROLE} failed: ")
    assert message in str(error)
    assert "planted" not in str(error)
    assert error.temporary is temporary
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_failed_source_of_an_assumed_role_is_named() -> None:
    with run_server(lambda _url: (404, "planted-body")) as server:
        connection = connect(
            credentials_uri=f"{server.url}/?planted-query", assume_role={"role_arn": ROLE}, sts_endpoint=server.url
        )
        error = get_error(connection)
    assert str(error).startswith(f"{URI_FAILED}: HTTP 404. It must return JSON with Code=")
    assert "planted" not in str(error)


def test_unreachable_servers_and_proxies_are_named() -> None:
    with run_server() as server:
        url = server.url
    error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=url))
    address = url.partition("://")[2]
    assert str(error) == (
        f"Assuming the role {ROLE} failed: {address} did not respond. "
        "Check sts_endpoint, region, network and the proxy settings."
    )
    assert error.temporary
    error = get_error(connect({"http_proxy": url}, credentials_uri="http://uri.invalid"))
    assert str(error) == (
        f"{URI_FAILED}: the proxy {address} did not respond. Check credentials_uri, the network and the proxy settings."
    )
    assert error.temporary
    with pytest.raises(InvalidOption, match=r"^http_proxy: "):
        credential(connect({"http_proxy": "http://:1"}, credentials_uri="http://uri.invalid"))


def test_unresponsive_server_is_named() -> None:
    finished = threading.Event()

    def wait(_url: str) -> tuple[int, str]:
        finished.wait()
        return 200, ""

    with run_server(wait) as server:
        error = get_error(connect(credentials_uri=server.url, read_timeout=0.2))
        finished.set()
    assert f"{URI_FAILED}: {server.url.partition('://')[2]} did not respond in time. " in str(error)
    assert error.temporary


def test_missing_token_file_is_an_error() -> None:
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": "/nonexistent/token"}
    text = str(get_error(connect(oidc=oidc)))
    assert text == "oidc.token_file: cannot read /nonexistent/token: No such file or directory."


def test_disabled_metadata_service_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    with pytest.raises(CredentialError, match=r"role r from .* ALIBABA_CLOUD_ECS_METADATA_DISABLED disables it"):
        credential(connect(ecs_role_name="r"))


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("echo planted-secret >&2; exit 3", "the profile's command failed"),
        ("echo planted-secret", "the profile's command did not print JSON"),
        ('echo \'{"access_key_secret": "planted-secret"}\'', "the profile's command did not print an access key"),
    ],
)
def test_failed_command_of_a_profile_is_an_error(tmp_path: Path, script: str, message: str) -> None:
    if "profile_file" not in _parameters_of_cli_profiles():
        pytest.skip("this release of alibabacloud-credentials has no profiles with a command")
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o700)
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": str(command)})
    text = str(get_error(connect(profile="p", shared_credentials_file=str(path))))
    assert text.startswith(f"Using the profile 'p' in {path} failed: {message}.")
    assert "planted" not in text


# --- Secrets ----------------------------------------------------------------------------------------------------


def test_redactor_has_all_secrets(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("planted-oidc\n", encoding="utf-8")
    proxy = {"HTTPS_PROXY": "http://user:planted-proxy@h"}
    options = {**KEY, "security_token": "planted-token"}
    connection = connect(proxy, **options, assume_role={"role_arn": ROLE, "external_id": "planted-external"})
    authorization = base64.b64encode(b"user:planted-proxy").decode()
    assert connection.redactor.secrets == {"planted-secret", "planted-token", "planted-proxy", authorization}
    oidc = connect(oidc={"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)})
    assert oidc.redactor.secrets == {"planted-oidc\n", "planted-oidc"}
    assert connect(credentials_uri="http://h/?planted").redactor.secrets == {
        "http://h/?planted",
        "planted",
        "/?planted",
    }
    assert connect(ecs_role_name="r").redactor.secrets == set()


# --- Side effects of the library --------------------------------------------------------------------------------

SCRIPT = """
    import importlib.util, json, logging, signal, sys, threading
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
    from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
    from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
    from support.connecting import as_params
    try:
        connection = Connection.from_params(as_params(json.loads(sys.argv[1])))
        print(credential(connection).get_credential().access_key_id)
    except CredentialError as error:
        print("CredentialError", error)
    # The client imports darabonba later, which adds a log handler. Older releases of the SDK do not use it.
    if importlib.util.find_spec("darabonba"):
        import darabonba.core
    for name in ("credentials", "alibabacloud-tea", "darabonba-core", "apscheduler.scheduler"):
        logging.getLogger(name).error("planted message of %s", name)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
"""


def run_script(environ: Mapping[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Get a credential in a new process whose environment is ``environ``. The process is killed if it hangs."""
    script = textwrap.dedent(SCRIPT)
    inherited = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return subprocess.run(
        [sys.executable, "-c", script, json.dumps({"region": "cn-hangzhou", **options})],
        env={**inherited, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), **environ},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_library_prints_nothing_and_does_not_block_the_exit(tmp_path: Path, server: Server) -> None:
    """For the default chain and the metadata service, the library can log failures and start threads."""
    no_credential = {"HOME": str(tmp_path), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    metadata = {"HOME": str(tmp_path), "HTTP_PROXY": server.url}
    debug = {**no_credential, "DEBUG": "sdk", "NO_PROXY": "127.0.0.1"}
    role = {"assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://127.0.0.1:1", **KEY}
    cases: list[tuple[Mapping[str, str], dict[str, Any], str]] = [
        (no_credential, {}, "CredentialError Searching for credentials in the environment"),
        (metadata, {}, "STS.issued-"),
        (metadata, {"ecs_role_name": "r"}, "STS.issued-"),
        (debug, role, "CredentialError Assuming the role"),
        (debug, {**role, "sts_endpoint": server.url}, "STS.issued-"),
        (debug, {"credentials_uri": server.url, "validate_certs": False}, "STS.issued-"),
    ]
    for environ, options, output in cases:
        process = run_script(environ, **options)
        assert (process.stderr, process.returncode) == ("", 0)
        assert process.stdout.startswith(output)
        assert process.stdout.count("\n") == 1
