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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Looks at the newest labelled views, if there are any: have the teacher's answers the student's
 * shape? One of another shape among others is not the teacher's fault, and goes to dead letters.
 */
public final class TeacherCompatibilityCheck {
  /** In each partition; some of these offsets may be markers of transactions. */
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
   * @return whether one was seen to have the student's shape
   * @throws StartupException if there are answers, and none has it
   */
  public boolean check(String topic) {
    List<TopicPartition> partitions = consumer.partitions(topic);
    Map<TopicPartition, Long> first = consumer.beginnings(partitions);
    Map<TopicPartition, Long> end = consumer.ends(partitions);
    Optional<OutputShape> other = Optional.empty();
    for (TopicPartition partition : partitions) {
      if (end.get(partition) > first.get(partition)) {
        long from = Math.max(first.get(partition), end.get(partition) - LOOK_BACK);
        List<OutputShape> shapes;
        try {
          shapes = shapes(partition, from, end.get(partition));
        } catch (RegistryUnavailableException e) {
          return false;
        }
        if (shapes.contains(expected)) {
          return true;
        }
        other = other.or(() -> shapes.stream().reduce((older, newer) -> newer));
      }
    }
    other.flatMap(expected::mismatch).ifPresent(mismatch -> refuse(topic, mismatch));
    return false;
  }

  private void refuse(String topic, String mismatch) {
    throw new StartupException(
        "student: %s does not fit the teacher behind the newest records of %s: %s"
            .formatted(student.name(), topic, mismatch));
  }

  /** In the order of the records. */
  private List<OutputShape> shapes(TopicPartition partition, long from, long end) {
    List<OutputShape> shapes = new ArrayList<>();
    boolean unused =
        consumer.read(
            Map.of(partition, from),
            Map.of(partition, end),
            LIMIT,
            record -> {
              shape(record).ifPresent(shapes::add);
              return true;
            });
    return shapes;
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
