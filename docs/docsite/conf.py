# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Sphinx configuration for the documentation site, which `make docs` builds."""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "alicloud.fc"
copyright = "2026, alicloud.fc contributors"  # noqa: A001  # Sphinx requires this name.
html_title = "alicloud.fc"

extensions = ["sphinx_antsibull_ext", "myst_parser"]
# Generate the same heading anchors as GitHub so that links to sections work on both sites.
myst_heading_anchors = 3
# The antsibull-docs template sets this default role.
default_role = "any"
nitpicky = True

html_theme = "sphinx_ansible_theme"
html_theme_options = {"documentation_home_url": "index.html", "vcs_pageview_mode": "blob"}
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
# The session copies README.md, but README.md is not a page on the site.
exclude_patterns = ["README.md"]
# Keep the build reproducible.
html_last_updated_fmt = None


#: Labels in the Ansible documentation that the generated pages refer to. Because the build must work offline, it does
#: not fetch that documentation's Sphinx inventory.
ANSIBLE_LABELS = {
    "action_plugins": "plugins/action.html#action-plugins",
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def _link_to_ansible(
    _app: Sphinx, _environment: BuildEnvironment, reference: pending_xref, shown: nodes.Element
) -> nodes.reference | None:
    place = ANSIBLE_LABELS.get(reference["reftarget"])
    if place is None:
        return None
    uri = f"https://docs.ansible.com/projects/ansible/latest/{place}"
    return nodes.reference("", "", shown, refuri=uri, internal=False)


def setup(app: Sphinx) -> None:
    """Register the resolver for references to the Ansible documentation."""
    app.connect("missing-reference", _link_to_ansible)
