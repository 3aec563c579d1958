# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Import the SDK without the libraries that it imports but that the modules do not use.

These libraries take up two fifths of the time that it takes to import the SDK (see docs/benchmarks.md).
"""

from __future__ import annotations

import gc
import importlib
import sys
from contextlib import contextmanager, suppress
from types import ModuleType
from typing import Any, Iterator, Mapping

#: The libraries, with the classes that the SDK needs in annotations while it is imported. The SDK uses aiohttp in its
#: asynchronous methods, and apscheduler to renew the credentials of ECS instances in the background. Any other use
#: during the import loads the library, because the class might be an exception.
DEFERRED: Mapping[str, tuple[str, ...]] = {
    "aiohttp": ("ClientResponse", "ClientSession"),
    "apscheduler.schedulers.background": ("BackgroundScheduler",),
}


def import_deferring(package: str) -> ModuleType:
    """Import a package. Libraries in ``DEFERRED`` are not loaded until they are used. Raises ImportError."""
    loaded = sys.modules.get(package)
    if loaded is not None:
        return loaded
    with _no_garbage_collection():
        # A release of the SDK that uses the libraries in another way cannot be imported without them.
        with _deferred_libraries(), suppress(Exception):
            return importlib.import_module(package)
        return importlib.import_module(package)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Collect no garbage, and never search the imported objects for it. They are needed until the process ends."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if enabled:
            gc.enable()


@contextmanager
def _deferred_libraries() -> Iterator[None]:
    """Substitute the libraries that are not loaded yet."""
    for name in DEFERRED:
        sys.modules.setdefault(name, _DeferredModule(name))
    try:
        yield
    finally:
        for name in DEFERRED:
            _remove(name)


def _remove(name: str) -> None:
    """Remove a substitute from the imported modules."""
    if isinstance(sys.modules.get(name), _DeferredModule):
        del sys.modules[name]


class _DeferredModule(ModuleType):
    """A library that is loaded when one of its attributes is used."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":  # "from library import *" would otherwise import nothing
            raise ImportError(name)
        if name.startswith("__"):  # Python looks for optional attributes, such as __path__
            raise AttributeError(name)
        importing = sys.modules.get(self.__name__) is self
        if importing and name in DEFERRED[self.__name__]:
            return _DeferredClass(self.__name__, name)
        _remove(self.__name__)
        return getattr(importlib.import_module(self.__name__), name)


class _DeferredClass:
    """A class in a library that is not loaded yet. It can be used in annotations, calls and ``isinstance``."""

    def __init__(self, library: str, name: str) -> None:
        self._library = library
        self._name = name

    def _load(self) -> Any:
        _remove(self._library)
        return getattr(importlib.import_module(self._library), self._name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._load()(*args, **kwargs)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the typing module looks for optional attributes
            raise AttributeError(name)
        return getattr(self._load(), name)

    def __or__(self, other: object) -> Any:
        return self._load() | other

    def __ror__(self, other: object) -> Any:
        return other | self._load()

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self._load())

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self._load())
