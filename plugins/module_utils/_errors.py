# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Errors that all layers can raise. Pure."""

from __future__ import annotations


class InvalidOption(ValueError):
    """An option is invalid. ``str()`` returns a sentence that begins with the option's name."""

    def __init__(self, option: str, problem: str) -> None:
        problem = problem if problem.endswith(".") else f"{problem}."
        super().__init__(f"{option}: {problem}")
        self.option = option
        self.problem = problem


class CredentialError(Exception):
    """No credential could be obtained. ``str()`` returns the reason and a hint. It contains no secrets.

    ``temporary`` means that a retry may help, for example after a network error or if a server is busy.
    ``token_refused`` means that a server rejected the temporary credential used for the request.
    """

    def __init__(self, message: str, temporary: bool = False, token_refused: bool = False) -> None:
        super().__init__(message)
        self.temporary = temporary
        self.token_refused = token_refused
        #: Whether an earlier attempt at the API call may have taken effect.
        self.uncertain = False
