package io.stillstream.runtime.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.kafka.KafkaSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.Test;

final class ServiceMetricsTest {
  private static final Map<String, String> KAFKA =
      Map.of(
          "bootstrap.servers", "127.0.0.1:1",
          "reconnect.backoff.ms", "60000",
          "reconnect.backoff.max.ms", "60000");

  @Test
  void shouldPublishWhatClientsMeasureUntilClosed() throws Exception {
    // given
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    try (var consumer =
            new KafkaConsumer<byte[], byte[]>(
                KafkaSettings.consumer(KAFKA, Map.of("group.id", "g")));
        var producer = new KafkaProducer<byte[], byte[]>(KafkaSettings.producer(KAFKA, Map.of()))) {
      // when
      List<AutoCloseable> bindings =
          List.of(
              ServiceMetrics.bindKafka(consumer, registry),
              ServiceMetrics.bindKafka(producer, registry));

      // then
      assertThat(registry.getMeters())
          .extracting(meter -> meter.getId().getName())
          .anyMatch(name -> name.startsWith("kafka.consumer."))
          .anyMatch(name -> name.startsWith("kafka.producer."));

      // when
      for (AutoCloseable binding : bindings) {
        binding.close();
      }

      // then
      assertThat(registry.getMeters()).isEmpty();
    }
  }

  @Test
  void shouldMakeThreeBucketsADecade() {
    assertThat(ServiceMetrics.buckets(Duration.ofMillis(1), Duration.ofMillis(30)))
        .extracting(Duration::toNanos)
        .containsExactly(1_000_000L, 2_500_000L, 5_000_000L, 10_000_000L, 25_000_000L);
    assertThat(ServiceMetrics.buckets(Duration.ofNanos(100_000), Duration.ofSeconds(10)))
        .hasSize(16)
        .startsWith(Duration.ofNanos(100_000))
        .endsWith(Duration.ofSeconds(10));
  }
}
