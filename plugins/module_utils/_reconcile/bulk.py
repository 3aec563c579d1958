# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Reconcile many configurations concurrently: read all of them first, then write and finally purge.

Each configuration is planned and applied in the same way as in the module for a single configuration.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Callable, Dict, Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import Desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import MORE_PROBLEMS
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import plan
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.account_list import find_in_account
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.destinations import (
    DestinationVerifier,
    Problems,
    destination_error,
    input_problem_warnings,
    predicted_failures,
)
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.entry import BulkEntry, EntryInterrupted
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reader import ConfigReader, Listed
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import WOULD_FAIL, Reading, apply, read

Configs = Dict[Identity, AsyncInvokeConfig]


class Bulk:
    """Reconciles a list of configurations with one client.

    Args:
        purge: the scope in which unlisted configurations are deleted, which is the listed functions (``function``), all
            functions in the listed services (``service``), the whole account (``account``) or nothing (``none``).
        purge_limit: the maximum number of configurations to purge, or None if there is no limit.
        verifier: verifies the destinations before the first write, or None if they are not verified.
    """

    def __init__(
        self,
        client: Client,
        concurrency: int,
        purge: str,
        check_mode: bool,
        warn: Callable[[str], None],
        interruption: Interruption,
        purge_limit: int | None = None,
        progress: Progress | None = None,
        verifier: DestinationVerifier | None = None,
    ) -> None:
        self._verifier = verifier
        self._progress = progress or Progress()
        self._client = client
        self._interruption = interruption
        self._concurrency = concurrency
        self._purge = purge
        self._purge_limit = purge_limit
        self._check_mode = check_mode
        self._warn = warn
        self._reader = ConfigReader(client, concurrency)
        self._lists: dict[Function, Configs | ApiError] = {}
        self._found: Configs = {}
        self._unlisted: list[BulkEntry] = []
        self._not_found: list[str] = []

    def run(self, desired: Sequence[Desired]) -> list[BulkEntry]:
        """Reconcile the configurations.

        Returns the results in input order, followed by those for the purged configurations.

        If the task is interrupted during a write, writes in progress are completed, and the remaining configurations
        are not changed. Raises ``InvalidOption`` before the first write if the purge exceeds its limit.
        """
        listed = self._to_list(desired)
        self._progress.start("list", "functions", len(listed))
        lists = map_concurrently(self._list, list(listed.items()), self._concurrency, self._progress.advance)
        self._lists = dict(zip(listed, lists))
        if self._purge == "none":
            identities = [one.identity for one in desired]
            self._found = find_in_account(self._client, identities, self._concurrency, self._progress)
        self._progress.start("read", "configurations", len(desired))
        entries = map_concurrently(self._plan_entry, desired, self._concurrency, self._progress.advance)
        belong = "more configurations belong to functions, aliases or versions that do not exist"
        self._warn_first(sorted(self._not_found), belong)
        entries = self._verify(entries)
        if self._purge == "none":
            return self._apply_all(entries, "write")
        unread, unexpected = self._unread(desired), self._unexpected(desired)
        if not _any_failed(entries + unread):
            self._check_purge_limit(unexpected)
        entries = self._apply_all(entries, "write") + unread
        if _any_failed(entries):
            if self._check_mode:
                self._warn("The purge was not predicted because some configurations could not be read.")
            else:
                self._warn("Nothing was purged, because some configurations failed.")
            return entries
        return entries + self._apply_all(unexpected, "purge")

    # -- reading -------------------------------------------------------------------------------------------------

    def _to_list(self, desired: Sequence[Desired]) -> Listed:
        """Return the functions whose configurations are read with List instead of one Get per configuration."""
        if self._purge == "account":
            return self._account()
        return dict.fromkeys(self._functions_to_list(desired))

    def _account(self) -> Listed:
        try:
            functions, unreadable = self._reader.account()
        except ApiError as error:
            self._unlisted.append(BulkEntry("account", error=error))
            return {}
        self._unlisted += [BulkEntry(one.id, error=one.error) for one in unreadable]
        return functions

    def _functions_to_list(self, desired: Sequence[Desired]) -> list[Function]:
        times = Counter(one.identity.function for one in desired)
        if self._purge == "none":
            several = 2 if self._client.lists_qualifiers else len(desired) + 1
            return [function for function, number in times.items() if number >= several]
        if self._purge == "function":
            return list(times)
        services = list(dict.fromkeys(function.service_name for function in times if function.service_name))
        self._progress.start("list", "services", len(services))
        listed = map_concurrently(self._functions_of, services, self._concurrency, self._progress.advance)
        found = [function for functions in listed for function in functions]
        return list(dict.fromkeys([*times, *found]))

    def _functions_of(self, service_name: str) -> list[Function]:
        try:
            return self._reader.functions_of(service_name)
        except ApiError as error:
            self._unlisted.append(BulkEntry(service_name, error=error))
            return []

    def _list(self, item: tuple[Function, list[AsyncInvokeConfig] | None]) -> Configs | ApiError:
        try:
            return {config.identity: config for config in self._reader.configs_of(*item)}
        except ApiError as error:
            return error

    def _plan_entry(self, desired: Desired) -> BulkEntry:
        try:
            reading = self._current(desired)
            return BulkEntry(desired.identity.id, plan(desired, reading.config), not_found=reading.not_found)
        except (ApiError, CredentialError) as error:
            return BulkEntry(desired.identity.id, error=error)

    def _warn_first(self, warnings: Sequence[str], what: str) -> None:
        """Warn only of the first items. ``what`` describes the others."""
        for warning in warnings[:_MOST_IDS]:
            self._warn(warning)
        if len(warnings) > _MOST_IDS:
            self._warn(f"{len(warnings) - _MOST_IDS} {what}.")

    def _verify(self, entries: Sequence[BulkEntry]) -> list[BulkEntry]:
        """Verify the destinations of the resulting configurations. In check mode, warn instead of failing."""
        if self._verifier is None:
            return list(entries)
        planned = [entry.plan for entry in entries if entry.plan is not None and entry.plan.after is not None]
        found = self._verifier.problems([(one.identity, one.after or {}) for one in planned])
        problems = dict(zip((one.identity.id for one in planned), found))
        every = [problem for some in found for problem in some]
        for warning in input_problem_warnings(every):
            self._warn(warning)
        if self._check_mode:
            self._warn_first(predicted_failures(every), MORE_PROBLEMS)
        return [self._verified(entry, problems[entry.id]) if entry.id in problems else entry for entry in entries]

    def _verified(self, entry: BulkEntry, problems: Problems) -> BulkEntry:
        error = None if self._check_mode else destination_error(problems)
        if error is None or entry.plan is None:
            return replace(entry, destination_problems=problems)
        return replace(entry, destination_problems=problems, error=error, config=entry.plan.current)

    def _current(self, desired: Desired) -> Reading:
        if desired.identity in self._found:
            return Reading(self._found[desired.identity])
        listed = self._lists.get(desired.identity.function)
        if listed is None or isinstance(listed, NotFound):
            # If the function is missing, this repeats one request, because the warning depends on the Get response.
            return read(self._client, desired, self._check_mode, self._not_found.append)
        if isinstance(listed, ApiError):
            raise listed
        found = listed.get(desired.identity)
        # A list does not show whether the version or alias exists. In FC 3.0, the list of a missing function is empty.
        unproven = desired.identity.qualifier != LATEST or self._client.lists_account
        if found is None and self._check_mode and unproven:
            return read(self._client, desired, self._check_mode, self._not_found.append)
        return Reading(found)

    def _unexpected(self, desired: Sequence[Desired]) -> list[BulkEntry]:
        """Return the deletion plans for the unlisted configurations in the purge scope."""
        named = {one.identity for one in desired}
        listed = [config for found in self._lists.values() if isinstance(found, dict) for config in found.values()]
        extra = sorted((one for one in listed if one.identity not in named), key=lambda one: one.identity.id)
        return [
            BulkEntry(one.identity.id, plan(Desired(desired[0].generation, one.identity, present=False), one))
            for one in extra
        ]

    def _unread(self, desired: Sequence[Desired]) -> list[BulkEntry]:
        """Return the errors for services and unlisted functions that are in the purge scope but could not be read."""
        named = {one.identity.function for one in desired}
        return self._unlisted + [
            BulkEntry(function.id, error=found)
            for function, found in self._lists.items()
            if function not in named and isinstance(found, ApiError) and not isinstance(found, NotFound)
        ]

    def _check_purge_limit(self, unexpected: Sequence[BulkEntry]) -> None:
        """Raise ``InvalidOption``, or warn in check mode, if the purge would delete too many configurations."""
        number, limit = len(unexpected), self._purge_limit
        if limit is None or number <= limit:
            return
        ids = ", ".join(entry.id for entry in unexpected[:_MOST_IDS])
        more = f" and {number - _MOST_IDS} more" if number > _MOST_IDS else ""
        configurations = "1 configuration" if number == 1 else f"{number} configurations"
        problem = f"the purge would delete {configurations}, but the limit is {limit}: {ids}{more}."
        advice = f"Set purge_limit to none or to at least {number}."
        if not self._check_mode:
            raise InvalidOption("purge_limit", f"{problem} Nothing was changed. {advice}")
        self._warn(f"purge_limit: {problem} {advice} {WOULD_FAIL}")

    # -- writing -------------------------------------------------------------------------------------------------

    def _apply_all(self, entries: Sequence[BulkEntry], phase: str) -> list[BulkEntry]:
        self._interruption.hold()
        self._progress.start(phase, "configurations", sum(map(self._is_written, entries)))
        return map_concurrently(self._apply_one, entries, self._concurrency, self._count_written)

    def _is_written(self, entry: BulkEntry) -> bool:
        writes = entry.plan is not None and entry.plan.changed and entry.error is None
        return writes and not self._check_mode

    def _count_written(self, entry: BulkEntry) -> None:
        if self._is_written(entry):
            self._progress.advance()

    def _apply_one(self, entry: BulkEntry) -> BulkEntry:
        if entry.plan is None or entry.error is not None:
            return entry
        if self._check_mode:
            return replace(entry, config=entry.plan.predicted)
        if self._interruption.requested and entry.plan.changed:
            untouched = EntryInterrupted(f"{entry.id} was not {_DONE[entry.plan.action]}: the task was interrupted.")
            return replace(entry, config=entry.plan.current, error=untouched)
        try:
            return replace(entry, config=apply(self._client, entry.plan))
        except ReconcileError as error:
            return replace(entry, config=error.left, error=error)
        except (ApiError, CredentialError) as error:
            return replace(entry, config=entry.plan.current, error=error)


def _any_failed(entries: Sequence[BulkEntry]) -> bool:
    return any(entry.error is not None for entry in entries)


#: Maximum number of IDs to list in the purge limit message, and of warnings about missing functions.
_MOST_IDS = 10
#: Maps each plan action to its past participle.
_DONE = {"create": "created", "update": "updated", "delete": "deleted"}
