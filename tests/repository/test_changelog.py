# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The changelog fragments have markup that changelogs support, and agree with the version of new options."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ._files import ROOT, files, load

FRAGMENTS = [name for name in files() if re.fullmatch(r"changelogs/fragments/.+\.yml", name)]
#: Ansible's markup for documentation, such as ``O(state)``, which is printed as it is.
MARKUP = re.compile(r"(?<![\w`])[A-Z]{1,3}\([^)]*\)")


@pytest.mark.parametrize("name", FRAGMENTS)
def test_fragments_have_no_markup_of_documentation(name: str) -> None:
    content: dict[str, Any] = load(name)
    lines = [line for section in content.values() for line in (section if isinstance(section, list) else [section])]
    assert [found for line in lines for found in MARKUP.findall(re.sub("``.*?``", "", str(line)))] == []


def test_new_plugins_and_options_belong_to_a_major_version_if_there_are_breaking_changes() -> None:
    breaking = any({"breaking_changes", "removed_features"} & set(load(name)) for name in FRAGMENTS)
    (current,) = re.findall(r"^version: (\d+)\.", (ROOT / "galaxy.yml").read_text("utf-8"), re.MULTILINE)
    added = {
        version
        for name in files()
        if name.startswith("plugins/")
        for version in re.findall(
            r"\bversion_added\"?: \"?(\d+)\.", (ROOT / name).read_text("utf-8", errors="replace")
        )
    }  # fmt: skip
    newest = max(map(int, added))
    assert newest == int(current) + 1 if breaking else newest <= int(current)
