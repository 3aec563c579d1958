# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Options shared by several kinds of modules."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation


def identity_argument_spec(generation: Generation, qualifier: str | None = LATEST) -> dict[str, Any]:
    """Return the options that identify a configuration. ``qualifier`` is the default for the ``qualifier`` option."""
    spec: dict[str, Any] = {name: {"type": "str"} for name in (*generation.identity_options, "id")}
    if qualifier is not None:
        spec["qualifier"]["default"] = qualifier
    return spec


def state_spec(defaults: bool = True) -> dict[str, Any]:
    """Return the options that apply to a configuration as a whole."""
    spec: dict[str, Any] = {
        "omitted_options": {"type": "str", "choices": ["reset", "keep"]},
        "state": {"type": "str", "choices": ["present", "absent"]},
    }
    if defaults:
        for option in spec.values():
            option["default"] = option["choices"][0]
    return spec


def function_needs_its_service(generation: Generation) -> dict[str, Any]:
    return {"required_together": [("service_name", "function_name")]} if generation.has_services else {}


def verification_spec() -> dict[str, Any]:
    """Return the option that verifies destinations."""
    return {"verify_destinations": {"type": "bool", "default": False}}


def concurrency_spec() -> dict[str, Any]:
    """Return the options of modules that send many requests."""
    return {
        "concurrency": {"type": "int", "default": 16},
        "progress_file": {"type": "path"},
        "return_warnings": {"type": "bool", "default": False},
    }
