package io.stillstream.labeler.torch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.model.TeacherModel;
import io.stillstream.runtime.config.StartupException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchTeacherLoaderTest {
  @Test
  void shouldLoadATeacherOnceForEachLane() {
    // when
    List<TeacherModel> lanes =
        new TorchTeacherLoader("cpu", 2, List.of(1, 4)).load(TeacherModelFixtures.spec("linear"));

    // then
    assertThat(lanes).hasSize(2).extracting(TeacherModel::device).containsOnly("cpu");
    for (TeacherModel lane : lanes) {
      assertThat(lane.answers(List.of(TeacherModelFixtures.pixels(5)))[0])
          .containsExactly(
              TeacherModelFixtures.linear(TeacherModelFixtures.view(5)), within(1e-5f));
      lane.close();
    }
  }

  @Test
  void shouldNameTheKeyOfADeviceThatIsMissing() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                new TorchTeacherLoader("gpu3", 1, List.of(1))
                    .load(TeacherModelFixtures.spec("linear")))
        .withMessageStartingWith("devices: there is no gpu3");
  }

  @Test
  void shouldNameTheKeyOfATeacherThatIsWrong() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(
            () ->
                new TorchTeacherLoader("cpu", 2, List.of(1))
                    .load(TeacherModelFixtures.spec("wide")))
        .withMessageStartingWith("teacher: ");
  }
}
