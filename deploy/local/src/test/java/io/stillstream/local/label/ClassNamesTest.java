package io.stillstream.local.label;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.stillstream.runtime.config.StartupException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClassNamesTest {
  private static final ClassNames UNKNOWN = new ClassNames(List.of());
  private static final ClassNames THREE = new ClassNames(List.of("cat", "dog", "0"));

  @Test
  void shouldTakeNamesAndIndicesAndNamesFirst() {
    assertThat(THREE.index("dog")).isEqualTo(1);
    assertThat(THREE.index("1")).isEqualTo(1);
    assertThat(THREE.index("0")).isEqualTo(2);
    assertThat(UNKNOWN.index("123")).isEqualTo(123);
  }

  @ParameterizedTest
  @ValueSource(strings = {"3", "Dog", "-1", "1.0", "", "99999999999"})
  void shouldNameTheClassesThatThereAre(String label) {
    assertThatThrownBy(() -> THREE.index(label))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("label must be 0 to 2, or one of cat, dog, 0, was \"" + label + "\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"cat", "-1", "9999999999"})
  void shouldSayThatNoNamesAreKnown(String label) {
    assertThatThrownBy(() -> UNKNOWN.index(label))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a class index, was \"" + label + "\"")
        .hasMessageContaining("--student or --classes");
  }

  @Test
  void shouldMapManyLabelsAndNameAllThatAreUnknown() {
    assertThat(THREE.indices(List.of("dog", "2", "dog")))
        .containsOnly(Map.entry("dog", 1), Map.entry("2", 2));
    assertThatThrownBy(() -> THREE.indices(List.of("fish", "dog", "3", "bird", "fish")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "no class is called \"3\", \"bird\", \"fish\"; classes are 0 to 2, or cat, dog, 0");
    assertThatThrownBy(() -> UNKNOWN.indices(List.of("1", "fish")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("must be a class index, was \"fish\"");
  }

  @Test
  void shouldTakeTheNamesOfAStudent() {
    // when
    ClassNames names = ClassNames.of(Optional.of(Path.of("../models/mlp")), List.of());

    // then
    assertThat(names.index("Ankle boot")).isEqualTo(9);
  }

  @Test
  void shouldRefuseTwoSourcesOfNamesAndNamesGivenTwice() {
    assertThatThrownBy(() -> ClassNames.of(Optional.of(Path.of("a")), List.of("cat")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--student and --classes");
    assertThatThrownBy(() -> ClassNames.of(Optional.empty(), List.of("cat", " cat")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("--classes: must be different names, was cat, cat");
    assertThatThrownBy(() -> ClassNames.of(Optional.of(Path.of("absent")), List.of()))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("absent");
  }
}
