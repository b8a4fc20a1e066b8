package io.stillstream.local.playground;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Base64;
import java.util.OptionalLong;

/**
 * A policy and an image to try it on.
 *
 * @param policy YAML
 * @param image a file of whatever format
 * @param views how many, 1 to {@link #MOST_VIEWS}
 * @param seed instead of the policy's
 */
@SuppressWarnings("ArrayRecordComponent") // made once, read once
record PlaygroundRequest(String policy, byte[] image, int views, OptionalLong seed) {
  static final int MOST_VIEWS = 24;
  static final int LONGEST_POLICY = 64 << 10;

  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Reads the body of a request.
   *
   * @throws InvalidPlaygroundRequestException if it is not as it should be
   */
  static PlaygroundRequest read(byte[] body) throws InvalidPlaygroundRequestException {
    JsonNode tree;
    try {
      tree = JSON.readTree(body);
    } catch (JacksonException e) {
      throw new InvalidPlaygroundRequestException("the body is no JSON: " + e.getOriginalMessage());
    } catch (IOException e) {
      throw new InvalidPlaygroundRequestException("the body is no JSON: " + e.getMessage());
    }
    if (!tree.isObject()) {
      throw new InvalidPlaygroundRequestException("the body must be a JSON object");
    }
    String policy = text(tree, "policy");
    if (policy.length() > LONGEST_POLICY) {
      throw new InvalidPlaygroundRequestException(
          "policy: must have at most %d characters, has %d"
              .formatted(LONGEST_POLICY, policy.length()));
    }
    return new PlaygroundRequest(
        policy, image(tree), views(tree.path("views")), seed(tree.path("seed")));
  }

  private static String text(JsonNode tree, String key) throws InvalidPlaygroundRequestException {
    if (!tree.path(key).isTextual()) {
      throw new InvalidPlaygroundRequestException(
          key + ": must be a text, was " + tree.path(key).getNodeType());
    }
    return tree.get(key).textValue();
  }

  private static byte[] image(JsonNode tree) throws InvalidPlaygroundRequestException {
    try {
      return Base64.getDecoder().decode(text(tree, "image"));
    } catch (IllegalArgumentException e) {
      throw new InvalidPlaygroundRequestException(
          "image: must be a file in base64: " + e.getMessage());
    }
  }

  private static int views(JsonNode node) throws InvalidPlaygroundRequestException {
    if (node.isMissingNode() || node.isNull()) {
      return MOST_VIEWS;
    }
    if (!node.canConvertToInt() || !node.isIntegralNumber() || !isCount(node.intValue())) {
      throw new InvalidPlaygroundRequestException(
          "views: must be a whole number from 1 to " + MOST_VIEWS + ", was " + node);
    }
    return node.intValue();
  }

  private static boolean isCount(int views) {
    return views >= 1 && views <= MOST_VIEWS;
  }

  private static OptionalLong seed(JsonNode node) throws InvalidPlaygroundRequestException {
    if (node.isMissingNode() || node.isNull()) {
      return OptionalLong.empty();
    }
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new InvalidPlaygroundRequestException(
          "seed: must be a whole number of 64 bits, was " + node);
    }
    return OptionalLong.of(node.longValue());
  }
}
