# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: the official library against servers on this host, its failures, and what it must not do."""

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

from .issuing import Server, asked, issued, serving

# The library uses datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as running:
        yield running


def obtain(connection: Connection) -> tuple[str, str, str | None]:
    """Key id, secret and token that a connection's credential client returns."""
    found = credential(connection).get_credential()
    return found.access_key_id, found.access_key_secret, found.security_token


def failure(connection: Connection) -> CredentialError:
    """The error of a connection that has no credential."""
    with pytest.raises(CredentialError) as error:
        obtain(connection)
    return error.value


# --- Each way ---------------------------------------------------------------------------------------------------


def test_static_keys() -> None:
    assert obtain(connect(**KEY)) == ("LTAI-static", "planted-secret", None)
    assert obtain(connect(**KEY, security_token="t")) == ("LTAI-static", "planted-secret", "t")


def test_the_client_is_the_official_one() -> None:
    from alibabacloud_credentials.client import Client

    client = credential(connect(**KEY))
    assert isinstance(client, Client)
    assert client.get_credential().provider_name == "static_ak"


def test_profile(tmp_path: Path) -> None:
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "StsToken", **KEY, "sts_token": "t"})
    environ = {"ALIBABA_CLOUD_ACCESS_KEY_ID": "x", "ALIBABA_CLOUD_ACCESS_KEY_SECRET": "y"}
    connection = connect(environ, profile="p", shared_credentials_file=str(path))
    assert obtain(connection) == ("LTAI-static", "planted-secret", "t")


def test_credentials_uri(server: Server) -> None:
    connection = connect(credentials_uri=f"{server.url}/credentials?app=ci&x=1")
    assert obtain(connection) == ("STS.issued-1", "issued-secret-1", "issued-token-1")
    assert [url for url, _headers in server.requests] == ["/credentials?app=ci&x=1"]


def test_assumed_role_on_top_of_a_credentials_uri(server: Server) -> None:
    role = {"role_arn": ROLE, "session_name": "deploy", "session_expiration": 1800, "policy": {"a": 1}}
    connection = connect(credentials_uri=server.url, assume_role={**role, "external_id": "x"}, sts_endpoint=server.url)
    assert obtain(connection) == ("STS.issued-2", "issued-secret-2", "issued-token-2")
    sent = asked(server)[1]
    told = ("Action", "RoleArn", "RoleSessionName", "DurationSeconds", "ExternalId", "AccessKeyId", "SecurityToken")
    assert [sent[name] for name in told] == [
        "AssumeRole",
        ROLE,
        "deploy",
        "1800",
        "x",
        "STS.issued-1",
        "issued-token-1",
    ]
    assert json.loads(sent["Policy"]) == {"a": 1}


def test_roles_of_a_chain_of_profiles_and_of_the_option(tmp_path: Path, server: Server) -> None:
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
    assert obtain(connection)[0] == "STS.issued-3"
    assert [(sent["AccessKeyId"], sent["RoleArn"]) for sent in asked(server)] == [
        ("LTAI-static", OTHER_ROLE),
        ("STS.issued-1", ROLE),
        ("STS.issued-2", "acs:ram::1:role/third"),
    ]


def test_oidc(tmp_path: Path, server: Server) -> None:
    token = tmp_path / "token"
    token.write_text("planted-oidc-token", encoding="utf-8")
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    assert obtain(connect(oidc=oidc, sts_endpoint=server.url))[0] == "STS.issued-1"
    (sent,) = asked(server)
    assert sent["Action"] == "AssumeRoleWithOIDC"
    told = (sent["OIDCToken"], sent["OIDCProviderArn"], sent["RoleArn"], sent["RoleSessionName"])
    assert told == ("planted-oidc-token", PROVIDER, ROLE, "ansible-alicloud-fc")


def test_external_command(tmp_path: Path) -> None:
    script = tmp_path / "print-key"
    answer = {"mode": "StsToken", "access_key_id": "STS.x", "access_key_secret": "s", "sts_token": "t"}
    script.write_text(f"#!/bin/sh\necho '{json.dumps(answer)}'\n", encoding="utf-8")
    script.chmod(0o700)
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": str(script)})
    connection = connect(profile="p", shared_credentials_file=str(path))
    if "profile_file" not in _parameters_of_cli_profiles():
        assert "too old for profiles of this mode" in str(failure(connection))
        return
    assert obtain(connection) == ("STS.x", "s", "t")


def _parameters_of_cli_profiles() -> Any:
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

    return CLIProfileCredentialsProvider.__init__.__kwdefaults__


@pytest.fixture
def metadata_service(server: Server, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The ECS metadata service, whose address is fixed, by way of a proxy."""
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "false")
    monkeypatch.setenv("HTTP_PROXY", server.url)
    return server


def test_ecs_role(metadata_service: Server) -> None:
    before = set(threading.enumerate())
    assert obtain(connect(ecs_role_name="r"))[0].startswith("STS.issued-")
    urls = [url for url, _headers in metadata_service.requests]
    base = "http://100.100.100.200/latest"
    assert urls == [f"{base}/api/token", f"{base}/meta-data/ram/security-credentials/r"]
    assert metadata_service.requests[1][1]["x-aliyun-ecs-metadata-token"] == "metadata-token"
    assert {thread.name for thread in set(threading.enumerate()) - before if "AP" in thread.name} == set()


def test_the_default_chain_finds_the_role_of_the_instance(
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


def test_the_default_chain_leaves_profiles_alone_where_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default", "mode": "AK", **KEY})
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_cli_profile_disabled", "false")
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    connection = connect({"HOME": str(tmp_path), "ALIBABA_CLOUD_IGNORE_PROFILE": "TRUE"})
    assert "none of them has any. Give access_key_id" in str(failure(connection))


def test_nothing_at_all_names_what_was_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_constant, auth_util

    path = write_profiles(tmp_path / ".aliyun" / "config.json", {"name": "default", "mode": "AK"})
    monkeypatch.setattr(auth_constant, "HOME", str(tmp_path))
    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    monkeypatch.setattr(auth_util, "environment_access_key_id", None)
    text = str(failure(connect({"HOME": str(tmp_path)})))
    assert f"Not used: the profile 'default' of {path} cannot be used: it has no access_key_id." in text


# --- How often, where to ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("valid_for", "calls"), [(3600, 1), (900, 1), (100, 3)])
def test_a_credential_is_asked_for_again_only_when_it_is_about_to_expire(valid_for: int, calls: int) -> None:
    with serving(valid_for=valid_for) as server:
        client = credential(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
        keys = [client.get_credential().access_key_id for _turn in range(3)]
        assert len(server.requests) == calls
        assert len(set(keys)) == calls


def test_many_threads_ask_once() -> None:
    start = threading.Barrier(8)
    keys: list[str] = []
    # The library itself would renew what lasts as short as this for each thread.
    with serving(valid_for=900) as server:
        client = credential(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))

        def ask() -> None:
            start.wait()
            keys.append(client.get_credential().access_key_id)

        threads = [threading.Thread(target=ask) for _turn in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert keys == ["STS.issued-1"] * 8
        assert len(server.requests) == 1


def test_timeouts_reach_the_library() -> None:
    options = {"connect_timeout": 2.5, "read_timeout": 0.25, "assume_role": {"role_arn": ROLE}}
    client = credential(connect(credentials_uri="http://h", **options))
    outer = client.cloud_credential.provider._provider
    inner = outer._credentials_provider._provider
    for provider in (outer, inner):
        told = provider._runtime_options
        assert (told["connectTimeout"], told["readTimeout"]) == (2500, 250)


def test_sts_is_asked_through_the_proxy_of_the_environment(server: Server) -> None:
    environ = {"http_proxy": server.url}
    options = {**KEY, "assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://sts.invalid"}
    assert obtain(connect(environ, **options))[0] == "STS.issued-1"
    assert server.requests[0][0].startswith("http://sts.invalid/?")
    assert failure(connect({**environ, "NO_PROXY": "sts.invalid"}, **options)).temporary
    assert len(server.requests) == 1


def test_the_proxy_is_that_of_the_time_when_the_connection_was_made(server: Server) -> None:
    """The client takes the proxies out of the environment, because the SDK does not look at NO_PROXY."""
    environ = {"HOME": "/nonexistent", "http_proxy": server.url}
    params = as_params({"region": "cn-hangzhou", "credentials_uri": "http://uri.invalid"})
    connection = Connection.from_params(params, environ)
    environ.clear()
    assert obtain(connection)[0] == "STS.issued-1"


def test_sts_is_asked_with_tls_through_the_proxy_in_the_region(server: Server) -> None:
    options = {**KEY, "assume_role": {"role_arn": ROLE}, "network": "internal"}
    failure(connect({"HTTPS_PROXY": server.url}, **options))
    assert [url for url, _headers in server.requests] == ["sts-vpc.cn-hangzhou.aliyuncs.com:443"]


def test_a_profile_may_name_the_region_of_sts(tmp_path: Path, server: Server) -> None:
    entry = {"name": "p", "mode": "RamRoleArn", **KEY, "ram_role_arn": ROLE, "sts_region": "eu-central-1"}
    path = write_profiles(tmp_path / "c.json", entry)
    failure(connect({"HTTPS_PROXY": server.url}, profile="p", shared_credentials_file=str(path)))
    assert [url for url, _headers in server.requests] == ["sts.eu-central-1.aliyuncs.com:443"]


# --- Against the emulator, which verifies signatures ------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A certificate for 127.0.0.1 that is its own authority, and its key."""
    if sys.version_info < (3, 10):
        pytest.skip("the emulator needs Python 3.10")
    from emulator.certificate import self_signed

    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def ca_path(certificate: tuple[str, str]) -> str:
    """Whom to trust."""
    return certificate[0]


@pytest.fixture
def emulator(certificate: tuple[str, str]) -> Iterator[Any]:
    """The emulator of this repository, with TLS, on a port that no test has used before."""
    from emulator import Emulator

    with Emulator(tls=certificate) as running:
        yield running


def deployer(emulator: Any, **options: Any) -> Connection:
    """A connection that assumes a role at an emulator."""
    key = {"access_key_id": emulator.access_key_id, "access_key_secret": emulator.access_key_secret}
    return connect(**{**key, "assume_role": {"role_arn": ROLE}, "sts_endpoint": emulator.url, **options})


def test_the_signature_is_verified(emulator: Any, ca_path: str) -> None:
    assert obtain(deployer(emulator, ca_path=ca_path))[0].startswith("STS.")
    error = failure(deployer(emulator, ca_path=ca_path, access_key_secret="planted-wrong"))
    assert str(error) == (
        f"Assuming the role {ROLE} failed: HTTP 400, SignatureDoesNotMatch, the secret does not belong to the key. "
        "Check the role's ARN, its trust policy, and that who assumes it is granted sts:AssumeRole."
    )
    assert not error.temporary
    error = failure(deployer(emulator, ca_path=ca_path, access_key_id="LTAI-nobody"))
    assert "HTTP 404, InvalidAccessKeyId.NotFound, Specified access key is not found. Check" in str(error)


def test_an_authority_is_trusted_by_ca_path_only(emulator: Any, ca_path: str) -> None:
    error = failure(deployer(emulator))
    assert " is not trusted (" in str(error)
    assert not error.temporary
    assert emulator.journal.requests == []
    assert obtain(deployer(emulator, ca_path=ca_path))[0].startswith("STS.")


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_of_the_environment_is_trusted(emulator: Any, ca_path: str, variable: str) -> None:
    key = {"access_key_id": emulator.access_key_id, "access_key_secret": emulator.access_key_secret}
    connection = connect({variable: ca_path}, **key, assume_role={"role_arn": ROLE}, sts_endpoint=emulator.url)
    assert obtain(connection)[0].startswith("STS.")


def test_a_certificate_for_another_host_is_refused(emulator: Any, ca_path: str) -> None:
    url = emulator.url.replace("127.0.0.1", "localhost")
    error = failure(deployer(emulator, sts_endpoint=url, ca_path=ca_path))
    assert " is not trusted (" in str(error)
    assert emulator.journal.requests == []


def test_validate_certs_switches_verification_off(emulator: Any) -> None:
    assert obtain(deployer(emulator, validate_certs=False))[0].startswith("STS.")


def test_oidc_token_is_verified(emulator: Any, ca_path: str, tmp_path: Path) -> None:
    options = {"sts_endpoint": emulator.url, "ca_path": ca_path}
    token = tmp_path / "token"
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    token.write_text(emulator.oidc_token, encoding="utf-8")
    assert obtain(connect(oidc=oidc, **options))[0].startswith("STS.")
    token.write_text("planted-oidc-token", encoding="utf-8")
    error = failure(connect(oidc=oidc, **options))
    assert "AuthenticationFail.OIDCToken.Invalid" in str(error)
    assert "planted" not in str(error)


def test_credentials_uri_with_tls(emulator: Any, ca_path: str) -> None:
    uri = f"{emulator.url}/_emulator/credentials"
    assert "not trusted" in str(failure(connect(credentials_uri=uri)))
    assert obtain(connect(credentials_uri=uri, ca_path=ca_path))[0].startswith("STS.")


# --- Failures ---------------------------------------------------------------------------------------------------


def sts_error(status: int, code: str, message: str) -> Callable[[str], tuple[int, str]]:
    """STS's answer to a request that it refuses."""
    return lambda _url: (status, json.dumps({"RequestId": "r", "Code": code, "Message": message}))


@pytest.mark.parametrize(
    ("reply", "told", "temporary"),
    [
        (
            sts_error(403, "NoPermission", "You are not authorized: planted-secret."),
            "HTTP 403, NoPermission, You are not authorized: ********.",
            False,
        ),
        (
            sts_error(400, "IncompleteSignature", "string to sign is: GET&%2F&SecurityToken%3Dplanted-token"),
            "HTTP 400, IncompleteSignature, the secret does not belong to the key.",
            False,
        ),
        (sts_error(503, "ServiceUnavailable", "Busy"), "HTTP 503, ServiceUnavailable, Busy.", True),
        (sts_error(429, "Throttling", "Slow down"), "HTTP 429, Throttling, Slow down.", True),
        (sts_error(400, "Throttling.User", "Slow down"), "HTTP 400, Throttling.User, Slow down.", True),
        (sts_error(400, "<planted-token>", "x\ny"), "HTTP 400, x y.", False),
        (lambda _url: (500, "planted-token"), "HTTP 500.", True),
        (lambda _url: (200, "planted-token"), "the answer is not what the library expects.", False),
        (
            lambda _url: (200, '{"Credentials": {"AccessKeyId": "planted-token"}}'),
            "not what the library expects.",
            False,
        ),
        (lambda _url: (200, "[]"), "the answer is not what the library expects.", False),
        (
            lambda _url: (200, json.dumps({"Credentials": {**issued(1), "Expiration": "planted-token"}})),
            "the answer is not what the library expects.",
            False,
        ),
    ],
)
def test_what_sts_refuses_is_told_without_secrets(
    reply: Callable[[str], tuple[int, str]], told: str, temporary: bool
) -> None:
    with serving(reply) as server:
        options = {**KEY, "security_token": "planted-token", "sts_endpoint": server.url}
        error = failure(connect(**options, assume_role={"role_arn": ROLE, "external_id": "planted-external"}))
    assert str(error).startswith(f"Assuming the role {ROLE} failed: ")
    assert told in str(error)
    assert "planted" not in str(error)
    assert error.temporary is temporary
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_the_way_below_a_role_is_named_where_it_fails() -> None:
    with serving(lambda _url: (404, "planted-body")) as server:
        connection = connect(
            credentials_uri=f"{server.url}/?planted-query", assume_role={"role_arn": ROLE}, sts_endpoint=server.url
        )
        error = failure(connection)
    assert str(error).startswith("Asking credentials_uri failed: HTTP 404. It has to answer with JSON that holds Code=")
    assert "planted" not in str(error)


def test_a_server_that_is_not_there() -> None:
    with serving() as server:
        gone = server.url
    error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=gone))
    address = gone.partition("://")[2]
    assert str(error) == (
        f"Assuming the role {ROLE} failed: {address} does not answer. "
        "Check sts_endpoint, region, network and the proxy settings."
    )
    assert error.temporary
    error = failure(connect({"http_proxy": gone}, credentials_uri="http://uri.invalid"))
    assert str(error) == (
        f"Asking credentials_uri failed: the proxy {address} does not answer. "
        "Check credentials_uri, the network and the proxy settings."
    )
    assert error.temporary
    with pytest.raises(InvalidOption, match=r"^http_proxy: "):
        credential(connect({"http_proxy": "http://:1"}, credentials_uri="http://uri.invalid"))


def test_a_server_that_stays_silent() -> None:
    silence = threading.Event()

    def wait(_url: str) -> tuple[int, str]:
        silence.wait()
        return 200, ""

    with serving(wait) as server:
        error = failure(connect(credentials_uri=server.url, read_timeout=0.2))
        silence.set()
    assert f"Asking credentials_uri failed: {server.url.partition('://')[2]} does not answer in time. " in str(error)
    assert error.temporary


def test_a_token_file_that_is_not_there() -> None:
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": "/nonexistent/token"}
    text = str(failure(connect(oidc=oidc)))
    assert text == "oidc.token_file: cannot read /nonexistent/token: No such file or directory."


def test_metadata_that_is_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    from alibabacloud_credentials.utils import auth_util

    monkeypatch.setattr(auth_util, "environment_ecs_metadata_disabled", "true")
    with pytest.raises(CredentialError, match=r"for the role r failed: .* ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids"):
        credential(connect(ecs_role_name="r"))


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("echo planted-secret >&2; exit 3", "the profile's command failed"),
        ("echo planted-secret", "the profile's command did not print JSON"),
        ('echo \'{"access_key_secret": "planted-secret"}\'', "the profile's command did not print an access key"),
    ],
)
def test_a_command_that_fails(tmp_path: Path, script: str, told: str) -> None:
    if "profile_file" not in _parameters_of_cli_profiles():
        pytest.skip("this release of alibabacloud-credentials has no profiles with a command")
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    command.chmod(0o700)
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": str(command)})
    text = str(failure(connect(profile="p", shared_credentials_file=str(path))))
    assert text.startswith(f"Using the profile 'p' of {path} failed: {told}.")
    assert "planted" not in text


# --- Secrets ----------------------------------------------------------------------------------------------------


def test_every_secret_is_known(tmp_path: Path) -> None:
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


# --- What the library must not do -------------------------------------------------------------------------------

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
    # Imported later, as the client does: it adds a handler of its own. Older releases of the SDK do without.
    if importlib.util.find_spec("darabonba"):
        import darabonba.core
    for name in ("credentials", "alibabacloud-tea", "darabonba-core", "apscheduler.scheduler"):
        logging.getLogger(name).error("planted words of %s", name)
    assert handlers == [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    assert [thread.name for thread in threading.enumerate()] == ["MainThread"]
"""


def run_module(environ: Mapping[str, str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Get a credential in a process of its own, with nothing but ``environ``; it is killed if it does not end."""
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


def test_the_library_prints_nothing_and_lets_the_process_end(tmp_path: Path, server: Server) -> None:
    """For the chain and the metadata service, which make threads, and for failures, which are logged."""
    nobody = {"HOME": str(tmp_path), "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true"}
    metadata = {"HOME": str(tmp_path), "HTTP_PROXY": server.url}
    refusing = {**nobody, "DEBUG": "sdk", "NO_PROXY": "127.0.0.1"}
    role = {"assume_role": {"role_arn": ROLE}, "sts_endpoint": "http://127.0.0.1:1", **KEY}
    cases: list[tuple[Mapping[str, str], dict[str, Any], str]] = [
        (nobody, {}, "CredentialError Looking for credentials in the environment"),
        (metadata, {}, "STS.issued-"),
        (metadata, {"ecs_role_name": "r"}, "STS.issued-"),
        (refusing, role, "CredentialError Assuming the role"),
        (refusing, {**role, "sts_endpoint": server.url}, "STS.issued-"),
        (refusing, {"credentials_uri": server.url, "validate_certs": False}, "STS.issued-"),
    ]
    for environ, options, printed in cases:
        ended = run_module(environ, **options)
        assert (ended.stderr, ended.returncode) == ("", 0)
        assert ended.stdout.startswith(printed)
        assert ended.stdout.count("\n") == 1
