package io.stillstream.labeler.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;

class BatchBucketsTest {
  private final BatchBuckets buckets = new BatchBuckets(100, List.of(1, 8, 32, 128));
  private final BatchBuckets any = new BatchBuckets(100, List.of());

  @Test
  void shouldPadToTheNextBucket() {
    assertThat(buckets.padded(1, 1000)).isEqualTo(1);
    assertThat(buckets.padded(2, 1000)).isEqualTo(8);
    assertThat(buckets.padded(32, 1000)).isEqualTo(32);
    assertThat(buckets.padded(33, 1000)).isEqualTo(128);
    assertThat(any.padded(33, 1000)).isEqualTo(33);
  }

  @Test
  void shouldNotPadBeyondTheRoomThereIs() {
    assertThat(buckets.padded(20, 31)).isEqualTo(20);
    assertThat(buckets.padded(20, 32)).isEqualTo(32);
  }

  @Test
  void shouldFillTheRoomThereIsWithTheLargestBucket() {
    assertThat(buckets.largestWithin(Integer.MAX_VALUE)).isEqualTo(128);
    assertThat(buckets.largestWithin(64)).isEqualTo(32);
    assertThat(new BatchBuckets(8, List.of(4, 8)).largestWithin(2)).isEqualTo(2);
    assertThat(any.largestWithin(64)).isEqualTo(64);
  }

  @Test
  void shouldKnowTheLargestBatch() {
    assertThat(buckets.largest()).isEqualTo(128);
    assertThat(any.largest()).isEqualTo(100);
    assertThat(new BatchBuckets(8, List.of(4, 8, 64)).largest()).isEqualTo(8);
  }

  @Test
  void shouldWarmAllBucketsOrTheExtremes() {
    assertThat(buckets.warmUpSizes()).containsExactly(1, 8, 32, 128);
    assertThat(any.warmUpSizes()).containsExactly(1, 100);
    assertThat(new BatchBuckets(1, List.of()).warmUpSizes()).containsExactly(1);
  }

  @Test
  void shouldRejectWhatCannotHoldABatch() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchBuckets(0, List.of()))
        .withMessage("max-size must be at least 1, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchBuckets(9, List.of(1, 8)))
        .withMessage("buckets must reach max-size (9), was [1, 8]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchBuckets(8, List.of(8, 8)))
        .withMessage("buckets must be ascending and at least 1, was [8, 8]");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BatchBuckets(8, List.of(0, 8)))
        .withMessage("buckets must be ascending and at least 1, was [0, 8]");
  }
}
