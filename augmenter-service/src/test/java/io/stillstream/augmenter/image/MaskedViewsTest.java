package io.stillstream.augmenter.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.image.decode.ExifSamples;
import io.stillstream.augmenter.image.decode.ImageSource;
import io.stillstream.augmenter.image.decode.RejectedImageException;
import io.stillstream.augmenter.image.decode.RejectionReason;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.policy.PolicyYaml;
import io.stillstream.augmenter.recipe.AugMixChains;
import io.stillstream.augmenter.recipe.MixRecipe;
import io.stillstream.augmenter.recipe.RecipeStep;
import io.stillstream.augmenter.recipe.ViewRecipe;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.IndexedPng;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks of views, from images with a mask. */
final class MaskedViewsTest {
  private static final long MAX_PIXELS = 1_000_000;
  private static final MixRecipe.PartnerCoordinates PARTNER =
      new MixRecipe.PartnerCoordinates("images", 0, 4, "other");

  /** Whole pixels are moved, and the fill is what masks have outside. */
  private static final String WHOLE_PIXELS =
      """
      seed: %d
      views: 12
      output: {height: 30, width: 44, channels: 1}
      operations:
        - pad: {padding: [3, 4, 5, 6], padding_mode: symmetric, p: 0.4}
        - pad: {padding: 7, padding_mode: reflect, p: 0.4}
        - horizontal_flip
        - translate: {pixels: [9, 6], fill: 255, p: 0.7}
        - vertical_flip
        - pad: {padding: [2, 1], padding_mode: edge, p: 0.4}
        - pad: {padding: 5, fill: 255, p: 0.5}
        - translate: {pixels: 40, fill: 255, p: 0.2}
        - random_crop: {height: 30, width: 44, padding: 3, fill: 255}
      """;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldMoveMasksAsPixelsAreMoved(long seed) {
    // given: an image whose levels are its classes
    SegmentationMask mask = TestMasks.random(37, 51, seed);
    MaskedImage image = masked(raw(mask), mask);
    Policy policy = PolicyYaml.policy(WHOLE_PIXELS.formatted(seed));

    try (ViewGenerator generator = new ViewGenerator(policy, MAX_PIXELS)) {
      // when
      List<RenderedView> views = generator.generate(image, "images", 0, seed, null);

      // then: view 0 is a resize, the others are exact
      assertThat(views.get(0).mask().classes()).hasSize(30 * 44);
      for (RenderedView view : views.subList(1, views.size())) {
        assertThat(view.mask()).isEqualTo(new SegmentationMask(30, 44, view.pixels()));
      }
    }
  }

  @Test
  void shouldGiveTheSameMasksInEveryRunAndLeavePixelsAndRecipesAlone() {
    // given
    Policy policy =
        PolicyYaml.policy(
            """
            views: 8
            output: {height: 20, width: 24}
            operations:
              - rotate: {degrees: 40}
              - perspective: {distortion_scale: 0.6}
              - gaussian_noise
              - affine: {degrees: 20, scale: [0.5, 2], shear: 10}
              - coarse_dropout
            """);
    SegmentationMask mask = TestMasks.random(40, 50, 3);
    MaskedImage image = masked(raw(TestMasks.random(40, 50, 4)), mask);

    try (ViewGenerator one = new ViewGenerator(policy, MAX_PIXELS);
        ViewGenerator other = new ViewGenerator(policy, MAX_PIXELS)) {
      // when
      List<RenderedView> views = one.generate(image, "images", 0, 1, null);
      List<RenderedView> again = other.generate(image, "images", 0, 1, null);
      List<RenderedView> unmasked = other.generate(image.source(), "images", 0, 1);

      // then
      for (int i = 0; i < views.size(); i++) {
        RenderedView view = views.get(i);
        assertThat(again.get(i).mask()).isEqualTo(view.mask()).isNotNull();
        assertThat(other.replay(image, view.recipe(), null).mask()).isEqualTo(view.mask());
        assertThat(unmasked.get(i).mask()).isNull();
        assertThat(unmasked.get(i).pixels()).isEqualTo(view.pixels());
        assertThat(unmasked.get(i).recipe()).isEqualTo(view.recipe());
      }
      assertThat(views.subList(1, 8))
          .anySatisfy(view -> assertThat(view.mask().classes()).contains((byte) 255));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void shouldFollowTheUprightImageAtEveryDecodeScale(int orientation) {
    // given: a photograph that lies on its side, and decodes at an eighth; and one that does not
    boolean lies = orientation > 4;
    byte[] stored =
        TestImages.file(
            lies ? TestImages.picture(483, 321, 3) : TestImages.picture(321, 483, 3), "jpg");
    byte[] exif = ExifSamples.jpeg(stored, ExifSamples.tiff(ByteOrder.BIG_ENDIAN, orientation));
    SegmentationMask mask = TestMasks.random(321, 483, 5);
    Policy policy =
        PolicyYaml.policy(
            """
            views: 4
            output: {height: 32, width: 48}
            operations: [{rotate: {degrees: 30}}, horizontal_flip]
            """);

    try (ViewGenerator generator = new ViewGenerator(policy, MAX_PIXELS)) {
      // when
      List<RenderedView> views = generator.generate(masked(file(exif), mask), "images", 0, 7, null);

      // then
      List<RenderedView> upright =
          generator.generate(masked(raw(mask), mask), "images", 0, 7, null);
      assertThat(views.get(0).recipe().decodeScale()).isEqualTo(8);
      assertThat(upright.get(0).recipe().decodeScale()).isEqualTo(1);
      for (int i = 0; i < views.size(); i++) {
        assertThat(views.get(i).mask()).isEqualTo(upright.get(i).mask());
      }
    }
  }

  @Test
  void shouldRejectMasksThatDoNotFitTheUprightImage() {
    // given: a photograph that lies on its side, with a mask of its size as stored
    byte[] stored = TestImages.file(TestImages.picture(48, 32, 3), "jpg");
    ImageSource source = file(ExifSamples.jpeg(stored, ExifSamples.tiff(ByteOrder.BIG_ENDIAN, 6)));
    ByteBuffer fits = TestMasks.png(TestMasks.random(32, 48, 1));

    // then
    requireBadMask(source, TestMasks.png(TestMasks.random(48, 32, 1)), "48 x 32", "32 x 48");
    requireBadMask(source, ByteBuffer.wrap(new byte[] {1, 2, 3}), "not an image file");
    requireBadMask(source, ByteBuffer.allocate(0), "not an image file");
    requireBadMask(source, fits.slice(0, fits.remaining() / 2), "the mask is refused");
    requireBadMask(
        source,
        ByteBuffer.wrap(TestImages.file(TestImages.picture(32, 48, 1), "png")),
        "32 x 48 x 3");
    requireBadMask(
        source, ByteBuffer.wrap(TestImages.file(TestImages.picture(32, 48, 1), "jpg")), "JPEG");
    requireBadMask(
        source, ByteBuffer.wrap(IndexedPng.encode(TestMasks.random(32, 48, 1))), "with a palette");
  }

  @Test
  void shouldKeepTheMaskOfAnAugMixWhoseChainsMoveNothing() {
    // given
    SegmentationMask mask = TestMasks.random(9, 12, 1);
    RecipeStep flip = RecipeStep.of("horizontal_flip");
    RecipeStep invert = RecipeStep.of("invert");
    RecipeStep erase =
        RecipeStep.of(
            "erase", Map.of("top", 0.0, "left", 0.0, "height", 2.0, "width", 2.0, "value", 0.0));

    // then
    assertThat(replay(mask, augMix(invert, invert), flip)).isEqualTo(mask.mirrored());
    assertThat(replay(mask, augMix(invert, flip), invert)).isNull();
    assertThat(replay(mask, augMix(erase, invert), invert)).isNull();
  }

  @Test
  void shouldCutMasksWhereImagesAreCut() {
    // given: images whose levels are their classes
    SegmentationMask mask = TestMasks.random(20, 24, 1);
    SegmentationMask other = TestMasks.random(31, 40, 2);
    MixPartner partner = new MixPartner(masked(raw(other), other), PARTNER);
    MixPartner unmasked = new MixPartner(MaskedImage.of(raw(other)), PARTNER);
    Policy policy =
        PolicyYaml.policy(
            """
            views: 9
            output: {height: 20, width: 24, channels: 1}
            operations: [{random_crop: {height: 20, width: 24}}, horizontal_flip, cutmix]
            """);

    try (ViewGenerator generator = new ViewGenerator(policy, MAX_PIXELS)) {
      // when
      List<RenderedView> views =
          generator.generate(masked(raw(mask), mask), "images", 0, 1, partner);
      List<RenderedView> holed =
          generator.generate(masked(raw(mask), mask), "images", 0, 1, unmasked);

      // then
      assertThat(views).filteredOn(view -> view.recipe().mix() != null).hasSizeGreaterThan(4);
      for (int i = 0; i < views.size(); i++) {
        MixRecipe mix = views.get(i).recipe().mix();
        SegmentationMask expected = new SegmentationMask(20, 24, views.get(i).pixels());
        assertThat(views.get(i).mask()).isEqualTo(expected);
        if (mix == null) {
          assertThat(holed.get(i).mask()).isEqualTo(expected);
          continue;
        }
        assertThat(
                generator.replay(masked(raw(mask), mask), views.get(i).recipe(), partner.image()))
            .extracting(RenderedPixels::mask)
            .isEqualTo(expected);
        long ignored = mix.box().height() * (long) mix.box().width();
        assertThat(count(holed.get(i).mask(), SegmentationMask.IGNORE)).isEqualTo(ignored);
      }
      assertThat(generator.generate(MaskedImage.of(raw(mask)), "images", 0, 1, partner))
          .extracting(RenderedView::mask)
          .containsOnlyNulls();
    }
  }

  @Test
  void shouldDropTheMaskOfAMixup() {
    // given
    SegmentationMask mask = TestMasks.random(8, 8, 1);
    MixPartner partner = new MixPartner(masked(raw(mask), mask), PARTNER);
    Policy policy =
        PolicyYaml.policy(
            "{views: 3, output: {height: 8, width: 8, channels: 1}, operations: [mixup]}");

    try (ViewGenerator generator = new ViewGenerator(policy, MAX_PIXELS)) {
      // when
      List<RenderedView> views =
          generator.generate(masked(raw(mask), mask), "images", 0, 1, partner);

      // then: the original is not mixed
      assertThat(views).extracting(RenderedView::mask).containsExactly(mask, null, null);
    }
  }

  @Test
  void shouldIgnoreErasedAreasAndMoveThemOn() {
    // given
    SegmentationMask mask = TestMasks.plain(6, 8, 5);
    RecipeStep erase =
        RecipeStep.of(
            "erase", Map.of("top", 1.0, "left", 0.0, "height", 2.0, "width", 3.0, "value", 255.0));

    // when
    RenderedPixels view;
    try (ViewGenerator generator = new ViewGenerator(policy(), MAX_PIXELS)) {
      view =
          generator.replay(
              masked(raw(mask), mask),
              ViewRecipe.of(List.of(erase, RecipeStep.of("horizontal_flip"))),
              null);
    }

    // then
    assertThat(view.mask()).isEqualTo(new SegmentationMask(6, 8, view.pixels()));
    assertThat(count(view.mask(), SegmentationMask.IGNORE)).isEqualTo(6);
    assertThat(view.mask().at(8 + 7)).isEqualTo(SegmentationMask.IGNORE);
  }

  @Test
  void shouldForgetTheMaskOfTheImageBefore() {
    // given
    SegmentationMask mask = TestMasks.random(9, 12, 1);
    ViewRecipe recipe = ViewRecipe.of(List.of(RecipeStep.of("horizontal_flip")));

    try (ViewGenerator generator = new ViewGenerator(policy(), MAX_PIXELS)) {
      // when
      generator.replay(masked(raw(mask), mask), recipe, null);

      // then
      assertThat(generator.replay(MaskedImage.of(raw(mask)), recipe, null).mask()).isNull();
    }
  }

  private static long count(SegmentationMask mask, int id) {
    return IntStream.range(0, mask.classes().length).filter(i -> mask.at(i) == id).count();
  }

  private static void requireBadMask(ImageSource source, ByteBuffer mask, String... messages) {
    try (ViewGenerator generator = new ViewGenerator(policy(), MAX_PIXELS)) {
      assertThatThrownBy(
              () -> generator.generate(new MaskedImage(source, mask), "images", 0, 0, null))
          .isInstanceOfSatisfying(
              RejectedImageException.class,
              e -> assertThat(e.reason()).isEqualTo(RejectionReason.BAD_MASK))
          .hasMessageContainingAll(messages);
    }
  }

  private static SegmentationMask replay(
      SegmentationMask mask, List<RecipeStep> augMix, RecipeStep last) {
    RecipeStep[] steps = augMix.toArray(new RecipeStep[augMix.size() + 1]);
    steps[augMix.size()] = last;
    try (ViewGenerator generator = new ViewGenerator(policy(), MAX_PIXELS)) {
      return generator
          .replay(masked(raw(mask), mask), ViewRecipe.of(Arrays.asList(steps)), null)
          .mask();
    }
  }

  private static List<RecipeStep> augMix(RecipeStep one, RecipeStep other) {
    return new AugMixChains(
            0.5,
            List.of(
                new AugMixChains.Chain(0.25, List.of(one)),
                new AugMixChains.Chain(0.25, List.of(other))))
        .steps();
  }

  private static Policy policy() {
    return PolicyYaml.policy("{views: 2, output: {height: 8, width: 8, channels: 1}}");
  }

  private static MaskedImage masked(ImageSource source, SegmentationMask mask) {
    return new MaskedImage(source, TestMasks.png(mask));
  }

  private static ImageSource file(byte[] file) {
    return new ImageSource.FileSource(ByteBuffer.wrap(file));
  }

  /** An image whose levels are the classes. */
  private static ImageSource raw(SegmentationMask mask) {
    return new ImageSource.RawPixels(
        ByteBuffer.wrap(mask.classes()), mask.height(), mask.width(), 1);
  }
}
