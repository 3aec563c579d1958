# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The argument spec and the environment variables for the connection options.

Environment variables are not part of the argument spec, because their use depends on other options. For example, the
access key ID in a task must not be combined with the secret of a different key in the environment.
"""

from __future__ import annotations

import os
import re
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint, parse_endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import invalid_value
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption

#: The environment variables for access keys, grouped by family. The families are searched in this order.
KEY_FAMILIES: tuple[Mapping[str, tuple[str, ...]], ...] = (
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
KEY_PARTS = ("access_key_id", "access_key_secret", "security_token")
#: Maps each option to its environment variables. The first one that is set is used. The names come from the Terraform
#: provider (alicloud/provider.go, connectivity/endpoint.go), the official CLI (config/profile.go,
#: config/configuration.go), the official SDK (alibabacloud_credentials/utils/auth_util.py) and the old Ansible modules
#: (lib/ansible/module_utils/alicloud_ecs.py). docs/authentication.md lists their origins.
ENVIRONMENT: Mapping[str, tuple[str, ...]] = {
    **{part: tuple(name for family in KEY_FAMILIES for name in family[part]) for part in KEY_PARTS},
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
    # The ``requests`` library uses the first two, in this order. OpenSSL uses the third, which is the only one that
    # affects the SDK.
    "ca_path": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"),
}
#: Variables that other programs also use. A profile's region takes precedence over them.
GENERAL_NAMES = ("REGION_ID", "REGION")
#: Variables that apply to OIDC if the other OIDC variables are set and to assume_role otherwise, as in the SDK's
#: default chain.
ROLE_OF_EITHER = ("ALIBABA_CLOUD_ROLE_ARN", "ALIBABACLOUD_ROLE_ARN")
#: Variables for the parts of an access key. ``AccessKey.invalid_part`` validates the parts together.
_KEY_VARIABLES = {name for part in KEY_PARTS for name in ENVIRONMENT[part]}
#: Options that may contain line breaks.
_WITH_LINES = (*KEY_PARTS, "assume_role.policy")
#: Maximum timeout in seconds (one day).
_LONGEST_TIMEOUT = 86400
#: Minimum timeout in seconds. The SDK uses milliseconds and interprets 0 as its default.
_SHORTEST_TIMEOUT = 0.001


def argument_spec() -> dict[str, Any]:
    """Return the argument spec for the connection options."""
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
        "assume_role": {"type": "dict", "aliases": ["alicloud_assume_role"], "options": _assume_role_spec()},
        "oidc": {"type": "dict", "options": _oidc_spec()},
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


def _assume_role_spec() -> dict[str, Any]:
    return {
        "role_arn": {"type": "str"},
        "session_name": {"type": "str"},
        "session_expiration": {"type": "int"},
        "policy": {"type": "json"},
        "external_id": {"type": "str", "no_log": False},
    }


def _oidc_spec() -> dict[str, Any]:
    return {
        "role_arn": {"type": "str"},
        "provider_arn": {"type": "str"},
        "token_file": {"type": "path", "no_log": False},
        "session_name": {"type": "str"},
    }


class OptionReader:
    """Reads a task's options and their environment variables. Blank values are treated as not set.

    Raises ``InvalidOption`` for values that are too long or contain control characters.
    """

    def __init__(self, params: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._params = params
        self.environ = environ
        self.home = environ.get("HOME", "").strip() or os.path.expanduser("~")

    def given(self, option: str) -> str | None:
        """Return the value that the task specifies for an option. ``option`` is a path such as ``oidc.role_arn``."""
        value: Any = self._params
        for name in option.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        if value is None or isinstance(value, Mapping):
            return None
        text = str(value).strip()
        problem = _invalid(text, option in KEY_PARTS, option in _WITH_LINES)
        if problem:
            raise InvalidOption(option, problem)
        return text or None

    def is_given(self, option: str) -> bool:
        """Return whether the task specifies an option. An empty dictionary counts as specified."""
        return isinstance(self._params.get(option), Mapping) or self.given(option) is not None

    def variable(self, *names: str) -> str | None:
        """Return the value of the first environment variable in ``names`` that is set."""
        name = self.variable_name(*names)
        if name is None:
            return None
        text = self.environ[name].strip()
        problem = _invalid(text, name in _KEY_VARIABLES, name in _KEY_VARIABLES)
        if problem:
            raise InvalidOption(name, f"this environment variable {problem}")
        return text

    def variable_name(self, *names: str) -> str | None:
        """Return the name of the first environment variable in ``names`` that is set."""
        return next((name for name in names if self.environ.get(name, "").strip()), None)

    def get(self, option: str, without: tuple[str, ...] = ()) -> str | None:
        """Return the value from the task or, if it has none, the environment. Ignores the variables in ``without``."""
        names = [name for name in ENVIRONMENT.get(option, ()) if name not in without]
        return self.given(option) or self.variable(*names)

    def require(self, option: str) -> str:
        """Like ``get``, but raise ``InvalidOption`` if there is no value."""
        value = self.get(option)
        if value is None:
            raise InvalidOption(option, f"is required ({or_set_variable(option)})")
        return value

    def path(self, option: str) -> str | None:
        """Return a file name with ``~`` expanded. Ansible has already expanded it in task options."""
        value = self.get(option)
        return os.path.join(self.home, value[2:]) if value and value.startswith("~/") else value

    def refuse(self, option: str, problem: str) -> InvalidOption:
        """Return the error for an invalid value. It names the environment variable that provided the value, if any."""
        if self.given(option) is None:
            name = self.variable_name(*ENVIRONMENT.get(option, ()))
            problem += f" (from the environment variable {name})" if name else ""
        return InvalidOption(option, problem)

    def checked(self, option: str, shape: str, problem: str) -> str | None:
        """Like ``get``, but raise ``InvalidOption`` if the value does not match the ``shape`` pattern."""
        value = self.get(option)
        if value is not None and not re.fullmatch(shape, value):
            raise self.refuse(option, problem)
        return value

    def endpoint(self, option: str) -> Endpoint | None:
        """Return an endpoint, or None if it is not set."""
        text = self.get(option)
        if text is None:
            return None
        try:
            return parse_endpoint(option, text)
        except InvalidOption as error:
            raise self.refuse(option, error.problem) from None

    def seconds(self, option: str, zero: bool) -> float:
        """Return a timeout in seconds. ``zero`` allows a timeout of zero."""
        value = float(self._params[option])
        shortest = 0 if zero else _SHORTEST_TIMEOUT
        # This condition also rejects NaN.
        if not shortest <= value <= _LONGEST_TIMEOUT:
            raise InvalidOption(option, f"must be between {shortest} and {_LONGEST_TIMEOUT} seconds, not {value:g}")
        return value


def _invalid(text: str, key: bool, lines: bool) -> str | None:
    # Check only the length of an access key because AccessKey.invalid_part reports invalid characters.
    return invalid_value("x" * len(text) if key else text, lines)


def or_set_variable(option: str) -> str:
    return f"or set the environment variable {' or '.join(ENVIRONMENT[option])}"
