# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""The options of a configuration.

Those that are computed have a type, because ansible-test reads what is assigned without one as a text in this file.
"""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils import _generations as generations
from ansible_collections.alicloud.fc.plugins.plugin_utils._documentation import options_of


def _whole(at: str = "", defaults: bool = True) -> dict[str, Any]:
    """The options that say what a task wants of a configuration as a whole."""
    options: dict[str, Any] = {
        "omitted_options": {
            "description": [
                (
                    "What happens to what the task leaves out of the destinations, the event age, the retries and the "
                    "task mode. V(null) is as good as left out."
                ),
                "With V(reset), the task declares the whole configuration, and what it leaves out goes to its default.",
                (
                    "With V(keep), what it leaves out stays as the server has it, including the other half of "
                    f"O({at}destination_config). A configuration that does not exist yet is created with the defaults."
                ),
            ],
            "type": "str",
            "choices": ["reset", "keep"],
        },
        "state": {
            "description": [
                "V(present) creates the configuration, or changes what differs.",
                (
                    "V(absent) removes it, and needs only its identity. A configuration, function, service, alias or "
                    "version that is gone already is no error."
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


_QUALIFIER = "The number of a published version, V(LATEST), or the name of an alias."


def _entry(generation: generations.Generation, module: str) -> dict[str, Any]:
    """The options of one of many configurations."""
    names = {
        "service_name": _text(
            "The name of the service. Required unless O(configs[].id) or O(defaults.service_name) is given."
        ),
        "function_name": _text("The name of the function. Required unless O(configs[].id) is given."),
        "qualifier": _text(f"{_QUALIFIER} When omitted, that of O(defaults), or V(LATEST)."),
    }
    ignored = ("created_time", "last_modified_time", *generation.returned_only)
    return {
        **{name: names[name] for name in generation.identity_options},
        "id": _text(
            f"Names the configuration, as in M(alicloud.fc.{module}). The names may stand beside it if they agree with "
            "it."
        ),
        **options_of(generation, "configs[]."),
        **_whole("configs[].", defaults=False),
        **{name: _text("Ignored, so that what was returned can be given.") for name in ignored},
    }


def _many(generation: generations.Generation, module: str) -> dict[str, Any]:
    """The options of the modules that manage many configurations."""
    names = {"service_name": _text("The name of the service."), "qualifier": _text(_QUALIFIER)}
    return {
        "configs": {
            "description": [
                "The configurations. No two may name the same.",
                f"What M(alicloud.fc.{module}_info) returns can be given as it is.",
            ],
            "type": "list",
            "elements": "dict",
            "required": True,
            "suboptions": _entry(generation, module),
        },
        "defaults": {
            "description": [
                (
                    "What holds for every configuration that does not say otherwise. An option of a configuration "
                    "replaces it as a whole, also O(defaults.destination_config)."
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
    }


def _fragment(options: dict[str, Any]) -> str:
    # JSON is YAML.
    return json.dumps({"options": options})


class ModuleDocFragment:
    """What a configuration holds, and what a task wants of it as a whole."""

    DOCUMENTATION: str = _fragment(_whole())

    CONCURRENCY = r"""
options:
  concurrency:
    description:
      - How many calls are made at once, from V(1) to V(64).
      - When the service throttles, all of them slow down together.
    type: int
    default: 16
"""

    FC2_SETTINGS: str = _fragment(options_of(generations.FC2))
    FC3_SETTINGS: str = _fragment(options_of(generations.FC3))
    FC2_MANY: str = _fragment(_many(generations.FC2, "function_async_invoke_config"))
    FC3_MANY: str = _fragment(_many(generations.FC3, "v3_async_invoke_config"))

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
