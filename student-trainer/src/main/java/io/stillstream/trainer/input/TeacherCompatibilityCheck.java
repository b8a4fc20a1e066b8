package io.stillstream.trainer.input;

import io.stillstream.runtime.config.StartupException;
import io.stillstream.runtime.lookup.StandaloneConsumer;
import io.stillstream.runtime.model.ModelSpec;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.RecordValueDeserializer;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.answer.LabeledAnswers;
import io.stillstream.schemas.answer.OutputShape;
import io.stillstream.schemas.registry.RegistryUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at the newest labelled view, if there is one: has the teacher's answer the student's shape?
 */
public final class TeacherCompatibilityCheck {
  /** The last offsets may be markers of transactions. */
  private static final long LOOK_BACK = 50;

  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final StandaloneConsumer consumer;
  private final RecordValueDeserializer<LabeledView> reader;
  private final ModelSpec student;
  private final OutputShape expected;

  /**
   * @param expected shape of the teacher's answers
   */
  public TeacherCompatibilityCheck(
      Consumer<byte[], byte[]> consumer,
      RecordValueDeserializer<LabeledView> reader,
      ModelSpec student,
      OutputShape expected) {
    this.consumer = new StandaloneConsumer(consumer);
    this.reader = reader;
    this.student = student;
    this.expected = expected;
  }

  /**
   * Compares. What cannot be read, or not now, is not judged here.
   *
   * @return whether they were seen to be the same
   * @throws StartupException if they differ
   */
  public boolean check(String topic) {
    List<TopicPartition> partitions = consumer.partitions(topic);
    Map<TopicPartition, Long> first = consumer.beginnings(partitions);
    Map<TopicPartition, Long> end = consumer.ends(partitions);
    for (TopicPartition partition : partitions) {
      if (end.get(partition) > first.get(partition)) {
        long from = Math.max(first.get(partition), end.get(partition) - LOOK_BACK);
        Optional<OutputShape> shape;
        try {
          shape = shape(partition, from, end.get(partition));
        } catch (RegistryUnavailableException e) {
          return false;
        }
        if (shape.isPresent()) {
          compare(topic, shape.get());
          return true;
        }
      }
    }
    return false;
  }

  private void compare(String topic, OutputShape shape) {
    expected
        .mismatch(shape)
        .ifPresent(
            mismatch -> {
              throw new StartupException(
                  "student: %s does not fit the teacher behind the newest record of %s: %s"
                      .formatted(student.name(), topic, mismatch));
            });
  }

  private Optional<OutputShape> shape(TopicPartition partition, long from, long end) {
    AtomicReference<OutputShape> newest = new AtomicReference<>();
    boolean unused =
        consumer.read(
            Map.of(partition, from),
            Map.of(partition, end),
            LIMIT,
            record -> {
              shape(record).ifPresent(newest::set);
              return true;
            });
    return Optional.ofNullable(newest.get());
  }

  private Optional<OutputShape> shape(ConsumerRecord<byte[], byte[]> record) {
    try {
      LabeledView labelled = reader.deserialize(record.topic(), record.headers(), record.value());
      return LabeledAnswers.shape(labelled);
    } catch (BadRecordException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
