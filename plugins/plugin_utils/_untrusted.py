# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""Mark filter results as data that Ansible must not template."""

from __future__ import annotations

import importlib.util
from typing import Any

#: Since ansible-core 2.19, only trusted text is templated, and filter results are not trusted. ansible-core 2.18
#: templates all text that is not marked as unsafe, but does not mark text that is derived from marked text.
HAS_TRUST = importlib.util.find_spec("ansible.module_utils.datatag") is not None


def untrusted(data: Any) -> Any:
    """Return the same data, marked so that Ansible does not template it."""
    if HAS_TRUST:
        return data
    from ansible.utils.unsafe_proxy import wrap_var

    return wrap_var(data)


def untrusted_text(text: str) -> str:
    """Return the text, marked so that Ansible does not template it.

    The mark also prevents ansible-core 2.18 from converting the text to a Python literal.
    """
    if HAS_TRUST:
        return text
    from ansible.utils.native_jinja import NativeJinjaText

    marked: str = untrusted(NativeJinjaText(text))
    return marked
