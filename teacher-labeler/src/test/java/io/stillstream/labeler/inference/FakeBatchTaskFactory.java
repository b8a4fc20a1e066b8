package io.stillstream.labeler.inference;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.TeacherAnswerFixtures;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Answers each record with its coordinates, as a view of an image of four; a test says what else
 * happens at each step.
 */
public class FakeBatchTaskFactory implements BatchTaskFactory {
  final AtomicInteger begun = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();

  @Override
  public final Task begin(List<ConsumerRecord<byte[], byte[]>> records) {
    begun.incrementAndGet();
    return new Echoing(records);
  }

  @Override
  public void registerSchema() {}

  boolean isExclusive(List<ConsumerRecord<byte[], byte[]>> records) {
    return false;
  }

  public void preprocess(List<ConsumerRecord<byte[], byte[]>> records) {}

  public void infer(List<ConsumerRecord<byte[], byte[]>> records) {}

  void encode(List<ConsumerRecord<byte[], byte[]>> records) {}

  void close(List<ConsumerRecord<byte[], byte[]>> records) {}

  static String name(ConsumerRecord<?, ?> record) {
    return record.topic() + "-" + record.partition() + "@" + record.offset();
  }

  private final class Echoing implements Task {
    private final List<ConsumerRecord<byte[], byte[]>> records;

    private Echoing(List<ConsumerRecord<byte[], byte[]>> records) {
      this.records = records;
    }

    @Override
    public boolean isExclusive() {
      return FakeBatchTaskFactory.this.isExclusive(records);
    }

    @Override
    public void preprocess(int lane) {
      FakeBatchTaskFactory.this.preprocess(records);
    }

    @Override
    public void infer() {
      FakeBatchTaskFactory.this.infer(records);
    }

    @Override
    public List<EncodedResult> encode() {
      FakeBatchTaskFactory.this.encode(records);
      List<EncodedResult> results = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> record : records) {
        results.add(
            new EncodedResult(
                new ProducerRecord<>("labeled-views", name(record).getBytes(UTF_8)),
                new CommittedCount.Labeled(
                    Instant.EPOCH,
                    Optional.empty(),
                    TeacherAnswerFixtures.ofStream((int) record.offset()))));
      }
      return results;
    }

    @Override
    public void close() {
      FakeBatchTaskFactory.this.close(records);
      closed.incrementAndGet();
    }
  }
}
