package io.github.dsappd.junit;

/** A change that apply made. */
public final class Change {
    private final Members members;

    Change(Members members) {
        this.members = members;
    }

    /** Returns what was done: add, change or delete. */
    public String action() {
        return members.text("do");
    }

    /** Returns the record, such as "user anna of master". */
    public String what() {
        return members.text("what");
    }

    /** Returns what is said of it; it may be empty. */
    public String detail() {
        return members.text("detail");
    }

    /** Returns the key that was drawn; empty: none was. */
    public String key() {
        return members.text("key");
    }

    @Override
    public String toString() {
        return action() + " " + what();
    }
}
