# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account state and the service behavior, independent of HTTP. The clock is passed as a parameter."""

from __future__ import annotations

import contextlib
import dataclasses
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from ._document import check_state, located
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
    TRIGGER,
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
from ._ram import Ram
from ._switches import Switches
from ._wire import Wire

DEFAULT_PAGE = 20
MAX_PAGE = 100
_Collection = tuple[Kind, Parents]
_Target = tuple[str | None, str]


@dataclasses.dataclass(frozen=True)
class Snapshot:
    """The complete state of a Store at a point in time, for Store.restore(). Callers should not use its attributes."""

    resources: dict[_Collection, dict[str, JsonObject]]
    configs: dict[_Target, dict[str, StoredConfig]]
    stale: dict[ConfigKey, tuple[StoredConfig | None, int]]
    next_version: dict[_Collection, int]
    ram: Ram


class Store:
    """The services, functions, versions, aliases, triggers, configurations and RAM policies in an account.

    They behave as they do in the service. ``switches`` determine the behavior in undocumented cases and can be changed
    at any time. ``clock`` returns epoch seconds. Service errors are raised as FcError. All methods are atomic.
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
        self._resources: dict[_Collection, dict[str, JsonObject]] = {}
        self._configs: dict[_Target, dict[str, StoredConfig]] = {}
        self._stale: dict[ConfigKey, tuple[StoredConfig | None, int]] = {}
        self._next_version: dict[_Collection, int] = {}
        self._ram = Ram()

    @property
    def switches(self) -> Switches:
        """The behavior switches."""
        return self._switches

    # -- resources -----------------------------------------------------------------------------------------------------

    def create_service(self, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create an FC 2.0 service. Raise 409 ServiceAlreadyExists if it already exists."""
        return self.create(SERVICE, (), name, attributes)

    def create_function(self, service: str | None, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create a function, either in a service (FC 2.0) or without one (FC 3.0)."""
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
        """Create an alias for a service version (FC 2.0) or, if ``service`` is None, a function version (FC 3.0)."""
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
        """Publish the next version of a service (FC 2.0) or function (FC 3.0) and return its ID."""
        kind, parents = generation_of(service).version, version_parents(service, function)
        with self._lock:
            number = self._next_version.get((kind, parents), 1)
            self.create(kind, parents, str(number), attributes)
            self._next_version[(kind, parents)] = number + 1
            return str(number)

    def create(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject | None = None) -> JsonObject:
        """Create a resource and return it as JSON."""
        if not name:
            raise invalid_argument(f"{kind.name_field} is required")
        with self._lock:
            self._require_parents(kind, parents)
            siblings = self._resources.setdefault((kind, parents), {})
            if name in siblings:
                raise kind.already_exists(parents, name)
            now = timestamp(self._clock())
            resource: JsonObject = {**(attributes or {}), kind.name_field: name}
            if kind.id_field:
                resource[kind.id_field] = str(uuid.uuid4())
            resource.update(createdTime=now, lastModifiedTime=now)
            siblings[name] = resource
            return dict(resource)

    def get(self, kind: Kind, parents: Parents, name: str) -> JsonObject:
        """Return a resource as JSON. If it does not exist, raise 404 with the error code for its kind."""
        with self._lock:
            self._require_parents(kind, parents)
            resource = self._resources.get((kind, parents), {}).get(name)
            if resource is None:
                raise kind.not_found(parents, name)
            return dict(resource)

    def update(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject) -> JsonObject:
        """Merge attributes into a resource and return it as JSON."""
        with self._lock:
            resource = self.get(kind, parents, name)
            changed = {**resource, **attributes, kind.name_field: name, "lastModifiedTime": timestamp(self._clock())}
            self._resources[(kind, parents)][name] = changed
            return dict(changed)

    def delete(self, kind: Kind, parents: Parents, name: str) -> None:
        """Delete a resource, its children and, depending on the orphaned_configs switch, its configurations."""
        with self._lock:
            self.get(kind, parents, name)
            if kind is SERVICE and self._resources.get((FUNCTION2, (name,))):
                raise FcError(409, "ServiceNotEmpty", f"service '{name}' still has functions")
            del self._resources[(kind, parents)][name]
            child_parents = (*parents, name)
            for collection in [
                collection
                for collection in self._resources
                if collection[1] == child_parents and _is_owned_kind(kind, collection[0])
            ]:
                del self._resources[collection]
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
        """Return a page of resources: ``{<kind.list_field>: [...], "nextToken": next name or ""}``."""
        with self._lock:
            self._require_parents(kind, parents)
            resources = self._resources.get((kind, parents), {})
            order = _version_sort_key if kind in (VERSION2, VERSION3) else _name_sort_key
            names = sorted((name for name in resources if name.startswith(prefix)), key=order, reverse=backward)
            first = token or start
            if first:
                names = [name for name in names if not _is_before(order(name), order(first), backward)]
            page, next_name = _split_page(names, limit)
            return {kind.list_field: [dict(resources[name]) for name in page], **self._next_token(next_name)}

    def _require_parents(self, kind: Kind, parents: Parents) -> None:
        if not parents:
            return
        if kind is TRIGGER:
            self.get(FUNCTION3 if len(parents) == 1 else FUNCTION2, parents[:-1], parents[-1])
            return
        parent_kind = FUNCTION3 if kind in (VERSION3, ALIAS3) else SERVICE
        self.get(parent_kind, (), parents[0])

    def _remove_orphans(self, kind: Kind, parents: Parents, name: str) -> None:
        for key in {*self.configs, *self._stale}:
            if _depends_on(key, kind, parents, name):
                self._configs.get((key.service, key.function), {}).pop(key.qualifier, None)
                self._stale.pop(key, None)

    # -- configurations ------------------------------------------------------------------------------------------------

    @property
    def configs(self) -> dict[ConfigKey, StoredConfig]:
        """A copy of all stored configurations, unaffected by stale reads."""
        with self._lock:
            return {
                ConfigKey(service, function, qualifier): config
                for (service, function), configs in self._configs.items()
                for qualifier, config in configs.items()
            }

    def put_config(self, key: ConfigKey, body: Mapping[str, Any]) -> JsonObject:
        """Execute a PUT with a JSON body and return the JSON response."""
        with self._lock:
            return self._put_config(key, body, check_role=True)

    def _put_config(self, key: ConfigKey, body: Mapping[str, Any], *, check_role: bool) -> JsonObject:
        self._require_function(key)
        if self._switches.alias_must_exist:
            self.require_qualifier(key)
        changes = self._wire.parse_changes(key, body)
        before = self._stored(key)
        base = StoredConfig() if before is None or self._switches.put_merge == "replace" else before
        if check_role:
            self._check_role(key, StoredConfig(**changes), dataclasses.replace(base, **changes))
        now = self._clock()
        after = dataclasses.replace(base, **self._apply_altered_field(changes))
        unchanged = after.has_same_settings(before) and not self._switches.modified_on_noop
        after = dataclasses.replace(
            after,
            created=now if before is None else before.created,
            modified=before.modified if before is not None and unchanged else now,
        )
        self._configs.setdefault((key.service, key.function), {})[key.stored_qualifier] = after
        self._record_stale_reads(key, before)
        if self._switches.put_answer == "stored":
            return self._wire.render(key, after)
        sent = StoredConfig(**changes, created=after.created, modified=after.modified)
        return self._wire.render(key, sent)

    def get_config(self, key: ConfigKey) -> JsonObject:
        """Return a configuration as JSON.

        Raise 404 if the configuration, or its alias, version, function or service, does not exist.
        """
        with self._lock:
            try:
                self._require_function(key)
            except FcError:
                if self._switches.missing_function_read == "FunctionNotFound":
                    raise
                raise _config_not_found(key) from None
            config = self._read_config(key.stored)
            if config is None and self._switches.missing_alias_read == "AliasNotFound":
                self.require_qualifier(key)
            if config is None:
                raise _config_not_found(key)
            return self._wire.render(key, config)

    def delete_config(self, key: ConfigKey) -> bool:
        """Execute a DELETE and return whether the configuration existed.

        If it did not exist, the delete_missing switch controls whether the method raises 404.
        """
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
            self._record_stale_reads(key, before)
            return True

    def list_configs(
        self,
        service: str | None = None,
        function: str | None = None,
        *,
        limit: int = DEFAULT_PAGE,
        token: str = "",
    ) -> JsonObject:
        """Return a page of configurations for a function or, if ``function`` is None, for the account (FC 3.0 only).

        The format is ``{"configs": [...], "nextToken": the qualifier of the next item or ""}``. In account-wide
        lists, the token has the form ``function/qualifier``.
        """
        with self._lock:
            if function is not None:
                self._require_function(ConfigKey(service, function))
                targets: Iterable[_Target] = [(service, function)]
            else:
                targets = [target for target in self._configs if target[0] is None]
            keys = {_list_key(key, function): key for key in self._visible_keys(targets)}
            page, next_name = _split_page(sorted(name for name in keys if name >= token), limit)
            configs = [(keys[name], self._read_config(keys[name])) for name in page]
            listed = [self._wire.render(key, config) for key, config in configs if config is not None]
            return {**self._config_list(listed), **self._next_token(next_name)}

    def _visible_keys(self, targets: Iterable[_Target]) -> set[ConfigKey]:
        """Return the keys of the visible configurations. Count a stale read for each hidden configuration."""
        target_set = set(targets)
        keys = {key for key in self._stale if (key.service, key.function) in target_set}
        for service, function in target_set:
            keys.update(ConfigKey(service, function, name) for name in self._configs.get((service, function), {}))
        visible = {key for key in keys if self._visible_config(key) is not None}
        for key in keys - visible:
            self._consume_stale_read(key)
        return visible

    def _config_list(self, configs: list[JsonObject]) -> JsonObject:
        if configs or self._switches.empty_list == "empty":
            return {"configs": configs}
        return {"configs": None} if self._switches.empty_list == "null" else {}

    def _next_token(self, token: str) -> JsonObject:
        return {"nextToken": token} if token or self._switches.last_token == "empty" else {}

    def _stored(self, key: ConfigKey) -> StoredConfig | None:
        return self._configs.get((key.service, key.function), {}).get(key.stored_qualifier)

    def _visible_config(self, key: ConfigKey) -> StoredConfig | None:
        """Return the configuration that is visible to readers."""
        return self._stale[key][0] if key in self._stale else self._stored(key)

    def _read_config(self, key: ConfigKey) -> StoredConfig | None:
        """Return the configuration that is visible to readers and count the read."""
        seen = self._visible_config(key)
        self._consume_stale_read(key)
        return seen

    def _consume_stale_read(self, key: ConfigKey) -> None:
        if key not in self._stale:
            return
        before, remaining = self._stale[key]
        if remaining > 1:
            self._stale[key] = (before, remaining - 1)
        else:
            del self._stale[key]

    def _record_stale_reads(self, key: ConfigKey, before: StoredConfig | None) -> None:
        if self._switches.stale_reads:
            self._stale[key.stored] = (before, self._switches.stale_reads)
        else:
            self._stale.pop(key.stored, None)

    def _require_function(self, key: ConfigKey) -> None:
        if not self._has_function(key):
            self.get(generation_of(key.service).function, function_parents(key.service), key.function)

    def _has_function(self, key: ConfigKey) -> bool:
        collection = (generation_of(key.service).function, function_parents(key.service))
        return key.function in self._resources.get(collection, {})

    def require_qualifier(self, key: ConfigKey) -> None:
        """Raise AliasNotFound or VersionNotFound if the qualifier does not exist."""
        qualifier = key.stored_qualifier
        if qualifier == LATEST:
            return
        generation = generation_of(key.service)
        kind = generation.version if qualifier.isdigit() else generation.alias
        self.get(kind, version_parents(key.service, key.function), qualifier)

    # -- permissions ---------------------------------------------------------------------------------------------------

    def authorize(self, action: str, resource: str) -> None:
        """Raise 403 AccessDenied if the caller must not perform an action on a resource."""
        with self._lock:
            ram = self._ram
            self._ram = dataclasses.replace(ram, caller=ram.caller.checked())
        if not ram.caller_allows(action, resource):
            message = f"the caller is not authorized to perform '{action}' on resource '{resource}'"
            raise FcError(403, "AccessDenied", message)

    def _check_role(self, key: ConfigKey, requested: StoredConfig, config: StoredConfig) -> None:
        """Raise 403 AccessDenied if the role of a function must not send to its destinations."""
        mode = self._switches.destination_permissions
        checked = requested if mode == "request" else config
        destinations = [arn for arn in (checked.on_success, checked.on_failure) if arn is not None]
        if mode == "never" or not destinations:
            return
        ram = self._ram
        self._ram = dataclasses.replace(ram, roles=ram.roles.checked())
        permissions = [self._wire.destination_permission(destination) for destination in destinations]
        role = self._role(key)
        if not all(permission is None or ram.role_allows(role, *permission) for permission in permissions):
            # The service's message is not known. It does not name the action (see the README).
            raise FcError(403, "AccessDenied", "access denied")

    def _role(self, key: ConfigKey) -> str:
        owner = (FUNCTION3, (), key.function) if key.service is None else (SERVICE, (), key.service)
        return self.get(*owner).get("role") or ""

    def _apply_altered_field(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        altered = dict(changes)
        field = self._switches.altered_field
        names = ("on_success", "on_failure") if field == "destinations" else (field,)
        for name in names:
            if altered.get(name) is not None:
                altered[name] = _alter(name, altered[name])
        return altered

    # -- state ---------------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Return a copy of the complete state for use with restore()."""
        with self._lock:
            return Snapshot(
                {collection: dict(resources) for collection, resources in self._resources.items()},
                {target: dict(configs) for target, configs in self._configs.items()},
                dict(self._stale),
                dict(self._next_version),
                self._ram,
            )

    def restore(self, snapshot: Snapshot) -> None:
        """Restore the state from a snapshot. The switches are kept."""
        with self._lock:
            self._resources = {collection: dict(resources) for collection, resources in snapshot.resources.items()}
            self._configs = {target: dict(configs) for target, configs in snapshot.configs.items()}
            self._stale = dict(snapshot.stale)
            self._next_version = dict(snapshot.next_version)
            self._ram = snapshot.ram

    def load(self, state: Mapping[str, Any]) -> None:
        """Add the content of a state document (see dump()). If it is invalid, raise FcError and add nothing."""
        check_state(state)
        with self._lock:
            before = self.snapshot()
            try:
                self._load(state)
            except FcError:
                self.restore(before)
                raise

    def _load(self, state: Mapping[str, Any]) -> None:
        for service, content in (state.get("services") or {}).items():
            self._create_if_missing(SERVICE, (), service)
            self._load_service(service, content or {})
        for function, content in (state.get("functions") or {}).items():
            self._create_if_missing(FUNCTION3, (), function)
            self._load_versions(FC3, (function,), content or {})
            self._load_role(FUNCTION3, function, content or {})
            self._load_triggers(f"functions.{function}.triggers", (function,), (content or {}).get("triggers"))
        for number, config in enumerate(state.get("configs") or []):
            body = dict(config)
            key = ConfigKey(body.pop("service", None), body.pop("function"), body.pop("qualifier", None) or "")
            with _located(f"configs[{number}]"):
                self._put_config(key, body, check_role=False)
        if "ram" in state:
            self._ram = self._ram.loaded(state["ram"], self._switches.ram_delay)

    def _load_service(self, service: str, content: Mapping[str, Any]) -> None:
        for function in content.get("functions") or []:
            self._create_if_missing(FUNCTION2, (service,), function)
        self._load_versions(FC2, (service,), content)
        self._load_role(SERVICE, service, content)
        for function, triggers in (content.get("triggers") or {}).items():
            self._load_triggers(f"services.{service}.triggers.{function}", (service, function), triggers)

    def _load_role(self, kind: Kind, name: str, content: Mapping[str, Any]) -> None:
        if "role" in content:
            self.update(kind, (), name, {"role": content["role"] or ""})

    def _load_triggers(self, where: str, parents: Parents, triggers: Mapping[str, str] | None) -> None:
        for name, trigger_type in (triggers or {}).items():
            attributes = {"triggerType": trigger_type, "triggerConfig": {}, "qualifier": LATEST}
            with _located(where):
                self._create_if_missing(TRIGGER, parents, name, attributes)

    def _load_versions(self, generation: Generation, parents: Parents, content: Mapping[str, Any]) -> None:
        for version in content.get("versions") or []:
            self._create_if_missing(generation.version, parents, str(int(version)))
            collection = (generation.version, parents)
            self._next_version[collection] = max(self._next_version.get(collection, 1), int(version) + 1)
        for alias, version in (content.get("aliases") or {}).items():
            self._create_if_missing(generation.alias, parents, alias, {"versionId": str(version)})
            if version != LATEST:
                section = "services" if generation is FC2 else "functions"
                with _located(f"{section}.{parents[0]}.aliases.{alias}"):
                    self.get(generation.version, parents, str(version))

    def _create_if_missing(self, kind: Kind, parents: Parents, name: str, attributes: JsonObject | None = None) -> None:
        if name not in self._resources.get((kind, parents), {}):
            self.create(kind, parents, name, attributes)

    def dump(self) -> JsonObject:
        """Return the state, without times and IDs, as a document for load()."""
        with self._lock:
            services = {
                name: {
                    "functions": sorted(self._resources.get((FUNCTION2, (name,)), {})),
                    **self._dump_versions(FC2, (name,)),
                    **_dump_role(service),
                    **self._dump_triggers2(name),
                }
                for name, service in self._resources.get((SERVICE, ()), {}).items()
            }
            functions = {
                name: {
                    **self._dump_versions(FC3, (name,)),
                    **_dump_role(function),
                    **_without_empty("triggers", self._dump_triggers((name,))),
                }
                for name, function in self._resources.get((FUNCTION3, ()), {}).items()
            }
            configs = [_dump_config(key, config) for key, config in self.configs.items()]
            ram = _without_empty("ram", self._ram.dump())
            return {"services": services, "functions": functions, "configs": configs, **ram}

    def _dump_triggers2(self, service: str) -> JsonObject:
        names = sorted(self._resources.get((FUNCTION2, (service,)), {}))
        triggers = {name: self._dump_triggers((service, name)) for name in names}
        return _without_empty("triggers", {name: content for name, content in triggers.items() if content})

    def _dump_triggers(self, parents: Parents) -> JsonObject:
        triggers = self._resources.get((TRIGGER, parents), {})
        return {name: trigger["triggerType"] for name, trigger in triggers.items()}

    def _dump_versions(self, generation: Generation, parents: Parents) -> JsonObject:
        aliases = self._resources.get((generation.alias, parents), {})
        return {
            "versions": sorted(self._resources.get((generation.version, parents), {}), key=_version_sort_key),
            "aliases": {name: alias["versionId"] for name, alias in aliases.items()},
        }


@contextlib.contextmanager
def _located(where: str) -> Iterator[None]:
    """Raise errors of the service as errors in a part of the state document."""
    try:
        yield
    except FcError as error:
        raise located(where, error) from error


def _depends_on(key: ConfigKey, kind: Kind, parents: Parents, name: str) -> bool:
    """Return whether a configuration belongs to this function, version or alias."""
    generation = generation_of(key.service)
    if kind is generation.function:
        return parents == function_parents(key.service) and name == key.function
    is_qualifier = kind in (generation.version, generation.alias)
    return is_qualifier and parents == version_parents(key.service, key.function) and name == key.qualifier


def _is_owned_kind(kind: Kind, child: Kind) -> bool:
    if kind is SERVICE:
        return child in (FUNCTION2, VERSION2, ALIAS2)
    if kind is FUNCTION2:
        return child is TRIGGER
    return kind is FUNCTION3 and child in (VERSION3, ALIAS3, TRIGGER)


def _name_sort_key(name: str) -> tuple[int, str]:
    return 0, name


def _version_sort_key(name: str) -> tuple[int, str]:
    return (int(name), "") if name.isdigit() else (0, name)


def _is_before(order: tuple[int, str], first: tuple[int, str], backward: bool) -> bool:
    return order > first if backward else order < first


def _split_page(names: list[str], limit: int) -> tuple[list[str], str]:
    """Return the first ``limit`` names and the token for the next page: the next name or an empty string."""
    if not 1 <= limit <= MAX_PAGE:
        raise invalid_argument(f"limit must be between 1 and {MAX_PAGE}, not {limit}")
    return names[:limit], names[limit] if len(names) > limit else ""


def _list_key(key: ConfigKey, function: str | None) -> str:
    return key.qualifier if function is not None else f"{key.function}/{key.qualifier}"


def _config_not_found(key: ConfigKey) -> FcError:
    # The error table does not explain the two placeholders in the message.
    names = (key.function, key.stored_qualifier) if key.service is None else (key.service, key.function)
    return FcError(404, "AsyncConfigNotExists", f"AsyncConfig for {':'.join(names)} does not exist.")


def _alter(name: str, value: Any) -> Any:
    if name == "stateful":
        return not value
    if name == "retry_attempts":
        return (value + 1) % (MAX_RETRY_ATTEMPTS + 1)
    return f"{value}-altered" if isinstance(value, str) else value + 1


def _dump_role(resource: JsonObject) -> JsonObject:
    return _without_empty("role", resource.get("role"))


def _without_empty(name: str, value: Any) -> JsonObject:
    return {name: value} if value else {}


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
