package io.github.dsappd.junit;

import java.util.List;
import java.util.Map;

/** A simulated phone that has activated. It goes by the lab's clock, and a reset forgets it. */
public final class Phone {
    private final Controls controls;
    private final String serialNumber;
    private final List<String> calls;

    Phone(Controls controls, Members done) {
        this.controls = controls;
        serialNumber = done.text("serialNumber");
        calls = done.texts("calls");
    }

    /** Returns the authenticator's serial number, or the name of the instance of a licence. */
    public String serialNumber() {
        return serialNumber;
    }

    /** Returns the calls that the phone made for its activation. */
    public List<String> calls() {
        return calls;
    }

    /** Returns the phone's next one-time password. */
    public String otp() {
        return controls.post("/phone/otp", Map.of("serialNumber", serialNumber)).text("otp");
    }
}
