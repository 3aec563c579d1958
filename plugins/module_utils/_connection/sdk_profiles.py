# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Convert profiles in the official SDK's INI file to official CLI profiles. Pure."""

from __future__ import annotations

from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable

#: Maps keys and types in the SDK's INI file to their names in the CLI's JSON file.
_INI_KEYS = {
    "type": "mode",
    "security_token": "sts_token",
    "role_name": "ram_role_name",
    "role_arn": "ram_role_arn",
    "role_session_name": "ram_session_name",
    "oidc_token_file_path": "oidc_token_file",
}
_INI_MODES = {
    "access_key": "AK",
    "sts": "StsToken",
    "ecs_ram_role": "EcsRamRole",
    "ram_role_arn": "RamRoleArn",
    "oidc_role_arn": "OIDC",
}


def profiles_of_sdk(path: str, text: str) -> dict[str, Mapping[str, Any]]:
    """Parse the text of a file and return its profiles, keyed by name. Raises ``InvalidOption``."""
    import configparser  # few users have such a file

    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except configparser.Error:
        raise InvalidOption("shared_credentials_file", f"{printable(path)} is neither JSON nor INI") from None
    return {section: _from_ini(dict(parser.items(section))) for section in parser.sections()}


def _from_ini(section: Mapping[str, str]) -> dict[str, Any]:
    """Convert a section of the INI file. Comments are removed, as in the SDK."""
    entry: dict[str, Any] = {_INI_KEYS.get(key, key): value.split("#")[0].strip() for key, value in section.items()}
    entry["mode"] = _INI_MODES.get(entry.get("mode", ""), entry.get("mode"))
    return entry
