# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Format reports as GitHub-flavored Markdown. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from ansible_collections.alicloud.fc.plugins.plugin_utils._markdown import code, link, prose, table_head, table_row
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import (
    NONCOMPLIANT,
    PREFLIGHT,
    UNCONFIGURED,
    is_finding,
    kind_of,
)

#: The smallest limit. The heading, the facts and the totals are always shorter.
SMALLEST_LIMIT = 5000
#: Identical findings are combined if there are at least this many.
_COMBINED = 5
#: Maximum length of facts such as the region.
_LONGEST_FACT = 100
#: Characters reserved for the note about omitted content.
_RESERVED = 200
_DIFFERENCE_HEADINGS = ("option", "desired", "current")
_MESSAGE_HEADINGS = ("message",)


@dataclass(frozen=True)
class _Block:
    """A part of the document. If the document is too long, the last items are omitted."""

    head: str
    items: Sequence[str]
    #: What an item is, in the singular.
    unit: str
    tail: str = ""


def render(report: groups.Report, longest: int) -> str:
    """Return the document. It has at most ``longest`` characters, which must not be less than ``SMALLEST_LIMIT``."""
    parts = ["\n\n".join(_head(report))]
    used = len(parts[0]) + _RESERVED
    omitted: Counter[str] = Counter()
    for block in _blocks(report):
        size = len(f"\n\n{block.head}{block.tail}")
        shown = 0
        for item in block.items:
            size += len(item) + 1
            if omitted or used + size > longest:
                break
            shown += 1
        if shown:
            parts.append("\n".join([block.head, *block.items[:shown]]) + block.tail)
            used += len(parts[-1]) + 2
        if shown < len(block.items):
            omitted[block.unit] += len(block.items) - shown
    if omitted:
        counts = ", ".join(groups.count_text(count, unit) for unit, count in omitted.items())
        parts.append(f"**Not listed, because the report is too long:** {counts}.")
    return "\n\n".join(parts) + "\n"


def _head(report: groups.Report) -> Iterator[str]:
    title = report.get("title")
    outcome = groups.outcome_text(report)
    yield (
        f"## {outcome[0].upper()}{outcome[1:]}" if title is None else f"## {prose(groups.plain_text(title))}: {outcome}"
    )
    accounts: Sequence[Mapping[str, Any]] = report.get("accounts") or ()
    facts = list(_facts(accounts[0], _file_name(accounts[0]))) if len(accounts) == 1 else []
    time = report.get(kind_of(report).time_key)
    if time is not None:
        facts.append(_time(time))
    if facts:
        yield " · ".join(facts)
    comparison = groups.comparison_text(report)
    if comparison is not None:
        previous = report["previous"].get("audited_at")
        yield f"Since {'the previous audit' if previous is None else _time(previous)}: {comparison}."
    totals = groups.totals(report)
    verdicts = _verdicts(report)
    if verdicts and len(accounts) < 2:
        yield f"{table_head(verdicts, 0)}\n{table_row(_count(totals, verdict) for verdict in verdicts)}"


def _verdicts(report: groups.Report) -> list[str]:
    totals = groups.totals(report)
    return [verdict for verdict in kind_of(report).verdicts if totals.get(verdict)]


def _count(totals: Mapping[str, Any], verdict: str) -> str:
    text = _short(totals.get(verdict, 0))
    return text if re.fullmatch("[0-9]+", text) else code(text)


def _short(value: Any) -> str:
    return groups.plain_text(value, _LONGEST_FACT)


def _time(value: Any) -> str:
    text = groups.time_text(_short(value))
    return text if re.fullmatch(r"[0-9: -]+ UTC", text) else code(text)


def _facts(account: Mapping[str, Any], file: str) -> Iterator[str]:
    """Yield the known facts about an account."""
    names = [code(_short(account[key])) for key in ("name", "account_id") if account.get(key) is not None]
    if names:
        yield f"Account {' / '.join(names)}"
    elif account.get("endpoint") is not None:
        yield code(_short(account["endpoint"]))
    if account.get("region") is not None:
        yield code(_short(account["region"]))
    if account.get("generation") is not None:
        yield _generation(account)
    if file:
        yield code(_short(file))
    if account.get("revision"):
        yield f"commit {_commit(account)}"


def _file_name(account: Mapping[str, Any]) -> str:
    name: str = (account.get("config_file") or "").split("/")[-1]
    return name


def _generation(account: Mapping[str, Any]) -> str:
    text = _short(account["generation"])
    return text if re.fullmatch(r"FC [0-9]\.[0-9]", text) else code(text)


def _commit(account: Mapping[str, Any]) -> str:
    revision = account["revision"]
    return code(_short(revision["commit"])[:7]) + (" (modified)" if revision.get("modified") else "")


def _blocks(report: groups.Report) -> Iterator[_Block]:
    accounts = report.get("accounts") or ()
    if len(accounts) > 1:
        yield _Block("### Accounts\n", [f"- {' · '.join(facts)}" for facts in _account_facts(accounts)], "account")
        verdicts = _verdicts(report)
        counts = [(account, account.get("totals") or {}) for account in accounts if verdicts]
        lines = [
            _account_row(account, [_count(totals, one) if account.get("error") is None else "-" for one in verdicts])
            for account, totals in counts
        ]
        yield _Block(table_head(["account", *verdicts], 1), lines, "total")
    errors = [
        f"- {prose(text) if name is None else f'{code(name)}: {prose(text)}'}"
        for name, text in groups.account_errors(report)
    ]
    yield _Block(f"### Accounts that could not be {kind_of(report).participle}\n", errors, "error")
    combined = [rows for rows in groups.identical_rows(report) if len(rows) >= _COMBINED]
    for rows in combined:
        yield _combined(report, rows)
    listed = {id(row) for rows in combined for row in rows}
    for section in groups.sections(report):
        rows = [row for row in section["rows"] if is_finding(row) and id(row) not in listed]
        yield _section(report, section, rows)
    yield _details("resolved finding", [_resolved(report, one) for one in report.get("resolved") or ()])
    yield _details("warning", list(_warnings(report)))


def _account_facts(accounts: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    paths = [(account.get("config_file") or "").split("/") for account in accounts]
    common = _common([path[:-1] for path in paths if path != [""]])
    for account, path in zip(accounts, paths):
        yield list(_facts(account, "/".join(path[common:])))


def _account_row(account: Mapping[str, Any], counts: Sequence[str]) -> str:
    return table_row([code(_short(account.get("name") or "")), *counts])


def _common(paths: Sequence[Sequence[str]]) -> int:
    """Return how many folders at the beginning are the same in all paths."""
    different = (at for at, names in enumerate(zip(*paths)) if len(set(names)) > 1)
    return next(different, min(map(len, paths), default=0))


def _section(report: groups.Report, section: Mapping[str, Any], rows: Sequence[groups.Row]) -> _Block:
    names = [code(groups.plain_text(section[key])) for key in ("account", "service_name") if section[key] is not None]
    headings = ["configuration", "verdict", *_headings(report), *(["since"] if _compared(report) else [])]
    head = f"### {' / '.join(names) or 'Findings'}\n\n{table_head(headings)}"
    return _Block(head, ["\n".join(_finding(report, row)) for row in rows], "finding")


def _headings(report: groups.Report) -> tuple[str, ...]:
    """Return the headings of the columns that describe a finding."""
    return _MESSAGE_HEADINGS if kind_of(report) is PREFLIGHT else _DIFFERENCE_HEADINGS


def _compared(report: groups.Report) -> bool:
    return report.get("previous") is not None


def _since(row: groups.Row) -> str:
    return row["since"] if row.get("since") in ("new", "changed") else ""


def _finding(report: groups.Report, row: groups.Row) -> Iterator[str]:
    """Yield the lines of a finding: one for its message, and one for each difference."""
    start = (link(groups.plain_text(row["id"]), row.get("console_url")), _verdict(row))
    end: tuple[str, ...] = (_since(row),) if _compared(report) else ()
    for cells in _cells(report, row) or [("",) * len(_headings(report))]:
        yield table_row((*start, *cells, *end))
        start, end = ("", ""), ("",) * len(end)


def _verdict(row: groups.Row) -> str:
    verdict = prose(groups.plain_text(row["verdict"]))
    return verdict if row.get("rule") is None else f"{verdict} ({code(groups.plain_text(row['rule']))})"


def _cells(report: groups.Report, row: groups.Row) -> list[tuple[str, ...]]:
    if kind_of(report) is PREFLIGHT:
        message = groups.message_text(row)
        return [] if message is None else [(prose(message),)]
    return [*_message(row), *_differences(row)]


def _message(row: groups.Row) -> Iterator[tuple[str, str, str]]:
    message = groups.message_text(row)
    if message is not None:
        # The message of a rule describes the desired state. Other messages describe the current state.
        yield ("", prose(message), "") if row["verdict"] == NONCOMPLIANT else ("", "", prose(message))


def _differences(row: groups.Row) -> Iterator[tuple[str, str, str]]:
    for difference, (option, desired, current) in zip(row.get("differences") or (), groups.difference_texts(row)):
        described = row["verdict"] == NONCOMPLIANT
        yield code(option), _value(difference["desired"], desired, described), _value(difference["current"], current)


def _value(value: Any, text: str, described: bool = False) -> str:
    """Format a value as code. Descriptions of values, such as "not set", are text."""
    return prose(text) if described or value is None or text == groups.NO_CONFIGURATION else code(text)


def _combined(report: groups.Report, rows: Sequence[groups.Row]) -> _Block:
    unit = "function" if rows[0]["verdict"] == UNCONFIGURED else "configuration"
    new = sum(row.get("since") == "new" for row in rows)
    summary = groups.count_text(len(rows), unit) + (f", {new} new" if new and _compared(report) else "")
    cells = _cells(report, rows[0])
    table = "\n".join([table_head(_headings(report)), *map(table_row, cells)]) if cells else ""
    title = f"### {groups.count_text(len(rows), unit)}: {_verdict(rows[0])}"
    head = "\n\n".join(filter(None, [title, table, f"<details><summary>{summary}</summary>\n"]))
    items = [f"- {_item(report, row)}" for row in rows]
    return _Block(head, items, "finding", "\n\n</details>")


def _item(report: groups.Report, row: groups.Row) -> str:
    account = "" if row.get("account") is None else f"{code(groups.plain_text(row['account']))} / "
    since = f" ({_since(row)})" if _since(row) and _compared(report) else ""
    return f"{account}{link(groups.plain_text(row['id']), row.get('console_url'))}{since}"


def _details(unit: str, items: Sequence[str]) -> _Block:
    head = f"<details><summary>{groups.count_text(len(items), unit)}</summary>\n"
    return _Block(head, items, unit, "\n\n</details>")


def _resolved(report: groups.Report, finding: Mapping[str, Any]) -> str:
    return f"- {_item(report, finding)}: {_verdict(finding)}"


def _warnings(report: groups.Report) -> Iterator[str]:
    for account in report.get("accounts") or ():
        name = "" if account.get("name") is None else f"{code(groups.plain_text(account['name']))}: "
        for warning in account.get("warnings") or ():
            yield f"- {name}{prose(groups.plain_text(warning, groups.LONGEST_MESSAGE))}"
