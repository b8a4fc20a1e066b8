package io.stillstream.runtime.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ClientIdsTest {
  private static final Map<String, String> MINIMAL = Map.of("bootstrap.servers", "b:9092");

  @Test
  void shouldNameInstanceAndUse() {
    // given
    Map<String, String> kafka = ClientIds.withDefault(MINIMAL, "teacher-labeler-0");

    // then
    assertThat(consumer(kafka)).isEqualTo("teacher-labeler-0-consumer");
    assertThat(consumer(ClientIds.forUse(kafka, "progress")))
        .isEqualTo("teacher-labeler-0-progress-consumer");
    assertThat(KafkaSettings.producer(kafka, Map.of()))
        .containsEntry("client.id", "teacher-labeler-0-producer");
    assertThat(KafkaSettings.admin(ClientIds.forUse(kafka, "access")))
        .containsEntry("client.id", "teacher-labeler-0-access-admin");
  }

  @Test
  void shouldNameToolsWithoutAnInstance() {
    assertThat(consumer(MINIMAL)).isEqualTo("stillstream-consumer");
    assertThat(consumer(ClientIds.forUse(MINIMAL, "lookup")))
        .isEqualTo("stillstream-lookup-consumer");
  }

  @Test
  void shouldPutTheConfiguredNameFirst() {
    // given
    Map<String, String> kafka =
        ClientIds.withDefault(
            Map.of(
                "bootstrap.servers", "b:9092", "client.id", "eu-1", "consumer.client.id", "reader"),
            "teacher-labeler-0");

    // then: a whole name is taken as it is, but for the second client that would have it
    assertThat(consumer(kafka)).isEqualTo("reader");
    assertThat(consumer(ClientIds.forUse(kafka, "progress"))).isEqualTo("reader-progress");
    assertThat(KafkaSettings.producer(kafka, Map.of())).containsEntry("client.id", "eu-1-producer");
    assertThat(KafkaSettings.admin(kafka)).containsEntry("client.id", "eu-1-admin");
  }

  private static Object consumer(Map<String, String> kafka) {
    return KafkaSettings.consumer(kafka, Map.of()).get("client.id");
  }
}
