# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Read what is there: one config, or those of a function, a service or the whole account, concurrently.

What is deleted while it is being listed is left out. What cannot be read is listed with its error.
"""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import Callable, Dict, List, Optional, Sequence, Set, Tuple, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import each

Thing = TypeVar("Thing")
Found = TypeVar("Found")


@dataclass(frozen=True)
class Scope:
    """What is to be read. With neither ``identity`` nor names, the whole account."""

    identity: Optional[Identity] = None
    service_name: Optional[str] = None
    function_name: Optional[str] = None
    services: Tuple[str, ...] = ()
    """Glob patterns, one of which a service's name has to match; none: any will do."""
    functions: Tuple[str, ...] = ()
    """The same for the names of functions."""
    unconfigured: bool = False
    """Whether functions without any config are to be found too."""


@dataclass(frozen=True)
class Unreadable:
    """What could not be read: the id of a service or function, and why."""

    id: str
    error: ApiError


@dataclass
class Survey:
    """What was read: configs by id, and the functions that were looked at."""

    configs: List[AsyncInvokeConfig] = field(default_factory=list)
    functions: List[Function] = field(default_factory=list)
    unreadable: List[Unreadable] = field(default_factory=list)

    @property
    def unconfigured(self) -> List[str]:
        """The ids of the functions that were read and have no config at all."""
        configured = {config.identity.function for config in self.configs}
        unread = {unreadable.id for unreadable in self.unreadable}
        return sorted(
            function.id for function in self.functions if function not in configured and function.id not in unread
        )


class Surveyor:
    """Reads concurrently with one client. Raises :class:`ApiError` where what was asked for by name is unreadable."""

    def __init__(self, client: Client, concurrency: int) -> None:
        self._client = client
        self._concurrency = concurrency
        self._unreadable: List[Unreadable] = []
        self._gone: Set[str] = set()

    def read(self, scope: Scope) -> Survey:
        """Everything in the scope, sorted by id."""
        if scope.identity is not None:
            return self._one(scope.identity, scope.unconfigured)
        listed = self._listed(scope)
        found = self._each(
            self._named, list(listed.items()), lambda one: one[0].id, alone=scope.function_name is not None
        )
        configs = [config for configs in found for config in configs]
        functions = [function for function in listed if function.id not in self._gone]
        if scope.function_name is not None and scope.unconfigured and not configs:
            functions = self._existing(functions)
        return Survey(
            configs=sorted(configs, key=lambda config: config.identity.id),
            functions=functions,
            unreadable=sorted(self._unreadable, key=lambda unreadable: unreadable.id),
        )

    def configs_of(self, function: Function) -> List[AsyncInvokeConfig]:
        """All configs of a function. Raises :class:`NotFound` where it is gone."""
        return self._named((function, None))

    def _listed(self, scope: Scope) -> Dict[Function, Optional[List[AsyncInvokeConfig]]]:
        """The functions in the scope, each with its listed configs where one list told those of all."""
        if scope.function_name is not None:
            return {Function(scope.function_name, scope.service_name): None}
        found: Dict[Function, Optional[List[AsyncInvokeConfig]]] = {}
        if self._client.lists_account:
            functions = self._client.functions(None) if scope.unconfigured else []
            listed: Dict[Function, List[AsyncInvokeConfig]] = {function: [] for function in functions}
            for config in self._client.configs(None):
                listed.setdefault(config.identity.function, []).append(config)
            found.update(listed)
        else:
            found.update(dict.fromkeys(self._functions(scope)))
        return {function: one for function, one in found.items() if _matches(function.function_name, scope.functions)}

    def _named(self, one: Tuple[Function, Optional[List[AsyncInvokeConfig]]]) -> List[AsyncInvokeConfig]:
        """The configs of a function, with the qualifiers found out that the list left open.

        A qualifier is never guessed: a config that is read by its qualifier has it, and when as many were found as
        were listed, there is nothing more to ask for.
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

    def _get(self, identity: Identity) -> Optional[AsyncInvokeConfig]:
        try:
            return self._client.get(identity)
        except NotFound:
            return None

    def functions_of(self, service_name: str) -> List[Function]:
        """All functions of a service, none where it is gone."""
        try:
            return self._client.functions(service_name)
        except NotFound:
            return []

    def _one(self, identity: Identity, unconfigured: bool) -> Survey:
        config = self._get(identity)
        if config is not None or not unconfigured:
            return Survey([] if config is None else [config])
        try:
            others = self.configs_of(identity.function)
        except NotFound:
            return Survey()
        return Survey(functions=[] if others else self._existing([identity.function]))

    def _existing(self, functions: List[Function]) -> List[Function]:
        """Those that are there. FC 3.0 lists configs below no function, so that no configs prove nothing about it."""
        if not self._client.lists_account:
            return functions
        known = set(self._client.functions(None))
        return [function for function in functions if function in known]

    def _functions(self, scope: Scope) -> List[Function]:
        if scope.service_name is not None:
            services = [scope.service_name]
        else:
            services = [name for name in self._client.services() if _matches(name, scope.services)]
        found = self._each(self.functions_of, services, str, alone=scope.service_name is not None)
        return [function for functions in found for function in functions]

    def _each(
        self, work: Callable[[Thing], List[Found]], things: Sequence[Thing], name: Callable[[Thing], str], alone: bool
    ) -> List[List[Found]]:
        """``work`` on all things at once. What fails is noted as unreadable, unless it is all that was asked for."""

        def noted(thing: Thing) -> List[Found]:
            try:
                return work(thing)
            except NotFound:
                self._gone.add(name(thing))
                return []
            except ApiError as error:
                if alone:
                    raise
                self._unreadable.append(Unreadable(name(thing), error))
                return []

        return each(noted, things, self._concurrency)


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return not patterns or any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
