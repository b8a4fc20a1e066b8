package io.stillstream.labeler.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.stillstream.labeler.config.LabelerConfig;
import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.config.YamlSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelerClientSettingsTest {
  @Test
  void shouldReadCommittedAndBeTheSameMemberAfterACrash() {
    // when
    LabelerClientSettings settings = settings("");

    // then
    assertThat(settings.consumer())
        .containsEntry("group.id", "g")
        .containsEntry("group.instance.id", "g-3")
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("max.poll.records", "64");
    assertThat(settings.producer()).containsEntry("transactional.id", "g-3");
    assertThat(settings.keepAliveEvery()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.maxPollInterval()).isEqualTo(Duration.ofMinutes(5));
  }

  @Test
  void shouldLeaveToTheFileWhatItNames() {
    // when
    LabelerClientSettings settings =
        settings(
            ", max.poll.records: 5, consumer.group.instance.id: me, max.poll.interval.ms: 2000"
                + ", max.request.size: 1000");

    // then
    assertThat(settings.consumer())
        .containsEntry("max.poll.records", "5")
        .containsEntry("group.instance.id", "me");
    assertThat(settings.keepAliveEvery()).isEqualTo(Duration.ofMillis(500));
    assertThat(settings.maxRequestSize()).isEqualTo(1000);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "group.protocol: consumer",
        "consumer.group.protocol: consumer",
        "group.protocol: classic, consumer.group.protocol: CONSUMER"
      })
  void shouldNotBeStaticUnderTheNewProtocol(String protocol) {
    // when
    LabelerClientSettings settings = settings(", " + protocol);

    // then
    assertThat(settings.consumer())
        .doesNotContainKeys("group.instance.id", "partition.assignment.strategy");
  }

  @Test
  void shouldBeStaticIfTheConsumerAloneIsClassic() {
    // when
    LabelerClientSettings settings =
        settings(", group.protocol: consumer, consumer.group.protocol: classic");

    // then
    assertThat(settings.consumer()).containsEntry("group.instance.id", "g-3");
  }

  @Test
  void shouldRejectATransactionThatWouldTimeOut() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> settings(", transaction.timeout.ms: 1100"))
        .withMessage(
            "kafka.transaction.timeout.ms: must exceed commit-interval (200 ms) by a second, was 1100");
  }

  private static LabelerClientSettings settings(String more) {
    return new LabelerClientSettings(
        YamlSettings.parse(
            "{kafka: {bootstrap.servers: 'localhost:1'%s}, teacher: t, group-id: g, instance-id: 3, batch: {max-size: 64}}"
                .formatted(more),
            LabelerConfig.class,
            Map.of()));
  }
}
