# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The differences between FC 2.0 and FC 3.0, the two generations of Function Compute, expressed as data. Pure.

To add a generation, add a ``Generation`` and its module files. The API attributes (names, IDs, hosts, SDK) are separate
from the configuration attributes so that they can also be used for other resources in the same API.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Mapping, Pattern

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.fields import common_fields, task_field


@dataclass(frozen=True)
class Hosts:
    """Host name templates for an API. The supported placeholders are ``{account}`` and ``{region}``."""

    public: str
    internal: str

    def template(self, internal: bool) -> str:
        """Return the template for the internal or public network."""
        return self.internal if internal else self.public


@dataclass(frozen=True)
class Sdk:
    """The official SDK for a generation. Its methods and models are named after the operations."""

    #: The name of the SDK's distribution package.
    library: str
    package: str
    #: Whether the SDK has models for headers. If not, headers are passed in a dictionary.
    typed_headers: bool
    #: Whether the SDK has models for request bodies. If not, the request models contain the body fields.
    nested_body: bool


@dataclass(frozen=True)
class Operations:
    """The names of the operations on configurations."""

    get: str
    put: str
    delete: str
    list: str
    #: Whether List requires a function. If not, it lists all configurations, optionally filtered by function.
    listed_by_function: bool
    #: Maps operations to their RAM actions where the names differ.
    ram_actions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Generation:
    """A generation of Function Compute. The API attributes come first, followed by the configuration attributes."""

    name: str
    #: The options that identify a configuration, in the order in which they appear in an ID.
    identity_options: tuple[str, ...]
    #: The supported ID forms, for use in messages.
    id_forms: str
    #: A regular expression that matches the resource part of an ARN. Its groups are named after the options.
    function_arn: str
    hosts: Hosts
    sdk: Sdk
    list_functions: str
    #: The operation that lists services. Empty if functions do not belong to services.
    list_services: str
    #: The operation that returns the role with which functions send to destinations.
    get_role: str
    #: The operation that lists triggers. Empty if triggers do not show whether a function can be a destination.
    list_triggers: str
    #: The URL template for a function in the console. The placeholders are ``{region}`` and the identity options.
    console: str

    operations: Operations
    fields: tuple[Field, ...]

    get_function: str = "GetFunction"
    name_pattern: str = r"[A-Za-z_][A-Za-z0-9_-]{0,127}"
    #: Maps each List operation that returns a function's qualifiers to two response keys: the key of the item list and
    #: the key of the qualifier in each item. Empty if listed configurations contain their qualifiers.
    list_qualifiers: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    #: Whether responses identify the function by ARN instead of by name. If so, the modules also return the ARN.
    named_by_arn: bool = False

    @property
    def has_services(self) -> bool:
        """Whether functions belong to services."""
        return "service_name" in self.identity_options

    def ram_action(self, operation: str) -> str:
        """Return the RAM action that an operation requires."""
        return f"fc:{self.operations.ram_actions.get(operation, operation)}"

    @property
    def flat_fields(self) -> dict[str, Field]:
        """The fields that are also returned outside their dictionary, by the key under which they are returned."""
        return {field.flat_name: field for field in self.fields if field.flat_name}

    @property
    def returned_only(self) -> tuple[str, ...]:
        """Additional keys that are returned but ignored in input."""
        return (*self.flat_fields, *(("function_arn",) if self.named_by_arn else ()))


#: From the "Endpoints" page of the FC 2.0 manual (doc 52984).
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
    get_role="GetService",
    # An HTTP function is a function with an HTTP trigger (overview of triggers, product-overview/overview-30).
    list_triggers="ListTriggers",
    # From links in public repositories; not documented by the vendor.
    console="https://fcnext.console.aliyun.com/{region}/services/{service_name}/function-detail/{function_name}/LATEST",
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
    # The public host name is from the API metadata for FC 2023-03-30. The internal host name is from the "Endpoints"
    # page of the FC 3.0 manual.
    hosts=Hosts("fcv3.{region}.aliyuncs.com", _ACCOUNT_HOSTS.internal),
    sdk=Sdk("alibabacloud-fc20230330", "alibabacloud_fc20230330", typed_headers=False, nested_body=True),
    list_functions="ListFunctions",
    list_services="",
    get_role="GetFunction",
    # A function with an HTTP trigger may also process events (feature-updates-in-function-compute-3).
    list_triggers="",
    # From messages of the vendor's Serverless Devs fc3 component; not documented by the vendor.
    console="https://fcnext.console.aliyun.com/{region}/functions/{function_name}",
    operations=Operations(
        get="GetAsyncInvokeConfig",
        put="PutAsyncInvokeConfig",
        delete="DeleteAsyncInvokeConfig",
        list="ListAsyncInvokeConfigs",
        listed_by_function=False,
        # In the API reference for FC 3.0 (RAM authorization of each operation), the RAM actions have the FC 2.0 names.
        ram_actions={
            f"{verb}AsyncInvokeConfig{plural}": f"{verb}FunctionAsyncInvokeConfig{plural}"
            for verb, plural in (("Get", ""), ("Put", ""), ("Delete", ""), ("List", "s"))
        },
    ),
    fields=(*common_fields("functions/FUNCTION/QUALIFIER"), task_field("async_task", "asyncTask")),
    # In FC 3.0, a function in an FC 2.0 service is named service$function.
    name_pattern=r"[A-Za-z_][A-Za-z0-9_$-]{0,127}",
    list_qualifiers={
        "ListAliases": ("aliases", "aliasName"),
        "ListFunctionVersions": ("versions", "versionId"),
    },
    named_by_arn=True,
)
GENERATIONS = (FC2, FC3)


# --- Host names -------------------------------------------------------------------------------------------------

#: Custom host names in this domain also begin with the account ID, as in Terraform.
_BEGINS_WITH_ACCOUNT = ".fc.aliyuncs.com"


def _reader(template: str) -> Pattern[str]:
    """Return a pattern that matches host names created from a template, with or without the account."""
    pattern = re.escape(template).replace(r"\{account\}\.", r"(?:(?P<account>\d+)\.)?")
    return re.compile(pattern.replace(r"\{region\}", r"(?P<region>[a-z]+-[a-z0-9-]+?)"))


#: Internal patterns come first. Otherwise, the public patterns would match internal host names and treat ``-internal``
#: as part of the region.
_READERS = tuple(
    dict.fromkeys(_reader(one.hosts.template(internal)) for internal in (True, False) for one in GENERATIONS)
)


def location_of(host_name: str) -> tuple[str | None, str | None]:
    """Return the region and account in a Function Compute host name, or None in place of a missing value."""
    found = next((match for match in (reader.fullmatch(host_name) for reader in _READERS) if match), None)
    told = found.groupdict() if found else {}
    return told.get("region"), told.get("account")


def lacks_account(host_name: str) -> bool:
    """Return whether the account ID must be added to a custom host name."""
    return host_name.endswith(_BEGINS_WITH_ACCOUNT) and not host_name.partition(".")[0].isdigit()
