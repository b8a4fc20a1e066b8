package io.stillstream.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxLabeledImagesTest {
  private static final byte[] PIXELS = {0, 1, 2, 3, 4, 5, (byte) 250, 7, 8, 9, 10, 11};

  @TempDir Path directory;

  @Test
  void shouldReadPlainAndGzippedFiles() throws Exception {
    // given
    IdxWriter.write(directory.resolve("train-images-idx3-ubyte.gz"), PIXELS, 2, 2, 3);
    IdxWriter.write(directory.resolve("train-labels-idx1-ubyte"), new byte[] {3, (byte) 200}, 2);
    // when
    IdxLabeledImages set = IdxLabeledImages.load(directory, IdxLabeledImages.Split.TRAIN);
    // then
    assertThat(set.size()).isEqualTo(2);
    assertThat(set.height()).isEqualTo(2);
    assertThat(set.width()).isEqualTo(3);
    assertThat(set.label(1)).isEqualTo(200);
    assertThat(set.highestLabel()).isEqualTo(200);
    assertThat(set.pixels(1)).containsExactly((byte) 250, 7, 8, 9, 10, 11);
    assertThat(PixelCodec.decode(PixelEncoding.PNG, 2, 3, 1, set.png(1))).isEqualTo(set.pixels(1));
  }

  @Test
  void shouldSayWhichFileIsMissing() {
    assertThatThrownBy(() -> IdxLabeledImages.load(directory, IdxLabeledImages.Split.TEST))
        .isInstanceOf(StartupException.class)
        .hasMessage("there is neither t10k-images-idx3-ubyte nor .gz of it in " + directory);
    assertThatThrownBy(
            () -> IdxLabeledImages.load(directory.resolve("none"), IdxLabeledImages.Split.TEST))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("there is no directory");
  }

  @Test
  void shouldRefuseWhatIsNoIdxFile() throws Exception {
    // given
    Path images = directory.resolve("images");
    Path labels = directory.resolve("labels");
    IdxWriter.write(labels, new byte[] {1}, 1);
    // when, then
    Files.writeString(images, "hello, world");
    assertThatThrownBy(() -> IdxLabeledImages.of(images, labels))
        .hasMessageContaining("not an idx file of unsigned bytes in 3 dimensions");
    IdxWriter.write(images, new byte[] {1, 2, 3}, 1, 2, 2);
    assertThatThrownBy(() -> IdxLabeledImages.of(images, labels))
        .hasMessageContaining("cut short, has 3 of 4 bytes");
    IdxWriter.write(images, PIXELS, 3, 2, 2);
    assertThatThrownBy(() -> IdxLabeledImages.of(images, labels))
        .hasMessageContaining("has 1 labels for the 3 images");
    IdxWriter.write(images, PIXELS, -1, 2, 2);
    assertThatThrownBy(() -> IdxLabeledImages.of(images, labels))
        .hasMessageContaining("out of range");
  }
}
