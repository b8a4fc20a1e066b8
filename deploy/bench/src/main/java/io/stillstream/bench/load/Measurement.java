package io.stillstream.bench.load;

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
record Measurement(
    String name,
    double asked,
    Feed.Sent sent,
    double seconds,
    Map<Stage, Double> rates,
    double rejectedRate,
    Map<Stage, Ages> ages,
    List<Map<Stage, Ages>> agesOverTime,
    long underWayFirst,
    long underWayLast,
    double growth,
    List<Usage> usages) {
  /** A pipeline keeps up when less than this share of what comes waits, or does not come out. */
  private static final double DRIFT = 0.02;

  static Measurement of(
      String name,
      double asked,
      Feed.Sent sent,
      List<Look> looks,
      List<Map<Stage, Histogram>> ages) {
    Look first = looks.get(0);
    Look last = looks.get(looks.size() - 1);
    double seconds = last.secondsSince(first);
    Map<Stage, Double> rates = new EnumMap<>(Stage.class);
    last.done()
        .forEach((stage, done) -> rates.put(stage, (done - first.done().get(stage)) / seconds));
    Map<Stage, Ages> all = new EnumMap<>(Stage.class);
    for (Stage stage : ages.get(0).keySet()) {
      Histogram sum = new Histogram(3);
      ages.forEach(slice -> sum.add(slice.get(stage)));
      all.put(stage, Ages.of(sum));
    }
    all.put(Stage.TRAINED, TrainedAges.between(first, last));
    return new Measurement(
        name,
        asked,
        sent,
        seconds,
        rates,
        (last.rejected() - first.rejected()) / seconds,
        all,
        ages.stream().map(Measurement::ages).toList(),
        first.underWay(),
        last.underWay(),
        TheilSen.slope(
            looks.stream().mapToDouble(look -> look.secondsSince(first)).toArray(),
            looks.stream().mapToDouble(Look::underWay).toArray()),
        last.members().keySet().stream().map(member -> Usage.of(member, looks)).toList());
  }

  /** Images per second that were dealt with, good and bad. */
  double settledRate() {
    return rejectedRate
        + rates.get(rates.containsKey(Stage.TRAINED) ? Stage.TRAINED : Stage.LABELED);
  }

  /**
   * Whether what came in went out as fast: by the trend of what is under way, which one stumble
   * does not bend, and by what had come out in the end, which a late stumble does.
   */
  boolean keptUp() {
    return growth <= DRIFT * asked && settledRate() >= (1 - DRIFT) * asked;
  }

  /** Cores that all processes together kept busy. */
  double cores() {
    return usages.stream().mapToDouble(Usage::cores).sum();
  }

  /** Processor time of all instances of a service for an image, milliseconds. */
  double cpuMillisPerImage(Role role) {
    return usages.stream()
        .filter(usage -> usage.role().equals(role.toString()))
        .mapToDouble(Usage::cpuMillisPerImage)
        .sum();
  }

  private static Map<Stage, Ages> ages(Map<Stage, Histogram> slice) {
    Map<Stage, Ages> ages = new EnumMap<>(Stage.class);
    slice.forEach((stage, histogram) -> ages.put(stage, Ages.of(histogram)));
    return ages;
  }
}
