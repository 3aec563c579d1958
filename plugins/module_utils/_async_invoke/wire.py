# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Convert between API JSON and configurations. Pure."""

from __future__ import annotations

import re
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.config import AsyncInvokeConfig
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import Field, Settings, Value, unflatten
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import (
    LONGEST_ID,
    QUALIFIER,
    Function,
    Identity,
)
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._text import LONGEST_TEXT, printable, shown


class UnexpectedResponse(ValueError):
    """A response that does not match the documentation. ``str()`` returns a clause that describes the problem.

    Quoted values are escaped and shortened, but secrets in them are not masked.
    """


#: Maximum length of text in a response.
_LONGEST_RESPONSE_TEXT = 4096
#: Maximum value of a number in a response.
_LARGEST_RESPONSE_NUMBER = 2**31 - 1
#: Maps each option to the response key that contains the corresponding name.
_NAME_KEYS = {"service_name": "service", "function_name": "function", "qualifier": "qualifier"}
#: The response keys for error codes and messages. They differ between the API versions (2016-08-15, 2021-04-06 and
#: 2023-03-30).
CODE_KEYS = ("Code", "ErrorCode", "code", "errorCode")
MESSAGE_KEYS = ("Message", "ErrorMessage", "message", "errorMessage")


def parse_response(
    generation: Generation,
    identity: Identity,
    body: Any,
    region: str | None = None,
    account_id: str | None = None,
) -> AsyncInvokeConfig:
    """Parse the response to a Get or Put.

    An unset destination can be missing, null, ``{}``, ``{"destination": null}`` or an empty string.

    Args:
        region: the region that an ARN in the response must match, or None to accept any region.
        account_id: the account ID that the ARN must match, or None to accept any account.

    Raises ``UnexpectedResponse`` if the response has an unexpected structure or belongs to another configuration.
    """
    checked = _config_object(generation, body)
    for name in generation.identity_options:
        key = _NAME_KEYS[name]
        named, expected = _optional_name(generation, name, checked, key), getattr(identity, name)
        if named and expected and named != expected:
            raise _not_documented(f"{key} must be {expected!r}, not {named!r}")
    if generation.named_by_arn and checked.get("functionArn") is not None:
        named_by_arn = _parse_function_arn(generation, checked["functionArn"], region, account_id)
        _check_same_function(identity.function, named_by_arn)
        if named_by_arn.qualifier and named_by_arn.qualifier != identity.qualifier:
            raise _not_documented(
                f"functionArn contains the qualifier {named_by_arn.qualifier!r}, not {identity.qualifier!r}"
            )
    return _parse_config(generation, identity, checked)


def parse_listed(
    generation: Generation,
    function: Function | None,
    body: Any,
    region: str | None = None,
    account_id: str | None = None,
) -> AsyncInvokeConfig:
    """Parse an item in a List response for one function, or for the account if ``function`` is None.

    An FC 2.0 item has a qualifier unless it applies to LATEST. An FC 3.0 item has only an ARN. If the ARN has no
    qualifier, as in the documented samples, the identity's qualifier is None.

    Args:
        region: the region that an ARN in the item must match, or None to accept any region.
        account_id: the account ID that the ARN must match, or None to accept any account.

    Raises ``UnexpectedResponse`` if the item has an unexpected structure or belongs to another function.
    """
    checked = _config_object(generation, body)
    if generation.named_by_arn:
        identity = _parse_function_arn(generation, checked.get("functionArn"), region, account_id)
    else:
        names = {name: _optional_name(generation, name, checked, key) for name, key in _NAME_KEYS.items()}
        listed_below = function or Function("")
        identity = Identity(
            function_name=names["function_name"] or listed_below.function_name,
            service_name=names["service_name"] or listed_below.service_name,
            **({"qualifier": names["qualifier"]} if names["qualifier"] else {}),
        )
    if function is not None:
        _check_same_function(function, identity)
    if not all(getattr(identity, name) for name in generation.identity_options if name != "qualifier"):
        raise _not_documented("a list item has no function name")
    return _parse_config(generation, identity, checked)


def listed_page(body: Any, key: str) -> tuple[list[Mapping[str, Any]], str]:
    """Return the items in a List response and the token for the next page (empty if there is none).

    Args:
        key: the key that holds the items, such as ``configs``. It may be null or missing if there are no items.

    Raises ``UnexpectedResponse`` if the response has an unexpected structure.
    """
    # A page with neither items nor a token may lack both keys.
    checked = _object(body, (key, "nextToken"), empty=True)
    items, token = checked.get(key), checked.get("nextToken")
    if items is not None and not isinstance(items, list):
        raise _not_documented(f"{key} must be a list, not {shown(items)}")
    for position, item in enumerate(items or []):
        if not isinstance(item, Mapping):
            raise _not_documented(f"{key}[{position}] must be an object, not {shown(item)}")
    if token is not None and (not isinstance(token, str) or len(token) > _LONGEST_RESPONSE_TEXT):
        raise _not_documented(f"nextToken must be text, not {shown(token)}")
    return items or [], token or ""


def listed_name(generation: Generation, option: str, body: Any, key: str) -> str:
    """Return the name of a service, function, alias or version from an item in a List response.

    Args:
        option: the option that specifies the name (``service_name``, ``function_name`` or ``qualifier``).
        key: the key that holds the name in the item, such as ``functionName``. A version name may be a number.

    Raises ``UnexpectedResponse`` if the item has no valid name.
    """
    value = body.get(key) if isinstance(body, Mapping) else None
    if option == "qualifier" and isinstance(value, int) and not isinstance(value, bool):
        value = shown(value)
    if value is None or value == "":
        raise _not_documented(f"a list item has no {key}")
    return _checked_response_name(generation, option, value, key)


def parse_role(owner: Identity, body: Any) -> str | None:
    """Return the role in the response to GetService (FC 2.0) or GetFunction, or None if there is none.

    Raises ``UnexpectedResponse`` if the response has an unexpected structure or belongs to another resource.
    """
    checked = _object(body, ("serviceName", "functionName"))
    for key, expected in (("serviceName", owner.service_name), ("functionName", owner.function_name)):
        named = checked.get(key)
        if named is not None and named != expected:
            raise _not_documented(f"{key} must be {expected!r}, not {shown(named)}")
    return _response_text("role", checked.get("role")) or None


def parse_trigger_type(body: Mapping[str, Any]) -> str:
    """Return the type of a listed trigger, such as ``http``. Raises ``UnexpectedResponse`` if it has none."""
    kind = _response_text("triggerType", body.get("triggerType"))
    if not kind:
        raise _not_documented("a list item has no triggerType")
    return kind


def request_body(generation: Generation, settings: Settings) -> dict[str, Any]:
    """Return the JSON body for a Put. Unset fields are omitted. The service does not document how to unset a field."""
    values = {field.api_path: settings.get(field.option) for field in generation.fields}
    return unflatten({path: value for path, value in values.items() if value is not None})


def _not_documented(problem: str) -> UnexpectedResponse:
    return UnexpectedResponse(f"the response is not as documented: {problem}")


def _object(body: Any, keys: tuple[str, ...], empty: bool = False) -> Mapping[str, Any]:
    """Return ``body`` if it is an object with at least one of the keys. ``empty`` also allows an empty object.

    Raises ``UnexpectedResponse`` otherwise.
    """
    if not isinstance(body, Mapping):
        raise _not_documented(f"it must be an object, not {shown(body)}")
    if any(key in body for key in keys) or (empty and not body):
        return body
    code = next((body[key] for key in CODE_KEYS if key in body), None)
    message = next((body[key] for key in MESSAGE_KEYS if key in body), None)
    if code is not None or message is not None:
        told = f"the code {shown(code)} and the message {shown(message, LONGEST_TEXT)}"
        raise UnexpectedResponse(f"the response is an error with {told}")
    raise _not_documented(f"it contains none of the keys {', '.join(keys)}")


def _config_object(generation: Generation, body: Any) -> Mapping[str, Any]:
    fields = dict.fromkeys(field.api_path[0] for field in generation.fields)
    names = ("functionArn",) if generation.named_by_arn else tuple(_NAME_KEYS.values())
    return _object(body, (*names, *fields, "createdTime", "lastModifiedTime"))


def _parse_config(generation: Generation, identity: Identity, body: Mapping[str, Any]) -> AsyncInvokeConfig:
    return AsyncInvokeConfig(
        identity=identity,
        settings={field.option: _stored_value(field, body) for field in generation.fields},
        created_time=_response_text("createdTime", body.get("createdTime")),
        last_modified_time=_response_text("lastModifiedTime", body.get("lastModifiedTime")),
        function_arn=_response_text("functionArn", body.get("functionArn")),
    )


def _stored_value(field: Field, body: Mapping[str, Any]) -> Value | None:
    """Return the value of a field in a response. Objects that contain it may be null or missing."""
    value: Any = body
    at = "it"
    for key in field.api_path:
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise _not_documented(f"{at} must be an object, not {shown(value)}")
        at = key if at == "it" else f"{at}.{key}"
        value = value.get(key)
    if value is None:
        return None
    if field.type == "arn":
        return _response_text(field.api, value) or None
    if field.type == "bool":
        if not isinstance(value, bool):
            raise _not_documented(f"{field.api} must be a boolean, not {shown(value)}")
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_RESPONSE_NUMBER:
        raise _not_documented(
            f"{field.api} must be an integer between 0 and {_LARGEST_RESPONSE_NUMBER}, not {shown(value)}"
        )
    return value


def _response_text(key: str, value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _not_documented(f"{key} must be text, not {shown(value)}")
    if len(value) > _LONGEST_RESPONSE_TEXT:
        raise _not_documented(f"{key} has {len(value)} characters")
    return printable(value)


def _optional_name(generation: Generation, option: str, body: Mapping[str, Any], key: str) -> str:
    """Return the name in a response, or an empty string if there is none."""
    value = body.get(key)
    return "" if value is None or value == "" else _checked_response_name(generation, option, value, key)


def _checked_response_name(generation: Generation, option: str, value: Any, key: str) -> str:
    pattern = QUALIFIER.pattern if option == "qualifier" else generation.name_pattern
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise _not_documented(f"{key} must be a name, not {shown(value)}")
    return value


def _parse_function_arn(generation: Generation, value: Any, region: str | None, account_id: str | None) -> Identity:
    """Return the names in a function ARN. The qualifier is None if the ARN has none.

    In the documented samples, a colon follows the account, except in the List sample, where a slash follows it.
    """
    pattern = rf"acs:fc:(?P<region>[^:/]*):(?P<account_id>[^:/]*)[:/]{generation.function_arn}"
    arn = re.fullmatch(pattern, value) if isinstance(value, str) and len(value) <= LONGEST_ID else None
    if arn is None:
        raise _not_documented(f"functionArn must be the ARN of a function, not {shown(value)}")
    for what, expected in (("region", region), ("account_id", account_id)):
        if expected and arn[what] and arn[what] != expected:
            raise _not_documented(f"functionArn contains the {what} {shown(arn[what])}, not {expected!r}")
    names = {name: text for name, text in arn.groupdict().items() if name in generation.identity_options and text}
    for name, text in names.items():
        _checked_response_name(generation, name, text, f"the {name} of functionArn")
    return Identity(names["function_name"], names.get("qualifier"), names.get("service_name"))


def _check_same_function(function: Function, identity: Identity) -> None:
    for name in ("service_name", "function_name"):
        expected, named = getattr(function, name), getattr(identity, name)
        if expected and named and named != expected:
            raise _not_documented(f"it must belong to the {name} {expected!r}, not {named!r}")
