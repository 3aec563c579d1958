# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""API errors with their codes, causes (for the retry policy) and hints."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import CallFailed, Cause
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation

if TYPE_CHECKING:
    from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.permissions import RequiredPermission


class MissingLibrary(Exception):
    """A required Python library cannot be imported.

    ``reason`` is the cause if the library is installed, otherwise None. ``details`` is the traceback.
    """

    def __init__(self, library: str, reason: str | None = None) -> None:
        super().__init__(library)
        self.library = library
        self.reason = reason
        self.details = traceback.format_exc()


class ApiError(CallFailed):
    """An API call failed. ``str()`` is a sentence.

    ``status`` is None if there was no response. ``tried`` is False if the call was not attempted.
    ``required_permissions`` are the permissions that the function's role may lack.
    """

    def __init__(
        self,
        operation: str,
        target: str,
        message: str,
        cause: Cause,
        code: str | None = None,
        status: int | None = None,
        request_id: str | None = None,
        retry_after: float | None = None,
        hint: str = "",
        uncertain: bool = False,
        tried: bool = True,
        required_permissions: Sequence[RequiredPermission] = (),
    ) -> None:
        self.operation = operation
        self.required_permissions = tuple(required_permissions)
        self.message = message
        self.tried = tried
        self.code = code
        self.status = status
        self.request_id = request_id
        known = [
            f"HTTP {int(status)}" if status else "",
            code or "",
            f"request id {request_id}" if request_id else "",
        ]
        facts = ", ".join(fact for fact in known if fact)
        facts = f" ({facts})" if facts else ""
        how = "failed: " if tried else "was not attempted because another call failed: "
        sentence = f"{operation} of {target} {how}{message.strip().rstrip('.')}{facts}."
        super().__init__(sentence + (" " + hint if hint else ""), cause, retry_after, uncertain)

    def details(self) -> dict[str, Any] | None:
        """Return the value that modules return as ``error``, or None if there was no response."""
        if self.status is None:
            return None
        found = {name: getattr(self, name) for name in ("code", "message", "status", "request_id", "operation")}
        if self.required_permissions:
            found["required_permissions"] = [one.as_returned() for one in self.required_permissions]
        return found


def not_attempted(operation: str, target: str, reason: CallFailed) -> Exception:
    """Return the error for a call that was not attempted because other calls failed."""
    if isinstance(reason, NoCredential):
        return reason.error
    message = reason.message if isinstance(reason, ApiError) else str(reason)
    return ApiError(operation, target, message, reason.cause, tried=False)


class NotFound(ApiError):
    """The configuration's service, function, alias or version does not exist."""


def missing_resource(error: NotFound) -> str:
    """Return what does not exist: ``service``, ``function``, ``alias`` or ``version``."""
    return (error.code or "").replace("NotFound", "").lower() or "function"


class NoCredential(CallFailed):
    """No credential was available for a call. The retry policy needs to know whether the problem is temporary."""

    def __init__(self, error: CredentialError) -> None:
        super().__init__(str(error), Cause.CONNECTION if error.temporary else Cause.UNAUTHENTICATED)
        self.error = error


#: The error code that Get and Delete return if there is no configuration.
NO_CONFIG = "AsyncConfigNotExists"
#: Error codes that FC returns if the configuration's service, function, alias or version does not exist (doc 440324).
NO_PARENT = ("ServiceNotFound", "FunctionNotFound", "AliasNotFound", "VersionNotFound")
NO_JSON = "the response is not in the JSON format of Function Compute"
_WRONG_SECRET = "Check access_key_secret: it is incomplete or does not match the access key ID."
_WRONG_KEY = "Check access_key_id: the key does not exist or is disabled."
_WRONG_TOKEN = "Check security_token: it belongs to another key or has expired."
_EXPIRED_TOKEN = "Get a new security token: this one has expired."
_HINTS = {
    "SignatureNotMatch": _WRONG_SECRET,
    "InvalidAccessKeyID": _WRONG_KEY,
    "InvalidSecurityToken": _WRONG_TOKEN,
    "SecurityTokenExpired": _EXPIRED_TOKEN,
    # The codes that STS uses for the same errors.
    "SignatureDoesNotMatch": _WRONG_SECRET,
    "InvalidAccessKeyId.NotFound": _WRONG_KEY,
    "InvalidAccessKeyId.Inactive": _WRONG_KEY,
    "InvalidSecurityToken.MismatchWithAccessKey": _WRONG_TOKEN,
    "InvalidSecurityToken.Expired": _EXPIRED_TOKEN,
    "ServiceNotFound": "Create the service first, or check service_name and region.",
    "FunctionNotFound": "Create the function first, or check its name and region.",
    "AliasNotFound": "Create the alias first, or check qualifier.",
    "VersionNotFound": "Publish the version first, or check qualifier.",
    "ConcurrentUpdateError": "Another process is changing the same function. Run the task again later.",
}
#: Error codes with which FC (doc 440324) and STS reject a credential, regardless of the operation.
_UNAUTHENTICATED = (
    "SignatureNotMatch",
    "InvalidAccessKeyID",
    "InvalidSecurityToken",
    "SecurityTokenExpired",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
)
#: Error codes with which FC rejects a request without executing it (doc 440324, terraform-provider-alicloud 10031).
_REFUSED = (
    "InvalidArgument",
    "InvalidDestinationResources",
    "MissingRequiredHeader",
    "PathNotSupported",
    "EntityTooLarge",
    "ConcurrentUpdateError",
    NO_CONFIG,
    *NO_PARENT,
)


def hint_for(
    api: Generation,
    account_id: str | None,
    operation: str,
    code: str | None,
    message: str,
    cause: Cause,
    lacking: Sequence[RequiredPermission] = (),
) -> str:
    if "belong to you" in message:
        account = f"account {account_id}" if account_id else "the account of the endpoint"
        return f"The function does not belong to {account}. Check account_id and region."
    if "not enabled for current user" in message:
        return "Activate Function Compute in this account first."
    if code == "AccessDenied":
        action = api.ram_action(operation)
        if lacking:
            return _role_hint(api, lacking, action)
        hint = f"Grant {action} to the caller."
        if operation == api.operations.put and not _names_caller(message):
            hint += f" If there are destinations, also grant {_role(api)} permission to send to them."
        return hint
    if cause is Cause.THROTTLED:
        return "Run the task again later, with a lower concurrency or a longer retry_timeout."
    return _HINTS.get(code or "", "")


def _role_hint(api: Generation, lacking: Sequence[RequiredPermission], action_of_caller: str) -> str:
    """Return advice for a role that may not send to the destinations. Of several forms of a resource, one is named."""
    named = {(one.option, one.action): one.resource for one in reversed(lacking)}
    permissions = [f"{action} on {resource}" for (_option, action), resource in reversed(list(named.items()))]
    different = list(dict.fromkeys(permissions))
    noun, pronoun = ("permission", "it") if len(different) == 1 else ("permissions", "them")
    sentence = f"{_role(api).capitalize()} needs the {noun} {' and '.join(different)}."
    return f"{sentence} If it has {pronoun}, grant {action_of_caller} to the caller."


def _role(api: Generation) -> str:
    return f"the role of the {'service' if api.has_services else 'function'}"


def _names_caller(message: str) -> bool:
    """Return whether a response about denied access concerns the caller instead of a role."""
    return "caller is not authorized" in message or "belong to you" in message


def role_lacks(code: str | None, message: str, needed: Sequence[RequiredPermission]) -> Sequence[RequiredPermission]:
    """Return the permissions that the function's role may lack, or nothing if the response names another cause.

    A response about the caller names the action that the caller lacks (doc 440324). The response about a role that may
    not send to a destination is a generic error (note in the documentation of the Terraform resource).
    """
    return needed if code == "AccessDenied" and not _names_caller(message) else ()


def cause_of(status: int | None, code: str | None) -> Cause:
    if status is None:
        return Cause.CONNECTION
    if status == 429 or code in ("ResourceThrottled", "ResourceExhausted", "Throttling", "Throttling.User"):
        return Cause.THROTTLED
    if status >= 500 or code == "ConcurrentUpdateError":
        return Cause.SERVER
    if code in ("AccessDenied", "Forbidden", "NoPermission"):
        return Cause.DENIED
    if (code or "").split(".")[0] in _UNAUTHENTICATED:
        return Cause.UNAUTHENTICATED
    return Cause.PERMANENT if status >= 400 else Cause.CONNECTION


def refuses_token(error: ApiError) -> bool:
    """Return whether the service no longer accepts the security token or temporary access key."""
    about_token = "token" in f"{error.code} {error.message}".lower()
    return error.cause is Cause.UNAUTHENTICATED or (error.cause is Cause.DENIED and about_token)


def may_be_done(status: int, code: str | None, cause: Cause) -> bool:
    """Return whether the service may have executed the call even though it returned this error."""
    refused = status < 500 and code in _REFUSED
    return not refused and cause not in (Cause.THROTTLED, Cause.DENIED, Cause.UNAUTHENTICATED)


def first_text(data: Mapping[str, Any], *keys: str) -> str | None:
    """Return the value of the first key that is set. The SDK sets some missing values to the string 'None'."""
    values = (data.get(key) for key in keys)
    return next((str(value) for value in values if value not in (None, "", "None")), None)
