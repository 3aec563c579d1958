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
    list. An error ends the search, because the caller may have permission only for Get.

    Args:
        concurrency: the maximum number of concurrent Get requests. So many configurations are read faster with Get.
    """
    found: Found = {}
    if not client.lists_account or len(identities) <= concurrency:
        return found
    progress.start("list", "configurations", len(identities))
    missing = set(identities)
    in_vain = 0
    with contextlib.suppress(ApiError, CredentialError):
        for number, page in enumerate(client.config_pages(None), 1):
            new = {config.identity: config for config in page if config.identity in missing}
            found.update(new)
            missing.difference_update(new)
            for _config in new:
                progress.advance()
            in_vain = 0 if len(new) >= WORTHWHILE else in_vain + 1
            if len(found) < number * WORTHWHILE or len(missing) < (in_vain + 1) * WORTHWHILE:
                break
    return found
