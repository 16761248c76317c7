// A customer's program over the npm package soap that logs users of the sample
// data in: both outcomes of every operation of the authentication interface.
// Usage: login.js 'http://127.0.0.1:PORT/?wsdl=authentication'
'use strict';

const assert = require('node:assert');
const soap = require('soap');

let checks = 0;

function check(what, got, want) {
  checks++;
  assert.deepStrictEqual(got, want, `${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

async function call(client, operation, values) {
  const attributes = Object.entries(values).map(([name, value]) => ({
    value: { $attributes: { 'xsi:type': typeof value === 'number' ? 'xsd:unsignedInt' : 'xsd:string' }, $value: value },
    attributeID: 'CREDFLD_' + name,
  }));
  const [reply] = await client[operation + 'Async']({ credentialAttributeSet: { attributes } });
  const results = reply.authUserResults ? reply.authUserResults.results : reply.results;
  console.log(operation.padEnd(30), results.resultCodes.statusCodeEnum);
  const got = {};
  for (const a of results.resultAttribute.attributes ?? []) {
    got[a.attributeID.slice('CREDFLD_'.length)] = a.value.$value;
  }
  return { results, got };
}

async function granted(client, operation, values) {
  const { results, got } = await call(client, operation, values);
  check('resultCodes', results.resultCodes, { returnCodeEnum: 'RET_SUCCESS', statusCodeEnum: 'STAT_SUCCESS', returnCode: 0, statusCode: 0 });
  check('errors', results.errorStack.errors, undefined);
  return got;
}

async function refused(client, status, operation, values) {
  const { results } = await call(client, operation, values);
  check('statusCodeEnum', results.resultCodes.statusCodeEnum, status);
  check('returnCode', results.resultCodes.returnCode, -1);
  check('errorCode', results.errorStack.errors[0].errorCode, results.resultCodes.statusCode);
}

async function main(wsdl) {
  // The library's own key for XML attributes is the name of an element here.
  const client = await soap.createClientAsync(wsdl, { attributesKey: '$attributes' });
  const login = { COMPONENT_TYPE: 'SOAP Auth Client', PASSWORD_FORMAT: 0 };
  const got = await granted(client, 'authUser', { ...login, USERID: 'user7', PASSWORD: '1234755224' });
  check('who', [got.USERID, got.DOMAIN, got.SERIAL_NO], ['user7', 'master', 'VDS1000150']);
  await refused(client, 'STAT_OTP_INCORRECT', 'authUser', { ...login, USERID: 'user7', PASSWORD: '1234000000' });
  await granted(client, 'authUser', { ...login, USERID: 'user1', PASSWORD: 'Password2' });
  await granted(client, 'getChallenge', { COMPONENT_TYPE: 'SOAP Auth Client' });
  await refused(client, 'STAT_PERMISSION', 'getChallenge', { COMPONENT_TYPE: 'srp-component' });
  const update = { COMPONENT_TYPE: 'SOAP Auth Client', USERID: 'user3', NEW_STATIC_PASSWORD: 'Frupper.1', CONFIRM_STATIC_PASSWORD: 'Frupper.1' };
  await refused(client, 'STAT_INVCREDENTIALS', 'updatePassword', { ...update, STATIC_PASSWORD: 'wrong' });
  await granted(client, 'updatePassword', { ...update, STATIC_PASSWORD: 'Password2' });
  console.log(`the whole flow: ${checks} checks passed`);
}

main(process.argv[2]).catch((error) => { console.error(error); process.exit(1); });
