package io.stillstream.trainer.training.accuracy;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.answer.ModelTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MeasureTest {
  @Test
  void shouldHaveNamesOfTheirOwn() {
    assertThat(Arrays.stream(Measure.values()).map(Measure::key)).doesNotHaveDuplicates();
    assertThat(Arrays.stream(Measure.values()).map(Measure::meter)).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeDocumented(Measure measure) throws IOException {
    assertThat(Files.readString(Path.of("docs/metrics.md")))
        .contains("| `" + measure.meter() + "` |");
    assertThat(Files.readString(Path.of("docs/releases.md"))).contains("`" + measure.key() + "`");
  }

  @ParameterizedTest
  @EnumSource
  void shouldJudgeATaskByItsOwn(ModelTask task) {
    assertThat(Measure.of(task))
        .contains(Measure.prequential(task), Measure.heldOut(task), Measure.agreement(task));
    assertThat(Measure.of(task)).containsAll(Measure.ofTeacher(task).stream().toList());
  }
}
