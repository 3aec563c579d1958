# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Select the authentication method from the task, the environment or a profile."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import check_uri
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import (
    ENVIRONMENT,
    KEY_FAMILIES,
    KEY_PARTS,
    ROLE_OF_EITHER,
    OptionReader,
    or_set_variable,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    DEFAULT_SESSION_NAME,
    INVALID_CHARACTERS,
    AccessKey,
    AssumedRole,
    CredentialsUri,
    DefaultChain,
    EcsRole,
    OidcRole,
    Profile,
    Role,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import quoted

#: Environment variables that disable profile files if set to true. The CLI uses the first two, and the SDK uses the
#: third.
_WITHOUT_PROFILES = (
    "ALIBABA_CLOUD_IGNORE_PROFILE",
    "ALIBABACLOUD_IGNORE_PROFILE",
    "ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
)
#: The authentication methods and their options, in the order in which the environment is searched for them.
_AUTH_METHODS: Mapping[str, tuple[str, ...]] = {
    "access_key_id": KEY_PARTS,
    "oidc": ("oidc",),
    "profile": ("profile", "shared_credentials_file"),
    "ecs_role_name": ("ecs_role_name",),
    "credentials_uri": ("credentials_uri",),
}


def choose_source(options: OptionReader) -> Profile:
    """Return the caller's credential source and the regions in its profile."""
    method = _method_of_task(options) or _method_of_environment(options)
    found = _source(options, method)
    role = _assumed_role(options, method)
    if role is None:
        return found
    return replace(found, source=AssumedRole(found.source, role, options.get("assume_role.external_id")))


def _method_of_task(options: OptionReader) -> str | None:
    methods = [
        (method, next(filter(options.is_given, names)))
        for method, names in _AUTH_METHODS.items()
        if any(map(options.is_given, names))
    ]
    if len(methods) > 1:
        first, second = methods[0][1], methods[1][1]
        raise InvalidOption(second, f"is mutually exclusive with {first}; use one authentication method")
    return methods[0][0] if methods else None


def _method_of_environment(options: OptionReader) -> str | None:
    def is_set(*names: str) -> bool:
        return any(options.variable(*ENVIRONMENT[name]) for name in names)

    if is_set("access_key_id", "access_key_secret"):
        return "access_key_id"
    if all(is_set(f"oidc.{name}") for name in ("role_arn", "provider_arn", "token_file")):
        return "oidc"
    if is_set("profile", "shared_credentials_file") and not _without_profiles(options):
        return "profile"
    return next((method for method in ("ecs_role_name", "credentials_uri") if is_set(method)), None)


def _without_profiles(options: OptionReader) -> bool:
    return any((options.variable(name) or "").lower() == "true" for name in _WITHOUT_PROFILES)


def _source(options: OptionReader, method: str | None) -> Profile:
    if method == "access_key_id":
        return Profile(_access_key(options), None)
    if method == "oidc":
        return Profile(_oidc_role(options), None)
    if method == "ecs_role_name":
        return Profile(EcsRole(options.get("ecs_role_name")), None)
    if method == "credentials_uri":
        uri = options.require("credentials_uri")
        check_uri("credentials_uri", uri)
        return Profile(CredentialsUri(uri), None)
    # Tasks with an access key read no profiles.
    from ansible_collections.alicloud.fc.plugins.module_utils._connection.profiles import default_profile, find_profile

    if method == "profile":
        return find_profile(options.get("profile"), options.path("shared_credentials_file"), options.home)
    if _without_profiles(options):
        return Profile(DefaultChain(without_profiles=True), None)
    found, skipped = default_profile(options.home)
    return found or Profile(DefaultChain(skipped=skipped), None)


def _access_key(options: OptionReader) -> AccessKey:
    """Return an access key whose parts belong together.

    Task options take precedence over environment variables. A missing part is taken from the next family of variables.
    Families with a different access key ID are skipped.
    """
    layers: list[dict[str, str | None]] = [{part: options.given(part) for part in KEY_PARTS}]
    layers += [{part: options.variable(*family[part]) for part in KEY_PARTS} for family in KEY_FAMILIES]
    key_id = next((layer["access_key_id"] for layer in layers if layer["access_key_id"]), None)
    own = [layer for layer in layers if layer["access_key_id"] in (None, key_id)]
    secret, token = (next((layer[part] for layer in own if layer[part]), None) for part in KEY_PARTS[1:])
    if not key_id:
        problem = "is required if any other part of an access key is specified"
        raise InvalidOption("access_key_id", f"{problem} ({or_set_variable('access_key_id')})")
    if not secret:
        raise InvalidOption(
            "access_key_secret", f"is required with access_key_id {key_id} ({or_set_variable('access_key_secret')})"
        )
    key = AccessKey(key_id, secret, token)
    invalid_part = key.invalid_part()
    if invalid_part:
        raise options.refuse(invalid_part, INVALID_CHARACTERS)
    return key


def _oidc_role(options: OptionReader) -> OidcRole:
    role_arn = options.require("oidc.role_arn")
    provider_arn = options.require("oidc.provider_arn")
    options.require("oidc.token_file")
    _check_role(options, "oidc", role_arn)
    return OidcRole(
        provider_arn=provider_arn,
        token_file=options.path("oidc.token_file") or "",
        role=Role(role_arn, _session_name(options, "oidc")),
    )


def _assumed_role(options: OptionReader, method: str | None) -> Role | None:
    """Return the role to assume with the credential from ``method``, or None if there is none."""
    oidc_names = (*ENVIRONMENT["oidc.provider_arn"], *ENVIRONMENT["oidc.token_file"])
    task_says_who = _method_of_task(options) is not None
    ambiguous = method == "oidc" or options.variable(*oidc_names) is not None
    if not options.is_given("assume_role"):
        # A role in the environment must not change the identity that the task or a profile specifies.
        ambiguous = ambiguous or task_says_who or method != "access_key_id"
    role_arn = options.get("assume_role.role_arn", without=ROLE_OF_EITHER if ambiguous else ())
    if role_arn is None:
        if options.is_given("assume_role"):
            raise InvalidOption("assume_role.role_arn", f"is required ({or_set_variable('assume_role.role_arn')})")
        return None
    _check_role(options, "assume_role", role_arn)
    return Role(
        arn=role_arn,
        session_name=_session_name(options, "assume_role"),
        expiration=_session_expiration(options),
        policy=_policy(options),
    )


def _check_role(options: OptionReader, option: str, role_arn: str) -> None:
    # acs:ram::ACCOUNT:role/NAME, as described under "Formats of ARNs" in the RAM manual.
    if not re.fullmatch(r"acs:ram:[a-z0-9-]*:[0-9]+:role/[A-Za-z0-9._/-]+", role_arn):
        raise options.refuse(
            f"{option}.role_arn", f"{quoted(role_arn)} is not a role ARN such as acs:ram::ACCOUNT:role/NAME"
        )


def _session_name(options: OptionReader, option: str) -> str:
    # AssumeRole requires a RoleSessionName of 2 to 64 characters.
    problem = "must have 2 to 64 characters and contain only letters, digits and .@-_="
    name = options.checked(f"{option}.session_name", r"[A-Za-z0-9.@_=-]{2,64}", problem)
    return name or DEFAULT_SESSION_NAME


def _session_expiration(options: OptionReader) -> int | None:
    option = "assume_role.session_expiration"
    text = options.get(option)
    if text is None:
        return None
    # AssumeRole's DurationSeconds parameter. A role's MaxSessionDuration is at most 43200.
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 900 <= int(text) <= 43200:
        raise options.refuse(option, "must be between 900 and 43200 seconds")
    return int(text)


def _policy(options: OptionReader) -> str | None:
    policy = options.given("assume_role.policy")
    if policy is None:
        return None
    try:
        document = json.loads(policy)
        if not isinstance(document, dict):
            raise ValueError
        # Omit spaces because alibabacloud-credentials signs them as "+" instead of "%20".
        return json.dumps(document, separators=(",", ":"))
    except ValueError:
        raise InvalidOption("assume_role.policy", "must be a JSON policy document") from None
    except RecursionError:
        raise InvalidOption("assume_role.policy", "is nested too deeply for a policy document") from None
