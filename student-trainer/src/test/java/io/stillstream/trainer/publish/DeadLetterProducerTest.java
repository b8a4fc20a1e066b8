package io.stillstream.trainer.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.stillstream.runtime.records.BadRecordException;
import io.stillstream.runtime.records.DeadLetterFactory;
import io.stillstream.schemas.topics.Topics;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DeadLetterProducerTest {
  private static final Duration SHORT = Duration.ofMillis(50);
  private static final Duration FOR_EVER = Duration.ofHours(1);

  private final CountDownLatch stopping = new CountDownLatch(1);
  private final MockProducer<byte[], byte[]> producer =
      new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());

  @Test
  void shouldConfirmOnlyWhatBrokersHave() throws InterruptedException {
    // given
    DeadLetterProducer outbox = outbox(SHORT);
    put(outbox, 0, 3);
    put(outbox, 1, 3);

    // when
    producer.completeNext();

    // then
    assertThat(outbox.confirm()).isFalse();
    producer.completeNext();
    assertThat(outbox.confirm()).isTrue();
  }

  @Test
  void shouldSendAgainWhatFailed() throws InterruptedException {
    // given
    DeadLetterProducer outbox = outbox(SHORT);
    put(outbox, 0, 3);
    producer.errorNext(new TimeoutException("away"));

    // when
    assertThat(outbox.confirm()).isFalse();

    // then
    assertThat(producer.history()).hasSize(2);
    producer.completeNext();
    assertThat(outbox.confirm()).isTrue();
  }

  @Test
  void shouldWaitOnceForAllLettersTogether() throws InterruptedException {
    // given
    DeadLetterProducer outbox = outbox(SHORT);
    for (int i = 0; i < 1000; i++) {
      put(outbox, i, 3);
    }

    // when
    long start = System.nanoTime();
    assertThat(outbox.confirm()).isFalse();

    // then: one by one it would be 50 s
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void shouldNotWaitAnyLongerWhenToldToStop() throws InterruptedException {
    // given: it is told to stop while it sends again
    MockProducer<byte[], byte[]> telling =
        new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer()) {
          @Override
          public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
            if (!history().isEmpty()) {
              stopping.countDown();
            }
            return super.send(record);
          }
        };
    DeadLetterProducer outbox = new DeadLetterProducer(telling, letters(), FOR_EVER, stopping);
    put(outbox, 0, 3);
    telling.errorNext(new TimeoutException("away"));

    // when
    boolean confirmed = outbox.confirm();

    // then
    assertThat(confirmed).isFalse();
  }

  @Test
  void shouldBeFullOfManyLettersOrOfLargeOnesUntilTheyArrive() {
    // given
    DeadLetterProducer outbox = outbox(SHORT);
    for (int i = 0; i < 1000; i++) {
      assertThat(outbox.isFull()).isFalse();
      put(outbox, i, 3);
    }
    assertThat(outbox.isFull()).isTrue();

    // when
    while (producer.completeNext()) {
      assertThat(outbox.isFull()).isTrue();
    }
    put(outbox, 1000, 3);

    // then
    assertThat(outbox.isFull()).isFalse();

    // when
    for (int i = 0; i < 5; i++) {
      put(outbox, i, 7 << 20);
    }

    // then
    assertThat(outbox.isFull()).isTrue();
  }

  private DeadLetterProducer outbox(Duration patience) {
    return new DeadLetterProducer(producer, letters(), patience, stopping);
  }

  private static DeadLetterFactory letters() {
    return new DeadLetterFactory(
        "letters", "test", new SimpleMeterRegistry(), Topics.MAX_MESSAGE_BYTES);
  }

  private static void put(DeadLetterProducer outbox, long offset, int bytes) {
    outbox.deadLetter(
        new ConsumerRecord<>("labeled", 0, offset, "key".getBytes(UTF_8), new byte[bytes]),
        "examine",
        new BadRecordException("shape", "wrong"));
  }
}
