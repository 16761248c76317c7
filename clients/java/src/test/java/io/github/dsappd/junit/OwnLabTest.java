package io.github.dsappd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class OwnLabTest {
    @RegisterExtension
    static final DsappdExtension DSAPPD = new DsappdExtension(new Options().at(Instant.parse("2020-02-29T00:00:00Z")));

    @Test
    void aResetComesBeforeEachTest() {
        advance();
    }

    @Test
    void andBeforeThisOne() {
        advance();
    }

    private static void advance() {
        assertTrue(DSAPPD.lab().clock().now().isBefore(Instant.parse("2020-02-29T01:00:00Z")));
        DSAPPD.lab().clock().advance(Duration.ofHours(2));
    }

    @Test
    void aLabWithoutJUnit(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lab.toml");
        Path log = folder.resolve("log");
        Files.writeString(file, "[[user]]\nid = \"anna\"\npassword = \"Wonder-1and\"\n");
        Path dir;
        Lab lab = Lab.start(new Options().apply(file).log(log));
        try (lab) {
            assertEquals("anna", lab.users().get(0).userID());
            assertEquals("anna", Lab.connect(lab.controls()).users().get(0).userID());
            dir = Path.of(lab.dir());
            assertTrue(Files.isDirectory(dir));
        }
        assertFalse(Files.exists(dir));
        assertTrue(Files.readString(log).contains("lab's request"));
        LabTest.refuses("does not answer POST /lab/reset", lab::reset);
        assertEquals(2020, DSAPPD.lab().clock().now().atOffset(ZoneOffset.UTC).getYear());
    }

    @Test
    void aLabThatDoesNotStart(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("lab.toml");
        Files.writeString(file, "[[user]]\n");
        LabTest.refuses("has no id", () -> Lab.start(new Options().apply(file)));
        LabTest.refuses("dsappd does not start: unknown flag --nonsense", () -> Lab.start(new Options().arguments("--nonsense")));
        LabTest.refuses("install it with: go install github.com/dsappd", () -> Lab.start(new Options().binary(Path.of("/nowhere/dsappd"))));
    }

    /** Starts a lab and forgets it. */
    static final class Forgetful {
        private Forgetful() {}

        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(Lab.start().controls());
            Thread.sleep(600_000);
        }
    }

    private static Path classesOf(Class<?> type) throws URISyntaxException {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    @Test
    void aKilledProgramLeavesNoServer() throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classes = classesOf(Forgetful.class) + File.pathSeparator + classesOf(Lab.class);
        Process program = new ProcessBuilder(List.of(java, "-cp", classes, Forgetful.class.getName()))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        URI url = URI.create(new BufferedReader(new InputStreamReader(program.getInputStream())).readLine());
        try (Socket connection = new Socket(url.getHost(), url.getPort())) {
            connection.setSoTimeout(60_000);
            program.destroyForcibly().waitFor();
            assertEquals(-1, connection.getInputStream().read());
        }
    }
}
