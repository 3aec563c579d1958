# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The kinds of reports, with their verdicts and outcomes. Pure.

A *verdict* is the result for a configuration. An *outcome* is the result for an account or a whole report.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

#: The verdicts of an audit.
IN_SYNC = "in sync"
UNREADABLE = "unreadable"
NO_FUNCTION = "no function"
BAD_DESTINATION = "bad destination"
NONCOMPLIANT = "noncompliant"
UNCONFIGURED = "unconfigured"
#: The verdicts of a preflight check.
FAILURE, WARNING, OK = "failure", "warning", "ok"
#: The outcome if variables or options are invalid.
INVALID_INPUT = "invalid input"
#: The outcome of an audit that has findings.
DRIFT = "drift"


@dataclass(frozen=True)
class ReportKind:
    """A kind of report."""

    #: The value of ``kind`` in the report.
    name: str
    #: The default title.
    title: str
    #: The key of the time in the report.
    time_key: str
    #: The verdicts, in order of importance. The last one is the only one that is not a finding.
    verdicts: tuple[str, ...]
    #: The verdicts that are also outcomes. Other findings have the outcome ``other_findings``.
    decisive: tuple[str, ...]
    other_findings: str
    #: What was not possible for an account that has an error.
    participle: str

    @property
    def good(self) -> str:
        """The verdict, and the outcome, without findings."""
        return self.verdicts[-1]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes, in order of importance."""
        return tuple(dict.fromkeys((INVALID_INPUT, *self.decisive, self.other_findings, self.good)))

    def outcome(self, rows: Sequence[Mapping[str, Any]], error: str | None, invalid: bool) -> str:
        """Return the outcome of an account.

        Args:
            error: the reason why the account could not be read or checked, if there is one.
            invalid: whether the error is caused by invalid variables or options.
        """
        if invalid:
            return INVALID_INPUT
        verdicts = {row["verdict"] for row in rows}
        for verdict in self.decisive:
            if error is not None or verdict in verdicts:
                return verdict
        return self.other_findings if verdicts - {self.good} else self.good

    def ordered(self, rows: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the rows, grouped by verdict in order of importance. Each group keeps the order of the rows."""
        return sorted(rows, key=lambda row: self.verdicts.index(row["verdict"]))

    def count(self, rows: Iterable[Mapping[str, Any]]) -> dict[str, int]:
        """Return the number of rows with each verdict, in order of importance. Unknown verdicts come last."""
        counts = Counter(row["verdict"] for row in rows)
        return {verdict: counts[verdict] for verdict in (*self.verdicts, *sorted(set(counts) - set(self.verdicts)))}


AUDIT = ReportKind(
    name="audit",
    title="Asynchronous invocation audit",
    time_key="audited_at",
    verdicts=(
        UNREADABLE, NO_FUNCTION, BAD_DESTINATION, "drifted", "missing", "unexpected", NONCOMPLIANT, UNCONFIGURED,
        IN_SYNC,
    ),
    decisive=(UNREADABLE,),
    other_findings=DRIFT,
    participle="audited",
)  # fmt: skip
PREFLIGHT = ReportKind(
    name="preflight",
    title="Asynchronous invocation preflight check",
    time_key="checked_at",
    verdicts=(FAILURE, WARNING, OK),
    decisive=(FAILURE,),
    other_findings=WARNING,
    participle="checked",
)
KINDS = {kind.name: kind for kind in (AUDIT, PREFLIGHT)}
_VERDICTS = (*AUDIT.verdicts, *PREFLIGHT.verdicts)
_GOOD = tuple(kind.good for kind in KINDS.values())


def kind_of(report: Mapping[str, Any]) -> ReportKind:
    """Return the kind of a report. Reports of the ``audit_report`` filter do not contain it."""
    return KINDS.get(str(report.get("kind")), AUDIT)


def is_finding(row: Mapping[str, Any]) -> bool:
    """Return whether a row of any report is a finding."""
    return row["verdict"] not in _GOOD


def importance(verdict: str) -> int:
    """Return the position of a verdict in the order of importance. Unknown verdicts come last."""
    return _VERDICTS.index(verdict) if verdict in _VERDICTS else len(_VERDICTS)
