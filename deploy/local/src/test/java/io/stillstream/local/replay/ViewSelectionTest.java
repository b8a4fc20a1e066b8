package io.stillstream.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ViewSelectionTest {
  @Test
  void shouldTakeOneWayOfSelecting() {
    assertThat(of(3, 12L, null, null, false, null)).isEqualTo(new ViewSelection.ByOffset(3, 12));
    assertThat(of(null, null, "cat", null, false, null))
        .isEqualTo(new ViewSelection.ByImage("cat", OptionalInt.empty()));
    assertThat(of(null, null, "cat", 2, false, null))
        .isEqualTo(new ViewSelection.ByImage("cat", OptionalInt.of(2)));
    assertThat(of(null, null, null, null, true, 9L)).isEqualTo(new ViewSelection.All(9));
    assertThat(of(null, null, null, null, true, null))
        .isEqualTo(new ViewSelection.All(Long.MAX_VALUE));
  }

  @Test
  void shouldSayWhatIsMissingOrTooMuch() {
    assertRefused("give one of", null, null, null, null, false, null);
    assertRefused("give one of", 0, 0L, "cat", null, false, null);
    assertRefused("give one of", null, null, "cat", null, true, null);
    assertRefused("--partition and --offset go together", 0, null, null, null, false, null);
    assertRefused("--partition and --offset go together", null, 0L, "cat", null, false, null);
    assertRefused("--view goes with --image-id", 0, 0L, null, 1, false, null);
    assertRefused("--limit goes with --all", null, null, "cat", null, false, 5L);
    assertRefused("--offset must be at least 0, was -1", 0, -1L, null, null, false, null);
    assertRefused("--partition must be at least 0, was -2", -2, 1L, null, null, false, null);
    assertRefused("--view must be at least 0, was -1", null, null, "cat", -1, false, null);
    assertRefused("--limit must be at least 1, was 0", null, null, null, null, true, 0L);
  }

  private static void assertRefused(
      String message,
      Integer partition,
      Long offset,
      String imageId,
      Integer view,
      boolean all,
      Long limit) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> of(partition, offset, imageId, view, all, limit))
        .withMessageContaining(message);
  }

  private static ViewSelection of(
      Integer partition, Long offset, String imageId, Integer view, boolean all, Long limit) {
    return ViewSelection.of(
        Optional.ofNullable(partition),
        Optional.ofNullable(offset),
        Optional.ofNullable(imageId),
        Optional.ofNullable(view),
        all,
        Optional.ofNullable(limit));
  }
}
