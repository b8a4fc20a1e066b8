package io.stillstream.embedded.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServiceSettingsFilesTest {
  @TempDir private Path directory;

  @Test
  void shouldWriteWhatIsDescribedAndGivenForTheOwnerOnly() throws IOException {
    // given
    PipelineDescription pipeline =
        new PipelineDescription(
            Path.of("/models/teacher"),
            Path.of("/models/student"),
            4,
            new PipelineDescription.ViewFormat(28, 32, 1, "raw"),
            "[invert]");
    ServiceSettingsFiles files = new ServiceSettingsFiles(directory.resolve("config"), pipeline);
    Map<String, String> kafka = Map.of("sasl.jaas.config", "password='a';", "a.key", "1");

    // when
    Path augmenter =
        files.augmenter(
            new InstanceSettings("augmenter-1", "1", Path.of("/state"), kafka, "threads: 2\n"));
    Path labeler =
        files.labeler(new InstanceSettings("labeler-1", "1", Path.of("/state"), kafka, ""));

    // then
    assertThat(augmenter).isEqualTo(directory.resolve("config/augmenter-1.yaml"));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(augmenter)))
        .isEqualTo("rw-------");
    assertThat(augmenter)
        .content()
        .startsWith("kafka:\n  a.key: '1'\n  sasl.jaas.config: 'password=''a'';'\n")
        .contains(
            "state-dir: \"/state\"",
            "output: {height: 28, width: 32, channels: 1}",
            "operations: [invert]")
        .endsWith("threads: 2\n");
    assertThat(labeler).content().contains("instance-id: \"1\"", "teacher: \"/models/teacher\"");
  }
}
