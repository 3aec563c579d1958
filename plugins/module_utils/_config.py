# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The model of an asynchronous invocation configuration: parse, compare, plan.

Pure: no network, no Ansible, no clock. A *generation* of Function Compute (FC 2.0, FC 3.0) is a description
(:class:`Generation`) that every function here takes; nothing else in this file differs between the two.

The word *settings* stands for the mutable part of a config: a mapping from a field's option path
(``destination_config.on_failure.destination``) to its value, where :data:`None` means that it is unset.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

from ansible_collections.alicloud.fc.plugins.module_utils._redaction import (
    ANSIBLE_MASKS,
    LONGEST_TEXT,
    printable,
    shortened,
)

Value = Union[int, bool, str]
Settings = Mapping[str, Optional[Value]]

LATEST = "LATEST"

#: Services that FC documents as destinations ("result callback" page of the FC manual). Others only warn, because
#: the list has grown before.
KNOWN_DESTINATION_SERVICES = ("fc", "mns", "eventbridge", "mq")


class InvalidOption(ValueError):
    """The user's input is wrong: ``str()`` is one sentence that names the option."""

    def __init__(self, option: str, problem: str) -> None:
        super().__init__(f"{option}: {problem}")
        self.option = option
        self.problem = problem


class UnexpectedAnswer(ValueError):
    """An answer of the service is not as documented: ``str()`` is one clause that says what is wrong with it.

    Values in it are escaped and shortened, but secrets in them are not hidden.
    """


#: Longest id and ARN that is accepted as input.
LONGEST_ID = 2048
#: Longest text that is accepted in an answer.
_LONGEST_ANSWERED_TEXT = 4096
#: Largest number that is accepted in an answer.
_LARGEST_ANSWERED_NUMBER = 2**31 - 1
#: The most characters of a value that a message shows.
_LONGEST_SHOWN = 100


def shown(value: object, longest: int = _LONGEST_SHOWN) -> str:
    """A value of any JSON type as a message shows it: escaped, and shortened."""
    if isinstance(value, str):
        return shortened(repr(value[: 2 * longest]), len(value), longest)
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, int):
        # Python refuses to write down a number of more than 4300 digits.
        return str(value) if abs(value) < 10**20 else "a number of more than 20 digits"
    if isinstance(value, float):
        return repr(value)
    return "a dictionary" if isinstance(value, Mapping) else "a list"


@dataclass(frozen=True)
class Field:
    """One mutable field of a config, in every spelling it has. To add an option, add one of these."""

    option: str
    """Path of the option in tasks and results, for example ``maximum_retry_attempts``."""
    api: str
    """Path in the API's JSON, for example ``maxAsyncRetryAttempts``."""
    declared: Optional[Value] = None
    """What a task that omits the option declares with ``omitted_options=reset``; None: that it is unset."""
    in_effect: Optional[Value] = None
    """What the service does where the field is unset."""
    shown: Optional[Value] = None
    """What is returned where the field is unset."""
    bounds: Optional[Tuple[int, int]] = None
    """Smallest and largest value, for numbers."""
    is_arn: bool = False


def _destination(half_option: str, half_api: str) -> Field:
    return Field(
        option=f"destination_config.{half_option}.destination",
        api=f"destinationConfig.{half_api}.destination",
        is_arn=True,
    )


def _fields(task_option: str, task_api: str) -> Tuple[Field, ...]:
    return (
        _destination("on_failure", "onFailure"),
        _destination("on_success", "onSuccess"),
        # Default 86400: 2.0's ListFunctionAsyncInvokeConfigs page (help.aliyun.com). The most is 604800 or 2592000, the
        # pages and libraries disagree for both generations: the larger is let through, and the service decides.
        Field(
            option="maximum_event_age_in_seconds",
            api="maxAsyncEventAgeInSeconds",
            in_effect=86400,
            bounds=(1, 2592000),
        ),
        # Default 3: the service's retry policy page. 2 is what Terraform's resource declares when it is omitted.
        Field(
            option="maximum_retry_attempts",
            api="maxAsyncRetryAttempts",
            declared=2,
            in_effect=3,
            shown=3,
            bounds=(0, 8),
        ),
        Field(option=task_option, api=task_api, declared=False, in_effect=False, shown=False),
    )


@dataclass(frozen=True)
class Function:
    """What a config belongs to. ``service_name`` is None where functions belong to no service."""

    function_name: str
    service_name: Optional[str] = None

    @property
    def id(self) -> str:
        """``service:function`` (FC 2.0) or ``function`` (FC 3.0)."""
        return ":".join(part for part in (self.service_name, self.function_name) if part)


@dataclass(frozen=True)
class Identity:
    """What names a config. ``region`` and ``account_id`` are known only where it was given as an ARN."""

    function_name: str
    qualifier: str = LATEST
    service_name: Optional[str] = None
    region: str = field(default="", compare=False)
    account_id: str = field(default="", compare=False)

    @property
    def id(self) -> str:
        """``service:function:qualifier`` (FC 2.0) or ``function:qualifier`` (FC 3.0)."""
        return f"{self.function.id}:{self.qualifier}"

    @property
    def function(self) -> Function:
        """What the config belongs to."""
        return Function(self.function_name, self.service_name)


@dataclass(frozen=True)
class Generation:
    """What differs between the generations of Function Compute, as data."""

    name: str
    names: Tuple[str, ...]
    """The options that name a config, in the order in which they stand in an id."""
    fields: Tuple[Field, ...]
    id_forms: str
    """The forms of an id, for messages."""
    function_arn: str
    """Regular expression for an ARN's last part, with groups named like the options."""
    returned_only: Tuple[str, ...] = ()
    """What is returned besides, and ignored where it comes back in."""
    name_pattern: str = r"[A-Za-z_][A-Za-z0-9_-]{0,127}"


FC2 = Generation(
    name="FC 2.0",
    names=("service_name", "function_name", "qualifier"),
    fields=_fields("stateful_invocation", "statefulInvocation"),
    id_forms="service:function:qualifier, service:function or acs:fc:REGION:ACCOUNT:services/SERVICE[.QUALIFIER]"
    "/functions/FUNCTION",
    function_arn=r"services/(?P<service_name>[^./:]+)(?:\.(?P<qualifier>[^/:]+))?/functions/(?P<function_name>[^/:]+)",
)


FC3 = Generation(
    name="FC 3.0",
    names=("function_name", "qualifier"),
    fields=_fields("async_task", "asyncTask"),
    id_forms="function:qualifier, function or acs:fc:REGION:ACCOUNT:functions/FUNCTION[/QUALIFIER]",
    function_arn=r"functions/(?P<function_name>[^/:]+)(?:/(?P<qualifier>[^/:]+))?",
    returned_only=("function_arn",),
    # FC 3.0 shows the functions of 2.0's services as service$function.
    name_pattern=r"[A-Za-z_][A-Za-z0-9_$-]{0,127}",
)


# --- ARNs and ids -----------------------------------------------------------------------------------------------

_ARN = re.compile(r"acs:(?P<service>[a-z0-9-]+):(?P<region>[a-z0-9-]*):(?P<account>[0-9]*):(?P<resource>\S+)")
_QUALIFIER = re.compile(r"[A-Za-z0-9_-]{1,128}")


def same_arn(one: str, other: str) -> bool:
    """Whether two ARNs name the same thing.

    An empty region or account matches any (client tools expand ``acs:mns:::…`` locally, and what the service reads
    back is unknown), and a function without a qualifier is its LATEST.
    """
    left, right = _ARN.fullmatch(one), _ARN.fullmatch(other)
    if left is None or right is None:
        return False
    if any(left[part] and right[part] and left[part] != right[part] for part in ("region", "account")):
        return False
    return left["service"] == right["service"] and _plain(left["resource"]) == _plain(right["resource"])


def _plain(resource: str) -> str:
    return re.sub(r"^(services/[^./]+)\.LATEST/", r"\1/", re.sub(r"^(functions/[^/]+)/LATEST$", r"\1", resource))


def check_name(generation: Generation, option: str, name: str) -> str:
    """The name that was given for an option. Raises :class:`InvalidOption` where it cannot be one."""
    check_unmasked(option, name)
    if option == "qualifier":
        if _QUALIFIER.fullmatch(name) is None:
            raise InvalidOption(option, f"must be a version number, LATEST or the name of an alias, not {shown(name)}.")
    elif re.fullmatch(generation.name_pattern, name) is None:
        raise InvalidOption(
            option,
            "must be 1 to 128 letters, digits, underscores and hyphens that do not begin with a digit or a hyphen, "
            f"not {shown(name)}.",
        )
    return name


def check_unmasked(option: str, text: str) -> None:
    """Refuse a text in which Ansible has hidden something, so that it names something else than it once did.

    Raises :class:`InvalidOption`.
    """
    mask = next((mask for mask in ANSIBLE_MASKS if mask in text), None)
    if mask is not None:
        raise InvalidOption(
            option,
            f"must not contain {mask}, which Ansible writes in place of a secret. The value was read from a result in "
            "which Ansible had hidden something.",
        )


#: What is said of a boolean in place of a text.
NOT_A_BOOLEAN = "must be a text, not a boolean. In YAML, on, off, yes, no, true and false need quotes to be a text."


def parse_id(generation: Generation, text: str) -> Identity:
    """Parse one of the forms of an id (``generation.id_forms``). Raises :class:`InvalidOption`."""
    region = account = ""
    check_unmasked("id", text)
    _check_length("id", text)
    arn = _ARN.fullmatch(text)
    if arn is not None and arn["service"] == "fc":
        match = re.fullmatch(generation.function_arn, arn["resource"])
        found: Dict[str, Optional[str]] = dict(match.groupdict()) if match is not None else {}
        region, account = arn["region"], arn["account"]
    else:
        parts = text.split(":")
        known = len(generation.names) - 1 <= len(parts) <= len(generation.names) and all(parts)
        found = dict(zip(generation.names, parts)) if known else {}
    if not found:
        raise InvalidOption("id", f"must have the form {generation.id_forms}, not {shown(text)}.")
    try:
        names = {key: check_name(generation, key, value) for key, value in found.items() if value}
    except InvalidOption as error:
        raise InvalidOption("id", f"the part {error.option} {error.problem}") from None
    return Identity(region=region, account_id=account, **names)


def _check_length(option: str, text: str) -> None:
    if len(text) > LONGEST_ID:
        raise InvalidOption(option, f"must not have more than {LONGEST_ID} characters, and has {len(text)}.")


def parse_identity(generation: Generation, options: Mapping[str, Any]) -> Identity:
    """The identity that a task's options name, by ``id``, by names, or by both if they agree.

    Raises :class:`InvalidOption` for a malformed or missing name and for an id that contradicts the names.
    """
    for name in (*generation.names, "id"):
        if isinstance(options.get(name), bool):
            raise InvalidOption(name, NOT_A_BOOLEAN)
    given = {name: options[name] for name in generation.names if options.get(name)}
    if not options.get("id"):
        for name in generation.names[:-1]:
            if name not in given:
                raise InvalidOption(name, "is required unless id is given.")
        return Identity(**{key: check_name(generation, key, str(value)) for key, value in given.items()})
    identity = parse_id(generation, str(options["id"]))
    for name, value in given.items():
        if getattr(identity, name) != value:
            check_name(generation, name, str(value))
            raise InvalidOption("id", f"names the {name} {getattr(identity, name)!r}, but {name} is {shown(value)}.")
    return identity


# --- What a task asks for ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Desired:
    """What a task declares about one config. ``given`` holds only the fields that the task did not leave out."""

    generation: Generation
    identity: Identity
    given: Mapping[str, Value] = field(default_factory=dict)
    keep_omitted: bool = False
    present: bool = True

    def declares(self, known: Field) -> Optional[Value]:
        """The value that the task declares for a field where nothing of the current config is kept."""
        return self.given.get(known.option, known.declared)


def parse_desired(generation: Generation, options: Mapping[str, Any]) -> Desired:
    """What the module's options (with Ansible's types) declare. Raises :class:`InvalidOption`.

    A returned config passes as options: null is as good as left out, and ids, timestamps and the like are ignored.
    """
    present = options.get("state") != "absent"
    return Desired(
        generation=generation,
        identity=parse_identity(generation, options),
        given=check_settings(generation, options) if present else {},
        keep_omitted=options.get("omitted_options") == "keep",
        present=present,
    )


def mistakes(generation: Generation, options: Mapping[str, Any]) -> List[InvalidOption]:
    """Everything that :func:`parse_desired` refuses, where it raises only the first of it."""
    checks: List[Callable[[], object]] = [partial(parse_identity, generation, options)]
    if options.get("state") != "absent":
        checks += [partial(_checked_value, known, _dig(options, known.option)) for known in generation.fields]
    return [refusal for refusal in map(_refusal, checks) if refusal is not None]


def _refusal(check: Callable[[], object]) -> Optional[InvalidOption]:
    try:
        check()
    except InvalidOption as error:
        return error
    return None


def check_settings(generation: Generation, options: Mapping[str, Any]) -> Dict[str, Value]:
    """The fields that options give a value. Raises :class:`InvalidOption` for a value that cannot be stored."""
    checked = {known.option: _checked_value(known, _dig(options, known.option)) for known in generation.fields}
    return {option: value for option, value in checked.items() if value is not None}


def _checked_value(known: Field, value: Any) -> Optional[Value]:
    if value is None:
        return None
    if known.bounds is not None:
        return _checked_number(known.option, value, known.bounds)
    if known.is_arn:
        return _checked_arn(known.option, value)
    if not isinstance(value, bool):
        raise InvalidOption(known.option, f"must be a boolean, not {shown(value)}.")
    return value


def _checked_number(option: str, value: Any, bounds: Tuple[int, int]) -> int:
    # Ansible lets true through as an int, since Python does.
    if isinstance(value, bool) or not isinstance(value, int):
        raise InvalidOption(option, f"must be a whole number, not {shown(value)}.")
    least, most = bounds
    if not least <= value <= most:
        raise InvalidOption(option, f"must be between {least} and {most}, not {shown(value)}.")
    return value


def _checked_arn(option: str, value: Any) -> str:
    text = value if isinstance(value, str) else ""
    check_unmasked(option, text)
    _check_length(option, text)
    # \S lets characters through that cannot be seen, and that no ARN has.
    if _ARN.fullmatch(text) is None or not text.isprintable():
        raise InvalidOption(option, f"must be an ARN like acs:SERVICE:REGION:ACCOUNT:RESOURCE, not {shown(value)}.")
    return text


def doubts(desired: Desired) -> List[str]:
    """Sentences about input that is accepted but likely to be a mistake."""
    found = doubts_about_qualifier(desired.identity.qualifier)
    for option, value in desired.given.items():
        arn = _ARN.fullmatch(value) if isinstance(value, str) else None
        if arn is not None and arn["service"] not in KNOWN_DESTINATION_SERVICES:
            found.append(
                f"{option}: {arn['service']!r} is not a service that Function Compute is known to deliver to "
                f"({', '.join(KNOWN_DESTINATION_SERVICES)})."
            )
    return found


def doubts_about_qualifier(qualifier: str) -> List[str]:
    """Sentences about a qualifier that is accepted but likely to be a mistake."""
    if qualifier != LATEST and qualifier.upper() == LATEST:
        return [f"qualifier: {qualifier!r} names an alias. The version that is not published is {LATEST}."]
    if qualifier in ("True", "False"):
        hint = "If it was written as a boolean in YAML, such as on or yes, put quotes around it."
        return [f"qualifier: {qualifier!r} names an alias. {hint}"]
    return []


# --- What the service has ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AsyncInvokeConfig:
    """A config as the service has it, or as it is predicted to have it (then with no timestamps)."""

    identity: Identity
    settings: Settings
    created_time: Optional[str] = None
    last_modified_time: Optional[str] = None
    function_arn: Optional[str] = None
    """As the service tells it, which FC 2.0 does not."""


def _dig(tree: Any, path: str) -> Any:
    for key in path.split("."):
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(key)
    return tree


def _nest(values: Mapping[str, Any]) -> Dict[str, Any]:
    tree: Dict[str, Any] = {}
    for path, value in values.items():
        *above, last = path.split(".")
        level = tree
        for key in above:
            level = level.setdefault(key, {})
        level[last] = value
    return tree


def _pruned(tree: Any) -> Any:
    """Dicts in which everything is None become None themselves."""
    if not isinstance(tree, dict):
        return tree
    inside = {key: _pruned(value) for key, value in tree.items()}
    return inside if any(value is not None for value in inside.values()) else None


def parse_answer(
    generation: Generation,
    identity: Identity,
    body: Any,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
) -> AsyncInvokeConfig:
    """A config from the JSON of an answer to a Get or Put of this identity.

    An unset destination may arrive as null, ``{}``, ``{"destination": null}``, an empty string or not at all.

    :arg region: where the config has to be, as far as an answer tells; None: anywhere.
    :arg account_id: the same for the account.

    Raises :class:`UnexpectedAnswer` for JSON of any other shape, and for the config of something else.
    """
    checked = _config_object(generation, body)
    for name in generation.names:
        key = _NAME_KEYS[name]
        named, expected = _optional_name(generation, name, checked, key), getattr(identity, name)
        if named and expected and named != expected:
            raise _not_documented(f"{key} must be {expected!r}, not {named!r}")
    if "function_arn" in generation.returned_only and checked.get("functionArn") is not None:
        named_by_arn = _parse_function_arn(generation, checked["functionArn"], region, account_id)
        _check_same_function(identity.function, named_by_arn)
        if named_by_arn.qualifier and named_by_arn.qualifier != identity.qualifier:
            raise _not_documented(
                f"functionArn names the qualifier {named_by_arn.qualifier!r}, not {identity.qualifier!r}"
            )
    return _parse_config(generation, identity, checked)


def parse_listed(
    generation: Generation,
    function: Optional[Function],
    body: Any,
    region: Optional[str] = None,
    account_id: Optional[str] = None,
) -> AsyncInvokeConfig:
    """A config from an item of a List answer, of one function or (None) of the account.

    An item of FC 2.0 has its qualifier (and none is as good as LATEST). One of FC 3.0 has only an ARN, in whose
    documented samples there is none: then the identity's qualifier is empty, which is to say that it is open.

    :arg region: where the function has to be, as far as an ARN tells; None: anywhere.
    :arg account_id: the same for the account.

    Raises :class:`UnexpectedAnswer` for an item of any other shape, and for one of another function.
    """
    checked = _config_object(generation, body)
    if "function_arn" in generation.returned_only:
        identity = _parse_function_arn(generation, checked.get("functionArn"), region, account_id)
    else:
        names = {name: _optional_name(generation, name, checked, key) for name, key in _NAME_KEYS.items()}
        listed_below = function or Function("")
        identity = Identity(
            function_name=names["function_name"] or listed_below.function_name,
            qualifier=names["qualifier"] or LATEST,
            service_name=names["service_name"] or listed_below.service_name,
        )
    if function is not None:
        _check_same_function(function, identity)
    if not all(getattr(identity, name) for name in generation.names if name != "qualifier"):
        raise _not_documented("an item of the list names no function")
    return _parse_config(generation, identity, checked)


def listed_page(body: Any, key: str) -> Tuple[List[Mapping[str, Any]], str]:
    """The items of an answer to a List operation, and the token of the next page (empty: there is none).

    :arg key: the items' name, such as ``configs``. Without any items, it may be null or missing.

    Raises :class:`UnexpectedAnswer` for JSON of any other shape.
    """
    # A page without items and token may have neither key.
    checked = _object(body, (key, "nextToken"), empty=True)
    items, token = checked.get(key), checked.get("nextToken")
    if items is not None and not isinstance(items, list):
        raise _not_documented(f"{key} must be a list, not {shown(items)}")
    for position, item in enumerate(items or []):
        if not isinstance(item, Mapping):
            raise _not_documented(f"{key}[{position}] must be an object, not {shown(item)}")
    if token is not None and (not isinstance(token, str) or len(token) > _LONGEST_ANSWERED_TEXT):
        raise _not_documented(f"nextToken must be a text, not {shown(token)}")
    return items or [], token or ""


def listed_name(generation: Generation, option: str, body: Any, key: str) -> str:
    """The name of a service, function, alias or version from an item of a List answer.

    :arg option: what it is the name of: ``service_name``, ``function_name`` or ``qualifier``.
    :arg key: where in the item it is, such as ``functionName``. A version's may be a number.

    Raises :class:`UnexpectedAnswer` for an item without a name that can be used as one.
    """
    value = body.get(key) if isinstance(body, Mapping) else None
    if option == "qualifier" and isinstance(value, int) and not isinstance(value, bool):
        value = shown(value)
    if value is None or value == "":
        raise _not_documented(f"an item of the list has no {key}")
    return _checked_answered_name(generation, option, value, key)


#: Where the names that a config belongs to are in an answer.
_NAME_KEYS = {"service_name": "service", "function_name": "function", "qualifier": "qualifier"}
#: How the APIs spell the code and the message of an error: 2016-08-15, 2021-04-06 and 2023-03-30 differ.
CODE_KEYS = ("Code", "ErrorCode", "code", "errorCode")
MESSAGE_KEYS = ("Message", "ErrorMessage", "message", "errorMessage")


def _not_documented(problem: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(f"the answer is not as documented: {problem}")


def _object(body: Any, known: Tuple[str, ...], empty: bool = False) -> Mapping[str, Any]:
    """JSON that has to be an object with one of these keys at least (``empty``: or with no key at all)."""
    if not isinstance(body, Mapping):
        raise _not_documented(f"it must be an object, not {shown(body)}")
    if any(key in body for key in known) or (empty and not body):
        return body
    code = next((body[key] for key in CODE_KEYS if key in body), None)
    message = next((body[key] for key in MESSAGE_KEYS if key in body), None)
    if code is not None or message is not None:
        told = f"the code {shown(code)} and the message {shown(message, LONGEST_TEXT)}"
        raise UnexpectedAnswer(f"the answer is an error, with {told}")
    raise _not_documented(f"it has none of {', '.join(known)}")


def _config_object(generation: Generation, body: Any) -> Mapping[str, Any]:
    fields = dict.fromkeys(known.api.split(".")[0] for known in generation.fields)
    names = ("functionArn",) if "function_arn" in generation.returned_only else tuple(_NAME_KEYS.values())
    return _object(body, (*names, *fields, "createdTime", "lastModifiedTime"))


def _parse_config(generation: Generation, identity: Identity, body: Mapping[str, Any]) -> AsyncInvokeConfig:
    return AsyncInvokeConfig(
        identity=identity,
        settings={known.option: _stored_value(known, body) for known in generation.fields},
        created_time=_answered_text("createdTime", body.get("createdTime")),
        last_modified_time=_answered_text("lastModifiedTime", body.get("lastModifiedTime")),
        function_arn=_answered_text("functionArn", body.get("functionArn")),
    )


def _stored_value(known: Field, body: Mapping[str, Any]) -> Optional[Value]:
    """The value of a field in an answer. An object on the way to it may be null or missing."""
    value: Any = body
    at = "it"
    for key in known.api.split("."):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            raise _not_documented(f"{at} must be an object, not {shown(value)}")
        at = key if at == "it" else f"{at}.{key}"
        value = value.get(key)
    if value is None:
        return None
    if known.is_arn:
        return _answered_text(known.api, value) or None
    if known.bounds is None:
        if not isinstance(value, bool):
            raise _not_documented(f"{known.api} must be a boolean, not {shown(value)}")
        return value
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST_ANSWERED_NUMBER:
        raise _not_documented(
            f"{known.api} must be a whole number between 0 and {_LARGEST_ANSWERED_NUMBER}, not {shown(value)}"
        )
    return value


def _answered_text(key: str, value: Any) -> Optional[str]:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _not_documented(f"{key} must be a text, not {shown(value)}")
    if len(value) > _LONGEST_ANSWERED_TEXT:
        raise _not_documented(f"{key} has {len(value)} characters")
    return printable(value)


def _optional_name(generation: Generation, option: str, body: Mapping[str, Any], key: str) -> str:
    """A name in an answer, empty if there is none."""
    value = body.get(key)
    return "" if value is None or value == "" else _checked_answered_name(generation, option, value, key)


def _checked_answered_name(generation: Generation, option: str, value: Any, key: str) -> str:
    pattern = _QUALIFIER.pattern if option == "qualifier" else generation.name_pattern
    if not isinstance(value, str) or re.fullmatch(pattern, value) is None:
        raise _not_documented(f"{key} must be a name, not {shown(value)}")
    return value


def _parse_function_arn(
    generation: Generation, value: Any, region: Optional[str], account_id: Optional[str]
) -> Identity:
    """What the ARN of a function names; the qualifier is empty if it has none.

    The samples of the documentation separate the account by a colon, but by a slash in that of List.
    """
    pattern = rf"acs:fc:(?P<region>[^:/]*):(?P<account_id>[^:/]*)[:/]{generation.function_arn}"
    arn = re.fullmatch(pattern, value) if isinstance(value, str) and len(value) <= LONGEST_ID else None
    if arn is None:
        raise _not_documented(f"functionArn must be the ARN of a function, not {shown(value)}")
    for what, expected in (("region", region), ("account_id", account_id)):
        if expected and arn[what] and arn[what] != expected:
            raise _not_documented(f"functionArn names the {what} {shown(arn[what])}, not {expected!r}")
    names = {name: text for name, text in arn.groupdict().items() if name in generation.names and text}
    for name, text in names.items():
        _checked_answered_name(generation, name, text, f"the {name} of functionArn")
    return Identity(**{"qualifier": "", **names})


def _check_same_function(function: Function, identity: Identity) -> None:
    for name in ("service_name", "function_name"):
        expected, named = getattr(function, name), getattr(identity, name)
        if expected and named and named != expected:
            raise _not_documented(f"it must be about the {name} {expected!r}, not {named!r}")


def request_body(generation: Generation, settings: Settings) -> Dict[str, Any]:
    """The JSON of a Put: every field that is set. There is no way to send "unset" that is known to work."""
    values = {known.api: settings.get(known.option) for known in generation.fields}
    return _nest({path: value for path, value in values.items() if value is not None})


def as_options(generation: Generation, settings: Optional[Settings]) -> Dict[str, Any]:
    """Settings under the names of the options, as returned and as shown in diffs; ``{}`` where there is no config."""
    if settings is None:
        return {}
    shown = {
        known.option: known.shown if settings.get(known.option) is None else settings[known.option]
        for known in generation.fields
    }
    return {option: _pruned(value) for option, value in _nest(shown).items()}


def as_returned(generation: Generation, config: Optional[AsyncInvokeConfig]) -> Optional[Dict[str, Any]]:
    """The dict that modules return for a config, and accept again; None where there is none."""
    if config is None:
        return None
    return {
        "id": config.identity.id,
        **{name: getattr(config.identity, name) for name in generation.names},
        **as_options(generation, config.settings),
        **{name: getattr(config, name) for name in generation.returned_only},
        "created_time": config.created_time,
        "last_modified_time": config.last_modified_time,
    }


# --- From one to the other --------------------------------------------------------------------------------------


def same(known: Field, one: Optional[Value], other: Optional[Value]) -> bool:
    """Whether two values of a field are equal in effect."""
    left = known.in_effect if one is None else one
    right = known.in_effect if other is None else other
    if left == right:
        return True
    return known.is_arn and isinstance(left, str) and isinstance(right, str) and same_arn(left, right)


def differences(generation: Generation, one: Settings, other: Settings) -> List[str]:
    """The option paths of the fields in which two settings differ in effect."""
    return [
        known.option for known in generation.fields if not same(known, one.get(known.option), other.get(known.option))
    ]


@dataclass(frozen=True)
class Plan:
    """What to do about one config, and what is to be there afterwards."""

    generation: Generation
    identity: Identity
    action: str
    """``create``, ``update``, ``delete`` or ``none``."""
    current: Optional[AsyncInvokeConfig]
    after: Optional[Settings]

    @property
    def before(self) -> Optional[Settings]:
        """The settings before, None where there was no config."""
        return None if self.current is None else self.current.settings

    @property
    def changed(self) -> bool:
        """Whether there is anything to do."""
        return self.action != "none"

    @property
    def clears(self) -> List[str]:
        """The fields that have a value now, have to be unset, and have no value that is equal to that in effect."""
        if self.before is None or self.after is None:
            return []
        return [
            option for option in differences(self.generation, self.before, self.after) if self.after[option] is None
        ]

    def back(self, found: Optional[Settings]) -> Plan:
        """The plan that makes the config what it was, if the settings ``found`` are there now, and those put too.

        Raises nothing; only for plans of an existing config.
        """
        before: Settings = self.before or {}
        there = [settings for settings in (found, self.after) if settings is not None]
        mixed = {
            known.option: next((one[known.option] for one in there if one.get(known.option) is not None), None)
            for known in self.generation.fields
        }
        after = {known.option: before.get(known.option) for known in self.generation.fields}
        for known in self.generation.fields:
            if after[known.option] is None and not same(known, None, mixed[known.option]):
                after[known.option] = known.in_effect
        return replace(self, action="update", current=AsyncInvokeConfig(self.identity, mixed), after=after)

    def unmet(self, stored: Optional[AsyncInvokeConfig]) -> List[str]:
        """The fields that the service stores otherwise than declared; all of them where it has no config."""
        if stored is None or self.after is None:
            return [known.option for known in self.generation.fields]
        return differences(self.generation, self.after, stored.settings)

    @property
    def predicted(self) -> Optional[AsyncInvokeConfig]:
        """The config after the plan was carried out, as far as it can be known before."""
        if not self.changed or self.after is None:
            return None if self.after is None else self.current
        if self.current is None:
            return AsyncInvokeConfig(self.identity, self.after)
        return replace(self.current, settings=self.after, last_modified_time=None)


def plan(desired: Desired, current: Optional[AsyncInvokeConfig]) -> Plan:
    """Compare the current config (None: there is none) with what a task declares."""
    start = Plan(desired.generation, desired.identity, "none", current, None)
    if not desired.present:
        return start if current is None else replace(start, action="delete")
    if current is None:
        created = {known.option: desired.declares(known) for known in desired.generation.fields}
        return replace(start, action="create", after=created)
    after = {known.option: _next(desired, known, current.settings) for known in desired.generation.fields}
    changed = differences(desired.generation, current.settings, after)
    return replace(start, action="update" if changed else "none", after=after)


def _next(desired: Desired, known: Field, current: Settings) -> Optional[Value]:
    """What a field of an existing config is to be. What is equal in effect stays as the service spells it."""
    now = current.get(known.option)
    if desired.keep_omitted and known.option not in desired.given:
        return now
    declared = desired.declares(known)
    if same(known, now, declared):
        return now
    # Put merges, so that nothing can be unset by it; but what is equal in effect can be put.
    return known.in_effect if declared is None else declared
