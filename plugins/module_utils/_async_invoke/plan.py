# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Compare the current configuration with the desired one and plan the changes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Settings, Value, same
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation


def differences(generation: Generation, one: Settings, other: Settings) -> list[str]:
    """Return the option paths of the fields whose values in the two settings have different effects."""
    return [
        field.option for field in generation.fields if not same(field, one.get(field.option), other.get(field.option))
    ]


@dataclass(frozen=True)
class Plan:
    """The action for a configuration and the resulting settings."""

    generation: Generation
    identity: Identity
    #: ``create``, ``update``, ``delete`` or ``none``.
    action: str
    current: AsyncInvokeConfig | None
    after: Settings | None

    @property
    def before(self) -> Settings | None:
        """The current settings, or None if there is no configuration."""
        return None if self.current is None else self.current.settings

    @property
    def changed(self) -> bool:
        """Whether the plan changes anything."""
        return self.action != "none"

    @property
    def fields_to_unset(self) -> list[str]:
        """The fields that must be unset because no value has the same effect."""
        if self.before is None or self.after is None:
            return []
        return [
            option for option in differences(self.generation, self.before, self.after) if self.after[option] is None
        ]

    def restoring(self, found: Settings | None) -> Plan:
        """Return the plan that restores the previous configuration.

        Args:
            found: the currently stored settings, or None if there is no configuration.
        """
        before: Settings = self.before or {}
        there = [settings for settings in (found, self.after) if settings is not None]
        mixed = {
            field.option: next((one[field.option] for one in there if one.get(field.option) is not None), None)
            for field in self.generation.fields
        }
        after = {field.option: before.get(field.option) for field in self.generation.fields}
        for field in self.generation.fields:
            if after[field.option] is None and not same(field, None, mixed[field.option]):
                after[field.option] = field.service_default
        return replace(self, action="update", current=AsyncInvokeConfig(self.identity, mixed), after=after)

    def mismatched_fields(self, stored: AsyncInvokeConfig | None) -> list[str]:
        """Return the fields whose stored values differ from the plan, or all fields if there is no configuration."""
        if stored is None or self.after is None:
            return [field.option for field in self.generation.fields]
        return differences(self.generation, self.after, stored.settings)

    @property
    def predicted(self) -> AsyncInvokeConfig | None:
        """The configuration that the plan is expected to produce."""
        if not self.changed or self.after is None:
            return None if self.after is None else self.current
        if self.current is None:
            return AsyncInvokeConfig(self.identity, self.after)
        return replace(self.current, settings=self.after, last_modified_time=None)


def plan(desired: Desired, current: AsyncInvokeConfig | None) -> Plan:
    """Compare the current configuration, if any, with the desired one and return the plan."""
    start = Plan(desired.generation, desired.identity, "none", current, None)
    if not desired.present:
        return start if current is None else replace(start, action="delete")
    if current is None:
        created = {field.option: desired.value_of(field) for field in desired.generation.fields}
        return replace(start, action="create", after=created)
    after = {field.option: _next(desired, field, current.settings) for field in desired.generation.fields}
    changed = differences(desired.generation, current.settings, after)
    return replace(start, action="update" if changed else "none", after=after)


def _next(desired: Desired, field: Field, current: Settings) -> Value | None:
    """Return the planned value of a field. A stored value with the same effect is not changed."""
    now = current.get(field.option)
    if desired.keep_omitted and field.option not in desired.given:
        return now
    desired_value = desired.value_of(field)
    if same(field, now, desired_value):
        return now
    # A Put merges fields. It cannot unset a field but can set it to a value with the same effect.
    return field.service_default if desired_value is None else desired_value
