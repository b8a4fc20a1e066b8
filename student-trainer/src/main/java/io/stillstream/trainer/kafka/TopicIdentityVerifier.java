package io.stillstream.trainer.kafka;

import io.stillstream.runtime.config.Scalars;
import io.stillstream.trainer.checkpoint.store.TopicIdentity;
import io.stillstream.trainer.config.TrainerConfig.OnTopicChange;
import io.stillstream.trainer.kafka.TopicChange.Reason;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sure that the topic that is learned from is the one that the offsets are of, and says what
 * to do where it is not. Belongs to the loop's thread.
 */
public final class TopicIdentityVerifier {
  private static final Logger LOG = LoggerFactory.getLogger(TopicIdentityVerifier.class);
  private static final Duration START_PATIENCE = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final String topic;
  private final OnTopicChange onChange;
  private final Function<Duration, TopicIdentity> brokers;
  private final TopicIdentity saved;
  private TopicIdentity current;

  /** Whether brokers refused to answer at the start. */
  private boolean isSilent;

  /**
   * @param brokers say which topic it is; they may take so long
   * @param saved what the checkpoint says
   */
  public TopicIdentityVerifier(
      String topic,
      OnTopicChange onChange,
      Function<Duration, TopicIdentity> brokers,
      TopicIdentity saved) {
    this.topic = topic;
    this.onChange = onChange;
    this.brokers = brokers;
    this.saved = saved;
    this.current = saved;
  }

  /**
   * Looks for the first time.
   *
   * @return what is other than the checkpoint says, if that is not to stop it
   * @throws TopicChangedException if it is
   */
  Optional<Reason> begin() {
    current = first().or(saved);
    if (!current.isOtherThan(saved)) {
      return Optional.empty();
    }
    if (onChange == OnTopicChange.STOP) {
      throw new TopicChangedException(
          other(saved, current)
              + "; set on-topic-change to earliest, latest or keep (the records have the same"
              + " offsets, as in an exact mirror), or give the trainer the former topic");
    }
    return Optional.of(current.isOtherCluster(saved) ? Reason.CLUSTER_ID : Reason.TOPIC_ID);
  }

  private TopicIdentity first() {
    try {
      return brokers.apply(START_PATIENCE);
    } catch (AuthorizationException | UnsupportedVersionException e) {
      LOG.atWarn()
          .addKeyValue("topic", topic)
          .addKeyValue("reason", e.getMessage())
          .log("Its id is not to be had: that it was deleted and made anew is not noticed");
      isSilent = true;
      return TopicIdentity.UNKNOWN;
    }
  }

  /**
   * Looks again.
   *
   * @return whether all that was read so far is known to be of this topic, as far as that can be
   *     known: false if brokers do not answer now. That the topic does not exist is an answer, as
   *     nothing of another one was to be read then; so is a refusal, if there was one at the start
   * @throws TopicChangedException if it is another one than at the beginning: what was read since
   *     the last checkpoint may be of either, so nothing of it is to be saved
   */
  boolean verify() {
    TopicIdentity now;
    try {
      now = brokers.apply(PATIENCE);
    } catch (KafkaException e) {
      LOG.atDebug().addKeyValue("error", e.toString()).log("The topic's id is not known now");
      return isAnswer(e);
    }
    if (now.isOtherThan(current)) {
      throw new TopicChangedException(
          other(current, now) + "; the trainer ends, and its next start does " + consequence());
    }
    current = now.or(current);
    return true;
  }

  private boolean isAnswer(KafkaException e) {
    boolean refused =
        e instanceof AuthorizationException || e instanceof UnsupportedVersionException;
    return e instanceof UnknownTopicOrPartitionException || (refused && isSilent);
  }

  /**
   * Where to go on in a partition that ends before an offset that was read.
   *
   * @throws TopicChangedException if there is no such place
   */
  long beyondEnd(TopicPartition partition, long wanted, long first, long end) {
    return switch (onChange) {
      case EARLIEST -> first;
      case LATEST -> end;
      case STOP, KEEP ->
          throw new TopicChangedException(
              "%s (%s): offset %d of the checkpoint lies beyond the end, %d: records were lost there"
                      .formatted(partition, current, wanted, end)
                  + ", or are not there yet; set on-topic-change to earliest or latest to go on");
    };
  }

  /** That a partition ends before an offset that is being read. */
  TopicChangedException cut(TopicPartition partition, long wanted, long end) {
    return new TopicChangedException(
        "%s (%s): offset %d is to be read next, and lies beyond the end, %d: records were lost there"
                .formatted(partition, current, wanted, end)
            + "; the trainer ends, and its next start does "
            + consequence());
  }

  private String other(TopicIdentity before, TopicIdentity now) {
    return "%s is another topic than the offsets are of: it has %s, and had %s"
        .formatted(topic, now, before);
  }

  private String consequence() {
    return "as on-topic-change says: " + Scalars.name(onChange);
  }

  /** What it was when it was last looked at. */
  TopicIdentity current() {
    return current;
  }

  TopicIdentity saved() {
    return saved;
  }

  OnTopicChange onChange() {
    return onChange;
  }
}
