package io.github.dsappd.junit;

import java.io.File;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** How a lab is started. */
public final class Options {
    private String binary;
    private Path apply;
    private Instant at;
    private Path log;
    private final List<String> arguments = new ArrayList<>();

    /** Starts this program; else the one that the variable DSAPPD names, or dsappd of the PATH. */
    public Options binary(Path program) {
        binary = program.toString();
        return this;
    }

    /** Begins with the records of this file in place of the sample. */
    public Options apply(Path file) {
        apply = file;
        return this;
    }

    /** Begins at this time. */
    public Options at(Instant time) {
        at = time;
        return this;
    }

    /** Appends the server's log to this file. */
    public Options log(Path file) {
        log = file;
        return this;
    }

    /** Adds arguments of dsappd dev. */
    public Options arguments(String... more) {
        arguments.addAll(List.of(more));
        return this;
    }

    ServerProcess start() {
        String named = binary != null ? binary : System.getenv("DSAPPD");
        boolean isNamed = named != null && !named.isEmpty();
        List<String> command = new ArrayList<>(List.of(isNamed ? named : "dsappd", "dev", "--json", "--free-ports", "--until-eof"));
        if (apply != null) {
            command.addAll(List.of("--apply", apply.toString()));
        }
        if (at != null) {
            command.addAll(List.of("--at", at.toString()));
        }
        if (log == null) {
            command.add("--quiet");
        }
        command.addAll(arguments);
        File file = log == null ? null : log.toFile();
        return new ServerProcess(command, isNamed, file);
    }
}
