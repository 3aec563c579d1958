# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the filter that creates RAM policies for callers. See also tests/modules/test_permissions.py."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.alicloud.fc.plugins.filter.caller_policy import caller_policy
from ansible_collections.alicloud.fc.plugins.module_utils._generations import FC2

GET, PUT, DELETE = (f"fc:{verb}FunctionAsyncInvokeConfig" for verb in ("Get", "Put", "Delete"))
LIST = "fc:ListFunctionAsyncInvokeConfigs"


def statements(*arguments: Any, **options: Any) -> dict[tuple[str, ...], list[str]]:
    """Return the actions of a policy by their resources."""
    policy = caller_policy(*arguments, **options)
    assert policy["Version"] == "1"
    assert all(statement["Effect"] == "Allow" for statement in policy["Statement"])
    return {tuple(statement["Resource"]): statement["Action"] for statement in policy["Statement"]}


def test_policies_by_mode() -> None:
    assert statements([]) == {("*",): [GET, LIST]}
    assert statements([], "apply") == {("*",): [DELETE, GET, LIST, PUT]}
    assert statements([], generation="3.0") == {("*",): [GET, LIST]}
    assert statements([], generation=3.0, purge="function") == {
        ("*",): [GET, "fc:ListAliases", LIST, "fc:ListFunctionVersions"]
    }
    assert statements([], generation="3.0", unconfigured=True) == {
        ("*",): [GET, "fc:ListAliases", LIST, "fc:ListFunctionVersions", "fc:ListFunctions"]
    }


def test_services_are_limited_to_the_region_and_account() -> None:
    for options in ({"purge": "account"}, {"rules": True}, {"unconfigured": True}):
        found = statements([], region="cn-hangzhou", account_id=1, **options)
        assert found == {
            ("*",): [GET, LIST, "fc:ListFunctions"],
            ("acs:fc:cn-hangzhou:1:services/*",): ["fc:ListServices"],
        }


def test_policies_can_be_limited_to_configs() -> None:
    configs = [{"service_name": "s", "function_name": "f"}, {"id": "s:f:live"}, {"id": "t:g"}]
    prefix = "acs:fc:cn-hangzhou:1:services"
    options: dict[str, Any] = {"region": "cn-hangzhou", "account_id": "1", "limit_to_configs": True}
    functions = tuple(
        f"{prefix}/{name}" for name in ("s.*/functions/f", "s/functions/f", "t.*/functions/g", "t/functions/g")
    )
    assert statements(configs, "apply", purge="function", **options) == {functions: [DELETE, GET, LIST, PUT]}
    functions = ("acs:fc:cn-hangzhou:1:functions/f", "acs:fc:cn-hangzhou:1:functions/f/*")
    # Without purge, the modules do not depend on the permission to list all functions.
    assert statements([{"id": "f"}], generation="3.0", **options) == {functions: [GET]}
    assert statements([{"id": "f"}], generation="3.0", purge="function", **options)[("*",)] == [LIST]
    services = tuple(f"{prefix}/{name}/functions/*" for name in ("s", "s.*", "t", "t.*"))
    [(resources, actions)] = statements(configs, purge="service", **options).items()
    assert sorted(resources) == sorted(services)
    assert actions == [GET, LIST, "fc:ListFunctions"]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("x",), {}, "the input must be a list of configurations, not 'x'."),
        (([], "write"), {}, "mode: must be one of audit, apply, not 'write'."),
        (([],), {"generation": "4.0"}, "generation: must be one of 2.0, 3.0, not '4.0'."),
        (([],), {"purge": "all"}, "purge: must be one of none, function, service, account, not 'all'."),
        (([],), {"purge": []}, "purge: must be one of none, function, service, account, not a list."),
        (
            ([],),
            {"purge": "service", "generation": "3.0"},
            "purge: must be one of none, function, account, not 'service'.",
        ),
        (([],), {"rules": []}, "rules: must be a boolean, not a list."),
        (([],), {"limit_to_configs": True}, "limit_to_configs: the input must contain at least one configuration."),
        (
            ([{}],),
            {"limit_to_configs": True, "purge": "account"},
            "limit_to_configs: mutually exclusive with purge=account, which applies to all functions.",
        ),
        (
            ([{}],),
            {"limit_to_configs": True, "rules": True},
            "limit_to_configs: mutually exclusive with rules, which applies to all functions.",
        ),
        (
            ([{}, {"id": "a:b:c:d"}],),
            {"limit_to_configs": True},
            (
                "item 1: service_name: is required unless id is specified. "
                f"a:b:c:d: id: must have the form {FC2.id_forms}, not 'a:b:c:d'."
            ),
        ),
    ],
)
def test_invalid_input(arguments: tuple[Any, ...], options: dict[str, Any], message: str) -> None:
    with pytest.raises(AnsibleFilterError) as exc_info:
        caller_policy(*arguments, **options)
    assert str(exc_info.value) == f"caller_policy: {message}"


def test_names_cannot_contain_wildcards() -> None:
    with pytest.raises(AnsibleFilterError, match=r"caller_policy: s:\*: id: the part function_name must be 1 to 128"):
        caller_policy([{"id": "s:*"}], limit_to_configs=True)
