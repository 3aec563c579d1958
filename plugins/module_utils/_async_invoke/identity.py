# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Identities of configurations: names, IDs and ARNs. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import ANSIBLE_MASKS, shown

LATEST = "LATEST"
#: Maximum length of IDs and ARNs.
LONGEST_ID = 2048


@dataclass(frozen=True)
class Function:
    """The function that a configuration applies to. ``service_name`` is None if functions do not belong to services."""

    function_name: str
    service_name: str | None = None

    @property
    def id(self) -> str:
        """The ID: ``service:function`` (FC 2.0) or ``function`` (FC 3.0)."""
        return ":".join(self.names)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the service (if any) and the function, as used in API paths."""
        return tuple(name for name in (self.service_name, self.function_name) if name)


@dataclass(frozen=True)
class Identity:
    """The identity of a configuration. ``region`` and ``account_id`` are set only if an ARN specifies them."""

    function_name: str
    #: None if a response does not contain the qualifier.
    qualifier: str | None = LATEST
    service_name: str | None = None
    region: str = field(default="", compare=False)
    account_id: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """The ID: ``service:function:qualifier`` (FC 2.0) or ``function:qualifier`` (FC 3.0)."""
        return ":".join((*self.function.names, *((self.qualifier,) if self.qualifier else ())))

    @property
    def function(self) -> Function:
        """The function that the configuration applies to."""
        return Function(self.function_name, self.service_name)


QUALIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")


def check_name(generation: Generation, option: str, name: str) -> str:
    """Validate the name in an option and return it. Raises ``InvalidOption``."""
    check_unmasked(option, name)
    if option == "qualifier":
        if QUALIFIER.fullmatch(name) is None:
            raise InvalidOption(option, f"must be a version number, LATEST or the name of an alias, not {shown(name)}.")
    elif re.fullmatch(generation.name_pattern, name) is None:
        raise InvalidOption(
            option,
            "must be 1 to 128 letters, digits, underscores and hyphens that do not begin with a digit or a hyphen, "
            f"not {shown(name)}.",
        )
    return name


def check_unmasked(option: str, text: str) -> None:
    """Raise ``InvalidOption`` if Ansible has masked part of the text. Masked text would identify another resource."""
    mask = next((mask for mask in ANSIBLE_MASKS if mask in text), None)
    if mask is not None:
        raise InvalidOption(
            option,
            f"must not contain {mask}, which Ansible writes in place of a secret. "
            "The value comes from a masked result.",
        )


#: The error message for a boolean that is specified instead of text.
NOT_A_BOOLEAN = "must be text, not a boolean. In YAML, put quotes around on, off, yes, no, true and false."


def parse_id(generation: Generation, text: str) -> Identity:
    """Parse an ID in any of the supported forms (``generation.id_forms``). Raises ``InvalidOption``."""
    region = account = ""
    check_unmasked("id", text)
    check_length("id", text)
    arn = ARN.fullmatch(text)
    if arn is not None and arn["service"] == "fc":
        match = re.fullmatch(generation.function_arn, arn["resource"])
        found: dict[str, str | None] = dict(match.groupdict()) if match is not None else {}
        region, account = arn["region"], arn["account"]
    else:
        parts = text.split(":")
        known = len(generation.identity_options) - 1 <= len(parts) <= len(generation.identity_options) and all(parts)
        found = dict(zip(generation.identity_options, parts)) if known else {}
    if not found:
        raise InvalidOption("id", f"must have the form {generation.id_forms}, not {shown(text)}.")
    try:
        names = {key: check_name(generation, key, value) for key, value in found.items() if value}
    except InvalidOption as error:
        raise InvalidOption("id", f"the part {error.option} {error.problem}") from None
    return Identity(region=region, account_id=account, **names)


def check_length(option: str, text: str) -> None:
    if len(text) > LONGEST_ID:
        raise InvalidOption(option, f"must have at most {LONGEST_ID} characters, not {len(text)}.")


def parse_identity(generation: Generation, options: Mapping[str, Any]) -> Identity:
    """Return the identity specified by ``id``, by the names or by both.

    Raises ``InvalidOption`` if a name is missing or invalid, or if the ID does not match the names.
    """
    for name in (*generation.identity_options, "id"):
        if isinstance(options.get(name), bool):
            raise InvalidOption(name, NOT_A_BOOLEAN)
    given = {name: options[name] for name in generation.identity_options if options.get(name)}
    if not options.get("id"):
        for name in generation.identity_options[:-1]:
            if name not in given:
                raise InvalidOption(name, "is required unless id is specified.")
        return Identity(**{key: check_name(generation, key, str(value)) for key, value in given.items()})
    identity = parse_id(generation, str(options["id"]))
    for name, value in given.items():
        if getattr(identity, name) != value:
            check_name(generation, name, str(value))
            raise InvalidOption("id", f"contains the {name} {getattr(identity, name)!r}, but {name} is {shown(value)}.")
    return identity


def check_location(option: str, identity: Identity, region: str | None, account_id: str | None) -> None:
    """Raise ``InvalidOption`` if an ARN specifies a region or account that differs from the connection's."""
    for what, named, given in (
        ("region", identity.region, region),
        ("account_id", identity.account_id, account_id),
    ):
        if named and given and named != given:
            raise InvalidOption(option, f"the ARN contains the {what} {named}, but {what} is {given}.")
