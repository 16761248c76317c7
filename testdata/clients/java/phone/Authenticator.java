package phone;

import static phone.Profile.HEX;
import static phone.Profile.ascii;
import static phone.Profile.check;
import static phone.Profile.hash;
import static phone.Profile.hkdf;

import java.math.BigInteger;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What a phone holds once it has opened the activation data (sections 3, 4 and 7). */
public final class Authenticator {
    public final String kind;
    public final String algorithm;
    public final int digits;
    public final long movingFactor;
    public final String domain;
    public final String userID;
    public final String serialNumber;
    private byte[] secret;

    Authenticator(String kind, String algorithm, int digits, long movingFactor, String domain, String userID,
            String serialNumber, byte[] secret) {
        this.kind = kind;
        this.algorithm = algorithm;
        this.digits = digits;
        this.movingFactor = movingFactor;
        this.domain = domain;
        this.userID = userID;
        this.serialNumber = serialNumber;
        this.secret = secret;
    }

    /** Reads full activation data. */
    public static Authenticator fromURI(String text) {
        URI uri = URI.create(text);
        String[] label = uri.getRawPath().substring(1).split(":");
        Map<String, String> query = new HashMap<>();
        for (String pair : uri.getRawQuery().split("&")) {
            query.put(pair.split("=")[0], decoded(pair.split("=")[1]));
        }
        check(query.get("issuer").equals(decoded(label[0])), "the issuer is not the domain");
        check(uri.getHost().equals("hotp") || query.get("period").equals("30"), "the period is not 30 seconds");
        return new Authenticator(uri.getHost(), query.get("algorithm"), Integer.parseInt(query.get("digits")),
            Long.parseLong(query.getOrDefault("counter", "0")), decoded(label[0]), decoded(label[1]),
            query.get("serial"), base32(query.get("secret")));
    }

    /** Reads offline data: the secret and its check character. The rest is built into the phone. */
    public static Authenticator fromActivationCode(String code, String serialNumber) {
        String hex = code.substring(0, code.length() - 1);
        check(Profile.luhn(hex, 16) == code.charAt(hex.length()), "the check character of the activation code is wrong");
        return new Authenticator("totp", "SHA1", 6, 0, "", "", serialNumber, HEX.parseHex(hex));
    }

    /** What eventReactivationCounter says. */
    public String reactivationCounter() {
        return kind.equals("totp") ? "000" : String.format("%03d", movingFactor);
    }

    public String otp(long movingFactor) {
        return Profile.otp(secret, movingFactor, algorithm, digits);
    }

    /** The time step of the present moment. */
    public static long step() {
        return System.currentTimeMillis() / 30000;
    }

    /** Binds the secret to this device and returns the derivation code. */
    public String derive(byte[] fingerprint, long movingFactor) {
        byte[] serial = ascii(serialNumber);
        byte[] diversifier = Arrays.copyOf(hash(ascii("dsapp/1 diversifier"), serial, fingerprint), 8);
        secret = hkdf(secret, diversifier, Profile.join(ascii("dsapp/1 derive"), serial), secret.length);
        return HEX.formatHex(diversifier) + otp(movingFactor);
    }

    /** Reports whether two phones hold the same secret. */
    public boolean sameSecret(Authenticator other) {
        return Arrays.equals(secret, other.secret);
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    /** RFC 4648 without padding, which Java does not have. */
    static byte[] base32(String text) {
        BigInteger bits = BigInteger.ZERO;
        for (char digit : text.toCharArray()) {
            bits = bits.shiftLeft(5).or(BigInteger.valueOf("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(digit)));
        }
        int length = text.length() * 5 / 8;
        return Profile.bytes(bits.shiftRight(text.length() * 5 - length * 8), length);
    }
}
