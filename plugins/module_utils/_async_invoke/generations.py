# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""What differs between the generations of Function Compute, FC 2.0 and FC 3.0. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.fields import Field, fields_of


@dataclass(frozen=True)
class Generation:
    """What differs between the generations of Function Compute, as data."""

    name: str
    names: Tuple[str, ...]
    """The options that name a config, in the order in which they stand in an id."""
    fields: Tuple[Field, ...]
    id_forms: str
    """The forms of an id, for messages."""
    function_arn: str
    """Regular expression for an ARN's last part, with groups named like the options."""
    returned_only: Tuple[str, ...] = ()
    """What is returned besides, and ignored where it comes back in."""
    name_pattern: str = r"[A-Za-z_][A-Za-z0-9_-]{0,127}"


FC2 = Generation(
    name="FC 2.0",
    names=("service_name", "function_name", "qualifier"),
    fields=fields_of("stateful_invocation", "statefulInvocation"),
    id_forms="service:function:qualifier, service:function or acs:fc:REGION:ACCOUNT:services/SERVICE[.QUALIFIER]"
    "/functions/FUNCTION",
    function_arn=r"services/(?P<service_name>[^./:]+)(?:\.(?P<qualifier>[^/:]+))?/functions/(?P<function_name>[^/:]+)",
)
FC3 = Generation(
    name="FC 3.0",
    names=("function_name", "qualifier"),
    fields=fields_of("async_task", "asyncTask"),
    id_forms="function:qualifier, function or acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]",
    function_arn=r"functions/(?P<function_name>[^/:]+)(?:/(?P<qualifier>[^/:]+))?",
    returned_only=("function_arn",),
    # FC 3.0 shows the functions of 2.0's services as service$function.
    name_pattern=r"[A-Za-z_][A-Za-z0-9_$-]{0,127}",
)
