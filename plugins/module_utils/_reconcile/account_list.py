# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Read many configurations from the list of all configurations in the account if this takes fewer requests than Get.

The list replaces a Get request only if it contains the configuration with its qualifier. The other configurations must
be read with Get, which also returns whether the function, version or alias exists. Therefore, the results do not depend
on whether the list was used.
"""

from __future__ import annotations

import contextlib
from typing import Dict, Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress

Found = Dict[Identity, AsyncInvokeConfig]
#: Number of Get requests that a page must replace to be worthwhile. One would save requests, but Get requests are sent
#: concurrently, whereas each page is requested after the previous one.
WORTHWHILE = 10


def find_in_account(client: Client, identities: Sequence[Identity], concurrency: int, progress: Progress) -> Found:
    """Return those of the configurations that the list contains, as far as it is worthwhile to read the list.

    The number of pages exceeds the number of configurations that were found by at most one, whatever the order of the
    list. An error ends the search after a few seconds, because the caller may have permission only for Get.
    Configurations that the list contains several times with different settings are left out.

    Args:
        concurrency: the maximum number of concurrent Get requests. So many configurations are read faster with Get.
    """
    found: Found = {}
    if not client.lists_account or len(identities) <= concurrency:
        return found
    progress.start("list", "configurations", len(identities))
    wanted = frozenset(identities)
    contradictory: set[Identity] = set()
    in_vain = 0
    with contextlib.suppress(ApiError, CredentialError):
        for number, page in enumerate(client.optional().config_pages(None), 1):
            before = len(found)
            for config in page:
                if config.identity in wanted and found.setdefault(config.identity, config) != config:
                    contradictory.add(config.identity)
            new = len(found) - before
            for _config in range(new):
                progress.advance()
            in_vain = 0 if new >= WORTHWHILE else in_vain + 1
            if len(found) < number * WORTHWHILE or len(wanted) - len(found) < (in_vain + 1) * WORTHWHILE:
                break
    return {identity: config for identity, config in found.items() if identity not in contradictory}
