# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account can hold: things by name, and configs by key. No behaviour but their own words."""

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
    """Which config: ``service`` is None for FC 3.0; an empty ``qualifier`` is one that was not given (LATEST)."""

    service: str | None
    function: str
    qualifier: str = ""

    @property
    def stored_qualifier(self) -> str:
        """The qualifier under which the service keeps the config."""
        return self.qualifier or LATEST

    @property
    def stored(self) -> ConfigKey:
        """The key under which the service keeps the config."""
        return self if self.qualifier else dataclasses.replace(self, qualifier=LATEST)


@dataclasses.dataclass(frozen=True)
class StoredConfig:
    """One async invoke config as the service keeps it; None is unset. Times are epoch seconds."""

    on_success: str | None = None
    on_failure: str | None = None
    event_age: int | None = None
    retry_attempts: int | None = None
    stateful: bool | None = None
    created: float = 0.0
    modified: float = 0.0

    def same_settings(self, other: StoredConfig | None) -> bool:
        """Whether both hold the same settings, whatever their times."""
        return other is not None and dataclasses.replace(other, created=self.created, modified=self.modified) == self


@dataclasses.dataclass(frozen=True)
class Kind:
    """One kind of thing that an account holds by name: its names in JSON, and the words for it in errors.

    The texts are those of the error tables (help.aliyun.com, api-fc-open-2021-04-06-errorcodes and
    api-fc-2023-03-30-errorcodes): ``which`` before the verb, ``where`` behind it.
    """

    noun: str
    name_field: str
    list_field: str
    id_field: str
    which: str
    where: str = ""

    def not_found(self, parents: Parents, name: str) -> FcError:
        """404 for a thing that is not there."""
        return FcError(404, f"{self.noun}NotFound", self._text("does not exist", parents, name))

    def already_exists(self, parents: Parents, name: str) -> FcError:
        """409 for a thing that is there already."""
        return FcError(409, f"{self.noun}AlreadyExists", self._text("already exists", parents, name))

    def _text(self, verb: str, parents: Parents, name: str) -> str:
        return f"{self.which} {verb}{self.where}".format(name=name, parent=parents[-1] if parents else "")


SERVICE = Kind("Service", "serviceName", "services", "serviceId", "service '{name}'")
FUNCTION2 = Kind("Function", "functionName", "functions", "functionId", "function '{name}'", " in service '{parent}'")
VERSION2 = Kind("Version", "versionId", "versions", "", "version '{name}' of service '{parent}'")
ALIAS2 = Kind("Alias", "aliasName", "aliases", "", "alias {name} of service {parent}")
FUNCTION3 = dataclasses.replace(FUNCTION2, where=".")
VERSION3 = dataclasses.replace(VERSION2, which="version '{name}' of function '{parent}'")
ALIAS3 = dataclasses.replace(ALIAS2, which="alias {name} of function {parent}")


@dataclasses.dataclass(frozen=True)
class Generation:
    """What differs between FC 2.0 and FC 3.0: the kinds of things, and how a config names its mode."""

    function: Kind
    version: Kind
    alias: Kind
    stateful_field: str


FC2 = Generation(FUNCTION2, VERSION2, ALIAS2, "statefulInvocation")
FC3 = Generation(FUNCTION3, VERSION3, ALIAS3, "asyncTask")


def generation_of(service: str | None) -> Generation:
    """FC 2.0 where there is a service, FC 3.0 where there is none."""
    return FC3 if service is None else FC2


def function_parents(service: str | None) -> Parents:
    """What a function is in: its service, or nothing in FC 3.0."""
    return () if service is None else (service,)


def version_parents(service: str | None, function: str | None) -> Parents:
    """What versions and aliases are of: the service, or in FC 3.0 the function."""
    if service is not None:
        return (service,)
    if function is None:
        raise ValueError("FC 3.0 has versions and aliases of a function: name it")
    return (function,)


def timestamp(seconds: float) -> str:
    """Epoch seconds as the service writes them: ``2020-09-10T02:45:02Z``."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
