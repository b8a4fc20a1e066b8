package io.stillstream.bench.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.bench.BenchMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class PageCommandTest {
  private final StringWriter err = new StringWriter();

  @Test
  void shouldRefuseWhatMeasuresNothing() {
    assertThat(run("--minutes=0")).isEqualTo(2);
    assertThat(run("--warm-up=-1")).isEqualTo(2);
    assertThat(run("--readers=17")).isEqualTo(2);
    assertThat(err.toString())
        .contains("--minutes must be positive, was 0")
        .contains("--warm-up must not be negative, was -1")
        .contains("--readers must be within 0 and 16, was 17");
  }

  private int run(String option) {
    return BenchMain.commandLine().setErr(new PrintWriter(err, true)).execute("page", option);
  }
}
