import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.imageio.ImageIO;

import phone.Device;

/**
 * A node of an access manager that calls the Platform API, as the public one does: it sends numbers in quotes, opens a
 * connection for each call, reads the answers by fixed rules, and throws where these are broken.
 * Usage: Driver http://127.0.0.1:PORT KEY
 */
public final class Driver {
    private static final Set<String> ACTIVATION = Set.of("pending", "activated", "timeout", "unknown");
    private static final Set<String> LOGIN = Set.of("unknown", "pending", "accepted", "refused", "timeout", "failed");
    private static final Set<String> SESSION = Set.of("pending", "accepted", "refused", "failure", "timeout", "unknown");

    private final String base;
    private final String key;
    private int checks;

    private Driver(String base, String key) {
        this.base = base.toLowerCase(Locale.ROOT) + "/v1";
        this.key = key;
    }

    public static void main(String[] arguments) throws Exception {
        Driver driver = new Driver(arguments[0].replaceAll("/$", ""), arguments[1]);
        driver.makeTheUser();
        driver.registerOnline();
        driver.activateOffline();
        driver.fillTheLicence();
        driver.findAuthenticators();
        driver.logIn();
        driver.readRefusals();
        System.out.printf("the whole flow: %d checks passed%n", driver.checks);
    }

    /** The user is read, made when it is not there, and else changed. */
    private void makeTheUser() throws Exception {
        for (String method : List.of("PUT", "PATCH")) {
            Answer found = call("GET", "/users/anna@master", null);
            check("the user is there", found.status / 100 == 2, method.equals("PATCH"));
            if (found.status / 100 != 2) {
                check("error", found.text("error") != null && found.text("message") != null, true);
            }
            Answer written = call(method, "/users/anna@master", "{'emailAddress':'anna@example.com','mobilePhoneNumber':'+32470123456',"
                + "'staticPassword':'Password2','vdpDeliveryMethod':'Default','departmentNumber':'42'}");
            check(method, written.status / 100, 2);
        }
        check("authenticators", call("GET", "/users/anna@master", null).members.get("authenticators"), List.of());
        check("activation of nobody", checkStatus("somebody_else"), "unknown");
    }

    /** The image that a phone scans: its text in hex, which is filled up with zeros from the left. */
    private void registerOnline() throws Exception {
        Answer registered = success("POST", "/users/register", "{'objectType':'AdaptiveRegisterUserInput','clientIP':'203.0.113.9','userID':'anna','domain':'master',"
            + "'staticPassword':'Password2','activationType':'onlineMDL','sessionID':'0a1b','relationshipRef':'anna','applicationRef':'app',"
            + "'cddc':{'browserCDDC':{'fingerprintRaw':'raw','fingerprintHash':'hash'}}}");
        String password = registered.text("activationPassword");
        check("activationPassword", password.length() >= 6 && password.length() <= 4202, true);
        check("serialNumber", registered.text("serialNumber").matches("[A-Z0-9]{3}[0-9]{7}"), true);
        check("status", checkStatus("anna"), "pending");
        String image = "02;anna;0;master;" + password + ";lab";
        String hex = String.format("%040x", new BigInteger(1, image.getBytes(StandardCharsets.UTF_8)));
        check("image", render("QR", hex) != null, true);
        check("short image", render("QR", String.format("%040x", BigInteger.ONE)) != null, true);
        check("a picture of CRONTO", render("CRONTO", hex), null);
        Map<String, Object> removed = success("POST", "/users/anna@master/unregister", "{'objectType':'AdaptiveUnregisterUserInput','clientIP':'203.0.113.9','cddc':{}}").members;
        check("unregister", removed.containsKey("message"), false);
        check("status afterwards", checkStatus("anna"), "unknown");
    }

    private void activateOffline() throws Exception {
        Answer registered = success("POST", "/users/register", "{'objectType':'RegisterUserInputEx','userID':'josh','activationType':'offlineMDL'}");
        activate(registered);
        check("status", checkStatus("josh"), "activated");
    }

    private void activate(Answer registered) throws Exception {
        String path = "/registrations/" + registered.text("registrationID");
        Device device = new Device(registered.text("activationPassword"), 7);
        Answer added = success("POST", path + "/add-device", "{'deviceCode':'" + device.deviceCode() + "'}");
        for (String name : List.of("activationMessage2", "activationType", "deviceStatus", "deviceType", "domain", "registrationID", "serialNumber", "userID")) {
            check(name, added.text(name) != null, true);
        }
        device.open(added.text("activationMessage2"));
        check("instance", added.text("serialNumber"), device.name());
        check("activate", call("POST", path + "/activate", "{'signature':'" + device.signature() + "'}").status / 100, 2);
    }

    /** The licence is for two devices. */
    private void fillTheLicence() throws Exception {
        String register = "{'objectType':'RegisterUserInputEx','userID':'josh','activationType':'offlineMDL'}";
        activate(success("POST", "/users/register", register));
        refused(409, "Conflict", "License activation limit reached.", call("POST", "/users/register", register));
    }

    private void findAuthenticators() throws Exception {
        Answer found = success("GET", "/authenticators?serialNumber=*&domain=master&assigned=true&offset=0&limit=20", null);
        int phones = 0;
        int makers = 0;
        for (Object each : (List<?>) found.members.get("authenticators")) {
            Map<?, ?> authenticator = (Map<?, ?>) each;
            phones += authenticator.get("authenticatorType").toString().startsWith("TYP") ? 1 : 0;
            makers += ((List<?>) authenticator.get("applications")).stream().anyMatch(a -> ((Map<?, ?>) a).get("type").equals("RO")) ? 1 : 0;
        }
        check("phones", phones, 2);
        check("authenticators that make one-time passwords", makers >= phones, true);
        check("total", ((Double) found.members.get("total")).intValue(), ((List<?>) found.members.get("authenticators")).size());
        Answer free = success("GET", "/authenticators?assigned=false&limit=1&type=TOTP", null);
        String serial = ((Map<?, ?>) ((List<?>) free.members.get("authenticators")).get(0)).get("serialNumber").toString();
        check("assign", call("POST", "/authenticators/" + serial + "/assign", "{'domain':'master','userID':'josh'}").status / 100, 2);
        check("unassign", call("POST", "/authenticators/" + serial + "/unassign", null).status / 100, 2);
    }

    private void logIn() throws Exception {
        String otp = success("POST", "/authenticators/VDS1000141/applications/OTP/generate-votp", "{'deliveryMethod':'Response','subject':'Log in'}").text("otp");
        Answer accepted = success("POST", "/users/user2@master/login", "{'objectType':'LoginInput','credentials':{'authenticator':{'OTP':'" + otp + "'}},'timeout':'0'}");
        check("sessionStatus", word(LOGIN, accepted.text("sessionStatus")), "accepted");
        check("riskResponseCode", accepted.number("riskResponseCode", -1), 0);
        Answer session = success("GET", "/sessions/" + accepted.text("requestID"), null);
        check("session", word(SESSION, session.text("sessionStatus")), "accepted");
        Answer event = success("POST", "/users/user2@master/events/validate",
            "{'eventType':'LoginAttempt','clientIP':'203.0.113.9','credentials':{'passKey':'Password2'},'cddc':{'browserCDDC':{}},'timeout':'0'}", 409);
        check("the grace period is over", event.text("message"), "Authentication failed");
        Answer challenge = success("POST", "/users/user2@master/generate-challenge", "{'length':'6','checkDigit':'true'}");
        check("challenge", challenge.text("challenge").length(), 6);
        check("session of a challenge", word(SESSION, success("GET", "/sessions/" + challenge.text("requestID"), null).text("sessionStatus")), "pending");
    }

    private void readRefusals() throws Exception {
        refused(409, "Conflict", "Authentication failed",
            call("POST", "/users/user2@master/login", "{'objectType':'LoginInput','credentials':{'authenticator':{'OTP':'000000'}}}"));
        Answer push = call("POST", "/users/user2@master/login", "{'objectType':'AdaptiveLoginInput','orchestrationDelivery':['pushNotification'],'timeout':'0','cddc':{}}");
        refused(422, "Unprocessable Entity", push.text("message"), push);
        Answer wrong = call("POST", "/users/register", "{'objectType':'Other','userID':[]}");
        refused(400, "Bad Request", wrong.text("message"), wrong);
        List<?> errors = (List<?>) wrong.members.get("validationErrors");
        check("validation errors", errors.size() >= 2 && ((Map<?, ?>) errors.get(0)).get("message") != null, true);
        check("status of an orchestration command", call("POST", "/orchestration-commands", "{'command':'00'}").status, 422);
    }

    private String checkStatus(String user) throws Exception {
        return word(ACTIVATION, success("POST", "/registrations/check-status", "{'login':'" + user + "','timeoutSeconds':'0'}").text("activationStatus"));
    }

    /** The picture, whatever the status; null: there is none. */
    private Object render(String format, String hex) throws Exception {
        HttpRequest request = request("/visualcodes/render?format=" + format + "&message=" + hex).header("Accept", "image/png").build();
        return ImageIO.read(new ByteArrayInputStream(client().send(request, HttpResponse.BodyHandlers.ofByteArray()).body()));
    }

    private static String word(Set<String> known, String word) {
        if (!known.contains(word)) {
            throw new IllegalArgumentException("unknown word " + word);
        }
        return word;
    }

    private Answer success(String method, String path, String body, int... others) throws Exception {
        Answer answer = call(method, path, body);
        check(method + " " + path + ": " + answer.members, answer.status / 100 == 2 || others.length > 0 && others[0] == answer.status, true);
        return answer;
    }

    private void refused(int status, String error, String message, Answer answer) {
        check("refusal", List.of(answer.status, answer.text("error"), answer.text("message")), List.of(status, error, message));
    }

    private Answer call(String method, String path, String body) throws Exception {
        HttpRequest.Builder builder = request(path).header("Accept", "application/json").header("Content-Type", "application/json");
        String text = body == null ? "" : body.replace('\'', '"');
        builder.method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(text));
        HttpResponse<String> response = client().send(builder.build(), HttpResponse.BodyHandlers.ofString());
        check("log-correlation-id", response.headers().firstValue("log-correlation-id").orElse("").isEmpty(), false);
        System.out.println(method + " " + path + " " + response.statusCode());
        return new Answer(response.statusCode(), members(response.body()));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> members(String body) {
        return (Map<String, Object>) Json.parse(body);
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key);
    }

    /** A client of its own for each call has a connection of its own. */
    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private void check(String what, Object got, Object want) {
        checks++;
        if (!Objects.equals(got, want)) {
            throw new AssertionError(what + " is " + got + ", not " + want);
        }
    }

    private record Answer(int status, Map<String, Object> members) {
        /** A member that has to be a text where it is there. */
        String text(String name) {
            return (String) members.get(name);
        }

        int number(String name, int absent) {
            return members.containsKey(name) ? ((Double) members.get(name)).intValue() : absent;
        }
    }
}
