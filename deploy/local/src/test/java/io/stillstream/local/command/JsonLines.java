package io.stillstream.local.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;

/** What a command prints with {@code --json}: one document in each line, and nothing else. */
public final class JsonLines {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private JsonLines() {}

  /**
   * Reads all of it.
   *
   * @throws AssertionError naming a line that is no object of JSON
   */
  public static List<JsonNode> of(Object stdout) {
    List<JsonNode> documents = new ArrayList<>();
    for (String line : stdout.toString().lines().toList()) {
      try {
        JsonNode document = JSON.readTree(line);
        if (!document.isObject()) {
          throw new AssertionError("no object: " + line);
        }
        documents.add(document);
      } catch (JsonProcessingException e) {
        throw new AssertionError("no JSON: " + line, e);
      }
    }
    return documents;
  }

  /** The only one. */
  public static JsonNode one(Object stdout) {
    List<JsonNode> documents = of(stdout);
    if (documents.size() != 1) {
      throw new AssertionError("not one document, but: " + documents);
    }
    return documents.get(0);
  }
}
