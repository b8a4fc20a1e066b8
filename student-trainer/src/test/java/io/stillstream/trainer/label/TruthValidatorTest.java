package io.stillstream.trainer.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.ImageIdHash;
import io.stillstream.schemas.ImageLabel;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Students: mlp has 5 classes; fcn has 3, and views of 8 x 12 pixels. */
class TruthValidatorTest {
  private final TruthValidator classes = validator("mlp");
  private final TruthValidator masks = validator("fcn");

  @Test
  void shouldTakeAClass() {
    assertThat(classes.validate(label(4, null)))
        .isEqualTo(ImageTruth.ofClass(ImageIdHash.of("image-1").number(), 4));
  }

  @Test
  void shouldTakeAMaskOfTheViewsSizeAsItIs() {
    // given
    SegmentationMask mask = numbered(8, 12);

    // when
    ImageTruth truth = masks.validate(label(null, MaskCodec.encode(mask)));

    // then
    assertThat(decoded(truth.mask().stretched())).isEqualTo(mask);
    assertThat(truth.mask().cropped()).isSameAs(truth.mask().stretched());
    assertThat(truth.label()).isEqualTo(-1);
  }

  @Test
  void shouldTakeThePixelInWhichTheCentreLies() {
    // given: twice and three times the size of a view, which it then covers at twice the width
    SegmentationMask mask = numbered(16, 36);

    // when
    ImageTruth truth = masks.validate(label(null, MaskCodec.encode(mask)));

    // then
    SegmentationMask stretched = decoded(truth.mask().stretched());
    SegmentationMask cropped = decoded(truth.mask().cropped());
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 12; x++) {
        assertThat(stretched.at(y * 12 + x)).isEqualTo(mask.at((2 * y + 1) * 36 + 3 * x + 1));
        // A size of 8 x 18 covers it, of which 3 columns are cut off on either side.
        assertThat(cropped.at(y * 12 + x)).isEqualTo(mask.at((2 * y + 1) * 36 + 2 * x + 7));
      }
    }
  }

  @Test
  void shouldEnlargeASmallMask() {
    // given
    SegmentationMask mask = new SegmentationMask(2, 3, new byte[] {0, 1, 2, 2, -1, 0});

    // when
    SegmentationMask fitted =
        decoded(masks.validate(label(null, MaskCodec.encode(mask))).mask().cropped());

    // then: 8 x 12 have the same shape
    for (int i = 0; i < 8 * 12; i++) {
      assertThat(fitted.at(i)).isEqualTo(mask.at(i / 12 / 4 * 3 + i % 12 / 4));
    }
  }

  @ParameterizedTest
  @MethodSource
  void shouldRefuse(TruthValidator validator, ImageLabel label, String reason, String message) {
    assertThatThrownBy(() -> validator.validate(label))
        .isInstanceOfSatisfying(
            BadRecordException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .hasMessageContaining(message);
    assertThat(TruthValidator.REASONS).contains(reason);
  }

  static Stream<Arguments> shouldRefuse() {
    TruthValidator classes = validator("mlp");
    TruthValidator masks = validator("fcn");
    ByteBuffer mask = MaskCodec.encode(numbered(8, 12));
    ByteBuffer cut = mask.slice(0, mask.remaining() - 20);
    ByteBuffer colour = PixelCodec.encode(PixelEncoding.PNG, 2, 2, 3, new byte[12]);
    ByteBuffer unknown = MaskCodec.encode(new SegmentationMask(1, 2, new byte[] {3, (byte) 255}));
    return Stream.of(
        Arguments.of(classes, label(null, null), "label", "either a class or a mask"),
        Arguments.of(masks, label(1, mask), "label", "either a class or a mask"),
        Arguments.of(classes, label(5, null), "label", "label 5; the student has 5 classes"),
        Arguments.of(classes, label(-1, null), "label", "label -1"),
        Arguments.of(
            classes,
            label(null, mask),
            "task",
            "the label is for a segmentation, the student's task is classification"),
        Arguments.of(masks, label(1, null), "task", "the label is for a classification"),
        Arguments.of(validator("embedder"), label(1, null), "task", "embedding"),
        Arguments.of(validator("embedder"), label(null, mask), "task", "embedding"),
        Arguments.of(masks, label(null, ByteBuffer.wrap(new byte[7])), "mask", "the mask: "),
        Arguments.of(masks, label(null, ByteBuffer.allocate(0)), "mask", "the mask: "),
        Arguments.of(masks, label(null, cut), "mask", "the mask: "),
        Arguments.of(masks, label(null, colour), "mask", "the mask: "),
        Arguments.of(masks, label(null, unknown), "mask", "none of the student's 3"));
  }

  private static TruthValidator validator(String student) {
    return new TruthValidator(
        ModelSpec.load(Path.of("src/test/resources/students", student), "student"));
  }

  private static ImageLabel label(Integer label, ByteBuffer mask) {
    return new ImageLabel("image-1", label, mask, "test", Instant.EPOCH);
  }

  /** Neighbours have other classes, and one pixel is to be ignored. */
  private static SegmentationMask numbered(int height, int width) {
    byte[] classes = new byte[height * width];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = (byte) ((i % width + 2 * (i / width) + i / 5) % 3);
    }
    classes[classes.length / 2] = (byte) SegmentationMask.IGNORE;
    return new SegmentationMask(height, width, classes);
  }

  private static SegmentationMask decoded(byte[] png) {
    return MaskCodec.decode(ByteBuffer.wrap(png));
  }
}
