# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this plugin util is PRIVATE to the collection. It can have breaking changes at any time.
"""The resources, expressions and components in a Serverless Devs s.yaml file. Pure.

Sources, in GitHub repositories:

- the layouts: ``docs/zh/yaml.md`` (``edition: 3.0.0`` with ``resources``) and ``docs/en/yaml.md`` (``services``) in
  Serverless-Devs/Serverless-Devs; ``packages/parse-spec/src/index.ts`` in Serverless-Devs/toolkit selects the layout
  based on the edition;
- the expressions: ``docs/zh/variables.md`` (``${vars.*}``, ``${resources.NAME.props.*}``, ``${this.*}``) and
  ``docs/en/yaml.md`` (``${NAME.props.*}``) in Serverless-Devs/Serverless-Devs;
- the resource templates: the "template" section in ``docs/zh/yaml.md``, and
  ``packages/parse-spec/src/parse-content.ts`` in Serverless-Devs/toolkit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.alicloud.fc.plugins.module_utils import _generations as generations

#: Only ``${...}`` is documented. The template engine also evaluates ``{{...}}`` and ``<%...%>``. Source:
#: ``packages/parse-spec/__tests__/compile.test.ts`` in Serverless-Devs/toolkit and the art-template npm package.
_EXPRESSION = re.compile(r"\$\{([^}]*)\}|\{\{.*?\}\}|<%.*?%>", re.DOTALL)
#: In edition 3.0.0, expressions are JavaScript, so a hyphen means subtraction. The documentation of older editions uses
#: names with hyphens.
_PATHS = {True: re.compile(r"\s*(\w+(?:\.\w+)+)\s*"), False: re.compile(r"\s*([\w-]+(?:\.[\w-]+)+)\s*")}
#: The maximum lengths of text (before and after its references are resolved) and of reference chains.
_LONGEST_TEXT, _LONGEST_CHAIN = 4096, 30

Path = tuple[str, ...]
#: The references currently being resolved, each with the resource that contains it.
Chain = tuple[tuple[str, str], ...]


class InvalidFile(ValueError):
    """The file is invalid. ``str()`` is a sentence."""


class Unresolved(ValueError):
    """Expressions cannot be resolved."""

    def __init__(self, *expressions: str) -> None:
        super().__init__(*expressions)
        self.expressions = expressions


class File:
    """An s.yaml file."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        """Read the layout. Raises ``InvalidFile``."""
        if content.get("extend") is not None:
            raise InvalidFile("extend: is not supported; merge the files.")
        self._current = str(content.get("edition")) == "3.0.0"
        #: The key that contains the resources.
        self.key = "resources" if self._current else "services"
        resources = content.get(self.key)
        if not isinstance(resources, Mapping):
            hint = "; files with resources must specify edition 3.0.0" if "resources" in content else ""
            raise InvalidFile(f"{self.key}: must be a dictionary{'' if self._current else hint}.")
        self.resources: dict[str, Any] = {str(name): resource for name, resource in resources.items()}
        self._vars = content.get("vars")
        self._templates = content.get("template")
        #: Maps each reference to its value, or to an error that lists the expressions that cannot be resolved.
        self._cache: dict[tuple[str, str], Any] = {}

    def resolve(self, value: Any, resource: str | None, chain: Chain = ()) -> Any:
        """Return a value with its expressions resolved, except for those inside dictionaries and lists.

        Raises ``Unresolved`` with all expressions that cannot be resolved.
        """
        # Longer text is not valid in any property that is used. Without this limit, a search could take a long time.
        if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
            return value
        whole = _EXPRESSION.fullmatch(value)
        if whole is not None:
            return self._evaluate(whole, resource, chain)
        parts: list[str] = []
        unresolved: dict[str, None] = {}
        end = 0
        for match in _EXPRESSION.finditer(value):
            try:
                part = as_text(self._evaluate(match, resource, chain))
                if part is None:
                    raise Unresolved(match[0])
                parts += [value[end : match.start()], part]
            except Unresolved as error:
                unresolved.update(dict.fromkeys(error.expressions))
            end = match.end()
        text = "".join((*parts, value[end:]))
        if unresolved or (parts and len(text) > _LONGEST_TEXT):
            raise Unresolved(*(unresolved or [value]))
        return text if parts else value

    def props(self, name: str, chain: Chain = ()) -> Any:
        """Return the properties of a resource, merged with its template. Raises ``Unresolved`` or ``InvalidFile``."""
        resource = self.resources[name]
        props = self.resolve(resource.get("props"), name, chain)
        extend = resource.get("extend") if self._current else None
        if extend is None:
            return props
        template = self._template(extend)
        if props is None:
            return template
        return self._merged(template, props, chain) if isinstance(props, Mapping) else props

    def _template(self, extend: Any) -> dict[str, Any]:
        templates = self._templates if isinstance(self._templates, Mapping) else {}
        name = extend.get("name") if isinstance(extend, Mapping) else None
        template = templates.get(name) if isinstance(name, str) else None
        if not isinstance(template, Mapping):
            raise InvalidFile("must contain the name of a template.")
        ignored = extend.get("ignore") or []
        # It is not documented whether this list can contain paths.
        if not isinstance(ignored, list) or not all(
            isinstance(key, str) and re.fullmatch(r"\w+", key) for key in ignored
        ):
            raise InvalidFile("ignore must be a list of properties.")
        return {key: value for key, value in template.items() if key not in ignored}

    def _merged(self, template: Mapping[str, Any], props: Mapping[str, Any], chain: Chain) -> dict[str, Any]:
        """Merge the properties of a resource into its template. Values other than dictionaries are replaced."""
        merged = {**template, **props}
        for key in set(template) & set(props):
            base = self.resolve(template[key], None, chain) if isinstance(props[key], Mapping) else None
            if isinstance(base, Mapping):
                merged[key] = self._merged(base, props[key], chain)
        return merged

    def _evaluate(self, match: re.Match[str], resource: str | None, chain: Chain) -> Any:
        path = _PATHS[self._current].fullmatch(match[1] or "")
        if path is None:
            raise Unresolved(match[0])
        link = (resource or "", path[1])
        if link in chain or len(chain) > _LONGEST_CHAIN:
            raise Unresolved(match[0])
        if link not in self._cache:
            try:
                self._cache[link] = self._find(match[0], path[1].split("."), resource, (*chain, link))
            except Unresolved as error:
                self._cache[link] = error
        found = self._cache[link]
        if isinstance(found, Unresolved):
            raise found
        return found

    def _find(self, expression: str, keys: list[str], resource: str | None, chain: Chain) -> Any:
        """Return the value at the path in an expression."""
        owner, tree, keys = self._root(keys, resource, chain)
        for key in keys:
            tree = self.resolve(tree, owner, chain)
            tree = tree.get(key) if isinstance(tree, Mapping) else None
        value = self.resolve(tree, owner, chain)
        # Inside a copied dictionary, "this" would refer to the resource that contains the copy.
        copied = owner != resource and isinstance(value, (Mapping, list))
        if value is None or (copied and re.search(r"\$\{\s*this\b", str(value))):
            raise Unresolved(expression)
        return value

    def _root(self, keys: list[str], resource: str | None, chain: Chain) -> tuple[str | None, Any, list[str]]:
        """Return the resource, the tree and the remaining keys for a path. The tree is None for unsupported paths."""
        if keys[0] == "vars":
            return None, self._vars, keys[1:]
        if keys == ["this", "name"]:
            return None, resource, []
        if keys[0] == "this":
            keys = [resource or "", *keys[1:]]
        elif self._current:
            keys = keys[1:] if keys[0] == "resources" else ["", ""]
        owner = keys[0]
        if keys[1:2] != ["props"] or not isinstance(self.resources.get(owner), Mapping):
            return None, None, []
        try:
            return owner, self.props(owner, chain), keys[2:]
        except InvalidFile:
            return None, None, []


def as_text(value: Any) -> str | None:
    """Return text, integers and booleans as text, and None for other values, which have no obvious text form."""
    if isinstance(value, bool):
        return "true" if value else "false"
    # Python refuses to convert integers with more than 4300 digits to text.
    return str(value) if isinstance(value, str) or (isinstance(value, int) and abs(value) < 10**20) else None


@dataclass(frozen=True)
class Component:
    """A Serverless Devs component. Paths are relative to ``props``."""

    generation: generations.Generation
    #: A regular expression for the component's name, including an optional owner and version.
    name: str
    #: The path to the configuration.
    config: Path
    #: The paths to the identity options and fields.
    paths: Mapping[str, Path]
    #: Whether the component expands short destinations.
    expands: bool

    def expanded(self, values: Mapping[str, Any], region: str, account_id: str) -> dict[str, Any]:
        """Return the values. Short destinations are expanded if the component expands them.

        Source: ``src/lib/component/fc-base-sdk/command/function-async-config.ts`` in devsapp/fc-deploy. This
        code also treats empty destinations as unset.
        """
        expanded = dict(values)
        for field in self.generation.fields if self.expands else ():
            value = values[field.option]
            if field.type == "arn" and isinstance(value, str):
                expanded[field.option] = value.replace(":::", f":{region}:{account_id}:", 1) or None
        return expanded


def _fc() -> Component:
    """Return the FC 2.0 component.

    Source: ``docs/en/yaml/function.md``, ``docs/en/yaml/service.md`` and ``publish.yaml`` in devsapp/fc. Configurations
    always belong to LATEST (``src/lib/component/fc-base-sdk/command/function-async-config.ts`` in devsapp/fc-deploy).
    The component names are taken from ``src/subCommands/2to3/index.ts`` in devsapp/fc3.
    """
    config = ("function", "asyncConfiguration")
    # Unlike in the API, destination.onFailure contains the ARN itself instead of a dictionary.
    paths = {
        field.option: ("destination", field.api_path[1]) if field.groups else field.api_path
        for field in generations.FC2.fields
    }
    names = {"service_name": ("service", "name"), "function_name": ("function", "name")}
    paths = {**names, **{option: config + path for option, path in paths.items()}}
    return Component(generations.FC2, r"(devsapp/)?fc(@.*)?", config, paths, expands=True)


def _fc3() -> Component:
    """Return the FC 3.0 component.

    Source: ``src/interface/async_invoke_config.ts``, ``src/schema.json`` and
    ``src/subCommands/deploy/impl/async_invoke_config.ts`` in devsapp/fc3.
    """
    config = ("asyncInvokeConfig",)
    names = {"function_name": ("functionName",), "qualifier": (*config, "qualifier")}
    paths = {field.option: config + field.api_path for field in generations.FC3.fields}
    return Component(generations.FC3, r"(devsapp/)?fc3(@.*)?", config, {**names, **paths}, expands=False)


FC, FC3 = _fc(), _fc3()
