package io.stillstream.trainer.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.runtime.config.YamlSettings;
import io.stillstream.trainer.config.TrainerConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KafkaClientsTest {
  @Test
  void shouldNotLetClientSettingsUndoWhatCountingRestsOn() {
    // given
    TrainerConfig config =
        YamlSettings.parse(
            """
            kafka:
              bootstrap.servers: "localhost:1"
              schema.registry.url: "http://localhost:2"
              isolation.level: read_uncommitted
              consumer.enable.auto.commit: "true"
              consumer.auto.offset.reset: latest
            student: student
            directory: directory
            """,
            TrainerConfig.class,
            Map.of());

    // when
    Map<String, Object> settings = new KafkaClients(config).consumerSettings();

    // then
    assertThat(settings)
        .containsEntry("isolation.level", "read_committed")
        .containsEntry("enable.auto.commit", "false")
        .containsEntry("auto.offset.reset", "none");
  }
}
