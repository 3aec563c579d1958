# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules use exactly the operations for which the collection documents and creates permissions.

Each test runs a module in all situations that could require an operation, and compares the journal of the emulator with
the model.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.filter.caller_policy import caller_policy
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.caller import (
    PURGE_SCOPES,
    actions,
    bulk_operations,
    info_operations,
    optional_operations,
    single_operations,
    verification_operations,
)
from ansible_collections.alicloud.fc.plugins.module_utils._async_invoke.destination_problems import KNOWN_REGIONS
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from emulator import ConfigKey, Emulator
from support.libraries import NEEDS_FC3

from .test_modules import run

QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/q/messages"
ROLE = "acs:ram::1234567890123456:role/shop"
EACH_GENERATION = pytest.mark.parametrize(
    "generation",
    [pytest.param(FC2, id="FC 2.0"), pytest.param(FC3, id="FC 3.0", marks=NEEDS_FC3)],
)
MODES = pytest.mark.parametrize("write", [False, True], ids=["audit", "apply"])
#: Names of services and functions. The tasks do not mention those that begin with "other".
SERVICES, FUNCTIONS = ("shop", "other_service"), ["order", "refund", "other"]


#: Functions with a version and an alias. Their settings must be unset, for which the modules may delete them.
STATE = {
    "services": {name: {"functions": FUNCTIONS, "versions": ["1"], "aliases": {"live": "1"}} for name in SERVICES},
    "functions": {name: {"versions": ["1"], "aliases": {"live": "1"}} for name in FUNCTIONS},
}
STORED = {"maxAsyncRetryAttempts": 5, "destinationConfig": {"onFailure": {"destination": QUEUE}}}
#: The functions and qualifiers that have a configuration.
CONFIGURED = (("order", "LATEST"), ("order", "live"), ("order", "1"), ("other", "1"))


@pytest.fixture
def account() -> Iterator[Emulator]:
    """Return an emulator with functions, some of which have configurations."""
    with Emulator(state=STATE) as emulator:
        for service in (*SERVICES, None):
            for function, qualifier in CONFIGURED:
                emulator.store.put_config(ConfigKey(service, function, qualifier), STORED)
        yield emulator


def prefix(generation: Generation) -> str:
    """Return the prefix of the module names."""
    return "function" if generation.has_services else "v3"


def owner(generation: Generation) -> str:
    """Return the prefix of IDs."""
    return "shop:" if generation.has_services else ""


def used(emulator: Emulator) -> set[str]:
    """Return the operations that the modules called."""
    return set(emulator.journal.counts)


def run_bulk(account: Emulator, generation: Generation, write: bool, purge: str) -> set[str]:
    """Run the bulk module and return the operations that it called."""
    configs: list[dict[str, Any]] = [
        {"id": f"{owner(generation)}order"},
        {"id": f"{owner(generation)}order:live", "maximum_retry_attempts": 1},
        {"id": f"{owner(generation)}refund", "maximum_event_age_in_seconds": 60},
        {"id": f"{owner(generation)}refund:live", "state": "absent"},
    ]
    # If there are more configurations than threads, FC 3.0 lists the account.
    options: dict[str, Any] = {"configs": configs, "purge": purge, "concurrency": 2}
    result = run(account, f"{prefix(generation)}_async_invoke_configs", not write, **options)
    assert result["changed"] is True
    return used(account)


def allowed(generation: Generation, write: bool, **options: Any) -> list[str]:
    """Return the sorted actions in the policy for the caller."""
    policy = caller_policy([], "apply" if write else "audit", generation.name.split()[-1], **options)
    return sorted(action for statement in policy["Statement"] for action in statement["Action"])


@EACH_GENERATION
@MODES
def test_operations_for_one_configuration(account: Emulator, generation: Generation, write: bool) -> None:
    module = f"{prefix(generation)}_async_invoke_config"
    for qualifier, options in (("LATEST", {}), ("live", {"state": "absent"}), ("1", {"maximum_retry_attempts": 1})):
        run(account, module, not write, id=f"{owner(generation)}order:{qualifier}", **options)
    assert used(account) == single_operations(generation, write)


@EACH_GENERATION
@MODES
@pytest.mark.parametrize("purge", PURGE_SCOPES)
def test_operations_for_many_configurations(account: Emulator, generation: Generation, write: bool, purge: str) -> None:
    if purge == "service" and not generation.has_services:
        pytest.skip("FC 3.0 has no services")
    operations = run_bulk(account, generation, write, purge)
    assert operations == bulk_operations(generation, write, purge)
    assert allowed(generation, write, purge=purge) == actions(generation, operations)


@NEEDS_FC3
@MODES
def test_optional_operations_can_be_denied(account: Emulator, write: bool) -> None:
    account.switches.update({"function_arn_qualifier": True})
    before = account.store.snapshot()
    allowed_operations = run_bulk(account, FC3, write, "none")
    configs = account.store.configs
    account.store.restore(before)
    account.journal.clear()
    denied = actions(FC3, optional_operations(FC3))
    account.store.load({"ram": {"caller": {"allow": ["*"], "deny": denied}}})
    assert run_bulk(account, FC3, write, "none") == allowed_operations
    assert account.journal.counts["ListAsyncInvokeConfigs"] == 1
    assert account.store.configs.keys() == configs.keys()
    assert all(config.has_same_settings(configs[key]) for key, config in account.store.configs.items())


@EACH_GENERATION
@pytest.mark.parametrize("unconfigured", [False, True])
def test_operations_for_reading(account: Emulator, generation: Generation, unconfigured: bool) -> None:
    module = f"{prefix(generation)}_async_invoke_config_info"
    one = f"{owner(generation)}order"
    run(account, module, id=one)
    run(account, module, include_unconfigured=unconfigured)
    assert used(account) == info_operations(generation, unconfigured=unconfigured)
    if generation.has_services:
        account.journal.clear()
        run(account, module, id=one)
        run(account, module, service_name="shop", include_unconfigured=unconfigured)
        assert used(account) == info_operations(generation, account=False, unconfigured=unconfigured)


@EACH_GENERATION
@MODES
@pytest.mark.parametrize("kind", ["config", "configs", "config_info"])
def test_operations_for_verifying_destinations(
    account: Emulator, generation: Generation, write: bool, kind: str
) -> None:
    """The target exists, because the triggers of missing functions are not read."""
    target = "services/other_service/functions/refund" if generation.has_services else "functions/refund"
    config: dict[str, Any] = {
        "id": f"{owner(generation)}order",
        "destination_config": {"on_success": {"destination": f"acs:fc:::{target}"}},
    }
    options: Any = {"config": config, "configs": {"configs": [config]}, "config_info": {"id": config["id"]}}[kind]
    account.store.load({"services": {"shop": {"role": ROLE}}, "functions": {"order": {"role": ROLE}}})
    module = f"{prefix(generation)}_async_invoke_{kind}"
    run(account, f"{prefix(generation)}_async_invoke_config", **config)
    account.journal.clear()
    run(account, module, not write, **options)
    without = used(account)
    account.journal.clear()
    run(account, module, not write, **options, verify_destinations=True)
    assert used(account) - without == verification_operations(generation)
    added = set(allowed(generation, write, verify_destinations=True)) - set(allowed(generation, write))
    assert added == set(actions(generation, verification_operations(generation)))


@EACH_GENERATION
@pytest.mark.parametrize("option", ["rules", "unconfigured"])
def test_operations_of_audits_of_all_functions(account: Emulator, generation: Generation, option: str) -> None:
    run_bulk(account, generation, False, "function")
    run(account, f"{prefix(generation)}_async_invoke_config_info", include_unconfigured=True)
    assert allowed(generation, False, purge="function", **{option: True}) == actions(generation, used(account))


@EACH_GENERATION
def test_the_regions_in_the_sdk_are_known(generation: Generation) -> None:
    spec = importlib.util.find_spec(f"{generation.sdk.package}.client")
    assert spec is not None
    assert spec.origin is not None
    endpoints = re.search(r"_endpoint_map = \{(.*?)\}", Path(spec.origin).read_text("utf-8"), re.DOTALL)
    assert endpoints is not None
    regions = set(re.findall(r"'([a-z0-9-]+)':", endpoints[1]))
    assert len(regions) > 10
    assert regions <= set(KNOWN_REGIONS)
