# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate options and convert them to a ``Desired`` configuration. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, List, Mapping, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import destinations_of
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Value, get_path
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import (
    LATEST,
    Identity,
    check_length,
    check_location,
    check_name,
    check_unmasked,
    parse_identity,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown


@dataclass(frozen=True)
class Desired:
    """The desired state of a configuration. ``given`` contains only the fields that the task specifies."""

    generation: Generation
    identity: Identity
    given: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    keep_omitted: bool = False
    present: bool = True

    def value_of(self, field: Field) -> Value | None:
        """Return the desired value of a field. It does not apply if the current value is kept."""
        return self.given.get(field.option, field.module_default)


Errors = List[InvalidOption]
Checked = TypeVar("Checked")


def validate(
    generation: Generation,
    options: Mapping[str, Any],
    region: str | None = None,
    account_id: str | None = None,
) -> tuple[Desired | None, Errors]:
    """Validate the module options and return the desired state (None if they are invalid) and all validation errors.

    A configuration returned by a module is valid input. Null values are treated as omitted, and timestamps are ignored.

    Args:
        options: the options, converted to the types of the argument spec.
        region: the region of the connection, or None if it is unknown. The region in an ARN must match it.
        account_id: the account ID of the connection, or None if it is unknown.
    """
    errors: Errors = []
    identity = _checked(errors, partial(_located_identity, generation, options, region, account_id))
    present = options.get("state") != "absent"
    given, wrong = parse_settings(generation, options) if present else ({}, [])
    errors += wrong
    if identity is None or errors:
        return None, errors
    return Desired(generation, identity, given, options.get("omitted_options") == "keep", present), []


def parse_desired(generation: Generation, options: Mapping[str, Any], *location: str | None) -> Desired:
    """Validate options as ``validate`` does, but raise the first ``InvalidOption``."""
    desired, errors = validate(generation, options, *location)
    if desired is None:
        raise errors[0]
    return desired


def check_defaults(generation: Generation, options: Mapping[str, Any]) -> Errors:
    """Return all validation errors in ``defaults``, which contains default options for multiple configurations."""
    errors: Errors = []
    for name in generation.identity_options:
        if name in options:
            _checked(errors, partial(check_name, generation, name, options[name]))
    return parse_settings(generation, options)[1] + errors


def parse_settings(generation: Generation, options: Mapping[str, Any]) -> tuple[dict[str, Value], Errors]:
    """Return the values of the fields that are set in the options, and all validation errors."""
    errors: Errors = []
    found = {
        field.option: _checked(errors, partial(_checked_value, field, get_path(options, field.path)))
        for field in generation.fields
    }
    return {option: value for option, value in found.items() if value is not None}, errors


def _checked(errors: Errors, check: Callable[[], Checked]) -> Checked | None:
    """Return the result of a check. If it raises ``InvalidOption``, add the exception to ``errors`` and return None."""
    try:
        return check()
    except InvalidOption as error:
        errors.append(error)
        return None


def _located_identity(generation: Generation, options: Mapping[str, Any], *location: str | None) -> Identity:
    identity = parse_identity(generation, options)
    check_location("id", identity, *location)
    return identity


def _checked_value(field: Field, value: Any) -> Value | None:
    if value is None:
        return None
    if field.type == "int":
        return checked_number(field.option, value, field.bounds)
    if field.type == "arn":
        return _checked_arn(field.option, value)
    if not isinstance(value, bool):
        raise InvalidOption(field.option, f"must be a boolean, not {shown(value)}.")
    return value


def checked_number(option: str, value: Any, bounds: tuple[int, int] | None) -> int:
    """Return an integer within the bounds. Raises ``InvalidOption``."""
    # Ansible accepts true as an integer because bool is a subclass of int in Python.
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidOption(option, f"must be an integer, not {shown(value)}.")
    if bounds and not bounds[0] <= value <= bounds[1]:
        raise InvalidOption(option, f"must be between {bounds[0]} and {bounds[1]}, not {shown(value)}.")
    return value


def _checked_arn(option: str, value: Any) -> str:
    text = value if isinstance(value, str) else ""
    check_unmasked(option, text)
    check_length(option, text)
    # \S also matches invisible characters, which no ARN contains.
    if ARN.fullmatch(text) is None or not text.isprintable():
        raise InvalidOption(option, f"must be an ARN like acs:SERVICE:REGION:ACCOUNT:RESOURCE, not {shown(value)}.")
    return text


def input_warnings(desired: Desired, region: str | None = None, account_id: str | None = None) -> list[str]:
    """Return warnings about input that is valid but suspicious.

    Args:
        region: the region of the connection, or None if it is unknown.
        account_id: the account ID of the connection, or None if it is unknown.
    """
    found = qualifier_warnings(desired.identity)
    arns = destinations_of(desired.generation, desired.given)
    if not arns:
        return found
    from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import (
        Place,
        arn_problems,
    )

    place = Place(desired.generation, region, account_id)
    problems = [one for option, arn in arns.items() for one in arn_problems(place, desired.identity, option, arn)]
    return found + [problem.message for problem in problems]


def qualifier_warnings(identity: Identity) -> list[str]:
    """Return warnings about a qualifier that is valid but suspicious."""
    qualifier = identity.qualifier or LATEST
    if qualifier != LATEST and qualifier.upper() == LATEST:
        return [f"qualifier: {qualifier!r} is the name of an alias. The unpublished version is {LATEST}."]
    if qualifier in ("True", "False"):
        hint = "If it was written as a boolean in YAML, such as on or yes, put quotes around it."
        return [f"qualifier: {qualifier!r} is the name of an alias. {hint}"]
    return []
