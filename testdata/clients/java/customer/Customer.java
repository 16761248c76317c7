package customer;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import customer.Service.Activated;
import customer.Service.Attribute;
import customer.Service.Data;
import customer.Service.Item;
import customer.Service.Keys;
import customer.Service.Registered;
import customer.Service.Reply;
import customer.Service.User;
import phone.Authenticator;
import phone.Device;
import phone.Exchange;

/**
 * A customer's program, over whichever toolkit: takes users of the sample data
 * through whole activations, checks every field of every reply, and meets the
 * refusals and the faults.
 */
public final class Customer {
    private static final String COMPONENT = "srp-component";
    private static final String PASSWORD = "Password2";

    /** What docs/commands.md marks as masked. */
    private static final Set<String> MASKED = Set.of("STATIC_PASSWORD", "ACTIVATION_CODE", "DP_RESPONSE", "DERIVATION_CODE",
        "ACTIVATION_PASSWORD", "ACTIVATION_MESSAGE", "DEVICE_CODE", "ACTIVATION_MESSAGE2", "SIGNATURE");

    private final Service service;
    private int checks;

    private Customer(Service service) {
        this.service = service;
    }

    /** Goes through the whole flow. The last line that it prints says so. */
    public static void run(Service service) throws Exception {
        Customer customer = new Customer(service);
        customer.bindTheDevice();
        customer.countEvents();
        customer.activateOffline();
        customer.activateDirectly();
        customer.reachBeyondASCII();
        customer.serveTheApp();
        customer.exchangeInAttributes();
        customer.shareALicence();
        customer.meetRefusals();
        customer.meetAFault();
        System.out.printf("the whole flow: %d checks passed%n", customer.checks);
    }

    /** Online data, a derivation code and its repetition, and the next phone's delivery. */
    private void bindTheDevice() throws Exception {
        Registered registered = register("user1", "VDS1000140", COMPONENT, 0, null);
        Exchange exchange = exchangeKeys(registered);
        refused(1000, "STAT_INVCREDENTIALS", "dsappSRPGenerateActivationData",
            service.generateActivationData(COMPONENT, registered.registrationID(), "00".repeat(32)));
        String[] opened = deliver(registered);
        Authenticator phone = Authenticator.fromURI(opened[0]);
        check("what the URI says", List.of(phone.kind, phone.algorithm, phone.digits, phone.serialNumber, phone.domain, phone.userID),
            List.of("totp", "SHA256", 6, "VDS1000140", "master", "user1"));
        check("eventReactivationCounter", opened[1], phone.reactivationCounter());
        long step = Authenticator.step();
        String code = phone.derive("a fingerprint \0\u00ff".getBytes(StandardCharsets.ISO_8859_1), step);
        for (int i = 0; i < 2; i++) {
            activated(service.activate(COMPONENT, registered.registrationID(), null, code), "user1", "VDS1000140");
        }

        registered = register("user1", "VDS1000140", COMPONENT, 0, "VDS1000140");
        check("secret after the binding", Authenticator.fromURI(deliver(registered)[0]).sameSecret(phone), true);
        String response = phone.otp(step + 1);
        activated(service.activate(COMPONENT, registered.registrationID(), response, null), "user1", "VDS1000140");
        refused(-13, "STAT_NOT_FOUND", "dsappSRPActivate",
            service.activate(COMPONENT, registered.registrationID(), response, null));
    }

    /** An authenticator that counts: the counter goes on where it was. */
    private void countEvents() throws Exception {
        for (int counter = 0; counter < 2; counter++) {
            Registered registered = register("user4", "VDS1000143", COMPONENT, 0, null);
            String[] opened = deliver(registered);
            Authenticator phone = Authenticator.fromURI(opened[0]);
            check("what the URI says", List.of(phone.kind, phone.algorithm, phone.digits, phone.movingFactor),
                List.of("hotp", "SHA512", 8, (long) counter));
            check("eventReactivationCounter", opened[1], phone.reactivationCounter());
            activated(service.activate(COMPONENT, registered.registrationID(), phone.otp(counter), null), "user4", "VDS1000143");
        }
    }

    /** No activationType: as the authenticator's own setting says, an activation code. */
    private void activateOffline() throws Exception {
        Registered registered = register("user5", "VDS1000144", COMPONENT, null, null);
        String[] opened = deliver(registered);
        check("eventReactivationCounter", opened[1], "000");
        Authenticator phone = Authenticator.fromActivationCode(opened[0], registered.serialNumber());
        activated(service.activate(COMPONENT, registered.registrationID(), phone.otp(Authenticator.step()), null), "user5", "VDS1000144");
    }

    /** A phone that holds its secret already needs no exchange: RFC 4226, appendix D. */
    private void activateDirectly() throws Exception {
        for (String response : List.of("755224", "287082")) {
            Registered registered = register("user2", "VDS1000141", "srp-direct", null, null);
            activated(service.activate("srp-direct", registered.registrationID(), response, null), "user2", "VDS1000141");
        }
    }

    /** A user whom the test has added to the sample data. */
    private void reachBeyondASCII() throws Exception {
        Registered registered = granted("dsappSRPRegister",
            service.register(COMPONENT, new User("j\u00fcrgen", "master", null), "Gr\u00fc\u00dfe & <\u20ac>", null, null));
        check("user", registered.user(), new User("j\u00fcrgen", "master", "B\u00fcro & <S\u00f6hne>"));
    }

    /** The commands beside the activation. */
    private void serveTheApp() throws Exception {
        User user = new User("user1", "master", null);
        String message = granted("getAppUpgradeInfo", service.getAppUpgradeInfo(COMPONENT, user, "VDS1000140"));
        check("upgradeMessage", new String(HexFormat.of().parseHex(message), StandardCharsets.UTF_8), "01;02;user1;master;0123456789");
        granted("updateDevicePNID", service.updateDevicePNID(COMPONENT, user, "VDS1000140", "0A0BFF"));
        refused(-13, "STAT_NOT_FOUND", "getAppUpgradeInfo", service.getAppUpgradeInfo(COMPONENT, user, "VDS1000149"));
    }

    /** The activation in attributes, whose numbers have every type that Java has for them. */
    private void exchangeInAttributes() throws Exception {
        for (Number online : new Number[] {0, 0L, (short) 0, (byte) 0, BigInteger.ZERO}) {
            Map<String, String> replied = execute("DSAPPREGISTER", 0, account("user4", COMPONENT, "ACTIVATION_TYPE", online));
            checkHolder(replied, "user4", "VDS1000143");
            check("gateway", replied.get("GATEWAY_ID"), "0123456789");
            String registrationID = replied.get("REGISTRATIONID");
            Exchange exchange = exchangeKeys(new Registered(registrationID, replied.get("ACTIVATION_PASSWORD"), null, null, null));
            replied = execute("DSAPPGENERATEACTIVATIONDATA", 0, Map.of("COMPONENT_TYPE", COMPONENT,
                "REGISTRATIONID", registrationID, "CLIENT_EVIDENCE_MESSAGE", exchange.evidence()));
            exchange.confirm(replied.get("SERVER_EVIDENCE_MESSAGE"));
            Authenticator phone = Authenticator.fromURI(exchange.open("activationCode", replied.get("ACTIVATION_CODE_DATA"),
                replied.get("ACTIVATION_CODE_COUNTER"), replied.get("ACTIVATION_CODE_MAC")));
            replied = execute("DSAPPACTIVATE", 0, Map.of("COMPONENT_TYPE", COMPONENT, "REGISTRATIONID", registrationID,
                "DP_RESPONSE", phone.otp(phone.movingFactor)));
            checkHolder(replied, "user4", "VDS1000143");
        }
        execute("DSAPPREGISTER", -2, account("user4", COMPONENT, "SHOE_SIZE", 42));
        execute("DSAPPREGISTER", -2, account("user4", COMPONENT, "ACTIVATION_TYPE", "two"));
        execute("DSAPPREGISTER", 1000, account("nobody", COMPONENT, "ACTIVATION_TYPE", 0));
        for (String serial : List.of("VDS1000146", "VDS1000147")) {
            checkHolder(execute("ASSIGN", 0, account("anna", COMPONENT, "SERIAL_NO", serial)), "anna", serial);
        }
        execute("ASSIGN", -14, account("anna", COMPONENT, "SERIAL_NO", "VDS1000146"));
    }

    /** A device on a licence, offline, by its signature. */
    private void shareALicence() throws Exception {
        Map<String, String> replied = execute("MDL_REGISTER", 0, account("user6", "mdl-component", "REQUEST_TYPE", 0));
        checkHolder(replied, "user6", "VDM1000001");
        Device device = new Device(replied.get("ACTIVATION_MESSAGE"), 7);
        Map<String, Object> step = Map.of("COMPONENT_TYPE", "mdl-component", "REGISTRATIONID", replied.get("REGISTRATIONID"));
        replied = execute("MDL_ADD_DEVICE", 0, with(step, "DEVICE_CODE", device.deviceCode()));
        device.open(replied.get("ACTIVATION_MESSAGE2"));
        check("the instance", device.name(), "VDM1000001-1");
        execute("MDL_ACTIVATE", 1000, with(step, "SIGNATURE", "00000000".equals(device.signature()) ? "1" : "00000000"));
        checkHolder(execute("MDL_ACTIVATE", 0, with(step, "SIGNATURE", device.signature())), "user6", "VDM1000001-1");

        Registered registered = register("user6", "VDM1000001", "mdl-component", null, null);
        Exchange exchange = exchangeKeys(registered);
        Data data = granted("dsappSRPGenerateActivationData",
            service.generateActivationData("mdl-component", registered.registrationID(), exchange.evidence()));
        exchange.confirm(data.evidence());
        check("what a single device gets", data.activationCode() == null && data.reactivationCounter() == null, true);
        new Device(open(exchange, "activationMessage", data.activationMessage()), 7);
    }

    private void meetRefusals() throws Exception {
        User user3 = new User("user3", "master", null);
        String wrong = refused(1000, "STAT_INVCREDENTIALS", "dsappSRPRegister",
            service.register(COMPONENT, user3, "Gr\u00fc\u00dfe & <\u20ac>", null, null));
        String unknown = refused(1000, "STAT_INVCREDENTIALS", "dsappSRPRegister",
            service.register(COMPONENT, new User("nobody", "master", null), PASSWORD, null, null));
        check("words for an unknown user", unknown, wrong);
        refused(1005, "STAT_PERMISSION", "dsappSRPRegister", service.register("no <such> component", user3, PASSWORD, null, null));
        refused(-13, "STAT_NOT_FOUND", "dsappSRPRegister", service.register(COMPONENT, user3, PASSWORD, null, "VDS1000140"));
        refused(-2, "STAT_INVPARAM", "dsappSRPRegister", service.register(COMPONENT, user3, PASSWORD, null, "1"));

        Registered registered = register("user3", "VDS1000142", COMPONENT, 7, null);
        refused(-1, "STAT_ERROR", "dsappSRPActivate", service.activate(COMPONENT, registered.registrationID(), "000000", null));
        refused(-2, "STAT_INVPARAM", "dsappSRPGenerateEphemeralKey",
            service.generateEphemeralKey(COMPONENT, registered.registrationID(), "0"));
        refused(-13, "STAT_NOT_FOUND", "dsappSRPActivate", service.activate(COMPONENT, "no such", "000000", null));
    }

    private void meetAFault() throws Exception {
        Service.Fault fault = service.callUnknown();
        System.out.printf("%-30s %s: %s%n", "dsappSRPForget", fault.code(), fault.string());
        check("fault's code", fault.code(), "Client");
        check("fault says where to look", fault.string().contains("?wsdl"), true);
        check("fault's reason", fault.reason(), "UnknownOperation");
        check("fault names the request", fault.requestID().matches("[0-9a-f]{16}"), true);
    }

    private Registered register(String userID, String serialNumber, String component, Integer activationType, String given) throws Exception {
        Registered registered = granted("dsappSRPRegister",
            service.register(component, new User(userID, "master", null), PASSWORD, activationType, given));
        check("registrationID's length", registered.registrationID().length(), 8);
        check("activationPassword's length", registered.activationPassword().length(), 8);
        check("digipassGatewayID", registered.gatewayID(), "0123456789");
        check("user", registered.user(), new User(userID, "master", null));
        check("serialNumber", registered.serialNumber(), serialNumber);
        return registered;
    }

    private Exchange exchangeKeys(Registered registered) throws Exception {
        Exchange exchange = new Exchange(registered.registrationID(), registered.activationPassword());
        Keys keys = granted("dsappSRPGenerateEphemeralKey",
            service.generateEphemeralKey(COMPONENT, registered.registrationID(), exchange.publicKey()));
        check("B's length", keys.serverKey().length(), 512);
        check("salt's length", keys.salt().length(), 32);
        exchange.prove(keys.salt(), keys.serverKey());
        return exchange;
    }

    /** Opens the two items of a single device. */
    private String[] deliver(Registered registered) throws Exception {
        Exchange exchange = exchangeKeys(registered);
        Data data = granted("dsappSRPGenerateActivationData",
            service.generateActivationData(COMPONENT, registered.registrationID(), exchange.evidence()));
        exchange.confirm(data.evidence());
        check("activationMessage", data.activationMessage(), null);
        return new String[] {open(exchange, "activationCode", data.activationCode()),
            open(exchange, "eventReactivationCounter", data.reactivationCounter())};
    }

    private static String open(Exchange exchange, String name, Item item) {
        return exchange.open(name, item.encryptedData(), item.encryptedCounter(), item.mac());
    }

    private void activated(Reply<Activated> reply, String userID, String serialNumber) {
        check("who and what", granted("dsappSRPActivate", reply), new Activated(new User(userID, "master", null), serialNumber));
    }

    private static Map<String, Object> account(String userID, String component, String name, Object value) {
        return with(Map.of("COMPONENT_TYPE", component, "USERID", userID, "DOMAIN", "master", "STATIC_PASSWORD", PASSWORD), name, value);
    }

    private static Map<String, Object> with(Map<String, ?> attributes, String name, Object value) {
        Map<String, Object> all = new LinkedHashMap<>(attributes);
        all.put(name, value);
        return all;
    }

    /** Runs a command and returns the attributes of its reply by their names. */
    private Map<String, String> execute(String command, int code, Map<String, ?> attributes) throws Exception {
        List<Attribute> sent = new ArrayList<>();
        attributes.forEach((name, value) -> sent.add(new Attribute(name, value, MASKED.contains(name))));
        Reply<List<Attribute>> reply = service.execute("PROVISIONCMD_" + command, sent);
        List<Attribute> replied = reply.result();
        outcome(command, reply, code);
        check(command + " returns attributes", replied.isEmpty(), code != 0);
        for (Attribute attribute : replied) {
            check(attribute.name() + " masked", attribute.masked(), MASKED.contains(attribute.name()));
        }
        return replied.stream().collect(Collectors.toMap(Attribute::name, a -> a.value().toString()));
    }

    private void checkHolder(Map<String, String> replied, String userID, String serialNumber) {
        check("whose it is", List.of(replied.get("USERID"), replied.get("DOMAIN"), replied.get("SERIAL_NO")),
            List.of(userID, "master", serialNumber));
    }

    private <R> R granted(String operation, Reply<R> reply) {
        outcome(operation, reply, 0);
        check(operation + " statusCodeEnum", reply.statusCodeEnum(), "STAT_SUCCESS");
        return reply.result();
    }

    private String refused(int code, String name, String operation, Reply<?> reply) {
        outcome(operation, reply, code);
        check(operation + " statusCodeEnum", reply.statusCodeEnum(), name);
        check(operation + " result", reply.result(), null);
        return reply.errors().get(0).errorDesc();
    }

    private void outcome(String operation, Reply<?> reply, int code) {
        System.out.printf("%-30s %s%n", operation, reply.statusCodeEnum());
        check(operation + " statusCode", reply.statusCode(), code);
        check(operation + " returnCode", reply.returnCode(), code == 0 ? 0 : -1);
        check(operation + " returnCodeEnum", reply.returnCodeEnum(), code == 0 ? "RET_SUCCESS" : "RET_FAILURE");
        check(operation + " error codes", reply.errors().stream().map(Service.Entry::errorCode).toList(),
            code == 0 ? List.of() : List.of(code));
        for (Service.Entry error : reply.errors()) {
            check(operation + " has words", error.errorDesc().isBlank(), false);
        }
    }

    private void check(String what, Object got, Object want) {
        checks++;
        if (!Objects.equals(got, want)) {
            throw new AssertionError(what + " is " + got + ", not " + want);
        }
    }
}
