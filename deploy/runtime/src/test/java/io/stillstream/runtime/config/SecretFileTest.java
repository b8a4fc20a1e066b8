package io.stillstream.runtime.config;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Secrets that stand in files, as a configuration names them. */
final class SecretFileTest {
  @TempDir private Path directory;
  private Path secret;
  private Path config;

  @BeforeEach
  void name() {
    secret = directory.resolve("secret");
    config = directory.resolve("service.yaml");
  }

  @Test
  void shouldPutFilesIntoTexts() throws Exception {
    // given
    Files.writeString(secret, "pa$$: \"w\\\n");
    Files.writeString(
        config,
        """
        kafka:
          sasl.jaas.config: 'username="${USER}" password="${file:%s}";'
          x: ${file:%s:key}
        """
            .formatted(secret, secret));

    // when
    SampleConfig loaded = YamlSettings.load(config, SampleConfig.class, Map.of("USER", "ann"));

    // then: the second is for a configuration provider of Kafka's
    assertThat(loaded.kafka())
        .containsEntry("sasl.jaas.config", "username=\"ann\" password=\"pa$$: \"w\\\";")
        .containsEntry("x", "${file:" + secret + ":key}");
    assertThat(YamlSettings.effective(loaded)).doesNotContain("pa$$");
  }

  @Test
  void shouldTakeOneEndOfLineAwayAndNothingElse() throws Exception {
    assertThat(read("a\n")).isEqualTo("a");
    assertThat(read("a\r\n")).isEqualTo("a");
    assertThat(read("a\n\n")).isEqualTo("a\n");
    assertThat(read(" a b ")).isEqualTo(" a b ");
    assertThat(read("${HOME}${file:/etc/passwd}")).isEqualTo("${HOME}${file:/etc/passwd}");
    assertThat(read("-----BEGIN-----\nx\n-----END-----\n"))
        .isEqualTo("-----BEGIN-----\nx\n-----END-----");
  }

  @Test
  void shouldNameTheKeyAndTheFileAndNothingInIt() throws Exception {
    // then
    assertRefused("does not exist");
    Files.writeString(secret, "");
    assertRefused("is empty");
    Files.writeString(secret, "\n");
    assertRefused("is empty");
    Files.write(secret, "hunter2é".getBytes(ISO_8859_1));
    assertRefused("is not UTF-8 text");
    Files.writeString(secret, "hunter2".repeat(10_000));
    assertRefused("is too long for a secret, more than 65536 bytes");
    Files.delete(secret);
    Files.createDirectory(secret);
    assertRefused("is a directory");
  }

  @Test
  void shouldShowTheNameOfTheFileWhereItsTextIsNoGood() throws Exception {
    // given
    Files.writeString(secret, "hunter2");
    Files.writeString(config, "kafka: {}\nthreads: ${file:" + secret + "}\n");

    // then
    assertThatThrownBy(() -> YamlSettings.load(config, SampleConfig.class, Map.of()))
        .hasMessageEndingWith(
            "threads: must be a whole number of 32 bits, was \"${file:" + secret + "}\"");
  }

  @Test
  void shouldMaskWhatCameFromFilesWhateverItsKey() throws Exception {
    // given
    Files.writeString(secret, "hunter2");
    String file = "${file:" + secret + "}";
    Files.writeString(
        config,
        """
        kafka: {x: 'a-%1$s-b', other: plain}
        application-id: '%1$s'
        names: [first, '%1$s']
        policy: {deep: [{x: '%1$s'}, shown]}
        """
            .formatted(file));

    // when
    YamlSettings.Loaded<SampleConfig> loaded =
        YamlSettings.read(config, SampleConfig.class, Map.of());

    // then
    assertThat(loaded.config().kafka()).containsEntry("x", "a-hunter2-b");
    assertThat(loaded.config().names()).containsExactly("first", "hunter2");
    assertThat(loaded.effective())
        .contains("other: plain", "- first", "- shown", "application-id: '***'")
        .doesNotContain("hunter2", "a-");
  }

  @Test
  void shouldMaskItInWhatARecordSaysOfItsValues() throws Exception {
    // given
    Files.writeString(secret, "-1717");
    Files.writeString(config, "kafka: {}\nbatch: {max-size: '${file:" + secret + "}'}\n");

    // then
    assertThatThrownBy(() -> YamlSettings.load(config, SampleConfig.class, Map.of()))
        .hasMessageEndingWith("batch.max-size: must be at least 1, was ***");
  }

  @Test
  void shouldReadNoFileForATextThatCameFromElsewhere() throws Exception {
    // given
    Files.writeString(secret, "hunter2");
    String yaml = "kafka: {x: '${file:" + secret + "}'}";
    Files.writeString(config, yaml);
    String untouched = "${file:" + secret + "}";

    // then
    assertThat(YamlSettings.parse(yaml, SampleConfig.class, Map.of()).kafka())
        .containsEntry("x", untouched);
    assertThat(YamlSettings.loadForeign(config, SampleConfig.class).kafka())
        .containsEntry("x", untouched);
    assertThat(YamlSettings.foreignPart(config, "kafka").path("x").asText()).isEqualTo(untouched);
    assertThat(YamlSettings.part(config, "kafka", Map.of()).path("x").asText())
        .isEqualTo("hunter2");
  }

  private String read(String content) throws Exception {
    Files.writeString(secret, content);
    Files.writeString(config, "kafka: {x: '${file:" + secret + "}'}");
    return YamlSettings.load(config, SampleConfig.class, Map.of()).kafka().get("x");
  }

  private void assertRefused(String why) throws Exception {
    Files.writeString(config, "kafka: {ssl.key.password: '${file:" + secret + "}'}");
    assertThatThrownBy(() -> YamlSettings.load(config, SampleConfig.class, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "bad configuration " + config + ": kafka.ssl.key.password: file " + secret + " " + why)
        .hasMessageNotContaining("hunter2");
  }
}
