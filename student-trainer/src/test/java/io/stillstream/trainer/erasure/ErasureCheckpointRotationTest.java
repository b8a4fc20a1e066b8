package io.stillstream.trainer.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ErasureCheckpointRotationTest {
  private final ErasureCheckpointRotation rotation =
      new ErasureCheckpointRotation(3, Map.of(0, 4L));

  @Test
  void shouldWantAsManyCheckpointsAsAreKept() {
    // given
    assertThat(rotation.isOpen()).isFalse();
    assertThat(rotation.positions()).containsEntry(0, 4L);

    // when
    rotation.begin(Map.of(0, 9L));

    // then: only the last of them may say that none is left
    for (int checkpoint = 0; checkpoint < 2; checkpoint++) {
      assertThat(rotation.isOpen()).isTrue();
      assertThat(rotation.positions()).containsEntry(0, 4L);
      rotation.checkpointDurable(rotation.round());
    }
    assertThat(rotation.isOpen()).isTrue();
    assertThat(rotation.positions()).containsEntry(0, 9L);
    rotation.checkpointDurable(rotation.round());
    assertThat(rotation.isOpen()).isFalse();
    assertThat(rotation.positions()).containsEntry(0, 9L);
  }

  @Test
  void shouldTellTheFirstCheckpointOfARound() {
    assertThat(rotation.isFirstMissing()).isFalse();

    // when
    rotation.begin(Map.of(0, 9L));
    assertThat(rotation.isFirstMissing()).isTrue();
    rotation.checkpointDurable(rotation.round() - 1);

    // then: that one was of before
    assertThat(rotation.isFirstMissing()).isTrue();
    rotation.checkpointDurable(rotation.round());
    assertThat(rotation.isFirstMissing()).isFalse();
    rotation.begin(Map.of(0, 11L));
    assertThat(rotation.isFirstMissing()).isTrue();
  }

  @Test
  void shouldNotCountACheckpointThatWasTakenBefore() {
    // given
    long before = rotation.round();
    rotation.begin(Map.of(0, 9L));

    // when
    for (int checkpoint = 0; checkpoint < 5; checkpoint++) {
      rotation.checkpointDurable(before);
    }

    // then
    assertThat(rotation.isOpen()).isTrue();
    assertThat(rotation.positions()).containsEntry(0, 4L);
  }

  @Test
  void shouldBeginAnewWithTheNextRequest() {
    // given
    rotation.begin(Map.of(0, 9L));
    rotation.checkpointDurable(rotation.round());
    rotation.checkpointDurable(rotation.round());

    // when
    rotation.begin(Map.of(0, 11L));
    rotation.checkpointDurable(rotation.round());

    // then
    assertThat(rotation.isOpen()).isTrue();
    assertThat(rotation.positions()).containsEntry(0, 4L);
  }

  @Test
  void shouldNeedNoneWhereThereIsNoCheckpoint() {
    // when
    rotation.markErased(Map.of(0, 20L));

    // then
    assertThat(rotation.isOpen()).isFalse();
    assertThat(rotation.positions()).containsEntry(0, 20L);
  }
}
