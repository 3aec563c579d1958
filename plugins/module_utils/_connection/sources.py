# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Data classes for credential sources.

Creating and comparing ``Source`` objects does not require the official library. Only ``credential`` imports it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LARGEST_TOKEN_FILE,
    UnreadableFile,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable

#: The default role session name, which appears in the audit log.
DEFAULT_SESSION_NAME = "ansible-alicloud-fc"


class Source:
    """A credential source."""

    #: A sentence that is added to errors as a hint.
    hint = ""
    #: A sentence that is added as a hint if the server does not respond.
    network_hint = "Check the network and the proxy settings."
    #: Whether the source can provide another credential.
    renewable = True
    #: Whether a credential without an expiration remains valid for the whole task.
    tells_expiration = True

    def full_hint(self) -> str:
        """Return the hint, preceded by the reasons why other sources were not used."""
        return self.hint

    def describe(self) -> str:
        """Return a description of the attempt, worded as the subject of a sentence."""
        raise NotImplementedError

    def server(self) -> Endpoint | None:
        """Return the server's endpoint, or None if there is no server, the server is STS or the endpoint is unknown."""
        return None

    def secrets(self) -> set[str]:
        """Return all secrets that are known before the credential is obtained."""
        return set()

    def ordinary_secrets(self) -> set[str]:
        """Return other values that are masked only in messages. They may be ordinary words that also occur in data."""
        return set()

    def register(self, redactor: Redactor) -> None:
        """Register the secrets to be masked in messages."""
        redactor.add(*self.secrets())
        redactor.add(*self.ordinary_secrets(), parts=False)

    def quoted(self) -> tuple[str, ...]:
        """Return non-secret parts of a request that messages must not quote."""
        return ()

    def check(self) -> None:
        """Raise ``CredentialError`` if a required local file cannot be used."""

    def renewed(self) -> Source:
        """Return the source for a renewed credential."""
        return self


class AsksSts(Source):
    """A source that obtains a session from STS."""

    network_hint = "Check sts_endpoint, region, network and the proxy settings."
    role: Role

    def quoted(self) -> tuple[str, ...]:
        return (self.role.policy,) if self.role.policy else ()


#: The predicate in messages about invalid access key parts.
INVALID_CHARACTERS = "contains whitespace or non-ASCII characters; copy it again"


@dataclass(frozen=True)
class AccessKey(Source):
    """An access key, including a security token if the key is temporary."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    renewable = False

    def invalid_part(self) -> str | None:
        """Return the name of the first part that is not valid in a header, or None if all parts are valid."""
        parts = ("access_key_id", "access_key_secret", "security_token")
        return next((part for part in parts if not re.fullmatch(r"[!-~]*", getattr(self, part) or "")), None)

    def describe(self) -> str:
        return f"Using the access key {self.access_key_id}"

    def secrets(self) -> set[str]:
        return {self.access_key_secret} | ({self.security_token} if self.security_token else set())


@dataclass(frozen=True)
class EcsRole(Source):
    """The RAM role of the ECS instance on which the task runs. ``role_name`` is None for the attached role."""

    role_name: str | None
    hint = "Run the task on an ECS instance with this role, and do not set ALIBABA_CLOUD_ECS_METADATA_DISABLED."
    network_hint = "Run the task on an ECS instance. The metadata service is not available elsewhere."

    def describe(self) -> str:
        role = self.role_name or "of this instance"
        return f"Requesting credentials for the role {role} from the ECS metadata service"

    def server(self) -> Endpoint:
        return _METADATA_SERVICE


@dataclass(frozen=True)
class CredentialsUri(Source):
    """A server that provides credentials. The URI is treated as a secret because it may contain a token."""

    uri: str = field(repr=False)
    hint = "It must return JSON with Code=Success, AccessKeyId, AccessKeySecret, SecurityToken and Expiration."
    network_hint = "Check credentials_uri, the network and the proxy settings."

    def describe(self) -> str:
        return "Requesting credentials from credentials_uri"

    def server(self) -> Endpoint:
        scheme, _separator, rest = self.uri.partition("://")
        return Endpoint(scheme.lower(), re.split(r"[/?#]", rest)[0].rpartition("@")[2])

    def secrets(self) -> set[str]:
        return {self.uri}

    def ordinary_secrets(self) -> set[str]:
        parts = urlsplit(self.uri)
        target = re.sub(r"^[^:]*://[^/?#]*", "", self.uri)
        written = [pair.partition("=")[2] or pair for pair in re.split("[&;]", parts.query)]
        values = [*written, *(value for _name, value in parse_qsl(parts.query)), parts.username, parts.password]
        return {value for value in values if value and len(value) >= _SHORTEST_SECRET} | ({target} - {"", "/"})

    def register(self, redactor: Redactor) -> None:
        # Mask the parts of individual values but not those of the URI, which include the host name and ordinary words.
        redactor.add(*self.secrets(), parts=False)
        for value in self.ordinary_secrets():
            redactor.add(value, parts=not value.startswith("/"))


@dataclass(frozen=True)
class Role:
    """The parameters of a RAM role session to request from STS."""

    arn: str
    session_name: str = DEFAULT_SESSION_NAME
    #: The duration in seconds, or None for the STS default of 3600.
    expiration: int | None = None
    #: A JSON policy that restricts the session.
    policy: str | None = None
    #: The STS region, or None to use the connection's region.
    sts_region: str | None = None


@dataclass(frozen=True)
class AssumedRole(AsksSts):
    """A RAM role that is assumed with another credential."""

    base: Source
    role: Role
    external_id: str | None = field(default=None, repr=False)
    hint = "Check the role's ARN and trust policy, and grant sts:AssumeRole to the caller."

    def describe(self) -> str:
        return f"Assuming the role {self.role.arn}"

    def secrets(self) -> set[str]:
        return self.base.secrets()

    def ordinary_secrets(self) -> set[str]:
        return self.base.ordinary_secrets()

    def register(self, redactor: Redactor) -> None:
        self.base.register(redactor)

    def quoted(self) -> tuple[str, ...]:
        return (*super().quoted(), *((self.external_id,) if self.external_id else ()))

    def renewed(self) -> Source:
        return replace(self, base=self.base.renewed())


@dataclass(frozen=True)
class OidcRole(AsksSts):
    """A RAM role that is assumed with a token from an OIDC provider."""

    provider_arn: str
    token_file: str
    role: Role
    #: The prefix for messages about the token file.
    token_option: str = field(default="oidc.token_file", repr=False, compare=False)
    hint = (
        "Check that the token has not expired and that the role's trust policy matches the token's provider, issuer "
        "and subject."
    )

    def describe(self) -> str:
        return f"Assuming the role {self.role.arn} with the OIDC token in {printable(self.token_file)}"

    def secrets(self) -> set[str]:
        try:
            token = self._read()
        except UnreadableFile:
            return set()
        return {token, token.strip()}

    def check(self) -> None:
        try:
            self._read()
        except UnreadableFile as error:
            problem = f"cannot read {printable(self.token_file)}: {error}"
            raise CredentialError(f"{self.token_option}: {problem}.") from None

    def _read(self) -> str:
        try:
            token = read_file(self.token_file, LARGEST_TOKEN_FILE).decode("ascii")
        except UnicodeDecodeError:
            raise UnreadableFile("it contains no token") from None
        if not re.fullmatch(r"[!-~]+", token.strip()):
            raise UnreadableFile("it contains no token" if token.strip() else "it is empty")
        return token


@dataclass(frozen=True)
class DefaultChain(Source):
    """The official library's default chain, which is used if nothing else is configured."""

    #: Whether to ignore the profile files of the official CLI and SDK.
    without_profiles: bool = False
    #: The reasons why default profiles were not used, as clauses.
    skipped: tuple[str, ...] = ()
    hint = "Specify access_key_id and access_key_secret, profile, ecs_role_name, oidc or credentials_uri."
    # The library's chain does not return expirations but renews credentials itself.
    tells_expiration = False

    def describe(self) -> str:
        return "Searching for credentials in the environment, in profile files and in the ECS metadata service"

    def full_hint(self) -> str:
        return " ".join((*(f"Not used: {problem}." for problem in self.skipped), self.hint))


#: The fixed address of the ECS metadata service.
_METADATA_SERVICE = Endpoint("http", "100.100.100.200")


#: Shorter query values are not treated as secrets, because masking them would also mask ordinary words.
_SHORTEST_SECRET = 4


@dataclass(frozen=True)
class Profile:
    """A profile of the official CLI or SDK."""

    source: Source
    region: str | None
    #: The STS region, which applies to all modes, or None to use the task's region.
    sts_region: str | None = None
