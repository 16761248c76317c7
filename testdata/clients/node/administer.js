// A customer's program over the npm package soap that administers: both outcomes
// of every operation of the administration interface.
// Usage: administer.js 'http://127.0.0.1:PORT/?wsdl=administration' NAME SERIAL
'use strict';

const assert = require('node:assert');
const soap = require('soap');

let checks = 0;

function check(what, got, want) {
  checks++;
  assert.deepStrictEqual(got, want, `${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

const types = { boolean: 'xsd:boolean', number: 'xsd:int', string: 'xsd:string' };

function set(prefix, values) {
  return {
    attributes: Object.entries(values).map(([name, value]) => ({
      value: { $attributes: { 'xsi:type': types[typeof value] }, $value: value },
      attributeID: prefix + name,
    })),
  };
}

function row(set) {
  return Object.fromEntries((set?.attributes ?? []).map((a) => [a.attributeID.slice(a.attributeID.indexOf('_') + 1), a.value.$value]));
}

class Administrator {
  constructor(client) {
    this.client = client;
  }

  async call(operation, status, request) {
    const [{ results }] = await this.client[operation + 'Async'](request);
    console.log((request.cmd ?? operation).padEnd(50), results.resultCodes.statusCodeEnum);
    check(operation, results.resultCodes.statusCodeEnum, status);
    const failed = status !== 'STAT_SUCCESS';
    check('returnCode', results.resultCodes.returnCode, failed ? -1 : 0);
    check('errors', Boolean(results.errorStack.errors), failed);
    return results;
  }

  async credentials(operation, values, status = 'STAT_SUCCESS') {
    return row((await this.call(operation, status, { attributeSet: set('CREDFLD_', values) })).resultAttribute);
  }

  async execute(kind, cmd, values, status = 'STAT_SUCCESS') {
    const field = kind === 'userattribute' ? 'UATT' : kind.toUpperCase();
    const request = { sessionID: this.session, cmd: `${kind.toUpperCase()}CMD_${cmd}`, attributeSet: set(`${field}FLD_`, values) };
    return row((await this.call(kind + 'Execute', status, request)).resultAttribute);
  }

  async query(kind, values, fields = [], status = 'STAT_SUCCESS') {
    const field = (kind === 'userattribute' ? 'UATT' : kind.toUpperCase()) + 'FLD_';
    const request = { sessionID: this.session, attributeSet: set(field, values), fieldSet: { attributeID: fields.map((f) => field + f) } };
    const results = await this.call(kind + 'Query', status, request);
    const rows = (results.resultAttribute.attributeList ?? []).map(row);
    if (status === 'STAT_SUCCESS') {
      check('resultCount', results.resultCount, rows.length);
    }
    return rows;
  }
}

async function sessions(a) {
  const logon = { USERID: 'admin', PASSWORD_FORMAT: 0, PASSWORD: 'Password2' };
  await a.credentials('logon', { ...logon, PASSWORD: 'wrong' }, 'STAT_INVCREDENTIALS');
  await a.query('adminSession', {}, [], 'STAT_ADMIN_SESSION_STOPPED');
  a.session = (await a.credentials('logon', logon)).SESSION_ID;
  check('sessions', (await a.query('adminSession', {})).length > 0, true);
  await a.credentials('sessionalive', { SESSION_ID: a.session });
  await a.credentials('sessionalive', { SESSION_ID: 'none' }, 'STAT_ADMIN_SESSION_STOPPED');
}

async function domains(a, name) {
  await a.execute('domain', 'CREATE', { DOMAIN: name, DESCRIPTION: 'a branch' });
  await a.execute('domain', 'CREATE', { DOMAIN: name }, 'STAT_EXISTS');
  check('domains', await a.query('domain', { DOMAIN: name }, ['DOMAIN', 'DESCRIPTION']), [{ DOMAIN: name, DESCRIPTION: 'a branch' }]);
  await a.query('domain', { MASTERDOMAIN: 'perhaps' }, [], 'STAT_INVDATA');
  const unit = { DOMAIN: name, ORGANIZATIONAL_UNIT: 'sales' };
  await a.execute('orgunit', 'CREATE', unit);
  await a.execute('orgunit', 'CREATE', unit, 'STAT_EXISTS');
  check('units', (await a.query('orgunit', { DOMAIN: name })).length, 1);
  await a.query('orgunit', { UNIT: 'sales' }, [], 'STAT_INVPARAM');
  await a.execute('orgunit', 'DELETE', unit);
  await a.execute('domain', 'DELETE', { DOMAIN: name });
}

async function users(a, name) {
  const who = { USERID: name, DOMAIN: 'master' };
  const modes = { LOCAL_AUTH: 'Digipass Only', BACKEND_AUTH: 'None', DISABLED: false, LOCKED: false };
  const made = await a.execute('user', 'CREATE', { ...who, ...modes, USERNAME: 'Zoë' });
  check('user', [made.LOCAL_AUTH, made.USERNAME], ['Digipass Only', 'Zoë']);
  await a.execute('user', 'CREATE', { ...who, ...modes }, 'STAT_EXISTS');
  await a.execute('user', 'VIEW', { ...who, USERID: name + '-none' }, 'STAT_NOT_FOUND');
  check('users', await a.query('user', { USERID: name + '*' }, ['USERID', 'HAS_DP']), [{ USERID: name, HAS_DP: 'Unassigned' }]);
  await a.query('user', { HAS_DP: 'Antani' }, [], 'STAT_INVDATA');
  const attribute = { ...who, ATTR_GROUP: 'radius', NAME: 'Class', VALUE: 'staff', OPTIONS: 1 };
  await a.execute('userattribute', 'CREATE', attribute);
  await a.execute('userattribute', 'CREATE', attribute, 'STAT_EXISTS');
  check('attributes', (await a.query('userattribute', who, ['NAME', 'VALUE'])), [{ NAME: 'Class', VALUE: 'staff' }]);
  await a.query('userattribute', { OPTIONS: 'many' }, [], 'STAT_INVDATA');
}

async function authenticators(a, name, serial) {
  const given = { SERNO: serial, ASSIGNED_USERID: name, DOMAIN: 'master', GRACE_PERIOD_DAYS: 3 };
  check('holder', (await a.execute('digipass', 'ASSIGN', given)).ASSIGNED_USERID, name);
  await a.execute('digipass', 'ASSIGN', given, 'STAT_DIGIPASS_NOT_AVAILABLE');
  check('authenticators', await a.query('digipass', { SERNO: serial }, ['SERNO', 'ASSIGN_STATUS']), [{ SERNO: serial, ASSIGN_STATUS: 'Assigned' }]);
  await a.query('digipass', { ASSIGN_STATUS: 'Antani' }, [], 'STAT_INVDATA');
  await a.execute('digipassappl', 'SET_PIN', { SERNO: serial, NEW_PIN: '4321', NEW_PIN_CONF: '4321' });
  await a.execute('digipassappl', 'SET_PIN', { SERNO: serial, NEW_PIN: '123456789', NEW_PIN_CONF: '123456789' }, 'STAT_DPERROR');
  check('result', (await a.execute('digipassappl', 'TEST_OTP', { SERNO: serial, RESPONSE: '4321755224' })).RESULT_CODE, '0');
  check('holder', (await a.execute('digipass', 'UNASSIGN', { SERNO: serial })).ASSIGNED_USERID, undefined);
  await a.execute('digipass', 'UNASSIGN', { SERNO: serial }, 'STAT_ERROR');
}

async function main(wsdl, name, serial) {
  // The library's own key for XML attributes is the name of an element here.
  const a = new Administrator(await soap.createClientAsync(wsdl, { attributesKey: '$attributes' }));
  await sessions(a);
  await domains(a, name);
  await users(a, name);
  await authenticators(a, name, serial);
  await a.execute('user', 'DELETE', { USERID: name, DOMAIN: 'master' });
  await a.credentials('logoff', { SESSION_ID: a.session });
  await a.credentials('logoff', { SESSION_ID: a.session }, 'STAT_ADMIN_SESSION_STOPPED');
  console.log(`the whole flow: ${checks} checks passed`);
}

main(...process.argv.slice(2)).catch((error) => { console.error(error); process.exit(1); });
