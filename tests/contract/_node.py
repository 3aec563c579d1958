# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Install the official Node.js clients under .build and run them in a separate process."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from ._clients import Account, JsonObject, ServiceError

_FOLDER = Path(__file__).resolve().parent / "node"
_BUILD = Path(__file__).resolve().parents[2] / ".build"


def missing_program() -> str:
    """Return the name of a missing program, or an empty string if none is missing."""
    return next((name for name in ("node", "npm") if shutil.which(name) is None), "")


def install() -> Path:
    """Install the packages in package.json if necessary and return the folder that contains node_modules."""
    manifest = (_FOLDER / "package.json").read_bytes()
    target = _BUILD / f"contract-node-{hashlib.sha256(manifest).hexdigest()[:12]}"
    if target.exists():
        return target
    _BUILD.mkdir(exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix="contract-node-", dir=_BUILD))
    try:
        (temporary / "package.json").write_bytes(manifest)
        command = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--omit=dev"]
        process = subprocess.run(command, cwd=temporary, capture_output=True, text=True, check=False)
        if process.returncode != 0:
            raise RuntimeError(f"npm failed to install the clients of {_FOLDER / 'package.json'}:\n{process.stderr}")
        temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return target


class NodeProcess:
    """A context manager for the process that runs the Node.js clients. The process runs one call at a time."""

    def __init__(self, modules: Path) -> None:
        self._process = subprocess.Popen(
            ["node", str(_FOLDER / "adapter.js")],
            env={**os.environ, "NODE_PATH": str(modules / "node_modules"), "NODE_NO_WARNINGS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._process.communicate()

    def call(self, request: JsonObject) -> Any:
        """Return the result of a call. Raise ServiceError if the service returns an error."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{json.dumps(request)}\n")
        self._process.stdin.flush()
        response = json.loads(self._process.stdout.readline() or '{"internalError": "the Node.js process exited"}')
        if "serviceError" in response:
            raise ServiceError(response["serviceError"]["status"], response["serviceError"]["code"])
        if "internalError" in response:
            raise RuntimeError(response["internalError"])
        return response["result"]


class NodeClient:
    """A Node.js client."""

    def __init__(self, process: NodeProcess, library: str, version: str, account: Account) -> None:
        self.version = version
        self.mode_field = "asyncTask" if version == "2023-03-30" else "statefulInvocation"
        self._process = process
        self._request: JsonObject = {
            "library": library,
            "account": {
                "url": account.url,
                "accountId": account.account_id,
                "region": account.region,
                "accessKeyId": account.access_key_id,
                "accessKeySecret": account.access_key_secret,
                "securityToken": account.security_token,
            },
        }

    def create_service(self, service: str) -> None:
        self._call("create_service", service)

    def create_function(self, service: str, function: str) -> None:
        self._call("create_function", service, function)

    def create_alias(self, service: str, function: str, alias: str) -> str:
        return str(self._call("create_alias", service, function, alias))

    def put(self, service: str, function: str, qualifier: str, settings: JsonObject) -> JsonObject:
        response: JsonObject = self._call("put", service, function, qualifier, settings)
        return response

    def get(self, service: str, function: str, qualifier: str) -> JsonObject:
        response: JsonObject = self._call("get", service, function, qualifier)
        return response

    def delete(self, service: str, function: str, qualifier: str) -> None:
        self._call("delete", service, function, qualifier)

    def list_page(self, service: str, function: str, limit: int, token: str) -> JsonObject:
        response: JsonObject = self._call("list_page", service, function, limit, token)
        return response

    def _call(self, name: str, *arguments: Any) -> Any:
        return self._process.call({**self._request, "call": name, "arguments": arguments})
