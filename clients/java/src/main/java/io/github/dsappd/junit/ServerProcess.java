package io.github.dsappd.junit;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A server that this program started. It ends with the program, however that ends: it reads a
 * pipe that only this program holds.
 */
final class ServerProcess {
    private static final String INSTALL = "go install github.com/dsappd/dsappd/cmd/dsappd@latest";
    private static final int READY_SECONDS = 60;
    private static final int END_SECONDS = 20;

    private final Process process;
    private final File said; // on stderr
    private final boolean logged;
    private final Members shown;

    ServerProcess(List<String> command, boolean named, File log) {
        logged = log != null;
        try {
            said = logged ? log : File.createTempFile("dsappd-junit-", ".log");
            process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(said)).start();
        } catch (IOException e) {
            throw new LabException(named
                    ? command.get(0) + ", which the variable DSAPPD or the option binary names, cannot be run: give its path, or install it with: " + INSTALL
                    : "there is no program dsappd on the PATH: install it with: " + INSTALL + ", or name its path in the variable DSAPPD", 0, e);
        }
        String line = firstLine();
        if (line == null) {
            int code = end();
            throw new LabException(reason(code));
        }
        shown = Members.read(line);
    }

    /** Returns what the server printed when it was ready. */
    Members shown() {
        return shown;
    }

    private String firstLine() {
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        CompletableFuture<String> line = CompletableFuture.supplyAsync(() -> {
            try {
                return out.readLine();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try {
            return line.get(READY_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            return null;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    /** Returns why the server did not start, in its own words. */
    private String reason(int code) {
        if (logged) {
            return "dsappd ended with exit code " + code + "; " + said + " says why";
        }
        String text = "";
        try {
            text = Files.readString(said.toPath()).strip();
            Files.deleteIfExists(said.toPath());
            Members error = Members.read(text.substring(text.lastIndexOf('\n') + 1)).object("error");
            String hint = error.text("hint");
            return "dsappd does not start: " + error.text("message") + (hint.isEmpty() ? "" : ": " + hint);
        } catch (IOException | IllegalArgumentException e) {
            return "dsappd does not start: exit code " + code + ", and it says: " + (text.isEmpty() ? "nothing" : text);
        }
    }

    /** Ends the server, and waits until it has ended. */
    void stop() {
        end();
        if (!logged && !said.delete()) {
            said.deleteOnExit();
        }
    }

    private int end() {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            process.destroy(); // it does not see the end of the pipe
        }
        try {
            if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            return -1;
        }
    }
}
