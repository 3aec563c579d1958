# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Read profiles of the official CLI (``~/.aliyun/config.json``) and the SDK (``~/.alibabacloud/credentials.ini``).

The official library can read them too. However, it ignores proxies, certificates and the STS endpoint. It also does not
support two CLI modes and hangs if the file is a FIFO or device.
"""

from __future__ import annotations

import json
import os
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import REGION, check_uri
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LARGEST_PROFILE_FILE,
    UnreadableFile,
    invalid_value,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.library_profile import LibraryProfile
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sdk_profiles import profiles_of_sdk
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    DEFAULT_SESSION_NAME,
    INVALID_CHARACTERS,
    AccessKey,
    AssumedRole,
    CredentialsUri,
    EcsRole,
    OidcRole,
    Profile,
    Role,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, quoted, shortened


class NoProfileFile(InvalidOption):
    """The profile file is not a regular file of acceptable size. The official library must not read it either."""


#: CLI modes (config/profile.go). The CLI ignores their case.
_LIBRARY_MODES = ("CloudSSO", "OAuth", "External")
_MODES = (
    "AK",
    "StsToken",
    "RamRoleArn",
    "EcsRamRole",
    "RamRoleArnWithRoleName",
    "ChainableRamRoleArn",
    "OIDC",
    "CredentialsURI",
    *_LIBRARY_MODES,
)
#: Keys whose values may contain line breaks: JSON, commands and parts of access keys (see ``AccessKey.invalid_part``).
_WITH_LINES = ("policy", "process_command", "access_key_id", "access_key_secret", "sts_token")


def find_profile(name: str | None, file: str | None, home: str) -> Profile:
    """Read a profile.

    Args:
        name: the name of the profile, or None for the current profile (CLI) or ``default`` (SDK).
        file: the official CLI's JSON file or the SDK's INI file, or None for the first default file that contains the
            profile.
        home: the home directory, which contains the default files.

    Raises ``InvalidOption`` if the profile does not exist or is incomplete, and ``NoProfileFile`` if a path is not a
    regular file of acceptable size.
    """
    paths = [file] if file else _default_files(home)
    seen: list[str] = []
    for path in paths:
        if not file and not os.path.exists(path):
            continue
        profile_file = _ProfileFile(path)
        if (name or profile_file.current) in profile_file.entries:
            return profile_file.profile(name or profile_file.current)
        seen.extend(profile_file.entries)
    names = ", ".join(sorted(seen))
    existing = shortened(printable(names), len(names)) if seen else "none"
    missing = f"{quoted(name)} does not exist" if name else "there is no current profile"
    raise InvalidOption("profile", f"{missing} in {printable(' or '.join(paths))}; existing profiles: {existing}")


def default_profile(home: str) -> tuple[Profile | None, tuple[str, ...]]:
    """Return the default profile, if any, and the reasons why profiles were skipped (as clauses).

    The search order matches the official default chain: the CLI's current profile, then the SDK's ``default``.

    Raises ``NoProfileFile`` instead of skipping the file because the official library would read a skipped file without
    limits.
    """
    skipped: list[str] = []
    for path in _default_files(home):
        if not os.path.exists(path):
            continue
        try:
            return find_profile(None, path, home), ()
        except NoProfileFile:
            raise
        except InvalidOption as error:
            skipped.append(error.problem.rstrip("."))
    return None, tuple(skipped)


def _default_files(home: str) -> list[str]:
    return [os.path.join(home, ".aliyun", "config.json"), os.path.join(home, ".alibabacloud", "credentials.ini")]


class _ProfileFile:
    """The content of a profile file. Raises ``InvalidOption``."""

    def __init__(self, path: str) -> None:
        self.path = path
        text = self._read()
        #: The content of the CLI's JSON file, or an empty dictionary for the SDK's INI file.
        self.content = self._parse_json(text) if text.lstrip().startswith("{") else {}
        self.current = str(self.content.get("current") or "default")
        self.entries: dict[str, Mapping[str, Any]] = (
            {str(entry.get("name")): entry for entry in self.content["profiles"]}
            if self.content
            else profiles_of_sdk(self.path, text)
        )

    def profile(self, name: str) -> Profile:
        """Return an existing profile."""
        entry = _ProfileReader(self, name, ())
        region = self.entries[name].get("region_id")
        return Profile(entry.source(), str(region) if region else None, entry.sts_region())

    def _read(self) -> str:
        try:
            return read_file(self.path, LARGEST_PROFILE_FILE).decode("utf-8-sig")
        except UnreadableFile as error:
            kind = NoProfileFile if error.no_file else InvalidOption
            raise kind("shared_credentials_file", f"cannot read {printable(self.path)}: {error}") from None
        except UnicodeDecodeError:
            problem = f"cannot read {printable(self.path)}: it is not a text file"
            raise InvalidOption("shared_credentials_file", problem) from None

    def _parse_json(self, text: str) -> dict[str, Any]:
        try:
            content = json.loads(text)
            return {**content, "profiles": [dict(entry) for entry in content.get("profiles") or []]}
        except (ValueError, TypeError, AttributeError, RecursionError):
            # Omit the parser's message because it may quote the file.
            problem = f"{printable(self.path)} is not a JSON file of the official CLI"
            raise InvalidOption("shared_credentials_file", problem) from None


class _ProfileReader:
    """Reads a profile from a file. Raises ``InvalidOption`` if the profile is incomplete.

    Args:
        chain: the profiles that use this one as their source, outermost first.
    """

    def __init__(self, profile_file: _ProfileFile, name: str, chain: tuple[str, ...]) -> None:
        self._file = profile_file
        self._name = name
        self._chain = chain
        self._values = profile_file.entries[name]
        mode = str(self._values.get("mode") or "")
        self._mode = next((known for known in _MODES if known.lower() == mode.lower()), mode) or self._guess()

    def source(self) -> Source:
        """Return the profile's credential source."""
        if self._mode in ("AK", "StsToken"):
            return self._access_key()
        if self._mode == "EcsRamRole":
            return EcsRole(self._get("ram_role_name"))
        if self._mode == "CredentialsURI":
            return self._credentials_uri()
        if self._mode == "OIDC":
            return OidcRole(
                self._require("oidc_provider_arn"),
                self._require("oidc_token_file"),
                self._role(),
                token_option=str(self._invalid("its oidc_token_file")).rstrip("."),
            )
        if self._mode in _LIBRARY_MODES:
            self._check_all()
            return LibraryProfile(self._file.path, self._name, self._file.content)
        return AssumedRole(self._base(), self._role(), self._get("external_id"))

    def sts_region(self) -> str | None:
        """Return the STS region."""
        region = self._get("sts_region")
        # The region becomes part of a host name.
        if region is not None and not REGION.fullmatch(region):
            raise self._invalid(f"its sts_region {quoted(region)} is not a region ID")
        return region

    def _guess(self) -> str:
        """Return the mode that the CLI assumes for a profile that does not specify one."""
        if self._get("sts_token"):
            return "StsToken"
        return "RamRoleArn" if self._get("ram_role_arn") else "AK"

    def _base(self) -> Source:
        """Return the source of the credential used to assume the profile's role."""
        if self._mode == "RamRoleArn":
            return self._access_key()
        if self._mode == "RamRoleArnWithRoleName":
            return EcsRole(self._require("ram_role_name"))
        if self._mode != "ChainableRamRoleArn":
            raise self._invalid(f"its mode {quoted(self._mode)} is not supported")
        name, chain = self._require("source_profile"), (*self._chain, self._name)
        if name in chain:
            raise self._invalid(f"its source_profile {quoted(name)} forms a loop")
        if name not in self._file.entries:
            raise self._invalid(f"its source_profile {quoted(name)} does not exist")
        return _ProfileReader(self._file, name, chain).source()

    def _access_key(self) -> AccessKey:
        # In AK mode, any token is left over from another mode.
        token = None if self._mode == "AK" else self._get("sts_token")
        if self._mode == "StsToken":
            token = self._require("sts_token")
        key = AccessKey(self._require("access_key_id"), self._require("access_key_secret"), token)
        invalid_part = key.invalid_part()
        if invalid_part:
            raise self._invalid(f"its {invalid_part} {INVALID_CHARACTERS}")
        return key

    def _credentials_uri(self) -> CredentialsUri:
        uri = self._require("credentials_uri")
        try:
            check_uri("credentials_uri", uri)
        except InvalidOption as error:
            raise self._invalid(str(error)) from None
        return CredentialsUri(uri)

    def _role(self) -> Role:
        expiration = self._values.get("expired_seconds") or None
        # DurationSeconds of AssumeRole.
        if expiration is not None and (not isinstance(expiration, int) or not 900 <= expiration <= 43200):
            raise self._invalid("its expired_seconds must be a number from 900 to 43200")
        return Role(
            arn=self._require("ram_role_arn"),
            session_name=self._get("ram_session_name") or DEFAULT_SESSION_NAME,
            expiration=expiration,
            policy=self._get("policy"),
            sts_region=self.sts_region(),
        )

    def _get(self, key: str) -> str | None:
        value = self._values.get(key)
        if not value:
            return None
        problem = invalid_value(str(value), lines=key in _WITH_LINES)
        if problem:
            raise self._invalid(f"its {key} {problem}")
        return str(value)

    def _check_all(self) -> None:
        """Validate the values that the library reads directly."""
        for key in self._values:
            if isinstance(self._values[key], str):
                self._get(key)

    def _require(self, key: str) -> str:
        value = self._get(key)
        if value is None:
            raise self._invalid(f"{key} is missing")
        return value

    def _invalid(self, problem: str) -> InvalidOption:
        return InvalidOption(
            "profile", f"the profile {quoted(self._name)} in {printable(self._file.path)} cannot be used: {problem}"
        )
