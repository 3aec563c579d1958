# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""A task's connection: credential source, region and endpoints."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.auth_methods import choose_source
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import (
    REGION,
    Endpoint,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.input import (
    LARGEST_CERTIFICATE_FILE,
    UnreadableFile,
    read_file,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.options import (
    GENERAL_NAMES,
    OptionReader,
    or_set_variable,
)
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import proxy_authorizations, proxy_passwords
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import Source
from ansible_collections.alicloud.fc.plugins.module_utils._errors import InvalidOption
from ansible_collections.alicloud.fc.plugins.module_utils._generations import Generation, lacks_account, location_of
from ansible_collections.alicloud.fc.plugins.module_utils._redaction import Redactor
from ansible_collections.alicloud.fc.plugins.module_utils._text import printable, quoted


@dataclass(frozen=True)
class Connection:
    """The validated connection options from a task and its environment. The repr contains no secrets."""

    source: Source
    region: str | None
    account_id: str | None
    #: ``public`` or ``internal``.
    network: str
    endpoint: Endpoint | None
    sts_endpoint: Endpoint | None
    validate_certs: bool
    ca_path: str | None
    #: In seconds, like the other timeouts.
    connect_timeout: float
    read_timeout: float
    retry_timeout: float
    access_denied_timeout: float
    #: The environment variables, used to select proxies.
    environ: Mapping[str, str] = field(repr=False)
    #: The secrets that the task specifies or obtains.
    redactor: Redactor = field(default_factory=Redactor, repr=False, compare=False)
    #: The STS region specified in the profile, or None to use ``region``.
    sts_region: str | None = None

    def __post_init__(self) -> None:
        # Register all secrets that are already known. Other secrets are registered when they are obtained. Proxy
        # passwords are registered in three forms: as written, as decoded and as sent.
        self.source.register(self.redactor)
        self.redactor.add(*proxy_passwords(self.environ), *proxy_authorizations(self.environ))

    @classmethod
    def from_params(cls, params: Mapping[str, Any], environ: Mapping[str, str] | None = None) -> Connection:
        """Validate a task's options and fill in missing values from the environment and a profile.

        Args:
            params: values of the options in ``argument_spec``, as in ``AnsibleModule.params``.
            environ: the environment variables, or None to use those of the process.

        Raises ``InvalidOption``. Reads only the files that are used (profiles, OIDC token, certificates).
        """
        environ = dict(os.environ if environ is None else environ)
        options = OptionReader(params, environ)
        found = choose_source(options)
        region = _region(options, found.region)
        endpoint = options.endpoint("endpoint")
        if region is None and endpoint is None:
            raise InvalidOption("region", f"is required unless endpoint is specified ({or_set_variable('region')})")
        return cls(
            source=found.source,
            region=region,
            account_id=options.checked("account_id", r"[0-9]{1,32}", "must be the numeric account ID"),
            network=params["network"],
            endpoint=endpoint,
            sts_endpoint=options.endpoint("sts_endpoint"),
            validate_certs=params["validate_certs"],
            ca_path=_ca_path(options, params["validate_certs"]),
            connect_timeout=options.seconds("connect_timeout", zero=False),
            read_timeout=options.seconds("read_timeout", zero=False),
            retry_timeout=options.seconds("retry_timeout", zero=True),
            access_denied_timeout=options.seconds("access_denied_timeout", zero=True),
            environ=environ,
            sts_region=found.sts_region,
        )

    @property
    def location(self) -> tuple[str | None, str | None]:
        """The connection's region and account ID, each None if unknown. Values in the endpoint take precedence."""
        region, account_id = location_of(self.endpoint.name) if self.endpoint else (None, None)
        return region or self.region, account_id or self.account_id

    def fc_service(self, generation: Generation, account_id: str | None) -> Endpoint:
        """Return the endpoint for a generation of Function Compute.

        Args:
            account_id: the account ID. It may be None unless ``needs_account_id`` returns True.

        As in Terraform, the account ID is added to a custom endpoint under ``fc.aliyuncs.com`` that lacks it.
        """
        account_id = account_id or self.account_id
        if self.endpoint and not lacks_account(self.endpoint.name):
            return self.endpoint
        template = "{account}." + self.endpoint.host if self.endpoint else generation.hosts.template(self._is_internal)
        if not account_id and "{account}" in template:
            raise InvalidOption("account_id", "is required for the Function Compute endpoint")
        scheme = self.endpoint.scheme if self.endpoint else "https"
        return Endpoint(scheme, template.format(account=account_id, region=self.region))

    def needs_account_id(self, generation: Generation) -> bool:
        """Return whether the endpoint requires an account ID that is not known yet."""
        if self.account_id is not None:
            return False
        if self.endpoint is not None:
            return lacks_account(self.endpoint.name)
        return "{account}" in generation.hosts.template(self._is_internal)

    @property
    def _is_internal(self) -> bool:
        return self.network == "internal"

    def sts_service(self, region: str | None = None) -> Endpoint:
        """Return the STS endpoint. The host names are from the API metadata for STS 2015-04-01.

        Args:
            region: the STS region, or None to use the profile's ``sts_region`` or the connection's region.
        """
        if self.sts_endpoint:
            return self.sts_endpoint
        region = region or self.sts_region or self.region
        if region is None:
            return Endpoint("https", "sts.aliyuncs.com")
        return Endpoint("https", f"sts{'-vpc' if self._is_internal else ''}.{region}.aliyuncs.com")


def _region(options: OptionReader, profile_region: str | None) -> str | None:
    region = options.get("region", without=GENERAL_NAMES)
    if region is None and profile_region is not None:
        if not REGION.fullmatch(profile_region):
            raise InvalidOption("profile", f"its region_id {quoted(profile_region)} is not a region ID")
        return profile_region
    region = region or options.variable(*GENERAL_NAMES)
    if region is not None and not REGION.fullmatch(region):
        raise options.refuse("region", f"{quoted(region)} is not a region ID such as cn-hangzhou")
    return region


def _ca_path(options: OptionReader, validate_certs: bool) -> str | None:
    path = options.path("ca_path")
    if path is None or (not validate_certs and options.given("ca_path") is None):
        _check_openssl_file(options.environ)
        return None
    # The library would report an invalid file as a connection error, which would be retried.
    try:
        read_file(path, LARGEST_CERTIFICATE_FILE)
    except UnreadableFile as error:
        raise options.refuse("ca_path", f"cannot read {printable(path)}: {error}") from None
    if not _holds_certificate(path):
        raise options.refuse("ca_path", f"{printable(path)} contains no PEM certificate")
    _check_openssl_file(options.environ)
    return path


def _check_openssl_file(environ: Mapping[str, str]) -> None:
    """Raise ``InvalidOption`` if OpenSSL might read its certificate file endlessly when the SDK is imported."""
    path = environ.get("SSL_CERT_FILE", "")
    if not path or os.path.isdir(path):
        return
    try:
        read_file(path, LARGEST_CERTIFICATE_FILE)
    except UnreadableFile as error:
        if error.no_file:
            raise InvalidOption("SSL_CERT_FILE", f"cannot read {printable(path)}: {error}") from None


def _holds_certificate(path: str) -> bool:
    import ssl  # most tasks do not need it

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except (OSError, ValueError):  # SSLError is an OSError
        return False
    return context.cert_store_stats()["x509"] > 0
