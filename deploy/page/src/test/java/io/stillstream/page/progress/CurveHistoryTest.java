package io.stillstream.page.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class CurveHistoryTest {
  private final CurveHistory history = new CurveHistory();

  @Test
  void shouldKeepEveryPointAsLongAsThereIsRoom() {
    // when
    for (int i = 0; i < 100; i++) {
      history.add(point(i));
    }

    // then
    assertThat(history.points()).hasSize(100);
    assertThat(history.points().get(99)).isEqualTo(point(99));
  }

  @Test
  void shouldStayWithinItsBoundForAsLongAsItRuns() {
    // when: more than a day
    for (int i = 0; i < 100_000; i++) {
      history.add(point(i));
      assertThat(history.points().size()).isLessThanOrEqualTo(CurveHistory.MOST);
    }

    // then: all of the time is there, evenly, and each point is a mean
    List<CurvePoint> points = history.points();
    assertThat(points.size()).isGreaterThanOrEqualTo(CurveHistory.MOST / 2);
    assertThat(points.get(points.size() - 1).time()).isEqualTo(99_999_000);
    long width = points.get(1).time() - points.get(0).time();
    assertThat(points.get(0).time()).isEqualTo(width - 1000);
    assertThat(points.get(0).values().get(0)).isCloseTo((width / 1000 - 1) / 2.0, within(1e-9));
    for (int i = 2; i < points.size() - 1; i++) {
      assertThat(points.get(i).time() - points.get(i - 1).time()).isEqualTo(width);
    }
  }

  @Test
  void shouldNotLetAGapSpreadToItsNeighbours() {
    // given
    CurvePoint known = new CurvePoint(0, 0, List.of(2.0, Double.NaN));
    CurvePoint unknown = new CurvePoint(1, 1, List.of(Double.NaN, Double.NaN));

    // when
    CurvePoint mean = CurvePoint.mean(List.of(known, unknown));

    // then
    assertThat(mean).isEqualTo(new CurvePoint(1, 1, List.of(2.0, Double.NaN)));
    assertThat(JsonText.of(mean.json())).isEqualTo("[1,1,2.0,null]");
  }

  private static CurvePoint point(int second) {
    return new CurvePoint(second * 1000L, second, List.of((double) second));
  }
}
