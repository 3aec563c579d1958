# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Between Ansible and the layers below: AnsibleModule in, exit_json or fail_json out. Nothing else ends the process."""

from __future__ import annotations

import signal
import sys
from dataclasses import replace
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Tuple

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._bulk import Bulk, Entry
from ansible_collections.alicloud.fc.plugins.module_utils._client import (
    Api,
    ApiError,
    Client,
    MissingLibrary,
)
from ansible_collections.alicloud.fc.plugins.module_utils._config import (
    LATEST,
    LONGEST_ID,
    AsyncInvokeConfig,
    Desired,
    Generation,
    Identity,
    InvalidOption,
    Plan,
    as_options,
    as_returned,
    check_name,
    check_settings,
    check_unmasked,
    doubts,
    doubts_about_qualifier,
    mistakes,
    parse_desired,
    parse_identity,
    plan,
    shown,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection import Connection, argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._credentials import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._params import checked_options, checked_params
from ansible_collections.alicloud.fc.plugins.module_utils._pool import concurrency_spec
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile import ReconcileError, apply, read
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import (
    ANSIBLE_MASKS,
    Redactor,
    printable,
    without_password,
)
from ansible_collections.alicloud.fc.plugins.module_utils._retry import Interruption, Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._survey import Scope, Surveyor

try:
    from ansible.module_utils.secrets import register_secrets
except ImportError:  # ansible-core before 2.22 has no list of secrets for the screen

    def register_secrets(values: Any) -> None:
        """Nothing is to be done."""


# --- Argument specs ---------------------------------------------------------------------------------------------


def names_spec(generation: Generation, qualifier: Optional[str] = LATEST) -> Dict[str, Any]:
    """The options that name one config, with this default for the qualifier."""
    spec: Dict[str, Any] = {name: {"type": "str"} for name in (*generation.names, "id")}
    if qualifier is not None:
        spec["qualifier"]["default"] = qualifier
    return spec


def settings_spec(generation: Generation) -> Dict[str, Any]:
    """The mutable options. None has a default, or left out and given could not be told apart."""
    half = {"type": "dict", "options": {"destination": {"type": "str", "required": True}}}
    destination_config = {
        "type": "dict",
        "options": {"on_failure": half, "on_success": half},
        "required_one_of": [("on_failure", "on_success")],
    }
    spec: Dict[str, Any] = {}
    for known in generation.fields:
        option = known.option.split(".")[0]
        if option != known.option:
            spec[option] = destination_config
        else:
            spec[option] = {"type": "int" if known.bounds is not None else "bool"}
    return spec


def state_spec(defaults: bool = True) -> Dict[str, Any]:
    """What a task wants of a config as a whole."""
    spec: Dict[str, Any] = {
        "omitted_options": {"type": "str", "choices": ["reset", "keep"]},
        "state": {"type": "str", "choices": ["present", "absent"]},
    }
    if defaults:
        for option in spec.values():
            option["default"] = option["choices"][0]
    return spec


def single_rules(generation: Generation) -> Dict[str, Any]:
    """Which of the options that name one config go together."""
    return {
        "mutually_exclusive": [("id", name) for name in generation.names],
        "required_one_of": [("id", "function_name")],
        **_function_needs_its_service(generation),
    }


def info_spec(generation: Generation) -> Dict[str, Any]:
    """The options of the modules that only read."""
    patterns = {"type": "list", "elements": "str"}
    narrowing = {"services": patterns, "functions": patterns} if _has_services(generation) else {"functions": patterns}
    return {
        **names_spec(generation, qualifier=None),
        **narrowing,
        "include_unconfigured": {"type": "bool", "default": False},
        "fail_on_unreadable": {"type": "bool", "default": False},
        **concurrency_spec(),
    }


def info_rules(generation: Generation) -> Dict[str, Any]:
    """Which of their options go together."""
    names = [*generation.names, "functions"]
    exclusive = [("function_name", "functions")]
    if _has_services(generation):
        names.append("services")
        exclusive += [("service_name", "services"), ("function_name", "services")]
    return {
        "mutually_exclusive": [("id", name) for name in names] + exclusive,
        # As good as left out would be the whole account.
        "never_null": ("id", *names),
        "required_by": {
            "qualifier": ("function_name",),
            **({"function_name": ("service_name",)} if _has_services(generation) else {}),
        },
    }


def bulk_spec(generation: Generation) -> Dict[str, Any]:
    """The options of the modules that manage many configs. Entries are checked by :func:`entry_spec`, all at once."""
    scopes = ["none", "function"] + (["service"] if _has_services(generation) else [])
    defaults = {
        **{name: {"type": "str"} for name in generation.names if name != "function_name"},
        **settings_spec(generation),
        **state_spec(defaults=False),
    }
    return {
        "configs": {"type": "list", "elements": "dict", "required": True},
        "defaults": {"type": "dict", "default": {}, "options": defaults},
        "purge": {"type": "str", "choices": scopes, "default": "none"},
        **concurrency_spec(),
    }


def entry_spec(generation: Generation) -> Dict[str, Any]:
    """The options of an entry of ``configs``: those of the single module, and what a returned config has besides."""
    ignored = {name: {"type": "str"} for name in ("created_time", "last_modified_time", *generation.returned_only)}
    return {**names_spec(generation, None), **settings_spec(generation), **state_spec(defaults=False), **ignored}


def _has_services(generation: Generation) -> bool:
    return "service_name" in generation.names


def _function_needs_its_service(generation: Generation) -> Dict[str, Any]:
    return {"required_together": [("service_name", "function_name")]} if _has_services(generation) else {}


# --- Running ----------------------------------------------------------------------------------------------------


class Failed(Exception):
    """The task did something, and failed all the same: the message comes with results."""

    def __init__(self, message: str, results: Dict[str, Any]) -> None:
        super().__init__(message)
        self.results = results


class Task:
    """One run of a module: its options, what it may do, and how it speaks to the user."""

    def __init__(self, module: _Module, api: Api, connection: Connection, interruption: Interruption) -> None:
        self.api = api
        self.connection = connection
        self.interruption = interruption
        self.params: Dict[str, Any] = module.params
        self.check_mode: bool = module.check_mode
        self.diff_mode: bool = module._diff  # the only way that ansible-core offers
        self.warn: Callable[[str], None] = module.warnings_to_come.append
        self._module = module

    @property
    def concurrency(self) -> int:
        """How much may be done at once. Raises :class:`InvalidOption`."""
        concurrency: int = self.params["concurrency"]
        if not 1 <= concurrency <= 64:
            raise InvalidOption("concurrency", f"must be between 1 and 64, not {int(concurrency)}.")
        return concurrency

    def client(self, named: Mapping[str, Identity], concurrency: int = 1) -> Client:
        """Connect; call it only after all input was checked.

        :arg named: what will be called for, under the option that names it: an ARN must lie where the task connects to.

        Raises :class:`InvalidOption` where one lies elsewhere, before Function Compute is called.
        """
        retrier = Retrier(self.connection.retry_timeout, self.connection.access_denied_timeout, self.interruption)
        self._module.explanations = retrier.explanations
        client = Client(self.api, self.connection, retrier, concurrency)
        for option, identity in named.items():
            if identity.account_id:
                check_place(option, identity, self.connection.place[0], client.account_id)
        return client


def run(api: Api, work: Callable[[Task], Dict[str, Any]], spec: Dict[str, Any], **rules: Any) -> None:
    """Run a module: ``work`` gets a :class:`Task` and returns the results. Ends the process, one way or the other.

    :arg spec: the argument spec without the connection's options.
    :arg rules: what else AnsibleModule takes, such as ``mutually_exclusive``.
    """
    module = _make_module({**spec, **argument_spec()}, rules)
    interruption = _listen_to_signals()
    try:
        connection = Connection.from_params(module.params)
        module.redactor = connection.redactor
        results = work(Task(module, api, connection, interruption))
        interruption.hold()
        if interruption.requested:
            raise Failed(f"{_interruption(interruption.reason)} The results say what was done.", results)
        module.exit_json(**results)
    except MissingLibrary as error:
        message = (
            f"{missing_required_lib(error.library)}. To install it: {sys.executable} -m pip install {error.library}"
        )
        module.fail_json(msg=message, exception=error.details)
    except (InvalidOption, CredentialError) as error:
        module.fail_json(msg=str(error))
    except ApiError as error:
        module.fail_json(msg=str(error), changed=False, **error_result(error))
    except Failed as error:
        module.fail_json(msg=str(error), **error.results)
    except KeyboardInterrupt as error:
        module.fail_json(msg=f"{_interruption(str(error))} Nothing was changed.", changed=False)


class _Module(AnsibleModule):  # type: ignore[misc]  # ansible-core is not typed
    """AnsibleModule, but that it validates its parameters before Ansible does, and hides secrets itself.

    For the validation, see :mod:`._params`. As to secrets: ansible-core 2.19 does not mask warnings, 2.22 masks nothing
    that a task returns, and those before mask the names of functions and queues too if a secret occurs in them. So its
    list of secrets is emptied, and all that can hold a text from outside is masked here.
    """

    redactor = Redactor()
    explanations: Callable[[], List[str]] = list

    def __init__(self, never_null: Tuple[str, ...], **arguments: Any) -> None:
        self._never_null = never_null
        self._refusals: List[InvalidOption] = []
        self._validated = False
        self.warnings_to_come: List[str] = []
        self.params: Dict[str, Any] = {}
        super().__init__(**arguments)
        if self._refusals:
            self.fail_json(msg="")
        self._validated = True

    def _load_params(self) -> None:
        """Read the parameters, and validate them as they were given.

        There is no public way to see them: what the validation of ansible-core leaves does not tell null from left out,
        or a text from a list, and it ends with a traceback for some parameters. This method is kept by ansible-core for
        backwards compatibility.
        """
        super()._load_params()
        params: Dict[str, Any] = self.params
        secret = {key for name, option in argument_spec().items() for key in (name, *option.get("aliases", ()))}
        self.params, self._refusals = checked_params(self.argument_spec, params, self._never_null, secret)

    def exit_json(self, **results: Any) -> NoReturn:
        """End the process with these results."""
        super().exit_json(**self._safe(results))
        raise AssertionError("it has ended the process")

    def fail_json(self, msg: str, **results: Any) -> NoReturn:
        """End the process with this message, or with that of the own validation."""
        safe = self._safe({**results, "msg": _first_of(self._refusals) or msg})
        if not self._refusals and not self._validated:
            # Ansible repeats values and names of options as they were given. A secret is hidden before it may be cut.
            safe["msg"] = self.redactor.text(msg, _LONGEST_ANSIBLE_MESSAGE)
        super().fail_json(**safe)
        raise AssertionError("it has ended the process")

    def _safe(self, results: Dict[str, Any]) -> Dict[str, Any]:
        """The results as they may leave the process."""
        params = getattr(self, "params", {})
        if not self.redactor.secrets:  # it ends before its connection was made
            self.redactor = Redactor()
            self.redactor.add(*_secret_values(self.argument_spec, params))
        register_secrets([secret for secret in self.redactor.secrets if len(secret) >= _LONG_SECRET])
        for warning in (*self.warnings_to_come, *self.explanations()):
            self.warn(printable(self.redactor.mask(warning)))
        self.no_log_values.clear()
        safe = {name: _masked(self.redactor, name, value) for name, value in results.items()}
        return {**safe, "invocation": {"module_args": without_secrets(self.argument_spec, params)}}

    def _log_invocation(self) -> None:
        """Write to the system's log how the module was called, without the passwords that a URL may hold."""
        params, self.params = self.params, without_secrets(self.argument_spec, self.params)
        try:
            super()._log_invocation()
        finally:
            self.params = params


#: Secrets that are shorter are hidden in messages only: Ansible, if told, would hide them wherever they occur.
_LONG_SECRET = 8
#: What may hold a text from outside. Everything else that is returned names things, and is never masked.
_TEXTS = ("msg", "message", "code", "request_id", "created_time", "last_modified_time", "exception", "warnings")


def _masked(redactor: Redactor, name: str, value: Any) -> Any:
    """A returned value, with secrets hidden wherever a text from outside may stand."""
    if isinstance(value, dict):
        return {key: _masked(redactor, key, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_masked(redactor, name, inner) for inner in value]
    return redactor.mask(value) if isinstance(value, str) and name in _TEXTS else value


def _options(spec: Dict[str, Any]) -> Dict[str, Dict[str, Any]]:
    """The options by all of their names."""
    return {key: option for name, option in spec.items() for key in (name, *option.get("aliases", ()))}


def _secret_values(spec: Dict[str, Any], params: Dict[str, Any]) -> List[str]:
    """The values of the options that are secret."""
    found: List[str] = []
    for name, option in _options(spec).items():
        value = params.get(name)
        if option.get("no_log") and value is not None:
            found.append(str(value))
        elif option.get("options") and isinstance(value, dict):
            found += _secret_values(option["options"], value)
    return found


def without_secrets(spec: Dict[str, Any], params: Dict[str, Any]) -> Dict[str, Any]:
    """A module's parameters as they may be shown: without secret options, and without passwords in URLs."""
    safe: Dict[str, Any] = {}
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


#: The most characters of a message of Ansible's own validation; it may list all options.
_LONGEST_ANSIBLE_MESSAGE = 2000
#: The most errors that one message lists.
_MOST_ERRORS = 50


def _first_of(errors: Sequence[object]) -> str:
    """All of these errors, or the first of them and the number of the others, as one text."""
    more = len(errors) - _MOST_ERRORS
    text = " ".join(str(error) for error in errors[:_MOST_ERRORS])
    return f"{text} And {more} more." if more > 0 else text


def _make_module(spec: Dict[str, Any], rules: Dict[str, Any]) -> AnsibleModule:
    """The module with valid parameters. Ends the process where they are not.

    :arg rules: what else AnsibleModule takes, and ``never_null``: the options that may be left out, but not null.
    """
    arguments = {"never_null": (), **rules}
    return _Module(argument_spec=spec, supports_check_mode=True, **arguments)


def _listen_to_signals() -> Interruption:
    """Let a signal end the task, but not while it writes: then it may have to put back what it was about to replace."""
    interruption = Interruption()

    def interrupted(number: int, _frame: Any) -> None:
        if interruption.request(f"terminated by signal {int(number)}"):
            raise KeyboardInterrupt(interruption.reason)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupted)
    return interruption


def _interruption(reason: str) -> str:
    return f"The task was interrupted ({reason}). Run it again to finish what it began."


def error_result(error: Exception) -> Dict[str, Any]:
    """``error`` for a failed result, where the API answered."""
    cause = error.cause if isinstance(error, ReconcileError) else error
    details = cause.details() if isinstance(cause, ApiError) else None
    return {} if details is None else {"error": details}


# --- One config -------------------------------------------------------------------------------------------------


def present_or_absent(task: Task) -> Dict[str, Any]:
    """The work of the modules that manage one config."""
    # The qualifier beside an id can only be its default: giving both was refused.
    options = {**task.params, "qualifier": None} if task.params["id"] else task.params
    desired = parse_desired(task.api.generation, options)
    check_place("id", desired.identity, *task.connection.place)
    for doubt in doubts(desired):
        task.warn(doubt)
    client = task.client({"id": desired.identity})
    planned = plan(desired, read(client, desired, task.check_mode, task.warn))
    if task.check_mode:
        return outcome_result(planned, planned.predicted, task.diff_mode)
    task.interruption.hold()
    try:
        return outcome_result(planned, apply(client, planned), task.diff_mode)
    except (ApiError, CredentialError) as error:
        raise Failed(str(error), failed_result(planned, error, planned.current, False, task.diff_mode)) from None
    except ReconcileError as error:
        raise Failed(str(error), failed_result(planned, error, error.left, error.changed, task.diff_mode)) from None


def outcome_result(planned: Plan, config: Optional[AsyncInvokeConfig], diff_mode: bool) -> Dict[str, Any]:
    """The results for one config, which is now like this."""
    result: Dict[str, Any] = {
        "changed": planned.changed,
        "action": planned.action,
        "async_invoke_config": as_returned(planned.generation, config),
    }
    if diff_mode:
        result["diff"] = diff(planned)
    return result


def failed_result(
    planned: Plan, error: Exception, left: Optional[AsyncInvokeConfig], changed: bool, diff_mode: bool
) -> Dict[str, Any]:
    """The results for one config where the task failed; ``left`` is what is there now, as far as that is known."""
    result = {**outcome_result(planned, left, diff_mode=False), "changed": changed, **error_result(error)}
    carried_out = replace(planned, after=left.settings) if changed and left is not None else None
    if diff_mode and carried_out is not None:
        result["diff"] = diff(carried_out)
    return result


def diff(planned: Plan) -> Dict[str, Any]:
    """The diff of one config, for Ansible's diff mode."""
    return {
        "before": as_options(planned.generation, planned.before),
        "after": as_options(planned.generation, planned.after),
        "before_header": planned.identity.id,
        "after_header": planned.identity.id,
    }


def check_place(option: str, identity: Identity, region: Optional[str], account_id: Optional[str]) -> None:
    """Refuse an ARN that lies elsewhere than the task connects to (None: not known). Raises :class:`InvalidOption`."""
    for what, named, given in (
        ("region", identity.region, region),
        ("account_id", identity.account_id, account_id),
    ):
        if named and given and named != given:
            raise InvalidOption(option, f"the ARN names the {what} {named}, but {what} is {given}.")


# --- What is there ----------------------------------------------------------------------------------------------


def configs_in_scope(task: Task) -> Dict[str, Any]:
    """The work of the modules that only read."""
    scope, concurrency = parse_scope(task), task.concurrency
    client = task.client({"id": scope.identity} if scope.identity else {}, concurrency)
    survey = Surveyor(client, concurrency).read(scope)
    results: Dict[str, Any] = {
        "changed": False,
        "async_invoke_configs": [as_returned(task.api.generation, config) for config in survey.configs],
        "unreadable": [
            {"id": unreadable.id, "msg": str(unreadable.error), **error_result(unreadable.error)}
            for unreadable in survey.unreadable
        ],
    }
    if task.params["include_unconfigured"]:
        results["functions_without_config"] = survey.unconfigured
    if survey.unreadable:
        number, first = len(survey.unreadable), survey.unreadable[0].error
        message = f"{number} of what was asked for could not be read, the first of them: {first}"
        if task.params["fail_on_unreadable"]:
            raise Failed(message, results)
        task.warn(message)
    return results


def parse_scope(task: Task) -> Scope:
    """What a reading module is asked for. Raises :class:`InvalidOption`."""
    params = task.params
    for name in (*task.api.generation.names, "id", "services", "functions"):
        # As good as left out would be the whole account.
        if params.get(name) in ("", []):
            raise InvalidOption(name, "must not be empty; leave it out to read everything.")
    for name in ("services", "functions"):
        for position, pattern in enumerate(params.get(name) or ()):
            _check_pattern(f"{name}[{position}]", pattern)
    identity = None
    if params["id"] or params["qualifier"]:
        identity = parse_identity(task.api.generation, params)
        check_place("id", identity, *task.connection.place)
        for doubt in doubts_about_qualifier(identity.qualifier):
            task.warn(doubt)
    for name in ("service_name", "function_name"):
        if params.get(name):
            check_name(task.api.generation, name, params[name])
    return Scope(
        identity=identity,
        service_name=params.get("service_name"),
        function_name=params["function_name"],
        services=tuple(params.get("services") or ()),
        functions=tuple(params["functions"] or ()),
        unconfigured=params["include_unconfigured"],
    )


def _check_pattern(option: str, pattern: str) -> None:
    """Refuse a pattern that cannot match, or (Ansible's mask) matches everything. Raises :class:`InvalidOption`."""
    check_unmasked(option, pattern)
    if not pattern or len(pattern) > LONGEST_ID or not pattern.isprintable():
        raise InvalidOption(option, f"must be the name of a function or service, or a pattern, not {shown(pattern)}.")


# --- Many configs -----------------------------------------------------------------------------------------------


def many_present_or_absent(task: Task) -> Dict[str, Any]:
    """The work of the modules that manage many configs."""
    desired, concurrency = parse_entries(task), task.concurrency
    for doubt in sorted({doubt for one in desired for doubt in doubts(one)}):
        task.warn(doubt)
    entries: List[Entry] = []
    if desired:
        named = {f"configs[{position}].id": one.identity for position, one in enumerate(desired)}
        client = task.client(named, concurrency)
        bulk = Bulk(client, concurrency, task.params["purge"], task.check_mode, task.warn, task.interruption)
        entries = bulk.run(desired)
    results = bulk_result(task.api.generation, entries, task.diff_mode)
    failed = [entry for entry in entries if entry.error is not None]
    if failed and not task.interruption.requested:
        raise Failed(f"{len(failed)} of {len(entries)} configs failed: {_told(failed)}", results)
    return results


def _told(failed: List[Entry]) -> str:
    """The first failures, and how many were not tried because of them."""
    tried = [entry for entry in failed if getattr(entry.error, "tried", True)]
    not_tried = [entry for entry in failed if entry not in tried]
    sentences = [str(entry.error) for entry in (tried or not_tried)[:3]]
    if tried and not_tried:
        sentences.append(f"{len(not_tried)} were not tried: {not_tried[0].error}")
    if len(tried or not_tried) > 3:
        sentences.append("See results for all of them.")
    return " ".join(sentences)


def parse_entries(task: Task) -> List[Desired]:
    """What the list declares. Raises one :class:`InvalidOption` for everything that is wrong with it."""
    generation = task.api.generation
    defaults = {name: value for name, value in task.params["defaults"].items() if value is not None}
    problems = _problems_of_defaults(generation, defaults)
    spec = entry_spec(generation)
    validator = ArgumentSpecValidator(spec)
    desired: List[Desired] = []
    positions: Dict[str, int] = {}
    for position, options in enumerate(task.params["configs"]):
        place = f"configs[{position}]"
        options, wrong_types = checked_options(spec, options, place)
        if wrong_types:
            problems += map(str, wrong_types)
            continue
        checked = validator.validate(options)
        if checked.error_messages:
            problems += [f"{place}: {_plain(message).rstrip('.')}." for message in checked.error_messages]
            continue
        entry = _with_defaults(generation, checked.validated_parameters, defaults)
        wrong = mistakes(generation, entry)
        if wrong:
            problems += [f"{place}.{error}" for error in wrong]
            continue
        one = parse_desired(generation, entry)
        desired.append(one)
        first = positions.setdefault(one.identity.id, position)
        if first != position:
            problems.append(f"configs[{first}] and {place} both name {one.identity.id}.")
        try:
            check_place(f"{place}.id", one.identity, *task.connection.place)
        except InvalidOption as error:
            problems.append(str(error))
    if problems:
        number = "a mistake" if len(problems) == 1 else f"{len(problems)} mistakes"
        raise InvalidOption("configs", f"nothing was done, because of {number}: {_first_of(problems)}")
    return desired


def _plain(message: str) -> str:
    """A message of Ansible's validator, which names unsupported options without a verb."""
    unsupported, supported, rest = message.partition(". Supported parameters include: ")
    return f"there is no option {unsupported}; the options are {rest}" if supported else message


def _problems_of_defaults(generation: Generation, defaults: Dict[str, Any]) -> List[str]:
    try:
        check_settings(generation, defaults)
        for name in generation.names:
            if name in defaults:
                check_name(generation, name, defaults[name])
    except InvalidOption as error:
        return [f"defaults.{error}"]
    return []


def _with_defaults(generation: Generation, options: Dict[str, Any], defaults: Dict[str, Any]) -> Dict[str, Any]:
    """An entry's options over the defaults. An id says all of the names; an empty name is as good as none."""
    inherited = {
        name: value for name, value in defaults.items() if not options.get("id") or name not in generation.names
    }
    empty = (None, "")
    return {**inherited, **{name: value for name, value in options.items() if value not in empty}}


def bulk_result(generation: Generation, entries: List[Entry], diff_mode: bool) -> Dict[str, Any]:
    """The results for many configs."""
    outcomes = [entry_outcome(entry) for entry in entries]
    result: Dict[str, Any] = {
        "changed": any(entry.changed for entry in entries),
        "results": [entry_result(generation, entry) for entry in entries],
        "summary": {"total": len(entries), **{name: outcomes.count(name) for name in (*OUTCOMES.values(), "failed")}},
    }
    if diff_mode:
        result["diff"] = [diff(planned) for planned in map(as_carried_out, entries) if planned is not None]
    return result


def as_carried_out(entry: Entry) -> Optional[Plan]:
    """The plan of an entry, with what is left in place of what was planned if it failed.

    None if nothing changed, or it is not known to what: then the message of the failure says what is known.
    """
    if entry.plan is None or not entry.changed:
        return None
    if entry.error is None:
        return entry.plan
    return None if entry.config is None else replace(entry.plan, after=entry.config.settings)


#: What ``summary`` counts an action as. Not the action's own name: ``summary.update`` would be a method of the dict.
OUTCOMES = {"create": "created", "update": "updated", "delete": "deleted", "none": "unchanged"}


def entry_outcome(entry: Entry) -> str:
    """What an entry counts as in the summary."""
    if entry.error is not None:
        return "failed"
    return OUTCOMES[entry.plan.action if entry.plan is not None else "none"]


def entry_result(generation: Generation, entry: Entry) -> Dict[str, Any]:
    """One item of ``results``."""
    result: Dict[str, Any] = {
        "id": entry.id,
        "action": entry.plan.action if entry.plan is not None else "none",
        "changed": entry.changed,
        "failed": entry.error is not None,
        "async_invoke_config": as_returned(generation, entry.config),
    }
    if entry.error is not None:
        result.update(msg=str(entry.error), **error_result(entry.error))
    return result
