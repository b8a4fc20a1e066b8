package io.stillstream.labeler.output;

import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.values.FloatArrays;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Builds the records of {@code labeled-views}: key and headers as received, except the count of
 * replay attempts, and the view unchanged, with the logits beside it.
 */
public final class LabeledViewWriter {
  /** Upper bound of what Kafka adds to a record that is alone in its batch. */
  private static final int OVERHEAD = 256;

  private final RecordValueSerializer<LabeledView> writer;
  private final String topic;
  private final int maxBytes;
  private final InstantSource clock;

  /**
   * @param maxBytes largest batch that producer and topic accept
   */
  public LabeledViewWriter(
      RecordValueSerializer<LabeledView> writer, String topic, int maxBytes, InstantSource clock) {
    this.writer = writer;
    this.topic = topic;
    this.maxBytes = maxBytes;
    this.clock = clock;
  }

  /** The teachers of a lease as labels name them. */
  public static List<Teacher> toTeacherRecords(List<Contribution> contributions) {
    return contributions.stream()
        .map(
            contribution ->
                new Teacher(
                    contribution.teacher().name(),
                    contribution.teacher().version(),
                    contribution.teacher().sha256(),
                    contribution.weight()))
        .toList();
  }

  /**
   * Labels a view.
   *
   * @param teachers empty if the view is over budget
   * @param logits null if the view is over budget
   * @throws BadRecordException if the record would be larger than its topic takes
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the schema is not
   *     registered and cannot be now
   */
  ProducerRecord<byte[], byte[]> write(
      ConsumerRecord<byte[], byte[]> source,
      AugmentedView view,
      List<Teacher> teachers,
      float[] logits) {
    LabeledView labeled =
        new LabeledView(
            view,
            teachers,
            logits == null ? null : FloatArrays.of(logits),
            clock.instant().truncatedTo(ChronoUnit.MILLIS));
    byte[] value = writer.serialize(topic, labeled);
    long size = size(source, value);
    if (size > maxBytes) {
      throw new BadRecordException(
          Reason.TOO_LARGE.tag(),
          "the labelled view takes " + size + " bytes, the topic at most " + maxBytes);
    }
    return new ProducerRecord<>(
        topic,
        null,
        null,
        source.key(),
        value,
        DeadLetterFactory.headersForDerivedRecord(source.headers()));
  }

  /** Serialises an empty view, which registers the schema. */
  void registerSchema() {
    Instant epoch = Instant.EPOCH;
    AugmentedView empty =
        new AugmentedView(
            new Lineage("", 0, 0L, "", 0, 1, 0L, ""),
            new Recipe(1, List.of(), null),
            PixelEncoding.RAW,
            1,
            1,
            1,
            ByteBuffer.wrap(new byte[1]),
            null,
            epoch,
            epoch);
    byte[] unused = writer.serialize(topic, new LabeledView(empty, List.of(), null, epoch));
  }

  private static long size(ConsumerRecord<byte[], byte[]> source, byte[] value) {
    long size = (long) OVERHEAD + value.length + length(source.key());
    for (Header header : source.headers()) {
      size += 10L + header.key().getBytes(StandardCharsets.UTF_8).length + length(header.value());
    }
    return size;
  }

  private static int length(byte[] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
