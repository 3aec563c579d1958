# Copyright (c) 2026, alicloud.fc contributors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is PRIVATE to the collection. It can have breaking changes at any time.
"""Documentation of the connection options; the argument spec is in plugins/module_utils/_connection/options.py."""

from __future__ import annotations


class ModuleDocFragment:
    """Said once for every module."""

    DOCUMENTATION = r"""
options:
  access_key_id:
    description:
      - The id of the access key to call with, together with O(access_key_secret).
      - If not set, the environment variables E(ALICLOUD_ACCESS_KEY), E(ALIBABA_CLOUD_ACCESS_KEY_ID),
        E(ALIBABACLOUD_ACCESS_KEY_ID), E(ALICLOUD_ACCESS_KEY_ID) are used.
      - There are five ways to authenticate - O(access_key_id), O(profile), O(ecs_role_name), O(oidc) and
        O(credentials_uri). A task gives one of them or none. If it gives one, the environment is not searched for
        another. If it gives none, the environment is searched for an access key, OIDC, a profile, an ECS role and a
        credentials URI, in this order; then the default profile is used; at last the default chain of the library
        C(alibabacloud-credentials). O(assume_role) goes on top of any of them.
    type: str
    aliases: [alicloud_access_key, access_key]
  access_key_secret:
    description:
      - The secret of the access key.
      - If not set, the environment variables E(ALICLOUD_SECRET_KEY), E(ALIBABA_CLOUD_ACCESS_KEY_SECRET),
        E(ALIBABACLOUD_ACCESS_KEY_SECRET), E(ALICLOUD_ACCESS_KEY_SECRET), E(ALICLOUD_SECRET_ACCESS_KEY) are used,
        except those that belong to another access key id in the environment.
    type: str
    aliases: [alicloud_secret_key, secret_access_key, secret_key]
  security_token:
    description:
      - The security token of a temporary access key from STS.
      - If not set, the environment variables E(ALICLOUD_SECURITY_TOKEN), E(ALIBABA_CLOUD_SECURITY_TOKEN),
        E(ALIBABACLOUD_SECURITY_TOKEN) are used, except those that belong to another access key id in the environment.
    type: str
    aliases: [alicloud_security_token]
  profile:
    description:
      - The profile of O(shared_credentials_file) to call with.
      - All modes of the official CLI are understood but C(RsaKeyPair), C(BearerToken) and C(Anonymous). Access keys in
        the environment do not take its place.
      - If not set, the environment variables E(ALICLOUD_PROFILE), E(ALIBABA_CLOUD_PROFILE),
        E(ALIBABACLOUD_PROFILE) are used, and then the profile that the file names as the current one.
    type: str
  shared_credentials_file:
    description:
      - The file that holds the profiles - JSON as the official CLI writes it, or INI as the official SDK reads it.
      - If not set, the environment variables E(ALICLOUD_SHARED_CREDENTIALS_FILE), E(ALIBABA_CLOUD_CREDENTIALS_FILE)
        are used, and then C(~/.aliyun/config.json) and C(~/.alibabacloud/credentials.ini).
    type: path
  ecs_role_name:
    description:
      - The RAM role of the ECS instance that the module runs on, to call with.
      - If not set, the environment variables E(ALICLOUD_ECS_ROLE_NAME), E(ALIBABA_CLOUD_ECS_METADATA) are used.
    type: str
    aliases: [role_name]
  assume_role:
    description:
      - A RAM role to assume with the credential that the other options or the environment provide.
      - Environment variables complete it, and stand in for it where it is not set at all.
    type: dict
    aliases: [alicloud_assume_role]
    suboptions:
      role_arn:
        description:
          - The ARN of the role, C(acs:ram::ACCOUNT:role/NAME). Required here or in the environment.
          - If not set, the environment variables E(ALICLOUD_ASSUME_ROLE_ARN), E(ALIBABA_CLOUD_ROLE_ARN),
            E(ALIBABACLOUD_ROLE_ARN) are used. The last two belong to O(oidc) instead, if its other variables are set;
            and if O(assume_role) is not set at all, they are used only with an access key from the environment.
        type: str
      session_name:
        description:
          - The name of the session, which the audit log shows. C(ansible-alicloud-fc) by default.
          - If not set, the environment variables E(ALICLOUD_ASSUME_ROLE_SESSION_NAME),
            E(ALIBABA_CLOUD_ROLE_SESSION_NAME) are used.
        type: str
      session_expiration:
        description:
          - How many seconds the session lasts, V(900) to V(43200). STS takes V(3600) by default.
          - If not set, the environment variable E(ALICLOUD_ASSUME_ROLE_SESSION_EXPIRATION) is used.
        type: int
      policy:
        description:
          - A policy document that narrows what the session may do, beside what the role is granted.
        type: json
      external_id:
        description:
          - The external id that the role's trust policy asks for. It is not treated as a secret.
          - If not set, the environment variables E(ALIBABA_CLOUD_EXTERNAL_ID), E(ALIBABACLOUD_EXTERNAL_ID) are used.
        type: str
  oidc:
    description:
      - A RAM role to assume with the token of an OIDC provider, such as the one that a pod of ACK (RRSA) or a CI
        pipeline is given.
      - Environment variables complete it, and stand in for it where it is not set at all.
    type: dict
    suboptions:
      role_arn:
        description:
          - The ARN of the role, C(acs:ram::ACCOUNT:role/NAME). Required here or in the environment.
          - If not set, the environment variables E(ALIBABA_CLOUD_ROLE_ARN), E(ALIBABACLOUD_ROLE_ARN) are used.
        type: str
      provider_arn:
        description:
          - The ARN of the OIDC provider, C(acs:ram::ACCOUNT:oidc-provider/NAME). Required here or in the environment.
          - If not set, the environment variables E(ALIBABA_CLOUD_OIDC_PROVIDER_ARN),
            E(ALIBABACLOUD_OIDC_PROVIDER_ARN) are used.
        type: str
      token_file:
        description:
          - The file that holds the token. Required here or in the environment.
          - If not set, the environment variables E(ALIBABA_CLOUD_OIDC_TOKEN_FILE),
            E(ALIBABACLOUD_OIDC_TOKEN_FILE) are used.
        type: path
      session_name:
        description:
          - The name of the session, which the audit log shows. C(ansible-alicloud-fc) by default.
          - If not set, the environment variable E(ALIBABA_CLOUD_ROLE_SESSION_NAME) is used.
        type: str
  credentials_uri:
    description:
      - The URL of a server that hands temporary credentials out, as JSON with C(Code), C(AccessKeyId),
        C(AccessKeySecret), C(SecurityToken) and C(Expiration).
      - If not set, the environment variables E(ALICLOUD_CREDENTIALS_URI), E(ALIBABA_CLOUD_CREDENTIALS_URI) are used.
    type: str
  region:
    description:
      - The id of the region, for example V(cn-hangzhou). Required here, in the environment or in the profile, unless
        O(endpoint) is set.
      - If not set, the environment variables E(ALICLOUD_REGION), E(ALIBABA_CLOUD_REGION), E(ALICLOUD_REGION_ID),
        E(ALIBABA_CLOUD_REGION_ID), E(ALIBABACLOUD_REGION_ID) are used, then the region of the profile, and then the
        environment variables E(REGION_ID), E(REGION).
    type: str
    aliases: [alicloud_region, region_id]
  account_id:
    description:
      - The number of the Alibaba Cloud account that the functions belong to, which is a part of the endpoint.
      - If not set, the environment variables E(ALICLOUD_ACCOUNT_ID), E(ALIBABA_CLOUD_ACCOUNT_ID) are used, and then
        STS is asked once which account the credential belongs to.
    type: str
  network:
    description:
      - Whether to call the services by the internet or by the internal network of the region.
    type: str
    choices:
      public: Endpoints that are reached from anywhere.
      internal: Endpoints that are reached from inside of the region only, such as from an ECS instance.
    default: public
  endpoint:
    description:
      - Where to call Function Compute, instead of the endpoint of the region - C(host), C(host:port) or a URL. HTTPS,
        unless C(http://) is written out.
      - If not set, the environment variables E(ALIBABA_CLOUD_ENDPOINT_FC), E(FC_ENDPOINT) are used.
    type: str
  sts_endpoint:
    description:
      - Where to call STS, instead of the endpoint of the region, in the same form as O(endpoint).
      - If not set, the environment variables E(ALIBABA_CLOUD_ENDPOINT_STS), E(STS_ENDPOINT),
        E(ALIBABA_CLOUD_STS_ENDPOINT) are used.
    type: str
  validate_certs:
    description:
      - Whether the certificates of servers are verified. Set it to V(false) for trials only.
    type: bool
    default: true
  ca_path:
    description:
      - A file with certificates (PEM) of authorities to trust, in addition to those of the system.
      - If not set, and O(validate_certs=true), the environment variables E(REQUESTS_CA_BUNDLE), E(CURL_CA_BUNDLE),
        E(SSL_CERT_FILE) are used.
    type: path
  connect_timeout:
    description:
      - How many seconds a connection may take, V(86400) at most.
    type: float
    default: 5
  read_timeout:
    description:
      - How many seconds a server may take for its answer, V(86400) at most. A call fails if the connection and the
        whole answer take longer than O(connect_timeout) and O(read_timeout) together.
    type: float
    default: 10
  retry_timeout:
    description:
      - For how many seconds calls are retried that were throttled, or that the server or the network failed. V(0) means
        not at all, V(86400) is the most.
      - The time is the task's until a call has succeeded. After that, it counts from the last success.
    type: float
    default: 60
  access_denied_timeout:
    description:
      - For how many seconds denied writes are retried, because changes of RAM policies take time to propagate. V(0)
        means not at all, V(86400) is the most.
      - The time counts once for the task, from the first write that was denied.
    type: float
    default: 120
requirements:
  - alibabacloud-credentials >= 1.0.2, < 2
seealso:
  - name: Authentication and connection
    description: Ways to authenticate, the permissions that are needed, environment variables, proxies, endpoints.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/authentication.md
  - name: Troubleshooting by error message
    description: What a message means, and what to do about it.
    link: https://github.com/alicloud-fc/alicloud.fc/blob/main/docs/troubleshooting.md
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY), E(HTTP_PROXY), E(ALL_PROXY) and E(NO_PROXY), in
    upper or lower case.
  - The modules run where the task runs. Environment variables, profile files and the ECS metadata service are those of
    that host, and of the user there.
"""
