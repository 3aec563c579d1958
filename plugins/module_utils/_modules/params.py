# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Validate module parameters before Ansible converts them to the types in the argument spec. Pure.

After the conversion, some errors can no longer be detected. Ansible splits text into lists and converts booleans to
text. It fails with a traceback for infinity, lone surrogates and numbers in place of dictionaries.
"""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Callable, Container, Iterator, List, Mapping

from ansible.module_utils.common.validation import check_type_dict
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import NOT_A_BOOLEAN
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._text import shown

#: Maximum length of text in an option.
LONGEST_TEXT = 65536
#: Maximum nesting depth of dictionaries and lists in an option.
DEEPEST = 32
#: Maximum number of digits before the decimal point.
_MOST_DIGITS = 15
#: The prefix of Ansible's internal parameters.
_INTERNAL = "_ansible_"
Spec = Mapping[str, Any]
ValidationErrors = List[InvalidOption]


def checked_params(
    spec: Spec, params: Mapping[str, Any], not_nullable: tuple[str, ...] = (), secret: Container[str] = ()
) -> tuple[dict[str, Any], ValidationErrors]:
    """Return the parameters, made safe for Ansible's conversion, and all validation errors.

    Text that represents a dictionary is replaced with the dictionary. Invalid options are replaced with None.

    Args:
        spec: the argument spec.
        not_nullable: options that may be omitted but must not be null.
        secret: options whose values are not displayed.
    """
    given = {name: value for name, value in params.items() if not str(name).startswith(_INTERNAL)}
    parsed = {**params, **_parse_dictionaries(spec, given)}
    given = {name: parsed[name] for name in given}
    errors: dict[str, ValidationErrors] = {}
    for name, value in given.items():
        errors[name] = text_errors({name: value}, secret)
    for name, option in spec.items():
        for key in (name, *option.get("aliases", ())):
            if key not in given or errors[key]:
                continue
            if given[key] is None and name in not_nullable:
                errors[key] = [InvalidOption(name, "must not be null. Omit it to read everything.")]
            else:
                errors[key] = _type_errors(name, option, given[key], name in secret)
    safe = {name: None if errors.get(name) else value for name, value in parsed.items()}
    found = [error for one in errors.values() for error in one]
    return {name: value for name, value in safe.items() if not _text_problem(str(name))}, found


def text_errors(params: Mapping[str, Any], secret: Container[str] = ()) -> ValidationErrors:
    """Return all validation errors for text at any depth in the parameters.

    Args:
        secret: options whose values are not displayed.
    """
    return [error for name, value in params.items() for error in _text_errors(str(name), value, name in secret)]


def _text_errors(name: str, value: Any, secret: bool) -> Iterator[InvalidOption]:
    # Use a loop instead of recursion, because nested values may exceed Python's recursion limit.
    pending: list[tuple[str, str, Any, int]] = [(_shown_name(name), name, value, 0)]
    while pending:
        path, key, one, depth = pending.pop()
        wrong_name = _text_problem(key)
        if wrong_name:
            yield InvalidOption(path, wrong_name)
        elif isinstance(one, str):
            wrong = _text_problem(one)
            if wrong:
                yield InvalidOption(path, wrong if secret else f"{wrong[:-1]}: {shown(one)}.")
        elif isinstance(one, (dict, list)) and depth >= DEEPEST:
            yield InvalidOption(path, f"must not be nested deeper than {DEEPEST} levels.")
        elif isinstance(one, dict):
            inside = [(f"{path}.{_shown_name(str(key))}", str(key), inner, depth + 1) for key, inner in one.items()]
            pending += reversed(inside)
        elif isinstance(one, list):
            inside = [(f"{path}[{position}]", "", inner, depth + 1) for position, inner in enumerate(one)]
            pending += reversed(inside)


def _shown_name(name: str) -> str:
    """Return an option name as it appears in the option paths in messages. An invalid name is quoted."""
    return name if re.fullmatch("[A-Za-z0-9_-]{1,64}", name) else shown(name)


def _text_problem(text: str) -> str:
    """Return the problem with the text, or an empty string if there is none. Tabs and line breaks are checked later."""
    if len(text) > LONGEST_TEXT:
        return f"must have at most {LONGEST_TEXT} characters, not {len(text)}."
    if text.isprintable():
        return ""
    for char in text:
        if "\ud800" <= char <= "\udfff":
            return f"must not contain {ascii(char)[1:-1]}, which is a lone surrogate."
        if (char < " " and char not in "\t\n\r") or "\x7f" <= char <= "\x9f":
            return f"must not contain the control character {ascii(char)[1:-1]}."
    return ""


def checked_options(spec: Spec, options: Mapping[str, Any], path: str) -> tuple[dict[str, Any], ValidationErrors]:
    """Return the suboptions of a parameter, made safe for Ansible's type conversion, and all type errors.

    Args:
        path: the path to the options, such as ``configs[0]``.
    """
    parsed = _parse_dictionaries(spec, options)
    return parsed, _errors_of_types(spec, parsed, path, secret=False)


def _errors_of_types(spec: Spec, options: Mapping[str, Any], path: str, secret: bool) -> ValidationErrors:
    return [
        error
        for name, option in spec.items()
        for key in (name, *option.get("aliases", ()))
        if key in options
        for error in _type_errors(f"{path}.{name}", option, options[key], secret)
    ]


def _type_errors(path: str, option: Mapping[str, Any], value: Any, secret: bool) -> ValidationErrors:
    if value is None and option.get("elements") != "dict":
        return []
    check = _CHECKS.get(option.get("type", "str"))
    return [] if check is None else check(path, option, value, secret)


def _check_dict(path: str, option: Mapping[str, Any], value: Any, secret: bool) -> ValidationErrors:
    if not option.get("options"):
        return []
    if not isinstance(value, dict):
        return [InvalidOption(path, "must be a dictionary.")]
    return _errors_of_types(option["options"], value, path, secret)


def _check_list(path: str, option: Mapping[str, Any], value: Any, secret: bool) -> ValidationErrors:
    elements = option.get("elements", "str")
    if elements == "dict":
        if not isinstance(value, list):
            return [InvalidOption(path, f"must be a list of dictionaries, not {_type_name(value)}.")]
        return [
            InvalidOption(f"{path}[{position}]", f"must be a dictionary, not {_type_name(element)}.")
            for position, element in enumerate(value)
            if not isinstance(element, dict)
        ]
    if not isinstance(value, list):
        return []
    return [
        error
        for position, element in enumerate(value)
        for error in _type_errors(f"{path}[{position}]", {"type": elements}, element, secret)
    ]


def _type_name(value: object) -> str:
    if value is None:
        return "null"
    names = {str: "text", bool: "a boolean", int: "a number", float: "a number", dict: "a dictionary", list: "a list"}
    return next((name for kind, name in names.items() if isinstance(value, kind)), type(value).__name__)


def _check_text(path: str, _option: Mapping[str, Any], value: Any, secret: bool) -> ValidationErrors:
    if isinstance(value, bool):
        return [InvalidOption(path, NOT_A_BOOLEAN)]
    # Ansible would convert these values to text: version 1.10 would become 1.1, and .inf would become the name inf.
    if isinstance(value, float):
        number = "a number with a fractional part" if secret else f"the number {value!r}"
        return [InvalidOption(path, f"must be text, not {number}. Put quotes around it.")]
    return [InvalidOption(path, f"must be text, not {_type_name(value)}.")] if isinstance(value, (list, dict)) else []


def _check_int(path: str, _option: Mapping[str, Any], value: Any, secret: bool) -> ValidationErrors:
    number = _number(value)
    if number is None or not number.is_finite():
        problem = "must be an integer"
    elif number.adjusted() >= _MOST_DIGITS:
        # Ansible would expand 1e999999999 to all of its digits.
        problem = f"must have at most {_MOST_DIGITS} digits"
    elif number != number.to_integral_value():
        problem = "must be an integer"
    else:
        return []
    return [InvalidOption(path, f"{problem}." if secret else f"{problem}, not {shown(value)}.")]


def _check_float(path: str, _option: Mapping[str, Any], value: Any, _secret: bool) -> ValidationErrors:
    # Python cannot convert a very large int to float. It converts text that contains a very large number to infinity.
    too_large = isinstance(value, int) and abs(value) >= 10**_MOST_DIGITS
    return [InvalidOption(path, f"must have at most {_MOST_DIGITS} digits.")] if too_large else []


def _number(value: Any) -> Decimal | None:
    """Return the number to which Ansible would convert a value, or None if the value is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    try:
        return Decimal(value)
    except InvalidOperation:
        return None


_CHECKS: dict[str, Callable[[str, Mapping[str, Any], Any, bool], ValidationErrors]] = {
    "dict": _check_dict,
    "float": _check_float,
    "int": _check_int,
    "list": _check_list,
    "path": _check_text,
    "str": _check_text,
}


def _parse_dictionaries(spec: Spec, options: Mapping[str, Any]) -> dict[str, Any]:
    """Replace text that represents a dictionary with the dictionary, as Ansible would do later."""
    result = dict(options)
    for name, option in spec.items():
        if not option.get("options"):
            continue
        for key in (name, *option.get("aliases", ())):
            value = parse_dictionary(result.get(key))
            if isinstance(value, dict):
                result[key] = _parse_dictionaries(option["options"], value)
    return result


def parse_dictionary(value: Any) -> Any:
    """Parse text that represents a dictionary, as Ansible would. Return any other value unchanged."""
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        return value
    try:
        return check_type_dict(value)
    except (TypeError, RecursionError, MemoryError):
        return value
