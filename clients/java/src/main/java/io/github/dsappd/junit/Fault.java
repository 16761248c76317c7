package io.github.dsappd.junit;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** Something that goes wrong on purpose: docs/lab-faults.md describes each deed. Values never change. */
public final class Fault {
    private final Map<String, Object> members;
    private final Members added; // null: it is not at the lab

    private Fault(Map<String, Object> members, Members added) {
        this.members = members;
        this.added = added;
    }

    Fault(Members added) {
        this(Map.of(), added);
    }

    /**
     * Returns a fault that is not added yet.
     *
     * @param deed status, fault, unavailable, reset-before, reset-after, truncate, duplicate, slow or delay
     */
    public static Fault of(String deed) {
        return new Fault(Map.of("do", deed), null);
    }

    private Fault with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(name, value);
        return new Fault(more, null);
    }

    /** Strikes at this door alone: soap, gateway, console, platform or watch. */
    public Fault door(String door) {
        return with("door", door);
    }

    /** Strikes this operation alone, such as dsappSRPActivate. */
    public Fault operation(String operation) {
        return with("operation", operation);
    }

    /** Strikes requests of this component type alone. */
    public Fault component(String component) {
        return with("component", component);
    }

    /** Strikes requests for this user alone. */
    public Fault user(String user) {
        return with("user", user);
    }

    /** Strikes the nth of these requests alone. */
    public Fault nth(int nth) {
        return with("nth", nth);
    }

    /** Strikes the first so many of these requests alone. */
    public Fault times(int times) {
        return with("times", times);
    }

    /** Strikes each of these requests with a chance between 0 and 1; the seed makes each run the same. */
    public Fault chance(double chance, long seed) {
        return with("chance", chance).with("seed", seed);
    }

    /** Refuses with this row of docs/statuses.toml, such as "user locked". */
    public Fault status(String status) {
        return with("status", status);
    }

    /** Says this in place of the usual words of a status or a Fault. */
    public Fault words(String words) {
        return with("words", words);
    }

    /** Delays the reply, or spreads it over this time. */
    public Fault delay(Duration delay) {
        return with("delay", Lab.text(delay));
    }

    Map<String, Object> members() {
        return members;
    }

    private Members added() {
        if (added == null) {
            throw new IllegalStateException("this fault is not at the lab: use the one that lab.faults().add returns");
        }
        return added;
    }

    /** Returns the number that the header Dsappd-Fault of the replies has. */
    public int id() {
        return added().number("id");
    }

    /** Returns what the fault does. */
    public String deed() {
        return added == null ? (String) members.get("do") : added.text("do");
    }

    /** Returns how many requests the fault has fitted. */
    public int fitted() {
        return added().number("fitted");
    }

    /** Returns how many requests the fault has struck. */
    public int struck() {
        return added().number("struck");
    }
}
