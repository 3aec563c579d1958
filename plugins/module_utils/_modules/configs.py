# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The modules that manage many configurations: argument spec, execution and results."""

from __future__ import annotations

import re
from typing import Any, Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import as_returned
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.entries import SOURCES, defaults_spec, parse_entries
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import concurrency_spec, verification_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.results import diff, error_result
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import Failed, ModuleContext
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.bulk import Bulk
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.entry import BulkEntry
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown

#: The option dependencies for these modules.
BULK_RULES: dict[str, Any] = {"required_one_of": [SOURCES]}


def bulk_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec. Entries and groups are validated later to report all errors at once."""
    scopes = ["none", "function", *(["service"] if generation.has_services else []), "account"]
    return {
        **{option: {"type": "list", "elements": "dict"} for option in SOURCES},
        "defaults": {"type": "dict", "default": {}, "options": defaults_spec(generation)},
        "purge": {"type": "str", "choices": scopes, "default": "none"},
        "purge_limit": {"type": "str", "default": "none"},
        "return_unchanged": {"type": "bool", "default": True},
        **verification_spec(),
        **concurrency_spec(),
    }


def ensure_configs(context: ModuleContext) -> dict[str, Any]:
    """Ensure that many configurations are in the desired state and return the results."""
    places = parse_entries(context.api, context.params, context.connection.location)
    desired, concurrency = list(places.values()), context.concurrency
    if not desired and context.params["purge"] == "account":
        # An empty list may be the result of a mistake in a template.
        raise InvalidOption("configs", "must not be empty if purge is account.")
    limit = parse_purge_limit(context.params["purge_limit"], desired)
    for warning in sorted({warning for one in desired for warning in context.input_warnings(one)}):
        context.warn(warning)
    entries: list[BulkEntry] = []
    if desired:
        client = context.client({f"{place}.id": one.identity for place, one in places.items()}, concurrency)
        progress = Progress(context.params["progress_file"])
        bulk = Bulk(
            client, concurrency, context.params["purge"], context.check_mode, context.warn, context.interruption, limit,
            progress, context.verifier(client, concurrency, progress),
        )  # fmt: skip
        entries = bulk.run(desired)
    results = bulk_result(context.api, entries, context.diff_mode, context.params["return_unchanged"])
    failed = [entry for entry in entries if entry.error is not None]
    if failed and not context.interruption.requested:
        raise Failed(f"{len(failed)} of {len(entries)} configurations failed: {_failure_summary(failed)}", results)
    return results


def parse_purge_limit(text: str, desired: Sequence[Desired]) -> int | None:
    """Return the maximum number of configurations that may be purged, or None if there is no limit."""
    if text == "none":
        return None
    if text == "auto":
        return max(5, sum(one.present for one in desired) // 10)
    if re.fullmatch("[0-9]{1,15}", text) is None:
        problem = "must be none, auto or a non-negative integer with at most 15 digits"
        raise InvalidOption("purge_limit", f"{problem}, not {shown(text)}.")
    return int(text)


def _failure_summary(failed: list[BulkEntry]) -> str:
    """Return the first failures and the number of configurations that were not processed because of them."""
    tried = [entry for entry in failed if getattr(entry.error, "tried", True)]
    not_tried = [entry for entry in failed if entry not in tried]
    sentences = [str(entry.error) for entry in (tried or not_tried)[:3]]
    if tried and not_tried:
        sentences.append(f"{len(not_tried)} were not attempted: {not_tried[0].error}")
    if len(tried or not_tried) > 3:
        sentences.append("See the results for all errors.")
    return " ".join(sentences)


def bulk_result(
    generation: Generation, entries: list[BulkEntry], diff_mode: bool, return_unchanged: bool = True
) -> dict[str, Any]:
    """Return the results for many configurations.

    Args:
        return_unchanged: whether to include unchanged configurations without destination problems in ``results``.
    """
    outcomes = [entry_outcome(entry) for entry in entries]
    returned = [
        entry
        for entry, outcome in zip(entries, outcomes)
        if return_unchanged or outcome != "unchanged" or entry.destination_problems
    ]
    result: dict[str, Any] = {
        "changed": any(entry.changed for entry in entries),
        "results": [entry_result(generation, entry) for entry in returned],
        "summary": {"total": len(entries), **{name: outcomes.count(name) for name in (*OUTCOMES.values(), "failed")}},
    }
    if diff_mode:
        result["diff"] = [found for found in map(entry_diff, entries) if found is not None]
    return result


def entry_diff(entry: BulkEntry) -> dict[str, Any] | None:
    """Return the diff for an entry. If the entry failed, the diff shows the resulting configuration.

    Returns None if nothing changed or the resulting configuration is unknown. In the latter case, the error message
    describes what is known.
    """
    if entry.plan is None or not entry.changed:
        return None
    if entry.error is None:
        return diff(entry.plan, entry.plan.after)
    return None if entry.config is None else diff(entry.plan, entry.config.settings)


#: Maps each action to its key in ``summary``. The action itself cannot be the key, because ``summary.update``
#: would resolve to a dict method.
OUTCOMES = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


def entry_outcome(entry: BulkEntry) -> str:
    """Return the ``summary`` key under which an entry is counted."""
    if entry.error is not None:
        return "failed"
    return OUTCOMES[entry.plan.action if entry.plan is not None else "none"]


def entry_result(generation: Generation, entry: BulkEntry) -> dict[str, Any]:
    """Return an entry's item in ``results``."""
    result: dict[str, Any] = {
        "id": entry.id,
        "action": entry.plan.action if entry.plan is not None else "none",
        "changed": entry.changed,
        "failed": entry.error is not None,
        "async_invoke_config": as_returned(generation, entry.config),
    }
    if entry.error is not None:
        result.update(msg=str(entry.error), **error_result(entry.error))
    elif entry.not_found is not None and entry.changed:
        result["not_found"] = entry.not_found.details()
    if entry.destination_problems is not None:
        result["destination_problems"] = [problem.as_returned() for problem in entry.destination_problems]
    return result
