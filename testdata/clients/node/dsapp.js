// The phone's side of the open DSAPP profile, version 1, with BigInt and
// node's crypto.
'use strict';

const crypto = require('node:crypto');

// RFC 5054, appendix A: the 2048-bit group, whose generator is 2.
const N = BigInt('0x' +
  'AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4' +
  'A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF60' +
  '95179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF' +
  '747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B907' +
  '8717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB37861' +
  '60279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DB' +
  'FBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73');

function power(base, exponent) {
  let result = 1n;
  for (const bit of exponent.toString(2)) {
    result = result * result % N;
    if (bit === '1') result = result * base % N;
  }
  return result;
}

const number = (bytes) => BigInt('0x' + bytes.toString('hex'));
const pad = (value) => Buffer.from(value.toString(16).padStart(512, '0'), 'hex');
const unhex = (text) => Buffer.from(text, 'hex');
const sha256 = (...parts) => crypto.createHash('sha256').update(Buffer.concat(parts.map((p) => Buffer.from(p)))).digest();
const hkdf = (key, salt, info, length) => Buffer.from(crypto.hkdfSync('sha256', key, salt, info, length));

// One SRP exchange, from A to the opened items (sections 1 and 2).
class Exchange {
  constructor(registrationID, activationPassword) {
    this.registrationID = registrationID;
    this.activationPassword = activationPassword;
    this.a = number(crypto.randomBytes(32));
    this.A = power(2n, this.a);
  }

  // The number itself: its hex may have an odd count of characters.
  publicKey() {
    return this.A.toString(16);
  }

  prove(saltHex, serverKeyHex) {
    const salt = unhex(saltHex);
    const B = BigInt('0x' + serverKeyHex);
    if (B <= 0n || B >= N) throw new Error('B is outside 1..N-1');
    const x = number(sha256(salt, sha256(`${this.registrationID}:${this.activationPassword}`)));
    const k = number(sha256(pad(N), pad(2n)));
    const u = number(sha256(pad(this.A), pad(B)));
    const base = ((B - k * power(2n, x)) % N + N) % N;
    this.K = sha256(pad(power(base, this.a + u * x)));
    const generator = sha256([2]);
    const group = sha256(pad(N)).map((byte, i) => byte ^ generator[i]);
    this.M1 = sha256(group, sha256(this.registrationID), salt, pad(this.A), pad(B), this.K);
  }

  // Checks M2, before any item is opened.
  confirm(evidenceHex) {
    if (!crypto.timingSafeEqual(sha256(pad(this.A), this.M1, this.K), unhex(evidenceHex))) {
      throw new Error('M2 is wrong: the server does not know the key');
    }
  }

  open(name, item) {
    const text = unhex(item.encryptedData);
    const counter = unhex(item.encryptedCounter);
    const macKey = hkdf(this.K, '', 'dsapp-srp/1 mac', 32);
    const mac = crypto.createHmac('sha256', macKey).update(`${name}\0`).update(counter).update(text).digest();
    if (!crypto.timingSafeEqual(mac, unhex(item.mac))) throw new Error(`the mac of ${name} is wrong`);
    const key = hkdf(this.K, '', 'dsapp-srp/1 encrypt', 32);
    const opener = crypto.createDecipheriv('aes-256-ctr', key, Buffer.concat([counter, Buffer.alloc(8)]));
    return Buffer.concat([opener.update(text), opener.final()]).toString('ascii');
  }
}

// What a phone holds once it was activated.
class Authenticator {
  constructor(secret, serial, { type = 'totp', algorithm = 'SHA1', digits = 6, counter = 0 } = {}) {
    Object.assign(this, { secret, serial, type, algorithm, digits, counter });
  }

  // Section 4: full activation data.
  static fromURI(text) {
    const uri = new URL(text);
    const query = uri.searchParams;
    return new Authenticator(base32(query.get('secret')), query.get('serial'), {
      type: uri.host,
      algorithm: query.get('algorithm'),
      digits: Number(query.get('digits')),
      counter: Number(query.get('counter') ?? 0),
    });
  }

  // Section 3: the secret and its check character; the rest is built in.
  static fromActivationCode(code, serial) {
    const sum = [...code].reverse().reduce((total, symbol, place) => {
      const product = parseInt(symbol, 16) * (1 + place % 2);
      return total + (product >> 4) + product % 16;
    }, 0);
    if (sum % 16 !== 0) throw new Error('the check character of the activation code is wrong');
    return new Authenticator(unhex(code.slice(0, -1)), serial);
  }

  // RFC 4226, with the hashes that RFC 6238 adds.
  otp(movingFactor) {
    const factor = Buffer.alloc(8);
    factor.writeBigUInt64BE(BigInt(movingFactor));
    const tag = crypto.createHmac(this.algorithm, this.secret).update(factor).digest();
    const offset = tag[tag.length - 1] & 15;
    const truncated = tag.readUInt32BE(offset) & 0x7fffffff;
    return String(truncated % 10 ** this.digits).padStart(this.digits, '0');
  }

  // Section 7: binds the secret to this device; returns the derivation code.
  derive(fingerprint, movingFactor) {
    const diversifier = sha256('dsapp/1 diversifier', this.serial, fingerprint).subarray(0, 8);
    this.secret = hkdf(this.secret, diversifier, 'dsapp/1 derive' + this.serial, this.secret.length);
    return diversifier.toString('hex') + this.otp(movingFactor);
  }
}

function base32(text) {
  const bits = [...text].map((symbol) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(symbol).toString(2).padStart(5, '0'));
  const bytes = bits.join('').match(/.{8}/g);
  return Buffer.from(bytes.map((byte) => parseInt(byte, 2)));
}

module.exports = { Exchange, Authenticator };
