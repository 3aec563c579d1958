# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""Options of the modules that send many requests: how they run, and what they report."""

from __future__ import annotations


class ModuleDocFragment:
    """Options about the execution of a task."""

    DOCUMENTATION = r"""
options:
  concurrency:
    description:
      - Maximum number of concurrent requests, from V(1) to V(64).
      - If the service throttles requests, the module reduces its overall request rate.
    type: int
    default: 16
  progress_file:
    description:
      - Path to a file in which the module reports its progress while it runs. An existing file is replaced.
      - The file contains a JSON dictionary with the current phase (C(phase)), the kind of items that the phase
        processes (C(items)), the number of processed items (C(done)) and the total number of items (C(total)).
      - If the file cannot be written, the module ignores the error.
      - The collection's action plugins set this option to display the progress of long tasks, so it is rarely needed.
    type: path
    version_added: 2.0.0
  return_warnings:
    description:
      - Whether to return the warnings as RV(module_warnings) too.
      - The collection's action plugins set this option because ansible-core 2.21 removes RV(ignore:warnings) from
        the results that action plugins receive, so it is rarely needed.
    type: bool
    default: false
    version_added: 2.0.0
"""
