# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Warnings about destinations that are valid ARNs but probably contain a mistake. Pure."""

from __future__ import annotations

import difflib
import re
from typing import Match

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.arn import ARN
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import LATEST, Identity
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


def destination_warnings(
    generation: Generation, identity: Identity, option: str, arn: str, region: str | None, account_id: str | None
) -> list[str]:
    """Return warnings about a destination. Documented forms of ARNs do not cause warnings.

    Args:
        region: the region of the function, or None if it is unknown.
        account_id: the account ID of the function, or None if it is unknown.
    """
    parts = ARN.fullmatch(arn)
    if parts is None:
        return []
    if parts["service"] not in KNOWN_SERVICES:
        services = ", ".join(KNOWN_SERVICES)
        return [f"{option}: {parts['service']!r} is not documented as a Function Compute destination ({services})."]
    problems = [*_location_problems(parts, identity.region or region, identity.account_id or account_id)]
    if parts["service"] == "mns":
        problems += _mns_problems(parts)
    if parts["service"] == "fc":
        problems += _function_problems(generation, identity, parts, not problems)
    return [f"{option}: {shown(arn, _LONGEST_ARN)} {problem}." for problem in problems]


def _location_problems(arn: Match[str], region: str | None, account_id: str | None) -> list[str]:
    found = []
    if arn["region"] and arn["region"] != region:
        problem = _region_problem(arn["region"])
        if problem:
            found.append(problem)
        elif region:
            found.append(f"is in the region {arn['region']}, but the function is in {region}")
    if arn["account"] and account_id and arn["account"] != account_id:
        found.append(f"belongs to the account {arn['account']}, but the function belongs to {account_id}")
    return found


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


def _function_problems(generation: Generation, identity: Identity, arn: Match[str], same_place: bool) -> list[str]:
    found = {one.name: re.fullmatch(one.function_arn, arn["resource"]) for one in GENERATIONS}
    names = found[generation.name]
    if names is not None:
        other = {**names.groupdict(), "qualifier": names["qualifier"] or LATEST}
        own = {name: getattr(identity, name) for name in generation.identity_options}
        is_loop = same_place and other == {**own, "qualifier": identity.qualifier or LATEST}
        return ["is the function itself, which would invoke it in a loop"] if is_loop else []
    for name, match in found.items():
        if match is not None:
            return [f"is the ARN of a function in {name}, but the configuration is for {generation.name}"]
    return ["is not the ARN of a function"]
