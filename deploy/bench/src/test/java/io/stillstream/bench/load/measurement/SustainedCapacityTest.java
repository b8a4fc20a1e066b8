package io.stillstream.bench.load.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.LoadGenerator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SustainedCapacityTest {
  private final LoadMeasurement closed = at(0, 100, 0, 0);

  @Test
  void shouldGoDownUntilThePipelineKeepsUp() {
    // when: it can take 91
    SustainedCapacity capacity =
        SustainedCapacity.find(closed, rate -> at(rate, Math.min(rate, 91), rate - 91, 0));

    // then
    assertThat(capacity.sustained()).isCloseTo(100 * 0.95 * 0.95, within(1e-9));
    assertThat(capacity.isBounded()).isTrue();
    assertThat(capacity.tries()).hasSize(3);
  }

  @Test
  void shouldSayThatItMayTakeMoreWhereNoRateWasTooMuch() {
    // when
    SustainedCapacity capacity = SustainedCapacity.find(closed, rate -> at(rate, rate, 0, 0));

    // then
    assertThat(capacity.sustained()).isCloseTo(95 * Math.pow(1.1, 4), within(1e-9));
    assertThat(capacity.isBounded()).isFalse();
  }

  @Test
  void shouldGoUpWhileItKeepsUp() {
    // when: it was still warming up, and can take 110
    SustainedCapacity capacity =
        SustainedCapacity.find(closed, rate -> at(rate, Math.min(rate, 110), rate - 110, 0));

    // then
    assertThat(capacity.sustained()).isCloseTo(95 * 1.1, within(1e-9));
    assertThat(capacity.tries()).hasSize(4);
  }

  @Test
  void shouldNotTrustAGeneratorThatIsLate() {
    // when
    SustainedCapacity capacity = SustainedCapacity.find(closed, rate -> at(rate, rate, 0, 11));

    // then
    assertThat(capacity.sustained()).isNaN();
    assertThat(capacity.tries()).hasSize(6);
  }

  private static LoadMeasurement at(double asked, double settled, double growth, long late) {
    return new LoadMeasurement(
        "",
        asked,
        new LoadGenerator.Sent(1_000, 10, late, 0),
        10,
        Map.of(DeliveryStage.LABELED, settled),
        0,
        Map.of(),
        List.of(),
        0,
        0,
        growth,
        List.of());
  }
}
