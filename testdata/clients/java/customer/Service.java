package customer;

import java.util.List;

/** The provisioning service as a toolkit's generated code offers it. A null field is left out of the request. */
public interface Service {
    Reply<Registered> register(String componentType, User user, String password, Integer activationType, String serialNumber)
        throws Exception;

    Reply<Keys> generateEphemeralKey(String componentType, String registrationID, String clientKey) throws Exception;

    Reply<Data> generateActivationData(String componentType, String registrationID, String evidence) throws Exception;

    Reply<Activated> activate(String componentType, String registrationID, String response, String derivationCode)
        throws Exception;

    /** The result is the upgrade message. */
    Reply<String> getAppUpgradeInfo(String componentType, User user, String serialNumber) throws Exception;

    /** There is no result. */
    Reply<Void> updateDevicePNID(String componentType, User user, String serialNumber, String devicePNID) throws Exception;

    /** The attributes of the reply are an empty list after a refusal. */
    Reply<List<Attribute>> execute(String command, List<Attribute> attributes) throws Exception;

    /** Calls an operation that the service does not have, and returns the fault as the toolkit reports it. */
    Fault callUnknown() throws Exception;

    /** The result is null after a refusal. */
    record Reply<R>(String returnCodeEnum, String statusCodeEnum, int returnCode, int statusCode, List<Entry> errors, R result) {}

    record Entry(int errorCode, String errorDesc) {}

    record User(String userID, String domain, String orgUnit) {}

    record Registered(String registrationID, String activationPassword, User user, String serialNumber, String gatewayID) {}

    record Keys(String serverKey, String salt) {}

    /** The items of the choice that was not taken are null. */
    record Data(Item activationCode, Item reactivationCounter, Item activationMessage, String evidence) {}

    record Item(String encryptedData, String encryptedCounter, String mac) {}

    record Activated(User user, String serialNumber) {}

    /** Of an attribute whose ID is PROVFLD_ and the name. The value is a string or some kind of integer. */
    record Attribute(String name, Object value, boolean masked) {}

    /** The code is the local name; reason and request ID come from the detail. */
    record Fault(String code, String string, String reason, String requestID) {}
}
