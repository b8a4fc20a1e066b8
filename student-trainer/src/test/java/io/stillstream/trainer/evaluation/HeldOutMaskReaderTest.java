package io.stillstream.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.PixelCodec;
import io.stillstream.trainer.training.example.TrainingExample;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldOutMaskReaderTest {
  /** Takes 8 x 12, and has three classes. */
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/fcn"), "student");

  @TempDir Path directory;
  private final HeldOutMaskReader files = new HeldOutMaskReader(MODEL, 100);

  @Test
  void shouldReadImagesWithTheirMasks() throws IOException {
    // given: one of another size, whose right half is class 2
    png("images/a.png", 8, 12, new byte[96]);
    png("masks/a.png", 8, 12, filled(96, 255));
    png("images/b.png", 4, 4, new byte[16]);
    byte[] half = new byte[16];
    for (int i = 0; i < 16; i++) {
      half[i] = (byte) (i % 4 < 2 ? 0 : 2);
    }
    png("masks/b.png", 4, 4, half);
    Files.createFile(directory.resolve("images/.hidden"));

    // when
    List<TrainingExample> views = files.read(directory);

    // then
    assertThat(views).hasSize(2).allMatch(TrainingExample::isOriginal);
    assertThat(views.get(0).mask().classes()).isEqualTo(filled(96, 255));
    byte[] row = {0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2};
    assertThat(views.get(1).mask().height()).isEqualTo(8);
    assertThat(Arrays.copyOf(views.get(1).mask().classes(), 12)).isEqualTo(row);
    assertThat(views.get(1).pixels()).hasSize(96);
    assertThat(new HeldOutMaskReader(MODEL, 1).read(directory)).hasSize(1);
  }

  @Test
  void shouldNameTheDirectoryThatIsMissing() throws IOException {
    refuses()
        .hasMessage(
            "evaluation.held-out: there is no directory %s; a segmentation needs images/ and masks/",
            directory.resolve("images"));
    Files.createDirectory(directory.resolve("images"));
    refuses().hasMessageContaining("there is no directory " + directory.resolve("masks"));
    Files.createDirectory(directory.resolve("masks"));
    refuses()
        .hasMessage("evaluation.held-out: there are no images in " + directory.resolve("images"));
  }

  @Test
  void shouldNameAnImageWithoutAMask() throws IOException {
    // given
    Files.createDirectory(directory.resolve("masks"));
    png("images/a.png", 8, 12, new byte[96]);

    // then
    refuses()
        .hasMessage(
            "evaluation.held-out: %s has no mask: there is no file %s",
            directory.resolve("images/a.png"), directory.resolve("masks/a.png"));
  }

  @Test
  void shouldNameAMaskOfAnotherSize() throws IOException {
    // given
    png("images/a.png", 8, 12, new byte[96]);
    png("masks/a.png", 12, 8, new byte[96]);

    // then
    refuses()
        .hasMessage(
            "evaluation.held-out: %s is 12 x 8, its image %s is 8 x 12",
            directory.resolve("masks/a.png"), directory.resolve("images/a.png"));
  }

  @Test
  void shouldNameAMaskWithAnUnknownClass() throws IOException {
    // given
    png("images/a.png", 8, 12, new byte[96]);
    png("masks/a.png", 8, 12, filled(96, 3));

    // then
    refuses()
        .hasMessage(
            "evaluation.held-out: %s has a class that is neither below 3, as the student has, nor 255",
            directory.resolve("masks/a.png"));
  }

  @Test
  void shouldNameFilesThatAreNoImages() throws IOException {
    // given
    png("images/a.png", 8, 12, new byte[96]);
    Files.createDirectory(directory.resolve("masks"));
    Files.writeString(directory.resolve("masks/a.png"), "no mask");

    // then
    refuses().hasMessageStartingWith("evaluation.held-out: " + directory.resolve("masks/a.png"));

    // given
    png("masks/a.png", 8, 12, new byte[96]);
    Files.writeString(directory.resolve("images/a.png"), "no image");

    // then
    refuses().hasMessageStartingWith("evaluation.held-out: " + directory.resolve("images/a.png"));
  }

  @Test
  void shouldReadFilesAsTheTaskDemands() throws IOException {
    // given
    png("images/a.png", 8, 12, new byte[96]);
    png("masks/a.png", 8, 12, new byte[96]);
    ModelSpec embedder = ModelSpec.load(Path.of("src/test/resources/students/embedder"), "student");

    // when, then
    assertThat(HeldOutLoader.files(directory, MODEL, 100))
        .singleElement()
        .satisfies(view -> assertThat(view.hasMask()).isTrue());
    assertThatThrownBy(() -> HeldOutLoader.files(directory, embedder, 100))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "evaluation.held-out: files have no embeddings to compare with;"
                + " use evaluation.held-out-topic");
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refuses() {
    return assertThatThrownBy(() -> files.read(directory)).isInstanceOf(StartupException.class);
  }

  private static byte[] filled(int size, int value) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private void png(String name, int height, int width, byte[] pixels) throws IOException {
    ByteBuffer png = PixelCodec.encode(PixelEncoding.PNG, height, width, 1, pixels);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    Files.createDirectories(directory.resolve(name).getParent());
    Files.write(directory.resolve(name), bytes);
  }
}
