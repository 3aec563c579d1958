# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate values and read files that users specify, and enforce size limits."""

from __future__ import annotations

import os
import re
import stat

#: Maximum length of a value. The longest values, security tokens and policies, have about 2,000 characters.
LONGEST_VALUE = 8192
_MIB = 1024 * 1024
#: Maximum size of a profile file in bytes. The official CLI writes about 1,000 bytes per profile.
LARGEST_PROFILE_FILE = 4 * _MIB
#: Maximum size of an OIDC token in bytes. The token must fit in a URL.
LARGEST_TOKEN_FILE = 64 * 1024
#: Maximum size of a certificate file in bytes. Certificate files that come with operating systems are 200,000 to
#: 300,000 bytes in size.
LARGEST_CERTIFICATE_FILE = 16 * _MIB


class UnreadableFile(Exception):
    """A file cannot be read. ``str()`` returns the reason, worded as the end of a sentence.

    ``no_file`` means that the path does not refer to a regular file or that the file is too large.
    """

    def __init__(self, reason: str, no_file: bool = False) -> None:
        super().__init__(reason)
        self.no_file = no_file


def read_file(path: str, largest: int) -> bytes:
    """Return the content of a regular file of at most ``largest`` bytes. Raises ``UnreadableFile``."""
    try:
        # Without O_NONBLOCK, opening a FIFO would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            _check_regular(os.fstat(descriptor).st_mode)
            with open(descriptor, "rb", closefd=False) as file:
                content = file.read(largest + 1)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise UnreadableFile(error.strerror or type(error).__name__) from None
    except ValueError:
        raise UnreadableFile("the name is invalid") from None
    if len(content) > largest:
        raise UnreadableFile(f"it is larger than {_size(largest)}", no_file=True)
    return content


def _check_regular(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise UnreadableFile("it is a directory", no_file=True)
    if not stat.S_ISREG(mode):
        raise UnreadableFile("it is not a regular file", no_file=True)


def _size(number: int) -> str:
    return f"{number // _MIB} MiB" if number >= _MIB else f"{number // 1024} KiB"


def invalid_value(text: str, lines: bool = False) -> str | None:
    """Return the problem with a value as a predicate, or None if the value is valid.

    Args:
        lines: whether line breaks and tabs are allowed.
    """
    if len(text) > LONGEST_VALUE:
        return f"must have at most {LONGEST_VALUE} characters, not {len(text)}"
    if re.search("[\ud800-\udfff]", text):
        return "must be valid Unicode; it contains a lone surrogate"
    if re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029]", re.sub(r"[\t\r\n]", "", text) if lines else text):
        return "must not contain control characters"
    return None
