package io.stillstream.trainer.evaluation;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.training.accuracy.TaskScorer;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examples in a topic, as it is at the start; records are those of the topic learned from. */
final class HeldOutTopicReader {
  private static final Logger LOG = LoggerFactory.getLogger(HeldOutTopicReader.class);
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String KEY = "evaluation.held-out-topic: ";

  private final StandaloneConsumer consumer;
  private final ViewRecordReader source;
  private final LabeledViewValidator validator;
  private final TaskScorer scorer;

  /**
   * @param validator not that of the stream: what is held out is no sibling of what is trained on
   * @param scorer says which views count
   */
  HeldOutTopicReader(
      StandaloneConsumer consumer,
      ViewRecordReader source,
      LabeledViewValidator validator,
      TaskScorer scorer) {
    this.consumer = consumer;
    this.source = source;
    this.validator = validator;
    this.scorer = scorer;
  }

  /**
   * Reads originals from the first record on; what is none, or no good, is passed over.
   *
   * @param most how many
   * @throws StartupException if there is none, or the topic cannot be read
   */
  List<TrainingExample> read(String topic, int most) {
    List<TopicPartition> partitions = consumer.partitions(topic);
    List<TrainingExample> views = new ArrayList<>();
    AtomicInteger bad = new AtomicInteger();
    boolean whole =
        consumer.read(
            consumer.beginnings(partitions),
            consumer.ends(partitions),
            LIMIT,
            record -> {
              if (!take(record, views)) {
                bad.incrementAndGet();
              }
              return views.size() < most;
            });
    if (!whole && views.size() < most) {
      throw new StartupException(KEY + topic + " could not be read within " + LIMIT);
    }
    if (views.isEmpty()) {
      throw new StartupException(
          KEY
              + "there are no originals with a label, mask or answer that counts in "
              + topic
              + ", "
              + bad
              + " are bad");
    }
    LOG.atInfo()
        .addKeyValue("topic", topic)
        .addKeyValue("examples", views.size())
        .addKeyValue("bad", bad)
        .log("Held-out examples were read");
    return views;
  }

  /** False if the record is no good. */
  private boolean take(ConsumerRecord<byte[], byte[]> record, List<TrainingExample> views) {
    try {
      LabeledView labeled = source.read(record);
      TrainingExample view = validator.validate(labeled);
      if (labeled.getView().getLineage().getViewIndex() == 0 && scorer.counts(view)) {
        views.add(view);
      }
      return true;
    } catch (BadRecordException e) {
      return false;
    } catch (RegistryUnavailableException e) {
      throw new StartupException(KEY + "the registry is away: " + e.getMessage(), e);
    }
  }
}
