package io.github.dsappd.junit;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** A server, and the controls of it. */
public final class Lab implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Controls controls;
    private final ServerProcess process; // null: somebody else has started the lab
    private final Members urls;
    private final Clock clock;
    private final Faults faults;

    private Lab(String url, ServerProcess process) {
        this.process = process;
        controls = new Controls(url);
        urls = controls.get("").object("urls");
        clock = new Clock(controls);
        faults = new Faults(controls);
    }

    /** Starts a server from memory, with the sample, on free ports of this machine. */
    public static Lab start() {
        return start(new Options());
    }

    /** Starts a server from memory on free ports of this machine. */
    public static Lab start(Options options) {
        ServerProcess process = options.start();
        try {
            return new Lab(process.shown().object("urls").text("lab"), process);
        } catch (RuntimeException e) {
            process.stop();
            throw e;
        }
    }

    /** Steers a lab that somebody else has started, at the URL of its controls. */
    public static Lab connect(URI url) {
        return new Lab(url.toString(), null);
    }

    /** Ends the server, if start started it, and waits until it has ended. */
    @Override
    public void close() {
        if (process != null) {
            process.stop();
        }
    }

    /** Returns where SOAP clients call. */
    public URI soap() {
        return URI.create(urls.text("soap"));
    }

    /** Returns where phones call. */
    public URI gateway() {
        return URI.create(urls.text("gateway"));
    }

    /** Returns where browsers go. */
    public URI console() {
        return URI.create(urls.text("console"));
    }

    /** Returns where REST clients call. */
    public URI platform() {
        return URI.create(urls.text("platform"));
    }

    /** Returns where operators look at what happens. */
    public URI operator() {
        return URI.create(urls.text("operator"));
    }

    /** Returns where the controls are. */
    public URI controls() {
        return URI.create(urls.text("lab"));
    }

    /** Returns the folder that DSAPPD_DIR names for the commands of operators; empty without start. */
    public String dir() {
        return process == null ? "" : process.shown().text("dir");
    }

    /** Returns the clock. */
    public Clock clock() {
        return clock;
    }

    /** Returns the faults. */
    public Faults faults() {
        return faults;
    }

    /** Brings back what the lab began with: records, clock, no faults, no phones and no requests. */
    public void reset() {
        controls.post("/reset", Map.of());
    }

    /** Keeps the records under a name. */
    public void snapshot(String name) {
        controls.post("/snapshot", Map.of("name", name));
    }

    /** Brings back the records of a snapshot. */
    public void restore(String name) {
        controls.post("/restore", Map.of("name", name));
    }

    /** Makes the records what a file says, and returns the changes. */
    public List<Change> apply(Path file) {
        return apply(file, false);
    }

    /** Returns the changes that would make the records what a file says, and makes none. */
    public List<Change> plan(Path file) {
        return apply(file, true);
    }

    private List<Change> apply(Path file, boolean plan) {
        try {
            return controls.post("/apply", Map.of("file", Files.readString(file), "plan", plan)).list("changes", Change::new);
        } catch (IOException e) {
            throw new LabException(file + " cannot be read: " + e, 0, e);
        }
    }

    /** Returns the users, one for each authenticator. */
    public List<User> users() {
        return controls.get("/users").list("users", User::new);
    }

    /** Returns a user of the domain master, with the next one-time password of the first authenticator. */
    public User user(String userID) {
        return user(userID, "master");
    }

    /** Returns a user, with the next one-time password of the first authenticator. */
    public User user(String userID, String domain) {
        return controls.get("/users", Map.of("user", userID, "domain", domain), Duration.ZERO).list("users", User::new).stream().findFirst()
                .orElseThrow(() -> new LabException("there is no user \"" + userID + "\" in domain \"" + domain + "\": users() lists those that there are"));
    }

    /** Returns the API key of the gateway of this name, such as lab-front. */
    public String gatewayKey(String name) {
        return key("gatewayKeys", name);
    }

    /** Returns the key of the Platform API of this name, such as lab-platform. */
    public String platformKey(String name) {
        return key("platformKeys", name);
    }

    /** Returns the API key of a service user, such as robot. */
    public String serviceKey(String userID) {
        return key("serviceKeys", userID);
    }

    private String key(String kind, String name) {
        Members keys = controls.get("").object(kind);
        if (!keys.names().contains(name)) {
            throw new LabException("the lab knows no key \"" + name + "\" among its " + kind + ": it knows " + String.join(", ", keys.names()));
        }
        return keys.text(name);
    }

    /** Registers a user of the sample by SOAP, as a client would. */
    public Registration register(String userID) {
        return register(userID, null, null, null);
    }

    /** Registers a user by SOAP. What is null is as the sample has it. */
    public Registration register(String userID, String domain, String password, String component) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("userID", userID);
        members.put("domain", domain);
        members.put("password", password);
        members.put("componentType", component);
        return new Registration(controls.post("/register", members));
    }

    /** Registers a user of the sample, and has a simulated phone activate. */
    public Phone activate(String userID) {
        return phone(Map.of("userID", userID));
    }

    /** Has a simulated phone activate by a registration. */
    public Phone activate(Registration registration) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("registrationID", registration.registrationID());
        members.put("activationPassword", registration.activationPassword());
        members.put("componentType", registration.componentType());
        return phone(members);
    }

    /** Has a simulated phone activate by the text of an activation image, in hex. */
    public Phone activateImage(String hex) {
        return phone(Map.of("image", hex));
    }

    private Phone phone(Map<String, String> members) {
        return new Phone(controls, controls.post("/phone", members));
    }

    /** Returns the requests so far, the oldest first. */
    public List<Request> requests() {
        return requests(Filter.all());
    }

    /** Returns the requests so far that fit, the oldest first. */
    public List<Request> requests(Filter filter) {
        return find(filter, Duration.ZERO);
    }

    /** Returns the first request that fits, once it has come, within five seconds. */
    public Request awaitRequest(Filter filter) {
        return awaitRequest(filter, PATIENCE);
    }

    /** Returns the first request that fits, once it has come. The exception tells what came instead. */
    public Request awaitRequest(Filter filter, Duration timeout) {
        List<Request> found = find(filter, timeout);
        if (!found.isEmpty()) {
            return found.get(0);
        }
        List<Request> all = requests();
        String came = all.stream().skip(Math.max(0, all.size() - 10)).map(request -> "\n  " + request).collect(Collectors.joining());
        throw new LabException("no request came within " + timeout.toMillis() + " ms that fits " + filter + ". What came:" + (came.isEmpty() ? " nothing" : came));
    }

    private List<Request> find(Filter filter, Duration wait) {
        Map<String, String> query = new LinkedHashMap<>(filter.query());
        query.put("wait", text(wait));
        return controls.get("/requests", query, wait).list("requests", Request::new);
    }

    /** Writes a time span as the controls read it. */
    static String text(Duration span) {
        return span.toNanos() + "ns";
    }
}
