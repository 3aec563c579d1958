# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""The modules that manage one configuration: argument spec, execution and results."""

from __future__ import annotations

from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import parse_desired
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.field import settings_spec
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.plan import Plan, plan
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.options import (
    function_needs_its_service,
    identity_argument_spec,
    state_spec,
    verification_spec,
)
from ansible_collections.alicloud.fc.plugins.module_utils._modules.results import failed_result, outcome_result
from ansible_collections.alicloud.fc.plugins.module_utils._modules.run import Failed, ModuleContext
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.errors import ReconcileError
from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.reconcile import apply, read


def config_spec(generation: Generation) -> dict[str, Any]:
    """Return the argument spec for the modules that manage one configuration."""
    return {
        **identity_argument_spec(generation),
        **settings_spec(generation.fields),
        **state_spec(),
        **verification_spec(),
    }


def config_rules(generation: Generation) -> dict[str, Any]:
    """Return the option dependencies for the modules that manage one configuration."""
    return {
        "mutually_exclusive": [("id", name) for name in generation.identity_options],
        "required_one_of": [("id", "function_name")],
        **function_needs_its_service(generation),
    }


def ensure_config(context: ModuleContext) -> dict[str, Any]:
    """Ensure that a configuration is in the desired state and return the results."""
    # If id is specified, the qualifier can only be the default, because the two options are mutually exclusive.
    options = {**context.params, "qualifier": None} if context.params["id"] else context.params
    desired = parse_desired(context.api, options, *context.connection.location)
    for warning in context.input_warnings(desired):
        context.warn(warning)
    client = context.client({"id": desired.identity})
    planned = plan(desired, read(client, desired, context.check_mode, context.warn).config)
    found = _verified(context, client, planned)
    if context.check_mode:
        return {**outcome_result(planned, planned.predicted, context.diff_mode), **found}
    context.interruption.hold()
    try:
        return {**outcome_result(planned, apply(client, planned), context.diff_mode), **found}
    except (ApiError, CredentialError) as error:
        left, changed = planned.current, False
        raise Failed(str(error), {**failed_result(planned, error, left, changed, context.diff_mode), **found}) from None
    except ReconcileError as error:
        left, changed = error.left, error.changed
        raise Failed(str(error), {**failed_result(planned, error, left, changed, context.diff_mode), **found}) from None


def _verified(context: ModuleContext, client: Client, planned: Plan) -> dict[str, Any]:
    """Return the ``destination_problems`` result, if the task verifies destinations.

    Raises ``Failed`` if the configuration must not be written. In check mode, warns instead.
    """
    verifier = context.verifier(client)
    if verifier is None:
        return {}
    from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.destinations import (
        destination_error,
        input_problem_warnings,
        predicted_failures,
    )

    problems = [] if planned.after is None else verifier.problems([(planned.identity, planned.after)])[0]
    for warning in [*input_problem_warnings(problems), *(predicted_failures(problems) if context.check_mode else [])]:
        context.warn(warning)
    found = {"destination_problems": [problem.as_returned() for problem in problems]}
    error = destination_error(problems)
    if error is not None and not context.check_mode:
        raise Failed(str(error), {**failed_result(planned, error, planned.current, False, False), **found})
    return found
