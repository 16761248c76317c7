package io.github.dsappd.junit;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The members of a JSON object, by their types. A text that is not there is empty, a number 0. */
final class Members {
    private final Map<?, ?> object;

    Members(Object json) {
        object = (Map<?, ?>) json;
    }

    /** Reads an object, or throws an IllegalArgumentException. */
    static Members read(String json) {
        Object value = Json.read(json);
        if (!(value instanceof Map)) {
            throw new IllegalArgumentException("this JSON is no object");
        }
        return new Members(value);
    }

    String text(String name) {
        Object value = object.get(name);
        return value == null ? "" : value.toString();
    }

    int number(String name) {
        Object value = object.get(name);
        return value == null ? 0 : ((BigDecimal) value).intValue();
    }

    double fraction(String name) {
        Object value = object.get(name);
        return value == null ? 0 : ((BigDecimal) value).doubleValue();
    }

    boolean is(String name) {
        return Boolean.TRUE.equals(object.get(name));
    }

    Members object(String name) {
        Object value = object.get(name);
        return new Members(value == null ? Map.of() : value);
    }

    List<String> names() {
        List<String> all = new ArrayList<>();
        object.keySet().forEach(name -> all.add((String) name));
        return all;
    }

    <T> List<T> list(String name, Function<Members, T> make) {
        List<T> all = new ArrayList<>();
        for (Object value : (List<?>) object.get(name)) {
            all.add(make.apply(new Members(value)));
        }
        return List.copyOf(all);
    }

    List<String> texts(String name) {
        List<String> all = new ArrayList<>();
        ((List<?>) object.get(name)).forEach(value -> all.add((String) value));
        return List.copyOf(all);
    }
}
