# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Asynchronous invocation configurations as stored by the service and as returned by modules. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings, none_if_empty, unflatten
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation


@dataclass(frozen=True)
class AsyncInvokeConfig:
    """A stored or predicted configuration. Timestamps that cannot be predicted are None."""

    identity: Identity
    settings: Settings
    created_time: str | None = None
    last_modified_time: str | None = None
    #: The function ARN. FC 2.0 does not return it.
    function_arn: str | None = None


def as_options(generation: Generation, settings: Settings | None) -> dict[str, Any]:
    """Return settings as a dictionary of options, for results and diffs, or ``{}`` if there is no configuration."""
    if settings is None:
        return {}
    shown = {
        field.path: field.returned_default if settings.get(field.option) is None else settings[field.option]
        for field in generation.fields
    }
    return {option: none_if_empty(value) for option, value in unflatten(shown).items()}


def as_returned(generation: Generation, config: AsyncInvokeConfig | None) -> dict[str, Any] | None:
    """Return a configuration in the form that modules return and accept as input, or None if there is none."""
    if config is None:
        return None
    return {
        "id": config.identity.id,
        **{name: getattr(config.identity, name) for name in generation.identity_options},
        **as_options(generation, config.settings),
        **{name: config.settings.get(field.option) for name, field in generation.flat_fields.items()},
        **({"function_arn": config.function_arn} if generation.named_by_arn else {}),
        "created_time": config.created_time,
        "last_modified_time": config.last_modified_time,
    }


def destinations_of(generation: Generation, settings: Settings) -> dict[str, str]:
    """Return the ARNs of the destinations in a configuration, by option."""
    arns = {field.option: settings.get(field.option) for field in generation.fields if field.type == "arn"}
    return {option: str(arn) for option, arn in arns.items() if arn}
