# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Verify the destinations of configurations: whether the functions exist and whether there is a role to send with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Callable, Dict, Iterable, Iterator, List, Mapping, Sequence, Tuple, TypeVar, Union

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, NotFound, missing_resource
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import destinations_of
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import (
    HTTP_FUNCTION,
    LOOP,
    NO_ROLE,
    NOT_FOUND,
    UNVERIFIED,
    WHOLE,
    DestinationProblem,
    Place,
    account_id_of,
    arn_problems,
    problem_of,
    target_of,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Settings
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import DestinationError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.pool import map_concurrently
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import WOULD_FAIL

Found = TypeVar("Found")
Config = Tuple[Identity, Settings]
Problems = List[DestinationProblem]
Failure = Union[ApiError, CredentialError]
#: Maps each target to whether it only accepts HTTP requests, or to the error if it could not be read.
_Targets = Dict[Identity, Union[bool, Failure]]
#: Maps each owner of a role to the role, if any, or to the error if it could not be read.
_Roles = Dict[Identity, Union[str, Failure, None]]


def destination_error(problems: Problems) -> DestinationError | None:
    """Return the error for a configuration that must not be written, or None if it can be written."""
    failures = [problem.message for problem in problems if problem.failure]
    return DestinationError(f"{problems[0].id} was not written. {' '.join(failures)}") if failures else None


def input_problem_warnings(problems: Iterable[DestinationProblem]) -> list[str]:
    """Return the warnings about destinations that are valid but suspicious."""
    return sorted({problem.message for problem in problems if not problem.failure})


def predicted_failures(problems: Iterable[DestinationProblem]) -> list[str]:
    """Return the warnings about destinations for which the task would fail outside check mode."""
    return [f"{problem.id}: {problem.message} {WOULD_FAIL}" for problem in problems if problem.failure]


@dataclass(frozen=True)
class _Item:
    """A configuration with destinations."""

    identity: Identity
    #: The ARNs by option.
    arns: Mapping[str, str]
    #: The problems that the ARNs show.
    problems: Problems
    #: The functions to read, by option.
    targets: Mapping[str, Identity]


class DestinationVerifier:
    """Reads the functions to which configurations send, and the roles with which they send.

    Each function and each role is read once. Functions in other accounts or regions cannot be read, so they are
    problems. Of destinations in other services, only the form of the ARN is verified.

    Args:
        region: the region of the connection, or None if it is unknown.
    """

    def __init__(
        self,
        client: Client,
        generation: Generation,
        region: str | None,
        concurrency: int = 1,
        progress: Progress | None = None,
    ) -> None:
        self._client = client
        self._generation = generation
        self._region = region
        self._concurrency = concurrency
        self._progress = progress or Progress()

    def problems(self, configs: Sequence[Config]) -> list[Problems]:
        """Return the problems of each configuration.

        Raises ``ApiError`` or ``CredentialError`` if the account ID is required but cannot be obtained.
        """
        items = self._items(configs)
        targets: _Targets = self._read(self._read_target, [one for item in items for one in item.targets.values()])
        roles: _Roles = self._read(self._read_role, [self._owner(item.identity) for item in items if item.arns])
        return [
            [
                *item.problems,
                *_target_problems(item, targets),
                *(_role_problems(item.identity, roles[self._owner(item.identity)]) if item.arns else ()),
            ]
            for item in items
        ]

    def _items(self, configs: Sequence[Config]) -> list[_Item]:
        arns = [destinations_of(self._generation, settings) for _identity, settings in configs]
        account_id = self._client.location["account_id"]
        if account_id is None and any(map(self._names_account, (arn for one in arns for arn in one.values()))):
            account_id = self._client.account_id
        place = Place(self._generation, self._region, account_id)
        return [self._item(place, identity, one) for (identity, _settings), one in zip(configs, arns)]

    def _item(self, place: Place, identity: Identity, arns: Mapping[str, str]) -> _Item:
        problems: Problems = []
        targets = {}
        for option, arn in arns.items():
            found = arn_problems(place, identity, option, arn)
            target = self._target(arn)
            # Without the function itself, the configuration cannot exist.
            if target is not None and not any(one.failure or one.kind == LOOP for one in found):
                targets[option] = target
            problems += found
        return _Item(identity, arns, problems, targets)

    def _names_account(self, arn: str) -> bool:
        """Return whether an ARN of a function can be compared only with a known account ID."""
        return self._target(arn) is not None and bool(account_id_of(arn))

    def _target(self, arn: str) -> Identity | None:
        return target_of(self._generation, arn)

    def _owner(self, identity: Identity) -> Identity:
        """Return what the role of a function belongs to: its service in FC 2.0, or the function in FC 3.0."""
        return replace(identity, function_name="") if self._generation.has_services else identity

    # -- reading -------------------------------------------------------------------------------------------------

    def _read(self, work: Callable[[Identity], Found], identities: Iterable[Identity]) -> dict[Identity, Found]:
        different = list(dict.fromkeys(identities))
        self._progress.start("verify", "destinations", len(different))
        return dict(zip(different, map_concurrently(work, different, self._concurrency, self._progress.advance)))

    def _read_target(self, identity: Identity) -> bool | Failure:
        try:
            self._client.check_function(identity)
            return self._client.is_http_function(identity.function)
        except (ApiError, CredentialError) as error:
            return error

    def _read_role(self, owner: Identity) -> str | Failure | None:
        try:
            return self._client.role(owner)
        except (ApiError, CredentialError) as error:
            return error


def _target_problems(item: _Item, targets: _Targets) -> Iterator[DestinationProblem]:
    for option, target in item.targets.items():
        found = targets[target]
        problem = partial(problem_of, item.identity, option, item.arns[option])
        if isinstance(found, NotFound):
            resource = missing_resource(found)
            advice = f"Create the {resource} first, or correct the ARN."
            yield problem(NOT_FOUND, f"does not exist ({found.code}). {advice}")
        elif isinstance(found, Exception):
            yield problem(UNVERIFIED, f"could not be verified. {found}")
        elif found:
            yield problem(HTTP_FUNCTION, "is an HTTP function, which cannot be a destination. Use an event function.")


def _role_problems(identity: Identity, role: str | Failure | None) -> Iterator[DestinationProblem]:
    service, function = identity.service_name, identity.function_name
    owner = f"the function {function}" if service is None else f"the service {service}"
    if isinstance(role, NotFound):
        return  # the configuration has the same problem
    if isinstance(role, Exception):
        yield _whole(identity, UNVERIFIED, f"the role of {owner} could not be verified. {role}")
    elif role is None:
        text = f"{owner} has no role, so it cannot send to destinations. Assign a role with the required permissions."
        yield _whole(identity, NO_ROLE, text)


def _whole(identity: Identity, kind: str, text: str) -> DestinationProblem:
    return DestinationProblem(identity.id, WHOLE, None, kind, f"{WHOLE}: {text}")
