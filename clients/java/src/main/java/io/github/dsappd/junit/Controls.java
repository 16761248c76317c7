package io.github.dsappd.junit;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;

/** Asks the controls of a lab, which are JSON over HTTP. Proxies are not asked. */
final class Controls {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final String url;
    private final HttpClient client = HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).version(HttpClient.Version.HTTP_1_1).build();

    Controls(String url) {
        this.url = url.replaceAll("/+$", "");
    }

    Members get(String path) {
        return get(path, Map.of(), Duration.ZERO);
    }

    Members get(String path, Map<String, String> query, Duration wait) {
        StringJoiner words = new StringJoiner("&", "?", "").setEmptyValue("");
        query.forEach((name, value) -> words.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        return ask("GET", path + words, HttpRequest.BodyPublishers.noBody(), wait);
    }

    Members post(String path, Map<String, ?> members) {
        return ask("POST", path, HttpRequest.BodyPublishers.ofString(Json.write(members)), Duration.ZERO);
    }

    Members delete(String path) {
        return ask("DELETE", path, HttpRequest.BodyPublishers.noBody(), Duration.ZERO);
    }

    private Members ask(String method, String path, HttpRequest.BodyPublisher body, Duration wait) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/lab" + path)).method(method, body)
                .header("Content-Type", "application/json").timeout(PATIENCE.plus(wait)).build();
        HttpResponse<String> response;
        try {
            response = client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new LabException("the lab at " + url + " does not answer " + method + " /lab" + path + ": " + e, 0, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabException("the wait for the lab at " + url + " was interrupted", 0, e);
        }
        Members answer;
        try {
            answer = Members.read(response.body());
        } catch (IllegalArgumentException e) {
            throw new LabException("HTTP " + response.statusCode() + " from " + url
                    + ", which is no lab: give the URL that dsappd dev prints for the lab's controls", response.statusCode(), e);
        }
        if (response.statusCode() != 200) {
            throw new LabException(answer.object("error").text("message"), response.statusCode(), null);
        }
        return answer;
    }
}
