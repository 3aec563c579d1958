# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets, given and obtained: what the redactor of a task knows, and what messages about credentials show."""

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

from .issuing import Server, asked, issued, serving

# The library uses datetime.utcnow().
pytestmark = pytest.mark.filterwarnings("ignore:datetime.datetime.utcnow:DeprecationWarning")

KEY = {"access_key_id": "LTAI-static", "access_key_secret": "planted-secret"}
POLICY = {"Version": "1", "Statement": [{"Effect": "Allow", "Action": "fc:*", "Resource": "*"}]}


def needs_profiles_of_the_library() -> None:
    """Skip a test where the library has none that are written by the official CLI."""
    from alibabacloud_credentials.provider import CLIProfileCredentialsProvider

    if "profile_file" not in CLIProfileCredentialsProvider.__init__.__kwdefaults__:
        pytest.skip("this release of alibabacloud-credentials has no such profiles")


def obtain(connection: Connection) -> Any:
    return credential(connection).get_credential()


def failure(connection: Connection) -> CredentialError:
    """The error of a connection that has no credential."""
    with pytest.raises(CredentialError) as error:
        obtain(connection)
    return error.value


def hidden(connection: Connection, text: str) -> bool:
    """Whether nothing of a text is shown."""
    return connection.redactor.text(f"before {text} behind") == "before ******** behind"


# --- Given ------------------------------------------------------------------------------------------------------


def test_given_secrets_are_hidden_from_the_start() -> None:
    connection = connect(**KEY, security_token="planted-token", assume_role={"role_arn": ROLE, "external_id": "acme"})
    assert hidden(connection, "planted-secret")
    assert hidden(connection, "planted-token")
    assert connection.redactor.text("acme-failed, LTAI-static") == "acme-failed, LTAI-static"


def test_passwords_of_proxies_are_hidden_in_messages_and_not_in_data() -> None:
    environ = {"HTTPS_PROXY": "http://user:pl%40nted@proxy:3128", "http_proxy": "other:queue@proxy"}
    connection = connect(environ, **KEY)
    for text in ("pl%40nted", "pl@nted", "queue"):
        assert hidden(connection, text)
    for login in ("user:pl@nted", "other:queue"):
        assert hidden(connection, base64.b64encode(login.encode()).decode())
    assert connection.redactor.text("user proxy:3128") == "user proxy:3128"


def test_a_credentials_uri_is_hidden_as_a_whole_and_by_its_values() -> None:
    uri = "http://vending.example.com:8080/v1/keys?app=ci&token=pl%2Fanted-value&flag-planted"
    connection = connect(credentials_uri=uri)
    for text in (uri, "pl%2Fanted-value", "pl/anted-value", "flag-planted", uri.partition(":8080")[2]):
        assert hidden(connection, text)
    assert connection.redactor.text("vending.example.com:8080 app ci") == "vending.example.com:8080 app ci"


def test_of_a_command_the_arguments_are_hidden_and_the_program_is_not(tmp_path: Path) -> None:
    command = "/opt/vending-helper --env prod --token=planted-1 'planted two'"
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    connection = connect(profile="p", shared_credentials_file=str(path))
    for text in ("--token=planted-1", "planted-1", "planted two", command.partition(" ")[2]):
        assert hidden(connection, text)
    assert connection.redactor.text("/opt/vending-helper prod") == "/opt/vending-helper prod"


@pytest.mark.parametrize("command", [" ", "''", "'", "a 'b", "''  planted-argument", '"" ""'])
def test_a_command_that_is_none_is_an_error(tmp_path: Path, command: str) -> None:
    needs_profiles_of_the_library()
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    text = str(failure(connect(profile="p", shared_credentials_file=str(path))))
    assert text.startswith(f"Using the profile 'p' of {path} failed: ")
    assert "planted" not in text


@pytest.mark.parametrize("command", ["/nonexistent/helper", "/nonexistent/helper --token planted-argument"])
def test_a_missing_command_is_named(tmp_path: Path, command: str) -> None:
    needs_profiles_of_the_library()
    path = write_profiles(tmp_path / "c.json", {"name": "p", "mode": "External", "process_command": command})
    error = failure(connect(profile="p", shared_credentials_file=str(path)))
    assert "failed: /nonexistent/helper: No such file or directory. " in str(error)
    assert "planted" not in str(error)


# --- Obtained ---------------------------------------------------------------------------------------------------


def by_role(server: Server, _folder: Path) -> Connection:
    return connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


def by_oidc(server: Server, folder: Path) -> Connection:
    (folder / "token").write_text("planted-oidc-token", encoding="utf-8")
    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(folder / "token")}
    return connect(oidc=oidc, sts_endpoint=server.url)


def by_uri(server: Server, _folder: Path) -> Connection:
    return connect(credentials_uri=f"{server.url}/credentials")


def by_role_on_top_of_a_uri(server: Server, _folder: Path) -> Connection:
    return connect(credentials_uri=server.url, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)


@pytest.mark.parametrize("connection_of", [by_role, by_oidc, by_uri, by_role_on_top_of_a_uri])
def test_what_is_obtained_is_hidden(tmp_path: Path, connection_of: Callable[[Server, Path], Connection]) -> None:
    with serving() as server:
        connection = connection_of(server, tmp_path)
        assert not hidden(connection, "issued-secret-1")
        obtain(connection)
    for number in range(1, len(server.requests) + 1):
        assert hidden(connection, f"issued-secret-{number}")
        assert hidden(connection, f"issued-token-{number}")


def test_what_a_command_prints_is_hidden(tmp_path: Path) -> None:
    needs_profiles_of_the_library()
    answer = {"mode": "StsToken", **KEY, "sts_token": "planted-token"}
    path = write_profiles(tmp_path / "c.json", external(tmp_path, answer))
    connection = connect(profile="p", shared_credentials_file=str(path))
    obtain(connection)
    assert hidden(connection, "planted-secret")
    assert hidden(connection, "planted-token")


def test_a_token_that_was_replaced_in_its_file_is_hidden_when_sts_quotes_it(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("planted-first-token", encoding="utf-8")

    def refuse(url: str) -> tuple[int, str]:
        sent = parse_qs(urlsplit(url).query)["OIDCToken"][0]
        return 400, json.dumps({"Code": "AuthenticationFail.OIDCToken.Invalid", "Message": f"Invalid: <{sent}>"})

    oidc = {"role_arn": ROLE, "provider_arn": PROVIDER, "token_file": str(token)}
    with serving(refuse) as server:
        connection = connect(oidc=oidc, sts_endpoint=server.url)
        client = credential(connection)
        token.write_text("planted-second-token", encoding="utf-8")
        with pytest.raises(CredentialError, match=r"Invalid: <\*{8}>") as error:
            client.get_credential()
    assert asked(server)[0]["OIDCToken"] == "planted-second-token"
    assert "planted" not in str(error.value)
    assert hidden(connection, "planted-second-token")


def oauth_profile(**content: Any) -> dict[str, Any]:
    """A profile of mode OAuth whose access token has to be refreshed."""
    tokens = {"oauth_access_token": "planted-old-access", "oauth_refresh_token": "planted-old-refresh"}
    return {"name": "p", "mode": "OAuth", "oauth_access_token_expire": 1, **tokens, **content}


@pytest.fixture
def oauth(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The library's OAuth provider, asking a server on this host in place of the vendor's."""
    needs_profiles_of_the_library()
    from alibabacloud_credentials.provider import cli_profile

    class Elsewhere(cli_profile.OAuthCredentialsProvider):  # type: ignore[misc]  # the library is not typed
        url = ""

        def __init__(self, **arguments: Any) -> None:
            super().__init__(**{**arguments, "sign_in_url": self.url})

    monkeypatch.setattr(cli_profile, "OAuthCredentialsProvider", Elsewhere)
    return Elsewhere


def oauth_answers(exchange: tuple[int, dict[str, str]]) -> Callable[[str], tuple[int, str]]:
    """A server that refreshes tokens, and answers this when a token is exchanged for a key."""

    def answer(url: str) -> tuple[int, str]:
        if url.endswith("/v1/token"):
            return 200, json.dumps({"access_token": "planted-new-access", "refresh_token": "planted-new-refresh"})
        return exchange[0], json.dumps(exchange[1])

    return answer


@pytest.mark.parametrize(
    "exchange",
    [
        (200, issued(1)),
        (400, {"Code": "InvalidToken", "Message": "Refused: planted-new-access, planted-new-refresh"}),
    ],
)
def test_tokens_that_the_library_refreshes_are_hidden(
    tmp_path: Path, oauth: Any, exchange: tuple[int, dict[str, str]]
) -> None:
    path = write_profiles(tmp_path / "c.json", oauth_profile())
    with serving(oauth_answers(exchange)) as server:
        oauth.url = server.url
        connection = connect(profile="p", shared_credentials_file=str(path))
        if exchange[0] == 200:
            assert obtain(connection).access_key_id == "STS.issued-1"
            assert (
                json.loads(path.read_text(encoding="utf-8"))["profiles"][0]["oauth_access_token"]
                == "planted-new-access"
            )
        else:
            assert "Refused: ********, ********" in str(failure(connection))
    for text in ("planted-new-access", "planted-new-refresh", "planted-old-access", "planted-old-refresh"):
        assert hidden(connection, text)


# --- What STS quotes --------------------------------------------------------------------------------------------


def quoting(
    form: Callable[[str], str], beginning: str = "The request is not valid: "
) -> Callable[[str], tuple[int, str]]:
    """A server that refuses a request, and quotes it."""

    def refuse(url: str) -> tuple[int, str]:
        return 400, json.dumps({"Code": "InvalidParameter", "Message": beginning + form(urlsplit(url).query)})

    return refuse


def values(query: str) -> str:
    """The values of a query, but for the signature."""
    query = re.sub("&Signature=[^&]*", "", query)
    return " ".join(f"<{text[0]}>" for text in parse_qs(query).values())


FORMS: list[Callable[[str], str]] = [
    values,
    lambda query: query,
    lambda query: quote(query, safe=""),
    lambda query: quote(quote(query, safe=""), safe=""),
    lambda query: query[query.index("Policy=") : query.index("Policy=") + 40],
    lambda query: f"server string to sign is {query}",
    lambda query: "x" * 290 + values(query),
    lambda query: "x" * 480 + values(query),
]


@pytest.mark.parametrize("form", FORMS)
def test_what_sts_quotes_from_a_request_is_not_shown(form: Callable[[str], str]) -> None:
    role = {"role_arn": ROLE, "policy": POLICY, "external_id": "planted-external"}
    with serving(quoting(form)) as server:
        options = {**KEY, "security_token": "planted-token", "assume_role": role, "sts_endpoint": server.url}
        text = str(failure(connect(**options)))
    (sent,) = asked(server)
    assert json.loads(sent["Policy"]) == POLICY
    assert "HTTP 400, InvalidParameter, The request is not valid" in text
    for part in ("planted", "Statement", "Resource", sent["Signature"], quote(sent["Signature"], safe="")):
        assert part not in text


def test_an_external_id_is_hidden_in_messages_of_sts_only() -> None:
    with serving(quoting(lambda _query: "acme-1 is wrong")) as server:
        role = {"role_arn": ROLE, "external_id": "acme-1"}
        connection = connect(**KEY, assume_role=role, sts_endpoint=server.url)
        assert "InvalidParameter, The request is not valid: ******** is wrong." in str(failure(connection))
    assert connection.redactor.text("acme-1") == "acme-1"


def test_a_long_answer_is_shown_in_part() -> None:
    with serving(quoting(lambda _query: "planted-secret " * 20_000)) as server:
        text = str(failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)))
    assert "planted" not in text
    assert "more characters]" in text
    assert len(text) < 1000


def test_control_characters_of_an_answer_are_escaped() -> None:
    with serving(quoting(lambda _query: "\x1b[31m red \ud800")) as server:
        text = str(failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url)))
    assert r"The request is not valid: \x1b[31m red \ud800." in text


def test_a_deeply_nested_answer_is_an_error() -> None:
    for status in (200, 400):
        with serving(lambda _url, status=status: (status, '{"Code":' * 100_000)) as server:  # type: ignore[misc]
            error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
        assert f"Assuming the role {ROLE} failed: " in str(error)


@pytest.mark.parametrize("bad", [{"AccessKeySecret": 5}, {"SecurityToken": ["x"]}, {"AccessKeyId": None}])
def test_a_credential_of_another_type_is_refused(bad: dict[str, Any]) -> None:
    with serving(lambda _url: (200, json.dumps({"Credentials": {**issued(1), **bad}}))) as server:
        error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert "the answer is not what the library expects. " in str(error)


def test_a_credential_that_no_header_can_hold_is_refused() -> None:
    key = {**issued(1), "SecurityToken": "planted\ntoken"}
    with serving(lambda _url: (200, json.dumps({"Credentials": key}))) as server:
        error = failure(connect(**KEY, assume_role={"role_arn": ROLE}, sts_endpoint=server.url))
    assert "the access key that it gave contains whitespace or non-ASCII characters." in str(error)
    assert "planted" not in str(error)


# --- Without an expiration --------------------------------------------------------------------------------------


def external(folder: Path, answer: dict[str, Any]) -> dict[str, Any]:
    """A profile whose command prints an answer, and writes a line to ``runs`` each time."""
    (folder / "answer").write_text(json.dumps(answer), encoding="utf-8")
    script = folder / "print-key"
    script.write_text(f"#!/bin/sh\necho run >> {folder}/runs\ncat {folder}/answer\n", encoding="utf-8")
    script.chmod(0o700)
    return {"name": "p", "mode": "External", "process_command": str(script)}


def runs(folder: Path) -> int:
    return len((folder / "runs").read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("expiration", [None, "", "in an hour"])
def test_a_command_runs_once_in_a_task(tmp_path: Path, expiration: str | None) -> None:
    needs_profiles_of_the_library()
    if expiration:
        expiration = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    answer = {"mode": "StsToken", **KEY, "sts_token": "t", "expiration": expiration}
    path = write_profiles(tmp_path / "c.json", external(tmp_path, answer))
    client = credential(connect(profile="p", shared_credentials_file=str(path)))
    assert [client.get_credential().security_token for _turn in range(3)] == ["t", "t", "t"]
    assert runs(tmp_path) == 1


def test_a_command_below_a_role_runs_once_in_a_task(tmp_path: Path) -> None:
    needs_profiles_of_the_library()
    path = write_profiles(tmp_path / "c.json", external(tmp_path, {"mode": "AK", **KEY}))
    options = {"profile": "p", "shared_credentials_file": str(path), "assume_role": {"role_arn": ROLE}}
    with serving(valid_for=100) as server:
        client = credential(connect(**options, sts_endpoint=server.url))
        for _turn in range(3):
            client.get_credential()
        assert len(server.requests) == 3
    assert runs(tmp_path) == 1
