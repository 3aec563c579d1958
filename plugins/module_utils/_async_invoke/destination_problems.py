# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Problems of destinations: mistakes in ARNs, and destinations that cannot receive anything. Pure."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Iterator, Match, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, QUALIFIER, Identity
from ansible_collections.alicloud.fc.plugins.module_utils._generations import GENERATIONS, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown

#: Services that FC documents as destinations (on the "result callback" page of its manual). Other services cause a
#: warning instead of an error, because the list has been extended before.
KNOWN_SERVICES = ("fc", "mns", "eventbridge", "mq")
#: The regions of Function Compute: the endpoint maps of alibabacloud-fc20230330 4.8.3 and alibabacloud-fc-open20210406
#: 2.0.12.
KNOWN_REGIONS = (
    "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-southeast-3",
    "ap-southeast-5", "ap-southeast-7", "cn-beijing", "cn-chengdu", "cn-hangzhou", "cn-hangzhou-finance",
    "cn-heyuan-acdr-1", "cn-hongkong", "cn-huhehaote", "cn-north-2-gov-1", "cn-qingdao", "cn-shanghai",
    "cn-shanghai-finance-1", "cn-shenzhen", "cn-wulanchabu", "cn-zhangjiakou", "eu-central-1", "eu-west-1",
    "me-central-1", "us-east-1", "us-west-1",
)  # fmt: skip
#: Maps the names of MNS resources to their plurals, which ARNs contain.
_PLURALS = {"queue": "queues", "queues": "queues", "topic": "topics", "topics": "topics"}
_MNS = re.compile(r"(?P<slash>/?)(?P<type>queues?|topics?)/(?P<name>[^/]+)(?P<messages>/messages)?")
_LONGEST_ARN = 300


#: The kinds of problems.
FORM, LOOP = "form", "loop"
OTHER_REGION, OTHER_ACCOUNT = "other_region", "other_account"
NOT_FOUND, HTTP_FUNCTION, NO_ROLE, UNVERIFIED = "not_found", "http_function", "no_role", "unverified"
#: The option of a problem that does not concern a single destination.
WHOLE = "destination_config"
#: The end of the warning about problems that are only in the results.
MORE_PROBLEMS = "more destinations have problems"


@dataclass(frozen=True)
class DestinationProblem:
    """A problem of a destination of a configuration."""

    #: The ID of the configuration.
    id: str
    option: str
    #: The ARN, or None if the problem does not concern a single destination.
    destination: str | None
    #: One of the kinds above.
    kind: str
    #: A sentence that begins with the option.
    message: str
    #: Whether the destination cannot receive anything. Otherwise, the problem is a warning.
    failure: bool = True

    def as_returned(self) -> dict[str, str | None]:
        """Return the problem in the form that modules return."""
        return {
            "id": self.id,
            "option": self.option,
            "destination": self.destination,
            "problem": self.kind,
            "severity": "failure" if self.failure else "warning",
            "message": self.message,
        }


@dataclass(frozen=True)
class Place:
    """The generation and, if they are known, the region and the account ID of the configurations."""

    generation: Generation
    region: str | None = None
    account_id: str | None = None


def arn_problems(place: Place, identity: Identity, option: str, arn: str) -> list[DestinationProblem]:
    """Return the problems that an ARN shows. Documented forms of ARNs have none.

    A problem is a failure only if it concerns a function. For other services, not all forms are known.
    """
    parts = ARN.fullmatch(arn)
    if parts is None:
        # Options are validated, but the service may have stored any text.
        return [problem_of(identity, option, arn, FORM, "is not an ARN.", arn.startswith("acs:fc:"))]
    if parts["service"] not in KNOWN_SERVICES:
        services = ", ".join(KNOWN_SERVICES)
        text = f"{option}: {parts['service']!r} is not documented as a Function Compute destination ({services})."
        return [DestinationProblem(identity.id, option, arn, FORM, text, failure=False)]
    located = Place(place.generation, identity.region or place.region, identity.account_id or place.account_id)
    return [
        problem_of(identity, option, arn, kind, f"{text}.", failure and parts["service"] == "fc")
        for kind, text, failure in _found_in(located, identity, parts)
    ]


def problem_of(
    identity: Identity, option: str, arn: str, kind: str, predicate: str, failure: bool = True
) -> DestinationProblem:
    """Return a problem. The predicate, such as ``does not exist.``, follows the ARN in the message."""
    message = f"{option}: {shown(arn, _LONGEST_ARN)} {predicate}"
    return DestinationProblem(identity.id, option, arn, kind, message, failure)


def target_of(generation: Generation, arn: str) -> Identity | None:
    """Return the function, version or alias that an ARN identifies, or None if it is not a function of a generation."""
    parts = ARN.fullmatch(arn)
    names = None if parts is None or parts["service"] != "fc" else _function_names(generation, parts)
    if names is None:
        return None
    return Identity(names["function_name"] or "", names["qualifier"] or LATEST, names.get("service_name"))


def account_id_of(arn: str) -> str:
    """Return the account ID in an ARN, or an empty string if there is none."""
    parts = ARN.fullmatch(arn)
    return "" if parts is None else parts["account"]


_Found = Tuple[str, str, bool]


def _found_in(place: Place, identity: Identity, arn: Match[str]) -> Iterator[_Found]:
    """Yield the kind of each problem, a predicate, and whether it would be a failure of a function."""
    elsewhere = list(_elsewhere(place, arn))
    yield from elsewhere
    if arn["service"] == "mns":
        for text in _mns_problems(arn):
            yield FORM, text, False
    if arn["service"] == "fc":
        yield from _function_problems(place.generation, identity, arn, not elsewhere)


def _elsewhere(place: Place, arn: Match[str]) -> Iterator[_Found]:
    region, account_id = place.region, place.account_id
    if arn["region"] and arn["region"] != region:
        problem = _region_problem(arn["region"])
        if problem:
            yield (OTHER_REGION if region else FORM), problem, bool(region)
        elif region:
            yield OTHER_REGION, f"is in the region {arn['region']}, but the function is in {region}", True
    if arn["account"] and account_id and arn["account"] != account_id:
        text = f"belongs to the account {arn['account']}, but the function belongs to {account_id}"
        yield OTHER_ACCOUNT, text, True


def _region_problem(region: str) -> str:
    if region in KNOWN_REGIONS:
        return ""
    # Regions with a known name and a new number, such as ap-southeast-9, are probably new instead of misspelled.
    is_new = any(_without_number(region) == _without_number(known) for known in KNOWN_REGIONS)
    similar = [] if is_new else difflib.get_close_matches(region, KNOWN_REGIONS, n=1, cutoff=0.75)
    cause = f"may be a misspelling of {similar[0]}" if similar else "is misspelled or newer than this collection"
    return f"contains {region}, which is not a known region of Function Compute and {cause}"


def _without_number(region: str) -> str:
    return re.sub(r"-[0-9]+$", "", region)


def _mns_problems(arn: Match[str]) -> list[str]:
    resource = _MNS.fullmatch(arn["resource"])
    if resource is None:
        return ["is not the ARN of a queue or topic, which ends with /queues/QUEUE/messages or /topics/TOPIC/messages"]
    right = f"/{_PLURALS[resource['type']]}/{resource['name']}/messages"
    return [] if arn["resource"] == right else [f"must end with {shown(':' + right)}"]


def _function_problems(
    generation: Generation, identity: Identity, arn: Match[str], same_place: bool
) -> Iterator[_Found]:
    names = _function_names(generation, arn)
    if names is not None:
        other = {**names, "qualifier": names["qualifier"] or LATEST}
        own = {name: getattr(identity, name) for name in generation.identity_options}
        if same_place and other == {**own, "qualifier": identity.qualifier or LATEST}:
            yield LOOP, "is the function itself, which would invoke it in a loop", False
        return
    for one in GENERATIONS:
        if _function_names(one, arn) is not None:
            text = f"is the ARN of a function in {one.name}, but the configuration is for {generation.name}"
            yield FORM, text, False
            return
    yield FORM, "is not the ARN of a function", True


def _function_names(generation: Generation, arn: Match[str]) -> dict[str, str | None] | None:
    """Return the names in the ARN of a function, or None if they are invalid."""
    found = re.fullmatch(generation.function_arn, arn["resource"])
    if found is None:
        return None
    names = found.groupdict()
    patterns = {**dict.fromkeys(names, generation.name_pattern), "qualifier": QUALIFIER.pattern}
    valid = all(text is None or re.fullmatch(patterns[name], text) for name, text in names.items())
    return names if valid else None
