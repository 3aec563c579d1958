# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: printable
short_description: Escape control characters and shorten text
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Makes text from a service safe to display in a terminal, a log or a report.
  - Unprintable characters, such as line breaks, terminal escapes and lone surrogates, are replaced with escape
    sequences.
  - Long text is shortened, and the number of omitted characters is appended.
positional: _input
options:
  _input:
    description:
      - The text. Values of other types are converted to text.
    type: raw
    required: true
  longest:
    description:
      - Maximum number of characters to show.
    type: int
    default: 500
"""

EXAMPLES = r"""
- name: Show the destination for failed events
  ansible.builtin.debug:
    msg: "{{ config.destination_config.on_failure.destination | alicloud.fc.printable }}"
  vars:
    config:
      destination_config:
        on_failure:
          destination: "acs:mns:cn-hangzhou:123456789012:/queues/failed\e[2J/messages"
"""

RETURN = r"""
_value:
  description: The text.
  type: str
  sample: 'acs:mns:cn-hangzhou:123456789012:/queues/failed\x1b[2J/messages'
"""

from typing import Any, Callable

from ansible_collections.alicloud.fc.plugins.module_utils._text import LONGEST_TEXT, shortened
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable as escaped
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted_text


def printable(value: Any, longest: int = LONGEST_TEXT) -> str:
    """Escape unprintable characters in text and shorten it, as documented above."""
    # Convert to plain text, because text that ansible-core 2.18 marks as unsafe behaves differently.
    text = str.__str__(value) if isinstance(value, str) else str(value)
    shown = escaped(text[: longest + 1])
    return untrusted_text(shown if len(shown) <= longest else shortened(shown, len(text), longest))


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"printable": printable}
