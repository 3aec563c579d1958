# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""A data class for official CLI profiles that the official library handles."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass, field, replace
from typing import Any, Mapping
from urllib.parse import urlsplit

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint, parse_endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LARGEST_PROFILE_FILE,
    UnreadableFile,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import Source
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable

#: Profile keys that contain secrets.
_SECRET_KEYS = ("access_key_secret", "sts_token", "access_token", "oauth_access_token", "oauth_refresh_token")


#: Profile keys that contain the library's last session.
_SESSION_KEYS = ("access_key_id", "access_key_secret", "sts_token", "sts_expiration")


@dataclass(frozen=True)
class LibraryProfile(Source):
    """An official CLI profile whose mode the official library handles: CloudSSO, OAuth or External."""

    file: str
    name: str
    #: The content of the entire file.
    content: Mapping[str, Any] = field(repr=False)
    hint = "Sign in again with the official CLI, or check the profile's command."

    def describe(self) -> str:
        return f"Using the profile {self.name!r} in {printable(self.file)}"

    def server(self) -> Endpoint | None:
        entry = self._entry()
        mode = str(entry.get("mode")).lower()
        if mode == "oauth":
            host = _OAUTH_HOSTS.get(str(entry.get("oauth_site_type", "CN")).upper())
            return Endpoint("https", host) if host else None
        try:
            url = urlsplit(str(entry.get("cloud_sso_sign_in_url") or ""))
            return parse_endpoint("profile", f"{url.scheme}://{url.netloc}") if mode == "cloudsso" else None
        except ValueError:
            return None

    def secrets(self) -> set[str]:
        values = (self._entry().get(key) for key in _SECRET_KEYS)
        return {value for value in values if isinstance(value, str) and value}

    def ordinary_secrets(self) -> set[str]:
        command = self._entry().get("process_command")
        return _arguments(command) if isinstance(command, str) else set()

    def renewed(self) -> Source:
        # Discard the session that the library wrote to the file. Otherwise, the library would use it again.
        try:
            content = json.loads(read_file(self.file, LARGEST_PROFILE_FILE).decode("utf-8-sig"))
            profiles = [dict(entry) for entry in content["profiles"]]
        except (UnreadableFile, ValueError, TypeError, KeyError, RecursionError):
            content, profiles = self.content, [dict(entry) for entry in self.content["profiles"]]
        for entry in profiles:
            if entry.get("name") == self.name:
                for key in _SESSION_KEYS:
                    entry.pop(key, None)
        return replace(self, content={**content, "profiles": profiles})

    def _entry(self) -> Mapping[str, Any]:
        entries = (entry for entry in self.content["profiles"] if entry.get("name") == self.name)
        found: Mapping[str, Any] = next(entries, {})
        return found


def _arguments(command: str) -> set[str]:
    """Return the parts of a command that may be secret: its arguments, both combined and individually."""
    try:
        words = shlex.split(command)
    except ValueError:
        words = command.split()
    if not words or not words[0]:
        return set()
    program, *arguments = words
    values = (argument.partition("=")[2] for argument in arguments)
    whole = command.partition(program)[2].strip()
    long = {text for text in (*arguments, *values) if len(text) >= _SHORTEST_ARGUMENT}
    return {text for text in long | {whole} if text and text not in program}


#: Minimum length of an argument that is treated as a secret.
_SHORTEST_ARGUMENT = 8


#: Maps OAuth sites to host names, as in the library.
_OAUTH_HOSTS = {"CN": "oauth.aliyun.com", "INTL": "oauth.alibabacloud.com"}
