# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RAM policies of the caller and of roles, and the permissions that destinations require."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any, Generic, TypeVar

from ._errors import invalid_argument
from ._model import JsonObject

_T = TypeVar("_T")
_ROLE_ARN = re.compile(r"acs:ram::\d+:role/.+")
_ROCKETMQ_TOPIC = re.compile(r"/instances/(?P<instance>[^/]+)/topic/(?P<topic>.+)")

#: The start of a destination ARN without region and account, and the action that the role needs.
#: Source: the result-callback pages of both manuals.
_DESTINATION_ACTIONS = (
    ("mns:/queues/", "mns:SendMessage"),
    ("mns:/topics/", "mns:PublishMessage"),
    ("fc:", "fc:InvokeFunction"),
    ("eventbridge:", "eventbridge:PutEvents"),
    ("mq:", "mq:PUB"),
)


@dataclasses.dataclass(frozen=True)
class Statement:
    """Actions and resources as RAM patterns, in which ``*`` matches any text and ``?`` any character."""

    actions: tuple[str, ...]
    resources: tuple[str, ...] = ("*",)

    def matches(self, action: str, resource: str) -> bool:
        """Return whether the statement applies to an action on a resource."""
        return _matches_any(self.actions, action) and _matches_any(self.resources, resource)

    def dump(self) -> Any:
        """Return the statement as it is written in a state document: an action, or an object."""
        if len(self.actions) == 1 and self.resources == ("*",):
            return self.actions[0]
        return {"action": list(self.actions), "resource": list(self.resources)}


@dataclasses.dataclass(frozen=True)
class Policy:
    """The permissions of an identity. A denial takes precedence; what is not allowed is denied."""

    allow: tuple[Statement, ...] = ()
    deny: tuple[Statement, ...] = ()

    def allows(self, action: str, resource: str) -> bool:
        """Return whether the policy permits an action on a resource."""
        if any(statement.matches(action, resource) for statement in self.deny):
            return False
        return any(statement.matches(action, resource) for statement in self.allow)

    def dump(self) -> JsonObject:
        """Return the policy as it is written in a state document."""
        document: JsonObject = {"allow": [statement.dump() for statement in self.allow]}
        if self.deny:
            document["deny"] = [statement.dump() for statement in self.deny]
        return document


@dataclasses.dataclass(frozen=True)
class Propagating(Generic[_T]):
    """A value, None if there is none, and the previous value, which is used for the next ``remaining`` checks."""

    current: _T | None = None
    previous: _T | None = None
    remaining: int = 0

    @property
    def in_effect(self) -> _T | None:
        """The value for the next check."""
        return self.previous if self.remaining else self.current

    def changed(self, value: _T | None, delay: int) -> Propagating[_T]:
        """Return the state after a change. The first value takes effect at once, because it replaces none."""
        if value == self.current:
            return self
        previous = self.in_effect
        return Propagating(value, previous, 0 if previous is None else delay)

    def checked(self) -> Propagating[_T]:
        """Return the state after a check."""
        return dataclasses.replace(self, remaining=self.remaining - 1) if self.remaining else self


@dataclasses.dataclass(frozen=True)
class Ram:
    """The policies of the caller and of the roles. None means that nothing is checked."""

    caller: Propagating[Policy] = Propagating()
    roles: Propagating[Mapping[str, Policy]] = Propagating()

    def caller_allows(self, action: str, resource: str) -> bool:
        """Return whether the caller may perform an action on a resource."""
        policy = self.caller.in_effect
        return policy is None or policy.allows(action, resource)

    def role_allows(self, role: str, action: str, resource: str) -> bool:
        """Return whether a role may perform an action. An empty or unknown role has no permissions."""
        roles = self.roles.in_effect
        return roles is None or roles.get(role, Policy()).allows(action, resource)

    def loaded(self, document: Any, delay: int) -> Ram:
        """Return the state after loading the ``ram`` section of a state document. Raise FcError if it is invalid."""
        content = _object("ram", document if document is not None else {"caller": None, "roles": None})
        _check_keys("ram", content, ("caller", "roles"))
        caller, roles = self.caller, self.roles
        if "caller" in content:
            caller = caller.changed(_parse_policy("ram.caller", content["caller"]), delay)
        if "roles" in content:
            roles = roles.changed(_parse_roles(roles.current, content["roles"]), delay)
        return Ram(caller, roles)

    def dump(self) -> JsonObject:
        """Return the ``ram`` section of a state document. It is empty if nothing is checked."""
        document: JsonObject = {}
        if self.caller.current is not None:
            document["caller"] = self.caller.current.dump()
        if self.roles.current is not None:
            document["roles"] = {role: policy.dump() for role, policy in self.roles.current.items()}
        return document


def destination_permission(destination: str, account_id: str, region: str) -> tuple[str, str] | None:
    """Return the action and the resource that a destination requires, or None for destinations of unknown services.

    An empty region or account in the ARN means the region or account of the function.
    """
    _acs, service, arn_region, arn_account, name = destination.split(":", 4)
    for start, action in _DESTINATION_ACTIONS:
        if f"{service}:{name}".startswith(start):
            topic = _ROCKETMQ_TOPIC.fullmatch(name) if service == "mq" else None
            # RAM identifies a RocketMQ topic by another form of ARN than Function Compute.
            resource = f"{topic['instance']}%{topic['topic']}" if topic else name
            return action, f"acs:{service}:{arn_region or region}:{arn_account or account_id}:{resource}"
    return None


def _matches_any(patterns: Iterable[str], text: str) -> bool:
    return any(_compile(pattern).fullmatch(text) for pattern in patterns)


def _compile(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _parse_roles(current: Mapping[str, Policy] | None, document: Any) -> Mapping[str, Policy] | None:
    if document is None:
        return None
    roles = dict(current or {})
    for role, content in _object("ram.roles", document).items():
        if _ROLE_ARN.fullmatch(role) is None:
            raise invalid_argument(f"ram.roles: {role!r} does not have the form acs:ram::ACCOUNT:role/NAME")
        policy = _parse_policy(f"ram.roles.{role}", content)
        if policy is None:
            roles.pop(role, None)
        else:
            roles[role] = policy
    return roles


def _parse_policy(where: str, document: Any) -> Policy | None:
    if document is None:
        return None
    content = _object(where, document)
    _check_keys(where, content, ("allow", "deny"))
    return Policy(*(_parse_statements(f"{where}.{name}", content.get(name)) for name in ("allow", "deny")))


def _parse_statements(where: str, document: Any) -> tuple[Statement, ...]:
    if not isinstance(document or [], list):
        raise invalid_argument(f"{where} is not a list")
    return tuple(_parse_statement(where, item) for item in document or [])


def _parse_statement(where: str, document: Any) -> Statement:
    if isinstance(document, str):
        return Statement(_strings(where, document))
    content = _object(f"each item of {where}", document)
    _check_keys(where, content, ("action", "resource"))
    return Statement(
        _strings(f"{where}.action", content.get("action")),
        _strings(f"{where}.resource", content.get("resource", "*")),
    )


def _strings(where: str, value: Any) -> tuple[str, ...]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list) or not values or not all(isinstance(item, str) and item for item in values):
        raise invalid_argument(f"{where} is not a string or a list of strings")
    return tuple(values)


def _object(where: str, document: Any) -> Mapping[str, Any]:
    if not isinstance(document, Mapping):
        raise invalid_argument(f"{where} is not an object")
    return document


def _check_keys(where: str, content: Mapping[str, Any], names: Iterable[str]) -> None:
    unknown = sorted(set(content) - set(names))
    if unknown:
        raise invalid_argument(f"{where} has unknown keys: {', '.join(unknown)}")
