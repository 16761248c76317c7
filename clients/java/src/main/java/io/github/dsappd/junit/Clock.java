package io.github.dsappd.junit;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/** The clock of a lab, by which every rule and the phones go. It never goes back, except by a reset. */
public final class Clock {
    private final Controls controls;

    Clock(Controls controls) {
        this.controls = controls;
    }

    /** Returns the clock's time. */
    public Instant now() {
        return time(controls.get("/clock"));
    }

    /** Reports whether the clock stands. */
    public boolean isFrozen() {
        return controls.get("/clock").is("frozen");
    }

    /** Stops the clock where it stands, and returns that time. */
    public Instant freeze() {
        return move("freeze", null, null);
    }

    /** Stops the clock at a time. */
    public Instant freeze(Instant at) {
        return move("freeze", at, null);
    }

    /** Puts the clock forward to a time. A frozen clock stays frozen there. */
    public Instant set(Instant to) {
        return move("set", to, null);
    }

    /** Moves the clock forward, and returns its time then. */
    public Instant advance(Duration by) {
        return move("advance", null, Lab.text(by));
    }

    /** Lets a frozen clock run on from where it stands. */
    public Instant release() {
        return move("release", null, null);
    }

    private Instant move(String what, Instant time, String by) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("do", what);
        members.put("time", time == null ? null : time.toString());
        members.put("by", by);
        return time(controls.post("/clock", members));
    }

    private static Instant time(Members state) {
        return Instant.parse(state.text("now"));
    }
}
