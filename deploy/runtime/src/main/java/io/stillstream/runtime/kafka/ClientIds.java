package io.stillstream.runtime.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * The {@code client.id} of each client: {@code teacher-labeler-0-consumer}. Brokers write it into
 * logs, count quotas by it, and metrics have it as a tag. So it names service, instance and use, is
 * the same after a restart, and no two clients of a process have the same.
 *
 * <p>{@code client.id} in the {@code kafka:} mapping is the part before the use, as in Kafka
 * Streams; {@code consumer.client.id} and its like are the whole name.
 */
public final class ClientIds {
  private static final String KEY = CommonClientConfigs.CLIENT_ID_CONFIG;

  /** Of command line tools, which have no instances. */
  private static final String TOOLS = "stillstream";

  private static final List<String> KEYS =
      List.of(
          KEY,
          KafkaSettings.CONSUMER + KEY,
          KafkaSettings.PRODUCER + KEY,
          KafkaSettings.ADMIN + KEY);

  private ClientIds() {}

  /**
   * The mapping with a name for all its clients, unless it has one.
   *
   * @param instance service and instance, the same after a restart
   */
  public static Map<String, String> withDefault(Map<String, String> kafka, String instance) {
    Map<String, String> named = new HashMap<>(kafka);
    named.putIfAbsent(KEY, instance);
    return Map.copyOf(named);
  }

  /**
   * The mapping for one client of several that are of the same kind.
   *
   * @param use such as {@code lookup}
   */
  public static Map<String, String> forUse(Map<String, String> kafka, String use) {
    Map<String, String> named = new HashMap<>(kafka);
    named.putIfAbsent(KEY, TOOLS);
    for (String key : KEYS) {
      named.computeIfPresent(key, (unused, id) -> id + "-" + use);
    }
    return named;
  }

  /**
   * The name of a client for which the mapping has no whole name.
   *
   * @param prefix of its settings: {@code consumer.}
   */
  static String of(Map<String, String> kafka, String prefix) {
    return kafka.getOrDefault(KEY, TOOLS) + "-" + prefix.substring(0, prefix.length() - 1);
  }
}
