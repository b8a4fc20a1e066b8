package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.PixelEncoding;
import io.stillstream.student.training.Target;
import io.stillstream.student.training.View;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PendingTest {
  private final Pending pending = new Pending();

  @BeforeEach
  void begin() {
    pending.begin(0, 10);
    pending.begin(1, 0);
  }

  @Test
  void shouldNotMoveBeforeViewsAreTrained() {
    // when
    pending.add(view(0, 10), 5);
    pending.add(view(1, 0), 6);
    pending.add(Fetched.nothing(0, 11), 7);

    // then
    assertThat(pending.positions()).containsEntry(0, 10L).containsEntry(1, 0L);
    assertThat(pending.views()).isEqualTo(2);
    assertThat(pending.oldestNanos()).isEqualTo(5);
  }

  @Test
  void shouldMovePastWhatNeedsNoTraining() {
    // given
    pending.add(view(0, 10), 5);
    pending.add(Fetched.nothing(0, 11), 5);
    pending.add(view(0, 15), 5);

    // when
    assertThat(pending.next(1)).hasSize(1);
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(0, 12L);
    assertThat(pending.views()).isEqualTo(1);
    assertThat(pending.isEmpty()).isFalse();

    // when
    pending.done(1, 9);

    // then
    assertThat(pending.positions()).containsEntry(0, 16L);
    assertThat(pending.isEmpty()).isTrue();
  }

  @Test
  void shouldMoveAtOncePastABadRecordWithNothingBeforeIt() {
    // when
    pending.add(Fetched.nothing(1, 0), 5);

    // then
    assertThat(pending.positions()).containsEntry(1, 1L);
    assertThat(pending.isEmpty()).isTrue();
  }

  private static Fetched view(int partition, long offset) {
    View view = new View(PixelEncoding.RAW, new byte[0], null, Target.of(0), true);
    return new Fetched(partition, offset, view, Instant.EPOCH, List.of(), "policy");
  }
}
