# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults and the rate limiter's token bucket. Callers pass the current time as a parameter."""

from __future__ import annotations

import dataclasses
import fnmatch
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._errors import DEFAULT_CODES


@dataclasses.dataclass
class Fault:
    """A rule that defines which requests a fault affects, how often and in what way.

    Requests: ``operation`` is a glob pattern or a list of patterns, and ``function`` is a glob pattern.

    Frequency: ``skip`` is the number of matching requests to ignore before the first hit. ``times`` is the maximum
    number of hits (None means no limit). Each remaining request is hit with the given ``probability``. ``seed`` seeds
    the random number generator. ``seconds`` is how long the rule remains active after the first hit.

    Effect: ``delay`` is the response delay in seconds. ``status``, ``code``, ``message`` and ``headers`` define the
    error to return instead of executing the operation. With ``after``, the operation is executed first. ``drop`` closes
    the connection without a response, either before or after the operation is executed. ``truncate`` sends only half of
    the body. ``body`` and ``content_type`` replace the body and its type. If ``status`` is below 400 and neither
    ``code`` nor ``message`` is set, the response is not an error. Its body is empty or, with ``after``, the operation's
    response body.
    """

    operation: str | Sequence[str] = "*"
    function: str = "*"
    times: int | None = None
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    seconds: float | None = None
    delay: float = 0.0
    status: int | None = None
    code: str = ""
    message: str = ""
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    after: bool = False
    drop: Literal["before", "after"] | None = None
    truncate: bool = False
    body: str | None = None
    content_type: str = "text/html"
    hits: int = 0

    def __post_init__(self) -> None:
        _validate(self)
        self._random = random.Random(self.seed)
        self._seen = 0
        self._first_hit: float | None = None

    @property
    def replaces_operation(self) -> bool:
        """Whether the fault replaces the operation."""
        return self.drop == "before" or (self.status is not None and not self.after)

    @property
    def is_error(self) -> bool:
        """Whether the response has an error body, regardless of its status."""
        return self.status is not None and (self.status >= 400 or bool(self.code or self.message))

    @property
    def default_code(self) -> str:
        """The error code in the response: ``code`` or the default for the status."""
        return self.code or DEFAULT_CODES.get(self.status or 0, "InternalServerError")

    @property
    def default_message(self) -> str:
        """The error message in the response: ``message`` or the default for the status."""
        internal = "an internal error has occurred. Please retry."
        return self.message or (internal if self.status == 500 else "this error was simulated by the emulator")

    def matches(self, operation: str, function: str | None) -> bool:
        """Return whether the rule applies to this operation and function."""
        patterns = [self.operation] if isinstance(self.operation, str) else self.operation
        if not any(fnmatch.fnmatchcase(operation, pattern) for pattern in patterns):
            return False
        return self.function == "*" or fnmatch.fnmatchcase(function or "", self.function)

    def trigger(self, now: float) -> bool:
        """Count a matching request at ``now`` (in seconds) and return whether the fault hits it."""
        if self._first_hit is not None and self.seconds is not None and now - self._first_hit > self.seconds:
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self._seen += 1
        if self._seen <= self.skip or self._random.random() >= self.probability:
            return False
        if self._first_hit is None:
            self._first_hit = now
        self.hits += 1
        return True

    def as_dict(self) -> dict[str, Any]:
        """Return the rule, including its hit count, as a JSON object."""
        return dataclasses.asdict(self)


class Faults:
    """The fault rules in the order in which they were added. The first active rule that matches is used."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, operation: str | Sequence[str] = "*", **options: Any) -> Fault:
        """Add a rule with the given Fault options. Raise ValueError if an option is invalid."""
        return self.add_all([{"operation": operation, **options}])[0]

    def add_all(self, rules: Sequence[Mapping[str, Any]]) -> list[Fault]:
        """Add all rules. If one is invalid, raise ValueError and add none of them."""
        names = {field.name for field in dataclasses.fields(Fault)} - {"hits"}
        for rule in rules:
            unknown = sorted(set(rule) - names)
            if unknown:
                raise ValueError(f"fault: {unknown[0]!r} is not an option; use one of: {', '.join(sorted(names))}.")
        added = [Fault(**rule) for rule in rules]
        with self._lock:
            self._rules.extend(added)
        return added

    def clear(self) -> None:
        """Remove all rules."""
        with self._lock:
            self._rules.clear()

    @property
    def rules(self) -> list[Fault]:
        """A copy of the rules."""
        with self._lock:
            return list(self._rules)

    def select(self, operation: str, function: str | None, now: float) -> Fault | None:
        """Return the fault that hits a request at ``now`` (in seconds), or None if no fault does."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.matches(operation, function) and rule.trigger(now):
                    return rule
        return None


class TokenBucket:
    """A rate limiter that allows ``rate`` requests per second and bursts of ``burst`` requests."""

    def __init__(self) -> None:
        self._tokens: float | None = None
        self._filled = 0.0

    def wait(self, rate: float, burst: int, now: float) -> float:
        """Return the number of seconds until a request is allowed, or 0 if one is allowed at ``now``."""
        tokens = burst if self._tokens is None else min(burst, self._tokens + (now - self._filled) * rate)
        self._filled = now
        allowed = tokens >= 1
        self._tokens = tokens - 1 if allowed else tokens
        return 0.0 if allowed else (1 - tokens) / rate


_INTEGERS = ("times", "skip", "seed", "status")
_NUMBERS = ("probability", "seconds", "delay")
_STRINGS = ("function", "code", "message", "content_type", "body")
_BOOLEANS = ("after", "truncate")
_OPTIONAL = ("times", "seconds", "status", "body")


def _validate(fault: Fault) -> None:
    for names, types, description in (
        (_INTEGERS, (int,), "a non-negative integer"),
        (_NUMBERS, (int, float), "a non-negative number"),
        (_STRINGS, (str,), "a string"),
        (_BOOLEANS, (bool,), "true or false"),
    ):
        for name in names:
            if not _is_valid(getattr(fault, name), types, name in _OPTIONAL):
                raise ValueError(f"fault.{name}: must be {description}, not {getattr(fault, name)!r}.")
    operation: Any = fault.operation
    headers: Any = fault.headers
    patterns = [operation] if isinstance(operation, str) else operation
    if not isinstance(patterns, Sequence) or not patterns or not all(isinstance(item, str) for item in patterns):
        raise ValueError(f"fault.operation: must be a string or a list of strings, not {fault.operation!r}.")
    if not isinstance(headers, dict) or not all(isinstance(text, str) for item in headers.items() for text in item):
        raise ValueError(f"fault.headers: must be an object with strings, not {fault.headers!r}.")
    if fault.probability > 1:
        raise ValueError(f"fault.probability: must be between 0 and 1, not {fault.probability!r}.")
    if fault.drop not in (None, "before", "after"):
        raise ValueError(f"fault.drop: must be before or after, not {fault.drop!r}.")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise ValueError(f"fault.status: must be between 200 and 599, not {fault.status!r}.")
    if fault.status is None and fault.drop is None and fault.body is None and not fault.delay and not fault.truncate:
        raise ValueError("fault: has no effect; set status, drop, delay, truncate or body.")


def _is_valid(value: object, types: tuple[type, ...], optional: bool) -> bool:
    if value is None:
        return optional
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        return False
    return isinstance(value, (str, bool)) or (isinstance(value, (int, float)) and value >= 0)
