package io.stillstream.trainer.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

class HeldOutFileReaderTest {
  private static final ModelSpec MODEL =
      ModelSpec.load(Path.of("src/test/resources/students/mlp"), "student");
  private static final int IDX3 = 0x803;
  private static final int IDX1 = 0x801;

  @TempDir Path directory;
  private final HeldOutFileReader files = new HeldOutFileReader(MODEL, 100);

  @Test
  void shouldReadFoldersNamedAsClassesOrByNumber() throws IOException {
    // given: images of two sizes, neither the student's
    picture("b/one.png", 20, 30, 200);
    picture("4/two.png", 3, 3, 10);
    Files.createDirectory(directory.resolve(".hidden"));

    // when
    List<TrainingExample> views = files.read(directory);

    // then
    assertThat(views).hasSize(2).allMatch(TrainingExample::hasTruth);
    assertThat(new HeldOutFileReader(MODEL, 1).read(directory)).hasSize(1);
  }

  @Test
  void shouldWarnOfClassesWithoutAnImage() throws IOException {
    // given
    picture("a/one.png", 3, 3, 10);
    picture("b/one.png", 3, 3, 10);
    picture("3/one.png", 3, 3, 10);
    Files.createDirectory(directory.resolve("c"));
    Logger logger = (Logger) LoggerFactory.getLogger(HeldOutFileReader.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    logger.addAppender(said);
    try {
      // when
      files.read(directory);
      picture("c/one.png", 3, 3, 10);
      picture("e/one.png", 3, 3, 10);
      files.read(directory);
    } finally {
      logger.detachAppender(said);
    }

    // then: once, as the second time there is one of every class
    assertThat(said.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getKeyValuePairs()).contains(new KeyValuePair("classes", "c, e")));
  }

  @Test
  void shouldReadAPairOfIdxFilesAndPreferTheTestPart() throws IOException {
    // given
    idx("train", 7, 4, 4, (byte) 0);
    idx("t10k", 5, 8, 8, (byte) 4);

    // when
    List<TrainingExample> views = files.read(directory);

    // then
    assertThat(views).hasSize(5);
  }

  @Test
  void shouldNameWhatIsWrong() throws IOException {
    assertThatThrownBy(() -> files.read(directory.resolve("nowhere")))
        .isInstanceOf(StartupException.class)
        .hasMessage("evaluation.held-out: there is no directory " + directory.resolve("nowhere"));
    assertThatThrownBy(() -> files.read(directory))
        .hasMessageContaining("there are neither idx files nor folders with images");

    // given
    picture("zebra/one.png", 8, 8, 1);
    // then
    assertThatThrownBy(() -> files.read(directory))
        .hasMessageContaining("is neither a class of the student, [a, b, c, d, e], nor a number");

    // given
    Files.delete(directory.resolve("zebra/one.png"));
    Files.delete(directory.resolve("zebra"));
    Files.createDirectory(directory.resolve("a"));
    Files.writeString(directory.resolve("a/text.png"), "no picture");
    // then
    assertThatThrownBy(() -> files.read(directory)).hasMessageContaining("a/text.png");

    // given
    idx("t10k", 2, 8, 8, (byte) 5);
    // then
    assertThatThrownBy(() -> files.read(directory))
        .hasMessageContaining("names class 5; the student has 5");

    // given
    Files.delete(directory.resolve("t10k-labels-idx1-ubyte"));
    // then
    assertThatThrownBy(() -> files.read(directory))
        .hasMessageContaining("t10k-labels-idx1-ubyte cannot be read");
  }

  private void picture(String name, int height, int width, int grey) throws IOException {
    byte[] pixels = new byte[height * width];
    Arrays.fill(pixels, (byte) grey);
    ByteBuffer png = PixelCodec.encode(PixelEncoding.PNG, height, width, 1, pixels);
    byte[] bytes = new byte[png.remaining()];
    png.get(bytes);
    Files.createDirectories(directory.resolve(name).getParent());
    Files.write(directory.resolve(name), bytes);
  }

  private void idx(String name, int count, int rows, int columns, byte label) throws IOException {
    ByteBuffer images = ByteBuffer.allocate(16 + count * rows * columns);
    images.putInt(IDX3).putInt(count).putInt(rows).putInt(columns);
    Files.write(directory.resolve(name + "-images-idx3-ubyte"), images.array());
    ByteBuffer labels = ByteBuffer.allocate(8 + count);
    labels.putInt(IDX1).putInt(count);
    while (labels.hasRemaining()) {
      labels.put(label);
    }
    Files.write(directory.resolve(name + "-labels-idx1-ubyte"), labels.array());
  }
}
