package io.stillstream.augmenter.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.augmenter.fetch.FetchSettings;
import io.stillstream.augmenter.policy.Policy;
import io.stillstream.augmenter.store.RecentImageLimits;
import io.stillstream.augmenter.store.RecentImageStore;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.runtime.startup.StartSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.Test;

final class AugmenterConfigTest {
  private static final String MINIMAL =
      """
      kafka: {bootstrap.servers: "localhost:9092", schema.registry.url: "http://localhost:8081"}
      policy: {output: {height: 28, width: 28}}
      """;

  @Test
  void shouldHaveDefaults() {
    // when
    AugmenterConfig config = parse(MINIMAL);

    // then
    assertThat(config.applicationId()).isEqualTo("augmenter");
    assertThat(config.threads()).isEqualTo(1);
    assertThat(config.stateDir()).isEqualTo(Path.of("/tmp/stillstream-augmenter"));
    assertThat(config.maxPixels()).isEqualTo(64_000_000);
    assertThat(config.maxConsecutiveFailures()).isEqualTo(100);
    assertThat(config.start()).isEqualTo(StartSettings.defaults());
    assertThat(config.partners()).isEqualTo(new AugmenterConfig.RecentImageSettings(16 << 20, 256));
    assertThat(config.fetch()).isEqualTo(FetchSettings.disabled());
    assertThat(config.topicsByKey())
        .isEqualTo(Map.of("images", "images", "views", "views", "dead-letters", "dead-letters"));
    assertThat(config.management().port()).isEqualTo(9401);
    assertThat(Policy.parse(config.policy()).views()).isEqualTo(4);
  }

  @Test
  void shouldReadEveryKey() {
    // when
    AugmenterConfig config =
        parse(
            MINIMAL
                + """
                application-id: a
                threads: 3
                state-dir: /var/lib/a
                max-pixels: 1000
                max-consecutive-failures: 7
                start: {max-wait: 90s}
                partners: {max-bytes: 5000, max-images: 3}
                fetch: {threads: 5}
                topics: {images: i, views: v, dead-letters: d}
                management: {host: 127.0.0.1, port: 0}
                """);

    // then
    assertThat(config.applicationId()).isEqualTo("a");
    assertThat(config.threads()).isEqualTo(3);
    assertThat(config.stateDir()).isEqualTo(Path.of("/var/lib/a"));
    assertThat(config.maxPixels()).isEqualTo(1000);
    assertThat(config.maxConsecutiveFailures()).isEqualTo(7);
    assertThat(config.start()).isEqualTo(new StartSettings(Duration.ofSeconds(90)));
    assertThat(config.partners()).isEqualTo(new AugmenterConfig.RecentImageSettings(5_000, 3));
    assertThat(config.fetch().threads()).isEqualTo(5);
    assertThat(config.topicsByKey())
        .isEqualTo(Map.of("images", "i", "views", "v", "dead-letters", "d"));
    assertThat(config.management().host()).isEqualTo("127.0.0.1");
  }

  @Test
  void shouldPutThePrefixBeforeEveryDefaultName() {
    // when
    AugmenterConfig config = parse(MINIMAL + "topics: {prefix: team-a.}\n");

    // then
    assertThat(config.applicationId()).isEqualTo("team-a.augmenter");
    assertThat(config.topicsByKey())
        .isEqualTo(
            Map.of(
                "images", "team-a.images",
                "views", "team-a.views",
                "dead-letters", "team-a.dead-letters"));
    assertThat(config.requiredAcls()).allMatch(acl -> acl.name().startsWith("team-a."));
  }

  @Test
  void shouldTakeNamesThatAreGivenWithoutThePrefix() {
    // when
    AugmenterConfig config =
        parse(MINIMAL + "application-id: own\ntopics: {prefix: team-a., images: shared-images}\n");

    // then
    assertThat(config.applicationId()).isEqualTo("own");
    assertThat(config.topics().images()).isEqualTo("shared-images");
    assertThat(config.topics().views()).isEqualTo("team-a.views");
  }

  @Test
  void shouldRefuseAPrefixThatNoTopicMayHave() {
    assertThatThrownBy(() -> parse(MINIMAL + "topics: {prefix: 'team a'}\n"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("topics.prefix: must have only letters, digits")
        .hasMessageContaining("team a");
  }

  @Test
  void shouldReportEverythingAtOnceByItsFullName() {
    // given
    String yaml =
        """
        threads: 0
        max-pixels: 0
        max-consecutive-failures: -1
        application-id: ""
        kafka: {}
        policy: {views: 0, operations: [{rotat: {}}]}
        """;

    // then
    assertThatThrownBy(() -> parse(yaml))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("threads: must be at least 1, was 0")
        .hasMessageContaining("max-pixels: must be at least 1, was 0")
        .hasMessageContaining("max-consecutive-failures: must not be negative, was -1")
        .hasMessageContaining("application-id: must not be empty")
        .hasMessageContaining("policy.views: must be from 1 to 1000, was 0")
        .hasMessageContaining("policy.output.height: is required")
        .hasMessageContaining("policy.operations[0].rotat: unknown operation");
  }

  @Test
  void shouldRejectLimitsBelowOne() {
    assertThatThrownBy(() -> parse(MINIMAL + "partners: {max-bytes: 0, max-images: 0}"))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("partners.max-bytes: must be at least 1, was 0")
        .hasMessageContaining("partners.max-images: must be at least 1, was 0");
  }

  @Test
  void shouldAssignTasksToANewInstanceAtOnceByDefault() {
    // given
    AugmenterConfig told =
        parse(MINIMAL.replace("kafka: {", "kafka: {acceptable.recovery.lag: 5, "));

    // then
    assertThat(StreamsSettings.of(parse(MINIMAL), true))
        .containsEntry("acceptable.recovery.lag", Long.MAX_VALUE);
    assertThat(StreamsSettings.of(parse(MINIMAL), false))
        .doesNotContainKey("acceptable.recovery.lag");
    assertThat(StreamsSettings.of(told, true)).containsEntry("acceptable.recovery.lag", "5");
  }

  @Test
  void shouldFitTheChangelogToTheRequestSizeAndPassOtherSettingsThrough() {
    // given
    Map<String, String> kafka =
        Map.of(
            "bootstrap.servers", "localhost:1",
            "producer.max.request.size", "3000000",
            "topic.segment.bytes", "9000000");

    // when
    RecentImageStore store = RecentImageStore.of(new RecentImageLimits(1_000, 1, 1_000), kafka);

    // then
    assertThat(store.changelog()).isEqualTo(Map.of("max.message.bytes", "3000000"));
    assertThat(StreamsSettings.changelogTopic("a")).isEqualTo("a-recent-images-changelog");
  }

  @Test
  void shouldLoadTheSampleFile() {
    // when
    AugmenterConfig config =
        YamlSettings.load(
            Path.of("../deploy/config/augmenter.yaml"),
            AugmenterConfig.class,
            Map.of("KAFKA_BOOTSTRAP_SERVERS", "broker:9092", "AUGMENTATION_SEED", "7"));

    // then
    Policy policy = Policy.parse(config.policy());
    assertThat(config.kafka()).containsEntry("bootstrap.servers", "broker:9092");
    assertThat(policy.seed()).isEqualTo(7);
    assertThat(policy.canonicalJson())
        .contains("\"rotate\":{\"degrees\":[-5,5],\"p\":1}")
        .contains("\"translate\":{\"p\":1,\"pixels\":[1,1]}")
        .contains("\"horizontal_flip\":{\"p\":0.5}");
  }

  @Test
  void shouldResolveAPolicyByItsName() {
    // when
    AugmenterConfig named = parse(MINIMAL.replaceAll("policy: .*", "policy: fashion-mnist"));
    AugmenterConfig changed =
        parse(MINIMAL.replaceAll("policy: .*", "policy: {preset: fashion-mnist, views: 9}"));

    // then: the effective configuration shows what stands in the file
    assertThat(Policy.parse(named.policy()).output().channels()).isEqualTo(1);
    assertThat(Policy.parse(changed.policy()).views()).isEqualTo(9);
    assertThat(YamlSettings.effective(named)).contains("horizontal_flip");
    assertThatThrownBy(() -> parse(MINIMAL.replaceAll("policy: .*", "policy: ./absent.yaml")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("policy: there is no file");
    assertThatThrownBy(
            () -> parse(MINIMAL.replaceAll("policy: .*", "policy: {preset: 1, views: 9}")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("policy.preset: must be a ready-made policy");
  }

  @Test
  void shouldFixExactlyOnceAndPassOtherSettingsThrough() {
    // given
    AugmenterConfig config =
        parse(
            MINIMAL.replace(
                "kafka: {",
                "kafka: {processing.guarantee: at_least_once, producer.linger.ms: 7,"
                    + " session.timeout.ms: 20000, group.instance.id: one, max.poll.interval.ms: 30000, "));

    // when
    Properties properties = StreamsSettings.of(config, false);
    Properties defaults = StreamsSettings.of(parse(MINIMAL), false);

    // then
    assertThat(properties)
        .containsEntry("processing.guarantee", "exactly_once_v2")
        .containsEntry("producer.linger.ms", "7")
        .containsEntry("session.timeout.ms", "20000")
        .doesNotContainKey("consumer.session.timeout.ms");
    assertThat(StreamsSettings.isStaticMember(config.kafka())).isTrue();
    assertThat(StreamsSettings.longestWait(config.kafka())).isEqualTo(Duration.ofSeconds(10));
    assertThat(defaults)
        .containsEntry("consumer.session.timeout.ms", "10000")
        .containsEntry("producer.linger.ms", "20")
        .containsEntry("producer.batch.size", "524288")
        .containsEntry("producer.buffer.memory", "67108864")
        .containsEntry("producer.max.request.size", "8388608");
    assertThat(StreamsSettings.isStaticMember(parse(MINIMAL).kafka())).isFalse();
    assertThatThrownBy(
            () -> StreamsSettings.longestWait(Map.of("consumer.max.poll.interval.ms", "5m")))
        .isInstanceOf(StartupException.class)
        .hasMessage("kafka.max.poll.interval.ms: must be a number, was 5m");
    assertThat(StreamsSettings.longestWait(Map.of())).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void shouldFindTheInterceptorsOfTheConsumerOfImages() {
    assertThat(StreamsSettings.interceptors(Map.of())).isNull();
    assertThat(StreamsSettings.interceptors(Map.of("interceptor.classes", "a.B"))).isEqualTo("a.B");
    assertThat(
            StreamsSettings.interceptors(
                Map.of("interceptor.classes", "a.B", "main.consumer.interceptor.classes", "c.D")))
        .isEqualTo("c.D");
  }

  private static AugmenterConfig parse(String yaml) {
    return YamlSettings.parse(yaml, AugmenterConfig.class, Map.of());
  }
}
