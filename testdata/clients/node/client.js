// A customer's program over the npm package soap: takes users of the sample
// data through whole activations, checks every field of every reply, and
// meets the refusals and the faults.
// Usage: client.js http://127.0.0.1:PORT/?wsdl
'use strict';

const assert = require('node:assert');
const soap = require('soap');
const { Exchange, Authenticator } = require('./dsapp.js');

class Customer {
  constructor(wsdl, client) {
    this.wsdl = wsdl;
    this.client = client;
    this.checks = 0;
  }

  check(what, got, want) {
    this.checks++;
    assert.deepStrictEqual(got, want, `${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
  }

  async call(operation, fields) {
    const [reply] = await this.client[operation + 'Async'](fields);
    console.log(operation.padEnd(30), reply.status.resultCodes.statusCodeEnum);
    return reply;
  }

  async granted(operation, fields) {
    const reply = await this.call(operation, fields);
    this.check('resultCodes', reply.status.resultCodes, {
      returnCodeEnum: 'RET_SUCCESS', statusCodeEnum: 'STAT_SUCCESS', returnCode: 0, statusCode: 0,
    });
    this.check('errors', reply.status.errorStack.errors, undefined);
    return reply.result;
  }

  async refused(code, name, operation, fields) {
    const reply = await this.call(operation, fields);
    this.check('resultCodes', reply.status.resultCodes, {
      returnCodeEnum: 'RET_FAILURE', statusCodeEnum: name, returnCode: -1, statusCode: code,
    });
    this.check('result', reply.result, undefined);
    const errors = reply.status.errorStack.errors;
    this.check('errorCode', errors.map((error) => error.errorCode), [code]);
    this.check('errorDesc has words', errors[0].errorDesc.length > 0, true);
    return errors[0].errorDesc;
  }

  async register(userID, serial, fields = {}) {
    const result = await this.granted('dsappSRPRegister', registration(userID, fields));
    this.check('type of result', result.attributes['xsi:type'].split(':').pop(), 'DSAPPSRPRegisterResult2');
    this.check('length of registrationID', result.registrationID.length, 8);
    this.check('length of activationPassword', result.activationPassword.length, 8);
    this.check('digipassGatewayID', result.digipassGatewayID, '0123456789');
    this.checkHolder(result, userID, serial);
    return result;
  }

  checkHolder(result, userID, serial, more = {}) {
    const { attributes, ...user } = result.user;
    this.check('user', user, { userID, domain: 'master', ...more });
    this.check('serialNumber', result.serialNumber, serial);
  }

  async exchange(opened) {
    const exchange = new Exchange(opened.registrationID, opened.activationPassword);
    const result = await this.granted('dsappSRPGenerateEphemeralKey', {
      componentType: 'srp-component',
      registrationID: opened.registrationID,
      clientEphemeralPublicKey: exchange.publicKey(),
    });
    this.check('length of B', result.serverEphemeralPublicKey.length, 512);
    this.check('length of salt', result.salt.length, 32);
    exchange.prove(result.salt, result.serverEphemeralPublicKey);
    return exchange;
  }

  // Returns the opened items.
  async deliver(opened) {
    const exchange = await this.exchange(opened);
    const result = await this.granted('dsappSRPGenerateActivationData', proof(opened, exchange.M1));
    this.check('mdl', result.mdl, undefined);
    exchange.confirm(result.serverEvidenceMessage);
    return ['activationCode', 'eventReactivationCounter'].map((name) => exchange.open(name, result.standard[name]));
  }

  async activate(opened, credential, componentType = 'srp-component') {
    const result = await this.granted('dsappSRPActivate', activation(opened, credential, componentType));
    this.checkHolder(result, opened.user.userID, opened.serialNumber);
  }
}

// The package writes the fields in the order of the object, whatever the
// schema says.
const registration = (userID, fields) => ({
  credential: { staticPassword: 'Password2' },
  user: { userID, domain: 'master' },
  componentType: 'srp-component',
  ...fields,
});

const proof = (opened, evidence) => ({
  componentType: 'srp-component',
  registrationID: opened.registrationID,
  clientEvidenceMessage: evidence.toString('hex'),
});

const activation = (opened, credential, componentType = 'srp-component') => ({
  componentType,
  registrationID: opened.registrationID,
  credential,
});

const timeStep = () => Math.floor(Date.now() / 30000);

// Online data, a derivation code, and the next phone's delivery.
async function bindTheDevice(customer) {
  const first = await customer.register('user1', 'VDS1000140', { activationType: 0 });
  const [uri, counter] = await customer.deliver(first);
  customer.check('eventReactivationCounter', counter, '000');
  const phone = Authenticator.fromURI(uri);
  customer.check('what the URI says', [phone.type, phone.algorithm, phone.digits, phone.serial],
    ['totp', 'SHA256', 6, 'VDS1000140']);
  const step = timeStep();
  await customer.activate(first, { derivationCode: phone.derive(Buffer.from([0, 255, 7]), step) });

  const second = await customer.register('user1', 'VDS1000140', { activationType: 0 });
  const [next] = await customer.deliver(second);
  customer.check('secret after the binding', Authenticator.fromURI(next).secret, phone.secret);
  await customer.activate(second, { response: phone.otp(step + 1) });
}

async function countEvents(customer) {
  for (const counter of [0, 1]) {
    const opened = await customer.register('user4', 'VDS1000143', { activationType: 0 });
    const [uri, reactivationCounter] = await customer.deliver(opened);
    const phone = Authenticator.fromURI(uri);
    customer.check('what the URI says', [phone.type, phone.algorithm, phone.digits, phone.counter],
      ['hotp', 'SHA512', 8, counter]);
    customer.check('eventReactivationCounter', reactivationCounter, `00${counter}`);
    await customer.activate(opened, { response: phone.otp(counter) });
  }
}

// No activationType: as the authenticator's own configuration says, an
// activation code.
async function activateOffline(customer) {
  const opened = await customer.register('user5', 'VDS1000144');
  const [code] = await customer.deliver(opened);
  const phone = Authenticator.fromActivationCode(code, opened.serialNumber);
  await customer.activate(opened, { response: phone.otp(timeStep()) });
}

// A phone that holds its secret already needs no exchange: RFC 4226, appendix
// D.
async function activateDirectly(customer) {
  for (const response of ['755224', '287082']) {
    const opened = await customer.register('user2', 'VDS1000141', { componentType: 'srp-direct' });
    await customer.activate(opened, { response }, 'srp-direct');
  }
}

// A user whom the test has added to the sample data.
async function reachBeyondASCII(customer) {
  const credential = { staticPassword: 'Grüße & <€>' };
  const result = await customer.granted('dsappSRPRegister', registration('jürgen', { credential }));
  customer.checkHolder(result, 'jürgen', 'VDS1000145', { orgUnit: 'Büro & <Söhne>' });
}

async function meetRefusals(customer) {
  const credential = { staticPassword: 'Grüße & <€>' };
  const wrong = await customer.refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPRegister', registration('user3', { credential }));
  const unknown = await customer.refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPRegister', registration('nobody'));
  customer.check('words for an unknown user', unknown, wrong);
  await customer.refused(1005, 'STAT_PERMISSION', 'dsappSRPRegister',
    registration('user3', { componentType: 'no <such> component' }));
  await customer.refused(-2, 'STAT_INVPARAM', 'dsappSRPRegister', registration('user3', { activationType: 'online' }));
  const { user, ...userless } = registration('user3');
  await customer.refused(-2, 'STAT_INVPARAM', 'dsappSRPRegister', userless);

  const opened = await customer.register('user3', 'VDS1000142');
  await customer.refused(-1, 'STAT_ERROR', 'dsappSRPActivate', activation(opened, { response: '000000' }));
  await customer.refused(-2, 'STAT_INVPARAM', 'dsappSRPActivate',
    activation(opened, { response: '000000', derivationCode: '000000' }));
  await customer.exchange(opened);
  await customer.refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPGenerateActivationData', proof(opened, Buffer.alloc(32)));
  const [uri] = await customer.deliver(opened);
  const phone = Authenticator.fromURI(uri);
  await customer.refused(1000, 'STAT_INVCREDENTIALS', 'dsappSRPActivate', activation(opened, { response: phone.otp(1) }));
  await customer.activate(opened, { response: phone.otp(timeStep()) });
}

async function meetFaults(customer) {
  const rename = { postProcess: (xml) => xml.replaceAll('dsappSRPRegister', 'dsappSRPForget') };
  await assert.rejects(customer.client.dsappSRPRegisterAsync(registration('user3'), rename), (error) => {
    const fault = error.root.Envelope.Body.Fault;
    console.log('dsappSRPForget'.padEnd(30), fault.faultcode, fault.faultstring);
    customer.check('faultcode', fault.faultcode.split(':').pop(), 'Client');
    customer.check('fault says where to look', fault.faultstring.includes('?wsdl'), true);
    customer.check('HTTP status of a fault', error.response.status, 500);
    return true;
  });
}

async function main() {
  const wsdl = process.argv[2];
  const customer = new Customer(wsdl, await soap.createClientAsync(wsdl));
  const parts = [bindTheDevice, countEvents, activateOffline, activateDirectly, reachBeyondASCII, meetRefusals, meetFaults];
  for (const part of parts) {
    console.log('--', part.name);
    await part(customer);
  }
  console.log(`the whole flow: ${customer.checks} checks passed`);
}

main();
