package io.github.dsappd.junit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void reads() {
        Map<String, Object> want = new LinkedHashMap<>();
        want.put("a", Arrays.asList(new BigDecimal("1"), new BigDecimal("-2.5e3"), true, false, null));
        want.put("b \"\\/\b\f\n\r\té", Map.of());
        want.put("c", List.of());
        assertEquals(want, Json.read(" {\"a\" : [1, -2.5e3, true,false,null], \"b \\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\":{ },\"c\":[ ]}\n"));
    }

    @Test
    void refuses() {
        for (String text : List.of("", "{", "{\"a\"}", "[1,]", "[1 2]", "nul", "\"a", "\"\\x\"", "{} {}", "1.2.3", "\"\\u00", "{a:1}")) {
            assertThrows(IllegalArgumentException.class, () -> Json.read(text), text);
        }
    }

    @Test
    void writesWhatItReads() {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("text", "a\"\\\n\u0001é");
        members.put("left out", null);
        members.put("number", 2);
        members.put("yes", true);
        String json = Json.write(members);
        assertEquals("{\"text\":\"a\\\"\\\\\\u000a\\u0001é\",\"number\":2,\"yes\":true}", json);
        assertEquals("a\"\\\n\u0001é", ((Map<?, ?>) Json.read(json)).get("text"));
    }
}
