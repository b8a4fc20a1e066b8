package io.stillstream.student;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.Teacher;
import java.util.List;
import org.junit.jupiter.api.Test;

class TeacherKeyTest {
  private static final Teacher ONE = new Teacher("resnet", "1", "ab".repeat(32), 0.5);
  private static final Teacher TWO = new Teacher("vit", "1", "cd".repeat(32), 0.5);

  @Test
  void shouldTellTeachersApartByWhatTheyAreAndNotByName() {
    long key = TeacherKey.of(List.of(ONE, TWO));
    assertThat(key)
        .isNotZero()
        .isEqualTo(TeacherKey.of(List.of(new Teacher("renamed", "2", "ab".repeat(32), 0.5), TWO)))
        .isNotEqualTo(TeacherKey.of(List.of(ONE)))
        .isNotEqualTo(
            TeacherKey.of(List.of(new Teacher("resnet", "1", "ab".repeat(32), 0.4), TWO)));
    assertThat(TeacherKey.of(List.of())).isZero();
  }
}
