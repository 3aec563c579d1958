# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""Configuration options.

Computed fragments have a type annotation, because ansible-test accepts only literals in unannotated assignments.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils import _generations as generations
from ansible_collections.alicloud.fc.plugins.plugin_utils._documentation import options_of


def _whole(at: str = "", defaults: bool = True) -> dict[str, Any]:
    """Return the options that apply to a configuration as a whole."""
    options: dict[str, Any] = {
        "omitted_options": {
            "description": [
                (
                    "How to handle configuration options (destinations, event age, retry attempts, asynchronous tasks) "
                    "that are not specified or are V(null)."
                ),
                "V(reset) resets them to their defaults.",
                (
                    f"V(keep) keeps their stored values. If O({at}destination_config) contains only one destination, "
                    "the other destination is kept too. A new configuration is created with the defaults."
                ),
            ],
            "type": "str",
            "choices": ["reset", "keep"],
        },
        "state": {
            "description": [
                "V(present) creates the configuration or updates it if it differs.",
                (
                    "V(absent) deletes the configuration. Only the options that identify it are used. It is not an "
                    "error if the configuration or its function, service, alias or version does not exist."
                ),
            ],
            "type": "str",
            "choices": ["present", "absent"],
        },
    }
    if defaults:
        for option in options.values():
            option["default"] = option["choices"][0]
    return options


def _text(*description: str) -> dict[str, Any]:
    return {"description": list(description), "type": "str"}


_QUALIFIER = "A published version, an alias name or V(LATEST)."


def _entry(generation: generations.Generation, module: str) -> dict[str, Any]:
    """Return the options for a ``configs`` entry."""
    names = {
        "service_name": _text(
            "The name of the service. Required unless O(configs[].id) or O(defaults.service_name) is specified."
        ),
        "function_name": _text("The name of the function. Required unless O(configs[].id) is specified."),
        "qualifier": _text(f"{_QUALIFIER} Defaults to O(defaults.qualifier) if specified, otherwise to V(LATEST)."),
    }
    ignored = ("created_time", "last_modified_time", *generation.returned_only)
    return {
        **{name: names[name] for name in generation.identity_options},
        "id": _text(
            f"The ID of the configuration. See O(alicloud.fc.{module}#module:id) for the supported forms. If other "
            "options that identify the configuration are also specified, they must match the ID."
        ),
        **options_of(generation, "configs[]."),
        **_whole("configs[].", defaults=False),
        **{name: _text("Ignored, so a returned configuration can be used as an entry.") for name in ignored},
    }


_GROUPS: dict[str, Any] = {
    "groups": {
        "description": [
            "Groups of configurations, each with its own default values. For example, use one group for each service.",
            "Groups are processed together with O(configs). O(purge) considers both.",
        ],
        "type": "list",
        "elements": "dict",
        "version_added": "2.0.0",
        "suboptions": {
            "configs": {
                "description": "The configurations in the group. Entries have the same options as in O(configs).",
                "type": "list",
                "elements": "dict",
                "required": True,
            },
            "defaults": {
                "description": [
                    "Default values for entries in the group. The options are the same as in O(defaults).",
                    (
                        "An option specified here completely replaces the same option in O(defaults). The other "
                        "options in O(defaults) also apply to the group."
                    ),
                ],
                "type": "dict",
            },
        },
    }
}


def _purge(generation: generations.Generation) -> dict[str, Any]:
    """Return the option that selects the configurations to purge."""
    scopes = {
        "none": "V(none) keeps them.",
        "function": "V(function) deletes unlisted configurations of the listed functions.",
        "service": "V(service) deletes unlisted configurations of all functions in the listed services.",
        "account": "V(account) deletes all unlisted configurations in the account and region.",
    }
    if not generation.has_services:
        del scopes["service"]
    return {
        "description": [
            "Whether to delete existing configurations that are not listed in O(configs) or O(groups).",
            *scopes.values(),
            "Nothing is purged if any configuration fails. See also O(purge_limit).",
        ],
        "type": "str",
        "choices": list(scopes),
        "default": "none",
    }


_PURGE_LIMIT: dict[str, Any] = {
    "description": [
        (
            "Maximum number of configurations that O(purge) may delete. If the purge would exceed this limit, the "
            "module fails before making any changes. In check mode, the module warns and reports the changes as usual."
        ),
        "V(none) means that there is no limit.",
        (
            "V(auto) is 10 percent of the number of configurations in O(configs) and O(groups), rounded down, but at "
            "least 5. Entries with O(configs[].state=absent) are not counted."
        ),
        "Any other value must be a number. With V(0), the module fails if there are any configurations to purge.",
    ],
    "type": "str",
    "default": "none",
    "version_added": "2.0.0",
}


_UNCHANGED = [
    "Whether RV(results) contains unchanged configurations that have no destination problems.",
    (
        "V(false) saves memory and time if there are thousands of configurations. RV(summary) always counts them. "
        "Filters such as P(alicloud.fc.audit_report#filter) do not see them, and do not count them as in sync."
    ),
]


def _many(generation: generations.Generation, module: str) -> dict[str, Any]:
    """Return the options for the modules that manage many configurations."""
    names = {"service_name": _text("The name of the service."), "qualifier": _text(_QUALIFIER)}
    return {
        "configs": {
            "description": [
                "The configurations. Each configuration can be listed only once across O(configs) and O(groups).",
                "At least one of O(configs) and O(groups) is required.",
                f"The value can be the list that M(alicloud.fc.{module}_info) returns.",
            ],
            "type": "list",
            "elements": "dict",
            "suboptions": _entry(generation, module),
        },
        **_GROUPS,
        "defaults": {
            "description": [
                (
                    "Default values for options that an entry in O(configs) or O(groups) does not specify. An option "
                    "in an entry completely replaces the default. O(defaults.destination_config) is not merged."
                ),
            ],
            "type": "dict",
            "default": {},
            "suboptions": {
                **{name: names[name] for name in generation.identity_options if name in names},
                **options_of(generation, "defaults."),
                **_whole("defaults.", defaults=False),
            },
        },
        "purge": _purge(generation),
        "purge_limit": _PURGE_LIMIT,
        "return_unchanged": {"description": _UNCHANGED, "type": "bool", "default": True, "version_added": "2.0.0"},
    }


#: What verification does with other destinations, and what it costs.
_VERIFIED_TOO = (
    (
        "Functions that are their own destination, and ARNs that do not have a documented form, are reported too. For "
        "destinations in other services, only the form of the ARN is verified."
    ),
    (
        "The module sends additional read requests, for which the caller needs additional permissions. The number of "
        "requests depends on the number of different destinations."
    ),
)


def _verify(generation: generations.Generation, reads: bool = False) -> dict[str, Any]:
    """Return the option that verifies destinations.

    Args:
        reads: whether the module only reads configurations.
    """
    owner = "service" if generation.has_services else "function"
    http = "is an HTTP function, " if generation.list_triggers else ""
    problems = (
        f"It is a problem if such a function does not exist, {http}is in another region or belongs to another account, "
        f"or if the {owner} that sends has no role."
    )
    consequence = (
        "A configuration with such a problem is not written, and the module fails. In check mode, the module warns "
        "instead, because an earlier task may solve the problem."
    )
    when = "" if reads else " before anything is written"
    description = [
        f"Whether to verify the destinations that are functions{when}.",
        problems,
        *([] if reads else [consequence]),
        *_VERIFIED_TOO,
    ]
    return {
        "verify_destinations": {
            "description": description,
            "type": "bool",
            "default": False,
            "version_added": "2.0.0",
        }
    }


def _fragment(options: dict[str, Any]) -> str:
    # JSON is a subset of YAML.
    return json.dumps({"options": options})


class ModuleDocFragment:
    """Options for asynchronous invocation configurations."""

    DOCUMENTATION: str = _fragment(_whole())

    FC2_SETTINGS: str = _fragment(options_of(generations.FC2))
    FC3_SETTINGS: str = _fragment(options_of(generations.FC3))
    FC2_MANY: str = _fragment(_many(generations.FC2, "function_async_invoke_config"))
    FC3_MANY: str = _fragment(_many(generations.FC3, "v3_async_invoke_config"))

    FC2_VERIFY: str = _fragment(_verify(generations.FC2))
    FC3_VERIFY: str = _fragment(_verify(generations.FC3))
    FC2_VERIFY_INFO: str = _fragment(_verify(generations.FC2, reads=True))
    FC3_VERIFY_INFO: str = _fragment(_verify(generations.FC3, reads=True))

    FC2 = r"""
options: {}
requirements:
  - alibabacloud-fc-open20210406 >= 2.0.12, < 3
  - alibabacloud-tea-openapi >= 0.3.16, < 0.5
"""

    FC3 = r"""
options: {}
requirements:
  - alibabacloud-fc20230330 >= 4.7, < 5
  - alibabacloud-tea-openapi >= 0.4.5, < 0.5
"""
