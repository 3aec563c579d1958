# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Audit rules: requirements for all configurations in a scope, whether or not their desired state is known. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Value, get_path
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shortened, shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import Row, new_row
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_values import (
    boolean,
    choices_in,
    number,
    patterns,
    text,
)
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import NO_SERVICES, InvalidVariables
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import IN_SYNC, NONCOMPLIANT

#: Maps the keys that limit the scope of a rule to identity options.
SCOPE = {"services": "service_name", "functions": "function_name", "qualifiers": "qualifier"}
#: Maps the keys of numeric checks to the name of a field and to whether the number is a maximum.
_LIMITS = {
    "max_retries": ("maximum_retry_attempts", True),
    "min_retries": ("maximum_retry_attempts", False),
    "max_event_age": ("maximum_event_age_in_seconds", True),
    "min_event_age": ("maximum_event_age_in_seconds", False),
}
CHECKS = ("require", "forbid", *_LIMITS, "destinations", "asynchronous_tasks")
#: Module options that are easily mistaken for keys of a rule.
_SYNONYMS = {
    "maximum_retry_attempts": "max_retries",
    "maximum_event_age_in_seconds": "max_event_age",
    "stateful_invocation": "asynchronous_tasks",
    "async_task": "asynchronous_tasks",
    **{option: key for key, option in SCOPE.items()},
}
_LONGEST_NAME = 200


@dataclass(frozen=True)
class Check:
    """A requirement for a field."""

    field: Field
    #: The requirement, as shown in reports.
    desired: str | bool
    complies: Callable[[Any], bool]

    def current(self, config: Mapping[str, Any]) -> Value | None:
        """Return the effective value in a returned configuration."""
        value: Value | None = get_path(config, self.field.path)
        return self.field.service_default if value is None else value


@dataclass(frozen=True)
class Rule:
    """An audit rule."""

    name: str
    #: Maps identity options to patterns. Options that are not included match any value.
    scope: Mapping[str, Sequence[str]]
    checks: Sequence[Check]

    def applies_to(self, config: Mapping[str, Any]) -> bool:
        """Return whether a returned configuration is in the scope of the rule."""
        return all(_matches(config.get(option) or "", accepted) for option, accepted in self.scope.items())


def violations(
    rules: Sequence[Rule],
    configs: Iterable[Mapping[str, Any]],
    generation: Generation,
    region: str | None,
    reported: Container[str] = (),
) -> list[Row]:
    """Return a row for each violated check and configuration, and a row for each configuration without violations.

    Args:
        configs: the configurations, as returned by the info modules.
        reported: the IDs of configurations that have a row for another reason. Without violations, they get no row.
    """
    rows: list[Row] = []
    for config in configs:
        found = [
            new_row(generation, region, config["id"], NONCOMPLIANT, rule=rule.name, differences=[difference])
            for rule in rules
            if rule.applies_to(config)
            for difference in _differences(rule, config)
        ]
        if not found and config["id"] not in reported:
            found = [new_row(generation, region, config["id"], IN_SYNC)]
        rows += found
    return rows


def _differences(rule: Rule, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [
        {"option": check.field.option, "desired": check.desired, "current": check.current(config)}
        for check in rule.checks
        if not check.complies(check.current(config))
    ]


def _matches(value: str, accepted: Sequence[str]) -> bool:
    return any(fnmatchcase(value, pattern) for pattern in accepted)


# --- Parsing ----------------------------------------------------------------------------------------------------


def parse_rules(generation: Generation, value: Any) -> list[Rule]:
    """Return the rules in the ``rules`` variable. Raises ``InvalidVariables``, which lists all validation errors."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise InvalidVariables(f"rules: must be a list of dictionaries, not {shown(value)}.")
    parsers = [_Parser(generation, f"rules[{position}]", rule) for position, rule in enumerate(value)]
    rules = [parser.rule() for parser in parsers]
    problems = [problem for parser in parsers for problem in parser.problems]
    # The comparison with the previous report identifies a rule by its name.
    first: dict[str, int] = {}
    for position, rule in enumerate(rules):
        if rule.checks and first.setdefault(rule.name, position) != position:
            problems.append(f"rules[{position}]: must have another name than rules[{first[rule.name]}]; set name.")
    if problems:
        raise InvalidVariables(" ".join(problems))
    return rules


class _Parser:
    """Parses one rule and collects the validation errors."""

    def __init__(self, generation: Generation, path: str, value: Any) -> None:
        self.problems: list[str] = []
        self._generation = generation
        self._path = path
        self._destinations = {field.groups[-1].name: field for field in generation.fields if field.type == "arn"}
        self._value: Mapping[Any, Any] = {}
        if isinstance(value, Mapping):
            self._value = value
        else:
            self.problems.append(f"{path}: must be a dictionary, not {shown(value)}.")

    def rule(self) -> Rule:
        """Return the rule. It is incomplete if there are problems."""
        values = {key: value for key in self._value if (value := self._parsed(key)) is not None}
        checks = [check for key in CHECKS if key in values for check in self._checks(key, values[key])]
        if not self.problems and not checks:
            self.problems.append(f"{self._path}: must contain at least one check, such as require or max_retries.")
        self._check_consistency(values)
        scope = {SCOPE[key]: values[key] for key in SCOPE if key in values}
        return Rule(values.get("name") or _generated_name(values), scope, checks)

    def _parsed(self, key: Any) -> Any:
        value = self._value[key]
        try:
            if key in SCOPE:
                return self._scope(key, value)
            if key not in ("name", *CHECKS):
                raise InvalidOption(_shown_key(key), f"is not supported; use {self._hint(key)}.")
            return None if value is None else self._parsed_check(key, value)
        except InvalidOption as error:
            self.problems.append(f"{self._path}.{error}")
            return None

    def _scope(self, key: str, value: Any) -> list[str]:
        if SCOPE[key] not in self._generation.identity_options:
            raise InvalidOption(key, NO_SERVICES)
        if value is None:
            # If the scope were ignored, the rule would apply to all configurations.
            raise InvalidOption(key, "must not be null.")
        return patterns(key, value)

    def _parsed_check(self, key: str, value: Any) -> Any:
        if key in _LIMITS:
            return number(key, value, self._field(_LIMITS[key][0]).bounds)
        if key in ("require", "forbid"):
            return choices_in(key, value, list(self._destinations))
        if key == "destinations":
            return patterns(key, value)
        return boolean(key, value) if key == "asynchronous_tasks" else text(key, value, _LONGEST_NAME)

    def _hint(self, key: Any) -> str:
        known = ["name", *(one for one in SCOPE if SCOPE[one] in self._generation.identity_options), *CHECKS]
        similar = difflib.get_close_matches(str(key).lower().replace("-", "_"), known, n=1)
        meant = [one for one in (_SYNONYMS.get(str(key)), *similar) if one in known]
        return meant[0] if meant else ", ".join(known)

    def _field(self, name: str) -> Field:
        return next(field for field in self._generation.fields if field.name == name)

    def _checks(self, key: str, value: Any) -> list[Check]:
        if key in _LIMITS:
            return [_limit(self._field(_LIMITS[key][0]), value, _LIMITS[key][1])]
        if key == "require":
            return [Check(self._destinations[one], "required", lambda current: current is not None) for one in value]
        if key == "forbid":
            return [Check(self._destinations[one], "not set", lambda current: current is None) for one in value]
        if key == "destinations":
            return [_one_of(field, value) for field in self._destinations.values()]
        task = next(field for field in self._generation.fields if field.type == "bool")
        return [Check(task, value, lambda current: current == value)]

    def _check_consistency(self, values: Mapping[str, Any]) -> None:
        """Report checks that no configuration can comply with."""
        for lower, upper in (("min_retries", "max_retries"), ("min_event_age", "max_event_age")):
            if lower in values and upper in values and values[lower] > values[upper]:
                self.problems.append(f"{self._path}.{lower}: must not be greater than {upper}.")
        for one in values.get("forbid", ()):
            if one in values.get("require", ()):
                self.problems.append(f"{self._path}.forbid: must not contain {one}, which is required.")


def _limit(field: Field, value: int, maximum: bool) -> Check:
    if maximum:
        return Check(field, f"at most {value}", lambda current: current <= value)
    return Check(field, f"at least {value}", lambda current: current >= value)


def _one_of(field: Field, accepted: Sequence[str]) -> Check:
    return Check(field, f"one of: {', '.join(accepted)}", lambda one: one is None or _matches(one, accepted))


def _generated_name(values: Mapping[str, Any]) -> str:
    """Return a name such as ``max_retries: 3 (functions: resize-*)``."""
    parts = {key: ", ".join(value) if isinstance(value, list) else shown(value) for key, value in values.items()}
    checks = ", ".join(f"{key}: {parts[key]}" for key in CHECKS if key in parts)
    scope = ", ".join(f"{key}: {parts[key]}" for key in SCOPE if key in parts)
    name = f"{checks} ({scope})" if scope else checks
    return shortened(name, len(name), _LONGEST_NAME)


def _shown_key(key: Any) -> str:
    return shortened(key, len(key)) if isinstance(key, str) and key.isprintable() else shown(key)
