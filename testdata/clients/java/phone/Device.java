package phone;

import static phone.Profile.HEX;
import static phone.Profile.ascii;
import static phone.Profile.check;
import static phone.Profile.hash;
import static phone.Profile.hkdf;
import static phone.Profile.join;
import static phone.Profile.mac;
import static phone.Profile.number;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/** A device on a licence: from Activation Message 1 to the signature (section 8). */
public final class Device {
    private final byte[] context;
    private final byte[] key;
    private final byte type;
    private final byte[] nonce;
    private byte[] message2;
    private byte[] secret;

    public Device(String message1, int type) {
        this(message1, type, new SecureRandom().generateSeed(6));
    }

    Device(String message1, int type, byte[] nonce) {
        byte[] message = HEX.parseHex(message1);
        check(message.length == 44 && message[0] == 1 && message[1] == 1
            && Arrays.equals(Arrays.copyOf(hash(Arrays.copyOf(message, 40)), 4), Arrays.copyOfRange(message, 40, 44)),
            "Activation Message 1 is damaged");
        context = Arrays.copyOf(message, 24);
        key = Arrays.copyOfRange(message, 24, 40);
        this.type = (byte) type;
        this.nonce = nonce;
    }

    public String deviceCode() {
        byte[] tag = mac(key, ascii("dsapp/1 device code"), context, new byte[] {type}, nonce);
        BigInteger code = BigInteger.valueOf(type).shiftLeft(78).or(number(nonce).shiftLeft(30))
            .or(number(Arrays.copyOf(tag, 4)).shiftRight(2));
        String digits = String.format("%025d", code);
        return digits + Profile.luhn(digits, 10);
    }

    /** Takes Activation Message 2, and with it the secret of the instance. */
    public void open(String message2Hex) {
        byte[] message = HEX.parseHex(message2Hex);
        byte[] header = Arrays.copyOf(message, 13);
        check(message.length == 49 && Arrays.equals(Arrays.copyOf(header, 12),
            join(new byte[] {1, 2}, Arrays.copyOfRange(context, 2, 12))), "Activation Message 2 is not this licence's");
        byte[] tag = Arrays.copyOfRange(message, 33, 49);
        byte[] keys = hkdf(key, join(new byte[] {type}, nonce, new byte[] {header[12]}),
            join(ascii("dsapp/1 message 2"), context), 64);
        byte[] opened = Profile.counterMode(Arrays.copyOf(keys, 32), tag, Arrays.copyOfRange(message, 13, 33));
        byte[] right = Arrays.copyOf(mac(Arrays.copyOfRange(keys, 32, 64), header, opened), 16);
        check(MessageDigest.isEqual(right, tag), "Activation Message 2 is damaged, or not this device's");
        message2 = message;
        secret = opened;
    }

    /** The serial number of the instance. */
    public String name() {
        return new String(context, 2, 10, StandardCharsets.US_ASCII) + "-" + message2[12];
    }

    /** RFC 6287, of one question in 128 bytes. */
    public String signature() {
        byte[] tag = mac(secret, ascii("OCRA-1:HOTP-SHA256-8:QH64"), new byte[1], hash(message2), new byte[96]);
        return Profile.truncate(tag, 8);
    }

    byte[] secret() {
        return secret;
    }
}
