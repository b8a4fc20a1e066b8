package io.stillstream.local.deadletter;

import io.stillstream.local.deadletter.DeadLetterReplayOutcome.Status;
import io.stillstream.runtime.lookup.RecordNotFoundException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.runtime.records.RecordCoordinates;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/**
 * Sends dead letters back to where they came from: key, value and headers as they were, with their
 * origin, and with the number of attempts so far. What is sent and the marks that it was sent are
 * one transaction, batch by batch.
 */
public final class DeadLetterReplayer implements AutoCloseable {
  private static final int MOST_LETTERS = 100;
  private static final long MOST_BYTES = 16 << 20;

  private final Rules rules;
  private final ReplayTargets targets;
  private final DeadLetterPayloadResolver contents;
  private final ReplayedDeadLetters marks;
  private final Optional<TransactionalReplayProducer> transaction;
  private final InstantSource clock;
  private final Consumer<DeadLetterReplayOutcome> report;
  private final List<ProducerRecord<byte[], byte[]>> batch = new ArrayList<>();
  private final List<DeadLetterReplayOutcome> waiting = new ArrayList<>();
  private final Set<String> sent = new HashSet<>();
  private long bytes;

  /**
   * @param maxAttempts dead letters that were tried so often stay where they are
   * @param again whether dead letters are sent that were sent before
   */
  public record Rules(int maxAttempts, boolean again) {}

  /**
   * @param transaction sends the records; empty for a dry run, which sends nothing
   * @param marks read after the transaction was opened: no other replay adds one from then on
   * @param report called for each dead letter once its outcome is committed
   */
  public DeadLetterReplayer(
      Map<String, String> kafka,
      Optional<TransactionalReplayProducer> transaction,
      ReplayedDeadLetters marks,
      ReplayTargets targets,
      Rules rules,
      InstantSource clock,
      Consumer<DeadLetterReplayOutcome> report) {
    this.rules = rules;
    this.targets = targets;
    this.contents = new DeadLetterPayloadResolver(kafka);
    this.marks = marks;
    this.transaction = transaction;
    this.clock = clock;
    this.report = report;
  }

  /** Takes one dead letter, to be sent with others or at the {@link #flush} at the latest. */
  public void add(DeadLetterRecord letter) {
    DeadLetterReplayOutcome outcome = decide(letter);
    waiting.add(outcome);
    if (batch.size() >= 2 * MOST_LETTERS || bytes >= MOST_BYTES || batch.isEmpty()) {
      flush();
    }
  }

  /** Sends what has been taken. */
  public void flush() {
    if (!batch.isEmpty()) {
      transaction.ifPresent(open -> open.send(batch));
      batch.clear();
      bytes = 0;
    }
    waiting.forEach(report);
    waiting.clear();
  }

  private DeadLetterReplayOutcome decide(DeadLetterRecord letter) {
    Optional<RecordCoordinates> source = letter.source();
    if (source.isEmpty()) {
      return new DeadLetterReplayOutcome(
          letter, Status.REFUSED, "it does not say which record it is about");
    }
    String topic = source.get().topic();
    Optional<String> refusal = targets.refusal(topic);
    if (refusal.isPresent()) {
      return new DeadLetterReplayOutcome(letter, Status.REFUSED, refusal.get());
    }
    Optional<String> earlier = marks.of(letter);
    if (sent.contains(letter.identity().orElseThrow())) {
      return new DeadLetterReplayOutcome(letter, Status.ALREADY, "a copy of a letter before it");
    }
    if (earlier.isPresent() && !rules.again()) {
      return new DeadLetterReplayOutcome(letter, Status.ALREADY, "replayed " + earlier.get());
    }
    if (letter.attempts() >= rules.maxAttempts()) {
      return new DeadLetterReplayOutcome(
          letter, Status.LIMIT, "tried %d times already".formatted(letter.attempts()));
    }
    try {
      DeadLetterPayloadResolver.Payload content = contents.of(letter);
      Optional<String> size = targets.refusal(topic, content);
      if (size.isPresent()) {
        return new DeadLetterReplayOutcome(letter, Status.REFUSED, size.get());
      }
      add(letter, source.get(), content);
      return new DeadLetterReplayOutcome(letter, Status.REPLAYED, "");
    } catch (RecordNotFoundException e) {
      return new DeadLetterReplayOutcome(letter, Status.LOST, e.getMessage());
    }
  }

  private void add(
      DeadLetterRecord letter,
      RecordCoordinates source,
      DeadLetterPayloadResolver.Payload content) {
    Headers headers = DeadLetterFactory.headersForReplay(content.headers());
    letter.origin().orElseThrow().writeOrigin(headers);
    // Without a key, the partition is all that is known of where it belongs.
    Integer partition =
        content.key() == null
                && transaction.map(t -> t.partitions(source.topic())).orElse(0) > source.partition()
            ? source.partition()
            : null;
    batch.add(
        new ProducerRecord<>(
            source.topic(), partition, null, content.key(), content.value(), headers));
    batch.add(marks.mark(letter, clock.instant()));
    sent.add(letter.identity().orElseThrow());
    bytes += content.value() == null ? 0 : content.value().length;
  }

  @Override
  public void close() {
    transaction.ifPresent(TransactionalReplayProducer::close);
    contents.close();
  }
}
