# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Marks what a filter returns as data that Ansible must not template."""

from __future__ import annotations

import importlib.util
from typing import Any

#: Since ansible-core 2.19, text is templated only if it is marked as trusted, and what a filter makes is not marked.
#: ansible-core 2.18 templates all text that is not marked as unsafe, and a new text has lost the mark of its source.
HAS_TRUST = importlib.util.find_spec("ansible.module_utils.datatag") is not None


def untrusted(data: Any) -> Any:
    """Return the same data, in which no text is ever templated."""
    if HAS_TRUST:
        return data
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(data)


def untrusted_text(text: str) -> str:
    """Return a text that is never templated, and never taken for a Python literal, as Ansible 2.18 does with others."""
    if HAS_TRUST:
        return text
    from ansible.utils.native_jinja import NativeJinjaText

    marked: str = untrusted(NativeJinjaText(text))
    return marked
