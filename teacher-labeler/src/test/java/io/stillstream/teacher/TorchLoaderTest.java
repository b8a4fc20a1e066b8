package io.stillstream.teacher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.runtime.StartupException;
import io.stillstream.teacher.labels.Teacher;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorchLoaderTest {
  @Test
  void shouldLoadATeacherOnceForEachLane() {
    // when
    List<Teacher> lanes = new TorchLoader("cpu", 2, List.of(1, 4)).load(Fixtures.spec("linear"));

    // then
    assertThat(lanes).hasSize(2).extracting(Teacher::device).containsOnly("cpu");
    for (Teacher lane : lanes) {
      assertThat(lane.logits(List.of(Fixtures.pixels(5)))[0])
          .containsExactly(Fixtures.linear(Fixtures.view(5)), within(1e-5f));
      lane.close();
    }
  }

  @Test
  void shouldNameTheKeyOfADeviceThatIsMissing() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new TorchLoader("gpu3", 1, List.of(1)).load(Fixtures.spec("linear")))
        .withMessageStartingWith("devices: there is no gpu3");
  }

  @Test
  void shouldNameTheKeyOfATeacherThatIsWrong() {
    assertThatExceptionOfType(StartupException.class)
        .isThrownBy(() -> new TorchLoader("cpu", 2, List.of(1)).load(Fixtures.spec("wide")))
        .withMessageStartingWith("teacher: ");
  }
}
