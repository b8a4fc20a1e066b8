package io.stillstream.trainer.release;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ReleaseScoreTest {
  @Test
  void shouldTakeTheHeldOutSetsIfThereIsOne() {
    assertThat(
            ReleaseScore.of(
                "segmentation", Map.of("held_out_mean_iou", 0.7, "prequential_mean_iou", 0.6)))
        .contains(0.7);
    assertThat(ReleaseScore.of("embedding", Map.of("prequential_cosine", 0.9))).contains(0.9);
    assertThat(ReleaseScore.of("classification", Map.of("held_out_accuracy", 0.8))).contains(0.8);
  }

  @Test
  void shouldTakeNoOtherTasks() {
    assertThat(ReleaseScore.of("embedding", Map.of("held_out_accuracy", 0.8))).isEmpty();
    assertThat(ReleaseScore.of("detection", Map.of("held_out_accuracy", 0.8))).isEmpty();
  }
}
