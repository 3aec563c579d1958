# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The files that the ``export`` and ``adopt`` playbooks write. Pure."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.alicloud.fc.plugins.filter.to_yaml_vars import to_yaml_vars
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import generation_number

Config = Mapping[str, Any]

_HEADER = """\
# {generation} asynchronous invocation configurations, written by the alicloud.fc.{playbook} playbook.
# To apply this file: ansible-playbook alicloud.fc.apply -e config_file=FILE
---
generation: "{number}"
"""
#: Text in the first line of each file that a playbook writes.
_WRITTEN_BY = "written by the alicloud.fc."
_TIMESTAMPS = ("created_time", "last_modified_time")
#: Matches service names that are safe to use as file names because they cannot point outside the directory.
_SERVICE = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class UnsafeName(Exception):
    """A service name cannot be used as a file name. The message is one sentence."""


def file_text(playbook: str, generation: Generation, configs: Sequence[Config]) -> str:
    """Return the text of a configuration file. The same configurations always produce the same text."""
    number = generation_number(generation)
    header = _HEADER.format(generation=generation.name, playbook=playbook, number=number)
    return header + str(to_yaml_vars({"configs": sorted(configs, key=lambda config: _identity(generation, config))}))


def exported_configs(generation: Generation, configs: Iterable[Config], timestamps: bool) -> list[dict[str, Any]]:
    """Return the identity, the settings and, if requested, the timestamps of each configuration."""
    names = [*generation.identity_options, *dict.fromkeys(field.path[0] for field in generation.fields)]
    names += _TIMESTAMPS if timestamps else ()
    return [{name: config.get(name) for name in names} for config in configs]


def export_files(
    generation: Generation, configs: Sequence[Config], path: str, per_service: bool
) -> list[dict[str, str]]:
    """Return the path and content of each exported file.

    Args:
        configs: the result of ``exported_configs``.
        path: the path of the file or, if each service has its own file, of the directory.

    Raises ``UnsafeName`` if a service name cannot be used as a file name.
    """
    if not per_service:
        return [{"path": path, "content": file_text("export", generation, configs)}]
    services: dict[str, list[Config]] = {}
    for config in configs:
        services.setdefault(str(config["service_name"]), []).append(config)
    _check_names(services)
    return [
        {"path": os.path.join(path, f"{name}.yml"), "content": file_text("export", generation, found)}
        for name, found in sorted(services.items())
    ]


def _check_names(services: Iterable[str]) -> None:
    same: dict[str, str] = {}
    for name in sorted(services):
        if _SERVICE.fullmatch(name) is None:
            raise UnsafeName(f"file_per_service: the service name {shown(name)} cannot be used as a file name.")
        # Not all file systems are case-sensitive.
        other = same.setdefault(name.lower(), name)
        if other != name:
            raise UnsafeName(
                f"file_per_service: the service names {shown(other)} and {shown(name)} differ only in case, so they "
                "cannot both be used as file names."
            )


def is_written_by_playbook(text: str) -> bool:
    """Return True if a file is empty or was created by ``file_text``, even if it has been edited since."""
    first_line = text.partition("\n")[0]
    return not text.strip() or _WRITTEN_BY in first_line


def stale_files(path: str, names: Iterable[str], files: Iterable[Mapping[str, str]]) -> list[str]:
    """Return a warning if the export directory contains files that this export does not write.

    These files may belong to services that no longer have configurations. ``apply`` would recreate those
    configurations.

    Args:
        names: the names of all files in the directory.
        files: the result of ``export_files``.
    """
    written = {os.path.basename(file["path"]) for file in files}
    stale = sorted(name for name in names if name.endswith(".yml") and name not in written)
    if not stale:
        return []
    listed = ", ".join(shown(name) for name in stale[:10]) + (f" and {len(stale) - 10} more" if len(stale) > 10 else "")
    return [f"{path} contains files that are not part of this export: {listed}. Delete them if they are outdated."]


def _identity(generation: Generation, config: Config) -> tuple[str, ...]:
    return tuple(str(config.get(name) or "") for name in generation.identity_options)
