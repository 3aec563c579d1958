# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection meets the requirements of the Ansible community and Automation Hub that no other check verifies.

The importer of Galaxy, ansible-lint, ansible-test sanity and antsibull-docs verify all others.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ._files import ROOT, constants, files, load

PLUGINS = ROOT / "plugins"
MODULES = sorted((PLUGINS / "modules").glob("*.py"))
EACH_MODULE = pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
ACTIONS = {path.stem for path in MODULES if "def main(" not in path.read_text("utf-8")}


def documentation(module: Path) -> dict[str, Any]:
    """Return the DOCUMENTATION of a module."""
    content: dict[str, Any] = yaml.safe_load(constants(module)["DOCUMENTATION"])
    return content


def test_galaxy_yml() -> None:
    galaxy = load("galaxy.yml")
    assert galaxy["license"] == ["GPL-3.0-or-later"]
    assert galaxy["issues"]
    # Users do not need to install other collections.
    assert galaxy["dependencies"] == {}


def test_no_file_disables_lint_rules_or_sanity_tests() -> None:
    assert set(load(".ansible-lint")) == {"profile", "offline"}
    names = files()
    assert [name for name in names if Path(name).name == ".ansible-lint-ignore"] == []
    assert [name for name in names if name.startswith("tests/sanity/") or name == "tests/config.yml"] == []
    yml = [name for name in names if name.endswith((".yml", ".yaml"))]
    assert [name for name in yml if "# noqa" in (ROOT / name).read_text("utf-8")] == []


@EACH_MODULE
def test_modules_have_a_version_and_return_values(module: Path) -> None:
    # validate-modules requires them only for new modules.
    assert "version_added" in documentation(module)
    assert "RETURN" in constants(module)


@EACH_MODULE
def test_modules_describe_check_mode_diff_mode_and_idempotence(module: Path) -> None:
    # validate-modules checks the values of these attributes.
    fragments = documentation(module)["extends_documentation_fragment"]
    assert "alicloud.fc._attributes" in fragments or "alicloud.fc._attributes.info_module" in fragments


@EACH_MODULE
def test_the_state_of_a_resource_is_present_or_absent(module: Path) -> None:
    # Ansible's inclusion policy does not allow states that query a resource.
    state = documentation(module).get("options", {}).get("state", {})
    assert set(state.get("choices", [])) <= {"present", "absent"}


@EACH_MODULE
def test_modules_document_whether_they_are_in_the_action_group(module: Path) -> None:
    described = documentation(module)
    support = described.get("attributes", {}).get("action_group", {}).get("support")
    has_fragment = "alicloud.fc._attributes.action_group" in described["extends_documentation_fragment"]
    assert (has_fragment, support) == ((False, "none") if module.stem in ACTIONS else (True, None))


def test_the_action_group_contains_all_modules() -> None:
    # The connection options of actions are variables.
    group = load("meta/runtime.yml")["action_groups"]["all"]
    assert sorted(group) == sorted({path.stem for path in MODULES} - ACTIONS)


def test_plugins_are_in_folders_that_ansible_reads() -> None:
    expected = {"action", "doc_fragments", "filter", "module_utils", "modules", "plugin_utils"}
    assert {path.name for path in PLUGINS.iterdir() if path.is_dir() and path.name != "__pycache__"} == expected


@pytest.mark.parametrize("folder", ["doc_fragments", "module_utils", "plugin_utils"])
def test_internal_files_are_private(folder: str) -> None:
    paths = [path for path in (PLUGINS / folder).glob("*.py") if path.name != "__init__.py"]
    assert paths
    assert [path.name for path in paths if not path.name.startswith("_")] == []
    assert [path.name for path in paths if "PRIVATE to the collection" not in path.read_text("utf-8")] == []


def test_python_requirements_have_bounds() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text("utf-8").splitlines() if line and line[0] != "#"]
    assert lines
    assert [line for line in lines if not re.search(r">=[^,]+,<", line)] == []


def test_the_readme_has_the_required_sections_and_links() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    headings = set(re.findall(r"^## (.*)$", readme, re.MULTILINE))
    assert {"Requirements", "Installation", "Changelog", "License", "Communication", "Versioning"} <= headings
    # Automation Hub displays the file without the repository.
    links = re.findall(r"\]\(([^)\s]+)", readme)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    wanted = ("code_of_conduct", "forum.ansible.com/c/help", "forum.ansible.com/tag", "semver.org", "SECURITY.md")
    assert [name for name in wanted if not any(name in link for link in links)] == []
    assert "pip install ansible" not in readme
