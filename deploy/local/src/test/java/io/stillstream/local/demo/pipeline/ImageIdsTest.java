package io.stillstream.local.demo.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageIdsTest {
  private final ImageIds ids = new ImageIds("fashion-mnist", 12_000);

  @ParameterizedTest
  @CsvSource({
    "0, fashion-mnist/train/000000, 0",
    "123, fashion-mnist/train/000123, 123",
    "12000, fashion-mnist/train/000000/2, 0",
    "36005, fashion-mnist/train/000005/4, 5"
  })
  void shouldGiveEachNumberAnIdAndFindItAgain(long number, String id, int index) {
    assertThat(ids.id(number)).isEqualTo(id);
    assertThat(ids.number(id)).hasValue(number);
    assertThat(ids.index(number)).isEqualTo(index);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "camera-1/000123",
        "fashion-mnist/train/000123/0",
        "fashion-mnist/train/012000",
        "fashion-mnist/train/123",
        "fashion-mnist/test/000123"
      })
  void shouldLeaveOtherIdsAlone(String id) {
    assertThat(ids.number(id)).isEmpty();
  }

  @Test
  void shouldTakeTheNameAsItIs() {
    assertThat(new ImageIds("a+b", 10).number("aab/train/000001")).isEmpty();
    assertThat(new ImageIds("a+b", 10).number("a+b/train/000001")).hasValue(1);
  }
}
