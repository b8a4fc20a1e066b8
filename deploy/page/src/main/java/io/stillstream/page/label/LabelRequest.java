package io.stillstream.page.label;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * What a reader has chosen: {@code {"imageId": "cat.jpg", "label": 3}}.
 *
 * @param label a class index as a number, or a class name as a text
 */
record LabelRequest(String imageId, JsonNode label) {
  /** Longest id, as that of which the page shows a dead letter. */
  static final int LONGEST_ID = 4_000;

  private static final int LONGEST_SHOWN = 100;
  private static final JsonMapper JSON =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  /**
   * Reads a body.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  static LabelRequest read(byte[] body) {
    JsonNode tree;
    try {
      tree = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("the body is no JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    JsonNode id = tree.path("imageId");
    if (!id.isTextual() || id.textValue().isBlank()) {
      throw new IllegalArgumentException("imageId: must be a text that is not empty");
    }
    if (id.textValue().length() > LONGEST_ID) {
      throw new IllegalArgumentException(
          "imageId: must have at most %d characters".formatted(LONGEST_ID));
    }
    JsonNode label = tree.path("label");
    if (!label.isTextual() && !label.isIntegralNumber()) {
      throw new IllegalArgumentException("label: must be a class index or the name of a class");
    }
    return new LabelRequest(id.textValue(), label);
  }

  /**
   * The class index.
   *
   * @param classes names, in the order of their indices
   * @throws IllegalArgumentException if there is no such class
   */
  int index(List<String> classes) {
    int index = label.isTextual() ? classes.indexOf(label.textValue()) : number();
    if (index < 0 || index >= classes.size()) {
      String shown = label.toString();
      throw new IllegalArgumentException(
          "label: must be 0 to %d or the name of a class, was %s"
              .formatted(
                  classes.size() - 1,
                  shown.length() <= LONGEST_SHOWN ? shown : shown.substring(0, LONGEST_SHOWN)));
    }
    return index;
  }

  private int number() {
    return label.canConvertToInt() ? label.intValue() : -1;
  }
}
