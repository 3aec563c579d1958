# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Failures that any layer may tell the user about. Pure."""

from __future__ import annotations


class InvalidOption(ValueError):
    """The user's input is wrong: ``str()`` is one sentence that names the option."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(f"{option}: {problem}")
        self.option = option
        self.problem = problem


class CredentialError(Exception):
    """No credential could be had. ``str()`` is one sentence, then what to do about it; it never holds a secret.

    ``temporary`` says that the network, or a server that is busy, is to blame: to ask again may help.
    ``token_refused`` says that a server did not accept the temporary credential it was asked with.
    """

    def __init__(self, message: str, temporary: bool = False, token_refused: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.token_refused = token_refused
        #: Whether the call that it was asked for may have been carried out, by a try before.
        self.uncertain = False
