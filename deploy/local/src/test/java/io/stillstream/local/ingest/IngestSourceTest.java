package io.stillstream.local.ingest;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.local.data.IdxWriter;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.schemas.answer.SegmentationMask;
import io.stillstream.schemas.image.MaskCodec;
import io.stillstream.schemas.values.ByteArrays;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IngestSourceTest {
  private static final byte[] JPEG =
      HexFormat.of().parseHex("ffd8ffc0000b080001000101011100ffda0008010100003f00ffd9");

  @TempDir Path directory;

  @Test
  void shouldTakeLabelsFromFoldersInAlphabeticalOrder() throws Exception {
    // given
    file("shoe/2.jpg", JPEG);
    file("shoe/deep/3.jpg", JPEG);
    file("bag/1.jpg", JPEG);
    file("stray.jpg", JPEG);
    file(".hidden/4.jpg", JPEG);
    // when
    IngestSource source = IngestSource.of(directory, SourceLabels.FOUND, Optional.empty());
    // then
    assertThat(source.classes()).containsExactly("bag", "shoe");
    assertThat(source.items())
        .extracting(IngestItem::name)
        .containsExactly("bag/1.jpg", "shoe/2.jpg", "shoe/deep/3.jpg", "stray.jpg");
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(0, 1, 1, null);
    assertThat(source.items().get(0).content().read().contentType()).isEqualTo("image/jpeg");
  }

  @Test
  void shouldMapFoldersByTheNamesOfTheModels() throws Exception {
    // given: a folder without one of the classes, and one named by its number
    file("shoe/1.jpg", JPEG);
    file("0/2.jpg", JPEG);
    file("stray.jpg", JPEG);
    // when
    IngestSource source =
        IngestSource.of(directory, SourceLabels.named("bag", "coat", "shoe"), Optional.empty());
    // then
    assertThat(source.classes()).containsExactly("bag", "coat", "shoe");
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(0, 2, null);
  }

  @Test
  void shouldNameAllFoldersThatAreNoClass() throws Exception {
    // given
    file("shoe/1.jpg", JPEG);
    file("sandal/1.jpg", JPEG);
    file("2/1.jpg", JPEG);
    // when, then
    assertThatThrownBy(
            () -> IngestSource.of(directory, SourceLabels.named("bag", "shoe"), Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "the folders in "
                + directory
                + ": no class is called \"2\", \"sandal\"; classes are 0 to 1, or bag, shoe");
  }

  @Test
  void shouldMapLabelsOfACsvByTheNamesOfTheModels() throws Exception {
    // given
    file("images/a.jpg", JPEG);
    file("images/b.jpg", JPEG);
    Path images = directory.resolve("images");
    Path csv = file("labels.csv", "a.jpg,shoe\nb.jpg,1\n".getBytes(UTF_8));
    // when
    IngestSource source =
        IngestSource.of(images, SourceLabels.in(csv, "bag", "coat", "shoe"), Optional.empty());
    // then
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(2, 1);
    assertThatThrownBy(
            () -> IngestSource.of(images, SourceLabels.in(csv, "coat", "bag"), Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--labels " + csv + ": no class is called \"shoe\"; classes are 0 to 1, or coat, bag");
  }

  @Test
  void shouldRefuseNamesForAnIdxFile() throws Exception {
    // given
    Path images = directory.resolve("t10k-images-idx3-ubyte");
    IdxWriter.write(images, new byte[] {1, 2, 3, 4}, 1, 2, 2);
    IdxWriter.write(directory.resolve("t10k-labels-idx1-ubyte"), new byte[] {4}, 1);
    // when, then
    assertThatThrownBy(() -> IngestSource.of(images, SourceLabels.named("bag"), Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--student and --classes are for names of classes, the labels of the idx file "
                + images
                + " are numbers");
  }

  @Test
  void shouldShuffleClassesOfFoldersAlwaysInTheSameWay() throws Exception {
    // given
    List<String> paths = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String path = "%s/%02d.jpg".formatted(i < 20 ? "bag" : "shoe", i);
      paths.add(path);
      file(path, JPEG);
    }
    // when
    IngestSource source = IngestSource.of(directory, SourceLabels.FOUND, Optional.empty());
    IngestSource sent = source.ordered(Optional.empty());
    // then
    assertThat(sent.items()).containsExactlyInAnyOrderElementsOf(source.items());
    assertThat(sent.items().subList(0, 10)).extracting(IngestItem::label).contains(0, 1);
    assertThat(
            IngestSource.of(directory, SourceLabels.FOUND, Optional.empty())
                .ordered(Optional.of(IngestOrder.SHUFFLED))
                .items())
        .extracting(IngestItem::name)
        .containsExactlyElementsOf(sent.items().stream().map(IngestItem::name).toList());
    assertThat(source.ordered(Optional.of(IngestOrder.PATH)).items())
        .extracting(IngestItem::name)
        .containsExactlyElementsOf(paths);
  }

  @Test
  void shouldKeepTheOrderOfPathsWhereFoldersAreNoClasses() throws Exception {
    // given
    List<String> frames = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      String frame = "%02d.jpg".formatted(i);
      frames.add(frame);
      lines.append(frame).append(',').append(i / 20).append('\n');
      file("video/" + frame, JPEG);
    }
    Path csv = file("labels.csv", lines.toString().getBytes(UTF_8));
    Path video = directory.resolve("video");
    // when, then
    for (IngestSource.Labels labels : List.of(SourceLabels.FOUND, SourceLabels.in(csv))) {
      IngestSource source = IngestSource.of(video, labels, Optional.empty());
      assertThat(source.ordered(Optional.empty()).items())
          .extracting(IngestItem::name)
          .containsExactlyElementsOf(frames);
      assertThat(source.ordered(Optional.of(IngestOrder.SHUFFLED)).items())
          .extracting(IngestItem::name)
          .containsExactlyInAnyOrderElementsOf(frames)
          .isNotEqualTo(frames);
    }
  }

  @Test
  void shouldTakeClassNamesFromACsv() throws Exception {
    // given
    file("images/a.jpg", JPEG);
    file("images/b.jpg", JPEG);
    file("images/c.jpg", JPEG);
    Path csv = file("labels.csv", "file,label\na.jpg,shoe\nb.jpg, bag\n\n".getBytes(UTF_8));
    // when
    IngestSource source =
        IngestSource.of(directory.resolve("images"), SourceLabels.in(csv), Optional.empty());
    // then
    assertThat(source.classes()).containsExactly("bag", "shoe");
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(1, 0, null);
  }

  @Test
  void shouldTakeNumbersInACsvAsTheyAre() throws Exception {
    // given
    file("images/a.jpg", JPEG);
    Path csv = file("labels.csv", "a.jpg,7\n".getBytes(UTF_8));
    // when
    IngestSource source =
        IngestSource.of(directory.resolve("images"), SourceLabels.in(csv), Optional.empty());
    // then
    assertThat(source.classes()).isEmpty();
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(7);
  }

  @Test
  void shouldSayWhichLineOfACsvIsWrong() throws Exception {
    // given
    file("images/a.jpg", JPEG);
    Path csv = file("labels.csv", "a.jpg,7\nb.jpg\n".getBytes(UTF_8));
    // when, then
    assertThatThrownBy(
            () ->
                IngestSource.of(
                    directory.resolve("images"), SourceLabels.in(csv), Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage(csv + " line 2: must be file,label, was b.jpg");
  }

  @Test
  void shouldTakeIdxFilesWithTheLabelsBesideThem() throws Exception {
    // given
    Path images = directory.resolve("t10k-images-idx3-ubyte");
    IdxWriter.write(images, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
    IdxWriter.write(directory.resolve("t10k-labels-idx1-ubyte"), new byte[] {4, 9}, 2);
    // when
    IngestSource source = IngestSource.of(images, SourceLabels.FOUND, Optional.empty());
    // then
    assertThat(source.items()).extracting(IngestItem::name).containsExactly("000000", "000001");
    assertThat(source.items()).extracting(IngestItem::label).containsExactly(4, 9);
    assertThat(source.items().get(1).content().read().contentType()).isEqualTo("image/png");
  }

  @Test
  void shouldTellFilesThatAreNoImages() throws Exception {
    // given
    file("notes.txt", "hello".getBytes(UTF_8));
    // when
    IngestSource source = IngestSource.of(directory, SourceLabels.FOUND, Optional.empty());
    // then
    assertThatThrownBy(() -> source.items().get(0).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage("not an image file: neither JPEG, PNG, GIF, WebP nor BMP");
  }

  @Test
  void shouldTellFilesThatCanOnlyBeSentByReference() throws Exception {
    // given
    Path image = file("a.jpg", JPEG);
    try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
      file.setLength(ImageSender.MAX_PAYLOAD_BYTES + 1L);
    }
    // when
    IngestSource source = IngestSource.of(directory, SourceLabels.FOUND, Optional.empty());
    // then
    assertThatThrownBy(() -> source.items().get(0).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage("larger than a record may be, 8372225 bytes; see --by-reference");
  }

  @Test
  void shouldTakeGifAndPassOverFilesThatNoServiceDecodes() throws Exception {
    // given: a GIF of one pixel; a JPEG that is cut off; one of a hundred and one scans
    HexFormat hex = HexFormat.of();
    file(
        "a.gif",
        hex.parseHex("47494638396101000100800000ff00000000ff2c00000000010001000002024401003b"));
    String frame = "ffd8ffc2000b080fa00fa001011100";
    file("b.jpg", hex.parseHex(frame));
    file(
        "c.jpg",
        hex.parseHex(
            frame
                + "ffda00080101000105"
                + "00".repeat(1)
                + "ffda0008010100010500".repeat(100)
                + "ffd9"));
    // when
    List<IngestItem> items =
        IngestSource.of(directory, SourceLabels.FOUND, Optional.empty()).items();
    // then
    assertThat(items.get(0).content().read().contentType()).isEqualTo("image/gif");
    assertThatThrownBy(() -> items.get(1).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage("JPEG file is truncated: it ends after 15 bytes");
    assertThatThrownBy(() -> items.get(2).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessage("JPEG of more than 100 scans");
  }

  @Test
  void shouldRefuseWhatIsNotThere() {
    assertThatThrownBy(
            () -> IngestSource.of(directory.resolve("none"), SourceLabels.FOUND, Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage("there is no folder or file " + directory.resolve("none"));
    assertThatThrownBy(() -> IngestSource.of(directory, SourceLabels.FOUND, Optional.empty()))
        .isInstanceOf(StartupException.class)
        .hasMessage("there are no files in " + directory);
  }

  @Test
  void shouldTakeMasksOfTheSameNames() throws Exception {
    // given
    byte[] mask = ByteArrays.copyOf(MaskCodec.encode(new SegmentationMask(1, 1, new byte[] {7})));
    file("images/a/1.jpg", JPEG);
    file("images/a/2.x.jpg", JPEG);
    file("images/3.jpg", JPEG);
    file("masks/a/1.png", mask);
    file("masks/a/2.x.png", "no mask".getBytes(UTF_8));
    Path masks = directory.resolve("masks");
    // when
    List<IngestItem> items =
        IngestSource.of(directory.resolve("images"), SourceLabels.FOUND, Optional.of(masks))
            .items();
    // then
    assertThat(items).extracting(IngestItem::name).containsExactly("3.jpg", "a/1.jpg", "a/2.x.jpg");
    assertThat(items.get(0).content().read().mask()).isNull();
    assertThat(items.get(1).content().read().mask()).isEqualTo(ByteBuffer.wrap(mask));
    assertThatThrownBy(() -> items.get(2).content().read())
        .isInstanceOf(UnreadableImageException.class)
        .hasMessageStartingWith("its mask " + masks.resolve("a/2.x.png") + ": not an image file");
  }

  @Test
  void shouldRefuseMasksOfOtherImages() throws Exception {
    // given
    file("images/a.jpg", JPEG);
    file("masks/b.png", JPEG);
    Path images = directory.resolve("images");
    Path masks = directory.resolve("masks");
    // when, then
    assertThatThrownBy(() -> IngestSource.of(images, SourceLabels.FOUND, Optional.of(masks)))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "--masks: no image (of 1) has a mask in %s, the first one would be %s"
                .formatted(masks, masks.resolve("a.png")));
    assertThatThrownBy(
            () -> IngestSource.of(images.resolve("a.jpg"), SourceLabels.FOUND, Optional.of(masks)))
        .hasMessage("--masks is for a folder of images, " + images.resolve("a.jpg") + " is a file");
  }

  private Path file(String name, byte[] content) throws Exception {
    Path file = directory.resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }
}
