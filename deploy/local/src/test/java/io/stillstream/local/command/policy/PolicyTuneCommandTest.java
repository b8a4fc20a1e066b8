package io.stillstream.local.command.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.local.StillstreamMain;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PolicyTuneCommandTest {
  @TempDir Path directory;
  private final StringWriter err = new StringWriter();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--keep=1|--keep must be above 0 and below 1, was 1.0",
        "--keep=NaN|--keep must be above 0 and below 1, was NaN",
        "--sample=99|--sample must be from 100 to 1000000, was 99",
        "--threads=0|--threads must be at least 1, was 0",
        "--policy=strong|must be a ready-made policy",
        "--teacher=absent|teacher: there is no model directory absent",
        "--teacher=../models/resnet16-features|is for embedding with 64 dimensions, policies are tuned",
        "--images=absent|--images: there is no directory absent",
        "--out=.|--out must be a file, . is a directory",
        "--out=absent/x.yaml|--out: there is no directory",
        "--config=augmenter.yaml|mutually exclusive",
      })
  void shouldSayWhatIsWrong(String option, String message) {
    // when, then
    assertThat(tune(option)).isEqualTo(2);
    assertThat(err).asString().contains("stillstream policy tune: ", message);
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void shouldAskForASubcommandThatExists() {
    assertThat(run(List.of("policy"))).isEqualTo(2);
    assertThat(err).asString().contains("a subcommand is missing");
  }

  @Test
  void shouldNotReplaceAFileUnlessTold() throws Exception {
    // given
    Path tuned = Files.writeString(directory.resolve("tuned.yaml"), "mine");
    // when, then
    assertThat(tune("--keep=0.9")).isEqualTo(2);
    assertThat(err).asString().contains("tuned.yaml exists; --overwrite replaces it");
    assertThat(tuned).hasContent("mine");
  }

  private int tune(String option) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "policy",
                "tune",
                "--policy=fashion-mnist",
                "--teacher=../models/fashion-mnist-mlp128",
                "--images=../data/fashion-mnist",
                "--out=" + directory.resolve("tuned.yaml")));
    String name = option.substring(0, option.indexOf('=') + 1);
    arguments.removeIf(argument -> argument.startsWith(name));
    arguments.add(option);
    return run(arguments);
  }

  private int run(List<String> arguments) {
    return StillstreamMain.commandLine()
        .setErr(new PrintWriter(err, true))
        .execute(arguments.toArray(String[]::new));
  }
}
