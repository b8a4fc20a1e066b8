package io.stillstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.stillstream.runtime.http.ManagementSettings;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class YamlSettingsTest {
  private static final String MINIMAL = "kafka: {bootstrap.servers: 'localhost:9092'}\n";

  @Test
  void shouldTakeDefaults() {
    // when
    SampleConfig config = parse(MINIMAL);

    // then
    assertThat(config.kafka()).containsExactly(Map.entry("bootstrap.servers", "localhost:9092"));
    assertThat(config.applicationId()).isEqualTo("sample");
    assertThat(config.threads()).isEqualTo(1);
    assertThat(config.maxPixels()).isEqualTo(64_000_000L);
    assertThat(config.alpha()).isEqualTo(0.9);
    assertThat(config.onStop()).isTrue();
    assertThat(config.stateDir()).isEqualTo(Path.of("state"));
    assertThat(config.endpoint()).isEqualTo(URI.create("http://localhost:8081"));
    assertThat(config.mode()).isEqualTo(SampleConfig.Mode.FAST);
    assertThat(config.names()).containsExactly("a", "b");
    assertThat(config.counts()).containsExactly(Map.entry("one", 1));
    assertThat(config.pause()).isEmpty();
    assertThat(config.batch()).isEqualTo(new SampleConfig.Batch(128, Duration.ofMillis(50)));
    assertThat(config.management()).isEqualTo(new ManagementSettings("127.0.0.1", 9401));
    assertThat(config.policy()).isEmpty();
  }

  /**
   * What a prefix goes before.
   *
   * @param topics with the prefix itself
   */
  private record Named(
      @Default(value = "group", prefixed = true) String groupId,
      @Default("plain") String title,
      Topics topics) {
    private record Topics(
        @Default("''") String prefix, @Default(value = "images", prefixed = true) String images) {}
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                        | group   | images
          topics: {}                                | group   | images
          topics: {prefix: }                        | group   | images
          topics: {prefix: 'a.'}                    | a.group | a.images
          topics: {prefix: 7}                       | 7group  | 7images
          topics: {prefix: '${PREFIX}'}             | b.group | b.images
          topics: {prefix: '${NONE:-}'}             | group   | images
          topics: {prefix: '${NONE:-c.}'}           | c.group | c.images
          topics: {prefix: 'a.', images: own}       | a.group | own
          {topics: {prefix: 'a.'}, group-id: g}     | g       | a.images
          {topics: {prefix: 'a.'}, group-id: null}  | a.group | a.images
          """)
  void shouldPutThePrefixBeforeNamesThatTheFileLeavesOut(
      String yaml, String groupId, String images) {
    // when
    Named named = YamlSettings.parse(yaml, Named.class, Map.of("PREFIX", "b."));

    // then
    assertThat(named.groupId()).isEqualTo(groupId);
    assertThat(named.topics().images()).isEqualTo(images);
    assertThat(named.title()).isEqualTo("plain");
  }

  @Test
  void shouldTellOnceWhatIsWrongWithAPrefix() {
    assertThatThrownBy(
            () -> YamlSettings.parse("topics: {prefix: '${NONE}'}", Named.class, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "bad configuration: topics.prefix: environment variable NONE is not set and has no"
                + " default");
    assertThatThrownBy(() -> YamlSettings.parse("topics: {prefix: [a]}", Named.class, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("bad configuration: topics.prefix: must be a single value");
  }

  @Test
  void shouldTakeEveryKey() {
    // when
    SampleConfig config =
        parse(
            """
            kafka: {bootstrap.servers: 'b:1', linger.ms: 20, enable.idempotence: true, v: 1.10}
            application-id: "7"
            threads: 4
            max-pixels: 9000000000
            alpha: 1
            on-stop: false
            state-dir: /var/lib/x
            endpoint: https://r.example/api
            mode: very-careful
            names: []
            counts: {two: 2, three: 3}
            pause: 2m
            batch: {max-size: 64, max-delay: 1s}
            management: {port: 0}
            policy: {seed: 42, operations: [{rotate: {degrees: 15}}]}
            """);

    // then
    assertThat(config.kafka())
        .containsEntry("linger.ms", "20")
        .containsEntry("enable.idempotence", "true")
        .containsEntry("v", "1.10");
    assertThat(config.applicationId()).isEqualTo("7");
    assertThat(config.threads()).isEqualTo(4);
    assertThat(config.maxPixels()).isEqualTo(9_000_000_000L);
    assertThat(config.alpha()).isEqualTo(1.0);
    assertThat(config.onStop()).isFalse();
    assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/x"));
    assertThat(config.endpoint()).isEqualTo(URI.create("https://r.example/api"));
    assertThat(config.mode()).isEqualTo(SampleConfig.Mode.VERY_CAREFUL);
    assertThat(config.names()).isEmpty();
    assertThat(config.counts()).containsExactly(Map.entry("two", 2), Map.entry("three", 3));
    assertThat(config.pause()).isEqualTo(Optional.of(Duration.ofMinutes(2)));
    assertThat(config.batch()).isEqualTo(new SampleConfig.Batch(64, Duration.ofSeconds(1)));
    assertThat(config.management()).isEqualTo(new ManagementSettings("127.0.0.1", 0));
    assertThat(config.policy().at("/operations/0/rotate/degrees").asInt()).isEqualTo(15);
  }

  @Test
  void shouldReportAllErrorsAtOnce() {
    // given
    String yaml =
        """
        aplication-id: x
        threads: many
        max-pixels: 1.5
        alpha: "NaN"
        on-stop: perhaps
        mode: slow
        names: a
        counts: {one: first, two: }
        pause: 5 minutes
        batch: {max-size: 0, max-delay: -1s}
        management: {port: 70000, prot: 1}
        state-dir: {a: b}
        """;

    // when
    Throwable error = catchThrowable(() -> parse(yaml));

    // then
    assertThat(error).isInstanceOf(StartupException.class);
    assertThat(error.getMessage().lines().map(String::strip))
        .containsExactlyInAnyOrder(
            "bad configuration:",
            "kafka: is required",
            "aplication-id: unknown key; did you mean application-id?",
            "threads: must be a whole number of 32 bits, was \"many\"",
            "max-pixels: must be a whole number, was \"1.5\"",
            "alpha: must be a finite number, was \"NaN\"",
            "on-stop: must be true or false, was \"perhaps\"",
            "mode: must be one of fast, very-careful, was \"slow\"",
            "names: must be a list, was \"a\"",
            "counts.one: must be a whole number of 32 bits, was \"first\"",
            "counts.two: must have a value",
            "pause: must be a duration such as 500ms, 2s, 5m, 1h or 7d, was \"5 minutes\"",
            "batch.max-size: must be at least 1, was 0",
            "batch.max-delay: must be positive, was -1000ms",
            "management.port: must be within 0 and 65535, was 70000",
            "management.prot: unknown key; did you mean port?",
            "state-dir: must be a single value, was {\"a\":\"b\"}");
  }

  @Test
  void shouldCheckKnownKeysBesideAnUnknownOne() {
    assertThatThrownBy(() -> parse(MINIMAL + "batch: {max-size: 0, max-delya: 3s}"))
        .hasMessageContaining("batch.max-size")
        .hasMessageContaining("batch.max-delya: unknown key; did you mean max-delay?");
  }

  @Test
  void shouldPutOneErrorOnOneLine() {
    assertThatThrownBy(() -> parse(MINIMAL + "management: {port: 70000}"))
        .hasMessage("bad configuration: management.port: must be within 0 and 65535, was 70000");
  }

  @Test
  void shouldListKnownKeysWhereNoneIsNear() {
    assertThatThrownBy(() -> parse(MINIMAL + "batch: {zzzzzzzzzzzzzzzzz: 1}"))
        .hasMessageEndingWith("unknown key; known are max-size, max-delay");
  }

  @Test
  void shouldNotQuoteASecretInAnError() {
    assertThatThrownBy(
            () -> parse("kafka: {ssl.key.password: [hunter2], sasl.jaas.config: {a: hunter2}}"))
        .hasMessageContaining("kafka.ssl.key.password: must be a single value, was ***")
        .message()
        .doesNotContain("hunter2");
  }

  @Test
  void shouldInterpolateTheEnvironment() {
    // given
    String yaml =
        """
        kafka: {bootstrap.servers: "${HOST}:${PORT:-9092}", x: "${file:/run/secrets:key}"}
        threads: ${THREADS:-3}
        application-id: ${EMPTY:-fallback}
        policy: {seed: "${HOST}"}
        """;

    // when
    SampleConfig config =
        YamlSettings.parse(yaml, SampleConfig.class, Map.of("HOST", "kafka$1", "EMPTY", ""));

    // then
    assertThat(config.kafka())
        .containsEntry("bootstrap.servers", "kafka$1:9092")
        .containsEntry("x", "${file:/run/secrets:key}");
    assertThat(config.threads()).isEqualTo(3);
    assertThat(config.applicationId()).isEqualTo("fallback");
    assertThat(config.policy().path("seed").asText()).isEqualTo("kafka$1");
  }

  @Test
  void shouldNameAVariableThatIsNotSet() {
    assertThatThrownBy(() -> parse(MINIMAL + "application-id: ${NOT_THERE}"))
        .hasMessage(
            "bad configuration: application-id: environment variable NOT_THERE is not set and has"
                + " no default");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          a: [1, 2        | line 1, column 9: expected ',' or ']'
          a: 1\\n b: 2      | line 2, column 3
          a: 1\\nb: 2\\na: 3 | line 3, column 2
          a: 1\\n---\\nb: 2  |
          """)
  void shouldSayWhereAFileIsNotYaml(String yaml, String place, @TempDir Path directory)
      throws Exception {
    // given
    Path file = directory.resolve("service.yaml");
    Files.writeString(file, yaml.replace("\\n", "\n"));

    // then
    assertThatThrownBy(() -> YamlSettings.load(file, SampleConfig.class, Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("bad configuration " + file + ": line ")
        .hasMessageContaining(place == null ? "" : place)
        .message()
        .hasLineCount(1);
  }

  @ParameterizedTest
  @CsvSource({
    "'',kafka: is required",
    "[1],'the file: must be a mapping of keys to values, was [1]'"
  })
  void shouldRefuseAFileThatIsNoMapping(String yaml, String message) {
    assertThatThrownBy(() -> parse(yaml)).hasMessageEndingWith(message);
  }

  @Test
  void shouldRefuseAFileThatCannotBeRead(@TempDir Path directory) throws Exception {
    // given
    Path latin = directory.resolve("latin.yaml");
    Files.write(latin, "a: é".getBytes(StandardCharsets.ISO_8859_1));
    Path absent = directory.resolve("absent.yaml");

    // then
    assertThatThrownBy(() -> YamlSettings.load(latin, SampleConfig.class, Map.of()))
        .hasMessage("bad configuration " + latin + ": is not UTF-8 text");
    assertThatThrownBy(() -> YamlSettings.load(absent, SampleConfig.class, Map.of()))
        .hasMessage("bad configuration " + absent + ": there is no such file");
    assertThatThrownBy(() -> YamlSettings.load(directory, SampleConfig.class, Map.of()))
        .isInstanceOf(StartupException.class);
  }

  @Test
  void shouldMergeALaterFileIntoAnEarlierOne(@TempDir Path directory) throws Exception {
    // given
    Path base =
        Files.writeString(
            directory.resolve("base.yaml"),
            """
            kafka: {bootstrap.servers: "a:9092", client.id: x, linger.ms: 5}
            batch: {max-size: 7, max-delay: 10ms}
            names: [c, d]
            threads: 3
            pause: 2s
            """);
    Path empty = Files.writeString(directory.resolve("empty.yaml"), "# nothing\n");
    Path more =
        Files.writeString(
            directory.resolve("more.yaml"),
            """
            kafka: {client.id: "${ID}", acks: all, linger.ms: null}
            batch: {max-size: 8}
            names: [e]
            pause: null
            """);

    // when
    SampleConfig read =
        YamlSettings.read(List.of(base, empty, more), SampleConfig.class, Map.of("ID", "y"))
            .config();

    // then
    assertThat(read.kafka())
        .isEqualTo(Map.of("bootstrap.servers", "a:9092", "client.id", "y", "acks", "all"));
    assertThat(read.batch()).isEqualTo(new SampleConfig.Batch(8, Duration.ofMillis(10)));
    assertThat(read.names()).containsExactly("e");
    assertThat(read.threads()).isEqualTo(3);
    assertThat(read.pause()).isEmpty();
  }

  @Test
  void shouldNameTheFileThatIsWrongOrAllOfThem(@TempDir Path directory) throws Exception {
    // given
    Path base = Files.writeString(directory.resolve("base.yaml"), "kafka: {}\n");
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "a: [1, 2\n");
    Path unknown = Files.writeString(directory.resolve("unknown.yaml"), "thread: 1\n");
    Path absent = directory.resolve("absent.yaml");

    // then
    assertThatThrownBy(() -> read(base, broken))
        .hasMessageStartingWith("bad configuration " + broken + ": line ");
    assertThatThrownBy(() -> read(base, absent))
        .hasMessage("bad configuration " + absent + ": there is no such file");
    assertThatThrownBy(() -> read(base, unknown))
        .hasMessage(
            "bad configuration %s, %s: thread: unknown key; did you mean threads?"
                .formatted(base, unknown));
  }

  @Test
  void shouldReadOnePartOfAFileWithItsVariablesOrTheWholeWithoutTheKey(@TempDir Path directory)
      throws Exception {
    // given
    Path whole =
        Files.writeString(
            directory.resolve("whole.yaml"), "kafka: ${NOT_SET}\npolicy: {seed: '${SEED:-42}'}\n");
    Path bare = Files.writeString(directory.resolve("bare.yaml"), "seed: ${SEED}\nviews: 4\n");
    Path broken = Files.writeString(directory.resolve("broken.yaml"), "policy: {seed: [\n");

    // then
    assertThat(YamlSettings.part(whole, "policy", Map.of())).hasToString("{\"seed\":\"42\"}");
    assertThat(YamlSettings.part(bare, "policy", Map.of("SEED", "7")))
        .hasToString("{\"seed\":\"7\",\"views\":4}");
    assertThatThrownBy(() -> YamlSettings.part(bare, "policy", Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "bad configuration "
                + bare
                + ": seed: environment variable SEED is not set and has no default");
    assertThatThrownBy(() -> YamlSettings.part(broken, "policy", Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageStartingWith("bad configuration " + broken + ": line ");
    assertThatThrownBy(() -> YamlSettings.part(directory.resolve("none"), "policy", Map.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageEndingWith("there is no such file");
  }

  @Test
  void shouldPrintWhatCouldBeLoadedAgain() {
    // given
    SampleConfig config =
        parse(
            MINIMAL
                + """
                application-id: "1.0"
                pause: 90s
                mode: very-careful
                policy: {seed: 42, p: 0.5, list: [a, "1"], on: true}
                """);

    // when
    String printed = YamlSettings.effective(config);

    // then
    assertThat(printed).contains("pause: 90s", "max-delay: 50ms", "mode: very-careful");
    assertThat(parse(printed)).isEqualTo(config);
  }

  @Test
  void shouldMaskSecrets() {
    // given
    SampleConfig config =
        parse(
            """
            kafka:
              bootstrap.servers: b:9092
              schema.registry.url: "http://u:hunter2@a:1,http://v:hunter2@b:2/path"
              basic.auth.user.info: u:hunter2
              sasl.jaas.config: 'Module required password="hunter2";'
              ssl.keystore.password: hunter2
            endpoint: https://u:hunter2@r.example
            application-id: http://u:hunter2/hunter2@r.example,http://v:hunter2@hunter2/x@s
            policy: {api-token: hunter2, credentials: {deep: [hunter2, 5]}}
            """);

    // when
    String printed = YamlSettings.effective(config);

    // then
    assertThat(printed)
        .contains("bootstrap.servers: b:9092", "http://***@a:1,http://***@b:2/path")
        .contains("http://***@r.example,http://***@s")
        .doesNotContain("hunter2", "- 5");
  }

  @Test
  void shouldTakeASingleValueWhereAMappingHasAShorthand() {
    @Shorthand("min")
    record Pace(@Default("4") int min, Optional<Integer> max) {
      Pace {
        if (min < 1) {
          throw new IllegalArgumentException("min must be at least 1, was " + min);
        }
      }
    }
    record Paced(Pace pace) {}
    assertThat(YamlSettings.parse("", Paced.class, Map.of()).pace())
        .isEqualTo(new Pace(4, Optional.empty()));
    assertThat(YamlSettings.parse("pace: 2", Paced.class, Map.of()).pace())
        .isEqualTo(new Pace(2, Optional.empty()));
    assertThat(YamlSettings.parse("pace: ${N:-3}", Paced.class, Map.of()).pace().min())
        .isEqualTo(3);
    assertThat(YamlSettings.parse("pace: {min: 1, max: 8}", Paced.class, Map.of()).pace())
        .isEqualTo(new Pace(1, Optional.of(8)));
    assertThatThrownBy(() -> YamlSettings.parse("pace: 0", Paced.class, Map.of()))
        .hasMessageContaining("pace.min: must be at least 1, was 0");
    assertThatThrownBy(() -> YamlSettings.parse("pace: fast", Paced.class, Map.of()))
        .hasMessageContaining("pace.min: must be a whole number");
    assertThatThrownBy(() -> YamlSettings.parse("pace: [1]", Paced.class, Map.of()))
        .hasMessageContaining("pace: must be a mapping");
  }

  @Test
  void shouldRefuseTypesItDoesNotKnow() {
    record Odd(List<Thread> threads) {}
    assertThatThrownBy(() -> YamlSettings.parse("threads: [x]", Odd.class, Map.of()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("java.lang.Thread");
  }

  private static SampleConfig read(Path... files) {
    return YamlSettings.read(List.of(files), SampleConfig.class, Map.of()).config();
  }

  private static SampleConfig parse(String yaml) {
    return YamlSettings.parse(yaml, SampleConfig.class, Map.of());
  }
}
