package io.stillstream.augmenter.image.warp;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.augmenter.geometry.BorderMode;
import io.stillstream.augmenter.geometry.ImageSize;
import io.stillstream.augmenter.geometry.ProjectiveTransform;
import io.stillstream.augmenter.geometry.ViewTransform;
import io.stillstream.schemas.answer.SegmentationMask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MaskWarperTest {
  private static final SegmentationMask ROW = row(1, 2, 3, 4);

  @ParameterizedTest
  @CsvSource({
    "CONSTANT, 255 255 255 255 255 1 2 3 4 255 255 255 255 255",
    "EDGE, 1 1 1 1 1 1 2 3 4 4 4 4 4 4",
    "REFLECT, 2 3 4 3 2 1 2 3 4 3 2 1 2 3",
    "SYMMETRIC, 4 4 3 2 1 1 2 3 4 4 3 2 1 1",
  })
  void shouldShowTheBorderOfTheFrame(BorderMode border, String expected) {
    // given: five columns before the row, five behind it
    ViewTransform frame =
        ViewTransform.of(size(ROW))
            .compose(new ImageSize(1, 14), ProjectiveTransform.shift(-5, 0))
            .withBorder(border, 7);

    // then
    assertThat(text(MaskWarper.warp(ROW, frame))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"REFLECT", "SYMMETRIC", "EDGE"})
  void shouldRepeatASinglePixelForEver(BorderMode border) {
    // given
    SegmentationMask one = row(9);
    ViewTransform frame =
        ViewTransform.of(size(one))
            .compose(new ImageSize(1, 5), ProjectiveTransform.shift(-2, 0))
            .withBorder(border, 0);

    // then
    assertThat(text(MaskWarper.warp(one, frame))).isEqualTo("9 9 9 9 9");
  }

  @Test
  void shouldTakeThePixelThatACentreFallsInto() {
    // given: enlarged threefold, then reduced threefold
    ViewTransform larger =
        ViewTransform.of(size(ROW))
            .compose(new ImageSize(1, 12), ProjectiveTransform.scaling(1 / 3.0, 1));
    SegmentationMask enlarged = MaskWarper.warp(ROW, larger);
    ViewTransform smaller =
        ViewTransform.of(size(enlarged))
            .compose(new ImageSize(1, 4), ProjectiveTransform.scaling(3, 1));

    // then
    assertThat(text(enlarged)).isEqualTo("1 1 1 2 2 2 3 3 3 4 4 4");
    assertThat(MaskWarper.warp(enlarged, smaller)).isEqualTo(ROW);
  }

  @Test
  void shouldStayInsideWhereAFrameReachesOutsideByARoundingError() {
    // given
    ViewTransform frame =
        ViewTransform.of(size(ROW))
            .compose(new ImageSize(1, 4), ProjectiveTransform.shift(0.5 + 1e-9, 0));

    // then
    assertThat(text(MaskWarper.warp(ROW, frame))).isEqualTo("2 3 4 4");
  }

  @Test
  void shouldIgnoreWhatLiesBehindTheViewerAndFarOutside() {
    // given: the divisor is 0 at column 2, and tiny beside it
    ProjectiveTransform map = new ProjectiveTransform(1, 0, 0, 0, 1, 0, 1, 0, -2.499999999999);
    ViewTransform frame =
        new ViewTransform(size(ROW), new ImageSize(1, 5), map, BorderMode.CONSTANT, 0);

    // then: 2.5 / 1e-12, 3.5 / 1 and 4.5 / 2
    assertThat(text(MaskWarper.warp(ROW, frame))).isEqualTo("255 255 255 4 3");
    assertThat(text(MaskWarper.warp(ROW, frame.withBorder(BorderMode.EDGE, 0))))
        .isEqualTo("255 255 4 4 3");
  }

  @Test
  void shouldReturnTheMaskItselfWhereNothingMoves() {
    assertThat(MaskWarper.warp(ROW, ViewTransform.of(size(ROW)))).isSameAs(ROW);
  }

  private static SegmentationMask row(int... ids) {
    byte[] classes = new byte[ids.length];
    for (int i = 0; i < ids.length; i++) {
      classes[i] = (byte) ids[i];
    }
    return new SegmentationMask(1, ids.length, classes);
  }

  private static ImageSize size(SegmentationMask mask) {
    return new ImageSize(mask.height(), mask.width());
  }

  private static String text(SegmentationMask mask) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < mask.classes().length; i++) {
      text.append(i == 0 ? "" : " ").append(mask.at(i));
    }
    return text.toString();
  }
}
