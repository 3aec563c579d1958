# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""What a task asks for: options to ``Desired``, and everything that is wrong with them. Pure."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, List, Mapping, TypeVar

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
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

#: Services that FC documents as destinations ("result callback" page of the FC manual). Others only warn, because
#: the list has grown before.
KNOWN_DESTINATION_SERVICES = ("fc", "mns", "eventbridge", "mq")


@dataclass(frozen=True)
class Desired:
    """What a task declares about one config. ``given`` holds only the fields that the task did not leave out."""

    generation: Generation
    identity: Identity
    given: Mapping[str, Value] = dataclasses.field(default_factory=dict)
    keep_omitted: bool = False
    present: bool = True

    def value_of(self, field: Field) -> Value | None:
        """The value that the task declares for a field where nothing of the current config is kept."""
        return self.given.get(field.option, field.module_default)


Errors = List[InvalidOption]
Checked = TypeVar("Checked")


def validate(
    generation: Generation,
    options: Mapping[str, Any],
    region: str | None = None,
    account_id: str | None = None,
) -> tuple[Desired | None, Errors]:
    """What a module's options (with Ansible's types) declare, or None and everything that is wrong with them.

    A returned config passes as options: null is as good as left out, and ids, timestamps and the like are ignored.

    Args:
        region: where the task connects to, as far as that is known: an ARN must not lie elsewhere.
        account_id: the same for the account.
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
    """As ``validate``, but raises the first ``InvalidOption``."""
    desired, errors = validate(generation, options, *location)
    if desired is None:
        raise errors[0]
    return desired


def check_defaults(generation: Generation, options: Mapping[str, Any]) -> Errors:
    """Everything that is wrong with options that stand in for those that many configs omit."""
    errors: Errors = []
    for name in generation.identity_options:
        if name in options:
            _checked(errors, partial(check_name, generation, name, options[name]))
    return parse_settings(generation, options)[1] + errors


def parse_settings(generation: Generation, options: Mapping[str, Any]) -> tuple[dict[str, Value], Errors]:
    """The fields that options give a value, and everything that is wrong with these values."""
    errors: Errors = []
    found = {
        field.option: _checked(errors, partial(_checked_value, field, get_path(options, field.path)))
        for field in generation.fields
    }
    return {option: value for option, value in found.items() if value is not None}, errors


def _checked(errors: Errors, check: Callable[[], Checked]) -> Checked | None:
    """What a check returns; None if it refuses, which is noted."""
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
        return _checked_number(field, value)
    if field.type == "arn":
        return _checked_arn(field.option, value)
    if not isinstance(value, bool):
        raise InvalidOption(field.option, f"must be a boolean, not {shown(value)}.")
    return value


def _checked_number(field: Field, value: Any) -> int:
    # Ansible lets true through as an int, since Python does.
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidOption(field.option, f"must be a whole number, not {shown(value)}.")
    if field.bounds and not field.bounds[0] <= value <= field.bounds[1]:
        least, most = field.bounds
        raise InvalidOption(field.option, f"must be between {least} and {most}, not {shown(value)}.")
    return value


def _checked_arn(option: str, value: Any) -> str:
    text = value if isinstance(value, str) else ""
    check_unmasked(option, text)
    check_length(option, text)
    # \S lets characters through that cannot be seen, and that no ARN has.
    if ARN.fullmatch(text) is None or not text.isprintable():
        raise InvalidOption(option, f"must be an ARN like acs:SERVICE:REGION:ACCOUNT:RESOURCE, not {shown(value)}.")
    return text


def input_warnings(desired: Desired) -> list[str]:
    """Sentences about input that is accepted but likely to be a mistake."""
    found = qualifier_warnings(desired.identity)
    for option, value in desired.given.items():
        arn = ARN.fullmatch(value) if isinstance(value, str) else None
        if arn is not None and arn["service"] not in KNOWN_DESTINATION_SERVICES:
            found.append(
                f"{option}: {arn['service']!r} is not a service that Function Compute is known to deliver to "
                f"({', '.join(KNOWN_DESTINATION_SERVICES)})."
            )
    return found


def qualifier_warnings(identity: Identity) -> list[str]:
    """Sentences about a qualifier that is accepted but likely to be a mistake."""
    qualifier = identity.qualifier or LATEST
    if qualifier != LATEST and qualifier.upper() == LATEST:
        return [f"qualifier: {qualifier!r} names an alias. The version that is not published is {LATEST}."]
    if qualifier in ("True", "False"):
        hint = "If it was written as a boolean in YAML, such as on or yes, put quotes around it."
        return [f"qualifier: {qualifier!r} names an alias. {hint}"]
    return []
