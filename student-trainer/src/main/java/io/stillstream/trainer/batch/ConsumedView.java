package io.stillstream.trainer.batch;

import io.stillstream.trainer.checkpoint.store.TrainerState.TeacherId;
import io.stillstream.trainer.training.example.TrainingExample;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeaders;

/**
 * A record that has been converted and waits for its batch.
 *
 * @param partition of views, or of labels: those wait for the views before them
 * @param view null if there is nothing to train on: a label, dead-lettered, erased, or without a
 *     signal
 * @param augmentation what the teacher says to it
 * @param trace id of its trace, if it is recorded
 * @param payloadUri where its image is; empty where the image event had it by value
 * @param source the record, without its value; null where there is no view
 */
public record ConsumedView(
    TopicPartition partition,
    long offset,
    TrainingExample view,
    Instant capturedAt,
    List<TeacherId> teachers,
    String policyHash,
    ViewAugmentation augmentation,
    Optional<String> trace,
    Optional<String> payloadUri,
    ConsumerRecord<byte[], byte[]> source) {

  public static ConsumedView nothing(TopicPartition partition, long offset) {
    return new ConsumedView(
        partition,
        offset,
        null,
        Instant.EPOCH,
        List.of(),
        null,
        ViewAugmentation.UNKNOWN,
        Optional.empty(),
        Optional.empty(),
        null);
  }

  /** The same with another view of the same record. */
  ConsumedView with(TrainingExample other) {
    return new ConsumedView(
        partition,
        offset,
        other,
        capturedAt,
        teachers,
        policyHash,
        augmentation,
        trace,
        payloadUri,
        source);
  }

  /** A copy of a record without its large value and without the buffers behind its headers. */
  public static ConsumerRecord<byte[], byte[]> withoutValue(ConsumerRecord<byte[], byte[]> record) {
    RecordHeaders headers = new RecordHeaders();
    for (Header header : record.headers()) {
      headers.add(header.key(), header.value());
    }
    return new ConsumerRecord<>(
        record.topic(),
        record.partition(),
        record.offset(),
        record.timestamp(),
        record.timestampType(),
        record.serializedKeySize(),
        0,
        record.key(),
        null,
        headers,
        record.leaderEpoch());
  }
}
