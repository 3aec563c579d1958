# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this module util is PRIVATE to the collection. It can have breaking changes at any time.
"""Create the official library's credential providers.

Only ``credential`` imports the library. This module adds what the library lacks: support for proxies, certificates and
the STS endpoint, as well as caching and error messages.
"""

from __future__ import annotations

import logging
import os
import warnings
from functools import partial, singledispatch
from typing import Any, Mapping

from ansible_collections.alicloud.fc.plugins.module_utils._connection.caching import CachingProvider
from ansible_collections.alicloud.fc.plugins.module_utils._connection.connection import Connection
from ansible_collections.alicloud.fc.plugins.module_utils._connection.endpoint import Endpoint
from ansible_collections.alicloud.fc.plugins.module_utils._connection.library_profile import LibraryProfile
from ansible_collections.alicloud.fc.plugins.module_utils._connection.proxy import proxies
from ansible_collections.alicloud.fc.plugins.module_utils._connection.sources import (
    AccessKey,
    AssumedRole,
    CredentialsUri,
    DefaultChain,
    EcsRole,
    OidcRole,
    Role,
    Source,
)
from ansible_collections.alicloud.fc.plugins.module_utils._errors import CredentialError

#: Disables the scheduler that refreshes credentials in the background.
_IN_THE_FOREGROUND: Mapping[str, Any] = {"async_update_enabled": False}


#: A placeholder for hosts that only the library knows.
_CLOUD = Endpoint("https", "aliyuncs.com")


def credential(connection: Connection) -> Any:
    """Return the official library's credential client for a connection. This does not obtain a credential yet.

    Returns an ``alibabacloud_credentials.client.Client`` with these methods:

    - ``get_credential()`` raises ``CredentialError`` if no credential can be obtained.
    - ``renew(refused=None)`` discards a credential that a service rejected (see ``CachingProvider.renew``).

    Raises ``CredentialError`` if the authentication method is not supported, and ImportError if the library is missing.
    """
    _silence_loggers(connection)
    with warnings.catch_warnings():
        # The library's dependencies emit warnings on some Python versions.
        warnings.simplefilter("ignore")
        from alibabacloud_credentials import provider as providers
        from alibabacloud_credentials.client import Client
    caching = _ProviderFactory(providers, connection).caching_provider(connection.source)
    client = Client(provider=caching)
    client.renew = caching.renew
    return client


def _silence_loggers(connection: Connection) -> None:
    """Keep the library's log messages out of standard error because they may contain secrets."""
    # Disable these loggers because each imported module adds another handler.
    for name in ("credentials", "alibabacloud-tea", "darabonba-core"):
        logging.getLogger(name).disabled = True
    # Add a handler to these loggers. Otherwise, Python would print their warnings.
    for name in ("alibabacloud_credentials", "apscheduler"):
        logger = logging.getLogger(name)
        logger.propagate = False
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())
    if not connection.validate_certs:
        warnings.filterwarnings("ignore", message="Unverified HTTPS request")


class _ProviderFactory:
    """Creates the official library's providers for a connection."""

    def __init__(self, providers: Any, connection: Connection) -> None:
        #: The package ``alibabacloud_credentials.provider``.
        self.providers = providers
        self.connection = connection

    def caching_provider(self, source: Source) -> CachingProvider:
        """Return the caching provider for a source."""
        return CachingProvider(source, self.connection, self._make)

    def _make(self, source: Source) -> Any:
        return _provider_of(source, self)

    def http_options(self) -> Any:
        """Return the connection's timeouts as library options, which are in milliseconds."""
        from alibabacloud_credentials.http import HttpOptions

        return HttpOptions(
            connect_timeout=int(self.connection.connect_timeout * 1000),
            read_timeout=int(self.connection.read_timeout * 1000),
        )

    def sts_provider(self, provider_class: Any, role: Role, **who: Any) -> Any:
        """Return a provider that obtains a session for ``role`` from STS."""
        endpoint = self.connection.sts_service(role.sts_region)
        provider = provider_class(
            role_arn=role.arn,
            role_session_name=role.session_name,
            duration_seconds=role.expiration,
            policy=role.policy,
            # The library adds https:// unless the endpoint has a scheme.
            sts_endpoint=endpoint.host if endpoint.scheme == "https" else endpoint.url,
            http_options=self.http_options(),
            **who,
        )
        return self.apply_network_settings(provider, endpoint)

    def apply_network_settings(self, provider: Any, endpoint: Endpoint) -> Any:
        """Set a provider's certificates and proxy, for which the library has no arguments."""
        if hasattr(provider, "_runtime_options"):
            proxy = proxies(self.connection.environ, endpoint).get(endpoint.scheme)
            provider._runtime_options.update(
                ca=self.connection.ca_path,
                ignoreSSL=not self.connection.validate_certs,
                httpProxy=proxy,
                httpsProxy=proxy,
            )
        return provider


@singledispatch
def _provider_of(source: Source, library: _ProviderFactory) -> Any:
    """Return the official library's provider for a source."""
    raise NotImplementedError(type(source).__name__)


@_provider_of.register(AccessKey)
def _access_key(source: AccessKey, library: _ProviderFactory) -> Any:
    key = {"access_key_id": source.access_key_id, "access_key_secret": source.access_key_secret}
    if source.security_token:
        return library.providers.StaticSTSCredentialsProvider(security_token=source.security_token, **key)
    return library.providers.StaticAKCredentialsProvider(**key)


@_provider_of.register(EcsRole)
def _ecs_role(source: EcsRole, library: _ProviderFactory) -> Any:
    return library.providers.EcsRamRoleCredentialsProvider(role_name=source.role_name, **_IN_THE_FOREGROUND)


@_provider_of.register(CredentialsUri)
def _credentials_uri(source: CredentialsUri, library: _ProviderFactory) -> Any:
    provider = library.providers.URLCredentialsProvider(uri=source.uri, http_options=library.http_options())
    return library.apply_network_settings(provider, source.server())


@_provider_of.register(AssumedRole)
def _assumed_role(source: AssumedRole, library: _ProviderFactory) -> Any:
    return library.sts_provider(
        library.providers.RamRoleArnCredentialsProvider,
        source.role,
        credentials_provider=library.caching_provider(source.base),
        external_id=source.external_id,
    )


@_provider_of.register(OidcRole)
def _oidc_role(source: OidcRole, library: _ProviderFactory) -> Any:
    return library.sts_provider(
        library.providers.OIDCRoleArnCredentialsProvider,
        source.role,
        oidc_provider_arn=source.provider_arn,
        oidc_token_file_path=source.token_file,
    )


@_provider_of.register(LibraryProfile)
def _library_profile(source: LibraryProfile, library: _ProviderFactory) -> Any:
    try:
        profiles = library.providers.CLIProfileCredentialsProvider(profile_name=source.name, profile_file=source.file)
    except TypeError:
        raise CredentialError(
            f"{source.describe()} failed: the installed release of alibabacloud-credentials does not support this "
            "profile mode. Upgrade it, or use another profile."
        ) from None
    # Do not call the public method, which checks ALIBABA_CLOUD_CLI_PROFILE_DISABLED and hides the inner provider.
    provider = profiles._get_credentials_provider(source.content, source.name)
    return library.apply_network_settings(provider, source.server() or _CLOUD)


@_provider_of.register(DefaultChain)
def _default_chain(source: DefaultChain, library: _ProviderFactory) -> Any:
    from alibabacloud_credentials.provider import default
    from alibabacloud_credentials.utils import auth_util

    # The chain would create its ECS provider with a scheduler, which in older releases replaces signal handlers.
    default.EcsRamRoleCredentialsProvider = partial(
        library.providers.EcsRamRoleCredentialsProvider, **_IN_THE_FOREGROUND
    )
    default.ProfileCredentialsProvider = library.providers.ProfileCredentialsProvider
    if source.without_profiles:
        auth_util.environment_cli_profile_disabled = "true"
        # The SDK has no option to disable its profile file.
        default.ProfileCredentialsProvider = partial(default.ProfileCredentialsProvider, profile_file=os.devnull)
    return library.providers.DefaultCredentialsProvider()
