# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Parse and compare ARNs. Pure."""

from __future__ import annotations

import re

ARN = re.compile(r"acs:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]*):(?P<resource>\S+)")


def same_arn(one: str, other: str) -> bool:
    """Return whether two ARNs identify the same resource.

    An empty region or account matches any value, because client tools expand ``acs:mns:::…`` locally, and it is unknown
    which form the service returns. A function ARN without a qualifier identifies LATEST.
    """
    left, right = ARN.fullmatch(one), ARN.fullmatch(other)
    if left is None or right is None:
        return False
    if any(left[part] and right[part] and left[part] != right[part] for part in ("region", "account")):
        return False
    return left["service"] == right["service"] and _without_default_qualifier(
        left["resource"]
    ) == _without_default_qualifier(right["resource"])


def _without_default_qualifier(resource: str) -> str:
    return re.sub(r"^(services/[^./]+)\.LATEST/", r"\1/", re.sub(r"^(functions/[^/]+)/LATEST$", r"\1", resource))
