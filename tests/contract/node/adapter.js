// Copyright (c) 2026, alicloud.fc contributors
// GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
// SPDX-License-Identifier: GPL-3.0-or-later

// Adapters for the official Node.js clients, with the interface of _clients.py. The protocol uses lines of JSON.
// Requests have the form {"library", "account", "call", "arguments"}.
// Responses have the form {"result"}, {"serviceError": {"status", "code"}} or {"internalError"}.

'use strict';

const readline = require('readline');

const CODE = 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==';

class Fc2 {
  constructor(account) {
    const Library = require('@alicloud/fc2');
    this.library = new Library(account.accountId, {
      accessKeyID: account.accessKeyId,
      accessKeySecret: account.accessKeySecret,
      securityToken: account.securityToken,
      region: account.region,
      endpoint: account.url,
    });
  }

  static serviceError(error) {
    const status = /failed with (\d{3})/.exec(error.message);
    return status && { status: Number(status[1]), code: error.code };
  }

  async create_service(service) {
    await this.library.createService(service);
  }

  async create_function(service, functionName) {
    const code = { zipFile: CODE };
    await this.library.createFunction(service, { functionName, runtime: 'nodejs16', handler: 'index.handler', code });
  }

  async create_alias(service, _function, alias) {
    const version = (await this.library.publishVersion(service)).data.versionId;
    await this.library.createAlias(service, alias, version);
    return version;
  }

  async put(service, functionName, qualifier, settings) {
    return (await this.library.putFunctionAsyncConfig(service, functionName, qualifier, settings)).data;
  }

  async get(service, functionName, qualifier) {
    return (await this.library.getFunctionAsyncConfig(service, functionName, qualifier)).data;
  }

  async delete(service, functionName, qualifier) {
    await this.library.deleteFunctionAsyncConfig(service, functionName, qualifier);
  }

  async list_page(service, functionName, limit, nextToken) {
    const options = nextToken ? { limit, nextToken } : { limit };
    return (await this.library.listFunctionAsyncConfigs(service, functionName, options)).data;
  }
}

class Tea {
  constructor(name, account) {
    this.models = require(name);
    const { Config } = require('@alicloud/openapi-core').$OpenApiUtil || require('@alicloud/openapi-client');
    const config = new Config({
      accessKeyId: account.accessKeyId,
      accessKeySecret: account.accessKeySecret,
      securityToken: account.securityToken || undefined,
      endpoint: account.url.replace(/^https?:\/\//, ''),
      protocol: 'HTTP',
      regionId: account.region,
    });
    this.library = new this.models.default(config);
  }

  static serviceError(error) {
    const status = error.statusCode || (error.data && error.data.statusCode);
    return status && { status: Number(status), code: error.code };
  }
}

class FcOpen extends Tea {
  constructor(account) {
    super('@alicloud/fc-open20210406', account);
  }

  async create_service(serviceName) {
    await this.library.createService(new this.models.CreateServiceRequest({ serviceName }));
  }

  async create_function(service, functionName) {
    const code = new this.models.Code({ zipFile: CODE });
    const settings = { functionName, runtime: 'nodejs16', handler: 'index.handler', code };
    await this.library.createFunction(service, new this.models.CreateFunctionRequest(settings));
  }

  async create_alias(service, _function, aliasName) {
    const request = new this.models.PublishServiceVersionRequest({});
    const { versionId } = (await this.library.publishServiceVersion(service, request)).body;
    await this.library.createAlias(service, new this.models.CreateAliasRequest({ aliasName, versionId }));
    return versionId;
  }

  async put(service, functionName, qualifier, settings) {
    const request = new this.models.PutFunctionAsyncInvokeConfigRequest({ ...settings, qualifier });
    return (await this.library.putFunctionAsyncInvokeConfig(service, functionName, request)).body;
  }

  async get(service, functionName, qualifier) {
    const request = new this.models.GetFunctionAsyncInvokeConfigRequest({ qualifier });
    return (await this.library.getFunctionAsyncInvokeConfig(service, functionName, request)).body;
  }

  async delete(service, functionName, qualifier) {
    const request = new this.models.DeleteFunctionAsyncInvokeConfigRequest({ qualifier });
    await this.library.deleteFunctionAsyncInvokeConfig(service, functionName, request);
  }

  async list_page(service, functionName, limit, nextToken) {
    const options = nextToken ? { limit, nextToken } : { limit };
    const request = new this.models.ListFunctionAsyncInvokeConfigsRequest(options);
    return (await this.library.listFunctionAsyncInvokeConfigs(service, functionName, request)).body;
  }
}

class Fc3 extends Tea {
  constructor(account) {
    super('@alicloud/fc20230330', account);
  }

  async create_service() {}

  async create_function(_service, functionName) {
    const code = new this.models.InputCodeLocation({ zipFile: CODE });
    const settings = { functionName, runtime: 'nodejs20', handler: 'index.handler', code };
    const body = new this.models.CreateFunctionInput(settings);
    await this.library.createFunction(new this.models.CreateFunctionRequest({ body }));
  }

  async create_alias(_service, functionName, aliasName) {
    const publish = new this.models.PublishFunctionVersionRequest({ body: new this.models.PublishVersionInput({}) });
    const { versionId } = (await this.library.publishFunctionVersion(functionName, publish)).body;
    const body = new this.models.CreateAliasInput({ aliasName, versionId });
    await this.library.createAlias(functionName, new this.models.CreateAliasRequest({ body }));
    return versionId;
  }

  async put(_service, functionName, qualifier, settings) {
    const body = new this.models.PutAsyncInvokeConfigInput(settings);
    const request = new this.models.PutAsyncInvokeConfigRequest({ qualifier, body });
    return (await this.library.putAsyncInvokeConfig(functionName, request)).body;
  }

  async get(_service, functionName, qualifier) {
    const request = new this.models.GetAsyncInvokeConfigRequest({ qualifier });
    return (await this.library.getAsyncInvokeConfig(functionName, request)).body;
  }

  async delete(_service, functionName, qualifier) {
    const request = new this.models.DeleteAsyncInvokeConfigRequest({ qualifier });
    await this.library.deleteAsyncInvokeConfig(functionName, request);
  }

  async list_page(_service, functionName, limit, nextToken) {
    const options = nextToken ? { functionName, limit, nextToken } : { functionName, limit };
    return (await this.library.listAsyncInvokeConfigs(new this.models.ListAsyncInvokeConfigsRequest(options))).body;
  }
}

const LIBRARIES = { fc2: Fc2, 'fc-open20210406': FcOpen, fc20230330: Fc3 };

async function handle(request) {
  const Library = LIBRARIES[request.library];
  try {
    const client = new Library(request.account);
    return { result: (await client[request.call](...request.arguments)) ?? {} };
  } catch (error) {
    const serviceError = Library.serviceError(error);
    return serviceError ? { serviceError } : { internalError: String(error.stack || error) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await handle(JSON.parse(line)))}\n`);
  }
}

main();
