# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What nobody outside the service knows for sure, as named switches; the likelier answer is the default.

Marks of what is known: [V] verified in code, documentation or by running; [I] inferred; [U] unknown.
"""

from __future__ import annotations

import dataclasses
import math
import typing
from collections.abc import Mapping
from typing import Any, Literal


@dataclasses.dataclass(frozen=True)
class SwitchDoc:
    """One row of the README's table: what the switch does, and what is known from which source."""

    does: str
    known: str


def _switch(default: Any, does: str, known: str) -> Any:
    make: Any = dataclasses.field
    return make(default=default, metadata={"doc": SwitchDoc(does, known)})


@dataclasses.dataclass
class Switches:
    """The behaviours of the emulated service that can be chosen; setting a wrong name or value raises ValueError."""

    put_merge: Literal["merge", "merge_nested", "replace"] = _switch(
        "merge",
        "What PUT does to fields that it is not given: top-level ones stay; also those inside destinationConfig stay; "
        "or the config is replaced as a whole.",
        "[V] the documentation of 2016-08-15's Put: items not specified remain unchanged. [I] for the later APIs, and "
        "that destinationConfig is replaced as one object.",
    )
    explicit_null: Literal["absent", "clears"] = _switch(
        "absent",
        "Whether a field sent as null counts as not sent, or clears what is stored.",
        "[I] absent: Terraform (fc-go-sdk) sends explicit nulls and never gets anything unset.",
    )
    empty_destination_config: Literal["clears", "ignored", "refused"] = _switch(
        "clears",
        "What `destinationConfig: {}` (nothing inside, or only nulls that count as absent) does to what is stored.",
        "[I] clears: follows from replacement as one object; terraform-provider-alicloud pull request 10298 sends it.",
    )
    empty_destination: Literal["refused", "accepted"] = _switch(
        "refused",
        "Whether a half without a destination (`onSuccess: {}`) is answered 400 InvalidDestinationResources, or "
        "counts as unset.",
        "[V] refused by FC 3.0: terraform-provider-alicloud issue 10031; the status is [I].",
    )
    unset_destination: Literal["null", "halves_null", "nested_null", "empty", "missing"] = _switch(
        "null",
        "How unset destinations are shown: null; as an object of two nulls; as halves of `{destination: null}`; as "
        "`{}`; or not at all. An unset half beside a set one is shown alike.",
        "[V] a half as null: sample of 2021-04-06's Get. [U] when neither is set.",
    )
    unset_event_age: Literal["null", "default", "missing"] = _switch(
        "null",
        "How an unset event age is shown: null, 86400, or not at all.",
        "[V] null: fc-java-sdk's test and the documentation. [U] for later APIs.",
    )
    unset_retry_attempts: Literal["null", "default", "missing"] = _switch(
        "null",
        "How unset retry attempts are shown: null, 3, or not at all.",
        "[U]; 3 is the documented default.",
    )
    unset_stateful: Literal["null", "default", "missing"] = _switch(
        "null",
        "How an unset statefulInvocation (3.0: asyncTask) is shown: null, false, or not at all.",
        "[U].",
    )
    modified_on_noop: bool = _switch(
        True,
        "Whether a PUT that changes nothing moves lastModifiedTime.",
        "[U].",
    )
    delete_missing: Literal["not_found", "no_content"] = _switch(
        "not_found",
        "Whether Delete of a config that is not there is answered 404 AsyncConfigNotExists or 204.",
        "[I, strong] 404: Terraform and other tools special-case it on Delete.",
    )
    absent_qualifier: Literal["LATEST", "empty"] = _switch(
        "LATEST",
        "What the answer to a request without a qualifier shows as qualifier: LATEST or an empty text.",
        "[I] LATEST; that absent means LATEST is [V] from client code.",
    )
    empty_arn_parts: Literal["stored", "expanded"] = _switch(
        "stored",
        "Whether an empty region or account inside a destination's ARN is stored as sent or filled in.",
        "[U]; fc3's end-to-end tests send an empty account.",
    )
    put_answer: Literal["stored", "echo"] = _switch(
        "stored",
        "Whether PUT's answer shows the config as stored, or only what was sent.",
        "[I] stored.",
    )
    stale_reads: int = _switch(
        0,
        "How many reads of a config (Get, or a List that would show it) after each PUT or DELETE still see the one "
        "before.",
        "[U]: no statement on consistency; Terraform polls after Delete until it is gone.",
    )
    missing_function_read: Literal["FunctionNotFound", "AsyncConfigNotExists"] = _switch(
        "FunctionNotFound",
        "What reading a config answers when its service or function is missing: that one's own code "
        "(ServiceNotFound, FunctionNotFound) or AsyncConfigNotExists.",
        "[I] its own: both are in the error table and Terraform's Read handles both.",
    )
    missing_alias_read: Literal["AliasNotFound", "AsyncConfigNotExists"] = _switch(
        "AliasNotFound",
        "What reading or deleting the config of a missing alias or version answers: that one's own code "
        "(AliasNotFound, VersionNotFound) or AsyncConfigNotExists.",
        "[I] its own: listed in the error table.",
    )
    orphaned_configs: Literal["removed", "kept"] = _switch(
        "removed",
        "Whether deleting a function, version or alias removes its configs, or leaves them (visible to List, and "
        "again once the function is made anew).",
        "[U].",
    )
    alias_must_exist: bool = _switch(
        True,
        "Whether PUT for an alias or version that is not there is refused with AliasNotFound or VersionNotFound.",
        "[I]: 404 AliasNotFound is listed.",
    )
    destinations_checked: bool = _switch(
        False,
        "Whether PUT refuses a destination that names a function of this account that is not there "
        "(400 InvalidDestinationResources).",
        "[I] not checked: tests of the official Python and Node clients use destinations that do not exist.",
    )
    max_event_age: int = _switch(
        2592000,
        "The highest maxAsyncEventAgeInSeconds that is accepted.",
        "[V] both are documented: 2592000 (English 2021-04-06 page, Terraform) and 604800 (newer Chinese page, 3.0).",
    )
    empty_list: Literal["null", "empty", "missing"] = _switch(
        "null",
        "How List shows that there are no configs: null, `[]`, or no field.",
        "[V] null on 2016-08-15: fc-java-sdk's test. [U] for later APIs.",
    )
    last_token: Literal["empty", "missing"] = _switch(
        "empty",
        "How the last page of a List shows that no other follows: `nextToken` is an empty text, or not there.",
        "[V] empty on 2016-08-15: fc-java-sdk's test. [U] for later APIs.",
    )
    dotted_path_2021: bool = _switch(
        False,
        "Whether 2021-04-06 also takes the qualifier from the path (`services/SERVICE.QUALIFIER`).",
        "[U].",
    )
    function_arn_qualifier: bool = _switch(
        False,
        "2023-03-30 only: whether functionArn ends with `/QUALIFIER`.",
        "[U]; List's documented sample has none.",
    )
    function_arn_form: Literal["colon", "slash"] = _switch(
        "colon",
        "2023-03-30 only: functionArn as `acs:fc:REGION:ACCOUNT:functions/F` or `acs:fc:REGION:ACCOUNT/functions/F`.",
        "[V] both are documented: a colon in most samples, a slash in List's.",
    )
    error_spelling: Literal["by_version", "ErrorCode", "RequestID", "RequestId"] = _switch(
        "by_version",
        "The spelling of error bodies: each API version's own, or one for all: `ErrorCode/ErrorMessage`, "
        "`RequestID/Code/Message`, `Code/Message/RequestId`.",
        "[V] 2016-08-15: the first; [V, recorded by a third party] 2021-04-06: the second, and for some errors the "
        "first; [V] 2023-03-30: the third.",
    )
    skew_code: Literal["AccessDenied", "InvalidArgument", "SignatureNotMatch", "InvalidTimeStamp.Expired"] = _switch(
        "InvalidArgument",
        "The code that a date more than 15 minutes off is refused with (400 for InvalidArgument and "
        "InvalidTimeStamp.Expired, else 403).",
        "[V] the limit: documentation of the signature. [U] the code.",
    )
    token_code: Literal["AccessDenied", "InvalidSecurityToken.Expired", "InvalidAccessKeyID"] = _switch(
        "AccessDenied",
        "The code (always with 403) that an expired or missing security token is refused with.",
        "[U].",
    )
    rpc_space: Literal["percent", "plus_too"] = _switch(
        "percent",
        "STS only: whether the signature of an RPC-style call must encode a space as %20, or may encode it as +.",
        "[V] the specification says %20, alibabacloud-tea-openapi does that, alibabacloud-credentials 1.0.12 signs +. "
        "[U] whether STS takes both.",
    )
    check_account: bool = _switch(
        True,
        "Whether an X-Fc-Account-Id of another account is refused, and a host of aliyuncs.com that is not ours.",
        "[V] the text and the hosts; the status is [I].",
    )
    fc_enabled: bool = _switch(
        True,
        "Off: every call is refused with AccessDenied, FC service is not enabled for current user.",
        "[V] the text: seen in funcraft.",
    )
    max_body_bytes: int = _switch(
        50 * 1024 * 1024,
        "Bodies above this many bytes are refused with 400 EntityTooLarge.",
        "[V] code and text. [U] the limit for each call.",
    )
    latency: float = _switch(
        0.0,
        "Seconds that every answer takes at least.",
        "For tests.",
    )
    rate_limit: float = _switch(
        0.0,
        "Calls a second that a token bucket lets pass; 0 is no limit.",
        "[V] 429 ResourceExhausted and 503 ResourceThrottled are documented. [U] the rates.",
    )
    rate_burst: int = _switch(
        10,
        "How many calls the token bucket holds.",
        "[U].",
    )
    rate_status: Literal["429", "503"] = _switch(
        "429",
        "How a call over the rate limit is answered: 429 ResourceExhausted or 503 ResourceThrottled.",
        "[V] both are documented. [U] which comes when.",
    )
    rate_header: Literal["none", "Retry-After", "x-acs-retry-after"] = _switch(
        "none",
        "The header, if any, in which such an answer says after how many seconds to try again.",
        "[V] official clients read x-acs-retry-after. [U] whether the service sends either.",
    )
    altered_field: Literal["none", "destinations", "event_age", "retry_attempts", "stateful"] = _switch(
        "none",
        "A field that the server stores otherwise than it was sent, to see whether a client looks.",
        "For tests.",
    )

    def __setattr__(self, name: str, value: object) -> None:
        object.__setattr__(self, name, _checked(name, value))

    def update(self, values: Mapping[str, object]) -> None:
        """Set the named switches, all or (raising ValueError with one sentence) none of them."""
        checked = {name: _checked(name, value) for name, value in values.items()}
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def as_dict(self) -> dict[str, Any]:
        """Every switch and its value."""
        return dataclasses.asdict(self)

    @classmethod
    def parse(cls, text: str) -> tuple[str, object]:
        """``name=value`` as a command line has it, into the name and the value in its type; ValueError if wrong."""
        name, equals, value = text.partition("=")
        if not equals:
            raise ValueError(f"a switch is given as name=value, not {text!r}")
        kind = _types().get(name)
        if kind is bool and value.lower() in ("true", "false"):
            return name, value.lower() == "true"
        if kind in (int, float):
            try:
                return name, float(value) if kind is float else int(value)
            except ValueError:
                raise ValueError(f"switch {name} must be a number, not {value!r}") from None
        return name, _checked(name, value)


_KINDS: dict[str, Any] = {}


def _types() -> dict[str, Any]:
    if not _KINDS:
        _KINDS.update(typing.get_type_hints(Switches))
    return _KINDS


def _checked(name: str, value: object) -> object:
    kind = _types().get(name)
    if kind is None:
        raise ValueError(f"there is no switch {name!r}; the switches are {', '.join(sorted(_types()))}")
    if kind is bool:
        if isinstance(value, bool):
            return value
        raise ValueError(f"switch {name} must be true or false, not {value!r}")
    if kind in (int, float):
        return _checked_number(name, value, kind)
    choices = typing.get_args(kind)
    if value in choices:
        return value
    raise ValueError(f"switch {name} must be one of {', '.join(choices)}, not {value!r}")


def _checked_number(name: str, value: object, kind: Any) -> object:
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if is_number and kind is int and not isinstance(value, int):
        is_number = False
    if not is_number or not math.isfinite(typing.cast(float, value)) or typing.cast(float, value) < 0:
        word = "whole number" if kind is int else "number"
        raise ValueError(f"switch {name} must be a {word} of 0 or more, not {value!r}")
    return kind(value)


def render_table() -> str:
    """The README's table of switches in Markdown, made from the code."""
    rows = ["| switch | default | values | what it does | what is known |", "|---|---|---|---|---|"]
    for field in dataclasses.fields(Switches):
        doc: SwitchDoc = field.metadata["doc"]
        kind = _types()[field.name]
        choices = ", ".join(f"`{choice}`" for choice in typing.get_args(kind)) or kind.__name__
        default = str(field.default).lower() if kind is bool else str(field.default)
        rows.append(f"| `{field.name}` | `{default}` | {choices} | {doc.does} | {doc.known} |")
    return "\n".join(rows)
