package io.stillstream.bench.load.measurement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.LoadGenerator;
import io.stillstream.bench.load.deployment.ProcessProbe;
import io.stillstream.bench.load.deployment.ProcessRole;
import io.stillstream.embedded.process.MetricsScrape;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LoadMeasurementTest {
  private static final long SECOND = 1_000_000_000L;
  private static final LoadGenerator.Sent SENT = new LoadGenerator.Sent(1_000, 10, 0, 1);

  private final ProcessProbe trainer =
      new ProcessProbe(
          ProcessRole.TRAINER,
          "trainer-0",
          Optional.of(URI.create("http://localhost/metrics")),
          Optional.empty());

  @Test
  void shouldTellRatesCostAndAges() {
    // given: 100 images a second, one in ten bad; 2 ms of CPU for each
    List<PipelineSnapshot> snapshots = snapshots(0);

    // when
    LoadMeasurement m = LoadMeasurement.of("90 %", 100, SENT, snapshots, List.of(ages(7), ages(9)));

    // then
    assertThat(m.seconds()).isEqualTo(10);
    assertThat(m.rates())
        .containsEntry(DeliveryStage.LABELED, 90.0)
        .containsEntry(DeliveryStage.TRAINED, 90.0);
    assertThat(m.rejectedRate()).isEqualTo(10);
    assertThat(m.settledRate()).isEqualTo(100);
    assertThat(m.cpuMillisPerImage(ProcessRole.TRAINER)).isCloseTo(2, within(1e-9));
    assertThat(m.cores()).isCloseTo(0.2, within(1e-9));
    assertThat(m.ages().get(DeliveryStage.LABELED)).isEqualTo(new AgePercentiles(2, 7, 9, 9));
    assertThat(m.agesOverTime()).hasSize(2);
    assertThat(m.usages().get(0).resident().perHour()).isCloseTo(3_600, within(1e-6));
  }

  @Test
  void shouldTakeAgesAtTrainingFromWhatTheHistogramGained() {
    // when: 400 below 100 ms were there before, and 100 more come below 100 ms, 100 below 500 ms
    AgePercentiles trained =
        LoadMeasurement.of("x", 1, SENT, snapshots(0), List.of(ages(1)))
            .ages()
            .get(DeliveryStage.TRAINED);

    // then
    assertThat(trained.count()).isEqualTo(200);
    assertThat(trained.p50()).isCloseTo(100, within(1e-6));
    assertThat(trained.p99()).isCloseTo(492, within(1e-6));
  }

  @Test
  void shouldCallItFallingBehindWhenMoreIsUnderWayEachSecond() {
    // when
    LoadMeasurement steady = LoadMeasurement.of("x", 100, SENT, snapshots(1), List.of(ages(1)));
    LoadMeasurement behind = LoadMeasurement.of("x", 100, SENT, snapshots(3), List.of(ages(1)));

    // then
    assertThat(steady.growth()).isCloseTo(1, within(1e-9));
    assertThat(steady.keptUp()).isTrue();
    assertThat(behind.growth()).isCloseTo(3, within(1e-9));
    assertThat(behind.keptUp()).isFalse();
  }

  @Test
  void shouldCallItFallingBehindWhenLessComesOutThanWasAskedFor() {
    // when: 100 a second come out, and what is under way stays as it is
    LoadMeasurement short_ = LoadMeasurement.of("x", 103, SENT, snapshots(0), List.of(ages(1)));

    // then
    assertThat(short_.growth()).isCloseTo(0, within(1e-9));
    assertThat(short_.keptUp()).isFalse();
  }

  private List<PipelineSnapshot> snapshots(long growth) {
    return LongStream.rangeClosed(0, 10)
        .mapToObj(
            second -> {
              long settled = 1_000 + 100 * second;
              return new PipelineSnapshot(
                  second * SECOND,
                  Map.of(trainer, snapshot(second)),
                  settled + 70 + growth * second,
                  settled / 10,
                  Map.of(
                      DeliveryStage.LABELED,
                      settled * 9 / 10,
                      DeliveryStage.TRAINED,
                      settled * 9 / 10));
            })
        .toList();
  }

  /** One megabyte more each second. */
  private static ProcessProbe.Snapshot snapshot(long second) {
    MetricsScrape scrape =
        MetricsScrape.parse(
            """
            stillstream_pipeline_age_seconds_bucket{stage="trained",le="0.1"} %d
            stillstream_pipeline_age_seconds_bucket{stage="trained",le="0.5"} %d
            stillstream_pipeline_age_seconds_bucket{stage="trained",le="+Inf"} %d
            """
                .formatted(400 + 10 * second, 400 + 20 * second, 400 + 20 * second));
    return new ProcessProbe.Snapshot(
        scrape, 0, 0.2 * second * SECOND, (100 + second) * 1048576.0, 0, 0);
  }

  private static Map<DeliveryStage, Histogram> ages(long millis) {
    Histogram histogram = new Histogram(3);
    histogram.recordValue(millis);
    return Map.of(DeliveryStage.LABELED, histogram);
  }
}
