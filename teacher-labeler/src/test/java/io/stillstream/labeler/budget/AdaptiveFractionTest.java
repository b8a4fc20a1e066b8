package io.stillstream.labeler.budget;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.labeler.budget.AdaptiveFraction.Rule;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptiveFractionTest {
  private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
  private static final Duration STALE = Duration.ofMinutes(5);
  private static final Rule RULE = new Rule(0.1, 0.8, 0.2, 0.25, STALE);

  /** So many that the one image added is not seen. */
  private static final int MANY = 1_000_000_000;

  private final AdaptiveFraction fraction = new AdaptiveFraction(RULE);
  private Instant now = NOON;

  @Test
  void shouldSpendTheMaximumWithoutReports() {
    assertThat(fraction.fraction(NOON)).isEqualTo(0.8);
    assertThat(fraction.worst(NOON)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"0, 0.1", "0.02, 0.1", "0.025, 0.1", "0.05, 0.2", "0.1, 0.4", "0.2, 0.8", "2, 0.8"})
  void shouldBeInProportionWithinBounds(double disagreement, double expected) {
    // when
    report("cnn", disagreement);
    // then
    assertThat(fraction.fraction(now)).isCloseTo(expected, within(1e-6));
  }

  @Test
  void shouldRiseAtOnceAndFallSlowly() {
    // given
    report("cnn", 0.04);
    // when, then
    report("cnn", 0.12);
    assertThat(fraction.fraction(now)).isCloseTo(0.48, within(1e-6));
    report("cnn", 0.04);
    assertThat(fraction.fraction(now)).isCloseTo(4 * (0.12 - 0.25 * 0.08), within(1e-6));
    report("cnn", 0.04);
    assertThat(fraction.fraction(now)).isCloseTo(4 * (0.1 - 0.25 * 0.06), within(1e-6));
  }

  @Test
  void shouldFollowTheWorstStudent() {
    // when
    report("cnn", 0.15);
    report("mlp", 0.05);
    // then
    assertThat(fraction.fraction(now)).isCloseTo(0.6, within(1e-6));
    assertThat(fraction.worst(now))
        .hasValueSatisfying(w -> assertThat(w.student()).isEqualTo("cnn"));
    // when
    fraction.forget("cnn");
    // then
    assertThat(fraction.fraction(now)).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void shouldNotCountStaleStudents() {
    // given
    report("cnn", 0.15);
    Instant last = now;
    // when, then
    assertThat(fraction.fraction(last.plus(STALE))).isCloseTo(0.6, within(1e-6));
    assertThat(fraction.fraction(last.plus(STALE).plusMillis(1))).isEqualTo(0.8);
    // when
    now = last.plus(Duration.ofMinutes(4));
    report("mlp", 0.05);
    // then
    assertThat(fraction.fraction(last.plus(STALE).plusMillis(1))).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void shouldBeginAnewAfterASilence() {
    // given
    report("cnn", 0.2);
    now = now.plus(Duration.ofHours(1));
    // when
    report("cnn", 0.05);
    // then: nothing is left of the report of an hour ago
    assertThat(fraction.fraction(now)).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void shouldTakeSmallWindowsForLittleEvidence() {
    // when, then: one image on which they differ is added
    fraction.report("cnn", 0, 9, NOON, NOON);
    assertThat(fraction.fraction(NOON)).isCloseTo(4 * 0.1, within(1e-12));
    fraction.report("mlp", 0, 0, NOON, NOON);
    assertThat(fraction.fraction(NOON)).isEqualTo(0.8);
  }

  @Test
  void shouldIgnoreWhatIsNotNewer() {
    // given
    fraction.report("cnn", 0.05, MANY, NOON, NOON);
    // when
    fraction.report("cnn", 0.2, MANY, NOON, NOON);
    fraction.report("cnn", 0.2, MANY, NOON.minusSeconds(1), NOON);
    // then
    assertThat(fraction.fraction(NOON)).isCloseTo(0.2, within(1e-6));
  }

  @Test
  void shouldNotKeepReportsFromTheFutureFresh() {
    // when
    fraction.report("cnn", 0.05, MANY, NOON.plus(Duration.ofDays(1)), NOON);
    // then
    assertThat(fraction.fraction(NOON)).isCloseTo(0.2, within(1e-6));
    assertThat(fraction.fraction(NOON.plus(STALE).plusMillis(1))).isEqualTo(0.8);
  }

  @Test
  void shouldNeverFallBecauseOfMoreDisagreement() {
    // given
    Random random = new Random(1);
    for (int round = 0; round < 500; round++) {
      AdaptiveFraction more = new AdaptiveFraction(RULE);
      AdaptiveFraction less = new AdaptiveFraction(RULE);
      // when
      for (int i = 1; i <= 20; i++) {
        String student = "student-" + random.nextInt(3);
        double disagreement = random.nextDouble() / 4;
        double extra = random.nextInt(4) == 0 ? random.nextDouble() / 10 : 0;
        Instant at = NOON.plusSeconds(i);
        less.report(student, disagreement, 500, at, at);
        more.report(student, disagreement + extra, 500, at, at);
        // then
        assertThat(more.fraction(at)).isGreaterThanOrEqualTo(less.fraction(at)).isBetween(0.1, 0.8);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.01, 2.01, Double.NaN, Double.POSITIVE_INFINITY})
  void shouldRefuseWhatIsNoDisagreement(double disagreement) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fraction.report("cnn", disagreement, 1, NOON, NOON))
        .withMessageContaining("disagreement must be within 0 and 2, was " + disagreement);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> fraction.report("cnn", 0.5, -1, NOON, NOON))
        .withMessageContaining("images must not be negative, was -1");
  }

  private void report(String student, double disagreement) {
    now = now.plusSeconds(1);
    fraction.report(student, disagreement, MANY, now, now);
  }
}
