# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Run a module, report its results and end the process."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING, Any, Callable, Mapping

from ansible.module_utils.basic import missing_required_lib
from ansible_collections.alicloud.fc.plugins.module_utils._api.client import Client
from ansible_collections.alicloud.fc.plugins.module_utils._api.errors import ApiError, MissingLibrary
from ansible_collections.alicloud.fc.plugins.module_utils._api.interruption import Interruption
from ansible_collections.alicloud.fc.plugins.module_utils._api.retry import Retrier
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.desired import (
    Desired,
    input_warnings,
    qualifier_warnings,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.identity import Identity, check_location
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError, InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation
from ansible_collections.alicloud.fc.plugins.module_utils._modules.ansible_core import Module, make_module
from ansible_collections.alicloud.fc.plugins.module_utils._modules.results import error_result

if TYPE_CHECKING:
    from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.destinations import DestinationVerifier
    from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.progress import Progress


class Failed(Exception):
    """The task failed, and its results are returned with the message."""

    def __init__(self, message: str, results: dict[str, Any]) -> None:
        super().__init__(message)
        self.results = results


class ModuleContext:
    """The context of a module run: options, modes and connection."""

    def __init__(self, module: Module, api: Generation, connection: Connection, interruption: Interruption) -> None:
        self.api = api
        self.connection = connection
        self.interruption = interruption
        self.params: dict[str, Any] = module.params
        self.check_mode: bool = module.check_mode
        self.diff_mode: bool = module._diff  # ansible-core has no public attribute for this
        self.warn: Callable[[str], None] = module.pending_warnings.append
        self._module = module
        self._client: Client | None = None

    @property
    def connection_result(self) -> dict[str, Any]:
        """The ``connection`` result. Values that are not known are None."""
        region, account_id = self.connection.location
        endpoint = self.connection.endpoint
        known: dict[str, str | None] = {
            "account_id": account_id,
            "region": region,
            "endpoint": None if endpoint is None else endpoint.url,
        }
        return {"generation": self.api.name, **(known if self._client is None else self._client.location)}

    def input_warnings(self, desired: Desired) -> list[str]:
        """Return the warnings about valid but suspicious input. ``verifier`` finds those about destinations too."""
        if self.params["verify_destinations"]:
            return qualifier_warnings(desired.identity)
        return input_warnings(desired, *self.connection.location)

    def verifier(
        self, client: Client, concurrency: int = 1, progress: Progress | None = None
    ) -> DestinationVerifier | None:
        """Return the verifier of destinations, or None if the task does not verify them."""
        if not self.params["verify_destinations"]:
            return None
        from ansible_collections.alicloud.fc.plugins.module_utils._reconcile.destinations import DestinationVerifier

        return DestinationVerifier(client, self.api, self.connection.location[0], concurrency, progress)

    @property
    def concurrency(self) -> int:
        """The maximum number of concurrent calls. Raises ``InvalidOption``."""
        concurrency: int = self.params["concurrency"]
        if not 1 <= concurrency <= 64:
            raise InvalidOption("concurrency", f"must be between 1 and 64, not {int(concurrency)}.")
        return concurrency

    def client(self, named: Mapping[str, Identity], concurrency: int = 1) -> Client:
        """Create a client. Call this only after all input has been validated.

        Args:
            named: the specified identities, keyed by option. The region and account in an ARN must match those of the
                connection.

        Raises ``InvalidOption`` before calling Function Compute if a region or account does not match.
        """
        retrier = Retrier(self.connection.retry_timeout, self.connection.access_denied_timeout, self.interruption)
        self._module.explanations = retrier.explanations
        client = self._client = Client(self.api, self.connection, retrier, concurrency)
        if self.connection.location[1] is None:  # otherwise, the account was checked with the other input
            for option, identity in named.items():
                if identity.account_id:
                    check_location(option, identity, None, client.account_id)
        return client


def run(api: Generation, work: Callable[[ModuleContext], dict[str, Any]], spec: dict[str, Any], **rules: Any) -> None:
    """Run ``work`` with a ``ModuleContext``, report the results that it returns and end the process.

    Args:
        spec: the argument spec without the connection options.
        rules: additional AnsibleModule arguments, such as ``mutually_exclusive``.
    """
    module = make_module({**spec, **argument_spec()}, rules)
    interruption = _listen_to_signals()
    reached: dict[str, Any] = {}
    try:
        connection = Connection.from_params(module.params)
        module.redactor = connection.redactor
        context = ModuleContext(module, api, connection, interruption)
        try:
            results = work(context)
        finally:
            reached["connection"] = context.connection_result
        interruption.hold()
        if interruption.requested:
            raise Failed(f"{_interruption(interruption.reason)} The results list what was done.", results)
        module.exit_json(**results, **reached)
    except MissingLibrary as error:
        module.fail_json(msg=_library_message(error), exception=error.details, **reached)
    except InvalidOption as error:
        module.fail_json(msg=str(error))
    except CredentialError as error:
        module.fail_json(msg=str(error), **reached)
    except ApiError as error:
        module.fail_json(msg=str(error), changed=False, **error_result(error), **reached)
    except Failed as error:
        module.fail_json(msg=str(error), **error.results, **reached)
    except KeyboardInterrupt as error:
        module.fail_json(msg=f"{_interruption(str(error))} Nothing was changed.", changed=False, **reached)


def _library_message(error: MissingLibrary) -> str:
    install = f"{sys.executable} -m pip install"
    if error.reason is None:
        return f"{missing_required_lib(error.library)}. Install it with: {install} {error.library}"
    return (
        f"Failed to import the Python library {error.library}, although it is installed: {error.reason}. The library "
        f"or one of its dependencies is incomplete or incompatible. Reinstall it with: {install} --force-reinstall "
        f"{error.library}"
    )


def _listen_to_signals() -> Interruption:
    """Let signals end the task, except during writes, when the task may have to restore a configuration."""
    interruption = Interruption()

    def interrupted(number: int, _frame: Any) -> None:
        if interruption.request(f"terminated by signal {int(number)}"):
            raise KeyboardInterrupt(interruption.reason)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, interrupted)
    return interruption


def _interruption(reason: str) -> str:
    return f"The task was interrupted ({reason}). Run it again to complete it."
