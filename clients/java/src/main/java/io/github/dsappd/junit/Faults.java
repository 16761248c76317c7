package io.github.dsappd.junit;

import java.util.List;

/** The faults of a lab. There are none until a test adds one. */
public final class Faults {
    private final Controls controls;

    Faults(Controls controls) {
        this.controls = controls;
    }

    /** Adds a fault, and returns it with its number. */
    public Fault add(Fault fault) {
        return new Fault(controls.post("/faults", fault.members()));
    }

    /** Returns the faults, with how many requests each has fitted and struck. */
    public List<Fault> list() {
        return controls.get("/faults").list("faults", Fault::new);
    }

    /** Removes a fault. */
    public void clear(Fault fault) {
        controls.delete("/faults/" + fault.id());
    }

    /** Removes all faults. */
    public void clear() {
        controls.delete("/faults");
    }
}
