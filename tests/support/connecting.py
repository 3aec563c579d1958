# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helpers that create connections in the same way as the modules."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import argument_spec

ROLE = "acs:ram::1234567890123456:role/deployer"
OTHER_ROLE = "acs:ram::1234567890123456:role/auditor"
PROVIDER = "acs:ram::1234567890123456:oidc-provider/ci"
#: Certificate of a CA that has not issued any other certificates.
CERTIFICATE = """
-----BEGIN CERTIFICATE-----
MIIBiDCCAS+gAwIBAgIULYyCQSysXZ6pRTzGIU2x/R+V31gwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOdGVzdCBhdXRob3JpdHkwIBcNMjYxMTI1MTMwMDM5WhgPMjEy
NjExMDExMzAwMzlaMBkxFzAVBgNVBAMMDnRlc3QgYXV0aG9yaXR5MFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAE9bUuYjWY5qriUWK+5ovhCZ/YUai/sxsUee4IgtSS
YxgIdTQDqxGazi+g+48+LsiIv+ea0HXfk7vRSuamjtXhE6NTMFEwHQYDVR0OBBYE
FPnH06yOS2aiAISnGcE6Gm2W1LEoMB8GA1UdIwQYMBaAFPnH06yOS2aiAISnGcE6
Gm2W1LEoMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDRwAwRAIgb1n8txyj
lD49Kuj1TSUaoJct0as1dzVA+x+S2fvfrRwCIHCYMGl6vESDJmwp/oJjVnHkRz1a
Ez/z6LhVKRYsviUp
-----END CERTIFICATE-----
"""


def as_params(options: Mapping[str, Any]) -> dict[str, Any]:
    """Validate a task's options with Ansible and return the module parameters."""
    result = ArgumentSpecValidator(argument_spec()).validate(dict(options))
    assert not result.error_messages
    params: dict[str, Any] = result.validated_parameters
    return params


def connect(environ: Mapping[str, str] | None = None, /, **options: Any) -> Connection:
    """Return a connection configured by a task's options and an environment.

    The home directory defaults to a nonexistent directory, and the region defaults to cn-hangzhou.
    """
    environ = {"HOME": "/nonexistent", **(environ or {})}
    if not any("REGION" in name for name in environ):
        options = {"region": "cn-hangzhou", **options}
    return Connection.from_params(as_params(options), environ)


def write_profiles(path: Path, *profiles: Mapping[str, Any], current: str = "default") -> Path:
    """Write a profile file in the official CLI's format and return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"current": current, "profiles": profiles, "meta_path": ""}), encoding="utf-8")
    return path
