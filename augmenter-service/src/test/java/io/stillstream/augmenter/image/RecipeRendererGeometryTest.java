package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.buffer.NativeBuffer;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.opencv.opencv_core.Mat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Pixels against those of OpenCV and torchvision on photographs; {@code
 * src/test/fixtures/geometry.py} makes them.
 */
final class RecipeRendererGeometryTest {

  /**
   * One comparison.
   *
   * @param exact whether all pixels must be equal
   */
  record Case(String name, String image, boolean exact, List<RecipeStep> steps) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    String yaml = new String(resource("cases.yaml"), StandardCharsets.UTF_8);
    for (JsonNode node : PolicyYaml.tree(yaml)) {
      List<RecipeStep> steps = new ArrayList<>();
      for (JsonNode step : node.get("steps")) {
        String name = step.fieldNames().next();
        Map<String, Double> values = new HashMap<>();
        step.get(name).properties().forEach(e -> values.put(e.getKey(), e.getValue().asDouble()));
        steps.add(RecipeStep.of(name, values));
      }
      boolean exact = node.get("norm").asText().equals("exact");
      cases.add(new Case(node.get("name").asText(), node.get("image").asText(), exact, steps));
    }
    return cases.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void shouldMatchTheReferencePixels(Case one) {
    // given
    int channels = List.of("grey", "stamp").contains(one.image()) ? 1 : 3;
    byte[] actual;
    byte[] expected;

    // when
    try (ImageDecoder decoder = new ImageDecoder(channels, 1_000_000);
        RecipeRenderer renderer = new RecipeRenderer()) {
      Mat image = decoder.decode(file(one.image() + ".png"));
      ImageSize size = new ImageSize(image.rows(), image.cols());
      actual = renderer.render(image, size, ProjectiveTransform.IDENTITY, one.steps()).bytes();
      expected = NativeBuffer.copy(decoder.decode(file("expected/" + one.name() + ".png")));
    }

    // then
    if (one.exact()) {
      assertThat(actual).isEqualTo(expected);
    } else {
      PixelDifferences differences = PixelDifferences.of(actual, expected);
      assertThat(differences.mean()).as(differences.toString()).isLessThanOrEqualTo(0.5);
      assertThat(differences.percentile(0.99)).as(differences.toString()).isLessThanOrEqualTo(3);
    }
  }

  private static ImageSource file(String name) {
    return new ImageSource.FileSource(ByteBuffer.wrap(resource(name)));
  }

  private static byte[] resource(String name) {
    String path = "/fixtures/geometry/" + name;
    try (InputStream in = RecipeRendererGeometryTest.class.getResourceAsStream(path)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
