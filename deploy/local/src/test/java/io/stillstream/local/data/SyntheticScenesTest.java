package io.stillstream.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.schemas.values.Sha256;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SyntheticScenesTest {
  private static final Path BUNDLED = Path.of("../data/fashion-mnist");
  private static final int SIDE = SyntheticScenes.SIDE;
  private static final FixedShapeResizer AS_IT_IS =
      new FixedShapeResizer(SIDE, SIDE, 1, PixelCodec.MAX_PIXELS);

  private final SyntheticScenes scenes = scenes(1, 500);

  @TempDir Path directory;

  @Test
  void shouldDependOnSeedAndIndexOnly() {
    // given: the same scene in another order, and of a set of another size
    SyntheticScenes others = scenes(1, 8);
    byte[] last = others.pixels(7, AS_IT_IS);
    // when, then
    assertThat(others.pixels(3, AS_IT_IS)).isEqualTo(scenes.pixels(3, AS_IT_IS));
    assertThat(others.mask(3)).isEqualTo(scenes.mask(3));
    assertThat(last)
        .isEqualTo(scenes.pixels(7, AS_IT_IS))
        .isNotEqualTo(scenes(2, 8).pixels(7, AS_IT_IS));
  }

  @Test
  void shouldStayTheSameInAllVersions() {
    // given
    byte[] all = new byte[2 * 20 * SIDE * SIDE];
    for (int i = 0; i < 20; i++) {
      System.arraycopy(scenes.pixels(i, AS_IT_IS), 0, all, 2 * i * SIDE * SIDE, SIDE * SIDE);
      System.arraycopy(mask(i).classes(), 0, all, (2 * i + 1) * SIDE * SIDE, SIDE * SIDE);
    }
    // when, then
    assertThat(Sha256.hex(all))
        .isEqualTo("e86b0bc182cdc36668a32486f118268315b5048a1e0b81395485d20f945950ac");
  }

  @Test
  void shouldShowOneToFourGarmentsOfAllClasses() {
    // given
    BitSet classes = new BitSet();
    int[] scenesOf = new int[5];
    // when
    for (int i = 0; i < scenes.size(); i++) {
      BitSet own = new BitSet();
      byte[] mask = mask(i).classes();
      IntStream.range(0, mask.length).forEach(pixel -> own.set(mask[pixel]));
      own.clear(0);
      assertThat(own.cardinality()).as("scene %d", i).isBetween(1, 4);
      scenesOf[own.cardinality()]++;
      classes.or(own);
    }
    // then: background aside, the ten classes, and scenes of each number of them
    assertThat(classes.stream()).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
    assertThat(Arrays.stream(scenesOf, 1, 5)).allMatch(count -> count > 50);
  }

  @Test
  void shouldGiveTheFileTheSamePixels() {
    assertThat(AS_IT_IS.ofFile(scenes.file(5))).isEqualTo(scenes.pixels(5, AS_IT_IS));
    assertThat(scenes.label(5)).isEqualTo(LabeledImages.NO_LABEL);
    assertThatThrownBy(() -> scenes.file(500)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void shouldPaintGarmentsWhereTheMaskSaysSo() throws Exception {
    // given: garments as bright as no ground is, of class 6
    byte[] bright = new byte[28 * 28];
    Arrays.fill(bright, 28, bright.length - 28, (byte) 250);
    SyntheticScenes blocks = blocks("train", bright, 6);
    for (int i = 0; i < 20; i++) {
      // when
      byte[] pixels = blocks.pixels(i, AS_IT_IS);
      SegmentationMask mask = blocks.mask(i).orElseThrow();
      // then
      for (int pixel = 0; pixel < pixels.length; pixel++) {
        if ((pixels[pixel] & 0xFF) == 250) {
          assertThat(mask.at(pixel)).isEqualTo(7);
        }
        if (mask.at(pixel) == 0) {
          assertThat(pixels[pixel] & 0xFF).isLessThan(140);
        }
      }
    }
  }

  @Test
  void shouldHoldOutGarments() throws Exception {
    // given: the two parts of a data set with one garment each
    byte[] garment = new byte[28 * 28];
    Arrays.fill(garment, (byte) 210);
    blocks("train", garment, 0);
    Arrays.fill(garment, (byte) 240);
    blocks("t10k", garment, 9);
    SceneDataSet set = SceneDataSet.open(directory);
    // when, then
    assertThat(classes(set.images(Split.TRAIN, List.of()))).containsExactly(0, 1);
    assertThat(classes(set.images(Split.TEST, List.of()))).containsExactly(0, 10);
  }

  private static int[] classes(LabeledImages images) {
    byte[] mask = images.mask(0).orElseThrow().classes();
    return IntStream.range(0, mask.length).map(i -> mask[i]).distinct().sorted().toArray();
  }

  private SyntheticScenes blocks(String part, byte[] garment, int label) throws Exception {
    IdxWriter.write(directory.resolve(part + "-images-idx3-ubyte"), garment, 1, 28, 28);
    IdxWriter.write(directory.resolve(part + "-labels-idx1-ubyte"), new byte[] {(byte) label}, 1);
    Split split = part.equals("train") ? Split.TRAIN : Split.TEST;
    return new SyntheticScenes(IdxLabeledImages.load(directory, split), 3, 20);
  }

  private SegmentationMask mask(int index) {
    return scenes.mask(index).orElseThrow();
  }

  private static SyntheticScenes scenes(long seed, int count) {
    return new SyntheticScenes(IdxLabeledImages.load(BUNDLED, Split.TRAIN), seed, count);
  }
}
