package io.stillstream.augmenter.topology;

import io.stillstream.runtime.kafka.OffsetResetPolicy;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaClientSupplier;

/**
 * The clients of Kafka Streams as it makes them itself, but for the one that reads images: where
 * that goes on without an offset is decided by {@link OffsetResetPolicy}, before Kafka Streams sees
 * the failure.
 */
public final class OffsetCheckingClients implements KafkaClientSupplier {
  @Override
  public Admin getAdmin(Map<String, Object> config) {
    return Admin.create(config);
  }

  @Override
  public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
    return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Consumer<byte[], byte[]> getConsumer(Map<String, Object> config) {
    OffsetResetPolicy offsetReset = OffsetResetPolicy.takeFrom(config);
    return new CheckingConsumer(config, offsetReset);
  }

  @Override
  public Consumer<byte[], byte[]> getRestoreConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  @Override
  public Consumer<byte[], byte[]> getGlobalConsumer(Map<String, Object> config) {
    return consumer(config);
  }

  private static Consumer<byte[], byte[]> consumer(Map<String, Object> config) {
    return new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static final class CheckingConsumer extends KafkaConsumer<byte[], byte[]> {
    private final OffsetResetPolicy offsetReset;

    CheckingConsumer(Map<String, Object> config, OffsetResetPolicy offsetReset) {
      super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
      this.offsetReset = offsetReset;
    }

    @Override
    public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
      try {
        return super.poll(timeout);
      } catch (InvalidOffsetException e) {
        offsetReset.apply(this, e);
        return ConsumerRecords.empty();
      }
    }
  }
}
