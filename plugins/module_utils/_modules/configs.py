# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The modules that manage many configurations: argument spec, execution and results."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_returned
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import (
    Desired,
    check_defaults,
    input_warnings,
    validate,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import settings_spec
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.ansible_core import first_errors
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import (
    concurrency_spec,
    identity_argument_spec,
    state_spec,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import checked_options
from ansible_collections.alicloud.fc.plugins.module_utils._modules.results import diff, error_result
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import Failed, ModuleContext
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk, BulkEntry


def bulk_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for these modules. Entries are validated with ``entry_spec`` to report all errors."""
    scopes = ["none", "function"] + (["service"] if generation.has_services else [])
    defaults = {
        **{name: {"type": "str"} for name in generation.identity_options if name != "function_name"},
        **settings_spec(generation.fields),
        **state_spec(defaults=False),
    }
    return {
        "configs": {"type": "list", "elements": "dict", "required": True},
        "defaults": {"type": "dict", "default": {}, "options": defaults},
        "purge": {"type": "str", "choices": scopes, "default": "none"},
        **concurrency_spec(),
    }


def entry_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for an entry: the options for a single configuration and the other returned keys."""
    ignored = {name: {"type": "str"} for name in ("created_time", "last_modified_time", *generation.returned_only)}
    return {
        **identity_argument_spec(generation, None),
        **settings_spec(generation.fields),
        **state_spec(defaults=False),
        **ignored,
    }


def ensure_configs(context: ModuleContext) -> dict[str, Any]:
    """Ensure that many configurations are in the desired state and return the results."""
    desired, concurrency = parse_entries(context), context.concurrency
    for warning in sorted({warning for one in desired for warning in input_warnings(one)}):
        context.warn(warning)
    entries: list[BulkEntry] = []
    if desired:
        named = {f"configs[{position}].id": one.identity for position, one in enumerate(desired)}
        client = context.client(named, concurrency)
        bulk = Bulk(
            client, concurrency, context.params["purge"], context.check_mode, context.warn, context.interruption
        )
        entries = bulk.run(desired)
    results = bulk_result(context.api, entries, context.diff_mode)
    failed = [entry for entry in entries if entry.error is not None]
    if failed and not context.interruption.requested:
        raise Failed(f"{len(failed)} of {len(entries)} configurations failed: {_failure_summary(failed)}", results)
    return results


def _failure_summary(failed: list[BulkEntry]) -> str:
    """Return the first failures and the number of configurations that were not attempted because of them."""
    tried = [entry for entry in failed if getattr(entry.error, "tried", True)]
    not_tried = [entry for entry in failed if entry not in tried]
    sentences = [str(entry.error) for entry in (tried or not_tried)[:3]]
    if tried and not_tried:
        sentences.append(f"{len(not_tried)} were not attempted: {not_tried[0].error}")
    if len(tried or not_tried) > 3:
        sentences.append("See the results for all errors.")
    return " ".join(sentences)


def parse_entries(context: ModuleContext) -> list[Desired]:
    """Parse ``configs``. Raises one ``InvalidOption`` with all validation errors."""
    defaults = {name: value for name, value in context.params["defaults"].items() if value is not None}
    problems = [f"defaults.{error}" for error in check_defaults(context.api, defaults)]
    parse = _EntryParser(context, defaults)
    desired: list[Desired] = []
    positions: dict[str, int] = {}
    for position, options in enumerate(context.params["configs"]):
        one, wrong = parse(f"configs[{position}]", options)
        problems += wrong
        if one is None:
            continue
        desired.append(one)
        first = positions.setdefault(one.identity.id, position)
        if first != position:
            problems.append(f"configs[{first}] and configs[{position}] both identify {one.identity.id}.")
    if problems:
        number = "1 error" if len(problems) == 1 else f"{len(problems)} errors"
        raise InvalidOption("configs", f"{number}, nothing was changed: {first_errors(problems)}")
    return desired


class _EntryParser:
    """Parses entries, using their argument spec and the defaults."""

    def __init__(self, context: ModuleContext, defaults: dict[str, Any]) -> None:
        self._generation = context.api
        self._location = context.connection.location
        self._defaults = defaults
        self._spec = entry_spec(context.api)
        self._validator = ArgumentSpecValidator(self._spec)

    def __call__(self, place: str, options: dict[str, Any]) -> tuple[Desired | None, list[str]]:
        """Return the desired configuration for an entry (None if invalid) and all validation errors as sentences."""
        options, wrong_types = checked_options(self._spec, options, place)
        if wrong_types:
            return None, [str(error) for error in wrong_types]
        checked = self._validator.validate(options)
        if checked.error_messages:
            return None, [f"{place}: {_reworded(message).rstrip('.')}." for message in checked.error_messages]
        entry = _with_defaults(self._generation, checked.validated_parameters, self._defaults)
        desired, errors = validate(self._generation, entry, *self._location)
        return desired, [f"{place}.{error}" for error in errors]


def _reworded(message: str) -> str:
    """Reword the Ansible validator's message about unsupported options, which has no verb."""
    unsupported, supported, rest = message.partition(". Supported parameters include: ")
    return f"unsupported option {unsupported}. Supported options: {rest}" if supported else message


def _with_defaults(generation: Generation, options: dict[str, Any], defaults: dict[str, Any]) -> dict[str, Any]:
    """Return the options of an entry with defaults filled in.

    An ID in the entry replaces the names in the defaults. Empty values are treated as omitted.
    """
    inherited = {
        name: value
        for name, value in defaults.items()
        if not options.get("id") or name not in generation.identity_options
    }
    empty = (None, "")
    return {**inherited, **{name: value for name, value in options.items() if value not in empty}}


def bulk_result(generation: Generation, entries: list[BulkEntry], diff_mode: bool) -> dict[str, Any]:
    """Return the results for many configurations."""
    outcomes = [entry_outcome(entry) for entry in entries]
    result: dict[str, Any] = {
        "changed": any(entry.changed for entry in entries),
        "results": [entry_result(generation, entry) for entry in entries],
        "summary": {"total": len(entries), **{name: outcomes.count(name) for name in (*OUTCOMES.values(), "failed")}},
    }
    if diff_mode:
        result["diff"] = [found for found in map(entry_diff, entries) if found is not None]
    return result


def entry_diff(entry: BulkEntry) -> dict[str, Any] | None:
    """Return the diff for an entry. If the entry failed, the diff shows the resulting configuration.

    Returns None if nothing changed, or if the resulting configuration is unknown. In the latter case, the error message
    describes what is known.
    """
    if entry.plan is None or not entry.changed:
        return None
    if entry.error is None:
        return diff(entry.plan, entry.plan.after)
    return None if entry.config is None else diff(entry.plan, entry.config.settings)


#: Maps each action to its key in ``summary``. The action itself cannot be used: ``summary.update`` would be a dict
#: method.
OUTCOMES = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


def entry_outcome(entry: BulkEntry) -> str:
    """Return the key of ``summary`` that counts an entry."""
    if entry.error is not None:
        return "failed"
    return OUTCOMES[entry.plan.action if entry.plan is not None else "none"]


def entry_result(generation: Generation, entry: BulkEntry) -> dict[str, Any]:
    """Return the item in ``results`` for an entry."""
    result: dict[str, Any] = {
        "id": entry.id,
        "action": entry.plan.action if entry.plan is not None else "none",
        "changed": entry.changed,
        "failed": entry.error is not None,
        "async_invoke_config": as_returned(generation, entry.config),
    }
    if entry.error is not None:
        result.update(msg=str(entry.error), **error_result(entry.error))
    return result
