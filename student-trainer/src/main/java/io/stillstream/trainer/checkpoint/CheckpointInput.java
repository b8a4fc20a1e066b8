package io.stillstream.trainer.checkpoint;

import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.kafka.LabeledViewConsumer;
import io.stillstream.trainer.publish.DeadLetterProducer;
import java.io.IOException;
import java.util.Map;

/**
 * The input of the training as checkpoints need it: offsets may be saved only if all dead letters
 * before them are delivered, and the topic is still the same. Belongs to the loop's thread.
 */
public final class CheckpointInput {
  private final LabeledViewConsumer consumer;
  private final DeadLetterProducer deadLetters;
  private final String topic;

  public CheckpointInput(
      LabeledViewConsumer consumer, DeadLetterProducer deadLetters, String topic) {
    this.consumer = consumer;
    this.deadLetters = deadLetters;
    this.topic = topic;
  }

  /** Waits for the delivery of dead letters, for a bounded time. */
  void requireDeadLettersDelivered() throws IOException, InterruptedException {
    if (!deadLetters.confirm()) {
      throw new IOException("brokers have not taken the dead letters before the checkpoint");
    }
  }

  /** Checks that everything read so far is of the same topic. */
  void requireSameTopic() throws IOException {
    if (!consumer.verify()) {
      throw new IOException(
          "brokers do not say whether " + topic + " is still the topic that the offsets are of");
    }
  }

  /** Offsets that were skipped since the start. */
  long missed() {
    return consumer.missed();
  }

  TopicIdentity topicIdentity() {
    return consumer.identity();
  }

  /** Commits offsets, for dashboards only. */
  void commit(Map<Integer, Long> offsets) {
    consumer.commit(offsets);
  }
}
