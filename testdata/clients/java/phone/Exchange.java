package phone;

import static phone.Profile.G;
import static phone.Profile.HEX;
import static phone.Profile.N;
import static phone.Profile.ascii;
import static phone.Profile.check;
import static phone.Profile.hash;
import static phone.Profile.hkdf;
import static phone.Profile.mac;
import static phone.Profile.number;
import static phone.Profile.pad;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;

/** One SRP exchange, from A to the opened items (sections 1 and 2). */
public final class Exchange {
    private final byte[] identity;
    private final byte[] password;
    private final BigInteger a;
    private final byte[] publicKey;
    private byte[] key;
    private byte[] evidence;

    public Exchange(String registrationID, String activationPassword) {
        this(registrationID, activationPassword, new BigInteger(256, new SecureRandom()));
    }

    Exchange(String registrationID, String activationPassword, BigInteger a) {
        identity = ascii(registrationID);
        password = ascii(activationPassword);
        this.a = a;
        publicKey = pad(G.modPow(a, N));
    }

    /** A. */
    public String publicKey() {
        return HEX.formatHex(publicKey);
    }

    /** Agrees on the key and returns M1. */
    public String prove(String saltHex, String serverKeyHex) {
        byte[] salt = HEX.parseHex(saltHex);
        BigInteger serverKey = new BigInteger(serverKeyHex, 16);
        check(serverKey.signum() > 0 && serverKey.compareTo(N) < 0, "B is outside 1 to N-1");
        BigInteger x = number(hash(salt, hash(identity, ascii(":"), password)));
        BigInteger k = number(hash(pad(N), pad(G)));
        BigInteger u = number(hash(publicKey, pad(serverKey)));
        check(u.signum() != 0, "u is zero");
        BigInteger base = serverKey.subtract(k.multiply(G.modPow(x, N))).mod(N);
        key = hash(pad(base.modPow(a.add(u.multiply(x)), N)));
        byte[] groups = number(hash(pad(N))).xor(number(hash(new byte[] {2}))).toByteArray();
        evidence = hash(Profile.bytes(number(groups), 32), hash(identity), salt, publicKey, pad(serverKey), key);
        return evidence();
    }

    /** M1, once prove was called. */
    public String evidence() {
        return HEX.formatHex(evidence);
    }

    /** Checks M2, before any item is opened. */
    public void confirm(String serverEvidence) {
        check(MessageDigest.isEqual(HEX.parseHex(serverEvidence), hash(publicKey, evidence, key)),
            "M2 is wrong: the server does not know the key");
    }

    /** Checks and decrypts an item. */
    public String open(String item, String encryptedData, String encryptedCounter, String macHex) {
        byte[] counter = HEX.parseHex(encryptedCounter);
        byte[] text = HEX.parseHex(encryptedData);
        byte[] macKey = hkdf(key, new byte[0], ascii("dsapp-srp/1 mac"), 32);
        check(MessageDigest.isEqual(HEX.parseHex(macHex), mac(macKey, ascii(item), new byte[1], counter, text)),
            "the mac of " + item + " is wrong");
        byte[] encryptionKey = hkdf(key, new byte[0], ascii("dsapp-srp/1 encrypt"), 32);
        byte[] opened = Profile.counterMode(encryptionKey, Profile.join(counter, new byte[8]), text);
        return new String(opened, StandardCharsets.US_ASCII);
    }

    /** Takes another key, to test the opening of items. */
    Exchange withKey(byte[] key) {
        this.key = key;
        return this;
    }
}
