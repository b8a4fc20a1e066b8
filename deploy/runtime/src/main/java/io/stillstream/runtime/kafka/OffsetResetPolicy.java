package io.stillstream.runtime.kafka;

import io.stillstream.runtime.config.StartupException;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.InvalidOffsetException;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a group goes on in partitions for which it has no offset that exists. Kafka's own {@code
 * auto.offset.reset} does not tell three cases apart, and would read a whole topic again, without
 * an error, after brokers have lost its end (an unclean leader election, KIP-320):
 *
 * <ul>
 *   <li>The group has no offset: as {@code auto.offset.reset} says.
 *   <li>The records there were deleted, as retention does: the same, with a warning.
 *   <li>The partition ends before the offset: {@link RecordsLostException}.
 * </ul>
 *
 * With {@code none} Kafka's exception is thrown in all cases. For the consumer's thread.
 */
public final class OffsetResetPolicy {
  private static final String KEY = ConsumerConfig.AUTO_OFFSET_RESET_CONFIG;
  private static final String EARLIEST = "earliest";
  private static final String NONE = "none";
  private static final Logger LOG = LoggerFactory.getLogger(OffsetResetPolicy.class);

  private final String reset;

  private OffsetResetPolicy(String reset) {
    this.reset = reset;
  }

  /**
   * Takes the setting over from Kafka: in the settings it is {@code none} then.
   *
   * @param settings of the consumer
   * @throws StartupException if it is none of {@code earliest}, {@code latest} and {@code none}
   */
  public static OffsetResetPolicy takeFrom(Map<String, Object> settings) {
    Object given = settings.put(KEY, NONE);
    String reset = given == null ? EARLIEST : given.toString();
    if (!Set.of(EARLIEST, "latest", NONE).contains(reset)) {
      throw new StartupException(
          "kafka." + KEY + ": must be earliest, latest or none, was " + reset);
    }
    return new OffsetResetPolicy(reset);
  }

  /**
   * Seeks the partitions of a failed poll to where they go on.
   *
   * @throws RecordsLostException if one of them ends before its offset
   * @throws org.apache.kafka.common.errors.TimeoutException if brokers do not answer
   */
  public void apply(Consumer<?, ?> consumer, InvalidOffsetException failure) {
    if (reset.equals(NONE)) {
      throw failure;
    }
    if (failure instanceof OffsetOutOfRangeException outOfRange) {
      requireDeleted(consumer, outOfRange);
    }
    Collection<TopicPartition> partitions = failure.partitions();
    if (reset.equals(EARLIEST)) {
      consumer.seekToBeginning(partitions);
    } else {
      consumer.seekToEnd(partitions);
    }
  }

  private static void requireDeleted(Consumer<?, ?> consumer, OffsetOutOfRangeException failure) {
    if (failure instanceof LogTruncationException cut) {
      cut.offsetOutOfRangePartitions()
          .forEach(
              (partition, wanted) -> {
                throw lost(partition, wanted, cut.divergentOffsets().get(partition));
              });
    }
    Set<TopicPartition> partitions = failure.partitions();
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
    failure
        .offsetOutOfRangePartitions()
        .forEach(
            (partition, wanted) -> {
              if (wanted >= first.get(partition)) {
                throw lost(partition, wanted, new OffsetAndMetadata(end.get(partition)));
              }
              LOG.atWarn()
                  .addKeyValue("partition", partition)
                  .addKeyValue("offset", wanted)
                  .addKeyValue("first", first.get(partition))
                  .log("records were deleted before they were read");
            });
  }

  private static RecordsLostException lost(
      TopicPartition partition, long wanted, OffsetAndMetadata end) {
    return new RecordsLostException(
        "%s: offset %d is to be read next, and lies beyond the end%s: committed records were lost there"
                .formatted(partition, wanted, end == null ? "" : ", " + end.offset())
            + " (an unclean leader election, or another topic of that name); set the group's offset"
            + " by hand (kafka-consumer-groups.sh --reset-offsets) and start again");
  }
}
