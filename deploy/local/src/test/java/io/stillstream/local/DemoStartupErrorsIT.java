package io.stillstream.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.embedded.process.JavaProcess;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Commands that cannot begin as asked: exit code 2 and one line that says why. */
class DemoStartupErrorsIT {
  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "demo --student vgg | --student must be one of cnn, mlp, resnet8, resnet12 or a model directory",
        "demo --images many | Invalid value for option '--images'",
        "demo --images 0 | --images must be at least 1, was 0",
        "demo --dataset /nowhere | --dataset: there is no directory /nowhere",
        "demo --teacher /nowhere | --teacher: there is no model directory /nowhere",
        "broker --partitions 0 | --partitions must be at least 1, was 0",
        "broker --dir /proc/none | --dir: /proc/none cannot be written",
        "demo --dir /proc/none | --dir: /proc/none cannot be written",
        "demo --sudent cnn | Unknown option",
        "ingest /nowhere --bootstrap-server localhost:1 | no broker answered at localhost:1",
        "topics create --config /nowhere.yaml | /nowhere.yaml: there is no such file",
        "topics create --partitions 0 | --partitions must be at least 1, was 0"
      })
  void shouldSayInOneLineWhatIsWrong(String commandLine, String message) throws Exception {
    // given
    String[] args = commandLine.split(" ");
    if (args[0].equals("demo") && !commandLine.contains("--dir")) {
      args = (commandLine + " --dir " + directory.resolve("demo")).split(" ");
    }
    // when, then
    assertBadStart(message, args);
  }

  @Test
  void shouldRefuseAPortInUse() throws Exception {
    // given
    try (ServerSocket taken =
        new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
      // when, then
      assertBadStart(
          "port " + taken.getLocalPort() + " is in use",
          "demo",
          "--registry-port=0",
          "--kafka-port=" + taken.getLocalPort(),
          "--dir=" + directory.resolve("demo"));
    }
  }

  @Test
  void shouldRefuseADirectoryWithADamagedRegistry() throws Exception {
    // given
    Files.writeString(directory.resolve("registry.json"), "{");
    // when, then
    assertBadStart(
        "registry.json is damaged",
        "demo",
        "--registry-port=0",
        "--kafka-port=0",
        "--dir=" + directory);
  }

  private static void assertBadStart(String message, String... args) throws Exception {
    try (JavaProcess command = MainProcess.start(StillstreamMain.class, args)) {
      assertThat(command.awaitEnd(Duration.ofMinutes(2))).as("%s", command.lines()).isEqualTo(2);
      assertThat(command.lines()).anyMatch(line -> line.contains(message));
      assertThat(command.lines()).noneMatch(line -> line.startsWith("\tat "));
    }
  }
}
