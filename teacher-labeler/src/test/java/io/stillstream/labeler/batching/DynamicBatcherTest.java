package io.stillstream.labeler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.stillstream.labeler.batching.InferenceBatch.CloseReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DynamicBatcherTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 5); // the clock may wrap
  private final DynamicBatcher<Integer> batcher =
      new DynamicBatcher<>(3, Duration.ofMillis(50), nanos::get);

  @Test
  void shouldCloseWhenFullAndKeepTheRest() {
    // when
    add(1, 2, 3, 4);

    // then
    assertThat(batcher.untilNext()).contains(Duration.ZERO);
    assertThat(batcher.next()).contains(new InferenceBatch<>(List.of(1, 2, 3), CloseReason.FULL));
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
    assertThat(batcher.next()).contains(new InferenceBatch<>(List.of(1, 2), CloseReason.DELAY));
    assertThat(batcher.untilNext()).isEmpty();
  }

  @Test
  void shouldMeasureTheDelayOfWhatWasLeftBehindFromItsOwnArrival() {
    // given
    add(1, 2, 3);
    tick(40);
    add(4);
    assertThat(batcher.next()).isPresent();

    // when
    tick(49);

    // then
    assertThat(batcher.next()).isEmpty();
    tick(1);
    assertThat(batcher.next()).contains(new InferenceBatch<>(List.of(4), CloseReason.DELAY));
  }

  @Test
  void shouldDrainInBatchesOfAtMostTheMaximalSize() {
    // given
    add(1, 2, 3, 4);

    // then
    assertThat(batcher.drain()).contains(new InferenceBatch<>(List.of(1, 2, 3), CloseReason.DRAIN));
    assertThat(batcher.drain()).contains(new InferenceBatch<>(List.of(4), CloseReason.DRAIN));
    assertThat(batcher.drain()).isEmpty();
  }

  @Test
  void shouldForgetWhatIsUnwanted() {
    // given
    add(1, 2, 3);

    // when
    batcher.discardIf(item -> item == 2);

    // then
    assertThat(batcher.next()).isEmpty();
    assertThat(batcher.drain().orElseThrow().items()).containsExactly(1, 3);
  }

  @Test
  void shouldCloseAtOnceWithoutDelay() {
    // given
    DynamicBatcher<Integer> hasty = new DynamicBatcher<>(3, Duration.ZERO, nanos::get);

    // when
    hasty.add(1);

    // then
    assertThat(hasty.next()).contains(new InferenceBatch<>(List.of(1), CloseReason.DELAY));
  }

  @Test
  void shouldRejectSizesAndDelaysThatMakeNoSense() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBatcher<>(0, Duration.ZERO, nanos::get))
        .withMessage("max-size must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DynamicBatcher<>(1, Duration.ofMillis(-1), nanos::get))
        .withMessage("max-delay must not be negative, was PT-0.001S");
  }

  private void add(Integer... items) {
    List.of(items).forEach(batcher::add);
  }

  private void tick(long millis) {
    nanos.addAndGet(Duration.ofMillis(millis).toNanos());
  }
}
