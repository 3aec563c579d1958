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
import re
import threading
import time
import warnings
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Callable, Iterator, Mapping, Protocol

from ansible_collections.alicloud.fc.plugins.module_utils._config import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._endpoint import (
    Endpoint,
    proxies,
    proxy_passwords,
)
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor

#: What a role session is called in the audit log where the task does not say.
DEFAULT_SESSION_NAME = "ansible-alicloud-fc"
#: A credential is used until so many seconds before it expires, then asked for again.
_MARGIN = 180


class CredentialError(Exception):
    """No credential could be had. ``str()`` is one sentence, then what to do about it; it never holds a secret.

    ``temporary`` says that the network, or a server that is busy, is to blame: to ask again may help.
    """

    def __init__(self, message: str, temporary: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.uncertain = False
        """Whether the call that it was asked for may have been carried out, by a try before."""


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


# --- Ways to authenticate ---------------------------------------------------------------------------------------


class Source:
    """Where a credential comes from."""

    hint = ""
    """What to do if it fails, as a sentence."""

    def advice(self) -> str:
        """What to do if it failed, and what is known besides."""
        return self.hint

    def describe(self) -> str:
        """What is tried, as the subject of a sentence."""
        raise NotImplementedError

    def secrets(self) -> set[str]:
        """Every secret value that is known before the credential is asked for."""
        return set()

    def provider(self, library: _Library) -> Any:
        """A provider of the official library."""
        raise NotImplementedError


#: What is said of a part of an access key that is :meth:`AccessKey.spoilt`.
SPOILT = "holds a blank, a line break or a character beyond ASCII; copy it anew"


@dataclass(frozen=True)
class AccessKey(Source):
    """An access key, with a security token where it is a temporary one."""

    access_key_id: str
    access_key_secret: str = field(repr=False)
    security_token: str | None = field(default=None, repr=False)

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

    def describe(self) -> str:
        return f"Asking the ECS metadata service for the role {self.role_name or 'of this instance'}"

    def provider(self, library: _Library) -> Any:
        return library.providers.EcsRamRoleCredentialsProvider(role_name=self.role_name, **_IN_THE_FOREGROUND)


@dataclass(frozen=True)
class CredentialsUri(Source):
    """A server that hands credentials out. The URI may hold a token of its own, so it is treated as a secret."""

    uri: str = field(repr=False)
    hint = (
        "It has to answer with JSON that holds Code=Success, AccessKeyId, AccessKeySecret, SecurityToken, Expiration."
    )

    def describe(self) -> str:
        return "Asking credentials_uri"

    def secrets(self) -> set[str]:
        return {self.uri}

    def provider(self, library: _Library) -> Any:
        provider = library.providers.URLCredentialsProvider(uri=self.uri, http_options=library.http_options())
        scheme, _separator, rest = self.uri.partition("://")
        return library.route(provider, Endpoint(scheme, re.split(r"[/?#]", rest)[0].rpartition("@")[2]))


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
class AssumedRole(Source):
    """A RAM role, assumed by someone who is authenticated already."""

    base: Source
    role: Role
    external_id: str | None = field(default=None, repr=False)
    hint = "Check the role's ARN, its trust policy, and that who assumes it is granted sts:AssumeRole."

    def describe(self) -> str:
        return f"Assuming the role {self.role.arn}"

    def secrets(self) -> set[str]:
        return self.base.secrets() | ({self.external_id} if self.external_id else set())

    def provider(self, library: _Library) -> Any:
        return library.ask_sts(
            library.providers.RamRoleArnCredentialsProvider,
            self.role,
            credentials_provider=library.guarded(self.base),
            external_id=self.external_id,
        )


@dataclass(frozen=True)
class OidcRole(Source):
    """A RAM role, assumed with the token of an OIDC provider."""

    provider_arn: str
    token_file: str
    role: Role
    hint = (
        "Check that the token is fresh, and that the role's trust policy names the OIDC provider, issuer and subject."
    )

    def describe(self) -> str:
        return f"Assuming the role {self.role.arn} with the OIDC token in {self.token_file}"

    def secrets(self) -> set[str]:
        try:
            with open(self.token_file, encoding="utf-8") as file:
                token = file.read()
        except (OSError, UnicodeDecodeError):
            return set()
        return {token, token.strip()} - {""}

    def provider(self, library: _Library) -> Any:
        return library.ask_sts(
            library.providers.OIDCRoleArnCredentialsProvider,
            self.role,
            oidc_provider_arn=self.provider_arn,
            oidc_token_file_path=self.token_file,
        )


#: The keys of a profile that hold secrets.
_SECRET_KEYS = (
    "access_key_secret",
    "sts_token",
    "access_token",
    "oauth_access_token",
    "oauth_refresh_token",
    "external_id",
    "process_command",
)


@dataclass(frozen=True)
class LibraryProfile(Source):
    """A profile of the official CLI that the library handles by itself: CloudSSO, OAuth, External."""

    file: str
    name: str
    content: Mapping[str, Any] = field(repr=False)
    """The whole file."""
    hint = "Sign in again with the official CLI, or check the profile's command."

    def describe(self) -> str:
        return f"Using the profile {self.name!r} of {self.file}"

    def secrets(self) -> set[str]:
        entries = [entry for entry in self.content["profiles"] if entry.get("name") == self.name]
        values = (entry.get(key) for entry in entries for key in _SECRET_KEYS)
        return {value for value in values if isinstance(value, str) and value}

    def provider(self, library: _Library) -> Any:
        try:
            profiles = library.providers.CLIProfileCredentialsProvider(profile_name=self.name, profile_file=self.file)
        except TypeError:
            raise CredentialError(
                f"{self.describe()} failed: the installed alibabacloud-credentials is too old for profiles of this "
                "mode. Upgrade it, or use another profile."
            ) from None
        # Not by the public method: it would look at ALIBABA_CLOUD_CLI_PROFILE_DISABLED, and hide what has to be routed.
        return library.route(profiles._get_credentials_provider(self.content, self.name), _CLOUD)


@dataclass(frozen=True)
class DefaultChain(Source):
    """What the official library finds by itself when nothing is configured that was recognised before."""

    without_profiles: bool = False
    """Whether the files of the official CLI are left out."""
    passed_over: tuple[str, ...] = ()
    """Why the default profiles were not used, as sentences."""
    hint = "Give access_key_id and access_key_secret, profile, ecs_role_name, oidc or credentials_uri."

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
        if self.without_profiles:
            auth_util.environment_cli_profile_disabled = "true"
        return library.providers.DefaultCredentialsProvider()


# --- The official library ---------------------------------------------------------------------------------------

#: No scheduler that would refresh the credential: a task asks when it needs one.
_IN_THE_FOREGROUND: Mapping[str, Any] = {"async_update_enabled": False}
#: Stands for hosts of the vendor that the library knows and we do not.
_CLOUD = Endpoint("https", "aliyuncs.com")


def credential(connection: Reach) -> Any:
    """The credential client of the official library for a connection; nothing is asked for yet.

    Returns an ``alibabacloud_credentials.client.Client``: its ``get_credential()`` raises :class:`CredentialError`
    where no credential can be had. Raises :class:`CredentialError` itself where the way cannot work at all, and lets
    ImportError through where the library is missing.
    """
    _silence(connection)
    with warnings.catch_warnings():
        # Its dependencies warn about themselves on some versions of Python.
        warnings.simplefilter("ignore")
        from alibabacloud_credentials import provider as providers
        from alibabacloud_credentials.client import Client
    return Client(provider=_Library(providers, connection).guarded(connection.source))


def secrets(connection: Reach) -> set[str]:
    """Every secret value that is known by now: keys, tokens, what a profile holds, passwords of proxies."""
    return connection.source.secrets() | proxy_passwords(connection.environ)


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
        self._reach = reach

    def guarded(self, source: Source) -> _Guard:
        """The provider of a source, whose failures say what was tried."""
        return _Guard(source, self._reach, self)

    def http_options(self) -> Any:
        """The connection's timeouts; the library counts milliseconds."""
        from alibabacloud_credentials.http import HttpOptions

        return HttpOptions(
            connect_timeout=int(self._reach.connect_timeout * 1000), read_timeout=int(self._reach.read_timeout * 1000)
        )

    def ask_sts(self, provider_class: Any, role: Role, **who: Any) -> Any:
        """A provider that asks STS for a session of ``role``."""
        endpoint = self._reach.sts_service(role.sts_region)
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
            proxy = proxies(self._reach.environ, endpoint).get(endpoint.scheme)
            provider._runtime_options.update(
                ca=self._reach.ca_path, ignoreSSL=not self._reach.validate_certs, httpProxy=proxy, httpsProxy=proxy
            )
        return provider


class _Guard:
    """A provider whose failures are :class:`CredentialError`, and which asks again only when it has to.

    The library renews what is valid for less than 15 minutes each time it is asked, so a session of 900 seconds
    would cost a call to STS for each call to Function Compute.
    """

    def __init__(self, source: Source, reach: Reach, library: _Library) -> None:
        self._source = source
        self._reach = reach
        self._lock = threading.Lock()
        self._kept: Any = None
        self._provider = self._translate(lambda: source.provider(library))

    def get_provider_name(self) -> str:
        """The library's name for the way, which the SDK sends along."""
        return str(self._provider.get_provider_name())

    def get_credentials(self) -> Any:
        """A valid credential, as the library's providers return it."""
        with self._lock:
            if self._kept is None or self._kept.get_expiration() - _MARGIN <= time.time():
                self._kept = None
                found = self._translate(self._provider.get_credentials)
                if not found.get_expiration():
                    return found
                self._kept = found
            return self._kept

    def _translate(self, ask: Callable[[], Any]) -> Any:
        try:
            return ask()
        except (CredentialError, ImportError, InvalidOption):
            raise
        except Exception as error:  # noqa: BLE001 - the library raises many unrelated classes
            raise _failure(self._source, error, secrets(self._reach)) from None


# --- Failures ---------------------------------------------------------------------------------------------------


def _failure(source: Source, error: BaseException, hidden: set[str]) -> CredentialError:
    reason, temporary = _reason(error)
    text = _without(hidden, " ".join(reason.split())).rstrip(".")
    return CredentialError(f"{source.describe()} failed: {text}. {source.advice()}".strip(), temporary)


def _without(hidden: set[str], text: str) -> str:
    for secret in sorted(hidden, key=len, reverse=True):
        text = text.replace(secret, "********")
    return text


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
    "ProxyError": "the proxy does not answer, or refuses",
    "ConnectTimeout": "no connection in time",
    "ReadTimeout": "no answer in time",
    "TooManyRedirects": "the server answers with a redirect, which is not followed",
    "SSLError": "no secure connection to the server",
    "ConnectionError": "no connection to the server",
    "InvalidSchema": "the URL's scheme is not supported",
    "InvalidURL": "the URL is not valid",
}
_TEMPORARY = ("ProxyError", "ConnectTimeout", "ReadTimeout", "ConnectionError")


def _reason(error: BaseException) -> tuple[str, bool]:
    """Why the library failed, and whether that may pass.

    From what cannot hold a secret only: kinds of errors, status, codes, names of files.
    """
    causes = list(_causes(error))
    for cause in causes:
        verify_message = getattr(cause, "verify_message", None)
        if verify_message:
            return f"the server's certificate is not trusted ({verify_message}); check ca_path", False
    for cause in causes:
        # Before the network's errors, whose base class is OSError too: this one names a local file.
        if isinstance(cause, OSError) and cause.filename:
            return f"{cause.filename}: {cause.strerror}", False
        known = next((kind.__name__ for kind in type(cause).__mro__ if kind.__name__ in _NETWORK), None)
        if known:
            return _NETWORK[known], known in _TEMPORARY
    return _answered(str(getattr(error, "message", "") or error), type(error).__name__)


def _answered(text: str, kind: str) -> tuple[str, bool]:
    """What a server answered, of which only known fields are told, and whether it may answer otherwise later."""
    status = re.search(r"http_?code[:=] ?(\d{3})", text, re.IGNORECASE)
    body = re.search(r"result: (\{.*\})", text, re.DOTALL)
    fields = _json_object(body.group(1)) if body else {}
    code = str(fields.get("Code") or "")
    code = code if re.fullmatch(r"[A-Za-z][A-Za-z0-9._]{0,99}", code) else ""
    message = str(fields.get("Message") or "")[:300]
    if "Signature" in code:
        # The message repeats what was signed, the security token among it.
        message = "the secret does not belong to the key"
    told = [f"HTTP {status.group(1)}" if status else "", code, message]
    if any(told):
        busy = status is not None and (status.group(1) == "429" or status.group(1) >= "500")
        return ", ".join(part for part in told if part), busy or code.startswith("Throttling")
    reason = next((safe for beginning, safe in _SAFE if text.startswith(beginning)), None)
    if reason is None and ("result:" in text or kind in _NOT_UNDERSTOOD):
        reason = "the answer is not what the library expects"
    return reason or f"the library stopped with {kind}", False


#: What the library raises where it reads something else than it expects.
_NOT_UNDERSTOOD = ("JSONDecodeError", "ValueError", "KeyError", "AttributeError", "TypeError", "UnicodeDecodeError")
#: How texts of the library begin -> the same without what they go on to quote.
_SAFE = (
    ("IMDS credentials is disabled", "the environment variable ALIBABA_CLOUD_ECS_METADATA_DISABLED forbids it"),
    ("CloudSSO access token is empty or expired", "the CloudSSO sign-in has expired"),
    ("unable to load credentials from any of the providers", "none of them has any"),
    ("Failed to get", "the metadata service does not have it"),
    ("failed to execute external command", "the profile's command failed"),
    ("command process timed out", "the profile's command did not end in time"),
    ("failed to parse external command output", "the profile's command did not print JSON"),
    ("invalid credential response", "the profile's command did not print an access key"),
)


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        content = json.loads(text)
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}
