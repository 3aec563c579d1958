# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Audit reports written by hand, and HTML pages that the template of the ``audit`` playbook creates from them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.alicloud.fc.plugins.plugin_utils._audit_groups import outcome_text
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT, PREFLIGHT, ReportKind

from ._playbook import ROOT, ansible_environment

Item = dict[str, Any]

_ANSIBLE_PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")
TEMPLATE = ROOT / "playbooks" / "templates" / "report.html.j2"
CONSOLE = "https://fcnext.console.example.com/cn-hangzhou/services/shop/functions/{}"
SCRIPT = "</td></script><script>document.title='harmed'</script><img/src=x/onerror=document.title='harmed'>"
ATTRIBUTE = "\"onmouseover=document.title='harmed'//'"
TEMPLATED = "{{ lookup('ansible.builtin.pipe', 'touch harmed') }}"
LONG_NAME = "a-name-without-any-separator" * 6
LONG_ARN = "acs:fc:cn-hangzhou:1234567890123456:services/" + "/".join(
    f"very-long-segment-{number}" for number in range(40)
)


def difference(option: str, desired: Any, current: Any) -> Item:
    """Return a difference."""
    return {"option": option, "desired": desired, "current": current}


def row(name: str, verdict: str, *differences: Item, **values: Any) -> Item:
    """Return a row of a report. The service is the first part of the name."""
    defaults = {"account": None, "rule": None, "message": None, "console_url": None, "since": None}
    service = name.split(":", 1)[0] if ":" in name else None
    return {
        "id": name, "service_name": service, "verdict": verdict, "differences": list(differences), **defaults, **values
    }  # fmt: skip


def account(name: str | None = None, **values: Any) -> Item:
    """Return an account. ``report`` adds its outcome and its totals."""
    return {
        "name": name,
        "account_id": "1234567890123456",
        "region": "cn-hangzhou",
        "endpoint": "https://1234567890123456.cn-hangzhou.fc.aliyuncs.com",
        "generation": "FC 2.0",
        "config_file": "/srv/infrastructure/configs.yml",
        "revision": {"commit": "0123456789abcdef0123456789abcdef01234567", "modified": False},
        "purge": "none",
        "error": None,
        "warnings": [],
        **values,
    }


def report(accounts: Sequence[Item], rows: Sequence[Item], kind: ReportKind = AUDIT, **values: Any) -> Item:
    """Return a report with the rows in order, and with outcomes and totals that match them."""
    order = [found["name"] for found in accounts]
    ordered = sorted(rows, key=lambda one: (kind.verdicts.index(one["verdict"]), order.index(one["account"])))
    complete = [_with_outcome(one, [row for row in ordered if row["account"] == one["name"]], kind) for one in accounts]
    words = outcome_text({"kind": kind.name, "accounts": complete, "rows": ordered})
    return {
        "schema_version": 1,
        "kind": kind.name,
        "title": "Asynchronous invocations",
        kind.time_key: "2026-11-26T05:00:00Z",
        "collection_version": "1.1.0",
        "outcome": min((one["outcome"] for one in complete), key=kind.outcomes.index),
        "summary": f"{words[:1].upper()}{words[1:]}",
        "totals": kind.count(ordered),
        "accounts": complete,
        "rows": ordered,
        **({"previous": None, "resolved": []} if kind is AUDIT else {}),
        **values,
    }


def _with_outcome(one: Item, rows: Sequence[Item], kind: ReportKind) -> Item:
    return {"outcome": kind.outcome(rows, one["error"], False), "totals": kind.count(rows), **one}


def render(reports: Mapping[str, Item], folder: Path) -> dict[str, Path]:
    """Create a page from each report with ``ansible-playbook``. Return the paths of the pages."""
    for name, content in reports.items():
        (folder / f"{name}.json").write_text(json.dumps(content), "utf-8")
    task = {
        # The content of the files is not trusted, in contrast to the values of variables in a playbook.
        "vars": {"fc_report": f"{{{{ lookup('ansible.builtin.file', '{folder}/' ~ item ~ '.json') | from_json }}}}"},
        "ansible.builtin.template": {"src": str(TEMPLATE), "dest": f"{folder}/{{{{ item }}}}.html"},
        "loop": list(reports),
    }
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": [task]}
    (folder / "render.yml").write_text(json.dumps([play]), "utf-8")  # JSON is valid YAML
    process = subprocess.run(
        [_ANSIBLE_PLAYBOOK, "render.yml"], cwd=folder, env=ansible_environment(folder), stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    assert process.returncode == 0, process.stdout
    return {name: folder / f"{name}.html" for name in reports}


def full_report() -> Item:
    """Return a report with three accounts, all verdicts and hostile texts."""
    return report(_accounts(), [*_shop(), *_other_rows()], **_comparison(), title=SCRIPT)


def _accounts() -> list[Item]:
    return [
        account("production", purge="account", warnings=["configs[0]: the first warning.", f"configs[1]: {SCRIPT}"]),
        account(
            "staging", account_id="2345678901234567", region="cn-shanghai", generation="FC 3.0",
            warnings=["Another one."],
            revision={"commit": "fedcba98" * 5, "modified": True}, config_file=f"/srv/{ATTRIBUTE.replace('/', '')}.yml",
        ),
        account(
            "legacy", account_id=None, region=None, endpoint=None, config_file=None, revision=None,
            outcome="invalid input", error=f"region: {SCRIPT} is not a region.",
        ),
    ]  # fmt: skip


def _shop() -> list[Item]:
    retries = difference("maximum_retry_attempts", 1, 5)
    function = "function 'gone' of service 'shop' does not exist"
    found = [
        row("shop:secret", "unreadable", message=f"Denied: {SCRIPT}", console_url="javascript:document.title='harmed'"),
        row("shop:gone:LATEST", "no function", difference("maximum_retry_attempts", 1, None), message=function),
        row("shop:resize:LATEST", "bad destination", message=f"destination_config: {SCRIPT} has no role."),
        row("shop:drifted:LATEST", "drifted", retries, difference("stateful_invocation", False, True), since="new"),
        row("shop:resize:LATEST", "drifted", retries, console_url=CONSOLE.format("resize")),
        row("shop:refund:LATEST", "drifted", retries, console_url=f"https://example.com/{ATTRIBUTE}{SCRIPT}"),
        row("shop:missing:live", "missing", difference("maximum_event_age_in_seconds", 3600, None), since="changed"),
        row("shop:old:LATEST", "unexpected", difference("maximum_event_age_in_seconds", None, 60)),
        row(
            "shop:drifted:LATEST",
            "noncompliant",
            difference("maximum_retry_attempts", "at most 3", 5),
            rule="few retries",
        ),
        row("shop:mailer", "unconfigured", console_url="http://example.com/not-encrypted"),
        row("shop:same:LATEST", "in sync", console_url=CONSOLE.format("same")),
    ]
    return [{**one, "account": "production"} for one in found]


def _other_rows() -> list[Item]:
    hostile = [difference(SCRIPT, ATTRIBUTE, TEMPLATED), difference("list", [1], {"a": SCRIPT})]
    return [
        row("reports:daily:LATEST", "in sync", account="production"),
        row("reports:weekly:LATEST", "in sync", account="production"),
        row(f"{SCRIPT}:LATEST", "drifted", *hostile, account="staging", service_name=None, rule=ATTRIBUTE),
        row("pay:LATEST", "in sync", account="staging", service_name=None),
    ]


def _comparison() -> Item:
    resolved = [
        {"account": "production", "id": "shop:cart:LATEST", "verdict": "drifted", "rule": None},
        {"account": "staging", "id": SCRIPT, "verdict": "noncompliant", "rule": SCRIPT},
    ]
    return {"previous": {"audited_at": "2026-11-25T05:00:00Z"}, "resolved": resolved}


def single_report() -> Item:
    """Return a report about one account without a name, with very long names and values."""
    rows = [
        row(
            f"{LONG_NAME}:{LONG_NAME}:LATEST",
            "drifted",
            difference(LONG_NAME, LONG_ARN, {"a": LONG_NAME}),
            rule=LONG_NAME,
        ),
        row("shop:secret", "unreadable", message="x" * 3000),
        row("shop:same:LATEST", "in sync"),
    ]
    one = account(config_file=f"/srv/{LONG_NAME}.yml", warnings=[LONG_ARN], purge="service")
    return report([one], rows, title=LONG_NAME)


def preflight_report() -> Item:
    """Return a report of the preflight playbook about one account, with all verdicts."""
    denied = "GetFunctionAsyncInvokeConfig of shop:secret:LATEST failed: {} (HTTP 403). Grant {} to the caller."
    missing = f"destination_config.on_failure.destination: '{LONG_ARN}' does not exist. {SCRIPT}"
    rows = [
        row("shop:secret:LATEST", "failure", rule="caller", message=denied.format(SCRIPT, TEMPLATED)),
        row("shop:order:LATEST", "failure", rule="destination", message=missing),
        row("shop:refund:LATEST", "failure", rule="destination", message=missing),
        row("shop:refund:LATEST", "warning", rule="qualifier", message="qualifier: 'latest' is the name of an alias."),
        row("shop:same:LATEST", "ok", console_url=CONSOLE.format("same")),
        row("reports:daily:LATEST", "ok"),
    ]
    facts = {key: value for key, value in account().items() if key != "purge"}
    return report([facts], rows, PREFLIGHT, title=SCRIPT)


def clean_report() -> Item:
    """Return a report about one account in which everything is in sync."""
    return report(
        [account("production")], [row(f"shop:{name}:LATEST", "in sync", account="production") for name in "ab"]
    )


def failed_report() -> Item:
    """Return a report about one account that could not be read."""
    error = f"GetAccountSettings failed: {SCRIPT} (HTTP 403, AccessDenied). Check the access key."
    return report([account("legacy", account_id=None, region=None, error=error)], [])
