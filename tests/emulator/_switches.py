# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The behavior switches, which control service behavior that is not known for certain.

The defaults match the most likely behavior of the service. The evidence uses these marks: [V] verified in the
documentation, in code or by running the code; [I] inferred; [U] unknown.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Mapping
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class SwitchDoc:
    """A row in the README table."""

    description: str
    evidence: str


def _switch(default: Any, description: str, evidence: str) -> Any:
    make: Any = dataclasses.field
    return make(default=default, metadata={"doc": SwitchDoc(description, evidence)})


@dataclasses.dataclass
class Switches:
    """The emulator's behavior switches. Setting an unknown name or an invalid value raises ValueError."""

    put_merge: Literal["merge", "merge_nested", "replace"] = _switch(
        "merge",
        "Effect of PUT on omitted fields. `merge` keeps top-level fields. `merge_nested` also keeps fields in "
        "destinationConfig. `replace` replaces the whole configuration.",
        "[V] 2016-08-15 Put documentation: items that are not specified remain unchanged. [I] for later API "
        "versions. [I] destinationConfig is replaced as a single object.",
    )
    explicit_null: Literal["absent", "clears"] = _switch(
        "absent",
        "Whether a null field is treated as omitted or clears the stored value.",
        "[I] absent: Terraform (fc-go-sdk) sends explicit nulls, which never unset a value.",
    )
    empty_destination_config: Literal["clears", "ignored", "refused"] = _switch(
        "clears",
        "Effect of a PUT in which destinationConfig is `{}` or contains only ignored nulls: the stored destinations "
        "are cleared, the field is ignored or the request is refused with 400 InvalidDestinationResources.",
        "[I] clears, because destinationConfig is replaced as a single object. terraform-provider-alicloud pull "
        "request 10298 sends an empty destinationConfig.",
    )
    empty_destination: Literal["refused", "accepted"] = _switch(
        "refused",
        "Whether `onSuccess` or `onFailure` without a destination (such as `onSuccess: {}`) is refused with "
        "400 InvalidDestinationResources or treated as unset.",
        "[V] refused in FC 3.0: terraform-provider-alicloud issue 10031. [I] the status.",
    )
    unset_destination: Literal["null", "halves_null", "nested_null", "empty", "missing"] = _switch(
        "null",
        "How destinationConfig is returned if neither destination is set: as null (`null`), as `{}` (`empty`), not at "
        "all (`missing`), with onSuccess and onFailure set to null (`halves_null`) or with each set to "
        "`{destination: null}` (`nested_null`). If only one destination is unset, it is returned in the same format.",
        "[V] null if only one is unset: 2021-04-06 Get sample response. [U] if both are unset.",
    )
    unset_event_age: Literal["null", "default", "missing"] = _switch(
        "null",
        "How an unset maxAsyncEventAgeInSeconds is returned: as null, as 86400 or not at all.",
        "[V] null: fc-java-sdk tests and the documentation. [U] for later API versions.",
    )
    unset_retry_attempts: Literal["null", "default", "missing"] = _switch(
        "null",
        "How an unset maxAsyncRetryAttempts is returned: as null, as 3 or not at all.",
        "[U] The documented default is 3.",
    )
    unset_stateful: Literal["null", "default", "missing"] = _switch(
        "null",
        "How an unset statefulInvocation (FC 3.0: asyncTask) is returned: as null, as false or not at all.",
        "[U] not documented.",
    )
    modified_on_noop: bool = _switch(
        True,
        "Whether a PUT that changes nothing updates lastModifiedTime.",
        "[U] not documented.",
    )
    delete_missing: Literal["not_found", "no_content"] = _switch(
        "not_found",
        "Response to Delete if the configuration does not exist: 404 AsyncConfigNotExists or 204.",
        "[I, strong] 404: Terraform and other tools handle this Delete error as a special case.",
    )
    absent_qualifier: Literal["LATEST", "empty"] = _switch(
        "LATEST",
        "Qualifier in the response to a request without a qualifier: LATEST or an empty string.",
        "[V] a missing qualifier means LATEST: client code. [I] the response contains LATEST.",
    )
    empty_arn_parts: Literal["stored", "expanded"] = _switch(
        "stored",
        "Whether an empty region or account in a destination ARN is stored as sent or expanded.",
        "[U] The fc3 end-to-end tests send an empty account ID.",
    )
    put_answer: Literal["stored", "echo"] = _switch(
        "stored",
        "Whether the response to PUT contains the stored configuration or only the fields in the request.",
        "[I] stored.",
    )
    stale_reads: int = _switch(
        0,
        "Number of reads after each PUT or DELETE that still return the previous configuration. A read is a Get or a "
        "List that contains the configuration.",
        "[U] Read consistency is not documented. After Delete, Terraform polls until the configuration is gone.",
    )
    missing_function_read: Literal["FunctionNotFound", "AsyncConfigNotExists"] = _switch(
        "FunctionNotFound",
        "Error code that Get returns for a missing service or function. `FunctionNotFound`: ServiceNotFound for a "
        "service and FunctionNotFound for a function. `AsyncConfigNotExists`: AsyncConfigNotExists for both.",
        "[I] the error table lists ServiceNotFound and FunctionNotFound, and Terraform handles both when reading.",
    )
    missing_alias_read: Literal["AliasNotFound", "AsyncConfigNotExists"] = _switch(
        "AliasNotFound",
        "Error code that Get and Delete return for a missing alias or version. `AliasNotFound`: AliasNotFound for an "
        "alias and VersionNotFound for a version. `AsyncConfigNotExists`: AsyncConfigNotExists for both.",
        "[I] AliasNotFound is in the error table.",
    )
    orphaned_configs: Literal["removed", "kept"] = _switch(
        "removed",
        "Whether the configurations of a deleted function, version or alias are removed or kept. List still returns "
        "kept configurations. After the deleted resource is recreated, all reads return them again.",
        "[U] not documented.",
    )
    alias_must_exist: bool = _switch(
        True,
        "Whether PUT fails with AliasNotFound or VersionNotFound if the alias or version does not exist.",
        "[I] 404 AliasNotFound is in the error table.",
    )
    destinations_checked: bool = _switch(
        False,
        "Whether PUT fails with 400 InvalidDestinationResources if a destination refers to a nonexistent function in "
        "this account.",
        "[I] not checked: tests for the official Python and Node.js clients use destinations that do not exist.",
    )
    destination_permissions: Literal["request", "config", "never"] = _switch(
        "request",
        "If the state contains RAM policies of roles: which destinations PUT checks. If the role lacks the permission "
        "to send to one of them, PUT fails with 403 AccessDenied. `request`: the destinations in the request. "
        "`config`: the destinations in the resulting configuration. `never`: none.",
        "[I] request: Terraform retries AccessDenied errors of Put for two minutes. [U] whether and when the service "
        "checks the role, and the message.",
    )
    ram_delay: int = _switch(
        0,
        "Number of requests after each change of RAM policies that are still checked against the previous policies. "
        "For the caller, all requests count. For roles, only PUT requests with destinations to check count.",
        "[I] changes need time to propagate: Terraform retries AccessDenied errors of Put. [U] how long.",
    )
    max_event_age: int = _switch(
        2592000,
        "Maximum value of maxAsyncEventAgeInSeconds.",
        "[V] two values are documented: 2592000 (English page for 2021-04-06, Terraform) and 604800 (newer Chinese "
        "page, FC 3.0).",
    )
    empty_list: Literal["null", "empty", "missing"] = _switch(
        "null",
        "How `configs` is returned in an empty List response: as null, as `[]` or not at all.",
        "[V] null in 2016-08-15: fc-java-sdk tests. [U] for later API versions.",
    )
    last_token: Literal["empty", "missing"] = _switch(
        "empty",
        "Whether `nextToken` is an empty string or missing in the List response for the last page.",
        "[V] empty in 2016-08-15: fc-java-sdk tests. [U] for later API versions.",
    )
    dotted_path_2021: bool = _switch(
        False,
        "Whether API version 2021-04-06 also accepts the qualifier in the path (`services/SERVICE.QUALIFIER`).",
        "[U] not documented.",
    )
    function_arn_qualifier: bool = _switch(
        False,
        "2023-03-30 only: whether functionArn ends with `/QUALIFIER`.",
        "[U] The List sample response contains no qualifier.",
    )
    function_arn_form: Literal["colon", "slash"] = _switch(
        "colon",
        "2023-03-30 only: whether functionArn has the form `acs:fc:REGION:ACCOUNT:functions/F` or "
        "`acs:fc:REGION:ACCOUNT/functions/F`.",
        "[V] both are documented: a colon in most samples, a slash in the List sample.",
    )
    error_spelling: Literal["by_version", "ErrorCode", "RequestID", "RequestId"] = _switch(
        "by_version",
        "Format of error bodies: the API version's own format (`by_version`) or one of these formats for all versions: "
        "`ErrorCode/ErrorMessage`, `RequestID/Code/Message` or `Code/Message/RequestId`.",
        "[V] the first format in 2016-08-15. [V, recorded by a third party] the second format in 2021-04-06, except "
        "for some errors, which use the first format. [V] the third format in 2023-03-30.",
    )
    skew_code: Literal["AccessDenied", "InvalidArgument", "SignatureNotMatch", "InvalidTimeStamp.Expired"] = _switch(
        "InvalidArgument",
        "Error code for requests whose date differs from the current time by more than 15 minutes. The status is 400 "
        "for InvalidArgument and InvalidTimeStamp.Expired, and 403 for the other codes.",
        "[V] the limit: signature documentation. [U] the error code.",
    )
    token_code: Literal["AccessDenied", "InvalidSecurityToken.Expired", "InvalidAccessKeyID"] = _switch(
        "AccessDenied",
        "Error code for a missing, invalid or expired security token. The status is always 403.",
        "[U] not documented.",
    )
    rpc_space: Literal["percent", "plus_too"] = _switch(
        "percent",
        "STS only: whether signatures for RPC-style calls must encode a space as %20 or can also encode it as a "
        "plus sign.",
        "[V] %20 in the specification and in alibabacloud-tea-openapi; a plus sign in alibabacloud-credentials "
        "1.0.12. [U] whether STS accepts both.",
    )
    check_account: bool = _switch(
        True,
        "Whether requests are refused if their X-Fc-Account-Id header or aliyuncs.com host contains another account.",
        "[V] the message and the hosts. [I] the status.",
    )
    fc_enabled: bool = _switch(
        True,
        "Whether Function Compute is enabled. If not, its API refuses all requests with 403 AccessDenied and the "
        "message `FC service is not enabled for current user.`",
        "[V] the message: funcraft code.",
    )
    max_body_bytes: int = _switch(
        50 * 1024 * 1024,
        "Maximum size of request bodies in bytes. Larger bodies are refused with 400 EntityTooLarge.",
        "[V] the error code and the message. [U] the limit that applies to each operation.",
    )
    latency: float = _switch(
        0.0,
        "Minimum response time in seconds.",
        "For tests.",
    )
    rate_limit: float = _switch(
        0.0,
        "Requests per second that the rate limiter (a token bucket) allows; 0 means no limit.",
        "[V] 429 ResourceExhausted and 503 ResourceThrottled are documented. [U] the actual rates.",
    )
    rate_burst: int = _switch(
        10,
        "Capacity of the token bucket.",
        "[U] not documented.",
    )
    rate_status: Literal["429", "503"] = _switch(
        "429",
        "Response to requests that exceed the rate limit: 429 ResourceExhausted or 503 ResourceThrottled.",
        "[V] both are documented. [U] when each one is returned.",
    )
    rate_header: Literal["none", "Retry-After", "x-acs-retry-after"] = _switch(
        "none",
        "Response header that tells throttled clients how many seconds to wait before retrying.",
        "[V] the official clients read x-acs-retry-after. [U] whether the service sends either header.",
    )
    altered_field: Literal["none", "destinations", "event_age", "retry_attempts", "stateful"] = _switch(
        "none",
        "Field that PUT stores with an altered value, to test whether clients verify changes.",
        "For tests.",
    )

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, _validate(name, value))

    def update(self, values: Mapping[str, object]) -> None:
        """Set all given switches. If one is invalid, raise ValueError and set none of them."""
        checked = {name: _validate(name, value) for name, value in values.items()}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Return all switches with their values."""
        return dataclasses.asdict(self)

    @classmethod
    def parse(cls, text: str) -> tuple[str, object]:
        """Parse ``name=value`` into a name and a typed value. Raise ValueError if the text is invalid."""
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"switch: must have the form NAME=VALUE, not {text!r}.")
        kind = _types().get(name)
        if kind is bool and value.lower() in ("true", "false"):
            return name, value.lower() == "true"
        if kind in (int, float):
            try:
                return name, float(value) if kind is float else int(value)
            except ValueError:
                raise ValueError(f"switch {name}: must be a number, not {value!r}.") from None
        return name, _validate(name, value)


_KINDS: dict[str, Any] = {}


def _types() -> dict[str, Any]:
    if not _KINDS:
        _KINDS.update(typing.get_type_hints(Switches))
    return _KINDS


def _validate(name: str, value: object) -> object:
    kind = _types().get(name)
    if kind is None:
        raise ValueError(f"switch {name!r}: does not exist; use one of: {', '.join(sorted(_types()))}.")
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise ValueError(f"switch {name}: must be true or false, not {value!r}.")
    if kind in (int, float):
        return _validate_number(name, value, kind)
    choices = typing.get_args(kind)
    if value in choices:
        return value
    raise ValueError(f"switch {name}: must be one of {', '.join(choices)}, not {value!r}.")


def _validate_number(name: str, value: object, kind: Any) -> object:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and kind is int and not isinstance(value, int):
        is_number = False
    if not is_number or not math.isfinite(typing.cast(float, value)) or typing.cast(float, value) < 0:
        type_name = "integer" if kind is int else "number"
        raise ValueError(f"switch {name}: must be a non-negative {type_name}, not {value!r}.")
    return kind(value)


def render_table() -> str:
    """Return the README's switch table as Markdown."""
    rows = ["| Switch | Default | Values | Description | Evidence |", "|---|---|---|---|---|"]
    for field in dataclasses.fields(Switches):
        doc: SwitchDoc = field.metadata["doc"]
        kind = _types()[field.name]
        choices = ", ".join(f"`{choice}`" for choice in typing.get_args(kind)) or kind.__name__
        default = str(field.default).lower() if kind is bool else str(field.default)
        rows.append(f"| `{field.name}` | `{default}` | {choices} | {doc.description} | {doc.evidence} |")
    return "\n".join(rows)
