# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Many reconciles at once: all reads, then all writes, then the purge; results in order.

Nothing about one config is decided here: plans and their execution are those of the single module.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Callable, Dict, Sequence, Union

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, plan
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import apply, read
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.write import ReconcileError


class EntryInterrupted(Exception):
    """The task was interrupted before this config was written."""


Failure = Union[ApiError, ReconcileError, CredentialError, EntryInterrupted]
Configs = Dict[Identity, AsyncInvokeConfig]


@dataclass(frozen=True)
class BulkEntry:
    """What came of one config of the list, or of one that was purged."""

    id: str
    #: None where the current config could not be read.
    plan: Plan | None = None
    #: What is there now (predicted, in check mode), as far as that is known.
    config: AsyncInvokeConfig | None = None
    error: Failure | None = None

    @property
    def changed(self) -> bool:
        """Whether what is there differs (in check mode: would differ) from what was, or may."""
        if self.error is not None:
            return isinstance(self.error, ReconcileError) and self.error.changed
        return self.plan is not None and self.plan.changed


class Bulk:
    """Reconciles lists of configs with one client.

    Args:
        purge: ``none``, or whether other configs of the functions named (``function``) or of all functions of the
            services named (``service``) are removed.
    """

    def __init__(
        self,
        client: Client,
        concurrency: int,
        purge: str,
        check_mode: bool,
        warn: Callable[[str], None],
        interruption: Interruption,
    ) -> None:
        self._client = client
        self._interruption = interruption
        self._concurrency = concurrency
        self._purge = purge
        self._check_mode = check_mode
        self._warn = warn
        self._surveyor = ConfigReader(client, concurrency)
        self._lists: dict[Function, Configs | ApiError] = {}
        self._unlisted: list[BulkEntry] = []

    def run(self, desired: Sequence[Desired]) -> list[BulkEntry]:
        """The results in the order of the input; behind them those of the purge.

        If a signal comes while it writes, what is being written then is finished, and the rest is left as it is.
        """
        functions = self._functions_to_list(desired)
        self._lists = dict(zip(functions, map_concurrently(self._list, functions, self._concurrency)))
        entries = self._apply_all(map_concurrently(self._plan_entry, desired, self._concurrency))
        if self._purge == "none":
            return entries
        named = {one.identity.function for one in desired}
        entries += self._unlisted + [
            BulkEntry(function.id, error=found)
            for function, found in self._lists.items()
            if function not in named and isinstance(found, ApiError) and not isinstance(found, NotFound)
        ]
        if any(entry.error is not None for entry in entries):
            self._warn("Nothing was purged, because not everything could be read and brought to what was declared.")
            return entries
        return entries + self._apply_all(self._unexpected(desired))

    # -- reading -------------------------------------------------------------------------------------------------

    def _functions_to_list(self, desired: Sequence[Desired]) -> list[Function]:
        """The functions whose configs are read with a List a page, instead of a Get each."""
        times = Counter(one.identity.function for one in desired)
        if self._purge == "none":
            several = 2 if self._client.lists_qualifiers else len(desired) + 1
            return [function for function, number in times.items() if number >= several]
        if self._purge == "function":
            return list(times)
        services = list(dict.fromkeys(function.service_name for function in times if function.service_name))
        found = [
            function
            for functions in map_concurrently(self._functions_of, services, self._concurrency)
            for function in functions
        ]
        return list(dict.fromkeys([*times, *found]))

    def _functions_of(self, service_name: str) -> list[Function]:
        try:
            return self._surveyor.functions_of(service_name)
        except ApiError as error:
            self._unlisted.append(BulkEntry(service_name, error=error))
            return []

    def _list(self, function: Function) -> Configs | ApiError:
        try:
            return {config.identity: config for config in self._surveyor.configs_of(function)}
        except ApiError as error:
            return error

    def _plan_entry(self, desired: Desired) -> BulkEntry:
        try:
            return BulkEntry(desired.identity.id, plan(desired, self._current(desired)))
        except (ApiError, CredentialError) as error:
            return BulkEntry(desired.identity.id, error=error)

    def _current(self, desired: Desired) -> AsyncInvokeConfig | None:
        listed = self._lists.get(desired.identity.function)
        if listed is None or isinstance(listed, NotFound):
            # One Get; where the function is missing, the same question once more, since that words the warning.
            return read(self._client, desired, self._check_mode, self._warn)
        if isinstance(listed, ApiError):
            raise listed
        found = listed.get(desired.identity)
        if found is None and self._check_mode and desired.identity.qualifier != LATEST:
            # A list does not tell whether the version or alias is there: a read does, and warns where it is not.
            return read(self._client, desired, self._check_mode, self._warn)
        return found

    def _unexpected(self, desired: Sequence[Desired]) -> list[BulkEntry]:
        """The removals of all configs in the purge's scope that the list does not name."""
        named = {one.identity for one in desired}
        listed = [config for found in self._lists.values() if isinstance(found, dict) for config in found.values()]
        extra = sorted((one for one in listed if one.identity not in named), key=lambda one: one.identity.id)
        return [
            BulkEntry(one.identity.id, plan(Desired(desired[0].generation, one.identity, present=False), one))
            for one in extra
        ]

    # -- writing -------------------------------------------------------------------------------------------------

    def _apply_all(self, entries: Sequence[BulkEntry]) -> list[BulkEntry]:
        self._interruption.hold()
        return map_concurrently(self._apply_one, entries, self._concurrency)

    def _apply_one(self, entry: BulkEntry) -> BulkEntry:
        if entry.plan is None:
            return entry
        if self._check_mode:
            return replace(entry, config=entry.plan.predicted)
        if self._interruption.requested and entry.plan.changed:
            untouched = EntryInterrupted(
                f"{entry.id} was not {_DONE[entry.plan.action]}: the task was interrupted before."
            )
            return replace(entry, config=entry.plan.current, error=untouched)
        try:
            return replace(entry, config=apply(self._client, entry.plan))
        except ReconcileError as error:
            return replace(entry, config=error.left, error=error)
        except (ApiError, CredentialError) as error:
            return replace(entry, config=entry.plan.current, error=error)


#: What is done to a config, by the plan's action.
_DONE = {"create": "created", "update": "updated", "delete": "removed"}
