# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets that are planted wherever a secret can be, obtained ones among them, and servers that tell them.

None of them is shown: by the modules alone, without the masking that some releases of Ansible add, and by a real
ansible-playbook, on the screen and in what it writes. What only looks like a secret is not spoilt.
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

from .hostile import Answer, Asked, Hostile, as_json, echo, error, reply
from .process import Ended, run
from .test_fuzz import connection
from .test_fuzz import run as run_here
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
    #: Those of them that the module knows, so that not even a server can make it show them.
    known: set[str] = field(default_factory=set)

    def new(self, known: bool = False) -> str:
        """A secret that is found nowhere else."""
        secret = f"planted+/{secrets.token_hex(16)}=="
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
    """A token, a role on top of it, and a proxy that is not used. An external id is no secret."""
    planted.environ["DEBUG"] = "sdk"  # with which the SDK prints every header
    key = planted.temporary_key()
    planted.options.update(
        access_key_id=key.id,
        access_key_secret=key.secret,
        security_token=key.token,
        assume_role={"role_arn": ROLE, "external_id": "acme"},
    )
    password = planted.new(known=True)
    planted.environ["HTTP_PROXY"] = f"http://user:{quote(password, safe='')}@127.0.0.1:9"


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
    secret = quote(planted.new(), safe="")
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


def by_program(planted: Planted) -> None:
    """A profile whose program prints a key."""
    key = planted.temporary_key()
    printed = planted.home / "key.json"
    printed.write_text(
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
    planted.profile(mode="External", process_command=f"cat {printed}")


WAYS: tuple[Callable[[Planted], None], ...] = (by_options, by_environment, by_profile, by_uri, by_oidc, by_program)
EACH_WAY = pytest.mark.parametrize("way", WAYS)

# --- What a server may tell --------------------------------------------------------------------------------------


def cut(text: str) -> str:
    """The beginning of a text."""
    return text[:20]


#: How a secret may be written in a text.
SPELLINGS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "url": partial(quote, safe=""),
    "lower": lambda secret: re.sub("%..", lambda found: found[0].lower(), quote(secret, safe="")),
    "twice": lambda secret: quote(quote(secret, safe=""), safe=""),
    "json": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "cut": cut,
    "cuturl": lambda secret: cut(quote(secret, safe="")),
    "end": lambda secret: secret[-20:],
    # Far behind what is shown of a long text, and over its edge.
    "far": lambda secret: "." * 250 + secret,
}
#: Where a server may write it.
PLACES = ("message", "code", "request", "header", "created", "modified", "busy")
NAMES = [f"{place}-{spelling}" for place in PLACES[:-1] for spelling in SPELLINGS]


def told_by(planted: Planted, spelling: str, asked: Asked) -> str:
    """Every secret that the module knows, in this spelling: the given ones, and those of the key that it signed with.

    Not those of keys that other tasks got.
    """
    issued = planted.emulator._account.keys._temporary.items()
    every = planted.known | {
        secret for key_id, key in issued if key_id.encode() in asked.whole for secret in (key.secret, key.token)
    }
    return " ".join(SPELLINGS[spelling](secret) for secret in sorted(every))


def telling(planted: Planted) -> Answer:
    """A service that tells secrets; the function's name says where, and in which spelling."""

    def answer(asked: Asked) -> Iterable[bytes]:
        if asked.path.endswith("/services"):
            return [reply(body=as_json({"services": [{"serviceName": "s"}]}))]
        if asked.path.endswith("/functions"):
            return [reply(body=as_json({"functions": [{"functionName": name} for name in NAMES]}))]
        place, spelling = re.findall(r"/functions/([a-z]+)-([a-z]+)/", asked.path)[0]
        told = told_by(planted, spelling, asked)
        return [_tells(place, told, asked.path.endswith("s"), asked.path.split("/")[-2])]

    return answer


def _tells(place: str, told: str, is_list: bool, function: str) -> bytes:
    if place == "busy":
        return reply(503, error(f"said {told}", "ServiceUnavailable"), headers={"Retry-After": "4"})
    if place in ("created", "modified"):
        times = {"createdTime": f"said {told}"} if place == "created" else {"lastModifiedTime": f"said {told}"}
        config = {"service": "s", "function": function, "qualifier": "LATEST", "maxAsyncRetryAttempts": 2, **times}
        return reply(body=as_json({"configs": [config]} if is_list else config))
    if place == "message":
        return reply(400, error(f"said {told}"))
    if place == "code":
        return reply(400, error("said", code=told))
    if place == "request":
        return reply(400, error("said", request_id=told))
    return reply(400, as_json({"Code": "InvalidArgument", "Message": "said"}), headers={"X-Fc-Request-Id": told})


#: A part of a secret of so many characters is as good as the secret.
PART = 16


def shown(planted: Planted, output: str) -> list[str]:
    """The parts of secrets that an output shows, in whatever spelling."""
    issued = planted.emulator._account.keys._temporary.values()
    hidden = planted.hidden | {secret for key in issued for secret in (key.secret, key.token)}
    assert issued or planted.hidden
    views = [output.replace("\\", "")]
    for _time in range(2):
        views.append(unquote(views[-1]))
    return [
        secret[at : at + PART]
        for secret in sorted(hidden)
        for at in range(len(secret) - PART + 1)
        if any(secret[at : at + PART] in view for view in views)
    ]


# --- The modules alone ------------------------------------------------------------------------------------------


@dataclass
class Stage:
    """Planted secrets, the emulator that accepts them, and a service that tells them."""

    planted: Planted
    server: Hostile

    def run(self, module: str, masked: bool = False, **task: Any) -> Ended:
        """Run a module, without what it was given in its output."""
        emulator, planted = self.planted.emulator, self.planted
        connection = {
            "region": emulator.region,
            "account_id": emulator.account_id,
            "endpoint": self.server.url,
            "sts_endpoint": emulator.url,
            "retry_timeout": 0,
            **planted.options,
        }
        environ = {"HOME": str(planted.home), **planted.environ}
        ended = run(module, {**connection, **task}, environ, masked)
        # Masked by the test's own runner or not, this is what the task was given.
        ended.result.pop("invocation", None)
        return Ended(ended.result, json.dumps(ended.result, ensure_ascii=False), ended.megabytes)


@pytest.fixture
def stage(tmp_path: Path, way: Callable[[Planted], None]) -> Iterator[Stage]:
    """A stage for one way to authenticate."""
    with Emulator(state=ACCOUNT, oidc_token=f"planted+/{secrets.token_hex(16)}==") as emulator:
        planted = Planted(emulator, tmp_path)
        way(planted)
        with Hostile(telling(planted)) as server:
            yield Stage(planted, server)


@EACH_WAY
def test_what_one_task_says_shows_no_secret(stage: Stage) -> None:
    ended = stage.run("function_async_invoke_config", id="s:message-plain")
    assert stage.server.asked
    assert ended.result["failed"]
    assert "said" in ended.result["msg"]
    assert shown(stage.planted, ended.output) == []


@EACH_WAY
def test_what_a_task_on_many_says_shows_no_secret(stage: Stage) -> None:
    configs = [{"id": f"s:{name}"} for name in NAMES]
    ended = stage.run("function_async_invoke_configs", configs=configs, _ansible_check_mode=True)
    assert [entry["id"] for entry in ended.result["results"]] == [f"s:{name}:LATEST" for name in NAMES]
    failed = [entry["id"] for entry in ended.result["results"] if entry["failed"]]
    assert {f"s:message-{spelling}:LATEST" for spelling in SPELLINGS} <= set(failed)
    assert shown(stage.planted, ended.output) == []


@EACH_WAY
def test_what_was_read_and_what_could_not_be_read_shows_no_secret(stage: Stage) -> None:
    ended = stage.run("function_async_invoke_config_info")
    assert len(ended.result["unreadable"]) >= len(SPELLINGS)
    assert len(ended.result["warnings"]) >= 1
    assert shown(stage.planted, ended.output) == []


@EACH_WAY
def test_the_warning_of_what_could_not_be_read_shows_no_secret(stage: Stage) -> None:
    ended = stage.run("function_async_invoke_config_info", functions=["message-plain"])
    assert any("said" in str(warning) for warning in ended.result["warnings"])
    assert shown(stage.planted, ended.output) == []


@EACH_WAY
def test_the_warning_of_a_retry_shows_no_secret(stage: Stage) -> None:
    ended = stage.run("function_async_invoke_config", id="s:busy-plain", retry_timeout=6)
    assert len(stage.server.asked) >= 2
    assert ended.result["warnings"]
    assert shown(stage.planted, ended.output) == []


@pytest.mark.parametrize("way", [by_options])
def test_the_whole_request_in_a_message_shows_no_secret(stage: Stage) -> None:
    stage.server.answer = echo
    ended = stage.run("function_async_invoke_config", id="s:f")
    assert b"x-acs-security-token" in stage.server.asked[0].whole.lower()
    assert ended.result["failed"]
    assert shown(stage.planted, ended.output) == []


@pytest.mark.parametrize("way", [by_options, by_oidc])
def test_an_sts_that_repeats_the_request_shows_no_secret(stage: Stage, way: Callable[[Planted], None]) -> None:
    """The external id is no secret elsewhere, but STS is what it is meant for."""
    external_id = f"external+/{secrets.token_hex(16)}"
    if way is by_options:
        stage.planted.options["assume_role"]["external_id"] = external_id
    stage.planted.hidden.add(external_id)
    stage.server.answer = echo
    ended = stage.run("function_async_invoke_config", id="s:f", sts_endpoint=stage.server.url)
    assert stage.server.asked
    assert all(b"AssumeRole" in asked.whole for asked in stage.server.asked)
    assert ended.result["failed"]
    assert shown(stage.planted, ended.output) == []


@pytest.mark.parametrize("way", [by_options])
@pytest.mark.parametrize("endpoint", ["https://user:{}@127.0.0.1:9", "ftp://{}@127.0.0.1", "user:{}@host name"])
def test_a_password_in_a_refused_endpoint_is_not_shown(stage: Stage, endpoint: str) -> None:
    """Not even in what Ansible shows of the task's options."""
    password = stage.planted.new()
    module = "function_async_invoke_config"
    environ = {"HOME": str(stage.planted.home)}
    ended = run(module, {**stage.planted.options, "id": "s:f", "endpoint": endpoint.format(password)}, environ)
    assert ended.result["failed"]
    assert "endpoint" in ended.result["msg"]
    assert shown(stage.planted, ended.output) == []


# --- A real ansible-playbook ------------------------------------------------------------------------------------

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
      alicloud.fc.function_async_invoke_config: {id: "s:message-plain", endpoint: "{{ telling }}", retry_timeout: 0}
      ignore_errors: true
      register: told
    - name: The same of many
      alicloud.fc.function_async_invoke_configs:
        endpoint: "{{ telling }}"
        configs: "{{ configs }}"
        retry_timeout: 0
      ignore_errors: true
      register: told_of_many
    - name: The same as a warning
      alicloud.fc.function_async_invoke_config_info: {endpoint: "{{ telling }}", retry_timeout: 0}
      register: told_as_warning
    - name: The same while it is tried again
      alicloud.fc.function_async_invoke_config: {id: "s:busy-plain", endpoint: "{{ telling }}", retry_timeout: 6}
      ignore_errors: true
      register: told_again
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
    - name: Everything that was returned, on the screen
      ansible.builtin.debug:
        var: everything
      vars: &everything
        everything:
          - "{{ done }}"
          - "{{ checked }}"
          - "{{ refused }}"
          - "{{ told }}"
          - "{{ told_of_many }}"
          - "{{ told_as_warning }}"
          - "{{ told_again }}"
          - "{{ wrong }}"
          - "{{ many }}"
          - "{{ found }}"
          - "{{ lost }}"
    - name: Everything that was returned, in a file
      ansible.builtin.copy:
        content: "{{ everything | to_json }}"
        dest: "{{ file }}"
        mode: "0600"
      vars: *everything
    - name: It went as it should
      ansible.builtin.assert:
        that:
          - done is changed
          - checked is changed
          - refused is failed and refused.error.code == 'FunctionNotFound'
          - told is failed and told.msg is search('said')
          - told_of_many is failed and told_of_many.results | length == names | length
          - told_as_warning is not failed and told_as_warning.unreadable | length > 0
          - told_again is failed
          - wrong is failed
          - many is failed
          - found.async_invoke_configs | length == 1
          - lost is failed
"""


def play(planted: Planted, book: str, *flags: str, **variables: Any) -> str:
    """Run a playbook; everything that it prints, to standard output and standard error."""
    connection = {
        "region": planted.emulator.region,
        "account_id": planted.emulator.account_id,
        "endpoint": planted.emulator.url,
        "sts_endpoint": planted.emulator.url,
        **planted.options,
    }
    path = planted.home / "play.yml"
    path.write_text(book, "utf-8")
    given = planted.home / "variables.json"
    given.write_text(json.dumps({"connection": connection, "queue": QUEUE, **variables}), "utf-8")
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
    program = [sys.executable, "-m", "ansible.cli.playbook", *flags, "-i", "localhost,", "-c", "local"]
    more = ["-e", f"@{given}", "-e", f"ansible_python_interpreter={sys.executable}", str(path)]
    done = subprocess.run(
        [*program, *more], env=environ, cwd=planted.home, text=True, capture_output=True, timeout=300, check=False
    )
    output = done.stdout + done.stderr
    assert done.returncode == 0, output
    return output


@EACH_WAY
def test_no_secret_is_shown(stage: Stage) -> None:
    file = stage.planted.home / "everything.json"
    configs = [{"id": f"s:{name}"} for name in NAMES]
    output = play(stage.planted, PLAY, "-vvvv", telling=stage.server.url, names=NAMES, configs=configs, file=str(file))
    assert stage.planted.emulator._account.keys._temporary, "the keys that were handed out meanwhile are secrets too"
    assert shown(stage.planted, output) == []
    assert [sign for sign in SIGNATURES if sign in output] == []
    assert shown(stage.planted, file.read_text("utf-8")) == []


# --- What only looks like a secret ------------------------------------------------------------------------------

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
def acme(tmp_path: Path) -> Iterator[Planted]:
    """A customer whose name is everywhere: as external id, as a proxy's password, and in what is read."""
    config = {"service": "acme", "function": "acme", "destinationConfig": {"onFailure": {"destination": ACME_QUEUE}}}
    with Emulator(state={"services": {"acme": {"functions": ["acme"]}}, "configs": [config]}) as emulator:
        planted = Planted(emulator, tmp_path)
        key = emulator.issue_key()
        planted.options.update(
            access_key_id=key.id,
            access_key_secret=key.secret,
            security_token=key.token,
            assume_role={"role_arn": ROLE, "external_id": "acme"},
        )
        planted.environ["HTTP_PROXY"] = "http://user:acme@127.0.0.1:9"
        yield planted


def test_what_is_read_saved_and_applied_is_not_spoilt(acme: Planted) -> None:
    file = acme.home / "saved.json"
    play(acme, ROUND_TRIP, "-v", file=str(file))
    (saved,) = json.loads(file.read_text("utf-8"))
    assert saved["destination_config"]["on_failure"]["destination"] == ACME_QUEUE
    assert (saved["service_name"], saved["function_name"]) == ("acme", "acme")
    (stored,) = acme.emulator.store.configs.values()
    assert stored.on_failure == ACME_QUEUE
    assert acme.emulator.journal.writes == [] or all(
        entry["operation"] == "AssumeRole" for entry in acme.emulator.journal.writes
    )


@pytest.mark.parametrize("module", ["function_async_invoke_config", "function_async_invoke_config_info"])
def test_a_function_whose_name_is_a_secret_keeps_its_name(acme: Planted, module: str) -> None:
    """The key's secret, the token and the proxy's password: what names things is data, whatever else it is."""
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
    ended = run(module, {**options, "id": f"s:{name}"})
    found = ended.result.get("async_invoke_config") or ended.result["async_invoke_configs"][0]
    assert (found["id"], found["function_name"]) == (f"s:{name}:LATEST", name)


MASKS = ("********", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "$REDACTED$")


@pytest.mark.parametrize("mask", MASKS)
@pytest.mark.parametrize("option", ["id", "function_name", "qualifier", "destination", "configs"])
def test_what_holds_a_mask_is_refused(emulator: Emulator, option: str, mask: str) -> None:
    """It was data before something masked it, and it must not be written back."""
    halves = {"destination_config": {"on_failure": {"destination": ACME_QUEUE.replace("acme", mask)}}}
    names = {"service_name": "acme", "function_name": "acme"}
    tasks: dict[str, dict[str, Any]] = {
        "id": {"id": f"acme:{mask}"},
        "function_name": {**names, "function_name": mask},
        "qualifier": {**names, "qualifier": mask},
        "destination": {**names, **halves},
        "configs": {"configs": [{**names, **halves}]},
    }
    module = "function_async_invoke_configs" if option == "configs" else "function_async_invoke_config"
    result = run_here(module, {**connection(emulator), **tasks[option]})
    assert result["failed"]
    assert emulator.journal.requests == []
    assert re.search("mask|hid|no_log|redact", result["msg"], re.IGNORECASE), "where it comes from"
