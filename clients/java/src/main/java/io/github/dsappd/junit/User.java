package io.github.dsappd.junit;

/** A user of a lab, with an authenticator or without any. */
public final class User {
    private final Members members;

    User(Members members) {
        this.members = members;
    }

    /** Returns the user's ID. */
    public String userID() {
        return members.text("userID");
    }

    /** Returns the user's domain. */
    public String domain() {
        return members.text("domain");
    }

    /** Returns the password that the user was made with; empty: the lab does not know it. */
    public String password() {
        return members.text("password");
    }

    /** Returns the authenticator's serial number; empty: the user has none. */
    public String serialNumber() {
        return members.text("serialNumber");
    }

    /** Returns the authenticator's type: hotp, totp or licence. */
    public String type() {
        return members.text("type");
    }

    /** Reports whether a server PIN stands before the one-time password. */
    public boolean hasPIN() {
        return members.is("pin");
    }

    /** Returns the next one-time password that the server expects. It is not spent. */
    public String otp() {
        return members.text("otp");
    }

    @Override
    public String toString() {
        return userID() + " of " + domain();
    }
}
