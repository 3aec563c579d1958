# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Parse the entries, groups and defaults for the bulk modules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import (
    Desired,
    check_defaults,
    validate,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import settings_spec
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.ansible_core import first_errors
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import identity_argument_spec, state_spec
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import checked_options, parse_dictionary
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable

#: The options that contain entries, in the order in which their results are returned.
SOURCES = ("configs", "groups")


def defaults_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for the default values."""
    return {
        **{name: {"type": "str"} for name in generation.identity_options if name != "function_name"},
        **settings_spec(generation.fields),
        **state_spec(defaults=False),
    }


def entry_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for an entry: the options for a configuration and the returned keys that are ignored."""
    ignored = {name: {"type": "str"} for name in ("created_time", "last_modified_time", *generation.returned_only)}
    return {
        **identity_argument_spec(generation, None),
        **settings_spec(generation.fields),
        **state_spec(defaults=False),
        **ignored,
    }


def parse_entries(
    generation: Generation, params: Mapping[str, Any], location: tuple[str | None, str | None]
) -> dict[str, Desired]:
    """Return the desired configurations in result order, keyed by place, such as ``groups[1].configs[3]``.

    Raises a single ``InvalidOption`` that contains all validation errors.

    Args:
        params: the ``configs``, ``groups`` and ``defaults`` options.
        location: the region and account ID of the connection. Each is None if unknown.
    """
    parser = _Parser(generation, location)
    defaults = parser.checked_defaults("defaults", params["defaults"])
    parser.add_configs("configs", params["configs"] or [], defaults)
    for position, group in enumerate(params["groups"] or []):
        parser.add_group(f"groups[{position}]", group, defaults)
    if parser.errors:
        wrong = [option for option in SOURCES if option in parser.wrong_options]
        options = wrong or [option for option in SOURCES if params[option] is not None]
        number = "1 error" if len(parser.errors) == 1 else f"{len(parser.errors)} errors"
        raise InvalidOption(" and ".join(options), f"{number}, nothing was changed: {first_errors(parser.errors)}")
    return parser.desired


class _Checker:
    """Validates dictionaries against an argument spec."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self._spec = spec
        self._validator = ArgumentSpecValidator(spec)

    def __call__(self, place: str, options: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
        """Return the options, converted to the types in the spec, and one sentence for each validation error."""
        parsed, wrong_types = checked_options(self._spec, options, place)
        if wrong_types:
            return {}, [str(error) for error in wrong_types]
        checked = self._validator.validate(parsed)
        return checked.validated_parameters, [f"{place}: {_reworded(text)}" for text in checked.error_messages]


def _reworded(message: str) -> str:
    """Return a message from Ansible's validator as a sentence. The message about unsupported options has no verb."""
    # Dictionaries specified as text have not yet been checked for control characters.
    unsupported, supported, rest = printable(message).rstrip(".").partition(". Supported parameters include: ")
    return f"unsupported option {unsupported}. Supported options: {rest}." if supported else f"{unsupported}."


@dataclass(frozen=True)
class _Defaults:
    """The default values for entries."""

    values: Mapping[str, Any]
    #: The names of invalid defaults. Their errors are not repeated for each entry that inherits them.
    invalid: frozenset[str] = frozenset()

    def without(self, names: Iterable[str]) -> _Defaults:
        """Return the defaults without the given options."""
        left_out = frozenset(names)
        values = {name: value for name, value in self.values.items() if name not in left_out}
        return _Defaults(values, self.invalid - left_out)

    def overridden_by(self, other: _Defaults) -> _Defaults:
        """Return these defaults, overridden by a group's defaults."""
        return _Defaults({**self.values, **other.values}, self.invalid.difference(other.values) | other.invalid)


class _Parser:
    """Collects the desired configurations and all validation errors in input order."""

    def __init__(self, generation: Generation, location: tuple[str | None, str | None]) -> None:
        self.desired: dict[str, Desired] = {}
        self.errors: list[str] = []
        #: The task options that contain errors.
        self.wrong_options: set[str] = set()
        self._generation = generation
        self._location = location
        self._places: dict[str, str] = {}
        self._check_entry = _Checker(entry_spec(generation))
        self._check_defaults = _Checker(defaults_spec(generation))
        self._check_group = _Checker({"configs": {"type": "raw", "required": True}, "defaults": {"type": "raw"}})

    def checked_defaults(self, place: str, options: Mapping[str, Any]) -> _Defaults:
        """Validate default values whose types have already been checked. Null values are treated as omitted."""
        values = {name: value for name, value in options.items() if value is not None}
        errors = check_defaults(self._generation, values)
        self._report([f"{place}.{error}" for error in errors], place)
        invalid = frozenset(_name(error) for error in errors)
        return _Defaults({name: value for name, value in values.items() if name not in invalid}, invalid)

    def add_group(self, place: str, group: Mapping[str, Any], defaults: _Defaults) -> None:
        """Parse a group and its entries."""
        self._report(self._check_group(place, group)[1], place)
        own = self._group_defaults(f"{place}.defaults", parse_dictionary(group.get("defaults", {})))
        wrong_types = checked_options({"configs": {"type": "list", "elements": "dict"}}, group, place)[1]
        self._report(map(str, wrong_types), place)
        configs = group.get("configs")
        self.add_configs(f"{place}.configs", configs if isinstance(configs, list) else [], defaults.overridden_by(own))

    def _group_defaults(self, place: str, options: Any) -> _Defaults:
        if not isinstance(options, dict):
            self._report([f"{place}: must be a dictionary."], place)
            return _Defaults({}, frozenset(defaults_spec(self._generation)))
        checked, errors = self._check_defaults(place, options)
        if errors:
            self._report(errors, place)
            return _Defaults({}, frozenset(map(str, options)))
        return self.checked_defaults(place, checked)

    def add_configs(self, place: str, entries: Iterable[Any], defaults: _Defaults) -> None:
        """Parse a list of entries. Entries that are not dictionaries have already been reported."""
        for position, options in enumerate(entries):
            if isinstance(options, dict):
                self._add_entry(f"{place}[{position}]", options, defaults)

    def _add_entry(self, place: str, options: Mapping[str, Any], defaults: _Defaults) -> None:
        checked, errors = self._check_entry(place, options)
        errors += self._misplaced(place, options)
        if errors:
            self._report(errors, place)
            return
        # Empty values are treated as omitted. An entry with an ID inherits no identity options.
        given = {name: value for name, value in checked.items() if value not in (None, "")}
        identity_options = self._generation.identity_options
        inherited = defaults.without((*given, *(identity_options if "id" in given else ())))
        desired, wrong = validate(self._generation, {**inherited.values, **given}, *self._location)
        self._report([f"{place}.{error}" for error in wrong if _name(error) not in inherited.invalid], place)
        if desired is None or inherited.invalid.intersection(identity_options):
            return
        first = self._places.setdefault(desired.identity.id, place)
        if first != place:
            self._report([f"{first} and {place} both identify {desired.identity.id}."], first, place)
        self.desired[place] = desired

    def _misplaced(self, place: str, options: Mapping[str, Any]) -> list[str]:
        """Return an error for each key that is only returned but appears to be used as an option.

        Returned configurations always contain the dictionary too.
        """
        return [
            f"{place}.{name}: is a return value; use {field.option}."
            for name, field in self._generation.flat_fields.items()
            if options.get(name) not in (None, "") and field.path[0] not in options
        ]

    def _report(self, errors: Iterable[str], *places: str) -> None:
        found = list(errors)
        self.errors += found
        if found:
            self.wrong_options.update(place.partition("[")[0] for place in places)


def _name(error: InvalidOption) -> str:
    """Return the name of the top-level option that caused an error."""
    return error.option.partition(".")[0]
