# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The variables of this collection's playbooks. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._connection import options as connection
from ansible_collections.alicloud.fc.plugins.plugin_utils._report_kinds import AUDIT, PREFLIGHT, ReportKind

Spec = dict[str, Any]

#: Variables that describe the desired state. They are also the keys of a configuration file.
DESIRED: Spec = {
    # YAML parses an unquoted 3.0 as a number.
    "generation": {"type": "raw"},
    "configs": {"type": "list", "elements": "dict"},
    "defaults": {"type": "dict"},
    "groups": {"type": "list", "elements": "dict"},
    "purge": {"type": "str"},
    "purge_limit": {"type": "str"},
    "concurrency": {"type": "int"},
}
#: ``groups`` can be set only as an extra variable or in a configuration file, because Ansible stores the inventory
#: groups in a variable of the same name.
RESERVED = "groups"
#: The formats of a report and the extensions of the files.
FORMATS = {"html": "html", "json": "json", "text": "txt", "markdown": "md", "junit": "xml"}
_FILE: Spec = {"config_file": {"type": "path"}}
_COMMON: Spec = {name: DESIRED[name] for name in ("generation", "concurrency")}
_VERIFY: Spec = {"verify_destinations": {"type": "bool", "default": False}}


def _report(kind: ReportKind) -> Spec:
    return {
        "title": {"type": "str", "default": kind.title},
        "report_folder": {"type": "path", "default": "."},
        "report_name": {"type": "str", "default": kind.name},
        "report_formats": {"type": "list", "elements": "str", "default": ["html", "json"]},
        "notify_tasks": {"type": "path"},
        f"{kind.name}_serial": {"type": "raw"},
    }


_AUDIT_REPORT: Spec = {
    **_report(AUDIT),
    "previous": {"type": "path"},
    "fail_on_drift": {"type": "bool", "default": False},
}
_PREFLIGHT_REPORT: Spec = {**_report(PREFLIGHT), "fail_on_warning": {"type": "bool", "default": False}}
#: The variables of each playbook, except the connection options.
PLAYBOOKS: Mapping[str, Spec] = {
    "export": {
        **_COMMON,
        "config_file": {"type": "path", "default": "configs.yml"},
        "services": {"type": "list", "elements": "str"},
        "functions": {"type": "list", "elements": "str"},
        "timestamps": {"type": "bool", "default": False},
        "file_per_service": {"type": "bool", "default": False},
    },
    "apply": {**DESIRED, **_FILE, **_VERIFY, "purge_limit": {"type": "str", "default": "auto"}},
    "audit": {
        **DESIRED,
        **_FILE,
        **_VERIFY,
        "rules": {"type": "raw"},
        "unconfigured": {"type": "bool", "default": False},
        "services": {"type": "list", "elements": "str"},
        "functions": {"type": "list", "elements": "str"},
        **_AUDIT_REPORT,
    },
    "preflight": {**DESIRED, **_FILE, **_PREFLIGHT_REPORT},
    "adopt": {
        **_COMMON,
        "config_file": {"type": "path", "default": "configs.yml"},
        "terraform_file": {"type": "path"},
        "serverless_devs_file": {"type": "path"},
    },
}
#: The variables of the later steps of the playbooks that create reports. These steps also run if other variables are
#: invalid.
_STEPS: Mapping[str, Spec] = {
    "audit_report": _AUDIT_REPORT,
    "audit_end": _AUDIT_REPORT,
    "preflight_report": _PREFLIGHT_REPORT,
    "preflight_end": _PREFLIGHT_REPORT,
}
#: Variables that only the plays themselves use.
PLAY_VARIABLES = {"audit": ("audit_hosts",), "preflight": ("preflight_hosts",)}
#: The names of all steps of the playbooks.
STEPS = tuple(sorted([*PLAYBOOKS, *_STEPS]))


def spec_of(step: str) -> Spec:
    """Return the variables of a playbook or of one of its later steps, except the connection options."""
    return PLAYBOOKS[step] if step in PLAYBOOKS else _STEPS[step]


def variable_names(step: str) -> list[str]:
    """Return the names of all variables that a playbook or one of its later steps uses."""
    return [*spec_of(step), *(connection.argument_spec() if step in PLAYBOOKS else ())]
