package io.stillstream.schemas.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class FloatArraysTest {

  @Test
  void shouldConvertToAListAndBack() {
    // given
    float[] values = {1f, Float.NaN, -0f};

    // when
    List<Float> list = FloatArrays.of(values);

    // then
    assertThat(FloatArrays.toArray(list)).isEqualTo(values);
    assertThat(list).isEqualTo(Arrays.asList(1f, Float.NaN, -0f)).hasSize(3);
  }

  @Test
  void shouldConvertAnyList() {
    // when, then
    assertThat(FloatArrays.toArray(List.of(1f, 2f))).containsExactly(1f, 2f);
    assertThat(FloatArrays.toArray(List.of())).isEmpty();
  }

  @Test
  void shouldNotExposeItsArray() {
    // given
    List<Float> list = FloatArrays.of(1f);

    // when
    FloatArrays.toArray(list)[0] = 2f;

    // then
    assertThat(list).containsExactly(1f);
    assertThatThrownBy(() -> list.set(0, 2f)).isInstanceOf(UnsupportedOperationException.class);
  }
}
