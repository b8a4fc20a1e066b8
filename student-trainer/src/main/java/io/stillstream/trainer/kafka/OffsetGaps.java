package io.stillstream.trainer.kafka;

import io.stillstream.trainer.config.TrainerConfig.OnOffsetGap;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records that retention deleted before they were read: counts them, or stops the trainer. */
final class OffsetGaps {
  private static final Logger LOG = LoggerFactory.getLogger(OffsetGaps.class);

  private final OnOffsetGap onGap;
  private long missed;

  OffsetGaps(OnOffsetGap onGap) {
    this.onGap = onGap;
  }

  /**
   * @param wanted the offset to be read next
   * @param first the first offset that exists
   * @throws OffsetGapException if the settings say to stop
   */
  void handle(TopicPartition partition, long wanted, long first) {
    String facts =
        "%s: offset %d of the checkpoint does not exist any more, the first is %d"
            .formatted(partition, wanted, first);
    if (onGap == OnOffsetGap.STOP) {
      throw new OffsetGapException(
          facts + "; set on-offset-gap: skip to count the gap and go on from there");
    }
    missed += first - wanted;
    LOG.atWarn()
        .addKeyValue("gap", facts)
        .addKeyValue("missed", missed)
        .log("Records were skipped");
  }

  /** Offsets skipped since the start: an upper bound of the records among them. */
  long missed() {
    return missed;
  }
}
