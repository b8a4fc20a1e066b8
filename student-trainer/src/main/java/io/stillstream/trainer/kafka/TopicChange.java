package io.stillstream.trainer.kafka;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * That training went on although the topic is not what the checkpoint knows.
 *
 * @param reason what is other
 * @param went where it went on
 * @param begins per partition that is read from elsewhere, where it begins
 */
public record TopicChange(
    Reason reason,
    TopicIdentity from,
    TopicIdentity to,
    OnTopicChange went,
    Map<Integer, Long> begins) {

  /** What is other than the checkpoint knows. */
  public enum Reason {
    CLUSTER_ID,
    TOPIC_ID,
    BEYOND_END
  }

  /** Whether all partitions are others, under the same numbers. */
  public boolean isOtherTopic() {
    return reason != Reason.BEYOND_END;
  }

  /** For the ledger and the event. */
  public Map<String, String> details() {
    return Map.of(
        "reason",
        name(reason),
        "from",
        from.toString(),
        "to",
        to.toString(),
        "went_on",
        name(went),
        "offsets",
        new TreeMap<>(begins)
            .entrySet().stream()
                .map(begin -> begin.getKey() + "@" + begin.getValue())
                .collect(Collectors.joining(" ")));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
