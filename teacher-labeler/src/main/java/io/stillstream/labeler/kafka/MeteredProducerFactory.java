package io.stillstream.labeler.kafka;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.kafka.KafkaClientMetrics;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.runtime.metrics.ServiceMetrics;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;

/** Makes producers, one after the other, and binds the metrics of the latest. */
public final class MeteredProducerFactory
    implements Supplier<Producer<byte[], byte[]>>, AutoCloseable {
  private final Map<String, Object> settings;
  private final MeterRegistry registry;
  private KafkaClientMetrics latest;

  public MeteredProducerFactory(Map<String, Object> settings, MeterRegistry registry) {
    this.settings = settings;
    this.registry = registry;
  }

  @Override
  public Producer<byte[], byte[]> get() {
    close();
    Producer<byte[], byte[]> producer = KafkaSettings.client(() -> new KafkaProducer<>(settings));
    latest = ServiceMetrics.bindKafka(producer, registry);
    return producer;
  }

  @Override
  public void close() {
    if (latest != null) {
      latest.close();
      latest = null;
    }
  }
}
