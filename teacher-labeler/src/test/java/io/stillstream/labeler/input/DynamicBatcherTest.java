package io.stillstream.labeler.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class DynamicBatcherTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the clock may wrap
  private final DynamicBatcher batcher = new DynamicBatcher(3, Duration.ofMillis(50), nanos::get);

  @Test
  void shouldCloseWhenFullAndKeepTheRest() {
    // when
    add(1, 2, 3, 4);

    // then
    assertThat(batcher.untilNext()).contains(Duration.ZERO);
    assertThat(offsets(batcher.next())).containsExactly(1L, 2L, 3L);
    assertThat(batcher.next()).isEmpty();
    assertThat(batcher.pending()).isEqualTo(1);
  }

  @Test
  void shouldCloseWhenTheOldestHasWaitedLongEnough() {
    // given
    add(1);
    tick(30);
    add(2);

    // then
    assertThat(batcher.untilNext()).contains(Duration.ofMillis(20));
    assertThat(batcher.next()).isEmpty();

    // when
    tick(20);

    // then
    assertThat(offsets(batcher.next())).containsExactly(1L, 2L);
    assertThat(batcher.untilNext()).isEmpty();
  }

  @Test
  void shouldMeasureTheDelayOfWhatWasLeftBehindFromItsOwnArrival() {
    // given
    add(1, 2, 3);
    tick(40);
    add(4);
    assertThat(batcher.next()).hasSize(3);

    // when
    tick(49);

    // then
    assertThat(batcher.next()).isEmpty();
    tick(1);
    assertThat(offsets(batcher.next())).containsExactly(4L);
  }

  @Test
  void shouldDrainInBatchesOfAtMostTheMaximalSize() {
    // given
    add(1, 2, 3, 4);

    // then
    assertThat(offsets(batcher.drain())).containsExactly(1L, 2L, 3L);
    assertThat(offsets(batcher.drain())).containsExactly(4L);
    assertThat(batcher.drain()).isEmpty();
  }

  @Test
  void shouldDiscardUnwantedRecords() {
    // given
    add(1, 2, 3);

    // when
    batcher.discardIf(record -> record.record().offset() == 2);

    // then
    assertThat(batcher.next()).isEmpty();
    assertThat(offsets(batcher.drain())).containsExactly(1L, 3L);
  }

  @Test
  void shouldCloseAtOnceWithoutDelay() {
    // given
    DynamicBatcher hasty = new DynamicBatcher(3, Duration.ZERO, nanos::get);

    // when
    hasty.add(record(1), 0);

    // then
    assertThat(offsets(hasty.next())).containsExactly(1L);
  }

  @Test
  void shouldRejectSizesAndDelaysThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBatcher(0, Duration.ZERO, nanos::get))
        .withMessage("max-size must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBatcher(1, Duration.ofMillis(-1), nanos::get))
        .withMessage("max-delay must not be negative, was PT-0.001S");
  }

  private void add(long... offsets) {
    LongStream.of(offsets).forEach(offset -> batcher.add(record(offset), 0));
  }

  private static ConsumerRecord<byte[], byte[]> record(long offset) {
    return new ConsumerRecord<>("views", 0, offset, null, new byte[0]);
  }

  private static List<Long> offsets(List<ConsumedRecord> batch) {
    return batch.stream().map(record -> record.record().offset()).toList();
  }

  private void tick(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }
}
