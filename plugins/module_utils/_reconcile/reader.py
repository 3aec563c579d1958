# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Concurrently read the configurations of a function, a service or the whole account.

Resources that are deleted during the read are omitted. Resources that cannot be read are listed with their errors.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Sequence, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress

Item = TypeVar("Item")
Result = TypeVar("Result")
#: Maps functions to their configurations, or to None if these have not been listed.
Listed = Dict[Function, Optional[List[AsyncInvokeConfig]]]


@dataclass(frozen=True)
class Filter:
    """The scope to read. Without an identity or names, the scope is the whole account."""

    identity: Identity | None = None
    service_name: str | None = None
    function_name: str | None = None
    #: Glob patterns, at least one of which must match the service name. Empty to include all services.
    services: tuple[str, ...] = ()
    #: Glob patterns, at least one of which must match the function name. Empty to include all functions.
    functions: tuple[str, ...] = ()
    #: Whether to include functions without a configuration.
    unconfigured: bool = False


@dataclass(frozen=True)
class Unreadable:
    """The ID of a service or function that could not be read, and the error."""

    id: str
    error: ApiError


@dataclass
class ReadResult:
    """The configurations (sorted by ID), the functions in the scope and the resources that could not be read."""

    configs: list[AsyncInvokeConfig] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    #: The error response if the task specifies a service, function, version or alias that does not exist.
    not_found: NotFound | None = None

    @property
    def unconfigured(self) -> list[str]:
        """The IDs of the functions that have no configuration."""
        configured = {config.identity.function for config in self.configs}
        unread = {unreadable.id for unreadable in self.unreadable}
        return sorted(
            function.id for function in self.functions if function not in configured and function.id not in unread
        )


class ConfigReader:
    """Reads configurations concurrently. Raises ``ApiError`` if a resource that the task specifies cannot be read."""

    def __init__(self, client: Client, concurrency: int, progress: Progress | None = None) -> None:
        self._client = client
        self._progress = progress or Progress()
        self._concurrency = concurrency
        self._unreadable: list[Unreadable] = []
        self._gone: set[str] = set()
        self._not_found: NotFound | None = None

    def read(self, wanted: Filter) -> ReadResult:
        """Return all configurations in the scope, sorted by ID."""
        if wanted.identity is not None:
            return self._read_one(wanted.identity, wanted.unconfigured)
        listed = self._list_by_function(wanted)
        self._progress.start("read", "functions", len(listed))
        found = self._read_concurrently(
            self._read_qualifiers, list(listed.items()), lambda one: one[0].id, alone=wanted.function_name is not None
        )
        configs = [config for configs in found for config in configs]
        functions = [function for function in listed if function.id not in self._gone]
        if wanted.function_name is not None and wanted.unconfigured and not configs:
            functions = self._existing(functions)
        return ReadResult(
            configs=sorted(configs, key=lambda config: config.identity.id),
            functions=functions,
            unreadable=sorted(self._unreadable, key=lambda unreadable: unreadable.id),
            not_found=self._not_found,
        )

    def configs_of(self, function: Function, listed: list[AsyncInvokeConfig] | None = None) -> list[AsyncInvokeConfig]:
        """Return all configurations of a function. Raises ``NotFound`` if the function does not exist.

        Args:
            listed: the configurations in an account list, or None to list the function's configurations.
        """
        return self._read_qualifiers((function, listed))

    def account(self) -> tuple[Listed, list[Unreadable]]:
        """Return the functions in the account and the services that could not be read.

        Functions without configurations may be missing. Raises ``ApiError`` if the account cannot be read.
        """
        return self._list_by_function(Filter()), self._unreadable

    def _list_by_function(self, wanted: Filter) -> Listed:
        """Map each function in the scope to its configurations, or to None if they have not been listed."""
        if wanted.function_name is not None:
            return {Function(wanted.function_name, wanted.service_name): None}
        found: Listed = {}
        if self._client.lists_account:
            functions = self._client.functions(None) if wanted.unconfigured else []
            listed: dict[Function, list[AsyncInvokeConfig]] = {function: [] for function in functions}
            for config in self._client.configs(None):
                listed.setdefault(config.identity.function, []).append(config)
            found.update(listed)
        else:
            found.update(dict.fromkeys(self._functions(wanted)))
        return {function: one for function, one in found.items() if _matches(function.function_name, wanted.functions)}

    def _read_qualifiers(self, one: tuple[Function, list[AsyncInvokeConfig] | None]) -> list[AsyncInvokeConfig]:
        """Return the configurations of a function, including those that are listed without a qualifier.

        Qualifiers are never guessed. Each configuration is assigned the qualifier that was used to read it. The
        search ends when all listed configurations have been found.
        """
        function, listed = one
        listed = self._client.configs(function) if listed is None else listed
        named = {config.identity.qualifier: config for config in listed if config.identity.qualifier}
        if len(named) == len(listed):
            return listed
        for qualifier in self._client.qualifiers(function):
            if qualifier not in named:
                config = self._get(Identity(function.function_name, qualifier, function.service_name))
                named.update({} if config is None else {qualifier: config})
            if len(named) >= len(listed):
                break
        return list(named.values())

    def _get(self, identity: Identity) -> AsyncInvokeConfig | None:
        try:
            return self._client.get(identity)
        except NotFound:
            return None

    def functions_of(self, service_name: str) -> list[Function]:
        """Return all functions in a service, or an empty list if the service does not exist."""
        try:
            return self._client.functions(service_name)
        except NotFound:
            return []

    def _read_one(self, identity: Identity, unconfigured: bool) -> ReadResult:
        not_found = None
        try:
            config = self._client.get(identity)
        except NotFound as error:
            config, not_found = None, error
        if config is not None or not unconfigured:
            return ReadResult([] if config is None else [config], not_found=not_found)
        try:
            others = self.configs_of(identity.function)
        except NotFound as error:
            return ReadResult(not_found=error)
        return ReadResult(functions=[] if others else self._existing([identity.function]), not_found=not_found)

    def _existing(self, functions: list[Function]) -> list[Function]:
        """Return the functions that exist. In FC 3.0, listing the configurations of a missing function may succeed."""
        if not self._client.lists_account:
            return functions
        known = set(self._client.functions(None))
        return [function for function in functions if function in known]

    def _functions(self, wanted: Filter) -> list[Function]:
        if wanted.service_name is not None:
            services = [wanted.service_name]
        else:
            services = [name for name in self._client.services() if _matches(name, wanted.services)]
        alone = wanted.service_name is not None
        read = self._client.functions if alone else self.functions_of
        self._progress.start("list", "services", len(services))
        found = self._read_concurrently(read, services, str, alone)
        return [function for functions in found for function in functions]

    def _read_concurrently(
        self, work: Callable[[Item], list[Result]], items: Sequence[Item], name: Callable[[Item], str], alone: bool
    ) -> list[list[Result]]:
        """Call ``work`` for all items. Record items that cannot be read or, if ``alone``, raise the error."""

        def read_or_note(item: Item) -> list[Result]:
            try:
                return work(item)
            except NotFound as error:
                self._gone.add(name(item))
                self._not_found = error if alone else None
                return []
            except ApiError as error:
                if alone:
                    raise
                self._unreadable.append(Unreadable(name(item), error))
                return []

        return map_concurrently(read_or_note, items, self._concurrency, self._progress.advance)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
