# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that secrets in options and in obtained credentials are masked."""

from __future__ import annotations

import base64
import json
import re
import time
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.provider import credential
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from support.connecting import PROVIDER, ROLE, connect, write_profiles

from .issuing import Server, issued_credential, run_server, sent_parameters

# The library uses the deprecated datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}
POLICY = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "fc:*", "Resource": "*"}]}


def skip_without_library_profiles() -> None:
    """Skip the test if the installed library does not support the official CLI's profile modes."""
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

    if "profile_file" not in CLIProfileCredentialsProvider.__init__.__kwdefaults__:
        pytest.skip("this release of alibabacloud-credentials does not support these profiles")


def get_credential(connection: Connection) -> Any:
    return credential(connection).get_credential()


def get_error(connection: Connection) -> CredentialError:
    """Return the error from a connection that cannot get a credential."""
    with pytest.raises(CredentialError) as error:
        get_credential(connection)
    return error.value


def is_masked(connection: Connection, text: str) -> bool:
    """Return whether text is completely masked."""
    return connection.redactor.text(f"before {text} after") == "before ******** after"


# --- Options ----------------------------------------------------------------------------------------------------


def test_secret_options_are_masked_immediately() -> None:
    connection = connect(**KEY, security_token="planted-token", assume_role={"role_arn": ROLE, "external_id": "acme"})
    assert is_masked(connection, "planted-secret")
    assert is_masked(connection, "planted-token")
    assert connection.redactor.text("acme-failed, LTAI-static") == "acme-failed, LTAI-static"


def test_proxy_passwords_are_masked() -> None:
    environ = {"HTTPS_PROXY": "http://user:pl%40nted@proxy:3128", "http_proxy": "other:queue@proxy"}
    connection = connect(environ, **KEY)
    for text in ("pl%40nted", "pl@nted", "queue"):
        assert is_masked(connection, text)
    for login in ("user:pl@nted", "other:queue"):
        assert is_masked(connection, base64.b64encode(login.encode()).decode())
    assert connection.redactor.text("user proxy:3128") == "user proxy:3128"


def test_credentials_uri_and_its_query_values_are_masked() -> None:
    uri = "http://vending.example.com:8080/v1/keys?app=ci&token=pl%2Fanted-value&flag-planted"
    connection = connect(credentials_uri=uri)
    for text in (uri, "pl%2Fanted-value", "pl/anted-value", "flag-planted", uri.partition(":8080")[2]):
        assert is_masked(connection, text)
    assert connection.redactor.text("vending.example.com:8080 app ci") == "vending.example.com:8080 app ci"


def test_arguments_of_a_command_are_masked(tmp_path: Path) -> None:
    command = "/opt/vending-helper --env prod --token=planted-1 'planted two'"
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    connection = connect(profile="p", shared_credentials_file=str(path))
    for text in ("--token=planted-1", "planted-1", "planted two", command.partition(" ")[2]):
        assert is_masked(connection, text)
    assert connection.redactor.text("/opt/vending-helper prod") == "/opt/vending-helper prod"


@pytest.mark.parametrize("command", [" ", "''", "'", "a 'b", "''  planted-argument", '"" ""'])
def test_invalid_command_is_an_error(tmp_path: Path, command: str) -> None:
    skip_without_library_profiles()
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    text = str(get_error(connect(profile="p", shared_credentials_file=str(path))))
    assert text.startswith(f"Using the profile 'p' in {path} failed: ")
    assert "planted" not in text


@pytest.mark.parametrize("command", ["/nonexistent/helper", "/nonexistent/helper --token planted-argument"])
def test_missing_command_is_an_error_with_its_path(tmp_path: Path, command: str) -> None:
    skip_without_library_profiles()
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    error = get_error(connect(profile="p", shared_credentials_file=str(path)))
    assert "failed: /nonexistent/helper: No such file or directory. " in str(error)
    assert "planted" not in str(error)


# --- Obtained credentials ---------------------------------------------------------------------------------------


def by_role(server: Server, _directory: Path) -> Connection:
    return connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


def by_oidc(server: Server, directory: Path) -> Connection:
    (directory / "token").write_text("planted-oidc-token", encoding="utf-8")
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(directory / "token")}
    return connect(oidc=oidc, sts_endpoint=server.url)


def by_uri(server: Server, _directory: Path) -> Connection:
    return connect(credentials_uri=f"{server.url}/credentials")


def by_role_with_uri(server: Server, _directory: Path) -> Connection:
    return connect(credentials_uri=server.url, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


@pytest.mark.parametrize("connection_of", [by_role, by_oidc, by_uri, by_role_with_uri])
def test_obtained_credentials_are_masked(tmp_path: Path, connection_of: Callable[[Server, Path], Connection]) -> None:
    with run_server() as server:
        connection = connection_of(server, tmp_path)
        assert not is_masked(connection, "issued-secret-1")
        get_credential(connection)
    for number in range(1, len(server.requests) + 1):
        assert is_masked(connection, f"issued-secret-{number}")
        assert is_masked(connection, f"issued-token-{number}")


def test_credentials_printed_by_a_command_are_masked(tmp_path: Path) -> None:
    skip_without_library_profiles()
    output = {"mode": "StsToken", **KEY, "sts_token": "planted-token"}
    path = write_profiles(tmp_path / "c.json", write_command(tmp_path, output))
    connection = connect(profile="p", shared_credentials_file=str(path))
    get_credential(connection)
    assert is_masked(connection, "planted-secret")
    assert is_masked(connection, "planted-token")


def test_replaced_oidc_token_is_masked_in_errors(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("planted-first-token", encoding="utf-8")

    def refuse(url: str) -> tuple[int, str]:
        sent = parse_qs(urlsplit(url).query)["OIDCToken"][0]
        return 400, json.dumps({"Code": "AuthenticationFail.OIDCToken.Invalid", "Message": f"Invalid: <{sent}>"})

    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    with run_server(refuse) as server:
        connection = connect(oidc=oidc, sts_endpoint=server.url)
        client = credential(connection)
        token.write_text("planted-second-token", encoding="utf-8")
        with pytest.raises(CredentialError, match=r"Invalid: <\*{8}>") as error:
            client.get_credential()
    assert sent_parameters(server)[0]["OIDCToken"] == "planted-second-token"
    assert "planted" not in str(error.value)
    assert is_masked(connection, "planted-second-token")


def oauth_profile(**content: Any) -> dict[str, Any]:
    """Return an OAuth profile with an expired access token."""
    tokens = {"oauth_access_token": "planted-old-access", "oauth_refresh_token": "planted-old-refresh"}
    return {"name": "p", "mode": "OAuth", "oauth_access_token_expire": 1, **tokens, **content}


@pytest.fixture
def oauth(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Replace the library's OAuth provider with one that calls a local server."""
    skip_without_library_profiles()
    from alibabacloud_credentials.provider import cli_profile

    class LocalOAuthProvider(cli_profile.OAuthCredentialsProvider):  # type: ignore[misc]  # the library is not typed
        url = ""

        def __init__(self, **arguments: Any) -> None:
            super().__init__(**{**arguments, "sign_in_url": self.url})

    monkeypatch.setattr(cli_profile, "OAuthCredentialsProvider", LocalOAuthProvider)
    return LocalOAuthProvider


def oauth_replies(exchange: tuple[int, dict[str, str]]) -> Callable[[str], tuple[int, str]]:
    """Return a ``reply`` function that refreshes tokens and responds to token exchanges with ``exchange``."""

    def reply(url: str) -> tuple[int, str]:
        if url.endswith("/v1/token"):
            return 200, json.dumps({"access_token": "planted-new-access", "refresh_token": "planted-new-refresh"})
        return exchange[0], json.dumps(exchange[1])

    return reply


@pytest.mark.parametrize(
    "exchange",
    [
        (200, issued_credential(1)),
        (400, {"Code": "InvalidToken", "Message": "Refused: planted-new-access, planted-new-refresh"}),
    ],
)
def test_tokens_refreshed_by_the_library_are_masked(
    tmp_path: Path, oauth: Any, exchange: tuple[int, dict[str, str]]
) -> None:
    path = write_profiles(tmp_path / "c.json", oauth_profile())
    with run_server(oauth_replies(exchange)) as server:
        oauth.url = server.url
        connection = connect(profile="p", shared_credentials_file=str(path))
        if exchange[0] == 200:
            assert get_credential(connection).access_key_id == "STS.issued-1"
            assert (
                json.loads(path.read_text(encoding="utf-8"))["profiles"][0]["oauth_access_token"]
                == "planted-new-access"
            )
        else:
            assert "Refused: ********, ********" in str(get_error(connection))
    for text in ("planted-new-access", "planted-new-refresh", "planted-old-access", "planted-old-refresh"):
        assert is_masked(connection, text)


# --- Requests quoted by STS -------------------------------------------------------------------------------------


def error_quoting_the_query(
    quote_query: Callable[[str], str], prefix: str = "The request is not valid: "
) -> Callable[[str], tuple[int, str]]:
    """Return a ``reply`` function that returns an error that quotes the query."""

    def refuse(url: str) -> tuple[int, str]:
        return 400, json.dumps({"Code": "InvalidParameter", "Message": prefix + quote_query(urlsplit(url).query)})

    return refuse


def query_values(query: str) -> str:
    """Return all values in a query except the signature."""
    query = re.sub("&Signature=[^&]*", "", query)
    return " ".join(f"<{text[0]}>" for text in parse_qs(query).values())


QUOTES: list[Callable[[str], str]] = [
    query_values,
    lambda query: query,
    lambda query: quote(query, safe=""),
    lambda query: quote(quote(query, safe=""), safe=""),
    lambda query: query[query.index("Policy=") : query.index("Policy=") + 40],
    lambda query: f"server string to sign is {query}",
    lambda query: "x" * 290 + query_values(query),
    lambda query: "x" * 480 + query_values(query),
]


@pytest.mark.parametrize("quote_query", QUOTES)
def test_requests_quoted_by_sts_are_masked(quote_query: Callable[[str], str]) -> None:
    role = {"role_arn": ROLE, "policy": POLICY, "external_id": "planted-external"}
    with run_server(error_quoting_the_query(quote_query)) as server:
        options = {**KEY, "security_token": "planted-token", "assume_role": role, "sts_endpoint": server.url}
        text = str(get_error(connect(**options)))
    (sent,) = sent_parameters(server)
    assert json.loads(sent["Policy"]) == POLICY
    assert "HTTP 400, InvalidParameter, The request is not valid" in text
    for part in ("planted", "Statement", "Resource", sent["Signature"], quote(sent["Signature"], safe="")):
        assert part not in text


def test_external_id_is_masked_only_in_sts_errors() -> None:
    with run_server(error_quoting_the_query(lambda _query: "acme-1 is wrong")) as server:
        role = {"role_arn": ROLE, "external_id": "acme-1"}
        connection = connect(**KEY, assume_role=role, sts_endpoint=server.url)
        assert "InvalidParameter, The request is not valid: ******** is wrong." in str(get_error(connection))
    assert connection.redactor.text("acme-1") == "acme-1"


def test_long_error_messages_are_truncated() -> None:
    with run_server(error_quoting_the_query(lambda _query: "planted-secret " * 20_000)) as server:
        text = str(get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)))
    assert "planted" not in text
    assert "more characters]" in text
    assert len(text) < 1000


def test_control_characters_in_error_messages_are_escaped() -> None:
    with run_server(error_quoting_the_query(lambda _query: "\x1b[31m red \ud800")) as server:
        text = str(get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)))
    assert r"The request is not valid: \x1b[31m red \ud800." in text


def test_deeply_nested_responses_are_errors() -> None:
    for status in (200, 400):
        with run_server(lambda _url, status=status: (status, '{"Code":' * 100_000)) as server:  # type: ignore[misc]
            error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
        assert f"Assuming the role {ROLE} failed: " in str(error)


@pytest.mark.parametrize("invalid", [{"AccessKeySecret": 5}, {"SecurityToken": ["x"]}, {"AccessKeyId": None}])
def test_credentials_of_invalid_types_are_rejected(invalid: dict[str, Any]) -> None:
    with run_server(lambda _url: (200, json.dumps({"Credentials": {**issued_credential(1), **invalid}}))) as server:
        error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert "the library cannot parse the response. " in str(error)


def test_credentials_with_characters_invalid_in_headers_are_rejected() -> None:
    key = {**issued_credential(1), "SecurityToken": "planted\ntoken"}
    with run_server(lambda _url: (200, json.dumps({"Credentials": key}))) as server:
        error = get_error(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert "the returned access key contains whitespace or non-ASCII characters." in str(error)
    assert "planted" not in str(error)


# --- Credentials without an expiration --------------------------------------------------------------------------


def write_command(directory: Path, output: dict[str, Any]) -> dict[str, Any]:
    """Return a profile whose command prints ``output`` and adds a line to the ``runs`` file."""
    (directory / "output").write_text(json.dumps(output), encoding="utf-8")
    script = directory / "print-key"
    script.write_text(f"#!/bin/sh\necho run >> {directory}/runs\ncat {directory}/output\n", encoding="utf-8")
    script.chmod(0o700)
    return {"name": "p", "mode": "External", "process_command": str(script)}


def count_runs(directory: Path) -> int:
    return len((directory / "runs").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("expiration", [None, "", "in an hour"])
def test_command_runs_once_per_task(tmp_path: Path, expiration: str | None) -> None:
    skip_without_library_profiles()
    if expiration:
        expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    output = {"mode": "StsToken", **KEY, "sts_token": "t", "expiration": expiration}
    path = write_profiles(tmp_path / "c.json", write_command(tmp_path, output))
    client = credential(connect(profile="p", shared_credentials_file=str(path)))
    assert [client.get_credential().security_token for _index in range(3)] == ["t", "t", "t"]
    assert count_runs(tmp_path) == 1


def test_command_of_an_assumed_role_runs_once_per_task(tmp_path: Path) -> None:
    skip_without_library_profiles()
    path = write_profiles(tmp_path / "c.json", write_command(tmp_path, {"mode": "AK", **KEY}))
    options = {"profile": "p", "shared_credentials_file": str(path), "assume_role": {"role_arn": ROLE}}
    with run_server(valid_for=100) as server:
        client = credential(connect(**options, sts_endpoint=server.url))
        for _index in range(3):
            client.get_credential()
        assert len(server.requests) == 3
    assert count_runs(tmp_path) == 1
