package io.stillstream.bench.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.BenchMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

final class LedgerCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void shouldMeasureALongLedgerBesideAShortOne() throws Exception {
    // when
    int code =
        run(
            "--bytes",
            "500000",
            "--short-bytes",
            "30000",
            "--segment-bytes",
            "20000",
            "--rounds",
            "2");

    // then
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    String line =
        out.toString().lines().filter(text -> text.startsWith("RESULT ")).findFirst().get();
    JsonNode result = new ObjectMapper().readTree(line.substring("RESULT ".length()));
    assertThat(result.get("segments").asInt()).isEqualTo(24);
    assertThat(result.get("long_bytes").asLong()).isBetween(480_000L, 520_000L);
    assertThat(result.get("long_on_disk").asLong()).isLessThan(300_000);
    assertThat(result.get("start_long")).hasSize(2);
    assertThat(result.get("oldest_short")).hasSize(2);
  }

  @Test
  void shouldRefuseWhatCannotBeMeasured() {
    assertThat(run("--rounds", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--rounds must be at least 1, was 0");
    assertThat(run("--bytes", "100")).isEqualTo(2);
    assertThat(err.toString()).contains("--bytes must be at least --short-bytes, was 100");
    assertThat(run("--directory", directory.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--directory must not exist");
  }

  private int run(String... arguments) {
    CommandLine command = BenchMain.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "ledger";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return command.execute(all);
  }
}
