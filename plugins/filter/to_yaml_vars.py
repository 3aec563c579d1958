# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: to_yaml_vars
short_description: Convert data to YAML for a variables file that is never templated
version_added: 2.0.0
author:
  - alicloud.fc contributors (!UNKNOWN)
description:
  - Converts data to YAML that Ansible reads back as the same data, for example with
    C(ansible.builtin.include_vars), C(vars_files) or C(-e @FILE).
  - Ansible templates the values in a variables file. Text from a service can contain a template, which would then run
    on the controller. To prevent this, the filter adds the C(!unsafe) tag to text that could contain a template.
  - Text that consists only of letters, digits, spaces and C(_-./:,@+=$~) is written without the tag. Dictionaries are
    sorted by key.
positional: _input
options:
  _input:
    description:
      - The data. Text, numbers, booleans, V(null), dates, lists and dictionaries are supported.
      - The filter fails if the data contains a lone surrogate, because YAML cannot represent it.
    type: raw
    required: true
notes:
  - The C(ansible.builtin.from_yaml) filter in ansible-core 2.18 does not support the C(!unsafe) tag. Use
    C(ansible.builtin.include_vars) to read the file.
seealso:
  - name: Unsafe or raw strings
    description: Explanation of the C(!unsafe) tag.
    link: https://docs.ansible.com/projects/ansible/latest/playbook_guide/playbooks_advanced_syntax.html
"""

EXAMPLES = r"""
- name: Read all configurations
  alicloud.fc.function_async_invoke_config_info:
    fail_on_unreadable: true
  register: account

- name: Write the configurations to a variables file
  ansible.builtin.copy:
    content: "{{ {'configs': account.async_invoke_configs} | alicloud.fc.to_yaml_vars }}"
    dest: account.yml
    mode: "0600"

- name: Read the variables file
  ansible.builtin.include_vars:
    file: account.yml

- name: Apply the configurations
  alicloud.fc.function_async_invoke_configs:
    configs: "{{ configs }}"
"""

RETURN = r"""
_value:
  description: The YAML document.
  type: str
  sample: |
    configs:
    - destination_config:
        on_failure:
          destination: !unsafe 'acs:mns:cn-hangzhou:123456789012:/queues/{{ failed }}/messages'
      function_name: resize
      service_name: shop
"""

import datetime as dt
import re
import sys
from collections.abc import Mapping
from typing import Any, Callable, ClassVar

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.plugin_utils._untrusted import untrusted_text

_STR = "tag:yaml.org,2002:str"
#: Text that does not match may be a template, regardless of the delimiters. In ansible-core 2.18, text can define its
#: own delimiters (``#jinja2:``).
_PLAIN = re.compile(r"[\w .,:/@+=$~-]*")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SCALARS = (type(None), bool, int, float, str, dt.date)


class _Dumper(yaml.SafeDumper):
    """Adds the !unsafe tag to text that may be a template. Does not use anchors."""

    # Empty, so that only the representers added below are used.
    yaml_representers: ClassVar[dict[Any, Any]] = {}

    def ignore_aliases(self, data: Any) -> bool:
        """Write repeated values in full, so that readers do not have to look up anchors."""
        return True

    def write_double_quoted(self, text: str, split: bool = True) -> None:
        """Escape all non-ASCII characters if a terminal or editor may not display the text correctly."""
        self.allow_unicode = text.isprintable()
        super().write_double_quoted(text, split)
        self.allow_unicode = True


def _represent_text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # Convert to plain text, because Ansible's own text classes behave differently.
    text = str.__str__(text)
    tag = "!unsafe" if _needs_tag(dumper, text) else _STR
    return dumper.represent_scalar(tag, text, style=None if text.isprintable() else '"')


def _needs_tag(dumper: _Dumper, text: str) -> bool:
    if _PLAIN.fullmatch(text) is not None:
        return False
    # Since version 2.19, ansible-core reads tagged text as if it had no quotes, so a quoted number would not remain
    # text. Numbers cannot be templates and need no tag.
    resolve: Callable[..., str] = dumper.resolve
    return resolve(yaml.ScalarNode, text, (True, False)) == _STR


# Values are matched by base type, because Ansible's containers and tagged values have their own types.
_REPRESENTERS: dict[type, Any] = {
    type(None): _Dumper.represent_none,
    bool: _Dumper.represent_bool,
    int: _Dumper.represent_int,
    float: _Dumper.represent_float,
    str: _represent_text,
    dt.datetime: _Dumper.represent_datetime,
    dt.date: _Dumper.represent_date,
    list: _Dumper.represent_list,
    tuple: _Dumper.represent_list,
    dict: _Dumper.represent_dict,
    Mapping: _Dumper.represent_dict,
}
for _kind, _represent in _REPRESENTERS.items():
    _Dumper.add_multi_representer(_kind, _represent)


def to_yaml_vars(data: Any) -> str:
    """Convert data to YAML that Ansible reads as the same data and never templates, as documented above.

    Raises ``AnsibleFilterError`` for data that YAML or Ansible's loader does not support.
    """
    try:
        _check(data, "")
        text = yaml.dump(data, Dumper=_Dumper, default_flow_style=False, width=sys.maxsize, allow_unicode=True)
    except RecursionError:
        raise AnsibleFilterError("to_yaml_vars: the data is nested too deeply.") from None
    return untrusted_text(text)


def _check(data: Any, path: str) -> None:
    """Raise ``AnsibleFilterError`` for the first value that cannot be written."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            below = f"{path}[{key!r}]"
            if not isinstance(key, _SCALARS):
                raise _unsupported(f"the key {below}", key, "must be a scalar")
            _check(key, below)
            _check(value, below)
    elif isinstance(data, (list, tuple)):
        for at, item in enumerate(data):
            _check(item, f"{path}[{at}]")
    elif not isinstance(data, _SCALARS):
        problem = "must be text, a number, a boolean, null, a date, a list or a dictionary"
        raise _unsupported(path, data, problem)
    elif isinstance(data, str) and _SURROGATE.search(data):
        raise AnsibleFilterError(f"to_yaml_vars: {path or 'the data'}: must not contain a lone surrogate.")


def _unsupported(path: str, value: Any, problem: str) -> AnsibleFilterError:
    return AnsibleFilterError(f"to_yaml_vars: {path or 'the data'}: {problem}, not {type(value).__name__}.")


class FilterModule:
    """The filter plugin."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters in this plugin."""
        return {"to_yaml_vars": to_yaml_vars}
