# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The RAM action and the RAM resource of each operation.

Sources: the tables of custom policies in both manuals (help.aliyun.com, functioncompute/fc-2-0/user-guide/policies and
functioncompute/fc/security-and-compliance/policies). For FC 2.0, the manual lists asynchronous invocation
configurations only with a qualifier. The resource of a request without a qualifier is inferred from GetFunction.
"""

from __future__ import annotations

from ._api import Call

#: The resources in FC 2.0. ``service`` includes the qualifier of the request, if there is one.
_RESOURCES2 = {
    "CreateService": "services/*",
    "ListServices": "services/*",
    "GetService": "services/{service}",
    "UpdateService": "services/{service}",
    "DeleteService": "services/{service}",
    "CreateFunction": "services/{service}/functions/*",
    "ListFunctions": "services/{service}/functions/*",
    "GetFunction": "services/{service}/functions/{function}",
    "UpdateFunction": "services/{service}/functions/{function}",
    "DeleteFunction": "services/{service}/functions/{function}",
    "ListTriggers": "services/{service}/functions/{function}/triggers/*",
    "PutFunctionAsyncInvokeConfig": "services/{service}/functions/{function}",
    "GetFunctionAsyncInvokeConfig": "services/{service}/functions/{function}",
    "DeleteFunctionAsyncInvokeConfig": "services/{service}/functions/{function}",
    "ListFunctionAsyncInvokeConfigs": "services/{service}/functions/{function}/async-invoke-configs/*",
    "PublishServiceVersion": "services/{service}/versions",
    "ListServiceVersions": "services/{service}/versions",
    "DeleteServiceVersion": "services/{service}/versions/{version}",
    "CreateAlias": "services/{service}/aliases/*",
    "ListAliases": "services/{service}/aliases/*",
    "GetAlias": "services/{service}/aliases/{alias}",
    "UpdateAlias": "services/{service}/aliases/{alias}",
    "DeleteAlias": "services/{service}/aliases/{alias}",
}

#: The resources in FC 3.0. ``qualified`` is the function and, if there is one, the qualifier of the request.
#: ``functionName`` and ``aliasName`` come from the request body.
_RESOURCES3 = {
    "CreateFunction": "functions/{functionName}",
    "ListFunctions": "functions/*",
    "GetFunction": "functions/{function}",
    "UpdateFunction": "functions/{function}",
    "DeleteFunction": "functions/{function}",
    "ListTriggers": "functions/{function}/triggers/*",
    "PutAsyncInvokeConfig": "functions/{qualified}",
    "GetAsyncInvokeConfig": "functions/{qualified}",
    "DeleteAsyncInvokeConfig": "functions/{qualified}",
    "ListAsyncInvokeConfigs": "functions/{function}",
    "PublishFunctionVersion": "functions/{function}/versions",
    "ListFunctionVersions": "functions/{function}/versions/*",
    "DeleteFunctionVersion": "functions/{function}/versions/{version}",
    "CreateAlias": "functions/{function}/aliases/{aliasName}",
    "ListAliases": "functions/{function}/aliases/*",
    "GetAlias": "functions/{function}/aliases/{alias}",
    "UpdateAlias": "functions/{function}/aliases/{alias}",
    "DeleteAlias": "functions/{function}/aliases/{alias}",
}
_ALL_CONFIGS3 = "async-invoke-configs/*"


def permission_of(version: str, operation: str, call: Call) -> tuple[str, str]:
    """Return the RAM action and the resource, without ``acs:fc:REGION:ACCOUNT:``, that an operation requires."""
    if version != "2023-03-30":
        qualified = f"{call.service}.{call.qualifier}" if call.qualifier else call.service
        return f"fc:{operation}", _RESOURCES2[operation].format_map({**call.path, "service": qualified})
    # FC 3.0 uses the actions of FC 2.0 for asynchronous invocation configurations.
    action = f"fc:{operation.replace('AsyncInvokeConfig', 'FunctionAsyncInvokeConfig')}"
    if operation == "ListAsyncInvokeConfigs" and not call.function:
        return action, _ALL_CONFIGS3
    body = call.body if isinstance(call.body, dict) else {}
    names = {
        **call.path,
        "function": call.function,
        "qualified": f"{call.function}/{call.qualifier}" if call.qualifier else call.function,
        "functionName": body.get("functionName") or "*",
        "aliasName": body.get("aliasName") or "*",
    }
    return action, _RESOURCES3[operation].format_map(names)
