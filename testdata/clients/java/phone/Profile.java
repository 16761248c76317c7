package phone;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/** The formulas that the sections of the open DSAPP profile, version 1, share. */
final class Profile {
    /** RFC 5054, appendix A: the 2048-bit group. */
    static final BigInteger N = new BigInteger(
        "AC6BDB41324A9A9BF166DE5E1389582FAF72B6651987EE07FC3192943DB56050A37329CBB4"
        + "A099ED8193E0757767A13DD52312AB4B03310DCD7F48A9DA04FD50E8083969EDB767B0CF60"
        + "95179A163AB3661A05FBD5FAAAE82918A9962F0B93B855F97993EC975EEAA80D740ADBF4FF"
        + "747359D041D5C33EA71D281E446B14773BCA97B43A23FB801676BD207A436C6481F1D2B907"
        + "8717461A5B9D32E688F87748544523B524B0D57D5EA77A2775D2ECFA032CFBDBF52FB37861"
        + "60279004E57AE6AF874E7303CE53299CCC041C7BC308D82A5698F3A8D0C38271AE35F8E9DB"
        + "FBB694B5C803D89F7AE435DE236D525F54759B65E372FCD68EF20FA7111F9E4AFF73", 16);
    static final BigInteger G = BigInteger.TWO;
    static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Profile() {}

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    static byte[] join(byte[]... parts) {
        byte[] all = new byte[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
        int end = 0;
        for (byte[] part : parts) {
            System.arraycopy(part, 0, all, end, part.length);
            end += part.length;
        }
        return all;
    }

    /** A number as so many bytes, with zeros in front. */
    static byte[] bytes(BigInteger number, int length) {
        byte[] given = number.toByteArray();
        int from = given[0] == 0 ? 1 : 0; // the sign
        byte[] padded = new byte[length];
        System.arraycopy(given, from, padded, length - (given.length - from), given.length - from);
        return padded;
    }

    static byte[] pad(BigInteger number) {
        return bytes(number, 256);
    }

    static BigInteger number(byte[] bytes) {
        return new BigInteger(1, bytes);
    }

    static byte[] hash(byte[]... parts) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(join(parts));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** HMAC with SHA1, SHA256 or SHA512. */
    static byte[] mac(String algorithm, byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("Hmac" + algorithm);
            mac.init(new SecretKeySpec(key, "RAW"));
            return mac.doFinal(join(parts));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    static byte[] mac(byte[] key, byte[]... parts) {
        return mac("SHA256", key, parts);
    }

    /** RFC 5869; an empty salt counts as 32 zero bytes. */
    static byte[] hkdf(byte[] key, byte[] salt, byte[] info, int length) {
        byte[] extracted = mac(salt.length == 0 ? new byte[32] : salt, key);
        byte[] out = {};
        byte[] block = {};
        for (int count = 1; out.length < length; count++) {
            block = mac(extracted, block, info, new byte[] {(byte) count});
            out = join(out, block);
        }
        return Arrays.copyOf(out, length);
    }

    /** AES in counter mode, which opens what it seals. */
    static byte[] counterMode(byte[] key, byte[] firstBlock, byte[] text) {
        try {
            Cipher cipher = Cipher.getInstance("AES/CTR/NoPadding");
            cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(key, "AES"), new IvParameterSpec(firstBlock));
            return cipher.doFinal(text);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** RFC 4226, with the hashes that RFC 6238 adds. */
    static String otp(byte[] secret, long movingFactor, String algorithm, int digits) {
        return truncate(mac(algorithm, secret, bytes(BigInteger.valueOf(movingFactor), 8)), digits);
    }

    static String truncate(byte[] tag, int digits) {
        int offset = tag[tag.length - 1] & 15;
        long number = number(Arrays.copyOfRange(tag, offset, offset + 4)).longValue() & 0x7FFFFFFF;
        return String.format("%0" + digits + "d", number % (long) Math.pow(10, digits));
    }

    /** The check character of digits to the base n (section 3). */
    static char luhn(String digits, int n) {
        int total = 0;
        for (int i = 0; i < digits.length(); i++) {
            int place = digits.length() - 1 - i;
            int product = Character.digit(digits.charAt(i), n) * (2 - place % 2);
            total += product / n + product % n;
        }
        return Character.toUpperCase(Character.forDigit((n - total % n) % n, n));
    }

    static void check(boolean right, String what) {
        if (!right) {
            throw new ProfileException(what);
        }
    }
}
