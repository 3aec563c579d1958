# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The STS operations (credentials and account IDs), the credentials URI and the ECS metadata service.

Sources: alibabacloud-openapi-meta (Sts 2015-04-01) and the requests that alibabacloud-credentials sends.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ._account import Account
from ._errors import FcError
from ._keys import AccessKey, AuthenticationError, Problem
from ._message import Request, Response, json_response
from ._model import JsonObject, timestamp
from ._signature import same

VERSION = "2015-04-01"
_SESSION_NAME = re.compile(r"[A-Za-z0-9.@_=-]{2,64}")
_ROLE_ARN = re.compile(r"acs:ram::\d+:role/(.+)")
_DURATION = (900, 43200)
_METADATA_ROLE = "emulator-role"
_METADATA_SECONDS = 6 * 3600

_ERRORS: dict[Problem, tuple[int, str, str]] = {
    Problem.MISSING_HEADER: (400, "Missing{detail}", "{detail} is mandatory for this action."),
    Problem.MALFORMED: (400, "IncompleteSignature", "The request signature does not conform to Aliyun standards."),
    Problem.UNKNOWN_KEY: (404, "InvalidAccessKeyId.NotFound", "Specified access key is not found."),
    Problem.SKEW: (400, "InvalidTimeStamp.Expired", "Specified time stamp or date value is expired."),
    Problem.MISMATCH: (
        400,
        "SignatureDoesNotMatch",
        "Specified signature is not matched with our calculation. Check your access key and signing method.",
    ),
    Problem.TOKEN_MISSING: (400, "MissingSecurityToken", "SecurityToken is mandatory for this action."),
    Problem.TOKEN_INVALID: (400, "InvalidSecurityToken.MismatchWithAccessKey", "Specified SecurityToken is invalid."),
    Problem.TOKEN_EXPIRED: (400, "InvalidSecurityToken.Expired", "Specified SecurityToken is expired."),
}


def parse_action(request: Request) -> tuple[str, dict[str, str]] | None:
    """Return the action and parameters of an RPC-style call, or None for other requests."""
    if request.path not in ("/", ""):
        return None
    parameters = {**request.parameters, **request.form()}
    action = parameters.get("Action") or request.headers.get("x-acs-action", "")
    return (action, parameters) if action else None


def get_version(request: Request, parameters: Mapping[str, str]) -> str:
    """Return the API version of a request, or an empty string if it has none."""
    return parameters.get("Version") or request.headers.get("x-acs-version", "")


def authenticate(account: Account, request: Request, action: str, parameters: Mapping[str, str]) -> None:
    """Raise FcError if the version or the signature is invalid. AssumeRoleWithOIDC requires no signature."""
    if get_version(request, parameters) != VERSION:
        raise FcError(400, "InvalidVersion", "Specified parameter Version is not valid.")
    if action == "AssumeRoleWithOIDC":
        return
    try:
        if "authorization" in request.headers:
            account.keys.check(request)
        else:
            spaces = ("%20",) if account.switches.rpc_space == "percent" else ("%20", "+")
            account.keys.check_rpc(request.method, parameters, spaces)
    except AuthenticationError as error:
        status, code, message = _ERRORS[error.problem]
        detail = error.detail
        raise FcError(status, code.format(detail=detail), message.format(detail=detail)) from None


def execute(account: Account, access_key_id: str, action: str, parameters: Mapping[str, str]) -> JsonObject:
    """Return the response body for an action. Raise FcError if the action fails."""
    if action == "AssumeRoleWithOIDC":
        return _assume_role_with_oidc(account, parameters)
    if action == "GetCallerIdentity":
        return _caller_identity(account, account.keys.find(access_key_id))
    if action == "AssumeRole":
        return _assume_role(account, parameters)
    raise FcError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")


def error_body(error: FcError, request_id: str) -> JsonObject:
    """Return an error body in the format that RPC-style APIs use."""
    return {"RequestId": request_id, "HostId": "sts.aliyuncs.com", "Code": error.code, "Message": error.message}


def _caller_identity(account: Account, key: AccessKey) -> JsonObject:
    account_id = account.settings.account_id
    role = _ROLE_ARN.fullmatch(key.role_arn)
    if role is None:
        arn, kind = f"acs:ram::{account_id}:root", "Account"
    else:
        arn, kind = f"acs:ram::{account_id}:assumed-role/{role[1]}/session", "AssumedRoleUser"
    return {"IdentityType": kind, "AccountId": account_id, "PrincipalId": account_id, "UserId": account_id, "Arn": arn}


def _assume_role(account: Account, parameters: Mapping[str, str]) -> JsonObject:
    role_arn = _require(parameters, "RoleArn")
    session = _require(parameters, "RoleSessionName")
    if _SESSION_NAME.fullmatch(session) is None:
        raise FcError(400, "InvalidParameter.RoleSessionName", "The parameter RoleSessionName is wrongly formed.")
    if not _is_object(parameters.get("Policy") or "{}"):
        raise FcError(400, "InvalidParameter.PolicyGrammar", "The parameter Policy has not passed grammar check.")
    role = _ROLE_ARN.fullmatch(role_arn)
    if role is None:
        raise FcError(400, "InvalidParameter.RoleArn", "The parameter RoleArn is wrongly formed.")
    seconds = _duration(parameters.get("DurationSeconds") or "3600")
    key = account.keys.issue(seconds, role_arn)
    return {
        "AssumedRoleUser": {
            "Arn": f"acs:ram::{account.settings.account_id}:assumed-role/{role[1]}/{session}",
            "AssumedRoleId": f"300000000000000000:{session}",
        },
        "Credentials": _credentials(key),
    }


def _assume_role_with_oidc(account: Account, parameters: Mapping[str, str]) -> JsonObject:
    provider = _require(parameters, "OIDCProviderArn")
    if not same(account.settings.oidc_token, _require(parameters, "OIDCToken").strip()):
        raise FcError(400, "AuthenticationFail.OIDCToken.Invalid", "The OIDC token is invalid.")
    response = _assume_role(account, parameters)
    return {**response, "OIDCTokenInfo": {"Issuer": provider, "Subject": "emulator", "ClientIds": "emulator"}}


def _require(parameters: Mapping[str, str], name: str) -> str:
    value = parameters.get(name)
    if not value:
        raise FcError(400, f"Missing{name}", f"{name} is mandatory for this action.")
    return value


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _duration(text: str) -> int:
    lowest, highest = _DURATION
    if not text.isdecimal() or not lowest <= int(text) <= highest:
        raise FcError(400, "InvalidParameter.DurationSeconds", "The Min/Max value of DurationSeconds is 15min/12hr.")
    return int(text)


def _credentials(key: AccessKey) -> JsonObject:
    return {
        "AccessKeyId": key.id,
        "AccessKeySecret": key.secret,
        "SecurityToken": key.token,
        "Expiration": timestamp(key.expires or 0),
    }


def credentials_response(account: Account) -> Response:
    """Return a new temporary key in the format shared by the credentials URI and the ECS metadata service."""
    key = account.keys.issue(_METADATA_SECONDS)
    return json_response(200, {"Code": "Success", **_credentials(key)})


def metadata_response(account: Account, request: Request) -> Response | None:
    """Return the ECS metadata service's response, or None for other paths."""
    roles = "/latest/meta-data/ram/security-credentials/"
    if request.path == "/latest/api/token" and request.method == "PUT":
        return Response(200, b"emulator-metadata-token", content_type="text/plain")
    if request.path in (roles, roles.rstrip("/")):
        return Response(200, _METADATA_ROLE.encode(), content_type="text/plain")
    if request.path == f"{roles}{_METADATA_ROLE}":
        return credentials_response(account)
    return Response(404, b"", content_type="text/plain") if request.path.startswith("/latest/") else None
