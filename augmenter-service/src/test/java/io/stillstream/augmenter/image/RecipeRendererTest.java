package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.image.decode.ImageDecoder;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.recipe.RecipeStep;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class RecipeRendererTest {
  private static final RecipeStep SHIFT = RecipeStep.of("translate", Map.of("x", 1.0, "y", 0.0));

  @Test
  void shouldApplyStepsInTheirOrder() {
    assertThat(render(new byte[] {10, 20}, SHIFT, RecipeStep.of("invert")))
        .containsExactly(255, 245);
    assertThat(render(new byte[] {10, 20}, RecipeStep.of("invert"), SHIFT)).containsExactly(0, 245);
  }

  @Test
  void shouldFillWithTheLevelOfTheStepEvenIfAdjacentStepsHaveAnother() {
    // given
    RecipeStep white = RecipeStep.of("translate", Map.of("x", 1.0, "y", 0.0, "fill", 255.0));

    // then
    assertThat(render(new byte[] {10, 20, 30}, SHIFT, white)).containsExactly(255, 0, 10);
    assertThat(render(new byte[] {10, 20, 30}, white, SHIFT)).containsExactly(0, 255, 10);
    assertThat(render(new byte[] {10, 20, 30}, white, white)).containsExactly(255, 255, 10);
  }

  @Test
  void shouldKeepAFillThroughStepsThatShowOnlyTheInside() {
    // given
    RecipeStep white = RecipeStep.of("translate", Map.of("x", 2.0, "y", 0.0, "fill", 255.0));
    RecipeStep flip = RecipeStep.of("horizontal_flip");
    RecipeStep crop = crop(1, 2);

    // then
    assertThat(render(new byte[] {10, 20, 30}, white, flip)).containsExactly(10, 255, 255);
    assertThat(render(new byte[] {10, 20, 30}, white, crop)).containsExactly(255, 10);
    assertThat(render(new byte[] {10, 20, 30}, flip, white)).containsExactly(255, 255, 30);
  }

  @Test
  void shouldPadWhatACropHasLeft() {
    // given
    RecipeStep pad =
        RecipeStep.of("pad", Map.of("left", 1.0, "top", 0.0, "right", 1.0, "bottom", 0.0));
    RecipeStep mirror =
        RecipeStep.of(
            "pad", Map.of("left", 2.0, "top", 0.0, "right", 2.0, "bottom", 0.0, "mode", 3.0));

    // then: the margin does not show what was cut off, wherever the cut begins
    assertThat(render(new byte[] {10, 20, 30, 40}, crop(1, 2), pad)).containsExactly(0, 20, 30, 0);
    assertThat(render(new byte[] {10, 20, 30, 40}, crop(0, 2), pad)).containsExactly(0, 10, 20, 0);
    assertThat(render(new byte[] {10, 20, 30, 40}, crop(1, 2), mirror))
        .containsExactly(30, 20, 20, 30, 30, 20);
    assertThat(render(new byte[] {10, 20, 30}, mirror, SHIFT))
        .containsExactly(0, 20, 10, 10, 20, 30, 30);
  }

  @Test
  void shouldCropARenderedImage() {
    assertThat(render(new byte[] {10, 20, 30}, RecipeStep.of("invert"), crop(0, 2)))
        .containsExactly(245, 235);
  }

  @Test
  void shouldNotChangeTheDecodedImage() {
    // given
    byte[] pixels = {1, 2, 3};
    ImageSize size = new ImageSize(1, 3);
    try (ImageDecoder decoder = new ImageDecoder(1, 10);
        RecipeRenderer renderer = new RecipeRenderer()) {
      var image = decoder.decode(new ImageSource.RawPixels(ByteBuffer.wrap(pixels), 1, 3, 1));

      // when
      renderer.render(image, size, ProjectiveTransform.IDENTITY, List.of(RecipeStep.of("invert")));

      // then
      assertThat(renderer.render(image, size, ProjectiveTransform.IDENTITY, List.of()).bytes())
          .isEqualTo(pixels);
    }
  }

  @Test
  void shouldRejectUnknownSteps() {
    assertThatThrownBy(() -> render(new byte[1], RecipeStep.of("swirl")))
        .hasMessageContaining("swirl");
    assertThatThrownBy(() -> render(new byte[1], RecipeStep.of("rotate")))
        .hasMessageContaining("degrees");
  }

  private static RecipeStep crop(int left, int width) {
    return RecipeStep.of(
        "random_crop",
        Map.of("top", 0.0, "left", (double) left, "height", 1.0, "width", (double) width));
  }

  /** Unsigned levels of one row after the steps. */
  private static int[] render(byte[] row, RecipeStep... steps) {
    try (ImageDecoder decoder = new ImageDecoder(1, 100);
        RecipeRenderer renderer = new RecipeRenderer()) {
      var image = decoder.decode(new ImageSource.RawPixels(ByteBuffer.wrap(row), 1, row.length, 1));
      byte[] result =
          renderer
              .render(
                  image, new ImageSize(1, row.length), ProjectiveTransform.IDENTITY, List.of(steps))
              .bytes();
      int[] levels = new int[result.length];
      for (int i = 0; i < result.length; i++) {
        levels[i] = Byte.toUnsignedInt(result[i]);
      }
      return levels;
    }
  }
}
