package io.stillstream.bench.labeler;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.BenchMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

final class TeacherCommandTest {
  private final StringWriter err = new StringWriter();

  @Test
  void shouldRefuseWhatMeasuresNothing() {
    assertThat(run("--seconds", "0")).isEqualTo(2);
    assertThat(run("--repeats", "0")).isEqualTo(2);
    assertThat(run("--batch", "0")).isEqualTo(2);
    assertThat(run("--threads", "0")).isEqualTo(2);
    assertThat(run("--memory", "10")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--seconds must be positive, was 0")
        .contains("--repeats must be at least 1, was 0")
        .contains("--batch must be at least 1, was 0")
        .contains("--threads must be at least 1, was 0")
        .contains("--memory must be at least 2000, was 10");
  }

  @Test
  void shouldListTheRowsWhenOneIsUnknown() {
    assertThat(run("--rows", "forward,kafak")).isEqualTo(2);
    assertThat(err.toString()).contains("no row kafak").contains("host-to-logits, upload, kafka");
  }

  @Test
  void shouldKnowTwoKindsOfDevices() {
    assertThat(run("--device", "tpu")).isEqualTo(2);
    assertThat(err.toString()).contains("--device must be cpu or gpu, was tpu");
  }

  private int run(String... options) {
    String[] arguments = new String[options.length + 1];
    arguments[0] = "teacher";
    System.arraycopy(options, 0, arguments, 1, options.length);
    return BenchMain.commandLine().setErr(new PrintWriter(err, true)).execute(arguments);
  }
}
