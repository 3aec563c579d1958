# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults on request, and the token bucket that throttles as the service does. Pure: time comes in as a number."""

from __future__ import annotations

import dataclasses
import fnmatch
import random
import threading
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from ._errors import USUAL_CODES


@dataclasses.dataclass
class Fault:
    """One rule: for which requests, how often, and what goes wrong.

    Which: ``operation`` (a glob pattern or a list of them), ``function`` (a glob pattern of the function's name).
    How often: ``skip`` lets the first so many matching requests pass; ``times`` is how many are hit at most (None: no
    end); ``probability`` with ``seed``; ``seconds`` ends the rule so long after its first hit.
    What: ``delay`` in seconds first; then ``status`` with ``code``, ``message`` and ``headers`` instead of the
    operation, or with ``after`` once it was carried out; or ``drop`` closes the connection without an answer, before
    or after the operation was carried out; or the operation's own answer is cut in half (``truncate``) or replaced by
    ``body`` of ``content_type``. A rule with nothing but ``delay`` only makes the answer late.
    A ``status`` below 400 without ``code`` and ``message`` is no error: the body is empty or, with ``after``, the
    operation's own.
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
        _check(self)
        self._random = random.Random(self.seed)
        self._seen = 0
        self._first_hit: float | None = None

    @property
    def comes_first(self) -> bool:
        """Whether the fault comes instead of the operation."""
        return self.drop == "before" or (self.status is not None and not self.after)

    @property
    def is_error(self) -> bool:
        """Whether the answer is an error body, of whatever status."""
        return self.status is not None and (self.status >= 400 or bool(self.code or self.message))

    @property
    def usual_code(self) -> str:
        """The error code of the answer: the one given, else the usual one of the status."""
        return self.code or USUAL_CODES.get(self.status or 0, "InternalServerError")

    @property
    def usual_message(self) -> str:
        """The text of the answer: the one given, else the service's own for 500, else a plain one."""
        internal = "an internal error has occurred. Please retry."
        return self.message or (internal if self.status == 500 else "the emulator was asked for this fault")

    def matches(self, operation: str, function: str | None) -> bool:
        """Whether the rule is about such a request at all."""
        patterns = [self.operation] if isinstance(self.operation, str) else self.operation
        if not any(fnmatch.fnmatchcase(operation, pattern) for pattern in patterns):
            return False
        return self.function == "*" or fnmatch.fnmatchcase(function or "", self.function)

    def strikes(self, now: float) -> bool:
        """Whether a matching request at ``now`` (seconds) is hit; counts it."""
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
        """The rule as JSON, with how often it hit so far."""
        return dataclasses.asdict(self)


class Faults:
    """The rules in the order in which they were added; the first that matches and is active wins."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rules: list[Fault] = []

    def add(self, operation: str | Sequence[str] = "*", **options: Any) -> Fault:
        """Add a rule, see Fault for the options; ValueError with one sentence where one is wrong."""
        return self.add_all([{"operation": operation, **options}])[0]

    def add_all(self, rules: Sequence[Mapping[str, Any]]) -> list[Fault]:
        """Add all of ``rules`` or (ValueError) none."""
        names = {field.name for field in dataclasses.fields(Fault)} - {"hits"}
        for rule in rules:
            unknown = sorted(set(rule) - names)
            if unknown:
                raise ValueError(f"a fault has no option {unknown[0]!r}; the options are {', '.join(sorted(names))}")
        added = [Fault(**rule) for rule in rules]
        with self._lock:
            self._rules.extend(added)
        return added

    def clear(self) -> None:
        """Remove every rule."""
        with self._lock:
            self._rules.clear()

    @property
    def rules(self) -> list[Fault]:
        """The rules as they are now."""
        with self._lock:
            return list(self._rules)

    def strike(self, operation: str, function: str | None, now: float) -> Fault | None:
        """The fault that a request meets at ``now`` (seconds), if any."""
        if not self._rules:
            return None
        with self._lock:
            for rule in self._rules:
                if rule.matches(operation, function) and rule.strikes(now):
                    return rule
        return None


class TokenBucket:
    """Lets ``rate`` calls a second pass, and up to ``burst`` at once."""

    def __init__(self) -> None:
        self._tokens: float | None = None
        self._filled = 0.0

    def wait(self, rate: float, burst: int, now: float) -> float:
        """0 where a call at ``now`` (seconds) may pass; else after how many seconds the next one may."""
        tokens = burst if self._tokens is None else min(burst, self._tokens + (now - self._filled) * rate)
        self._filled = now
        passes = tokens >= 1
        self._tokens = tokens - 1 if passes else tokens
        return 0.0 if passes else (1 - tokens) / rate


_NUMBERS = ("times", "skip", "probability", "seed", "seconds", "delay", "status")


def _check(fault: Fault) -> None:
    for name in _NUMBERS:
        value = getattr(fault, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0):
            raise ValueError(f"{name} of a fault must be a number of 0 or more, not {value!r}")
    if fault.drop not in (None, "before", "after"):
        raise ValueError(f"drop of a fault must be before or after, not {fault.drop!r}")
    if fault.status is not None and not 200 <= fault.status <= 599:
        raise ValueError(f"status of a fault must be between 200 and 599, not {fault.status!r}")
