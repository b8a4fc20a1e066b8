package io.stillstream.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

final class LoadCommandTest {
  private final StringWriter err = new StringWriter();

  @Test
  void shouldRefuseWhatMeasuresNothing() {
    assertThat(run("--rate=0")).isEqualTo(2);
    assertThat(run("--rate=fast")).isEqualTo(2);
    assertThat(run("--seconds=0")).isEqualTo(2);
    assertThat(run("--soak=0")).isEqualTo(2);
    assertThat(run("--bad=2")).isEqualTo(2);
    assertThat(run("--image=large")).isEqualTo(2);
    assertThat(run("--partitions=0")).isEqualTo(2);
    assertThat(run("--bootstrap-server=localhost:9092")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--rate must be above 0, was 0")
        .contains("--rate must be a number or max, was fast")
        .contains("--seconds must be above 0, was 0.0")
        .contains("--soak must be above 0, was 0.0")
        .contains("--bad must be within 0 and 1, was 2.0")
        .contains("--image must be WIDTHxHEIGHT, as 500x375, was large")
        .contains("--partitions must be at least 1, was 0")
        .contains("--bootstrap-server and --schema-registry belong together");
  }

  @Test
  void shouldRefuseAReportOfWhatIsNotItsOwn() {
    assertThat(
            run(
                "--report=quick",
                "--bootstrap-server=localhost:9092",
                "--schema-registry=http://localhost:8081"))
        .isEqualTo(2);
    assertThat(err.toString()).contains("--report needs a pipeline of its own");
  }

  private int run(String... options) {
    return new CommandLine(new LoadCommand()).setErr(new PrintWriter(err, true)).execute(options);
  }
}
