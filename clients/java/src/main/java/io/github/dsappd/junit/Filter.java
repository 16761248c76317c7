package io.github.dsappd.junit;

import java.util.LinkedHashMap;
import java.util.Map;

/** Says which requests are meant. What is not said fits every request. Values never change. */
public final class Filter {
    private final Map<String, String> query;

    private Filter(Map<String, String> query) {
        this.query = query;
    }

    /** Returns a filter that every request fits. */
    public static Filter all() {
        return new Filter(Map.of());
    }

    private Filter with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value);
        return new Filter(more);
    }

    /** Leaves in requests that decided this operation, such as dsappSRPRegister. */
    public Filter operation(String operation) {
        return with("operation", operation);
    }

    /** Leaves in requests for this user. */
    public Filter user(String user) {
        return with("user", user);
    }

    /** Leaves in requests with this status, such as STAT_SUCCESS. */
    public Filter status(String status) {
        return with("status", status);
    }

    /** Leaves in requests of this component type. */
    public Filter component(String component) {
        return with("component", component);
    }

    /** Leaves in requests of this registration. */
    public Filter registration(String registrationID) {
        return with("registration", registrationID);
    }

    /** Leaves in requests at this door. */
    public Filter door(String door) {
        return with("door", door);
    }

    /** Leaves in requests after this one. */
    public Filter after(Request request) {
        return with("after", String.valueOf(request.number()));
    }

    Map<String, String> query() {
        return query;
    }

    @Override
    public String toString() {
        return query.isEmpty() ? "anything" : query.toString();
    }
}
