# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are not leaked, even if servers return them in responses.

The tests cover all kinds of secrets, including temporary credentials. They run playbooks and single modules. For
single modules, they disable the masking that some Ansible releases add. They check the output and any files written.
Values that are not secret must not be masked.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from emulator import AccessKey, ConfigKey, Emulator

from .harness import ACCOUNT, QUEUE
from .hostile import Handler, HostileServer, Request, echo_request, error_body, http_response, to_json
from .process import CompletedModule, run
from .test_fuzz import connection_options, run_in_process

ROOT = Path(__file__).resolve().parents[2]
ROLE = "acs:ram::1234567890123456:role/deployer"
#: Parts of the Authorization headers created by the SDK.
SIGNATURE_MARKERS = ("ACS3-HMAC-SHA256 Credential", "Signature=", "acs LTAI")


@dataclass
class Scenario:
    """A play's options and environment, and all secrets that they contain."""

    emulator: Emulator
    home: Path
    options: dict[str, Any] = field(default_factory=dict)
    environ: dict[str, str] = field(default_factory=dict)
    secrets: set[str] = field(default_factory=set)
    #: The secrets that the module knows and therefore masks in responses.
    known_to_module: set[str] = field(default_factory=set)

    def new_secret(self, known_to_module: bool = False) -> str:
        """Create a unique secret."""
        secret = f"planted+/{secrets.token_hex(16)}=="
        self.secrets.add(secret)
        if known_to_module:
            self.known_to_module.add(secret)
        return secret

    def temporary_key(self) -> AccessKey:
        """Create a valid temporary access key."""
        key = self.emulator.issue_key()
        self.secrets |= {key.secret, key.token}
        self.known_to_module |= {key.secret, key.token}
        return key

    def profile(self, **content: Any) -> None:
        """Create the default profile of the Alibaba Cloud CLI."""
        folder = self.home / ".aliyun"
        folder.mkdir()
        profile = {"name": "default", "region_id": self.emulator.region, **content}
        (folder / "config.json").write_text(json.dumps({"current": "default", "profiles": [profile]}), "utf-8")


def by_options(scenario: Scenario) -> None:
    """Set options for a temporary key and a role, and configure an unused proxy. The external ID is not a secret."""
    scenario.environ["DEBUG"] = "sdk"  # makes the SDK print all headers
    key = scenario.temporary_key()
    scenario.options.update(
        access_key_id=key.id,
        access_key_secret=key.secret,
        security_token=key.token,
        assume_role={"role_arn": ROLE, "external_id": "acme"},
    )
    password = scenario.new_secret(known_to_module=True)
    scenario.environ["HTTP_PROXY"] = f"http://user:{quote(password, safe='')}@127.0.0.1:9"


def by_environment(scenario: Scenario) -> None:
    """Set the environment variables used by Terraform and unused variables from other tools."""
    key = scenario.temporary_key()
    scenario.environ.update(
        ALICLOUD_ACCESS_KEY=key.id,
        ALICLOUD_SECRET_KEY=key.secret,
        ALICLOUD_SECURITY_TOKEN=key.token,
        ALIBABA_CLOUD_ACCESS_KEY_ID="LTAIother",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET=scenario.new_secret(),
        ALIBABA_CLOUD_SECURITY_TOKEN=scenario.new_secret(),
        ALIBABACLOUD_ACCESS_KEY_SECRET=scenario.new_secret(),
        ALICLOUD_ACCESS_KEY_SECRET=scenario.new_secret(),
        ALICLOUD_CREDENTIALS_URI=f"http://127.0.0.1:9/?token={scenario.new_secret()}",
    )


def by_profile(scenario: Scenario) -> None:
    """Create a profile with a security token."""
    key = scenario.temporary_key()
    scenario.profile(
        mode="StsToken",
        access_key_id=key.id,
        access_key_secret=key.secret,
        sts_token=key.token,
        unused=scenario.new_secret(),
    )


def by_uri(scenario: Scenario) -> None:
    """Set a credentials URI that contains a secret."""
    secret = quote(scenario.new_secret(), safe="")
    scenario.known_to_module.add(f"{scenario.emulator.url}/_emulator/credentials?token={secret}")
    scenario.options["credentials_uri"] = f"{scenario.emulator.url}/_emulator/credentials?token={secret}"


def by_oidc(scenario: Scenario) -> None:
    """Create a file that contains an OIDC token."""
    token = scenario.home / "token"
    token.write_text(scenario.emulator.oidc_token, "utf-8")
    scenario.secrets.add(scenario.emulator.oidc_token)
    scenario.known_to_module.add(scenario.emulator.oidc_token)
    scenario.options["oidc"] = {
        "role_arn": ROLE,
        "provider_arn": "acs:ram::1234567890123456:oidc-provider/ci",
        "token_file": str(token),
    }


def by_program(scenario: Scenario) -> None:
    """Create a profile that gets its credential from an external program."""
    key = scenario.temporary_key()
    key_file = scenario.home / "key.json"
    key_file.write_text(
        json.dumps(
            {
                "mode": "StsToken",
                "access_key_id": key.id,
                "access_key_secret": key.secret,
                "sts_token": key.token,
                "expiration": "2099-01-01T00:00:00Z",
            }
        ),
        "utf-8",
    )
    scenario.profile(mode="External", process_command=f"cat {key_file}")


AUTH_METHODS: tuple[Callable[[Scenario], None], ...] = (
    by_options,
    by_environment,
    by_profile,
    by_uri,
    by_oidc,
    by_program,
)
EACH_AUTH_METHOD = pytest.mark.parametrize("configure_auth", AUTH_METHODS)

# --- Secrets in responses ---------------------------------------------------------------------------------------


def truncate(text: str) -> str:
    """Return the first 20 characters."""
    return text[:20]


#: Ways to encode a secret in text.
ENCODINGS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "url": partial(quote, safe=""),
    "lower": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "json": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "cut": truncate,
    "cuturl": lambda secret: truncate(quote(secret, safe="")),
    "end": lambda secret: secret[-20:],
    # Some secrets straddle the point at which long messages are truncated, and others come after it.
    "far": lambda secret: "." * 250 + secret,
}
#: The places where a secret can appear in a response.
LOCATIONS = ("message", "code", "request", "header", "created", "modified", "busy")
NAMES = [f"{location}-{encoding}" for location in LOCATIONS[:-1] for encoding in ENCODINGS]


def encoded_secrets(scenario: Scenario, encoding: str, request: Request) -> str:
    """Encode and return the secrets that the module knows from its options and its signing key.

    Keys issued for other tasks are not included.
    """
    issued = scenario.emulator._account.keys._temporary.items()
    secrets_to_leak = scenario.known_to_module | {
        secret for key_id, key in issued if key_id.encode() in request.raw for secret in (key.secret, key.token)
    }
    return " ".join(ENCODINGS[encoding](secret) for secret in sorted(secrets_to_leak))


def leaking_service(scenario: Scenario) -> Handler:
    """Create a handler that leaks secrets. The function name selects the location and encoding of the secrets."""

    def handler(request: Request) -> Iterable[bytes]:
        if request.path.endswith("/services"):
            return [http_response(body=to_json({"services": [{"serviceName": "s"}]}))]
        if request.path.endswith("/functions"):
            return [http_response(body=to_json({"functions": [{"functionName": name} for name in NAMES]}))]
        location, encoding = re.findall(r"/functions/([a-z]+)-([a-z]+)/", request.path)[0]
        leak = encoded_secrets(scenario, encoding, request)
        return [_leaking_response(location, leak, request.path.endswith("s"), request.path.split("/")[-2])]

    return handler


def _leaking_response(location: str, leak: str, is_list: bool, function: str) -> bytes:
    if location == "busy":
        return http_response(503, error_body(f"said {leak}", "ServiceUnavailable"), headers={"Retry-After": "4"})
    if location in ("created", "modified"):
        times = {"createdTime": f"said {leak}"} if location == "created" else {"lastModifiedTime": f"said {leak}"}
        config = {"service": "s", "function": function, "qualifier": "LATEST", "maxAsyncRetryAttempts": 2, **times}
        return http_response(body=to_json({"configs": [config]} if is_list else config))
    if location == "message":
        return http_response(400, error_body(f"said {leak}"))
    if location == "code":
        return http_response(400, error_body("said", code=leak))
    if location == "request":
        return http_response(400, error_body("said", request_id=leak))
    return http_response(
        400, to_json({"Code": "InvalidArgument", "Message": "said"}), headers={"X-Fc-Request-Id": leak}
    )


#: Minimum length of a fragment that counts as a leaked secret.
FRAGMENT_LENGTH = 16


def leaked_fragments(scenario: Scenario, output: str) -> list[str]:
    """Return the secret fragments that the output contains in any encoding."""
    issued = scenario.emulator._account.keys._temporary.values()
    secrets = scenario.secrets | {secret for key in issued for secret in (key.secret, key.token)}
    assert issued or scenario.secrets
    variants = [output.replace("\\", "")]
    for _time in range(2):
        variants.append(unquote(variants[-1]))
    return [
        secret[start : start + FRAGMENT_LENGTH]
        for secret in sorted(secrets)
        for start in range(len(secret) - FRAGMENT_LENGTH + 1)
        if any(secret[start : start + FRAGMENT_LENGTH] in variant for variant in variants)
    ]


# --- Single modules ---------------------------------------------------------------------------------------------


@dataclass
class ModuleRunner:
    """Runs modules that use a scenario's secrets and connect to a service that leaks them."""

    scenario: Scenario
    server: HostileServer

    def run(self, module: str, mask_secrets: bool = False, **task: Any) -> CompletedModule:
        """Run a module and remove the invocation from its output."""
        emulator, scenario = self.scenario.emulator, self.scenario
        connection = {
            "region": emulator.region,
            "account_id": emulator.account_id,
            "endpoint": self.server.url,
            "sts_endpoint": emulator.url,
            "retry_timeout": 0,
            **scenario.options,
        }
        environ = {"HOME": str(scenario.home), **scenario.environ}
        completed = run(module, {**connection, **task}, environ, mask_secrets)
        # The invocation contains the task's secret options if masking is disabled.
        completed.result.pop("invocation", None)
        return CompletedModule(
            completed.result, json.dumps(completed.result, ensure_ascii=False), completed.peak_megabytes
        )


@pytest.fixture
def module_runner(tmp_path: Path, configure_auth: Callable[[Scenario], None]) -> Iterator[ModuleRunner]:
    """A module runner that uses one of the authentication methods."""
    with Emulator(state=ACCOUNT, oidc_token=f"planted+/{secrets.token_hex(16)}==") as emulator:
        scenario = Scenario(emulator, tmp_path)
        configure_auth(scenario)
        with HostileServer(leaking_service(scenario)) as server:
            yield ModuleRunner(scenario, server)


@EACH_AUTH_METHOD
def test_errors_of_the_single_module_contain_no_secrets(module_runner: ModuleRunner) -> None:
    completed = module_runner.run("function_async_invoke_config", id="s:message-plain")
    assert module_runner.server.requests
    assert completed.result["failed"]
    assert "said" in completed.result["msg"]
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@EACH_AUTH_METHOD
def test_results_of_the_bulk_module_contain_no_secrets(module_runner: ModuleRunner) -> None:
    configs = [{"id": f"s:{name}"} for name in NAMES]
    completed = module_runner.run("function_async_invoke_configs", configs=configs, _ansible_check_mode=True)
    assert [entry["id"] for entry in completed.result["results"]] == [f"s:{name}:LATEST" for name in NAMES]
    failed = [entry["id"] for entry in completed.result["results"] if entry["failed"]]
    assert {f"s:message-{encoding}:LATEST" for encoding in ENCODINGS} <= set(failed)
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@EACH_AUTH_METHOD
def test_results_of_the_info_module_contain_no_secrets(module_runner: ModuleRunner) -> None:
    completed = module_runner.run("function_async_invoke_config_info")
    assert len(completed.result["unreadable"]) >= len(ENCODINGS)
    assert len(completed.result["warnings"]) >= 1
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@EACH_AUTH_METHOD
def test_warnings_about_unreadable_configs_contain_no_secrets(module_runner: ModuleRunner) -> None:
    completed = module_runner.run("function_async_invoke_config_info", functions=["message-plain"])
    assert any("said" in str(warning) for warning in completed.result["warnings"])
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@EACH_AUTH_METHOD
def test_warnings_about_retries_contain_no_secrets(module_runner: ModuleRunner) -> None:
    completed = module_runner.run("function_async_invoke_config", id="s:busy-plain", retry_timeout=6)
    assert len(module_runner.server.requests) >= 2
    assert completed.result["warnings"]
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@pytest.mark.parametrize("configure_auth", [by_options])
def test_an_error_that_echoes_the_request_contains_no_secrets(module_runner: ModuleRunner) -> None:
    module_runner.server.handler = echo_request
    completed = module_runner.run("function_async_invoke_config", id="s:f")
    assert b"x-acs-security-token" in module_runner.server.requests[0].raw.lower()
    assert completed.result["failed"]
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@pytest.mark.parametrize("configure_auth", [by_options, by_oidc])
def test_an_sts_error_that_echoes_the_request_contains_no_secrets(
    module_runner: ModuleRunner, configure_auth: Callable[[Scenario], None]
) -> None:
    """The external ID is treated as a secret only in responses from STS."""
    external_id = f"external+/{secrets.token_hex(16)}"
    if configure_auth is by_options:
        module_runner.scenario.options["assume_role"]["external_id"] = external_id
    module_runner.scenario.secrets.add(external_id)
    module_runner.server.handler = echo_request
    completed = module_runner.run("function_async_invoke_config", id="s:f", sts_endpoint=module_runner.server.url)
    assert module_runner.server.requests
    assert all(b"AssumeRole" in request.raw for request in module_runner.server.requests)
    assert completed.result["failed"]
    assert leaked_fragments(module_runner.scenario, completed.output) == []


@pytest.mark.parametrize("configure_auth", [by_options])
@pytest.mark.parametrize("endpoint", ["https://user:{}@127.0.0.1:9", "ftp://{}@127.0.0.1", "user:{}@host name"])
def test_a_password_in_an_invalid_endpoint_is_not_leaked(module_runner: ModuleRunner, endpoint: str) -> None:
    """The invocation in the result must not contain the password either."""
    password = module_runner.scenario.new_secret()
    module = "function_async_invoke_config"
    environ = {"HOME": str(module_runner.scenario.home)}
    completed = run(
        module, {**module_runner.scenario.options, "id": "s:f", "endpoint": endpoint.format(password)}, environ
    )
    assert completed.result["failed"]
    assert "endpoint" in completed.result["msg"]
    assert leaked_fragments(module_runner.scenario, completed.output) == []


# --- ansible-playbook -------------------------------------------------------------------------------------------

#: A play with all kinds of modules, successful and failed tasks, check mode and diff mode. Failures are ignored.
PLAY = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/alicloud.fc.all: "{{ connection }}"
  tasks:
    - name: Create a configuration and show the diff
      alicloud.fc.function_async_invoke_config: &task
        id: s:f
        destination_config: {on_failure: {destination: "{{ queue }}"}}
      diff: true
      register: created
    - name: Predict a creation in check mode
      alicloud.fc.function_async_invoke_config: {id: s:g, maximum_retry_attempts: 0}
      check_mode: true
      diff: true
      register: checked
    - name: Configure a missing function
      alicloud.fc.function_async_invoke_config: {id: s:nothing}
      ignore_errors: true
      register: missing
    - name: Fail with an error that contains secrets
      alicloud.fc.function_async_invoke_config:
        id: s:message-plain
        endpoint: "{{ leaking_endpoint }}"
        retry_timeout: 0
      ignore_errors: true
      register: leaked_by_single
    - name: Fail for several configurations with errors that contain secrets
      alicloud.fc.function_async_invoke_configs:
        endpoint: "{{ leaking_endpoint }}"
        configs: "{{ configs }}"
        retry_timeout: 0
      ignore_errors: true
      register: leaked_by_bulk
    - name: Show warnings that contain secrets
      alicloud.fc.function_async_invoke_config_info: {endpoint: "{{ leaking_endpoint }}", retry_timeout: 0}
      register: leaked_by_info
    - name: Fail after retries because of errors that contain secrets
      alicloud.fc.function_async_invoke_config:
        id: s:busy-plain
        endpoint: "{{ leaking_endpoint }}"
        retry_timeout: 6
      ignore_errors: true
      register: leaked_by_retry
    - name: Fail because of an invalid option
      alicloud.fc.function_async_invoke_config: {id: s:f, maximum_retry_attempts: 99}
      ignore_errors: true
      register: invalid
    - name: Configure several functions
      alicloud.fc.function_async_invoke_configs: {configs: [*task, {id: s:nothing}]}
      ignore_errors: true
      register: many
    - name: Read all configurations
      alicloud.fc.function_async_invoke_config_info:
      register: found
    - name: Fail because the server is unreachable
      alicloud.fc.function_async_invoke_config: {id: s:f, endpoint: "http://127.0.0.1:9", retry_timeout: 0}
      ignore_errors: true
      register: unreachable
    - name: Show all results
      ansible.builtin.debug:
        var: results
      vars: &results
        results:
          - "{{ created }}"
          - "{{ checked }}"
          - "{{ missing }}"
          - "{{ leaked_by_single }}"
          - "{{ leaked_by_bulk }}"
          - "{{ leaked_by_info }}"
          - "{{ leaked_by_retry }}"
          - "{{ invalid }}"
          - "{{ many }}"
          - "{{ found }}"
          - "{{ unreachable }}"
    - name: Write all results to a file
      ansible.builtin.copy:
        content: "{{ results | to_json }}"
        dest: "{{ file }}"
        mode: "0600"
      vars: *results
    - name: Verify the results
      ansible.builtin.assert:
        that:
          - created is changed
          - checked is changed
          - missing is failed and missing.error.code == 'FunctionNotFound'
          - leaked_by_single is failed and leaked_by_single.msg is search('said')
          - leaked_by_bulk is failed and leaked_by_bulk.results | length == names | length
          - leaked_by_info is not failed and leaked_by_info.unreadable | length > 0
          - leaked_by_retry is failed
          - invalid is failed
          - many is failed
          - found.async_invoke_configs | length == 1
          - unreachable is failed
"""


def run_playbook(scenario: Scenario, playbook: str, *flags: str, **variables: Any) -> str:
    """Run a playbook and return its standard output and standard error."""
    connection = {
        "region": scenario.emulator.region,
        "account_id": scenario.emulator.account_id,
        "endpoint": scenario.emulator.url,
        "sts_endpoint": scenario.emulator.url,
        **scenario.options,
    }
    playbook_file = scenario.home / "play.yml"
    playbook_file.write_text(playbook, "utf-8")
    variables_file = scenario.home / "variables.json"
    variables_file.write_text(json.dumps({"connection": connection, "queue": QUEUE, **variables}), "utf-8")
    environ = {
        "HOME": str(scenario.home),
        "PATH": os.environ["PATH"],
        "LC_ALL": "C.UTF-8",
        "ALIBABA_CLOUD_ECS_METADATA_DISABLED": "true",
        "NO_PROXY": "127.0.0.1,localhost",
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build"),
        "ANSIBLE_CONFIG": str(ROOT / "tools" / "ansible.cfg"),
        "ANSIBLE_HOME": str(scenario.home / "ansible"),
        **scenario.environ,
    }
    program = [sys.executable, "-m", "ansible.cli.playbook", *flags, "-i", "localhost,", "-c", "local"]
    arguments = ["-e", f"@{variables_file}", "-e", f"ansible_python_interpreter={sys.executable}", str(playbook_file)]
    process = subprocess.run(
        [*program, *arguments],
        env=environ,
        cwd=scenario.home,
        text=True,
        capture_output=True,
        timeout=300,
        check=False,
    )
    output = process.stdout + process.stderr
    assert process.returncode == 0, output
    return output


@EACH_AUTH_METHOD
def test_ansible_playbook_leaks_no_secrets(module_runner: ModuleRunner) -> None:
    file = module_runner.scenario.home / "results.json"
    configs = [{"id": f"s:{name}"} for name in NAMES]
    output = run_playbook(
        module_runner.scenario,
        PLAY,
        "-vvvv",
        leaking_endpoint=module_runner.server.url,
        names=NAMES,
        configs=configs,
        file=str(file),
    )
    assert module_runner.scenario.emulator._account.keys._temporary, "the issued keys are included in the secrets"
    assert leaked_fragments(module_runner.scenario, output) == []
    assert [marker for marker in SIGNATURE_MARKERS if marker in output] == []
    assert leaked_fragments(module_runner.scenario, file.read_text("utf-8")) == []


# --- Values that equal secrets ----------------------------------------------------------------------------------

ROUND_TRIP = """
- hosts: localhost
  gather_facts: false
  module_defaults:
    group/alicloud.fc.all: "{{ connection }}"
  tasks:
    - alicloud.fc.function_async_invoke_config_info: {service_name: acme}
      register: info
    - ansible.builtin.copy:
        content: "{{ info.async_invoke_configs | to_json }}"
        dest: "{{ file }}"
        mode: "0600"
    - alicloud.fc.function_async_invoke_configs:
        configs: "{{ lookup('ansible.builtin.file', file) | from_json }}"
      diff: true
      register: applied
    - ansible.builtin.assert:
        that:
          - info.async_invoke_configs | length == 1
          - applied is not changed
"""
ACME_QUEUE = "acs:mns:cn-hangzhou:1234567890123456:/queues/acme-failed/messages"


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Scenario]:
    """A scenario in which the service name, function name, external ID and proxy password are identical."""
    config = {"service": "acme", "function": "acme", "destinationConfig": {"onFailure": {"destination": ACME_QUEUE}}}
    with Emulator(state={"services": {"acme": {"functions": ["acme"]}}, "configs": [config]}) as emulator:
        scenario = Scenario(emulator, tmp_path)
        key = emulator.issue_key()
        scenario.options.update(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.token,
            assume_role={"role_arn": ROLE, "external_id": "acme"},
        )
        scenario.environ["HTTP_PROXY"] = "http://user:acme@127.0.0.1:9"
        yield scenario


def test_values_that_equal_secrets_survive_a_round_trip(acme: Scenario) -> None:
    file = acme.home / "saved.json"
    run_playbook(acme, ROUND_TRIP, "-v", file=str(file))
    (saved,) = json.loads(file.read_text("utf-8"))
    assert saved["destination_config"]["on_failure"]["destination"] == ACME_QUEUE
    assert (saved["service_name"], saved["function_name"]) == ("acme", "acme")
    (stored,) = acme.emulator.store.configs.values()
    assert stored.on_failure == ACME_QUEUE
    assert acme.emulator.journal.writes == [] or all(
        entry["operation"] == "AssumeRole" for entry in acme.emulator.journal.writes
    )


@pytest.mark.parametrize("module", ["function_async_invoke_config", "function_async_invoke_config_info"])
def test_a_function_name_that_equals_a_secret_is_not_masked(acme: Scenario, module: str) -> None:
    """Identity options are not masked, even if a value is identical to a secret."""
    name = "emulator-secret"
    acme.emulator.store.load({"services": {"s": {"functions": [name]}}})
    acme.emulator.store.put_config(ConfigKey("s", name, "LATEST"), {"maxAsyncRetryAttempts": 2})
    options = {
        "access_key_id": acme.emulator.access_key_id,
        "access_key_secret": name,
        "account_id": acme.emulator.account_id,
        "region": "cn-hangzhou",
        "endpoint": acme.emulator.url,
    }
    completed = run(module, {**options, "id": f"s:{name}"})
    found = completed.result.get("async_invoke_config") or completed.result["async_invoke_configs"][0]
    assert (found["id"], found["function_name"]) == (f"s:{name}:LATEST", name)


MASKS = ("********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("option", ["id", "function_name", "qualifier", "destination", "configs"])
def test_values_that_contain_a_mask_are_rejected(emulator: Emulator, option: str, mask: str) -> None:
    """If the module accepted a masked value, the mask would overwrite the original value."""
    destinations = {"destination_config": {"on_failure": {"destination": ACME_QUEUE.replace("acme", mask)}}}
    names = {"service_name": "acme", "function_name": "acme"}
    tasks: dict[str, dict[str, Any]] = {
        "id": {"id": f"acme:{mask}"},
        "function_name": {**names, "function_name": mask},
        "qualifier": {**names, "qualifier": mask},
        "destination": {**names, **destinations},
        "configs": {"configs": [{**names, **destinations}]},
    }
    module = "function_async_invoke_configs" if option == "configs" else "function_async_invoke_config"
    result = run_in_process(module, {**connection_options(emulator), **tasks[option]})
    assert result["failed"]
    assert emulator.journal.requests == []
    assert re.search("mask|hid|no_log|redact", result["msg"], re.IGNORECASE), "the message must explain the mask"
