package io.stillstream.trainer.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.Teacher;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherFingerprintTest {
  private static final Teacher ONE = new Teacher("resnet", "1", "ab".repeat(32), 0.5, null);
  private static final Teacher TWO = new Teacher("vit", "1", "cd".repeat(32), 0.5, null);

  @Test
  void shouldTellTeachersApartByWhatTheyAreAndNotByName() {
    long key = TeacherFingerprint.of(List.of(ONE, TWO));
    assertThat(key)
        .isNotZero()
        .isEqualTo(
            TeacherFingerprint.of(
                List.of(new Teacher("renamed", "2", "ab".repeat(32), 0.5, null), TWO)))
        .isNotEqualTo(TeacherFingerprint.of(List.of(ONE)))
        .isNotEqualTo(
            TeacherFingerprint.of(
                List.of(new Teacher("resnet", "1", "ab".repeat(32), 0.4, null), TWO)));
    assertThat(TeacherFingerprint.of(List.of())).isZero();
  }
}
