package io.stillstream.page.bottleneck;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.page.bottleneck.Bottleneck.Kind;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BottleneckTest {
  @ParameterizedTest
  @CsvSource({
    // augmenter, labeler, trainer: what, which
    "IDLE, IDLE, IDLE, IDLE, ",
    "KEEPS_UP, KEEPS_UP, KEEPS_UP, SOURCE, ",
    "KEEPS_UP, IDLE, IDLE, SOURCE, ",
    "IDLE, KEEPS_UP, KEEPS_UP, SOURCE, ",
    "BEHIND, KEEPS_UP, KEEPS_UP, STAGE, augmenter",
    "KEEPS_UP, BEHIND, KEEPS_UP, STAGE, labeler",
    "KEEPS_UP, KEEPS_UP, BEHIND, STAGE, trainer",
    "BEHIND, BEHIND, KEEPS_UP, STAGE, labeler",
    "BEHIND, BEHIND, BEHIND, STAGE, trainer",
    "STOPPED, IDLE, IDLE, STOPPED, augmenter",
    "KEEPS_UP, STOPPED, IDLE, STOPPED, labeler",
    "BEHIND, KEEPS_UP, STOPPED, STOPPED, trainer",
    "UNKNOWN, KEEPS_UP, KEEPS_UP, UNKNOWN, augmenter",
    "BEHIND, UNKNOWN, KEEPS_UP, UNKNOWN, labeler",
    "BEHIND, BEHIND, UNKNOWN, UNKNOWN, trainer",
    "UNKNOWN, UNKNOWN, BEHIND, STAGE, trainer",
    "MEASURING, MEASURING, MEASURING, MEASURING, ",
    "BEHIND, MEASURING, KEEPS_UP, MEASURING, "
  })
  void shouldNameTheLastStageBeforeWhichRecordsWait(
      StageState augmenter, StageState labeler, StageState trainer, Kind kind, String stage) {
    assertThat(Bottleneck.of(stages(load(augmenter), load(labeler), load(trainer))))
        .isEqualTo(new Bottleneck(kind, stage, null));
  }

  @Test
  void shouldTellWhatComesNextWhenTheBacklogShrinks() {
    // given
    StageLoad shrinking = new StageLoad(StageState.BEHIND, 10, 20, 900, BacklogTrend.SHRINKING);

    // then
    assertThat(next(load(StageState.KEEPS_UP), load(StageState.KEEPS_UP), shrinking))
        .isEqualTo("source");
    assertThat(next(load(StageState.BEHIND), load(StageState.KEEPS_UP), shrinking))
        .isEqualTo("augmenter");
    assertThat(next(load(StageState.KEEPS_UP), load(StageState.STOPPED), shrinking))
        .isEqualTo("labeler");
    assertThat(next(load(StageState.BEHIND), load(StageState.UNKNOWN), shrinking)).isNull();
    assertThat(next(shrinking, load(StageState.IDLE), load(StageState.IDLE))).isEqualTo("source");
  }

  private static String next(StageLoad augmenter, StageLoad labeler, StageLoad trainer) {
    return Bottleneck.of(stages(augmenter, labeler, trainer)).next();
  }

  private static Map<String, StageLoad> stages(
      StageLoad augmenter, StageLoad labeler, StageLoad trainer) {
    Map<String, StageLoad> stages = new LinkedHashMap<>();
    stages.put("augmenter", augmenter);
    stages.put("labeler", labeler);
    stages.put("trainer", trainer);
    return stages;
  }

  private static StageLoad load(StageState state) {
    return new StageLoad(state, 10, 10, 0, BacklogTrend.STEADY);
  }
}
