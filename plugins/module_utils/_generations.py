# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""All that differs between the generations of Function Compute, FC 2.0 and FC 3.0, as data. Pure.

To add a generation, add a ``Generation``, and the module files. What is the API's (names, ids, hosts, SDK) stands
apart from what is the configuration's, so that another resource of the same API can take the former.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Mapping, Pattern

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.fields import common_fields, task_field


@dataclass(frozen=True)
class Hosts:
    """The host names of an API, as templates of ``{account}`` and ``{region}``."""

    public: str
    internal: str

    def template(self, internal: bool) -> str:
        """The one for a network."""
        return self.internal if internal else self.public


@dataclass(frozen=True)
class Sdk:
    """The official library for a generation. Its methods and models are named after the operations."""

    #: Its name for pip.
    library: str
    package: str
    #: Whether it has a model for headers (or takes a dict).
    typed_headers: bool
    #: Whether it has a model for a request's body (or its fields stand beside those of the query).
    nested_body: bool


@dataclass(frozen=True)
class Operations:
    """The names of the operations on configs."""

    get: str
    put: str
    delete: str
    list: str
    #: Whether configs are listed below their function (or in the account, where a function only narrows the list).
    listed_by_function: bool
    #: Operations whose RAM action has another name.
    ram_actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Generation:
    """One generation of Function Compute: its API, then its asynchronous invocation configurations."""

    name: str
    #: The options that name a config, in the order in which they stand in an id.
    identity_options: tuple[str, ...]
    #: The forms of an id, for messages.
    id_forms: str
    #: Regular expression for an ARN's last part, with groups named like the options.
    function_arn: str
    hosts: Hosts
    sdk: Sdk
    list_functions: str
    #: Empty if functions belong to no service.
    list_services: str

    operations: Operations
    fields: tuple[Field, ...]

    name_pattern: str = r"[A-Za-z_][A-Za-z0-9_-]{0,127}"
    #: The List operations that tell a function's qualifiers, with the names of their items and of the item's name.
    #: Empty if listed configs tell their qualifiers.
    list_qualifiers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Whether answers name the function by its ARN, which is also returned, instead of by names.
    named_by_arn: bool = False

    @property
    def has_services(self) -> bool:
        """Whether functions belong to services."""
        return "service_name" in self.identity_options

    @property
    def returned_only(self) -> tuple[str, ...]:
        """What is returned besides, and ignored if it comes back in."""
        return ("function_arn",) if self.named_by_arn else ()


#: Page "Endpoints" of the manual of FC 2.0, doc 52984.
_ACCOUNT_HOSTS = Hosts("{account}.{region}.fc.aliyuncs.com", "{account}.{region}-internal.fc.aliyuncs.com")
FC2 = Generation(
    name="FC 2.0",
    identity_options=("service_name", "function_name", "qualifier"),
    id_forms="service:function:qualifier, service:function or acs:fc:REGION:ACCOUNT:services/SERVICE[.QUALIFIER]"
    "/functions/FUNCTION",
    function_arn=r"services/(?P<service_name>[^./:]+)(?:\.(?P<qualifier>[^/:]+))?/functions/(?P<function_name>[^/:]+)",
    hosts=_ACCOUNT_HOSTS,
    sdk=Sdk("alibabacloud-fc-open20210406", "alibabacloud_fc_open20210406", typed_headers=True, nested_body=False),
    list_functions="ListFunctions",
    list_services="ListServices",
    operations=Operations(
        get="GetFunctionAsyncInvokeConfig",
        put="PutFunctionAsyncInvokeConfig",
        delete="DeleteFunctionAsyncInvokeConfig",
        list="ListFunctionAsyncInvokeConfigs",
        listed_by_function=True,
    ),
    fields=(
        *common_fields("services/SERVICE.QUALIFIER/functions/FUNCTION"),
        task_field("stateful_invocation", "statefulInvocation"),
    ),
)
FC3 = Generation(
    name="FC 3.0",
    identity_options=("function_name", "qualifier"),
    id_forms="function:qualifier, function or acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]",
    function_arn=r"functions/(?P<function_name>[^/:]+)(?:/(?P<qualifier>[^/:]+))?",
    # The public one: API metadata of FC 2023-03-30, which names no other. The internal one is the one that FC 3.0's
    # manual lists (page "Endpoints").
    hosts=Hosts("fcv3.{region}.aliyuncs.com", _ACCOUNT_HOSTS.internal),
    sdk=Sdk("alibabacloud-fc20230330", "alibabacloud_fc20230330", typed_headers=False, nested_body=True),
    list_functions="ListFunctions",
    list_services="",
    operations=Operations(
        get="GetAsyncInvokeConfig",
        put="PutAsyncInvokeConfig",
        delete="DeleteAsyncInvokeConfig",
        list="ListAsyncInvokeConfigs",
        listed_by_function=False,
        # The names of 2.0, by aliyun-openapi-meta's list of RAM actions.
        ram_actions={
            f"{verb}AsyncInvokeConfig": f"{verb}FunctionAsyncInvokeConfig" for verb in ("Get", "Put", "Delete")
        },
    ),
    fields=(*common_fields("functions/FUNCTION/QUALIFIER"), task_field("async_task", "asyncTask")),
    # FC 3.0 shows the functions of 2.0's services as service$function.
    name_pattern=r"[A-Za-z_][A-Za-z0-9_$-]{0,127}",
    list_qualifiers={
        "ListAliases": ("aliases", "aliasName"),
        "ListFunctionVersions": ("versions", "versionId"),
    },
    named_by_arn=True,
)
GENERATIONS = (FC2, FC3)


# --- Host names -------------------------------------------------------------------------------------------------

#: Custom host names below it begin with the account's number too (as Terraform takes them).
_BEGINS_WITH_ACCOUNT = ".fc.aliyuncs.com"


def _reader(template: str) -> Pattern[str]:
    """What reads a host name that a template made; the account may be missing."""
    pattern = re.escape(template).replace(r"\{account\}\.", r"(?:(?P<account>\d+)\.)?")
    return re.compile(pattern.replace(r"\{region\}", r"(?P<region>[a-z]+-[a-z0-9-]+?)"))


#: The internal ones first: as public ones, they would be read with a region that ends on -internal.
_READERS = tuple(
    dict.fromkeys(_reader(one.hosts.template(internal)) for internal in (True, False) for one in GENERATIONS)
)


def location_of(host_name: str) -> tuple[str | None, str | None]:
    """The region and account that a host name of Function Compute tells, each None if it does not."""
    found = next((match for match in (reader.fullmatch(host_name) for reader in _READERS) if match), None)
    told = found.groupdict() if found else {}
    return told.get("region"), told.get("account")


def lacks_account(host_name: str) -> bool:
    """Whether a custom host name has to be completed with the account's number."""
    return host_name.endswith(_BEGINS_WITH_ACCOUNT) and not host_name.partition(".")[0].isdigit()
