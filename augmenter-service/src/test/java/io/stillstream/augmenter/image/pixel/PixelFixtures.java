package io.stillstream.augmenter.image.pixel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;

/** What other libraries make of photographs: written by {@code src/test/fixtures/pixels.py}. */
final class PixelFixtures {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private PixelFixtures() {}

  /**
   * One step on one image.
   *
   * @param image name of the image
   * @param source its pixels, shape [height, width, channels]
   * @param expected pixels after the step
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Case(
      String image,
      int height,
      int width,
      int channels,
      byte[] source,
      RecipeStep step,
      byte[] expected) {

    /** Whether the image is a photograph, and not one of a few pixels. */
    boolean isPhotograph() {
      return height > 16;
    }

    @Override
    public String toString() {
      return step.name() + step.values() + " of " + image;
    }
  }

  /** All cases of steps that change pixel values. */
  static List<Case> pixels() {
    try (InputStream in = open("cases.json")) {
      JsonNode tree = MAPPER.readTree(in);
      List<RecipeStep> steps = new ArrayList<>();
      for (JsonNode step : tree.get("cases")) {
        Map<String, Double> values = new HashMap<>();
        step.get("values")
            .properties()
            .forEach(value -> values.put(value.getKey(), value.getValue().asDouble()));
        steps.add(RecipeStep.of(step.get("step").asText(), values));
      }
      List<Case> cases = new ArrayList<>();
      for (JsonNode image : tree.get("images")) {
        cases.addAll(cases(image.asText(), steps));
      }
      return cases;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Case> cases(String name, List<RecipeStep> steps) throws IOException {
    BufferedImage stack;
    try (InputStream in = open(name + ".png")) {
      stack = ImageIO.read(in);
    }
    int height = stack.getHeight() / (steps.size() + 1);
    byte[] source = block(stack, 0, height);
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      byte[] expected = block(stack, (i + 1) * height, height);
      int channels = stack.getRaster().getNumBands();
      cases.add(new Case(name, height, stack.getWidth(), channels, source, steps.get(i), expected));
    }
    return cases;
  }

  private static byte[] block(BufferedImage stack, int top, int height) {
    int[] levels = stack.getRaster().getPixels(0, top, stack.getWidth(), height, (int[]) null);
    byte[] bytes = new byte[levels.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) levels[i];
    }
    return bytes;
  }

  private static InputStream open(String file) {
    return PixelFixtures.class.getResourceAsStream("/fixtures/pixels/" + file);
  }
}
