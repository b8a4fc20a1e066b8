package io.stillstream.bench.load.measurement;

import io.stillstream.bench.load.delivery.DeliveryStage;
import io.stillstream.bench.load.delivery.LoadGenerator;
import io.stillstream.bench.load.deployment.ProcessRole;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What came of one stretch of load.
 *
 * @param name which one
 * @param asked images per second that were to be sent; 0 for as many as it takes
 * @param sent what was sent, the warm-up included
 * @param seconds of the measurement, without the warm-up
 * @param rates images per second at the end of each stage
 * @param rejectedRate images per second to dead letters
 * @param ages at the end of each stage
 * @param agesOverTime the same for each tenth of the time, for the stages that topics show
 * @param underWayFirst images under way at the beginning
 * @param underWayLast at the end
 * @param growth images per second by which those under way become more (Theil-Sen)
 * @param usages of each process
 */
public record LoadMeasurement(
    String name,
    double asked,
    LoadGenerator.Sent sent,
    double seconds,
    Map<DeliveryStage, Double> rates,
    double rejectedRate,
    Map<DeliveryStage, AgePercentiles> ages,
    List<Map<DeliveryStage, AgePercentiles>> agesOverTime,
    long underWayFirst,
    long underWayLast,
    double growth,
    List<ProcessUsage> usages) {
  /** A pipeline keeps up when less than this share of what comes waits, or does not come out. */
  private static final double DRIFT = 0.02;

  public static LoadMeasurement of(
      String name,
      double asked,
      LoadGenerator.Sent sent,
      List<PipelineSnapshot> snapshots,
      List<Map<DeliveryStage, Histogram>> ages) {
    PipelineSnapshot first = snapshots.get(0);
    PipelineSnapshot last = snapshots.get(snapshots.size() - 1);
    double seconds = last.secondsSince(first);
    Map<DeliveryStage, Double> rates = new EnumMap<>(DeliveryStage.class);
    last.done()
        .forEach((stage, done) -> rates.put(stage, (done - first.done().get(stage)) / seconds));
    Map<DeliveryStage, AgePercentiles> all = new EnumMap<>(DeliveryStage.class);
    for (DeliveryStage stage : ages.get(0).keySet()) {
      Histogram sum = new Histogram(3);
      ages.forEach(slice -> sum.add(slice.get(stage)));
      all.put(stage, AgePercentiles.of(sum));
    }
    all.put(DeliveryStage.TRAINED, TrainingAgeReader.between(first, last));
    return new LoadMeasurement(
        name,
        asked,
        sent,
        seconds,
        rates,
        (last.rejected() - first.rejected()) / seconds,
        all,
        ages.stream().map(LoadMeasurement::ages).toList(),
        first.underWay(),
        last.underWay(),
        TheilSenEstimator.slope(
            snapshots.stream().mapToDouble(snapshot -> snapshot.secondsSince(first)).toArray(),
            snapshots.stream().mapToDouble(PipelineSnapshot::underWay).toArray()),
        last.processes().keySet().stream()
            .map(process -> ProcessUsage.of(process, snapshots))
            .toList());
  }

  /** Images per second that were dealt with, good and bad. */
  public double settledRate() {
    return rejectedRate
        + rates.get(
            rates.containsKey(DeliveryStage.TRAINED)
                ? DeliveryStage.TRAINED
                : DeliveryStage.LABELED);
  }

  /**
   * Whether what came in went out as fast: by the trend of what is under way, which one stumble
   * does not bend, and by what had come out in the end, which a late stumble does.
   */
  boolean keptUp() {
    return growth <= DRIFT * asked && settledRate() >= (1 - DRIFT) * asked;
  }

  /** Cores that all processes together kept busy. */
  public double cores() {
    return usages.stream().mapToDouble(ProcessUsage::cores).sum();
  }

  /** Processor time of all instances of a service for an image, milliseconds. */
  public double cpuMillisPerImage(ProcessRole role) {
    return usages.stream()
        .filter(usage -> usage.role().equals(role.toString()))
        .mapToDouble(ProcessUsage::cpuMillisPerImage)
        .sum();
  }

  private static Map<DeliveryStage, AgePercentiles> ages(Map<DeliveryStage, Histogram> slice) {
    Map<DeliveryStage, AgePercentiles> ages = new EnumMap<>(DeliveryStage.class);
    slice.forEach((stage, histogram) -> ages.put(stage, AgePercentiles.of(histogram)));
    return ages;
  }
}
