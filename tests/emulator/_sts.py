# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""STS, as far as clients need it for credentials and the account id; also the credentials URI and ECS metadata.

Sources: alibabacloud-openapi-meta (Sts 2015-04-01) and what alibabacloud-credentials sends and reads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from ._account import Account
from ._errors import FcError
from ._keys import AccessKey, NotAuthenticError, Problem
from ._message import Incoming, Reply, json_reply
from ._model import JsonObject, timestamp
from ._signature import same

VERSION = "2015-04-01"
_SESSION_NAME = re.compile(r"[A-Za-z0-9.@_=-]{2,64}")
_ROLE_ARN = re.compile(r"acs:ram::\d+:role/(.+)")
_DURATION = (900, 43200)
_METADATA_ROLE = "emulator-role"
_METADATA_SECONDS = 6 * 3600

_REFUSALS: dict[Problem, tuple[int, str, str]] = {
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


def action_of(incoming: Incoming) -> tuple[str, dict[str, str]] | None:
    """The STS action that a request is about and its parameters; None where it is no RPC-style call."""
    if incoming.path not in ("/", ""):
        return None
    parameters = {**incoming.parameters, **incoming.form()}
    action = parameters.get("Action") or incoming.headers.get("x-acs-action", "")
    return (action, parameters) if action else None


def version_of(incoming: Incoming, parameters: Mapping[str, str]) -> str:
    """The version of the API that a request names, empty where it names none."""
    return parameters.get("Version") or incoming.headers.get("x-acs-version", "")


def admit(account: Account, incoming: Incoming, action: str, parameters: Mapping[str, str]) -> None:
    """Raise FcError, as STS words it, unless the request is signed; AssumeRoleWithOIDC need not be."""
    if version_of(incoming, parameters) != VERSION:
        raise FcError(400, "InvalidVersion", "Specified parameter Version is not valid.")
    if action == "AssumeRoleWithOIDC":
        return
    try:
        if "authorization" in incoming.headers:
            account.keys.check(incoming)
        else:
            spaces = ("%20",) if account.switches.rpc_space == "percent" else ("%20", "+")
            account.keys.check_rpc(incoming.method, parameters, spaces)
    except NotAuthenticError as error:
        status, code, message = _REFUSALS[error.problem]
        detail = error.detail
        raise FcError(status, code.format(detail=detail), message.format(detail=detail)) from None


def carry_out(account: Account, access_key_id: str, action: str, parameters: Mapping[str, str]) -> JsonObject:
    """The answer of an action that ``access_key_id`` asked for; FcError as STS words it."""
    if action == "AssumeRoleWithOIDC":
        return _assume_role_with_oidc(account, parameters)
    if action == "GetCallerIdentity":
        return _caller_identity(account, account.keys.find(access_key_id))
    if action == "AssumeRole":
        return _assume_role(account, parameters)
    raise FcError(404, "InvalidAction.NotFound", "Specified api is not found, please check your url and method.")


def error_body(error: FcError, request_id: str) -> JsonObject:
    """An error's JSON as RPC-style services spell it."""
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
    role_arn = _required(parameters, "RoleArn")
    session = _required(parameters, "RoleSessionName")
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
    provider = _required(parameters, "OIDCProviderArn")
    if not same(account.settings.oidc_token, _required(parameters, "OIDCToken").strip()):
        raise FcError(400, "AuthenticationFail.OIDCToken.Invalid", "The OIDC token is invalid.")
    answer = _assume_role(account, parameters)
    return {**answer, "OIDCTokenInfo": {"Issuer": provider, "Subject": "emulator", "ClientIds": "emulator"}}


def _required(parameters: Mapping[str, str], name: str) -> str:
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


def credentials_reply(account: Account) -> Reply:
    """A fresh temporary key in the JSON that a credentials URI and the ECS metadata service both answer."""
    key = account.keys.issue(_METADATA_SECONDS)
    return json_reply(200, {"Code": "Success", **_credentials(key)})


def metadata_reply(account: Account, incoming: Incoming) -> Reply | None:
    """What the ECS metadata service answers; None for any other path."""
    roles = "/latest/meta-data/ram/security-credentials/"
    if incoming.path == "/latest/api/token" and incoming.method == "PUT":
        return Reply(200, b"emulator-metadata-token", content_type="text/plain")
    if incoming.path in (roles, roles.rstrip("/")):
        return Reply(200, _METADATA_ROLE.encode(), content_type="text/plain")
    if incoming.path == f"{roles}{_METADATA_ROLE}":
        return credentials_reply(account)
    return Reply(404, b"", content_type="text/plain") if incoming.path.startswith("/latest/") else None
