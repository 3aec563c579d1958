# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Format reports as JUnit XML. Pure.

Printable text, unlike other text, contains only characters that XML allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from ansible_collections.alicloud.fc.plugins.plugin_utils import _audit_groups as groups
from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_rows import destination_option
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import UNREADABLE, WARNING, is_finding, kind_of

_PREFIX = "alicloud.fc"
_FACTS = ("account_id", "region", "endpoint", "generation", "config_file", "purge")
#: The elements of the findings that are not failures.
_ELEMENTS = {UNREADABLE: "error", WARNING: "skipped"}


def render(report: groups.Report) -> str:
    """Return the document."""
    title = report.get("title")
    # Some readers reject durations that are missing or empty.
    root = ET.Element("testsuites", name=kind_of(report).title if title is None else groups.plain_text(title), time="0")
    root.extend(_suites(report))
    for count in _counts(report):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in root)))
    ET.indent(root)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suites(report: groups.Report) -> Iterator[ET.Element]:
    accounts = {account.get("name"): account for account in report.get("accounts") or ()}
    for account in report.get("accounts") or ():
        if account.get("error") is not None:
            names = _names(account.get("name"))
            yield _suite(report, names, account, [_failed_account(names, account)])
    for section in groups.sections(report):
        names = _names(section["account"], section["service_name"])
        cases = [_case(names, row) for row in section["rows"]]
        yield _suite(report, names, accounts.get(section["account"], {}), cases)


def _names(*names: Any) -> list[str]:
    return [groups.plain_text(name) for name in names if name is not None]


def _counts(report: groups.Report) -> dict[str, str | None]:
    """Return the counts of a test suite that CI systems display, and the elements that they count."""
    skipped = {"skipped": "skipped"} if WARNING in kind_of(report).verdicts else {}
    return {"tests": None, "failures": "failure", "errors": "error", **skipped}


def _suite(report: groups.Report, names: list[str], account: Mapping[str, Any], cases: list[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=" / ".join(names) or _PREFIX, time="0")
    for count, tag in _counts(report).items():
        suite.set(count, str(sum(tag is None or case.find(tag) is not None for case in cases)))
    # The format does not allow time zones.
    time = groups.plain_text(report.get(kind_of(report).time_key))
    if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time, re.ASCII):
        suite.set("timestamp", time[:-1])
    facts = list(_facts(account))
    if facts:
        properties = ET.SubElement(suite, "properties")
        for name, value in facts:
            ET.SubElement(properties, "property", name=name, value=value)
    suite.extend(cases)
    return suite


def _facts(account: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in _FACTS:
        if account.get(name) is not None:
            yield name, groups.plain_text(account[name])
    revision = account.get("revision")
    if revision:
        yield "commit", groups.plain_text(revision["commit"])
        yield "modified", "true" if revision.get("modified") else "false"


def _failed_account(names: list[str], account: Mapping[str, Any]) -> ET.Element:
    case = ET.Element("testcase", classname=".".join([_PREFIX, *names]), name="account", time="0")
    error = groups.plain_text(account["error"], groups.LONGEST_MESSAGE)
    _add_result(case, "error", groups.plain_text(account.get("outcome") or UNREADABLE), error, [error])
    return case


def _case(names: list[str], row: groups.Row) -> ET.Element:
    # CI systems identify a test by its name. A configuration can have several findings.
    details = [groups.plain_text(one) for one in (row.get("rule"), destination_option(row)) if one is not None]
    name = groups.plain_text(row["id"]) + (f" ({', '.join(details)})" if details else "")
    case = ET.Element("testcase", classname=".".join([_PREFIX, *names]), name=name, time="0")
    if is_finding(row):
        verdict = groups.plain_text(row["verdict"])
        lines = list(_lines(row)) or [verdict]
        url = [] if row.get("console_url") is None else [groups.plain_text(row["console_url"])]
        _add_result(case, _ELEMENTS.get(verdict, "failure"), verdict, "; ".join(lines), [*lines, *url])
    return case


def _lines(row: groups.Row) -> Iterator[str]:
    message = groups.message_text(row)
    if message is not None:
        yield message
    for option, desired, current in groups.difference_texts(row):
        yield f"{option}: desired {desired}, current {current}"


def _add_result(case: ET.Element, tag: str, verdict: str, message: str, lines: list[str]) -> None:
    result = ET.SubElement(case, tag, type=verdict, message=groups.plain_text(message))
    result.text = "\n".join(lines)
