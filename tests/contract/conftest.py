# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures that run each test with every official client."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator

import pytest
from emulator import Emulator, pytest_plugin

from ._clients import Account, Client, Fc2Client, Fc3Client, FcOpenClient
from ._node import NodeClient, NodeProcess, install, missing_program

PYTHON_CLIENTS: dict[str, Callable[[Account], Client]] = {
    "aliyun-fc2": Fc2Client,
    "alibabacloud-fc-open20210406": FcOpenClient,
    "alibabacloud-fc20230330": Fc3Client,
}
NODE_CLIENTS = {"fc2": "2016-08-15", "fc-open20210406": "2021-04-06", "fc20230330": "2023-03-30"}
CLIENTS = (*PYTHON_CLIENTS, *(f"@alicloud/{name}" for name in NODE_CLIENTS))

MakeClient = Callable[[Account], Client]

#: The fixture of the emulator's pytest plugin: an empty emulator.
emulator = pytest_plugin.fc_emulator


@pytest.fixture(autouse=True)
def _no_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def account(emulator: Emulator) -> Account:
    """The emulator's account and access key."""
    return Account(
        emulator.url, emulator.account_id, emulator.region, emulator.access_key_id, emulator.access_key_secret
    )


@pytest.fixture(scope="session")
def node() -> Iterator[NodeProcess]:
    """The process that runs the Node.js clients. The test is skipped if Node.js or npm is not installed."""
    missing = missing_program()
    if missing:
        pytest.skip(f"the Node.js clients require {missing}")
    with NodeProcess(install()) as process:
        yield process


@pytest.fixture(params=CLIENTS)
def make_client(request: pytest.FixtureRequest) -> MakeClient:
    """A factory for the client under test."""
    if request.param in PYTHON_CLIENTS:
        return PYTHON_CLIENTS[request.param]
    library = request.param.removeprefix("@alicloud/")
    process: NodeProcess = request.getfixturevalue("node")
    return functools.partial(NodeClient, process, library, NODE_CLIENTS[library])


@pytest.fixture
def client(make_client: MakeClient, account: Account) -> Client:
    """The client under test. A service, a function and the ``live`` alias for version 1 exist."""
    client = make_client(account)
    client.create_service("shop")
    client.create_function("shop", "order")
    assert client.create_alias("shop", "order", "live") == "1"
    return client
