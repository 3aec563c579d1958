# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Marks what a filter returns as data that Ansible must not template."""

from __future__ import annotations

from typing import Any

try:
    # Since ansible-core 2.19, text is templated only if it is marked as trusted, and what a filter makes is not marked.
    import ansible.module_utils.datatag  # noqa: F401
except ImportError:
    # ansible-core 2.18 templates all text that is not marked as unsafe, and a new text has lost the mark of its source.
    from ansible.utils.native_jinja import NativeJinjaText
    from ansible.utils.unsafe_proxy import wrap_var

    HAS_TRUST = False
else:
    HAS_TRUST = True


def untrusted(data: Any) -> Any:
    """Return the same data, in which no text is ever templated."""
    return data if HAS_TRUST else wrap_var(data)


def untrusted_text(text: str) -> str:
    """Return a text that is never templated, and never taken for a Python literal, as Ansible 2.18 does with others."""
    marked: str = text if HAS_TRUST else wrap_var(NativeJinjaText(text))
    return marked
