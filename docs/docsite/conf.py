# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Sphinx builds the site that ``make docs`` puts together; see tools/docsite.py."""

from __future__ import annotations

from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

project = "alicloud.fc"
copyright = "2026, alicloud.fc contributors"  # noqa: A001  # Sphinx's name for it
html_title = "alicloud.fc"

extensions = ["sphinx_antsibull_ext", "myst_parser"]
# GitHub's anchors of headings, so that a link to a chapter works there and here.
myst_heading_anchors = 3
# antsibull-docs writes roles for docs.ansible.com into this one.
default_role = "any"
nitpicky = True

html_theme = "sphinx_ansible_theme"
html_theme_options = {"documentation_home_url": "index.html", "vcs_pageview_mode": "blob"}
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
# It is copied beside the guides, but is not a page of the site.
exclude_patterns = ["README.md"]
# Nothing that is built depends on the day.
html_last_updated_fmt = None


#: Labels of Ansible's own documentation that antsibull-docs refers to. Its inventory is not fetched, so that the site
#: is built without a network.
ANSIBLE_LABELS = {
    "ansible_configuration_settings": "reference_appendices/config.html#ansible-configuration-settings",
    "common_return_values": "reference_appendices/common_return_values.html#common-return-values",
}


def _link_to_ansible(
    _app: Sphinx, _environment: BuildEnvironment, reference: pending_xref, shown: nodes.Element
) -> nodes.reference | None:
    place = ANSIBLE_LABELS.get(reference["reftarget"])
    if place is None:
        return None
    return nodes.reference("", "", shown, refuri=f"https://docs.ansible.com/ansible/latest/{place}", internal=False)


def setup(app: Sphinx) -> None:
    """Resolve what Sphinx does not find."""
    app.connect("missing-reference", _link_to_ansible)
