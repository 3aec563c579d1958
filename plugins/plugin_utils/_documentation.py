# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Generate the documentation for options and return values from the configuration fields. Pure."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Group
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation

_SAMPLE_NAMES = {"service_name": "shop", "function_name": "resize", "qualifier": "LATEST"}
_TYPES = {"int": "int", "bool": "bool", "arn": "str"}


def options_of(generation: Generation, at: str = "") -> dict[str, Any]:
    """Return the documentation for the configuration options.

    Args:
        at: the path of the parent option, with a trailing dot, such as ``configs[].``.
    """
    options: dict[str, Any] = {}
    for field in generation.fields:
        among = options
        for group in field.groups:
            among = among.setdefault(group.name, _group_option(group, at))["suboptions"]
        among[field.name] = {
            "description": [text.format(at=at) for text in field.description],
            "type": _TYPES[field.type],
            **({"required": True} if field.required else {}),
            **({"version_added": field.version_added} if field.version_added else {}),
        }
    return options


def _group_option(group: Group, at: str) -> dict[str, Any]:
    return {"description": [text.format(at=at) for text in group.description], "type": "dict", "suboptions": {}}


def returned_config(generation: Generation) -> dict[str, Any]:
    """Return the documentation for the keys in a returned configuration."""
    joined = ", ".join(name.partition("_")[0] for name in generation.identity_options[:-1])
    colons = "colons" if generation.has_services else "a colon"
    contains = {
        "id": _value(
            f"The configuration ID, which consists of the {joined} and qualifier, separated by {colons}.",
            "str",
            _sample_id(generation),
        ),
        **{name: _value(_NAMES[name], "str", _SAMPLE_NAMES[name]) for name in generation.identity_options},
    }
    for field in generation.fields:
        _add_field(contains, field)
    for name, field in generation.flat_fields.items():
        contains[name] = _value(field.groups[-1].returned, _TYPES[field.type], field.sample)
    if generation.named_by_arn:
        contains["function_arn"] = _value(
            "The function ARN, as returned by the service. It may have another form if the configuration was listed. "
            "V(null) if there is none.",
            "str",
            "acs:fc:cn-hangzhou:123456789012:functions/resize",
        )
    for name, description in _TIMES.items():
        contains[name] = _value(description, "str", "2026-01-31T02:45:02Z")
    return contains


def _add_field(contains: dict[str, Any], field: Field) -> None:
    for group in field.groups:
        inside = {"description": group.returned, "type": "dict", "returned": "always", "contains": {}}
        contains = contains.setdefault(group.name, inside)["contains"]
    contains[field.name] = {
        **_value(field.returned, _TYPES[field.type], field.sample),
        **({"version_added": field.version_added} if field.version_added else {}),
    }


def returned_error(code: str, message: str, status: int, operation: str, write: bool) -> dict[str, Any]:
    """Return the documentation for the keys in a returned error, with sample values.

    Args:
        write: whether the module writes configurations.
    """
    return {
        "code": _value("The error code. V(null) if the response has none.", "str", code),
        "message": _value("The error message.", "str", message),
        "status": _value("The HTTP status code.", "int", status),
        "request_id": _value("The request ID, for use in support cases.", "str", "1-6a74f1b2-3c4d5e6f7081"),
        "operation": _value("The operation that failed.", "str", operation),
        **(_REQUIRED_PERMISSIONS if write else {}),
    }


def returned_problem(generation: Generation) -> dict[str, Any]:
    """Return the documentation for the keys in a returned problem of a destination."""
    arn = "acs:fc:::services/shop/functions/gone" if generation.has_services else "acs:fc:::functions/gone"
    option = "destination_config.on_failure.destination"
    owner = "service" if generation.has_services else "function"
    kinds = {
        "not_found": "the destination does not exist",
        **({"http_function": "the destination is an HTTP function"} if generation.list_triggers else {}),
        "other_region": "the destination is in another region",
        "other_account": "the destination belongs to another account",
        "no_role": f"the {owner} has no role",
        "loop": "the function is its own destination",
        "form": "the ARN does not have a documented form",
        "unverified": "the destination or role could not be read",
    }
    return {
        "id": _value("The ID of the configuration.", "str", _sample_id(generation)),
        "option": _value("The option that contains the ARN. V(destination_config) for V(no_role).", "str", option),
        "destination": _value("The ARN of the destination. V(null) for V(no_role).", "str", arn),
        "problem": _value([f"V({kind}) if {condition}." for kind, condition in kinds.items()], "str", "not_found"),
        "severity": _value(
            [
                "V(failure) if the destination cannot be used. Outside check mode, the configuration is not written.",
                "V(warning) for V(loop), and for V(form) unless the ARN should be that of a function.",
            ],
            "str",
            "failure",
        ),
        "message": _value(
            "A description of the problem.",
            "str",
            f"{option}: '{arn}' does not exist (FunctionNotFound). Create the function first, or correct the ARN.",
        ),
    }


def returned_connection(generation: Generation) -> dict[str, Any]:
    """Return the documentation for the keys in a returned connection."""
    host = generation.hosts.public.format(account="123456789012", region="cn-hangzhou")
    return {
        "generation": _value("The generation of Function Compute.", "str", generation.name),
        "account_id": _value("The account ID. V(null) if it is unknown.", "str", "123456789012"),
        "region": _value("The region. V(null) if it is unknown.", "str", "cn-hangzhou"),
        "endpoint": _value("The URL of the endpoint. V(null) if it is unknown.", "str", f"https://{host}"),
    }


def returned_warnings() -> dict[str, Any]:
    """Return the documentation for the returned warnings."""
    return {
        "module_warnings": {
            "description": "The warnings of the module.",
            "type": "list",
            "elements": "str",
            "returned": "when O(return_warnings=true)",
            "sample": ["The purge was not predicted because some configurations could not be read."],
        }
    }


def _sample_id(generation: Generation) -> str:
    return ":".join(_SAMPLE_NAMES[name] for name in generation.identity_options)


def _value(description: str | list[str], kind: str, sample: Any) -> dict[str, Any]:
    return {"description": description, "type": kind, "returned": "always", "sample": sample}


_REQUIRED_PERMISSIONS: dict[str, Any] = {
    "required_permissions": {
        "description": [
            "The permissions that the role of the service or function needs to send to the destinations.",
            "The role may lack some of them.",
        ],
        "type": "list",
        "elements": "dict",
        "returned": "when access is denied and the response does not state that the caller lacks a permission",
        "contains": {
            "option": _value("The option that contains the ARN.", "str", "destination_config.on_failure.destination"),
            "action": _value("The RAM action.", "str", "mns:SendMessage"),
            "resource": _value("The RAM resource.", "str", "acs:mns:cn-hangzhou:123456789012:/queues/failed/messages"),
        },
    }
}


_NAMES = {
    "service_name": "The name of the service.",
    "function_name": "The name of the function.",
    "qualifier": "The version, alias or V(LATEST).",
}
_TIMES = {
    "created_time": "The time at which the configuration was created.",
    "last_modified_time": "The time at which the configuration was last modified.",
}
