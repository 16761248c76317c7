package io.github.dsappd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(DsappdExtension.class)
class LabTest {
    private final Lab lab;

    LabTest(Lab lab) {
        this.lab = lab;
    }

    static void refuses(String words, Executable call) {
        String message = assertThrows(LabException.class, call).getMessage();
        assertTrue(message.contains(words), message);
    }

    private int register(String user, String password) throws IOException, InterruptedException {
        String envelope = "<e:Envelope xmlns:e=\"http://schemas.xmlsoap.org/soap/envelope/\"><e:Body><p:dsappSRPRegister "
                + "xmlns:p=\"http://www.vasco.com/IdentikeyServer/IdentikeyTypes/Provisioning\"><componentType>srp-component</componentType><user><userID>" + user
                + "</userID></user><credential><staticPassword>" + password + "</staticPassword></credential></p:dsappSRPRegister></e:Body></e:Envelope>";
        HttpRequest request = HttpRequest.newBuilder(lab.soap()).header("Content-Type", "text/xml").POST(HttpRequest.BodyPublishers.ofString(envelope)).build();
        return HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build().send(request, HttpResponse.BodyHandlers.ofString()).statusCode();
    }

    @Test
    void whatALabHas() {
        for (Object url : List.of(lab.soap(), lab.gateway(), lab.console(), lab.platform(), lab.operator(), lab.controls())) {
            assertTrue(url.toString().startsWith("http://127.0.0.1:"), url.toString());
        }
        User user = lab.user("user2");
        assertEquals(List.of("Password2", "VDS1000141", "hotp", "755224"), List.of(user.password(), user.serialNumber(), user.type(), user.otp()));
        assertEquals(9, lab.users().size());
        assertTrue(lab.user("user7").hasPIN());
        assertEquals("lab-front-key", lab.gatewayKey("lab-front"));
        assertEquals("lab-platform-key", lab.platformKey("lab-platform"));
        assertTrue(lab.serviceKey("robot").endsWith("0001"));
        refuses("no key \"mine\" among its gatewayKeys: it knows lab-back, lab-front", () -> lab.gatewayKey("mine"));
        refuses("no user \"nobody\"", () -> lab.user("nobody"));
    }

    @Test
    void phone() {
        Phone phone = lab.activate("user2");
        String first = phone.otp();
        assertTrue(first.matches("[0-9]{6}") && phone.calls().size() >= 3);
        assertEquals("VDS1000141", phone.serialNumber());
        assertNotEquals(first, phone.otp());
        assertEquals("VDM1000001-1", lab.activate(lab.register("user6")).serialNumber());
        Registration registration = lab.register("user3", "master", "Password2", "srp-component");
        assertEquals("VDS1000142", lab.activate(new Registration(registration.registrationID(), registration.activationPassword())).serialNumber());
        refuses("image cannot be read", () -> lab.activateImage("00"));
    }

    @Test
    void clock() {
        Registration registration = lab.register("user1");
        lab.clock().advance(Duration.ofMinutes(11));
        refuses("granted the phone 0 calls", () -> lab.activate(registration));
        Instant noon = Instant.parse("2040-05-01T12:00:00.250Z");
        assertEquals(noon, lab.clock().freeze(noon));
        assertEquals(noon.plusSeconds(3600), lab.clock().advance(Duration.ofHours(1)));
        assertEquals(noon.plusSeconds(7200), lab.clock().set(noon.plusSeconds(7200)));
        assertTrue(lab.clock().isFrozen());
        lab.clock().release();
        assertFalse(lab.clock().isFrozen());
        assertTrue(lab.clock().now().isAfter(noon));
        lab.clock().freeze();
        assertEquals(400, assertThrows(LabException.class, () -> lab.clock().set(noon)).status());
    }

    @Test
    void faults() throws Exception {
        Fault fault = lab.faults().add(Fault.of("unavailable").operation("dsappSRPRegister").nth(2));
        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            statuses.add(register("user1", "Password2"));
        }
        assertEquals(List.of(200, 503, 200), statuses);
        assertEquals(List.of(3, 1), List.of(lab.faults().list().get(0).fitted(), lab.faults().list().get(0).struck()));
        assertEquals(fault.id(), lab.requests().get(1).fault());
        lab.faults().clear(fault);
        lab.faults().add(Fault.of("delay").delay(Duration.ofMillis(5)).chance(0.5, 7).user("user1"));
        lab.faults().clear();
        assertEquals(List.of(), lab.faults().list());
        refuses("nearest is dsappSRPActivate", () -> lab.faults().add(Fault.of("unavailable").operation("dsappSRPActivat")));
    }

    @Test
    void requests() throws Exception {
        register("user1", "wrong");
        Request seen = lab.awaitRequest(Filter.all().operation("dsappSRPRegister").user("user1"), Duration.ofSeconds(30));
        assertNotEquals("STAT_SUCCESS", seen.status());
        assertTrue(seen.envelope().contains("user1") && !seen.envelope().contains("wrong") && seen.reply().contains("STAT_"));
        assertTrue(seen.time().isBefore(Instant.now().plusSeconds(60)) && seen.http() == 200 && !seen.requestID().isEmpty());
        assertEquals(List.of(), lab.requests(Filter.all().after(seen)));
        refuses("fits {user=user3}. What came:\n  " + seen, () -> lab.awaitRequest(Filter.all().user("user3"), Duration.ofMillis(10)));
    }

    @Test
    void state() {
        Phone phone = lab.activate("user2");
        lab.snapshot("active");
        String otp = phone.otp();
        lab.restore("active");
        assertEquals(otp, phone.otp());
        refuses("no snapshot \"other\"", () -> lab.restore("other"));
        lab.reset();
        assertEquals(List.of(), lab.requests());
        refuses("no phone of the lab", phone::otp);
    }

    @Test
    void file(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("lab.toml");
        Files.writeString(file, "[[user]]\nid = \"žofie\"\npassword = \"Wonder-1and\"\n[[platform_key]]\nname = \"mine\"\n");
        assertEquals(List.of("user žofie of master", "platform key mine"), lab.plan(file).stream().map(Change::what).collect(Collectors.toList()));
        assertEquals(lab.apply(file).get(1).key(), lab.platformKey("mine"));
        assertEquals(List.of(), lab.apply(file));
        assertEquals("Wonder-1and", lab.user("žofie").password());
        Files.writeString(file, "[[user]]\nname = 1\n");
        refuses("says nothing here", () -> lab.apply(file));
    }
}
