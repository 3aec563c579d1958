# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""Documentation for the connection options. The argument spec is in plugins/module_utils/_connection/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    """Options shared by all modules."""

    DOCUMENTATION = r"""
options:
  access_key_id:
    description:
      - The access key ID. Requires O(access_key_secret).
      - If not set, the environment variable E(ALICLOUD_ACCESS_KEY), E(ALIBABA_CLOUD_ACCESS_KEY_ID),
        E(ALIBABACLOUD_ACCESS_KEY_ID) or E(ALICLOUD_ACCESS_KEY_ID) is used.
      - The authentication methods O(access_key_id), O(profile), O(ecs_role_name), O(oidc) and O(credentials_uri) are
        mutually exclusive. If a task specifies one of them, the module does not search the environment for another
        method. Otherwise, the module searches the environment for an access key, OIDC settings, a profile, an ECS role
        and a credentials URI, in this order. After that, it tries the default profile and then the default credential
        chain of the C(alibabacloud-credentials) library. You can combine O(assume_role) with any of these methods.
    type: str
    aliases: [alicloud_access_key, access_key]
  access_key_secret:
    description:
      - The access key secret.
      - If not set, the environment variable E(ALICLOUD_SECRET_KEY), E(ALIBABA_CLOUD_ACCESS_KEY_SECRET),
        E(ALIBABACLOUD_ACCESS_KEY_SECRET), E(ALICLOUD_ACCESS_KEY_SECRET) or E(ALICLOUD_SECRET_ACCESS_KEY) is used,
        unless it belongs to another access key ID in the environment.
    type: str
    aliases: [alicloud_secret_key, secret_access_key, secret_key]
  security_token:
    description:
      - The security token for a temporary access key issued by STS.
      - If not set, the environment variable E(ALICLOUD_SECURITY_TOKEN), E(ALIBABA_CLOUD_SECURITY_TOKEN) or
        E(ALIBABACLOUD_SECURITY_TOKEN) is used, unless it belongs to another access key ID in the environment.
    type: str
    aliases: [alicloud_security_token]
  profile:
    description:
      - The name of a profile in O(shared_credentials_file).
      - All profile modes of the official CLI except C(RsaKeyPair), C(BearerToken) and C(Anonymous) are supported. This
        option takes precedence over access keys in the environment.
      - If not set, the environment variable E(ALICLOUD_PROFILE), E(ALIBABA_CLOUD_PROFILE) or E(ALIBABACLOUD_PROFILE) is
        used. If none of them is set, the module uses the current profile in the file.
    type: str
  shared_credentials_file:
    description:
      - The file that contains the profiles, in the JSON format used by the official CLI or the INI format used by the
        official SDK.
      - If not set, the environment variable E(ALICLOUD_SHARED_CREDENTIALS_FILE) or E(ALIBABA_CLOUD_CREDENTIALS_FILE) is
        used. If neither is set, the module uses C(~/.aliyun/config.json) and C(~/.alibabacloud/credentials.ini).
    type: path
  ecs_role_name:
    description:
      - The RAM role of the ECS instance on which the module runs.
      - If not set, the environment variable E(ALICLOUD_ECS_ROLE_NAME) or E(ALIBABA_CLOUD_ECS_METADATA) is used.
    type: str
    aliases: [role_name]
  assume_role:
    description:
      - A RAM role that the module assumes with the credential from the other options or the environment.
      - Environment variables can provide the whole option or any suboption that is not specified.
    type: dict
    aliases: [alicloud_assume_role]
    suboptions:
      role_arn:
        description:
          - The ARN of the role, in the form C(acs:ram::ACCOUNT:role/NAME). Required unless it is set in the
            environment.
          - If not set, the environment variable E(ALICLOUD_ASSUME_ROLE_ARN), E(ALIBABA_CLOUD_ROLE_ARN) or
            E(ALIBABACLOUD_ROLE_ARN) is used. The last two apply to O(oidc) instead if the other variables for O(oidc)
            are set. If O(assume_role) is not specified, the last two are used only with an access key from the
            environment.
        type: str
      session_name:
        description:
          - The session name shown in the audit log. Defaults to C(ansible-alicloud-fc).
          - If not set, the environment variable E(ALICLOUD_ASSUME_ROLE_SESSION_NAME) or
            E(ALIBABA_CLOUD_ROLE_SESSION_NAME) is used.
        type: str
      session_expiration:
        description:
          - Session duration in seconds, from V(900) to V(43200). The STS default is V(3600).
          - If not set, the environment variable E(ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION) is used.
        type: int
      policy:
        description:
          - A policy document that further restricts the session's permissions.
        type: json
      external_id:
        description:
          - The external ID required by the role's trust policy. It is not treated as a secret.
          - If not set, the environment variable E(ALIBABA_CLOUD_EXTERNAL_ID) or E(ALIBABACLOUD_EXTERNAL_ID) is used.
        type: str
  oidc:
    description:
      - A RAM role that the module assumes with a token from an OIDC provider, for example in an ACK pod (RRSA) or a CI
        pipeline.
      - Environment variables can provide the whole option or any suboption that is not specified.
    type: dict
    suboptions:
      role_arn:
        description:
          - The ARN of the role, in the form C(acs:ram::ACCOUNT:role/NAME). Required unless it is set in the
            environment.
          - If not set, the environment variable E(ALIBABA_CLOUD_ROLE_ARN) or E(ALIBABACLOUD_ROLE_ARN) is used.
        type: str
      provider_arn:
        description:
          - The ARN of the OIDC provider, in the form C(acs:ram::ACCOUNT:oidc-provider/NAME). Required unless it is set
            in the environment.
          - If not set, the environment variable E(ALIBABA_CLOUD_OIDC_PROVIDER_ARN) or E(ALIBABACLOUD_OIDC_PROVIDER_ARN)
            is used.
        type: str
      token_file:
        description:
          - The file that contains the token. Required unless it is set in the environment.
          - If not set, the environment variable E(ALIBABA_CLOUD_OIDC_TOKEN_FILE) or E(ALIBABACLOUD_OIDC_TOKEN_FILE) is
            used.
        type: path
      session_name:
        description:
          - The session name shown in the audit log. Defaults to C(ansible-alicloud-fc).
          - If not set, the environment variable E(ALIBABA_CLOUD_ROLE_SESSION_NAME) is used.
        type: str
  credentials_uri:
    description:
      - The URL of a server that returns temporary credentials as JSON with the keys C(Code), C(AccessKeyId),
        C(AccessKeySecret), C(SecurityToken) and C(Expiration).
      - If not set, the environment variable E(ALICLOUD_CREDENTIALS_URI) or E(ALIBABA_CLOUD_CREDENTIALS_URI) is used.
    type: str
  region:
    description:
      - The region ID, for example V(cn-hangzhou). Required unless O(endpoint) is specified or the region is set in the
        environment or the profile.
      - If not set, the environment variable E(ALICLOUD_REGION), E(ALIBABA_CLOUD_REGION), E(ALICLOUD_REGION_ID),
        E(ALIBABA_CLOUD_REGION_ID) or E(ALIBABACLOUD_REGION_ID) is used. If none of them is set, the module uses the
        profile's region or, if there is none, the environment variable E(REGION_ID) or E(REGION).
    type: str
    aliases: [alicloud_region, region_id]
  account_id:
    description:
      - The ID of the Alibaba Cloud account that owns the functions. Most Function Compute endpoints contain this ID.
      - If not set, the environment variable E(ALICLOUD_ACCOUNT_ID) or E(ALIBABA_CLOUD_ACCOUNT_ID) is used. If neither
        is set and the account ID is needed, the module gets the credential's account ID from STS.
    type: str
  network:
    description:
      - Whether to use public or internal (VPC) endpoints.
    type: str
    choices:
      public: Endpoints that can be reached from the internet.
      internal: Endpoints that can only be reached from inside the region, for example from an ECS instance.
    default: public
  endpoint:
    description:
      - The Function Compute endpoint, as C(host), C(host:port) or a URL. Overrides the region's endpoint. HTTPS is used
        unless the URL begins with C(http://).
      - If not set, the environment variable E(ALIBABA_CLOUD_ENDPOINT_FC) or E(FC_ENDPOINT) is used.
    type: str
  sts_endpoint:
    description:
      - The STS endpoint, in the same format as O(endpoint). Overrides the region's endpoint.
      - If not set, the environment variable E(ALIBABA_CLOUD_ENDPOINT_STS), E(STS_ENDPOINT) or
        E(ALIBABA_CLOUD_STS_ENDPOINT) is used.
    type: str
  validate_certs:
    description:
      - Whether to validate TLS certificates. Disable this only for testing.
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file that contains additional CA certificates to trust.
      - If not set and O(validate_certs=true), the environment variable E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE) or
        E(SSL_CERT_FILE) is used.
    type: path
  connect_timeout:
    description:
      - Timeout in seconds for establishing a connection, at most V(86400).
    type: float
    default: 5
  read_timeout:
    description:
      - Timeout in seconds for receiving a response, at most V(86400). A request fails if it takes longer than the sum
        of O(connect_timeout) and O(read_timeout).
    type: float
    default: 10
  retry_timeout:
    description:
      - Time limit, in seconds, for retrying requests that fail because of throttling, server errors or network errors.
        At most V(86400). V(0) disables retries.
      - The timer starts when the task starts and restarts after each successful request.
    type: float
    default: 60
  access_denied_timeout:
    description:
      - Time limit, in seconds, for retrying write requests that are denied. At most V(86400). Retries are necessary
        because changes to RAM policies take time to propagate. V(0) disables retries.
      - The timer starts at the first denied write request in the task.
    type: float
    default: 120
requirements:
  - alibabacloud-credentials >= 1.0.2, < 2
seealso:
  - name: Authentication and connection
    description: Authentication methods, required permissions, environment variables, proxies and endpoints.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/authentication.md
  - name: Troubleshooting by error message
    description: Error messages with their causes and solutions.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/troubleshooting.md
notes:
  - The environment variables E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY) and E(NO_PROXY) configure proxies. Their names
    can be in uppercase or lowercase.
  - On the host where the task runs, the modules use the environment variables, profile files and ECS metadata service
    that are available to the user who runs the task.
"""
