package io.stillstream.bench.reference;

import io.stillstream.embedded.process.MetricsScrape;
import java.util.LinkedHashMap;
import java.util.Map;

/** What the turns of one side took of the machine; those to warm up count for memory only. */
final class ByReferenceUsage {
  private static final String HELD = "augmenter_fetch_bytes_held_bytes";
  private static final double NANOS_PER_MILLI = 1e6;

  private int warmUps;
  private long images;
  private ProcessorTimes times = ProcessorTimes.NONE;
  private long peakResident;
  private double peakHeld;

  /**
   * @param warmUps turns to warm up
   */
  ByReferenceUsage(int warmUps) {
    this.warmUps = warmUps;
  }

  /** Notes the augmenter's memory at one moment. */
  void sample(long resident, MetricsScrape scrape) {
    peakResident = Math.max(peakResident, resident);
    peakHeld = Math.max(peakHeld, scrape.sum(HELD));
  }

  /** Notes a turn. */
  void add(long count, ProcessorTimes spent) {
    if (warmUps > 0) {
      warmUps--;
      return;
    }
    images += count;
    times = times.plus(spent);
  }

  /** The largest resident memory of the augmenter that was seen, bytes. */
  long peakResident() {
    return peakResident;
  }

  /** The most bytes that objects were seen to take in the augmenter, fetched or on their way. */
  double peakHeld() {
    return peakHeld;
  }

  /** Processor time for one image, milliseconds, by process. */
  Map<String, Double> millisPerImage() {
    Map<String, Double> millis = new LinkedHashMap<>();
    millis.put("augmenter", millis(times.augmenter()));
    millis.put("broker", millis(times.broker()));
    millis.put("store", millis(times.store()));
    return millis;
  }

  private double millis(long nanos) {
    return nanos / NANOS_PER_MILLI / images;
  }
}
