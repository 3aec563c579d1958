# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of importing the SDK, without the libraries that the modules do not use."""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Callable, Iterator

import pytest
from ansible_collections.alicloud.fc.plugins import module_utils
from ansible_collections.alicloud.fc.plugins.module_utils._api import deferred_imports
from ansible_collections.alicloud.fc.plugins.module_utils._api.sdk import DEFER_IMPORTS
from emulator import Emulator
from hypothesis import given
from hypothesis import strategies as st
from support.libraries import NEEDS_FC3

# --- Generated packages -----------------------------------------------------------------------------------------

LIBRARY = "slow_library"
LIBRARY_FILES = {
    "__init__.py": """
class Known:
    default = 7
    def __init__(self, value):
        self.value = value
class Other(Known):
    pass
class LibraryError(Exception):
    pass
VERSION = "1.2"
def fail():
    raise LibraryError("failed")
""",
    "part.py": "NAME = 'part'\n",
}
#: Ways in which a package can use a library. Each defines ``probe``, which returns a value or raises an error.
USES = {
    "module": f"import {LIBRARY}\ndef probe(): return {LIBRARY}.Known(3).value",
    "class": f"from {LIBRARY} import Known\ndef probe(): return Known(4).value",
    "class attribute": f"from {LIBRARY} import Known\ndef probe(): return Known.default",
    "unknown attribute": f"import {LIBRARY}\ndef probe(): return {LIBRARY}.missing",
    "annotation": f"from typing import Any, Optional, Union\nimport {LIBRARY}\nfrom {LIBRARY} import Known\n"
    f"def probe(one: Optional[Union[Known, Any]] = None, other: {LIBRARY}.Known = None): return one",
    "evaluated annotation": f"import typing\nfrom {LIBRARY} import Known\nclass Holder:\n    a: 'Known | None' = None\n"
    "def probe(): return str(typing.get_type_hints(Holder))",
    "reverse union": f"import typing\nfrom {LIBRARY} import Known\nclass Holder:\n    a: 'None | Known' = None\n"
    "def probe(): return str(typing.get_type_hints(Holder))",
    "union": f"from {LIBRARY} import Known\ntry:\n    Hint = Known | None\nexcept TypeError:\n    Hint = None\n"
    "def probe(): return Hint is None or Known(1).value",
    "base class": f"from {LIBRARY} import Known\nclass Derived(Known):\n    pass\n"
    "def probe(): return Derived(5).value, isinstance(Derived(1), Known)",
    "exception": f"from {LIBRARY} import LibraryError, fail\ndef probe():\n"
    "    try:\n        fail()\n    except LibraryError as error:\n        return str(error)",
    "exception of the module": f"import {LIBRARY}\ndef probe():\n"
    f"    try:\n        {LIBRARY}.fail()\n    except {LIBRARY}.LibraryError as error:\n        return str(error)",
    "submodule": f"import {LIBRARY}.part\ndef probe(): return {LIBRARY}.part.NAME",
    "from submodule": f"from {LIBRARY}.part import NAME\ndef probe(): return NAME",
    "submodule by name": f"from {LIBRARY} import part\ndef probe(): return part.NAME",
    "instance": f"from {LIBRARY} import Known\nINSTANCE = Known(6)\ndef probe(): return INSTANCE.value",
    "default": f"import {LIBRARY}\nDEFAULT = {LIBRARY}.Known.default\ndef probe(): return DEFAULT",
    "name of the class": f"from {LIBRARY} import Known\nNAME = Known.__name__\ndef probe(): return NAME",
    "constant": f"from {LIBRARY} import VERSION\ndef probe(): return VERSION",
    "star": f"from {LIBRARY} import *\ndef probe(): return Known(8).value",
    "isinstance": f"import {LIBRARY}\nfrom {LIBRARY} import Known\n"
    f"def probe(): return isinstance({LIBRARY}.Other(1), Known), isinstance(1, Known)",
    "issubclass": f"import {LIBRARY}\nfrom {LIBRARY} import Known\n"
    f"def probe(): return issubclass({LIBRARY}.Other, Known), issubclass(int, Known)",
    "local import": f"def probe():\n    from {LIBRARY} import Known\n    return Known(9).value",
    "failure": "raise RuntimeError('broken package')",
}


@pytest.fixture(autouse=True)
def defer_only_the_test_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deferred_imports, "DEFERRED", {LIBRARY: ("Known",)})


def outcome(function: Callable[[], Any]) -> object:
    """Return the value that a function returns, or its exception as text."""
    try:
        return function()
    except (AttributeError, ImportError, NameError, RuntimeError, TypeError) as error:
        return repr(error)


def behavior(folder: Path, uses: list[str], load: Callable[[str], Any]) -> list[object]:
    """Import a package of one module for each use, and return what each use does."""
    forget()
    sys.path.insert(0, str(folder))
    try:
        importlib.invalidate_caches()
        package = outcome(lambda: bool(load("user_package")))
        probes = [getattr(sys.modules.get(f"user_package.use{number}"), "probe", None) for number in range(len(uses))]
        return [package, *(probe and outcome(probe) for probe in probes)]
    finally:
        sys.path.remove(str(folder))
        forget()


def forget() -> None:
    """Remove the library and the package from the imported modules."""
    for name in list(sys.modules):
        if name.partition(".")[0] in (LIBRARY, "user_package"):
            del sys.modules[name]


def write_packages(folder: Path, uses: list[str], library: bool = True) -> None:
    """Write the library, and a package that uses it in these ways."""
    package = {f"use{number}.py": USES[use] for number, use in enumerate(uses)}
    package["__init__.py"] = "".join(f"from . import use{number}\n" for number in range(len(uses)))
    for name, files in (("user_package", package), *([(LIBRARY, LIBRARY_FILES)] if library else [])):
        (folder / name).mkdir()
        for file, text in files.items():
            (folder / name / file).write_text(text, "utf-8")


@given(uses=st.lists(st.sampled_from(sorted(USES)), min_size=1, max_size=4))
def test_packages_behave_as_if_the_library_was_loaded(uses: list[str]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_packages(folder, uses)
        expected = behavior(folder, uses, importlib.import_module)
        assert behavior(folder, uses, deferred_imports.import_deferring) == expected


@pytest.mark.parametrize("use", sorted(USES))
def test_each_use_behaves_as_if_the_library_was_loaded(tmp_path: Path, use: str) -> None:
    write_packages(tmp_path, [use])
    expected = behavior(tmp_path, [use], importlib.import_module)
    assert behavior(tmp_path, [use], deferred_imports.import_deferring) == expected


@pytest.fixture
def user_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """Import a package that uses the library in these ways."""

    def load(*uses: str, library: bool = True) -> Any:
        write_packages(tmp_path, list(uses), library)
        importlib.invalidate_caches()
        deferred_imports.import_deferring("user_package")
        return sys.modules["user_package.use0"]

    monkeypatch.syspath_prepend(tmp_path)
    yield load
    forget()


@pytest.mark.parametrize("use", ["module", "class", "class attribute", "annotation", "isinstance"])
def test_the_library_is_loaded_at_its_first_use(user_package: Callable[..., Any], use: str) -> None:
    module = user_package(use)
    assert LIBRARY not in sys.modules
    module.probe()
    assert (LIBRARY in sys.modules) == (use != "annotation")


@pytest.mark.parametrize("use", ["exception", "base class", "star", "submodule", "failure"])
def test_no_substitute_remains(user_package: Callable[..., Any], use: str) -> None:
    outcome(lambda: user_package(use))
    assert not isinstance(sys.modules.get(LIBRARY), deferred_imports._DeferredModule)


def test_loaded_libraries_are_not_replaced(user_package: Callable[..., Any]) -> None:
    sys.modules[LIBRARY] = library = type(sys)(LIBRARY)
    library.Known = dict  # type: ignore[attr-defined]
    module = user_package("class")
    assert module.Known is dict
    assert sys.modules[LIBRARY] is library


def test_a_missing_library_is_reported_when_it_is_used(user_package: Callable[..., Any]) -> None:
    module = user_package("module", library=False)
    with pytest.raises(ModuleNotFoundError, match=LIBRARY):
        module.probe()


def test_a_missing_package_is_an_import_error() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        deferred_imports.import_deferring("no_such_package")


def test_a_blocked_package_is_an_import_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "blocked_package", None)
    with pytest.raises(ModuleNotFoundError, match="blocked_package"):
        deferred_imports.import_deferring("blocked_package")


def test_a_blocked_library_remains_blocked(user_package: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, LIBRARY, None)
    with pytest.raises(ModuleNotFoundError, match=LIBRARY):
        user_package("module")


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("use", ["module", "failure"])
def test_garbage_collection_is_as_before(user_package: Callable[..., Any], enabled: bool, use: str) -> None:
    before = gc.isenabled()
    (gc.enable if enabled else gc.disable)()
    try:
        outcome(lambda: user_package(use))
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()
        gc.unfreeze()


# --- The SDK ----------------------------------------------------------------------------------------------------

IMPORT_PATH = [str(Path(next(iter(module_utils.__path__))).parents[4]), *filter(None, sys.path)]


def run_script(script: str, arguments: object, **environ: str) -> Any:
    """Run a script in a new process, with ``arguments`` as a variable, and return the JSON in its last line."""
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(IMPORT_PATH), **environ}
    text = f"import json, sys\narguments = json.loads(sys.argv[1])\n{script}"
    command = [sys.executable, "-c", text, json.dumps(arguments)]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stdout + done.stderr, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


CALL_MODULE = """
import importlib
from support.module_args import patch_module_args
def call():
    with patch_module_args(arguments["options"]):
        importlib.import_module("ansible_collections.alicloud.fc.plugins.modules." + arguments["module"]).main()
"""
SHOW_LOADED = """
from ansible_collections.alicloud.fc.plugins.module_utils._api.deferred_imports import DEFERRED
try:
    call()
except SystemExit as end:
    print(json.dumps([end.code, [name for name in DEFERRED if name in sys.modules]]))
"""
MODULE = "function_async_invoke_config"
LIBRARIES = ["aiohttp", "apscheduler.schedulers.background"]
MODULES = [
    MODULE,
    "function_async_invoke_config_info",
    "function_async_invoke_configs",
    *(pytest.param(f"v3_async_invoke_config{suffix}", marks=NEEDS_FC3) for suffix in ("", "_info", "s")),
]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    state = {"services": {"shop": {"functions": ["order"]}}, "functions": {"order": {}}}
    with Emulator(state=state) as running:
        yield running


def options(emulator: Emulator, module: str) -> dict[str, Any]:
    identity = (
        {"function_name": "order"} if module.startswith("v3") else {"service_name": "shop", "function_name": "order"}
    )
    connection = {
        "access_key_id": emulator.access_key_id,
        "access_key_secret": emulator.access_key_secret,
        "account_id": emulator.account_id,
        "endpoint": emulator.url,
    }
    return {**connection, **({"configs": [identity]} if module.endswith("s") else identity)}


def status_and_libraries(emulator: Emulator, module: str = MODULE, **environ: str) -> Any:
    """Run a module. Return its exit status and the deferred libraries that it has loaded."""
    arguments = {"module": module, "options": options(emulator, module)}
    return run_script(CALL_MODULE + SHOW_LOADED, arguments, **environ)


@pytest.mark.parametrize("module", MODULES)
def test_modules_do_not_load_the_libraries(emulator: Emulator, module: str) -> None:
    assert status_and_libraries(emulator, module) == [0, []]


@pytest.mark.parametrize(
    ("value", "loaded"), [("false", LIBRARIES), (" No ", LIBRARIES), ("0", LIBRARIES), ("true", []), ("", [])]
)
def test_the_environment_variable(emulator: Emulator, value: str, loaded: list[str]) -> None:
    assert status_and_libraries(emulator, **{DEFER_IMPORTS: value}) == [0, loaded]


@pytest.mark.parametrize("deferring", ["true", "false"])
def test_modules_work_if_warnings_are_errors(emulator: Emulator, deferring: str) -> None:
    assert status_and_libraries(emulator, **{DEFER_IMPORTS: deferring, "PYTHONWARNINGS": "error"})[0] == 0


def failure(emulator: Emulator, folder: Path, files: dict[str, str], **environ: str) -> str:
    """Return the message of a module that fails because these files are imported instead of libraries."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    path = os.pathsep.join([str(folder), *IMPORT_PATH])
    arguments = {"module": MODULE, "options": options(emulator, MODULE)}
    result = run_script(f"{CALL_MODULE}call()", arguments, PYTHONPATH=path, **environ)
    assert result["failed"] is True
    assert emulator.journal.counts == {}
    return str(result["msg"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("raise RuntimeError('incomplete')", "RuntimeError: incomplete"),
        ("raise SystemExit('ended')", "SystemExit: ended"),
        ("(", "SyntaxError: '(' was never closed (aiohttp.py, line 1)"),
        ("import no_such_library", "No module named 'no_such_library'"),
        ("raise ValueError('LTAI1: emulator-secret')", "ValueError: LTAI1: ********"),
    ],
)
def test_broken_libraries_are_reported(emulator: Emulator, tmp_path: Path, text: str, reason: str) -> None:
    text = text.replace("emulator-secret", emulator.access_key_secret)
    message = failure(emulator, tmp_path, {"aiohttp.py": text}, **{DEFER_IMPORTS: "false"})
    assert message == (
        f"Failed to import the Python library alibabacloud-fc-open20210406, although it is installed: {reason}. The "
        "library or one of its dependencies is incomplete or incompatible. Reinstall it with: "
        f"{sys.executable} -m pip install --force-reinstall alibabacloud-fc-open20210406"
    )


@pytest.mark.parametrize("deferring", ["true", "false"])
@pytest.mark.parametrize("file", ["client.py", "models.py"])
def test_an_incomplete_sdk_is_reported(emulator: Emulator, tmp_path: Path, file: str, deferring: str) -> None:
    package = Path("alibabacloud_fc_open20210406")
    files = {str(package / name): "" for name in ("__init__.py", "client.py", "models.py") if name != file}
    message = failure(emulator, tmp_path, files, **{DEFER_IMPORTS: deferring})
    assert f"although it is installed: No module named '{package}.{file[:-3]}'. " in message


def test_a_missing_sdk_is_reported(emulator: Emulator, tmp_path: Path) -> None:
    blocked = "import sys\nsys.modules['alibabacloud_fc_open20210406'] = None\n"
    message = failure(emulator, tmp_path, {"sitecustomize.py": blocked})
    assert message.startswith("Failed to import the required Python library (alibabacloud-fc-open20210406) on ")
    assert message.endswith(f"Install it with: {sys.executable} -m pip install alibabacloud-fc-open20210406")


ASYNCHRONOUS_CALL = """
import asyncio
from urllib.parse import urlsplit
from ansible_collections.alicloud.fc.plugins.module_utils._api.sdk import load_package
sdk = load_package("alibabacloud_fc_open20210406.client")
models = load_package("alibabacloud_fc_open20210406.models")
loaded = "aiohttp" in sys.modules
config = load_package("alibabacloud_tea_openapi.models").Config(
    access_key_id=arguments["access_key_id"], access_key_secret=arguments["access_key_secret"],
    endpoint=urlsplit(arguments["endpoint"]).netloc, protocol="HTTP",
)
runtime = load_package("alibabacloud_tea_util.models").RuntimeOptions()
client = sdk.Client(config)
request, headers = models.GetFunctionRequest(), models.GetFunctionHeaders()
call = client.get_function_with_options_async("shop", "order", request, headers, runtime)
answer = asyncio.run(call)
print(json.dumps([loaded, answer.body.function_name, "aiohttp" in sys.modules]))
"""


def test_asynchronous_methods_of_the_sdk_work(emulator: Emulator) -> None:
    assert run_script(ASYNCHRONOUS_CALL, options(emulator, "")) == [False, "order", True]


BACKGROUND_RENEWAL = """
from ansible_collections.alicloud.fc.plugins.module_utils._api.sdk import load_package
roles = load_package("alibabacloud_credentials.provider.ecs_ram_role")
loaded = "apscheduler.schedulers.background" in sys.modules
scheduler = roles.BackgroundScheduler()
from apscheduler.schedulers.background import BackgroundScheduler
print(json.dumps([loaded, type(scheduler) is BackgroundScheduler]))
"""


def test_background_renewal_of_credentials_works() -> None:
    assert run_script(BACKGROUND_RENEWAL, {}) == [False, True]
