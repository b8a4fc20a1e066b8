package io.stillstream.runtime.openlineage;

import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a job reads or writes, named as OpenLineage's naming rules say.
 *
 * @param namespace as {@code kafka://host:9092}
 * @param name within the namespace
 * @param type {@code TOPIC} or {@code MODEL}
 * @param version of a topic its offsets by partition ({@code 0:17,1:12}), each the next one; of a
 *     model its version; empty if unknown
 * @param sha256 of a model's file, lower-case hex; empty for a topic
 * @param uri where this version lies, if it is known
 */
public record LineageDataset(
    String namespace,
    String name,
    String type,
    Optional<String> version,
    Optional<String> sha256,
    Optional<URI> uri) {

  /**
   * A topic.
   *
   * @param bootstrapServers as clients have them; the first one names the cluster
   * @param offsets the next one of each partition; none if they are unknown
   */
  public static LineageDataset topic(
      String bootstrapServers, String topic, Map<Integer, Long> offsets) {
    String text =
        new TreeMap<>(offsets)
            .entrySet().stream()
                .map(entry -> entry.getKey() + ":" + entry.getValue())
                .collect(Collectors.joining(","));
    return new LineageDataset(
        "kafka://" + firstServer(bootstrapServers),
        topic,
        "TOPIC",
        Optional.of(text).filter(known -> !known.isEmpty()),
        Optional.empty(),
        Optional.empty());
  }

  /** A version of a model. */
  public static LineageDataset model(
      String namespace, String name, String version, String sha256, Optional<URI> uri) {
    return new LineageDataset(
        namespace, name, "MODEL", Optional.of(version), Optional.of(sha256), uri);
  }

  /** Kafka takes {@code SASL_SSL://host:port}, too. */
  private static String firstServer(String servers) {
    String first = servers.split(",", 2)[0].strip();
    return first.substring(first.lastIndexOf('/') + 1);
  }
}
