package phone;

import static phone.Profile.HEX;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Holds the phone to the vectors of the profile. Usage: java phone.Vectors vectors.json */
final class Vectors {
    private static int checks;

    private Vectors() {}

    public static void main(String[] args) throws Exception {
        String file = Pattern.compile("\\\\u(\\p{XDigit}{4})").matcher(Files.readString(Path.of(args[0])))
            .replaceAll(escaped -> Character.toString(Integer.parseInt(escaped.group(1), 16)));
        for (Map<String, String> v : cases(file, "srp")) {
            Exchange exchange = new Exchange(v.get("registrationID"), v.get("activationPassword"), new BigInteger(v.get("a"), 16));
            same("A", exchange.publicKey(), v.get("A"));
            same("M1", exchange.prove(v.get("salt"), v.get("B")), v.get("M1"));
            exchange.confirm(v.get("M2"));
        }
        for (Map<String, String> v : cases(file, "encryptedData")) {
            Exchange exchange = new Exchange("", "").withKey(HEX.parseHex(v.get("K")));
            same("plaintext", exchange.open(v.get("item"), v.get("encryptedData"), v.get("encryptedCounter"), v.get("mac")),
                v.get("plaintext"));
        }
        for (Map<String, String> v : cases(file, "activationCode")) {
            Authenticator made = Authenticator.fromActivationCode(v.get("activationCode"), "VDS1000140");
            same("secret", made.sameSecret(of(v, v.get("secret"))), true);
        }
        for (Map<String, String> v : cases(file, "activationData")) {
            Authenticator made = Authenticator.fromURI(v.get("uri"));
            same("secret", made.sameSecret(of(v, v.get("secret"))), true);
            same("user", made.domain + ":" + made.userID, v.get("domain") + ":" + v.get("userID"));
            same("counter", made.reactivationCounter(), v.get("eventReactivationCounter"));
        }
        for (Map<String, String> v : cases(file, "otp")) {
            same("otp", of(v, v.get("secret")).otp(Long.parseLong(v.get("movingFactor"))), v.get("otp"));
        }
        for (Map<String, String> v : cases(file, "derivation")) {
            Authenticator phone = of(v, v.get("secret"));
            same("code", phone.derive(HEX.parseHex(v.get("fingerprint")), Long.parseLong(v.get("movingFactor"))), v.get("derivationCode"));
            same("secret", phone.sameSecret(of(v, v.get("derivedSecret"))), true);
        }
        for (Map<String, String> v : cases(file, "mdl")) {
            Device device = new Device(v.get("activationMessage1"), Integer.parseInt(v.get("deviceType")), HEX.parseHex(v.get("deviceNonce")));
            same("device code", device.deviceCode(), v.get("deviceCode"));
            device.open(v.get("activationMessage2"));
            same("secret", HEX.formatHex(device.secret()), v.get("instanceSecret"));
            same("signature", device.signature(), v.get("signature"));
        }
        System.out.printf("the vectors: %d checks passed%n", checks);
    }

    private static Authenticator of(Map<String, String> v, String secret) {
        return new Authenticator("", v.get("algorithm"), Integer.parseInt(v.getOrDefault("digits", "6")), 0, "", "",
            v.get("serialNumber"), HEX.parseHex(secret));
    }

    /** The vectors of a kind: flat objects in an array. */
    private static List<Map<String, String>> cases(String file, String kind) {
        List<Map<String, String>> out = new ArrayList<>();
        Matcher array = Pattern.compile("\"" + kind + "\": \\[([^\\]]*)\\]").matcher(file);
        if (!array.find()) {
            throw new AssertionError("there are no vectors of the kind " + kind);
        }
        Matcher object = Pattern.compile("\\{([^{}]*)\\}").matcher(array.group(1));
        while (object.find()) {
            Map<String, String> one = new HashMap<>();
            Matcher member = Pattern.compile("\"(\\w+)\": (?:\"([^\"\\\\]*)\"|(\\d+))").matcher(object.group(1));
            while (member.find()) {
                one.put(member.group(1), member.group(2) == null ? member.group(3) : member.group(2));
            }
            out.add(one);
        }
        return out;
    }

    private static void same(String what, Object got, Object want) {
        checks++;
        if (!got.equals(want)) {
            throw new AssertionError(what + " is " + got + ", not " + want);
        }
    }
}
