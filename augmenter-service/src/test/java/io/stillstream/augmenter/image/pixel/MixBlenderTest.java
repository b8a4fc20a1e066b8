package io.stillstream.augmenter.image.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.image.MaskedImage;
import io.stillstream.augmenter.image.MixPartner;
import io.stillstream.augmenter.image.RenderedView;
import io.stillstream.augmenter.image.ViewGenerator;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MixBlenderTest {
  private static final MixRecipe.PartnerCoordinates WHICH =
      new MixRecipe.PartnerCoordinates("images", 0, 4, "other");
  private static final int HEIGHT = 16;
  private static final int WIDTH = 20;
  private static final Policy POLICY =
      PolicyYaml.policy(
          "{views: 6, output: {height: 16, width: 20}, operations: [{rotate: {degrees: 20}}, {mixup: {alpha: 8}}]}");

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.3333333333, 0.5, 0.87, 1})
  void shouldAddBothImagesRoundedToTheNearestLevel(double lambda) {
    // given
    byte[] a = pixels(1);
    byte[] b = pixels(2);

    // when
    byte[] mixed =
        replay(a, b, new MixRecipe(MixRecipe.Kind.MIXUP, WHICH, 1, List.of(), lambda, null));

    // then
    for (int i = 0; i < mixed.length; i++) {
      double exact = lambda * Byte.toUnsignedInt(a[i]) + (1 - lambda) * Byte.toUnsignedInt(b[i]);
      assertThat(Math.abs(Byte.toUnsignedInt(mixed[i]) - exact)).isLessThan(0.5001);
    }
  }

  @Test
  void shouldPutTheRectangleOfTheOtherImageInPlace() {
    // given
    byte[] a = pixels(1);
    byte[] b = pixels(2);
    MixRecipe.PixelBox box = new MixRecipe.PixelBox(11, 3, 5, 7);

    // when: the partner is mirrored before
    byte[] mixed =
        replay(
            a,
            b,
            new MixRecipe(
                MixRecipe.Kind.CUTMIX,
                WHICH,
                1,
                List.of(RecipeStep.of("horizontal_flip")),
                0.9,
                box));

    // then
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        boolean inside = y >= 11 && x >= 3 && x < 10;
        for (int c = 0; c < 3; c++) {
          byte expected =
              inside ? b[(y * WIDTH + WIDTH - 1 - x) * 3 + c] : a[(y * WIDTH + x) * 3 + c];
          assertThat(mixed[(y * WIDTH + x) * 3 + c]).isEqualTo(expected);
        }
      }
    }
  }

  @Test
  void shouldMixOneImageIntoAllViewsButTheOriginal() {
    // given
    ImageSource source = source(pixels(1));
    MixPartner partner = new MixPartner(MaskedImage.of(source(pixels(2))), WHICH);
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000);
        ViewGenerator other = new ViewGenerator(POLICY, 1_000_000)) {
      // when
      List<RenderedView> views = generator.generate(source, "images", 0, 9, partner);
      List<RenderedView> unmixed = other.generate(source, "images", 0, 9);

      // then
      assertThat(views.get(0).recipe()).isEqualTo(unmixed.get(0).recipe());
      assertThat(views.get(0).pixels()).isEqualTo(unmixed.get(0).pixels());
      for (RenderedView view : views.subList(1, 6)) {
        assertThat(view.recipe().mix().partner()).isEqualTo(WHICH);
        assertThat(view.recipe().steps()).isEqualTo(unmixed.get(view.index()).recipe().steps());
        assertThat(view.pixels()).isNotEqualTo(unmixed.get(view.index()).pixels());
        assertThat(other.replay(MaskedImage.of(source), view.recipe(), partner.image()).pixels())
            .isEqualTo(view.pixels());
      }
    }
  }

  @Test
  void shouldMixNothingWhereThePartnerCannotBeDecoded() {
    // given
    ImageSource source = source(pixels(1));
    MixPartner broken =
        new MixPartner(
            MaskedImage.of(new ImageSource.FileSource(ByteBuffer.wrap(new byte[] {1, 2, 3}))),
            WHICH);
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      // when
      List<RenderedView> views = generator.generate(source, "images", 0, 9, broken);

      // then
      List<RenderedView> unmixed = generator.generate(source, "images", 0, 9);
      for (int i = 0; i < views.size(); i++) {
        assertThat(views.get(i).recipe()).isEqualTo(unmixed.get(i).recipe());
        assertThat(views.get(i).pixels()).isEqualTo(unmixed.get(i).pixels());
      }
    }
  }

  @Test
  void shouldNotReplayAMixWithoutThePartner() {
    // given
    ViewRecipe recipe =
        new ViewRecipe(
            1,
            List.of(RecipeStep.of("rotate", Map.of("degrees", 3.0))),
            new MixRecipe(MixRecipe.Kind.MIXUP, WHICH, 1, List.of(), 0.5, null));

    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      // then
      assertThatThrownBy(() -> generator.replay(source(pixels(1)), recipe))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("the recipe mixes in another image, which is missing")
          .hasMessageContaining("other");
    }
  }

  private static byte[] replay(byte[] a, byte[] b, MixRecipe mix) {
    try (ViewGenerator generator = new ViewGenerator(POLICY, 1_000_000)) {
      return generator
          .replay(
              MaskedImage.of(source(a)),
              new ViewRecipe(1, List.of(), mix),
              MaskedImage.of(source(b)))
          .pixels();
    }
  }

  private static ImageSource source(byte[] pixels) {
    return new ImageSource.RawPixels(ByteBuffer.wrap(pixels), HEIGHT, WIDTH, 3);
  }

  private static byte[] pixels(int seed) {
    byte[] pixels = new byte[HEIGHT * WIDTH * 3];
    new Random(seed).nextBytes(pixels);
    return pixels;
  }
}
