package io.stillstream.local.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import io.stillstream.local.data.ColorFolderWriter;
import io.stillstream.local.data.IdxWriter;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DatasetStatisticsCommandTest {
  @TempDir Path directory;
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldPrintWhatADescriptionHolds() throws Exception {
    // given: a half of the pixels is 0, the other 255
    byte[] pixels = {0, (byte) 255, 0, (byte) 255};
    IdxWriter.write(directory.resolve("train-images-idx3-ubyte"), pixels, 2, 1, 2);
    IdxWriter.write(directory.resolve("train-labels-idx1-ubyte"), new byte[] {0, 1}, 2);
    // when, then
    assertThat(run(directory.toString())).isZero();
    assertThat(out)
        .hasToString(
            """
            # of 2 training images in %s
            input:
              height: 1
              width: 2
              channels: 1
              type: float
              mean: [0.500000]
              std: [0.500000]
            """
                .formatted(directory));
    assertThat(err).asString().isEmpty();

    // when, then
    out.getBuffer().setLength(0);
    assertThat(run(directory.toString(), "--json")).isZero();
    assertThat(out)
        .hasToString(
            """
            {"images":2,"skipped":0,"height":1,"width":2,"channels":1,"mean":[0.500000],\
            "std":[0.500000],"classes":[]}
            """);
  }

  @Test
  void shouldGiveTheNumbersOfTheBundledModels() {
    // when, then: those in their descriptions are of all 60,000 images, to four digits
    assertThat(run("../data/fashion-mnist")).isZero();
    assertThat(out).asString().contains("mean: [0.286", "std: [0.353");
  }

  @Test
  void shouldTakePicturesAsTheModelSeesThemAndSkipOthers() throws Exception {
    // given
    ColorFolderWriter.write(directory, 5);
    Files.writeString(directory.resolve("red/notes.txt"), "no picture");
    Files.write(
        directory.resolve("blue/0.jpg"), new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF, 0});
    // when, then
    assertThat(run(directory.toString(), "--size=20x24")).isEqualTo(3);
    assertThat(err)
        .asString()
        .contains("skipped " + directory.resolve("red/notes.txt") + ": no picture")
        .contains("skipped " + directory.resolve("blue/0.jpg") + ": JPEG file is truncated");
    assertThat(out)
        .asString()
        .contains("# of 11 training images", "height: 20\n  width: 24\n  channels: 3")
        .containsPattern("mean: \\[0\\.4\\d+, 0\\.4\\d+, 0\\.4\\d+]")
        .contains("classes: [\"blue\",\"green\",\"red\"]");
  }

  @Test
  void shouldSayWhatIsWrongWithATrainingPartThatCannotBeRead() throws Exception {
    // given: a file of images without one of labels
    IdxWriter.write(directory.resolve("train-images-idx3-ubyte"), new byte[] {0, 1}, 2, 1, 1);
    // when, then
    assertThat(run(directory.toString(), "--size=1x1")).isEqualTo(2);
    assertThat(err).asString().contains("train-labels-idx1-ubyte");
  }

  @Test
  void shouldSayWhatIsMissing() throws Exception {
    // given
    ColorFolderWriter.write(directory, 1);
    // when, then
    assertThat(run(directory.toString())).isEqualTo(2);
    assertThat(err).asString().contains("--size is needed for folders of pictures");
    assertThat(run(directory.toString(), "--size=0x24")).isEqualTo(2);
    assertThat(err).asString().contains("--size must be HEIGHTxWIDTH in pixels, was 0x24");
    assertThat(run(directory.toString(), "--size=2x2", "--channels=2")).isEqualTo(2);
    assertThat(err).asString().contains("--channels must be 1 or 3, was 2");
  }

  private int run(String... args) {
    CommandLine line = StillstreamMain.commandLine();
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] all = new String[args.length + 1];
    all[0] = "dataset-statistics";
    System.arraycopy(args, 0, all, 1, args.length);
    return line.execute(all);
  }
}
