package io.stillstream.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class TimedDuelTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void shouldMeasureByBothClocksAndNotCountTheFirstTurns() {
    // given: ours is sooner done, with more of the machine; our first turn is slow
    List<String> turns = new ArrayList<>();
    TimedSide ours =
        time -> {
          turns.add("ours " + time.toMillis());
          return new Spell(turns.size() == 1 ? 1 : 60, 3 * SECOND, SECOND);
        };
    TimedSide other =
        time -> {
          turns.add("other " + time.toMillis());
          return new Spell(30, SECOND, SECOND);
        };

    // when
    List<Outcome> outcomes =
        new TimedDuel("row", Optional.of(Target.atLeast(0.85)), ours, other)
            .fight(Duration.ofMillis(7), 2);

    // then
    assertThat(turns)
        .containsExactly("ours 7", "other 7", "ours 7", "other 7", "ours 7", "other 7");
    assertThat(outcomes).extracting(Outcome::name).containsExactly("row", "row-cpu");
    assertThat(outcomes.get(0).ratios()).containsExactly(2.0, 2.0);
    assertThat(outcomes.get(0).met()).contains(true);
    assertThat(outcomes.get(1).ours()).isEqualTo(20);
    assertThat(outcomes.get(1).ratio()).isEqualTo(20.0 / 30);
    assertThat(outcomes.get(1).met()).isEmpty();
  }

  @Test
  void shouldRefuseATurnThatMeasuredNothing() {
    assertThatIllegalArgumentException().isThrownBy(() -> new Spell(0, 1, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Spell(1, 0, 1));
    assertThatIllegalArgumentException().isThrownBy(() -> new Spell(1, 1, 0));
  }
}
