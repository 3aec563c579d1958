# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Ways to authenticate, and the credential client of the official library for each.

A :class:`Source` says where a credential comes from. It is data: made, compared and shown without the library, which
only :func:`credential` imports.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shlex
import threading
import time
import warnings
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Callable, Iterator, Mapping, Optional, Protocol, Tuple
from urllib.parse import parse_qsl, urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint, parse_endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LARGEST_PROFILE_FILE,
    LARGEST_TOKEN_FILE,
    UnreadableFile,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import (
    proxies,
    proxy_authorizations,
    proxy_in_words,
    proxy_passwords,
    refused_by_proxy,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable

#: What a role session is called in the audit log where the task does not say.
DEFAULT_SESSION_NAME = "ansible-alicloud-fc"
#: A credential is used until so many seconds before it expires, then asked for again.
_MARGIN = 180


class Reach(Protocol):
    """What of a connection matters here; :class:`._connection.Connection` is one."""

    @property
    def source(self) -> Source:
        """Who calls."""

    @property
    def validate_certs(self) -> bool:
        """Whether certificates are checked."""

    @property
    def ca_path(self) -> str | None:
        """A file of authorities to trust, None: the usual ones."""

    @property
    def connect_timeout(self) -> float:
        """Seconds."""

    @property
    def read_timeout(self) -> float:
        """Seconds."""

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment, for the proxies."""

    @property
    def redactor(self) -> Redactor:
        """The secrets of the task."""

    def sts_service(self, region: str | None = None) -> Endpoint:
        """Where STS is asked; ``region`` None: that of the connection."""


class Source:
    """Where a credential comes from."""

    hint = ""
    """What to do if it fails, as a sentence."""
    network_hint = "Check the network and the proxy settings."
    """What to do if the server that was asked does not answer, as a sentence."""
    renewable = True
    """Whether it may give another credential if it is asked again."""
    tells_expiration = True
    """Whether a credential without an expiration is valid for as long as the task runs."""

    def advice(self) -> str:
        """What to do if it failed, and what is known besides."""
        return self.hint

    def describe(self) -> str:
        """What is tried, as the subject of a sentence."""
        raise NotImplementedError

    def server(self, reach: Reach) -> Endpoint | None:
        """The server that is asked; None: none, or it is not known."""
        return None

    def secrets(self) -> set[str]:
        """Every secret value that is known before the credential is asked for."""
        return set()

    def ordinary_secrets(self) -> set[str]:
        """Further values that messages must not show. They may be ordinary words, so they may stand in data."""
        return set()

    def register(self, redactor: Redactor) -> None:
        """Hide the secrets in messages from now on."""
        redactor.add(*self.secrets())
        redactor.add(*self.ordinary_secrets(), parts=False)

    def quoted(self) -> tuple[str, ...]:
        """What a server may quote from the request that is no secret, but does not belong into a message."""
        return ()

    def check(self) -> None:
        """Raise :class:`CredentialError` if a local file that is needed cannot be used."""

    def renewed(self) -> Source:
        """The source to ask for another credential than the one that it gave."""
        return self

    def provider(self, library: _Library) -> Any:
        """A provider of the official library."""
        raise NotImplementedError


class _AsksSts(Source):
    """A source that asks STS for a session."""

    network_hint = "Check sts_endpoint, region, network and the proxy settings."
    role: Role

    def server(self, reach: Reach) -> Endpoint:
        return reach.sts_service(self.role.sts_region)

    def quoted(self) -> tuple[str, ...]:
        return (self.role.policy,) if self.role.policy else ()


#: What is said of a part of an access key that is :meth:`AccessKey.spoilt`.
SPOILT = "holds a blank, a line break or a character beyond ASCII; copy it anew"


@dataclass(frozen=True)
class AccessKey(Source):
    """An access key, with a security token where it is a temporary one."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)
    renewable = False

    def spoilt(self) -> str | None:
        """The part that no header can hold, because it was copied with something that does not belong to it."""
        parts = ("access_key_id", "access_key_secret", "security_token")
        return next((part for part in parts if not re.fullmatch(r"[!-~]*", getattr(self, part) or "")), None)

    def describe(self) -> str:
        return f"Using the access key {self.access_key_id}"

    def secrets(self) -> set[str]:
        return {self.access_key_secret} | ({self.security_token} if self.security_token else set())

    def provider(self, library: _Library) -> Any:
        key = {"access_key_id": self.access_key_id, "access_key_secret": self.access_key_secret}
        if self.security_token:
            return library.providers.StaticSTSCredentialsProvider(security_token=self.security_token, **key)
        return library.providers.StaticAKCredentialsProvider(**key)


@dataclass(frozen=True)
class EcsRole(Source):
    """The RAM role of the ECS instance that runs this; None: whichever is attached to it."""

    role_name: str | None
    hint = (
        "Run it on an ECS instance that this role is attached to, and leave ALIBABA_CLOUD_ECS_METADATA_DISABLED unset."
    )
    network_hint = "Run it on an ECS instance: the metadata service answers nowhere else."

    def describe(self) -> str:
        return f"Asking the ECS metadata service for the role {self.role_name or 'of this instance'}"

    def server(self, reach: Reach) -> Endpoint:
        return _METADATA_SERVICE

    def provider(self, library: _Library) -> Any:
        return library.providers.EcsRamRoleCredentialsProvider(role_name=self.role_name, **_IN_THE_FOREGROUND)


@dataclass(frozen=True)
class CredentialsUri(Source):
    """A server that hands credentials out. The URI may hold a token of its own, so it is treated as a secret."""

    uri: str = field(repr=False)
    hint = (
        "It has to answer with JSON that holds Code=Success, AccessKeyId, AccessKeySecret, SecurityToken, Expiration."
    )
    network_hint = "Check credentials_uri, the network and the proxy settings."

    def describe(self) -> str:
        return "Asking credentials_uri"

    def server(self, reach: Reach) -> Endpoint:
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
        # Of the values too, but not of the whole, which holds the host's name and ordinary words.
        redactor.add(*self.secrets(), parts=False)
        for value in self.ordinary_secrets():
            redactor.add(value, parts=not value.startswith("/"))

    def provider(self, library: _Library) -> Any:
        provider = library.providers.URLCredentialsProvider(uri=self.uri, http_options=library.http_options())
        return library.route(provider, self.server(library.reach))


@dataclass(frozen=True)
class Role:
    """The session of a RAM role that STS is asked for."""

    arn: str
    session_name: str = DEFAULT_SESSION_NAME
    expiration: int | None = None
    """Seconds; None: STS's default, 3600."""
    policy: str | None = None
    """JSON that narrows what the session may do."""
    sts_region: str | None = None
    """The region whose STS is asked; None: the connection's."""


@dataclass(frozen=True)
class AssumedRole(_AsksSts):
    """A RAM role, assumed by someone who is authenticated already."""

    base: Source
    role: Role
    external_id: str | None = field(default=None, repr=False)
    hint = "Check the role's ARN, its trust policy, and that who assumes it is granted sts:AssumeRole."

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

    def provider(self, library: _Library) -> Any:
        return library.ask_sts(
            library.providers.RamRoleArnCredentialsProvider,
            self.role,
            credentials_provider=library.guarded(self.base),
            external_id=self.external_id,
        )


@dataclass(frozen=True)
class OidcRole(_AsksSts):
    """A RAM role, assumed with the token of an OIDC provider."""

    provider_arn: str
    token_file: str
    role: Role
    token_option: str = field(default="oidc.token_file", repr=False, compare=False)
    """What names the file, as the beginning of a message."""
    hint = (
        "Check that the token is fresh, and that the role's trust policy names the OIDC provider, issuer and subject."
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
            raise UnreadableFile("it holds no token") from None
        if not re.fullmatch(r"[!-~]+", token.strip()):
            raise UnreadableFile("it holds no token" if token.strip() else "it is empty")
        return token

    def provider(self, library: _Library) -> Any:
        return library.ask_sts(
            library.providers.OIDCRoleArnCredentialsProvider,
            self.role,
            oidc_provider_arn=self.provider_arn,
            oidc_token_file_path=self.token_file,
        )


#: The keys of a profile that hold secrets.
_SECRET_KEYS = ("access_key_secret", "sts_token", "access_token", "oauth_access_token", "oauth_refresh_token")
#: The keys of a profile that hold the session that the library obtained last.
_SESSION_KEYS = ("access_key_id", "access_key_secret", "sts_token", "sts_expiration")
#: The hosts of OAuth by site, as the library knows them.
_OAUTH_HOSTS = {"CN": "oauth.aliyun.com", "INTL": "oauth.alibabacloud.com"}


@dataclass(frozen=True)
class LibraryProfile(Source):
    """A profile of the official CLI that the library handles by itself: CloudSSO, OAuth, External."""

    file: str
    name: str
    content: Mapping[str, Any] = field(repr=False)
    """The whole file."""
    hint = "Sign in again with the official CLI, or check the profile's command."

    def describe(self) -> str:
        return f"Using the profile {self.name!r} of {printable(self.file)}"

    def server(self, reach: Reach) -> Endpoint | None:
        entry = self._entry()
        mode = str(entry.get("mode")).lower()
        if mode == "oauth":
            host = _OAUTH_HOSTS.get(str(entry.get("oauth_site_type", "CN")).upper())
            return Endpoint("https", host) if host else None
        try:
            url = urlsplit(str(entry.get("cloud_sso_sign_in_url") or ""))
            return parse_endpoint("profile", f"{url.scheme}://{url.netloc}") if mode == "cloudsso" else None
        except ValueError:
            return None

    def secrets(self) -> set[str]:
        values = (self._entry().get(key) for key in _SECRET_KEYS)
        return {value for value in values if isinstance(value, str) and value}

    def ordinary_secrets(self) -> set[str]:
        command = self._entry().get("process_command")
        return _arguments(command) if isinstance(command, str) else set()

    def renewed(self) -> Source:
        # The library has written new tokens into the file meanwhile, and would use the session there once more.
        try:
            content = json.loads(read_file(self.file, LARGEST_PROFILE_FILE).decode("utf-8-sig"))
            profiles = [dict(entry) for entry in content["profiles"]]
        except (UnreadableFile, ValueError, TypeError, KeyError, RecursionError):
            content, profiles = self.content, [dict(entry) for entry in self.content["profiles"]]
        for entry in profiles:
            if entry.get("name") == self.name:
                for key in _SESSION_KEYS:
                    entry.pop(key, None)
        return replace(self, content={**content, "profiles": profiles})

    def _entry(self) -> Mapping[str, Any]:
        entries = (entry for entry in self.content["profiles"] if entry.get("name") == self.name)
        found: Mapping[str, Any] = next(entries, {})
        return found

    def provider(self, library: _Library) -> Any:
        try:
            profiles = library.providers.CLIProfileCredentialsProvider(profile_name=self.name, profile_file=self.file)
        except TypeError:
            raise CredentialError(
                f"{self.describe()} failed: the installed alibabacloud-credentials is too old for profiles of this "
                "mode. Upgrade it, or use another profile."
            ) from None
        # Not by the public method: it would look at ALIBABA_CLOUD_CLI_PROFILE_DISABLED, and hide what has to be routed.
        provider = profiles._get_credentials_provider(self.content, self.name)
        return library.route(provider, self.server(library.reach) or _CLOUD)


def _arguments(command: str) -> set[str]:
    """What of a command may be secret: all that follows the program's name, as a whole and one by one."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    if not words or not words[0]:
        return set()
    program, *arguments = words
    values = (argument.partition("=")[2] for argument in arguments)
    whole = command.partition(program)[2].strip()
    long = {text for text in (*arguments, *values) if len(text) >= _SHORTEST_ARGUMENT}
    return {text for text in long | {whole} if text and text not in program}


@dataclass(frozen=True)
class DefaultChain(Source):
    """What the official library finds by itself when nothing is configured that was recognised before."""

    without_profiles: bool = False
    """Whether the files of the official CLI are left out."""
    passed_over: tuple[str, ...] = ()
    """Why the default profiles were not used, as sentences."""
    hint = "Give access_key_id and access_key_secret, profile, ecs_role_name, oidc or credentials_uri."
    # The library's chain hands no expiration on, and asks again by itself when it is time.
    tells_expiration = False

    def describe(self) -> str:
        return "Looking for credentials in the environment, in profile files and at the ECS metadata service"

    def advice(self) -> str:
        return " ".join((*(f"Not used: {problem}." for problem in self.passed_over), self.hint))

    def provider(self, library: _Library) -> Any:
        from alibabacloud_credentials.provider import default
        from alibabacloud_credentials.utils import auth_util

        # The chain makes its ECS provider with a scheduler, which in older releases also takes over SIGTERM and SIGINT.
        default.EcsRamRoleCredentialsProvider = partial(
            library.providers.EcsRamRoleCredentialsProvider, **_IN_THE_FOREGROUND
        )
        default.ProfileCredentialsProvider = library.providers.ProfileCredentialsProvider
        if self.without_profiles:
            auth_util.environment_cli_profile_disabled = "true"
            # There is no such switch for the SDK's file.
            default.ProfileCredentialsProvider = partial(default.ProfileCredentialsProvider, profile_file=os.devnull)
        return library.providers.DefaultCredentialsProvider()


#: No scheduler that would refresh the credential: a task asks when it needs one.
_IN_THE_FOREGROUND: Mapping[str, Any] = {"async_update_enabled": False}
#: Stands for hosts of the vendor that the library knows and we do not.
_CLOUD = Endpoint("https", "aliyuncs.com")
#: The address of the ECS metadata service, which is fixed.
_METADATA_SERVICE = Endpoint("http", "100.100.100.200")
#: A shorter value of a query is no secret, and would hide ordinary words in messages.
_SHORTEST_SECRET = 4
#: The same for the arguments of a command.
_SHORTEST_ARGUMENT = 8
#: Where the library's providers keep the tokens that they refreshed.
_TOKEN_ATTRIBUTES = ("_access_token", "_refresh_token", "_sts_access_key_secret", "_sts_security_token")


def credential(connection: Reach) -> Any:
    """The credential client of the official library for a connection; nothing is asked for yet.

    Returns an ``alibabacloud_credentials.client.Client`` with one method more:

    - ``get_credential()`` raises :class:`CredentialError` where no credential can be had.
    - ``renew(refused=None)`` drops the credential that a service refused, so that ``get_credential()`` asks for a new
      one: see :meth:`_Guard.renew`.

    Raises :class:`CredentialError` itself where the way cannot work at all, and lets ImportError through where the
    library is missing.
    """
    _silence(connection)
    with warnings.catch_warnings():
        # Its dependencies warn about themselves on some versions of Python.
        warnings.simplefilter("ignore")
        from alibabacloud_credentials import provider as providers
        from alibabacloud_credentials.client import Client
    guard = _Library(providers, connection).guarded(connection.source)
    client = Client(provider=guard)
    client.renew = guard.renew
    return client


def register_secrets(connection: Reach) -> None:
    """Hide every secret that is known before a credential is asked for; further ones are hidden when they are obtained.

    The passwords of proxies among them, as they are written, decoded, and as they are sent.
    """
    connection.source.register(connection.redactor)
    connection.redactor.add(*proxy_passwords(connection.environ), *proxy_authorizations(connection.environ))


def secrets(connection: Reach) -> frozenset[str]:
    """Every secret that is known by now: what messages must not show."""
    return connection.redactor.secrets


def secrets_in_data(connection: Reach) -> set[str]:
    """Those of them that must stand nowhere, not even in data: keys, tokens, the credentials URI.

    The others may be ordinary words, and would spoil data that happens to hold them: passwords of proxies, values of a
    URI's query, the arguments of a command.
    """
    in_messages_only = connection.source.ordinary_secrets()
    in_messages_only |= proxy_passwords(connection.environ) | proxy_authorizations(connection.environ)
    return set(connection.redactor.secrets) - (in_messages_only - connection.source.secrets())


def _silence(reach: Reach) -> None:
    """Keep the library's words from standard error, where they may tell what a server answered, secrets included."""
    # Disabled rather than without handlers: each import of a part adds another handler.
    for name in ("credentials", "alibabacloud-tea", "darabonba-core"):
        logging.getLogger(name).disabled = True
    # These have no handler, so that Python would print their warnings by itself.
    for name in ("alibabacloud_credentials", "apscheduler"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    if not reach.validate_certs:
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")


class _Library:
    """The official library, as a connection may use it."""

    def __init__(self, providers: Any, reach: Reach) -> None:
        self.providers = providers
        """Its package ``alibabacloud_credentials.provider``."""
        self.reach = reach

    def guarded(self, source: Source) -> _Guard:
        """The provider of a source, whose failures say what was tried."""
        return _Guard(source, self.reach, self)

    def http_options(self) -> Any:
        """The connection's timeouts; the library counts milliseconds."""
        from alibabacloud_credentials.http import HttpOptions

        return HttpOptions(
            connect_timeout=int(self.reach.connect_timeout * 1000), read_timeout=int(self.reach.read_timeout * 1000)
        )

    def ask_sts(self, provider_class: Any, role: Role, **who: Any) -> Any:
        """A provider that asks STS for a session of ``role``."""
        endpoint = self.reach.sts_service(role.sts_region)
        provider = provider_class(
            role_arn=role.arn,
            role_session_name=role.session_name,
            duration_seconds=role.expiration,
            policy=role.policy,
            # The library puts https:// before it, unless a scheme is there.
            sts_endpoint=endpoint.host if endpoint.scheme == "https" else endpoint.url,
            http_options=self.http_options(),
            **who,
        )
        return self.route(provider, endpoint)

    def route(self, provider: Any, endpoint: Endpoint) -> Any:
        """Let a provider use the connection's certificates and proxy, for which the library has no argument."""
        if hasattr(provider, "_runtime_options"):
            proxy = proxies(self.reach.environ, endpoint).get(endpoint.scheme)
            provider._runtime_options.update(
                ca=self.reach.ca_path, ignoreSSL=not self.reach.validate_certs, httpProxy=proxy, httpsProxy=proxy
            )
        return provider


#: What tells credentials apart: the access key id and the security token.
_Identity = Tuple[Optional[str], Optional[str]]


class _Guard:
    """A provider whose failures are :class:`CredentialError`, and which asks again only when it has to.

    The library renews what is valid for less than 15 minutes each time it is asked, so a session of 900 seconds
    would cost a call to STS for each call to Function Compute. What has no expiration it asks for each time.
    """

    def __init__(self, source: Source, reach: Reach, library: _Library) -> None:
        self._source = source
        self._reach = reach
        self._library = library
        self._lock = threading.Lock()
        self._kept: Any = None
        #: The credential that was obtained last; None: a new one has to be obtained.
        self._obtained: _Identity | None = None
        self._refused: set[_Identity] = set()
        self._given = threading.local()
        self._provider = self._new_provider()

    def get_provider_name(self) -> str:
        """The library's name for the way, which the SDK sends along."""
        return str(self._provider.get_provider_name())

    def get_credentials(self) -> Any:
        """A valid credential, as the library's providers return it."""
        with self._lock:
            found = self._kept
            if found is None or _expires_soon(found):
                self._kept = None
                found = self._obtain()
                self._obtained = _identity(found)
                if found.get_expiration() or self._source.tells_expiration:
                    self._kept = found
            self._given.credential = _identity(found)
            return found

    def renew(self, refused: Any = None) -> bool:
        """Drop a credential that a service refused, so that the next one is a new one. Thread-safe.

        :arg refused: the credential, as ``get_credential()`` returned it; None: the one that this thread got last.

        Returns whether to try again with the next credential. False: the source cannot give another one (an access
        key), or has been asked for one in place of this one before. However many threads report the same credential,
        the source is asked once.
        """
        identity: _Identity | None = getattr(self._given, "credential", None)
        if refused is not None:
            identity = refused.access_key_id, refused.security_token or None
        with self._lock:
            if identity is None or not self._source.renewable:
                return False
            if self._obtained != identity:
                return True  # it was renewed meanwhile, or is about to be
            if identity in self._refused:
                return False
            self._refused.add(identity)
            self._start_over()
            return True

    def _start_over(self) -> None:
        """Forget what is kept here and inside of the library: its providers keep what is valid by its expiration."""
        self._kept = None
        self._obtained = None
        self._source = self._source.renewed()
        self._provider = self._new_provider()

    def _new_provider(self) -> Any:
        def make() -> Any:
            self._source.check()
            return self._source.provider(self._library)

        return self._translate(make)

    def _obtain(self) -> Any:
        try:
            return self._translate(self._ask)
        except CredentialError as error:
            # STS refused the session that it was asked with.
            if not error.token_refused or not isinstance(self._source, AssumedRole) or not self._source.base.renewable:
                raise
        self._start_over()
        return self._translate(self._ask)

    def _ask(self) -> Any:
        """Ask the provider. Whatever secret comes to light is hidden before a failure is put into words."""
        redactor = self._reach.redactor
        self._source.check()
        self._source.register(redactor)
        try:
            found = self._provider.get_credentials()
            secret, token = found.get_access_key_secret(), found.get_security_token()
            redactor.add(*(text for text in (secret, token) if isinstance(text, str)))
        finally:
            # A file of tokens may have changed, and the library may have refreshed some.
            self._source.register(redactor)
            refreshed = (getattr(self._provider, name, None) for name in _TOKEN_ATTRIBUTES)
            redactor.add(*(text for text in refreshed if isinstance(text, str)))
        return self._checked(found)

    def _checked(self, found: Any) -> Any:
        """The credential, if it is one that can be sent in a header."""
        parts = [found.get_access_key_id(), found.get_access_key_secret(), found.get_security_token() or ""]
        if not all(isinstance(part, str) for part in parts) or not all(parts[:2]):
            raise ValueError
        if AccessKey(*parts).spoilt():
            problem = "the access key that it gave contains whitespace or non-ASCII characters"
            raise CredentialError(f"{self._source.describe()} failed: {problem}. {self._source.advice()}".strip())
        return found

    def _translate(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (CredentialError, ImportError, InvalidOption):
            raise
        except Exception as error:  # noqa: BLE001 - the library raises many unrelated classes
            raise _failure(self._source, error, self._reach) from None


def _identity(found: Any) -> _Identity:
    return found.get_access_key_id(), found.get_security_token() or None


def _expires_soon(found: Any) -> bool:
    expiration = found.get_expiration()
    return bool(expiration) and expiration - _MARGIN <= time.time()


@dataclass(frozen=True)
class _Reason:
    """Why the library failed."""

    text: str
    temporary: bool = False
    advice: str | None = None
    """What to do about it; None: what the source advises."""
    code: str = ""


def _failure(source: Source, error: BaseException, reach: Reach) -> CredentialError:
    reason = _reason(source, error, reach)
    advice = source.advice() if reason.advice is None else reason.advice
    message = f"{source.describe()} failed: {reason.text.rstrip('.')}. {advice}".strip()
    refused = reason.code.startswith(("InvalidSecurityToken", "SecurityTokenExpired"))
    return CredentialError(message, reason.temporary, refused)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """The error and everything it was raised from or wrapped around, outermost first."""
    seen: list[BaseException | None] = []
    while error is not None and error not in seen:
        seen.append(error)
        yield error
        inner = next((arg for arg in (*error.args, getattr(error, "reason", None)) if isinstance(arg, Exception)), None)
        error = error.__cause__ or inner or error.__context__


#: Exceptions of requests, which name what happened; their texts hold the URL, and with it tokens and signatures.
_NETWORK = {
    "ProxyError": "{proxy} does not answer, or refuses",
    "ConnectTimeout": "no connection to {server} in time",
    "ReadTimeout": "no answer from {server} in time",
    "TooManyRedirects": "{server} answers with a redirect, which is not followed",
    "SSLError": "no secure connection to {server}",
    "ConnectionError": "no connection to {server}",
    "ChunkedEncodingError": "the answer of {server} was cut off",
    "ContentDecodingError": "the answer of {server} cannot be decoded",
    "InvalidSchema": "the URL's scheme is not supported",
    "InvalidURL": "the URL is not valid",
}
_TEMPORARY = ("ProxyError", "ConnectTimeout", "ReadTimeout", "ConnectionError", "ChunkedEncodingError")
_PROXY_ADVICE = "Check the proxy settings."


def _reason(source: Source, error: BaseException, reach: Reach) -> _Reason:
    """Why the library failed.

    From what cannot hold a secret only: kinds of errors, status, codes, names of files.
    """
    causes = list(_causes(error))
    for cause in causes:
        verify_message = getattr(cause, "verify_message", None)
        if verify_message:
            problem = reach.redactor.text(verify_message)
            return _Reason(f"the server's certificate is not trusted ({problem}); check ca_path", advice="")
    for cause in causes:
        # Before the network's errors, whose base class is OSError too: this one names a local file.
        if isinstance(cause, OSError) and cause.filename:
            return _Reason(f"{printable(str(cause.filename))}: {cause.strerror}")
        known = next((kind.__name__ for kind in type(cause).__mro__ if kind.__name__ in _NETWORK), None)
        if known:
            return _no_answer(source, known, cause, reach)
    return _answered(source, str(getattr(error, "message", "") or error), type(error).__name__, reach)


def _no_answer(source: Source, known: str, error: BaseException, reach: Reach) -> _Reason:
    # http.client's words for a proxy that answers CONNECT with something else than 200.
    refusal = re.search(r"Tunnel connection failed: (\d{3})\b", str(error))
    if refusal:
        return _refused_by_proxy(source, int(refusal.group(1)), reach)
    told = _NETWORK[known].format(
        server=_server(source, reach), proxy=proxy_in_words(reach.environ, source.server(reach))
    )
    return _Reason(told, known in _TEMPORARY, source.network_hint)


def _refused_by_proxy(source: Source, status: int, reach: Reach) -> _Reason:
    told, temporary = refused_by_proxy(reach.environ, source.server(reach), status)
    return _Reason(told, temporary, _PROXY_ADVICE)


def _server(source: Source, reach: Reach) -> str:
    server = source.server(reach)
    return server.address if server else "the server"


def _answered(source: Source, text: str, kind: str, reach: Reach) -> _Reason:
    """What a server answered, of which only known fields are told, and whether it may answer otherwise later."""
    found = re.search(r"(?:http_?code|status code)[:=] ?(\d{3})", text, re.IGNORECASE)
    status = int(found.group(1)) if found else 0
    if status == 407:
        return _refused_by_proxy(source, status, reach)
    body = re.search(r"(?:result|response): \{", text)
    start, end = (body.end() - 1, text.rfind("}") + 1) if body else (0, 0)
    fields = _json_object(text[start:end]) if body else {}
    code = str(fields.get("Code") or "")
    code = code if re.fullmatch(r"[A-Za-z][A-Za-z0-9._]{0,99}", code) else ""
    message = str(fields.get("Message") or "")
    if "Signature" in code:
        # The message repeats what was signed, the security token among it.
        message = "the secret does not belong to the key"
    told = ", ".join(part for part in (f"HTTP {status}" if status else "", code, message) if part)
    busy = status == 429 or status >= 500 or code.startswith("Throttling")
    if told:
        advice = "Run it again later." if busy else None
        if isinstance(source, _AsksSts) and not code and not busy:
            advice = source.network_hint  # STS always answers with a code: something else has answered
        return _Reason(_cleaned(source, told, reach), busy, advice, code)
    reason = next((safe for beginning, safe in _SAFE if text.startswith(beginning)), None)
    if reason is None and ("result:" in text or kind in _NOT_UNDERSTOOD):
        reason = "the answer is not what the library expects"
        return _Reason(reason, advice=source.network_hint if isinstance(source, _AsksSts) else None)
    return _Reason(reason or f"the library stopped with {kind}")


#: What the library raises where it reads something else than it expects.
_NOT_UNDERSTOOD = (
    "JSONDecodeError",
    "ValueError",
    "KeyError",
    "AttributeError",
    "TypeError",
    "UnicodeDecodeError",
    "RecursionError",
    "OverflowError",
)
#: How texts of the library begin -> the same without what they go on to quote.
_SAFE = (
    ("IMDS credentials is disabled", "the environment variable ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids it"),
    ("CloudSSO access token is empty or expired", "the CloudSSO sign-in has expired"),
    ("failed to refresh OAuth token", "the OAuth sign-in has expired"),
    ("unable to load credentials from any of the providers", "none of them has any"),
    ("Failed to get", "the metadata service does not have it"),
    ("failed to execute external command", "the profile's command failed"),
    ("command process timed out", "the profile's command did not end in time"),
    ("failed to parse external command output", "the profile's command did not print JSON"),
    ("invalid credential response", "the profile's command did not print an access key"),
    ("invalid StsToken credential response", "the profile's command did not print a security token"),
)
#: A parameter of a request as errors quote it: as it is, or encoded for a URL once or twice.
_QUOTED_PARAMETER = re.compile(
    r"\b(Policy|ExternalId|OIDCToken|SecurityToken|Signature)(=|%3D|%253D)[^\s&,;\"')]*", re.IGNORECASE
)
#: Behind these words, what was signed follows.
_SIGNED = re.compile(r"(?:server )?string ?to ?sign", re.IGNORECASE)


def _cleaned(source: Source, text: str, reach: Reach) -> str:
    """What a server said without secrets, and without what it quotes from the request."""
    text = reach.redactor.mask(text[:_LONGEST_ANSWER])
    quotes = Redactor()
    quotes.add(*source.quoted(), parts=False)
    text, *signed = _SIGNED.split(quotes.mask(text), maxsplit=1)
    if signed:
        # Trimmed apart from the search, which would take long for a text of many such characters.
        text = text.rstrip(" ,;:.([<\"'")
    return reach.redactor.text(_QUOTED_PARAMETER.sub(r"\1\2********", text))


#: The most characters of an answer that are looked at.
_LONGEST_ANSWER = 64 * 1024


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}
