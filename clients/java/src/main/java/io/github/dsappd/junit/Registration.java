package io.github.dsappd.junit;

/** What register answered. */
public final class Registration {
    private final String registrationID;
    private final String activationPassword;
    private final String componentType;
    private final String serialNumber;

    Registration(Members members) {
        registrationID = members.text("registrationID");
        activationPassword = members.text("activationPassword");
        componentType = members.text("componentType");
        serialNumber = members.text("serialNumber");
    }

    /** Makes a registration of what a client under test got. */
    public Registration(String registrationID, String activationPassword) {
        this.registrationID = registrationID;
        this.activationPassword = activationPassword;
        componentType = null;
        serialNumber = "";
    }

    /** Returns the registration's ID. */
    public String registrationID() {
        return registrationID;
    }

    /** Returns the activation password. */
    public String activationPassword() {
        return activationPassword;
    }

    /** Returns the authenticator's serial number; empty: it is not known. */
    public String serialNumber() {
        return serialNumber;
    }

    String componentType() {
        return componentType;
    }
}
