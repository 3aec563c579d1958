# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The environment variables with which the collection's modules and the official clients use the emulator."""

from __future__ import annotations

import shlex
import urllib.parse
from collections.abc import Mapping

from ._account import Settings

#: Prefixes of variables that can take precedence over the variables below or select another authentication method.
_PREFIXES = ("ALIBABA_CLOUD_", "ALIBABACLOUD_", "ALICLOUD_")
#: Prefixes of variables that have one of the prefixes above but select no account.
_KEPT_PREFIXES = ("ALIBABACLOUD_FC_", "ALIBABA_CLOUD_ECS_METADATA_DISABLED")
#: Other variables that select an account or a region.
_NAMES = ("FC_ACCOUNT_ID", "REGION", "REGION_ID")


def client_variables(url: str, settings: Settings) -> dict[str, str]:
    """Return the variables for the emulator at ``url``. Programs should use the first access key."""
    key = settings.access_keys[0]
    variables = {"ALIBABA_CLOUD_ACCESS_KEY_ID": key.id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET": key.secret}
    if key.token:
        variables["ALIBABA_CLOUD_SECURITY_TOKEN"] = key.token
    return {
        **variables,
        "ALIBABA_CLOUD_ACCOUNT_ID": settings.account_id,
        "ALIBABA_CLOUD_REGION": settings.region,
        "FC_ENDPOINT": url,
        "STS_ENDPOINT": url,
    }


def client_environment(url: str, settings: Settings, base: Mapping[str, str]) -> dict[str, str]:
    """Return ``base`` with the variables for the emulator and without variables that could override them."""
    environment = {name: value for name, value in base.items() if not _overrides(name)}
    # Proxies cannot reach the emulator. Some programs read only one of these variables.
    excluded = base.get("no_proxy") or base.get("NO_PROXY")
    no_proxy = ",".join(filter(None, (excluded, _host(url))))
    environment.update(no_proxy=no_proxy, NO_PROXY=no_proxy)
    return environment | client_variables(url, settings)


def shell_commands(url: str, settings: Settings) -> list[str]:
    """Return the lines of POSIX shell commands that change the environment as client_environment() does."""
    names = f"s/^(({'|'.join(_PREFIXES)})[A-Za-z0-9_]*)=.*/\\1/p"
    return [
        f"unset {' '.join(_NAMES)} $(env |",
        f"  sed -nE '/^({'|'.join(_KEPT_PREFIXES)})/d; {names}')",
        'export no_proxy="${no_proxy:-${NO_PROXY:-}}"',
        f'export no_proxy="${{no_proxy:+$no_proxy,}}{_host(url)}"; export NO_PROXY="$no_proxy"',
        *(f"export {name}={shlex.quote(value)}" for name, value in client_variables(url, settings).items()),
    ]


def _overrides(name: str) -> bool:
    return name in _NAMES or (name.startswith(_PREFIXES) and not name.startswith(_KEPT_PREFIXES))


def _host(url: str) -> str:
    return urllib.parse.urlsplit(url).hostname or ""
