package phone;

/** What the server sent is not what the profile says. */
public final class ProfileException extends RuntimeException {
    private static final long serialVersionUID = 1;

    ProfileException(String what) {
        super(what);
    }
}
