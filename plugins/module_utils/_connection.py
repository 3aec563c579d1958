# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Connection options: argument spec, environment, which way to authenticate, where requests go.

The environment is read here and not by the argument spec, because what an option may be completed with depends on
the others: an access key of the task must not meet the secret of another key that the shell happens to hold.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass, field, replace
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._config import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._credentials import (
    DEFAULT_SESSION_NAME,
    SPOILT,
    AccessKey,
    AssumedRole,
    CredentialsUri,
    DefaultChain,
    EcsRole,
    OidcRole,
    Role,
    Source,
    register_secrets,
)
from ansible_collections.alicloud.fc.plugins.module_utils._endpoint import (
    REGION,
    Endpoint,
    check_uri,
    parse_endpoint,
    place_of,
    url_password,
)
from ansible_collections.alicloud.fc.plugins.module_utils._input import (
    LARGEST_CERTIFICATE_FILE,
    UnreadableFile,
    invalid_value,
    read_file,
    shown,
)
from ansible_collections.alicloud.fc.plugins.module_utils._profile import Profile, default_profile, find_profile
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor, printable

# --- Options and their environment ------------------------------------------------------------------------------

#: The variables of an access key, by those that belong together; which of them hold a key is looked at in this order.
_KEY_FAMILIES: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {
        "access_key_id": ("ALICLOUD_ACCESS_KEY",),
        "access_key_secret": ("ALICLOUD_SECRET_KEY",),
        "security_token": ("ALICLOUD_SECURITY_TOKEN",),
    },
    {
        "access_key_id": ("ALIBABA_CLOUD_ACCESS_KEY_ID",),
        "access_key_secret": ("ALIBABA_CLOUD_ACCESS_KEY_SECRET",),
        "security_token": ("ALIBABA_CLOUD_SECURITY_TOKEN",),
    },
    {
        "access_key_id": ("ALIBABACLOUD_ACCESS_KEY_ID",),
        "access_key_secret": ("ALIBABACLOUD_ACCESS_KEY_SECRET",),
        "security_token": ("ALIBABACLOUD_SECURITY_TOKEN",),
    },
    {
        "access_key_id": ("ALICLOUD_ACCESS_KEY_ID",),
        "access_key_secret": ("ALICLOUD_ACCESS_KEY_SECRET", "ALICLOUD_SECRET_ACCESS_KEY"),
        "security_token": (),
    },
)
_KEY_PARTS = ("access_key_id", "access_key_secret", "security_token")

#: Option -> environment variables that stand in for it; the first that is set wins. The names are those of
#: Terraform's provider (alicloud/provider.go, connectivity/endpoint.go), the official CLI (config/profile.go,
#: config/configuration.go), the official SDK (alibabacloud_credentials/utils/auth_util.py) and the old Ansible modules
#: (lib/ansible/module_utils/alicloud_ecs.py). docs/authentication.md says which is whose.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    **{part: tuple(name for family in _KEY_FAMILIES for name in family[part]) for part in _KEY_PARTS},
    "profile": ("ALICLOUD_PROFILE", "ALIBABA_CLOUD_PROFILE", "ALIBABACLOUD_PROFILE"),
    "shared_credentials_file": ("ALICLOUD_SHARED_CREDENTIALS_FILE", "ALIBABA_CLOUD_CREDENTIALS_FILE"),
    "ecs_role_name": ("ALICLOUD_ECS_ROLE_NAME", "ALIBABA_CLOUD_ECS_METADATA"),
    "assume_role.role_arn": ("ALICLOUD_ASSUME_ROLE_ARN", "ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
    "assume_role.session_name": ("ALICLOUD_ASSUME_ROLE_SESSION_NAME", "ALIBABA_CLOUD_ROLE_SESSION_NAME"),
    "assume_role.session_expiration": ("ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION",),
    "assume_role.external_id": ("ALIBABA_CLOUD_EXTERNAL_ID", "ALIBABACLOUD_EXTERNAL_ID"),
    "oidc.role_arn": ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN"),
    "oidc.provider_arn": ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABACLOUD_OIDC_PROVIDER_ARN"),
    "oidc.token_file": ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABACLOUD_OIDC_TOKEN_FILE"),
    "oidc.session_name": ("ALIBABA_CLOUD_ROLE_SESSION_NAME",),
    "credentials_uri": ("ALICLOUD_CREDENTIALS_URI", "ALIBABA_CLOUD_CREDENTIALS_URI"),
    "region": (
        "ALICLOUD_REGION",
        "ALIBABA_CLOUD_REGION",
        "ALICLOUD_REGION_ID",
        "ALIBABA_CLOUD_REGION_ID",
        "ALIBABACLOUD_REGION_ID",
        "REGION_ID",
        "REGION",
    ),
    "account_id": ("ALICLOUD_ACCOUNT_ID", "ALIBABA_CLOUD_ACCOUNT_ID"),
    "endpoint": ("ALIBABA_CLOUD_ENDPOINT_FC", "FC_ENDPOINT"),
    "sts_endpoint": ("ALIBABA_CLOUD_ENDPOINT_STS", "STS_ENDPOINT", "ALIBABA_CLOUD_STS_ENDPOINT"),
    # The first two are those of requests, in its order; the third is OpenSSL's. The SDK would look at the third only.
    "ca_path": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
}

#: Names that other programs use too: the region of a profile goes before them.
_GENERAL_NAMES = ("REGION_ID", "REGION")
#: Names that belong to OIDC where its other names are set, else to assume_role (as in the SDK's default chain).
_ROLE_OF_EITHER = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN")
#: Parts of an access key are checked as a whole: see :meth:`AccessKey.spoilt`.
_KEY_VARIABLES = {name for part in _KEY_PARTS for name in ENVIRONMENT[part]}
#: Options whose text may have line breaks.
_WITH_LINES = (*_KEY_PARTS, "assume_role.policy")
#: The most seconds of a timeout: a day.
_LONGEST_TIMEOUT = 86400
#: The fewest seconds in which something is to happen. The SDK counts milliseconds, and takes 0 for its default.
_SHORTEST_TIMEOUT = 0.001
#: Variables that say to leave profile files alone, and the value that does (CLI, CLI, SDK).
_WITHOUT_PROFILES = (
    "ALIBABA_CLOUD_IGNORE_PROFILE",
    "ALIBABACLOUD_IGNORE_PROFILE",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
)

#: The ways to authenticate, in the order in which the environment is looked at, and their options.
_WAYS: Mapping[str, tuple[str, ...]] = {
    "access_key_id": _KEY_PARTS,
    "oidc": ("oidc",),
    "profile": ("profile", "shared_credentials_file"),
    "ecs_role_name": ("ecs_role_name",),
    "credentials_uri": ("credentials_uri",),
}


def argument_spec() -> dict[str, Any]:
    """The connection's part of a module's argument spec; a new dict each time."""
    return {
        "access_key_id": {"type": "str", "aliases": ["alicloud_access_key", "access_key"], "no_log": False},
        "access_key_secret": {
            "type": "str",
            "aliases": ["alicloud_secret_key", "secret_access_key", "secret_key"],
            "no_log": True,
        },
        "security_token": {"type": "str", "aliases": ["alicloud_security_token"], "no_log": True},
        "profile": {"type": "str"},
        "shared_credentials_file": {"type": "path"},
        "ecs_role_name": {"type": "str", "aliases": ["role_name"]},
        "assume_role": {
            "type": "dict",
            "aliases": ["alicloud_assume_role"],
            "options": {
                "role_arn": {"type": "str"},
                "session_name": {"type": "str"},
                "session_expiration": {"type": "int"},
                "policy": {"type": "json"},
                "external_id": {"type": "str", "no_log": False},
            },
        },
        "oidc": {
            "type": "dict",
            "options": {
                "role_arn": {"type": "str"},
                "provider_arn": {"type": "str"},
                "token_file": {"type": "path", "no_log": False},
                "session_name": {"type": "str"},
            },
        },
        "credentials_uri": {"type": "str", "no_log": True},
        "region": {"type": "str", "aliases": ["alicloud_region", "region_id"]},
        "account_id": {"type": "str"},
        "network": {"type": "str", "choices": ["public", "internal"], "default": "public"},
        "endpoint": {"type": "str"},
        "sts_endpoint": {"type": "str"},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "connect_timeout": {"type": "float", "default": 5},
        "read_timeout": {"type": "float", "default": 10},
        "retry_timeout": {"type": "float", "default": 60},
        "access_denied_timeout": {"type": "float", "default": 120},
    }


class _Options:
    """The options of a task, with the environment behind them. Blank text counts as not given, on both sides.

    Raises :class:`InvalidOption` for every value that no option can have: control characters, far too long.
    """

    def __init__(self, params: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._params = params
        self.environ = environ
        self.home = environ.get("HOME", "").strip() or os.path.expanduser("~")

    def given(self, option: str) -> str | None:
        """What the task says. ``option`` is a path such as ``oidc.role_arn``."""
        value: Any = self._params
        for name in option.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None or isinstance(value, Mapping):
            return None
        text = str(value).strip()
        problem = _invalid(text, option in _KEY_PARTS, option in _WITH_LINES)
        if problem:
            raise InvalidOption(option, problem)
        return text or None

    def gives(self, option: str) -> bool:
        """Whether the task says something about an option; an empty dict asks for what the environment says."""
        return isinstance(self._params.get(option), Mapping) or self.given(option) is not None

    def variable(self, *names: str) -> str | None:
        """The first of these environment variables that is set."""
        name = self.variable_name(*names)
        if name is None:
            return None
        text = self.environ[name].strip()
        problem = _invalid(text, name in _KEY_VARIABLES, name in _KEY_VARIABLES)
        if problem:
            raise InvalidOption(name, f"this environment variable {problem}")
        return text

    def variable_name(self, *names: str) -> str | None:
        """The name of the first of these environment variables that is set."""
        return next((name for name in names if self.environ.get(name, "").strip()), None)

    def get(self, option: str, without: tuple[str, ...] = ()) -> str | None:
        """What the task says, or else the environment; ``without``: variables that are not looked at."""
        names = [name for name in ENVIRONMENT.get(option, ()) if name not in without]
        return self.given(option) or self.variable(*names)

    def need(self, option: str) -> str:
        """As :meth:`get`; raises :class:`InvalidOption` where there is nothing."""
        value = self.get(option)
        if value is None:
            raise InvalidOption(option, f"is required ({_or_set(option)})")
        return value

    def path(self, option: str) -> str | None:
        """A file's name, with ``~`` resolved (Ansible has done so for what the task says)."""
        value = self.get(option)
        return os.path.join(self.home, value[2:]) if value and value.startswith("~/") else value

    def refuse(self, option: str, problem: str) -> InvalidOption:
        """The error for a wrong value, which says so where it came from the environment."""
        if self.given(option) is None:
            name = self.variable_name(*ENVIRONMENT.get(option, ()))
            problem += f" (it comes from the environment variable {name})" if name else ""
        return InvalidOption(option, problem)

    def checked(self, option: str, shape: str, problem: str) -> str | None:
        """As :meth:`get`, refused unless it has that shape, a regular expression."""
        value = self.get(option)
        if value is not None and not re.fullmatch(shape, value):
            raise self.refuse(option, problem)
        return value

    def endpoint(self, option: str) -> Endpoint | None:
        """An address; None where nothing is said."""
        text = self.get(option)
        if text is None:
            return None
        try:
            return parse_endpoint(option, text)
        except InvalidOption as error:
            raise self.refuse(option, error.problem) from None

    def seconds(self, option: str, zero: bool) -> float:
        """A time span; ``zero``: whether it may be nothing."""
        value = float(self._params[option])
        shortest = 0 if zero else _SHORTEST_TIMEOUT
        # Written so that NaN is refused.
        if not shortest <= value <= _LONGEST_TIMEOUT:
            raise InvalidOption(option, f"must be from {shortest} to {_LONGEST_TIMEOUT} seconds, not {value:g}")
        return value


def _invalid(text: str, key: bool, lines: bool) -> str | None:
    # What is wrong with the characters of a key is told by AccessKey.spoilt.
    return invalid_value("x" * len(text) if key else text, lines)


def _or_set(option: str) -> str:
    return f"or set the environment variable {' or '.join(ENVIRONMENT[option])}"


# --- Which way to authenticate ----------------------------------------------------------------------------------


def _choose_source(options: _Options) -> Profile:
    """Who calls, and the regions that a profile of theirs names."""
    way = _way_of_task(options) or _way_of_environment(options)
    found = _source(options, way)
    role = _assumed_role(options, way)
    if role is None:
        return found
    return replace(found, source=AssumedRole(found.source, role, options.get("assume_role.external_id")))


def _way_of_task(options: _Options) -> str | None:
    ways = [(way, next(filter(options.gives, names))) for way, names in _WAYS.items() if any(map(options.gives, names))]
    if len(ways) > 1:
        first, second = ways[0][1], ways[1][1]
        raise InvalidOption(second, f"cannot be combined with {first}: give one way to authenticate")
    return ways[0][0] if ways else None


def _way_of_environment(options: _Options) -> str | None:
    def is_set(*names: str) -> bool:
        return any(options.variable(*ENVIRONMENT[name]) for name in names)

    if is_set("access_key_id", "access_key_secret"):
        return "access_key_id"
    if all(is_set(f"oidc.{name}") for name in ("role_arn", "provider_arn", "token_file")):
        return "oidc"
    if is_set("profile", "shared_credentials_file") and not _without_profiles(options):
        return "profile"
    return next((way for way in ("ecs_role_name", "credentials_uri") if is_set(way)), None)


def _without_profiles(options: _Options) -> bool:
    return any((options.variable(name) or "").lower() == "true" for name in _WITHOUT_PROFILES)


def _source(options: _Options, way: str | None) -> Profile:
    if way == "access_key_id":
        return Profile(_access_key(options), None)
    if way == "oidc":
        return Profile(_oidc_role(options), None)
    if way == "ecs_role_name":
        return Profile(EcsRole(options.get("ecs_role_name")), None)
    if way == "credentials_uri":
        uri = options.need("credentials_uri")
        check_uri("credentials_uri", uri)
        return Profile(CredentialsUri(uri), None)
    if way == "profile":
        return find_profile(options.get("profile"), options.path("shared_credentials_file"), options.home)
    if _without_profiles(options):
        return Profile(DefaultChain(without_profiles=True), None)
    found, passed_over = default_profile(options.home)
    return found or Profile(DefaultChain(passed_over=passed_over), None)


def _access_key(options: _Options) -> AccessKey:
    """An access key whose parts belong together.

    The task's options come first, then one family of variables after the other. A part that is missing comes from the
    next, unless that one names another key: then its secret and token are that key's.
    """
    layers: list[dict[str, str | None]] = [{part: options.given(part) for part in _KEY_PARTS}]
    layers += [{part: options.variable(*family[part]) for part in _KEY_PARTS} for family in _KEY_FAMILIES]
    key_id = next((layer["access_key_id"] for layer in layers if layer["access_key_id"]), None)
    own = [layer for layer in layers if layer["access_key_id"] in (None, key_id)]
    secret, token = (next((layer[part] for layer in own if layer[part]), None) for part in _KEY_PARTS[1:])
    if not key_id:
        raise InvalidOption("access_key_id", f"is required with the rest of an access key ({_or_set('access_key_id')})")
    if not secret:
        raise InvalidOption(
            "access_key_secret", f"is required with access_key_id {key_id} ({_or_set('access_key_secret')})"
        )
    key = AccessKey(key_id, secret, token)
    spoilt = key.spoilt()
    if spoilt:
        raise options.refuse(spoilt, SPOILT)
    return key


def _oidc_role(options: _Options) -> OidcRole:
    role_arn = options.need("oidc.role_arn")
    provider_arn = options.need("oidc.provider_arn")
    options.need("oidc.token_file")
    _check_role(options, "oidc", role_arn)
    return OidcRole(
        provider_arn=provider_arn,
        token_file=options.path("oidc.token_file") or "",
        role=Role(role_arn, _session_name(options, "oidc")),
    )


def _assumed_role(options: _Options, way: str | None) -> Role | None:
    """The role to assume on top of ``way``; None: none."""
    oidc_names = (*ENVIRONMENT["oidc.provider_arn"], *ENVIRONMENT["oidc.token_file"])
    task_says_who = _way_of_task(options) is not None
    ambiguous = way == "oidc" or options.variable(*oidc_names) is not None
    if not options.gives("assume_role"):
        # A role that the shell holds for something else must not change who the task or a profile says that it is.
        ambiguous = ambiguous or task_says_who or way != "access_key_id"
    role_arn = options.get("assume_role.role_arn", without=_ROLE_OF_EITHER if ambiguous else ())
    if role_arn is None:
        if options.gives("assume_role"):
            raise InvalidOption("assume_role.role_arn", f"is required ({_or_set('assume_role.role_arn')})")
        return None
    _check_role(options, "assume_role", role_arn)
    return Role(
        arn=role_arn,
        session_name=_session_name(options, "assume_role"),
        expiration=_session_expiration(options),
        policy=_policy(options),
    )


def _check_role(options: _Options, option: str, role_arn: str) -> None:
    # "Formats of ARNs" in RAM's manual: acs:ram::ACCOUNT:role/NAME.
    if not re.fullmatch(r"acs:ram:[a-z0-9-]*:[0-9]+:role/[A-Za-z0-9._/-]+", role_arn):
        raise options.refuse(f"{option}.role_arn", f"{shown(role_arn)} is not a role's ARN, acs:ram::ACCOUNT:role/NAME")


def _session_name(options: _Options, option: str) -> str:
    # AssumeRole's RoleSessionName: 2 to 64 characters.
    problem = "must have 2 to 64 letters, digits or characters of .@-_="
    name = options.checked(f"{option}.session_name", r"[A-Za-z0-9.@_=-]{2,64}", problem)
    return name or DEFAULT_SESSION_NAME


def _session_expiration(options: _Options) -> int | None:
    option = "assume_role.session_expiration"
    text = options.get(option)
    if text is None:
        return None
    # AssumeRole's DurationSeconds; 43200 is the most that a role's MaxSessionDuration can be.
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 900 <= int(text) <= 43200:
        raise options.refuse(option, "must be a number of seconds from 900 to 43200")
    return int(text)


def _policy(options: _Options) -> str | None:
    policy = options.given("assume_role.policy")
    if policy is None:
        return None
    try:
        document = json.loads(policy)
        if not isinstance(document, dict):
            raise ValueError
        # Without blanks, which alibabacloud-credentials signs as "+" and the specification as "%20".
        return json.dumps(document, separators=(",", ":"))
    except ValueError:
        raise InvalidOption("assume_role.policy", "must be a policy document: a JSON object") from None
    except RecursionError:
        raise InvalidOption("assume_role.policy", "is nested too deeply for a policy document") from None


# --- The connection ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Connection:
    """Who calls, and where to: the connection options of a task, checked and completed. Its repr shows no secret."""

    source: Source
    region: str | None
    account_id: str | None
    network: str
    """``public`` or ``internal``."""
    endpoint: Endpoint | None
    sts_endpoint: Endpoint | None
    validate_certs: bool
    ca_path: str | None
    connect_timeout: float
    """Seconds, as are the others."""
    read_timeout: float
    retry_timeout: float
    access_denied_timeout: float
    environ: Mapping[str, str] = field(repr=False)
    """The environment, for the proxies."""
    redactor: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    """The secrets of the task: those given, and those obtained while it runs."""
    sts_region: str | None = None
    """The region whose STS is asked, as a profile names it; None: ``region``."""

    def __post_init__(self) -> None:
        register_secrets(self)

    @classmethod
    def from_params(cls, params: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Connection:
        """Check the options of a task and complete them from the environment and a profile.

        :arg params: the values of :func:`argument_spec`, as ``AnsibleModule.params`` holds them.
        :arg environ: the environment variables; None: those of the process.

        Raises :class:`InvalidOption`. Reads the files that are used (profiles, OIDC token, certificates), and
        nothing else.
        """
        environ = dict(os.environ if environ is None else environ)
        options = _Options(params, environ)
        found = _choose_source(options)
        region = _region(options, found.region)
        endpoint = options.endpoint("endpoint")
        if region is None and endpoint is None:
            raise InvalidOption("region", f"is required unless endpoint is given ({_or_set('region')})")
        return cls(
            source=found.source,
            region=region,
            account_id=options.checked("account_id", r"[0-9]{1,32}", "must be the account's number, digits only"),
            network=params["network"],
            endpoint=endpoint,
            sts_endpoint=options.endpoint("sts_endpoint"),
            validate_certs=params["validate_certs"],
            ca_path=_ca_path(options, params["validate_certs"]),
            connect_timeout=options.seconds("connect_timeout", zero=False),
            read_timeout=options.seconds("read_timeout", zero=False),
            retry_timeout=options.seconds("retry_timeout", zero=True),
            access_denied_timeout=options.seconds("access_denied_timeout", zero=True),
            environ=environ,
            sts_region=found.sts_region,
        )

    @property
    def place(self) -> tuple[str | None, str | None]:
        """Region and account that calls go to, as far as that is known before a call: an endpoint's name goes first."""
        region, account_id = place_of(self.endpoint) if self.endpoint else (None, None)
        return region or self.region, account_id or self.account_id

    def fc_endpoint(self, account_id: str | None) -> Endpoint:
        """The endpoint of FC 2.0 (page "Endpoints" of its manual, doc 52984).

        :arg account_id: the account's number; may be None unless :meth:`needs_account_id`.

        A custom endpoint below ``fc.aliyuncs.com`` gets the account's number where it has none, as in Terraform.
        """
        account_id = account_id or self.account_id
        if self.endpoint and not _lacks_account(self.endpoint):
            return self.endpoint
        if not account_id:
            raise InvalidOption("account_id", "is required: the endpoint of Function Compute begins with it")
        if self.endpoint:
            return Endpoint(self.endpoint.scheme, f"{account_id}.{self.endpoint.host}")
        internal = "-internal" if self.network == "internal" else ""
        return Endpoint("https", f"{account_id}.{self.region}{internal}.fc.aliyuncs.com")

    def fcv3_endpoint(self, account_id: str | None = None) -> Endpoint:
        """The endpoint of FC 3.0.

        ``fcv3.{region}.aliyuncs.com`` is the public one (API metadata of FC 2023-03-30, which names no other). On the
        internal network it is the one that FC 3.0's manual lists (page "Endpoints"), which begins with the account.
        """
        if self.endpoint or self.network == "internal":
            return self.fc_endpoint(account_id)
        return Endpoint("https", f"fcv3.{self.region}.aliyuncs.com")

    def needs_account_id(self) -> bool:
        """Whether the endpoint of FC 2.0 cannot be built before the account's number is asked for."""
        return self.account_id is None and (self.endpoint is None or _lacks_account(self.endpoint))

    def fcv3_needs_account_id(self) -> bool:
        """The same for FC 3.0, whose public endpoint is without an account."""
        return (self.endpoint is not None or self.network == "internal") and self.needs_account_id()

    def sts_service(self, region: str | None = None) -> Endpoint:
        """Where STS is asked (API metadata of STS 2015-04-01).

        :arg region: the region of STS; None: the one that the profile names as its ``sts_region``, or the connection's.
        """
        if self.sts_endpoint:
            return self.sts_endpoint
        region = region or self.sts_region or self.region
        if region is None:
            return Endpoint("https", "sts.aliyuncs.com")
        return Endpoint("https", f"sts{'-vpc' if self.network == 'internal' else ''}.{region}.aliyuncs.com")


def _lacks_account(endpoint: Endpoint) -> bool:
    return endpoint.name.endswith(".fc.aliyuncs.com") and not endpoint.name.partition(".")[0].isdigit()


def _region(options: _Options, profile_region: str | None) -> str | None:
    region = options.get("region", without=_GENERAL_NAMES)
    if region is None and profile_region is not None:
        if not REGION.fullmatch(profile_region):
            raise InvalidOption("profile", f"its region_id {shown(profile_region)} is not the id of a region")
        return profile_region
    region = region or options.variable(*_GENERAL_NAMES)
    if region is not None and not REGION.fullmatch(region):
        raise options.refuse("region", f"{shown(region)} is not the id of a region, such as cn-hangzhou")
    return region


def _ca_path(options: _Options, validate_certs: bool) -> str | None:
    path = options.path("ca_path")
    if path is None or (not validate_certs and options.given("ca_path") is None):
        _check_openssl_file(options.environ)
        return None
    # Checked here, because the library would report it as a connection that is lost, and that is tried again.
    try:
        read_file(path, LARGEST_CERTIFICATE_FILE)
    except UnreadableFile as error:
        raise options.refuse("ca_path", f"cannot read {printable(path)}: {error}") from None
    if not _holds_certificate(path):
        raise options.refuse("ca_path", f"{printable(path)} holds no certificate (PEM)")
    _check_openssl_file(options.environ)
    return path


def _check_openssl_file(environ: Mapping[str, str]) -> None:
    """Refuse what OpenSSL would read without an end as soon as the SDK is imported, whatever the options say."""
    path = environ.get("SSL_CERT_FILE", "")
    if not path or os.path.isdir(path):
        return
    try:
        read_file(path, LARGEST_CERTIFICATE_FILE)
    except UnreadableFile as error:
        if error.no_file:
            raise InvalidOption("SSL_CERT_FILE", f"cannot read {printable(path)}: {error}") from None


def _holds_certificate(path: str) -> bool:
    import ssl  # most tasks need it for calls only

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError):  # SSLError is an OSError
        return False
    return context.cert_store_stats()["x509"] > 0


def url_passwords(params: Mapping[str, Any]) -> set[str]:
    """The passwords inside the addresses among the options of a task, which are refused, but have been given."""
    texts = (params.get(option) for option in ("endpoint", "sts_endpoint", "credentials_uri"))
    passwords = {url_password(text) for text in texts if isinstance(text, str)}
    return {password for password in passwords if password}
