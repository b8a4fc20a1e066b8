package io.stillstream.page.progress;

import java.util.function.DoubleSupplier;

/**
 * One stage of the pipeline: how many records have passed it. The offsets of a topic include
 * transaction markers. If the service that writes the topic runs in this process, what it has
 * counted since the first update is added to where the topic ended then.
 */
public final class StageProgress {
  private final String id;
  private final DoubleSupplier counter;
  private final RateMeter rate = new RateMeter();
  private double base = Double.NaN;
  private double counted = Double.NaN;
  private double records = Double.NaN;
  private double ageMillis = Double.NaN;

  /**
   * @param counter of the records that this process has written; NaN while it has no such counter
   */
  StageProgress(String id, DoubleSupplier counter) {
    this.id = id;
    this.counter = counter;
  }

  /**
   * As the page takes it; what is not known is null.
   *
   * @param records since there is a topic
   */
  public record Snapshot(String id, Long records, Double perSecond, Long ageMillis) {}

  /**
   * Takes what is known now.
   *
   * @param connected whether a broker answers
   * @param offsets where the topic ends, all partitions together; NaN if unknown
   */
  void update(long millis, boolean connected, double offsets) {
    double count = counter.getAsDouble();
    if (connected && Double.isNaN(base)) {
      // A topic that does not exist yet is empty.
      base = Double.isNaN(offsets) ? 0 : offsets;
      // A service that still starts registers its counter later, at zero.
      counted = Double.isNaN(count) ? 0 : count;
    }
    records = Double.isNaN(count) || Double.isNaN(offsets) ? offsets : base + count - counted;
    rate.add(millis, records);
  }

  /** Age of the last record when it reached this stage; NaN if unknown. */
  void age(double millis) {
    ageMillis = Math.max(0, millis);
  }

  Snapshot facts() {
    return new Snapshot(
        id, JsonText.whole(records), JsonText.number(rate.perSecond()), JsonText.whole(ageMillis));
  }
}
