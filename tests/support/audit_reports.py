# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit reports: functions that create them and a hypothesis strategy."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT
from hypothesis import strategies as st

Report = dict[str, Any]
AUDITED_AT = "2026-11-26T05:00:00Z"
OPTIONS = ("destination_config.on_failure.destination", "maximum_event_age_in_seconds", "maximum_retry_attempts")


def difference(desired: Any = 0, current: Any = 5, option: str = "maximum_retry_attempts") -> dict[str, Any]:
    """Return a difference."""
    return {"option": option, "desired": desired, "current": current}


def row(name: str = "shop:resize:LATEST", verdict: str = "drifted", **values: Any) -> dict[str, Any]:
    """Return a row. The name of the service is taken from the ID."""
    defaults: dict[str, Any] = {
        "account": None,
        "id": name,
        "service_name": name.split(":")[0] if ":" in name else None,
        "verdict": verdict,
        "rule": None,
        "differences": [difference()] if verdict in ("drifted", "missing", "unexpected") else [],
        "message": None,
        "console_url": None,
        "since": None,
    }
    return {**defaults, **values}


def account(name: str | None = None, **values: Any) -> dict[str, Any]:
    """Return an account without totals. ``report`` adds them."""
    defaults: dict[str, Any] = {
        "name": name,
        "account_id": "123456789012",
        "region": "cn-hangzhou",
        "endpoint": "https://123456789012.cn-hangzhou.fc.aliyuncs.com",
        "generation": "FC 2.0",
        "config_file": "/project/configs.yml",
        "revision": {"commit": "0123456789abcdef0123456789abcdef01234567", "modified": False},
        "purge": "none",
        "outcome": "drift",
        "error": None,
        "warnings": [],
    }
    return {**defaults, **values}


def report(*rows: dict[str, Any], accounts: list[dict[str, Any]] | None = None, **values: Any) -> Report:
    """Return a complete report. The rows are sorted by verdict."""
    named = [account()] if accounts is None else accounts
    in_order = sorted(rows, key=lambda one: AUDIT.verdicts.index(one["verdict"]))
    own = [[one for one in in_order if one["account"] == entry["name"]] for entry in named]
    return {
        "schema_version": 1,
        "kind": "audit",
        "title": "Asynchronous invocation audit",
        "audited_at": AUDITED_AT,
        "collection_version": "1.1.0",
        "outcome": "in sync" if all(one["verdict"] == "in sync" for one in rows) else "drift",
        "previous": None,
        "totals": AUDIT.count(in_order),
        "accounts": [{**entry, "totals": AUDIT.count(found)} for entry, found in zip(named, own, strict=True)],
        "rows": in_order,
        "resolved": [],
        **values,
    }


def brief(complete: Report) -> Report:
    """Return only the totals and rows, as the ``audit_report`` filter does."""
    return {"totals": complete["totals"], "rows": complete["rows"]}


def _optional(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def differences(text: st.SearchStrategy[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Return a strategy for the differences of a row."""
    values = st.none() | st.booleans() | st.integers() | text
    return st.lists(st.builds(difference, values, values, st.sampled_from(OPTIONS)), max_size=3)


@st.composite
def rows(draw: st.DrawFn, names: tuple[str | None, ...], text: st.SearchStrategy[str]) -> dict[str, Any]:
    """Generate a row in one of the accounts."""
    verdict = draw(st.sampled_from(AUDIT.verdicts))
    with_message = verdict in ("unreadable", "no function", "bad destination", "noncompliant")
    finding = verdict != "in sync"
    return row(
        draw(text),
        verdict,
        account=draw(st.sampled_from(names)),
        service_name=draw(_optional(st.sampled_from(["shop", "media"]) | text)),
        rule=draw(text) if verdict == "noncompliant" else None,
        differences=draw(differences(text)) if finding else [],
        message=draw(_optional(text)) if with_message else None,
        console_url=draw(_optional(text | text.map("https://fcnext.console.aliyun.com/{}".format))),
        since=draw(st.sampled_from([None, "new", "changed", "known"])) if finding else None,
    )


@st.composite
def accounts(draw: st.DrawFn, name: str | None, text: st.SearchStrategy[str]) -> dict[str, Any]:
    """Generate an account."""
    error = draw(_optional(text))
    return account(
        name,
        account_id=draw(_optional(text)),
        region=draw(_optional(text)),
        endpoint=draw(_optional(text)),
        config_file=draw(_optional(text)),
        revision=draw(st.none() | st.fixed_dictionaries({"commit": text, "modified": st.booleans()})),
        outcome="drift" if error is None else draw(st.sampled_from(["unreadable", "invalid input"])),
        error=error,
        warnings=draw(st.lists(text, max_size=2)),
    )


@st.composite
def reports(draw: st.DrawFn, text: st.SearchStrategy[str] | None = None) -> Report:
    """Generate complete reports whose external text comes from ``text``."""
    text = st.text(max_size=40) if text is None else text
    names: list[str | None] = [*draw(st.lists(text, max_size=3, unique=True))] or [None]
    found = draw(st.lists(rows(tuple(names), text), max_size=8))
    # Identical findings are rare in random rows.
    repeated = draw(st.integers(0, 6))
    found += [{**one, "id": draw(text)} for one in found[:1] for _number in range(repeated)]
    resolved = st.fixed_dictionaries(
        {
            "account": st.sampled_from(names),
            "id": text,
            "verdict": st.sampled_from(AUDIT.verdicts[:-1]),
            "rule": _optional(text),
        }
    )
    return report(
        *found,
        accounts=[draw(accounts(name, text)) for name in names],
        title=draw(text),
        audited_at=draw(st.just(AUDITED_AT) | text),
        previous=draw(st.none() | st.just({"audited_at": AUDITED_AT})),
        resolved=draw(st.lists(resolved, max_size=3)),
    )
