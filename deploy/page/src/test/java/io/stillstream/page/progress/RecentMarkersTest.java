package io.stillstream.page.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.stillstream.schemas.StudentEvent;
import io.stillstream.schemas.StudentEventKind;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RecentMarkersTest {
  private final RecentMarkers markers = new RecentMarkers();

  @Test
  void shouldTakeRepetitionsOnce() {
    // given
    CurveMarker marker = new CurveMarker(5, 100, "drift", "drift: signal error");

    // then
    assertThat(markers.add(marker)).isTrue();
    assertThat(markers.add(new CurveMarker(9, 100, "drift", "drift: signal error"))).isFalse();
    assertThat(markers.add(new CurveMarker(9, 101, "drift", "drift: signal error"))).isTrue();
    assertThat(markers.all()).hasSize(2);
  }

  @Test
  void shouldKeepTheNewestInTheOrderOfTime() {
    // when
    for (int i = 0; i < 500; i++) {
      markers.add(new CurveMarker(1000 - i, i, "release", ""));
      markers.add(new CurveMarker(1000 + i, i, "drift", ""));
    }

    // then
    assertThat(markers.all()).hasSize(200).extracting(CurveMarker::time).isSorted();
    assertThat(markers.all().get(199).time()).isEqualTo(1499);
    assertThat(markers.all().get(0).time()).isGreaterThan(1000);
    assertThat(markers.add(new CurveMarker(3, 3, "rollback", ""))).isFalse();
  }

  @Test
  void shouldSayInWordsWhatHappened() {
    // given
    StudentEvent event =
        StudentEvent.newBuilder()
            .setStudent("cnn")
            .setKind(StudentEventKind.GATE_FAILED)
            .setStep(2000)
            .setViewsSeen(1)
            .setDetails(Map.of("measured_on", "window", "best", "0.91"))
            .setOccurredAt(Instant.ofEpochMilli(7))
            .build();

    // then
    assertThat(CurveMarker.of(event))
        .isEqualTo(
            new CurveMarker(7, 2000, "gate_failed", "gate failed: best 0.91, measured on window"));
  }
}
