# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the emulated account holds, and how the service changes and shows it. Pure: no HTTP, no clock of its own."""

from __future__ import annotations

import dataclasses
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ._errors import FcError, invalid_argument
from ._model import (
    ALIAS2,
    ALIAS3,
    FC2,
    FC3,
    FUNCTION2,
    FUNCTION3,
    LATEST,
    MAX_RETRY_ATTEMPTS,
    SERVICE,
    VERSION2,
    VERSION3,
    ConfigKey,
    Generation,
    JsonObject,
    Kind,
    Parents,
    StoredConfig,
    function_parents,
    generation_of,
    timestamp,
    version_parents,
)
from ._switches import Switches
from ._wire import Wire

DEFAULT_PAGE = 20
MAX_PAGE = 100
_Place = tuple[Kind, Parents]
_Target = tuple[str | None, str]


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """Everything that a Store held at one moment; opaque, for Store.restore."""

    things: dict[_Place, dict[str, JsonObject]]
    configs: dict[_Target, dict[str, StoredConfig]]
    stale: dict[ConfigKey, tuple[StoredConfig | None, int]]
    next_version: dict[_Place, int]


class Store:
    """An account: services, functions, versions, aliases and async invoke configs, with the service's semantics.

    ``switches`` choose among the behaviours that are not known for sure; they may be changed at any time.
    ``clock`` gives epoch seconds. Every refusal is an FcError. A lock makes each call atomic.
    """

    def __init__(
        self,
        switches: Switches | None = None,
        clock: Callable[[], float] = time.time,
        account_id: str = "1234567890123456",
        region: str = "cn-hangzhou",
    ) -> None:
        self._switches = switches or Switches()
        self._clock = clock
        self._wire = Wire(self._switches, account_id, region, self._has_function)
        self._lock = threading.RLock()
        self._things: dict[_Place, dict[str, JsonObject]] = {}
        self._configs: dict[_Target, dict[str, StoredConfig]] = {}
        self._stale: dict[ConfigKey, tuple[StoredConfig | None, int]] = {}
        self._next_version: dict[_Place, int] = {}

    @property
    def switches(self) -> Switches:
        """The behaviours that are chosen, to be read and changed."""
        return self._switches

    # -- things by name ------------------------------------------------------------------------------------------

    def create_service(self, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create an FC 2.0 service; 409 ServiceAlreadyExists where there is one of that name."""
        return self.create(SERVICE, (), name, attributes)

    def create_function(self, service: str | None, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create a function, in a service (FC 2.0) or without one (FC 3.0)."""
        return self.create(generation_of(service).function, function_parents(service), name, attributes)

    def create_alias(
        self,
        service: str | None,
        name: str,
        version: str,
        *,
        function: str | None = None,
        attributes: JsonObject | None = None,
    ) -> JsonObject:
        """Create an alias of a service's version (FC 2.0) or, with ``function`` and no service, of a function's."""
        generation = generation_of(service)
        parents = version_parents(service, function)
        with self._lock:
            if version != LATEST:
                self.get(generation.version, parents, version)
            return self.create(generation.alias, parents, name, {**(attributes or {}), "versionId": version})

    def publish_version(
        self,
        service: str | None,
        *,
        function: str | None = None,
        attributes: JsonObject | None = None,
    ) -> str:
        """Publish the next version of a service (FC 2.0) or of a function (FC 3.0); its number as text."""
        kind, parents = generation_of(service).version, version_parents(service, function)
        with self._lock:
            number = self._next_version.get((kind, parents), 1)
            self.create(kind, parents, str(number), attributes)
            self._next_version[(kind, parents)] = number + 1
            return str(number)

    def create(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create a thing of ``kind`` in ``parents``; what the service shows of it."""
        if not name:
            raise invalid_argument(f"{kind.name_field} is required")
        with self._lock:
            self._require_parents(kind, parents)
            siblings = self._things.setdefault((kind, parents), {})
            if name in siblings:
                raise kind.already_exists(parents, name)
            now = timestamp(self._clock())
            thing: JsonObject = {**(attributes or {}), kind.name_field: name}
            if kind.id_field:
                thing[kind.id_field] = str(uuid.uuid4())
            thing.update(createdTime=now, lastModifiedTime=now)
            siblings[name] = thing
            return dict(thing)

    def get(self, kind: Kind, parents: Parents, name: str) -> JsonObject:
        """What the service shows of a thing; 404 with the kind's own code where it is not there."""
        with self._lock:
            self._require_parents(kind, parents)
            thing = self._things.get((kind, parents), {}).get(name)
            if thing is None:
                raise kind.not_found(parents, name)
            return dict(thing)

    def update(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject) -> JsonObject:
        """Merge ``attributes`` into a thing; what the service then shows of it."""
        with self._lock:
            thing = self.get(kind, parents, name)
            changed = {**thing, **attributes, kind.name_field: name, "lastModifiedTime": timestamp(self._clock())}
            self._things[(kind, parents)][name] = changed
            return dict(changed)

    def delete(self, kind: Kind, parents: Parents, name: str) -> None:
        """Delete a thing and what belongs to it; its configs as the switch orphaned_configs says."""
        with self._lock:
            self.get(kind, parents, name)
            if kind is SERVICE and self._things.get((FUNCTION2, (name,))):
                raise FcError(409, "ServiceNotEmpty", f"service '{name}' still has functions")
            del self._things[(kind, parents)][name]
            owned = (*parents, name)
            for place in [place for place in self._things if place[1] == owned and _owns(kind, place[0])]:
                del self._things[place]
            if self._switches.orphaned_configs == "removed":
                self._remove_orphans(kind, parents, name)

    def page(
        self,
        kind: Kind,
        parents: Parents,
        *,
        limit: int = DEFAULT_PAGE,
        token: str = "",
        prefix: str = "",
        start: str = "",
        backward: bool = False,
    ) -> JsonObject:
        """One page of things of ``kind``: ``{<kind.list_field>: [...], "nextToken": next name or ""}``."""
        with self._lock:
            self._require_parents(kind, parents)
            things = self._things.get((kind, parents), {})
            order = _version_order if kind in (VERSION2, VERSION3) else _name_order
            names = sorted((name for name in things if name.startswith(prefix)), key=order, reverse=backward)
            first = token or start
            if first:
                names = [name for name in names if not _is_before(order(name), order(first), backward)]
            shown, following = _page(names, limit)
            return {kind.list_field: [dict(things[name]) for name in shown], **self._token(following)}

    def _require_parents(self, kind: Kind, parents: Parents) -> None:
        if not parents:
            return
        parent_kind = FUNCTION3 if kind in (VERSION3, ALIAS3) else SERVICE
        self.get(parent_kind, (), parents[0])

    def _remove_orphans(self, kind: Kind, parents: Parents, name: str) -> None:
        for key in {*self.configs, *self._stale}:
            if _depends_on(key, kind, parents, name):
                self._configs.get((key.service, key.function), {}).pop(key.qualifier, None)
                self._stale.pop(key, None)

    # -- async invoke configs ------------------------------------------------------------------------------------

    @property
    def configs(self) -> dict[ConfigKey, StoredConfig]:
        """A copy of every config that is stored now, whatever readers are shown."""
        with self._lock:
            return {
                ConfigKey(service, function, qualifier): config
                for (service, function), configs in self._configs.items()
                for qualifier, config in configs.items()
            }

    def put_config(self, key: ConfigKey, body: Mapping[str, Any]) -> JsonObject:
        """Carry a PUT with the JSON ``body`` out; the answer's JSON."""
        with self._lock:
            self._require_function(key)
            if self._switches.alias_must_exist:
                self.require_qualifier(key)
            changes = self._wire.changes(key, body)
            before = self._stored(key)
            base = StoredConfig() if before is None or self._switches.put_merge == "replace" else before
            now = self._clock()
            after = dataclasses.replace(base, **self._altered(changes))
            unchanged = after.same_settings(before) and not self._switches.modified_on_noop
            after = dataclasses.replace(
                after,
                created=now if before is None else before.created,
                modified=before.modified if before is not None and unchanged else now,
            )
            self._configs.setdefault((key.service, key.function), {})[key.stored_qualifier] = after
            self._remember_for_stale_reads(key, before)
            if self._switches.put_answer == "stored":
                return self._wire.shown(key, after)
            sent = StoredConfig(**changes, created=after.created, modified=after.modified)
            return self._wire.shown(key, sent)

    def get_config(self, key: ConfigKey) -> JsonObject:
        """The config as Get shows it; 404 where it, its alias, function or service is not there."""
        with self._lock:
            try:
                self._require_function(key)
            except FcError:
                if self._switches.missing_function_read == "FunctionNotFound":
                    raise
                raise _config_not_found(key) from None
            config = self._read(key.stored)
            if config is None and self._switches.missing_alias_read == "AliasNotFound":
                self.require_qualifier(key)
            if config is None:
                raise _config_not_found(key)
            return self._wire.shown(key, config)

    def delete_config(self, key: ConfigKey) -> bool:
        """Carry a DELETE out; whether there was something to delete. Where there was not, 404 or (switch) nothing."""
        with self._lock:
            self._require_function(key)
            before = self._stored(key)
            if before is None:
                if self._switches.delete_missing == "no_content":
                    return False
                if self._switches.missing_alias_read == "AliasNotFound":
                    self.require_qualifier(key)
                raise _config_not_found(key)
            del self._configs[(key.service, key.function)][key.stored_qualifier]
            self._remember_for_stale_reads(key, before)
            return True

    def list_configs(
        self,
        service: str | None = None,
        function: str | None = None,
        *,
        limit: int = DEFAULT_PAGE,
        token: str = "",
    ) -> JsonObject:
        """One page of configs: of one function, or (FC 3.0 only) of the account when ``function`` is None.

        ``{"configs": [...], "nextToken": the next item's qualifier or ""}``; for the account the token is
        ``function/qualifier``.
        """
        with self._lock:
            if function is not None:
                self._require_function(ConfigKey(service, function))
                targets: Iterable[_Target] = [(service, function)]
            else:
                targets = [target for target in self._configs if target[0] is None]
            keys = {_list_name(key, function): key for key in self._visible(targets)}
            shown, following = _page(sorted(name for name in keys if name >= token), limit)
            configs = [(keys[name], self._read(keys[name])) for name in shown]
            listed = [self._wire.shown(key, config) for key, config in configs if config is not None]
            return {**self._listed(listed), **self._token(following)}

    def _visible(self, targets: Iterable[_Target]) -> set[ConfigKey]:
        """The configs of ``targets`` that a reader sees; one that is still hidden has been missed once more."""
        wanted = set(targets)
        keys = {key for key in self._stale if (key.service, key.function) in wanted}
        for service, function in wanted:
            keys.update(ConfigKey(service, function, name) for name in self._configs.get((service, function), {}))
        visible = {key for key in keys if self._seen(key) is not None}
        for key in keys - visible:
            self._use_up_stale_read(key)
        return visible

    def _listed(self, configs: list[JsonObject]) -> JsonObject:
        if configs or self._switches.empty_list == "empty":
            return {"configs": configs}
        return {"configs": None} if self._switches.empty_list == "null" else {}

    def _token(self, token: str) -> JsonObject:
        return {"nextToken": token} if token or self._switches.last_token == "empty" else {}

    def _stored(self, key: ConfigKey) -> StoredConfig | None:
        return self._configs.get((key.service, key.function), {}).get(key.stored_qualifier)

    def _seen(self, key: ConfigKey) -> StoredConfig | None:
        """The config as a reader sees it now."""
        return self._stale[key][0] if key in self._stale else self._stored(key)

    def _read(self, key: ConfigKey) -> StoredConfig | None:
        """The config as a reader sees it, which is a read."""
        seen = self._seen(key)
        self._use_up_stale_read(key)
        return seen

    def _use_up_stale_read(self, key: ConfigKey) -> None:
        if key not in self._stale:
            return
        before, left = self._stale[key]
        if left > 1:
            self._stale[key] = (before, left - 1)
        else:
            del self._stale[key]

    def _remember_for_stale_reads(self, key: ConfigKey, before: StoredConfig | None) -> None:
        if self._switches.stale_reads:
            self._stale[key.stored] = (before, self._switches.stale_reads)
        else:
            self._stale.pop(key.stored, None)

    def _require_function(self, key: ConfigKey) -> None:
        if not self._has_function(key):
            self.get(generation_of(key.service).function, function_parents(key.service), key.function)

    def _has_function(self, key: ConfigKey) -> bool:
        place = (generation_of(key.service).function, function_parents(key.service))
        return key.function in self._things.get(place, {})

    def require_qualifier(self, key: ConfigKey) -> None:
        """Refuse with AliasNotFound or VersionNotFound where the key's qualifier is not there."""
        qualifier = key.stored_qualifier
        if qualifier == LATEST:
            return
        generation = generation_of(key.service)
        kind = generation.version if qualifier.isdigit() else generation.alias
        self.get(kind, version_parents(key.service, key.function), qualifier)

    def _altered(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        altered = dict(changes)
        field = self._switches.altered_field
        names = ("on_success", "on_failure") if field == "destinations" else (field,)
        for name in names:
            if altered.get(name) is not None:
                altered[name] = _something_else(name, altered[name])
        return altered

    # -- the whole -----------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Everything that is held now, for restore()."""
        with self._lock:
            return Snapshot(
                {place: dict(things) for place, things in self._things.items()},
                {target: dict(configs) for target, configs in self._configs.items()},
                dict(self._stale),
                dict(self._next_version),
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Hold what ``snapshot`` holds and nothing else; the switches stay as they are."""
        with self._lock:
            self._things = {place: dict(things) for place, things in snapshot.things.items()}
            self._configs = {target: dict(configs) for target, configs in snapshot.configs.items()}
            self._stale = dict(snapshot.stale)
            self._next_version = dict(snapshot.next_version)

    def load(self, state: Mapping[str, Any]) -> None:
        """Add what a JSON document lists, in the form that dump() gives; all of it or (FcError) nothing."""
        with self._lock:
            before = self.snapshot()
            try:
                self._load(state)
            except FcError:
                self.restore(before)
                raise
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                self.restore(before)
                raise invalid_argument(f"the state document is not of the documented form: {error!r}") from error

    def _load(self, state: Mapping[str, Any]) -> None:
        unknown = set(state) - {"services", "functions", "configs"}
        if unknown:
            raise invalid_argument(f"the state document has unknown keys: {', '.join(sorted(unknown))}")
        for service, inside in (state.get("services") or {}).items():
            self._ensure(SERVICE, (), service)
            for function in inside.get("functions") or []:
                self._ensure(FUNCTION2, (service,), function)
            self._load_versions(FC2, (service,), inside)
        for function, inside in (state.get("functions") or {}).items():
            self._ensure(FUNCTION3, (), function)
            self._load_versions(FC3, (function,), inside or {})
        for config in state.get("configs") or []:
            body = dict(config)
            key = ConfigKey(body.pop("service", None), body.pop("function"), body.pop("qualifier", ""))
            self.put_config(key, body)

    def _load_versions(self, generation: Generation, parents: Parents, inside: Mapping[str, Any]) -> None:
        for version in inside.get("versions") or []:
            self._ensure(generation.version, parents, str(int(version)))
            place = (generation.version, parents)
            self._next_version[place] = max(self._next_version.get(place, 1), int(version) + 1)
        for alias, version in (inside.get("aliases") or {}).items():
            self._ensure(generation.alias, parents, alias, {"versionId": str(version)})

    def _ensure(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject | None = None) -> None:
        if name not in self._things.get((kind, parents), {}):
            self.create(kind, parents, name, attributes)

    def dump(self) -> JsonObject:
        """Everything that is held, as the JSON document that load() takes (times and ids are left out)."""
        with self._lock:
            services = {
                name: {
                    "functions": sorted(self._things.get((FUNCTION2, (name,)), {})),
                    **self._dump_versions(FC2, (name,)),
                }
                for name in self._things.get((SERVICE, ()), {})
            }
            functions = {name: self._dump_versions(FC3, (name,)) for name in self._things.get((FUNCTION3, ()), {})}
            configs = [_dump_config(key, config) for key, config in self.configs.items()]
            return {"services": services, "functions": functions, "configs": configs}

    def _dump_versions(self, generation: Generation, parents: Parents) -> JsonObject:
        aliases = self._things.get((generation.alias, parents), {})
        return {
            "versions": sorted(self._things.get((generation.version, parents), {}), key=_version_order),
            "aliases": {name: alias["versionId"] for name, alias in aliases.items()},
        }


def _depends_on(key: ConfigKey, kind: Kind, parents: Parents, name: str) -> bool:
    """Whether the config is one of that function, version or alias."""
    generation = generation_of(key.service)
    if kind is generation.function:
        return parents == function_parents(key.service) and name == key.function
    is_qualifier = kind in (generation.version, generation.alias)
    return is_qualifier and parents == version_parents(key.service, key.function) and name == key.qualifier


def _owns(kind: Kind, inner: Kind) -> bool:
    if kind is SERVICE:
        return inner in (FUNCTION2, VERSION2, ALIAS2)
    return kind is FUNCTION3 and inner in (VERSION3, ALIAS3)


def _name_order(name: str) -> tuple[int, str]:
    return 0, name


def _version_order(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (0, name)


def _is_before(order: tuple[int, str], first: tuple[int, str], backward: bool) -> bool:
    return order > first if backward else order < first


def _page(names: list[str], limit: int) -> tuple[list[str], str]:
    """The first ``limit`` names, and the one that follows or an empty text: the next token is the next item's name."""
    if not 1 <= limit <= MAX_PAGE:
        raise invalid_argument(f"limit must be between 1 and {MAX_PAGE}, not {limit}")
    return names[:limit], names[limit] if len(names) > limit else ""


def _list_name(key: ConfigKey, function: str | None) -> str:
    return key.qualifier if function is not None else f"{key.function}/{key.qualifier}"


def _config_not_found(key: ConfigKey) -> FcError:
    # The error table has two names in this text and does not say which.
    names = (key.function, key.stored_qualifier) if key.service is None else (key.service, key.function)
    return FcError(404, "AsyncConfigNotExists", f"AsyncConfig for {':'.join(names)} does not exist.")


def _something_else(name: str, value: Any) -> Any:
    if name == "stateful":
        return not value
    if name == "retry_attempts":
        return (value + 1) % (MAX_RETRY_ATTEMPTS + 1)
    return f"{value}-altered" if isinstance(value, str) else value + 1


def _dump_config(key: ConfigKey, config: StoredConfig) -> JsonObject:
    halves = (("onSuccess", config.on_success), ("onFailure", config.on_failure))
    destinations = {name: {"destination": destination} for name, destination in halves if destination is not None}
    fields: dict[str, Any] = {
        "service": key.service,
        "function": key.function,
        "qualifier": key.qualifier,
        "destinationConfig": destinations or None,
        "maxAsyncEventAgeInSeconds": config.event_age,
        "maxAsyncRetryAttempts": config.retry_attempts,
        generation_of(key.service).stateful_field: config.stateful,
    }
    return {name: value for name, value in fields.items() if value is not None}
