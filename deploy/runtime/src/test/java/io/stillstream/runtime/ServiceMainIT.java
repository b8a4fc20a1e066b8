package io.stillstream.runtime;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ServiceMainIT {
  @TempDir private Path directory;

  @Test
  void shouldCloseTheServiceOnSigterm() throws Exception {
    // given
    Process process = start("behaviour: ok\n");
    try (BufferedReader log = process.inputReader(UTF_8)) {
      assertThat(log.lines().takeWhile(line -> !line.contains("Launcher started")))
          .anyMatch(line -> line.contains("starting with configuration"))
          .contains("behaviour: ok");

      // when
      process.toHandle().destroy(); // Process.destroy would close the log, too

      // then
      assertThat(log.lines().toList())
          .anyMatch(line -> line.contains("Launcher stopping"))
          .anyMatch(line -> line.contains("Launcher stopped"));
      assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isEqualTo(143);
    }
  }

  @Test
  void shouldPutABadStartOnOneLine() throws Exception {
    // given
    Process process = start("behaviour: [\n");

    // then
    try (BufferedReader err =
        new BufferedReader(new InputStreamReader(process.getErrorStream(), UTF_8))) {
      assertThat(err.lines().toList())
          .singleElement()
          .asString()
          .startsWith("sample: bad configuration ")
          .contains("service.yaml: line 2, column 1: expected the node content");
    }
    assertThat(process.waitFor()).isEqualTo(2);
  }

  private Process start(String yaml) throws Exception {
    Path file = directory.resolve("service.yaml");
    Files.writeString(file, yaml);
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            SampleMain.class.getName(),
            "--config",
            file.toString())
        .start();
  }
}
