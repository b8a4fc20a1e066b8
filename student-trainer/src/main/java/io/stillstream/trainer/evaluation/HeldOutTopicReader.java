package io.stillstream.trainer.evaluation;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import io.stillstream.trainer.input.LabeledViewValidator;
import io.stillstream.trainer.input.ViewRecordReader;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Examples in a topic, as it is at the start; records are those of the topic learned from. */
final class HeldOutTopicReader {
  private static final Logger LOG = LoggerFactory.getLogger(HeldOutTopicReader.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String KEY = "evaluation.held-out-topic: ";

  private final Consumer<byte[], byte[]> consumer;
  private final ViewRecordReader source;
  private final LabeledViewValidator examiner;

  /**
   * @param examiner not that of the stream: what is held out is no sibling of what is trained on
   */
  HeldOutTopicReader(
      Consumer<byte[], byte[]> consumer, ViewRecordReader source, LabeledViewValidator examiner) {
    this.consumer = consumer;
    this.source = source;
    this.examiner = examiner;
  }

  /**
   * Reads originals from the first record on; what is none, or no good, is passed over.
   *
   * @param most how many
   * @throws StartupException if there is none, or the topic cannot be read
   */
  List<TrainingExample> read(String topic, int most) {
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .toList();
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    List<TrainingExample> views = new ArrayList<>();
    int bad = 0;
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (views.size() < most && !isRead(end)) {
      if (System.nanoTime() > deadline) {
        throw new StartupException(KEY + topic + " could not be read within " + PATIENCE);
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        try {
          if (views.size() < most) {
            take(source.read(record), views);
          }
        } catch (BadRecordException e) {
          bad++;
        } catch (RegistryUnavailableException e) {
          throw new StartupException(KEY + "the registry is away: " + e.getMessage(), e);
        }
      }
    }
    if (views.isEmpty()) {
      throw new StartupException(
          KEY
              + "there are no originals with label or logits in "
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

  private boolean isRead(Map<TopicPartition, Long> end) {
    return end.entrySet().stream().allMatch(e -> consumer.position(e.getKey()) >= e.getValue());
  }

  private void take(LabeledView labelled, List<TrainingExample> views) {
    TrainingExample view = examiner.validate(labelled);
    if (labelled.getView().getLineage().getViewIndex() == 0 && view.hasTrainingSignal()) {
      views.add(view);
    }
  }
}
