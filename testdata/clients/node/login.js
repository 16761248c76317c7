// A customer's program over the npm package soap that logs users of the sample
// data in and has them sign: both outcomes of every operation of the
// authentication and the signature interface.
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
  const signs = ['genRequest', 'authSignature'].includes(operation);
  const attributes = Object.entries(values).map(([name, value]) => ({
    value: { $attributes: { 'xsi:type': typeof value === 'number' ? 'xsd:unsignedInt' : 'xsd:string' }, $value: value },
    attributeID: (signs ? 'SIGNFLD_' : 'CREDFLD_') + name,
  }));
  const [reply] = await client[operation + 'Async']({ [signs ? 'attributeSet' : 'credentialAttributeSet']: { attributes } });
  const results = reply.authUserResults ? reply.authUserResults.results : reply.results;
  console.log(operation.padEnd(30), results.resultCodes.statusCodeEnum);
  const got = {};
  for (const a of results.resultAttribute.attributes ?? []) {
    got[a.attributeID.replace(/^(CRED|SIGN)FLD_/, '')] = a.value.$value;
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

async function scan(client) {
  const who = { COMPONENT_TYPE: 'SOAP Auth Client', USERID: 'user7' };
  const got = await granted(client, 'getSecureChallenge', { ...who, CHALLENGE_MESSAGE: 'From Vienna?' });
  check('what the device is sent', got.REQUEST_MESSAGE.slice(0, 4), '0103');
  await granted(client, 'cancelAuthUser', { ...who, CHALLENGE_KEY: got.CHALLENGE_KEY });
  await refused(client, 'STAT_NOT_FOUND', 'cancelAuthUser', { ...who, CHALLENGE_KEY: got.CHALLENGE_KEY });
  await refused(client, 'STAT_MISSINGFLD', 'getSecureChallenge', who);
}

async function sign(client) {
  const who = { COMPONENT_TYPE: 'SOAP Auth Client', USERID: 'user7' };
  // What an authenticator with the secret of RFC 4226 makes of these fields by its
  // next event but one.
  const signed = { DATA_FIELD_1: 'DE89370400440532013000', DATA_FIELD_2: '100.00', DATA_FIELD_3: 'EUR', SIGNATURE: '494511' };
  const by = await granted(client, 'authSignature', { ...who, ...signed });
  check('who signed', [by.USERID, by.SERIAL_NO, by.VERIFIED_EVENT_VALUE], ['user7', 'VDS1000150', '2']);
  await refused(client, 'STAT_INVCREDENTIALS', 'authSignature', { ...who, ...signed });
  const got = await granted(client, 'genRequest', { ...who, REQUEST_BODY: 'Order 1234' });
  check('what the device is sent', got.REQUEST_MESSAGE.slice(0, 4), '0104');
  await refused(client, 'STAT_INVCREDENTIALS', 'authSignature', { ...who, REQUEST_KEY: got.REQUEST_KEY, SIGNATURE: '000000' });
  await refused(client, 'STAT_INVPARAM', 'genRequest', who);
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
  await scan(client);
  await sign(await soap.createClientAsync(wsdl.replace('authentication', 'signature'), { attributesKey: '$attributes' }));
  console.log(`the whole flow: ${checks} checks passed`);
}

main(process.argv[2]).catch((error) => { console.error(error); process.exit(1); });
