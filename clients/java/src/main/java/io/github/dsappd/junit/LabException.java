package io.github.dsappd.junit;

/** Says why a control refused, in the server's words, or why a lab does not answer. */
public class LabException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int status;

    LabException(String message, int status, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    LabException(String message) {
        this(message, 0, null);
    }

    /** Returns the status of HTTP; 0 where there was no answer. */
    public int status() {
        return status;
    }
}
