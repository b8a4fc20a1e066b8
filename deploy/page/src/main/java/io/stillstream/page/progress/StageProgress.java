package io.stillstream.page.progress;

import java.util.function.DoubleSupplier;

/**
 * One stage of the pipeline: how much has passed it. A topic's offsets count the marks of
 * transactions, too; where the service that writes it runs in this process, its own counter goes on
 * from where the topic ended when it was first looked at.
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
   * @param counter of what this process writes; NaN if it does not
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
   * @param offsets where the topic ends, all partitions together; NaN if unknown
   */
  void update(long millis, double offsets) {
    double count = counter.getAsDouble();
    if (Double.isNaN(count)) {
      records = offsets;
    } else {
      if (Double.isNaN(base) && !Double.isNaN(offsets)) {
        base = offsets;
        counted = count;
      }
      records = Double.isNaN(offsets) ? Double.NaN : base + count - counted;
    }
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
