# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of adopting configurations from other tools."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2, FC3, Generation
from ansible_collections.alicloud.fc.plugins.plugin_utils._adopt import adopted_configs, never_converging
from ansible_collections.alicloud.fc.plugins.plugin_utils._playbook import InvalidVariables

#: Files that Terraform 1.11 wrote with the aliyun/alicloud provider.
SAMPLES = Path(__file__).parents[1] / "filter" / "terraform"
QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/dead/messages"
IDS = {"FC 2.0": "shop:order:LATEST", "FC 3.0": "order:LATEST"}
BOTH_GENERATIONS = pytest.mark.parametrize("generation", [FC2, FC3], ids=lambda generation: generation.name)


def names(generation: Generation, **options: Any) -> dict[str, Any]:
    """Return a configuration for the ``order`` function."""
    service = {"service_name": "shop"} if generation.has_services else {}
    return {**service, "function_name": "order", **options}


def result(identity: str, before: Any, after: Any, action: str = "update") -> dict[str, Any]:
    """Return a module's result for one configuration in check mode and diff mode."""
    return {
        "results": [{"id": identity, "action": action, "changed": action != "none", "failed": False}],
        "diff": [{"before": before, "after": after, "before_header": identity, "after_header": identity}],
    }


@pytest.mark.parametrize("sample", sorted(SAMPLES.iterdir()), ids=lambda path: path.name)
def test_terraform_files_are_adopted(sample: Path) -> None:
    configs = adopted_configs("terraform_file", json.loads(sample.read_text("utf-8")), FC2)
    assert len(configs) == 6
    assert adopted_configs("terraform_file", json.loads(sample.read_text("utf-8")), FC3) == []


@pytest.mark.parametrize("option", ["terraform_file", "serverless_devs_file"])
@pytest.mark.parametrize("document", [None, [], "text", 5])
def test_errors_begin_with_the_variable(option: str, document: Any) -> None:
    with pytest.raises(InvalidVariables, match=f"^{option}: ") as exc_info:
        adopted_configs(option, document, FC2)
    assert "from_" not in str(exc_info.value)


@BOTH_GENERATIONS
def test_an_event_age_that_terraform_cannot_unset(generation: Generation) -> None:
    identity = IDS[generation.name]
    drift = result(identity, {"maximum_event_age_in_seconds": 3600}, {"maximum_event_age_in_seconds": None})
    assert never_converging(generation, [names(generation)], drift) == [
        f"{identity}: Terraform cannot unset maximum_event_age_in_seconds, which is 3600."
    ]


@BOTH_GENERATIONS
def test_destinations_that_terraform_cannot_unset(generation: Generation) -> None:
    identity = IDS[generation.name]
    before = {"destination_config": {"on_failure": {"destination": QUEUE}, "on_success": None}}
    after = {"destination_config": {"on_failure": None, "on_success": None}}
    found = never_converging(generation, [names(generation)], result(identity, before, after))
    assert len(found) == 1
    assert found[0].startswith(f"{identity}: Terraform cannot unset destination_config.on_failure")
    assert QUEUE in found[0]
    # Terraform sends the whole block if it contains at least one destination.
    sent = names(generation, destination_config={"on_success": {"destination": QUEUE}})
    after["destination_config"]["on_success"] = {"destination": QUEUE}  # type: ignore[assignment]
    assert never_converging(generation, [sent], result(identity, before, after)) == []


@BOTH_GENERATIONS
@pytest.mark.parametrize(
    ("before", "after", "action"),
    [
        ({"maximum_event_age_in_seconds": None}, {"maximum_event_age_in_seconds": 60}, "update"),
        ({"maximum_event_age_in_seconds": 30}, {"maximum_event_age_in_seconds": 60}, "update"),
        ({"maximum_retry_attempts": 8}, {"maximum_retry_attempts": 2}, "update"),
        ({}, {"maximum_event_age_in_seconds": 60}, "create"),
        ({"maximum_event_age_in_seconds": None}, {"maximum_event_age_in_seconds": None}, "none"),
    ],
)
def test_other_differences_converge(generation: Generation, before: Any, after: Any, action: str) -> None:
    drift = result(IDS[generation.name], before, after, action)
    desired = {name: value for name, value in after.items() if value is not None}
    assert never_converging(generation, [names(generation, **desired)], drift) == []


def test_qualifiers_that_terraform_does_not_read() -> None:
    in_sync: dict[str, Any] = {"results": [], "diff": []}
    qualifiers = ["live", "LATEST", "", None]
    expected = ["order:live: Terraform reads LATEST instead of this qualifier."]
    configs = [names(FC3, qualifier=qualifier) for qualifier in qualifiers]
    assert never_converging(FC3, [names(FC3), *configs], in_sync) == expected
    assert never_converging(FC2, [names(FC2, qualifier="live")], in_sync) == []
