package io.stillstream.bench.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.stillstream.bench.BenchMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

final class CheckpointCommandTest {
  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource({"reservoir, 0.001, 0.1", "class_balanced, 0.001, 0.1", "fifo, 0.1, 0.2"})
  void shouldMeasureWhatCheckpointsWrite(String kind, double least, double most) throws Exception {
    // when: a tenth of the buffer comes by between two, and a reservoir has seen ten times it
    int code =
        run(
            "--kind",
            kind,
            "--views",
            "1000",
            "--bytes",
            "500",
            "--rate",
            "10",
            "--every",
            "10",
            "--checkpoints",
            "60");

    // then
    assertThat(err.toString()).isEmpty();
    assertThat(code).isZero();
    String line =
        out.toString().lines().filter(text -> text.startsWith("RESULT ")).findFirst().get();
    JsonNode result = new ObjectMapper().readTree(line.substring("RESULT ".length()));
    assertThat(result.get("ratio").asDouble()).isBetween(least, most);
    assertThat(result.get("result").get("bufferBytes").asLong()).isBetween(500_000L, 700_000L);
    assertThat(result.get("result").get("mostOnDisk").asDouble()).isLessThan(3 * 700_000);
  }

  @Test
  void shouldRefuseWhatCannotBeMeasured() {
    assertThat(run("--views", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--views must be at least 1, was 0");
    assertThat(run("--views", "100", "--seen", "50")).isEqualTo(2);
    assertThat(err.toString()).contains("--seen must be at least --views, was 50");
    assertThat(run("--directory", directory.toString())).isEqualTo(2);
    assertThat(err.toString()).contains("--directory must not exist");
  }

  private int run(String... arguments) {
    CommandLine command = BenchMain.commandLine();
    command.setOut(new PrintWriter(out, true));
    command.setErr(new PrintWriter(err, true));
    String[] all = new String[arguments.length + 1];
    all[0] = "checkpoint";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    return command.execute(all);
  }
}
