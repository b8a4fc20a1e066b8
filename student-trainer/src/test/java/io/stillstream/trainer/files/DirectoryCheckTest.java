package io.stillstream.trainer.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.trainer.TrainerService;
import io.stillstream.trainer.config.TrainerConfig;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryCheckTest {
  private static final List<String> PARTS = List.of("checkpoints", "releases");

  @TempDir Path scratch;

  @Test
  void shouldMakeADirectoryAndLeaveNothingInIt() throws IOException {
    // given
    Path directory = scratch.resolve("a/b");

    // when
    DirectoryCheck.require(directory, PARTS);

    // then
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void shouldRefuseAFileInItsPlace() throws IOException {
    // given
    Path file = Files.createFile(scratch.resolve("file"));

    // then
    assertThatThrownBy(() -> DirectoryCheck.require(file, PARTS))
        .isInstanceOf(StartupException.class)
        .hasMessage("directory: cannot use %s: is not a directory", file);
  }

  @Test
  void shouldRefuseAFileInThePlaceOfWhatItIsIn() throws IOException {
    // given
    Path inside = Files.createFile(scratch.resolve("file")).resolve("inside");

    // then
    assertThatThrownBy(() -> DirectoryCheck.require(inside, PARTS))
        .isInstanceOf(StartupException.class)
        .hasMessage("directory: cannot use %s: Not a directory", inside);
  }

  @Test
  void shouldRefuseAFileInThePlaceOfAPart() throws IOException {
    // given
    Path part = Files.createFile(scratch.resolve("checkpoints"));

    // then
    assertThatThrownBy(() -> DirectoryCheck.require(scratch, PARTS))
        .isInstanceOf(StartupException.class)
        .hasMessage("directory: cannot use %s: %s: is not a directory", scratch, part);
  }

  @Test
  void shouldRefuseAPlaceWhereNothingCanBeMade() {
    // given: a file system without room for anything of ours
    Path directory = Path.of("/proc/stillstream");

    // then
    assertThatThrownBy(() -> DirectoryCheck.require(directory, PARTS))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("directory: cannot use /proc/stillstream: ");
  }

  @Test
  void shouldSayWhatTheSystemSays() {
    // given
    Path directory = Path.of("/data");

    // then
    assertThat(refused(directory, new AccessDeniedException("/data/lock")))
        .isEqualTo(
            "directory: cannot use /data: /data/lock: permission denied to user "
                + System.getProperty("user.name"));
    assertThat(
            refused(
                directory, new FileSystemException("/data/lock", null, "Read-only file system")))
        .isEqualTo("directory: cannot use /data: /data/lock: Read-only file system");
    assertThat(refused(directory, new IOException("No space left on device")))
        .isEqualTo("directory: cannot use /data: No space left on device");
    assertThat(refused(directory, new AccessDeniedException("/data")))
        .isEqualTo(
            "directory: cannot use /data: permission denied to user "
                + System.getProperty("user.name"));
    assertThat(refused(directory, new FileSystemException("/data/lock")))
        .isEqualTo("directory: cannot use /data: /data/lock: FileSystemException");
  }

  @Test
  void shouldEndAStartBeforeAnyBrokerIsAsked() throws IOException {
    // given: nothing listens at this port
    Path file = Files.createFile(scratch.resolve("file"));
    TrainerConfig config =
        YamlSettings.parse(
            """
            kafka: {bootstrap.servers: "localhost:1"}
            student: src/test/resources/students/cnn
            directory: %s
            """
                .formatted(file),
            TrainerConfig.class,
            Map.of());

    // then
    try (TrainerService trainer = new TrainerService(config, new SimpleMeterRegistry())) {
      assertThatThrownBy(trainer::start)
          .isInstanceOf(StartupException.class)
          .hasMessage("directory: cannot use %s: is not a directory", file);
    }
  }

  private static String refused(Path directory, IOException e) {
    return DirectoryCheck.refused(directory, e).getMessage();
  }
}
