package io.stillstream.schemas.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SegmentationMaskTest {
  /** Logits [3, 2, 3]. */
  private static final float[] ROW = {
    -0.25f, -1.25f, 1, 2, -1.5f, -2, 2, 0.5f, -0.5f, -0.75f, 2, 0.5f, 1.25f, 0.25f, 0, -0.25f,
    -1.25f, -0.5f
  };

  @Test
  void shouldAnswerTheTopClassOfEachCell() {
    // when
    SegmentationMask mask = SegmentationMask.ofCells(ROW, OutputShape.segmentation(3, 2, 3, 2));

    // then
    assertThat(mask).isEqualTo(new SegmentationMask(2, 3, bytes("110011")));
  }

  @Test
  void shouldInterpolateAsPyTorchDoes() {
    // when
    SegmentationMask mask = SegmentationMask.ofPixels(ROW, OutputShape.segmentation(3, 2, 3, 2));

    // then: interpolate(scale_factor=2, mode="bilinear", align_corners=False).argmax(1)
    assertThat(mask).isEqualTo(new SegmentationMask(4, 6, bytes("111100111110001111001111")));
  }

  @Test
  void shouldNameTheClassesWithMostPixels() {
    // given
    SegmentationMask mask = new SegmentationMask(1, 8, new byte[] {2, 0, 2, 7, 2, -1, 2, 0});

    // when
    List<SegmentationMask.ClassShare> largest = mask.largest(10, List.of("cat", "dog", "cow"));

    // then
    assertThat(largest)
        .containsExactly(
            new SegmentationMask.ClassShare("cow", 0.5),
            new SegmentationMask.ClassShare("cat", 0.25),
            new SegmentationMask.ClassShare("class 7", 0.125),
            new SegmentationMask.ClassShare("ignore", 0.125));
    assertThat(mask.largest(1, List.of()))
        .containsExactly(new SegmentationMask.ClassShare("class 2", 0.5));
  }

  @Test
  void shouldTakeThePixelAtTheCentreOfEachCell() {
    // given
    SegmentationMask mask = new SegmentationMask(2, 4, bytes("01234567"));

    // then
    assertThat(mask.subsampled(2)).isEqualTo(new SegmentationMask(1, 2, bytes("57")));
    assertThat(mask.subsampled(1)).isEqualTo(mask);
    assertThat(new SegmentationMask(3, 3, bytes("012345678")).subsampled(3).at(0)).isEqualTo(4);
    assertThatThrownBy(() -> mask.subsampled(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a mask of 2 x 4 has no whole cells of 3 x 3");
  }

  @Test
  void shouldExchangeLeftAndRight() {
    assertThat(new SegmentationMask(2, 3, bytes("012345")).mirrored())
        .isEqualTo(new SegmentationMask(2, 3, bytes("210543")));
  }

  @Test
  void shouldKnowWhetherItsClassesAreKnown() {
    // given
    byte[] classes = {0, 2, (byte) SegmentationMask.IGNORE};
    SegmentationMask mask = new SegmentationMask(1, 3, classes);

    // then
    assertThat(mask.hasOnlyClassesBelow(3)).isTrue();
    assertThat(mask.hasOnlyClassesBelow(2)).isFalse();
  }

  @Test
  void shouldCountThePixelsOfEachClass() {
    // when
    int[] counts = new SegmentationMask(1, 4, new byte[] {1, 0, 1, (byte) 255}).counts();

    // then
    assertThat(counts).hasSize(256).startsWith(1, 2, 0).endsWith(0, 1);
  }

  @Test
  void shouldRefuseAWrongNumberOfPixels() {
    assertThatThrownBy(() -> new SegmentationMask(2, 2, new byte[3]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a mask of 2 x 2 cannot have 3 pixels");
  }

  private static byte[] bytes(String digits) {
    byte[] bytes = new byte[digits.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (digits.charAt(i) - '0');
    }
    return bytes;
  }
}
