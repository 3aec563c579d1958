# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""How the official SDK speaks each generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Mapping, Optional, Tuple

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Function
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint


@dataclass(frozen=True)
class Api:
    """How the official SDK speaks a generation. Methods and models are named after the operations."""

    generation: Generation
    library: str
    """The library's name for pip."""
    package: str
    get: str
    put: str
    delete: str
    list_configs: str
    list_functions: str
    list_services: str
    """Empty where functions belong to no service."""
    endpoint: Callable[[Connection, Optional[str]], Endpoint]
    needs_account_id: Callable[[Connection], bool]
    list_qualifiers: Mapping[str, Tuple[str, str]]
    """The List operations that tell a function's qualifiers, with the names of their items and of the item's name."""
    lists_by_function: bool
    """Whether configs are listed below their function (or in the account, where a function only narrows the list)."""
    typed_headers: bool
    """Whether the library has a model for headers (or takes a dict)."""
    nested_body: bool
    """Whether the library has a model for a request's body (or its fields stand beside the query's)."""
    ram_actions: Mapping[str, str]
    """Operations whose RAM action has another name."""

    def path(self, function: Function) -> Tuple[str, ...]:
        """The names that stand in the path of a function's operations; a qualifier stands in the query."""
        return tuple(name for name in (function.service_name, function.function_name) if name is not None)


FC2_API = Api(
    generation=FC2,
    library="alibabacloud-fc-open20210406",
    package="alibabacloud_fc_open20210406",
    get="GetFunctionAsyncInvokeConfig",
    put="PutFunctionAsyncInvokeConfig",
    delete="DeleteFunctionAsyncInvokeConfig",
    list_configs="ListFunctionAsyncInvokeConfigs",
    list_functions="ListFunctions",
    list_services="ListServices",
    endpoint=lambda connection, account_id: connection.fc_endpoint(account_id),
    needs_account_id=lambda connection: connection.needs_account_id(),
    list_qualifiers={},
    lists_by_function=True,
    typed_headers=True,
    nested_body=False,
    ram_actions={},
)
FC3_API = Api(
    generation=FC3,
    library="alibabacloud-fc20230330",
    package="alibabacloud_fc20230330",
    get="GetAsyncInvokeConfig",
    put="PutAsyncInvokeConfig",
    delete="DeleteAsyncInvokeConfig",
    list_configs="ListAsyncInvokeConfigs",
    list_functions="ListFunctions",
    list_services="",
    endpoint=lambda connection, account_id: connection.fcv3_endpoint(account_id),
    needs_account_id=lambda connection: connection.fcv3_needs_account_id(),
    list_qualifiers={
        "ListAliases": ("aliases", "aliasName"),
        "ListFunctionVersions": ("versions", "versionId"),
    },
    lists_by_function=False,
    typed_headers=False,
    nested_body=True,
    # The names of 2.0, by aliyun-openapi-meta's list of RAM actions.
    ram_actions={f"{verb}AsyncInvokeConfig": f"{verb}FunctionAsyncInvokeConfig" for verb in ("Get", "Put", "Delete")},
)
