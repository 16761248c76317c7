// An app's own server over axios, with the calls of the public React Native
// wrapper: users are enrolled, logged in and let go.
// Usage: rest.js http://127.0.0.1:PORT KEY
'use strict';

const assert = require('node:assert');
const axios = require('axios');

const [base, key] = process.argv.slice(2);
const api = axios.create({ baseURL: base.replace(/\/$/, '') + '/v1', headers: { Authorization: 'Bearer ' + key } });

let checks = 0;

function check(what, got, want) {
  checks++;
  assert.deepStrictEqual(got, want, `${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
}

function shown(response) {
  const { method, url } = response.config;
  console.log(`${method.toUpperCase()} ${url}`.padEnd(60), response.status);
  check('log-correlation-id', /^[0-9a-f]{16}$/.test(response.headers['log-correlation-id']), true);
  return response;
}
api.interceptors.response.use(shown, (error) => { shown(error.response); throw error; });

async function refused(status, message, promise) {
  const error = await promise.then(() => null, (e) => e);
  check('refusal', [error?.response?.status, error?.response?.data?.message], [status, message ?? error?.response?.data?.message]);
  check('error', typeof error.response.data.error, 'string');
}

const user = (name) => '/users/' + encodeURIComponent(name + '@master');
const registerUser = (userID) =>
  api.post('/users/register', { objectType: 'RegisterUserInputEx', clientIP: '203.0.113.9', staticPassword: 'Test1234', userID, activationType: 'onlineSDL' });
const login = (name, credentials) =>
  api.post(user(name) + '/login', { objectType: 'LoginInput', credentials, orchestrationDelivery: [], timeout: 60, loginMessage: { title: { text: 'Log in' }, subject: 'lab' } });

async function listAuthenticators(userID) {
  const { data } = await api.get('/authenticators?serialNumber=%2A&offset=0&limit=20&userID=' + userID);
  check('total', data.total, data.authenticators.length);
  return [...new Set(data.authenticators.map((a) => a.serialNumber.replace(/-\d+$/, '')))];
}

async function main() {
  const { data } = await registerUser('zoë müller');
  check('activationPassword', data.activationPassword.length >= 6, true);
  check('userID', data.userID, 'zoë müller');
  check('status', (await api.post('/registrations/check-status', { login: 'zoë müller', timeoutSeconds: 0 })).data, { activationStatus: 'pending' });

  check('login', (await login('user2', { authenticator: { OTP: '755224' } })).data.sessionStatus, 'accepted');
  await refused(409, 'Authentication failed', login('user2', { authenticator: { OTP: '755224' } }));
  check('static password', (await login('user3', { passKey: 'Password2' })).data.sessionStatus, 'accepted');
  await refused(422, null, api.post(user('user2') + '/login', { objectType: 'LoginInput', orchestrationDelivery: ['pushNotification', 'requestMessage'] }));
  await refused(422, null, api.post('/orchestration-commands', { command: '0A0B' }));

  const serials = await listAuthenticators(encodeURIComponent('zoë müller'));
  check('authenticators', serials, [data.serialNumber]);
  for (const serialNumber of serials) {
    await api.post(`/authenticators/${serialNumber}/unassign`);
  }
  check('authenticators afterwards', await listAuthenticators(encodeURIComponent('zoë müller')), []);
  check('delete', (await api.delete(user('zoë müller'))).data, {});
  await refused(404, null, api.get(user('zoë müller')));
  await refused(400, null, api.post('/users/register', { objectType: 'RegisterUserInputEx' }));
  console.log(`the whole flow: ${checks} checks passed`);
}

main().catch((error) => { console.error(error.message); process.exit(1); });
