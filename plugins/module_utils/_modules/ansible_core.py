# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""This collection's AnsibleModule, with workarounds for ansible-core."""

from __future__ import annotations

from typing import Any, Callable, NoReturn, Sequence

from ansible.module_utils.basic import AnsibleModule
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._modules.params import checked_params
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import ANSIBLE_MASKS, printable, without_password

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22 has no list of secrets to mask in its output

    def register_secrets(values: Any) -> None:
        """Do nothing."""


def make_module(spec: dict[str, Any], rules: dict[str, Any]) -> AnsibleModule:
    """Create the module and validate its parameters. The process ends if they are invalid.

    Args:
        rules: additional AnsibleModule arguments and ``not_nullable``, the options that may be omitted but must not be
            null.
    """
    arguments = {"not_nullable": (), **rules}
    return Module(argument_spec=spec, supports_check_mode=True, **arguments)


class Module(AnsibleModule):  # type: ignore[misc]  # ansible-core is not typed
    """An AnsibleModule that validates its parameters before Ansible does. It also masks secrets itself.

    For details of the validation, see ``params``. ansible-core 2.19 does not mask warnings, and 2.22 does not mask
    results. Earlier releases also mask function and queue names that contain a secret. Therefore, Ansible's list of
    secrets is emptied, and everything that can contain external text is masked here.
    """

    redactor = Redactor()
    explanations: Callable[[], list[str]] = list

    def __init__(self, not_nullable: tuple[str, ...], **arguments: Any) -> None:
        self._never_null = not_nullable
        self._refusals: list[InvalidOption] = []
        self._validated = False
        self.pending_warnings: list[str] = []
        self.params: dict[str, Any] = {}
        super().__init__(**arguments)
        if self._refusals:
            self.fail_json(msg="")
        self._validated = True

    def _load_params(self) -> None:
        """Load and validate the original parameters.

        There is no public method for this. After ansible-core's validation, null cannot be distinguished from an
        omitted option, and text cannot be distinguished from a list. For some values, that validation fails with a
        traceback. ansible-core keeps this method for backward compatibility.
        """
        super()._load_params()
        params: dict[str, Any] = self.params
        secret = {key for name, option in argument_spec().items() for key in (name, *option.get("aliases", ()))}
        self.params, self._refusals = checked_params(self.argument_spec, params, self._never_null, secret)

    def exit_json(self, **results: Any) -> NoReturn:
        """End the process with these results."""
        super().exit_json(**self._safe(results))
        raise AssertionError("it has ended the process")

    def fail_json(self, msg: str, **results: Any) -> NoReturn:
        """End the process with the validation errors, if any, or with this message."""
        safe = self._safe({**results, "msg": first_errors(self._refusals) or msg})
        if not self._refusals and not self._validated:
            # Ansible's messages quote option names and values. Mask secrets before the message is shortened.
            safe["msg"] = self.redactor.text(msg, _LONGEST_ANSIBLE_MESSAGE)
        super().fail_json(**safe)
        raise AssertionError("it has ended the process")

    def _safe(self, results: dict[str, Any]) -> dict[str, Any]:
        """Return the results with secrets masked."""
        params = getattr(self, "params", {})
        if not self.redactor.secrets:  # the module ends before its connection is created
            self.redactor = Redactor()
            self.redactor.add(*_secret_values(self.argument_spec, params))
        register_secrets([secret for secret in self.redactor.secrets if len(secret) >= _LONG_SECRET])
        warnings = [
            printable(self.redactor.mask(warning)) for warning in (*self.pending_warnings, *self.explanations())
        ]
        for warning in warnings:
            self.warn(warning)
        self.no_log_values.clear()
        safe = {name: _masked(self.redactor, name, value) for name, value in results.items()}
        if params.get("return_warnings") is True:
            safe["module_warnings"] = warnings
        return {**safe, "invocation": {"module_args": without_secrets(self.argument_spec, params)}}

    def _log_invocation(self) -> None:
        """Write the module invocation to the system log, masking secrets and passwords in URLs."""
        params, self.params = self.params, without_secrets(self.argument_spec, self.params)
        try:
            super()._log_invocation()
        finally:
            self.params = params


#: Shorter secrets are masked only in messages, because Ansible would mask them everywhere.
_LONG_SECRET = 8
#: The keys that can contain external text. All other returned values identify resources and are never masked.
_TEXTS = ("msg", "message", "code", "request_id", "created_time", "last_modified_time", "exception", "warnings")


def _masked(redactor: Redactor, name: str, value: Any) -> Any:
    """Return a result value in which secrets in external text are masked."""
    if isinstance(value, dict):
        return {key: _masked(redactor, key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(redactor, name, inner) for inner in value]
    return redactor.mask(value) if isinstance(value, str) and name in _TEXTS else value


def _options(spec: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the options, keyed by name and alias."""
    return {key: option for name, option in spec.items() for key in (name, *option.get("aliases", ()))}


def _secret_values(spec: dict[str, Any], params: dict[str, Any]) -> list[str]:
    """Return the values of secret options."""
    found: list[str] = []
    for name, option in _options(spec).items():
        value = params.get(name)
        if option.get("no_log") and value is not None:
            found.append(str(value))
        elif option.get("options") and isinstance(value, dict):
            found += _secret_values(option["options"], value)
    return found


def without_secrets(spec: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    """Return the parameters with secret options and passwords in URLs masked."""
    safe: dict[str, Any] = {}
    options = _options(spec)
    for name, value in params.items():
        option = options.get(name, {})
        if option.get("no_log") and value is not None:
            safe[name] = ANSIBLE_MASKS[0]
        elif option.get("options") and isinstance(value, dict):
            safe[name] = without_secrets(option["options"], value)
        else:
            safe[name] = without_password(value) if name in _URLS and isinstance(value, str) else value
    return safe


_URLS = ("endpoint", "sts_endpoint")
#: Maximum length of an Ansible validation message, which may list all options.
_LONGEST_ANSIBLE_MESSAGE = 2000
#: Maximum number of errors in a message.
_MOST_ERRORS = 50


def first_errors(errors: Sequence[object]) -> str:
    """Return the errors as text. If there are too many, return the first errors and the number of remaining errors."""
    more = len(errors) - _MOST_ERRORS
    text = " ".join(str(error) for error in errors[:_MOST_ERRORS])
    return f"{text} And {more} more." if more > 0 else text
