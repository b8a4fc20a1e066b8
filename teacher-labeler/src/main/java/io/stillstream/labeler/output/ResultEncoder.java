package io.stillstream.labeler.output;

import io.stillstream.labeler.preprocess.PreprocessedView;
import io.stillstream.labeler.preprocess.ViewPreprocessor;
import io.stillstream.labeler.result.EncodedResult;
import io.stillstream.labeler.result.EncodedResult.CommittedCount;
import io.stillstream.labeler.result.ViewResult.Labeled;
import io.stillstream.labeler.result.ViewResult.Reason;
import io.stillstream.labeler.result.ViewResult.Rejected;
import io.stillstream.labeler.teachers.TeacherLease.Contribution;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import io.stillstream.runtime.records.RecordValueSerializer;
import io.stillstream.schemas.AugmentedView;
import io.stillstream.schemas.LabeledView;
import io.stillstream.schemas.Lineage;
import io.stillstream.schemas.PixelEncoding;
import io.stillstream.schemas.Recipe;
import io.stillstream.schemas.Teacher;
import io.stillstream.schemas.answer.LabeledAnswers;
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
 * Turns the results of views into records: dead letters, or labelled views with key and headers as
 * received, except the count of replay attempts, and the view unchanged, with the answer beside it.
 */
public final class ResultEncoder {
  private static final String STAGE = "label";

  /** Upper bound of what Kafka adds to a record that is alone in its batch. */
  private static final int OVERHEAD = 256;

  private final AnswerEncoder answers;
  private final RecordValueSerializer<LabeledView> writer;
  private final String topic;
  private final int maxBytes;
  private final DeadLetterFactory deadLetters;
  private final InstantSource clock;

  /**
   * @param topic of labelled views
   * @param maxBytes largest batch that producer and topic accept
   * @throws io.stillstream.runtime.config.StartupException if no answer fits into it
   */
  public ResultEncoder(
      AnswerEncoder answers,
      RecordValueSerializer<LabeledView> writer,
      String topic,
      int maxBytes,
      DeadLetterFactory deadLetters,
      InstantSource clock) {
    answers.requireRoom(topic, maxBytes);
    this.answers = answers;
    this.writer = writer;
    this.topic = topic;
    this.maxBytes = maxBytes;
    this.deadLetters = deadLetters;
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
                    contribution.weight(),
                    contribution.teacher().platform()))
        .toList();
  }

  /** Serialises an empty view, which registers the schema. */
  public void registerSchema() {
    Instant epoch = Instant.EPOCH;
    AugmentedView empty =
        new AugmentedView(
            new Lineage("", 0, 0L, "", 0, 1, 0L, "", null, null),
            new Recipe(1, List.of(), null),
            PixelEncoding.RAW,
            1,
            1,
            1,
            ByteBuffer.wrap(new byte[1]),
            null,
            null,
            epoch,
            epoch);
    byte[] unused = writer.serialize(topic, LabeledAnswers.passedOver(empty, epoch));
  }

  /**
   * Encodes a view whose result is known.
   *
   * @param teachers that the label names, see {@link #toTeacherRecords}
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the schema cannot be
   *     registered now
   */
  public EncodedResult encode(PreprocessedView preprocessed, List<Teacher> teachers) {
    ConsumerRecord<byte[], byte[]> record = preprocessed.record();
    if (preprocessed.result() instanceof Rejected rejected) {
      return reject(record, rejected);
    }
    AugmentedView view = preprocessed.view();
    try {
      if (preprocessed.result() instanceof Labeled labeled) {
        float[] answer = labeled.answer();
        return new EncodedResult(
            toRecord(record, answers.labeled(view, teachers, answer, now())),
            new CommittedCount.Labeled(
                view.getCapturedAt(),
                answers.evaluate(view, answer),
                answers.summary(view, teachers, answer)));
      }
      return new EncodedResult(
          toRecord(record, LabeledAnswers.passedOver(view, now())),
          new CommittedCount.OverBudget(view.getCapturedAt()));
    } catch (BadRecordException e) {
      return reject(record, ViewPreprocessor.rejected(e));
    }
  }

  private Instant now() {
    return clock.instant().truncatedTo(ChronoUnit.MILLIS);
  }

  /**
   * Serialises a labelled view.
   *
   * @throws BadRecordException if the record would be larger than its topic takes
   * @throws io.stillstream.schemas.registry.RegistryUnavailableException if the schema is not
   *     registered and cannot be now
   */
  private ProducerRecord<byte[], byte[]> toRecord(
      ConsumerRecord<byte[], byte[]> source, LabeledView labeled) {
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

  private EncodedResult reject(ConsumerRecord<byte[], byte[]> record, Rejected rejected) {
    return new EncodedResult(
        deadLetters.create(
            RecordCoordinates.of(record),
            record.key(),
            record.value(),
            record.headers(),
            STAGE,
            new BadRecordException(rejected.reason().tag(), rejected.message())),
        new CommittedCount.Rejected(rejected.reason()));
  }
}
