package io.stillstream.embedded.registry;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * One request, taken apart.
 *
 * @param path decoded segments, none of them empty
 * @param body JSON; a missing node when there was none
 */
record RegistryRequest(String method, List<String> path, String query, JsonNode body) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static RegistryRequest of(String method, URI uri, byte[] body) {
    List<String> segments =
        Arrays.stream(uri.getRawPath().split("/"))
            .filter(segment -> !segment.isEmpty())
            // In a path a plus sign is itself; only in forms it is a blank.
            .map(s -> URLDecoder.decode(s.replace("+", "%2B"), StandardCharsets.UTF_8))
            .toList();
    String query = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    return new RegistryRequest(method, segments, query, json(body));
  }

  /** Whether a query parameter is set to true. */
  boolean flag(String name) {
    return Arrays.asList(query.split("&")).contains(name + "=true");
  }

  /** The Avro schema in the body. */
  String schema() {
    String type = body.path("schemaType").asText("AVRO");
    if (!type.equals("AVRO")) {
      throw new RegistryException(
          42201, "Invalid schema type " + type + ": only AVRO is kept here");
    }
    if (!body.path("references").isEmpty()) {
      throw new RegistryException(42201, "Invalid schema: references are not supported here");
    }
    if (!body.path("schema").isTextual()) {
      throw new RegistryException(42201, "Invalid schema: the body has no text under \"schema\"");
    }
    return body.path("schema").textValue();
  }

  private static JsonNode json(byte[] body) {
    try {
      return JSON.readTree(body);
    } catch (JacksonException e) {
      throw new RegistryException(400, "the body is not JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new RegistryException(400, "the body is not JSON: " + e.getMessage());
    }
  }
}
