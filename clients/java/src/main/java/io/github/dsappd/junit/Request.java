package io.github.dsappd.junit;

import java.time.Instant;

/** A request that a lab got, and what became of it. */
public final class Request {
    private final Members members;

    Request(Members members) {
        this.members = members;
    }

    /** Returns the request's number, from 1, in the order of the ends of requests. */
    public int number() {
        return members.number("number");
    }

    /** Returns the ID that the log and the audit have. */
    public String requestID() {
        return members.text("requestID");
    }

    /** Returns when the request came, by the lab's clock. */
    public Instant time() {
        return Instant.parse(members.text("time"));
    }

    /** Returns the door that was asked: soap, gateway, console, platform or watch. */
    public String door() {
        return members.text("door");
    }

    /** Returns the method of HTTP. */
    public String method() {
        return members.text("method");
    }

    /** Returns the path of the URL. */
    public String path() {
        return members.text("path");
    }

    /** Returns the status of HTTP; 0: there was no reply. */
    public int http() {
        return members.number("http");
    }

    /** Returns how many seconds the reply took. */
    public double tookSeconds() {
        return members.fraction("tookSeconds");
    }

    /** Returns the number of the fault that struck; 0: none. */
    public int fault() {
        return members.number("fault");
    }

    /** Returns the operation that was decided; empty: none. */
    public String operation() {
        return members.text("operation");
    }

    /** Returns the caller's component type. */
    public String component() {
        return members.text("component");
    }

    /** Returns the user's ID. */
    public String user() {
        return members.text("user");
    }

    /** Returns the user's domain. */
    public String domain() {
        return members.text("domain");
    }

    /** Returns the registration's ID. */
    public String registrationID() {
        return members.text("registrationID");
    }

    /** Returns the authenticator's serial number. */
    public String serialNumber() {
        return members.text("serialNumber");
    }

    /** Returns the true status, such as STAT_SUCCESS. */
    public String status() {
        return members.text("status");
    }

    /** Returns why the request was refused. */
    public String reason() {
        return members.text("reason");
    }

    /** Returns the SOAP envelope of the request, without its secrets. */
    public String envelope() {
        return members.text("request");
    }

    /** Returns the SOAP envelope of the reply, without its secrets. */
    public String reply() {
        return members.text("reply");
    }

    @Override
    public String toString() {
        String asked = operation().isEmpty() ? method() + " " + path() : operation();
        return String.join(" ", number() + ":", door(), asked, user(), "HTTP", String.valueOf(http()), status(), reason()).replaceAll(" +", " ").strip();
    }
}
