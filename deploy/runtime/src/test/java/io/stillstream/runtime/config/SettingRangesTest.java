package io.stillstream.runtime.config;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SettingRangesTest {

  static Stream<Arguments> refused() {
    return Stream.of(
        refused("x must not be empty", () -> SettingRanges.requireText("x", " ")),
        refused("x must be at least 2, was 1", () -> SettingRanges.requireAtLeast(2, "x", 1)),
        refused(
            "x must be at least 1s, was 999ms",
            () -> SettingRanges.requireAtLeast(Duration.ofSeconds(1), "x", Duration.ofMillis(999))),
        refused(
            "x must be within 1 and 9, was 10", () -> SettingRanges.requireWithin(1, 9, "x", 10)),
        refused("x must be within 1 and 9, was 0", () -> SettingRanges.requireWithin(1, 9, "x", 0)),
        refused("x must be positive, was 0.0", () -> SettingRanges.requirePositive("x", 0.0)),
        refused(
            "x must be positive, was NaN", () -> SettingRanges.requirePositive("x", Double.NaN)),
        refused(
            "x must be positive, was 0ms", () -> SettingRanges.requirePositive("x", Duration.ZERO)),
        refused("x must not be negative, was -1", () -> SettingRanges.requireNotNegative("x", -1)),
        refused(
            "x must not be negative, was Infinity",
            () -> SettingRanges.requireNotNegative("x", Double.POSITIVE_INFINITY)),
        refused(
            "x must not be negative, was -1ms",
            () -> SettingRanges.requireNotNegative("x", Duration.ofMillis(-1))),
        refused("x must be within 0 and 1, was 1.1", () -> SettingRanges.requireShare("x", 1.1)),
        refused(
            "x must be within 0 and 1, was NaN", () -> SettingRanges.requireShare("x", Double.NaN)),
        refused(
            "x must be above 0 and at most 1, was 0.0",
            () -> SettingRanges.requirePositiveShare("x", 0)),
        refused(
            "x must be at least 0 and below 1, was 1.0",
            () -> SettingRanges.requireShareBelowOne("x", 1)));
  }

  private static Arguments refused(String message, ThrowingCallable check) {
    return Arguments.of(message, check);
  }

  @ParameterizedTest
  @MethodSource("refused")
  void shouldNameKeyRuleAndValue(String message, ThrowingCallable check) {
    assertThatThrownBy(check).isInstanceOf(IllegalArgumentException.class).hasMessage(message);
  }

  @Test
  void shouldPassTheBounds() {
    assertThatCode(
            () -> {
              SettingRanges.requireText("x", "text");
              SettingRanges.requireAtLeast(2, "x", 2);
              SettingRanges.requireAtLeast(Duration.ofSeconds(1), "x", Duration.ofSeconds(1));
              SettingRanges.requireWithin(1, 9, "x", 1);
              SettingRanges.requireWithin(1, 9, "x", 9);
              SettingRanges.requirePositive("x", Double.MIN_VALUE);
              SettingRanges.requirePositive("x", Duration.ofNanos(1));
              SettingRanges.requireNotNegative("x", 0);
              SettingRanges.requireNotNegative("x", 0.0);
              SettingRanges.requireNotNegative("x", Duration.ZERO);
              SettingRanges.requireShare("x", 0);
              SettingRanges.requireShare("x", 1);
              SettingRanges.requirePositiveShare("x", 1);
              SettingRanges.requireShareBelowOne("x", 0);
            })
        .doesNotThrowAnyException();
  }
}
