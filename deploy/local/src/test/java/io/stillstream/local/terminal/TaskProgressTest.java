package io.stillstream.local.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringWriter;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class TaskProgressTest {
  private final StringWriter text = new StringWriter();
  private final AtomicLong now = new AtomicLong(-5_000_000_000L);

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0      | 12000  | 0      | '0 of 12,000 images, 0 %, 0.0/s'",
        "3000   | 12000  | 310    | '3,000 of 12,000 images, 25 %, 310/s, 30 s left'",
        "3000   | 12000  | 2.5    | '3,000 of 12,000 images, 25 %, 2.5/s, 1 h 00 min left'",
        "1      | 100000 | 9.94   | '1 of 100,000 images, 0 %, 9.9/s, 2 h 47 min left'",
        "1      | 100000 | 0.1    | '1 of 100,000 images, 0 %, 0.1/s, 11 d 13 h left'",
        "11939  | 12000  | 1      | '11,939 of 12,000 images, 99 %, 1.0/s, 1 min 01 s left'",
        "12000  | 12000  | 1000   | '12,000 of 12,000 images, 100 %, 1,000/s, 0 s left'",
        "12001  | 12000  | 1000   | '12,001 of 12,000 images, 100 %, 1,000/s, 0 s left'",
        "0      | 0      | 0      | '0 of 0 images, 0.0/s'"
      })
  void shouldTellShareSpeedAndRest(long done, long total, double speed, String line) {
    assertThat(TaskProgress.text("images", done, OptionalLong.of(total), OptionalDouble.of(speed)))
        .isEqualTo(line);
  }

  @Test
  void shouldTellCountAndSpeedWhereTheTotalIsUnknown() {
    assertThat(TaskProgress.text("policies", 1_234, OptionalLong.empty(), OptionalDouble.of(12.4)))
        .isEqualTo("1,234 policies, 12/s");
    assertThat(TaskProgress.text("policies", 0, OptionalLong.empty(), OptionalDouble.empty()))
        .isEqualTo("0 policies");
  }

  @Test
  void shouldRewriteItsLineOnATerminalAndRemoveIt() {
    // given
    TaskProgress progress =
        new TaskProgress(new TerminalWriter(text, true, true), "images", now::get);

    // when
    progress.update(1, 100);
    passes(Duration.ofSeconds(1));
    progress.update(10, 100);
    progress.warn("skipped", " a.jpg: no picture");
    passes(Duration.ofSeconds(1));
    progress.update(20, 100);
    progress.close();
    progress.close();

    // then
    assertThat(text)
        .hasToString(
            "\r\u001b[K10 of 100 images, 10 %, 10/s, 9 s left\r\u001b[K"
                + "\u001b[33mskipped\u001b[0m a.jpg: no picture\n"
                + "\r\u001b[K20 of 100 images, 20 %, 10/s, 8 s left\r\u001b[K");
  }

  @Test
  void shouldPrintALineEveryTenSecondsElsewhere() {
    // given
    TaskProgress progress = new TaskProgress(new TerminalWriter(text), "images", now::get);

    // when
    for (int second = 1; second < 30; second++) {
      passes(Duration.ofSeconds(1));
      progress.update(second * 2L, 100);
    }
    progress.close();

    // then
    assertThat(text.toString().lines())
        .containsExactly(
            "20 of 100 images, 20 %, 2.0/s, 40 s left", "40 of 100 images, 40 %, 2.0/s, 30 s left");
  }

  @Test
  void shouldShowNothingOfAShortTask() {
    // given
    TaskProgress progress =
        new TaskProgress(new TerminalWriter(text, true, true), "images", now::get);

    // when
    passes(Duration.ofMillis(499));
    progress.update(100, 100);
    progress.close();

    // then
    assertThat(text).hasToString("");
  }

  @Test
  void shouldForgetHowFastItWasBeforeTheWindow() {
    // given
    ProgressRate rate = new ProgressRate(Duration.ofSeconds(10), 0);
    long second = 1_000_000_000L;

    // when: a fast minute, and half a minute at one piece a second
    for (int i = 1; i <= 60; i++) {
      rate.add(i * second, i * 1_000L);
    }
    for (int i = 61; i <= 90; i++) {
      rate.add(i * second, 60_000 + i - 60);
    }

    // then
    assertThat(rate.perSecond(90 * second, 60_030)).hasValue(1.0);
    assertThat(rate.perSecond(190 * second, 60_030)).hasValueCloseTo(0.09, within());
    assertThat(new ProgressRate(Duration.ofSeconds(10), 5).perSecond(5, 7)).isEmpty();
  }

  private static Offset<Double> within() {
    return Offset.offset(0.01);
  }

  private void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }
}
