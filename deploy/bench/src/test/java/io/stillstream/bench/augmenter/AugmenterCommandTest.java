package io.stillstream.bench.augmenter;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.BenchMain;
import io.stillstream.bench.input.SyntheticPhotographs;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class AugmenterCommandTest {
  @TempDir private Path directory;

  private final StringWriter err = new StringWriter();

  @Test
  void shouldNameAFolderThatIsNotThere() {
    assertThat(run("--photos", directory.resolve("none").toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--photos: there is no directory").contains("none");
  }

  @Test
  void shouldSayThatAFolderHoldsNoPhotograph() throws Exception {
    // given: a file that is none, whatever its name
    Files.writeString(directory.resolve("note.jpg"), "not a picture");

    // when
    int code = run("--photos", directory.toString());

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("holds no JPEG or PNG of at least 500 × 375");
  }

  @Test
  void shouldSayWhatPythonLacks() throws Exception {
    // given
    SyntheticPhotographs.photograph(directory.resolve("one.jpg"), 375, 500, 1);

    // when: a program that answers no to everything
    int code = run("--photos", directory.toString(), "--python", "false");

    // then
    assertThat(code).isEqualTo(2);
    assertThat(err.toString())
        .contains("no Python with cv2 and numpy: tried false")
        .contains("python3-opencv");
  }

  @Test
  void shouldListTheRowsWhenOneIsUnknown() {
    assertThat(run("--photos", directory.toString(), "--rows", "photo,phto")).isEqualTo(2);
    assertThat(err.toString()).contains("no row phto").contains("12mp-reduced, small");
  }

  @Test
  void shouldRefuseTurnsAndRoundsThatMeasureNothing() {
    assertThat(run("--photos", directory.toString(), "--seconds", "0")).isEqualTo(2);
    assertThat(run("--photos", directory.toString(), "--repeats", "0")).isEqualTo(2);
    assertThat(run("--photos", directory.toString(), "--memory", "10")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--seconds must be positive, was 0")
        .contains("--repeats must be at least 1, was 0")
        .contains("--memory must be at least 1000, was 10");
  }

  @Test
  void shouldRefuseImagesByReferenceThatMeasureNothing() {
    assertThat(run("--photos", directory.toString(), "--by-reference", "--images", "0"))
        .isEqualTo(2);
    assertThat(run("--photos", directory.toString(), "--by-reference", "--latency", "-1"))
        .isEqualTo(2);
    assertThat(err.toString())
        .contains("--images must be at least 1, was 0")
        .contains("--latency must be within 0 and 10000, was -1");
  }

  private int run(String... options) {
    CommandLine command = BenchMain.commandLine().setErr(new PrintWriter(err, true));
    String[] arguments = new String[options.length + 1];
    arguments[0] = "augmenter";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return command.execute(arguments);
  }
}
