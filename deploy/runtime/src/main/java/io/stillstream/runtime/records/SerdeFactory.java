package io.stillstream.runtime.records;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.kafka.KafkaSettings;
import io.stillstream.schemas.wire.SerdeDefaults;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.common.utils.Utils;

/** Makes the serialisers for values that a configuration names, or the build's default. */
final class SerdeFactory {
  /**
   * The services' own loops retry, and a call that blocks for minutes would keep them from polling.
   */
  private static final Map<String, String> QUICK_ANSWERS =
      Map.of(
          "max.retries", "0", "http.connect.timeout.ms", "5000", "http.read.timeout.ms", "10000");

  private SerdeFactory() {}

  /**
   * @throws StartupException naming the key, if there is no such class or it refuses its settings
   */
  static Deserializer<?> deserializer(Map<String, ?> kafka) {
    Map<String, Object> settings = KafkaSettings.serde(kafka, KafkaSettings.CONSUMER);
    QUICK_ANSWERS.forEach(settings::putIfAbsent);
    settings.putIfAbsent("specific.avro.reader", "true");
    Deserializer<?> deserializer =
        make(
            settings,
            ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
            SerdeDefaults.deserializerClass(),
            Deserializer.class);
    return KafkaSettings.client(
        () -> {
          deserializer.configure(settings, false);
          return deserializer;
        });
  }

  /**
   * @throws StartupException naming the key, if there is no such class or it refuses its settings
   */
  static Serializer<?> serializer(Map<String, ?> kafka) {
    Map<String, Object> settings = KafkaSettings.serde(kafka, KafkaSettings.PRODUCER);
    QUICK_ANSWERS.forEach(settings::putIfAbsent);
    Serializer<?> serializer =
        make(
            settings,
            ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
            SerdeDefaults.serializerClass(),
            Serializer.class);
    return KafkaSettings.client(
        () -> {
          serializer.configure(settings, false);
          return serializer;
        });
  }

  private static <T> T make(
      Map<String, Object> settings, String key, String otherwise, Class<T> type) {
    Object given = settings.getOrDefault(key, otherwise);
    String name = given instanceof Class<?> known ? known.getName() : given.toString();
    try {
      return Utils.newInstance(name, type);
    } catch (ClassNotFoundException e) {
      throw new StartupException("kafka." + key + ": there is no class " + name, e);
    } catch (ClassCastException e) {
      throw new StartupException(
          "kafka." + key + ": must be a " + type.getSimpleName() + ", was " + name, e);
    }
  }
}
