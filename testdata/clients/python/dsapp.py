"""The phone's side of the open DSAPP profile, version 1, with nothing but
Python's own integers and hashes, and AES from the cryptography package."""

import base64
import hashlib
import hmac
import secrets
from urllib.parse import parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# RFC 5054, appendix A: the 2048-bit group, whose generator is 2.
N = int(
    "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4"
    "A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF60"
    "95179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF"
    "747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B907"
    "8717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB37861"
    "60279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DB"
    "FBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73", 16)
G = 2


class ProfileError(Exception):
    """The server's half of the profile is wrong."""


def pad(number):
    return number.to_bytes(256, "big")


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def mac256(key, *parts):
    return hmac.new(key, b"".join(parts), "sha256").digest()


def hkdf(key, salt, info, length):
    extracted = mac256(salt or bytes(32), key)
    out, block, count = b"", b"", 0
    while len(out) < length:
        count += 1
        block = mac256(extracted, block, info, bytes([count]))
        out += block
    return out[:length]


class Exchange:
    """One SRP exchange, from A to the opened items (sections 1 and 2)."""

    def __init__(self, registration_id, activation_password):
        self.identity = registration_id.encode()
        self.password = activation_password.encode()
        self.a = secrets.randbits(256)
        self.A = pow(G, self.a, N)

    def public_key(self):
        return pad(self.A).hex().upper()

    def prove(self, salt_hex, server_key_hex):
        """Returns M1."""
        salt, B = bytes.fromhex(salt_hex), int(server_key_hex, 16)
        if not 0 < B < N:
            raise ProfileError("B is outside 1..N-1")
        x = int.from_bytes(sha256(salt, sha256(self.identity, b":", self.password)), "big")
        k = int.from_bytes(sha256(pad(N), pad(G)), "big")
        u = int.from_bytes(sha256(pad(self.A), pad(B)), "big")
        S = pow(B - k * pow(G, x, N), self.a + u * x, N)
        self.K = sha256(pad(S))
        groups = bytes(n ^ g for n, g in zip(sha256(pad(N)), sha256(bytes([G]))))
        self.M1 = sha256(groups, sha256(self.identity), salt, pad(self.A), pad(B), self.K)
        return self.M1.hex().upper()

    def confirm(self, evidence_hex):
        """Checks M2, before any item is opened."""
        if not hmac.compare_digest(bytes.fromhex(evidence_hex), sha256(pad(self.A), self.M1, self.K)):
            raise ProfileError("M2 is wrong: the server does not know the key")

    def open(self, item, encrypted_data, encrypted_counter, mac):
        text, counter = bytes.fromhex(encrypted_data), bytes.fromhex(encrypted_counter)
        mac_key = hkdf(self.K, b"", b"dsapp-srp/1 mac", 32)
        if not hmac.compare_digest(bytes.fromhex(mac), mac256(mac_key, item.encode(), b"\0", counter, text)):
            raise ProfileError("the mac of %s is wrong" % item)
        key = hkdf(self.K, b"", b"dsapp-srp/1 encrypt", 32)
        opener = Cipher(algorithms.AES(key), modes.CTR(counter + bytes(8))).decryptor()
        return (opener.update(text) + opener.finalize()).decode("ascii")


class Authenticator:
    """What a phone holds once it was activated."""

    def __init__(self, secret, serial, moving_factor=None, algorithm="SHA1", digits=6, kind="totp"):
        self.secret, self.serial, self.kind = secret, serial, kind
        self.algorithm, self.digits = algorithm, digits
        self.moving_factor = moving_factor

    @classmethod
    def from_uri(cls, uri):
        """Section 4: full activation data."""
        parts = urlsplit(uri)
        query = {name: values[0] for name, values in parse_qs(parts.query, strict_parsing=True).items()}
        secret = query["secret"] + "=" * (-len(query["secret"]) % 8)
        made = cls(base64.b32decode(secret), query["serial"], algorithm=query["algorithm"],
                   digits=int(query["digits"]), kind=parts.netloc)
        if made.kind == "hotp":
            made.moving_factor = int(query["counter"])
        elif query["period"] != "30":
            raise ProfileError("the period is %s" % query["period"])
        made.domain, made.user_id = (unquote(part) for part in parts.path[1:].split(":"))
        made.issuer = query["issuer"]
        return made

    @classmethod
    def from_activation_code(cls, code, serial):
        """Section 3: the secret and its check character; the rest is built in."""
        if luhn(code[:-1], 16) != code[-1]:
            raise ProfileError("the check character of the activation code is wrong")
        return cls(bytes.fromhex(code[:-1]), serial)

    def reactivation_counter(self):
        return "000" if self.kind == "totp" else "%03d" % self.moving_factor

    def otp(self, moving_factor):
        return otp(self.secret, moving_factor, self.algorithm, self.digits)

    def derive(self, fingerprint, moving_factor):
        """Section 7: binds the secret to this device; returns the derivation code."""
        serial = self.serial.encode()
        diversifier = sha256(b"dsapp/1 diversifier", serial, fingerprint)[:8]
        self.secret = hkdf(self.secret, diversifier, b"dsapp/1 derive" + serial, len(self.secret))
        return diversifier.hex().upper() + self.otp(moving_factor)


class Device:
    """A device on a licence: from Activation Message 1 to the signature (section 8)."""

    def __init__(self, message1_hex, kind):
        message = bytes.fromhex(message1_hex)
        body, check = message[:-4], message[-4:]
        if len(message) != 44 or body[:2] != b"\1\1" or sha256(body)[:4] != check:
            raise ProfileError("Activation Message 1 is damaged")
        self.licence, self.expiry = body[2:12], int.from_bytes(body[20:24], "big")
        self.context, self.key, self.kind = body[:24], body[24:], kind

    def device_code(self):
        self.nonce = secrets.token_bytes(6)
        tag = mac256(self.key, b"dsapp/1 device code", self.context, bytes([self.kind]), self.nonce)
        number = self.kind << 78 | int.from_bytes(self.nonce, "big") << 30 | int.from_bytes(tag[:4], "big") >> 2
        digits = str(number).zfill(25)
        return digits + luhn(digits, 10)

    def open(self, message2_hex):
        """Takes Activation Message 2, and with it the instance's secret."""
        message = bytes.fromhex(message2_hex)
        header, sealed, tag = message[:13], message[13:33], message[33:]
        if len(message) != 49 or header[:12] != b"\1\2" + self.licence:
            raise ProfileError("Activation Message 2 is not this licence's")
        keys = hkdf(self.key, bytes([self.kind]) + self.nonce + header[12:], b"dsapp/1 message 2" + self.context, 64)
        opener = Cipher(algorithms.AES(keys[:32]), modes.CTR(tag)).decryptor()
        secret = opener.update(sealed) + opener.finalize()
        if not hmac.compare_digest(mac256(keys[32:], header, secret)[:16], tag):
            raise ProfileError("Activation Message 2 is damaged, or not this device's")
        self.message2, self.secret, self.name = message, secret, "%s-%d" % (self.licence.decode(), header[12])

    def signature(self):
        """RFC 6287, of one question in 128 bytes."""
        suite = b"OCRA-1:HOTP-SHA256-8:QH64"
        tag = mac256(self.secret, suite, b"\0", sha256(self.message2), bytes(96))
        return truncate(tag, 8)

    def otp(self, step):
        return otp(self.secret, step, "SHA256", 6)


def otp(secret, moving_factor, algorithm, digits):
    """RFC 4226, with the hashes that RFC 6238 adds."""
    return truncate(hmac.new(secret, moving_factor.to_bytes(8, "big"), algorithm.lower()).digest(), digits)


def truncate(tag, digits):
    offset = tag[-1] & 15
    number = int.from_bytes(tag[offset:offset + 4], "big") & 0x7FFFFFFF
    return str(number % 10 ** digits).zfill(digits)


def luhn(text, n):
    """The check character of a text of digits to the base n (section 3)."""
    total = 0
    for place, symbol in enumerate(reversed(text)):
        product = int(symbol, n) * (2 - place % 2)
        total += product // n + product % n
    return "%X" % (-total % n)
