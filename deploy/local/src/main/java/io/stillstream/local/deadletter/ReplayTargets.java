package io.stillstream.local.deadletter;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;

/**
 * The topics that dead letters may go back to.
 *
 * @param allowed by name, whether dead letters may go back there
 * @param limits asks for the largest record that a topic takes, once
 */
public record ReplayTargets(Map<String, Boolean> allowed, ToIntFunction<String> limits) {
  /** What Kafka adds to a record, and to each header, at most. */
  private static final int RECORD_OVERHEAD = 512;

  private static final int HEADER_OVERHEAD = 12;

  public ReplayTargets {
    allowed = Map.copyOf(allowed);
    Map<String, Integer> known = new LinkedHashMap<>();
    ToIntFunction<String> ask = limits;
    limits = topic -> known.computeIfAbsent(topic, ask::applyAsInt);
  }

  /** Why nothing may be sent to a topic; empty if it may. */
  Optional<String> refusal(String topic) {
    Boolean may = allowed.get(topic);
    if (may == null) {
      return Optional.of(topic + " is none of the topics " + String.join(", ", names()));
    }
    return may ? Optional.empty() : Optional.of("the settings say replay: false for " + topic);
  }

  /** Why a record cannot be sent to a topic; empty if it can. */
  Optional<String> refusal(String topic, DeadLetterPayloadResolver.Payload content) {
    long size = RECORD_OVERHEAD + length(content.key()) + length(content.value());
    for (var header : content.headers()) {
      size += HEADER_OVERHEAD + 3L * header.key().length() + length(header.value());
    }
    int most = limits.applyAsInt(topic);
    return size <= most
        ? Optional.empty()
        : Optional.of(
            "it takes %d bytes, %s and its producer at most %d".formatted(size, topic, most));
  }

  private Iterable<String> names() {
    return allowed.keySet().stream().sorted().toList();
  }

  private static long length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
