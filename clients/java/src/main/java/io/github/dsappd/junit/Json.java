package io.github.dsappd.junit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads and writes JSON: objects are maps, arrays are lists, numbers are of type BigDecimal. */
final class Json {
    private final String text;
    private int at;

    private Json(String text) {
        this.text = text;
    }

    /** Reads one value, or throws an IllegalArgumentException. */
    static Object read(String text) {
        Json json = new Json(text);
        try {
            Object value = json.value();
            json.skipSpace();
            if (json.at < text.length()) {
                throw json.wrong();
            }
            return value;
        } catch (IndexOutOfBoundsException e) {
            throw new IllegalArgumentException("this JSON ends too early", e);
        }
    }

    private IllegalArgumentException wrong() {
        return new IllegalArgumentException("this is no JSON at character " + at);
    }

    private void skipSpace() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
    }

    private boolean take(char expected) {
        skipSpace();
        boolean there = text.charAt(at) == expected;
        if (there) {
            at++;
        }
        return there;
    }

    private void need(char expected) {
        if (!take(expected)) {
            throw wrong();
        }
    }

    private Object value() {
        skipSpace();
        switch (text.charAt(at)) {
            case '{':
                return object();
            case '[':
                return array();
            case '"':
                return string();
            case 't':
                return word("true", true);
            case 'f':
                return word("false", false);
            case 'n':
                return word("null", null);
            default:
                return number();
        }
    }

    private Object word(String word, Object value) {
        if (!text.startsWith(word, at)) {
            throw wrong();
        }
        at += word.length();
        return value;
    }

    private BigDecimal number() {
        int from = at;
        while (at < text.length() && "+-.0123456789eE".indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        try {
            return new BigDecimal(text.substring(from, at));
        } catch (NumberFormatException e) {
            throw wrong();
        }
    }

    private Map<String, Object> object() {
        Map<String, Object> members = new LinkedHashMap<>();
        need('{');
        if (take('}')) {
            return members;
        }
        do {
            skipSpace();
            String name = string();
            need(':');
            members.put(name, value());
        } while (take(','));
        need('}');
        return members;
    }

    private List<Object> array() {
        List<Object> values = new ArrayList<>();
        need('[');
        if (take(']')) {
            return values;
        }
        do {
            values.add(value());
        } while (take(','));
        need(']');
        return values;
    }

    private String string() {
        StringBuilder read = new StringBuilder();
        need('"');
        for (char c = text.charAt(at++); c != '"'; c = text.charAt(at++)) {
            read.append(c == '\\' ? escaped() : c);
        }
        return read.toString();
    }

    private char escaped() {
        char c = text.charAt(at++);
        if (c == 'u') {
            at += 4;
            return (char) Integer.parseInt(text.substring(at - 4, at), 16);
        }
        int known = "\"\\/bfnrt".indexOf(c);
        if (known < 0) {
            throw wrong();
        }
        return "\"\\/\b\f\n\r\t".charAt(known);
    }

    /** Writes an object of texts, numbers and booleans. Members without a value are left out. */
    static String write(Map<String, ?> members) {
        StringBuilder json = new StringBuilder("{");
        members.forEach((name, value) -> {
            if (value != null) {
                json.append(json.length() > 1 ? "," : "");
                quote(json, name);
                json.append(':');
                if (value instanceof String) {
                    quote(json, (String) value);
                } else {
                    json.append(value);
                }
            }
        });
        return json.append('}').toString();
    }

    private static void quote(StringBuilder json, String text) {
        json.append('"');
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                json.append('\\').append(c);
            } else if (c < ' ') {
                json.append(String.format("\\u%04x", (int) c));
            } else {
                json.append(c);
            }
        }
        json.append('"');
    }
}
