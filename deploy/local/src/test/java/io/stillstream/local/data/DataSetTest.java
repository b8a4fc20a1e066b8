package io.stillstream.local.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.data.IdxLabeledImages.Split;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.image.FixedShapeResizer;
import io.stillstream.schemas.image.PixelCodec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetTest {
  private static final List<String> CLASSES = List.of("cat", "T-shirt/top", "dog");

  @TempDir Path directory;

  @Test
  void shouldTakeATrainingAndATestFolder() throws Exception {
    // given: a folder may have its class's number for a name, and folders below it
    files("train/dog", "a.jpg", "b.jpg", "deep/er/c.jpg", ".hidden.jpg");
    files("train/1", "t.jpg");
    files("train/cat");
    files("test/cat", "x.jpg");
    files("val/cow", "y.jpg");
    // when
    DataSet set = open();
    // then
    assertThat(set.incompatibilities(CLASSES)).isEmpty();
    assertThat(set.classes()).containsExactly("1", "cat", "dog");
    assertThat(named(set.images(Split.TRAIN, CLASSES)))
        .containsExactlyInAnyOrder(
            "train/dog/a.jpg 2",
            "train/dog/b.jpg 2",
            "train/dog/deep/er/c.jpg 2",
            "train/1/t.jpg 1");
    assertThat(named(set.images(Split.TEST, CLASSES))).containsExactly("test/cat/x.jpg 0");
    assertThat(set.unusableFiles()).isEmpty();
  }

  @Test
  void shouldHoldOutEveryFifthPictureOfEachClass() throws Exception {
    // given
    files("cat", "01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "11");
    files("dog", "01", "02", "03", "04");
    files("1", "05", "01", "03", "02", "04");
    // when
    DataSet set = open();
    // then
    assertThat(set.incompatibilities(CLASSES)).isEmpty();
    assertThat(named(set.images(Split.TEST, CLASSES)))
        .containsExactly("1/05 1", "cat/05 0", "cat/10 0");
    assertThat(set.images(Split.TRAIN, CLASSES).size()).isEqualTo(17);
    assertThat(named(set.images(Split.TRAIN, CLASSES)))
        .doesNotContain("cat/05 0", "cat/10 0", "1/05 1");
  }

  @Test
  void shouldMixTheClassesInAnOrderThatIsAlwaysTheSame() throws Exception {
    // given
    for (String folder : List.of("cat", "dog", "1")) {
      files(folder, IntStream.range(100, 200).mapToObj(i -> i + ".png").toArray(String[]::new));
    }
    // when
    LabeledImages train = open().images(Split.TRAIN, CLASSES);
    // then
    assertThat(named(open().images(Split.TRAIN, CLASSES))).isEqualTo(named(train));
    assertThat(IntStream.range(0, 60).map(train::label).distinct().count()).isEqualTo(3);
  }

  @Test
  void shouldTakeAFolderOfPicturesForAClassThatIsCalledTrain() throws Exception {
    // given
    files("train", "1", "2", "3", "4", "5");
    files("bus", "1");
    // when, then
    assertThat(open().incompatibilities(List.of("bus", "train"))).isEmpty();
  }

  @Test
  void shouldTellOfEverythingThatDoesNotFit() throws Exception {
    // given
    files("train/dogs", "a.jpg");
    files("train/3", "b.jpg");
    files("test/cow", "c.jpg");
    // when, then
    assertThat(open().incompatibilities(CLASSES))
        .containsExactly(
            "the training part has folders that are no class of the models, by name or number: 3,"
                + " dogs",
            "the test part has folders that are no class of the models, by name or number: cow",
            "there is no folder for these classes of the models: cat, T-shirt/top, dog (an empty"
                + " one says that there are no pictures of a class)");
  }

  @Test
  void shouldTellThatThereIsNoTestPart() throws Exception {
    // given
    files("train/dog", "a.jpg");
    // when, then
    assertThat(open().incompatibilities(List.of("dog")))
        .containsExactly("no test part: there is no folder " + directory.resolve("test"));
    files("test/dog");
    assertThat(open().incompatibilities(List.of("dog")))
        .containsExactly("no test part: there are too few pictures in " + directory);
  }

  @Test
  void shouldLeaveOutWhatIsNoPicture() throws Exception {
    // given
    files("dog", "1.jpg", "2.jpg", "3.jpg", "4.jpg", "5.txt", "6.jpg");
    // when
    DataSet set = DataSet.open(directory, file -> file.toString().endsWith(".jpg"));
    // then
    assertThat(set.unusableFiles()).containsExactly(directory.resolve("dog/5.txt"));
    assertThat(named(set.images(Split.TEST, List.of("dog")))).containsExactly("dog/6.jpg 0");
  }

  @Test
  void shouldTellWhatIsWrongWithIdxFiles() throws Exception {
    // given
    IdxWriter.write(directory.resolve("train-images-idx3-ubyte.gz"), new byte[12], 2, 2, 3);
    IdxWriter.write(directory.resolve("train-labels-idx1-ubyte"), new byte[] {0, 7}, 2);
    // when
    DataSet set = open();
    // then
    assertThat(set.incompatibilities(CLASSES))
        .containsExactly(
            "no test part: there is neither t10k-images-idx3-ubyte nor .gz of it in " + directory,
            "the training part has class 7, the models have 3 classes");
    assertThat(set.size()).containsExactly(2, 3);
    assertThat(set.channels()).hasValue(1);
  }

  @Test
  void shouldRefuseWhatIsNeither() throws Exception {
    // given
    Files.writeString(directory.resolve("readme.txt"), "pictures");
    // when, then
    assertThatThrownBy(this::open)
        .isInstanceOf(StartupException.class)
        .hasMessage("there are neither idx files nor folders of pictures in " + directory);
    assertThatThrownBy(() -> DataSet.open(directory.resolve("none"), file -> true))
        .hasMessage("there is no directory " + directory.resolve("none"));
  }

  @Test
  void shouldBringImagesToTheSizeOfAModel() throws Exception {
    // given
    byte[] red = new byte[6 * 4 * 3];
    for (int i = 0; i < red.length; i += 3) {
      red[i] = (byte) 200;
    }
    Path picture = Files.createDirectories(directory.resolve("dog")).resolve("red");
    byte[] png = ColorFolderWriter.bytes(PixelCodec.encode(PixelEncoding.PNG, 6, 4, 3, red));
    Files.write(picture, png);
    LabeledImages images = open().images(Split.TRAIN, List.of("dog"));
    // when
    byte[] fitted = images.pixels(0, new FixedShapeResizer(2, 3, 3, 100));
    // then
    assertThat(images.file(0)).isEqualTo(png);
    assertThat(fitted).hasSize(2 * 3 * 3).startsWith((byte) 200, (byte) 0, (byte) 0);
    assertThat(Arrays.copyOfRange(fitted, 15, 18)).containsExactly((byte) 200, 0, 0);
  }

  private DataSet open() {
    return DataSet.open(directory, file -> true);
  }

  private List<String> named(LabeledImages images) {
    return IntStream.range(0, images.size())
        .mapToObj(i -> directory.relativize(Path.of(images.name(i))) + " " + images.label(i))
        .toList();
  }

  private void files(String folder, String... names) throws IOException {
    Files.createDirectories(directory.resolve(folder));
    for (String name : names) {
      Path file = directory.resolve(folder).resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, name);
    }
  }
}
