# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""RAM policy documents, and the input of the filters that create them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import Grant
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, shown


class InvalidInput(Exception):
    """An error in the input of a filter. The message begins with the option."""


def policy_document(grants: Iterable[Grant]) -> dict[str, Any]:
    """Return a RAM policy document. Actions on the same resources share a statement."""
    by_action: dict[str, set[str]] = {}
    for grant in grants:
        by_action.setdefault(grant.action, set()).update(grant.resources)
    by_resources: dict[tuple[str, ...], list[str]] = {}
    for action, resources in sorted(by_action.items()):
        by_resources.setdefault(("*",) if "*" in resources else tuple(sorted(resources)), []).append(action)
    return {
        "Version": "1",
        "Statement": [
            {"Effect": "Allow", "Action": actions, "Resource": list(resources)}
            for resources, actions in by_resources.items()
        ],
    }


def checked_configs(configs: Any) -> list[Mapping[str, Any]]:
    """Return the input if it is a list of dictionaries. Raises ``InvalidInput``."""
    if not isinstance(configs, (list, tuple)):
        raise InvalidInput(f"the input must be a list of configurations, not {shown(configs)}.")
    for position, config in enumerate(configs):
        if not isinstance(config, Mapping):
            raise InvalidInput(f"item {position + 1} of the input must be a dictionary, not {shown(config)}.")
    return list(configs)


def checked_region(region: Any) -> str:
    """Return a region, or an empty string if there is none. Raises ``InvalidInput``."""
    if region is None or (isinstance(region, str) and re.fullmatch("[a-z0-9-]*", region)):
        return region or ""
    raise InvalidInput(f"region: must be the ID of a region, such as cn-hangzhou, not {shown(region)}.")


def checked_account_id(account_id: Any) -> str:
    """Return an account ID, or an empty string if there is none. Raises ``InvalidInput``."""
    text = "" if account_id is None else str(account_id)
    if isinstance(account_id, bool) or re.fullmatch("[0-9]*", text, re.ASCII) is None:
        raise InvalidInput(f"account_id: must consist of digits, not {shown(account_id)}.")
    return text


def checked_flag(option: str, value: Any) -> bool:
    """Return a Boolean option. Raises ``InvalidInput``."""
    if not isinstance(value, bool):
        raise InvalidInput(f"{option}: must be a boolean, not {shown(value)}.")
    return value


def label(config: Mapping[str, Any], position: int) -> str:
    """Return the ID or the names of a configuration, for use in messages."""
    names = [config.get(name) for name in ("service_name", "function_name", "qualifier")]
    text = str(config.get("id") or ":".join(str(name) for name in names if name)) or f"item {position + 1}"
    return printable(text[:200])


def owner(config: Mapping[str, Any]) -> str:
    """Return the name of what the role belongs to: the service in FC 2.0, or the function in FC 3.0."""
    if config.get("service_name") or config.get("function_name"):
        return str(config.get("service_name") or config["function_name"])
    text = str(config.get("id") or "")
    resource = text.split(":", 4)[-1] if text.startswith("acs:") else ""
    found = re.match(r"(?:services/(?P<service>[^./]+)|functions/(?P<function>[^/]+))", resource)
    return str(found["service"] or found["function"]) if found else text.partition(":")[0]


def destinations(config: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the option and the ARN of each destination in a configuration. Raises ``InvalidInput``."""
    if config.get("state") == "absent":
        return
    both = config.get("destination_config") or {}
    if not isinstance(both, Mapping):
        raise InvalidInput(f"destination_config: must be a dictionary, not {shown(both)}.")
    for name in ("on_failure", "on_success"):
        half = both.get(name) or {}
        if not isinstance(half, Mapping):
            raise InvalidInput(f"destination_config.{name}: must be a dictionary, not {shown(half)}.")
        if half.get("destination"):
            yield f"destination_config.{name}.destination", half["destination"]
