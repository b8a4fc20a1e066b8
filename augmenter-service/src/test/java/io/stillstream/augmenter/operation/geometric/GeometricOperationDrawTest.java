package io.stillstream.augmenter.operation.geometric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.operation.api.RecipeBuilder;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyException;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.random.RandomStream;
import java.util.ArrayList;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/** Ranges and distributions of what geometric operations draw, against torchvision's. */
final class GeometricOperationDrawTest {
  private static final int DRAWS = 20_000;
  private static final ImageSize PHOTO = new ImageSize(300, 400);

  @Test
  void shouldDrawAreaAndShapeOfCropsAsTorchvision() {
    // given
    String operation = "{random_resized_crop: {height: 10, width: 12}}";

    // when
    List<SortedMap<String, Double>> draws = draw(operation, PHOTO, DRAWS);

    // then: 20,000 draws of torchvision 0.14's get_params have mean area 0.4351 and mean log ratio
    // 0.0314 (large windows that do not fit are drawn again, and of those more are tall)
    DoubleSummaryStatistics area =
        over(draws, v -> v.get("height") * v.get("width") / PHOTO.pixels());
    DoubleSummaryStatistics ratio = over(draws, v -> Math.log(v.get("width") / v.get("height")));
    assertThat(area.getMin()).isBetween(0.078, 0.083);
    assertThat(area.getMax()).isBetween(0.98, 1.0);
    assertThat(ratio.getMin()).isCloseTo(Math.log(3.0 / 4), within(0.02));
    assertThat(ratio.getMax()).isCloseTo(Math.log(4.0 / 3), within(0.02));
    assertThat(area.getAverage()).isCloseTo(0.4351, within(0.006));
    assertThat(ratio.getAverage()).isCloseTo(0.0314, within(0.005));
    assertThat(draws)
        .allSatisfy(
            v -> {
              assertThat(v.get("top")).isBetween(0.0, 300 - v.get("height"));
              assertThat(v.get("left")).isBetween(0.0, 400 - v.get("width"));
              assertThat(v).containsEntry("out_height", 10.0).containsEntry("out_width", 12.0);
            });
  }

  @Test
  void shouldTakeTheLargestMiddleWhereNoCropFits() {
    // given: the whole area in a shape that the image has not
    String wide = "{random_resized_crop: {height: 8, width: 8, scale: [1, 1], ratio: [2, 2]}}";

    // then
    assertThat(draw(wide, new ImageSize(100, 100), 1).get(0))
        .containsEntry("height", 50.0)
        .containsEntry("width", 100.0)
        .containsEntry("top", 25.0)
        .containsEntry("left", 0.0);
    assertThat(draw(wide.replace("[2, 2]", "[0.5, 0.5]"), new ImageSize(100, 101), 1).get(0))
        .containsEntry("height", 100.0)
        .containsEntry("width", 50.0)
        .containsEntry("top", 0.0)
        .containsEntry("left", 25.0);
  }

  @Test
  void shouldStayInsideOfTinyAndExtremeImages() {
    // given
    List<String> operations =
        List.of(
            "{random_resized_crop: {height: 5, width: 5}}",
            "{random_resized_crop: {height: 5, width: 5, ratio: [4, 5]}}",
            "{random_resized_crop: {height: 5, width: 5, ratio: [0.1, 0.2]}}");
    List<ImageSize> sizes =
        List.of(
            new ImageSize(1, 1),
            new ImageSize(1, 2000),
            new ImageSize(2000, 1),
            new ImageSize(2, 3));

    for (String operation : operations) {
      for (ImageSize size : sizes) {
        // then
        assertThat(draw(operation, size, 200))
            .allSatisfy(
                v -> {
                  assertThat(v.get("height")).isBetween(1.0, (double) size.height());
                  assertThat(v.get("width")).isBetween(1.0, (double) size.width());
                  assertThat(v.get("top")).isBetween(0.0, size.height() - v.get("height"));
                  assertThat(v.get("left")).isBetween(0.0, size.width() - v.get("width"));
                });
      }
    }
  }

  @Test
  void shouldMoveCornersInwardsByUpToAShareOfHalfTheSide() {
    // when: at 0.5 up to int(0.5 · 200) columns and int(0.5 · 150) rows
    List<SortedMap<String, Double>> draws = draw("{perspective: {p: 1}}", PHOTO, DRAWS);

    // then
    expect(draws, "x0", 0, 100);
    expect(draws, "y0", 0, 75);
    expect(draws, "x1", 299, 399);
    expect(draws, "y1", 0, 75);
    expect(draws, "x2", 299, 399);
    expect(draws, "y2", 224, 299);
    expect(draws, "x3", 0, 100);
    expect(draws, "y3", 224, 299);
  }

  @Test
  void shouldDrawPerspectivesOfTinyImages() {
    assertThat(draw("{perspective: {distortion_scale: 1, p: 1}}", new ImageSize(1, 1), 50))
        .allSatisfy(v -> assertThat(v.values()).containsOnly(0.0));
    assertThat(draw("{perspective: {distortion_scale: 1, p: 1}}", new ImageSize(2, 5), 200))
        .allSatisfy(
            v -> {
              for (int corner = 0; corner < 4; corner++) {
                assertThat(v.get("x" + corner)).isBetween(0.0, 4.0);
                assertThat(v.get("y" + corner)).isBetween(0.0, 1.0);
              }
            });
  }

  @Test
  void shouldDrawAffineValuesWithinTheirRanges() {
    // given
    String operation =
        "{affine: {degrees: [-10, 30], translate: [0.1, 0.02], scale: [0.8, 1.2],"
            + " shear: [-5, 15, 2, 3], fill: 9}}";

    // when
    List<SortedMap<String, Double>> draws = draw(operation, PHOTO, DRAWS);

    // then
    expect(draws, "degrees", -10, 30);
    expect(draws, "translate_x", -40, 40);
    expect(draws, "translate_y", -6, 6);
    expect(draws, "scale", 0.8, 1.2);
    expect(draws, "shear_x", -5, 15);
    expect(draws, "shear_y", 2, 3);
    assertThat(draws)
        .allSatisfy(
            v -> {
              assertThat(v.get("translate_x")).isEqualTo(Math.rint(v.get("translate_x")));
              assertThat(v).containsEntry("fill", 9.0);
            });
    // torchvision rounds a uniform draw, so the ends have half the chance of the others
    double share = DRAWS / 24.0;
    double atEnd = draws.stream().filter(v -> v.get("translate_y") == 6).count();
    assertThat(atEnd).isBetween(share * 0.85, share * 1.15);
  }

  @Test
  void shouldMoveNothingByDefault() {
    assertThat(draw("{affine: {degrees: 0}}", PHOTO, 1).get(0))
        .isEqualTo(
            Map.of(
                "degrees",
                0.0,
                "translate_x",
                0.0,
                "translate_y",
                0.0,
                "scale",
                1.0,
                "shear_x",
                0.0,
                "shear_y",
                0.0));
  }

  @Test
  void shouldResizeTheShorterEdge() {
    // given: expected sizes are those of torchvision's _compute_resized_output_size
    assertThat(resized("{size: 100}", PHOTO)).isEqualTo(new ImageSize(100, 133));
    assertThat(resized("{size: 100}", new ImageSize(401, 300))).isEqualTo(new ImageSize(133, 100));
    assertThat(resized("{size: 100, max_size: 120}", PHOTO)).isEqualTo(new ImageSize(90, 120));
    assertThat(resized("{size: 2, max_size: 50}", new ImageSize(1, 2000)))
        .isEqualTo(new ImageSize(1, 50));
  }

  @Test
  void shouldHashTheSameHoweverPaddingIsSpelled() {
    // given
    String one = "output: {height: 8, width: 8}\noperations: [{pad: {padding: 2}}]";

    // then
    assertThat(PolicyYaml.policy(one.replace("2}", "[2, 2]}")).hash())
        .isEqualTo(PolicyYaml.policy(one).hash())
        .isEqualTo(PolicyYaml.policy(one.replace("2}", "[2, 2, 2, 2], fill: 0}")).hash());
    assertThat(PolicyYaml.policy(one.replace("2}", "2, fill: 1}")).hash())
        .isNotEqualTo(PolicyYaml.policy(one).hash());
  }

  @Test
  void shouldReturnTheSizeAfterPadding() {
    // given
    RecipeBuilder recipe = new RecipeBuilder(new ImageSize(4, 5), GeometricOperation::sizeAfter);

    // when
    new Pad(1, 2, 3, 4, Pad.PaddingMode.REFLECT, 0).draw(RandomStream.of(0), recipe);

    // then
    assertThat(recipe.size()).isEqualTo(new ImageSize(10, 9));
    assertThat(GeometricOperation.reduction(recipe.steps(), new ImageSize(4, 5))).isEqualTo(1);
  }

  @Test
  void shouldReportWhatIsWrong() {
    // given
    String yaml =
        """
        output: {height: 8, width: 8}
        operations:
          - pad: {padding: [1, 2, 3]}
          - pad: {padding: 1.5, padding_mode: wrap, fill: 256}
          - pad
          - affine: {degrees: 5, translate: 0.1, scale: 0, shear: [3, 1]}
          - perspective: {distortion_scale: 1.5}
          - resize: {size: 5, height: 4}
          - resize: {size: 5, max_size: 5}
          - resize: {height: 5, width: 5, max_size: 5}
          - random_resized_crop: {height: 5, width: 5, scale: [-1, 0.5]}
        """;

    // when
    PolicyException e =
        catchThrowableOfType(PolicyException.class, () -> Policy.parse(PolicyYaml.tree(yaml)));

    // then
    String form = "must be n, [x, y] or [left, top, right, bottom], was ";
    assertThat(e.errors())
        .containsExactlyInAnyOrder(
            "policy.operations[0].pad.padding: " + form + "[1,2,3]",
            "policy.operations[1].pad.padding: " + form + "1.5",
            "policy.operations[1].pad.padding_mode: must be one of constant, edge, reflect,"
                + " symmetric, was \"wrap\"",
            "policy.operations[1].pad.fill: must be from 0 to 255, was 256",
            "policy.operations[2].pad.padding: is required",
            "policy.operations[3].affine.translate: must be [x, y], was 0.1",
            "policy.operations[3].affine.scale: must be from 0.01 to 100, was 0",
            "policy.operations[3].affine.shear: must be d, [a, b] or [a, b, c, d], was [3,1]",
            "policy.operations[4].perspective.distortion_scale: must be from 0 to 1, was 1.5",
            "policy.operations[5].resize.size: must not be combined with height and width, was 5",
            "policy.operations[6].resize.max_size: must be greater than size, was 5",
            "policy.operations[7].resize.max_size: is allowed with size only, was 5",
            "policy.operations[8].random_resized_crop.scale[0]: must be from 0 to 1, was -1");
  }

  private static ImageSize resized(String settings, ImageSize image) {
    SortedMap<String, Double> values = draw("{resize: " + settings + "}", image, 1).get(0);
    return new ImageSize(values.get("height").intValue(), values.get("width").intValue());
  }

  /** The values of a value reach nearly from end to end, and their mean is in the middle. */
  private static void expect(
      List<SortedMap<String, Double>> draws, String key, double from, double to) {
    DoubleSummaryStatistics values = over(draws, v -> v.get(key));
    double tolerance = (to - from) * 0.02;
    assertThat(values.getMin()).as(key).isBetween(from, from + tolerance);
    assertThat(values.getMax()).as(key).isBetween(to - tolerance, to);
    assertThat(values.getAverage()).as(key).isCloseTo((from + to) / 2, within(tolerance));
  }

  private static DoubleSummaryStatistics over(
      List<SortedMap<String, Double>> draws, ToDoubleFunction<SortedMap<String, Double>> value) {
    return draws.stream().mapToDouble(value).summaryStatistics();
  }

  /** What the first step of each view has drawn. */
  private static List<SortedMap<String, Double>> draw(
      String operation, ImageSize image, int count) {
    Policy policy =
        PolicyYaml.policy("{output: {height: 8, width: 8}, operations: [" + operation + "]}");
    RandomStream random = RandomStream.of(11);
    List<SortedMap<String, Double>> draws = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      draws.add(policy.recipe(1, random, image).steps().get(0).values());
    }
    return draws;
  }
}
