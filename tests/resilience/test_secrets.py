# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are planted wherever a secret can be, and a real ansible-playbook that must show none of them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from emulator import AccessKey, Emulator

from .world import ACCOUNT, QUEUE

ROOT = Path(__file__).resolve().parents[2]
ROLE = "acs:ram::1234567890123456:role/deployer"
#: What the signatures of this SDK begin with.
SIGNATURES = ("ACS3-HMAC-SHA256 Credential", "Signature=", "acs LTAI")


@dataclass
class Planted:
    """Options and environment of a play, and every secret in them."""

    emulator: Emulator
    home: Path
    options: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    known: set[str] = field(default_factory=set)
    """Those of them that the module knows, so that not even a server can make it show them."""

    def new(self, known: bool = False) -> str:
        """A secret that is found nowhere else."""
        secret = f"planted-{secrets.token_hex(16)}"
        self.hidden.add(secret)
        if known:
            self.known.add(secret)
        return secret

    def temporary_key(self) -> AccessKey:
        """A key that the emulator accepts, whose secret and token are hidden."""
        key = self.emulator.issue_key()
        self.hidden |= {key.secret, key.token}
        self.known |= {key.secret, key.token}
        return key

    def profile(self, **content: Any) -> None:
        """The default profile of the official CLI."""
        folder = self.home / ".aliyun"
        folder.mkdir()
        profile = {"name": "default", "region_id": self.emulator.region, **content}
        (folder / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}), "utf-8")


def by_options(planted: Planted) -> None:
    """A token, a role on top of it, and a proxy that is not used."""
    planted.environ["DEBUG"] = "sdk"  # with which the SDK prints every header
    key = planted.temporary_key()
    planted.options.update(
        access_key_id=key.id,
        access_key_secret=key.secret,
        security_token=key.token,
        assume_role={"role_arn": ROLE, "external_id": "partner"},
    )
    planted.environ["HTTP_PROXY"] = f"http://user:{planted.new(known=True)}@127.0.0.1:9"


def by_environment(planted: Planted) -> None:
    """The names of Terraform, with those of the others, which are not used, beside them."""
    key = planted.temporary_key()
    planted.environ.update(
        ALICLOUD_ACCESS_KEY=key.id,
        ALICLOUD_SECRET_KEY=key.secret,
        ALICLOUD_SECURITY_TOKEN=key.token,
        ALIBABA_CLOUD_ACCESS_KEY_ID="LTAIother",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=planted.new(),
        ALIBABA_CLOUD_SECURITY_TOKEN=planted.new(),
        ALIBABACLOUD_ACCESS_KEY_SECRET=planted.new(),
        ALICLOUD_ACCESS_KEY_SECRET=planted.new(),
        ALICLOUD_CREDENTIALS_URI=f"http://127.0.0.1:9/?token={planted.new()}",
    )


def by_profile(planted: Planted) -> None:
    """A profile that holds a token."""
    key = planted.temporary_key()
    planted.profile(
        mode="StsToken", access_key_id=key.id, access_key_secret=key.secret, sts_token=key.token, unused=planted.new()
    )


def by_uri(planted: Planted) -> None:
    """A server that hands a key out, to those who know its address."""
    secret = planted.new()
    planted.known.add(f"{planted.emulator.url}/_emulator/credentials?token={secret}")
    planted.options["credentials_uri"] = f"{planted.emulator.url}/_emulator/credentials?token={secret}"


def by_oidc(planted: Planted) -> None:
    """A token in a file."""
    token = planted.home / "token"
    token.write_text(planted.emulator.oidc_token, "utf-8")
    planted.hidden.add(planted.emulator.oidc_token)
    planted.known.add(planted.emulator.oidc_token)
    planted.options["oidc"] = {
        "role_arn": ROLE,
        "provider_arn": "acs:ram::1234567890123456:oidc-provider/ci",
        "token_file": str(token),
    }


WAYS: tuple[Callable[[Planted], None], ...] = (by_options, by_environment, by_profile, by_uri, by_oidc)

#: Success, failure, check mode and diff mode, of each kind of module; what fails is not the end of the play.
PLAY = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/alicloud.fc.all: "{{ connection }}"
  tasks:
    - name: Success, with a diff
      alicloud.fc.function_async_invoke_config: &task
        id: s:f
        destination_config: {on_failure: {destination: "{{ queue }}"}}
      diff: true
      register: done
    - name: Check mode
      alicloud.fc.function_async_invoke_config: {id: s:g, maximum_retry_attempts: 0}
      check_mode: true
      diff: true
      register: checked
    - name: What the service refuses
      alicloud.fc.function_async_invoke_config: {id: s:nothing}
      ignore_errors: true
      register: refused
    - name: What the service says, with secrets in it
      alicloud.fc.function_async_invoke_config: {id: s:echo}
      ignore_errors: true
      register: echoed
    - name: What the input check refuses
      alicloud.fc.function_async_invoke_config: {id: s:f, maximum_retry_attempts: 99}
      ignore_errors: true
      register: wrong
    - name: Many
      alicloud.fc.function_async_invoke_configs: {configs: [*task, {id: s:nothing}]}
      ignore_errors: true
      register: many
    - name: All there is
      alicloud.fc.function_async_invoke_config_info:
      register: found
    - name: A server that is not there
      alicloud.fc.function_async_invoke_config: {id: s:f, endpoint: "http://127.0.0.1:9", retry_timeout: 0}
      ignore_errors: true
      register: lost
    - name: Everything that was returned
      ansible.builtin.debug:
        var: "[done, checked, refused, echoed, wrong, many, found, lost]"
    - name: It went as it should
      ansible.builtin.assert:
        that:
          - done is changed
          - checked is changed
          - refused is failed and refused.error.code == 'FunctionNotFound'
          - echoed is failed and echoed.msg is search('said .*[*]{8}') and echoed.error.message is search('[*]{8}')
          - wrong is failed
          - many is failed
          - found.async_invoke_configs | length == 1
          - lost is failed
"""


def play(planted: Planted) -> str:
    """Run the play; everything that it prints, to standard output and standard error."""
    connection = {
        "region": planted.emulator.region,
        "account_id": planted.emulator.account_id,
        "endpoint": planted.emulator.url,
        "sts_endpoint": planted.emulator.url,
        **planted.options,
    }
    book = planted.home / "play.yml"
    book.write_text(PLAY, "utf-8")
    variables = planted.home / "variables.json"
    variables.write_text(json.dumps({"connection": connection, "queue": QUEUE}), "utf-8")
    environ = {
        "HOME": str(planted.home),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
        "ANSIBLE_HOME": str(planted.home / "ansible"),
        **planted.environ,
    }
    program = [sys.executable, "-m", "ansible.cli.playbook", "-vvv", "-i", "localhost,", "-c", "local"]
    given = ["-e", f"@{variables}", "-e", f"ansible_python_interpreter={sys.executable}", str(book)]
    done = subprocess.run(
        [*program, *given], env=environ, cwd=planted.home, text=True, capture_output=True, timeout=300, check=False
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


@pytest.mark.parametrize("way", WAYS)
def test_no_secret_is_shown(tmp_path: Path, way: Callable[[Planted], None]) -> None:
    with Emulator(state=ACCOUNT, oidc_token=f"planted-{secrets.token_hex(16)}") as emulator:
        planted = Planted(emulator, tmp_path)
        way(planted)
        assert planted.hidden
        emulator.faults.add(function="echo", status=400, message=f"said {' '.join(planted.known)}")
        output = play(planted)
        issued = list(emulator._account.keys._temporary.values())
        assert issued, "the keys that were handed out meanwhile are secrets too"
        planted.hidden |= {secret for key in issued for secret in (key.secret, key.token)}
    shown = [secret for secret in planted.hidden if secret in output]
    assert shown == []
    assert [sign for sign in SIGNATURES if sign in output] == []
