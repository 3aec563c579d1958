# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the playbooks' variables and files: errors, connection options, secrets, paths and templates."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ansible.parsing.vault import VaultLib, VaultSecret
from emulator import AccessKey, ConfigKey, Emulator
from emulator.certificate import self_signed

from ._playbook import Run, connection, run_playbook
from .conftest import TEMPLATE_INJECTION

CONFIGS = "configs: [{id: shop:order, maximum_retry_attempts: 1}]"
STATE: dict[str, Any] = {"services": {"shop": {"functions": ["order"]}}}
FILE = ("-e", "config_file=configs.yml")
RETRY_NEVER = ("-e", "retry_timeout=0", "-e", "config_file=export.yml")

#: The playbook, the content of configs.yml, the arguments and the message (or its beginning).
INVALID: dict[str, tuple[str, str | None, tuple[str, ...], str]] = {
    "missing file": ("apply", None, FILE, "config_file: {folder}/configs.yml does not exist."),
    "no configs": ("apply", None, (), "config_file: is required, for example -e config_file=configs.yml."),
    "misspelled key": (
        "apply", f"{CONFIGS}\ndefault: {{}}", FILE,
        "config_file: configs.yml contains the unsupported key 'default'; use defaults.",
    ),
    "misspelled variables": (
        "audit", CONFIGS, ("-e", "@configs.yml", "-e", "default=1", "-e", "purges=service", "-e", "fail_on_drfit=true"),
        " ".join(
            f"{name}: is not a variable of this playbook; use {similar}."
            for name, similar in (("default", "defaults"), ("fail_on_drfit", "fail_on_drift"), ("purges", "purge"))
        ),
    ),
    "generation": ("export", None, ("-e", "generation=v3"), "generation: must be 2.0 or 3.0, not 'v3'."),
    "generation in a file": (
        "audit", f"generation: v3\n{CONFIGS}", FILE, "generation: must be 2.0 or 3.0, not 'v3'."
    ),
    "list": (
        "apply", "- id: shop:order", FILE, "config_file: configs.yml must contain a dictionary with configs or groups."
    ),
    "invalid YAML": (
        "apply", "configs: [", FILE, "config_file: the file {folder}/configs.yml could not be read: "
    ),
    "undefined variable": (
        "apply", "configs: '{{ missing }}'", FILE, "config_file: the file {folder}/configs.yml could not be read: "
    ),
    "invalid option": (
        "apply", "configs: [{id: shop:order, maximum_retry_attempts: 9}]", FILE,
        "configs: 1 error, nothing was changed: ",
    ),
    "invalid group": (
        "apply", "groups: [{configs: [{id: shop:order}]}, {configs: [{id: shop:pay, maximum_retry_attempts: 9}]}]",
        FILE, "groups: 1 error, nothing was changed: groups[1].configs[0].maximum_retry_attempts: must be",
    ),
    "no Terraform file": (
        "adopt", None, (), "terraform_file: specify either terraform_file or serverless_devs_file."
    ),
    "other JSON file": (
        "adopt", "{}", ("-e", "terraform_file=configs.yml", "-e", "config_file=out.yml"),
        "terraform_file: the input must be ",
    ),
    "file of another program": (
        "adopt", '{"version": 4}', ("-e", "terraform_file=configs.yml"),
        (
            "config_file: {folder}/configs.yml was not written by the export or adopt playbook and is not overwritten. "
            "Choose another path or delete the file."
        ),
    ),
    "directory": (
        "export", None, ("-e", "config_file=."), "config_file: must be the path to a file, but {folder} is a directory."
    ),
    "empty path": ("export", None, ("-e", "config_file="), "config_file: must not be empty."),
}  # fmt: skip


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """The runs with invalid variables. Each run has its own emulator, which would record any requests."""

    def run(name: str) -> Run:
        playbook, content, arguments, _message = INVALID[name]
        folder = tmp_path_factory.mktemp("refused")
        if content is not None:
            (folder / "configs.yml").write_text(content, "utf-8")
        with Emulator(state=STATE) as emulator:
            return run_playbook(playbook, emulator, folder, *arguments)

    with ThreadPoolExecutor(2) as pool:
        return dict(zip(INVALID, pool.map(run, INVALID), strict=True))


@pytest.mark.parametrize("name", INVALID)
def test_invalid_input_is_one_message_without_requests(refused: dict[str, Run], name: str) -> None:
    run = refused[name]
    message = INVALID[name][-1].format(folder=run.folder) if "{folder}" in INVALID[name][-1] else INVALID[name][-1]
    assert run.status == 2, run.output
    if message.endswith("."):
        assert run.error() == message
    else:
        assert run.error().startswith(message)
    assert "\n" not in run.error()
    assert "Traceback" not in run.output
    assert (run.reads, run.writes) == ([], [])
    reports = {"audit.html", "audit.json"} if INVALID[name][0] == "audit" else set()
    assert {path.name for path in run.folder.iterdir()} - {"configs.yml", ".ansible"} == reports


# --- Connection -------------------------------------------------------------------------------------------------

SECRET = "a-secret-that-is-never-displayed"


@pytest.fixture
def tls_emulator(tmp_path: Path) -> Emulator:
    """An emulator that has a known secret and stores its certificate in the folder."""
    tls = self_signed(tmp_path)
    return Emulator(state=STATE, tls=tls, access_keys=[AccessKey("LTAIvariables", SECRET)])


def write_connection(folder: Path, emulator: Emulator, **variables: Any) -> None:
    """Write the connection options to a variables file encrypted with Ansible Vault."""
    [certificate] = [path.name for path in folder.glob("*.pem") if "PRIVATE" not in path.read_text("utf-8")]
    content = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "region": emulator.region,
        "endpoint": emulator.url,
        "ca_path": certificate,
        **variables,
    }
    vault = VaultLib([("default", VaultSecret(b"password"))])
    (folder / "connection.yml").write_bytes(vault.encrypt(json.dumps(content)))
    (folder / "password").write_text("password", "utf-8")


CONNECTION = ("-e", "@connection.yml", "--vault-password-file", "password", "-vvvv")


def test_connection_options_are_variables_and_secrets_are_not_displayed(tls_emulator: Emulator, tmp_path: Path) -> None:
    (tmp_path / "configs.yml").write_text(CONFIGS, "utf-8")
    with tls_emulator as emulator:
        write_connection(tmp_path, emulator)
        applied = run_playbook("apply", emulator, tmp_path, *FILE, *CONNECTION, environment={})
        assert applied.status == 0, applied.output
        assert applied.changes()[-1] == "1 created, 0 updated, 0 deleted, 0 unchanged"
        assert SECRET not in applied.output
        emulator.faults.add("*", status=503)
        # Since version 2.22, ansible-core masks all values in encrypted files, even 0.
        failed = run_playbook("export", emulator, tmp_path, *CONNECTION, *RETRY_NEVER, environment={})
    assert failed.status == 2
    assert "HTTP 503" in failed.output
    assert len(failed.reads) == 1  # no retries
    assert SECRET not in failed.output


def test_errors_in_variables_do_not_display_secrets(tmp_path: Path) -> None:
    # Since version 2.19, ansible-core displays the lines before a template error.
    content = f"access_key_secret: {SECRET}\nregion: '{{{{ missing }}}}'\n"
    (tmp_path / "connection.yml").write_text(content, "utf-8")
    with Emulator(state=STATE) as emulator:
        failed = run_playbook("export", emulator, tmp_path, "-e", "@connection.yml", "-vvvv", environment={})
    assert failed.error().startswith("region: 'missing' is undefined")
    assert SECRET not in failed.output
    assert "Traceback" not in failed.output


def test_localhost_in_an_inventory_uses_the_python_of_ansible(tmp_path: Path) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    for name in ("python", "python3", *(f"python3.{minor}" for minor in range(8, 20))):
        (folder / name).write_text("#!/bin/sh\necho another python; exit 42\n", "utf-8")
        (folder / name).chmod(0o755)
    with Emulator(state=STATE) as emulator:
        environment = {**connection(emulator), "PATH": os.pathsep.join((str(folder), os.defpath))}
        run = run_playbook("export", emulator, tmp_path, "-i", "localhost,", environment=environment)
    assert run.status == 0, run.output
    assert (tmp_path / "configs.yml").exists()


# --- Templates --------------------------------------------------------------------------------------------------


def test_stored_templates_are_never_rendered(tmp_path: Path) -> None:
    destinations = {"destinationConfig": {"onFailure": {"destination": TEMPLATE_INJECTION}}}
    state = {**STATE, "configs": [{"service": "shop", "function": "order", **destinations}]}
    with Emulator(state=state) as emulator:
        before = emulator.store.dump()["configs"]
        run_playbook("export", emulator, tmp_path, "-e", "config_file=first.yml")
        emulator.store.delete_config(ConfigKey("shop", "order", "LATEST"))
        applied = run_playbook("apply", emulator, tmp_path, "-e", "config_file=first.yml")
        assert applied.status == 0, applied.output
        run_playbook("export", emulator, tmp_path, "-e", "config_file=second.yml")
        [key] = emulator.store.configs
        stored = emulator.store.get_config(key)["destinationConfig"]["onFailure"]["destination"]
    assert stored == TEMPLATE_INJECTION
    assert len(before) == 1
    assert (tmp_path / "second.yml").read_bytes() == (tmp_path / "first.yml").read_bytes()
    # A warning quotes the destination. The output of the command would not contain the command.
    assert "harmed" not in applied.output.replace("echo${IFS}harmed", "")
