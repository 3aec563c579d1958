# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Adapters that give the official clients a common interface.

Adapters pass names and settings to the library unchanged and return the response as parsed by the library. They hide
only the differences between the libraries, such as their models and exceptions.
"""

from __future__ import annotations

import dataclasses
from typing import Any, Protocol

import fc2
from alibabacloud_fc20230330 import models as models3
from alibabacloud_fc20230330.client import Client as Fc3Library
from alibabacloud_fc_open20210406 import models as models2
from alibabacloud_fc_open20210406.client import Client as FcOpenLibrary
from alibabacloud_tea_openapi.models import Config
from Tea.exceptions import TeaException

JsonObject = dict[str, Any]
CODE = "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="  # an empty zip file because functions cannot be created without code


@dataclasses.dataclass(frozen=True)
class Account:
    """The address of the emulator and a credential."""

    url: str
    account_id: str
    region: str
    access_key_id: str
    access_key_secret: str
    security_token: str = ""

    @property
    def host(self) -> str:
        """The host name and port."""
        return self.url.partition("://")[2]


class ServiceError(Exception):
    """A service error with the HTTP status and error code that the library reports."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code


class Client(Protocol):
    """A client. ``service`` is ignored for FC 3.0. ``settings`` uses the API's field names."""

    mode_field: str
    version: str

    def create_service(self, service: str) -> None:
        """Create a service."""

    def create_function(self, service: str, function: str) -> None:
        """Create a function."""

    def create_alias(self, service: str, function: str, alias: str) -> str:
        """Publish a version, create an alias for it and return the version."""

    def put(self, service: str, function: str, qualifier: str, settings: JsonObject) -> JsonObject:
        """Put a configuration and return the response."""

    def get(self, service: str, function: str, qualifier: str) -> JsonObject:
        """Get a configuration."""

    def delete(self, service: str, function: str, qualifier: str) -> None:
        """Delete a configuration."""

    def list_page(self, service: str, function: str, limit: int, token: str) -> JsonObject:
        """List one page of a function's configurations."""


class Fc2Client:
    """Adapter for aliyun-fc2 (API 2016-08-15, signature ``FC id:signature``)."""

    mode_field = "statefulInvocation"
    version = "2016-08-15"

    def __init__(self, account: Account) -> None:
        self._library = fc2.Client(
            endpoint=account.url,
            accessKeyID=account.access_key_id,
            accessKeySecret=account.access_key_secret,
            securityToken=account.security_token,
        )

    def create_service(self, service: str) -> None:
        self._call(self._library.create_service, service)

    def create_function(self, service: str, function: str) -> None:
        self._call(
            self._library.create_function,
            service,
            function,
            "python3.10",
            "index.handler",
            codeOSSBucket="b",
            codeOSSObject="o",
        )

    def create_alias(self, service: str, function: str, alias: str) -> str:
        version = str(self._call(self._library.publish_version, service)["versionId"])
        self._call(self._library.create_alias, service, alias, version)
        return version

    def put(self, service: str, function: str, qualifier: str, settings: JsonObject) -> JsonObject:
        return self._call(self._library.put_function_async_invoke_config, service, qualifier, function, settings)

    def get(self, service: str, function: str, qualifier: str) -> JsonObject:
        return self._call(self._library.get_function_async_invoke_config, service, qualifier, function)

    def delete(self, service: str, function: str, qualifier: str) -> None:
        self._call(self._library.delete_function_async_invoke_config, service, qualifier, function)

    def list_page(self, service: str, function: str, limit: int, token: str) -> JsonObject:
        list_configs = self._library.list_function_async_invoke_configs
        return self._call(list_configs, service, function, limit=limit, nextToken=token)

    @staticmethod
    def _call(operation: Any, *arguments: Any, **options: Any) -> JsonObject:
        try:
            response = operation(*arguments, **options)
        except fc2.FcError as error:
            raise ServiceError(error.status_code, error.err_code) from error
        data: JsonObject = response.data if response is not None else {}
        return data


class FcOpenClient:
    """Adapter for alibabacloud-fc-open20210406 (API 2021-04-06, signature ACS3-HMAC-SHA256)."""

    mode_field = "statefulInvocation"
    version = "2021-04-06"

    def __init__(self, account: Account) -> None:
        self._library = FcOpenLibrary(_tea_config(account))

    def create_service(self, service: str) -> None:
        _tea_call(self._library.create_service, models2.CreateServiceRequest(service_name=service))

    def create_function(self, service: str, function: str) -> None:
        request = models2.CreateFunctionRequest(
            function_name=function, runtime="python3.10", handler="index.handler", code=models2.Code(zip_file=CODE)
        )
        _tea_call(self._library.create_function, service, request)

    def create_alias(self, service: str, function: str, alias: str) -> str:
        published = _tea_call(self._library.publish_service_version, service, models2.PublishServiceVersionRequest())
        version = str(published["versionId"])
        _tea_call(self._library.create_alias, service, models2.CreateAliasRequest(alias_name=alias, version_id=version))
        return version

    def put(self, service: str, function: str, qualifier: str, settings: JsonObject) -> JsonObject:
        request = models2.PutFunctionAsyncInvokeConfigRequest().from_map({**settings, "qualifier": qualifier})
        return _tea_call(self._library.put_function_async_invoke_config, service, function, request)

    def get(self, service: str, function: str, qualifier: str) -> JsonObject:
        request = models2.GetFunctionAsyncInvokeConfigRequest(qualifier=qualifier)
        return _tea_call(self._library.get_function_async_invoke_config, service, function, request)

    def delete(self, service: str, function: str, qualifier: str) -> None:
        request = models2.DeleteFunctionAsyncInvokeConfigRequest(qualifier=qualifier)
        _tea_call(self._library.delete_function_async_invoke_config, service, function, request)

    def list_page(self, service: str, function: str, limit: int, token: str) -> JsonObject:
        request = models2.ListFunctionAsyncInvokeConfigsRequest(limit=limit, next_token=token or None)
        return _tea_call(self._library.list_function_async_invoke_configs, service, function, request)


class Fc3Client:
    """Adapter for alibabacloud-fc20230330 (API 2023-03-30, signature ACS3-HMAC-SHA256)."""

    mode_field = "asyncTask"
    version = "2023-03-30"

    def __init__(self, account: Account) -> None:
        self._library = Fc3Library(_tea_config(account))

    def create_service(self, service: str) -> None:
        """Do nothing because FC 3.0 has no services."""

    def create_function(self, service: str, function: str) -> None:
        body = models3.CreateFunctionInput(
            function_name=function,
            runtime="python3.10",
            handler="index.handler",
            code=models3.InputCodeLocation(zip_file=CODE),
        )
        _tea_call(self._library.create_function, models3.CreateFunctionRequest(body=body))

    def create_alias(self, service: str, function: str, alias: str) -> str:
        request = models3.PublishFunctionVersionRequest(body=models3.PublishVersionInput())
        version = str(_tea_call(self._library.publish_function_version, function, request)["versionId"])
        body = models3.CreateAliasInput(alias_name=alias, version_id=version)
        _tea_call(self._library.create_alias, function, models3.CreateAliasRequest(body=body))
        return version

    def put(self, service: str, function: str, qualifier: str, settings: JsonObject) -> JsonObject:
        body = models3.PutAsyncInvokeConfigInput().from_map(settings)
        request = models3.PutAsyncInvokeConfigRequest(body=body, qualifier=qualifier)
        return _tea_call(self._library.put_async_invoke_config, function, request)

    def get(self, service: str, function: str, qualifier: str) -> JsonObject:
        request = models3.GetAsyncInvokeConfigRequest(qualifier=qualifier)
        return _tea_call(self._library.get_async_invoke_config, function, request)

    def delete(self, service: str, function: str, qualifier: str) -> None:
        request = models3.DeleteAsyncInvokeConfigRequest(qualifier=qualifier)
        _tea_call(self._library.delete_async_invoke_config, function, request)

    def list_page(self, service: str, function: str, limit: int, token: str) -> JsonObject:
        request = models3.ListAsyncInvokeConfigsRequest(function_name=function, limit=limit, next_token=token or None)
        return _tea_call(self._library.list_async_invoke_configs, request)


def _tea_config(account: Account) -> Config:
    return Config(
        access_key_id=account.access_key_id,
        access_key_secret=account.access_key_secret,
        security_token=account.security_token or None,
        endpoint=account.host,
        protocol="HTTP",
        region_id=account.region,
    )


def _tea_call(operation: Any, *arguments: Any) -> JsonObject:
    try:
        response = operation(*arguments)
    except TeaException as error:
        raise ServiceError(int(error.data["statusCode"]), error.code) from error
    data: JsonObject = response.body.to_map() if getattr(response, "body", None) is not None else {}
    return data
