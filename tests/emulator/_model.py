# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data model: resources, configurations and the differences between FC 2.0 and FC 3.0."""

from __future__ import annotations

import dataclasses
import time
from typing import Any

from ._errors import FcError

JsonObject = dict[str, Any]
Parents = tuple[str, ...]
LATEST = "LATEST"
MAX_RETRY_ATTEMPTS = 8


@dataclasses.dataclass(frozen=True)
class ConfigKey:
    """The identity of a configuration. ``service`` is None for FC 3.0; an empty ``qualifier`` means LATEST."""

    service: str | None
    function: str
    qualifier: str = ""

    @property
    def stored_qualifier(self) -> str:
        """The qualifier under which the configuration is stored."""
        return self.qualifier or LATEST

    @property
    def stored(self) -> ConfigKey:
        """The key under which the configuration is stored."""
        return self if self.qualifier else dataclasses.replace(self, qualifier=LATEST)


@dataclasses.dataclass(frozen=True)
class StoredConfig:
    """A stored asynchronous invocation configuration. None means unset; times are epoch seconds."""

    on_success: str | None = None
    on_failure: str | None = None
    event_age: int | None = None
    retry_attempts: int | None = None
    stateful: bool | None = None
    created: float = 0.0
    modified: float = 0.0

    def has_same_settings(self, other: StoredConfig | None) -> bool:
        """Return whether both configurations have the same settings, regardless of their times."""
        return other is not None and dataclasses.replace(other, created=self.created, modified=self.modified) == self


@dataclasses.dataclass(frozen=True)
class Kind:
    """A resource type with its JSON fields and error messages.

    The messages come from the error tables (help.aliyun.com, api-fc-open-2021-04-06-errorcodes and
    api-fc-2023-03-30-errorcodes). They consist of ``subject``, a verb and ``suffix``.
    """

    noun: str
    name_field: str
    list_field: str
    id_field: str
    subject: str
    suffix: str = ""

    def not_found(self, parents: Parents, name: str) -> FcError:
        """Return a 404 error for a missing resource."""
        return FcError(404, f"{self.noun}NotFound", self._text("does not exist", parents, name))

    def already_exists(self, parents: Parents, name: str) -> FcError:
        """Return a 409 error for a resource that already exists."""
        return FcError(409, f"{self.noun}AlreadyExists", self._text("already exists", parents, name))

    def _text(self, verb: str, parents: Parents, name: str) -> str:
        return f"{self.subject} {verb}{self.suffix}".format(name=name, parent=parents[-1] if parents else "")


SERVICE = Kind("Service", "serviceName", "services", "serviceId", "service '{name}'")
FUNCTION2 = Kind("Function", "functionName", "functions", "functionId", "function '{name}'", " in service '{parent}'")
VERSION2 = Kind("Version", "versionId", "versions", "", "version '{name}' of service '{parent}'")
ALIAS2 = Kind("Alias", "aliasName", "aliases", "", "alias {name} of service {parent}")
FUNCTION3 = dataclasses.replace(FUNCTION2, suffix=".")
TRIGGER = Kind("Trigger", "triggerName", "triggers", "triggerId", "trigger '{name}' of function '{parent}'")
VERSION3 = dataclasses.replace(VERSION2, subject="version '{name}' of function '{parent}'")
ALIAS3 = dataclasses.replace(ALIAS2, subject="alias {name} of function {parent}")


@dataclasses.dataclass(frozen=True)
class Generation:
    """The differences between FC 2.0 and FC 3.0: the resource types and the field for asynchronous tasks."""

    function: Kind
    version: Kind
    alias: Kind
    stateful_field: str


FC2 = Generation(FUNCTION2, VERSION2, ALIAS2, "statefulInvocation")
FC3 = Generation(FUNCTION3, VERSION3, ALIAS3, "asyncTask")


def generation_of(service: str | None) -> Generation:
    """Return FC 2.0 if there is a service, otherwise FC 3.0."""
    return FC3 if service is None else FC2


def function_parents(service: str | None) -> Parents:
    """Return the parents of a function: its service, or none in FC 3.0."""
    return () if service is None else (service,)


def version_parents(service: str | None, function: str | None) -> Parents:
    """Return the parents of versions and aliases: the service or, in FC 3.0, the function."""
    if service is not None:
        return (service,)
    if function is None:
        raise ValueError("function: is required, because FC 3.0 versions and aliases belong to a function.")
    return (function,)


def timestamp(seconds: float) -> str:
    """Format epoch seconds as the service does: ``2020-09-10T02:45:02Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
